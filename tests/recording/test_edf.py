"""EDF and BDF files become recordings: samples, units, rates, header, piece by piece as in one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.base.errors import RecordingError
from ictal.eeg.recording import edf, read
from ictal.eeg.recording.types import Annotation, ChannelKind, Recording, Samples
from tests.recording.edf_files import EdfFile, Sig, microvolts, noise, plain, tal


def whole(recording: Recording, channel: int = 0, segment: int = 0) -> Samples:
    span = recording.segments[segment]
    n = round(span.duration_s * recording.channels[channel].rate_hz)
    return recording.samples.read_uv([channel], segment, 0, n)[0]


def test_samples_are_microvolts_in_float32(tmp_path: Path) -> None:
    made = plain()
    r = read(made.write(tmp_path / "a.edf"))
    got = r.samples.read_uv([0, 1], 0, 0, 400)
    assert got.dtype == np.float32
    assert got.shape == (2, 400)
    for row, sig in zip(got, made.signals, strict=True):
        np.testing.assert_allclose(row, microvolts(sig.digital), atol=1e-3)


def test_channels_come_in_the_order_asked_for(tmp_path: Path) -> None:
    r = read(plain().write(tmp_path / "a.edf"))
    forward, backward = r.samples.read_uv([0, 1], 0, 5, 50), r.samples.read_uv([1, 0], 0, 5, 50)
    assert np.array_equal(forward, backward[::-1])
    assert r.samples.read_uv([1, 1], 0, 0, 9).shape == (2, 9)


@pytest.mark.parametrize(("unit", "factor"), [("uV", 1.0), ("mV", 1e3), ("V", 1e6), ("nV", 1e-3), ("\u00b5V", 1.0)])
def test_every_unit_of_voltage_is_read_in_microvolts(tmp_path: Path, unit: str, factor: float) -> None:
    digital = noise(200)
    r = read(EdfFile([Sig("C3", digital, unit)], 2).write(tmp_path / "a.edf"))
    np.testing.assert_allclose(whole(r), microvolts(digital) * factor, rtol=1e-6, atol=1e-3 * factor)
    assert r.channels[0].unit == "uV"
    assert r.channels[0].highest_uv == pytest.approx(3276.7 * factor)
    assert r.channels[0].lowest_uv == pytest.approx(-3276.8 * factor)


def test_the_micro_sign_alone_is_a_header_outside_ascii(tmp_path: Path) -> None:
    r = read(EdfFile([Sig("C3", noise(200), "\u00b5V")], 2, patient="X X X M\u00fcller").write(tmp_path / "a.edf"))
    assert any("outside ASCII" in n for n in r.notices)
    assert not any("ller" in n for n in r.notices)


def test_an_eeg_channel_without_unit_is_microvolts_and_said(tmp_path: Path) -> None:
    r = read(EdfFile([Sig("C3", noise(200), "")], 2).write(tmp_path / "a.edf"))
    assert r.channels[0].electrode == "C3"
    assert any("No unit is given" in n and "'C3'" in n for n in r.notices)


def test_a_channel_that_is_no_voltage_keeps_its_unit_and_values(tmp_path: Path) -> None:
    made = EdfFile([Sig("SpO2", noise(20), "%", (0, 100), (0, 1000)), Sig("C3", noise(200))], 2)
    r = read(made.write(tmp_path / "a.edf"))
    assert (r.channels[0].kind, r.channels[0].unit, r.channels[0].highest_uv) == (ChannelKind.other, "%", None)
    np.testing.assert_allclose(whole(r), made.signals[0].digital * 0.1, rtol=1e-5, atol=1e-3)


def test_a_place_with_a_unit_that_is_no_voltage_is_said_and_not_eeg(tmp_path: Path) -> None:
    r = read(EdfFile([Sig("O2", noise(200), "mmHg"), Sig("C3", noise(200))], 2).write(tmp_path / "a.edf"))
    assert r.eeg == (1,)
    assert any("'O2' (mmHg)" in n for n in r.notices)


def test_a_physical_minimum_above_the_maximum_turns_the_sign(tmp_path: Path) -> None:
    digital = noise(200)
    r = read(EdfFile([Sig("C3", digital, physical=(3276.7, -3276.8))], 2).write(tmp_path / "a.edf"))
    np.testing.assert_allclose(whole(r), 3276.7 - (digital + 32768) * 0.1, atol=1e-3)
    assert (r.channels[0].lowest_uv, r.channels[0].highest_uv) == (pytest.approx(-3276.8), pytest.approx(3276.7))


@pytest.mark.parametrize("broken", [{"physical": (0, 0)}, {"digital_range": (5, 5)}, {"physical": ("x", "y")}])
def test_a_range_of_zero_takes_the_channel_out_and_says_so(
    tmp_path: Path, broken: dict[str, tuple[object, object]]
) -> None:
    bad = Sig("C3", noise(200), **broken)  # type: ignore[arg-type]
    r = read(EdfFile([bad, Sig("C4", noise(200))], 2).write(tmp_path / "a.edf"))
    assert r.eeg == (1,)
    assert r.channels[0].kind is ChannelKind.other
    assert np.isnan(whole(r)).all()
    assert np.isfinite(whole(r, 1)).all()
    assert any("range" in n and "'C3'" in n for n in r.notices)


def test_channels_of_unequal_rate_each_keep_theirs(tmp_path: Path) -> None:
    made = EdfFile([Sig("C3", noise(256 * 3, 1)), Sig("C4", noise(200 * 3, 2)), Sig("ECG", noise(3, 3))], 3)
    r = read(made.write(tmp_path / "a.edf"))
    assert [c.rate_hz for c in r.channels] == [256.0, 200.0, 1.0]
    for i, sig in enumerate(made.signals):
        np.testing.assert_allclose(whole(r, i), microvolts(sig.digital), atol=1e-3)
    with pytest.raises(ValueError, match="one rate"):
        r.samples.read_uv([0, 1], 0, 0, 10)


@pytest.mark.parametrize("span", [(-1, 10), (0, 401), (10, 5), (400, 401)])
def test_a_span_outside_the_segment_is_refused(tmp_path: Path, span: tuple[int, int]) -> None:
    r = read(plain().write(tmp_path / "a.edf"))
    with pytest.raises(ValueError, match="outside segment 0"):
        r.samples.read_uv([0], 0, *span)


def test_an_empty_span_is_an_empty_array(tmp_path: Path) -> None:
    r = read(plain().write(tmp_path / "a.edf"))
    assert r.samples.read_uv([0, 1], 0, 400, 400).shape == (2, 0)
    assert r.samples.read_uv([], 0, 0, 400).shape == (0, 400)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    per_record=st.integers(1, 400),
    record_s=st.sampled_from([0.1, 0.25, 0.333333, 0.5, 1, 1.5, 2, 10, 30.7, 0.015625]),
    records=st.integers(1, 9),
    bdf=st.booleans(),
    cut=st.data(),
)
def test_pieces_equal_the_whole_at_any_rate_and_record_duration(
    tmp_path: Path, per_record: int, record_s: float, records: int, bdf: bool, cut: st.DataObject
) -> None:
    n = per_record * records
    digital = noise(n, n, 24 if bdf else 16)
    limits = (-8388608, 8388607) if bdf else (-32768, 32767)
    sig = Sig("C3", digital, physical=limits, digital_range=limits)
    made = EdfFile([Sig("C4", noise(records * 7)), sig], records, record_s, bdf=bdf)
    r = read(made.write(tmp_path / "a.edf"))
    assert r.channels[1].rate_hz == pytest.approx(per_record / record_s)
    assert r.duration_s == pytest.approx(records * record_s)
    assert round(r.duration_s * r.channels[1].rate_hz) == n
    assert np.array_equal(whole(r, 1), digital.astype(np.float32))
    a = cut.draw(st.integers(0, n))
    b = cut.draw(st.integers(a, n))
    assert np.array_equal(r.samples.read_uv([1], 0, a, b)[0], digital[a:b].astype(np.float32))


@pytest.mark.parametrize("limit", [1, 64, 1000, 5000])
def test_what_is_read_does_not_depend_on_how_much_is_read_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    r = read(plain(records=12).write(tmp_path / "a.edf"))
    expected = r.samples.read_uv([1, 0], 0, 137, 1011)
    monkeypatch.setattr(edf, "_READ_BYTES", limit)
    assert np.array_equal(r.samples.read_uv([1, 0], 0, 137, 1011), expected)


def test_twenty_four_bits_keep_their_sign(tmp_path: Path) -> None:
    digital = np.array([-8388608, -1, 0, 1, 8388607, -65536, 65535, 255], dtype=np.int32)
    limits = (-8388608, 8388607)
    r = read(EdfFile([Sig("C3", digital, "uV", limits, limits)], 1, bdf=True).write(tmp_path / "a.bdf"))
    assert whole(r).tolist() == digital.tolist()
    assert r.source.file_format == "BDF"


@pytest.mark.parametrize(
    ("reserved", "bdf", "file_format"),
    [("", False, "EDF"), ("EDF+C", False, "EDF+C"), ("EDF+C_Online", False, "EDF+C"), ("BDF+C", True, "BDF+C"),
     ("24BIT", True, "BDF"), ("EDF+C", True, "BDF+C"), ("what is this", False, "EDF")],
)  # fmt: skip
def test_the_reserved_field_names_the_format_and_an_odd_one_still_opens(
    tmp_path: Path, reserved: str, bdf: bool, file_format: str
) -> None:
    limits = (-8388608, 8388607) if bdf else (-32768, 32767)
    made = EdfFile([Sig("C3", noise(200), digital_range=limits)], 2, bdf=bdf, reserved=reserved)
    assert read(made.write(tmp_path / "a.edf")).source.file_format == file_format


def test_a_name_of_the_format_that_is_not_standard_is_said(tmp_path: Path) -> None:
    r = read(plain().with_(reserved="EDF+C_Online").write(tmp_path / "a.edf"))
    assert any("EDF+C_Online" in n for n in r.notices)


@pytest.mark.parametrize(
    ("recording", "date", "time", "start"),
    [
        ("Startdate 02-MAR-2024 X X X", "02.03.24", "10.20.30", datetime(2024, 3, 2, 10, 20, 30)),
        ("", "31.12.84", "23.59.59", datetime(2084, 12, 31, 23, 59, 59)),
        ("", "01.01.85", "00.00.00", datetime(1985, 1, 1)),
        ("", "02-03-24", "10:20:30", datetime(2024, 3, 2, 10, 20, 30)),
        ("Startdate 02-MAR-2124 X X X", "02.03.24", "10.20.30", datetime(2124, 3, 2, 10, 20, 30)),
    ],
)
def test_the_start_is_the_wall_clock_of_the_header(
    tmp_path: Path, recording: str, date: str, time: str, start: datetime
) -> None:
    r = read(plain().with_(recording=recording, date=date, time=time).write(tmp_path / "a.edf"))
    assert r.start == start


@pytest.mark.parametrize(
    ("recording", "date", "time"),
    [("", "42.00.00", "26.00.99"), ("", "yy.mm.dd", "hh.mm.ss"), ("", "", ""), ("Startdate X X X X", "01.01.85", "0"),
     ("Startdate 31-FEB-2024 X X X", "31.02.24", "10.00.00"), ("", "01.01.24", "nonsense")],
)  # fmt: skip
def test_a_date_that_is_none_opens_and_is_said(tmp_path: Path, recording: str, date: str, time: str) -> None:
    r = read(plain().with_(recording=recording, date=date, time=time).write(tmp_path / "a.edf"))
    assert r.start is None
    assert any("no time of day" in n for n in r.notices)


def test_an_unknown_number_of_records_is_counted_from_the_size(tmp_path: Path) -> None:
    r = read(plain(records=5).with_(lies={"records": b"-1"}).write(tmp_path / "a.edf"))
    assert r.duration_s == 5.0
    assert any("file's size gives 5" in n for n in r.notices)


def test_a_file_cut_within_a_record_gives_its_whole_records_and_says_what_is_missing(tmp_path: Path) -> None:
    made = plain(records=5)
    path = tmp_path / "a.edf"
    path.write_bytes(made.to_bytes()[:-450])
    r = read(path)
    assert r.duration_s == 3.0
    assert any("2 s of 5 s are missing" in n for n in r.notices)
    np.testing.assert_allclose(whole(r), microvolts(made.signals[0].digital)[:300], atol=1e-3)


def test_bytes_after_the_last_record_are_left_out_and_said(tmp_path: Path) -> None:
    r = read(plain(records=5).with_(lies={"records": b"3"}).write(tmp_path / "a.edf"))
    assert r.duration_s == 3.0
    assert any("2 s more" in n for n in r.notices)


def test_a_duplicate_label_neither_crashes_nor_counts_twice(tmp_path: Path) -> None:
    r = read(plain(labels=("T8-P8", "T8-P8", "C3-P3")).write(tmp_path / "a.edf"))
    assert [c.label for c in r.channels] == ["T8-P8", "T8-P8", "C3-P3"]
    assert r.eeg == (0, 2)
    assert any("same place" in n for n in r.notices)


def test_a_patients_name_is_nowhere_in_the_recording(tmp_path: Path) -> None:
    made = plain().with_(patient="4711 F 02-MAY-2023 Jane_Doe", recording="Startdate 02-MAR-2024 AdminNo7 DrWho X")
    r = read(made.write(tmp_path / "a.edf"))
    said = repr(r) + repr(r.samples) + repr(dict(r.attributes))
    assert not any(word in said for word in ("Jane", "4711", "AdminNo7", "DrWho", "2023"))


@pytest.mark.parametrize("where", ["recording", "patient", "annotation"])
def test_a_simulated_file_says_so_wherever_it_is_written(tmp_path: Path, where: str) -> None:
    made = plain(records=2)
    if where == "annotation":
        made = made.with_(reserved="EDF+C", tals=[tal(0, (0.0, None, "Simulated by Ictal")), tal(1)])
    else:
        made = made.with_(**{where: "X X X simulated_infant"})
    r = read(made.write(tmp_path / "a.edf"))
    assert r.simulated
    assert all(c.simulated for c in r.channels)
    assert not read(plain().write(tmp_path / "b.edf")).simulated


def test_annotations_are_in_seconds_from_the_first_sample(tmp_path: Path) -> None:
    marks = [tal(0, (0.5, None, "start")), tal(1, (1.25, 2.5, "Anfall \u00e4"), (0.25, None, "late entry")), tal(2)]
    r = read(plain(records=3).with_(reserved="EDF+C", tals=marks).write(tmp_path / "a.edf"))
    assert r.annotations == (
        Annotation(0.25, 0.0, "late entry"),
        Annotation(0.5, 0.0, "start"),
        Annotation(1.25, 2.5, "Anfall \u00e4"),
    )


def test_one_list_may_hold_several_texts_and_latin_1(tmp_path: Path) -> None:
    marks = [b"+0\x14\x14\x00+0.5\x14one\x14two \xe4\x14\x00", b"+1\x14\x14\x00"]
    r = read(plain(records=2).with_(reserved="EDF+C", tals=marks).write(tmp_path / "a.edf"))
    assert [a.text for a in r.annotations] == ["one", "two \u00e4"]


def test_several_annotation_channels_are_all_read(tmp_path: Path) -> None:
    words = b"+0.5\x14second channel\x14\x00".ljust(40, b"\0") + b"\0" * 40
    second = Sig("EDF Annotations", np.frombuffer(words, "<i2").astype(np.int32), "", (-1, 1))
    made = EdfFile([second, *plain(records=2).signals], 2, reserved="EDF+C", annotation_first=True)
    r = read(made.with_(tals=[tal(0, (0.1, None, "first channel")), tal(1)]).write(tmp_path / "a.edf"))
    assert [a.text for a in r.annotations] == ["first channel", "second channel"]
    assert [c.label for c in r.channels] == ["EEG Fp1-Ref", "EEG C3-Ref"]


def test_the_source_has_size_name_and_sha256(tmp_path: Path) -> None:
    import hashlib

    path = plain().write(tmp_path / "a.edf")
    source = read(path).source
    assert (source.name, source.bytes) == ("a.edf", path.stat().st_size)
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_that_changed_or_went_is_said_and_not_misread(tmp_path: Path) -> None:
    path = plain().write(tmp_path / "a.edf")
    r = read(path)
    path.write_bytes(plain(records=3).to_bytes())
    with pytest.raises(RecordingError, match="changed while"):
        r.samples.read_uv([0], 0, 0, 10)
    path.unlink()
    with pytest.raises(RecordingError, match="could no longer be read"):
        r.samples.read_uv([0], 0, 0, 10)


def test_the_file_may_be_named_relative_to_a_folder_that_is_left_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain().write(tmp_path / "a.edf")
    monkeypatch.chdir(tmp_path)
    r = read("a.edf")
    monkeypatch.chdir("/")
    assert r.samples.read_uv([0], 0, 0, 10).shape == (1, 10)


def test_content_wins_over_the_name_of_the_file(tmp_path: Path) -> None:
    assert read(plain().write(tmp_path / "recording.dat")).source.file_format == "EDF"
