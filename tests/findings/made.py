"""Seizures, masks and findings made by hand."""

from __future__ import annotations

import numpy as np

from ictal.base.provenance import Step
from ictal.base.time import Interval
from ictal.eeg.findings.state import state
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.montage import build
from ictal.eeg.signal.types import Mask, Masks
from ictal.eeg.tracking.types import Leg, Passage, Seizure, mark_pattern

OLD = ("Fp1", "F7", "F3", "T3", "C3", "T5", "P3", "O1", "Fz", "Cz", "Fp2", "F8", "F4", "T4", "C4", "T6", "P4", "O2")


def leg(start_s, stop_s, electrode, came_from=None, came_by=None, frequency_hz=4.0):
    return Leg(
        start_s, stop_s, electrode, frequency_hz, 80.0, (f"{electrode}-avg",), came_from, came_by and Passage(came_by)
    )


def seizure(*legs, confidence=0.9):
    return Seizure(tuple(legs), mark_pattern(tuple(legs)), confidence)


def focal(start_s, stop_s, electrode):
    return seizure(leg(start_s, stop_s, electrode))


def migrating(start_s, stop_s, path):
    """Legs of one length, each handed over to the next without a pause."""
    edges = np.linspace(start_s, stop_s, len(path) + 1)
    legs = [leg(float(edges[0]), float(edges[1]), path[0])]
    for k, place in enumerate(path[1:], start=1):
        legs.append(leg(float(edges[k]), float(edges[k + 1]), place, k - 1, Passage.migration))
    return seizure(*legs)


def train(rng, place, length_s, per_hour, bursty=False):
    """Focal seizures of one place at their own times; it began long before the recording did."""
    found, at_s = [], -20000.0
    while True:
        soon = bursty and rng.random() < 0.6
        at_s += rng.exponential(20.0 if soon else (2.2 if bursty else 1.0) * 3600.0 / per_hour)
        stop_s = at_s + rng.gamma(4, 8) + 8
        if stop_s > length_s:
            return found
        found += [focal(at_s, stop_s, place)] if at_s >= 0 else []
        at_s = stop_s


def in_order(seizures):
    return sorted(seizures, key=lambda s: (s.start_s, s.stop_s))


def recording_of(labels=OLD, segments=((0, 3600),), rate_hz=1.0):
    spans = [Interval(float(a), float(b)) for a, b in segments]
    n = sum(round(s.duration_s * rate_hz) for s in spans)
    return from_arrays(np.zeros((len(labels), n)), rate_hz, list(labels), segments=spans)


def masks_of(recording, montage, hidden=()):
    """`hidden`: (derivations or None for all, start, stop, cause)."""
    flags = np.zeros((len(montage.labels), int(np.ceil(recording.duration_s))), dtype=np.uint8)
    for gap in recording.gaps:
        flags[:, int(gap.start_s) : int(gap.stop_s)] |= np.uint8(Mask.gap)
    for rows, start, stop, cause in hidden:
        chosen = slice(None) if rows is None else [montage.index(label) for label in rows]
        flags[chosen, start:stop] |= np.uint8(cause)
    return Masks(montage.labels, flags)


def findings_of(seizures=(), recording=None, hidden=(), settings=None, beside=None):
    recording = recording or recording_of()
    montage = build(recording)
    steps = (Step("signal", {"high_pass_hz": 0.5}, {"derivations": len(montage.labels)}),)
    return state(recording, montage, masks_of(recording, montage, hidden), seizures, settings or {}, steps, beside)


def onsets(*places):
    """Focal seizures of twenty seconds that begin at these places, one after the other."""
    return [focal(100.0 * k, 100.0 * k + 20, place) for k, place in enumerate(places)]
