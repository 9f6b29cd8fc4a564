"""What the recording shows, computed from events and masks: the door of the findings room.

Places are told by the names that the file used (`T3` where it wrote `T3` for today's T7).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ictal.base.age import TERM_WEEKS, Age
from ictal.base.provenance import Step
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.chance import timing
from ictal.eeg.findings.clusters import find_clusters, is_storm
from ictal.eeg.findings.facts import Grounds, facts, markers
from ictal.eeg.findings.links import details
from ictal.eeg.findings.paths import likeness
from ictal.eeg.findings.places import FEWEST_FOR_A_FOCUS, ONE_PLACE_RAD, across, find_foci, homotopic, one_place
from ictal.eeg.findings.sentences import sentences
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.findings.shares import share
from ictal.eeg.findings.stability import redraw
from ictal.eeg.findings.status import NEONATAL_UP_TO_WEEKS, status
from ictal.eeg.findings.types import (
    ChannelQuality,
    Findings,
    Focus,
    HourBurden,
    Independence,
    Infant,
    Marker,
    Migration,
    Recorded,
    StatusRule,
)
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import HIDING, MASK_STEP_S, Mask, Masks, Montage
from ictal.eeg.tracking.types import Examined, Leg, Passage, Pattern, Seizure

READABLE_SHARE = 0.5
"""A second could be read when at least this share of the derivations could."""

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known beside the events: the infant's age, what tracking saw in the samples, how to count.

    `examined` is in the order of the seizures, or empty.
    """

    age: Age = field(default_factory=Age)
    examined: tuple[Examined, ...] = ()
    settings: FindingsSettings = field(default_factory=FindingsSettings)


def state(
    recording: Recording,
    montage: Montage,
    masks: Masks,
    seizures: Sequence[Seizure],
    settings: Mapping[str, object],
    steps: tuple[Step, ...],
    beside: Beside | None = None,
) -> Findings:
    """What does this recording show? Counts, burden, foci, independence, migration, markers, quality.

    `steps` are those that led to these events; the last step, this one, adds itself.
    """
    known = beside or Beside()
    readable, seizure_time = readable_time(recording, masks), IntervalSet.of(s.interval for s in seizures)
    foci, electrodes = find_foci(seizures, recording.written_name), tuple(d.electrode for d in montage.derivations)
    grounds = Grounds(
        seizures=seizures,
        details=details(seizures, known.examined, electrodes, known.age.head_cm, recording.written_name),
        recorded_s=recording.recorded.total_s,
        readable_s=readable.total_s,
        redrawn=redraw(seizures, known.settings, recording.written_name),
        timing=timing(seizures, recording.recorded, known.settings),
        likeness=likeness(seizures, known.settings),
        clusters=find_clusters(seizures, recording.recorded, known.settings),
    )
    rules = status(seizure_time, _weeks(known))
    findings = Findings(
        recorded=_recorded(recording, montage, readable),
        simulated=recording.simulated,
        seizures=len(seizures),
        patterns={p.value: sum(s.pattern is p for s in seizures) for p in Pattern},
        seizure_s=round(seizure_time.total_s, 2),
        burden_min_per_h=_burden(seizure_time, readable),
        burden_by_hour=burden_by_hour(recording.duration_s, readable, seizures),
        foci=foci,
        independence=_independence(foci, seizures),
        migration=_migration(seizures, electrodes),
        markers=(*_markers(seizures), *markers(grounds)),
        quality=_quality(recording, masks),
        statements=(),
        settings=settings,
        steps=(*steps, _step(foci, seizure_time.difference(readable).total_s)),
        infant=_infant(known),
        details=tuple(grounds.details),
        stability=grounds.redrawn.foci if grounds.redrawn is not None else (),
        clusters=tuple(grounds.clusters),
        storm=is_storm(seizures, grounds.clusters, readable.total_s, known.settings),
        status=tuple(
            StatusRule(s.rule.name, s.rule.text, s.rule.provenance, s.applies, s.met, s.worst_hour_s, s.longest_s)
            for s in rules
        ),
        facts=facts(grounds),
    )
    return sentences(findings, rules)


def _weeks(known: Beside) -> float | None:
    """Which postmenstrual age decides the rule of status? Who is surely beyond the newborn's needs no gestation."""
    least = known.age.least_postmenstrual_weeks
    exact = known.age.postmenstrual_weeks
    return least if exact is None and least is not None and least > NEONATAL_UP_TO_WEEKS else exact


def _infant(known: Beside) -> Infant:
    age, weeks = known.age, known.age.postmenstrual_weeks
    assumed = ""
    if age.days is not None and age.gestation_weeks is None:
        assumed = f"birth at {TERM_WEEKS:.0f} weeks, for the size of the head alone"
    head = None if age.head_cm is None else round(age.head_cm, 2)
    return Infant(age.days, age.gestation_weeks, None if weeks is None else round(weeks, 2), head, assumed)


def _step(foci: Sequence[Focus], not_read_s: float) -> Step:
    rules = {"readable_share": READABLE_SHARE, "fewest_for_a_focus": FEWEST_FOR_A_FOCUS, "one_place_rad": ONE_PLACE_RAD}
    return Step("findings", rules, {"foci": len(foci), "seizure_s_not_read": round(not_read_s, 2)})


def readable_time(recording: Recording, masks: Masks) -> IntervalSet:
    """When could at least half of the derivations be read?"""
    if not masks.flags.size:
        return IntervalSet()
    enough = ((masks.flags & HIDING) == 0).mean(axis=0) >= READABLE_SHARE
    return IntervalSet.from_mask(enough, 1.0 / MASK_STEP_S).intersection(recording.recorded)


def _burden(ictal: IntervalSet, readable: IntervalSet) -> float | None:
    """Minutes of seizure per readable hour, both counted in readable time; seconds of two seizures count once."""
    readable_s = readable.total_s
    return round(60.0 * ictal.intersection(readable).total_s / readable_s, 3) if readable_s > 0 else None


def burden_by_hour(duration_s: float, readable: IntervalSet, seizures: Sequence[Seizure]) -> tuple[HourBurden, ...]:
    """How many seizure minutes a readable hour, for each hour of the recording (the last may be a part)?"""
    ictal = IntervalSet.of(s.interval for s in seizures)
    found = []
    for hour in range(math.ceil(duration_s / HOUR_S)):
        span = Interval(hour * HOUR_S, min((hour + 1) * HOUR_S, duration_s))
        read, began = readable.intersection(IntervalSet((span,))), sum(span.contains(s.start_s) for s in seizures)
        seizure_s = round(ictal.overlap_s(span), 2)
        found.append(HourBurden(hour, span.start_s, round(read.total_s, 2), seizure_s, began, _burden(ictal, read)))
    return tuple(found)


def _independence(foci: Sequence[Focus], seizures: Sequence[Seizure]) -> Independence:
    sides = Counter(f.hemisphere for f in foci)
    pairs = tuple(
        (i + 1, j + 1)
        for i, a in enumerate(seizures)
        for j, b in enumerate(seizures[i + 1 :], start=i + 1)
        if a.localised
        and b.localised
        and a.interval.overlap_s(b.interval) > 0
        and not one_place(a.onset.electrode, b.onset.electrode)
    )
    return Independence(len(foci), sides["left"], sides["right"], bool(sides["left"] and sides["right"]), pairs)


def _migrations(seizures: Sequence[Seizure]) -> list[tuple[Leg, Leg]]:
    return [
        (seizure.legs[leg.came_from], leg)
        for seizure in seizures
        for leg in seizure.legs
        if leg.came_by is Passage.migration and leg.came_from is not None
    ]


def _migration(seizures: Sequence[Seizure], electrodes: Sequence[str]) -> Migration:
    moves, placed = _migrations(seizures), sum(s.localised for s in seizures)
    crossed = [(a, b) for a, b in moves if across(a.electrode, b.electrode)]
    mirrored = sum(homotopic(a.electrode, b.electrode, electrodes) for a, b in crossed)
    return Migration(
        migrating=share(sum(s.pattern is Pattern.migrating for s in seizures), placed),
        crossing_midline=share(sum(s.crosses_midline for s in seizures), placed),
        homotopic=share(mirrored, len(crossed)),
        onset_delays_s=tuple(round(b.start_s - a.start_s, 2) for a, b in moves),
        handovers_s=tuple(round(b.start_s - a.stop_s, 2) for a, b in moves),
    )


def _markers(seizures: Sequence[Seizure]) -> tuple[Marker, ...]:
    moves = _migrations(seizures)
    delays = [b.start_s - a.start_s for a, b in moves]
    durations = [s.duration_s for s in seizures if s.duration_s > 0]
    rhythms = [leg.frequency_hz for s in seizures for leg in s.legs if math.isfinite(leg.frequency_hz)]
    timed = sum(any(math.isfinite(leg.frequency_hz) for leg in s.legs) for s in seizures)
    moving = sum(s.pattern is Pattern.migrating for s in seizures)
    return (
        Marker("seizure_duration", _median(durations), "s", "median duration of a seizure", len(seizures)),
        Marker("ictal_frequency", _median(rhythms), "Hz", "median rhythm over all legs", timed),
        Marker(
            "onset_delay", _median(delays), "s", "median delay between the onsets of the legs of a migration", moving
        ),
    )


def _median(values: Sequence[float]) -> float | None:
    return round(float(np.median(values)), 3) if values else None


def _recorded(recording: Recording, montage: Montage, readable: IntervalSet) -> Recorded:
    used = sorted({c for d in montage.derivations for c in d.weights})
    return Recorded(
        name=recording.source.name,
        file_format=recording.source.file_format,
        sha256=recording.source.sha256,
        start=recording.start.isoformat(sep=" ", timespec="seconds") if recording.start else None,
        duration_s=round(recording.duration_s, 3),
        recorded_s=round(recording.recorded.total_s, 3),
        readable_s=round(readable.total_s, 3),
        gaps=tuple((round(g.start_s, 3), round(g.stop_s, 3)) for g in recording.gaps),
        electrodes=tuple(recording.written_name(d.electrode) for d in montage.derivations),
        channels=len(recording.channels),
        derivations=montage.labels,
        rate_hz=max((recording.channels[c].rate_hz for c in used), default=0.0),
        notices=recording.notices,
    )


def _quality(recording: Recording, masks: Masks) -> tuple[ChannelQuality, ...]:
    causes = [m for m in Mask if m is not Mask.gap and m.name]
    recorded_s = round(recording.recorded.total_s, 2)
    found = []
    for d, label in enumerate(masks.labels):
        clear = IntervalSet.from_mask((masks.flags[d] & HIDING) == 0, 1.0 / MASK_STEP_S)
        clear_s = round(clear.intersection(recording.recorded).total_s, 2)
        masked = {str(m.name): seconds for m in causes if (seconds := masks.seconds(label, m)) > 0}
        found.append(ChannelQuality(label, recorded_s, clear_s, masked))
    return tuple(found)
