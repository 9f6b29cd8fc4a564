"""Shares with their interval."""

from __future__ import annotations

import math

from ictal.eeg.findings.types import Share

_Z95 = 1.959963984540054


def share(count: int, of: int) -> Share:
    """How large is a share, and within which 95 % interval (Wilson 1927)? All `None` when there is no case."""
    if of == 0:
        return Share(count, of, None, None, None)
    p = count / of
    centre = (p + _Z95**2 / (2 * of)) / (1 + _Z95**2 / of)
    half = _Z95 / (1 + _Z95**2 / of) * math.sqrt(p * (1 - p) / of + _Z95**2 / (4 * of**2))
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == of else min(1.0, centre + half)
    return Share(count, of, round(p, 4), round(low, 4), round(high, 4))
