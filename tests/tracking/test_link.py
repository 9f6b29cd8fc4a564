"""Which legs belong to one seizure: each drawing of `ictal.eeg.tracking.link` is a test."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.electrodes import TEN_TWENTY, mirror
from ictal.eeg.tracking.link import Candidate, link
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Leg, Passage, Pattern, mark_pattern

SETTINGS = TrackingSettings()
_track = itertools.count()


def leg(start_s: float, stop_s: float, electrode: str, track: int | None = None) -> Candidate:
    place = Leg(start_s, stop_s, electrode, 6.0, 50.0, (f"{electrode}-avg",))
    return Candidate(place, (0, next(_track) if track is None else track), 2.0)


def chains(*candidates: Candidate) -> list[tuple[Leg, ...]]:
    return [tuple(c.leg for c in members) for members in link(candidates, SETTINGS)]


def ways(legs: tuple[Leg, ...]) -> list[Passage | None]:
    return [x.came_by for x in legs]


def test_a_handover_to_the_other_side_is_migration_with_its_overlap() -> None:
    (legs,) = chains(leg(0, 20, "T7"), leg(16, 40, "T8"))
    assert ways(legs) == [None, Passage.migration]
    assert legs[1].came_from == 0
    assert mark_pattern(legs) is Pattern.migrating


@pytest.mark.parametrize("pause_s", [0.5, 4, SETTINGS.handover_gap_s])
def test_a_handover_may_pause_as_long_as_the_setting_says(pause_s: float) -> None:
    (legs,) = chains(leg(0, 20, "O1"), leg(20 + pause_s, 40, "O2"))
    assert ways(legs) == [None, Passage.migration]


def test_a_longer_pause_makes_two_seizures() -> None:
    assert len(chains(leg(0, 20, "O1"), leg(20 + SETTINGS.handover_gap_s + 0.5, 40, "O2"))) == 2


def test_a_neighbour_that_joins_while_the_first_goes_on_is_spread() -> None:
    (legs,) = chains(leg(0, 40, "C3"), leg(10, 30, "T7"))
    assert ways(legs) == [None, Passage.spread]
    assert mark_pattern(legs) is Pattern.spreading


def test_a_far_place_of_the_same_side_that_takes_over_is_migration() -> None:
    (legs,) = chains(leg(0, 20, "O1"), leg(18, 40, "Fp1"))
    assert ways(legs) == [None, Passage.migration]


def test_onsets_on_both_sides_at_once_are_bilateral() -> None:
    (legs,) = chains(leg(0, 30, "T7"), leg(1, 30, "T8"))
    assert ways(legs) == [None, Passage.simultaneous]
    assert mark_pattern(legs) is Pattern.bilateral


def test_far_places_that_both_go_on_are_two_seizures_open_at_once() -> None:
    first, second = chains(leg(0, 60, "T7"), leg(20, 45, "O2"))
    assert [len(first), len(second)] == [1, 1]
    assert first[0].interval.overlap_s(second[0].interval) == 25


def test_a_leg_is_given_to_the_place_that_wanes_not_to_the_one_that_goes_on() -> None:
    found = chains(leg(0, 80, "T7"), leg(20, 40, "O2"), leg(39, 60, "O1"))
    assert [[x.electrode for x in legs] for legs in found] == [["T7"], ["O2", "O1"]]


def test_one_movement_is_never_two_seizures() -> None:
    (legs,) = chains(leg(0, 20, "F7", track=5), leg(20, 35, "T7", track=5), leg(35, 50, "P7", track=5))
    assert [x.electrode for x in legs] == ["F7", "T7", "P7"]


def test_two_that_begin_and_end_together_are_one_whatever_their_rhythm() -> None:
    slow = leg(0, 30, "Fz")
    fast = Candidate(Leg(2, 29, "O1", 11.0, 20.0, ("O1-avg",)), (0, next(_track)), 2.0)
    (legs,) = chains(slow, fast)
    assert ways(legs) == [None, Passage.simultaneous]
    assert mark_pattern(legs) is Pattern.spreading  # the midline and one side are not both sides


def test_while_the_first_place_goes_on_nothing_has_migrated() -> None:
    def fast(start_s: float, stop_s: float, electrode: str) -> Candidate:
        place = Leg(start_s, stop_s, electrode, 11.0, 20.0, (f"{electrode}-avg",))
        return Candidate(place, (0, next(_track)), 2.0)

    apart = chains(fast(1, 16, "T7"), fast(14, 29, "T8"))
    assert ways(apart[0]) == [None, Passage.migration]
    (legs,) = chains(leg(0, 30, "Fz"), fast(1, 16, "T7"), fast(14, 29, "T8"))
    assert [x.electrode for x in legs] == ["Fz", "T7", "T8"]
    assert ways(legs) == [None, Passage.simultaneous, Passage.spread]
    assert [x.came_from for x in legs] == [None, 0, 1]
    assert mark_pattern(legs) is not Pattern.migrating


def test_a_rhythm_of_another_frequency_is_not_the_next_leg() -> None:
    other = Candidate(Leg(20, 60, "T8", 11.0, 20.0, ("T8-avg",)), (0, next(_track)), 2.0)
    assert len(chains(leg(0, 20, "T7"), other)) == 2


spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(4, 60), st.sampled_from(TEN_TWENTY)), min_size=1, max_size=9, unique=True
)


def _numbered(items: list[tuple[int, int, str]]) -> list[Candidate]:
    return [leg(a, a + n, e, track=k) for k, (a, n, e) in enumerate(items)]


@given(spans)
def test_every_leg_is_in_one_seizure_and_points_to_an_earlier_leg(items: list[tuple[int, int, str]]) -> None:
    found = chains(*_numbered(items))
    assert sum(len(legs) for legs in found) == len(items)
    for legs in found:
        assert legs[0].came_from is None
        assert legs[0].came_by is None
        for k, later in enumerate(legs[1:], start=1):
            assert later.came_from is not None
            assert later.came_from < k
            assert later.start_s >= legs[later.came_from].start_s


@given(spans, st.randoms(use_true_random=False))
def test_the_order_in_which_legs_are_given_does_not_matter(items: list[tuple[int, int, str]], random: object) -> None:
    given_order = _numbered(items)
    shuffled = list(given_order)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    key = [sorted((x.start_s, x.stop_s, x.electrode) for x in legs) for legs in chains(*given_order)]
    assert sorted(key) == sorted(sorted((x.start_s, x.stop_s, x.electrode) for x in legs) for legs in chains(*shuffled))


@given(spans)
def test_the_mirrored_head_gives_the_mirrored_seizures(items: list[tuple[int, int, str]]) -> None:
    def mirrored(c: Candidate) -> Candidate:
        x = c.leg
        return Candidate(Leg(x.start_s, x.stop_s, mirror(x.electrode), 6.0, 50.0, ("x",)), c.track, c.log_odds)

    plain = _numbered(items)
    ours = chains(*plain)
    theirs = chains(*(mirrored(c) for c in plain))
    # Legs that begin and end together are taken in order of their name, which mirroring changes: compare where none do.
    if len({(c.leg.start_s, c.leg.stop_s) for c in plain}) == len(plain):
        assert [ways(x) for x in ours] == [ways(x) for x in theirs]
        assert [[mirror(x.electrode) for x in legs] for legs in ours] == [
            [x.electrode for x in legs] for legs in theirs
        ]
