"""The one composer: recording in, findings out. The command line, the web and the cohort all call `analyse`.

recording --> signal (derivations at 64 Hz, masks) --> detection (scores, discharges) --> tracking (legs, seizures)
                                                                                      --> findings
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import msgspec

from ictal.base.provenance import Step
from ictal.base.settings import check, to_mapping
from ictal.eeg.detection import runs, score
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.state import state
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal import stream
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.types import Masks, Montage
from ictal.eeg.tracking.follow import follow
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Seizure


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that can be set in an analysis, room by room."""

    signal: SignalSettings = msgspec.field(default_factory=SignalSettings)
    detection: DetectionSettings = msgspec.field(default_factory=DetectionSettings)
    tracking: TrackingSettings = msgspec.field(default_factory=TrackingSettings)


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that one recording gave: events, what was masked, and the findings."""

    recording: Recording
    montage: Montage
    masks: Masks
    discharges: tuple[Discharge, ...]
    seizures: tuple[Seizure, ...]
    findings: Findings


def analyse(
    recording: Recording,
    settings: Settings | None = None,
    progress: Callable[[float], None] | None = None,
    *,
    pma_weeks: float | None = None,
) -> Analysis:
    """Where did seizures begin in this recording, how did they move, and what does that show?

    Parameters
    ----------
    recording : what `ictal.read` or a simulation gives.
    settings : `None` for the defaults; checked against their ranges.
    progress : called with the share of the recording that was read (0-1), now and then.
    pma_weeks : postmenstrual age of the infant (weeks); it decides the rule of status, `None` shows both.

    Raises
    ------
    RecordingError, ChannelError : the recording cannot be analysed, with the reason.
    SettingsError : a setting is outside its range.
    """
    chosen = check(settings or Settings())
    montage = montages.build(recording, "average")
    signal = stream.Preparer(recording, montage, chosen.signal)
    blocks = _reporting(signal.blocks(), recording.duration_s, progress)
    scores = score.annotate(blocks, montage.labels, chosen.detection)
    found = runs.discharges(scores, montage, chosen.detection, recording.duration_s)
    seizures = follow(found, scores, montage, signal, chosen.tracking)
    masks = Masks(montage.labels, scores.flags)
    steps = (
        _reading(recording),
        Step("signal", to_mapping(chosen.signal), {"montage": montage.name, "derivations": len(montage.derivations)}),
        Step("detection", to_mapping(chosen.detection), {"discharges": len(found)}),
        Step("tracking", to_mapping(chosen.tracking), {"seizures": len(seizures)}),
    )
    findings = state(recording, montage, masks, seizures, to_mapping(chosen), steps, pma_weeks)
    return Analysis(recording, montage, masks, found, seizures, findings)


def _reading(recording: Recording) -> Step:
    counted = {"channels": len(recording.channels), "eeg": len(recording.eeg), "segments": len(recording.segments)}
    return Step("recording", {"file_format": recording.source.file_format, **recording.attributes}, counted)


def _reporting(
    blocks: Iterable[stream.Block], duration_s: float, progress: Callable[[float], None] | None
) -> Iterator[stream.Block]:
    for block in blocks:
        yield block
        if progress is not None:
            progress(min(1.0, (block.start_s + block.seconds) / max(duration_s, 1e-9)))
