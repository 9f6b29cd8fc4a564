"""Corrections are folded over what was found: the original stays, what is taken back is as if it had never been."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import IctalError
from ictal.base.time import Interval
from ictal.eeg.tracking.types import Leg, Passage, Pattern, Seizure
from ictal.review import Correction, check, fold, standing

DURATION_S = 600.0
MOVED = Seizure(
    (
        Leg(10, 40, "O1", 5.0, 80.0, ("O1-avg",)),
        Leg(38, 70, "T8", 4.0, 90.0, ("T8-avg",), 0, Passage.migration),
        Leg(65, 90, "F8", 4.0, 70.0, ("F8-avg",), 1, Passage.spread),
    ),
    Pattern.migrating,
    0.9,
)
STAYED = Seizure((Leg(200, 260, "C3", 6.0, 60.0, ("C3-avg",)),), Pattern.focal, 0.7)
NOWHERE = Seizure((), Pattern.uncertain, math.nan, Interval(400, 420))
FOUND = (MOVED, STAYED, NOWHERE)


def correction(number: int, kind: str, *seizures: str, **more) -> Correction:
    return Correction(id=f"{number:08x}", who="r", at="", kind=kind, analysis="1", seizures=seizures, **more)


def by_id(*corrections: Correction) -> dict:
    return {r.id: r for r in fold(FOUND, corrections)}


def test_without_corrections_it_is_what_was_found():
    assert [r.seizure for r in fold(FOUND, ())] == list(FOUND)
    assert {r.verdict for r in fold(FOUND, ())} == {"open"}


def test_a_split_keeps_every_leg_in_its_half_and_its_way_there():
    now = by_id(correction(1, "split", "s1", start_s=64.0))
    first, second = now["s1a"].seizure, now["s1b"].seizure
    assert (first.start_s, first.stop_s, second.start_s, second.stop_s) == (10, 64, 64, 90)
    assert first.path == ("O1", "T8")
    assert first.pattern is Pattern.migrating
    assert second.path == ("T8", "F8")
    assert second.legs[0].came_from is None
    assert second.legs[1].came_from == 0
    assert second.pattern is Pattern.spreading


def test_a_merge_is_as_long_as_both_and_migrates_if_one_did():
    now = by_id(correction(1, "merge", "s2", "s1"))
    both = now["s2+s1"].seizure
    assert (both.start_s, both.stop_s, both.pattern) == (10, 260, Pattern.migrating)
    assert both.path == ("O1", "T8", "F8", "C3")
    assert [leg.came_from for leg in both.legs] == [None, 0, 1, None]
    assert set(now) == {"s2+s1", "s3"}


def test_moved_edges_cut_the_legs_and_may_widen_the_seizure():
    narrow = by_id(correction(1, "move", "s1", start_s=50.0, stop_s=60.0))["s1"].seizure
    assert (narrow.start_s, narrow.stop_s, narrow.path) == (50, 60, ("T8",))
    wide = by_id(correction(1, "move", "s2", start_s=190.0, stop_s=300.0))["s2"].seizure
    assert (wide.start_s, wide.stop_s, wide.legs) == (190, 300, STAYED.legs)


def test_an_onset_is_changed_and_given_to_what_had_none():
    now = by_id(correction(1, "onset", "s1", electrode="T5"), correction(2, "onset", "s3", electrode="Cz"))
    assert now["s1"].seizure.path == ("P7", "T8", "F8")
    assert now["s3"].seizure.path == ("Cz",)
    assert now["s3"].seizure.interval == NOWHERE.interval


def test_what_no_longer_fits_is_passed_over():
    lost = (
        correction(1, "merge", "s1", "s2"),
        correction(2, "accept", "s1"),
        correction(3, "split", "s2", start_s=230.0),
    )
    assert set(by_id(*lost)) == {"s1+s2", "s3"}


KINDS = st.sampled_from(["accept", "reject", "move", "split", "merge", "onset", "add"])
IDS = st.sampled_from(["s1", "s2", "s3", "s1a", "s1b", "s2a", "s1+s2", "a00000001"])
TIMES = st.floats(0, DURATION_S)


@st.composite
def histories(draw) -> list[Correction]:
    """What readers could do in a row; what the check refuses is left out, as the workbench does."""
    kept: list[Correction] = []
    for number in range(draw(st.integers(0, 12))):
        kind = draw(KINDS)
        wanted = {"add": 0, "merge": 2}.get(kind, 1)
        asked = correction(
            number,
            kind,
            *draw(st.lists(IDS, min_size=wanted, max_size=wanted, unique=True)),
            start_s=draw(TIMES),
            stop_s=draw(TIMES),
            electrode=draw(st.sampled_from(["O1", "T4", "Cz"])),
        )
        try:
            check(asked, fold(FOUND, kept), kept, DURATION_S)
        except IctalError:
            continue
        kept.append(asked)
    return kept


@given(histories())
def test_taking_everything_back_is_what_was_found(done):
    undone = [correction(100 + k, "undo", undoes=c.id) for k, c in enumerate(done)]
    assert fold(FOUND, [*done, *undone]) == fold(FOUND, ())
    assert standing([*done, *undone]) == ()


@given(histories())
def test_every_seizure_stays_within_the_recording_and_in_order(done):
    now = fold(FOUND, done)
    assert len({r.id for r in now}) == len(now)
    for r in now:
        assert 0 <= r.seizure.start_s < r.seizure.stop_s <= DURATION_S
        for leg in r.seizure.legs:
            assert r.seizure.start_s <= leg.start_s < leg.stop_s <= r.seizure.stop_s
    assert [r.seizure.start_s for r in now] == sorted(r.seizure.start_s for r in now)


@given(histories())
def test_the_last_correction_is_the_only_one_that_its_undo_takes_back(done):
    if not done:
        return
    undo = correction(100, "undo", undoes=done[-1].id)
    assert fold(FOUND, [*done, undo]) == fold(FOUND, done[:-1])


@pytest.mark.parametrize("kind", ["merge", "split", "move", "accept", "onset"])
def test_a_correction_of_a_seizure_that_is_gone_is_refused(kind):
    asked = correction(1, kind, *(("s8", "s9") if kind == "merge" else ("s9",)), start_s=1.0, stop_s=2.0)
    with pytest.raises(IctalError, match="not there any more"):
        check(asked, fold(FOUND, ()), (), DURATION_S)
