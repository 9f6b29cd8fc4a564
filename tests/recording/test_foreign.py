"""Formats that MNE reads: microvolts, kinds, marks, and the time that was left out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import mne
import numpy as np
import pybv
import pytest

from ictal.base.errors import RecordingError
from ictal.eeg.recording import foreign, read
from ictal.eeg.recording.types import ChannelKind

RATE_HZ = 200.0
NAMES = ["Fp1", "T3", "C3-P3", "ECG"]


@pytest.fixture(scope="module")
def uv() -> np.ndarray:
    return np.random.default_rng(5).normal(0.0, 50.0, (4, 2000)).round(1)


def raw_of(uv: np.ndarray, annotations: Any = None) -> Any:
    raw = mne.io.RawArray(uv * 1e-6, mne.create_info(NAMES, RATE_HZ, "eeg"), verbose="ERROR")
    if annotations is not None:
        raw.set_annotations(annotations)
    return raw


def brainvision(uv: np.ndarray, folder: Path, **options: Any) -> Path:
    pybv.write_brainvision(
        data=uv * 1e-6, sfreq=RATE_HZ, ch_names=NAMES, fname_base="bv", folder_out=folder, unit="\u00b5V",
        resolution=0.1, meas_date=datetime(2024, 3, 2, 10, 20, 30), **options,
    )  # fmt: skip
    return folder / "bv.vhdr"


def test_brainvision_is_microvolts_with_kinds_and_marks(tmp_path: Path, uv: np.ndarray) -> None:
    events = [{"onset": 400, "duration": 200, "description": "seizure", "type": "Comment"}]
    r = read(brainvision(uv, tmp_path, events=events))
    assert (r.source.file_format, r.duration_s, r.start) == ("BrainVision", 10.0, datetime(2024, 3, 2, 10, 20, 30))
    assert [(c.electrode, c.minus, c.kind.value) for c in r.channels] == [
        ("Fp1", None, "EEG"), ("T7", None, "EEG"), ("C3", "P3", "EEG"), (None, None, "ECG"),
    ]  # fmt: skip
    np.testing.assert_allclose(r.samples.read_uv([0, 1, 2, 3], 0, 0, 2000), uv, atol=0.06)
    np.testing.assert_allclose(r.samples.read_uv([2, 0], 0, 100, 130), uv[[2, 0], 100:130], atol=0.06)
    assert [(a.onset_s, a.duration_s) for a in r.annotations] == [(2.0, 1.0)]
    assert "seizure" in r.annotations[0].text


def test_a_pause_between_dated_segments_of_brainvision_is_a_gap(tmp_path: Path, uv: np.ndarray) -> None:
    path = brainvision(uv, tmp_path, events=[{"onset": 1500, "description": "late", "type": "Comment"}])
    marker = path.with_suffix(".vmrk")
    text = marker.read_text(encoding="utf-8").rstrip("\n")
    marker.write_text(text + "\nMk9=New Segment,,1001,1,0,20240302102135500000\n", encoding="utf-8")
    r = read(path)
    assert [(s.start_s, s.stop_s) for s in r.segments] == [(0.0, 5.0), (65.5, 70.5)]
    np.testing.assert_allclose(r.samples.read_uv([0], 1, 0, 1000)[0], uv[0, 1000:], atol=0.06)
    assert [a.onset_s for a in r.annotations if "late" in a.text] == [68.0]


def test_fif_with_skipped_time_has_a_gap(tmp_path: Path, uv: np.ndarray) -> None:
    marks = mne.Annotations([2.0, 8.0], [3.0, 1.0], ["BAD_ACQ_SKIP", "simulated spike"])
    path = tmp_path / "a_raw.fif"
    raw_of(uv, marks).save(path, verbose="ERROR")
    r = read(path)
    assert [(s.start_s, s.stop_s) for s in r.segments] == [(0.0, 2.0), (5.0, 10.0)]
    np.testing.assert_allclose(r.samples.read_uv([1], 1, 0, 1000)[0], uv[1, 1000:], atol=1e-3)
    assert [(a.onset_s, a.text) for a in r.annotations] == [(8.0, "simulated spike")]
    assert r.simulated


def test_a_fif_file_under_another_name_opens(tmp_path: Path, uv: np.ndarray) -> None:
    raw_of(uv).save(tmp_path / "a_raw.fif", verbose="ERROR")
    assert read((tmp_path / "a_raw.fif").rename(tmp_path / "infant.fif")).source.file_format == "FIF"


def test_eeglab_is_microvolts_with_marks(tmp_path: Path, uv: np.ndarray) -> None:
    raw = raw_of(uv, mne.Annotations([1.5], [2.0], ["seizure"]))
    mne.export.export_raw(tmp_path / "a.set", raw, verbose="ERROR")
    r = read(tmp_path / "a.set")
    assert (r.source.file_format, r.duration_s) == ("EEGLAB", 10.0)
    np.testing.assert_allclose(r.samples.read_uv([0, 3], 0, 50, 150), uv[[0, 3], 50:150], atol=1e-2)
    assert [(a.onset_s, a.text) for a in r.annotations] == [(1.5, "seizure")]


def persyst(folder: Path, uv: np.ndarray, sample_times: str) -> Path:
    """A Persyst pair of files: 16 bit, 0.1 uV a step."""
    (folder / "a.dat").write_bytes((uv * 10).round().astype("<i2").T.tobytes())
    channels = "\n".join(f"{name}={i + 1}" for i, name in enumerate(["Fp1", "T3", "C3", "ECG"]))
    (folder / "a.lay").write_text(
        "[FileInfo]\nFile=a.dat\nFileType=Interleaved\nSamplingRate=200\nHeaderLength=0\nCalibration=0.1\n"
        f"WaveformCount=4\nDataType=0\n[ChannelMap]\n{channels}\n[SampleTimes]\n{sample_times}\n"
        "[Patient]\nFirst=A\nLast=B\nSex=\nHand=\nBirthDate=01/01/2023\nID=\nTestDate=03/02/2024\nTestTime=10:20:30\n"
        "[Comments]\n7.5,0.0,0,0,late\n",
        encoding="latin-1",
    )
    return folder / "a.lay"


def test_persyst_is_microvolts(tmp_path: Path, uv: np.ndarray) -> None:
    r = read(persyst(tmp_path, uv, "0=37230.0"))
    assert (r.source.file_format, r.duration_s, len(r.segments)) == ("Persyst", 10.0, 1)
    np.testing.assert_allclose(r.samples.read_uv([0, 1], 0, 0, 2000), uv[:2], atol=0.06)
    assert [(a.onset_s, a.text) for a in r.annotations] == [(7.5, "late")]


def test_sample_times_of_persyst_give_the_gap_over_midnight(tmp_path: Path, uv: np.ndarray) -> None:
    r = read(persyst(tmp_path, uv, "0=86390.0\n1000=20.0"))
    assert [(s.start_s, s.stop_s) for s in r.segments] == [(0.0, 5.0), (30.0, 35.0)]


def test_persyst_without_a_birth_date_says_what_to_do(tmp_path: Path, uv: np.ndarray) -> None:
    path = persyst(tmp_path, uv, "0=37230.0")
    path.write_text(path.read_text().replace("BirthDate=01/01/2023", "BirthDate="))
    with pytest.raises(RecordingError, match="BirthDate=01/01/00"):
        read(path)


def test_a_span_outside_and_a_lost_data_file_are_said(tmp_path: Path, uv: np.ndarray) -> None:
    path = brainvision(uv, tmp_path)
    r = read(path)
    with pytest.raises(ValueError, match="outside segment 0"):
        r.samples.read_uv([0], 0, 0, 2001)
    assert r.samples.read_uv([0], 0, 5, 5).shape == (1, 0)
    path.with_suffix(".eeg").unlink()
    with pytest.raises(RecordingError, match="missing"):
        r.samples.read_uv([0], 0, 0, 10)
    with pytest.raises(RecordingError, match="missing"):
        read(path)


def test_the_samples_file_of_brainvision_names_the_header(tmp_path: Path, uv: np.ndarray) -> None:
    path = brainvision(uv, tmp_path)
    with pytest.raises(RecordingError, match=r"\.vhdr"):
        read(path.with_suffix(".eeg"))


def test_mne_says_nothing(tmp_path: Path, uv: np.ndarray, capfd: pytest.CaptureFixture[str]) -> None:
    read(brainvision(uv, tmp_path)).samples.read_uv([0], 0, 0, 10)
    assert capfd.readouterr() == ("", "")


def test_stretches_are_cut_at_jumps_and_without_what_was_skipped() -> None:
    from ictal.base.time import Interval, IntervalSet

    skips = IntervalSet.of([Interval(0.0, 1.0), Interval(4.0, 5.0)])
    got = foreign._stretches(1000, 100.0, [(700, 60.0)], skips)
    assert [(s.first, s.count, s.start_s) for s in got] == [(100, 300, 0.0), (500, 200, 4.0), (700, 300, 66.0)]


def test_a_kind_that_mne_knows_is_kept_where_the_name_is_silent() -> None:
    from ictal.eeg.recording.labels import parse_label

    assert foreign._channel("aux", "eog", parse_label("aux"), 1.0, False).kind is ChannelKind.eog
    assert foreign._channel("ch7", "eeg", parse_label("ch7"), 1.0, False).kind is ChannelKind.eeg
