"""A recording that was never a file: arrays in memory, as the simulator makes them and tests need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ictal.base.errors import UsageError
from ictal.base.time import Interval, to_sample
from ictal.eeg.recording.labels import parse_labels
from ictal.eeg.recording.types import Annotation, Recording, Samples, Source

MOST_UV = 1e15
"""No amplifier, and no EDF file, gives more; single precision can still square it."""


@dataclass(frozen=True, slots=True)
class ArraySamples:
    """Samples in memory: `arrays[channel]` holds all segments in a row, `bounds[channel]` where each begins."""

    arrays: tuple[Samples, ...]
    bounds: tuple[tuple[int, ...], ...]

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> Samples:
        """Samples `[start, stop)` of channels of one rate of one segment, microvolts, a copy.

        Raises `ValueError` when the channels differ in rate or the span lies outside the segment.
        """
        if len({self.bounds[c] for c in channels}) > 1:
            raise ValueError("The channels of one read must share one rate: read each rate by itself.")
        if not channels:
            return np.empty((0, max(0, stop - start)), dtype=np.float32)
        first, end = self.bounds[channels[0]][segment], self.bounds[channels[0]][segment + 1]
        if not 0 <= start <= stop <= end - first:
            raise ValueError(
                f"Samples [{start}, {stop}) lie outside segment {segment}, which has {end - first} samples."
            )
        return np.stack([self.arrays[c][first + start : first + stop] for c in channels])


def from_arrays(
    data: npt.ArrayLike | Sequence[tuple[str, npt.ArrayLike]],
    rate_hz: float | Sequence[float],
    labels: Sequence[str] | None = None,
    *,
    start: datetime | None = None,
    segments: Sequence[Interval] | None = None,
    simulated: bool = False,
    annotations: Iterable[Annotation] = (),
) -> Recording:
    """What recording do these arrays make? Microvolts; NaN is a sample that was not to be had, and so
    is one that no amplifier gives (infinite, beyond 1e15).

    Parameters
    ----------
    data : `(n_channels, n_samples)` with `labels`, or pairs of a label and its samples.
    rate_hz : one rate, or one a channel.
    segments : the stretches that were recorded, the first from 0; in `data` their samples follow each other. Without
        it, one segment holds all.

    Raises `UsageError` when lengths, labels, rates and segments do not fit each other.
    """
    names, arrays = _named(data, labels)
    rates = [float(rate_hz)] * len(arrays) if isinstance(rate_hz, int | float) else [float(r) for r in rate_hz]
    if len(rates) != len(arrays) or not all(np.isfinite(r) and r > 0 for r in rates):
        raise UsageError(f"Every channel needs a rate above 0 Hz: {len(arrays)} channels, rates {rates}.")
    spans = tuple(segments) if segments is not None else (Interval(0.0, arrays[0].size / rates[0]),)
    _check_spans(spans)
    bounds = tuple(_bounds(n, a.size, r, spans) for n, a, r in zip(names, arrays, rates, strict=True))
    parsed, notices = parse_labels(names, ["uV"] * len(names))
    channels = tuple(
        p.channel(label, rate, simulated=simulated) for label, rate, p in zip(names, rates, parsed, strict=True)
    )
    return Recording(
        channels=channels,
        segments=spans,
        samples=ArraySamples(tuple(arrays), bounds),
        source=Source("in memory", "in memory"),
        start=start,
        annotations=tuple(sorted(annotations)),
        simulated=simulated,
        notices=notices,
    )


def possible(uv: npt.NDArray[Any]) -> Samples:
    """A copy in single precision; what no amplifier gives (infinite, beyond `MOST_UV`) is not to be had: NaN."""
    with np.errstate(over="ignore"):
        samples: Samples = np.array(uv, dtype=np.float32)
    if samples.size and not max(samples.max(), -samples.min()) < MOST_UV:
        samples[~(np.abs(samples) < MOST_UV)] = np.nan
    return samples


def _named(data: Any, labels: Sequence[str] | None) -> tuple[list[str], list[Samples]]:
    if labels is None:
        if isinstance(data, np.ndarray) or not all(isinstance(p, tuple) and isinstance(p[0], str) for p in data):
            raise UsageError(
                "An array of samples needs `labels`, one a channel; or give pairs of a label and its samples."
            )
        names, rows = [label for label, _ in data], [samples for _, samples in data]
    else:
        names, rows = list(labels), list(np.atleast_2d(np.asarray(data)))
    arrays = [possible(np.asarray(row)) for row in rows]
    if not arrays or len(names) != len(arrays) or any(a.ndim != 1 or a.size == 0 for a in arrays):
        raise UsageError(
            f"{len(names)} labels do not fit {len(arrays)} channels of samples; one label a channel is needed."
        )
    return names, arrays


def _check_spans(spans: Sequence[Interval]) -> None:
    apart = all(a.stop_s <= b.start_s for a, b in pairwise(spans))
    if not spans or spans[0].start_s != 0.0 or not apart or any(s.duration_s <= 0 for s in spans):
        raise UsageError("Segments must be in order, disjoint and not empty, and the first must begin at 0 s.")


def _bounds(label: str, size: int, rate_hz: float, spans: Sequence[Interval]) -> tuple[int, ...]:
    counts = [to_sample(s.duration_s, rate_hz) for s in spans]
    if sum(counts) != size:
        raise UsageError(
            f"Channel '{label}' has {size} samples, and its segments at {rate_hz:g} Hz need {sum(counts)}."
        )
    return (0, *np.cumsum(counts).tolist())
