"""Is the child free of seizures, and is the epilepsy drug resistant? By Kwan et al. 2010."""

from __future__ import annotations

from itertools import pairwise

from ictal.infant.timeline.counts import Counts, CountSource, Unit, counts
from ictal.infant.timeline.types import Infant
from ictal.infant.treatment.course import courses
from ictal.infant.treatment.types import Course, Definition, Outcome, Resistance

YEAR_DAYS = 365.25
TIMES_LONGEST = 3.0
FEWEST_TRIALS = 2
WATCHED_SHARE = 0.5
"""Seizure freedom needs somebody to have watched at least this share of the time; else it is not captured (design)."""

_DEFINITION: Definition = "seizure free (Kwan 2010)"


def needed_days(counted: Counts, course: Course) -> float:
    """For how long must no seizure come? Three times the longest interval before treatment or a year, the longer."""
    return max(YEAR_DAYS, TIMES_LONGEST * longest_interval_days(counted.within(float("-inf"), course.from_days)))


def longest_interval_days(units: tuple[Unit, ...]) -> float:
    """What is the longest time between units with seizures that follow each other (0 when it was never seen)?"""
    ages = [0.5 * (u.from_days + u.to_days) for u in units if u.seizures]
    return max((b - a for a, b in pairwise(ages)), default=0.0)


def seizure_free(counted: Counts, course: Course) -> Outcome:
    """Did seizures stop during the treatment for as long as Kwan 2010 asks?

    `no` while they come or came last less than that ago; `not captured` when too little was watched to know.
    """
    until = course.until_days if course.stopped == "yes" else float("inf")
    during = counted.within(course.from_days, until)
    need = needed_days(counted, course)
    asked = f"{need:.0f} days without a seizure are asked (three times the longest interval before, or a year)"
    if not during:
        return Outcome(_DEFINITION, "not captured", f"Nothing was counted during the treatment; {asked}.")
    ill = [u.to_days for u in during if u.seizures]
    since = ill[-1] if ill else course.from_days
    free = [u for u in during if u.from_days >= since - 1e-9 and not u.seizures]
    lasted = (during[-1].to_days - since) if free else 0.0
    told = f"{lasted:.0f} days since the last seizure; {asked}"
    if not free:
        return Outcome(_DEFINITION, "no", f"{told}.")
    watched = sum(u.hours for u in free) / (24.0 * lasted) if lasted else 0.0
    if lasted < need:
        if ill:
            return Outcome(_DEFINITION, "no", f"{told}.")
        return Outcome(_DEFINITION, "not captured", f"{told}: it is too early to say.")
    if watched < WATCHED_SHARE:
        return Outcome(_DEFINITION, "not captured", f"{told}; only {watched:.0%} of that time was watched.")
    return Outcome(_DEFINITION, "yes", f"{told}.")


def drug_resistance(infant: Infant, source: CountSource | None = None) -> Resistance:
    """Did adequate trials of two tolerated medicines fail to bring lasting freedom from seizures (Kwan 2010)?

    A trial failed when it was written down as adequate and seizures were counted during it, or it was stopped or
    judged without benefit. One whose adequacy nobody wrote down is undetermined, as is one stopped for side effects.
    """
    sources: tuple[CountSource, ...] = (source,) if source else ("EEG", "diary")
    counted = [counts(infant, s) for s in sources]
    failed, undetermined, free = [], [], []
    for course in courses(infant):
        if course.treatment not in ("medicine", "hormone"):
            continue
        until = course.until_days if course.stopped == "yes" else float("inf")
        seen = any(u.seizures for c in counted for u in c.within(course.from_days, until))
        if course.why_stopped == "seizure free" or any(seizure_free(c, course).answer == "yes" for c in counted):
            free.append(course.name)
        elif course.adequate == "yes" and (
            seen or course.why_stopped in ("no benefit", "worse") or course.impression in ("no change", "worse")
        ):
            failed.append(course.name)
        else:
            undetermined.append(course.name)
    names = tuple(dict.fromkeys(failed))
    if free:
        text = f"Seizures stopped under {_list(free)}."
        return Resistance("no", text, names, tuple(undetermined))
    if len(names) >= FEWEST_TRIALS:
        text = f"Adequate trials of {_list(list(names))} did not bring freedom from seizures (Kwan 2010)."
        return Resistance("yes", text, names, tuple(undetermined))
    text = f"{len(names)} of {FEWEST_TRIALS} adequate trials that failed are captured"
    text += f"; undetermined: {_list(undetermined)}." if undetermined else "."
    return Resistance("not captured", text, names, tuple(undetermined))


def _list(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in dict.fromkeys(names))
