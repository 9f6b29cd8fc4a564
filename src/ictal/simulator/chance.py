"""Randomness that can be asked for in any order: a generator for every thing that is drawn, named by its key."""

from __future__ import annotations

import zlib
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int_]
Flags = npt.NDArray[np.bool_]
Real = TypeVar("Real", np.float32, np.float64)

(BACKGROUND, SENSOR, WANDER, RHYTHMS, SPIKES, ARTEFACTS, SEIZURES, LEVEL, BURSTS, EXTRA, MECHANISM, SLEEP, OWN) = range(
    13
)
"""First part of a key: what is drawn."""


def mixed_seed(seed: int, name: str) -> int:
    """Which seed does a scenario of this name make of the user's? Two scenarios with one seed share nothing."""
    return int(np.random.SeedSequence([seed, zlib.crc32(name.encode())]).generate_state(1, np.uint64)[0])


def generator(seed: int, *key: int) -> np.random.Generator:
    """Which generator belongs to this thing? The same seed and key give the same numbers, whatever was drawn before."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def product(a: npt.NDArray[Real], b: npt.NDArray[Real]) -> npt.NDArray[Real]:
    """The matrix product, added up in one order whatever the number of threads (that of `@` depends on it)."""
    answer: npt.NDArray[Real] = np.einsum("ij,jk->ik", a, b)
    return answer


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    """A number between two, every factor alike: as often from 1 to 2 as from 2 to 4."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def poisson_times(rng: np.random.Generator, per_hour: float, duration_s: float) -> Floats:
    """When do events happen that come at a steady rate, one not knowing of the other? Sorted seconds."""
    count = int(rng.poisson(per_hour * duration_s / 3600.0))
    answer: Floats = np.sort(rng.uniform(0.0, duration_s, count))
    return answer


def wander(rng: np.random.Generator, times_s: Floats, step_s: float, spread: float) -> Floats:
    """A smooth random curve through independent normal values every `step_s` seconds (standard deviation `spread`)."""
    knots = int(np.ceil(float(times_s[-1] if len(times_s) else 0.0) / step_s)) + 4
    values = rng.standard_normal(knots) * spread
    at = times_s / step_s
    low = at.astype(int)
    part = 0.5 - 0.5 * np.cos(np.pi * (at - low))
    answer: Floats = values[low] * (1 - part) + values[low + 1] * part
    return answer
