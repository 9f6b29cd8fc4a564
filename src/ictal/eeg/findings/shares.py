"""Shares with their interval."""

from __future__ import annotations

from ictal.base.statistics import wilson
from ictal.eeg.findings.types import Share


def share(count: int, of: int) -> Share:
    """How large is a share, and within which 95 % interval? All `None` when there is no case."""
    ends = wilson(count, of)
    if ends is None:
        return Share(count, of, None, None, None)
    return Share(count, of, round(count / of, 4), round(ends[0], 4), round(ends[1], 4))
