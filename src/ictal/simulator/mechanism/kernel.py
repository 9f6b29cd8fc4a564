"""The equations of `model`, fast: single precision, regions innermost, a block of time at once.

A strip of time is shorter than the shortest delay, so what regions send each other in a strip is known before it
begins. Nothing is summed in an order that depends on threads: the same input gives the same bytes.
"""

from __future__ import annotations

import os
from typing import Any

import numba
import numpy as np

f4 = np.float32
CACHED = os.environ.get("NUMBA_DISABLE_JIT", "0") != "1"


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


@numba.njit(cache=CACHED, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def receive(where: Any, weight: Any, history: Any, at: int, arriving: Any) -> None:
    """What arrives at each region in the strip that begins at step `at`? Fills `arriving[kind, step, region]`."""
    _, strip, regions = arriving.shape
    length = history.shape[1] - strip
    row = np.zeros((2, regions, strip), f4)
    for link in range(len(weight)):
        target, source, kind, delay = where[link, 0], where[link, 1], where[link, 2], where[link, 3]
        begin = (at - delay) % length
        w = weight[link]
        for k in range(strip):
            row[kind, target, k] += w * history[source, begin + k]
    for kind in range(2):
        for k in range(strip):
            for i in range(regions):
                arriving[kind, k, i] = row[kind, i, k]


@numba.njit(cache=CACHED, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def step(c: Any, tissue: Any, s: Any, force: Any, given: Any) -> None:
    """One step of every region. `given`: drive, what arrives near and far, and room for the pyramidal firing."""
    drive, near, far, fired = given
    for i in range(len(fired)):
        x = tissue[1, i]
        gaba = s[8, i] * c[13] / x
        dendrite = (x * (s[2, i] + s[4, i] + c[8] * s[6, i]) - gaba * force[i]) / (f4(1.0) + gaba)
        soma = dendrite - s[10, i] / x
        top, steep = c[0], c[1]
        pyramidal = top * firing(steep * (soma + s[14, i] - s[13, i] - tissue[0, i] - c[2]))
        excitatory = top * firing(steep * (c[4] * s[0, i] - c[2]))
        sst = top * firing(steep * (c[5] * s[0, i] + c[9] * s[6, i] - c[3]))
        pv = top * firing(steep * (c[6] * s[0, i] + c[10] * s[6, i] - c[7] * s[8, i] - c[11]))
        s[1, i] = c[16] * s[1, i] + c[17] * pyramidal - c[18] * s[0, i]
        s[3, i] = c[16] * s[3, i] + c[17] * (c[12] * excitatory + drive[i]) - c[18] * s[2, i]
        s[5, i] = c[16] * s[5, i] + c[17] * near[i] - c[18] * s[4, i]
        s[7, i] = c[16] * s[7, i] + c[17] * far[i] - c[18] * s[6, i]
        s[9, i] = c[19] * s[9, i] + c[20] * sst - c[21] * s[8, i]
        s[11, i] = c[22] * s[11, i] + c[23] * pv - c[24] * s[10, i]
        s[0, i] += c[15] * s[1, i]
        s[2, i] += c[15] * s[3, i]
        s[4, i] += c[15] * s[5, i]
        s[6, i] += c[15] * s[7, i]
        s[8, i] += c[15] * s[9, i]
        s[10, i] += c[15] * s[11, i]
        s[13, i] += c[15] * (c[25] * pyramidal - c[26] * s[13, i])
        s[14, i] += c[15] * c[27] * (c[28] * pyramidal - s[14, i])
        s[15, i] += c[15] * c[29] * (soma - s[15, i])
        s[16, i] = soma
        s[17, i] += c[15] * c[29] * (c[4] * s[0, i] - s[17, i])
        fired[i] = pyramidal


@numba.njit(cache=CACHED, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def load_chloride(c: Any, tissue: Any, s: Any, force: Any, lasted_s: Any) -> None:
    """Chloride after a strip, and the driving force of SST inhibition (mV) during the next one."""
    for i in range(s.shape[1]):
        x = tissue[1, i]
        gaba = s[8, i] * c[13] / x
        dendrite = (x * (s[2, i] + s[4, i] + c[8] * s[6, i]) - gaba * force[i]) / (f4(1.0) + gaba)
        pull = c[30] + dendrite - f4(26.7) * np.log(s[12, i] / c[31])
        s[12, i] += lasted_s * (c[32] * s[8, i] * pull - (s[12, i] - c[33]) * c[34])
        s[12, i] = max(s[12, i], f4(0.5))
        if c[35] > f4(0.0):
            force[i] = c[30] - f4(26.7) * np.log((s[12, i] + c[36]) / c[37])
        else:
            force[i] = c[38]


@numba.njit(cache=CACHED, error_model="numpy")  # type: ignore[untyped-decorator, unused-ignore]
def run(made_of: Any, memory: Any, drive: Any, seen: Any, clock: Any) -> None:
    """A block of time. `seen[:, slot]` gets potential (mV), chloride (mM), firing (1/s), output (mV).

    `made_of`: constants, tissue, links (indices, weights). `memory`: state and history, both changed in place.
    `clock`: first slot, steps in a slot, slots in a strip.
    """
    c, tissue, where, weight = made_of
    state, history = memory
    first, per_slot, slots = clock
    strip, regions = slots * per_slot, state.shape[1]
    length = history.shape[1] - strip
    arriving = np.zeros((2, strip, regions), f4)
    fired = np.zeros((strip, regions), f4)
    force = np.zeros(regions, f4)
    load_chloride(c, tissue, state, force, f4(0.0))
    for begin in range(0, len(drive), slots):
        at = ((first + begin) * per_slot) % length
        receive(where, weight, history, at, arriving)
        for k in range(strip):
            slot = begin + k // per_slot
            step(c, tissue, state, force, (drive[slot], arriving[0, k], arriving[1, k], fired[k]))
            if (k + 1) % per_slot == 0:
                for i in range(regions):
                    seen[0, slot, i] = state[16, i] - state[15, i]
                    seen[1, slot, i] = state[12, i]
                    seen[2, slot, i] = fired[k, i]
                    seen[3, slot, i] = c[4] * state[0, i] - state[17, i]
        load_chloride(c, tissue, state, force, f4(strip) * c[15])
        for i in range(regions):
            for k in range(strip):
                history[i, at + k] = fired[k, i]
                if at == 0:
                    history[i, length + k] = fired[k, i]
