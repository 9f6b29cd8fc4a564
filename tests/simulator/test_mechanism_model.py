"""The equations of the mechanism: the fast kernel against the plain ones, and what each part is for."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from ictal.base.errors import SettingsError
from ictal.base.settings import check, describe
from ictal.simulator.mechanism import model
from ictal.simulator.mechanism.network import (
    HISTORY_SLOTS,
    LONG,
    NEAR,
    REGIONS,
    SLOT_S,
    STRIP_SLOTS,
    make_network,
)
from ictal.simulator.mechanism.settings import Links, Mechanism

kernel = pytest.importorskip("ictal.simulator.mechanism.kernel", reason="needs numba")

PER_SLOT = 2
STEP_S = SLOT_S / PER_SLOT


def twin(mechanism, network, state, drive):
    """The same as `kernel.run`, link by link and step by step in double precision, from an empty history."""
    regions = model.tissue(mechanism, network.threshold_mv, network.balance).astype(float)
    sent = np.zeros((len(drive) * PER_SLOT, REGIONS))
    seen = np.zeros((len(drive), REGIONS))
    force = model.driving_force(mechanism, state[model.CHLORIDE])
    for n in range(len(sent)):
        arriving = np.zeros((2, REGIONS))
        for (target, source, kind, delay), weight in zip(network.where, network.weight, strict=True):
            if n >= delay * PER_SLOT:
                arriving[kind, target] += weight * sent[n - delay * PER_SLOT, source]
        given = (force, drive[n // PER_SLOT], arriving[NEAR], arriving[LONG])
        sent[n] = model.advance(mechanism, regions, state, given, STEP_S)
        seen[n // PER_SLOT] = state[model.SOMA] - state[model.BASELINE]
        if (n + 1) % (STRIP_SLOTS * PER_SLOT) == 0:
            model.load_chloride(mechanism, regions, state, force, STRIP_SLOTS * SLOT_S)
            force = model.driving_force(mechanism, state[model.CHLORIDE])
    return seen


def fast(mechanism, network, state, drive):
    where = network.where.copy()
    where[:, 3] *= PER_SLOT
    memory = state.astype(np.float32), np.zeros((REGIONS, (HISTORY_SLOTS + STRIP_SLOTS) * PER_SLOT), np.float32)
    seen = np.empty((4, len(drive), REGIONS), np.float32)
    regions = model.tissue(mechanism, network.threshold_mv, network.balance)
    made_of = (model.numbers(mechanism, STEP_S, 8.0), regions, where, network.weight)
    kernel.run(made_of, memory, drive.astype(np.float32), seen, (0, PER_SLOT, STRIP_SLOTS))
    return seen[0], memory[0]


@pytest.mark.parametrize(("mean_per_s", "slots"), [(60.0, 512), (250.0, 256)], ids=["at rest", "ictal everywhere"])
def test_the_kernel_equals_its_plain_twin(mean_per_s, slots):
    mechanism = Mechanism()
    network = make_network(mechanism, 5)
    drive = mean_per_s + 60.0 * np.random.default_rng(3).standard_normal((slots, REGIONS))
    state = np.zeros((model.ROWS, REGIONS))
    state[model.CHLORIDE] = 8.0
    slow = state.copy()
    expected = twin(mechanism, network, slow, drive)
    got, memory = fast(mechanism, network, state, drive)
    assert expected.std() > 0.3
    np.testing.assert_allclose(got[:128], expected[:128], atol=0.002)
    np.testing.assert_allclose(got, expected, atol=0.1)
    np.testing.assert_allclose(memory[model.CHLORIDE], slow[model.CHLORIDE], rtol=1e-3)
    np.testing.assert_allclose(memory[model.FATIGUE], slow[model.FATIGUE], rtol=1e-2, atol=1e-3)


def test_firing_is_a_sigmoid_to_five_decimals():
    x = np.linspace(-30, 30, 2001, dtype=np.float32)
    got = np.array([kernel.firing(v) for v in x])
    assert np.abs(got - 1 / (1 + np.exp(-x.astype(float)))).max() < 1e-5


def test_chloride_turns_sst_inhibition_round():
    """At rest it pulls down; loaded it pushes up. In between lies the chloride at which it does nothing."""
    mechanism = Mechanism()
    force = model.driving_force(mechanism, np.array([5.0, 8.0, 12.0, 20.0]))
    assert np.all(np.diff(force) < 0)
    assert force[0] > 5
    assert force[-1] < -5


def test_inhibition_loads_chloride_and_the_pump_takes_it_out():
    mechanism = Mechanism()
    regions = np.array([[0.0], [1.0]])
    state = np.zeros((model.ROWS, 1))
    state[model.CHLORIDE] = mechanism.chloride.pumped_to_mm
    state[model.Y_SST], state[model.Y_E] = 15.0, 5.0
    for _ in range(400):
        model.load_chloride(mechanism, regions, state, model.driving_force(mechanism, state[model.CHLORIDE]), 0.03)
    loaded = state[model.CHLORIDE, 0]
    state[model.Y_SST] = 0.0
    for _ in range(9000):
        model.load_chloride(mechanism, regions, state, model.driving_force(mechanism, state[model.CHLORIDE]), 0.03)
    assert loaded > mechanism.chloride.pumped_to_mm + 2
    assert state[model.CHLORIDE, 0] == pytest.approx(mechanism.chloride.pumped_to_mm, abs=0.1)


def test_gain_of_function_weakens_interneurons_more_than_pyramidal_cells():
    healthy = msgspec.structs.replace(Mechanism(), gene=msgspec.structs.replace(Mechanism().gene, kcnt1_fold=1.0))
    regions = np.array([[0.0], [1.0]])
    state = np.zeros((model.ROWS, 1))
    state[model.Y_P], state[model.Y_E] = 0.05, 3.0
    rates = {}
    for name, mechanism in (("healthy", healthy), ("ill", Mechanism())):
        tissue = model.tissue(mechanism, regions[0], regions[1] ** 2).astype(float)
        rates[name] = [float(r[0]) for r in model.rates(mechanism, tissue, state, np.array([5.0]))[:4]]
    lost = [1 - ill / well for well, ill in zip(rates["healthy"], rates["ill"], strict=True)]
    pyramidal, _, sst, pv = lost
    assert sst > pv > pyramidal >= 0


def test_every_number_has_a_unit_a_meaning_a_range_and_a_source():
    for item in describe(Mechanism):
        assert item.unit
        assert item.meaning
        assert item.source
        if not isinstance(item.default, bool):
            assert item.low is not None
            assert item.high is not None
            assert item.low <= item.default <= item.high
    with pytest.raises(SettingsError, match="speed_m_s"):
        check(msgspec.structs.replace(Mechanism(), links=Links(speed_m_s=0.0)))


def test_the_network_has_two_mirrored_hemispheres_and_no_signal_that_is_too_early():
    network = make_network(Mechanism(), 1)
    assert REGIONS >= 60
    x = network.directions[:, 0]
    assert (x > 0).sum() == (x < 0).sum() == REGIONS // 2
    for region, other in enumerate(network.mirror):
        np.testing.assert_allclose(network.directions[other], network.directions[region] * [-1, 1, 1])
        assert network.reaches(region, other)[0] == LONG
    near = network.where[network.where[:, 2] == NEAR]
    assert np.all(x[near[:, 0]] * x[near[:, 1]] > 0)
    counts = np.bincount(near[:, 0], minlength=REGIONS)
    assert counts.min() >= 4
    assert network.where[:, 3].min() >= STRIP_SLOTS
    assert network.where[:, 3].max() < HISTORY_SLOTS


def test_slower_axons_deliver_later():
    mechanism = Mechanism()
    slower = msgspec.structs.replace(mechanism, links=msgspec.structs.replace(mechanism.links, speed_m_s=0.4))
    one, two = make_network(mechanism, 1).where, make_network(slower, 1).where
    long = one[:, 2] == LONG
    np.testing.assert_array_equal(one[:, :3], two[:, :3])
    assert np.all(two[long, 3] > one[long, 3])
