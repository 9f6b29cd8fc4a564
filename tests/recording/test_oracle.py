"""Other readers on the same files: equal samples where the file is sound, and every real file opens."""

from __future__ import annotations

from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib
import pytest

from ictal.eeg.recording import read
from ictal.eeg.recording.types import ChannelKind, Recording
from tests.recording.edf_files import EdfFile, Sig, noise, plain, tal

REAL = [
    "bids-like/chb05_06.edf", "edf-conformance/bdf_test.bdf", "edf-conformance/bdf_test.edf", "edf-conformance/evt.bdf",
    "edf-conformance/test.edf", "edf-conformance/test_uneven_samp.edf",
    *(f"icu/{n}.edf" for n in ("GPD1", "LPD1", "LPD3", "LRDA2", "LRDA3", "Other1", "SZ1", "SZ2")),
    "neonatal/preterm_artefact_8bipolar_661s.edf", "neonatal/preterm_burst_suppression_19ch_211s.edf",
]  # fmt: skip


def channel_uv(recording: Recording, i: int) -> np.ndarray:
    n = round(recording.segments[0].duration_s * recording.channels[i].rate_hz)
    return recording.samples.read_uv([i], 0, 0, n)[0]


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
@pytest.mark.filterwarnings("ignore:Incomplete data record")
def test_every_real_file_opens_with_the_samples_and_annotations_of_edfio(real_data: Path, name: str) -> None:
    ours = read(real_data / name)
    reader = edfio.read_bdf if name.endswith(".bdf") else edfio.read_edf
    theirs = reader(real_data / name, header_encoding="latin-1")
    assert [c.label for c in ours.channels] == [s.label for s in theirs.signals]
    assert ours.duration_s == pytest.approx(theirs.duration)
    for i, (channel, signal) in enumerate(zip(ours.channels, theirs.signals, strict=True)):
        assert channel.rate_hz == pytest.approx(signal.sampling_frequency)
        factor = {"uV": 1.0, "V": 1e6, "": 1.0}[signal.physical_dimension.strip()]
        span = abs(signal.physical_max - signal.physical_min) * factor
        np.testing.assert_allclose(channel_uv(ours, i), signal.data * factor, atol=3e-7 * span)
    assert [(a.onset_s, a.text) for a in ours.annotations] == [
        (pytest.approx(a.onset), a.text) for a in sorted(theirs.annotations) if a.text
    ]


@pytest.mark.real
@pytest.mark.parametrize("name", ["neonatal/preterm_burst_suppression_19ch_211s.edf", "icu/SZ1.edf"])
def test_real_clinical_names_give_nineteen_places(real_data: Path, name: str) -> None:
    recording = read(real_data / name)
    assert len(recording.eeg) == 19
    assert {recording.channels[i].electrode for i in recording.eeg} >= {"T7", "T8", "P7", "P8", "Cz"}
    assert recording.written_name("T7") == "T3"


@pytest.mark.real
def test_the_kinds_of_the_newborn_recording(real_data: Path) -> None:
    recording = read(real_data / "neonatal/preterm_burst_suppression_19ch_211s.edf")
    kinds = {c.label: c.kind for c in recording.channels}
    assert (kinds["ECG EKG-Ref"], kinds["EEG Effort-Ref"]) == (ChannelKind.ecg, ChannelKind.respiration)


@pytest.mark.real
def test_the_grid_of_the_conformance_file_has_no_place(real_data: Path) -> None:
    recording = read(real_data / "edf-conformance/test.edf")
    assert recording.eeg == ()
    assert any("count contacts" in n for n in recording.notices)


@pytest.mark.real
def test_the_bipolar_newborn_is_eight_pairs(real_data: Path) -> None:
    recording = read(real_data / "neonatal/preterm_artefact_8bipolar_661s.edf")
    assert [(c.electrode, c.minus) for c in recording.channels][:2] == [("F7", "C3"), ("C3", "P7")]
    assert len(recording.eeg) == 8


@pytest.mark.real
@pytest.mark.parametrize("name", ["edf-conformance/bdf_test.bdf", "icu/LPD1.edf"])
def test_mne_reads_the_same_microvolts(real_data: Path, name: str) -> None:
    ours = read(real_data / name)
    reader = mne.io.read_raw_bdf if name.endswith(".bdf") else mne.io.read_raw_edf
    theirs = reader(real_data / name, preload=True, verbose="ERROR").get_data(units="uV")
    got = np.stack([channel_uv(ours, i) for i in range(len(ours.channels))])
    np.testing.assert_allclose(got, theirs, atol=0.01)


@pytest.mark.parametrize("bdf", [False, True])
def test_pyedflib_reads_the_same_samples_of_a_sound_file(tmp_path: Path, bdf: bool) -> None:
    bits, low, high = (24, -8388608, 8388607) if bdf else (16, -32768, 32767)
    signals = [
        Sig("C3", noise(512 * 5, 1, bits), "uV", (-3000, 3000), (low, high)),
        Sig("C4", noise(200 * 5, 2, bits), "mV", (-2, 5), (low, high)),
    ]
    tals = [tal(k, (k + 0.5, None, f"mark {k}")) for k in range(5)]
    path = EdfFile(signals, 5, 1, "BDF+C" if bdf else "EDF+C", tals, bdf=bdf).write(
        tmp_path / ("a.bdf" if bdf else "a.edf")
    )
    ours = read(path)
    with pyedflib.EdfReader(str(path)) as theirs:
        np.testing.assert_allclose(channel_uv(ours, 0), theirs.readSignal(0), atol=2e-3)
        np.testing.assert_allclose(channel_uv(ours, 1), theirs.readSignal(1) * 1000, atol=2e-3)
        onsets, _, texts = theirs.readAnnotations()
    assert [(a.onset_s, a.text) for a in ours.annotations] == list(zip(onsets.tolist(), texts.tolist(), strict=True))


def test_a_file_that_edfio_wrote_comes_back(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    data = [rng.normal(0, 40, 2560), rng.normal(0, 40, 1000)]
    signals = [
        edfio.EdfSignal(data[0], 256, label="EEG Fp1-Ref", physical_dimension="uV", physical_range=(-400, 400)),
        edfio.EdfSignal(data[1], 100, label="EEG T3-Ref", physical_dimension="uV", physical_range=(-400, 400)),
    ]
    marks = [edfio.EdfAnnotation(2.5, 3.0, "seizure"), edfio.EdfAnnotation(9.0, None, "end")]
    edfio.Edf(signals, annotations=marks, data_record_duration=0.5).write(tmp_path / "a.edf")
    r = read(tmp_path / "a.edf")
    assert [c.rate_hz for c in r.channels] == [256.0, 100.0]
    for i in range(2):
        np.testing.assert_allclose(channel_uv(r, i), data[i], atol=800 / 65535)
    assert [(a.onset_s, a.duration_s, a.text) for a in r.annotations] == [(2.5, 3.0, "seizure"), (9.0, 0.0, "end")]


def test_the_gap_that_other_readers_take_as_continuous_is_a_gap_here(tmp_path: Path) -> None:
    made = plain(records=4).with_(reserved="EDF+D", tals=[tal(0), tal(1), tal(101), tal(102)])
    path = made.write(tmp_path / "a.edf")
    assert edfio.read_edf(path).duration == 4.0
    assert read(path).duration_s == 103.0
