"""How does a file leave this computer so that its reader alone can open it? Encrypted by age, to public keys.

    sealed(content, recipients(["age1...", "keys.txt"]))      what `age -d -i KEY` opens

A recipient is a public key of age (`age1...`), a public key of SSH (`ssh-ed25519 ...`, `ssh-rsa ...`), or a file with
one of these a line. Ictal holds no private key and opens nothing: that is done where the file arrives.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ictal.base.errors import MissingExtra, UsageError

SUFFIX = ".age"
MOST_BYTES = 2_000_000_000
"""What is sealed is held in memory: results are megabytes, and recordings are better given to `age` itself."""

_ARE = "a public key (age1..., ssh-ed25519 ..., ssh-rsa ...), or a file with one a line"


def recipients(said: Sequence[str]) -> tuple[Any, ...]:
    """To whom: public keys, or files of them. Raises `UsageError` for what is none, and for a private key."""
    found = tuple(_recipient(key) for one in said for key in _keys_of(one.strip()))
    if not found:
        raise UsageError(f"Nobody could open it: --encrypt-to names {_ARE}.")
    return found


def sealed(content: bytes, to: tuple[Any, ...]) -> bytes:
    """The same content, which only the owners of these keys can read."""
    box: bytes = _pyrage().encrypt(content, list(to))
    return box


def packed(place: Path) -> bytes:
    """A folder as one tar, its files alike for the same content: no owner, no time, none of the computer's paths.

    Raises `UsageError` when it is no folder, holds a link, or is too large to be sealed in memory.
    """
    if not place.is_dir():
        raise UsageError(f"'{place}' is no folder: give a folder of results.")
    files = sorted(p for p in place.rglob("*") if not p.is_dir())
    if any(p.is_symlink() for p in place.rglob("*")):
        raise UsageError(f"'{place}' holds a link, which may lead out of it: take it away first.")
    if sum(p.stat().st_size for p in files) > MOST_BYTES:
        raise UsageError(f"'{place}' holds more than {MOST_BYTES // 10**9} GB: give it to `age` itself.")
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.PAX_FORMAT) as box:
        for path in files:
            entry = tarfile.TarInfo(f"{place.resolve().name}/{path.relative_to(place).as_posix()}")
            entry.size, entry.mode = path.stat().st_size, 0o600
            with path.open("rb") as file:
                box.addfile(entry, file)
    return held.getvalue()


def _keys_of(said: str) -> list[str]:
    if said.upper().startswith("AGE-SECRET-KEY-"):
        raise UsageError(
            "--encrypt-to was given a private key: give the public one (age1...), and keep this to yourself."
        )
    if said.startswith(("age1", "ssh-")):
        return [said]
    try:
        lines = Path(said).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        raise UsageError(f"'{said[:40]}' is no recipient: give {_ARE}.") from None
    keys = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if any(key.upper().startswith("AGE-SECRET-KEY-") for key in keys):
        raise UsageError(
            f"The file '{said}' holds a private key: make one with the public keys alone (`age-keygen -y`)."
        )
    return keys


def _recipient(key: str) -> Any:
    age = _pyrage()
    try:
        if key.startswith("age1"):
            return age.x25519.Recipient.from_str(key)
        if key.startswith("ssh-"):
            return age.ssh.Recipient.from_str(key)
    except age.RecipientError:
        pass
    raise UsageError(f"'{key[:40]}' is no public key of age or SSH: give {_ARE}.")


def _pyrage() -> Any:
    try:
        import pyrage
    except ImportError:
        raise MissingExtra("An encrypted export", "encryption") from None
    return pyrage
