"""Which recordings has the frozen suite, and how is each made?"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

import numpy as np

from ictal.base.errors import UsageError
from ictal.benchmark.types import Item
from ictal.simulator import SCENARIOS, set_numbers, simulate
from ictal.simulator.types import Scenario, Simulation

FIRST_DEV_SEED, LAST_DEV_SEED = 1000, 1999
SAMPLED_S = 4.0


@dataclass(frozen=True, slots=True)
class Suite:
    """Recordings that can be simulated. `digest` is the SHA-256 of the file that lists them."""

    name: str
    version: int
    digest: str
    items: tuple[Item, ...]


def load_suite() -> Suite:
    """Which recordings has the suite that comes with Ictal?"""
    text = (files("ictal.benchmark") / "suite.toml").read_bytes()
    said = tomllib.loads(text.decode("utf-8"))
    items = tuple(_item(entry) for entry in said["recording"])
    return Suite("frozen", int(said["version"]), hashlib.sha256(text).hexdigest(), items)


def _item(entry: dict[str, Any]) -> Item:
    said = dict(entry)
    duration_s = 60.0 * said.pop("minutes")
    change = tuple(sorted(said.pop("change", {}).items()))
    return Item(**said, duration_s=duration_s, change=change)


def quick(suite: Suite) -> Suite:
    """A few of the recordings, one of each kind, in a minute or two: to see that all works, not to compare."""
    return replace(suite, name="quick", items=tuple(i for i in suite.items if i.quick))


def only(suite: Suite, text: str) -> Suite:
    """The recordings that have a text in their name. Raises `UsageError` where there is none."""
    items = tuple(i for i in suite.items if text in i.name)
    if not items:
        names = ", ".join(i.name for i in suite.items)
        raise UsageError(f"No recording of the suite has '{text}' in its name; there are: {names}.")
    return replace(suite, name=f"{suite.name}, only '{text}'", items=items)


def with_dev_seeds(suite: Suite, series: int) -> Suite:
    """The same recordings with seeds for tuning: series 0 begins at 1000, the next one after it, up to 1999."""
    count = len(suite.items)
    last = (LAST_DEV_SEED + 1 - FIRST_DEV_SEED) // count - 1
    if not 0 <= series <= last:
        raise UsageError(f"There are series 0 to {last} of seeds for tuning; got {series}.")
    first = FIRST_DEV_SEED + count * series
    items = tuple(replace(item, seed=first + n) for n, item in enumerate(suite.items))
    return replace(suite, name=f"dev-{series}", items=items)


def scenario_of(item: Item) -> Scenario:
    """Which infant is recorded? The scenario of its name, with the numbers that the suite changes."""
    if item.scenario not in SCENARIOS:
        raise UsageError(f"There is no scenario '{item.scenario}'; there are: {', '.join(SCENARIOS)}.")
    return set_numbers(SCENARIOS[item.scenario], dict(item.change), item.engine)


def make(item: Item) -> Simulation:
    """The recording of an item with its truth; samples are made when they are read."""
    return simulate(
        scenario_of(item),
        duration_s=item.duration_s,
        seed=item.seed,
        age_days=item.age_days,
        engine=item.engine,
        montage=item.montage,
        reference=item.reference,
        rate_hz=item.rate_hz,
    )


def fingerprint(made: Simulation) -> str:
    """By what is this very recording known? A digest of its truth and of its samples at three places."""
    recording = made.recording
    told = [(round(s.start_s, 3), round(s.stop_s, 3), s.pattern.value, list(s.path)) for s in made.truth.seizures]
    digest = hashlib.sha256(json.dumps(told).encode())
    rate_hz = recording.channels[0].rate_hz
    for share in (0.1, 0.5, 0.9):
        first = int(share * recording.duration_s * rate_hz)
        samples = recording.samples.read_uv(recording.eeg, 0, first, first + int(SAMPLED_S * rate_hz))
        strength_uv = np.sqrt(np.mean(np.square(samples, dtype=float), axis=1))
        # Coarse, because processors differ in the last bits of a sample.
        digest.update(np.round(strength_uv, 1).astype("<f4").tobytes())
    return digest.hexdigest()[:16]


def digest_of_all(fingerprints: Iterable[str]) -> str:
    """One digest of the recordings that a result rests on, whatever their order."""
    return hashlib.sha256("".join(sorted(fingerprints)).encode()).hexdigest()[:16]
