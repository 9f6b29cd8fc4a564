"""What the report asks of others: seconds of EEG to draw."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]


class PageSource(Protocol):
    """Who hands the report the EEG of a few seconds, ready to be drawn (filtered 0.5-30 Hz, gaps as NaN)."""

    def page(self, start_s: float, stop_s: float) -> tuple[tuple[str, ...], Samples, float]:
        """What does the EEG look like in `[start_s, stop_s)` of the recording?

        Returns the labels of the rows from top to bottom (`n`), the samples in microvolts, `(n, k)`, of which the first
        lies at `start_s`, and their rate in hertz. A sample that does not exist is NaN.
        """
        ...
