"""Adapters of detectors that install from packages (extra `peers`). Their libraries are loaded when they are used."""

from __future__ import annotations

import warnings
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ictal.base.time import Interval, IntervalSet, to_sample
from ictal.benchmark.types import Marked
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import INTERNAL_RATE_HZ

Samples = npt.NDArray[np.float64]

STA_S, LTA_S, ON, OFF = 8.0, 120.0, 3.0, 1.5
"""Windows and thresholds of the trigger (provenance: design; fixed before the suite was run)."""
TOGETHER = 2
SHORTEST_S = 10.0
LIKELY = 0.5
MODEL_RATE_HZ, MODEL_LOWEST_HZ = 256, 200


def sta_lta(recording: Recording) -> tuple[Marked, ...]:
    """When do at least two electrodes trigger together for ten seconds? STA/LTA of the power of 0.5-30 Hz."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it uses what Python has deprecated
        from obspy.signal.trigger import classic_sta_lta, trigger_onset
    montage = montages.build(recording, "average")
    seconds = int(recording.duration_s)
    uv = Preparer(recording, montage, SignalSettings()).window(0, seconds)
    window = (to_sample(STA_S, INTERNAL_RATE_HZ), to_sample(LTA_S, INTERNAL_RATE_HZ))
    triggered = np.zeros(seconds, dtype=int)
    for row in uv.astype(np.float64):
        if len(row) <= window[1]:
            continue
        mask = np.zeros(len(row), dtype=bool)
        for first, last in trigger_onset(classic_sta_lta(row, *window), ON, OFF):
            mask[first : last + 1] = True
        triggered += mask.reshape(seconds, -1).any(axis=1)
    return _events(IntervalSet.from_mask(triggered >= TOGETHER, 1.0))


def brainmaze(recording: Recording) -> tuple[Marked, ...]:
    """When does the model find a seizure likelier than not on any channel, for ten seconds?

    Channels are as they were recorded; a rate that the model does not take (odd, or below 200 Hz) becomes 256 Hz.
    """
    from brainmaze_eeg_models.seizure import predict_channel_seizure_probability

    together: list[Interval] = []
    for channel in recording.eeg:
        uv, rate_hz = _whole_channel(recording, channel)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            at_s, likely = predict_channel_seizure_probability(uv, rate_hz, model=_model())
        mask = np.nan_to_num(likely, nan=0.0) > LIKELY
        step_s = float(at_s[1] - at_s[0]) if len(at_s) > 1 else 0.5
        together += IntervalSet.from_mask(mask, 1 / step_s, float(at_s[0]))
    return _events(IntervalSet.of(together, join_gap_s=5.0))


@cache
def _model() -> Any:
    from brainmaze_eeg_models.seizure import load_trained_model

    return load_trained_model("modelA")


def _whole_channel(recording: Recording, channel: int) -> tuple[Samples, int]:
    """The samples of a channel, NaN in gaps, at a rate that the model takes."""
    from scipy.signal import resample_poly

    rate_hz = recording.channels[channel].rate_hz
    uv = np.full(to_sample(recording.duration_s, rate_hz), np.nan)
    for number, segment in enumerate(recording.segments):
        first, count = to_sample(segment.start_s, rate_hz), to_sample(segment.duration_s, rate_hz)
        count = min(count, len(uv) - first)
        uv[first : first + count] = recording.samples.read_uv([channel], number, 0, count)[0]
    if rate_hz >= MODEL_LOWEST_HZ and rate_hz % 2 == 0:
        return uv, round(rate_hz)
    ratio = Fraction(MODEL_RATE_HZ) / Fraction(rate_hz).limit_denominator(1000)
    known = np.isfinite(uv)
    resampled = resample_poly(np.where(known, uv, 0.0), ratio.numerator, ratio.denominator)
    at = np.minimum((np.arange(len(resampled)) / float(ratio)).astype(int), len(uv) - 1)
    return np.where(known[at], resampled, np.nan), MODEL_RATE_HZ


def _events(spans: IntervalSet) -> tuple[Marked, ...]:
    return tuple(Marked(start_s=s.start_s, stop_s=s.stop_s) for s in spans if s.duration_s >= SHORTEST_S)
