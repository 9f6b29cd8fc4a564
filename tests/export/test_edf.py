"""An EDF or BDF file with our marks: three readers read them back equal, every sample keeps its digital value."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.cli.main import run
from ictal.eeg.recording import read
from ictal.eeg.recording.types import Annotation
from tests.export.made import LABELS, SEIZURES, Planted, results_of

DATA = Path(os.environ.get("ICTAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
OTHERS = Planted().annotations
TAL = re.compile(rb"[+-]\d+(?:\.\d+)?(?:\x15\d+(?:\.\d+)?)?\x14[^\x00-\x08\x0b\x0c\x0e-\x13\x15-\x1f]*\x14\x00")


@pytest.fixture(params=["edf", "bdf", "edf-gap", "bdf-gap"])
def marked(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    kind, _, gap = request.param.partition("-")
    source = Planted(bdf=kind == "bdf", gap_s=100 if gap else 0).write(tmp_path / f"source.{kind}")
    results = results_of(source, tmp_path / "results")
    out = tmp_path / f"marked.{kind}"
    assert run(["export", str(source), "--results", str(results), "--out", str(out)]) == 0
    return source, out


def expected() -> set[tuple[float, float, str, tuple[str, ...]]]:
    """What must stand in the file: each seizure, each leg at the channels that show it, each discharge."""
    told = {(a, b, text, ()) for a, b, text in OTHERS}
    told |= {
        (4.0, 31.5, "seizure 1 migrating O1>O2>T4", ()),
        (40.0, 10.0, "seizure 2 bilateral T3>T4", ()),
        (52.0, 6.0, "seizure 3 focal Fp1", ()),
        (4.0, 16.0, "leg 1.1 O1", ("EEG O1-REF", "EEG T3-REF")),
        (16.0, 15.25, "leg 1.2 O2", ("EEG O2-REF",)),
        (29.0, 6.5, "leg 1.3 T4", ("EEG O2-REF", "EEG T4-REF")),
        (40.0, 10.0, "leg 2.1 T3", ("EEG T3-REF",)),
        (40.5, 7.5, "leg 2.2 T4", ("EEG T4-REF",)),
        (52.0, 6.0, "leg 3.1 Fp1", ("EEG Fp1-REF",)),
        (4.0, 16.0, "discharge O1-avg", ("EEG O1-REF",)),
        (5.0, 13.0, "discharge T3-avg", ("EEG T3-REF",)),
    }
    return told


def written(gap: bool) -> list[tuple[float, float, str]]:
    """The same, one a channel, as a program reads it that does not know `@@`."""
    late = 100.0 if gap else 0.0
    found = []
    for onset, length, text, channels in expected():
        # The planted marks count records; those of the results count seconds from the first sample.
        at = onset + (late if (onset, length, text) in OTHERS and onset >= 30 else 0.0)
        found += [(at, length, f"{text}@@{c}") for c in channels] or [(at, length, text)]
    return sorted(found)


def by_pyedflib(path: Path) -> list[tuple[float, float, str]]:
    import pyedflib

    with pyedflib.EdfReader(str(path)) as file:
        onsets, lengths, texts = file.readAnnotations()
    lengths = [max(float(x), 0.0) for x in lengths]
    return sorted((float(a), b, str(t)) for a, b, t in zip(onsets, lengths, texts, strict=True))


def by_edfio(path: Path) -> tuple[list[tuple[float, float, str]], Any]:
    import edfio

    file = (edfio.read_bdf if path.suffix == ".bdf" else edfio.read_edf)(path)
    return sorted((a.onset, a.duration or 0.0, a.text) for a in file.annotations), file


def test_three_readers_read_the_marks_back_equal(marked: tuple[Path, Path]) -> None:
    import mne

    _, out = marked
    gap = read(out).gaps != ()
    assert by_edfio(out)[0] == written(gap)
    if not gap:  # pyedflib refuses files with gaps, MNE sets the gaps aside and drops what is after them
        assert by_pyedflib(out) == written(gap)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            marks = mne.io.read_raw(out, verbose="ERROR").annotations
        told = {(m["onset"], m["duration"], m["description"], tuple(sorted(m["ch_names"]))) for m in marks}
        assert told == expected()
    ours = [Annotation(*one) for one in written(gap)]
    assert sorted(read(out).annotations) == sorted(ours)


def test_every_sample_keeps_its_digital_value(marked: tuple[Path, Path]) -> None:
    source, out = marked
    before, after = by_edfio(source)[1], by_edfio(out)[1]
    assert [s.label for s in before.signals] == [s.label for s in after.signals] == list(LABELS)
    for one, other in zip(before.signals, after.signals, strict=True):
        assert np.array_equal(one.digital, other.digital)
        ranges = ("physical_range", "digital_range", "physical_dimension", "sampling_frequency")
        assert all(getattr(one, name) == getattr(other, name) for name in ranges)
    assert (read(out).segments, read(out).start) == (read(source).segments, read(source).start)


def test_the_rules_that_edfbrowser_checks_are_kept(marked: tuple[Path, Path]) -> None:
    """Those of edfplus.info and of EDFbrowser's manual on what it refuses, byte by byte."""
    _, out = marked
    raw = out.read_bytes()
    count, size = int(raw[252:256]), 3 if out.suffix == ".bdf" else 2
    header, records = int(raw[184:192]), int(raw[236:244])
    assert header == 256 * (count + 1)
    assert raw[8 if size == 2 else 1 : header].isascii(), "the header is ASCII"
    assert all(32 <= b < 127 for b in raw[8:header]), "and printable"
    name = "EDF" if size == 2 else "BDF"
    assert raw[192:197].decode() in (f"{name}+C", f"{name}+D")
    assert re.fullmatch(r"\d\d\.\d\d\.\d\d\d\d\.\d\d\.\d\d", raw[168:184].decode())
    patient, recording = raw[8:88].decode().rstrip(), raw[88:168].decode().rstrip()
    assert re.fullmatch(r"\S+ [MFX] (X|\d\d-[A-Z]{3}-\d{4}) \S+( .+)?", patient), "four subfields"
    assert re.fullmatch(r"Startdate (X|\d\d-[A-Z]{3}-\d{4}) \S+ \S+ \S+( .+)?", recording)
    columns = [raw[256 + a * count : 256 + b * count] for a, b in ((0, 16), (104, 112), (112, 120), (120, 128))]
    labels = [columns[0][16 * i :][:16].decode().rstrip() for i in range(count)]
    assert labels[-1] == f"{name} Annotations"
    assert len(set(labels)) == len(labels)
    per_record = [int(raw[256 + 216 * count + 8 * i :][:8]) for i in range(count)]
    assert len(raw) == header + records * size * sum(per_record), "the size of the file is that of its records"
    assert size * sum(per_record) <= (61440 if size == 2 else 15 * 1024 * 1024)
    begin = 0.0
    for k in range(records):
        marks = raw[header + k * size * sum(per_record) + size * sum(per_record[:-1]) :][: size * per_record[-1]]
        body = marks.rstrip(b"\x00") + b"\x00"
        assert b"".join(TAL.findall(body)) == body, "nothing but time-stamped annotation lists"
        first = re.match(rb"\+(\d+(?:\.\d+)?)\x14\x14\x00", body)
        assert first is not None, "each record says its time first"
        assert float(first[1]) >= begin
        begin = float(first[1]) + 1.0
        body.decode("utf-8")


def test_a_program_that_counts_seizures_counts_each_once(marked: tuple[Path, Path]) -> None:
    from ictal.exchange.marks import read_marks

    _, out = marked
    marks = read_marks("annotations", read(out), pattern=r"^seizure \d").marks
    assert [(m.start_s, m.stop_s) for m in marks] == [(s.start_s, s.stop_s) for s in SEIZURES]


def test_a_plain_edf_becomes_an_edf_plus_that_says_the_same(tmp_path: Path) -> None:
    raw = bytearray(Planted(annotations=()).write(tmp_path / "plus.edf").read_bytes())
    raw[192:236] = b" " * 44
    (tmp_path / "plain.edf").write_bytes(raw)
    assert run(["export", str(tmp_path / "plain.edf"), "--out", str(tmp_path / "out.edf")]) == 0
    assert read(tmp_path / "out.edf").source.file_format == "EDF+C"
    assert by_edfio(tmp_path / "out.edf")[1].patient.name.startswith("M")


def test_bad_askings_are_one_sentence_and_leave_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = Planted().write(tmp_path / "a.edf")
    other = Planted(seconds=61).write(tmp_path / "b.edf")
    results = results_of(source, tmp_path / "results")
    out = tmp_path / "out"
    askings = {
        2: [
            [str(other), "--results", str(results)], [str(source), "--format", "szcore"], [str(results)],
            [str(source), "--format", "phenopacket"], [str(tmp_path / "results"), "--recording", str(tmp_path / "no")],
            [str(source), "--known", str(source)], [str(source), "--format", "bids", "--subject", "x"],
        ],
        3: [[str(tmp_path / "none.edf")]],
    }  # fmt: skip
    for code, those in askings.items():
        for asking in those:
            assert run(["export", *asking, "--out", str(out)]) == code, asking
            said = capsys.readouterr().err.strip().splitlines()
            assert len(said) == 1, said
            assert not out.exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.edf", "b.edf", "results"]


@pytest.mark.real
@pytest.mark.skipif(not DATA.is_dir(), reason="needs the real recordings")
@pytest.mark.parametrize(
    "name", ["neonatal/preterm_artefact_8bipolar_661s.edf", "icu/SZ1.edf", "edf-conformance/bdf_test.bdf",
             "edf-conformance/test_uneven_samp.edf", "bids-like/chb05_06.edf"]
)  # fmt: skip
def test_real_files_keep_their_samples(name: str, tmp_path: Path) -> None:
    out = tmp_path / f"out{Path(name).suffix}"
    assert run(["export", str(DATA / name), "--out", str(out)]) == 0
    before, after = read(DATA / name), read(out)
    assert (before.segments, before.annotations) == (after.segments, after.annotations)
    kept = [i for i, c in enumerate(before.channels) if c.lowest_uv is not None or c.unit != "uV"]
    assert [before.channels[i].label for i in kept] == [c.label for c in after.channels]
    for k, i in enumerate(kept):
        count = round(before.segments[0].duration_s * before.channels[i].rate_hz)
        assert np.array_equal(before.samples.read_uv([i], 0, 0, count), after.samples.read_uv([k], 0, 0, count))
