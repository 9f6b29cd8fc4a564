"""Do two legs belong to one seizure? What can be said of a pair, for the judge to weigh.

A leg that begins where another wanes, with its rhythm, is where the seizure went; one that begins while another
goes on, with a rhythm of its own, is another seizure. Every number is a ratio, an angle or a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import Hemisphere, angle_between, mirror
from ictal.eeg.tracking.link import Candidate
from ictal.eeg.tracking.places import Episode, same_rhythm

NEAR_S = 5
"""Seconds on either side of a handover that are looked at."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two legs in numbers, `a` the one that begins first: seconds, ln of ratios, shares, log-odds."""

    offset_s: float
    """From the end of `a` to the begin of `b`; from begin to begin; from end to end."""
    delay_s: float
    outlasts_s: float
    shared_shorter: float
    """Time of both over that of the shorter, and of the longer."""
    shared_longer: float
    length_a: float
    length_b: float
    rhythm: float
    """ln of the frequency of `b` over that of `a`; the same about the handover; how far from equal or double."""
    rhythm_near: float
    rhythm_apart: float
    size: float
    """ln of the amplitude of `b` over that of `a`; the same about the handover."""
    size_near: float
    angle: float
    crosses: float
    mirrored: float
    one_place: float
    one_track: float
    odds_a: float
    odds_b: float
    wanes: float
    """ln of the amplitude at `a` just after `b` begins over that of `a`; at `b` just before it over that of `b`."""
    rises: float
    before: float
    """Share of the time of `a` before `b` in which the place of `b` is active with the rhythm of `b`."""
    rivals: float
    """How many others end or go on where `b` begins, the likeliest of them, and how near the nearest end is."""
    rival_odds: float
    rival_offset_s: float
    others: float
    """How many other legs begin between the two."""


NAMES = tuple(f.name for f in fields(Pair))
NOBODY = -9.0
FAR_S = 30.0


def pairs(
    candidates: Sequence[Candidate], episode: Episode, gap_s: float
) -> tuple[list[tuple[int, int]], list[tuple[float, ...]]]:
    """Which pairs `(a, b)` of an episode's candidates could be one seizure, and what can be said of each?

    Candidates are in order of onset; `a < b`, and `b` begins at most `gap_s` after the end of `a`.
    """
    row = {name: k for k, name in enumerate(episode.electrodes)}
    which, said = [], []
    for b, second in enumerate(candidates):
        open_ = [a for a in range(b) if second.leg.start_s - candidates[a].leg.stop_s <= gap_s]
        for a in open_:
            which.append((a, b))
            others = [candidates[k] for k in open_ if k != a]
            said.append(_pair(candidates[a], second, others, episode, row))
    return which, said


def _pair(
    first: Candidate, second: Candidate, others: Sequence[Candidate], episode: Episode, row: dict[str, int]
) -> tuple[float, ...]:
    a, b = first.leg, second.leg
    i, j = row[a.electrode], row[b.electrode]
    shared_s = max(0.0, min(a.stop_s, b.stop_s) - b.start_s)
    at = round(b.start_s) - episode.start_s
    until = round(min(a.stop_s, b.start_s + NEAR_S)) - episode.start_s
    end, begin = slice(max(0, until - NEAR_S), until), slice(at, at + NEAR_S)
    hz, size = episode.frequency_hz, episode.amplitude_uv
    apart = np.log(b.frequency_hz / a.frequency_hz)
    before = slice(max(0, round(a.start_s) - episode.start_s), at)
    alike = episode.active[j, before] & same_rhythm(hz[j, before], np.float32(b.frequency_hz), 1.0)
    offsets = [abs(b.start_s - c.leg.stop_s) for c in others]
    return (
        float(np.clip(b.start_s - a.stop_s, -2 * FAR_S, FAR_S)),
        min(b.start_s - a.start_s, 4 * FAR_S),
        float(np.clip(b.stop_s - a.stop_s, -2 * FAR_S, 2 * FAR_S)),
        shared_s / min(a.duration_s, b.duration_s),
        shared_s / max(a.duration_s, b.duration_s),
        float(np.log(a.duration_s)),
        float(np.log(b.duration_s)),
        float(apart),
        _ratio(hz[j, begin], hz[i, end]),
        float(min(abs(apart), abs(abs(apart) - np.log(2.0)))),
        _ratio([b.amplitude_uv], [a.amplitude_uv]),
        _ratio(size[j, begin], size[i, end]),
        angle_between(a.electrode, b.electrode),
        float({a.hemisphere, b.hemisphere} == {Hemisphere.left, Hemisphere.right}),
        float(mirror(a.electrode) == b.electrode),
        float(a.electrode == b.electrode),
        float(first.track == second.track),
        first.log_odds,
        second.log_odds,
        _ratio(size[i, begin], [a.amplitude_uv]),
        _ratio(size[j, max(0, at - NEAR_S) : at], [b.amplitude_uv]),
        float(alike.mean()) if alike.size else 0.0,
        float(len(others)),
        max((c.log_odds for c in others), default=NOBODY),
        min((*offsets, FAR_S)),
        float(sum(a.start_s < c.leg.start_s < b.start_s for c in others)),
    )


def _ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> float:
    """ln of one mean over the other; 0 where there is nothing."""
    over, under = np.asarray(above), np.asarray(below)
    if not over.size or not under.size:
        return 0.0
    return float(np.log((over.mean() + 1e-3) / (under.mean() + 1e-3)))
