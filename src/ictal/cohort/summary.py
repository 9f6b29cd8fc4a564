"""What do the recordings of a cohort say together: of all, per infant, per age and per gene?

Burden is pooled: the seizure minutes of a group's readable time over its readable hours. A share counts seizures, so an
infant with many weighs more; its interval takes them as independent, which seizures of one infant are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ictal.base.statistics import median
from ictal.eeg.findings.shares import share
from ictal.eeg.findings.types import Share

NOT_CAPTURED = "not captured"
"""The dataset does not say it. Never the same as absent."""

AGE_BIN_MONTHS = 3
"""Ages are grouped by three months, as in the cohorts of SCN2A and STXBP1 that report phenotypes by age."""

DAYS_A_MONTH = 30.4375
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """What the recordings of one group show. Numbers that nothing supports are `None`.

    `by` is `all`, `infant`, `age` or `gene`. `recordings` counts all, of which `failed` could not be analysed;
    everything else is of those that could. `infants` counts those with a name.
    """

    by: str
    name: str
    infants: int
    recordings: int
    failed: int
    recorded_h: float
    readable_h: float
    seizures: int
    burden_min_per_h: float | None
    median_duration_s: float | None
    migrating: Share
    crossing_midline: Share
    simulated: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Groups of all, by infant, by age (youngest first) and by gene."""

    total: Group
    infants: tuple[Group, ...]
    ages: tuple[Group, ...]
    genes: tuple[Group, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        return (self.total, *self.infants, *self.ages, *self.genes)


def summarise(rows: Sequence[Row], durations_s: Mapping[str, Sequence[float]]) -> Summary:
    """What do these rows of the table of recordings say together? `durations_s`: of the seizures, by recording."""

    def grouped(by: str, name: Callable[[Row], str], order: Callable[[Row], Any]) -> tuple[Group, ...]:
        groups: dict[str, list[Row]] = {}
        for row in sorted(rows, key=order):
            groups.setdefault(name(row), []).append(row)
        return tuple(_group(by, called, members, durations_s) for called, members in groups.items())

    return Summary(
        _group("all", "all", rows, durations_s),
        grouped("infant", lambda row: row["participant_id"] or NOT_CAPTURED, lambda row: _last(row["participant_id"])),
        grouped("age", lambda row: age_group(row["age_days"]), lambda row: _last(row["age_days"])),
        grouped("gene", lambda row: row["gene"] or NOT_CAPTURED, lambda row: _last(row["gene"])),
    )


def age_group(age_days: float | None) -> str:
    """Which group of three months is this age in? `0-2 months`, `3-5 months`, ..."""
    if age_days is None:
        return NOT_CAPTURED
    first = int(age_days / DAYS_A_MONTH / AGE_BIN_MONTHS) * AGE_BIN_MONTHS
    return f"{first}-{first + AGE_BIN_MONTHS - 1} months"


def _last(value: Any) -> tuple[bool, Any]:
    """A key of sorting that puts what is not known last."""
    return (value is None, value if value is not None else 0)


def _group(by: str, name: str, rows: Iterable[Row], durations_s: Mapping[str, Sequence[float]]) -> Group:
    every = list(rows)
    done = [row for row in every if row["status"] == "done"]
    readable_h = sum(row["readable_s"] for row in done) / 3600
    minutes = sum((row["burden_min_per_h"] or 0.0) * row["readable_s"] / 3600 for row in done)
    durations = [d for row in done for d in durations_s.get(row["recording"], ())]
    localised = sum(row["localised"] for row in done)
    return Group(
        by=by,
        name=name,
        infants=len({row["participant_id"] for row in every} - {None}),
        recordings=len(every),
        failed=len(every) - len(done),
        recorded_h=sum(row["recorded_s"] for row in done) / 3600,
        readable_h=readable_h,
        seizures=sum(row["seizures"] for row in done),
        burden_min_per_h=minutes / readable_h if readable_h > 0 else None,
        median_duration_s=median(durations) if durations else None,
        migrating=share(sum(row["migrating"] for row in done), localised),
        crossing_midline=share(sum(row["crossing_midline"] for row in done), localised),
        simulated=sum(bool(row["simulated"]) for row in done),
    )
