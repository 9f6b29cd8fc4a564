"""Did it help? Rates before, during and after a treatment, by every definition, with what forbids to believe it.

Hours are those that were watched or could be read. Intervals are those of `timeline.rates`, which know that seizures
cluster. An answer is `yes` only where the whole 95 % interval lies beyond what the definition asks: a treatment
without effect is then called a response in at most 2.5 of 100 infants (docs/child.md has what was measured).
"""

from __future__ import annotations

from ictal.base.errors import UsageError
from ictal.base.statistics import wilson
from ictal.infant.timeline.ages import age_text
from ictal.infant.timeline.counts import Counts, CountSource, Unit, counts
from ictal.infant.timeline.rates import Rate, Ratio, minutes, rate_of, ratio_of
from ictal.infant.timeline.types import DoseChange, Infant, Status
from ictal.infant.treatment.course import courses
from ictal.infant.treatment.freedom import seizure_free
from ictal.infant.treatment.settings import DEFAULTS, ResponseSettings
from ictal.infant.treatment.types import Course, Definition, Outcome, Response, Shown, Window, WindowName

HALF = 0.5
STORM = 1.5
"""A baseline this many times the rate before it is called a storm, if the interval excludes 1 (design)."""


def response(
    infant: Infant, place: int, source: CountSource | None = None, settings: ResponseSettings = DEFAULTS
) -> Response:
    """Did the treatment of this entry (its place in `infant.entries`) help?

    `source` is `EEG` or `diary`; without it, the first that `sources_of` names.
    Raises `UsageError` when the entry is no treatment.
    """
    found = [course for course in courses(infant) if course.place == place]
    if not found:
        raise UsageError(f"Entry {place + 1} of this record is no treatment: give the place of a treatment.")
    (course,) = found
    counted = counts(infant, source or sources_of(infant, course, settings)[0])
    before, during, after = _units(counted, course, settings)
    change = ratio_of(before, during)
    timed = all(u.seizure_min is not None for u in (*before, *during)) and bool(before and during)
    burden = ratio_of(before, during, minutes) if timed else None
    outcomes = (
        _by_ratio("at least 50 % fewer seizures", change, "seizures an hour"),
        _by_burden(burden),
        _by_days(counted, before, during),
        seizure_free(counted, course),
        _by_impression(course),
    )
    ends = (course.from_days - settings.baseline_days, course.until_days)
    return Response(
        treatment=course.name,
        place=place,
        source=counted.source,
        windows=_windows(course, settings, (before, during, after), change),
        change=change,
        burden_change=burden,
        outcomes=outcomes,
        definition=settings.definition,
        not_separable=_others(infant, course, ends),
        cautions=_cautions(infant, counted, course, settings, change),
    )


def sources_of(infant: Infant, course: Course, settings: ResponseSettings = DEFAULTS) -> tuple[CountSource, ...]:
    """Which sources can answer for this treatment, the better one first?

    The one with more separate recordings or days in the poorer of the two windows; both, where both counted before and
    during; the diary alone where neither did.
    """

    def worth(source: CountSource) -> int:
        before, during, _ = _units(counts(infant, source), course, settings)
        return min(len({u.entry for u in before}), len({u.entry for u in during}))

    both: tuple[CountSource, ...] = ("EEG", "diary")
    ranked = sorted((s for s in both if worth(s)), key=worth, reverse=True)
    return tuple(ranked) or ("diary",)


def _spans(course: Course, settings: ResponseSettings) -> tuple[tuple[float, float], ...]:
    start, stop = course.from_days, course.until_days
    after = stop + settings.after_days if course.stopped == "yes" else stop
    return (start - settings.baseline_days, start), (start + settings.settle_days, stop), (stop, after)


def _units(counted: Counts, course: Course, settings: ResponseSettings) -> tuple[tuple[Unit, ...], ...]:
    before, during, after = _spans(course, settings)
    last = during if course.stopped == "yes" else (during[0], float("inf"))
    return counted.within(*before), counted.within(*last), counted.within(*after)


def _windows(
    course: Course, settings: ResponseSettings, units: tuple[tuple[Unit, ...], ...], change: Ratio
) -> tuple[Window, ...]:
    names: tuple[WindowName, ...] = ("before", "during", "after")
    found = []
    for name, (start, stop), inside in zip(names, _spans(course, settings), units, strict=True):
        timed = bool(inside) and all(u.seizure_min is not None for u in inside)
        burden = rate_of(inside, minutes) if timed else None
        rate = {"before": change.before, "during": change.during}.get(name) or rate_of(inside)
        found.append(Window(name, start, stop, rate, burden))
    return tuple(found)


def _by_ratio(definition: Definition, change: Ratio, what: str) -> Outcome:
    """At least half fewer of something: the whole interval beyond one half, on this side or on that."""
    for rate, when in ((change.before, "before"), (change.during, "during")):
        if not rate.hours:
            return Outcome(definition, "not captured", f"No seizures were counted over known hours {when} it.")
    if change.ratio is None or change.low is None or change.high is None:
        return Outcome(definition, "not captured", "There was no seizure before it: nothing can become fewer.")
    told = (
        f"{what} went from {_rate(change.before)} to {_rate(change.during)}: {change.ratio - 1:+.0%} "
        f"(95 % interval {change.low - 1:+.0%} to {change.high - 1:+.0%})"
    )
    if not change.clustering_seen:
        return Outcome(definition, "uncertain", f"{told}; too few stretches of time to know how seizures cluster.")
    answer: Shown = "yes" if change.high <= HALF else "no" if change.low > HALF else "uncertain"
    return Outcome(definition, answer, f"{told}.")


def _by_burden(burden: Ratio | None) -> Outcome:
    definition: Definition = "at least 50 % less burden"
    if burden is None:
        return Outcome(definition, "not captured", "The minutes of seizures were not captured both before and during.")
    return _by_ratio(definition, burden, "seizure minutes an hour")


def _by_days(counted: Counts, before: tuple[Unit, ...], during: tuple[Unit, ...]) -> Outcome:
    """Days of a diary with a seizure, as days are counted in a trial."""
    definition: Definition = "at least 50 % fewer days with seizures"
    days = [
        tuple(u for u in units if counted.source == "diary" and abs(u.to_days - u.from_days - 1.0) < 0.1)
        for units in (before, during)
    ]
    if not all(days):
        return Outcome(definition, "not captured", "There is no diary by day both before and during.")
    with_seizures = [sum(1 for u in units if u.seizures) for units in days]
    first, second = (wilson(n, len(units)) for n, units in zip(with_seizures, days, strict=True))
    told = (
        f"{with_seizures[0]} of {len(days[0])} days with seizures before, {with_seizures[1]} of {len(days[1])} during"
    )
    if first is None or second is None or not with_seizures[0]:
        return Outcome(definition, "not captured", f"{told}: nothing can become fewer.")
    marked = [tuple(Unit(u.from_days, u.to_days, 24.0, int(u.seizures > 0)) for u in units) for units in days]
    change = ratio_of(marked[0], marked[1])
    answer: Shown = "uncertain"
    if change.low is not None and change.high is not None and change.clustering_seen:
        answer = "yes" if change.high <= HALF else "no" if change.low > HALF else "uncertain"
    shares = f"{first[0]:.0%}-{first[1]:.0%} and {second[0]:.0%}-{second[1]:.0%}"
    return Outcome(definition, answer, f"{told} (95 % intervals {shares} of days).")


def _by_impression(course: Course) -> Outcome:
    words: dict[str, Shown] = {"benefit": "yes", "no change": "no", "worse": "no"}
    told = f"The impression that was written down: {course.impression}."
    return Outcome("benefit by impression", words.get(course.impression, "not captured"), told)


def _others(infant: Infant, course: Course, ends: tuple[float, float]) -> tuple[str, ...]:
    """What else began, stopped or changed its dose from the baseline to the end of the treatment?"""
    found: list[tuple[float, str]] = []
    for other in courses(infant):
        if other.place == course.place:
            continue
        if ends[0] <= other.from_days <= ends[1]:
            found.append((other.from_days, f"'{other.name}' started at {_day(other.from_days)}"))
        if other.stopped == "yes" and ends[0] <= other.until_days <= ends[1]:
            found.append((other.until_days, f"'{other.name}' stopped at {_day(other.until_days)}"))
    own = course.name.casefold()
    for change in infant.of(DoseChange):
        if ends[0] <= change.age_days <= ends[1] and change.name.casefold() != own:
            found.append((change.age_days, f"the dose of '{change.name}' changed at {_day(change.age_days)}"))
    return tuple(text for _, text in sorted(found))


def _cautions(
    infant: Infant, counted: Counts, course: Course, settings: ResponseSettings, change: Ratio
) -> tuple[str, ...]:
    said = []
    begins = course.from_days - settings.baseline_days
    earlier = counted.within(float("-inf"), begins)
    baseline = counted.within(begins, course.from_days)
    if earlier and baseline:
        rise = ratio_of(earlier, baseline)
        if rise.ratio is None and rise.during.amount:
            said.append("Regression to the mean: seizures began in the baseline; some fall was to be expected anyway.")
        elif rise.ratio is not None and rise.low is not None and rise.ratio >= STORM and rise.low > 1:
            said.append(
                f"Regression to the mean: the baseline is a storm, {rise.ratio:.1f} times the rate before it; "
                "some fall was to be expected without any treatment."
            )
    elif baseline:
        said.append("Whether the baseline was a storm is not captured: nothing was counted before it.")
    if any(s.present == "yes" and begins <= s.age_days <= course.from_days for s in infant.of(Status)):
        said.append("Regression to the mean: there was status epilepticus in the baseline.")
    for units, when in ((baseline, "before"), (counted.within(course.from_days, course.until_days), "during")):
        if len({u.entry for u in units if u.entry >= 0}) == 1 and counted.source == "EEG":
            said.append(f"All hours {when} are of one recording: the interval does not know how days differ.")
    if course.stopped == "not captured":
        said.append("Whether the treatment goes on is not captured: 'during' reaches to the end of the record.")
    if change.before.hours and change.during.hours and not change.clustering_seen:
        said.append("Too few stretches of time to see clusters: the interval is too narrow if there are any.")
    said += [f"Entry {place + 1} was not counted: {why}." for place, why in counted.not_used]
    return tuple(said)


def _rate(rate: Rate) -> str:
    return f"{rate.per_hour or 0.0:.3g} ({rate.amount:g} in {rate.hours:.4g} h)"


def _day(days: float) -> str:
    return f"{age_text(days)} (day {days:g})"


def treatment_places(infant: Infant) -> tuple[int, ...]:
    """At which places of `infant.entries` are the treatments, in order of their start?"""
    return tuple(course.place for course in courses(infant))
