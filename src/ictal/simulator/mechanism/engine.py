"""A scenario becomes an infant whose seizures arise by themselves, and what it shows becomes a recording with truth."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ictal.simulator.caps import Cap
from ictal.simulator.chance import Floats, product
from ictal.simulator.cortex import cortex
from ictal.simulator.mechanism.course import BLOCK_S, LEAD_BLOCKS, RATE_HZ, Course, Singles
from ictal.simulator.mechanism.reading import Reader, Reading, RegionLeg, blocks_of
from ictal.simulator.mechanism.tissues import mechanism_of
from ictal.simulator.script import Script, write_script
from ictal.simulator.truth import Viewer, tell_discharges, tell_seizure
from ictal.simulator.types import RhythmTruth, Scenario, Sitting, Truth

SPIKE_S = 1.25
"""A brief run of a region that is shorter than this is a sharp wave."""
MARGIN = 32
"""Samples at 256 Hz on either side that one sample at another rate is made of."""


@dataclass(frozen=True, slots=True, eq=False)
class Living:
    """The cortex of one infant as the scalp sees it: `fields_uv_per_mv[place, region]`."""

    course: Course
    fields_uv_per_mv: Floats

    def fields_uv(self, first_s: float, samples: int, rate_hz: float) -> Singles:
        """What every place shows from this second on, `(n_places, samples)`."""
        times = (first_s + np.arange(samples) / rate_hz) * RATE_HZ
        low = math.floor(times[0]) - MARGIN
        shown = self._shown(low, math.ceil(times[-1]) + MARGIN + 1)
        return shown[:, MARGIN : MARGIN + samples] if rate_hz == RATE_HZ else _between(shown, times - low, rate_hz)

    def _shown(self, start: int, stop: int) -> Singles:
        """Samples `[start, stop)` at 256 Hz, counted from the recording's start."""
        size = BLOCK_S * RATE_HZ
        parts = []
        for number in range(start // size, (stop - 1) // size + 1):
            low, high = max(start, number * size), min(stop, (number + 1) * size)
            block = self.course.block(number + LEAD_BLOCKS).output_mv
            parts.append(block[low - number * size : high - number * size])
        weights = self.fields_uv_per_mv.astype(np.float32)
        return product(weights, np.ascontiguousarray(np.concatenate(parts).T))


def _between(shown: Singles, at: Floats, rate_hz: float) -> Singles:
    """A signal of 256 Hz at other times (in its samples): a windowed sinc, nothing above the new rate's reach."""
    cut = min(1.0, rate_hz / RATE_HZ) * 0.9
    whole = np.floor(at).astype(int)
    answer = np.zeros((len(shown), len(at)), dtype=np.float32)
    for tap in range(-MARGIN + 1, MARGIN + 1):
        away = at - whole - tap
        weight = cut * np.sinc(cut * away) * np.cos(0.5 * np.pi * np.clip(away / MARGIN, -1.0, 1.0)) ** 2
        answer += shown[:, whole + tap] * weight.astype(np.float32)
    return answer


def write_living_script(
    scenario: Scenario, cap: Cap, places: tuple[str, ...], sitting: Sitting
) -> tuple[Script, Truth]:
    """Background, rhythms and artefacts as in the other engine; everything ictal from the tissue."""
    script, truth = write_script(replace(scenario, foci=0, spikes_per_hour=0), cap, places, sitting)
    infant = cortex(places, float(sitting.age_days), sitting.child.head_cm)
    mechanism = mechanism_of(scenario)
    course = Course(mechanism, sitting.seed, tissue_seed=sitting.child.seed)
    sources = list(course.network.sources(infant))
    living = Living(course, infant.patches[:, sources] * mechanism.infant.dipole_uv_per_mv)
    reading = read_course(course, sitting.duration_s)
    viewer = Viewer(
        [places.index(e) for e in cap.electrodes], cap.electrodes, {e: cap.written(e) for e in cap.electrodes}
    )
    pairs = [(s, [_leg_fields(leg, living) for leg in s.legs]) for s in reading.seizures]
    brief = [_tell_brief(leg, living, viewer) for leg in reading.brief]
    truth = replace(
        truth,
        seizures=tuple(tell_seizure(s, f, viewer) for s, f in pairs),
        discharges=tuple(sorted(d for s, f in pairs for d in tell_discharges(s, f, viewer))),
        rhythms=tuple(sorted((*truth.rhythms, *brief))),
    )
    return replace(script, tissue=living), truth


def read_course(course: Course, duration_s: float) -> Reading:
    """What happens in the regions during the first seconds of a course?"""
    reader = Reader()
    for number in blocks_of(duration_s):
        reader.take(course.block(number))
    return reader.tell(course.network, duration_s)


def _leg_fields(leg: RegionLeg, living: Living) -> tuple[Floats, Floats]:
    field: Floats = living.fields_uv_per_mv[:, leg.region] * leg.size_mv
    return field, np.zeros_like(field)


def _tell_brief(leg: RegionLeg, living: Living, viewer: Viewer) -> RhythmTruth:
    sizes = viewer.sizes(living.fields_uv_per_mv[:, leg.region] * leg.size_mv)
    top = int(np.argmax(sizes))
    kind = "spike" if leg.visible.duration_s < SPIKE_S else "brief-run"
    return RhythmTruth(
        leg.start_s, leg.stop_s, kind, viewer.electrodes[top], round(leg.frequency_hz, 3), round(float(sizes[top]), 2)
    )
