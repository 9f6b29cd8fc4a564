"""The simulated suite is what it was when its numbers were measured, and tuning never sees its seeds."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def accuracy(root: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_accuracy", root / "benchmarks" / "accuracy.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_suite_is_large_enough_and_has_seeds_of_its_own(accuracy: ModuleType) -> None:
    items = accuracy.load_suite()
    assert len(items) >= 12
    assert len({i.age_days for i in items}) >= 3
    assert len({i.seed for i in items}) == len({i.name for i in items}) == len(items)
    assert all(i.seed >= 9000 and i.duration_s == 1800 for i in items)
    for series in (0, 7, 49):
        assert all(1000 <= i.seed < 2000 for i in accuracy.with_dev_seeds(items, series))


def test_every_recording_of_the_suite_can_be_simulated(accuracy: ModuleType) -> None:
    from ictal.simulator import simulate

    for item in accuracy.load_suite():
        made = simulate(
            accuracy.scenario_of(item),
            duration_s=item.duration_s, seed=item.seed, age_days=item.age_days, montage=item.montage,
        )  # fmt: skip
        assert made.recording.duration_s == 1800.0
        assert bool(made.truth.seizures) is not item.name.startswith("no-seizure"), item.name


def test_version_1_is_frozen(root: Path) -> None:
    text = (root / "benchmarks" / "suite.toml").read_bytes()
    assert hashlib.sha256(text).hexdigest() == "a3da3956038ff4512605e0b7c2ba657e387e544bbe8a2f1700964fea34f58540"
