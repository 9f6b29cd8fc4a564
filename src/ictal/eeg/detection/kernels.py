"""The loops of the scores, compiled. Arrays are `(n_derivations, n_seconds, n_lines)`, single precision."""

from __future__ import annotations

from typing import Any

import numpy as np

from ictal.base.compiled import compiled, inlined

f4 = np.float32


@inlined
def _ln(given: Any, bits: Any, mantissa: Any, mantissa_bits: Any, out: Any) -> None:
    """The natural logarithm of positive numbers, right to seven digits: the exponent and a polynomial of the rest.

    `bits` are those of `given`, `mantissa_bits` those of `mantissa`, which is scratch. The polynomial is that of
    Cephes' `logf`.
    """
    for k in range(len(out)):
        mantissa_bits[k] = (bits[k] & 0x7FFFFF) | 0x3F800000
    for k in range(len(out)):
        m, e = mantissa[k], f4((bits[k] >> 23) - 127)
        large = m > f4(1.41421356)
        x = (m * f4(0.5) if large else m) - f4(1.0)
        e = e + f4(1.0) if large else e
        y = f4(7.0376836292e-2)
        y = y * x - f4(1.1514610310e-1)
        y = y * x + f4(1.1676998740e-1)
        y = y * x - f4(1.2420140846e-1)
        y = y * x + f4(1.4249322787e-1)
        y = y * x - f4(1.6668057665e-1)
        y = y * x + f4(2.0000714765e-1)
        y = y * x - f4(2.4999993993e-1)
        y = y * x + f4(3.3333331174e-1)
        square = x * x
        out[k] = (x + (y * x * square - f4(0.5) * square)) + e * f4(0.693147181)


@compiled
def stand_out(power: Any, background: Any, bins: Any, limits: Any, out: Any, begin: int) -> None:
    """`score.evidence_of`: how much each line stands out of its background and of its neighbours.

    `background` is that of three lines together; `bins` are the lines, those below and those above, counted as the sums
    of three are; `limits` are (least ratio, largest excess, lead of prominence, least evidence). Fills `out` from
    column `begin` on.
    """
    least, largest, lead, lowest = limits
    n = len(bins[0])
    width = power.shape[2] - 2
    inverse, ratio = np.empty(width, dtype=f4), np.empty(width, dtype=f4)
    # Of each line the ratio, then the two beside it added: one logarithm of both.
    wanted, mantissa, logs = np.empty(2 * n, dtype=f4), np.empty(2 * n, dtype=f4), np.empty(2 * n, dtype=f4)
    bits, mantissa_bits = wanted.view(np.int32), mantissa.view(np.int32)
    for d in range(len(power)):
        for k in range(width):
            inverse[k] = f4(1.0) / background[d, k]
        for t in range(power.shape[1]):
            row, wide = power[d, t], out[d, t]
            got = wide[begin : begin + n]
            for k in range(width):
                x = (row[k] + row[k + 1] + row[k + 2]) * inverse[k]
                ratio[k] = x if x > least else least
            for f in range(n):
                wanted[f] = ratio[bins[0, f]]
                wanted[n + f] = ratio[bins[1, f]] + ratio[bins[2, f]]
            _ln(wanted, bits, mantissa, mantissa_bits, logs)
            for f in range(n):
                excess, prominence = logs[f], logs[f] - logs[n + f] + lead
                x = min(min(excess, largest), prominence)
                got[f] = x if x > lowest else lowest


@compiled
def strongest(evidence: Any, over: int, best: Any, strength: Any) -> None:
    """`score`: the mean evidence of so many seconds, and of which line it is the largest. Fills both."""
    n = evidence.shape[2]
    mean = np.empty(n, dtype=f4)
    for d in range(len(evidence)):
        for t in range(best.shape[1]):
            mean[:] = evidence[d, t]
            for k in range(1, over):
                row = evidence[d, t + k]
                for f in range(n):
                    mean[f] += row[f]
            at = 0
            for f in range(1, n):
                if mean[f] > mean[at]:
                    at = f
            best[d, t], strength[d, t] = at, mean[at] / f4(over)


@compiled
def swings(power: Any, best: Any, first: int, context: int, bin_hz: float, out: Any) -> None:
    """`score`: peak-to-peak amplitude of a sine with the power of five lines around the best, where it is one of these.

    `best` counts from `first`, the line of the first; negative ones are of another scale.
    """
    for d in range(len(best)):
        for t in range(best.shape[1]):
            at = best[d, t]
            if at >= 0:
                row, total = power[d, t + context], f4(0.0)
                for k in range(at + first - 2, at + first + 3):
                    total += row[k]
                out[d, t] = f4(2.0) * np.sqrt(f4(2.0 * bin_hz) * total)
