"""Handovers against chance: what is independent is seldom called dependent, and what follows is found."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ictal.base.electrodes import mirror
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.chance import _blocks, _shuffled, _stays, timing
from ictal.eeg.findings.settings import FindingsSettings
from tests.findings.made import findings_of, focal, in_order, leg, migrating, seizure, train

FEW = FindingsSettings(surrogates=199)
HOUR = IntervalSet((Interval(0.0, 3600.0),))


def independent(seed, length_s=3600.0, per_hour=10, bursty=False):
    rng = np.random.default_rng(seed)
    return in_order(s for place in ("O1", "T8", "F3") for s in train(rng, place, length_s, per_hour, bursty))


@pytest.mark.parametrize("bursty", [False, True])
def test_independent_places_seldom_seem_to_follow_each_other(bursty):
    """300 recordings; at level 0.05 no more than 0.05 and three standard deviations are called more than chance."""
    told = [t for seed in range(300) if (t := timing(independent(seed, bursty=bursty), HOUR, FEW)) is not None]
    assert len(told) > 250
    room = 3 * np.sqrt(0.05 * 0.95 / len(told))
    for name in ("handovers", "crossings", "together_s"):
        assert np.mean([getattr(t, name).p <= 0.05 for t in told]) <= 0.05 + room, name
    seen, expected = (np.mean([getattr(t.handovers, k) for t in told]) for k in ("seen", "expected"))
    assert seen == pytest.approx(expected, rel=0.15)


def test_handovers_are_found():
    rng = np.random.default_rng(1)
    starts = np.sort(rng.uniform(0, 3500, 10))
    found = timing([migrating(float(s), float(s) + 40, ("O1", "T8")) for s in starts], HOUR, FEW)
    assert found.handovers.seen >= 8
    assert found.handovers.p == pytest.approx(1 / 200, abs=1e-4)
    assert found.crossings.seen == found.handovers.seen
    assert found.handovers.expected < 0.5 * found.handovers.seen


@pytest.mark.parametrize(
    ("first", "second", "handed"),
    [
        ((100, 130), (128, 160), 1),
        ((100, 130), (134, 160), 1),  # a pause of 4 s
        ((100, 130), (136, 160), 0),  # of 6 s
        ((100, 130), (119, 160), 1),  # an overlap of 11 s
        ((100, 130), (117, 160), 0),  # of 13 s
        ((100, 130), (120, 129), 0),  # it ends before the first does
        ((100, 112), (101, 140), 0),  # both at once
    ],
)
def test_what_a_handover_is(first, second, handed):
    rest = [focal(2000, 2020, "O1"), focal(3000, 3020, "T8")]
    found = timing(in_order([focal(*first, "O1"), focal(*second, "T8"), *rest]), HOUR, FEW)
    assert found.handovers.seen == handed


def test_neighbours_are_one_place_and_sides_are_two():
    rest = [focal(2000, 2020, "F4"), focal(3000, 3020, "F4"), focal(2500, 2520, "F4")]
    near = timing(in_order([focal(100, 130, "T7"), focal(130, 160, "P7"), *rest]), HOUR, FEW)
    assert (near.places, near.handovers.seen) == (2, 0)
    sides = timing(in_order([focal(100, 130, "O1"), focal(130, 160, "O2"), *rest]), HOUR, FEW)
    assert (sides.handovers.seen, sides.crossings.seen) == (1, 1)


def test_one_place_or_a_few_stays_say_nothing_of_chance():
    assert timing([], HOUR, FEW) is None
    assert timing([focal(100.0 * k, 100.0 * k + 20, "O1") for k in range(8)], HOUR, FEW) is None
    assert timing([focal(100, 120, "O1"), focal(200, 220, "T8")], HOUR, FEW) is None


def test_seconds_of_two_places_at_once():
    case = [focal(100, 140, "O1"), focal(130, 160, "T8"), focal(1000, 1020, "O1"), focal(2000, 2020, "T8")]
    assert timing(case, HOUR, FEW).together_s.seen == 10


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
@example(2187)  # a stay that outlasts its hour
def test_a_shuffle_keeps_each_places_own_number_in_every_hour_and_its_lengths(seed):
    day = IntervalSet((Interval(0.0, 7200.0), Interval(8000.0, 11600.0)))
    seen = _stays([s for s in independent(seed, 11600.0) if not 7100 < s.start_s < 8000])
    blocks = _blocks(day, seen, 3600.0)
    assert len(blocks) == 3
    made = _shuffled(seen, blocks, 20, np.random.default_rng(seed))
    for place in set(seen.place.tolist()):
        assert (made.place == place).sum() == 20 * (seen.place == place).sum()
        lengths = (made.stop_s - made.start_s)[made.place == place]
        assert np.sort(lengths) == pytest.approx(
            np.sort(np.tile((seen.stop_s - seen.start_s)[seen.place == place], 20))
        )
    apart = 11600.0 + (seen.stop_s - seen.start_s).max() + 1000.0
    for block in blocks:
        inside = (seen.start_s >= block.start_s) & (seen.start_s < block.stop_s)
        at = made.start_s % apart
        assert ((at >= block.start_s) & (at < block.stop_s)).sum() == 20 * inside.sum()


@pytest.mark.parametrize("shift_s", [100.0, 86400.0])
def test_when_it_was_does_not_matter(shift_s):
    def at(by_s):
        moved = [
            seizure(*(leg(g.start_s + by_s, g.stop_s + by_s, g.electrode) for g in s.legs)) for s in independent(3)
        ]
        return timing(moved, IntervalSet((Interval(by_s, 3600.0 + by_s),)), FEW)

    assert at(shift_s) == at(0.0)


def test_a_mirrored_head_says_the_same():
    case = independent(5)
    other = [focal(s.start_s, s.stop_s, mirror(s.onset.electrode)) for s in case]
    assert timing(other, HOUR, FEW) == timing(case, HOUR, FEW)


def test_the_facts_tell_what_was_seen_and_what_chance_gives():
    told = {f.name: f for f in findings_of(independent(2)).facts if f.about == "chance"}
    assert set(told) == {
        f"{name}{end}" for name in ("handovers", "crossings", "together") for end in ("", "_by_chance", "_p")
    }
    assert told["handovers_by_chance"].low <= told["handovers_by_chance"].value <= told["handovers_by_chance"].high
    assert "499 shuffles" in told["handovers_by_chance"].interval
