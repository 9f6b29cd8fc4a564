"""Which regions were ictal when, and which belong together? Read from the states, by rules that name no place.

1. A region is ictal while the root mean square of its output over a second stays above `ICTAL_MV`, for at least
   `SHORTEST_S`; pauses below `PAUSE_S` do not end it. What is shorter is a sharp wave or a brief run. A region under
   a veto swings with its inhibition but fires nothing, so it is not ictal.
2. A region that turns ictal while another is, or within `HANDOVER_S` of its end, belongs to that one's seizure when a
   link runs from the other to it. Of several, the one whose link is the strongest of its kind, long links first.
3. It was reached by migration when the link is long and it outlasts the other: the first wanes while it goes on. It
   was reached by spread when the link is to a neighbour, or when it ends before the other does. Within
   `AT_ONCE_S` of each other, and on both sides of the head, the two began at once.
4. A seizure lasts at least `SHORTEST_SEIZURE_S` in all; what is shorter is a brief run.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ictal.base.time import Interval
from ictal.eeg.tracking.types import Passage, Pattern
from ictal.simulator.chance import Floats
from ictal.simulator.mechanism.course import BLOCK_S, LEAD_BLOCKS, RATE_HZ, Block
from ictal.simulator.mechanism.network import LONG, REGIONS, Network

ICTAL_MV = 1.5
SHORTEST_S = 5.0
PAUSE_S = 2.0
HANDOVER_S = 3.0
AT_ONCE_S = 1.0
SHORTEST_SEIZURE_S = 10.0
BINS_PER_S = 4


@dataclass(frozen=True, order=True, slots=True)
class RegionLeg:
    """The stay of a seizure in one region: when, how fast, how large (output, mV peak to peak), how reached."""

    start_s: float
    stop_s: float
    region: int
    frequency_hz: float
    size_mv: float
    came_from: int | None = None
    came_by: Passage | None = None

    @property
    def visible(self) -> Interval:
        return Interval(self.start_s, self.stop_s)

    @property
    def median_size(self) -> float:
        return 1.0


@dataclass(frozen=True, slots=True)
class RegionSeizure:
    """Legs in order of onset; `came_from` counts within them."""

    legs: tuple[RegionLeg, ...]

    @property
    def interval(self) -> Interval:
        return Interval(self.legs[0].start_s, max(leg.stop_s for leg in self.legs))

    @property
    def pattern(self) -> Pattern:
        """What is it as a whole, region by region (an electrode may see less)?"""
        ways = {leg.came_by for leg in self.legs}
        if Passage.migration in ways:
            return Pattern.migrating
        if Passage.simultaneous in ways:
            return Pattern.bilateral
        return Pattern.spreading if Passage.spread in ways else Pattern.focal


@dataclass(frozen=True, slots=True)
class Reading:
    """What happened in the regions of one recording. `brief`: runs and sharp waves that are no seizure."""

    seizures: tuple[RegionSeizure, ...]
    brief: tuple[RegionLeg, ...]


class Reader:
    """Takes the blocks of a recording one after the other, keeps little, and tells what happened."""

    def __init__(self) -> None:
        self._runs: list[RegionLeg] = []
        self._open: dict[int, _Run] = {}
        self._tail = np.zeros((RATE_HZ * 3 // 4, REGIONS), dtype=np.float32)
        self._last = np.zeros(REGIONS, dtype=np.float32)
        self._bins = 0

    def keep(self) -> dict[str, Any]:
        """Arrays from which another reader can go on (`go_on`)."""
        runs = [(r.start_s, r.stop_s, r.region, r.frequency_hz, r.size_mv) for r in self._runs]
        still = [(region, r.first, r.last, r.rises, r.sizes) for region, r in self._open.items()]
        text = json.dumps({"bins": self._bins, "runs": runs, "open": still})
        return {"tail": self._tail, "last": self._last, "read": np.frombuffer(text.encode(), dtype=np.uint8)}

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what `keep` gave."""
        told = json.loads(bytes(kept["read"]).decode())
        self._tail, self._last, self._bins = kept["tail"], kept["last"], told["bins"]
        self._runs = [RegionLeg(*run) for run in told["runs"]]
        self._open = {}
        for region, first, last, rises, sizes in told["open"]:
            run = self._open[region] = _Run(first, last)
            run.rises, run.sizes = rises, sizes

    def take(self, block: Block) -> None:
        """The next block."""
        output_mv = block.output_mv
        per = RATE_HZ // BINS_PER_S
        both = np.concatenate((self._tail, output_mv))
        power = (both**2).reshape(-1, per, REGIONS).mean(axis=1, dtype=np.float64)
        level = np.sqrt((power[:-3] + power[1:-2] + power[2:-1] + power[3:]) / BINS_PER_S)
        before = np.concatenate((self._last[None], output_mv[:-1]))
        rises = ((before < 0) & (output_mv >= 0)).reshape(-1, per, REGIONS).sum(axis=1)
        size = np.sqrt(power[3:])
        for region in np.flatnonzero((level > ICTAL_MV).any(axis=0) | np.isin(np.arange(REGIONS), list(self._open))):
            self._follow(int(region), level[:, region], size[:, region], rises[:, region])
        self._tail, self._last = both[-len(self._tail) :], output_mv[-1]
        self._bins += len(level)

    def _follow(self, region: int, level: Floats, size: Floats, rises: npt.NDArray[np.int_]) -> None:
        run = self._open.get(region)
        for k in np.flatnonzero(level > ICTAL_MV):
            at = self._bins + int(k)
            if run is not None and at - run.last > PAUSE_S * BINS_PER_S:
                self._close(region, run)
                run = None
            if run is None:
                run = self._open[region] = _Run(at, at)
            run.last = at
            run.sizes.append(float(size[k]))
            run.rises += int(rises[k])
        if run is not None and self._bins + len(level) - run.last > PAUSE_S * BINS_PER_S:
            self._close(region, run)

    def _close(self, region: int, run: _Run) -> None:
        del self._open[region]
        start, stop = max(0.0, run.first / BINS_PER_S - 0.5), (run.last + 1) / BINS_PER_S - 0.5
        frequency = run.rises / (len(run.sizes) / BINS_PER_S)
        size = float(np.median(run.sizes)) * 2.0 * 2.0**0.5
        self._runs.append(RegionLeg(start, stop, region, frequency, size))

    def tell(self, network: Network, duration_s: float) -> Reading:
        """What happened until this second? A run that still goes on ends here."""
        for region, run in list(self._open.items()):
            self._close(region, run)
        runs = sorted(replace(r, stop_s=min(r.stop_s, duration_s)) for r in self._runs if r.start_s < duration_s)
        legs = [leg for leg in runs if leg.visible.duration_s >= SHORTEST_S]
        seizures = join(legs, network)
        long = [s for s in seizures if s.interval.duration_s >= SHORTEST_SEIZURE_S]
        short = [leg for s in seizures if s.interval.duration_s < SHORTEST_SEIZURE_S for leg in s.legs]
        brief = [leg for leg in runs if leg.visible.duration_s < SHORTEST_S]
        return Reading(tuple(long), tuple(sorted(brief + short)))


@dataclass(slots=True)
class _Run:
    first: int
    last: int
    sizes: list[float]
    rises: int

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last, self.sizes, self.rises = first, last, [], 0


def join(legs: Iterable[RegionLeg], network: Network) -> tuple[RegionSeizure, ...]:
    """Which legs make one seizure, and how was each reached (rules 2 and 3)? Legs in order of onset."""
    found: list[list[RegionLeg]] = []
    placed: list[tuple[RegionLeg, int, int]] = []
    for leg in legs:
        led = [
            (link, seizure, index, other)
            for other, seizure, index in placed
            if other.stop_s + HANDOVER_S >= leg.start_s
            and other.region != leg.region
            and (link := network.reaches(other.region, leg.region)) is not None
        ]
        if led:
            (kind, _), seizure, index, other = max(led, key=lambda x: (x[0], -x[3].start_s))
            way = _way(other, leg, kind, network)
            told = RegionLeg(leg.start_s, leg.stop_s, leg.region, leg.frequency_hz, leg.size_mv, index, way)
        else:
            seizure, told = len(found), leg
            found.append([])
        found[seizure].append(told)
        placed.append((told, seizure, len(found[seizure]) - 1))
        placed = [p for p in placed if p[0].stop_s + HANDOVER_S >= leg.start_s]
    return tuple(RegionSeizure(tuple(s)) for s in found)


def _way(other: RegionLeg, leg: RegionLeg, kind: int, network: Network) -> Passage:
    across = network.directions[other.region, 0] * network.directions[leg.region, 0] < 0
    if leg.start_s - other.start_s <= AT_ONCE_S and across:
        return Passage.simultaneous
    return Passage.migration if kind == LONG and leg.stop_s > other.stop_s else Passage.spread


def blocks_of(duration_s: float) -> range:
    """Which blocks of a course hold the seconds of a recording of this length?"""
    return range(LEAD_BLOCKS, LEAD_BLOCKS + math.ceil(duration_s / BLOCK_S))
