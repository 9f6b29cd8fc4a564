"""Recordings with seizures, pauses and artefacts at any time: what must hold of all that is told of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from ictal.analysis import Analysis
from ictal.base.electrodes import angle_between
from ictal.base.time import Interval, IntervalSet, to_sample
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import HIDING

PLACES = ("Fp1", "Fp2", "C3", "C4", "T7", "T8", "O1", "O2", "Cz")
LENGTH_S = 180
A_PAUSE_S = 9.0
"""A seizure may be open on both sides of a shorter gap (tests/recover/test_line.py)."""
HALF_S = 0.5
"""A second that was recorded for its half or more is told as a second."""


@dataclass(frozen=True)
class Disturbance:
    """What happens to some electrodes for a while."""

    kind: str
    places: frozenset[int]
    start_s: float
    length_s: float


@dataclass(frozen=True)
class Drawn:
    """A recording as hypothesis draws it: where the rhythm is and wanders to, what disturbs it, when it pauses."""

    seed: int
    rate_hz: float
    rhythms: tuple[tuple[int, float, float, float], ...]
    disturbances: tuple[Disturbance, ...]
    gaps: tuple[tuple[float, float], ...]

    def recording(self) -> Recording:
        rng = np.random.default_rng(self.seed)
        n = to_sample(LENGTH_S, self.rate_hz)
        uv = rng.normal(0, 1, (len(PLACES), n)).cumsum(axis=1)
        uv -= np.stack([np.convolve(row, np.ones(65) / 65, "same") for row in uv])
        uv *= 12 / uv.std()
        time_s = np.arange(n) / self.rate_hz
        for place, start_s, length_s, hz in self.rhythms:
            wave = 120 * np.sin(2 * np.pi * hz * time_s) * ((time_s >= start_s) & (time_s < start_s + length_s))
            fall = np.array([np.exp(-((angle_between(PLACES[place], p) / 0.6) ** 2)) for p in PLACES])
            uv += fall[:, None] * wave
        for one in self.disturbances:
            rows = sorted(one.places)
            span = slice(to_sample(one.start_s, self.rate_hz), to_sample(one.start_s + one.length_s, self.rate_hz))
            uv[rows, span] = _disturbed(uv[rows, span], one.kind, rng)
        return from_arrays(uv, self.rate_hz, [f"EEG {p}-Ref" for p in PLACES], segments=self._segments())

    def _segments(self) -> tuple[Interval, ...]:
        edges = [0.0, *(round(at_s * self.rate_hz) / self.rate_hz for at_s, _ in self.gaps), float(LENGTH_S)]
        late_s, found = 0.0, []
        for k, (a, b) in enumerate(itertools.pairwise(edges)):
            late_s += self.gaps[k - 1][1] if k else 0.0
            found.append(Interval(a + late_s, b + late_s))
        return tuple(found)


def _disturbed(uv: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    if kind == "flat":
        return np.zeros_like(uv)
    if kind == "nothing":
        return np.full_like(uv, np.nan)
    if kind == "movement":
        return uv + 1500 * np.sin(np.linspace(0, 20, uv.shape[1]))
    if kind == "loose":
        return uv + rng.choice([-8000.0, 8000.0], uv.shape)
    if kind == "muscle":
        return uv + rng.normal(0, 400, uv.shape)
    return np.clip(5 * uv, -60, 60)


@st.composite
def recordings(draw: st.DrawFn) -> Drawn:
    """Any of these."""
    times = st.floats(5, LENGTH_S - 5).map(lambda t: round(t, 2))
    rhythms = st.tuples(st.integers(0, len(PLACES) - 1), times, st.floats(8, 70), st.floats(1.5, 9))
    kinds = st.sampled_from(["flat", "nothing", "movement", "loose", "muscle", "clipped"])
    some = st.frozensets(st.integers(0, len(PLACES) - 1), min_size=1)
    disturbances = st.builds(Disturbance, kinds, some, times, st.floats(0.3, 60))
    gaps = draw(st.lists(st.tuples(times, st.floats(0.2, 400)), max_size=3, unique_by=lambda g: g[0]))
    return Drawn(
        draw(st.integers(0, 1000)),
        draw(st.sampled_from([64.0, 100.0, 128.0, 200.0])),
        tuple(draw(st.lists(rhythms, min_size=1, max_size=3))),
        tuple(draw(st.lists(disturbances, max_size=4))),
        tuple(sorted(gaps)),
    )


def wrong(analysis: Analysis) -> list[str]:
    """What is told of a recording that cannot be?"""
    recording, end_s = analysis.recording, analysis.recording.duration_s
    legs = [leg for seizure in analysis.seizures for leg in seizure.legs]
    found = []
    for event in (*analysis.discharges, *analysis.seizures, *legs):
        name = f"{type(event).__name__} [{event.start_s:g}, {event.stop_s:g})"
        if not 0 <= event.start_s < event.stop_s <= end_s + 1e-9:
            found.append(f"{name} lies outside the recording of {end_s:g} s")
        for gap in recording.gaps:
            if gap.duration_s >= A_PAUSE_S and event.interval.overlap_s(gap) > HALF_S + 1e-9:
                found.append(f"{name} lies in the gap [{gap.start_s:g}, {gap.stop_s:g})")
            if any(gap.start_s + HALF_S < t < gap.stop_s - HALF_S for t in (event.start_s, event.stop_s)):
                found.append(f"{name} begins or ends in the gap [{gap.start_s:g}, {gap.stop_s:g})")
    return found + list(_masked(analysis)) + list(_findings(analysis))


def _masked(analysis: Analysis) -> list[str]:
    masks, found = analysis.masks, []
    row = {label: (masks.flags[k] & HIDING) != 0 for k, label in enumerate(masks.labels)}
    for d in analysis.discharges:
        hidden = row[d.derivation]
        first, last = int(d.start_s), int(np.ceil(d.stop_s)) - 1
        if hidden[first] or hidden[last]:
            found.append(f"discharge [{d.start_s:g}, {d.stop_s:g}) of {d.derivation} begins or ends in a masked second")
        if not np.isfinite([d.frequency_hz, d.amplitude_uv, d.score]).all():
            found.append(f"discharge of {d.frequency_hz} Hz, {d.amplitude_uv} uV, score {d.score}")
    for seizure in analysis.seizures:
        for leg in seizure.legs:
            if not np.isfinite([leg.frequency_hz, leg.amplitude_uv]).all():
                found.append(f"leg of {leg.frequency_hz} Hz, {leg.amplitude_uv} uV")
            seen = [~row[label] for label in leg.channels if label in row]
            ends = (int(leg.start_s), int(np.ceil(leg.stop_s)) - 1)
            if not all(any(one[at] for one in seen) for at in ends):
                found.append(
                    f"leg [{leg.start_s:g}, {leg.stop_s:g}) of {leg.channels} begins or ends where all is masked"
                )
    return found


def _findings(analysis: Analysis) -> list[str]:
    told, found = analysis.findings, []
    recorded = told.recorded
    if not 0 <= recorded.readable_s <= recorded.recorded_s + 0.01 <= recorded.duration_s + 0.02:
        found.append(f"{recorded.readable_s} s read of {recorded.recorded_s} s recorded of {recorded.duration_s} s")
    ictal = IntervalSet.of(s.interval for s in analysis.seizures)
    hidden_s = sum(
        ictal.overlap_s(Interval(float(k), float(k + 1)))
        for k in np.flatnonzero(((analysis.masks.flags & HIDING) != 0).all(axis=0))
    )
    if hidden_s > 1 and not any("of seizure lies in time in which" in s for s in told.statements):
        found.append(f"{hidden_s:g} s of seizures lie where all is masked, and nothing says so")
    return found
