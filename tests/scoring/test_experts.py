"""Three experts who marked the same 79 newborns agree by second as was published for them."""

from __future__ import annotations

import csv
import gzip
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from ictal.base.time import IntervalSet
from ictal.exchange.types import EventRow
from ictal.scoring import Case, score_many

pytestmark = pytest.mark.real


def _marks(path: Path) -> dict[str, tuple[list[EventRow], float]]:
    """Of each newborn, the seizures that one expert marked and the seconds of the recording."""
    if not path.is_file():
        pytest.skip(f"{path.name} is not here.")
    with gzip.open(path, "rt", newline="") as file:
        names, *rows = list(csv.reader(file))
    found = {}
    for i, name in enumerate(names):
        marks = np.array([float(row[i]) for row in rows if row[i].strip()]) > 0
        found[name] = ([EventRow(s.start_s, s.stop_s) for s in IntervalSet.from_mask(marks, 1.0)], float(len(marks)))
    return found


def test_the_experts_agree_by_second_as_is_known_of_them(real_data: Path) -> None:
    experts = {letter: _marks(real_data / "helsinki" / f"annotations_{letter}.csv.gz") for letter in "ABC"}
    kappas, hours, events = {}, set(), {}
    for one, other in combinations("ABC", 2):
        here, there = experts[one], experts[other]
        pooled = score_many([Case(name, here[name][0], there[name][0], here[name][1]) for name in here]).together
        kappas[one + other] = round(pooled.seconds.kappa or 0.0, 3)
        hours.add(round(pooled.hours, 1))
        events[one] = pooled.unmerged.reference
        events[other] = pooled.unmerged.found + pooled.unmerged.false
    assert kappas == {"AB": 0.742, "AC": 0.804, "BC": 0.727}
    assert hours == {111.9}
    assert events == {"A": 402, "B": 429, "C": 548}
