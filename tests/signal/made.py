"""Recordings with signals whose answer is known, and the way from them to prepared signal."""

from __future__ import annotations

import numpy as np

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import Interval, to_sample
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.montage import build, matrix
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import Preparer

RATES_HZ = (100.0, 128.0, 173.61, 200.0, 250.0, 256.0, 500.0, 512.0, 1000.0, 1024.0)
NEWBORN_PAIRS = ("F7-C3", "C3-T5", "F7-T3", "T3-T5", "F8-C4", "C4-T6", "F8-T4", "T4-T6")
"""Eight bipolar channels of newborns: two rings, one a side, that nothing connects."""

BANANA = (
    "Fp1-F7", "F7-T3", "T3-T5", "T5-O1", "Fp1-F3", "F3-C3", "C3-P3", "P3-O1", "Fz-Cz", "Cz-Pz",
    "Fp2-F4", "F4-C4", "C4-P4", "P4-O2", "Fp2-F8", "F8-T4", "T4-T6", "T6-O2",
)  # fmt: skip


def spans(*pairs):
    return tuple(Interval(float(a), float(b)) for a, b in pairs)


def sampled(function, rate_hz, segments):
    """`function` of the recording's time at the samples of all segments in a row."""
    times = [s.start_s + np.arange(to_sample(s.duration_s, rate_hz)) / rate_hz for s in segments]
    return function(np.concatenate(times))


def one_wave(function, rate_hz, segments, on="C3", others=("Fp1", "O1", "F8", "T4"), noise_uv=0.5):
    """A referential recording in which `function` is on one electrode, and a little noise on all."""
    rng = np.random.default_rng(11)
    names = (on, *others)
    n = sum(to_sample(s.duration_s, rate_hz) for s in segments)
    uv = rng.normal(0, noise_uv, (len(names), n))
    uv[0] += sampled(function, rate_hz, segments)
    return from_arrays(uv, rate_hz, list(names), segments=segments)


def preparer(recording, montage="average", **settings):
    return Preparer(recording, build(recording, montage), SignalSettings(**settings))


def prepared(recording, montage="average", **settings):
    """The whole recording block by block: `(n_derivations, seconds * 64)` without margins, and its flags."""
    ready = list(preparer(recording, montage, **settings).blocks())
    margin = 8 * 64
    uv = np.concatenate([b.uv[:, margin:-margin] for b in ready], axis=1)
    return uv, np.concatenate([b.flags for b in ready], axis=1)


def row(recording, label, montage="average"):
    return build(recording, montage).index(label)


def potentials_of(labels, values_uv):
    """What each channel shows when the electrodes (modern names) have these potentials; a channel without a place
    shows a large number that must appear nowhere."""
    channels = from_arrays(np.zeros((len(labels), 1)), 1.0, list(labels)).channels
    known = dict(values_uv) | {None: 0.0}
    return np.array([known[c.electrode] - known[c.minus] if c.electrode else 1e4 for c in channels])


def applied(labels, montage, samples):
    """Derivation label -> its value for these samples, one a channel."""
    recording = from_arrays(np.zeros((len(labels), 1)), 1.0, list(labels))
    found = build(recording, montage)
    values = matrix(found.derivations, {i: i for i in range(len(labels))}) @ np.asarray(samples)
    return dict(zip(found.labels, values, strict=True))


def random_potentials(seed, reference_uv=0.0):
    values = np.random.default_rng(seed).normal(0, 50, len(TEN_TWENTY)) + reference_uv
    return dict(zip(TEN_TWENTY, values, strict=True))
