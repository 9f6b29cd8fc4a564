"""Nothing that gives the game away: a discharge is not told from the rest by anything simple."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.giveaways import areas, draw_windows, filtered, together
from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import IntervalSet
from ictal.simulator import simulate
from ictal.simulator.ictal import draw_look
from ictal.simulator.rhythms import NORMAL_RHYTHMS, draw_shape
from ictal.simulator.waves import draw_rhythm
from tests.simulator.dense import dense

RATE_HZ = 64
HOUR_S = 3600


@pytest.fixture(scope="module")
def storms():
    """Some infants, an hour each, with the usual artefacts: recording and truth."""
    return [simulate(dense("eimfs-storm"), duration_s=HOUR_S, seed=s, rate_hz=RATE_HZ) for s in range(300, 306)]


def average(made, *components):
    x = made.recording.samples.only(*components).read_uv(range(19), 0, 0, HOUR_S * RATE_HZ).astype(float)
    return filtered(x - x.mean(axis=0))


@pytest.mark.slow
@pytest.mark.parametrize("age_days", [10.0, 120.0])
def test_no_single_number_tells_a_discharge_from_a_normal_rhythm(age_days):
    """The area under the curve of each lies within 0.15 and 0.85, against any other time within 0.1 and 0.9; of all
    together, weighted as well as a straight line can, below 0.9."""
    windows = draw_windows(6, 400, age_days)
    for name, (normal, rest) in areas(windows).items():
        assert 0.15 < normal < 0.85, name
        assert 0.10 < rest < 0.90, name
    assert together(windows, draw_windows(6, 500, age_days)) < 0.9


def test_normal_rhythms_fill_a_good_part_of_the_time_in_the_ictal_band():
    for age_days, lowest in ((5, 0.1), (120, 0.2), (400, 0.2)):
        truth = simulate("quiet", duration_s=4 * HOUR_S, seed=7, rate_hz=RATE_HZ, age_days=age_days).truth
        runs = [r for r in truth.rhythms if 1.5 <= r.frequency_hz <= 13]
        assert IntervalSet.of([r.interval for r in runs]).total_s > lowest * 4 * HOUR_S
        assert all(0.7 <= r.interval.duration_s <= 20 for r in truth.rhythms)


def test_discharges_start_small_and_wander(storms):
    """In its first tenth a leg is below two fifths of its height, in the middle of the legs; its cycles differ."""
    begin, spread, steps = [], [], []
    for made in storms:
        x = average(made, "ictal")
        for seizure in made.truth.seizures:
            leg = seizure.onset
            others = [o for s in made.truth.seizures for o in s.legs if o is not leg]
            if leg.duration_s < 8 or any(o.interval.overlap_s(leg.interval) > 0 for o in others):
                continue
            row = x[TEN_TWENTY.index(leg.electrode), round(leg.start_s * RATE_HZ) : round(leg.stop_s * RATE_HZ)]
            tenths = np.array([np.ptp(part) for part in np.array_split(row, 10)])
            begin.append(tenths[0] / tenths.max())
            spread.append(tenths[2:8].std() / tenths[2:8].mean())
            up = np.flatnonzero((row[:-1] < 0) & (row[1:] >= 0))
            periods = np.diff(up)[np.diff(up) > 4]
            steps.append(periods.std() / periods.mean())
    assert len(begin) > 20
    assert np.median(begin) < 0.4
    assert np.median(spread) > 0.1
    assert np.median(steps) > 0.06


def test_discharges_come_in_many_looks():
    """Spikes, sharp waves, spike and slow wave, near sinus; fast starts, sudden ends, change on the way."""
    rng = np.random.default_rng(1)
    shapes = [draw_look(rng, 20.0, float(f)) for f in rng.uniform(1, 10, 1000)]
    looks = Counter(
        "spike-wave" if s.after > 0.4 else "spikes" if s.spike else "smooth" if s.sharpness < 0.25 else "sharp"
        for s in shapes
    )
    assert min(looks.values()) > 50
    assert len(looks) == 4
    assert 0.1 < np.mean([s.fast_start > 0 for s in shapes]) < 0.4
    assert 0.1 < np.mean([s.fall < 0.1 for s in shapes]) < 0.4
    assert np.mean([abs(s.spike - s.spike_late) > 0.2 for s in shapes]) > 0.2
    waves = [draw_rhythm(rng, replace(s, duration_s=10.0)).at(np.arange(640) / 64.0, 25.6) for s in shapes[:200]]
    assert all(np.isfinite(w).all() for w in waves)
    assert 0.4 < np.median([np.ptp(w) for w in waves]) < 1.8


def test_the_shapes_of_normal_runs_and_of_discharges_overlap_in_every_number():
    rng = np.random.default_rng(2)
    ictal = [draw_look(rng, 10.0, 5.0) for _ in range(400)]
    normal = [draw_shape(rng, rhythm, 5.0, 10.0) for rhythm in NORMAL_RHYTHMS for _ in range(60)]
    for name in (
        "slowing",
        "frequency_wander",
        "cycle_jitter",
        "amplitude_jitter",
        "sharpness",
        "rise",
        "fall",
        "swelling",
    ):
        a, b = (np.array([getattr(s, name) for s in shapes]) for shapes in (ictal, normal))
        assert np.mean((a >= b.min()) & (a <= b.max())) > 0.5, name
        assert np.mean((b >= a.min()) & (b <= a.max())) > 0.5, name
    assert any(s.spike for s in normal)


def test_artefacts_lie_on_seizures_and_beside_them(storms):
    """Without the long ones half of the seizures are touched by an artefact, and most artefacts touch none."""
    touched, free = [], []
    for made in storms:
        artefacts = [a for a in made.truth.artefacts if a.interval.duration_s < 60]
        seizures = [s.interval for s in made.truth.seizures]
        touched += [any(a.interval.overlap_s(s) > 0 for a in artefacts) for s in seizures]
        free += [not any(a.interval.overlap_s(s) > 0 for s in seizures) for a in artefacts]
    assert 0.3 < np.mean(touched) < 0.95
    assert np.mean(free) > 0.3


def test_discharges_are_not_always_larger_than_the_background(storms):
    ratios = []
    for made in storms:
        ictal, rest = average(made, "ictal"), average(made, "background", "rhythm")
        for leg in (leg for s in made.truth.seizures for leg in s.legs):
            row, span = (
                TEN_TWENTY.index(leg.electrode),
                slice(round(leg.start_s * RATE_HZ), round(leg.stop_s * RATE_HZ)),
            )
            ratios.append(ictal[row, span].std() / rest[row, span].std())
    low, middle, high = np.percentile(ratios, [10, 50, 90])
    assert low < 1.0
    assert high > 1.5
    assert middle < 3.0


def test_seizures_leave_an_attenuated_place_behind_sometimes(storms):
    """Loudness of the place where a seizure ended, the 10 s after it against the minute before it began."""
    ratios = []
    for made in storms:
        x = average(made, "background")
        for seizure in made.truth.seizures:
            last = max(seizure.legs, key=lambda leg: leg.stop_s)
            row = x[TEN_TWENTY.index(last.electrode)]
            stop, start = round(last.stop_s * RATE_HZ), round(seizure.start_s * RATE_HZ)
            if start > 60 * RATE_HZ and stop + 12 * RATE_HZ < len(row):
                before = _loud(row[start - 60 * RATE_HZ : start])
                ratios.append(_loud(row[stop + 2 * RATE_HZ : stop + 12 * RATE_HZ]) / before)
    assert len(ratios) > 40
    assert np.median(ratios) < 0.95
    assert np.mean(np.array(ratios) < 0.75) > 0.1
    assert np.mean(np.array(ratios) > 0.95) > 0.2
    runs = [r for made in storms for r in made.truth.rhythms if r.kind == "after-seizure"]
    assert runs
    assert all(1.0 <= r.frequency_hz <= 2.5 for r in runs)


def _loud(row):
    return np.median(np.abs(np.diff(row)))


def test_no_threshold_carries_from_infant_to_infant():
    """Infants of one age differ in loudness by a factor of about two; in one infant it wanders through the hour."""
    typical, within = [], []
    for seed in range(12):
        made = simulate("quiet", duration_s=HOUR_S, seed=seed, rate_hz=RATE_HZ, age_days=120)
        x = average(made, "background")
        rms = np.median(x.reshape(19, -1, 10 * RATE_HZ).std(axis=2), axis=0)
        typical.append(np.median(rms))
        within.append(np.std(np.log(rms)))
    low, high = np.percentile(typical, [10, 90])
    assert high > 1.8 * low
    assert np.median(within) > 0.12


def test_events_do_not_begin_on_whole_samples_or_seconds(storms):
    starts = np.array([e.start_s for made in storms for e in made.recording.samples._script.events])
    for step in (1.0, 1.0 / RATE_HZ):
        part = np.sort((starts / step) % 1.0)
        assert np.abs(part - (np.arange(len(part)) + 0.5) / len(part)).max() < 0.03


def test_legs_of_one_focus_are_never_one_template(storms):
    """Discharges at one electrode, compared over 6 s of their beginning, moved against each other by up to 1 s."""
    worst = []
    for made in storms:
        x = average(made, "ictal")
        pieces: dict[str, list[np.ndarray]] = {}
        for leg in (leg for s in made.truth.seizures for leg in s.legs):
            start = round((leg.start_s + 2) * RATE_HZ)
            if leg.duration_s > 10:
                pieces.setdefault(leg.electrode, []).append(
                    x[TEN_TWENTY.index(leg.electrode), start : start + 6 * RATE_HZ]
                )
        for same in pieces.values():
            worst += [_alike(a, b) for i, a in enumerate(same) for b in same[:i]]
    assert len(worst) > 100
    assert np.median(worst) < 0.5
    assert np.max(worst) < 0.97


def _alike(a, b):
    lags = range(-RATE_HZ, RATE_HZ + 1)
    return max(
        abs(np.corrcoef(a[max(0, k) : len(a) + min(0, k)], b[max(0, -k) : len(b) - max(0, k)])[0, 1]) for k in lags
    )
