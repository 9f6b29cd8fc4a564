"""`ictal score`: what a user sees, and what a user hears when it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ictal.cli.main import run

HEADER = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
ROW = "{}\t50.00\tsz\tn/a\tn/a\tn/a\t3600.00\n"
NONE = "0.00\t3600.00\tbckg\tn/a\tn/a\tn/a\t3600.00\n"


def _table(path: Path, *onsets: float, text: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if text is not None else HEADER + ("".join(ROW.format(o) for o in onsets) or NONE))
    return path


def _run(*arguments: object) -> int:
    return run(["score", *map(str, arguments)])


def test_two_folders_are_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _table(tmp_path / "r" / "seizures.tsv", 100, 1000)
    _table(tmp_path / "h" / "seizures.tsv", 110)
    assert _run("--reference", tmp_path / "r", "--hypothesis", tmp_path / "h") == 0
    said = capsys.readouterr()
    assert "0.50  (1 of 2; 95 % 0.09-0.91)" in said.out
    assert "median +10.0" in said.out
    assert said.err == ""


def test_json_holds_every_number_and_no_nan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, here, there in (("a", (100,), ()), ("b", (), ())):
        _table(tmp_path / "r" / f"{name}_events.tsv", *here)
        _table(tmp_path / "h" / name / "seizures.tsv", *there)
    assert _run("--reference", tmp_path / "r", "--hypothesis", tmp_path / "h", "--json") == 0
    said = json.loads(capsys.readouterr().out, parse_constant=lambda c: pytest.fail(f"{c} in JSON"))
    assert list(said["each"]) == ["a", "b"]
    assert said["together"]["hours"] == 2.0
    assert said["together"]["events_unmerged"]["sensitivity"]["share"] == 0.0
    assert said["each"]["b"]["events_unmerged"]["sensitivity"]["share"] is None


def test_a_recording_that_only_one_side_has_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in "ab":
        _table(tmp_path / "r" / name / "seizures.tsv")
    _table(tmp_path / "h" / "a" / "seizures.tsv")
    assert _run("--reference", tmp_path / "r", "--hypothesis", tmp_path / "h") == 3
    assert "There is no table of recording 'b'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line must name the columns"),
        (HEADER + "1\t2\n", "line 2: has 2 cells"),
        (HEADER + ROW.format("later"), "line 2: onset is 'later'"),
        (HEADER + ROW.format(1).replace("3600", "7200"), "score tables of the same recording"),
        (HEADER + ROW.format(9000), "score tables of the same recording"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2_or_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    _table(tmp_path / "r" / "seizures.tsv", 100)
    _table(tmp_path / "h" / "seizures.tsv", text=text)
    assert _run("--reference", tmp_path / "r", "--hypothesis", tmp_path / "h") in (2, 3)
    heard = capsys.readouterr()
    assert said in heard.err
    assert heard.err.count("\n") == 1
    assert heard.out == ""


def test_tables_that_do_not_say_how_long_the_recording_is_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = _table(tmp_path / "a.tsv", text="onset\tduration\teventType\n1\t2\tsz\n")
    assert _run("--reference", table, "--hypothesis", table) == 3
    assert "recordingDuration" in capsys.readouterr().err


def test_a_place_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert _run("--reference", tmp_path / "nowhere", "--hypothesis", tmp_path) == 2
    assert _run("--reference", tmp_path) == 2
