"""Gaps stay true: what no other reader at hand does with an interrupted file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.base.errors import RecordingError
from ictal.base.time import Interval
from ictal.eeg.recording import read
from ictal.eeg.recording.types import Recording
from tests.recording.edf_files import EdfFile, Sig, microvolts, noise, plain, tal


def interrupted(onsets: Sequence[object], path: Path, reserved: str = "EDF+D", record_s: float = 1) -> Recording:
    n = len(onsets)
    made = EdfFile([Sig("C3", noise(n * 100))], n, record_s, reserved, [tal(o) for o in onsets])
    return read(made.write(path))


def spans(recording: Recording) -> list[tuple[float, float]]:
    return [(s.start_s, s.stop_s) for s in recording.segments]


def test_a_gap_between_records_is_a_gap_between_segments(tmp_path: Path) -> None:
    r = interrupted([0, 1, 2, 102, 103], tmp_path / "a.edf")
    assert spans(r) == [(0.0, 3.0), (102.0, 104.0)]
    assert r.gaps == (Interval(3.0, 102.0),)
    assert r.duration_s == 104.0
    assert r.recorded.total_s == 5.0


def test_samples_of_each_segment_are_its_own(tmp_path: Path) -> None:
    r = interrupted([0, 1, 10, 20, 21], tmp_path / "a.edf")
    uv = microvolts(noise(500))
    for segment, (a, b) in enumerate([(0, 200), (200, 300), (300, 500)]):
        np.testing.assert_allclose(r.samples.read_uv([0], segment, 0, b - a)[0], uv[a:b], atol=1e-3)
    with pytest.raises(ValueError, match="outside segment 1"):
        r.samples.read_uv([0], 1, 0, 101)


def test_onsets_below_the_second_are_kept(tmp_path: Path) -> None:
    r = interrupted(["+0", "+1.0000", "+2.3750", "+3.375"], tmp_path / "a.edf")
    assert spans(r) == [(0.0, 2.0), (2.375, 4.375)]


def test_times_count_from_the_first_sample_and_the_clock_shifts_with_it(tmp_path: Path) -> None:
    r = interrupted([7.25, 8.25, 60.5], tmp_path / "a.edf")
    assert spans(r) == [(0.0, 2.0), (53.25, 54.25)]
    assert r.start == datetime(2024, 3, 2, 10, 20, 30) + timedelta(seconds=7.25)


def test_a_continuous_file_may_begin_a_fraction_of_a_second_late(tmp_path: Path) -> None:
    r = interrupted(["+0.125", "+1.125"], tmp_path / "a.edf", "EDF+C")
    assert spans(r) == [(0.0, 2.0)]
    assert r.start == datetime(2024, 3, 2, 10, 20, 30, 125000)


def test_annotations_after_the_gap_are_at_their_true_time(tmp_path: Path) -> None:
    tals = [tal(5), tal(6, (6.5, 1.0, "before")), tal(106, (106.75, None, "after"))]
    made = EdfFile([Sig("C3", noise(300))], 3, 1, "EDF+D", tals)
    r = read(made.write(tmp_path / "a.edf"))
    assert [(a.onset_s, a.text) for a in r.annotations] == [(1.5, "before"), (101.75, "after")]
    assert r.segments[1].contains(r.annotations[1].onset_s)


@pytest.mark.parametrize("record_s", [0.25, 0.1, 2, 10, 0.333333])
def test_gaps_are_found_at_any_record_duration(tmp_path: Path, record_s: float) -> None:
    onsets = [0.0, record_s, 2 * record_s, 2 * record_s + 50.0]
    r = interrupted(onsets, tmp_path / "a.edf", record_s=record_s)
    assert len(r.segments) == 2
    assert r.segments[1].start_s == pytest.approx(50.0 + 2 * record_s, abs=1e-9)


def test_rounding_of_the_onsets_to_the_millisecond_is_no_gap(tmp_path: Path) -> None:
    onsets = [f"+{k / 3:.3f}" for k in range(60)]
    r = interrupted(onsets, tmp_path / "a.edf", record_s=0.333333)
    assert len(r.segments) == 1


def test_a_gap_in_a_file_that_calls_itself_continuous_is_kept_and_said(tmp_path: Path) -> None:
    r = interrupted([0, 1, 5, 6], tmp_path / "a.edf", "EDF+C")
    assert spans(r) == [(0.0, 2.0), (5.0, 7.0)]
    assert any("calls itself continuous" in n and "1 place" in n for n in r.notices)


def test_records_out_of_order_are_sorted_by_time_and_said(tmp_path: Path) -> None:
    r = interrupted([100, 101, 0, 1], tmp_path / "a.edf")
    assert spans(r) == [(0.0, 2.0), (100.0, 102.0)]
    uv = microvolts(noise(400))
    np.testing.assert_allclose(r.samples.read_uv([0], 0, 0, 200)[0], uv[200:], atol=1e-3)
    np.testing.assert_allclose(r.samples.read_uv([0], 1, 0, 200)[0], uv[:200], atol=1e-3)
    assert any("order of time" in n for n in r.notices)


@pytest.mark.parametrize("onsets", [[0, 1, 1.5, 2.5], [0, 0, 0], [0, 1, 2, 1.2]])
def test_overlapping_records_of_an_interrupted_file_are_refused(tmp_path: Path, onsets: list[float]) -> None:
    with pytest.raises(RecordingError, match="two stretches of records for the same time"):
        interrupted(onsets, tmp_path / "a.edf")


def test_a_continuous_file_with_senseless_onsets_is_continuous_and_said(tmp_path: Path) -> None:
    r = interrupted([0, 0, 0], tmp_path / "a.edf", "EDF+C")
    assert spans(r) == [(0.0, 3.0)]
    assert any("overlap" in n for n in r.notices)


def test_an_interrupted_file_without_record_times_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no annotation channel"):
        read(plain().with_(reserved="EDF+D").write(tmp_path / "a.edf"))
    with pytest.raises(RecordingError, match="1 of 2 records do not say"):
        read(plain(records=2).with_(reserved="EDF+D", tals=[tal(0), b"\0\0\0"]).write(tmp_path / "b.edf"))


def test_a_record_without_time_in_a_continuous_file_follows_the_one_before(tmp_path: Path) -> None:
    made = plain(records=3).with_(reserved="EDF+C", tals=[tal(0), b"\0\0\0", tal(2)])
    r = read(made.write(tmp_path / "a.edf"))
    assert spans(r) == [(0.0, 3.0)]
    assert any("1 of 3 records" in n for n in r.notices)


def test_a_clock_that_jitters_backwards_is_no_overlap(tmp_path: Path) -> None:
    r = interrupted([0, 0.99, 1.99, 50], tmp_path / "a.edf")
    assert spans(r) == [(0.0, 3.0), (50.0, 51.0)]


def test_a_gap_longer_than_any_pause_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="days between two records"):
        interrupted([0, 1, "+1000000000000"], tmp_path / "a.edf")


def test_a_clock_that_drifts_from_the_samples_is_said(tmp_path: Path) -> None:
    r = interrupted([f"+{k * 1.0009:.4f}" for k in range(120)], tmp_path / "a.edf")
    assert len(r.segments) == 1
    assert any("part by up to 0.107 s" in n for n in r.notices)


def test_gaps_of_a_bdf_are_true_too(tmp_path: Path) -> None:
    limits = (-8388608, 8388607)
    sig = Sig("C3", noise(400, bits=24), "uV", limits, limits)
    tals = [tal(k) for k in (0, 1, 9.5, 10.5)]
    r = read(EdfFile([sig], 4, 1, "BDF+D", tals, bdf=True).write(tmp_path / "a.bdf"))
    assert (r.source.file_format, spans(r)) == ("BDF+D", [(0.0, 2.0), (9.5, 11.5)])
    assert np.array_equal(r.samples.read_uv([0], 1, 0, 200)[0], sig.digital[200:].astype(np.float32))


HALF_SAMPLE = 0.5 / 100
"""Of a record of `interrupted`, which has 100 samples."""


@pytest.mark.parametrize("record_ms", [1000, 4000])
def test_a_pause_of_half_a_sample_is_rounding_and_a_longer_one_is_a_gap(tmp_path: Path, record_ms: int) -> None:
    half_ms = HALF_SAMPLE * record_ms
    for pause_ms, gaps in ((half_ms, 0), (half_ms + 1, 1)):
        onsets = ["+0", f"+{(record_ms + pause_ms) / 1000:.4f}"]
        r = interrupted(onsets, tmp_path / "a.edf", record_s=record_ms / 1000)
        assert len(r.gaps) == gaps


def test_pauses_too_short_to_be_told_from_rounding_are_said_when_they_add_up(tmp_path: Path) -> None:
    r = interrupted([f"+{4.02 * k:.3f}" for k in range(10)], tmp_path / "a.edf", record_s=4)
    assert len(r.segments) == 1
    assert any("part by up to 0.18 s" in n for n in r.notices)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    pauses=st.lists(st.integers(0, 5000), min_size=1, max_size=12),
    first_ms=st.integers(0, 10_000),
    record_ms=st.sampled_from([100, 250, 1000, 1500, 4000]),
)
def test_any_pauses_come_back_as_they_were(tmp_path: Path, pauses: list[int], first_ms: int, record_ms: int) -> None:
    # Half a sample cannot be told from rounding: at 4 s a record and 100 samples that is 20 ms.
    pauses = [0 if p <= max(20, HALF_SAMPLE * record_ms) else p for p in pauses]
    starts_ms = [first_ms]
    for pause in pauses:
        starts_ms.append(starts_ms[-1] + record_ms + pause)
    r = interrupted(
        [f"+{ms // 1000}.{ms % 1000:03d}" for ms in starts_ms], tmp_path / "a.edf", record_s=record_ms / 1000
    )
    assert len(r.segments) == 1 + sum(p > 0 for p in pauses)
    assert [g.duration_s for g in r.gaps] == pytest.approx([p / 1000 for p in pauses if p > 0], abs=1e-6)
    assert r.recorded.total_s == pytest.approx(len(starts_ms) * record_ms / 1000)
    assert sum(s.duration_s for s in r.segments) * 100 / (record_ms / 1000) == pytest.approx(100 * len(starts_ms))
