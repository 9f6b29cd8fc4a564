"""Courses: the same infant at every visit, older each time, and a simulated medicine whose effect is what is stated."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ictal.base.errors import UsageError
from ictal.simulator import COURSES, SCENARIOS, Course, Medicine, simulate_course
from ictal.simulator.chance import mixed_seed
from ictal.simulator.courses import Visit, course_mapping, course_text, find_course, rate_of, simulate_visit
from ictal.simulator.head import head_circumference_cm, infant_head
from ictal.simulator.mechanism.tissues import mechanism_of
from ictal.simulator.types import PROVENANCES

every_course = pytest.mark.parametrize("course", COURSES.values(), ids=lambda c: c.name)
EIMFS = COURSES["eimfs"]


def bare(course: Course, **changes: float) -> Course:
    """The course without events other than seizures, so that days of it are planned in a moment."""
    numbers = {"artefacts": 0.0, "rhythms": 0.0, "spikes_per_hour": 0.0, **changes}
    return replace(course, visits=tuple(replace(v, scenario=v.scenario.moved(**numbers)) for v in course.visits))


def rms(made) -> float:
    """How loud is a recording of three hours? The median over half minutes and channels, states of sleep mixed."""
    source = made.recording.samples.only("background")
    pieces = [source.read_uv(range(8), 0, 64 * at, 64 * (at + 30)) for at in range(300, 10500, 600)]
    return float(np.median([piece.std(axis=1) for piece in pieces]))


# Records.


@every_course
def test_every_number_of_a_course_has_a_provenance_and_is_printed(course):
    text = course_text(course)
    for record in (*course.medicines, *course.visits, *(v.scenario for v in course.visits)):
        for p in record.parameters:
            assert p.provenance.startswith(PROVENANCES)
    for record in (*course.medicines, *course.visits):
        assert record.name in text
        for p in (*record.parameters, *(record.own_numbers if isinstance(record, Visit) else ())):
            assert f"{p.name} = {p.value:g}" in text
            assert p.provenance in text


@every_course
def test_an_infant_grows_older_and_its_head_larger(course):
    ages = [v.age_days for v in course.visits]
    assert ages == sorted(set(ages))
    assert [v.scenario.age_days for v in course.visits] == ages
    heads = [v.head_cm for v in course.visits]
    assert heads == sorted(heads)
    assert len({v.name for v in course.visits}) == len(ages)


def test_the_course_of_eimfs_escalates_falls_under_the_medicine_and_after_a_year():
    rates = [24 * EIMFS.at(v).expected_per_hour for v in EIMFS.visits]
    first, more, storm, treated, continuous, late = rates
    assert first < more < 20 <= storm < continuous <= 100
    assert treated == pytest.approx(0.4 * storm)
    assert late < more
    assert EIMFS.visits[0].head_z > -1
    assert all(v.head_z < -2 for v in EIMFS.visits if v.age_days >= 365)
    z = [v.head_z for v in EIMFS.visits]
    assert z == sorted(z, reverse=True)


@every_course
def test_no_real_medicine_is_named(course):
    assert all(m.name.startswith("simulated") for m in course.medicines)


def test_effects_of_several_medicines_multiply_while_they_are_given():
    two = (Medicine(from_day=100, until_day=200, effect_on_rate=-0.5), Medicine(from_day=140, effect_on_rate=-0.2))
    course = replace(EIMFS, medicines=two)
    effects = [course.at(v).medicine for v in course.visits]
    assert effects == pytest.approx([0, 0, -0.5, -0.6, -0.2, -0.2])
    assert "-0.5" in next(p.provenance for p in course.at(course.visits[3]).parameters if p.name == "medicine")


def test_no_course_has_the_name_of_a_scenario():
    assert not set(COURSES) & set(SCENARIOS)


def test_a_course_that_is_not_there_is_named():
    with pytest.raises(
        UsageError, match=r"There is no course 'eimf'. Did you mean 'eimfs'\? There are: eimfs, remission"
    ):
        find_course("eimf")


# The same infant.


def test_a_visit_does_not_depend_on_the_others_and_is_the_same_again():
    together = {v.name: made for v, made in simulate_course("eimfs", 7, hours=0.1, rate_hz=64, montage="8")}
    alone = simulate_visit(EIMFS, EIMFS.visits[3], 7, hours=0.1, rate_hz=64, montage="8")
    same = together["ses-04"]
    assert repr(alone.truth) == repr(same.truth)
    assert alone.made_by == same.made_by
    a, b = (m.recording.samples.read_uv(range(8), 0, 0, 64 * 60) for m in (alone, same))
    assert a.tobytes() == b.tobytes()
    other = together["ses-03"].recording.samples.read_uv(range(8), 0, 0, 64 * 60)
    assert abs(np.corrcoef(a[0], other[0])[0, 1]) < 0.3


@pytest.mark.parametrize("seed", [7, 8])
def test_the_foci_of_an_infant_stay_where_they_are(seed):
    """Seizures of one place, so that places of onset are those of the foci; a visit adds foci or takes, moves none."""
    still = dict.fromkeys(("clustered", "migrating", "spreading", "bilateral", "independent"), 0.0)
    course = bare(EIMFS, seizures_per_hour=15.0, **still)
    places = [
        {s.onset.electrode for s in made.truth.seizures}
        for _, made in simulate_course(course, seed, hours=5, rate_hz=64)
    ]
    assert len(places[0]) == 2
    assert places[0] < places[1] < places[2] == places[3] == places[4] > places[5]
    assert places[0] < places[5]
    other = simulate_visit(course, course.visits[2], seed + 100, hours=5, rate_hz=64)
    assert {s.onset.electrode for s in other.truth.seizures} != places[2]


def test_an_infant_keeps_how_loud_its_eeg_is():
    """Between two visits a month apart the loudness of an infant changes less than from infant to infant."""
    course = bare(EIMFS)
    pairs = [
        [np.log(rms(simulate_visit(course, v, seed, hours=3, rate_hz=64, montage="8"))) for v in course.visits[2:4]]
        for seed in range(12)
    ]
    before, after = np.array(pairs).T
    assert np.std(after - before) < 0.7 * np.std(before)
    assert np.corrcoef(before, after)[0, 1] > 0.7


def test_a_head_is_as_large_as_its_z_score_says():
    assert head_circumference_cm(183, -2) == pytest.approx(42.8 - 2.5)
    assert infant_head(183, head_cm=40.3).radius_m == pytest.approx(0.403 / (2 * np.pi))
    assert infant_head(183).radius_m == pytest.approx(0.428 / (2 * np.pi))
    made = simulate_visit(EIMFS, EIMFS.visits[5], 7, hours=0.01, rate_hz=64, montage="8")
    assert made.made_by["child"]["head_cm"] == EIMFS.visits[5].head_cm
    assert made.made_by["child"]["seed"] == mixed_seed(7, "course eimfs")


# The medicine.


def test_the_medicine_leaves_as_many_seizures_as_is_stated():
    """Forty infants, a day before and a day under it: 40 % of the rate, to three standard errors."""
    course = bare(EIMFS, seizures_per_hour=6.0)
    counted = np.array(
        [
            [
                len(simulate_visit(course, v, s, hours=24, rate_hz=64, montage="8").truth.seizures)
                for v in course.visits[2:4]
            ]
            for s in range(40)
        ]
    )
    before, under = counted.mean(axis=0)
    spread = np.std(counted[:, 1] - 0.4 * counted[:, 0]) / 40**0.5
    assert abs(under - 0.4 * before) < 3 * spread
    assert abs(before - 144) < 0.05 * 144


def test_rates_expected_and_realised_are_told():
    course = bare(EIMFS)
    made = {v.name: m for v, m in simulate_course(course, 3, hours=12, rate_hz=64, montage="8")}
    told = json.loads(json.dumps(course_mapping(course, 3, made)))
    assert told["simulated"] is True
    assert told["medicines"][0]["name"] == "simulated medicine"
    for visit, said in zip(course.visits, told["visits"], strict=True):
        rate = said["rate"]
        assert rate["seizures"] == len(made[visit.name].truth.seizures)
        assert rate["recorded_hours"] == 12
        assert rate["realised_per_hour"] == pytest.approx(rate["seizures"] / 12)
        assert rate["expected_per_hour"] == pytest.approx(course.at(visit).expected_per_hour)
        assert made[visit.name].made_by["visit"]["expected_per_hour"] == rate["expected_per_hour"]
        assert {"age_days", "hours", "head_z"} <= {p["name"] for p in said["numbers"]}
    assert told["visits"][3]["rate"]["medicine"] == pytest.approx(-0.6)


def test_with_the_mechanism_the_medicine_acts_on_the_tissue_and_no_rate_is_stated():
    pytest.importorskip("numba")
    free, under = (mechanism_of(EIMFS.at(v)) for v in EIMFS.visits[2:4])
    assert 1 < under.infant.focus_balance < free.infant.focus_balance
    made = simulate_visit(EIMFS, EIMFS.visits[3], 7, hours=0.02, rate_hz=64, montage="8", engine="mechanism")
    assert rate_of(EIMFS, EIMFS.visits[3], made).expected_per_hour is None
    (told,) = (p for p in made.made_by["parameters"] if p["name"] == "infant.focus_balance")
    assert told["value"] == under.infant.focus_balance
    assert told["provenance"].startswith("design")


def test_with_the_mechanism_an_infant_keeps_its_tissue():
    pytest.importorskip("numba")
    from ictal.simulator.mechanism.network import make_network

    early, late = (make_network(mechanism_of(v.scenario), 5) for v in EIMFS.visits[:2])
    assert set(early.foci) < set(late.foci)
    assert early.where.tobytes() == late.where.tobytes()
    assert early.threshold_mv.tobytes() == late.threshold_mv.tobytes()
