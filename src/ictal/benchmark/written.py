"""A result, written: a short table for the terminal, files for a folder, and a line for the leaderboard."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from ictal.base.errors import OutputError, TableError, reason_of
from ictal.benchmark.figures import TITLES, reliability_figure, slice_figure
from ictal.benchmark.measures import Figure
from ictal.benchmark.result import GROUPS, Result, Standing
from ictal.scoring.calibration import Calibration
from ictal.scoring.types import Share

RESULTS, TABLE, SLICES, RELIABILITY, RECORDINGS = (
    "results.json",
    "table.tsv",
    "slices.tsv",
    "reliability.tsv",
    "recordings.tsv",
)
PAGE, FIGURES = "benchmark.html", "figures"
NOTHING = "n/a"
AIMED_AT = "mix"
IN_SHORT = ("sensitivity", "false_per_h", "side", "migrating_f1", "kappa")
BOARD_MEASURES = (
    *("sensitivity", "false_per_h", "onset_error_s", "side", "electrode_within_one", "migrating_f1", "side_path"),
    *("kappa", "szcore_sensitivity", "szcore_false_per_h", "burden_r", "calibration_error"),
)
BOARD_COLUMNS = (
    *("date", "ictal_version", "code", "suite", "suite_sha256", "recordings_digest", "detector", "detector_version"),
    *("group", "recordings", "seizures", "hours", *BOARD_MEASURES),
)


def rows(result: Result, *, short: bool = False) -> list[tuple[str, ...]]:
    """The table: measures down, detectors across, then the aim and whether the first detector reaches it.

    A `short` one has every measure of the first group alone, and a few of the others.
    """
    lines: list[tuple[str, ...]] = []
    for group in GROUPS:
        inside = [s for s in result.standings if s.group == group]
        if not inside or (short and group == "all" and lines):
            continue
        first = inside[0]
        head = f"{group}: {first.recordings} recordings, {first.seizures} seizures, {first.hours:.1f} h"
        shown = IN_SHORT if short and lines else tuple(f.measure.key for f in first.figures)
        lines.append((head, *(s.detector for s in inside), "aim" if group == AIMED_AT else ""))
        for key in shown:
            figures = [s.figure(key) for s in inside]
            aim = _aim(figures[0]) if group == AIMED_AT else ""
            lines.append((f"  {figures[0].measure.title}", *(in_words(f) for f in figures), aim))
    return lines


def in_words(figure: Figure) -> str:
    """A value with its interval: `0.75 (0.66-0.83)`."""
    if figure.value is None:
        return NOTHING
    between = f" ({figure.interval[0]:.2f}-{figure.interval[1]:.2f})" if figure.interval else ""
    return f"{figure.value:.2f}{between}"


def _aim(figure: Figure) -> str:
    measure = figure.measure
    if measure.aim is None:
        return ""
    reached = measure.reached(figure.value)
    word = {None: "cannot be said", True: "reached", False: "NOT reached"}[reached]
    return f"{'<=' if measure.at_most else '>='} {measure.aim:g} {word}"


def write(result: Result, folder: Path) -> None:
    """Write everything into an empty folder: results.json, tables, figures and one page that shows them."""
    (folder / FIGURES).mkdir()
    drawn = drawings(result)
    for name, text in drawn.items():
        write_text(folder / FIGURES / f"{name}.svg", text + "\n")
    write_text(folder / RESULTS, json.dumps(to_dict(result), indent=2, allow_nan=False) + "\n")
    write_table(folder / TABLE, table_rows(result))
    write_table(folder / SLICES, slice_rows(result))
    write_table(folder / RELIABILITY, _reliability_rows(result.reliabilities))
    write_table(folder / RECORDINGS, _recording_rows(result))
    write_text(folder / PAGE, page(result, list(drawn.values())))


def drawings(result: Result) -> dict[str, str]:
    """The figures by name, as SVG."""
    drawn = {}
    for dimension in TITLES:
        inside = [s for s in result.slices if s.dimension == dimension]
        if inside:
            drawn[dimension] = slice_figure(dimension, inside, result.where)
    if result.reliabilities:
        drawn["reliability"] = reliability_figure(result.reliabilities, result.where)
    return drawn


def to_dict(result: Result) -> dict[str, Any]:
    """Everything as plain data; what has no denominator is `None`."""
    return {
        "what": result.what,
        "simulated": result.simulated,
        "date": result.date,
        "ictal_version": result.ictal_version,
        "code_digest": result.code_digest,
        "suite_sha256": result.suite_digest or None,
        "recordings_digest": result.recordings_digest,
        "left_out": list(result.left_out),
        "failures": [{"recording": r, "detector": d, "reason": why} for r, d, why in result.failures],
        "standings": [_standing(s) for s in result.standings],
        "slices": [dict(zip(SLICE_COLUMNS, row, strict=True)) for row in _slice_values(result)],
        "reliability": [dict(zip(BIN_COLUMNS, row, strict=True)) for row in _bin_values(result.reliabilities)],
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "detector": standing.detector,
        "detector_version": standing.detector_version,
        "group": standing.group,
        "recordings": standing.recordings,
        "seizures": standing.seizures,
        "hours": standing.hours,
        "figures": {f.measure.key: _figure(f) for f in standing.figures},
    }


def _figure(figure: Figure) -> dict[str, Any]:
    low, high = figure.interval or (None, None)
    clustered_low, clustered_high = figure.clustered or (None, None)
    return {
        "value": figure.value,
        "low": low,
        "high": high,
        "clustered_low": clustered_low,
        "clustered_high": clustered_high,
        "count": figure.count,
        "of": figure.of,
        "aim": figure.measure.aim,
        "reached": figure.measure.reached(figure.value),
    }


TABLE_COLUMNS = (
    *("detector", "detector_version", "group", "recordings", "seizures", "hours", "measure", "value", "low", "high"),
    *("clustered_low", "clustered_high", "count", "of", "aim", "reached"),
)


def table_rows(result: Result) -> Iterable[Sequence[object]]:
    """One row for each detector, group and measure."""
    yield TABLE_COLUMNS
    for s in result.standings:
        about = (s.detector, s.detector_version, s.group, s.recordings, s.seizures, s.hours)
        for f in s.figures:
            yield (*about, f.measure.key, *_figure(f).values())


SLICE_COLUMNS = (
    *("dimension", "slice", "detector", "recordings", "found", "of", "sensitivity", "low", "high"),
    *("false", "hours", "false_per_h", "false_low", "false_high"),
)


def slice_rows(result: Result) -> Iterable[Sequence[object]]:
    """One row for each detector and slice."""
    yield SLICE_COLUMNS
    yield from _slice_values(result)


def _slice_values(result: Result) -> Iterable[tuple[object, ...]]:
    for s in result.slices:
        share = (s.found.count, s.found.of, s.found.share, *(s.found.interval or (None, None)))
        false = (s.false, s.hours, s.false_per_h, *(s.false_interval or (None, None)))
        yield (s.dimension, s.name, s.detector, s.recordings, *share, *false)


BIN_COLUMNS = ("detector", "from", "to", "detections", "mean_confidence", "right", "share_right", "low", "high")


def _reliability_rows(told: Sequence[tuple[str, Calibration]]) -> Iterable[Sequence[object]]:
    yield BIN_COLUMNS
    yield from _bin_values(told)


def _bin_values(told: Sequence[tuple[str, Calibration]]) -> Iterable[tuple[object, ...]]:
    for detector, calibration in told:
        for b in calibration.bins:
            ends = b.right.interval or (None, None)
            yield (detector, b.low, b.high, b.right.of, b.mean, b.right.count, b.right.share, *ends)


def _recording_rows(result: Result) -> Iterable[Sequence[object]]:
    traits = list(dict.fromkeys(k for o in result.outcomes for k in o.traits))
    yield ("recording", *traits, "duration_s", "fingerprint", "detector", "true", "found", "took_s", "failure")
    for o in result.outcomes:
        known = [o.traits.get(t) for t in traits]
        counted = (len(o.truth), len(o.found), round(o.took_s, 2), o.failure)
        yield (o.recording, *known, o.duration_s, o.fingerprint, o.detector, *counted)
    for name, why in result.refused:
        yield (name, *(None for _ in traits), None, None, "all", None, None, None, why)


def page(result: Result, drawn: Sequence[str]) -> str:
    """One HTML page that opens offline: what was run, the table, the figures."""
    kind = "<strong>Simulated recordings.</strong> " if result.simulated else ""
    cells = "".join(_html_row(row) for row in rows(result))
    notes = "".join(f"<li>{escape(said)}</li>" for said in _notes(result))
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Ictal benchmark</title>'
        "<style>body{font:15px/1.5 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
        "table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:left}"
        "th{border-bottom:1px solid #d7dce2;padding-top:1rem}svg{display:block;margin:2rem 0;width:100%}</style>"
        f"<h1>Ictal benchmark</h1><p>{kind}{escape(result.where)}. {escape(result.date)}, Ictal "
        f"{escape(result.ictal_version)}, code {escape(result.code_digest)}, recordings "
        f"{escape(result.recordings_digest)}.</p><p>In brackets: 95 % intervals.</p>"
        f"<ul>{notes}</ul><table>{cells}</table>{''.join(drawn)}</html>\n"
    )


def _html_row(row: tuple[str, ...]) -> str:
    cell = "td" if row[0].startswith(" ") else "th"
    return "<tr>" + "".join(f"<{cell}>{escape(text)}</{cell}>" for text in row) + "</tr>"


def _notes(result: Result) -> list[str]:
    return [*result.left_out, *(f"{r}, {d}: {why}" for r, d, why in result.failures)]


def append_to_board(board: Path, result: Result) -> None:
    """Add a line for each detector and group to the leaderboard, a TSV that is made when it is not there.

    Raises `TableError` where the file is another kind of table, `OutputError` where it cannot be written.
    """
    head = "\t".join(BOARD_COLUMNS) + "\n"
    try:
        if board.is_file() and board.stat().st_size:
            with board.open(encoding="utf-8", errors="replace") as file:
                if file.readline() != head:
                    raise TableError(f"{board} is not a leaderboard of this version: name another with --leaderboard.")
            head = ""
        board.parent.mkdir(parents=True, exist_ok=True)
        lines = "".join("\t".join(_cell(v) for v in row) + "\n" for row in _board_rows(result))
        with board.open("a", encoding="utf-8", newline="\n") as file:
            file.write(head + lines)
    except OSError as error:
        reason = reason_of(error)
        raise OutputError(f"The leaderboard '{board}' cannot be written: {reason}.") from None


def _board_rows(result: Result) -> Iterable[Sequence[object]]:
    versions = (result.date, result.ictal_version, result.code_digest)
    about = (*versions, result.what, result.suite_digest or NOTHING, result.recordings_digest)
    for s in result.standings:
        values = [s.figure(key).value for key in BOARD_MEASURES]
        counted = (s.group, s.recordings, s.seizures, round(s.hours, 2))
        yield (*about, s.detector, s.detector_version, *counted, *values)


def share_in_words(share: Share) -> str:
    """A share with its count: `0.75 (12 of 16)`."""
    return NOTHING if share.share is None else f"{share.share:.2f} ({share.count} of {share.of})"


def _cell(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(value).lower()
    text = f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return " ".join(text.split())


def write_table(path: Path, lines: Iterable[Sequence[object]]) -> None:
    """Rows as a tab-separated file; what is not known is `n/a`."""
    write_text(path, "".join("\t".join(_cell(value) for value in line) + "\n" for line in lines))


def write_text(path: Path, text: str) -> None:
    """A text file with the same line ends everywhere."""
    path.write_text(text, encoding="utf-8", newline="\n")
