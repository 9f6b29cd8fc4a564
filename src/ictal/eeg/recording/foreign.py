"""BrainVision, EEGLAB, Nihon Kohden, Persyst and FIF become a Recording, read by MNE (the extra `formats`).

MNE takes time that was not recorded as if the samples followed each other. Where the file says otherwise it is heard:
dated `New Segment` markers (BrainVision), `[SampleTimes]` (Persyst), `boundary` events that give a length (EEGLAB), and
`BAD_ACQ_SKIP` annotations, whose samples are filler.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from ictal.base.errors import MissingExtra, RecordingError, reason_of
from ictal.base.files import MOST_BYTES, check_file, read_file
from ictal.base.time import Interval, IntervalSet, to_sample
from ictal.eeg.recording.labels import ParsedLabel, parse_labels
from ictal.eeg.recording.matlab import check_matlab
from ictal.eeg.recording.memory import possible
from ictal.eeg.recording.types import Annotation, Channel, ChannelKind, Recording, Samples, Source

NIHON_KOHDEN = (b"EEG-1100", b"EEG-1200", b"EEG-2100", b"QI-403A", b"DAE-2100")
_READERS = {
    "BrainVision": "read_raw_brainvision",
    "EEGLAB": "read_raw_eeglab",
    "Nihon Kohden": "read_raw_nihon",
    "Persyst": "read_raw_persyst",
    "FIF": "read_raw_fif",
}
_KINDS = {
    "eog": ChannelKind.eog, "ecg": ChannelKind.ecg, "emg": ChannelKind.emg, "resp": ChannelKind.respiration,
    "stim": ChannelKind.status,
}  # fmt: skip
_VOLTAGES = frozenset({"eeg", "eog", "ecg", "emg", "seeg", "ecog", "dbs", "bio"})

_TEXTS = (".vhdr", ".vmrk", ".lay")
MOST_CHANNELS = 9999
"""As many as an EDF file can say that it has."""

SHORTEST_GAP_S = 0.001
"""A step shorter than this between two stretches is rounding, not a gap."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples `[first, first + count)` of the file, recorded without a gap from `start_s`."""

    first: int
    count: int
    start_s: float


@dataclass(frozen=True, slots=True)
class MneSamples:
    """The samples of a file that MNE reads, window by window; `picks` maps our channels to MNE's."""

    raw: Any
    name: str
    scales: tuple[float, ...]
    stretches: tuple[Stretch, ...]

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> Samples:
        """Samples `[start, stop)` of one segment, microvolts, `(n_channels, stop - start)`.

        Raises `ValueError` when the span lies outside the segment, `RecordingError` when the file cannot be read there.
        """
        here = self.stretches[segment]
        if not 0 <= start <= stop <= here.count:
            raise ValueError(
                f"Samples [{start}, {stop}) lie outside segment {segment}, which has {here.count} samples."
            )
        if start == stop or not channels:
            return np.empty((len(channels), stop - start), dtype=np.float32)
        # MNE gives channels in the order asked for, and wants each once.
        values = _quietly(
            self.name,
            lambda: self.raw.get_data(picks=list(channels), start=here.first + start, stop=here.first + stop),
        )
        return possible(values * np.array([self.scales[c] for c in channels])[:, None])


def format_of(path: Path, head: bytes) -> str | None:
    """Which of the formats read by MNE is this? Content first, suffix second; `None` when it is none of them."""
    suffix = path.suffix.lower()
    if head.startswith((b"Brain Vision", b"BrainVision", b"\xef\xbb\xbfBrain Vision")) and b"Header" in head[:60]:
        return "BrainVision"
    if head.startswith(NIHON_KOHDEN):
        return "Nihon Kohden"
    if head.startswith(b"\x00\x00\x00\x64\x00\x00\x00\x1f"):
        return "FIF"
    if suffix == ".set" and head.startswith((b"MATLAB", b"\x89HDF")):
        return "EEGLAB"
    if suffix == ".lay" and b"[fileinfo]" in head.lower():
        return "Persyst"
    if suffix == ".eeg":
        raise RecordingError(
            f"'{path.name}' holds samples without a header: for BrainVision give the .vhdr file that lies beside it."
        )
    return None


def read_foreign(path: Path, file_format: str, digest: Callable[[], str] = str) -> Recording:
    """What is in this file, as MNE reads it?

    Raises `MissingExtra` where MNE is not installed, `RecordingError` when the file cannot be read.
    """
    try:
        import mne
    except ImportError as error:
        raise MissingExtra(f"Reading {file_format}", "formats") from error
    _check_companions(path, file_format)
    if file_format == "EEGLAB":
        check_matlab(path)
    if file_format == "Persyst" and not re.search(r"^BirthDate=.*\d", _words(path), re.I | re.M):
        raise RecordingError(
            f"'{path.name}' has no BirthDate, and the library that reads Persyst needs one: write any, for example "
            "BirthDate=01/01/00, into the [Patient] section of a copy."
        )
    reader = getattr(mne.io, _READERS[file_format])
    raw = _quietly(path.name, lambda: reader(path, preload=False, verbose="ERROR"))
    rate_hz = float(raw.info["sfreq"])
    n_samples = int(raw.n_times)
    if n_samples < 1 or not rate_hz > 0:
        raise RecordingError(f"'{path.name}' holds no samples. Export the recording again.")
    types = [str(t) for t in raw.get_channel_types()]
    parsed, notices = parse_labels(raw.ch_names, ["uV" if t in _VOLTAGES else "n/a" for t in types])
    marks = _annotations(raw)
    jumps = _jumps(path, file_format, rate_hz, marks)
    stretches = _stretches(n_samples, rate_hz, jumps, _skips(marks))
    if not stretches:
        raise RecordingError(f"'{path.name}' marks all of its samples as not recorded (BAD_ACQ_SKIP).")
    placed = [_in_recording_time(a, rate_hz, stretches) for a in marks if not a.text.upper().startswith("BAD_ACQ_SKIP")]
    simulated = "SIMULATED" in str(raw.info.get("description") or "").upper() or any(
        a.text.split("/")[-1].upper().startswith("SIMULATED") for a in placed
    )
    started = raw.info["meas_date"]
    return Recording(
        channels=tuple(
            _channel(n, t, p, rate_hz, simulated) for n, t, p in zip(raw.ch_names, types, parsed, strict=True)
        ),
        segments=tuple(Interval(s.start_s, s.start_s + s.count / rate_hz) for s in stretches),
        samples=MneSamples(raw, path.name, tuple(1e6 if t in _VOLTAGES else 1.0 for t in types), stretches),
        source=Source(path.name, file_format, path.stat().st_size, digest),
        start=_wall_clock(started, stretches[0].first / rate_hz),
        annotations=tuple(sorted(placed)),
        simulated=simulated,
        notices=notices,
    )


def _check_companions(path: Path, file_format: str) -> None:
    """Refuse, before the library waits for it, a pipe or device among the files that belong to the recording."""
    named: list[str] = []
    markers: list[str] = []
    if file_format in ("BrainVision", "Persyst"):
        counts = re.findall(r"^(?:NumberOfChannels|WaveformCount)\s*=\s*(\d+)", _words(path), re.MULTILINE)
        absurd = [count for count in counts if len(count.lstrip("0")) > len(str(MOST_CHANNELS))]
        if absurd:
            raise RecordingError(
                f"'{path.name}' says that it has {absurd[0][:20]} channels; at most {MOST_CHANNELS} are believed. "
                "Export the recording again."
            )
        markers = re.findall(r"^MarkerFile\s*=\s*(.+?)\s*$", _words(path), re.MULTILINE)
        named = re.findall(r"^(?:DataFile|MarkerFile|File)\s*=\s*(.+?)\s*$", _words(path), re.MULTILINE)
    beside = [path.parent / name.replace("$b", path.stem) for name in named if "\0" not in name]
    markers = [Path(name.replace("$b", path.stem)).name for name in markers]
    for other in {*beside, *(p for p in path.parent.iterdir() if p.stem == path.stem)}:
        try:
            size = check_file(other)
        except (FileNotFoundError, IsADirectoryError):
            continue
        except OSError as error:
            raise RecordingError(f"'{other.name}' cannot be read: {reason_of(error)}.") from error
        if size > MOST_BYTES and (other.suffix.lower() in _TEXTS or other.name in markers):
            raise RecordingError(
                f"'{other.name}' has more than {MOST_BYTES >> 20} MB, and no file of markers has. Export the recording "
                "again."
            )


def _words(path: Path) -> str:
    """What a file that belongs to a recording says as text, which can only be short."""
    try:
        return read_file(path).decode("latin-1")
    except OSError as error:
        raise RecordingError(f"'{path.name}' cannot be read: {reason_of(error)}.") from error


def _quietly(name: str, work: Callable[[], Any]) -> Any:
    """Do something with MNE: no chatter, and whatever goes wrong becomes one sentence."""
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()):
            warnings.simplefilter("ignore")
            return work()
    except ImportError as error:
        raise MissingExtra(f"Reading '{name}'", "formats") from error
    except MemoryError:
        raise
    except FileNotFoundError as error:
        lost = Path(str(error.filename)).name if error.filename else "one of them"
        raise RecordingError(
            f"'{name}' cannot be read: a file that belongs to it is missing ({lost}). Copy all its files to one folder."
        ) from error
    except Exception as error:
        raise RecordingError(
            f"'{name}' cannot be read: it, or a file that belongs to it, is damaged or missing. "
            "Export the recording again, for example as EDF+."
        ) from error


def _channel(label: str, mne_type: str, parsed: ParsedLabel, rate_hz: float, simulated: bool) -> Channel:
    kind = parsed.kind
    if kind in (ChannelKind.other, ChannelKind.eeg) and mne_type in _KINDS:
        kind = _KINDS[mne_type]
    elif kind is ChannelKind.other and mne_type == "eeg":
        kind = ChannelKind.eeg
    known = replace(parsed, kind=kind) if kind is ChannelKind.eeg else ParsedLabel(kind)
    return known.channel(label, rate_hz, unit="uV" if mne_type in _VOLTAGES else "n/a", simulated=simulated)


def _annotations(raw: Any) -> list[Annotation]:
    """The marks of the file, in seconds from its first sample as MNE counts them (gaps not counted)."""
    offset_s = float(raw.first_time) if raw.annotations.orig_time is not None else 0.0
    return [
        Annotation(float(a["onset"]) - offset_s, max(0.0, float(np.nan_to_num(a["duration"]))), str(a["description"]))
        for a in raw.annotations
    ]


def _skips(marks: Sequence[Annotation]) -> IntervalSet:
    return IntervalSet.of(
        Interval(a.onset_s, a.onset_s + a.duration_s) for a in marks if a.text.upper().startswith("BAD_ACQ_SKIP")
    )


def _jumps(path: Path, file_format: str, rate_hz: float, marks: Sequence[Annotation]) -> tuple[tuple[int, float], ...]:
    """Samples before which time was left out, and how many seconds: `(first sample after, seconds lost)`."""
    if file_format == "BrainVision":
        known = _brainvision_times(path)
    elif file_format == "Persyst":
        known = _persyst_times(path)
    elif file_format == "EEGLAB":
        lost = [(to_sample(a.onset_s, rate_hz), a.duration_s) for a in marks if a.text == "boundary"]
        return tuple((at, s) for at, s in lost if at > 0 and s > SHORTEST_GAP_S)
    else:
        return ()
    found: list[tuple[int, float]] = []
    for (a, at_a), (b, at_b) in pairwise(known):
        lost_s = (at_b - at_a) - (b - a) / rate_hz
        if lost_s > max(SHORTEST_GAP_S, 0.5 / rate_hz):
            found.append((b, lost_s))
    return tuple(found)


def _brainvision_times(path: Path) -> list[tuple[int, float]]:
    """Dated `New Segment` markers of the marker file: first sample, seconds of the clock."""
    header = _words(path)
    named = re.search(r"^MarkerFile\s*=\s*(.+?)\s*$", header, re.MULTILINE)
    if named is None:
        return []
    marker = path.parent / named[1].replace("$b", path.stem)
    if not marker.is_file():
        return []
    found: list[tuple[int, float]] = []
    for at, stamp in re.findall(r"^Mk\d+=New Segment,[^,]*,(\d+),[^,]*,[^,]*,(\d{20})", _words(marker), re.M):
        try:
            clock = datetime.strptime(stamp, "%Y%m%d%H%M%S%f") - datetime(1900, 1, 1)
        except ValueError:
            continue
        found.append((int(at) - 1, clock.total_seconds()))
    return sorted(found)


def _persyst_times(path: Path) -> list[tuple[int, float]]:
    """The `[SampleTimes]` of a .lay file: first sample, seconds since midnight (days added when midnight passes)."""
    found: list[tuple[int, float]] = []
    inside = False
    for line in _words(path).splitlines():
        if line.startswith("["):
            inside = line.strip().lower() == "[sampletimes]"
        elif inside and (match := re.fullmatch(r"\s*(\d+)\s*=\s*(\d+(?:\.\d*)?)\s*", line)):
            clock_s = float(match[2])
            while found and clock_s < found[-1][1] - 3600.0:
                clock_s += 86400.0
            found.append((int(match[1]), clock_s))
    return sorted(found)


def _stretches(
    n_samples: int, rate_hz: float, jumps: Sequence[tuple[int, float]], skips: IntervalSet
) -> tuple[Stretch, ...]:
    """Cut the samples at every jump and leave out what was skipped; the first stretch begins at 0 s."""
    holes = [
        (max(0, to_sample(s.start_s, rate_hz)), min(n_samples, to_sample(s.stop_s, rate_hz))) for s in skips.intervals
    ]
    edges = sorted({0, n_samples} | {e for hole in holes for e in hole} | {j for j, _ in jumps if 0 < j < n_samples})
    found: list[Stretch] = []
    for a, b in pairwise(edges):
        if any(x <= a and b <= y for x, y in holes):
            continue
        lost_s = sum(s for at, s in jumps if at <= a)
        start_s = a / rate_hz + lost_s
        found.append(Stretch(a, b - a, start_s))
    origin_s = found[0].start_s if found else 0.0
    return tuple(Stretch(s.first, s.count, round(s.start_s - origin_s, 9)) for s in found)


def _in_recording_time(mark: Annotation, rate_hz: float, stretches: Sequence[Stretch]) -> Annotation:
    sample = mark.onset_s * rate_hz
    home = stretches[0]
    for stretch in stretches:
        if sample >= stretch.first - 0.5:
            home = stretch
    return Annotation(round(home.start_s + (sample - home.first) / rate_hz, 9), mark.duration_s, mark.text)


def _wall_clock(started: datetime | None, first_s: float) -> datetime | None:
    """The clock of the first sample, without a time zone: MNE writes what the clock showed as if it were UTC."""
    return None if started is None else started.replace(tzinfo=None) + timedelta(seconds=first_s)
