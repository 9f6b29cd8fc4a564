"""`ictal seal`: a file or a folder of results, encrypted for those who may read it; and the option of other exports."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ictal.base.errors import OutputError, UsageError, reason_of
from ictal.cli.options import OVERWRITE

ENCRYPT_TO = click.option(
    "--encrypt-to",
    multiple=True,
    metavar="KEY|FILE",
    help="Encrypt by age for this public key (age1..., ssh-...), or the keys of a file; repeat it for more readers.",
)


@click.command()
@click.argument("place", type=click.Path(path_type=Path, exists=True), metavar="FILE|FOLDER")
@ENCRYPT_TO
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file [default: its name and .age].")
@OVERWRITE
def seal(place: Path, encrypt_to: tuple[str, ...], out: Path | None, overwrite: bool) -> None:
    """Encrypt a file, or a folder of results as one tar, so that it can be sent: only the owners of the keys open it.

    \b
    ictal seal night-ictal --encrypt-to age1...
    age -d -i KEY night-ictal.tar.age | tar x

    What is given stays as it is.
    """
    from ictal.exchange.sealing import SUFFIX, packed, recipients
    from ictal.exchange.whole_file import write_whole

    recipients(encrypt_to)  # a wrong key is told before anything is read
    target = out or Path(f"{place.resolve().name}{'.tar' if place.is_dir() else ''}{SUFFIX}")
    if target.exists() and not overwrite:
        raise UsageError(f"The file '{target}' is there already: choose another with --out, or add --overwrite.")
    try:
        content = packed(place) if place.is_dir() else place.read_bytes()
    except OSError as error:
        raise OutputError(f"'{place}' cannot be read: {reason_of(error)}.") from None
    write_whole(target, sealed_for(encrypt_to, content), overwrite)
    click.echo(f"{place} is sealed in {target}.", err=True)


command = seal


def sealed_for(encrypt_to: tuple[str, ...], content: str | bytes) -> bytes:
    """The content as it is written to a file: as it is, or encrypted where `--encrypt-to` was given."""
    from ictal.exchange.sealing import recipients, sealed

    plain = content.encode() if isinstance(content, str) else content
    return sealed(plain, recipients(encrypt_to))


def deliver(text: str, encrypt_to: tuple[str, ...], out: Path | None, overwrite: bool) -> None:
    """Write an export where it was asked for: to a file whole or not at all, or to standard output."""
    from ictal.exchange.whole_file import write_whole

    if not encrypt_to:
        if out is None:
            click.echo(text, nl=False)
        else:
            write_whole(out, text, overwrite)
        return
    box = sealed_for(encrypt_to, text)
    if out is not None:
        write_whole(out, box, overwrite)
    elif sys.stdout.isatty():
        raise UsageError("What is encrypted is no text for a terminal: name a file with --out.")
    else:
        sys.stdout.buffer.write(box)
