"""What does the whole record of one infant come to? Every answer of the rooms below, once, for pages and figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ictal.infant.development.course import development
from ictal.infant.development.types import Development
from ictal.infant.growth.course import acquired_microcephaly, growth_course
from ictal.infant.growth.types import AcquiredMicrocephaly, GrowthZ
from ictal.infant.timeline.checks import Problem, problems
from ictal.infant.timeline.counts import counts, record_ends
from ictal.infant.timeline.escalation import Escalation, escalation
from ictal.infant.timeline.types import Infant
from ictal.infant.treatment.course import courses
from ictal.infant.treatment.freedom import drug_resistance
from ictal.infant.treatment.response import response, sources_of
from ictal.infant.treatment.settings import DEFAULTS, ResponseSettings
from ictal.infant.treatment.types import Course, Resistance, Response

SEED = 1
"""The seed of the shuffles of a change-point when no other is given; the answer is the same each time."""


@dataclass(frozen=True, slots=True)
class Overview:
    """One infant's record and what follows from it; `ends_days` is the age at which it ends."""

    infant: Infant
    ends_days: float
    heads: tuple[GrowthZ, ...]
    weights: tuple[GrowthZ, ...]
    lengths: tuple[GrowthZ, ...]
    microcephaly: AcquiredMicrocephaly
    development: Development
    courses: tuple[Course, ...]
    responses: tuple[Response, ...]
    resistance: Resistance
    eeg: Escalation
    diary: Escalation
    problems: tuple[Problem, ...]


def overview(infant: Infant, *, seed: int = SEED, settings: ResponseSettings = DEFAULTS) -> Overview:
    """What does this record come to? The same record and seed give the same answer."""
    given = courses(infant)
    return Overview(
        infant=infant,
        ends_days=record_ends(infant),
        heads=growth_course(infant, "head"),
        weights=growth_course(infant, "weight"),
        lengths=growth_course(infant, "length"),
        microcephaly=acquired_microcephaly(infant),
        development=development(infant),
        courses=given,
        responses=tuple(
            response(infant, course.place, source, settings)
            for course in given
            for source in sources_of(infant, course, settings)
        ),
        resistance=drug_resistance(infant),
        eeg=escalation(counts(infant, "EEG"), np.random.default_rng(seed)),
        diary=escalation(counts(infant, "diary"), np.random.default_rng(seed)),
        problems=problems(infant),
    )


def overview_lines(found: Overview) -> tuple[str, ...]:
    """What does it come to, in sentences for a page or a terminal?"""
    said = [
        f"Acquired microcephaly: {found.microcephaly.answer}. {found.microcephaly.reason}",
        f"Development: {found.development.answer}. {found.development.sentence}",
        *found.development.also,
        f"Seizures by EEG: {found.eeg.sentence}",
        f"Seizures by diary: {found.diary.sentence}",
    ]
    for one in found.responses:
        chosen = next(o for o in one.outcomes if o.definition == one.definition)
        said.append(f"{one.treatment}, {one.definition} ({one.source}): {one.answer}. {chosen.sentence}")
        if one.not_separable:
            said.append(f"  Not separable from: {'; '.join(one.not_separable)}.")
        said += [f"  {caution}" for caution in one.cautions]
    said.append(f"Drug resistance: {found.resistance.answer}. {found.resistance.sentence}")
    said += [f"{p.severity}: {p.sentence}" for p in found.problems]
    return tuple(said)
