"""Write your own detector

Ictal's detector is two stages behind one protocol, and you can bring your own: a score for each second, discharges, or whole seizures.
Ictal then makes the places, the path and the findings. This tutorial writes a detector, holds it against the contract, and compares it with the
built-in one on a recording whose truth is known.
"""

# %%
# The detector: a second is ictal when the signal is much *longer* than usual (line length, a measure as old as automatic detection). It
# brings the first stage alone, `score`: for each block of the prepared signal (64 samples a second, some seconds of margin on both
# sides) one number from 0 to 1 a derivation and second.

import numpy as np

MARGIN_S, RATE_HZ = 8, 64


class LineLength:
    """The line length of each second over its usual one, as a score."""

    name = "line-length"
    version = "1.0"

    def score(self, blocks, montage):
        rows = [np.zeros((len(montage.labels), 0))]
        for block in blocks:
            inner = block.uv[:, MARGIN_S * RATE_HZ : (MARGIN_S + block.seconds) * RATE_HZ]
            length = np.abs(np.diff(inner, axis=1, prepend=inner[:, :1]))
            length = length.reshape(len(inner), block.seconds, RATE_HZ).sum(axis=2)
            rows.append(np.where(block.flags == 0, length, np.nan))
        return np.array([self._score(row) for row in np.concatenate(rows, axis=1)])

    def _score(self, length):
        known = np.isfinite(length) & (length > 0)
        if not known.any():
            return np.zeros(len(length))
        usual = np.median(length[known])
        rise = np.where(known, length, usual) / usual
        smooth = np.convolve(rise, np.ones(5) / 5, mode="same")[: len(length)]
        return np.clip((smooth - 1.0) / 2.0, 0.0, 1.0)


# %%
# Is it sound? The contract asks the same of every detector: nothing from nothing, the same twice, the same at half the amplitude or
# with the channels in another order, nothing said of a gap. In a test file it is `class TestLineLength(DetectorContract)`; here
# each question is asked by hand.

from ictal.testing import DetectorContract


class TestLineLength(DetectorContract):
    def detector(self):
        return LineLength()


contract = TestLineLength()
for name in sorted(n for n in dir(contract) if n.startswith("test_")):
    try:
        getattr(contract, name)()
        print("kept  ", name)
    except AssertionError as broken:
        print("BROKEN", name, "-", str(broken).splitlines()[0])

# %%
# A recording with known truth, and both detectors on it.

import ictal

made = ictal.simulate("demo", duration_s=600, seed=7)
for name, detector in (("built in", None), ("line length", LineLength())):
    analysis = ictal.analyse(made.recording, detector=detector)
    answer = ictal.score(made.truth.seizures, analysis.seizures, made.recording.duration_s)
    print(
        f"{name}: found {answer.unmerged.found} of {answer.unmerged.reference}, {answer.unmerged.false} false"
    )

# %%
# One recording says little. `ictal benchmark --detector NAME` runs yours on the frozen suite once it is installed as a package with an entry
# point, beside the built-in one: [detectors](../detectors.md), [the benchmark](../benchmark.md). To bring whole seizures instead (from a neural
# network, say), give it a method `seizures(recording)`.
