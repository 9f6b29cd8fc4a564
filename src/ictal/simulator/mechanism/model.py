"""The equations, plainly: what each population does next. `kernel` is the same, fast; the tests compare them.

Every region has pyramidal cells (P), excitatory cells (E), slow dendritic SST and fast somatic PV interneurons. The
equations stand in `equations`, which the help and the pages print. Near links go to pyramidal cells, long ones to SST
cells above all. What the scalp sees of a region is what its pyramidal cells give each other, C y_P: their common
firing, in which the noise that each has for itself is lost.

Synapses advance by leapfrog (second order in the step), everything slow by Euler, chloride once in a strip of 8/256 s.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ictal.simulator.chance import Floats
from ictal.simulator.mechanism.settings import Mechanism

Y_P, Y_E, Y_NEAR, Y_FAR, Y_SST, Y_PV = 0, 2, 4, 6, 8, 10
"""Rows of the state: a synapse each (mV), its slope in the next row."""
CHLORIDE, FATIGUE, POTASSIUM, BASELINE, SOMA, OUTPUT_BASELINE = 12, 13, 14, 15, 16, 17
ROWS = 18
NERNST_MV = 26.7
HIGH_PASS_HZ = 0.5
"""What an amplifier would not show of the potential is taken off by a filter of first order."""


class Numbers(NamedTuple):
    """What `kernel` wants of a tissue: single precision, contacts and steps already multiplied in."""

    step_s: np.float32
    highest: np.float32
    slope: np.float32
    threshold: np.float32
    sst_threshold: np.float32
    pv_threshold: np.float32
    p_on_e: np.float32
    p_on_sst: np.float32
    p_on_pv: np.float32
    sst_on_pv: np.float32
    e_on_p: np.float32
    far_on_pyramidal: np.float32
    far_on_sst: np.float32
    far_on_pv: np.float32
    per_driving_mv: np.float32
    exc_kept: np.float32
    exc_adds: np.float32
    exc_takes: np.float32
    sst_kept: np.float32
    sst_adds: np.float32
    sst_takes: np.float32
    pv_kept: np.float32
    pv_adds: np.float32
    pv_takes: np.float32
    fatigue_adds: np.float32
    fatigue_leaves: np.float32
    potassium_rate: np.float32
    potassium_adds: np.float32
    high_pass: np.float32
    resting: np.float32
    cl_outside: np.float32
    cl_load: np.float32
    cl_pumped: np.float32
    cl_rate: np.float32
    cl_moves: np.float32
    hco3_inside: np.float32
    outside: np.float32
    held_force: np.float32


def numbers(mechanism: Mechanism, step_s: float, held_mm: float) -> Numbers:
    """The numbers that `kernel` wants. `held_mm`: chloride of inhibition that is not dynamic."""
    cells, gene, links, chloride = mechanism.cells, mechanism.gene, mechanism.links, mechanism.chloride
    doublings, slow = math.log2(gene.kcnt1_fold), mechanism.slow
    exc = _leapfrog(cells.excitatory_mv, cells.excitatory_per_s, 1.0, step_s)
    sst = _leapfrog(cells.sst_mv, cells.sst_per_s, cells.sst_to_pyramidal, step_s)
    pv = _leapfrog(cells.pv_mv, cells.pv_per_s, cells.pv_to_pyramidal, step_s)
    values = {
        "step_s": step_s,
        "highest": cells.highest_rate_per_s,
        "slope": cells.slope_per_mv,
        "threshold": cells.threshold_mv,
        "sst_threshold": cells.threshold_mv + doublings * gene.sst_mv,
        "pv_threshold": cells.threshold_mv + doublings * gene.pv_mv,
        "p_on_e": cells.pyramidal_to_excitatory,
        "p_on_sst": cells.pyramidal_to_sst,
        "p_on_pv": cells.pyramidal_to_pv,
        "sst_on_pv": cells.sst_to_pv,
        "e_on_p": cells.excitatory_to_pyramidal,
        "far_on_pyramidal": links.on_pyramidal,
        "far_on_sst": links.on_sst,
        "far_on_pv": links.on_pv,
        "per_driving_mv": 1.0 / cells.sst_driving_mv,
        "exc_kept": exc[0],
        "exc_adds": exc[1],
        "exc_takes": exc[2],
        "sst_kept": sst[0],
        "sst_adds": sst[1],
        "sst_takes": sst[2],
        "pv_kept": pv[0],
        "pv_adds": pv[1],
        "pv_takes": pv[2],
        "fatigue_adds": slow.fatigue_mv_per_spike,
        "fatigue_leaves": 1.0 / slow.fatigue_s,
        "potassium_rate": 1.0 / slow.potassium_s,
        "potassium_adds": slow.potassium_mv_per_hz,
        "high_pass": 2 * math.pi * HIGH_PASS_HZ,
        "resting": chloride.resting_mv,
        "cl_outside": chloride.outside_mm,
        "cl_load": chloride.load_mm_per_s,
        "cl_pumped": chloride.pumped_to_mm,
        "cl_rate": 1.0 / chloride.pump_s,
        "cl_moves": float(chloride.dynamic),
        "hco3_inside": chloride.bicarbonate_inside_mm,
        "outside": chloride.outside_mm + chloride.bicarbonate_outside_mm,
        "held_force": driving_force(mechanism, np.array([held_mm]))[0],
    }
    return Numbers(**{name: np.float32(value) for name, value in values.items()})


def tissue(mechanism: Mechanism, threshold_mv: Floats, balance: Floats) -> npt.NDArray[np.float32]:
    """How the regions differ: shift of the pyramidal threshold (mV), root of the balance. `(2, n_regions)`"""
    shift = math.log2(mechanism.gene.kcnt1_fold) * mechanism.gene.pyramidal_mv
    return np.stack((threshold_mv + shift, np.sqrt(balance))).astype(np.float32)


def _leapfrog(size_mv: float, rate_per_s: float, contacts: float, step_s: float) -> tuple[float, float, float]:
    """How a synapse's slope advances: what is left of it, what a firing adds, what the potential takes."""
    damped = 1.0 + rate_per_s * step_s
    kept = (1.0 - rate_per_s * step_s) / damped
    return kept, step_s * size_mv * rate_per_s * contacts / damped, step_s * rate_per_s**2 / damped


def firing(mechanism: Mechanism, potential_mv: Floats) -> Floats:
    """How often does a population fire (1/s) at a potential above its threshold (mV)?"""
    answer: Floats = mechanism.cells.highest_rate_per_s / (1.0 + np.exp(-mechanism.cells.slope_per_mv * potential_mv))
    return answer


def driving_force(mechanism: Mechanism, chloride_mm: Floats) -> Floats:
    """How far (mV) below rest does SST inhibition pull? Below zero it depolarises."""
    c = mechanism.chloride
    inside, outside = chloride_mm + c.bicarbonate_inside_mm, c.outside_mm + c.bicarbonate_outside_mm
    answer: Floats = c.resting_mv - NERNST_MV * np.log(inside / outside)
    return answer


def dendrite_mv(mechanism: Mechanism, regions: Floats, state: Floats, force_mv: Floats) -> Floats:
    """Potential of the dendrites against rest. `regions`: shift of threshold and root of balance."""
    x = regions[1]
    gaba = state[Y_SST] / (mechanism.cells.sst_driving_mv * x)
    excited = x * (state[Y_E] + state[Y_NEAR] + mechanism.links.on_pyramidal * state[Y_FAR])
    answer: Floats = (excited - gaba * force_mv) / (1.0 + gaba)
    return answer


def rates(mechanism: Mechanism, regions: Floats, state: Floats, force_mv: Floats) -> tuple[Floats, ...]:
    """Firing of P, E, SST and PV, and the potential of the soma."""
    cells, gene, links = mechanism.cells, mechanism.gene, mechanism.links
    doublings = math.log2(gene.kcnt1_fold)
    soma = dendrite_mv(mechanism, regions, state, force_mv) - state[Y_PV] / regions[1]
    p, far, threshold = state[Y_P], state[Y_FAR], cells.threshold_mv
    sst_at, pv_at = threshold + doublings * gene.sst_mv, threshold + doublings * gene.pv_mv
    return (
        firing(mechanism, soma + state[POTASSIUM] - state[FATIGUE] - regions[0] - threshold),
        firing(mechanism, cells.pyramidal_to_excitatory * p - threshold),
        firing(mechanism, cells.pyramidal_to_sst * p + links.on_sst * far - sst_at),
        firing(mechanism, cells.pyramidal_to_pv * p + links.on_pv * far - cells.sst_to_pv * state[Y_SST] - pv_at),
        soma,
    )


def advance(mechanism: Mechanism, regions: Floats, state: Floats, given: tuple[Floats, ...], step_s: float) -> Floats:
    """One step. `given`: driving force (mV), drive, what arrives near and far. The pyramidal firing is returned."""
    force, drive, near, far = given
    cells, slow = mechanism.cells, mechanism.slow
    pyramidal, excitatory, sst, pv, soma = rates(mechanism, regions, state, force)
    exc = (cells.excitatory_mv, cells.excitatory_per_s)
    for row, incoming, (size, rate) in (
        (Y_P, pyramidal, exc),
        (Y_E, cells.excitatory_to_pyramidal * excitatory + drive, exc),
        (Y_NEAR, near, exc),
        (Y_FAR, far, exc),
        (Y_SST, cells.sst_to_pyramidal * sst, (cells.sst_mv, cells.sst_per_s)),
        (Y_PV, cells.pv_to_pyramidal * pv, (cells.pv_mv, cells.pv_per_s)),
    ):
        kept, adds, takes = _leapfrog(size, rate, 1.0, step_s)
        state[row + 1] = kept * state[row + 1] + adds * incoming - takes * state[row]
        state[row] += step_s * state[row + 1]
    state[FATIGUE] += step_s * (slow.fatigue_mv_per_spike * pyramidal - state[FATIGUE] / slow.fatigue_s)
    state[POTASSIUM] += step_s / slow.potassium_s * (slow.potassium_mv_per_hz * pyramidal - state[POTASSIUM])
    state[BASELINE] += step_s * 2 * math.pi * HIGH_PASS_HZ * (soma - state[BASELINE])
    state[SOMA] = soma
    output = cells.pyramidal_to_excitatory * state[Y_P]
    state[OUTPUT_BASELINE] += step_s * 2 * math.pi * HIGH_PASS_HZ * (output - state[OUTPUT_BASELINE])
    return pyramidal


def load_chloride(mechanism: Mechanism, regions: Floats, state: Floats, force_mv: Floats, lasted_s: float) -> None:
    """Chloride after so many seconds: SST inhibition lets it in, the pump takes it out."""
    c = mechanism.chloride
    inside = c.resting_mv + dendrite_mv(mechanism, regions, state, force_mv)
    pull = inside - NERNST_MV * np.log(state[CHLORIDE] / c.outside_mm)
    loaded = c.load_mm_per_s * state[Y_SST] * pull - (state[CHLORIDE] - c.pumped_to_mm) / c.pump_s
    state[CHLORIDE] = np.maximum(state[CHLORIDE] + lasted_s * loaded, 0.5)
