"""One simulated storm in memory, the same altered in many ways, and what the whole line says of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest

from ictal.analysis import Settings, analyse
from ictal.base.electrodes import OLD_NAMES
from ictal.base.time import Interval, to_sample
from ictal.eeg.recording.memory import from_arrays
from ictal.simulator import simulate
from tests.simulator.dense import dense

RATE_HZ, LENGTH_S, SEED, PER_HOUR = 256.0, 900, 1, 18.0
OLD = {modern: old for old, modern in OLD_NAMES.items()}


@dataclass(frozen=True)
class Storm:
    """Samples `(n, samples)` of an infant with migrating seizures, its electrodes, the truth, what the line found."""

    uv: np.ndarray
    electrodes: tuple[str, ...]
    truth: tuple
    found: object

    def altered(self, uv=None, names=None, rate_hz=RATE_HZ, segments=None):
        uv = self.uv if uv is None else uv
        return from_arrays(uv, rate_hz, list(names or self.electrodes), segments=segments)


@lru_cache(maxsize=4)
def storm(seed=SEED, rate_hz=RATE_HZ):
    made = simulate(dense("eimfs-storm", PER_HOUR), duration_s=LENGTH_S, seed=seed, rate_hz=rate_hz)
    electrodes = tuple(c.electrode for c in made.recording.channels)
    uv = made.recording.samples.read_uv(range(len(electrodes)), 0, 0, to_sample(LENGTH_S, rate_hz))
    found = analyse(from_arrays(uv, rate_hz, list(electrodes)))
    return Storm(uv, electrodes, made.truth.seizures, found)


def calm_s(case):
    """The second nearest to the middle of the recording with no seizure in the twenty seconds around it."""
    near = [Interval(s.start_s - 10, s.stop_s + 10) for s in case.truth]
    calm = [t for t in range(30, LENGTH_S - 30) if not any(i.start_s <= t < i.stop_s for i in near)]
    return min(calm, key=lambda t: abs(t - LENGTH_S / 2))


def within_s(case, share):
    """A second inside the longest leg that was found, after this share of it."""
    leg = max((g for s in case.found.seizures for g in s.legs), key=lambda g: g.duration_s)
    return round(leg.start_s + share * leg.duration_s, 2)


def told(analysis, name=str, later_s=0.0):
    """Each seizure by what is told of it: times, pattern, and each leg with its rhythm and how it was reached."""
    return [
        (
            s.start_s + later_s,
            s.stop_s + later_s,
            s.pattern,
            tuple(
                (g.start_s + later_s, g.stop_s + later_s, name(g.electrode), g.frequency_hz, g.came_from, g.came_by)
                for g in s.legs
            ),
        )
        for s in analysis.seizures
    ]


def same(a, b, name=str):
    """Do two analyses tell the same, to the second and the electrode? Confidence may differ in rounding."""
    assert told(a) == told(b, name)
    assert [s.confidence for s in b.seizures] == pytest.approx([s.confidence for s in a.seizures], abs=0.01)


def nearly(a, b):
    """As `same`, where the samples are not the same to the bit: each end to the second next to it."""
    assert [s.pattern for s in a.seizures] == [s.pattern for s in b.seizures]
    legs, others = ([g for s in x.seizures for g in s.legs] for x in (a, b))
    assert [(g.electrode, g.came_from, g.came_by) for g in legs] == [
        (g.electrode, g.came_from, g.came_by) for g in others
    ]
    for one, other in zip(legs, others, strict=True):
        assert (one.electrode, one.came_from, one.came_by) == (other.electrode, other.came_from, other.came_by)
        assert (other.start_s, other.stop_s) == pytest.approx((one.start_s, one.stop_s), abs=1.0)
        assert other.frequency_hz == pytest.approx(one.frequency_hz, abs=0.25)
    assert [s.confidence for s in b.seizures] == pytest.approx([s.confidence for s in a.seizures], abs=0.03)


def counterparts(some, others, sure=0.9, within_s=2.0):
    """Is every sure seizure of `some` among `others`, and does it begin there at the same time and electrode?

    The two share more than half of the shorter. A sure seizure may have a first leg that is barely likely, which a
    small change of the signal takes away: of all that are compared, one may begin elsewhere. Both are lists of a
    seizure and the seconds by which it is later than in the common time. Returns how many were compared.
    """
    compared, elsewhere = 0, []
    for one, late_s in some:
        if one.confidence < sure:
            continue
        compared += 1
        span = one.interval.shifted(-late_s)
        shared = [(o, o.interval.shifted(-o_late_s)) for o, o_late_s in others]
        shared = [(o, i) for o, i in shared if span.overlap_s(i) > 0.5 * min(span.duration_s, i.duration_s)]
        assert shared, f"no counterpart of {span} {one.path}"
        alike = [(o, i) for o, i in shared if o.onset.electrode == one.onset.electrode]
        if not any(o.confidence < sure or abs(i.start_s - span.start_s) <= within_s for o, i in alike):
            elsewhere.append(span)
    assert len(elsewhere) <= 1, f"begin elsewhere: {elsewhere}"
    return compared


def unscaled(settings: Settings) -> dict[str, float]:
    """The thresholds of the masks in microvolts, which scale with the signal."""
    return {name: getattr(settings.signal, name) for name in settings.signal.__struct_fields__ if name.endswith("_uv")}
