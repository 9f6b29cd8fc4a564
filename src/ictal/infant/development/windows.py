"""By when do children have a skill? The WHO windows, and for other skills the age of a checklist."""

from __future__ import annotations

from dataclasses import dataclass

from ictal.infant.timeline.words import MilestoneName

MONTH_DAYS = 30.4375
WHO = "read: WHO Motor Development Study 2006, 1st to 99th percentile, doi 10.1111/j.1651-2227.2006.tb02379.x"
CHECKLIST = "read: CDC checklist 2022, an age by which at least 75 % of children have the skill"
GRACE = 1.5
"""A skill of the checklist is called late from this many times its age on: a quarter of well children have it later
than the checklist says (provenance: design)."""


@dataclass(frozen=True, slots=True)
class SkillWindow:
    """From when to when children gain a skill, in days of corrected age. `late_after` is what an answer uses."""

    from_days: float | None
    late_after_days: float
    source: str


def _who(first: float, last: float) -> SkillWindow:
    return SkillWindow(first * MONTH_DAYS, last * MONTH_DAYS, WHO)


def _checklist(months: float) -> SkillWindow:
    return SkillWindow(None, GRACE * months * MONTH_DAYS, f"{CHECKLIST} ({months:g} months), times {GRACE:g} (design)")


WINDOWS: dict[MilestoneName, SkillWindow] = {
    "sits without support": _who(3.8, 9.2),
    "stands with assistance": _who(4.8, 11.4),
    "hands-and-knees crawling": _who(5.2, 13.5),
    "walks with assistance": _who(5.9, 13.7),
    "stands alone": _who(6.9, 16.9),
    "walks alone": _who(8.2, 17.6),
    "fixes and follows": _checklist(2),
    "social smile": _checklist(2),
    "holds head": _checklist(4),
    "reaches for objects": _checklist(6),
    "rolls over": _checklist(6),
    "babbles": _checklist(9),
    "responds to name": _checklist(9),
    "first words": _checklist(15),
    "two-word phrases": _checklist(24),
}

NOT_IN_ALL: tuple[MilestoneName, ...] = ("hands-and-knees crawling",)
"""Skills that some well children never show (4.3 % never crawl, same source): never called late."""
