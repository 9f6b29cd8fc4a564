"""Likeness of paths, stability of foci, clusters and storms: each on seizures whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.base.electrodes import TEN_TWENTY, angle_between, mirror
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.clusters import find_clusters, is_storm
from ictal.eeg.findings.paths import FAR_RAD, _costs, _similar, likeness
from ictal.eeg.findings.places import across, find_foci
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.findings.stability import redraw
from tests.findings.made import findings_of, focal, migrating, onsets, recording_of

RULES = FindingsSettings(surrogates=199)


def moving(*paths):
    return [migrating(100.0 * k, 100.0 * k + 60, path) for k, path in enumerate(paths, start=1)]


# Paths.


def distance(a, b):
    """Edit distance in the plain way, as an oracle."""
    cost = {
        (x, y): 1.0 if across(x, y) else min(1.0, angle_between(x, y) / FAR_RAD) for x in TEN_TWENTY for y in TEN_TWENTY
    }
    table = [[float(i + j) for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i, x in enumerate(a, start=1):
        for j, y in enumerate(b, start=1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost[x, y])
    return table[-1][-1]


paths = st.lists(st.sampled_from(TEN_TWENTY), min_size=2, max_size=6)


@settings(max_examples=50, deadline=None)
@given(st.lists(paths, min_size=2, max_size=6))
def test_similarity_is_one_minus_the_edit_distance_over_the_longer_path(many):
    names = list(TEN_TWENTY)
    coded = np.array([[names.index(n) for path in many for n in path]])
    lengths = np.array([len(p) for p in many])
    pairs = np.array([(i, j) for i in range(len(many)) for j in range(i + 1, len(many))])
    found = _similar(coded, lengths, pairs, _costs(names))[0]
    wanted = [1 - distance(many[i], many[j]) / max(len(many[i]), len(many[j])) for i, j in pairs]
    assert found == pytest.approx(wanted)


def test_the_same_way_each_time_is_alike_beyond_chance():
    found = likeness(moving(*[("O1", "O2", "T8")] * 8), RULES)
    assert (found.paths, found.similarity, found.p) == (8, 1.0, pytest.approx(1 / 200, abs=1e-4))


def test_ways_by_chance_are_not():
    """200 infants who wander among five places: the test says 'alike' no more often than it may."""
    places = ("O1", "F4", "T7", "C4", "P4")
    p = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        drawn = []
        for _ in range(7):
            path = [rng.integers(5)]
            path += [(path[-1] + rng.integers(1, 5)) % 5 for _ in range(rng.integers(1, 3))]
            drawn.append([places[i] for i in path])
        p.append(likeness(moving(*drawn), FindingsSettings(surrogates=99)).p)
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)


def test_two_paths_are_too_few_and_what_stays_has_none():
    assert likeness(moving(("O1", "O2"), ("O1", "O2")), RULES) is None
    assert likeness([focal(100.0 * k, 100.0 * k + 20, "O1") for k in range(9)], RULES) is None


def test_a_mirrored_head_is_as_alike():
    case = [("O1", "O2", "T8"), ("O1", "T7"), ("F4", "C4", "C3"), ("O1", "O2")]
    assert likeness(moving(*case), RULES) == likeness(moving(*[tuple(map(mirror, p)) for p in case]), RULES)


def test_very_many_and_very_long_paths_are_answered():
    rng = np.random.default_rng(1)
    case = moving(*[[TEN_TWENTY[i] for i in rng.permutation(19)[:12]] for _ in range(90)])
    assert likeness(case, RULES).paths == 40


# Stability.


def test_a_focus_of_many_seizures_is_found_again_and_one_of_two_is_not_sure():
    found = redraw(onsets(*["T7"] * 12, "O2", "O2"), RULES, str)
    first, second = found.foci
    assert (first.electrode, first.found, first.draws) == ("T7", 199, 199)
    assert second.electrode == "O2"
    assert 0.4 < second.found / second.draws < 0.8  # 1 - (12/14)^14 - 14 (2/14) (12/14)^13 = 0.616
    assert first.seizures_low <= 12 <= first.seizures_high
    assert 0.4 < found.both_sides < 0.8


def test_without_a_focus_there_is_nothing_to_draw():
    assert redraw(onsets("T7", "O2"), RULES, str) is None
    assert redraw([], RULES, str) is None
    assert findings_of(onsets("T7", "O2")).stability == ()


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(TEN_TWENTY), min_size=3, max_size=14))
def test_stability_follows_the_foci_and_mirrors(places):
    case, turned = onsets(*places), onsets(*map(mirror, places))
    here, there = redraw(case, RULES, str), redraw(turned, RULES, str)
    foci = [f.electrode for f in find_foci(case)]
    assert [s.electrode for s in here.foci] == foci if here else not foci
    if here:
        assert [(mirror(s.electrode), s.found) for s in here.foci] == [(s.electrode, s.found) for s in there.foci]


# Clusters.


def every(pause_s, count, first_s, place="O1"):
    return [focal(first_s + k * pause_s, first_s + k * pause_s + 20, place) for k in range(count)]


DAY = IntervalSet((Interval(0.0, 86400.0),))


def test_a_run_of_seizures_is_a_cluster():
    case = [*every(300, 8, 1000), *every(9000, 3, 20000), *every(200, 5, 70000)]
    found = find_clusters(case, DAY, RULES)
    assert [(c.start_s, c.stop_s, c.seizure_ids) for c in found] == [
        (1000, 3120, tuple(range(1, 9))), (70000, 70820, tuple(range(12, 17))),
    ]  # fmt: skip


def test_four_are_no_cluster_and_what_is_even_is_none():
    assert find_clusters(every(300, 4, 1000), DAY, RULES) == ()
    assert find_clusters(every(600, 140, 100), DAY, RULES) == ()


def test_a_gap_of_the_recording_ends_a_cluster():
    case = [*every(100, 4, 1000), *every(100, 4, 1800)]
    assert len(find_clusters(case, DAY, RULES)) == 1
    parted = IntervalSet((Interval(0.0, 1500.0), Interval(1700.0, 86400.0)))
    assert find_clusters(case, parted, RULES) == ()


def test_a_storm_needs_clusters_and_number_and_its_absence_a_day():
    case = [*every(200, 12, 1000), *every(200, 12, 50000)]
    clusters = find_clusters(case, DAY, RULES)
    assert is_storm(case, clusters, 86400.0, RULES) is True
    assert is_storm(case[:12], clusters[:1], 86400.0, RULES) is False
    assert is_storm(case[:12], clusters[:1], 86399.0, RULES) is None
    assert is_storm([], (), 3600.0, RULES) is None


def test_clusters_are_said():
    case = [*every(200, 6, 1000)]
    found = findings_of(case, recording_of(segments=[(0, 36000)]))
    assert "6 of 6 seizures came in 1 cluster." in found.statements
    assert (len(found.clusters), found.storm) == (1, None)
