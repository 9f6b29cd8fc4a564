"""How does the child grow over its visits, and was a small head acquired?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ictal.infant.growth.measure import measured
from ictal.infant.growth.types import FIELD, AcquiredMicrocephaly, GrowthZ, Measure
from ictal.infant.timeline.ages import Ages, age_text
from ictal.infant.timeline.checks import moves
from ictal.infant.timeline.types import Growth, Infant

SMALL_Z = -2.0
"""At or below this corrected z a head is small (FACTS.md section 6, provenance: unverified)."""
WITHIN_ERROR_Z = 0.5
"""A fall by less than this may be the error of the tape: half a centimetre is about 0.4 (design)."""


def growth_course(infant: Infant, measure: Measure = "head") -> tuple[GrowthZ, ...]:
    """Every measurement of this kind in order of age, with both z-scores."""
    placed = sorted(enumerate(infant.entries), key=lambda item: item[1].age_days)
    return tuple(
        measured(measure, value, infant.sex, Ages(entry.age_days, infant.gestation_weeks), place)
        for place, entry in placed
        if isinstance(entry, Growth) and (value := getattr(entry, FIELD[measure])) is not None
    )


def doubtful(course: Sequence[GrowthZ]) -> tuple[GrowthZ, ...]:
    """Which measurements move as no child's do: of two neighbours the one without which all is well, else both."""

    def fine(*of: GrowthZ) -> bool:
        return all(moves(a.measure, (a.age_days, a.value), (b.age_days, b.value)) is None for a, b in pairwise(of))

    found: set[int] = set()
    for k in range(1, len(course)):
        if fine(*course[k - 1 : k + 1]):
            continue
        without_first = k >= 2 and fine(course[k - 2], course[k])
        without_second = k + 1 < len(course) and fine(course[k - 1], course[k + 1])
        found |= {k - 1} if without_first and not without_second else set()
        found |= {k} if without_second and not without_first else set()
        found |= {k - 1, k} if without_first == without_second else set()
    return tuple(course[k] for k in sorted(found))


def acquired_microcephaly(infant: Infant) -> AcquiredMicrocephaly:
    """Did the head fall from a normal start to -2 or below, by the corrected z, and when did it cross?

    Without a gestation the z by age from birth is used and the reason says so. Measurements that are doubtful, or that
    have no z-score (before term), are not used and are listed.
    """
    course = growth_course(infant)
    doubted = doubtful(course)
    used = [g for g in course if _z(g) is not None and g not in doubted]
    not_used = tuple(g for g in course if g not in used)
    by = "" if infant.gestation_weeks is not None else " by age from birth (gestation not captured)"
    if course and infant.sex not in ("female", "male"):
        return AcquiredMicrocephaly(
            "not captured",
            "The sex is not captured, and the WHO standards are by sex: no head circumference has a z-score.",
            not_used=not_used,
        )
    if len(used) < 2:
        what = "no head circumference" if not used else "one head circumference"
        return AcquiredMicrocephaly(
            "not captured",
            f"There is {what} that can be used: a fall needs two.",
            start=used[0] if used else None,
            not_used=not_used,
        )
    start, last = used[0], used[-1]
    if _known(start) <= SMALL_Z:
        return AcquiredMicrocephaly(
            "no",
            f"The head was small at the first measurement, z {_known(start):.2f} at {age_text(start.age_days)}{by}: "
            "whether it was ever of normal size is not captured.",
            start=start,
            last=last,
            small_at_start=True,
            not_used=not_used,
        )
    below = next((k for k, g in enumerate(used) if _known(g) <= SMALL_Z), None)
    if below is None:
        return AcquiredMicrocephaly(
            "no",
            f"The z-score stayed above {SMALL_Z:g} until {age_text(last.age_days)}{by}: "
            f"{_known(start):.2f}, then {_known(last):.2f}.",
            start=start,
            last=last,
            not_used=not_used,
        )
    return _acquired(used, below, not_used, by)


def _acquired(used: list[GrowthZ], below: int, not_used: tuple[GrowthZ, ...], by: str) -> AcquiredMicrocephaly:
    start, above, first = used[0], used[below - 1], used[below]
    share = (_known(above) - SMALL_Z) / (_known(above) - _known(first))
    crossed = above.age_days + share * (first.age_days - above.age_days)
    stayed = all(_known(g) <= SMALL_Z for g in used[below:])
    reason = (
        f"The z-score fell from {_known(start):.2f} at {age_text(start.age_days)} to {_known(first):.2f} at "
        f"{age_text(first.age_days)}{by}; it crossed {SMALL_Z:g} at about day {crossed:.0f}, "
        f"between day {above.age_days:g} and day {first.age_days:g}."
    )
    if _known(start) - _known(first) < WITHIN_ERROR_Z:
        reason += f" The fall is less than {WITHIN_ERROR_Z:g}, which may be the error of measuring."
    if not stayed:
        reason += f" A later measurement was above {SMALL_Z:g} again."
    return AcquiredMicrocephaly("yes", reason, start, above, first, used[-1], crossed, False, stayed, not_used)


def _z(g: GrowthZ) -> float | None:
    """The corrected z; where no gestation was told, the one by age from birth."""
    return g.z_uncorrected if g.corrected_days is None else g.z_corrected


def _known(g: GrowthZ) -> float:
    z = _z(g)
    return float("nan") if z is None else z
