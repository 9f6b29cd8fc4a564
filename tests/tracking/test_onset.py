"""The onset electrode by the field: a dipole's place comes back, and the less it stands out the less sure it is."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, electrode, mirror
from ictal.eeg.signal.types import Derivation
from ictal.eeg.tracking.onset import onset_field, outward

RATE, HZ = 64, 5.0
AVERAGE = tuple(Derivation(f"{e}-avg", e, {}) for e in TEN_TWENTY)


def seconds(place, noise_uv, seed=0, length_s=8, names=TEN_TWENTY):
    """A rhythm of an outward dipole between the places that are named, in noise, in average reference."""
    rng = np.random.default_rng(seed)
    where = np.array([electrode(p).position for p in place]).mean(axis=0)
    where /= np.linalg.norm(where)
    field = outward(np.array([electrode(n).position for n in names]) @ where)
    field = field / field.max()
    t = np.arange(length_s * RATE) / RATE
    uv = 50 * np.outer(field, np.sin(2 * np.pi * HZ * t)) + noise_uv * rng.normal(size=(len(names), len(t)))
    return (uv - uv.mean(axis=0)).astype(np.float32)


@pytest.mark.parametrize("place", ["C3", "O2", "T7", "Fz", "F8", "P4"])
def test_a_source_below_an_electrode_is_found(place):
    found = onset_field(seconds([place], 15.0), HZ, AVERAGE)
    assert found.electrode == place
    assert found.confidence >= 0.8
    assert found.runner_up_confidence <= 0.1
    assert found.explained > 0.7


def test_between_two_electrodes_both_are_named_and_neither_is_sure():
    named, sure = [], []
    for seed in range(10):
        found = onset_field(seconds(["C3", "P3"], 25.0, seed), HZ, AVERAGE)
        named.append({found.electrode, found.runner_up} == {"C3", "P3"})
        sure.append(found.confidence)
    assert sum(named) >= 8
    assert np.median(sure) < 0.85


def test_noise_alone_is_not_sure():
    sure = [onset_field(seconds(["Cz"], 1e4, seed), HZ, AVERAGE).confidence for seed in range(20)]
    assert np.median(sure) < 0.5


def test_size_and_order_do_not_matter_and_the_mirror_image_mirrors():
    uv = seconds(["C3"], 40.0)
    found = onset_field(uv, HZ, AVERAGE)
    assert onset_field(2 * uv, HZ, AVERAGE) == found
    order = np.random.default_rng(1).permutation(len(AVERAGE))
    assert onset_field(uv[order], HZ, tuple(AVERAGE[i] for i in order)) == found
    flipped = tuple(Derivation(d.label, mirror(d.electrode), {}) for d in AVERAGE)
    turned = onset_field(uv, HZ, flipped)
    assert (turned.electrode, turned.runner_up) == (mirror(found.electrode), mirror(found.runner_up))
    assert turned.confidence == found.confidence


def test_what_cannot_be_told_is_not_told():
    uv = seconds(["C3"], 10.0)
    assert onset_field(uv[:, :100], HZ, AVERAGE) is None
    assert onset_field(uv[:3], HZ, AVERAGE[:3]) is None
    assert onset_field(np.zeros_like(uv), HZ, AVERAGE) is None
