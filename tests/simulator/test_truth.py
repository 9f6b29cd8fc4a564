"""What a simulation says of itself: the words of the tracker, filled as the rules of `ictal.simulator.truth` say."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, mirror, neighbours
from ictal.eeg.tracking.types import Passage, Pattern, mark_pattern
from ictal.simulator import SCENARIOS, simulate
from tests.simulator.dense import dense

HALF_HOUR_S = 1800.0
BESIDE = neighbours(TEN_TWENTY)


def truths(scenario, seeds, **changes):
    return [simulate(scenario, duration_s=HALF_HOUR_S, seed=s, rate_hz=64, **changes).truth for s in seeds]


@pytest.fixture(scope="module")
def storms():
    return truths(dense("eimfs-storm"), range(40))


def within(count: int, total: int, share: float) -> bool:
    """Is a count within three standard errors of its expected share?"""
    return abs(count - share * total) <= 3 * (total * share * (1 - share)) ** 0.5


def test_infants_without_seizures_have_none():
    for name in ("quiet", "artefacts"):
        for truth in truths(name, range(4)):
            assert truth.seizures == ()
            assert truth.discharges == ()
            assert truth.artefacts
            assert truth.rhythms


@pytest.mark.parametrize("name", [n for n, s in SCENARIOS.items() if s.foci])
def test_seizures_lie_in_the_recording_and_last_as_promised(name):
    for truth in truths(dense(name, 10.0), range(4)):
        assert truth.seizures
        for seizure in truth.seizures:
            assert seizure.start_s >= SCENARIOS[name].earliest_s - 1e-9
            assert seizure.stop_s <= HALF_HOUR_S
            assert 9.9 <= seizure.duration_s <= 300
            assert seizure.pattern is mark_pattern(seizure.legs)
            assert seizure.confidence == 1.0
            for leg in seizure.legs:
                assert leg.channels[0] == f"{leg.electrode}-avg"
                assert leg.amplitude_uv > 0
                assert 0.4 <= leg.frequency_hz <= 13


def test_one_focus_never_migrates_and_keeps_its_place():
    for truth in truths(dense("single-focus", 10.0), range(10)):
        assert {s.pattern for s in truth.seizures} <= {Pattern.focal, Pattern.spreading}
        assert len({s.onset.electrode for s in truth.seizures}) == 1


def test_shares_of_migrating_and_of_homotopic_handovers_follow_the_priors(storms):
    scenario = dense("eimfs-storm", independent=0.0)
    seizures = [s for truth in truths(scenario, range(40)) for s in truth.seizures]
    migrating = [s for s in seizures if s.pattern is Pattern.migrating]
    assert within(len(migrating), len(seizures), 0.60)
    crossings = [
        (seizure.legs[leg.came_from], leg)
        for seizure in migrating
        for leg in seizure.legs
        if leg.came_by is Passage.migration and seizure.legs[leg.came_from].hemisphere is not leg.hemisphere
    ]
    homotopic = sum(mirror(a.electrode) == b.electrode for a, b in crossings)
    assert within(homotopic, len(crossings), 0.71)


def test_moving_a_prior_moves_the_share():
    none = dense("eimfs-storm", migrating=0.0)
    everything = dense("eimfs-storm", migrating=1.0, independent=0.0)
    assert not any(s.pattern is Pattern.migrating for t in truths(none, range(4)) for s in t.seizures)
    assert {s.pattern for t in truths(everything, range(4)) for s in t.seizures} == {Pattern.migrating}


def test_handovers_and_spread_are_timed_as_the_words_say(storms):
    seen: Counter[Passage] = Counter()
    for seizure in (s for truth in storms for s in truth.seizures):
        for index, leg in enumerate(seizure.legs):
            assert (leg.came_from is None) == (leg.came_by is None) == (index == 0)
            if leg.came_from is None or leg.came_by is None:
                continue
            before = seizure.legs[leg.came_from]
            seen[leg.came_by] += 1
            assert leg.came_from < index
            assert leg.electrode != before.electrode
            if leg.came_by is Passage.migration:
                assert leg.start_s - before.stop_s <= 3.001
                if leg.hemisphere is before.hemisphere:
                    assert leg.electrode not in BESIDE[before.electrode]
            elif leg.came_by is Passage.spread:
                assert before.start_s < leg.start_s < before.stop_s
                assert leg.electrode in BESIDE[before.electrode]
            else:
                assert abs(leg.start_s - before.start_s) <= 1.0
                assert leg.electrode == mirror(before.electrode)
    assert all(seen[p] for p in Passage)


def test_there_are_foci_on_both_sides_and_seizures_that_are_open_at_once(storms):
    assert sum({"left", "right"} <= {s.onset.hemisphere.value for s in t.seizures} for t in storms) >= 36
    pairs = sum(
        a.interval.overlap_s(b.interval) > 0 for t in storms for i, a in enumerate(t.seizures) for b in t.seizures[:i]
    )
    assert pairs >= 10


def test_every_discharge_belongs_to_a_leg_and_every_leg_to_discharges(storms):
    for truth in storms[:8]:
        for seizure in truth.seizures:
            for leg in seizure.legs:
                for channel in leg.channels:
                    covering = [
                        d
                        for d in truth.discharges
                        if d.derivation == channel and d.start_s <= leg.start_s + 1e-9 and d.stop_s >= leg.stop_s - 1e-9
                    ]
                    assert covering
        assert all(
            any(d.derivation in s.channels and s.interval.overlap_s(d.interval) > 0 for s in truth.seizures)
            for d in truth.discharges
        )


def test_a_discharge_is_a_field_over_several_electrodes(storms):
    """Sorted field in average reference: about 1, 0.45, 0.35, 0.25, the median over many legs within 0.1."""
    from ictal.simulator.background import make_background
    from ictal.simulator.chance import SEIZURES, generator
    from ictal.simulator.cortex import against_average, cortex
    from ictal.simulator.ictal import draw_foci, plan_seizures
    from ictal.simulator.script import leg_fields

    scenario, places = dense("eimfs-storm"), (*TEN_TWENTY, "FCz")
    infant = cortex(places, 120.0)
    sorted_fields, seen = [], []
    for seed in range(25):
        background = make_background(scenario, infant, 120.0, HALF_HOUR_S, (seed, seed))
        foci = draw_foci(generator(seed, SEIZURES, 0), int(scenario.foci), infant)
        for plan in plan_seizures(scenario, HALF_HOUR_S, infant, foci, seed):
            for leg in plan.legs:
                field = sum(leg_fields(leg, infant, background))
                size = np.sort(np.abs(against_average(field[:, None], 19)[:, 0]))[::-1]
                sorted_fields.append(size[:4] / size[0])
                seen.append(int(np.sum(size >= 0.2 * size[0])))
    median = np.median(sorted_fields, axis=0)
    np.testing.assert_allclose(median, [1.0, 0.45, 0.35, 0.25], atol=0.1)
    assert np.median(seen) >= 4


def test_no_two_legs_have_the_same_waveform():
    made = simulate("demo", duration_s=1200, seed=5, rate_hz=64)
    x = made.recording.samples.only("ictal").read_uv(range(19), 0, 0, 1200 * 64)
    names = [c.electrode for c in made.recording.channels]
    pieces = []
    for leg in (leg for s in made.truth.seizures for leg in s.legs):
        row = (x - x.mean(axis=0))[names.index(leg.electrode)]
        start = round(leg.start_s * 64)
        pieces.append(row[start : start + 320])
    correlation = np.abs(np.corrcoef(pieces))[np.triu_indices(len(pieces), 1)]
    assert correlation.max() < 0.95
