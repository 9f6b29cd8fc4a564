"""From scores to discharges: the second of the two stages of detection."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from ictal.base.statistics import median, quantile
from ictal.base.time import IntervalSet
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Discharge, Scores
from ictal.eeg.signal.types import HIDING, MASK_STEP_S, Mask, Montage


def discharges(
    scores: Scores, montage: Montage, settings: DetectionSettings, end_s: float = math.inf
) -> tuple[Discharge, ...]:
    """Where is each derivation ictal? Hysteresis: a run holds above one score and must somewhere rise above another.

        open  - - - - - - -/\\- - - - - -
        hold  - - - -/----    ---\\- - /\\- -
                     [ discharge  ]    (never rose: none)

    Runs apart by at most `bridge_s` are one. The score is smoothed over seconds, so a run is trimmed to where its
    amplitude is more than a small share of its largest, and never outlasts the recording (`end_s`). Sorted by onset.
    """
    found: list[Discharge] = []
    for d, derivation in enumerate(montage.derivations):
        row = scores.score[d]
        for whole in _recorded(runs(row, settings), (scores.flags[d] & np.uint8(Mask.gap)) != 0):
            start, stop = _trimmed(scores.amplitude_uv[d], (scores.flags[d] & HIDING) == 0, *whole)
            inside = slice(start, stop)
            weight = row[inside] > settings.hold_score
            if not weight.any():
                continue
            found.append(
                Discharge(
                    start * MASK_STEP_S,
                    min(stop * MASK_STEP_S, end_s),
                    derivation.label,
                    derivation.electrode,
                    round(median(scores.frequency_hz[d, inside][weight]), 2),
                    round(median(scores.amplitude_uv[d, inside][weight]), 2),
                    round(float(np.mean(row[inside][weight])), 4),
                )
            )
    return tuple(sorted(found))


def _recorded(found: Iterable[tuple[int, int]], gap: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """The runs without the gaps in them: nothing is said of seconds that were not recorded."""
    for start, stop in found:
        for part in IntervalSet.from_mask(~gap[start:stop], 1.0):
            yield start + round(part.start_s), start + round(part.stop_s)


TRIM = 0.15
"""A discharge begins and ends where its amplitude passes this share of its ninetieth percentile; own design."""


def _trimmed(
    amplitude_uv: npt.NDArray[np.float32], readable: npt.NDArray[np.bool_], start: int, stop: int
) -> tuple[int, int]:
    """By the seconds that could be read: what hides the others may be large, and is no rhythm."""
    inside, seen = amplitude_uv[start:stop], readable[start:stop]
    kept = (
        np.flatnonzero(seen & (inside >= TRIM * quantile(inside[seen], 0.9))) if seen.any() else np.arange(len(inside))
    )
    return start + int(kept[0]), start + int(kept[-1]) + 1


def runs(row: npt.NDArray[np.float32], settings: DetectionSettings) -> Iterator[tuple[int, int]]:
    """Which runs of seconds `[start, stop)` hold, rise, and last long enough?"""
    held = np.flatnonzero(row > settings.hold_score)
    if not len(held):
        return
    bridge = round(settings.bridge_s / MASK_STEP_S)
    breaks = np.flatnonzero(np.diff(held) > bridge + 1)
    for first, last in zip(np.concatenate(([0], breaks + 1)), np.concatenate((breaks, [len(held) - 1])), strict=True):
        start, stop = int(held[first]), int(held[last]) + 1
        if row[start:stop].max() > settings.open_score:
            yield start, stop
