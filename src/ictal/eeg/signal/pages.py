"""A few seconds of EEG to look at, prepared, in the montage that a reader would page through."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ictal.base.time import to_sample
from ictal.eeg.signal.montage import display_montage
from ictal.eeg.signal.stream import Preparer
from ictal.eeg.signal.types import INTERNAL_RATE_HZ

if TYPE_CHECKING:
    from ictal.eeg.recording.types import Recording
    from ictal.eeg.signal.settings import SignalSettings


class Pages:
    """Any few seconds of a recording, as the report's `PageSource` asks for them: NaN where nothing was recorded."""

    def __init__(self, recording: Recording, settings: SignalSettings) -> None:
        self._recording = recording
        self._montage = display_montage(recording)
        self._preparer = Preparer(recording, self._montage, settings)

    def page(self, start_s: float, stop_s: float) -> tuple[tuple[str, ...], npt.NDArray[np.float32], float]:
        """What does the EEG look like in `[start_s, stop_s)`? Labels, microvolts `(n, k)`, rate in hertz."""
        first_s = math.floor(start_s)
        samples_uv = self._preparer.window(first_s, max(1, math.ceil(stop_s) - first_s))
        recorded = np.zeros(samples_uv.shape[1], dtype=bool)
        for segment in self._recording.segments:
            here = segment.shifted(-first_s)
            lo, hi = (max(0, to_sample(t, INTERNAL_RATE_HZ)) for t in (here.start_s, here.stop_s))
            recorded[lo:hi] = True
        shown = np.where(recorded, samples_uv, np.float32(np.nan))
        lo, hi = (to_sample(t - first_s, INTERNAL_RATE_HZ) for t in (start_s, stop_s))
        return self._montage.labels, shown[:, lo:hi], INTERNAL_RATE_HZ
