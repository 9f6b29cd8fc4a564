"""`ictal benchmark` from the command line: the suite, a BIDS dataset, peers, and every wrong use as one sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ictal.benchmark.detectors import ALL, choose
from ictal.benchmark.run import ask, perform
from ictal.benchmark.store import Store
from ictal.benchmark.types import Detector, Item
from ictal.cli import main
from ictal.exchange.edf import write_edf
from ictal.exchange.tables import write_events
from ictal.simulator import simulate
from tests.benchmark.made import read_table

SHORT = Item("short", "demo", 90, 11, 300.0, rate_hz=128.0)


@pytest.fixture(scope="module")
def recording():
    return simulate("demo", duration_s=420, seed=7, montage="8", rate_hz=128).recording


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Path:
    """A BIDS dataset of three: one with seizures, one whose file is broken, one without a table."""
    folder = tmp_path_factory.mktemp("bids")
    for name in ("01", "02", "03"):
        place = folder / f"sub-{name}" / "ses-01" / "eeg"
        place.mkdir(parents=True)
        stem = place / f"sub-{name}_ses-01_task-szMonitoring_run-00"
        if name == "01":
            made = simulate("demo", duration_s=600, seed=3)
            write_edf(made.recording, Path(f"{stem}_eeg.edf"))
            write_events(place, made.recording, (), made.truth.seizures)
            shutil.move(place / "seizures.tsv", f"{stem}_events.tsv")
            (place / "legs.tsv").unlink()
            (place / "discharges.tsv").unlink()
        else:
            Path(f"{stem}_eeg.edf").write_text("no EEG")
        if name == "02":
            shutil.copy(
                folder / "sub-01/ses-01/eeg/sub-01_ses-01_task-szMonitoring_run-00_events.tsv", f"{stem}_events.tsv"
            )
    return folder


def test_a_bids_dataset_is_run_and_what_fails_is_a_row(dataset, tmp_path, capsys) -> None:
    out = tmp_path / "out"
    arguments = ["benchmark", "bids", str(dataset), "--out", str(out), "--work", str(tmp_path / "work"), "--quiet"]
    assert main.run([*arguments, "--detector", "ictal", "--detector", "band-power"]) == 0
    said = capsys.readouterr().out
    assert "There is no sub-03" in said
    rows = read_table(out / "recordings.tsv")
    assert [(r["detector"], r["failure"] != "n/a") for r in rows] == [
        ("ictal", False),
        ("band-power", False),
        ("all", True),
        ("all", True),
    ]
    figures = {r["measure"]: r for r in read_table(out / "table.tsv") if r["detector"] == "ictal"}
    assert float(figures["sensitivity"]["value"]) > 0.5
    assert figures["sensitivity"]["group"] == "all"
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert results["simulated"] is False
    assert len(results["failures"]) == 2


def test_a_dataset_of_which_nothing_can_be_run_ends_in_a_sentence(dataset, tmp_path, capsys) -> None:
    shutil.copytree(dataset / "sub-03", tmp_path / "data" / "sub-03")
    assert main.run(["benchmark", "bids", str(tmp_path / "data"), "--work", str(tmp_path / "w"), "--quiet"]) == 3
    assert "None of the 1 recordings could be run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["bids", "nowhere"], 2, "There is no folder"),
        (["bids", "."], 2, "expected sub-"),
        (["--detector", "magic"], 2, "There is no detector 'magic'; there are: ictal"),
        (["--only", "xyz"], 2, "No recording of the suite"),
        (["--dev", "999"], 2, "series 0 to"),
        (["--jobs", "0", "--quick"], 2, "1 to 256 processes"),
        (["--quick", "bids", "."], 2, "options of a command come after it"),
        (["nonsense"], 2, "No such command"),
        (["--quick", "--work", "a-file"], 2, "is a file"),
    ],
)
def test_wrong_use_is_one_sentence(arguments, code, sentence, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").write_text("x")
    assert main.run(["benchmark", *arguments]) == code
    said = capsys.readouterr()
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_the_suite_runs_from_the_command_line(tmp_path, monkeypatch, capsys) -> None:
    from ictal.benchmark import suite as suites

    frozen = suites.load_suite()
    monkeypatch.setattr(suites, "load_suite", lambda: replace(frozen, items=(SHORT,)))
    out, work = tmp_path / "out", tmp_path / "work"
    arguments = ["benchmark", "--work", str(work), "--quiet", "--detector", "ictal"]
    assert main.run([*arguments, "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Simulated. 1 simulated recordings: suite 3, frozen.")
    assert "seizures found, one to one" in said
    board = read_table(work / "leaderboard.tsv")
    assert {row["group"] for row in board} == {"mix", "mix, template", "all"}
    assert {row["suite_sha256"] for row in board} == {frozen.digest}
    assert main.run([*arguments, "--out", str(out)]) == 2  # there already
    assert "overwrite" in capsys.readouterr().err
    assert main.run([*arguments, "--out", str(out), "--overwrite", "--json"]) == 0
    assert (
        json.loads(capsys.readouterr().out)["standings"] == json.loads((out / "results.json").read_text())["standings"]
    )
    # A run with seeds for tuning is no run of the frozen suite, and does not count as one.
    before = (work / "leaderboard.tsv").read_text()
    assert main.run([*arguments, "--dev", "0"]) == 0
    assert (work / "leaderboard.tsv").read_text() == before


def test_a_run_that_was_stopped_goes_on_and_says_the_same(tmp_path) -> None:
    chosen, _ = choose(["ictal", "band-power"])
    store = Store(tmp_path / "work")
    first = perform([SHORT], chosen[:1], store)
    kept = {p.name: p.stat().st_mtime_ns for p in store.folder.iterdir()}
    both = perform([SHORT], chosen, store)
    assert both[0] == first[0]
    assert {p.name: p.stat().st_mtime_ns for p in store.folder.iterdir() if p.name in kept} == kept
    assert perform([SHORT], chosen, store) == both
    # A file that was cut off by a full disk or a crash counts as not there.
    for path in store.folder.iterdir():
        path.write_bytes(path.read_bytes()[:50])
    again = perform([SHORT], chosen, store)
    assert [(o.truth, o.found, o.fingerprint) for o in again] == [(o.truth, o.found, o.fingerprint) for o in both]


@pytest.mark.slow
def test_two_processes_say_what_one_says(tmp_path) -> None:
    items = [SHORT, Item("other", "quiet", 30, 12, 240.0, rate_hz=128.0)]
    chosen, _ = choose(["ictal"])
    one = perform(items, chosen, Store(tmp_path / "one"))
    two = perform(items, chosen, Store(tmp_path / "two"), jobs=2)
    assert [(o.recording, o.truth, o.found) for o in one] == [(o.recording, o.truth, o.found) for o in two]


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send.")
def test_a_run_that_is_told_to_stop_stops_at_once_and_leaves_no_folder(tmp_path) -> None:
    out, work = tmp_path / "out", tmp_path / "work"
    arguments = ["benchmark", "--only", "quiet", "--jobs", "2", "--detector", "ictal", "--work", work, "--out", out]
    running = subprocess.Popen([sys.executable, "-m", "ictal", *map(str, arguments)], stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    assert "quiet" in running.stderr.readline()  # the first recording is finished
    running.terminate()
    _, rest = running.communicate(timeout=20)
    assert running.returncode == 128 + signal.SIGTERM
    assert "Traceback" not in rest
    assert [p.name for p in tmp_path.iterdir()] == ["work"]
    assert any(work.glob("*.json"))


@pytest.mark.parametrize("detector", ALL, ids=lambda d: d.name)
def test_every_detector_keeps_to_the_contract(detector: Detector, recording) -> None:
    if not detector.installed:
        pytest.skip(f"{detector.name} is not installed.")
    assert detector.citation
    assert detector.version
    found, took_s, failure = ask(detector, recording)
    assert failure is None
    assert took_s >= 0
    for event in found:
        assert 0 <= event.start_s < event.stop_s <= recording.duration_s + 1
        assert event.confidence is None or 0 <= event.confidence <= 1


def test_a_peer_that_fails_is_a_sentence_and_a_miss(recording) -> None:
    def fail(_):
        raise ValueError("wrong\nshape")

    found, _, failure = ask(Detector("peer", "none", fail), recording)
    assert found == ()
    assert failure == "peer failed (ValueError): wrong shape"


def test_a_peer_that_is_not_installed_is_left_out_plainly(monkeypatch) -> None:
    from ictal.base.errors import MissingExtra
    from ictal.benchmark import detectors

    absent = Detector("absent", "none", lambda _: (), package="absent", module="absent_module")
    monkeypatch.setattr(detectors, "ALL", (*ALL, absent))
    chosen, left_out = choose([])
    assert "absent" not in {d.name for d in chosen}
    assert any("absent is not installed" in said for said in left_out)
    with pytest.raises(MissingExtra, match=r"ictal\[peers\]"):
        choose(["absent"])
