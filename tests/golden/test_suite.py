"""The simulated suite is what it was when its numbers were measured, and tuning never sees its seeds."""

from __future__ import annotations

import pytest

from ictal.base.errors import UsageError
from ictal.benchmark.suite import fingerprint, load_suite, make, only, quick, with_dev_seeds
from ictal.benchmark.types import Item

SUITE = load_suite()


def test_version_3_is_frozen() -> None:
    assert SUITE.version == 3
    assert SUITE.digest == "d84672c98ceecc4a160ce5f1cf6872ca8eb30bcb5b08462ca60e0312e10555ae"


def test_the_suite_is_large_enough_and_has_seeds_of_its_own() -> None:
    items = SUITE.items
    assert len(items) >= 30
    assert len({i.seed for i in items}) == len({i.name for i in items}) == len(items)
    assert all(i.seed > 930_000 for i in items)
    assert {i.engine for i in items} == {"template", "mechanism"}
    assert {i.montage for i in items} == {"10-20", "12", "8"}
    assert min(i.rate_hz for i in items) == 100
    assert max(i.rate_hz for i in items) == 1024
    assert {i.traits["age"] for i in items} == {"newborn", "1-3 months", "3-12 months", "over a year"}
    assert {i.group for i in items} == {"mix", "stress"}
    mix = {i.scenario for i in items if i.group == "mix"}
    assert mix >= {
        "eimfs-early",
        "eimfs-storm",
        "eimfs-late",
        "single-focus",
        "burst-suppression",
        "artefacts",
        "quiet",
    }


def test_tuning_gets_seeds_of_its_own() -> None:
    last = 1000 // len(SUITE.items) - 1
    for series in (0, last):
        assert all(1000 <= i.seed <= 1999 for i in with_dev_seeds(SUITE, series).items)
    for wrong in (-1, last + 1):
        with pytest.raises(UsageError, match="series 0 to"):
            with_dev_seeds(SUITE, wrong)


def test_a_part_of_the_suite_never_has_its_name() -> None:
    for part in (quick(SUITE), only(SUITE, "storm"), with_dev_seeds(SUITE, 0)):
        assert part.name != SUITE.name
    with pytest.raises(UsageError, match="early-1"):
        only(SUITE, "nothing")


@pytest.mark.parametrize("item", [i for i in SUITE.items if i.engine == "template"], ids=lambda i: i.name)
def test_every_recording_of_the_suite_can_be_simulated(item: Item) -> None:
    made = make(item)
    assert made.recording.duration_s == item.duration_s
    assert bool(made.truth.seizures) is (item.scenario not in ("artefacts", "quiet"))


def test_a_recording_is_known_by_its_fingerprint() -> None:
    first, other = (i for i in SUITE.items if i.name in ("quiet-1", "quiet-2"))
    assert fingerprint(make(first)) == fingerprint(make(first))
    assert fingerprint(make(first)) != fingerprint(make(other))
