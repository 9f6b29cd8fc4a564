"""What the recording shows, computed from events and masks: the door of the findings room.

Places are told by the names that the file used (`T3` where it wrote `T3` for today's T7).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ictal.base.electrodes import Hemisphere, angle_between, electrode, mirror, neighbours
from ictal.base.provenance import Step
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.sentences import sentences
from ictal.eeg.findings.shares import share
from ictal.eeg.findings.status import status
from ictal.eeg.findings.types import (
    ChannelQuality,
    Findings,
    Focus,
    HourBurden,
    Independence,
    Marker,
    Migration,
    Recorded,
)
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import HIDING, MASK_STEP_S, Mask, Masks, Montage
from ictal.eeg.tracking.types import Leg, Passage, Pattern, Seizure

READABLE_SHARE = 0.5
"""A second could be read when at least this share of the derivations could."""

FEWEST_FOR_A_FOCUS = 2

HOUR_S = 3600.0

ONE_PLACE_RAD = 0.9
"""Electrodes of one side, or of one side and the midline, that are nearer than this are one place of onset."""


def state(
    recording: Recording,
    montage: Montage,
    masks: Masks,
    seizures: Sequence[Seizure],
    settings: Mapping[str, object],
    steps: tuple[Step, ...],
    pma_weeks: float | None = None,
) -> Findings:
    """What does this recording show? Counts, burden, foci, independence, migration, markers, quality.

    `steps` are those that led to these events; the last step, this one, adds itself. `pma_weeks`
    is the infant's postmenstrual age, which decides the rule of status.
    """
    readable = readable_time(recording, masks)
    seizure_time = IntervalSet.of(s.interval for s in seizures)
    foci = find_foci(seizures, recording.written_name)
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
        migration=_migration(seizures, tuple(d.electrode for d in montage.derivations)),
        markers=_markers(seizures),
        quality=_quality(recording, masks),
        statements=(),
        settings=settings,
        steps=(*steps, _step(foci)),
    )
    return sentences(findings, status(seizure_time, pma_weeks))


def _step(foci: Sequence[Focus]) -> Step:
    rules = {"readable_share": READABLE_SHARE, "fewest_for_a_focus": FEWEST_FOR_A_FOCUS, "one_place_rad": ONE_PLACE_RAD}
    return Step("findings", rules, {"foci": len(foci)})


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


def find_foci(seizures: Sequence[Seizure], written: Callable[[str], str] = str) -> tuple[Focus, ...]:
    """Where do seizures keep starting? At least two onsets at one electrode or its neighbours on the same side.

    The electrode with most onsets takes its neighbours' onsets, then the next. Of two with as many, the one with more
    onsets around it; then the one that came first: a name would favour a side. `written` gives the name that is told
    for a modern one.
    """
    left: dict[str, list[int]] = {}
    for number, seizure in enumerate(seizures, start=1):
        if not seizure.localised:
            continue
        left.setdefault(seizure.onset.electrode, []).append(number)
    found: list[Focus] = []
    while left:
        around = {e: [o for o in left if o == e or _one_place(e, o)] for e in left}
        centre = min(left, key=lambda e: (-len(left[e]), -sum(len(left[o]) for o in around[e]), left[e][0]))
        members = sorted(around[centre])
        ids = tuple(sorted(n for e in members for n in left.pop(e)))
        if len(ids) >= FEWEST_FOR_A_FOCUS:
            place, names = electrode(centre), tuple(written(e) for e in members)
            found.append(Focus(written(centre), names, place.hemisphere.value, place.lobe.value, len(ids), ids))
    return tuple(sorted(found, key=lambda f: (-f.seizures, f.seizure_ids)))


def _one_place(a: str, b: str) -> bool:
    sides = {electrode(a).hemisphere, electrode(b).hemisphere}
    return angle_between(a, b) < ONE_PLACE_RAD and sides != {Hemisphere.left, Hemisphere.right}


def _independence(foci: Sequence[Focus], seizures: Sequence[Seizure]) -> Independence:
    sides = Counter(f.hemisphere for f in foci)
    pairs = tuple(
        (i + 1, j + 1)
        for i, a in enumerate(seizures)
        for j, b in enumerate(seizures[i + 1 :], start=i + 1)
        if a.localised
        and b.localised
        and a.interval.overlap_s(b.interval) > 0
        and not _one_place(a.onset.electrode, b.onset.electrode)
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
    across = [(a, b) for a, b in moves if {a.hemisphere, b.hemisphere} == {Hemisphere.left, Hemisphere.right}]
    homotopic = sum(_homotopic(a.electrode, b.electrode, electrodes) for a, b in across)
    return Migration(
        migrating=share(sum(s.pattern is Pattern.migrating for s in seizures), placed),
        crossing_midline=share(sum(s.crosses_midline for s in seizures), placed),
        homotopic=share(homotopic, len(across)),
        onset_delays_s=tuple(round(b.start_s - a.start_s, 2) for a, b in moves),
        handovers_s=tuple(round(b.start_s - a.stop_s, 2) for a, b in moves),
    )


def _homotopic(came_from: str, to: str, electrodes: Sequence[str]) -> bool:
    """Is it the mirror place, or one of the electrodes beside that?"""
    twin = mirror(came_from)
    return to == twin or to in neighbours((*electrodes, twin))[twin]


def _markers(seizures: Sequence[Seizure]) -> tuple[Marker, ...]:
    moves = _migrations(seizures)
    delays = [b.start_s - a.start_s for a, b in moves]
    durations = [s.duration_s for s in seizures if s.duration_s > 0]
    rhythms = [leg.frequency_hz for s in seizures for leg in s.legs]
    moving = sum(s.pattern is Pattern.migrating for s in seizures)
    return (
        Marker("seizure_duration", _median(durations), "s", "median duration of a seizure", len(seizures)),
        Marker("ictal_frequency", _median(rhythms), "Hz", "median rhythm over all legs", len(seizures)),
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
