"""When does the infant wake, sleep actively and sleep quietly? A course of states by age, and what follows from each.

A newborn sleeps in cycles of about 50 minutes, day and night alike, that begin with active sleep, and wakes to be fed.
From two to three months on a night takes shape and sleep begins quietly (provenance of all: design, after the usual
description of infant sleep).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from ictal.simulator.chance import Floats, Whole

RAMP_S = 20.0
"""Half of the time in which one state gives way to the next."""
SHORTEST_S = 3 * RAMP_S
DAY_S = 86400.0
NIGHT_H = (20.0, 6.5)
DAY_AND_NIGHT_DAYS = (30.0, 100.0)
"""Before the first age night is like day, after the second it is not; sleep begins actively, then quietly."""
CYCLE_MIN = ((0, 28.0, 20.0), (90, 20.0, 30.0), (365, 14.0, 42.0))
"""Age in days, minutes of active and of quiet sleep in one cycle."""
AWAKE_MIN = ((0, 35.0), (90, 75.0), (365, 160.0))
"""Age in days, minutes awake by day between two sleeps."""
FEED_S = (420.0, 1200.0)


class State(IntEnum):
    """Awake, active (REM) sleep, quiet (non-REM) sleep."""

    awake = 0
    active = 1
    quiet = 2


@dataclass(frozen=True, slots=True, eq=False)
class Sleep:
    """States one after another, from before a recording to after it; each lasts at least `SHORTEST_S`.

    `edges_s` has one more entry than `states`. `feeds_s` are `(n, 2)`: when the infant is fed.
    """

    edges_s: Floats
    states: Whole
    feeds_s: Floats

    def at(self, time_s: float) -> State:
        """Which state is it?"""
        index = int(np.searchsorted(self.edges_s, time_s, side="right")) - 1
        return State(int(self.states[min(max(index, 0), len(self.states) - 1)]))

    def factor(self, times_s: Floats, values: tuple[float, float, float]) -> Floats:
        """A number that is one of three by the state (awake, active, quiet), and changes evenly between them."""
        knots = np.column_stack((self.edges_s[:-1] + RAMP_S, self.edges_s[1:] - RAMP_S)).ravel()
        answer: Floats = np.interp(times_s, knots, np.repeat(np.array(values)[self.states], 2))
        return answer

    def fed(self, times_s: Floats) -> Floats:
        """1 while the infant is fed, else 0."""
        if not len(self.feeds_s):
            return np.zeros_like(times_s)
        index = np.searchsorted(self.feeds_s[:, 0], times_s, side="right") - 1
        inside = (index >= 0) & (times_s < self.feeds_s[np.maximum(index, 0), 1])
        answer: Floats = inside.astype(float)
        return answer


def draw_sleep(rng: np.random.Generator, age_days: float, duration_s: float) -> Sleep:
    """Draw the states of one recording. The hour of the day at which it begins is drawn too."""
    grown = float(np.interp(age_days, DAY_AND_NIGHT_DAYS, (0.0, 1.0)))
    ages, active, quiet = (list(x) for x in zip(*CYCLE_MIN, strict=True))
    cycle = {
        State.active: 60.0 * float(np.interp(age_days, ages, active)),
        State.quiet: 60.0 * float(np.interp(age_days, ages, quiet)),
    }
    order = (State.quiet, State.active) if rng.random() < grown else (State.active, State.quiet)
    awake_ages, awake_min = (list(x) for x in zip(*AWAKE_MIN, strict=True))
    by_day = 60.0 * float(np.interp(age_days, awake_ages, awake_min))
    clock = float(rng.uniform(0, DAY_S))
    time = -float(rng.uniform(0.5, 1.5)) * 7200.0
    edges, states, feeds = [time], [], []
    while time < duration_s + 60.0:
        night = grown * _is_night(clock + time)
        if rng.random() < 0.55 - 0.45 * night:
            lasts = _lasting(rng, by_day * (1 - night) + 600.0 * night)
            if rng.random() < 0.85:
                feeds.append((time + 60.0, time + min(float(rng.uniform(*FEED_S)), max(lasts - 60.0, 60.0))))
            edges.append(time := time + lasts)
            states.append(State.awake)
        for state in order:
            edges.append(time := time + _lasting(rng, cycle[state]))
            states.append(state)
    return Sleep(np.array(edges), np.array(states, dtype=int), np.array(feeds, dtype=float).reshape(-1, 2))


def _is_night(clock_s: float) -> bool:
    hour = clock_s % DAY_S / 3600.0
    return hour >= NIGHT_H[0] or hour < NIGHT_H[1]


def _lasting(rng: np.random.Generator, mean_s: float) -> float:
    return max(SHORTEST_S, float(rng.gamma(9.0, mean_s / 9.0)))


def shares(sleep: Sleep, duration_s: float) -> tuple[float, float, float]:
    """Which share of a recording does each state take?"""
    lasts = np.diff(np.clip(sleep.edges_s, 0.0, duration_s))
    awake, active, quiet = (float(lasts[sleep.states == s].sum()) / duration_s for s in State)
    return awake, active, quiet
