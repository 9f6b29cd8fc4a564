"""How large is a seizure against the background that it stands on?

The background of an electrode is the median, over the seconds in which nobody marked a seizure, of its RMS in a second
(average reference, 0.5-30 Hz, 64 Hz). A seizure's peak-to-peak amplitude at its onset is divided by 2.8 times that: a
sine as strong as the background gives 1. Provenance: design.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from ictal.benchmark.types import Marked
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import MARGIN_S, Preparer
from ictal.eeg.signal.types import INTERNAL_RATE_HZ
from ictal.eeg.tracking.types import Seizure

PEAK_TO_PEAK_OVER_RMS = 2.8
"""Of a sine: 2 times the square root of 2."""


def second_rms(recording: Recording) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
    """How strong is each electrode in each second? Electrodes, and RMS in uV `(n_electrodes, n_seconds)`."""
    montage = montages.build(recording, "average")
    rate = round(INTERNAL_RATE_HZ)
    parts = []
    for block in Preparer(recording, montage, SignalSettings()).blocks():
        inner = block.uv[:, MARGIN_S * rate : (MARGIN_S + block.seconds) * rate]
        seconds = inner.reshape(len(inner), block.seconds, rate)
        parts.append(np.sqrt(np.mean(seconds * seconds, axis=2)))
    return tuple(d.electrode for d in montage.derivations), np.concatenate(parts, axis=1)


def background_uv(recording: Recording, marked: Sequence[Marked]) -> dict[str, float]:
    """How strong is the background of each electrode (RMS, uV), outside the seizures that were marked?"""
    electrodes, rms = second_rms(recording)
    quiet = np.ones(rms.shape[1], dtype=bool)
    for event in marked:
        quiet[int(event.start_s) : int(np.ceil(event.stop_s))] = False
    shown = rms[:, quiet] if quiet.any() else rms
    return dict(zip(electrodes, np.median(shown, axis=1).tolist(), strict=True))


def as_marked(seizures: Iterable[Seizure], *, confident: bool) -> tuple[Marked, ...]:
    """What do a tracker's seizures, or those of a truth, say? A truth has no confidence that could be judged."""
    return tuple(
        Marked(
            start_s=s.start_s,
            stop_s=s.stop_s,
            pattern=s.pattern,
            path=s.path,
            confidence=s.confidence if confident else None,
            frequency_hz=s.onset.frequency_hz,
            amplitude_uv=s.onset.amplitude_uv,
        )
        for s in seizures
    )


def against(marked: Iterable[Marked], backgrounds: Mapping[str, float]) -> tuple[Marked, ...]:
    """The same seizures, each with its amplitude over the background where it began, as far as both are known."""
    return tuple(
        msgspec.structs.replace(m, over_background=m.amplitude_uv / (PEAK_TO_PEAK_OVER_RMS * backgrounds[m.path[0]]))
        if m.amplitude_uv is not None and m.path and backgrounds.get(m.path[0])
        else m
        for m in marked
    )
