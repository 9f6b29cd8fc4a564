"""A scenario becomes an infant whose seizures arise by themselves, and what it shows becomes a recording with truth."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace

import msgspec
import numpy as np

from ictal.base.settings import describe, to_mapping
from ictal.simulator.caps import Cap
from ictal.simulator.chance import Floats, product
from ictal.simulator.cortex import cortex
from ictal.simulator.mechanism.course import BLOCK_S, LEAD_BLOCKS, RATE_HZ, Course, Singles
from ictal.simulator.mechanism.reading import Reader, Reading, RegionLeg, blocks_of
from ictal.simulator.mechanism.settings import Mechanism
from ictal.simulator.script import Script, write_script
from ictal.simulator.truth import Viewer, tell_discharges, tell_seizure
from ictal.simulator.types import Parameter, RhythmTruth, Scenario, Truth

SPIKE_S = 1.25
"""A brief run of a region that is shorter than this is a sharp wave."""
CALMER_FOCUS_BALANCE = 1.2
"""Balance of a focus outside a storm: about 13 seizures an hour from each (provenance: design, measured)."""
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


def mechanism_of(scenario: Scenario) -> Mechanism:
    """Which tissue stands for a scenario?

    Its foci become regions of raised balance, more so where seizures cluster; with foci the gene is changed; where
    seizures migrate SST inhibition loads chloride. Rates and shares are not imposed: they come out.
    """
    usual = Mechanism()
    ill = scenario.foci > 0
    replaced = msgspec.structs.replace
    return replaced(
        usual,
        gene=replaced(usual.gene, kcnt1_fold=usual.gene.kcnt1_fold if ill else 1.0),
        chloride=replaced(usual.chloride, dynamic=scenario.migrating > 0),
        infant=replaced(
            usual.infant,
            foci=int(scenario.foci),
            focus_balance=usual.infant.focus_balance if scenario.cluster_s > 0 else CALMER_FOCUS_BALANCE,
        ),
    )


def parameters_of(scenario: Scenario) -> list[dict[str, object]]:
    """Every number of the tissue of a scenario, with its unit, meaning and source."""
    values = to_mapping(mechanism_of(scenario))
    found = []
    for item in describe(Mechanism):
        room, _, name = item.name.partition(".")
        group = values[room]
        value = float(group[name]) if isinstance(group, dict) else math.nan
        found.append(asdict(Parameter(item.name, value, item.unit, item.meaning, item.source)))
    return found


def write_living_script(
    scenario: Scenario, cap: Cap, places: tuple[str, ...], when: tuple[float, float, int]
) -> tuple[Script, Truth]:
    """Background, rhythms and artefacts as in the other engine; everything ictal from the tissue."""
    age_days, duration_s, seed = when
    script, truth = write_script(replace(scenario, foci=0, spikes_per_hour=0), cap, places, when)
    infant = cortex(places, float(age_days))
    mechanism = mechanism_of(scenario)
    course = Course(mechanism, seed)
    sources = list(course.network.sources(infant))
    living = Living(course, infant.patches[:, sources] * mechanism.infant.dipole_uv_per_mv)
    reading = read_course(course, duration_s)
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
