"""Which detectors can be run beside each other? Ictal, a plain baseline of our own, and peers from packages.

A peer is a `Detector`: a recording goes in, seizures come out. What a peer cannot say (place, pattern, confidence) is
left unknown, and then not scored. All of them get the recording as it is; what they need else is done in their adapter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from ictal.analysis import analyse
from ictal.base.errors import MissingExtra, UsageError
from ictal.base.time import IntervalSet
from ictal.benchmark import peers
from ictal.benchmark.background import as_marked, second_rms
from ictal.benchmark.types import Detector, Marked
from ictal.eeg.recording.types import Recording

RISE = 2.0
"""Band power counts as a seizure while it is this many times its own median amplitude (provenance: design)."""
SMOOTHED_S = 5
SHORTEST_S = 10.0
BRIDGED_S = 5.0


def _ictal(recording: Recording) -> tuple[Marked, ...]:
    return as_marked(analyse(recording).seizures, confident=True)


def _band_power(recording: Recording) -> tuple[Marked, ...]:
    """The least that anyone would try: an electrode much louder than it usually is, for ten seconds."""
    electrodes, rms = second_rms(recording)
    kernel = np.ones(SMOOTHED_S) / SMOOTHED_S
    loud = np.array([np.convolve(row, kernel, mode="same") for row in rms])
    rise = loud / np.maximum(np.median(loud, axis=1, keepdims=True), 1e-6)
    return tuple(
        Marked(start_s=s.start_s, stop_s=s.stop_s, path=(electrodes[_loudest(rise, s.start_s)],))
        for s in IntervalSet.of(IntervalSet.from_mask((rise > RISE).any(axis=0), 1.0), BRIDGED_S)
        if s.duration_s >= SHORTEST_S
    )


def _loudest(rise: npt.NDArray[np.float64], start_s: float) -> int:
    first = int(start_s)
    return int(rise[:, first : first + SMOOTHED_S].mean(axis=1).argmax())


ALL = (
    Detector("ictal", "this package", _ictal),
    Detector("band-power", "the baseline of this benchmark: RMS of 0.5-30 Hz above twice its median", _band_power),
    Detector(
        "obspy-sta-lta",
        "Classic STA/LTA of ObsPy (Beyreuther et al., Seismol Res Lett 2010;81:530; unverified), two electrodes "
        "together: a trigger for earthquakes, not made for EEG",
        peers.sta_lta,
        package="obspy",
        module="obspy",
    ),
    Detector(
        "brainmaze",
        "CNN and BiLSTM of Sladky et al., Brain Commun 2022;4(3):fcac115 (model A): made for intracranial EEG, "
        "so scalp EEG of infants is outside of what it was made for",
        peers.brainmaze,
        package="brainmaze-eeg-models",
        module="brainmaze_eeg_models",
        usual=False,
    ),
)
"""Every detector that can be asked for, in the order in which they are shown."""


def choose(names: Sequence[str]) -> tuple[tuple[Detector, ...], tuple[str, ...]]:
    """Which detectors run, and which are left out with what reason? Without names: the usual ones that are installed.

    Raises `UsageError` for an unknown name, `MissingExtra` for one that was asked for and is not installed.
    """
    known = {d.name: d for d in ALL}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"There is no detector '{unknown[0]}'; there are: {', '.join(known)}.")
    if names:
        chosen = tuple(d for d in ALL if d.name in names)
        for detector in chosen:
            if not detector.installed:
                raise MissingExtra(f"The peer '{detector.name}'", "peers")
        return chosen, ()
    return tuple(d for d in ALL if d.usual and d.installed), tuple(_left_out(ALL))


def _left_out(detectors: Iterable[Detector]) -> Iterable[str]:
    for detector in detectors:
        if not detector.installed:
            yield f'{detector.name} is not installed: `pip install "ictal[peers]"`.'
        elif not detector.usual:
            yield f"{detector.name} is slow and runs only when it is asked for: `--detector {detector.name}`."
