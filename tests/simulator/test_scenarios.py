"""Scenarios: every number says where it comes from, what is explained is what runs, and rates are those of a day."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import fields, replace

import numpy as np
import pytest

from ictal.base.electrodes import Lobe
from ictal.base.errors import UsageError
from ictal.base.settings import describe
from ictal.eeg.tracking.types import Pattern
from ictal.simulator import COURSES, SCENARIOS, Scenario, find_scenario, set_numbers, simulate
from ictal.simulator.explain import explain, explanation_mapping, explanation_text, list_text
from ictal.simulator.mechanism.settings import Mechanism
from ictal.simulator.mechanism.tissues import TISSUES, mechanism_of
from ictal.simulator.times import intended_starts, regular_times
from ictal.simulator.types import PROVENANCES, Reason

DAY_S = 86400.0
NAMED = ("quiet", "artefacts", "single-focus", "self-limited", "burst-suppression", "hypsarrhythmia")
EIMFS = ("eimfs-early", "eimfs-storm", "eimfs-late")
NUMBERS = {f.name for f in fields(Scenario)} - {"name", "description", "reasons", "tissue"}
TISSUE = {d.name for d in describe(Mechanism)}
both_engines = pytest.mark.parametrize("engine", ["template", "mechanism"])
every_scenario = pytest.mark.parametrize("name", SCENARIOS)


def bare(name: str, **changes: float) -> Scenario:
    """A scenario whose events other than seizures are left out: a day of it is planned in a moment."""
    return SCENARIOS[name].moved(artefacts=0.0, rhythms=0.0, spikes_per_hour=0.0, **changes)


def day(name: str, seed: int, **changes: float):
    return simulate(bare(name, **changes), duration_s=DAY_S, seed=seed, rate_hz=64).truth.seizures


def joined(text: str) -> str:
    return re.sub(r"\s+", "", text)


# Records.


def test_the_scenarios_of_the_syndromes_are_there():
    assert set(SCENARIOS) == {*NAMED, *EIMFS, "demo"}
    assert set(TISSUES) == set(SCENARIOS)


@both_engines
@every_scenario
def test_every_number_has_a_range_that_it_keeps_a_meaning_and_a_provenance(name, engine):
    explained = explain(name, engine)
    wanted = NUMBERS if engine == "template" else {*Scenario.names("both"), *TISSUE}
    assert Counter(p.name for p in explained.parameters) == Counter(wanted)
    for p in explained.parameters:
        assert p.provenance.startswith(PROVENANCES), f"{p.name}: {p.provenance}"
        assert p.low <= p.value <= p.high
        assert p.unit
        assert p.meaning


@both_engines
@every_scenario
def test_nothing_is_left_out_of_the_explanation(name, engine):
    explained = explain(name, engine)
    text, told = joined(explanation_text(explained)), json.loads(json.dumps(explanation_mapping(explained)))
    for p, same in zip(explained.parameters, told["parameters"], strict=True):
        for said in (f"{p.name}={p.value:g}", f"[{p.low:g}to{p.high:g}]", joined(p.meaning), joined(p.provenance)):
            assert said in text
        assert same == {field.name: getattr(p, field.name) for field in fields(p)}
    for equation in explained.equations:
        assert joined(equation.text) in text
    assert told["simulated"] is True
    assert joined(SCENARIOS[name].description) in text


@both_engines
def test_every_number_stands_in_an_equation_and_no_equation_has_another(engine):
    explained = explain("eimfs-storm", engine)
    assert {n for e in explained.equations for n in e.numbers} == {p.name for p in explained.parameters}


@both_engines
def test_what_is_explained_is_what_runs(engine):
    made = simulate("quiet", duration_s=2, seed=1, rate_hz=64, montage="8", engine=engine)
    told = explanation_mapping(explain("quiet", engine))["parameters"]
    assert made.made_by["parameters"] == list(told)


def test_the_tissue_that_is_explained_is_the_one_that_runs():
    mechanism = mechanism_of(SCENARIOS["eimfs-storm"])
    for p in explain("eimfs-storm", "mechanism").parameters:
        if "." in p.name:
            room, _, field = p.name.partition(".")
            assert float(getattr(getattr(mechanism, room), field)) == p.value
    assert mechanism.infant.foci == SCENARIOS["eimfs-storm"].foci


def test_the_list_has_each_scenario_and_course_in_two_lines():
    blocks = [b.splitlines() for b in list_text().split("\n\n")]
    for block, scenario in zip(blocks, SCENARIOS.values(), strict=False):
        assert (block[0], block[1].strip(), len(block)) == (scenario.name, scenario.description, 3)
    assert [b[0] for b in blocks[len(SCENARIOS) + 1 :]] == list(COURSES)


# Numbers that are set.


def test_a_number_that_is_set_is_used_and_its_provenance_says_so():
    storm = set_numbers(SCENARIOS["eimfs-storm"], {"seizures_per_hour": 12.5})
    (told,) = (p for p in storm.parameters if p.name == "seizures_per_hour")
    assert told.value == 12.5
    assert told.provenance == "design: set by the caller; the usual is 2.5"
    assert replace(SCENARIOS["eimfs-storm"], seizures_per_hour=12.5).parameters == storm.parameters
    assert storm.moved(seizures_per_hour=2.5).parameters == SCENARIOS["eimfs-storm"].parameters


def test_a_number_of_the_tissue_that_is_set_is_used():
    storm = set_numbers(SCENARIOS["eimfs-storm"], {"links.on_sst": 120, "chloride.dynamic": 0}, "mechanism")
    mechanism = mechanism_of(storm)
    assert (mechanism.links.on_sst, mechanism.chloride.dynamic) == (120.0, False)
    said = {p.name: p.provenance for p in explain(storm, "mechanism").parameters}
    assert said["links.on_sst"] == "design: set by the caller; the usual is 185"


@pytest.mark.parametrize(
    ("numbers", "engine", "said"),
    [
        ({"seizures_per_hours": 3}, "template", "Did you mean 'seizures_per_hour'?"),
        ({"zzz": 3}, "template", "There are: age_days"),
        ({"migrating": 1.5}, "template", "'migrating' is from 0 to 1. Got 1.5."),
        ({"migrating": float("nan")}, "template", "Got nan"),
        ({"foci": 2.5}, "template", "'foci' is a whole number from 0 to 12. Got 2.5."),
        ({"lowest_hz": 11}, "template", "'lowest_hz' (11) is above 'highest_hz' (10)."),
        ({"links.on_sst": 120}, "template", "add --engine mechanism"),
        ({"seizures_per_hour": 12}, "mechanism", "does not read 'seizures_per_hour'"),
        ({"links.on_sts": 12}, "mechanism", "Did you mean 'links.on_sst'?"),
        ({"links.on_sst": -5}, "mechanism", "links.on_sst"),
        ({"chloride.dynamic": 0.5}, "mechanism", "'chloride.dynamic' is 0 or 1. Got 0.5."),
        ({"links.far_count": 1.5}, "mechanism", "'links.far_count' is a whole number. Got 1.5."),
    ],
)
def test_a_number_that_cannot_be_is_one_sentence(numbers, engine, said):
    with pytest.raises(UsageError, match=re.escape(said)) as error:
        set_numbers(SCENARIOS["eimfs-storm"], numbers, engine)
    assert "\n" not in str(error.value)


def test_a_scenario_made_by_hand_is_checked_when_it_is_simulated():
    with pytest.raises(UsageError, match="'homotopic' is from 0 to 1"):
        simulate(replace(SCENARIOS["eimfs-storm"], homotopic=7.0), duration_s=10, seed=1)
    with pytest.raises(UsageError, match="Did you mean 'eimfs-storm'"):
        find_scenario("eimfs-strom")


def test_a_scenario_of_another_name_has_a_tissue_by_what_it_is():
    mine = Scenario("mine", "", foci=2)
    assert mechanism_of(mine).chloride.dynamic is False
    assert mechanism_of(replace(mine, migrating=0.5)).chloride.dynamic is True
    wanted = replace(mine, tissue=(Reason("slow.fatigue_s", 90, "design: to try"),))
    assert mechanism_of(wanted).slow.fatigue_s == 90


# Rates and durations.


@pytest.mark.parametrize("changes", [{}, {"seizures_per_hour": 20.0}, {"clustered": 0.0}, {"medicine": -0.6}])
def test_seizures_begin_as_often_as_the_record_says(changes):
    """Mean over 400 days; starts alone are counted, those that are independent of them come on top by their share."""
    storm = SCENARIOS["eimfs-storm"].moved(**changes)
    counts = [len(intended_starts(storm, DAY_S, np.random.default_rng(k))) for k in range(400)]
    wanted = 24 * storm.expected_per_hour / (1 + storm.independent)
    assert abs(np.mean(counts) - wanted) < 3 * np.std(counts) / 20


def test_any_part_of_a_recording_is_as_rich_as_another():
    storm = SCENARIOS["eimfs-storm"].moved(seizures_per_hour=6)
    starts = np.concatenate([intended_starts(storm, 7200, np.random.default_rng(k)) for k in range(1500)])
    thirds = np.histogram(starts, bins=3, range=(0, 7200))[0]
    assert thirds.min() > 0.94 * thirds.mean()


def test_points_of_a_gamma_process_are_as_many_and_as_regular_as_they_should_be():
    rng = np.random.default_rng(1)
    counts = [len(regular_times(rng, 0.02, (-100.0, 900.0), 4)) for _ in range(2000)]
    assert abs(np.mean(counts) - 20.0) < 3 * np.std(counts) / 2000**0.5
    gaps = np.diff(regular_times(rng, 0.02, (0.0, 500000.0), 4))
    assert np.std(gaps) / np.mean(gaps) == pytest.approx(0.5, abs=0.03)


def test_a_day_of_the_storm_has_twenty_to_a_hundred_seizures_most_of_them_in_clusters():
    days = [day("eimfs-storm", seed) for seed in range(40)]
    counts = [len(d) for d in days]
    assert abs(np.mean(counts) - 60) < 3 * np.std(counts) / 40**0.5
    assert sum(20 <= c <= 100 for c in counts) >= 36
    gaps = np.concatenate([np.diff([s.start_s for s in d]) for d in days])
    assert np.mean(gaps < 900) > 0.75
    assert np.percentile(gaps, 97) > 3600


def test_early_there_are_a_few_a_day_and_late_fewer_than_in_the_storm():
    early, storm, late = (np.mean([len(day(name, s)) for s in range(8)]) for name in EIMFS)
    assert 1 <= early <= 5
    assert early < late < 20 < storm


@pytest.mark.parametrize("name", EIMFS)
def test_most_seizures_last_half_a_minute_to_four_minutes(name):
    seizures = [s for seed in range(6) for s in day(name, seed, seizures_per_hour=8.0, clustered=0.0)]
    lasted = np.array([s.duration_s for s in seizures])
    assert 35 <= np.median(lasted) <= 90
    assert np.mean((lasted >= 30) & (lasted <= 240)) > 0.7
    assert lasted.max() < 300


def test_seizures_begin_above_all_over_the_temporal_and_occipital_lobes():
    began = Counter(
        s.onset.lobe for seed in range(30) for s in day("eimfs-storm", seed, seizures_per_hour=2.0, clustered=0.0)
    )
    assert began[Lobe.temporal] + began[Lobe.occipital] > 0.55 * began.total()


def test_self_limited_seizures_change_sides_and_never_migrate():
    seizures = [s for seed in range(10) for s in day("self-limited", seed)]
    assert {s.pattern for s in seizures} <= {Pattern.focal, Pattern.spreading}
    assert {s.onset.hemisphere.value for s in day("self-limited", 1, seizures_per_hour=4)} == {"left", "right"}
    assert 8 <= len(seizures) / 10 <= 16


def test_hypsarrhythmia_holds_no_focal_seizure():
    assert SCENARIOS["hypsarrhythmia"].hypsarrhythmia == 1
    assert day("hypsarrhythmia", 1) == ()
