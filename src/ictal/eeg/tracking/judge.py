"""Is a stay a leg of a seizure, and are these legs a seizure? Four ensembles of small trees.

1. `alone`: a stay by its own measures.
2. `company`: a stay by what it is alone and by the stays before, after and beside it, and elsewhere.
3. `bond`: do two legs belong to one seizure?
4. `seizure`: linked legs together. Its answer, set straight on recordings that none of them was grown on, is the
   confidence.

The trees lie beside this file (`judge.json`) with where they came from; `docs/model-card.md` tells what they were grown
and tried on, and `benchmarks/train_judge.py` makes them again. They run with NumPy alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources

import numpy as np

from ictal.eeg.tracking import bonds, company, measures
from ictal.eeg.tracking.link import Candidate
from ictal.eeg.tracking.trees import Trees, trees_of


@dataclass(frozen=True, slots=True)
class Judge:
    """What was learnt. `straight` are the slope and offset that turn the log-odds of a seizure into its confidence."""

    alone: Trees
    company: Trees
    bond: Trees
    seizure: Trees
    straight: tuple[float, float]

    def confidences(self, chains: Sequence[Sequence[Candidate]], hours: float) -> list[float]:
        """How surely is each of these chains of legs a seizure (0-1)? All chains of one recording."""
        said = self.seizure.log_odds(chain_terms(chains, hours))
        slope, offset = self.straight
        return [probability(slope * float(odds) + offset) for odds in said]


@dataclass(frozen=True, slots=True)
class ChainTerms:
    """A chain of legs in numbers: log-odds of legs, seconds, and what else there is at the same time."""

    best: float
    next: float
    mean: float
    sum: float
    length: float
    """ln of its seconds, of those of its longest leg, of those of its likeliest leg, and seconds of its shortest."""
    longest: float
    likeliest: float
    shortest: float
    legs: float
    electrodes: float
    hemispheres: float
    frequency_hz: float
    overlap: float
    """The share of it that another chain takes part in most, and how likely that one is."""
    beside: float
    near: float
    """How likely is the likeliest chain within twenty seconds, and one that shares an electrode at another time?"""
    focus: float
    focus_per_h: float


CHAIN_NAMES = tuple(f.name for f in fields(ChainTerms))
NOBODY = -5.0


def chain_terms(chains: Sequence[Sequence[Candidate]], hours: float) -> list[tuple[float, ...]]:
    """The numbers of `ChainTerms` for each of the chains of a recording."""
    if not chains:
        return []
    spans = np.array([span_of(chain) for chain in chains])
    best = np.array([max(c.log_odds for c in chain) for chain in chains])
    names = sorted({c.leg.electrode for chain in chains for c in chain})
    at = np.array([[any(c.leg.electrode == name for c in chain) for name in names] for chain in chains])
    told = []
    for k, chain in enumerate(chains):
        shared_s = np.minimum(spans[k, 1], spans[:, 1]) - np.maximum(spans[k, 0], spans[:, 0])
        pause_s = np.maximum(spans[k, 0] - spans[:, 1], spans[:, 0] - spans[k, 1])
        other = np.arange(len(chains)) != k
        beside, near = other & (shared_s > 0), other & (pause_s < 20)
        again = other & (pause_s > 5) & (at & at[k]).any(axis=1)
        told.append(
            (
                *_own_terms(chain),
                float(shared_s[beside].max(initial=0.0)) / (spans[k, 1] - spans[k, 0]),
                float(best[beside].max(initial=NOBODY)),
                float(best[near].max(initial=NOBODY)),
                float(best[again].max(initial=NOBODY)),
                float(again.sum()) / max(hours, 0.05),
            )
        )
    return told


def _own_terms(chain: Sequence[Candidate]) -> tuple[float, ...]:
    start_s, stop_s = span_of(chain)
    odds = sorted((c.log_odds for c in chain), reverse=True)
    lengths = [c.leg.duration_s for c in chain]
    top = max(chain, key=lambda c: c.log_odds).leg
    return (
        odds[0],
        odds[1] if len(odds) > 1 else NOBODY,
        sum(odds) / len(odds),
        sum(max(o, 0.0) for o in odds),
        math.log(stop_s - start_s),
        math.log(max(lengths)),
        math.log(top.duration_s),
        min(lengths),
        len(chain),
        len({c.leg.electrode for c in chain}),
        len({c.leg.hemisphere for c in chain}),
        top.frequency_hz,
    )


def span_of(chain: Sequence[Candidate]) -> tuple[float, float]:
    """From the first onset to the last end (s)."""
    return min(c.leg.start_s for c in chain), max(c.leg.stop_s for c in chain)


@lru_cache(maxsize=1)
def packaged() -> Judge:
    """The judge that comes with Ictal."""
    stored = json.loads(resources.files("ictal.eeg.tracking").joinpath("judge.json").read_text(encoding="utf-8"))
    return Judge(
        trees_of(stored["alone"], measures.NAMES),
        trees_of(stored["company"], company.NAMES),
        trees_of(stored["bond"], bonds.NAMES),
        trees_of(stored["seizure"], CHAIN_NAMES),
        (float(stored["straight"][0]), float(stored["straight"][1])),
    )


def probability(log_odds: float) -> float:
    """Log-odds as a probability (0-1)."""
    return float(1.0 / (1.0 + np.exp(-np.clip(log_odds, -50.0, 50.0))))
