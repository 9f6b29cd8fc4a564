"""How does one infant's EEG change as it grows? Visits of the same simulated infant, and a simulated medicine.

Through all visits the infant keeps its foci (or its tissue, with the mechanism engine) and how loud its EEG is; its
head grows. What changes is in the records: numbers of the scenario, each with a provenance, and what a medicine of a
stated effect does to the rate of seizures. No real infant and no real medicine is meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Unpack

from ictal.base.errors import UsageError
from ictal.simulator.chance import mixed_seed
from ictal.simulator.engine import Worn, simulate
from ictal.simulator.head import head_circumference_cm
from ictal.simulator.scenarios import GENEREVIEWS, ILAE_EIMFS, ILAE_SELF_LIMITED, MEDLINEPLUS, NEUROMET, SCENARIOS
from ictal.simulator.types import Child, Documented, Parameter, Reason, Scenario, Simulation, number


@dataclass(frozen=True, slots=True)
class Medicine(Documented):
    """A medicine that does not exist, given from one age to another: what it does to the rate of seizures is stated."""

    name: str = "simulated medicine"
    from_day: float = number(0, "days", (-84, 730), "age at the first dose")
    until_day: float = number(730, "days", (-84, 731), "age after the last dose")
    effect_on_rate: float = number(0, "share", (-1, 1), "change of the rate of seizures: -0.6 leaves 40 %")
    reasons: tuple[Reason, ...] = ()

    def acts_at(self, age_days: float) -> bool:
        """Is it given at this age?"""
        return self.from_day <= age_days < self.until_day


@dataclass(frozen=True, slots=True)
class Visit(Documented):
    """One recording of a course: at which age, for how long, and as which scenario."""

    name: str
    description: str
    scenario: Scenario
    age_days: float = number(0, "days", (-84, 730), "age at the recording")
    hours: float = number(4, "h", (1 / 3600, 336), "recorded hours when no other number is asked for")
    head_z: float = number(0, "1", (-6, 6), "head circumference in standard deviations from the median for age")
    reasons: tuple[Reason, ...] = ()

    @property
    def own_numbers(self) -> tuple[Parameter, ...]:
        """What in its scenario is not the usual of an infant, age apart."""
        named = {r.name for r in self.scenario.reasons} - {"age_days"}
        return tuple(p for p in self.scenario.parameters if p.name in named)

    @property
    def head_cm(self) -> float:
        """Head circumference, in cm."""
        return round(head_circumference_cm(self.age_days, self.head_z), 2)


@dataclass(frozen=True, slots=True)
class Course:
    """Visits of one infant in order of age, and the medicines that it is given."""

    name: str
    description: str
    visits: tuple[Visit, ...]
    medicines: tuple[Medicine, ...] = ()

    def at(self, visit: Visit) -> Scenario:
        """The scenario of a visit with what the medicines given then do; effects of several multiply."""
        given = [m for m in self.medicines if m.acts_at(visit.age_days)]
        left = 1.0
        for medicine in given:
            left *= 1.0 + medicine.effect_on_rate
        if not given:
            return visit.scenario
        why = "design: " + " and ".join(f"{m.name}, effect {m.effect_on_rate:g} from day {m.from_day:g}" for m in given)
        return visit.scenario.because(medicine=(round(left - 1.0, 12), why))


@dataclass(frozen=True, slots=True)
class Rate:
    """Seizures of one visit: expected by the record (`None` where they arise by themselves) and what came."""

    visit: str
    age_days: float
    recorded_hours: float
    medicine: float
    expected_per_hour: float | None
    seizures: int

    @property
    def realised_per_hour(self) -> float:
        return self.seizures / self.recorded_hours


def find_course(course: str | Course) -> Course:
    """Which course is asked for? Raises `UsageError`."""
    if isinstance(course, Course):
        return course
    if course not in COURSES:
        near = difflib.get_close_matches(course, COURSES, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise UsageError(f"There is no course '{course}'.{hint} There are: {', '.join(COURSES)}.")
    return COURSES[course]


def simulate_visit(
    course: Course, visit: Visit, seed: int, *, hours: float | None = None, engine: str = "template",
    **worn: Unpack[Worn],
) -> Simulation:  # fmt: skip
    """The recording of one visit. It does not depend on which other visits are made.

    Arguments are those of `simulate`; `hours` takes the place of the visit's own recorded hours.
    """
    scenario = course.at(visit)
    infant = Child(mixed_seed(seed, f"course {course.name}"), course.visits[0].age_days, visit.head_cm)
    made = simulate(
        scenario,
        duration_s=3600.0 * (visit.hours if hours is None else hours),
        seed=mixed_seed(seed, f"course {course.name}, {visit.name}") % 2**31,
        age_days=visit.age_days,
        engine=engine,
        child=infant,
        **worn,
    )
    told = asdict(rate_of(course, visit, made)) | {"course": course.name, "course_seed": seed}
    return replace(made, made_by={**made.made_by, "visit": told | {"head_z": visit.head_z}})


def simulate_course(
    course: str | Course, seed: int, *, hours: float | None = None, engine: str = "template", **worn: Unpack[Worn]
) -> tuple[tuple[Visit, Simulation], ...]:
    """Every visit of one infant's course with its recording and truth; samples are made when they are read."""
    chosen = find_course(course)
    return tuple((v, simulate_visit(chosen, v, seed, hours=hours, engine=engine, **worn)) for v in chosen.visits)


def rate_of(course: Course, visit: Visit, made: Simulation) -> Rate:
    """How many seizures does the record expect in an hour of this visit, and how many came?

    The expectation is exact for a recording without ends: none begins in its first `earliest_s`, and one that would not
    end within the recording is left out.
    """
    scenario = course.at(visit)
    expected = scenario.expected_per_hour if made.made_by["engine"] == "template" else None
    hours = made.recording.duration_s / 3600.0
    return Rate(visit.name, visit.age_days, hours, scenario.medicine, expected, len(made.truth.seizures))


def course_mapping(course: Course, seed: int, made: Mapping[str, Simulation]) -> dict[str, object]:
    """Everything about a course for JSON: medicines, visits with their growth, rates expected and realised."""
    visits = []
    for visit in course.visits:
        said: dict[str, object] = {"name": visit.name, "description": visit.description, "head_cm": visit.head_cm}
        said["scenario"] = visit.scenario.name
        said["tissue"] = [asdict(reason) for reason in visit.scenario.tissue]
        said["numbers"] = [asdict(p) for p in (*visit.parameters, *visit.own_numbers)]
        if visit.name in made:
            rate = rate_of(course, visit, made[visit.name])
            said["rate"] = asdict(rate) | {"realised_per_hour": rate.realised_per_hour}
        visits.append(said)
    medicines = [{"name": m.name, "numbers": [asdict(p) for p in m.parameters]} for m in course.medicines]
    return {
        "simulated": True,
        "course": course.name,
        "description": course.description,
        "seed": seed,
        "medicines": medicines,
        "visits": visits,
    }


def course_lines(course: Course) -> str:
    """What is this course? Its name, a line, and a line for each visit."""
    lines = [f"{course.name}", f"    {course.description}"]
    for visit in course.visits:
        scenario = course.at(visit)
        under = f", medicine {scenario.medicine:+.0%}" if scenario.medicine else ""
        lines.append(
            f"    {visit.name}  day {visit.age_days:g}: {visit.description}; "
            f"{24 * scenario.expected_per_hour:.3g} seizures a day{under}, head {visit.head_z:+.1f} SD"
        )
    return "\n".join(lines)


def course_text(course: Course) -> str:
    """The same with every number of its visits and medicines, and what in each visit is not the usual."""
    lines = [course_lines(course), "", "Numbers"]
    told = [(m.name, m.parameters) for m in course.medicines]
    told += [(v.name, (*v.parameters, *v.own_numbers)) for v in course.visits]
    for name, numbers in told:
        lines.append(f"  {name}")
        lines += [f"    {p.name} = {p.value:g} {p.unit}  {p.meaning}\n      {p.provenance}" for p in numbers]
        tissue = [r for v in course.visits if v.name == name for r in v.scenario.tissue]
        lines += [f"    {r.name} = {r.value:g}  (tissue of the mechanism engine)\n      {r.provenance}" for r in tissue]
    return "\n".join(lines)


def rate_lines(rates: Iterable[Rate]) -> str:
    """Seizures an hour of every visit, expected and realised, as lines for a terminal."""
    lines = []
    for r in rates:
        asked = "" if r.expected_per_hour is None else f", expected {r.expected_per_hour:.3g} an hour"
        counted = f"{r.seizures} seizures in {r.recorded_hours:g} h, {r.realised_per_hour:.3g} an hour"
        lines.append(f"{r.visit}  day {r.age_days:g}: {counted}{asked}")
    return "\n".join(lines)


def _visit(
    at: tuple[str, str], scenario: str, age: tuple[float, str], head: tuple[float, str],
    **numbers: tuple[float, str],
) -> Visit:  # fmt: skip
    """`numbers` with a point (`infant.focus_balance`) belong to the tissue of the mechanism engine."""
    name, description = at
    own = {key: number for key, number in numbers.items() if "." not in key}
    tissue = tuple(Reason(key, value, why) for key, (value, why) in numbers.items() if "." in key)
    made = replace(SCENARIOS[scenario].because(age_days=age, **own), tissue=tissue)
    return Visit(name, description, made).because(age_days=age, head_z=head)


_HEAD = f"design: falls to below -2 by one year; that most have microcephaly by then is read, {ILAE_EIMFS}"
_NORMAL_HEAD = "design: near the median, as in an infant who is well"
_ESCALATES = f"design: that it takes 7 days to 3 months from the first seizure to the full picture is read, {NEUROMET}"
_CONTINUOUS = f"design: that seizures are nearly continuous by 6-9 months is read, {GENEREVIEWS}"
_FEWER = f"design: that seizures become fewer after one year is read, {MEDLINEPLUS}"
_REMITS = f"design: that it remits by 6 months, in most by 6 weeks, is read, {ILAE_SELF_LIMITED}"

_EIMFS = Course(
    "eimfs",
    "Migrating focal seizures from onset through the storm, with a simulated medicine for two months, to after it.",
    (
        _visit(
            ("ses-01", "onset"), "eimfs-early", (30, "design: onset at 1 month in the mean is read, Barcia 2019"),
            (-0.2, f"design: usually normal at onset is read, {ILAE_EIMFS}"),
            foci=(2, _ESCALATES), seizures_per_hour=(0.06, _ESCALATES), spikes_per_hour=(5, _ESCALATES),
        ),
        _visit(
            ("ses-02", "more often, in first clusters"), "eimfs-early", (60, _ESCALATES), (-0.6, _HEAD),
            foci=(4, _ESCALATES), seizures_per_hour=(0.8, _ESCALATES), clustered=(0.5, _ESCALATES),
            independent=(0.08, _ESCALATES), spikes_per_hour=(60, _ESCALATES),
        ),
        _visit(("ses-03", "the storm"), "eimfs-storm", (120, _ESCALATES), (-1.2, _HEAD)),
        _visit(
            ("ses-04", "the storm, under a simulated medicine"), "eimfs-storm",
            (150, "design: three weeks after the first dose"), (-1.5, _HEAD),
        ),
        _visit(
            ("ses-05", "nearly continuous, the medicine stopped"), "eimfs-storm", (225, _CONTINUOUS), (-2.1, _HEAD),
            seizures_per_hour=(4.1, _CONTINUOUS), independent=(0.25, _CONTINUOUS), leg_s=(32, _CONTINUOUS),
            spikes_per_hour=(360, _CONTINUOUS), amplitude=(1.25, _CONTINUOUS), rhythms=(0.4, _CONTINUOUS),
        ),
        _visit(("ses-06", "after the storm"), "eimfs-late", (420, _FEWER), (-2.7, _HEAD)),
    ),
    (
        Medicine().because(
            from_day=(129, "design: begun in the storm"),
            until_day=(190, "design: stopped after two months"),
            effect_on_rate=(-0.6, "design: a responder, by more than half; no real medicine is meant"),
        ),
    ),
)  # fmt: skip

_REMISSION = Course(
    "remission",
    "Self-limited neonatal epilepsy: seizures in the first weeks of an otherwise normal infant, then none.",
    (
        _visit(
            ("ses-01", "onset"), "self-limited",
            (4, f"design: day 2-7 is read, {ILAE_SELF_LIMITED}"), (0.1, _NORMAL_HEAD),
        ),
        _visit(("ses-02", "rarer"), "self-limited", (40, _REMITS), (0.0, _NORMAL_HEAD),
               seizures_per_hour=(0.04, _REMITS)),
        _visit(("ses-03", "remission"), "self-limited", (200, _REMITS), (0.2, _NORMAL_HEAD),
               seizures_per_hour=(0, _REMITS), spikes_per_hour=(0, _REMITS)),
    ),
)  # fmt: skip

COURSES: dict[str, Course] = {course.name: course for course in (_EIMFS, _REMISSION)}
"""Every course by its name."""
