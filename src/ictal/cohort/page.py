"""The cohort's report: one HTML file that opens offline. It draws the summary and the tables, computes nothing new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import ictal.report
from ictal.base.provenance import ictal_version
from ictal.cohort import charts
from ictal.cohort.summary import DAYS_A_MONTH, NOT_CAPTURED, Group, Row, Summary
from ictal.cohort.tables import PATTERNS
from ictal.report import words

MOST_BARS, MOST_ROWS = 60, 1000
"""A page shows so many infants as bars and so many recordings as rows; the tables beside it hold all."""


def render(rows: Sequence[Row], summary: Summary, seizures: Sequence[Row], with_reports: bool) -> str:
    """What does the report of a cohort look like? One HTML text; the same input gives the same text.

    `rows` are those of the recordings' table; of `seizures`, `onset_hemisphere`, `onset_lobe` and `duration` are read.
    """
    return _environment().get_template("cohort.html").render(_context(rows, summary, seizures, with_reports))


@cache
def _environment() -> Environment:
    places = (Path(__file__).parent / "templates", Path(ictal.report.__file__).parent / "templates")
    return Environment(
        loader=FileSystemLoader(places),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _context(rows: Sequence[Row], summary: Summary, seizures: Sequence[Row], with_reports: bool) -> Mapping[str, Any]:
    total = summary.total
    failed = [row for row in rows if row["status"] == "failed"]
    done = [row for row in rows if row["status"] == "done"]
    patterns = {name: sum(row[name] for row in done) for name in PATTERNS}
    onsets = Counter(_where(row) for row in seizures)
    return {
        "total": total,
        "all_simulated": bool(done) and total.simulated == len(done),
        "lead": lead(summary),
        "groups": (("Per infant", summary.infants), ("Per age", summary.ages), ("Per gene", summary.genes)),
        "by_age": charts.by_age([_dot(row) for row in done if _placed(row)]),
        "without_age": sum(row["age_days"] is None for row in done),
        "by_infant": _burdens("by-infant", "Seizure burden by infant", summary.infants),
        "by_gene": _burdens("by-gene", "Seizure burden by gene", summary.genes),
        "infants_left_out": max(0, len(summary.infants) - MOST_BARS),
        "durations": charts.durations([row["duration"] for row in seizures]),
        "patterns": charts.bars("patterns", "Patterns of the seizures", "seizures", _counts(patterns)),
        "onsets": charts.bars("onsets", "Where seizures began", "seizures", _counts(onsets.most_common())),
        "failed": failed,
        "rows": rows[:MOST_ROWS],
        "rows_left_out": max(0, len(rows) - MOST_ROWS),
        "link": lambda name: quote(f"{name}/report.html") if with_reports else "",
        "months": lambda days: "" if days is None else words.number(days / DAYS_A_MONTH),
        "number": words.number,
        "span": words.span,
        "share": words.share,
        "not_captured": NOT_CAPTURED,
        "version": ictal_version(),
    }


def lead(summary: Summary) -> tuple[str, ...]:
    """What did the cohort show, in a few sentences?"""
    total = summary.total
    done = total.recordings - total.failed
    said = [
        f"{words.counted(total.seizures, 'seizure')} in {words.number(total.readable_h)} readable hours of "
        f"{words.counted(done, 'recording')}"
        + (f" of {words.counted(total.infants, 'infant')}." if total.infants else "; which infants, is not captured.")
    ]
    if total.burden_min_per_h is not None:
        said.append(f"Burden: {words.number(total.burden_min_per_h)} seizure minutes per readable hour.")
    if total.migrating.of:
        said.append(f"Of the seizures whose place is known, these migrated: {words.share(total.migrating)}.")
    if total.failed:
        said.append(f"{words.counted(total.failed, 'recording')} could not be analysed.")
    return tuple(said)


def _counts(counted: Mapping[str, int] | Sequence[tuple[str, int]]) -> list[charts.Bar]:
    pairs = counted.items() if isinstance(counted, Mapping) else counted
    return [charts.Bar(name, count, str(count)) for name, count in pairs]


def _burdens(key: str, name: str, groups: Sequence[Group]) -> Any:
    """Bars of the burden of groups, the greatest first; those without readable time are last, and hatched."""
    ordered = sorted(groups, key=lambda group: -(-1.0 if group.burden_min_per_h is None else group.burden_min_per_h))
    rows = [
        charts.Bar(
            group.name,
            group.burden_min_per_h,
            NOT_CAPTURED if group.burden_min_per_h is None else f"{words.number(group.burden_min_per_h)} min/h",
        )
        for group in ordered[:MOST_BARS]
    ]
    return charts.bars(key, name, "seizure minutes per readable hour", rows)


def _where(row: Row) -> str:
    side, lobe = row["onset_hemisphere"], row["onset_lobe"]
    return f"{side} {lobe}" if side and lobe else "not localised"


def _placed(row: Row) -> bool:
    return row["age_days"] is not None and row["burden_min_per_h"] is not None


def _dot(row: Row) -> charts.Dot:
    return charts.Dot(row["age_days"] / DAYS_A_MONTH, row["burden_min_per_h"], row["recording"])
