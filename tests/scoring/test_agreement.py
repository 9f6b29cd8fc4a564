"""Scores worked out by hand, and what must hold of any scores."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring, SampleScoring

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.errors import UsageError
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.tracking.types import Pattern, Seizure
from ictal.exchange.types import EventRow
from ictal.scoring import Case, score, score_many
from ictal.scoring.agreement import within_one
from ictal.scoring.matching import match
from ictal.scoring.types import EventAgreement, SecondAgreement, Share
from tests.scoring.made import seizure

HOUR = 3600.0


def test_a_small_case_by_hand() -> None:
    reference = [seizure(100, 160, "O1", "O2"), seizure(1000, 1060, "T7"), seizure(2000, 2060, "C4")]
    hypothesis = [seizure(104, 150, "O1", "O2"), seizure(1010, 1060, "C3", "T8"), seizure(3000, 3030, "Fp1")]
    found = score(reference, hypothesis, HOUR)
    assert found.unmerged == EventAgreement(found.unmerged.rule, 3, 2, 1, 1.0)
    assert (found.merged.reference, found.merged.found, found.merged.false) == (3, 2, 1)
    assert found.unmerged.sensitivity.share == pytest.approx(2 / 3)
    assert found.unmerged.precision.share == pytest.approx(2 / 3)
    assert found.unmerged.f1 == pytest.approx(2 / 3)
    assert found.unmerged.false_per_h == 1.0
    assert found.seconds == SecondAgreement(46 + 50, 14 + 10 + 60, 30, 3600 - 96 - 84 - 30)
    assert found.onset_errors_s == (4.0, 10.0)
    spread = found.onset_error_s
    assert (spread.median, spread.first_quartile, spread.third_quartile) == (7.0, 5.5, 8.5)
    assert (found.side, found.electrode, found.electrode_within_one) == (Share(2, 2), Share(1, 2), Share(2, 2))
    assert (found.pattern, found.side_path, found.side_path_of_migrating) == (Share(1, 2), Share(1, 2), Share(1, 1))
    assert found.migrating is not None
    assert (found.migrating.reference, found.migrating.found, found.migrating.false) == (1, 1, 1)
    assert found.migrating.f1 == pytest.approx(2 / 3)


def test_kappa_by_hand() -> None:
    """Cohen 1960: agreement 0.7, by chance 0.5."""
    assert SecondAgreement(35, 15, 15, 35).kappa == pytest.approx(0.4)
    assert SecondAgreement(0, 0, 0, 100).kappa is None
    assert SecondAgreement(0, 0, 0, 0).kappa is None
    assert SecondAgreement(0, 50, 50, 0).kappa == pytest.approx(-1.0)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1), (81, 263, 0.2553, 0.3662)],
)  # fmt: skip
def test_the_interval_is_wilsons(count: int, of: int, low: float, high: float) -> None:
    """The last row is the example of Newcombe 1998, table I, method 3 (0.2553 to 0.3662)."""
    assert Share(count, of).interval == pytest.approx((low, high), abs=5e-5)


def test_seizures_close_together_stay_apart_where_szcore_merges_them() -> None:
    reference = [seizure(100, 130), seizure(150, 180)]
    found = score(reference, [seizure(110, 120)], HOUR)
    assert (found.merged.reference, found.merged.found) == (1, 1)
    assert (found.unmerged.reference, found.unmerged.found) == (2, 1)


def test_seizures_that_are_open_at_once_stay_apart() -> None:
    reference = [seizure(100, 200, "O1"), seizure(110, 210, "F4")]
    found = score(reference, [seizure(100, 200, "O1"), seizure(110, 210, "F4")], HOUR)
    assert (found.unmerged.found, found.unmerged.false) == (2, 0)
    assert found.electrode == Share(2, 2)


def test_pieces_of_one_seizure_are_one_hit_and_counted_as_fragments() -> None:
    found = score([seizure(100, 200)], [seizure(100, 120), seizure(130, 190), seizure(195, 199)], HOUR)
    assert (found.unmerged.found, found.unmerged.false, found.fragments) == (1, 2, 2)
    assert found.onset_errors_s == (30.0,)


def test_one_detection_over_two_seizures_finds_one_and_fuses_the_other() -> None:
    found = score([seizure(100, 150), seizure(160, 170)], [seizure(100, 170)], HOUR)
    assert (found.unmerged.found, found.fused) == (1, 1)


def test_matching_finds_as_many_pairs_as_there_can_be() -> None:
    """The greedy choice (the longest overlap first) would leave the second seizure alone."""
    reference, hypothesis = [seizure(0, 100), seizure(95, 200)], [seizure(40, 120), seizure(0, 10)]
    assert match(reference, hypothesis) == ((0, 1), (1, 0))


def test_events_that_only_meet_do_not_match() -> None:
    assert match([seizure(0, 100)], [seizure(100, 200)]) == ()


def test_nothing_against_nothing_has_no_ratios() -> None:
    found = score([], [], HOUR)
    for share in (found.unmerged.sensitivity, found.merged.precision, found.side, found.pattern):
        assert share.share is share.interval is None
    assert found.unmerged.f1 is found.merged.f1 is found.seconds.kappa is found.onset_error_s.median is None
    assert found.unmerged.false_per_h == found.merged.false_per_h == 0.0


def test_nothing_found_is_none_of_them_and_not_unknown() -> None:
    found = score([seizure(0, 10)], [], HOUR)
    assert found.unmerged.sensitivity.share == 0.0
    assert found.unmerged.precision.share is None
    assert found.unmerged.f1 == 0.0


def test_old_and_new_names_are_the_same_place() -> None:
    row = EventRow(100.0, 150.0, path=("T3",), pattern=Pattern.focal)
    found = score([row], [seizure(100, 150, "T7")], HOUR)
    assert (found.side, found.electrode, found.electrode_within_one) == (Share(1, 1),) * 3


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [("T7", "T7", True), ("T3", "C3", True), ("T7", "P7", True), ("T7", "T8", False), ("O1", "O2", True),
     ("O1", "F3", False), ("FC3", "C3", True), ("FC3", "O1", False), ("Cz", "C4", True), ("Fp1", "Pz", False)],
)  # fmt: skip
def test_within_one_is_the_same_place_or_a_neighbour(a: str, b: str, near: bool) -> None:
    assert within_one(a, b) is within_one(b, a) is near


def test_what_a_table_does_not_tell_is_not_counted_as_wrong() -> None:
    found = score([seizure(100, 150, "O1", "O2")], [EventRow(100.0, 150.0)], HOUR)
    assert found.unmerged.found == 1
    assert found.side == found.pattern == found.side_path == Share(0, 0)
    assert found.migrating is None


def test_pooling_adds_seizures_and_seconds_and_keeps_each() -> None:
    one = Case("a", [seizure(100, 150)], [seizure(110, 150)], HOUR)
    two = Case("b", [seizure(100, 150), seizure(500, 600)], [seizure(700, 800)], 2 * HOUR)
    pooled = score_many([one, two])
    assert [name for name, _ in pooled.each] == ["a", "b"]
    assert pooled.each[0][1] == score(one.reference, one.hypothesis, one.duration_s)
    both = pooled.together
    assert (both.recordings, both.hours) == (2, 3.0)
    assert (both.unmerged.reference, both.unmerged.found, both.unmerged.false) == (3, 1, 1)
    assert both.unmerged.false_per_h == pytest.approx(1 / 3)
    assert (
        sum((both.seconds.both, both.seconds.reference_only, both.seconds.hypothesis_only, both.seconds.neither))
        == 10800
    )


@pytest.mark.parametrize("duration_s", [0.0, -1.0, float("nan"), float("inf")])
def test_a_recording_without_length_cannot_be_scored(duration_s: float) -> None:
    with pytest.raises(UsageError, match="must be more than 0"):
        score([], [], duration_s)


def test_an_event_after_the_end_is_of_another_recording() -> None:
    with pytest.raises(UsageError, match="score tables of the same recording"):
        score([seizure(4000, 4010)], [], HOUR)
    with pytest.raises(UsageError, match="at least one"):
        score_many([])


_times = st.tuples(st.integers(0, 3400), st.integers(2, 200)).map(
    lambda t: (float(t[0]), float(min(t[0] + t[1], 3600)))
)
_events = st.lists(
    st.builds(lambda t, p: seizure(*t, *p), _times, st.lists(st.sampled_from(TEN_TWENTY), min_size=1, max_size=3)),
    max_size=8,
)


@given(_events)
def test_a_perfect_hypothesis_is_right_in_everything(events: list[Seizure]) -> None:
    found = score(events, list(reversed(events)), HOUR)
    assert found.unmerged.sensitivity.share == (1.0 if events else None)
    assert found.unmerged.false == found.merged.false == 0
    assert found.merged.sensitivity.share == (1.0 if events else None)
    assert found.seconds.kappa in (1.0, None)
    if len({e.interval for e in events}) == len(events):
        assert set(found.onset_errors_s) <= {0.0}
        assert found.pattern.share == found.side_path.share == found.electrode.share == (1.0 if events else None)
        assert found.migrating is not None
        assert found.migrating.f1 in (1.0, None)


@given(_events, _events, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(a: list[Seizure], b: list[Seizure], chance: random.Random) -> None:
    here, there = list(a), list(b)
    chance.shuffle(here)
    chance.shuffle(there)
    one, two = score(a, b, HOUR), score(here, there, HOUR)
    assert (one.merged, one.unmerged, one.seconds, one.fragments) == (
        two.merged,
        two.unmerged,
        two.seconds,
        two.fragments,
    )


@given(_events, _events, st.integers(1, 100_000))
def test_shifting_both_changes_nothing(a: list[Seizure], b: list[Seizure], by_s: int) -> None:
    """All is at least 30 s from the ends, so that the tolerances of SzCORE are not cut off."""

    def moved(events: list[Seizure], by: float) -> list[EventRow]:
        return [EventRow(e.start_s + by, e.stop_s + by, pattern=e.pattern, path=e.path) for e in events]

    one, two = (
        score(moved(a, 100), moved(b, 100), 4000.0),
        score(moved(a, 100 + by_s), moved(b, 100 + by_s), 4000.0 + by_s),
    )
    assert (one.merged.found, one.merged.false) == (two.merged.found, two.merged.false)
    assert (one.unmerged.found, one.unmerged.false) == (two.unmerged.found, two.unmerged.false)
    assert (one.onset_errors_s, one.side, one.pattern) == (two.onset_errors_s, two.side, two.pattern)
    assert (one.seconds.both, one.seconds.hypothesis_only) == (two.seconds.both, two.seconds.hypothesis_only)


@given(_events, _events)
def test_exchanging_the_two_turns_misses_into_false_detections(a: list[Seizure], b: list[Seizure]) -> None:
    one, two = score(a, b, HOUR), score(b, a, HOUR)
    assert one.unmerged.found == two.unmerged.found
    assert one.unmerged.false == two.unmerged.reference - two.unmerged.found
    assert (one.fragments, one.fused) == (two.fused, two.fragments)
    assert one.seconds.kappa == (pytest.approx(two.seconds.kappa) if two.seconds.kappa is not None else None)


@given(_events, st.data())
def test_splitting_a_detection_never_finds_more(events: list[Seizure], data: st.DataObject) -> None:
    whole = [EventRow(e.start_s, e.stop_s) for e in events]
    if not whole:
        return
    chosen = data.draw(st.integers(0, len(whole) - 1))
    row = whole[chosen]
    middle = (row.start_s + row.stop_s) / 2
    split = [*whole[:chosen], EventRow(row.start_s, middle), EventRow(middle, row.stop_s), *whole[chosen + 1 :]]
    one, two = score(events, whole, HOUR), score(events, split, HOUR)
    assert one.unmerged.found == two.unmerged.found == len(events)
    assert two.unmerged.false == two.fragments == 1
    assert one.merged == two.merged


@settings(max_examples=200)
@given(_events, _events)
def test_timescoring_says_the_same_of_sorted_disjoint_events(a: list[Seizure], b: list[Seizure]) -> None:
    spans = [[(i.start_s, i.stop_s) for i in IntervalSet.of(e.interval for e in events)] for events in (a, b)]
    here, there = (Annotation(s, 10, 36000) for s in spans)
    events, seconds = EventScoring(here, there, EventScoring.Parameters()), SampleScoring(here, there)
    ours = score(a, b, HOUR)
    assert (ours.merged.reference, ours.merged.found, ours.merged.false) == (events.refTrue, events.tp, events.fp)
    for mine, theirs in (
        (ours.merged.sensitivity.share, events.sensitivity),
        (ours.merged.precision.share, events.precision),
        (ours.merged.f1, events.f1),
    ):
        assert mine == pytest.approx(theirs) if mine is not None else np.isnan(theirs)
    assert ours.merged.false_per_h == pytest.approx(events.fpRate / 24)
    assert (ours.seconds.both, ours.seconds.hypothesis_only) == (seconds.tp, seconds.fp)


def test_unsorted_and_nested_events_are_counted_right_where_timescoring_alone_is_wrong() -> None:
    """timescoring merges each event with the one before it in the list, so it needs them sorted and disjoint."""
    events = [seizure(500, 520), seizure(100, 140), seizure(105, 110)]
    found = score(events, events, HOUR)
    assert (found.merged.reference, found.merged.found, found.merged.false) == (2, 2, 0)


def test_the_longest_day_is_scored_in_a_moment() -> None:
    spans = [Interval(40.0 * k, 40.0 * k + 30) for k in range(2000)]
    rows = [EventRow(s.start_s, s.stop_s) for s in spans]
    assert score(rows, rows, 86400.0).unmerged.found == 2000
