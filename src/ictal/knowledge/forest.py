"""The published series beside one another: shares with their intervals, ages at onset with their ranges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ictal.base.statistics import wilson
from ictal.knowledge.library import Library

CAUTION = (
    "Small series of infants who were selected, by hospitals that look for the disease: the intervals speak of chance "
    "alone, and a child's course beside them is no prognosis."
)

DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a forest plot. `middle` is `None` where only the range is known; `n` counts infants."""

    series: str
    what: str
    middle: float | None
    low: float
    high: float
    label: str
    provenance: str
    stale: bool


@dataclass(frozen=True, slots=True)
class Forest:
    """One forest plot: bars on one axis, in `unit`, from 0 to `end`."""

    title: str
    unit: str
    end: float
    bars: tuple[Bar, ...]
    child: float | None = None
    """Where the child stands, when it is laid over them."""


def forests(known: Library, today: date, child_onset_days: float | None = None) -> tuple[Forest, ...]:
    """Which forest plots do the series make? One of ages at onset, and one for each outcome that was counted."""
    found = [_onset(known, today, child_onset_days)]
    outcomes = sorted({n.what for s in known.series for n in s.numbers if n.of})
    many = [o for o in outcomes if sum(n.what == o for s in known.series for n in s.numbers) > 1]
    for outcome in (*many, *(o for o in outcomes if o not in many)):
        found.append(Forest(outcome, "% (Wilson 95 %)", 100.0, _shares(known, today, outcome)))
    return tuple(f for f in found if f.bars)


def _shares(known: Library, today: date, outcome: str) -> tuple[Bar, ...]:
    bars = []
    for series in known.series:
        for number in series.numbers:
            if number.what != outcome or number.count is None or not number.of:
                continue
            low, high = wilson(number.count, number.of) or (0.0, 1.0)
            middle, label = 100.0 * number.count / number.of, f"{number.count}/{number.of}"
            stale = bool(known.aged(series, today))
            bars.append(Bar(series.title, outcome, middle, 100 * low, 100 * high, label, series.tag, stale))
    return tuple(bars)


def _onset(known: Library, today: date, child_days: float | None) -> Forest:
    bars = []
    for series in known.series:
        ends = (series.onset_low_days, series.onset_mean_days, series.onset_high_days)
        days = [d for d in ends if d is not None]
        if not days:
            continue
        months = [d / DAYS_A_MONTH for d in days]
        middle = None if series.onset_mean_days is None else series.onset_mean_days / DAYS_A_MONTH
        n = "" if series.infants is None else f", n = {series.infants}"
        stale = bool(known.aged(series, today))
        label = f"{series.onset_kind}{n}"
        bars.append(Bar(series.title, "age at onset", middle, min(months), max(months), label, series.tag, stale))
    child = None if child_days is None else child_days / DAYS_A_MONTH
    return Forest("age at onset", "months", max(12.0, child or 0.0), tuple(bars), child)


def forest_lines(forest: Forest, width: int = 40) -> list[str]:
    """A forest plot in plain text: `|--o--|`, and `^` under the child."""
    lines = [f"{forest.title} (0 to {forest.end:g} {forest.unit})"]
    longest = max(len(b.series) for b in forest.bars)
    for bar in forest.bars:
        cells = [" "] * (width + 1)
        low, high = (_cell(end, forest, width) for end in (bar.low, bar.high))
        cells[low : high + 1] = "-" * (high - low + 1)
        cells[low] = cells[high] = "|"
        if bar.middle is not None:
            cells[_cell(bar.middle, forest, width)] = "o"
        mark = "" if bar.provenance == "read" else f" [{bar.provenance}]"
        old = " [EXPIRED]" if bar.stale else ""
        lines.append(f"  {bar.series:<{longest}} {''.join(cells)} {bar.label}{mark}{old}")
    if forest.child is not None:
        place = _cell(forest.child, forest, width)
        lines.append(f"  {'this child':<{longest}} {' ' * place}^ {forest.child:.1f} {forest.unit}")
    return lines


def _cell(value: float, forest: Forest, width: int) -> int:
    return max(0, min(width, round(value / forest.end * width)))
