"""Links of the legs: delay, pause, overlap, speed over a head of that age; markers made of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from ictal.base.age import Age, median_head_cm
from ictal.base.electrodes import angle_between, mirror
from ictal.base.errors import UsageError
from ictal.eeg.findings.state import Beside
from ictal.eeg.tracking.types import Coupling, CouplingWindow, Examined, OnsetField
from tests.findings.made import findings_of, focal, leg, migrating, recording_of, seizure

CASE = seizure(leg(100, 125, "O1"), leg(115, 140, "O2", 0, "migration"), leg(142, 160, "T8", 1, "migration"))
COUPLING = Coupling(
    leg=1,
    window=CouplingWindow.overlap,
    start_s=115.0,
    stop_s=125.0,
    frequency_hz=4.0,
    zero_lag=0.2,
    same_wave=0.1,
    phase_locking=0.7,
    phase_expected=0.4,
    phase_p=0.01,
    lagged_locking=0.6,
    lagged_expected=0.2,
    lagged_p=0.02,
    h2_forward=0.5,
    h2_backward=0.4,
    h2_p=0.03,
    lag_s=0.05,
    direction=1.0,
)
ONSET = OnsetField("O1", 0.8, "P7", 0.1, 0.7)


def marker(found, name):
    return next(m for m in found.markers if m.name == name)


def fact(found, name):
    return next(f for f in found.facts if f.name == name)


def test_each_link_has_its_times():
    (detail,) = findings_of([CASE]).details
    assert (detail.path, detail.onsets_s) == (("O1", "O2", "T4"), (100, 115, 142))
    one, two = detail.links
    assert (one.from_leg, one.to_leg, one.from_electrode, one.to_electrode) == (1, 2, "O1", "O2")
    assert (one.way, one.onset_s, one.delay_s, one.handover_s) == ("migration", 115, 15, -10)
    assert (one.delay_share, one.overlap_share, one.homotopic) == (0.25, 0.4, True)
    assert (two.delay_s, two.handover_s, two.overlap_share, two.homotopic) == (27, 2, 0, None)


def test_speed_needs_an_age_and_is_distance_over_delay():
    (without,) = findings_of([CASE]).details
    assert [(x.distance_cm, x.speed_cm_s) for x in without.links] == [(None, None)] * 2
    found = findings_of([CASE], beside=Beside(Age(30.0, 40.0)))
    (one, _) = found.details[0].links
    cm = angle_between("O1", "O2") * median_head_cm(30.0) / (2 * math.pi)
    assert one.distance_cm == pytest.approx(cm, abs=0.01)
    assert one.speed_cm_s == pytest.approx(cm / 15, abs=0.001)
    assert fact(found, "speed").value == pytest.approx(
        (one.speed_cm_s + found.details[0].links[1].speed_cm_s) / 2, abs=0.001
    )


def test_a_larger_head_is_faster_and_an_early_birth_is_smaller():
    def speed(age):
        return findings_of([CASE], beside=Beside(age)).details[0].links[0].speed_cm_s

    assert speed(Age(300.0, 40.0)) > speed(Age(30.0, 40.0)) > speed(Age(30.0, 32.0))
    assert speed(Age(30.0)) == speed(Age(30.0, 40.0))


def test_at_once_and_at_the_same_place_there_is_no_speed():
    case = seizure(leg(100, 130, "T7"), leg(100.5, 130, "T8", 0, "simultaneous"), leg(131, 150, "T7", 0, "spread"))
    (detail,) = findings_of([case], beside=Beside(Age(30.0))).details
    assert [x.speed_cm_s for x in detail.links] == [None, None]


@pytest.mark.parametrize(
    ("age", "weeks", "rules"),
    [
        (Age(), None, 2),
        (Age(14.0), None, 2),
        (Age(14.0, 38.0), 40.0, 1),
        (Age(200.0), None, 1),
        (Age(200.0, 30.0), 58.57, 1),
    ],
)
def test_the_age_decides_the_rule_when_it_can(age, weeks, rules):
    found = findings_of([CASE], beside=Beside(age))
    assert (found.infant.postmenstrual_weeks, len(found.status)) == (weeks, rules)
    assert all(s.applies is (None if rules == 2 else True) for s in found.status)
    assert bool(found.infant.assumed) == (age.days is not None and age.gestation_weeks is None)
    spoken = [s for s in found.statements if s.startswith("Status by")]
    assert len(spoken) == rules
    if rules == 2:
        unknown = "age" if age.days is None else "gestation"
        assert all(f"because the {unknown} is not known" in s for s in spoken)


@pytest.mark.parametrize("wrong", [(-1.0, None), (math.nan, None), (1e6, None), (10.0, 12.0), (10.0, math.inf)])
def test_an_age_that_cannot_be_is_refused(wrong):
    with pytest.raises(UsageError):
        Age(*wrong)


def test_coupling_and_onset_come_by_the_names_of_the_file():
    seen = Examined(OnsetField("T7", 0.8, "P7", 0.1, 0.7), (COUPLING,))
    (detail,) = findings_of([CASE], beside=Beside(examined=(seen,))).details
    assert (detail.onset_field.electrode, detail.onset_field.runner_up) == ("T3", "T5")
    assert detail.links[0].coupling.tied is True
    assert detail.links[0].coupling.lagged_p == 0.02
    assert detail.links[1].coupling is None


def test_the_delay_index_is_the_median_delay_over_the_length():
    found = findings_of([CASE, migrating(300, 400, ("C3", "C4"))])
    assert marker(found, "delay_index").value == pytest.approx(0.45)  # of 15 / 60, 27 / 60 and 50 / 100
    assert marker(found, "delay_index").seizures == 2
    again = seizure(leg(600, 620, "C3"), leg(622, 640, "C3", 0, "spread"))
    assert marker(findings_of([again]), "delay_index").value is None


def test_the_phase_index_is_what_is_locked_beyond_chance():
    found = findings_of([CASE], beside=Beside(examined=(Examined(ONSET, (COUPLING,)),)))
    assert marker(found, "phase_index").value == pytest.approx((0.6 - 0.2) / 0.8)
    none = replace(COUPLING, lagged_expected=None, lagged_p=None)
    found = findings_of([CASE], beside=Beside(examined=(Examined(ONSET, (none,)),)))
    assert marker(found, "phase_index").value is None


def test_ties_are_counted_against_the_chance_of_one_in_twenty():
    seen = Examined(ONSET, (COUPLING, replace(COUPLING, leg=2, lagged_p=0.5, direction=None)))
    found = findings_of([CASE], beside=Beside(examined=(seen,)))
    assert (fact(found, "links_tied").value, fact(found, "links_tied").cases) == (0.5, 2)
    assert fact(found, "links_tied_p").value == pytest.approx(1 - 0.95**2)
    assert (fact(found, "first_leads").value, fact(found, "first_leads").cases) == (1.0, 1)


def test_a_mirrored_head_has_mirrored_links():
    turned = seizure(*(replace(g, electrode=mirror(g.electrode)) for g in CASE.legs))
    modern = recording_of(["T7", "T8", "O1", "O2", "P7", "P8", "Cz"])
    (a,), (b,) = (findings_of([s], modern, beside=Beside(Age(30.0))).details for s in (CASE, turned))
    assert tuple(map(mirror, a.path)) == b.path
    for x, y in zip(a.links, b.links, strict=True):
        assert y == replace(x, from_electrode=mirror(x.from_electrode), to_electrode=mirror(x.to_electrode))


@pytest.mark.parametrize(("side", "other"), [("O1", "right"), ("O2", "left")])
def test_the_other_hemisphere_was_not_captured(side, other):
    found = findings_of([focal(100.0 * k, 100.0 * k + 20, side) for k in range(5)])
    assert fact(found, "second_hemisphere_missed").value == pytest.approx(1 - 0.05 ** (1 / 5), abs=1e-4)
    assert any(f"could begin on the {other} and be missed" in s for s in found.statements)
    both = findings_of([focal(100, 120, "O1"), focal(200, 220, "O2")])
    assert fact(both, "second_hemisphere_missed").value is None
    assert fact(findings_of([focal(100, 120, "Cz")]), "second_hemisphere_missed").value is None
