"""Truth is computed from the plan; here the signal is asked whether it is so."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.time import IntervalSet
from ictal.simulator import simulate
from tests.simulator.dense import dense

RATE_HZ = 64


@pytest.fixture(scope="module", params=[("10-20", 1), ("12", 2), ("8", 3)], ids=lambda p: p[0])
def ictal(request):
    montage, seed = request.param
    made = simulate(dense("eimfs-storm"), duration_s=1800, seed=seed, rate_hz=RATE_HZ, montage=montage)
    count = len(made.recording.channels)
    x = made.recording.samples.only("ictal").read_uv(range(count), 0, 0, 1800 * RATE_HZ)
    return made, x - x.mean(axis=0)


def mask(length, intervals):
    flags = np.zeros(length, dtype=bool)
    for i in intervals:
        flags[round(i.start_s * RATE_HZ) : round(i.stop_s * RATE_HZ)] = True
    return flags


def test_the_ictal_part_has_its_power_inside_the_truth(ictal):
    made, x = ictal
    inside = mask(x.shape[1], [s.interval for s in made.truth.seizures])
    energy = (x**2).sum(axis=0)
    assert energy[~inside].sum() < 0.005 * energy.sum()
    for seizure in made.truth.seizures:
        assert energy[round(seizure.start_s * RATE_HZ) : round(seizure.stop_s * RATE_HZ)].max() > 0


def test_a_leg_begins_and_ends_where_its_envelope_passes_a_tenth(ictal):
    """Of a leg alone on the scalp: in its first and last second it is small, in between it is not."""
    made, x = ictal
    names = [c.electrode for c in made.recording.channels]
    legs = [leg for s in made.truth.seizures for leg in s.legs]
    apart_s = 2.5
    alone = [
        leg
        for leg in legs
        if all(o is leg or o.start_s > leg.stop_s + apart_s or o.stop_s < leg.start_s - apart_s for o in legs)
    ]
    assert alone
    for leg in alone:
        row = np.abs(x[names.index(leg.electrode)])
        start, stop = round(leg.start_s * RATE_HZ), round(leg.stop_s * RATE_HZ)
        peak = row[start:stop].max()
        assert row[max(0, start - 2 * RATE_HZ) : start].max() < 0.2 * peak or leg.start_s < 1
        assert row[stop : stop + RATE_HZ // 2].max() < 0.3 * peak


def test_the_largest_field_is_on_the_electrode_of_the_truth(ictal):
    made, x = ictal
    names = [c.electrode for c in made.recording.channels]
    legs = [leg for s in made.truth.seizures for leg in s.legs]
    checked = 0
    for leg in legs:
        rest = IntervalSet.of([leg.interval]).difference(IntervalSet.of([o.interval for o in legs if o is not leg]))
        if rest.total_s < 2:
            continue
        piece = x[:, mask(x.shape[1], rest)]
        spread = piece.std(axis=1)
        if spread.max() > 0.5:
            assert spread[names.index(leg.electrode)] >= 0.9 * spread.max()
            checked += 1
    assert checked >= 5


def test_derivations_of_the_truth_are_those_that_see_a_quarter(ictal):
    made, x = ictal
    labels = [f"{c.electrode}-avg" for c in made.recording.channels]
    for seizure in made.truth.seizures:
        others = [s.interval for s in made.truth.seizures if s is not seizure]
        if len(seizure.legs) > 1 or any(seizure.interval.overlap_s(o) > 0 for o in others):
            continue
        spread = x[:, mask(x.shape[1], [seizure.interval])].std(axis=1)
        share = spread / spread.max()
        told = np.array([label in seizure.channels for label in labels])
        assert np.all(told[share > 0.33])
        assert not np.any(told[share < 0.17])


def test_the_rhythm_of_a_leg_has_the_frequency_that_is_told(ictal):
    made, x = ictal
    names = [c.electrode for c in made.recording.channels]
    for seizure in made.truth.seizures:
        leg = seizure.onset
        if len(seizure.legs) > 1 or leg.duration_s < 8:
            continue
        row = x[names.index(leg.electrode)][mask(x.shape[1], [leg.interval])]
        crossings = np.count_nonzero(np.diff(np.signbit(row - row.mean())))
        assert crossings / 2 / leg.duration_s > 0.5 * leg.frequency_hz
        power = np.abs(np.fft.rfft(row * np.hanning(len(row)), 8192)) ** 2
        hz = np.fft.rfftfreq(8192, 1 / RATE_HZ)
        near = (hz > 0.6 * leg.frequency_hz) & (hz < 1.5 * leg.frequency_hz)
        assert power[near].sum() > 0.4 * power.sum()


def test_components_add_up_to_the_recording():
    """Where nothing replaces or saturates, the parts sum to the whole (sensor noise belongs to the background)."""
    made = simulate(dense("single-focus"), duration_s=300, seed=1, rate_hz=RATE_HZ)
    whole, *parts = (
        source.read_uv(range(19), 0, 0, 300 * RATE_HZ)
        for source in (
            made.recording.samples,
            *(made.recording.samples.only(c) for c in ("background", "rhythm", "artefact", "ictal")),
        )
    )
    bad = {e for a in made.truth.artefacts if a.kind in ("detachment", "saturation") for e in a.electrodes}
    rows = [i for i, c in enumerate(made.recording.channels) if c.electrode not in bad]
    np.testing.assert_allclose(sum(parts)[rows], whole[rows], atol=5e-3)
