"""Is a stay a discharge? A small net over its measures, trained on simulated infants.

The weights lie beside this file (`judge.json`) with where they came from; `docs/model-card.md` tells what the net was
trained and tried on, and `benchmarks/train_judge.py` makes it again. It runs with NumPy alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from ictal.eeg.tracking.link import Candidate
from ictal.eeg.tracking.measures import NAMES, Measures

Floats = npt.NDArray[np.float64]

LARGEST = 4.0
"""Measures further than this many standard deviations from the training mean count as this far."""


@dataclass(frozen=True, slots=True)
class Judge:
    """One hidden layer: `p = logistic(out @ tanh(into @ z + bias) + offset)`, `z` the standardised measures."""

    mean: Floats
    spread: Floats
    into: Floats
    bias: Floats
    out: Floats
    offset: float
    seizure: Floats
    """Weights of the confidence of a seizure: of its likeliest leg, the next, the ln of its seconds, and 1."""

    def log_odds(self, measures: Measures) -> float:
        """How likely is this stay ictal, as log-odds?"""
        z = np.clip(
            (np.array([getattr(measures, name) for name in NAMES]) - self.mean) / self.spread, -LARGEST, LARGEST
        )
        return float(self.out @ np.tanh(self.into @ z + self.bias) + self.offset)

    def confidence(self, legs: Sequence[Candidate]) -> float:
        """How surely are these legs together a seizure (0-1)? Calibrated on simulated infants."""
        return probability(float(self.seizure @ seizure_terms(legs)))


LEAST_LOG_ODDS = -4.0


def seizure_terms(legs: Sequence[Candidate]) -> Floats:
    """What the confidence of a seizure is made of: log-odds of its two likeliest legs, ln of its seconds, and 1."""
    odds = sorted((max(c.log_odds, LEAST_LOG_ODDS) for c in legs), reverse=True)
    start_s, stop_s = min(c.leg.start_s for c in legs), max(c.leg.stop_s for c in legs)
    return np.array([odds[0], odds[1] if len(odds) > 1 else LEAST_LOG_ODDS, math.log(stop_s - start_s), 1.0])


@lru_cache(maxsize=1)
def packaged() -> Judge:
    """The judge that comes with Ictal."""
    stored = json.loads(resources.files("ictal.eeg.tracking").joinpath("judge.json").read_text(encoding="utf-8"))
    if tuple(stored["measures"]) != NAMES:
        raise ValueError("judge.json was trained on other measures than this version takes: train it again.")
    arrays = {k: np.array(stored[k], dtype=np.float64) for k in ("mean", "spread", "into", "bias", "out", "seizure")}
    return Judge(**arrays, offset=float(stored["offset"]))


def probability(log_odds: float) -> float:
    """Log-odds as a probability (0-1)."""
    return float(1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0))))
