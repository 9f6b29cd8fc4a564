"""`ictal analyse` keeps its contract: which files, which stream, whole or not at all, one sentence for bad input."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

FILES = {"seizures.tsv", "legs.tsv", "discharges.tsv", "findings.json", "report.html"}


def rows(path: Path) -> list[dict[str, str]]:
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines]


def names(folder: Path) -> set[str]:
    return {p.name for p in folder.iterdir()}


# --- what is written


def test_the_folder_holds_the_files_of_the_contract_and_the_readme_names_them(analysed, root):
    assert names(analysed) == FILES
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in readme for name in FILES)


COLUMNS = {
    "seizures.tsv": (
        "onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration", "seizure_id",
        "onset_electrode", "onset_hemisphere", "onset_lobe", "pattern", "crosses_midline", "path",
    ),
    "legs.tsv": (
        "seizure_id", "leg", "onset", "duration", "electrode", "hemisphere", "lobe", "frequency_hz", "amplitude_uv",
        "channels",
    ),
    "discharges.tsv": ("onset", "duration", "derivation", "frequency_hz", "amplitude_uv", "score"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(COLUMNS))
def test_the_columns_of_the_contract_come_first_and_in_order(analysed, name):
    header = (analysed / name).read_text(encoding="utf-8").partition("\n")[0].split("\t")
    assert tuple(header[: len(COLUMNS[name])]) == COLUMNS[name]


def test_the_planted_rhythm_is_the_seizure_of_every_file(analysed):
    seizures = [r for r in rows(analysed / "seizures.tsv") if r["eventType"] != "bckg"]
    assert any(abs(float(r["onset"]) - 100) < 10 and r["onset_electrode"] == "O1" for r in seizures)
    assert {r["seizure_id"] for r in rows(analysed / "legs.tsv")} == {r["seizure_id"] for r in seizures}
    findings = json.loads((analysed / "findings.json").read_text(encoding="utf-8"))
    assert findings["seizures"] == len(seizures)
    assert findings["simulated"] is False


def test_findings_are_valid_under_the_published_schema(analysed):
    from ictal.exchange.findings_json import schema

    jsonschema.Draft202012Validator(schema()).validate(json.loads((analysed / "findings.json").read_text("utf-8")))


def test_the_same_recording_gives_the_same_files(ictal, analysed, edf, tmp_path):
    assert ictal("analyse", edf, "--out", tmp_path / "again", "--quiet")[0] == 0
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (analysed / name).read_bytes(), name


def test_a_recording_without_seizures_is_a_result(ictal, quiet_edf, tmp_path):
    code, said, _ = ictal("analyse", quiet_edf, "--out", tmp_path / "out")
    assert code == 0
    assert said.startswith("No seizure was found.")
    assert names(tmp_path / "out") == FILES
    (only,) = rows(tmp_path / "out" / "seizures.tsv")
    assert (only["eventType"], float(only["onset"])) == ("bckg", 0.0)
    assert rows(tmp_path / "out" / "legs.tsv") == []


# --- what is said


def test_the_table_goes_to_standard_output_and_progress_to_standard_error(ictal, edf, tmp_path):
    code, said, progress = ictal("analyse", edf, "--out", tmp_path / "out")
    assert code == 0
    lines = said.splitlines()
    assert lines[0].split() == ["#", "start", "duration", "pattern", "path", "confidence"]
    assert re.match(r"1 +0:01:\d\d +\d+ s +\w+ +O1\S* +[01]\.\d\d$", lines[1])
    assert "Readable: 4.0 min of 4.0 min recorded." in said
    assert lines[-1] == f"Report: {tmp_path / 'out' / 'report.html'}"
    assert "reading night.edf" in progress


def test_json_prints_the_findings_and_nothing_else(ictal, edf, tmp_path):
    code, said, _ = ictal("analyse", edf, "--out", tmp_path / "out", "--json", "--no-report")
    assert code == 0
    assert said == (tmp_path / "out" / "findings.json").read_text(encoding="utf-8")
    assert names(tmp_path / "out") == FILES - {"report.html"}


def test_quiet_says_nothing(ictal, quiet_edf, tmp_path):
    assert ictal("analyse", quiet_edf, "--out", tmp_path / "out", "--quiet", "--no-report") == (0, "", "")


def test_the_folder_is_named_after_the_recording(ictal, quiet_edf, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ictal("analyse", quiet_edf, "--no-report")[0] == 0
    assert names(tmp_path) == {"quiet-ictal"}


def test_settings_change_the_answer_and_are_written_down(ictal, edf, tmp_path):
    strict = tmp_path / "strict.toml"
    strict.write_text("[signal]\nhigh_pass_hz = 0.7\n", encoding="utf-8")
    assert ictal("analyse", edf, "--out", tmp_path / "out", "--settings", strict, "--no-report", "--quiet")[0] == 0
    findings = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert findings["settings"]["signal"]["high_pass_hz"] == 0.7


def test_the_age_chooses_the_rule_and_gives_speeds(ictal, edf, tmp_path):
    age = ("--age-days", "100", "--gestation-weeks", "39")
    assert ictal("analyse", edf, "--out", tmp_path / "out", *age, "--no-report", "--quiet")[0] == 0
    findings = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert findings["infant"]["postmenstrual_weeks"] == pytest.approx(39 + 100 / 7, abs=0.01)
    assert [s["rule"] for s in findings["status"]] == ["ACNS 2021"]
    links = [link for detail in findings["details"] for link in detail["links"]]
    assert all(link["distance_cm"] is not None for link in links)


@pytest.mark.parametrize(
    ("age", "part"),
    [
        (("--age-days", "-1"), "Got -1"),
        (("--age-days", "nan"), "Got nan"),
        (("--gestation-weeks", "39"), "give --age-days too"),
        (("--age-days", "10", "--gestation-weeks", "4"), "Got 4"),
    ],
)
def test_an_age_that_cannot_be_is_refused_before_the_work(ictal, edf, tmp_path, age, part):
    refused(ictal("analyse", edf, "--out", tmp_path / "out", *age, "--quiet"), 2, part)
    assert names(tmp_path) == set()


# --- what is refused


def header_of(edf: Path, **changed: bytes) -> bytes:
    """The bytes of a recording with some fields of its header changed."""
    data = bytearray(edf.read_bytes())
    places = {"records": (236, 8), "signals": (252, 4), "header_bytes": (184, 8)}
    for name, value in changed.items():
        at, width = places[name]
        data[at : at + width] = value.ljust(width)
    return bytes(data)


BAD_FILES = {
    "not an EEG file": lambda edf: b"Dear colleague,\nthe recording is attached.\n" * 40,
    "empty": lambda edf: b"",
    "one byte": lambda edf: b"0",
    "truncated in the main header": lambda edf: edf.read_bytes()[:100],
    "truncated in the channel headers": lambda edf: edf.read_bytes()[:700],
    "zero records": lambda edf: header_of(edf, records=b"0")[: int(edf.read_bytes()[184:192])],
    "zero channels": lambda edf: header_of(edf, signals=b"0"),
    "channels not a number": lambda edf: header_of(edf, signals=b"many"),
    "header length a lie": lambda edf: header_of(edf, header_bytes=b"99"),
    "noise": lambda edf: bytes(range(256)) * 16,
    "a picture": lambda edf: b"\x89PNG\r\n\x1a\n" + bytes(2000),
}


@pytest.mark.parametrize("kind", sorted(BAD_FILES))
def test_a_file_that_cannot_be_read_gets_one_sentence(ictal, edf, tmp_path, kind):
    bad = tmp_path / "bad.edf"
    bad.write_bytes(BAD_FILES[kind](edf))
    refused(ictal("analyse", bad, "--out", tmp_path / "out", "--quiet"), 3, "bad.edf")
    assert names(tmp_path) == {"bad.edf"}


def refused(answer: tuple[int, str, str], code: int, *parts: str) -> None:
    """One sentence (or two) on standard error, the right exit code, nothing on standard output."""
    ended, said, complaint = answer
    assert ended == code, complaint
    assert said == ""
    assert complaint.startswith("ictal: ")
    assert complaint.count("\n") == 1
    assert "Traceback" not in complaint
    assert "fault of ours" not in complaint
    for part in parts:
        assert part in complaint


def test_a_recording_that_is_not_there(ictal, tmp_path):
    refused(ictal("analyse", tmp_path / "none.edf", "--out", tmp_path / "out", "--quiet"), 3, "none.edf")
    assert names(tmp_path) == set()


def test_a_folder_is_not_a_recording(ictal, tmp_path):
    (tmp_path / "study").mkdir()
    refused(ictal("analyse", tmp_path / "study", "--out", tmp_path / "out", "--quiet"), 3, "study", "folder")
    assert names(tmp_path) == {"study"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_recording_without_permission(ictal, edf, tmp_path):
    locked = tmp_path / "locked.edf"
    locked.write_bytes(edf.read_bytes())
    locked.chmod(0)
    refused(ictal("analyse", locked, "--out", tmp_path / "out", "--quiet"), 3, "locked.edf", "ermission")


def test_a_folder_that_exists_is_kept_and_refused_before_the_work(ictal, edf, tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    monkeypatch.setattr("ictal.analysis.analyse", lambda *a, **k: pytest.fail("the work had begun"))
    refused(ictal("analyse", edf, "--out", out, "--quiet"), 2, "out", "--overwrite")
    refused(ictal("analyse", edf, "--out", out, "--quiet", "--overwrite"), 2, "not written by Ictal")
    assert names(tmp_path) == {"out"}
    assert (out / "mine.txt").read_text() == "mine"


def test_overwrite_replaces_results_and_leaves_nothing_of_the_older_ones(ictal, edf, quiet_edf, tmp_path):
    out = tmp_path / "out"
    assert ictal("analyse", edf, "--out", out, "--quiet")[0] == 0
    assert ictal("analyse", quiet_edf, "--out", out, "--quiet", "--no-report", "--overwrite")[0] == 0
    assert names(out) == FILES - {"report.html"}
    assert names(tmp_path) == {"out"}


def test_a_failure_keeps_the_older_results(ictal, edf, tmp_path):
    out = tmp_path / "out"
    assert ictal("analyse", edf, "--out", out, "--quiet", "--no-report")[0] == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    bad = tmp_path / "bad.edf"
    bad.write_bytes(b"no")
    refused(ictal("analyse", bad, "--out", out, "--quiet", "--overwrite"), 3, "bad.edf")
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    assert names(tmp_path) == {"out", "bad.edf"}


def test_the_recording_is_never_replaced_by_its_results(ictal, edf, tmp_path):
    inside = tmp_path / "out" / "deep"
    inside.mkdir(parents=True)
    (tmp_path / "out" / "findings.json").write_text("{}")
    recording = inside / "night.edf"
    recording.write_bytes(edf.read_bytes())
    for out in (tmp_path / "out", inside / ".." / ".." / "out", recording):
        refused(ictal("analyse", recording, "--out", out, "--overwrite", "--quiet"), 2, "inside the output folder")
    assert recording.read_bytes() == edf.read_bytes()


@pytest.mark.parametrize("place", ["a-file", "a-file/below", "x" * 300])
def test_a_place_that_cannot_be_a_folder(ictal, edf, tmp_path, place):
    (tmp_path / "a-file").write_text("text")
    refused(ictal("analyse", edf, "--out", f"{tmp_path}/{place}", "--quiet"), 2, "--out")
    assert names(tmp_path) == {"a-file"}


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_place_without_permission(ictal, edf, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    refused(ictal("analyse", edf, "--out", tmp_path / "locked" / "out", "--quiet"), 2, "out")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a file system that refuses everyone")
def test_a_file_system_that_refuses(ictal, edf):
    code, said, complaint = ictal("analyse", edf, "--out", "/proc/ictal-out", "--quiet")
    assert code in (2, 3)
    assert said == ""
    assert complaint.startswith("ictal: ")
    assert "fault of ours" not in complaint


@pytest.mark.parametrize("step", ["tables.write_events", "findings_json.write_findings"])
def test_a_disk_that_fills_up_leaves_nothing(ictal, edf, tmp_path, monkeypatch, step):
    def full(folder, *_):
        (folder / "half").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "half"))

    monkeypatch.setattr(f"ictal.exchange.{step}", full)
    refused(ictal("analyse", edf, "--out", tmp_path / "out", "--quiet"), 3, "disk is full")
    assert names(tmp_path) == set()


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_real_limit_on_what_can_be_written_leaves_nothing(edf, tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "ictal", "analyse", str(edf), "--out", str(tmp_path / "out"), "--quiet"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)),
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    refused((ended.returncode, ended.stdout, ended.stderr), 3)
    assert names(tmp_path) == set()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("[signal]\nhigh_pass_hz = 99", "signal.high_pass_hz"),
        ("[signal]\nhigh_pas_hz = 0.5", "Did you mean `signal.high_pass_hz`?"),
        ("signal = ", "not TOML"),
    ],
)
def test_wrong_settings_are_refused_before_the_work(ictal, edf, tmp_path, text, part):
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    refused(
        ictal("analyse", edf, "--out", tmp_path / "out", "--settings", tmp_path / "mine.toml", "--quiet"),
        2,
        part,
        "mine.toml",
    )
    assert names(tmp_path) == {"mine.toml"}
