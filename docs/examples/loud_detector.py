"""A detector in forty lines: a second is ictal when it is much louder than this derivation usually is.

It implements the first stage alone, and leaves it to Ictal to make discharges of its scores. In the pyproject.toml of
its package stands

    [project.entry-points."ictal.detectors"]
    loud = "loud_detector:Loud"

after which `ictal analyse night.edf --detector loud` uses it.
"""

from __future__ import annotations

import numpy as np

MARGIN_S, RATE_HZ, SMOOTHED_S = 8, 64, 5


class Loud:
    """The loudness of each second over the median of all, as a score."""

    name = "loud"
    version = "1.0"

    def score(self, blocks, montage):
        """One row a derivation, one column a second, 0 to 1."""
        loudness = [np.zeros((len(montage.labels), 0))]
        for block in blocks:
            inner = block.uv[:, MARGIN_S * RATE_HZ : (MARGIN_S + block.seconds) * RATE_HZ]
            rms = inner.reshape(len(inner), block.seconds, RATE_HZ).std(axis=2)
            loudness.append(np.where(block.flags == 0, rms, np.nan))
        return np.array([self._score(row) for row in np.concatenate(loudness, axis=1)])

    def _score(self, rms):
        known = np.isfinite(rms) & (rms > 0)
        if not known.any():
            return np.zeros(len(rms))
        usual = np.median(rms[known])
        rise = np.where(known, rms, usual) / usual
        smooth = np.convolve(rise, np.ones(SMOOTHED_S) / SMOOTHED_S, mode="same")[: len(rms)]
        return np.clip((smooth - 1.0) / 2.0, 0.0, 1.0)
