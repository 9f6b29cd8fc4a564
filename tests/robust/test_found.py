"""What broke a reader once, or made it wait: each is a result or one sentence now, soon."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import pytest

from ictal.base.errors import RecordingError
from ictal.cli.main import run
from ictal.eeg.recording import read
from ictal.eeg.recording.matlab import check_matlab
from tests.robust import sound

FIXED = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
LINE = "chr9\t135762000\t.\tC\tT\t50\tPASS\t.\tGT"


def test_a_matlab_file_with_flipped_bits_is_refused_before_the_library_reads_it(tmp_path: Path) -> None:
    """These ended the process: a type that is none, a class whose numbers are variables, numbers that are not there."""
    pytest.importorskip("mne")
    held = next(raw for name, raw in sound.foreign()["set"].items() if name.endswith(".set"))
    path = tmp_path / "a.set"
    path.write_bytes(held)
    check_matlab(path)
    chance = random.Random(5)
    tags = [at for at in range(128, len(held), 8) if at < 200 or at > len(held) - 8000]
    refused = 0
    for _ in range(300):
        hurt = bytearray(held)
        for at in chance.sample(tags, 5):
            hurt[at + chance.randrange(4)] ^= 1 << chance.randrange(8)
        path.write_bytes(hurt)
        try:
            check_matlab(path)
        except RecordingError:
            refused += 1
    assert refused > 200
    no_type = bytearray(held)
    no_type[128 + 48 + 1] |= 0x20  # the type of the samples
    path.write_bytes(no_type)
    with pytest.raises(RecordingError, match="there is no type"):
        read(path)


def test_a_file_of_markers_of_gigabytes_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("mne")
    for name, held in sound.foreign()["bv"].items():
        (tmp_path / name).write_bytes(held)
    with next(tmp_path.glob("*.vmrk")).open("ab") as file:
        file.truncate(30 << 30)
    with pytest.raises(RecordingError, match="MB"):
        read(next(tmp_path.glob("*.vhdr")))


@pytest.mark.parametrize("kind", ["a long description", "many samples"])
def test_a_large_header_of_a_vcf_is_read_at_once(tmp_path: Path, kind: str) -> None:
    samples = ["child"] if kind == "a long description" else [f"s{n}" for n in range(30_000)]
    info = f'##INFO=<ID=X,Number=1,Type=Float,Description="{"x" * 100_000}">'
    meta = [
        "##fileformat=VCFv4.2",
        "##reference=GRCh38",
        "##contig=<ID=chr9>",
        info,
        "\t".join((FIXED, "FORMAT", *samples)),
    ]
    row = "\t".join((LINE, *["0/1"] * len(samples)))
    (tmp_path / "a.vcf").write_text("\n".join((*meta, row, "")))
    began = time.process_time()
    assert run(["variants", str(tmp_path / "a.vcf"), "--child", samples[0], "--json"]) == 0
    assert time.process_time() - began < 8


def test_thousands_of_entries_become_a_phenopacket_in_seconds(tmp_path: Path) -> None:
    entries = [{"entry": "growth", "age_days": n % 5, "head_cm": 40.0} for n in range(4000)]
    entries += [{"entry": "growth", "age_days": 9, "weight_kg": 5.0, "head_cm": 41.0}]
    (tmp_path / "c.json").write_text(json.dumps({"pseudonym": "p", "entries": entries}))
    began = time.process_time()
    out = str(tmp_path / "p.json")
    assert run(["export", str(tmp_path / "c.json"), "--format", "phenopacket", "--out", out]) == 0
    assert time.process_time() - began < 8


def test_half_a_letter_in_json_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = {"entry": "visit", "age_days": 3, "note": "\ud800"}
    (tmp_path / "c.json").write_text(json.dumps({"pseudonym": "p", "entries": [note]}))
    assert run(["export", str(tmp_path / "c.json"), "--format", "json", "--out", str(tmp_path / "o.json")]) == 3
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    (tmp_path / "c.json").write_text(json.dumps({"pseudonym": "p", "entries": [note | {"note": "\U0001f476"}]}))
    assert run(["export", str(tmp_path / "c.json"), "--format", "json", "--out", str(tmp_path / "o.json")]) == 0
