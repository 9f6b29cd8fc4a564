"""`ictal compare`: two recordings, two readers, or two versions of results side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.options import LANGUAGE, OVERWRITE, PAPER

if TYPE_CHECKING:
    from ictal.scoring.beside import Comparison, Side

_PLACE = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("a", type=_PLACE)
@click.argument("b", type=_PLACE)
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html", "pdf"]), help="[default: text, or by --out]"
)
@click.option("--out", type=_FILE, help="The file to write [default: standard output, for text and JSON].")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@LANGUAGE
@PAPER
@OVERWRITE
def compare(a: Path, b: Path, form: str | None, out: Path | None, as_json: bool, **asked: Any) -> None:
    """Put two recordings, two readers or two versions of results side by side.

    A and B are folders that `ictal analyse` wrote, or tables of seizures (SzCORE, BIDS events). Of one recording: what
    both found, what only A or only B found, and how far they agree. Of two: their numbers side by side. Settings that
    differ are listed.
    """
    import json

    from ictal.comparing import side_of
    from ictal.exchange.whole_file import write_whole
    from ictal.scoring.beside import compare as beside
    from ictal.scoring.beside import comparison_to_dict

    chosen = _form(form, out, as_json)
    names = (a.resolve().name, b.resolve().name)
    shown = names if names[0] != names[1] else (str(a), str(b))
    (one, its), (other, others) = side_of(a, shown[0]), side_of(b, shown[1])
    found = beside(one, other)
    made: str | bytes
    if chosen == "json":
        made = json.dumps(comparison_to_dict(found), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    elif chosen == "text":
        made = "\n".join(_lines(found)) + "\n"
    else:
        from ictal.report.filed.beside import compose_comparison
        from ictal.report.filed.page import html_of
        from ictal.report.filed.pdf import pdf_of

        sheet = compose_comparison(found, (its, others), asked["language"], asked["paper"])
        made = pdf_of(sheet) if chosen == "pdf" else html_of(sheet)
    if out is None:
        click.echo(made, nl=False)
        return
    write_whole(out, made, asked["overwrite"])
    click.echo(f"Comparison: {out}")


command = compare


def _form(form: str | None, out: Path | None, as_json: bool) -> str:
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} contradict each other: give one of them.")
    named = (
        None
        if out is None
        else {".html": "html", ".pdf": "pdf", ".json": "json", ".txt": "text"}.get(out.suffix.lower())
    )
    chosen = "json" if as_json else form or named or "text"
    if chosen in ("html", "pdf") and out is None:
        raise UsageError(f"A comparison as {chosen} is a file: say where with --out FILE.")
    return chosen


def _lines(found: Comparison) -> list[str]:
    """The comparison for a terminal."""
    from ictal.cli.table import aligned
    from ictal.scoring.show import scores_to_rows

    a, b = found.a, found.b
    said = {
        True: "The same recording.",
        False: "Two recordings: seizures are not matched.",
        None: "Whether it is the same recording is not said.",
    }
    lines = [
        f"A: {a.name}, {len(a.events)} seizures",
        f"B: {b.name}, {len(b.events)} seizures",
        said[found.same_recording],
    ]
    if found.scores is not None:
        lines += [
            "",
            f"Found by both {len(found.pairs)}, only by A {len(found.only_a)}, only by B {len(found.only_b)}.",
        ]
        lines += ["A is taken as the reference:", *aligned(scores_to_rows(found.scores)[1:])]
    for letter, side, lost in (("A", a, found.only_a), ("B", b, found.only_b)):
        if lost:
            lines += [
                "",
                f"Only {letter}:",
                *aligned([("#", "start", "duration", "pattern", "path"), *_rows(side, lost)]),
            ]
    if found.numbers:
        numbers = [(n, _number(x.value, x.unit), _number(y.value, y.unit)) for n, x, y in found.numbers]
        lines += ["", *aligned([("number", "A", "B"), *numbers])]
    if found.settings:
        lines += ["", "Settings that differ:", *aligned([("setting", "A", "B"), *found.settings])]
    elif a.settings and b.settings:
        lines += ["", "No setting differs."]
    if a.versions != b.versions:
        lines += [f"Version: A {', '.join(a.versions) or 'n/a'}, B {', '.join(b.versions) or 'n/a'}"]
    return [*lines, "", "For research use. Not a medical device."]


def _rows(side: Side, numbers: tuple[int, ...]) -> list[tuple[str, ...]]:
    """Some seizures of a side."""
    from ictal.cli.table import clock, shortened

    rows: list[tuple[str, ...]] = []
    for k in numbers:
        e = side.events[k]
        lasts = f"{e.stop_s - e.start_s:.0f} s"
        rows.append((str(k + 1), clock(e.start_s), lasts, str(e.pattern or "n/a"), shortened(">".join(e.path))))
    return rows


def _number(value: float | None, unit: str) -> str:
    return "not captured" if value is None else f"{value:.3g} {unit}".rstrip()
