"""What is said of a stay among others, of a pair of legs, and of a chain: worked by hand, and by invariances."""

from __future__ import annotations

import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.electrodes import TEN_TWENTY, angle_between, mirror
from ictal.eeg.tracking import bonds
from ictal.eeg.tracking.company import NAMES, Place, companies
from ictal.eeg.tracking.field import Field
from ictal.eeg.tracking.judge import CHAIN_NAMES, chain_terms, probability
from ictal.eeg.tracking.link import Candidate
from ictal.eeg.tracking.measures import Measures
from ictal.eeg.tracking.places import Episode
from ictal.eeg.tracking.types import Leg
from ictal.eeg.tracking.wave import Wave

NOBODY = -9.0


def names(kind) -> list[str]:
    return [f.name for f in fields(kind)]


def place(start_s, stop_s, electrode, hz=5.0, uv=50.0, beside=None, together=0.0) -> Place:
    plain = {name: 0.0 for name in names(Measures) if name not in ("field", "wave")}
    field, wave = (kind(**dict.fromkeys(names(kind), 0.0)) for kind in (Field, Wave))
    measures = Measures(**{**plain, "frequency_hz": hz}, field=field, wave=wave)
    return Place(start_s, stop_s, electrode, uv, measures, beside, together)


def told(places, odds, hours=1.0, k=0) -> dict[str, float]:
    return dict(zip(NAMES, companies(places, np.array(odds, dtype=float), hours)[k], strict=True))


def test_a_stay_alone_has_no_company():
    said = told([place(10, 30, "T7")], [0.5])
    assert (said["alone"], said["own_frequency_hz"]) == (0.5, 5.0)
    for name in ("before", "after", "beside", "here", "mirror", "same_place"):
        assert said[name] == NOBODY
    assert all(said[n] == 0 for n in NAMES if n.startswith(("before_", "after_", "beside_")))
    assert companies([], np.zeros(0), 1.0) == []


def test_a_handover_is_seen_from_both_sides():
    """T7 ends at 30 s; T8 begins at 32 s, an octave-fifth slower and half as large."""
    pair = [place(10, 30, "T7", hz=6.0, uv=80.0), place(32, 50, "T8", hz=5.0, uv=40.0)]
    first, second = (told(pair, [2.0, -1.0], k=k) for k in (0, 1))
    assert (second["before"], second["before_gap"]) == (2.0, 2.0)
    assert (second["before_mirror"], second["before_crosses"]) == (1.0, 1.0)
    assert second["before_rhythm"] == pytest.approx(math.log(5 / 6))
    assert second["before_size"] == pytest.approx(math.log(1 / 2))
    assert (first["after"], first["after_gap"], first["after_mirror"]) == (-1.0, 2.0, 1.0)
    assert first["after_rhythm"] == pytest.approx(math.log(6 / 5))
    assert first["after_size"] == pytest.approx(math.log(2))
    assert (first["before"], second["after"]) == (NOBODY, NOBODY)


def test_a_handover_on_one_side_does_not_cross():
    said = told([place(10, 30, "O1"), place(31, 50, "F7")], [2.0, 0.0], k=1)
    assert (said["before"], said["before_crosses"], said["before_mirror"]) == (2.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("start_s", "fits"), [(18.5, True), (17.9, False), (30, True), (37.9, True), (38.1, False), (60, False)]
)
def test_a_handover_overlaps_by_less_than_twelve_seconds_or_pauses_for_less_than_eight(start_s, fits):
    pair = [place(10, 30, "O1"), place(start_s, start_s + 40, "O2")]
    assert (told(pair, [2.0, 0.0], k=1)["before"] == 2.0) is fits
    assert (told(pair, [2.0, 0.0], k=0)["after"] == 0.0) is fits


@pytest.mark.parametrize(
    ("hz", "fits"), [(5.0, True), (7.9, True), (8.4, True), (10.0, True), (16.0, True), (17.0, False)]
)
def test_a_handover_keeps_its_rhythm_or_doubles_it(hz, fits):
    """ln 2 is 0.69, and half a unit on either side of it and of nothing is allowed: up to a ratio of 3.3."""
    pair = [place(10, 30, "O1"), place(31, 50, "O2", hz=hz)]
    assert (told(pair, [2.0, 0.0], k=1)["before"] == 2.0) is fits


def test_what_begins_at_once_hands_nothing_over_and_what_ends_at_once_neither():
    pair = [place(10, 18, "O1"), place(11, 19, "O2")]
    assert told(pair, [2.0, 0.0], k=1)["before"] == NOBODY
    assert told(pair, [2.0, 0.0], k=0)["after"] == NOBODY


def test_of_several_the_likeliest_hands_over_and_near_in_time_counts():
    """A second of distance costs 0.15 of log-odds: three seconds nearer beat 0.3, and do not beat 0.6."""
    for better, chosen in ((0.3, 1.0), (0.6, 1.6)):
        some = [place(10, 28, "O1"), place(10, 31, "F7"), place(32, 50, "T8")]
        assert told(some, [1.0 + better, 1.0, 0.0], k=2)["before"] == chosen
        back = [place(0, 20, "T8"), place(21, 40, "F7"), place(24, 45, "O1")]
        assert told(back, [0.0, 1.0, 1.0 + better], k=0)["after"] == chosen


def test_the_larger_one_beside_it_is_said_in_its_numbers():
    pair = [place(12, 30, "T7", hz=4.0, uv=25.0, beside=1, together=0.7), place(10, 33, "P7", hz=5.0, uv=100.0)]
    said = told(pair, [0.0, 3.0])
    assert (said["beside"], said["beside_together"], said["beside_near"]) == (3.0, 0.7, 1.0)
    assert (said["beside_lead"], said["beside_size"]) == (2.0, pytest.approx(math.log(1 / 4)))
    assert said["beside_rhythm"] == pytest.approx(math.log(4 / 5))
    far = told([place(12, 30, "T7", beside=1), place(10, 33, "O2")], [0.0, 3.0])
    assert far["beside_near"] == 0.0


@pytest.mark.parametrize("before", [True, False])
def test_a_place_is_known_by_what_begins_there_at_other_times(before):
    """More than twenty seconds apart, before or after; at the same place and at its mirror place."""

    def at(pause_s, electrode):
        start_s = 100 - pause_s - 20 if before else 130 + pause_s
        return place(start_s, start_s + 20, electrode)

    own = place(100, 130, "C3")
    for pause_s, known in ((19.0, False), (21.0, True), (400.0, True)):
        here = told([own, at(pause_s, "C3")], [0.0, 2.5])
        there = told([own, at(pause_s, "C4")], [0.0, 2.5])
        assert here["here"] == (2.5 if known else NOBODY)
        assert there["mirror"] == (2.5 if known else NOBODY)
        assert (here["mirror"], there["here"]) == (NOBODY, NOBODY)


@pytest.mark.parametrize("before", [True, False])
def test_the_same_place_just_before_or_after(before):
    own = place(100, 130, "C3")
    for pause_s, close in ((4.0, True), (9.5, True), (10.5, False)):
        start_s = 100 - pause_s - 20 if before else 130 + pause_s
        said = told([own, place(start_s, start_s + 20, "C3", hz=9.0)], [0.0, 2.5])
        assert (said["same_place"], said["same_place_gap"]) == ((2.5, pause_s) if close else (NOBODY, 0.0))


def test_sure_stays_are_counted_by_the_hour():
    some = [place(100.0 * k, 100.0 * k + 20, "O1") for k in range(5)]
    odds = [2.0, 1.5, 1.0, 0.0, -3.0]  # sure is more than 1
    assert told(some, odds, hours=4.0)["sure_per_h"] == 0.5
    assert told(some, odds, hours=0.001)["sure_per_h"] == 2 / 0.05


# Log-odds in steps that no number of seconds makes up for: of two that are alike the first is taken.
stays = st.lists(
    st.tuples(
        st.integers(0, 300), st.integers(4, 60), st.sampled_from(TEN_TWENTY), st.sampled_from([2.0, 3.5, 6.0, 11.0]),
        st.integers(-40, 40).map(lambda n: 0.0937 * n),
    ),
    min_size=1, max_size=8, unique_by=(lambda x: x[4], lambda x: x[0]),
)  # fmt: skip


@given(stays, st.sampled_from([0.25, 3.0]), st.sampled_from([0.0, 7200.0]), st.booleans())
def test_neither_gain_nor_time_nor_side_changes_what_is_said(some, gain, later_s, turned):
    def all_of(gain, later_s, turned):
        side = mirror if turned else str
        some_places = [place(later_s + a, later_s + a + n, side(e), hz, gain * 40) for a, n, e, hz, _ in some]
        return np.array(companies(some_places, np.array([x[4] for x in some]), 2.0))

    assert all_of(gain, later_s, turned) == pytest.approx(all_of(1.0, 0.0, False), abs=1e-6)


@given(stays, st.randoms(use_true_random=False))
def test_the_order_of_the_stays_changes_only_the_order_of_what_is_said(some, random):
    def all_of(these):
        return companies([place(a, a + n, e, hz) for a, n, e, hz, _ in these], np.array([x[4] for x in these]), 2.0)

    order = list(range(len(some)))
    random.shuffle(order)
    assert all_of([some[k] for k in order]) == [all_of(some)[k] for k in order]


def leg(start_s, stop_s, electrode, hz=5.0, uv=50.0, odds=1.0, track=0) -> Candidate:
    return Candidate(Leg(start_s, stop_s, electrode, hz, uv, (f"{electrode}-avg",)), (0, track), odds)


def quiet(*legs: Candidate, start_s=0, seconds=100) -> Episode:
    """2 uV of 1 Hz, and the legs where and as they are."""
    active = np.zeros((len(TEN_TWENTY), seconds), dtype=bool)
    uv, hz = np.full(active.shape, 2.0, np.float32), np.full(active.shape, 1.0, np.float32)
    for c in legs:
        at = TEN_TWENTY.index(c.leg.electrode), slice(int(c.leg.start_s) - start_s, int(c.leg.stop_s) - start_s)
        active[at], uv[at], hz[at] = True, c.leg.amplitude_uv, c.leg.frequency_hz
    return Episode(start_s, TEN_TWENTY, active, uv, hz, np.ones_like(active))


def pair_of(*legs: Candidate, which=(0, 1), gap_s=8.0, episode=None) -> dict[str, float]:
    found, said = bonds.pairs(legs, episode or quiet(*legs), gap_s)
    return dict(zip(bonds.NAMES, said[found.index(which)], strict=True))


def test_a_pair_that_hands_over_in_numbers():
    said = pair_of(leg(10, 30, "T7", 6.0, 80.0, 2.0, 0), leg(26, 42, "T8", 5.0, 40.0, -1.0, 1))
    assert (said["offset_s"], said["delay_s"], said["outlasts_s"]) == (-4, 16, 12)
    assert (said["shared_shorter"], said["shared_longer"]) == (4 / 16, 4 / 20)
    assert (said["length_a"], said["length_b"]) == pytest.approx((math.log(20), math.log(16)))
    assert (said["rhythm"], said["rhythm_apart"]) == pytest.approx((math.log(5 / 6), math.log(6 / 5)))
    assert said["rhythm_near"] == pytest.approx(math.log(5 / 6), abs=1e-3)
    assert (said["size"], said["size_near"]) == pytest.approx((math.log(0.5), math.log(0.5)), abs=1e-3)
    assert said["angle"] == angle_between("T7", "T8")
    assert (said["crosses"], said["mirrored"], said["one_place"], said["one_track"]) == (1, 1, 0, 0)
    assert (said["odds_a"], said["odds_b"]) == (2.0, -1.0)
    # T7 goes on for four of the five seconds after T8 begins; T8 is not there before.
    assert said["wanes"] == pytest.approx(math.log((4 * 80 + 2) / 5 / 80), abs=1e-3)
    assert said["rises"] == pytest.approx(math.log(2 / 40), abs=1e-3)
    assert (said["before"], said["rivals"], said["rival_odds"], said["rival_offset_s"]) == (0, 0, bonds.NOBODY, 30)
    assert said["others"] == 0


def test_a_double_rhythm_is_not_apart_and_a_place_that_beat_before_is_said():
    a, b = leg(10, 40, "T7", 4.0), leg(30, 50, "T8", 8.0)
    episode = quiet(a, b)
    row = TEN_TWENTY.index("T8")
    episode.active[row, 20:30], episode.frequency_hz[row, 20:30] = True, 8.0
    said = pair_of(a, b, episode=episode)
    assert (said["rhythm"], said["rhythm_apart"]) == pytest.approx((math.log(2), 0.0), abs=1e-9)
    assert said["before"] == 0.5  # ten of the twenty seconds of T7 before T8 begins


def test_pairs_too_far_apart_in_time_are_not_asked_about_and_rivals_are_told():
    three = (leg(0, 20, "T7", odds=2.0), leg(5, 27, "O2", odds=3.0), leg(28, 50, "T8"), leg(59, 70, "C3"))
    found, _ = bonds.pairs(three, quiet(*three), 8.0)
    assert found == [(0, 1), (0, 2), (1, 2)]
    said = pair_of(*three, which=(0, 2))
    assert (said["rivals"], said["rival_odds"], said["rival_offset_s"], said["others"]) == (1, 3.0, 1.0, 1)
    assert pair_of(*three, which=(1, 2))["others"] == 0
    assert bonds.pairs(three, quiet(*three), 9.0)[0][-1] == (2, 3)


@pytest.mark.parametrize("later", [0, 5000])
def test_when_a_pair_was_and_on_which_side_does_not_matter(later):
    here = (leg(10, 30, "T7", 6.0, 80.0), leg(26, 42, "O2", 5.0, 40.0))
    there = tuple(
        leg(
            c.leg.start_s + later, c.leg.stop_s + later, mirror(c.leg.electrode), c.leg.frequency_hz, c.leg.amplitude_uv
        )
        for c in here
    )
    assert pair_of(*there, episode=quiet(*there, start_s=later)) == pair_of(*here)


def chain_of(chains, k=0, hours=2.0) -> dict[str, float]:
    return dict(zip(CHAIN_NAMES, chain_terms(chains, hours)[k], strict=True))


def test_a_chain_alone_in_numbers():
    said = chain_of(
        [[leg(10, 30, "T7", 6.0, odds=1.0), leg(26, 42, "T8", 5.0, odds=3.0), leg(40, 50, "T8", odds=-2.0)]]
    )
    assert (said["best"], said["next"], said["mean"], said["sum"]) == (3.0, 1.0, pytest.approx(2 / 3), 4.0)
    assert (said["length"], said["longest"]) == pytest.approx((math.log(40), math.log(20)))
    assert (said["likeliest"], said["shortest"]) == (pytest.approx(math.log(16)), 10)
    assert (said["legs"], said["electrodes"], said["hemispheres"], said["frequency_hz"]) == (3, 2, 2, 5.0)
    assert (said["overlap"], said["beside"], said["near"], said["focus"], said["focus_per_h"]) == (0, -5, -5, -5, 0)
    assert chain_of([[leg(0, 9, "Cz")]])["next"] == -5
    assert chain_terms([], 1.0) == []


def test_a_chain_among_others():
    """One overlaps by half, one begins fifteen seconds later, one at the same place an hour before and one after."""
    own = [leg(4000, 4020, "T7")]
    half = [leg(4010, 4060, "O2", odds=2.0)]
    soon = [leg(4035, 4050, "C4", odds=2.5)]
    again = [[leg(at, at + 20, "T7", odds=odds)] for at, odds in ((400, 0.5), (7600, 4.0))]
    said = chain_of([own, half, soon, *again])
    assert (said["overlap"], said["beside"], said["near"]) == (0.5, 2.0, 2.5)
    assert (said["focus"], said["focus_per_h"]) == (4.0, 1.0)
    assert chain_of([own, again[0]], hours=0.001)["focus_per_h"] == 1 / 0.05


@pytest.mark.parametrize(
    ("pause_s", "near", "again"), [(3, True, False), (6, True, True), (19, True, True), (21, False, True)]
)
def test_what_is_near_and_what_is_another_time(pause_s, near, again):
    for at in (100 - pause_s - 10, 130 + pause_s):
        said = chain_of([[leg(100, 130, "T7")], [leg(at, at + 10, "T7", odds=2.0)]])
        assert (said["near"], said["focus"]) == (2.0 if near else -5.0, 2.0 if again else -5.0)
        assert (said["overlap"], said["beside"]) == (0.0, -5.0)


def test_log_odds_become_a_probability():
    assert (probability(0.0), probability(1e9), probability(-1e9)) == (0.5, 1.0, pytest.approx(0.0, abs=1e-20))
    assert probability(math.log(3)) == pytest.approx(0.75)
