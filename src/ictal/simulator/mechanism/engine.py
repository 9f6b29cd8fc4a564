"""A scenario becomes an infant whose seizures arise by themselves, and what it shows becomes a recording with truth."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np

from ictal.simulator.caps import Cap
from ictal.simulator.chance import Floats, product
from ictal.simulator.cortex import PATCH_RAD, Cortex, cortex
from ictal.simulator.mechanism.course import BLOCK_S, LEAD_BLOCKS, RATE_HZ, Block, Course, Singles
from ictal.simulator.mechanism.reading import Reader, Reading, RegionLeg
from ictal.simulator.mechanism.tissues import mechanism_of
from ictal.simulator.script import Script, write_script
from ictal.simulator.truth import Viewer, tell_discharges, tell_seizure
from ictal.simulator.types import RhythmTruth, Scenario, Sitting, Sources, Truth

SPIKE_S = 1.25
"""A brief run of a region that is shorter than this is a sharp wave."""
MARGIN = 32
"""Samples at 256 Hz on either side that one sample at another rate is made of."""


class Ear:
    """What listens to the cortex as it runs on: the reader of its truth, and who else wants its output."""

    def __init__(self) -> None:
        self.reader = Reader()
        self._first = 0
        self._put: Callable[[int, Singles], None] | None = None

    def tell(self, put: Callable[[int, Singles], None]) -> None:
        """From now on, whom to give the number of the first sample and the output of each block?"""
        self._put = put

    def take(self, block: Block) -> None:
        """The next block."""
        self.reader.take(block)
        if self._put is not None:
            self._put(self._first, block.output_mv)
        self._first += len(block.output_mv)

    def keep(self) -> dict[str, Any]:
        """Arrays from which it can go on."""
        return {"first": np.array(self._first), **self.reader.keep()}

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what `keep` gave."""
        self._first = int(kept["first"])
        self.reader.go_on(kept)


class Living:
    """The cortex of one infant as the scalp sees it: `fields_uv_per_mv[place, region]`.

    It runs one block ahead in a thread of its own while what it showed is made into a recording; it is asked by that
    thread alone, so the same blocks come out however many cores there are.
    """

    def __init__(self, course: Course, infant: Cortex, duration_s: float) -> None:
        self.course, self._infant, self._duration_s = course, infant, duration_s
        self._at = list(course.network.sources(infant))
        self.fields_uv_per_mv = infant.patches[:, self._at] * course.mechanism.infant.dipole_uv_per_mv
        self._ear = Ear()
        course.listen(self._ear, duration_s)
        self._worker = ThreadPoolExecutor(1)
        self._last = LEAD_BLOCKS + math.ceil(duration_s / BLOCK_S)
        self._ahead: dict[int, Future[Block]] = {}

    def fields_uv(self, first_s: float, samples: int, rate_hz: float) -> Singles:
        """What every place shows from this second on, `(n_places, samples)`."""
        times = (first_s + np.arange(samples) / rate_hz) * RATE_HZ
        low = math.floor(times[0]) - MARGIN
        shown = self._shown(low, math.ceil(times[-1]) + MARGIN + 1)
        return shown[:, MARGIN : MARGIN + samples] if rate_hz == RATE_HZ else _between(shown, times - low, rate_hz)

    def sources(self, weights: Floats, duration_s: float) -> Sources:
        """What the regions gave, from the first sample on. `weights`: what makes channels of the places."""
        samples = math.floor(duration_s * RATE_HZ)
        infant, moments = self._infant, self._infant.moments[self._at]
        moments = moments / np.linalg.norm(moments, axis=1, keepdims=True)
        return Sources(
            positions_m=_triples(infant.directions[self._at] * infant.radius_m),
            orientations=_triples(moments),
            patch_rad=PATCH_RAD,
            foci=self.course.network.foci,
            rate_hz=RATE_HZ,
            samples=samples,
            leadfield_uv_per_mv=product(weights, self.fields_uv_per_mv),
            blocks=self._outputs(samples),
            hear=self._ear.tell,
        )

    def _outputs(self, samples: int) -> Iterator[Singles]:
        size = BLOCK_S * RATE_HZ
        for number in range(math.ceil(samples / size)):
            yield self._block(number + LEAD_BLOCKS).output_mv[: min(size, samples - number * size)]

    def keep(self, first_s: float) -> dict[str, Any]:
        """Arrays from which it can go on at this second."""
        number = LEAD_BLOCKS + math.floor(first_s / BLOCK_S) - 1
        return self._worker.submit(self.course.keep, number).result()

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what `keep` gave."""
        self._ahead.clear()
        self._worker.submit(self.course.go_on, kept).result()

    def reading(self) -> Reading:
        """What happened in the whole recording?"""
        self._worker.submit(self.course.hear_all).result()
        return self._ear.reader.tell(self.course.network, self._duration_s)

    def _block(self, number: int) -> Block:
        asked = self._ahead.get(number) or self._worker.submit(self.course.block, number)
        wanted = range(number - 1, number + 2)
        self._ahead = {n: f for n, f in self._ahead.items() if n in wanted} | {number: asked}
        block = asked.result()
        if number < self._last and number + 1 not in self._ahead:
            self._ahead[number + 1] = self._worker.submit(self.course.block, number + 1)
        return block

    def _shown(self, start: int, stop: int) -> Singles:
        """Samples `[start, stop)` at 256 Hz, counted from the recording's start."""
        size = BLOCK_S * RATE_HZ
        parts = []
        for number in range(start // size, (stop - 1) // size + 1):
            low, high = max(start, number * size), min(stop, (number + 1) * size)
            block = self._block(number + LEAD_BLOCKS).output_mv
            parts.append(block[low - number * size : high - number * size])
        weights = self.fields_uv_per_mv.astype(np.float32)
        return product(weights, np.ascontiguousarray(np.concatenate(parts).T))


def _triples(rows: Floats) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(x), float(y), float(z)) for x, y, z in rows)


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
) -> tuple[Script, Callable[[], Truth]]:
    """Background, rhythms and artefacts as in the other engine; everything ictal from the tissue."""
    script, truth = write_script(replace(scenario, foci=0, spikes_per_hour=0), cap, places, sitting)
    infant = cortex(places, float(sitting.age_days), sitting.child.head_cm)
    mechanism = mechanism_of(scenario)
    course = Course(mechanism, sitting.seed, tissue_seed=sitting.child.seed)
    living = Living(course, infant, sitting.duration_s)
    viewer = Viewer(
        [places.index(e) for e in cap.electrodes], cap.electrodes, {e: cap.written(e) for e in cap.electrodes}
    )
    return replace(script, tissue=living), lambda: tell_living(living, truth, viewer)


def tell_living(living: Living, truth: Truth, viewer: Viewer) -> Truth:
    """The truth of everything else, and what the tissue did."""
    reading = living.reading()
    pairs = [(s, [_leg_fields(leg, living) for leg in s.legs]) for s in reading.seizures]
    brief = [_tell_brief(leg, living, viewer) for leg in reading.brief]
    return replace(
        truth,
        seizures=tuple(tell_seizure(s, f, viewer) for s, f in pairs),
        discharges=tuple(sorted(d for s, f in pairs for d in tell_discharges(s, f, viewer))),
        rhythms=tuple(sorted((*truth.rhythms, *brief))),
    )


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
