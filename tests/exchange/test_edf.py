"""What is written as EDF+ is read back equal, by three readers that are not ours."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import warnings
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.base.errors import OutputError
from ictal.eeg.recording.types import Annotation, Recording
from ictal.exchange.edf import write_edf
from tests.exchange.made import Held, channel, recording

Signal = npt.NDArray[np.float64]


def _written(whole: Recording, index: int) -> Signal:
    """All samples of one channel, one segment after the other."""
    parts = [
        whole.samples.read_uv([index], k, 0, round(s.duration_s * whole.channels[index].rate_hz))[0]
        for k, s in enumerate(whole.segments)
    ]
    return np.concatenate(parts).astype(np.float64)


def _by_edfio(path: Path) -> tuple[list[Signal], list[float]]:
    import edfio

    file = edfio.read_edf(path)
    steps = [(s.physical_max - s.physical_min) / 65535 for s in file.signals]
    return [np.asarray(s.data, dtype=np.float64) for s in file.signals], steps


def _by_mne(path: Path) -> list[Signal]:
    import mne

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = mne.io.read_raw_edf(path, preload=True, verbose="ERROR")
    return list(raw.get_data() * 1e6)


def _by_pyedflib(path: Path) -> list[Signal]:
    import pyedflib

    with pyedflib.EdfReader(str(path)) as file:
        return [file.readSignal(i) for i in range(file.signals_in_file)]


def _record_onsets(path: Path) -> list[float]:
    """The time-keeping of every data record, read byte by byte."""
    content = path.read_bytes()
    header, records, signals = int(content[184:192]), int(content[236:244]), int(content[252:256])
    per_record = [int(content[256 + signals * 216 + 8 * i :][:8]) for i in range(signals)]
    size, before = 2 * sum(per_record), 2 * sum(per_record[:-1])
    found = [re.match(rb"([+-][\d.]+)\x14\x14\x00", content[header + k * size + before :]) for k in range(records)]
    assert len(content) == header + records * size
    return [float(m.group(1)) for m in found if m is not None]


def test_three_readers_read_the_samples_that_were_written(tmp_path: Path) -> None:
    whole = recording(
        [channel("EEG Fp1-REF", electrode="Fp1"), channel("T3"), channel("ECG")],
        [(0.0, 61.0)],
        start=datetime(2026, 3, 4, 5, 6, 7),
    )
    path = tmp_path / "a.edf"
    done = write_edf(whole, path)
    assert (done.kind, done.records, done.record_s, done.padded_s, done.left_out_s) == ("EDF+C", 61, 1.0, 0.0, 0.0)
    ours, steps = _by_edfio(path)
    for read in (ours, _by_mne(path), _by_pyedflib(path)):
        assert len(read) == 3
        for i, samples in enumerate(read):
            assert samples.shape == (61 * 256,)
            assert np.max(np.abs(samples - _written(whole, i))) <= 0.51 * steps[i]
    assert max(steps) < 0.005


def test_the_start_and_the_labels_are_kept_and_no_patient_is_named(tmp_path: Path) -> None:
    import edfio

    write_edf(recording([channel("T3")], start=datetime(2026, 3, 4, 5, 6, 7, 250_000)), tmp_path / "a.edf")
    file = edfio.read_edf(tmp_path / "a.edf")
    assert file.startdatetime == datetime(2026, 3, 4, 5, 6, 7, 250_000)
    assert file.labels == ("T3",)
    assert file.local_patient_identification == "X X X X"
    assert file.local_recording_identification == "Startdate 04-MAR-2026 X X X"


def test_an_unknown_start_stays_unknown(tmp_path: Path) -> None:
    import edfio

    write_edf(recording([channel("T3")]), tmp_path / "a.edf")
    with pytest.raises(edfio.AnonymizedDateError):
        _ = edfio.read_edf(tmp_path / "a.edf").recording.startdate


def test_a_simulated_recording_says_so_in_its_header_and_first_annotation(tmp_path: Path) -> None:
    import edfio

    mark = Annotation(0.0, 0.0, "AAA earlier in the alphabet")
    write_edf(recording([channel("T3")], simulated=True, annotations=(mark,)), tmp_path / "a.edf")
    file = edfio.read_edf(tmp_path / "a.edf")
    assert "SIMULATED" in file.local_recording_identification
    raw = (tmp_path / "a.edf").read_bytes()
    assert raw.index(b"SIMULATED by Ictal") < raw.index(b"AAA earlier")


def test_a_simulated_recording_says_so_once_however_often_it_is_written(tmp_path: Path) -> None:
    from ictal.eeg.recording import read

    write_edf(recording([channel("T3", electrode="T7")], simulated=True), tmp_path / "a.edf")
    again = read(tmp_path / "a.edf")
    assert again.simulated
    write_edf(again, tmp_path / "b.edf")
    assert (tmp_path / "b.edf").read_bytes().count(b"SIMULATED by Ictal") == 1
    assert read(tmp_path / "b.edf").simulated


def test_what_ictal_reads_it_writes_again_sample_for_sample(tmp_path: Path) -> None:
    """The recording room reads gaps, times and marks as they were written, and a second writing loses nothing."""
    from ictal.eeg.recording import read

    mark = Annotation(112.5, 1.0, "eyes closed")
    whole = recording(
        [channel("T3", electrode="T7"), channel("O1", 128.0, electrode="O1")],
        [(0.0, 10.0), (110.0, 117.0)],
        start=datetime(2026, 3, 4, 5, 6, 7),
        annotations=(mark,),
    )
    write_edf(whole, tmp_path / "a.edf")
    once = read(tmp_path / "a.edf")
    write_edf(once, tmp_path / "b.edf")
    twice = read(tmp_path / "b.edf")
    for one in (once, twice):
        assert (one.segments, one.start, one.annotations) == (whole.segments, whole.start, whole.annotations)
        for i, c in enumerate(whole.channels):
            for k, segment in enumerate(whole.segments):
                count = round(segment.duration_s * c.rate_hz)
                difference = one.samples.read_uv([i], k, 0, count) - whole.samples.read_uv([i], k, 0, count)
                assert np.max(np.abs(difference)) < 0.005


def test_gaps_are_written_as_gaps(tmp_path: Path) -> None:
    whole = recording([channel("T3"), channel("T4")], [(0.0, 10.0), (110.0, 120.0), (120.5, 123.0)])
    path = tmp_path / "a.edf"
    done = write_edf(whole, path)
    assert done.kind == "EDF+D"
    expected = [t for a, b in ((0.0, 10.0), (110.0, 120.0), (120.5, 123.0)) for t in np.arange(a, b, done.record_s)]
    assert _record_onsets(path) == pytest.approx(expected)
    ours, steps = _by_edfio(path)
    for read in (ours, _by_mne(path)):
        for i, samples in enumerate(read):
            assert np.max(np.abs(samples - _written(whole, i))) <= 0.51 * steps[i]


def test_annotations_are_read_at_their_times(tmp_path: Path) -> None:
    import mne

    marks = tuple(Annotation(t, d, f"mark {t} µ") for t, d in ((0.0, 0.0), (3.25, 1.5), (9.999, 0.0)))
    whole = recording([channel("T3")], start=datetime(2026, 1, 1, 0, 0, 0, 500_000), annotations=marks[1:])
    write_edf(whole, tmp_path / "a.edf", annotations=marks[:1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = mne.io.read_raw_edf(tmp_path / "a.edf", verbose="ERROR").annotations
    assert [(a["onset"], a["duration"], a["description"]) for a in read] == [
        (pytest.approx(m.onset_s), pytest.approx(m.duration_s), m.text) for m in marks
    ]


def test_a_crowd_of_annotations_does_not_make_every_record_larger(tmp_path: Path) -> None:
    import edfio

    marks = tuple(Annotation(1.0, 0.0, f"mark number {i:04}") for i in range(500))
    done = write_edf(recording([channel("T3")], [(0.0, 600.0)], annotations=marks), tmp_path / "a.edf")
    assert (tmp_path / "a.edf").stat().st_size < 768 + done.records * (2 * 256 + 200)
    assert sorted(a.text for a in edfio.read_edf(tmp_path / "a.edf").annotations) == [m.text for m in marks]


def test_the_range_of_the_file_is_kept_so_that_saturation_stays_visible(tmp_path: Path) -> None:
    import edfio

    whole = recording([channel("T3", lowest_uv=-100.0, highest_uv=100.0)])
    held = Held(((np.clip(whole.samples.read_uv([0], 0, 0, 2560)[0] * 10, -100, 100),),))
    saturated = Recording(whole.channels, whole.segments, held, whole.source)
    write_edf(saturated, tmp_path / "a.edf")
    signal = edfio.read_edf(tmp_path / "a.edf").signals[0]
    assert (signal.physical_min, signal.physical_max) == (-100.0, 100.0)
    assert np.array_equal(np.abs(signal.data) == 100.0, np.abs(held.segments[0][0]) == 100.0)


def test_a_range_too_coarse_for_16_bits_is_narrowed_to_the_samples(tmp_path: Path) -> None:
    write_edf(recording([channel("T3", lowest_uv=-262144.0, highest_uv=262143.0)]), tmp_path / "a.edf")
    assert _by_edfio(tmp_path / "a.edf")[1][0] < 0.005


@pytest.mark.parametrize("value", [0.0, 42.0, -1e-9, 123456.0])
def test_a_constant_channel_can_be_written(tmp_path: Path, value: float) -> None:
    whole = recording([channel("T3")])
    held = Held(((np.full(2560, value, dtype=np.float32),),))
    write_edf(Recording(whole.channels, whole.segments, held, whole.source), tmp_path / "a.edf")
    assert _by_edfio(tmp_path / "a.edf")[0][0] == pytest.approx(value, rel=1e-3, abs=1e-3)


def test_unknown_samples_are_written_as_zero(tmp_path: Path) -> None:
    whole = recording([channel("T3")])
    samples = whole.samples.read_uv([0], 0, 0, 2560)[0].copy()
    samples[100:200] = np.nan
    write_edf(Recording(whole.channels, whole.segments, Held(((samples,),)), whole.source), tmp_path / "a.edf")
    read, steps = _by_edfio(tmp_path / "a.edf")
    assert np.max(np.abs(read[0][100:200])) <= steps[0]
    assert np.max(np.abs(read[0][300:] - samples[300:])) <= 0.51 * steps[0]


def test_what_does_not_fill_a_record_is_filled_up_and_said(tmp_path: Path) -> None:
    import edfio

    stop_s = 2689 / 256  # a prime number of samples: no data record divides it
    whole = recording([channel("T3")], [(0.0, stop_s)])
    done = write_edf(whole, tmp_path / "a.edf")
    file = edfio.read_edf(tmp_path / "a.edf")
    read, steps = _by_edfio(tmp_path / "a.edf")
    assert np.max(np.abs(read[0][:2689] - _written(whole, 0))) <= 0.51 * steps[0]
    assert np.max(np.abs(read[0][2689:])) <= steps[0]
    (said,) = file.annotations
    assert said.text == "Ictal: not recorded, filled with zeros"
    assert said.onset == pytest.approx(stop_s)
    assert done.padded_s == pytest.approx(len(read[0]) / 256 - stop_s)


def test_without_room_before_the_next_stretch_samples_are_left_out_and_times_stay_true(tmp_path: Path) -> None:
    stop_s = 2689 / 256
    whole = recording([channel("T3")], [(0.0, stop_s), (stop_s + 0.01, stop_s + 5.01)])
    done = write_edf(whole, tmp_path / "a.edf")
    onsets = _record_onsets(tmp_path / "a.edf")
    assert done.left_out_s > 0
    assert done.kind == "EDF+D"
    assert pytest.approx(stop_s + 0.01) in onsets
    assert all(b - a >= done.record_s - 1e-9 for a, b in itertools.pairwise(onsets))


def test_labels_are_cut_to_16_ascii_characters_and_stay_apart(tmp_path: Path) -> None:
    import edfio

    labels = ["an electrode with a long name 1", "an electrode with a long name 2", "Fp1µ"]
    write_edf(recording([channel(label) for label in labels]), tmp_path / "a.edf")
    assert edfio.read_edf(tmp_path / "a.edf").labels == ("an electrode wit", "an electrode ~2", "Fp1u")


@pytest.mark.parametrize("year", [1984, 2085])
def test_a_date_that_edf_cannot_say_is_refused(tmp_path: Path, year: int) -> None:
    with pytest.raises(OutputError, match="1985 to 2084"):
        write_edf(recording([channel("T3")], start=datetime(year, 1, 1)), tmp_path / "a.edf")


def test_rates_without_a_common_data_record_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no common data record"):
        write_edf(recording([channel("a", 32.0), channel("b", 173.61)]), tmp_path / "a.edf")


def test_a_recording_without_channels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="without channels or samples"):
        write_edf(recording([]), tmp_path / "a.edf")


_RATES = st.sampled_from([32.0, 50.0, 64.0, 100.0, 125.0, 128.0, 199.5, 200.0, 250.0, 256.0, 512.0])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rates=st.lists(_RATES, min_size=1, max_size=3) | st.just([173.61, 173.61]) | st.just([5000.0, 1.0]),
    spans=st.lists(st.tuples(st.integers(100, 900), st.integers(1, 900)), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
)
def test_any_rates_and_stretches_are_read_at_their_times(
    tmp_path: Path, rates: list[float], spans: list[tuple[int, int]], seed: int
) -> None:
    segments, at = [], 0
    for length, gap in spans:
        segments.append((at / 100, (at + length) / 100))
        at += length + gap
    whole = recording([channel(f"c{i}", rate) for i, rate in enumerate(rates)], segments, seed=seed)
    path = tmp_path / "a.edf"
    done = write_edf(whole, path)
    onsets = _record_onsets(path)
    assert len(onsets) == done.records
    read, steps = _by_edfio(path)
    for i, rate in enumerate(rates):
        per_record = len(read[i]) // done.records
        assert per_record == pytest.approx(rate * done.record_s, abs=1e-6)
        for k, (start_s, stop_s) in enumerate(segments):
            here = [j for j, onset in enumerate(onsets) if start_s - 1e-6 <= onset < stop_s]
            kept = np.concatenate([read[i][j * per_record : (j + 1) * per_record] for j in here] or [np.zeros(0)])
            truth = whole.samples.read_uv([i], k, 0, round((stop_s - start_s) * rate))[0]
            shared = min(len(kept), len(truth))
            assert len(truth) - shared <= per_record
            assert np.all(np.abs(kept[:shared] - truth[:shared]) <= 0.51 * steps[i] + 1e-6)


_DAY = """
import resource, sys
from pathlib import Path
import numpy as np
from ictal.base.time import Interval
from ictal.eeg.recording.types import Channel, ChannelKind, Recording, Source
from ictal.exchange.edf import write_edf

class Wave:
    def read_uv(self, channels, segment, start, stop):
        return np.tile(np.sin(np.arange(start, stop) * 0.1).astype(np.float32), (len(channels), 1))

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
channels = tuple(Channel(f"c{i}", ChannelKind.eeg, 256.0) for i in range(21))
recording = Recording(channels, (Interval(0.0, 7200.0),), Wave(), Source("wave", "memory"))
write_edf(recording, Path(sys.argv[1]))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


def test_memory_does_not_grow_with_the_recording(tmp_path: Path) -> None:
    """Two hours of 21 channels are 155 MB as samples of 32 bits; the writer needs less than 120 MB for any length."""
    done = subprocess.run([sys.executable, "-c", _DAY, str(tmp_path / "a.edf")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.edf").stat().st_size > 77_000_000
    assert float(done.stdout) < 120
