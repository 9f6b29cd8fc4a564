"""Do places follow each other more often than if each had its discharges at its own times?

    place 1     [==]      [===]           [==]              what was seen
    place 2        [====]     [==]           [===]          B begins where A ends: a handover, three times
    shuffled    each place alone: its stays and its pauses change their order, on a circle that is then turned
    place 1       [===]           [==]     [==]             a handover now is one by chance

Each place keeps, within every stretch of about an hour (`block_s`), how many stays it had, how long each was, and the
pauses between them; only when they were is left to chance. Storms so stay storms.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.places import across, grouped
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.tracking.types import Seizure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

FEWEST_STAYS = 4
"""With fewer stays, or in one place only, nothing is said of chance."""

SOONER_S = 3.0
"""Onsets nearer than this are at once, not one after the other; as `simultaneous_s` of tracking."""

MOST_STAYS = 1_000_000
"""Shuffles times stays; a recording with very many stays is shuffled less often, and at least 99 times."""


@dataclass(frozen=True, slots=True)
class Against:
    """What was seen, what shuffled timing gives (mean, middle 95 %), and the share of shuffles that give as much."""

    seen: float
    expected: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Timing:
    """Handovers between places, those between the sides, and seconds in which two places were ictal; all by chance?"""

    places: int
    stays: int
    shuffles: int
    handovers: Against
    crossings: Against
    together_s: Against


@dataclass(frozen=True, slots=True)
class _Stays:
    """Stays of all places; `place` numbers them, `side` is -1, 0 or 1."""

    start_s: Floats
    stop_s: Floats
    place: Ints
    side: Ints

    def __len__(self) -> int:
        return len(self.start_s)


def timing(seizures: Sequence[Seizure], recorded: IntervalSet, settings: FindingsSettings) -> Timing | None:
    """Is what follows what more than chance? `None` for fewer than four stays, or a single place."""
    seen = _stays(seizures)
    if len(seen) < FEWEST_STAYS or len(set(seen.place.tolist())) < 2:
        return None
    shuffles = int(np.clip(MOST_STAYS // len(seen), min(99, settings.surrogates), settings.surrogates))
    rng = np.random.default_rng(settings.seed)
    shuffled = _shuffled(seen, _blocks(recorded, seen, settings.block_s), shuffles, rng)
    observed, by_chance = _measured(seen, 1, settings), _measured(shuffled, shuffles, settings)
    told = [_against(float(o[0]), c) for o, c in zip(observed, by_chance, strict=True)]
    return Timing(len(set(seen.place.tolist())), len(seen), shuffles, *told)


def _stays(seizures: Sequence[Seizure]) -> _Stays:
    """When was which place ictal? Legs of neighbouring electrodes are one place, and those that touch one stay."""
    legs = [leg for s in seizures for leg in s.legs if leg.duration_s > 0]
    groups = grouped(Counter(leg.electrode for leg in legs))
    rows = []
    for number, (centre, members) in enumerate(groups):
        side = int(across(centre, "C4")) * -1 + int(across(centre, "C3"))
        for stay in IntervalSet.of(leg.interval for leg in legs if leg.electrode in members):
            rows.append((stay.start_s, stay.stop_s, number, side))
    rows.sort()
    columns = list(zip(*rows, strict=True)) or [()] * 4
    return _Stays(
        np.array(columns[0], dtype=np.float64),
        np.array(columns[1], dtype=np.float64),
        np.array(columns[2], dtype=np.intp),
        np.array(columns[3], dtype=np.intp),
    )


def _blocks(recorded: IntervalSet, seen: _Stays, block_s: float) -> list[Interval]:
    """Stretches of equal length, about `block_s`, of what was recorded; one around everything when nothing is known."""
    spans = list(recorded) or [Interval(float(seen.start_s.min()), float(seen.stop_s.max()))]
    found = []
    for span in spans:
        count = max(1, round(span.duration_s / block_s))
        edges = np.linspace(span.start_s, span.stop_s, count + 1)
        found += [Interval(float(a), float(b)) for a, b in pairwise(edges)]
    return found


def _shuffled(seen: _Stays, blocks: Sequence[Interval], shuffles: int, rng: np.random.Generator) -> _Stays:
    """The stays at other times, `shuffles` times over; each shuffle lies after the one before, far apart."""
    block_of = np.clip(np.searchsorted([b.start_s for b in blocks], seen.start_s, side="right") - 1, 0, None)
    starts = np.empty((shuffles, len(seen)))
    lengths = np.empty((shuffles, len(seen)))
    for place in np.unique(seen.place):
        for block in np.unique(block_of[seen.place == place]):
            rows = np.flatnonzero((seen.place == place) & (block_of == block))
            starts[:, rows], lengths[:, rows] = _turned(seen, rows, blocks[block], shuffles, rng)
    apart_s = float(max(b.stop_s for b in blocks)) + float((seen.stop_s - seen.start_s).max()) + 1000.0
    begin = (starts + apart_s * np.arange(shuffles)[:, None]).ravel()
    order = np.argsort(begin, kind="stable")
    place, side = np.tile(seen.place, shuffles)[order], np.tile(seen.side, shuffles)[order]
    return _Stays(begin[order], (begin + lengths.ravel())[order], place, side)


def _turned(
    seen: _Stays, rows: Ints, block: Interval, shuffles: int, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Starts and lengths of the stays of one place in one block: stays and pauses reordered, the circle turned."""
    length = seen.stop_s[rows] - seen.start_s[rows]
    pause = np.append(seen.start_s[rows[1:]] - seen.stop_s[rows[:-1]], 0.0)
    pause[-1] = max(0.0, block.duration_s - float(length.sum() + pause.sum()))
    lengths = rng.permuted(np.tile(length, (shuffles, 1)), axis=1)
    pauses = rng.permuted(np.tile(pause, (shuffles, 1)), axis=1)
    circle_s = float(length.sum() + pause.sum())
    begin = np.cumsum(lengths + pauses, axis=1) - lengths - pauses
    turned = (begin + rng.uniform(0.0, circle_s, (shuffles, 1))) % circle_s
    # A stay that outlasts the block makes the circle longer than it; what would begin after the block begins it.
    return block.start_s + turned % block.duration_s, lengths


def _measured(stays: _Stays, shuffles: int, settings: FindingsSettings) -> tuple[Floats, Floats, Floats]:
    """Handovers, those between the sides, and seconds of two places at once, in each shuffle."""
    each = len(stays) // shuffles
    starts, stops = stays.start_s, stays.stop_s
    ended = np.argsort(stops, kind="stable")
    first = np.searchsorted(stops[ended], starts - settings.handover_gap_s)
    last = np.searchsorted(stops[ended], starts + settings.handover_overlap_s, side="right")
    any_, across_ = np.zeros(len(stays), dtype=bool), np.zeros(len(stays), dtype=bool)
    for k in range(int((last - first).max(initial=0))):
        other = ended[np.minimum(first + k, len(ended) - 1)]
        handed = (first + k < last) & (stays.place[other] != stays.place)
        handed &= (starts[other] <= starts - SOONER_S) & (stops[other] < stops)
        any_ |= handed
        across_ |= handed & (stays.side[other] * stays.side < 0)
    until = np.maximum.accumulate(stops)[:-1]
    shared = np.append(0.0, np.clip(np.minimum(stops[1:], until) - starts[1:], 0.0, None))
    handovers, crossings, together_s = (x.reshape(shuffles, each).sum(axis=1) for x in (any_, across_, shared))
    return handovers.astype(np.float64), crossings.astype(np.float64), together_s


def _against(seen: float, by_chance: Floats) -> Against:
    low, high = np.quantile(by_chance, [0.025, 0.975])
    p = (1 + int(np.count_nonzero(by_chance >= seen - 1e-9))) / (1 + len(by_chance))
    expected = math.fsum(by_chance) / len(by_chance)
    return Against(round(seen, 2), round(expected, 3), round(float(low), 2), round(float(high), 2), round(p, 4))
