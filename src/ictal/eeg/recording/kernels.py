"""The loops of reading, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from ictal.base.compiled import exact


@exact
def values(records: Any, columns: Any, scales: Any, head: int, out: Any, begin: int) -> None:
    """Whole records of 16 bit integers become rows of values, from sample `head` of the first record on.

    `records` is `(n_records, record_samples)`; `columns` has the first sample of each row in a record, how many there
    are, and how many are wanted in all; `scales` its gain and offset; `out` is `(n_rows, n)`, filled from `begin` on.
    """
    for c in range(len(columns)):
        first, width, wanted = columns[c]
        gain, offset = scales[c]
        row = out[c, begin : begin + wanted]
        for r in range(len(records)):
            at = r * width - head
            low, high = max(0, -at), min(width, wanted - at)
            if high > low:
                given, got = records[r, first + low : first + high], row[at + low : at + high]
                for s in range(high - low):
                    got[s] = np.float32(given[s]) * gain + offset
