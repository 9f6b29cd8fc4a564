"""How does the cortex of one infant run on? Blocks of 32 s, each from the moment before and its own noise."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from ictal.base.errors import UsageError
from ictal.simulator.chance import MECHANISM, Floats, generator
from ictal.simulator.mechanism import model
from ictal.simulator.mechanism.network import HISTORY_SLOTS, REGIONS, SLOT_S, STRIP_SLOTS, Network, make_network
from ictal.simulator.mechanism.settings import Mechanism

Singles = npt.NDArray[np.float32]

BLOCK_S = 32
RATE_HZ = 256
"""What is seen of the regions, and the noise that reaches them, change this often."""
STEPS_PER_SLOT = 4
"""A step is 1/1024 s (`docs/mechanism.md` shows what half of it changes)."""
SETTLING_S = 240
RISING_PER_S = 150.0
"""A region at rest is found by raising its drive from this far below its mean, slowly, and then waiting."""
BARRAGE_RISES_S = 0.015
LEAD_BLOCKS = 8
LEAD_BELOW_PER_S = 40.0
"""The recording begins after so many blocks (4.3 min), in the first half of which the drive rises from this far below
its mean, so that noise and fatigue have found each other: no infant is switched on."""
KEPT_EVERY = 16
"""Every sixteenth block (8.5 min) the moment before it is kept; any block can be run again from there."""
MOST_KEPT = 96
"""Of a long recording fewer are kept, wider apart, so that memory does not grow with its length."""


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """All that the next block depends on: its number, the state of the regions, what is under way, the slow swings.

    `swing` has one number for each region, then the one that all share.
    """

    number: int
    state: Singles
    history: Singles
    swing: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """What a block of the cortex did: `(slots, regions)` each, 256 a second.

    `potential_mv` of the soma and `output_mv` of the pyramidal cells, both without their slow part, `chloride_mm`, and
    pyramidal firing `rate_hz`.
    """

    potential_mv: Singles
    chloride_mm: Singles
    rate_hz: Singles
    output_mv: Singles


class Listener(Protocol):
    """What takes the blocks of a recording one after the other."""

    def take(self, block: Block) -> None:
        """The next block."""

    def keep(self) -> dict[str, Any]:
        """Arrays from which it can go on."""

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what `keep` gave."""


class Course:
    """The cortex of one infant, block by block; the first `LEAD_BLOCKS` come before the recording.

    Blocks can be asked for in any order and are the same bytes however they are asked for. Some moments are kept: 0.3
    MB for each eight minutes, and never more than `MOST_KEPT`. `seed` draws what happens; `tissue_seed` the regions and
    links, where an infant keeps its own from one recording to the next.
    """

    def __init__(
        self, mechanism: Mechanism, seed: int, steps_per_slot: int = STEPS_PER_SLOT, tissue_seed: int | None = None
    ) -> None:
        self.mechanism, self._seed = mechanism, seed
        self.network = make_network(mechanism, seed if tissue_seed is None else tissue_seed)
        self._per_slot = steps_per_slot
        self._kernel = _load_kernel()
        state, history = self._rest()
        self.resting_mm = float(state[model.CHLORIDE, 0])
        self._moments = {0: self._first(state, history)}
        self._now = self._moments[0]
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self._listener: Listener | None = None
        self._heard = self._until = 0
        self._kept: list[tuple[Moment, dict[str, Any]]] = []

    def listen(self, listener: Listener, duration_s: float) -> None:
        """Let it take every block of the first seconds of the recording once, in order, as the cortex runs on."""
        self._listener, self._heard = listener, 0
        self._until = LEAD_BLOCKS + math.ceil(duration_s / BLOCK_S)

    def hear_all(self) -> None:
        """Run on until the listener has taken all that it is to take."""
        while self._heard < self._until:
            self._now = self._before(self._heard)
            self._advance()

    def keep(self, number: int) -> dict[str, Any]:
        """Arrays from which the cortex, and its listener, can go on to this block; empty near the begin."""
        for moment, heard in reversed(self._kept):
            if moment.number <= number:
                return {
                    "number": np.array(moment.number), "state": moment.state, "history": moment.history,
                    "swing": moment.swing, **heard,
                }  # fmt: skip
        return {}

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what `keep` gave."""
        if not kept:
            return
        self._now = Moment(int(kept["number"]), kept["state"], kept["history"], kept["swing"])
        self._moments[self._now.number] = self._now
        if self._listener is not None:
            self._listener.go_on(kept)
            self._heard = min(self._now.number, self._until)
            self._kept = [(self._now, self._listener.keep())]

    def block(self, number: int) -> Block:
        """What happened in this block? Block `LEAD_BLOCKS` begins with the recording."""
        if number not in self._blocks:
            self._now = self._before(number)
            while self._now.number <= number:
                self._advance()
            while len(self._blocks) > 4:
                self._blocks.popitem(last=False)
        return self._blocks[number]

    def _before(self, number: int) -> Moment:
        """The last moment that is known before a block."""
        return max((m for m in (*self._moments.values(), self._now) if m.number <= number), key=lambda m: m.number)

    def _remember(self) -> None:
        """Keep this moment; where there are many, every second of the older ones goes."""
        self._moments.setdefault(self._now.number, self._now)
        if len(self._moments) > MOST_KEPT:
            wide = 2 * min(b - a for a, b in pairwise(sorted(self._moments)))
            self._moments = {n: m for n, m in self._moments.items() if n % wide == 0}

    def _advance(self) -> None:
        before = self._now
        state, history = before.state.copy(), before.history.copy()
        drive, swing = self._drive(before)
        seen = np.empty((4, BLOCK_S * RATE_HZ, REGIONS), dtype=np.float32)
        made = (self.mechanism, self.network, self.resting_mm)
        self._run(made, (state, history), drive, seen, before.number * BLOCK_S * RATE_HZ)
        block = self._blocks[before.number] = Block(*seen)
        self._now = Moment(before.number + 1, state, history, swing)
        new = self._listener is not None and before.number == self._heard < self._until
        if new and self._listener is not None:
            if before.number >= LEAD_BLOCKS:
                self._listener.take(block)
            self._heard += 1
        if self._now.number % KEPT_EVERY == 0:
            self._remember()
            if new and self._listener is not None:
                self._kept = [*self._kept[-1:], (self._now, self._listener.keep())]

    def _run(self, made: tuple[Mechanism, Network, float], memory: Any, drive: Singles, seen: Singles, at: int) -> None:
        mechanism, net, held_mm = made
        where = net.where.copy()
        where[:, 3] *= self._per_slot
        c = model.numbers(mechanism, SLOT_S / self._per_slot, held_mm)
        regions = model.tissue(mechanism, net.threshold_mv, net.balance)
        self._kernel.run((c, regions, where, net.weight), memory, drive, seen, (at, self._per_slot, STRIP_SLOTS))

    def _drive(self, before: Moment) -> tuple[Singles, Floats]:
        """Mean, swings, noise and barrages of a block; the noise is new every 1/256 s whatever the step."""
        d = self.mechanism.drive
        rng = generator(self._seed, MECHANISM, 1, before.number)
        kept = np.exp(-1.0 / np.r_[np.full(REGIONS, d.swing_s), d.shared_s])
        draws = rng.standard_normal((BLOCK_S, REGIONS + 1)) * self._swing_sizes * np.sqrt(1.0 - kept**2)
        swings = np.empty_like(draws)
        swing = before.swing
        for second in range(BLOCK_S):
            swing = swing * kept + draws[second]
            swings[second] = swing
        noise = rng.standard_normal((BLOCK_S * RATE_HZ, REGIONS), dtype=np.float32)
        noise *= np.float32(d.noise_per_s)
        at = before.number * BLOCK_S + np.arange(BLOCK_S)
        below = LEAD_BELOW_PER_S * np.clip(1.0 - at / (LEAD_BLOCKS * BLOCK_S / 2), 0.0, 1.0)
        slow = swings[:, :REGIONS] + swings[:, REGIONS:] + (d.mean_per_s - below)[:, None]
        noise += np.repeat(slow.astype(np.float32), RATE_HZ, axis=0)
        for number in (before.number - 1, before.number):
            self._add_barrages(noise, number, before.number)
        return noise, swing

    def _add_barrages(self, drive: Singles, drawn_in: int, block: int) -> None:
        """Add what the barrages that begin in one block give to this one."""
        d = self.mechanism.drive
        if drawn_in < 0 or not d.barrages_per_h:
            return
        rng = generator(self._seed, MECHANISM, 3, drawn_in)
        size = BLOCK_S * RATE_HZ
        count = int(rng.poisson(d.barrages_per_h * REGIONS * BLOCK_S / 3600.0))
        since = np.arange(math.ceil(12 * d.barrage_s * RATE_HZ)) / RATE_HZ
        shape = np.exp(-since / d.barrage_s) * (1.0 - np.exp(-since / BARRAGE_RISES_S))
        for region, begin, spread in zip(
            rng.integers(0, REGIONS, count), rng.integers(0, size, count), rng.standard_normal(count), strict=True
        ):
            start = int(begin) + (drawn_in - block) * size
            low, high = max(start, 0), min(start + len(shape), size)
            if low < high:
                height = d.barrage_per_s * math.exp(d.barrage_variety * float(spread))
                drive[low:high, region] += (height * shape[low - start : high - start]).astype(np.float32)

    @property
    def _swing_sizes(self) -> Floats:
        d = self.mechanism.drive
        sizes: Floats = np.r_[np.full(REGIONS, d.swing_per_s), d.shared_per_s]
        return sizes

    def _rest(self) -> tuple[Singles, Singles]:
        """State and history of a usual region without noise, links and seizures, everywhere: where everything begins.

        Its chloride is what inhibition is held at when it is not dynamic.
        """
        net = self.network
        alone = replace(
            net,
            where=np.zeros((0, 4), np.int32),
            weight=np.zeros(0, np.float32),
            threshold_mv=np.zeros(REGIONS),
            balance=np.full(REGIONS, self.mechanism.infant.balance),
        )
        chloride = msgspec.structs.replace(self.mechanism.chloride, dynamic=True)
        loading = msgspec.structs.replace(self.mechanism, chloride=chloride)
        state, history = self._empty(self.mechanism.chloride.pumped_to_mm)
        drive = np.full((SETTLING_S * RATE_HZ, REGIONS), self.mechanism.drive.mean_per_s, dtype=np.float32)
        drive -= (RISING_PER_S * np.clip(1.0 - np.arange(len(drive)) / len(drive) * 2.0, 0.0, 1.0))[:, None]
        seen = np.empty((4, len(drive), REGIONS), dtype=np.float32)
        self._run((loading, alone, self.mechanism.chloride.pumped_to_mm), (state, history), drive, seen, 0)
        return state, history

    def _empty(self, chloride_mm: float) -> tuple[Singles, Singles]:
        state = np.zeros((model.ROWS, REGIONS), dtype=np.float32)
        state[model.CHLORIDE] = chloride_mm
        return state, np.zeros((REGIONS, (HISTORY_SLOTS + STRIP_SLOTS) * self._per_slot), dtype=np.float32)

    def _first(self, state: Singles, history: Singles) -> Moment:
        rng = generator(self._seed, MECHANISM, 2)
        return Moment(0, state, history, rng.standard_normal(REGIONS + 1) * self._swing_sizes)


def _load_kernel() -> Any:
    try:
        from ictal.simulator.mechanism import kernel
    except ImportError as error:
        raise UsageError(
            "The mechanism engine needs numba, which is not installed: pip install 'ictal[simulator]', "
            "or take the template engine."
        ) from error
    return kernel
