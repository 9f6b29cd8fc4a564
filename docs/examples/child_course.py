"""An infant who never was, from birth to 24 months: the record, what it comes to, and the figure.

    python docs/examples/child_course.py --out infant

writes `infant/record.json`, `infant/overview.txt` and `infant/timeline.svg`. The recordings are those of `ictal
simulate --course eimfs` (the truth stands in for the analysis: no sample is made), the diary, growth, milestones and
medicines beside them are made here. Everything is simulated and says so.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
import numpy as np

from ictal.infant.growth.standards import value_at
from ictal.infant.overview import overview, overview_lines
from ictal.infant.timeline.checks import check
from ictal.infant.timeline.types import (
    AnyEntry,
    Diary,
    Dose,
    FindingsSummary,
    Growth,
    HourCount,
    Infant,
    KindCount,
    Level,
    Milestone,
    Recording,
    Semiology,
    SignSeen,
    Treatment,
    Vision,
)
from ictal.report.timeline import timeline_figure
from ictal.simulator import COURSES, simulate_course
from ictal.simulator.courses import Course
from ictal.simulator.types import Simulation

HOURS = 24.0
SEEN_AT_HOME = 0.3
"""The share of seizures that parents see (design), while they watch for 14 hours a day."""
WATCHED_H = 14.0
DAY_SHAPE = 4.0
"""How much days differ: the rate of a day is gamma distributed with this shape (design)."""


def recording(age_days: float, made: Simulation) -> Recording:
    """The entry of one simulated recording, its truth as what was found."""
    hours = round(made.recording.duration_s / 3600)
    seizures = made.truth.seizures
    by_hour = []
    for hour in range(hours):
        inside = [s for s in seizures if hour <= s.start_s / 3600 < hour + 1]
        minutes = sum(s.stop_s - s.start_s for s in inside) / 60
        by_hour.append(HourCount(readable_h=1.0, seizures=len(inside), seizure_min=minutes))
    patterns = [s.pattern for s in seizures]
    summary = FindingsSummary(
        readable_h=float(hours),
        seizures=len(seizures),
        seizure_min=sum(h.seizure_min or 0.0 for h in by_hour),
        migrating=patterns.count("migrating"),
        spreading=patterns.count("spreading"),
        focal=patterns.count("focal"),
        bilateral=patterns.count("bilateral"),
        simulated=True,
        analysed_by="truth of the simulation",
        by_hour=tuple(by_hour),
    )
    return Recording(age_days=age_days, recorded_h=float(hours), setting="long-term", found=summary)


def diary(course: Course, until_days: int, rng: np.random.Generator) -> list[AnyEntry]:
    """One entry a day from the first visit on: the rate of the nearest visit, with the medicines of that day."""
    ages = np.array([visit.age_days for visit in course.visits])
    found: list[AnyEntry] = []
    for day in range(int(ages[0]), until_days):
        visit = course.visits[int(np.argmin(np.abs(ages - day)))]
        rate = visit.scenario.expected_per_hour
        for medicine in course.medicines:
            rate *= 1 + medicine.effect_on_rate if medicine.acts_at(day) else 1
        seen = int(rng.poisson(rng.gamma(DAY_SHAPE, SEEN_AT_HOME * rate * WATCHED_H / DAY_SHAPE)))
        tonic = int(rng.binomial(seen, 0.6))
        kinds = (KindCount(kind="focal motor tonic", count=tonic), KindCount(kind="autonomic", count=seen - tonic))
        found.append(Diary(age_days=day, hours_observed=WATCHED_H, seizures=seen, by_kind=kinds, source="parents"))
    return found


def beside(course: Course) -> list[AnyEntry]:
    """Growth, milestones, semiology and medicines."""
    heads = [(0.0, -0.2), *((v.age_days, v.head_z) for v in course.visits), (550.0, -3.0), (730.0, -3.1)]
    grown = [
        Growth(
            age_days=age,
            head_cm=round(value_at("head", "female", z, age) or 0.0, 1),
            weight_kg=round(value_at("weight", "female", -0.5, age) or 0.0, 2),
        )
        for age, z in heads
    ]
    signs = (SignSeen(sign="flushing", seen="yes"), SignSeen(sign="apnoea", seen="no"))
    (medicine,) = course.medicines
    return [
        *grown,
        Semiology(age_days=26, seizure="clonic", first="yes", autonomic=signs),
        Milestone(age_days=45, skill="social smile", event="gained"),
        Milestone(age_days=60, skill="fixes and follows", event="gained"),
        Milestone(age_days=85, skill="holds head", event="gained"),
        Milestone(age_days=160, skill="social smile", event="lost"),
        Milestone(age_days=225, skill="holds head", event="lost"),
        Milestone(age_days=300, skill="sits without support", event="not yet"),
        Milestone(age_days=420, skill="social smile", event="gained"),
        Milestone(age_days=730, skill="sits without support", event="not yet"),
        Vision(age_days=60, fixes="yes", follows="yes"),
        Treatment(
            age_days=35, name="phenobarbital", dose=Dose(amount=20, unit="mg/day"), stop_age_days=110,
            why_stopped="no benefit", adequate="yes", impression="no change",
        ),
        Level(age_days=60, name="phenobarbital", value=32, unit="mg/L"),
        Treatment(
            age_days=medicine.from_day, name="simulated medicine", treatment="trial",
            dose=Dose(amount=10, unit="mg/kg/day"), stop_age_days=medicine.until_day, why_stopped="end of trial",
            impression="benefit",
        ),
        Treatment(
            age_days=400, name="ketogenic diet", treatment="diet", dose=Dose(amount=3, unit=":1"), ongoing="yes",
        ),
        Level(age_days=430, name="ketones", value=3.4, unit="mmol/L"),
    ]  # fmt: skip


def worked_infant(seed: int = 7) -> Infant:
    """The whole record."""
    course = COURSES["eimfs"]
    entries = [recording(visit.age_days, made) for visit, made in simulate_course(course, seed, hours=HOURS)]
    return Infant(
        pseudonym="simulated-1",
        sex="female",
        gestation_weeks=39.0,
        simulated=True,
        entries=(*entries, *diary(course, 731, np.random.default_rng(seed)), *beside(course)),
    )


def main() -> None:
    """Write the record, what it comes to, and the figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("infant"))
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    infant = check(worked_infant(asked.seed))
    found = overview(infant)
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "record.json").write_bytes(msgspec.json.format(msgspec.json.encode(infant)))
    text = "\n".join(overview_lines(found))
    (asked.out / "overview.txt").write_text(f"{text}\n", encoding="utf-8")
    (asked.out / "timeline.svg").write_text(str(timeline_figure(found)), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
