"""The one composer: recording in, findings out. The command line, the web and the cohort all call `analyse`.

recording --> signal (derivations at 64 Hz, masks) --> detection (scores, discharges) --> tracking (legs, seizures)
                                                   marks from elsewhere, or of a detector --^            --> findings
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import msgspec

from ictal.base.age import Age
from ictal.base.errors import UsageError
from ictal.base.provenance import Step
from ictal.base.settings import check, to_mapping
from ictal.eeg.detection import plugins
from ictal.eeg.detection.protocol import Detector
from ictal.eeg.detection.rule import NAME, Rule
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Discharge, Marks
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.findings.state import Beside, state
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal import stream
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.types import Masks, Montage
from ictal.eeg.tracking.examine import examine
from ictal.eeg.tracking.follow import follow
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.eeg.tracking.types import Seizure
from ictal.marked import Event, Tracked, as_marks, track


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that can be set in an analysis, room by room."""

    signal: SignalSettings = msgspec.field(default_factory=SignalSettings)
    detection: DetectionSettings = msgspec.field(default_factory=DetectionSettings)
    tracking: TrackingSettings = msgspec.field(default_factory=TrackingSettings)
    findings: FindingsSettings = msgspec.field(default_factory=FindingsSettings)


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
    events: Marks | Iterable[Event] | None = None,
    detector: str | Detector | None = None,
    age: Age | None = None,
) -> Analysis:
    """Where did seizures begin in this recording, how did they move, and what does that show?

    Parameters
    ----------
    recording
        What `ictal.read` or a simulation gives.
    settings
        `None` for the defaults; checked against their ranges.
    progress
        Called with the share of the recording that was read (0-1), now and then.
    events
        Seizures that were marked elsewhere (`ictal.read_marks` reads files of them), or anything with `start_s`
        and `stop_s`. They stand in place of detection: each is one seizure; Ictal finds where it was and how it moved.
    detector
        The name of an installed detector, or one that keeps `ictal.eeg.detection.protocol`; else the one of the
        settings, which is the built-in rule.
    age
        Days since birth and weeks of gestation (`ictal.Age`), as far as they are known. They decide the rule of
        status (both are shown when they cannot) and the size of the head, without which no speed is told.

    Raises
    ------
    RecordingError, ChannelError
        The recording cannot be analysed, with the reason.
    SettingsError, UsageError
        A setting is outside its range, a detector is not there, or both events and a detector
        were given.
    DetectorError, TableError
        A detector failed, or no mark lies in the recording.
    """
    chosen, plugged = _chosen(settings, events, detector)
    montage = montages.build(recording, "average")
    signal = stream.Preparer(recording, montage, chosen.signal)
    rule = Rule(chosen.detection)
    scores = rule.score(_reporting(signal.blocks(), recording.duration_s, progress), montage)
    marks = as_marks(events)
    steps = [
        _reading(recording),
        Step("signal", to_mapping(chosen.signal), {"montage": montage.name, "derivations": len(montage.derivations)}),
    ]
    found: tuple[Discharge, ...] = ()
    if plugged is not None:
        told = plugins.run(plugged, recording, montage, signal.blocks, (rule, scores))
        found = told.discharges
        if told.marks is not None:
            marks = Marks(f"detector {plugged.name}", told.marks)
    if marks is None:
        seizures = follow(found, scores, montage, signal, chosen.tracking)
        steps.append(_detecting(chosen, plugged, len(found)))
    else:
        tracked = track(marks, recording, scores, rule, (montage, signal, chosen.tracking))
        seizures, found = tracked.seizures, tracked.discharges
        steps += [_marking(marks, tracked), _detecting(chosen, plugged, len(found))]
        recording = replace(recording, notices=(*recording.notices, *tracked.notes))
    steps.append(Step("tracking", to_mapping(chosen.tracking), {"seizures": len(seizures)}))
    masks = Masks(montage.labels, scores.flags)
    beside = Beside(age=age or Age(), examined=examine(seizures, montage, signal), settings=chosen.findings)
    findings = state(recording, montage, masks, seizures, to_mapping(chosen), tuple(steps), beside)
    return Analysis(recording, montage, masks, found, seizures, findings)


def _chosen(
    settings: Settings | None, events: object, detector: str | Detector | None
) -> tuple[Settings, Detector | None]:
    """The settings as they will be used, and the detector: none where events are given, and the rule looks inside."""
    chosen = check(settings or Settings())
    if events is not None and detector is not None:
        raise UsageError("Marks from elsewhere stand in place of a detector: give events or a detector, not both.")
    plugged = None if events is not None else plugins.choose(chosen.detection, detector)
    name = NAME if plugged is None else plugged.name
    detection = msgspec.structs.replace(chosen.detection, detector=name)
    return msgspec.structs.replace(chosen, detection=detection), plugged


def _detecting(chosen: Settings, plugged: Detector | None, discharges: int) -> Step:
    """Which detector ran, by name, version and stages; in marks from elsewhere it is the rule."""
    who: dict[str, object] = {"detector_version": None, "stages": ["inside marks"]}
    if plugged is not None:
        who = {"detector_version": plugged.version, "stages": list(plugins.stages_of(plugged))}
    return Step("detection", {**to_mapping(chosen.detection), **who}, {"discharges": discharges})


def _marking(marks: Marks, tracked: Tracked) -> Step:
    """Where the marks came from: the kind of source and its digest; no path and no name."""
    counted = {
        "marks": len(marks.marks),
        "left_out": tracked.left_out,
        "not_localised": sum(not s.localised for s in tracked.seizures),
        "notes": list(tracked.notes),
    }
    return Step("marks", {"source": marks.source, "sha256": marks.sha256, **marks.how}, counted)


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
