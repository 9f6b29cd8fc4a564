"""How fast could a day of EEG be read and filtered at the very least? `python benchmarks/floor.py FILE.edf`

The file is read once as 16 bit integers, in records of a second, and each second goes through one compiled pass: twenty
one channels side by side, four biquads each, every fourth sample kept. Nothing is found in it; it is what any analysis
must do. Prints JSON: seconds of reading alone, and of reading with the pass, by the clock and by the processors.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import scipy.signal
from numba import njit

LANES = 32
TOGETHER = 64


@njit(nogil=True, fastmath=True, cache=True)  # type: ignore[untyped-decorator, unused-ignore]
def filtered(records: Any, channels: int, width: int, sos: Any, state: Any, out: Any) -> None:
    """Filters records of `channels` times `width` samples; keeps every fourth sample."""
    lane = np.zeros(LANES, dtype=np.float32)
    for r in range(len(records)):
        record = records[r]
        for s in range(width):
            for c in range(channels):
                lane[c] = np.float32(record[c * width + s])
            for b in range(len(sos)):
                b0, b1, b2, a1, a2 = sos[b, 0], sos[b, 1], sos[b, 2], sos[b, 4], sos[b, 5]
                first, second = state[b, 0], state[b, 1]
                for c in range(LANES):
                    x = lane[c]
                    y = b0 * x + first[c]
                    first[c] = b1 * x - a1 * y + second[c]
                    second[c] = b2 * x - a2 * y
                    lane[c] = y
            if s % 4 == 0:
                row = out[r, s // 4]
                for c in range(LANES):
                    row[c] = lane[c]


def layout(path: Path) -> tuple[int, int]:
    """Bytes of the header, and of each record (annotations come after the channels)."""
    with path.open("rb") as file:
        said = file.read(256)
        signals = int(said[252:256])
        file.seek(256 + 216 * signals)
        lengths = file.read(8 * signals)
    return int(said[184:192]), 2 * sum(int(lengths[at : at + 8]) for at in range(0, 8 * signals, 8))


def measure(path: Path, channels: int = 21, width: int = 256) -> dict[str, float]:
    """Seconds of reading, and of reading with the pass on two threads."""
    header, record_bytes = layout(path)
    sos = scipy.signal.butter(4, [0.5, 30.0], "bandpass", fs=width, output="sos").astype(np.float32)
    size = path.stat().st_size - header
    filtered(np.zeros((1, channels * width), "<i2"), channels, width, sos, _state(sos), _out(1, width))

    def part(begin: int, count: int, work: bool) -> None:
        state, out = _state(sos), _out(TOGETHER, width)
        buffer = np.empty(TOGETHER * record_bytes, dtype=np.uint8)
        with path.open("rb", buffering=0) as file:
            file.seek(header + begin * record_bytes)
            for at in range(0, count, TOGETHER):
                n = min(TOGETHER, count - at)
                file.readinto(memoryview(buffer)[: n * record_bytes])
                if work:
                    filtered(buffer[: n * record_bytes].view("<i2").reshape(n, -1), channels, width, sos, state, out)

    found = {}
    records = size // record_bytes
    half = records // 2
    for name, work in (("read", False), ("read and filter", True)):
        begin = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(part, (0, half), (half, records - half), (work, work)))
        found[f"{name} wall_s"] = time.perf_counter() - begin[0]
        found[f"{name} cpu_s"] = time.process_time() - begin[1]
    return found


def _state(sos: Any) -> Any:
    return np.zeros((len(sos), 2, LANES), dtype=np.float32)


def _out(records: int, width: int) -> Any:
    return np.empty((records, width // 4, LANES), dtype=np.float32)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
