"""Sleep, waking and feeding: by age, and visible in amplitude, continuity, spindles and artefacts of a day."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.simulator import simulate
from ictal.simulator.sleep import SHORTEST_S, State, draw_sleep, shares

DAY_S = 86400.0


def day(age_days, seed=0, scenario="quiet"):
    made = simulate(scenario, duration_s=DAY_S, seed=seed, rate_hz=64, age_days=age_days)
    return made.truth, made.recording.samples._script.background


@pytest.fixture(scope="module")
def days():
    return {age: [day(age, seed, "artefacts") for seed in range(3)] for age in (3, 180)}


def per_hour(events, background, kinds):
    """How often such events begin in each state."""
    counts = np.zeros(3)
    for event in events:
        if event.kind in kinds:
            counts[background.sleep.at(event.start_s)] += 1
    return counts / (np.array(shares(background.sleep, DAY_S)) * 24)


@pytest.mark.parametrize("age_days", [-42, 0, 60, 200, 700])
def test_states_follow_one_another_from_before_the_recording_to_after_it(age_days):
    for seed in range(20):
        sleep = draw_sleep(np.random.default_rng(seed), age_days, DAY_S)
        assert sleep.edges_s[0] < 0
        assert sleep.edges_s[-1] > DAY_S
        assert np.diff(sleep.edges_s).min() >= SHORTEST_S - 1e-6
        assert len(sleep.edges_s) == len(sleep.states) + 1
        assert sum(shares(sleep, DAY_S)) == pytest.approx(1.0)
        assert all(sleep.at(float(t)) is State.awake for t in sleep.feeds_s.mean(axis=1))


def test_a_newborn_sleeps_two_thirds_of_the_day_half_of_it_actively_in_cycles_of_under_an_hour():
    drawn = [draw_sleep(np.random.default_rng(seed), 3.0, DAY_S) for seed in range(40)]
    awake, active, quiet = np.mean([shares(s, DAY_S) for s in drawn], axis=0)
    assert 0.2 < awake < 0.42
    assert 0.45 < active / (active + quiet) < 0.7
    lasts = [
        a + b
        for s in drawn
        for a, b, first in zip(np.diff(s.edges_s)[:-1], np.diff(s.edges_s)[1:], s.states, strict=False)
        if first == State.active
    ]
    assert 40 < np.median(lasts) / 60 < 60


def test_from_some_months_on_night_is_for_sleep():
    """The longest sleep without waking for more than half an hour: hours at six months, not in a newborn."""

    def longest(age_days):
        best = []
        for seed in range(20):
            sleep = draw_sleep(np.random.default_rng(seed), age_days, 2 * DAY_S)
            lasts = np.diff(sleep.edges_s)
            wakes = sleep.edges_s[:-1][(sleep.states == State.awake) & (lasts > 1800)]
            best.append(np.diff(wakes).max() / 3600)
        return np.median(best)

    assert longest(3.0) < 7
    assert longest(200.0) > 8


def test_quiet_sleep_is_discontinuous_in_a_newborn_and_loud_later(days):
    def in_state(background, state):
        sleep = background.sleep
        rows = [
            background.loudness(np.arange(a + 30, min(b, DAY_S) - 30, 0.25))
            for a, b, s in zip(sleep.edges_s[:-1], sleep.edges_s[1:], sleep.states, strict=True)
            if s == state and a > 0 and b < DAY_S
        ]
        return np.concatenate(rows, axis=1).mean(axis=0)

    def flicker(loud):
        return np.std(np.diff(np.log(loud[:: 4 * 3])))

    for _, background in days[3]:
        assert flicker(in_state(background, State.quiet)) > 1.3 * flicker(in_state(background, State.active))
    for _, background in days[180]:
        assert np.median(in_state(background, State.quiet)) > 1.25 * np.median(in_state(background, State.awake))


def test_spindles_come_in_quiet_sleep_only(days):
    for truth, background in days[180]:
        awake, active, quiet = per_hour(truth.rhythms, background, {"spindles"})
        assert quiet > 60
        assert awake < 5
        assert active < 10


def test_movement_and_muscle_come_with_waking_and_rest_in_quiet_sleep(days):
    for age in days:
        for truth, background in days[age]:
            awake, active, quiet = per_hour(truth.artefacts, background, {"movement", "muscle"})
            assert awake > 1.5 * active > 2 * quiet


def test_sucking_comes_in_clusters_at_feeds(days):
    for truth, background in days[3]:
        starts = np.array([a.start_s for a in truth.artefacts if a.kind == "sucking"])
        fed = background.sleep.fed(starts)
        lasting = np.diff(np.clip(background.sleep.feeds_s, 0, DAY_S), axis=1).sum() / DAY_S
        assert fed.mean() > 3 * lasting
        assert 0.05 < fed.mean() < 1


def test_a_long_recording_does_not_make_the_background_dearer():
    """What is drawn grows with the states, not with the samples; a stretch is the same however long the recording."""
    _, background = day(3)
    assert len(background.sleep.states) < 150
    times = 3600.0 + np.arange(640) / 64
    apart = np.concatenate([background.loudness(times[:100]), background.loudness(times[100:])], axis=1)
    np.testing.assert_allclose(background.loudness(times), apart, rtol=1e-9)
