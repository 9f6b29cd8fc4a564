"""Bad input ends in one sentence that names the file: never in another traceback, never in a large allocation."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.base.errors import ChannelError, IctalError, MissingExtra, RecordingError
from ictal.eeg.recording import from_arrays, read
from tests.recording.edf_files import EdfFile, Sig, noise, plain, tal

LIES: dict[str, tuple[dict[str, bytes], str]] = {
    "no signals": ({"signals": b"0"}, "number of signals"),
    "negative signals": ({"signals": b"-2"}, "number of signals"),
    "signals no number": ({"signals": b"x"}, "no number"),
    "too many signals": ({"signals": b"9999"}, "contradicts itself"),
    "too many signals, header alike": ({"signals": b"9999", "header_bytes": b"2560000"}, "cut off in its header"),
    "header size wrong": ({"header_bytes": b"512"}, "contradicts itself"),
    "header size negative": ({"header_bytes": b"-768"}, "header size"),
    "header size no number": ({"header_bytes": b"?"}, "no number"),
    "records no number": ({"records": b"many"}, "number of records"),
    "records below -1": ({"records": b"-7"}, "number of records"),
    "records not whole": ({"records": b"2.5"}, "whole number"),
    "zero records": ({"records": b"0"}, "holds no data"),
    "duration zero": ({"duration": b"0"}, "0 s"),
    "duration negative": ({"duration": b"-1"}, "must be positive"),
    "duration not finite": ({"duration": b"inf"}, "no number"),
    "duration nan": ({"duration": b"nan"}, "no number"),
    "duration no number": ({"duration": b"one"}, "no number"),
    "duration huge": ({"duration": b"1e99"}, "duration"),
}


def sentence(path: Path) -> str:
    """The error that reading this path gives: it must be ours, one or two sentences, on one line, naming the file."""
    with pytest.raises(RecordingError) as caught:
        read(path)
    words = str(caught.value)
    assert path.name in words
    assert words.endswith(".")
    assert "\n" not in words
    assert str(path.parent) not in words
    assert caught.value.exit_code == 3
    return words


@pytest.mark.parametrize("case", LIES, ids=lambda c: c)
def test_a_header_that_lies_is_refused_in_one_sentence(tmp_path: Path, case: str) -> None:
    lies, words = LIES[case]
    assert words in sentence(plain().with_(lies=lies).write(tmp_path / "a.edf"))


def test_a_number_of_records_beyond_the_file_is_a_file_cut_off_and_allocates_nothing(tmp_path: Path) -> None:
    path = plain().with_(lies={"records": b"99999999"}).write(tmp_path / "a.edf")
    tracemalloc.start()
    try:
        r = read(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert r.duration_s == 4.0
    assert any("cut off" in n for n in r.notices)
    assert peak < 4_000_000


@pytest.mark.parametrize("samples", ["-5", "x", "1.5", "99999999", "1e30"])
def test_samples_per_record_that_lie_are_refused(tmp_path: Path, samples: str) -> None:
    sentence(EdfFile([Sig("C3", noise(400), samples_text=samples)], 4).write(tmp_path / "a.edf"))


def test_no_sample_in_any_record_is_refused(tmp_path: Path) -> None:
    assert "not one sample" in sentence(EdfFile([Sig("C3", noise(4), samples_text="0")], 4).write(tmp_path / "a.edf"))


@pytest.mark.parametrize("size", [1, 8, 100, 255, 256, 300, 767])
def test_a_file_cut_in_its_header_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(plain().to_bytes()[:size])
    assert "cut off in its header" in sentence(path)


def test_a_header_without_data_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(plain().to_bytes()[:768])
    assert "no record" in sentence(path)


def test_a_file_cut_in_its_first_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.edf"
    path.write_bytes(plain().to_bytes()[:900])
    assert "no whole record" in sentence(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(500)),
        ("picture.edf", b"\x89PNG\r\n\x1a\n" + bytes(500)),
        ("words.txt", b"Dear colleague, please find the EEG attached."),
        ("words.edf", b"0 is how this letter begins, and it is no EEG." * 20),
        ("table.csv", b"time,Fp1,Fp2\n0,1,2\n"),
        ("zip.bdf", b"PK\x03\x04" + bytes(300)),
        ("zeros.edf", bytes(4096)),
        ("empty.edf", b""),
        ("empty", b""),
        ("no_suffix", b"\x00\x01\x02" * 100),
        ("samples.eeg", bytes(4000)),
        ("broken.set", b"MATLAB 5.0 MAT-file, and nothing that follows is one" + bytes(200)),
        ("text.set", b"this is no EEGLAB file"),
        ("broken.vhdr", b"Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nDataFile=none.eeg\n"),
        ("broken.lay", b"[FileInfo]\nFile=nothing.dat\n"),
        ("broken.fif", b"\x00\x00\x00\x64\x00\x00\x00\x1f" + bytes(100)),
        ("broken.EEG", b"EEG-1100A V01.00" + bytes(100)),
        ("gdf.gdf", b"GDF 2.20" + bytes(600)),
    ],
)
def test_what_is_no_recording_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    sentence(path)


def test_a_missing_file_a_folder_and_an_impossible_path_are_refused(tmp_path: Path) -> None:
    assert "no file" in sentence(tmp_path / "nowhere.edf")
    folder = tmp_path / "folder.edf"
    folder.mkdir()
    assert "folder" in sentence(folder)
    with pytest.raises(RecordingError):
        read("bad\0name.edf")
    with pytest.raises(RecordingError):
        read(tmp_path / ("x" * 300 + ".edf"))


def test_a_file_without_read_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = plain().write(tmp_path / "a.edf")
    path.chmod(0)
    if os.access(path, os.R_OK):  # an administrator may read everything: let the system say no instead

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    assert "permission" in sentence(path)


def test_annotations_alone_are_no_eeg(tmp_path: Path) -> None:
    with pytest.raises(ChannelError, match="no signal"):
        read(EdfFile([], 2, 1, "EDF+C", [tal(0), tal(1)]).write(tmp_path / "a.edf"))


def test_a_range_of_zero_on_every_eeg_channel_is_refused(tmp_path: Path) -> None:
    signals = [Sig("C3", noise(200), physical=(0, 0)), Sig("ECG", noise(200))]
    with pytest.raises(ChannelError, match="range of zero"):
        read(EdfFile(signals, 2).write(tmp_path / "a.edf"))


def test_a_file_without_eeg_opens_and_has_none(tmp_path: Path) -> None:
    assert read(plain(labels=("ECG", "Resp")).write(tmp_path / "a.edf")).eeg == ()


def test_one_electrode_and_constant_signals_open(tmp_path: Path) -> None:
    r = read(EdfFile([Sig("Cz", np.zeros(200, np.int32))], 2).write(tmp_path / "a.edf"))
    assert r.eeg == (0,)
    assert np.ptp(r.samples.read_uv([0], 0, 0, 200)) == 0.0


def test_nan_in_memory_stays_nan() -> None:
    r = from_arrays([("C3", [1.0, np.nan, 3.0])], 1.0)
    assert np.isnan(r.samples.read_uv([0], 0, 0, 3)).tolist() == [[False, True, False]]


def test_a_format_that_needs_mne_says_which_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "mne", None)
    path = tmp_path / "a.vhdr"
    path.write_bytes(b"Brain Vision Data Exchange Header File Version 1.0\n")
    with pytest.raises(MissingExtra, match=r"BrainVision.*ictal\[formats\]"):
        read(path)


GOOD = plain(records=3).with_(reserved="EDF+C", tals=[tal(0), tal(1, (1.5, 2.0, "mark")), tal(2)]).to_bytes()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(at=st.integers(0, len(GOOD) - 1), put=st.binary(min_size=1, max_size=12), keep=st.integers(0, len(GOOD)))
def test_whatever_is_damaged_it_opens_or_is_refused_in_words(tmp_path: Path, at: int, put: bytes, keep: int) -> None:
    path = tmp_path / "a.edf"
    for damaged in (GOOD[:at] + put + GOOD[at + len(put) :], GOOD[:keep]):
        path.write_bytes(damaged)
        try:
            r = read(path)
        except IctalError:
            continue
        for i, channel in enumerate(r.channels):
            for k, segment in enumerate(r.segments):
                n = round(segment.duration_s * channel.rate_hz)
                assert r.samples.read_uv([i], k, 0, n).shape == (1, n)
