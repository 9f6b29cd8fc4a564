"""The equations of `model`, fast: single precision, sixteen regions at once, a block of time at once.

The state of sixteen regions lies in one short stretch of memory, a row each of `ROWS`, so that a compiler sees that no
two rows overlap and steps the sixteen together. A strip of time is shorter than the shortest delay, so what regions
send each other in a strip is known before it begins. Nothing is summed in an order that depends on threads: the same
input gives the same bytes.
"""

from __future__ import annotations

import os
from typing import Any

import numba
import numpy as np

from ictal.simulator.mechanism import model
from ictal.simulator.mechanism.model import (
    BASELINE,
    CHLORIDE,
    FATIGUE,
    NERNST_MV,
    OUTPUT_BASELINE,
    POTASSIUM,
    SOMA,
    Y_E,
    Y_FAR,
    Y_NEAR,
    Y_P,
    Y_PV,
    Y_SST,
)

f4 = np.float32
CACHED = os.environ.get("NUMBA_DISABLE_JIT", "0") != "1"
LANES = 16
SHIFT, ROOT, FORCE, DRIVE, NEAR, FAR, FIRED = (model.ROWS + k for k in range(7))
"""Rows that a step reads beside the state (threshold, root of balance, driving force, what arrives), and its answer."""
ROWS = model.ROWS + 7


@numba.njit(inline="always", cache=CACHED, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def firing(x: Any) -> Any:
    """What is 1 / (1 + exp(-x))? By a polynomial and six squarings, off by less than 1e-5."""
    t = min(max(x, f4(-20.0)), f4(20.0)) * f4(-1.0 / 64.0)
    e = f4(1.0) + t * (f4(1.0) + t * (f4(0.5) + t * (f4(1 / 6) + t * (f4(1 / 24) + t * f4(1 / 120)))))
    e *= e
    e *= e
    e *= e
    e *= e
    e *= e
    e *= e
    return f4(1.0) / (f4(1.0) + e)


@numba.njit(cache=CACHED, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def receive(where: Any, weight: Any, history: Any, at: int, arriving: Any) -> None:
    """What arrives at each region in the strip that begins at step `at`? Fills `arriving[kind, region, step]`."""
    strip, regions = arriving.shape[2], arriving.shape[1]
    width = history.shape[1]
    sent, got = history.reshape(-1), arriving.reshape(-1)
    for k in range(len(got)):
        got[k] = f4(0.0)
    for link in range(len(weight)):
        back = at - where[link, 3]
        begin = back if back >= 0 else back + width - strip
        source = np.uint64(where[link, 1] * width + begin)
        target = np.uint64((where[link, 2] * regions + where[link, 0]) * strip)
        w = weight[link]
        for k in range(strip):
            got[target + np.uint64(k)] += w * sent[source + np.uint64(k)]


@numba.njit(inline="always", cache=CACHED, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def dendrite_mv(n: Any, q: Any, at: int) -> Any:
    """Potential of the dendrites of one region against rest. `at`: where its column begins."""
    x = q[at + ROOT * LANES]
    gaba = q[at + Y_SST * LANES] * n.per_driving_mv / x
    excited = x * (q[at + Y_E * LANES] + q[at + Y_NEAR * LANES] + n.far_on_pyramidal * q[at + Y_FAR * LANES])
    return (excited - gaba * q[at + FORCE * LANES]) / (f4(1.0) + gaba)


@numba.njit(inline="always", cache=CACHED, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def synapse(n: Any, q: Any, at: int, kept: Any, change: Any) -> None:
    """One step of a synapse whose potential begins at `at`, its slope in the next row."""
    q[at + LANES] = kept * q[at + LANES] + change
    q[at] += n.step_s * q[at + LANES]


@numba.njit(cache=CACHED, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def step(n: Any, q: Any) -> None:
    """One step of every region; `q` holds `ROWS` x `LANES` numbers for each sixteen."""
    for tile in range(len(q) // (ROWS * LANES)):
        for lane in range(LANES):
            i = tile * ROWS * LANES + lane
            y_p, y_far, y_sst, y_pv = (
                q[i + Y_P * LANES], q[i + Y_FAR * LANES], q[i + Y_SST * LANES], q[i + Y_PV * LANES]
            )  # fmt: skip
            soma = dendrite_mv(n, q, i) - y_pv / q[i + ROOT * LANES]
            excess = soma + q[i + POTASSIUM * LANES] - q[i + FATIGUE * LANES] - q[i + SHIFT * LANES]
            pyramidal = n.highest * firing(n.slope * (excess - n.threshold))
            excitatory = n.highest * firing(n.slope * (n.p_on_e * y_p - n.threshold))
            sst = n.highest * firing(n.slope * (n.p_on_sst * y_p + n.far_on_sst * y_far - n.sst_threshold))
            on_pv = n.p_on_pv * y_p + n.far_on_pv * y_far - n.sst_on_pv * y_sst
            pv = n.highest * firing(n.slope * (on_pv - n.pv_threshold))
            incoming = n.e_on_p * excitatory + q[i + DRIVE * LANES]
            synapse(n, q, i + Y_P * LANES, n.exc_kept, n.exc_adds * pyramidal - n.exc_takes * y_p)
            synapse(n, q, i + Y_E * LANES, n.exc_kept, n.exc_adds * incoming - n.exc_takes * q[i + Y_E * LANES])
            near = n.exc_adds * q[i + NEAR * LANES] - n.exc_takes * q[i + Y_NEAR * LANES]
            synapse(n, q, i + Y_NEAR * LANES, n.exc_kept, near)
            far = n.exc_adds * q[i + FAR * LANES] - n.exc_takes * y_far
            synapse(n, q, i + Y_FAR * LANES, n.exc_kept, far)
            synapse(n, q, i + Y_SST * LANES, n.sst_kept, n.sst_adds * sst - n.sst_takes * y_sst)
            synapse(n, q, i + Y_PV * LANES, n.pv_kept, n.pv_adds * pv - n.pv_takes * y_pv)
            fatigue, potassium = q[i + FATIGUE * LANES], q[i + POTASSIUM * LANES]
            q[i + FATIGUE * LANES] += n.step_s * (n.fatigue_adds * pyramidal - n.fatigue_leaves * fatigue)
            q[i + POTASSIUM * LANES] += n.step_s * n.potassium_rate * (n.potassium_adds * pyramidal - potassium)
            q[i + BASELINE * LANES] += n.step_s * n.high_pass * (soma - q[i + BASELINE * LANES])
            q[i + SOMA * LANES] = soma
            output = n.p_on_e * q[i + Y_P * LANES] - q[i + OUTPUT_BASELINE * LANES]
            q[i + OUTPUT_BASELINE * LANES] += n.step_s * n.high_pass * output
            q[i + FIRED * LANES] = pyramidal


@numba.njit(cache=CACHED, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def load_chloride(n: Any, q: Any, lasted_s: Any) -> None:
    """Chloride after a strip, and the driving force of SST inhibition (mV) during the next one."""
    for tile in range(len(q) // (ROWS * LANES)):
        for lane in range(LANES):
            i = tile * ROWS * LANES + lane
            chloride = q[i + CHLORIDE * LANES]
            pull = n.resting + dendrite_mv(n, q, i) - f4(NERNST_MV) * np.log(chloride / n.cl_outside)
            chloride += lasted_s * (n.cl_load * q[i + Y_SST * LANES] * pull - (chloride - n.cl_pumped) * n.cl_rate)
            chloride = max(chloride, f4(0.5))
            q[i + CHLORIDE * LANES] = chloride
            if n.cl_moves > f4(0.0):
                q[i + FORCE * LANES] = n.resting - f4(NERNST_MV) * np.log((chloride + n.hco3_inside) / n.outside)
            else:
                q[i + FORCE * LANES] = n.held_force


@numba.njit(cache=CACHED, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def place(regions: int) -> Any:
    """Where does the column of each region begin?"""
    at = np.empty(regions, np.int64)
    for i in range(regions):
        at[i] = (i // LANES) * ROWS * LANES + i % LANES
    return at


@numba.njit(cache=CACHED, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def pack(tissue: Any, state: Any, at: Any) -> Any:
    """The state in stretches of sixteen. Lanes that no region fills copy the first region and are never read."""
    tiles = (len(at) + LANES - 1) // LANES
    q = np.empty(tiles * ROWS * LANES, f4)
    for i in range(tiles * LANES):
        region = i if i < len(at) else 0
        begin = (i // LANES) * ROWS * LANES + i % LANES
        for row in range(ROWS):
            q[begin + row * LANES] = state[row, region] if row < model.ROWS else f4(0.0)
        q[begin + SHIFT * LANES] = tissue[0, region]
        q[begin + ROOT * LANES] = tissue[1, region]
    return q


@numba.njit(cache=CACHED, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def look(n: Any, q: Any, at: Any, seen: Any) -> None:
    """What is seen of the regions now: potential (mV), chloride (mM), firing (1/s), output (mV)."""
    for i in range(len(at)):
        o = at[i]
        seen[0, i] = q[o + SOMA * LANES] - q[o + BASELINE * LANES]
        seen[1, i] = q[o + CHLORIDE * LANES]
        seen[2, i] = q[o + FIRED * LANES]
        seen[3, i] = n.p_on_e * q[o + Y_P * LANES] - q[o + OUTPUT_BASELINE * LANES]


@numba.njit(cache=CACHED, error_model="numpy", nogil=True)  # type: ignore[untyped-decorator, unused-ignore]
def run(made_of: Any, memory: Any, drive: Any, seen: Any, clock: Any) -> None:
    """A block of time. `seen[:, slot]` gets potential (mV), chloride (mM), firing (1/s), output (mV).

    `made_of`: numbers, tissue, links (indices, weights). `memory`: state and history, both changed in place. `clock`:
    first slot, steps in a slot, slots in a strip.
    """
    n, tissue, where, weight = made_of
    state, history = memory
    first, per_slot, slots = clock
    strip, regions = slots * per_slot, state.shape[1]
    length = history.shape[1] - strip
    arriving = np.zeros((2, regions, strip), f4)
    at = place(regions)
    q = pack(tissue, state, at)
    load_chloride(n, q, f4(0.0))
    for begin in range(0, len(drive), slots):
        now = ((first + begin) * per_slot) % length
        receive(where, weight, history, now, arriving)
        for k in range(strip):
            slot = begin + k // per_slot
            for i in range(regions):
                q[at[i] + DRIVE * LANES] = drive[slot, i]
                q[at[i] + NEAR * LANES] = arriving[0, i, k]
                q[at[i] + FAR * LANES] = arriving[1, i, k]
            step(n, q)
            for i in range(regions):
                history[i, now + k] = q[at[i] + FIRED * LANES]
            if (k + 1) % per_slot == 0:
                look(n, q, at, seen[:, slot])
        load_chloride(n, q, f4(strip) * n.step_s)
        if now == 0:
            history[:, length:] = history[:, :strip]
    for row in range(model.ROWS):
        for i in range(regions):
            state[row, i] = q[at[i] + row * LANES]
