"""A simulation on the disk: BIDS for its validator, equal samples for other readers, and one that is gone on with."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ictal.cli.main import run
from ictal.exchange.folder import whole_folder
from ictal.exchange.tables import find_tables, read_events

VALIDATOR = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
DENSE = ["--set", "seizures_per_hour=30", "--set", "clustered=0"]
LIVING = ["--engine", "mechanism", "--set", "drive.mean_per_s=104", "--set", "drive.shared_per_s=0"]


def digests(folder: Path) -> dict[str, str]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def errors(folder: Path) -> list[str]:
    """What does the validator find wrong with a dataset? Given the truth it reads the truth's own .bidsignore."""
    done = subprocess.run([str(VALIDATOR), str(folder), "--format", "json"], capture_output=True, text=True)
    return [i["code"] for i in json.loads(done.stdout)["issues"]["issues"] if i["severity"] == "error"]


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    out = tmp_path_factory.mktemp("one") / "sim"
    assert run(["simulate", "eimfs-storm", "--minutes", "8", "--seed", "3", *DENSE, "--out", str(out), "--quiet"]) == 0
    return out


@pytest.mark.skipif(VALIDATOR is None, reason="needs bids-validator-deno")
@pytest.mark.parametrize(
    "asked",
    [
        ["quiet", "--minutes", "1", "--reference", "bipolar"],
        ["eimfs-storm", "--minutes", "3", *LIVING, "--montage", "8", "--keep-sources"],
        ["--course", "remission", "--minutes", "1", "--montage", "12"],
    ],
    ids=["no seizure, bipolar", "living, with sources", "course"],
)
def test_the_bids_validator_finds_no_error(asked, tmp_path):
    assert run(["simulate", *asked, "--seed", "5", "--out", str(tmp_path / "sim"), "--quiet"]) == 0
    assert errors(tmp_path / "sim") == []
    assert errors(tmp_path / "sim" / "derivatives" / "truth") == []


@pytest.mark.skipif(VALIDATOR is None, reason="needs bids-validator-deno")
def test_the_validator_would_find_an_error(one, tmp_path):
    shutil.copytree(one, tmp_path / "sim")
    (tmp_path / "sim" / "dataset_description.json").write_text("{}")
    assert "JSON_KEY_REQUIRED" in errors(tmp_path / "sim")


def test_other_readers_see_the_same_samples_and_the_seizures_as_annotations(one):
    import edfio
    import mne
    import pyedflib

    from ictal.simulator import set_numbers, simulate
    from ictal.simulator.scenarios import SCENARIOS

    dense = set_numbers(SCENARIOS["eimfs-storm"], {"seizures_per_hour": 30.0, "clustered": 0.0})
    made = simulate(dense, duration_s=480, seed=3).recording.samples.read_uv(range(19), 0, 0, 480 * 256)
    (path,) = one.rglob("*_eeg.edf")
    raw = mne.io.read_raw_edf(path, preload=True, verbose="ERROR")
    edf = edfio.read_edf(path)
    with pyedflib.EdfReader(str(path)) as reader:
        for k, signal_ in enumerate(edf.signals):
            assert np.abs(signal_.data - made[k]).max() < 0.051
            np.testing.assert_allclose(raw.get_data()[k] * 1e6, signal_.data, atol=1e-3)
            np.testing.assert_allclose(reader.readSignal(k), signal_.data, atol=1e-3)
    events = read_events(one).rows
    marks = [a for a in edf.annotations if a.text.startswith("SIMULATED seizure")]
    assert len(events) >= 2
    assert [(round(m.onset, 2), m.text.split()[-1]) for m in marks] == [
        (e.start_s, ">".join(e.path)[:60]) for e in events
    ]
    assert {d for d in raw.annotations.description if "seizure" in d} == {m.text for m in marks}


def test_every_face_says_that_it_is_simulated(one):
    (path,) = one.rglob("*_eeg.edf")
    assert b"SIMULATED" in path.read_bytes()[:256]
    assert json.loads(path.with_suffix(".json").read_text())["Simulated"] is True
    assert "SIMULATED" in (one / "README").read_text()
    assert "SIMULATED" in json.loads((one / "dataset_description.json").read_text())["Name"]
    assert (one / "participants.tsv").read_text().splitlines()[1].endswith("\ttrue")


def test_the_readme_has_the_command_and_no_folder_of_its_user(one):
    said = (one / "README").read_text()
    asked = "simulate eimfs-storm --minutes 8.0 --seed 3 --set seizures_per_hour=30 --set clustered=0"
    assert f"    ictal {asked}\n" in said
    assert str(one.parent) not in said


def test_sessions_are_scored_with_results_that_are_named_after_the_recordings(tmp_path, capsys):
    asked = ["simulate", "--course", "remission", "--minutes", "1", "--montage", "8", "--seed", "4", "--quiet"]
    assert run([*asked, "--out", str(tmp_path / "sim")]) == 0
    for edf in (tmp_path / "sim").rglob("*_eeg.edf"):
        session = edf.parent.parent.name
        truth = tmp_path / "sim" / "derivatives" / "truth" / "sub-0004" / session
        shutil.copytree(truth, tmp_path / "out" / f"{edf.stem}-ictal")
    assert run(["score", "--reference", str(tmp_path / "sim"), "--hypothesis", str(tmp_path / "out")]) == 0
    assert "3, 0.05 h" in capsys.readouterr().out
    shutil.rmtree(next((tmp_path / "out").iterdir()))
    assert run(["score", "--reference", str(tmp_path / "sim"), "--hypothesis", str(tmp_path / "out")]) == 3
    assert "There is no table of recording 'sub-0004/ses-" in capsys.readouterr().err


def test_a_dataset_can_be_scored_as_it_is(one, capsys):
    (truth,) = find_tables(one).values()
    assert run(["score", "--reference", str(one), "--hypothesis", str(truth), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)


def test_sources_and_leadfield_make_what_is_ictal(tmp_path):
    from ictal.simulator import set_numbers, simulate
    from ictal.simulator.scenarios import SCENARIOS

    dense = {"drive.mean_per_s": 104.0, "drive.shared_per_s": 0.0}
    made = simulate(
        set_numbers(SCENARIOS["eimfs-storm"], dense, "mechanism"), duration_s=200, seed=2, engine="mechanism"
    )
    kept = made.sources()
    told: list[tuple[int, np.ndarray]] = []
    kept.hear(lambda first, output: told.append((first, output)))
    signals = np.concatenate(list(kept.blocks))
    ictal = made.recording.samples.only("ictal").read_uv(range(19), 0, 0, 200 * 256)
    np.testing.assert_allclose(kept.leadfield_uv_per_mv @ signals.T, ictal, atol=0.01)
    heard = np.concatenate([output for _, output in told])
    assert [first for first, _ in told] == list(range(0, len(heard), 32 * 256))
    np.testing.assert_array_equal(heard[: kept.samples], signals)
    assert signals.shape == (kept.samples, len(kept.positions_m)) == (200 * 256, 64)


def test_the_kept_leadfield_is_that_of_the_kept_places_and_orientations():
    """One dipole in the middle of a region's patch explains most of what the electrodes see of the patch."""
    from ictal.base.electrodes import electrode
    from ictal.simulator import simulate
    from ictal.simulator.head import infant_head, potentials

    made = simulate("eimfs-storm", duration_s=10, seed=2, engine="mechanism", reference="average")
    kept = made.sources()
    scalp = np.array([electrode(c.electrode).position for c in made.recording.channels])
    head = infant_head(float(made.made_by["age_days"]))
    assert np.linalg.norm(kept.positions_m, axis=1).max() < head.brain_radius_m
    dipoles = potentials(head, scalp, np.array(kept.positions_m), np.array(kept.orientations))
    dipoles = dipoles - dipoles.mean(axis=0)
    alike = [np.corrcoef(a, b)[0, 1] for a, b in zip(dipoles.T, kept.leadfield_uv_per_mv.T, strict=True)]
    assert min(alike) > 0.5**0.5


DIES = """
import os, signal, sys
from pathlib import Path
import ictal.exchange.bids as bids, ictal.exchange.edf as edf
from ictal.cli.simulate import write_simulation
from ictal.simulator import set_numbers, simulate
from ictal.simulator.scenarios import SCENARIOS

out, engine, where = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
dense = {"seizures_per_hour": 30.0, "clustered": 0.0}
living = {"drive.mean_per_s": 104.0, "drive.shared_per_s": 0.0}
scenario = set_numbers(SCENARIOS["eimfs-storm"], dense if engine == "template" else living, engine)
made = simulate(scenario, duration_s=1110.0, seed=9, engine=engine, montage="8", rate_hz=64.0)

def die(*given):
    os.kill(os.getpid(), signal.SIGKILL)

told = []
def tell(share, text):
    told.append(share)
    if where.isdigit() and len(told) == int(where) + 1:
        die()

if where == "filling":
    fill = edf._fill_in
    def half(file, plan, texts):
        first = sorted(texts.marked)[len(texts.marked) // 2]
        fill(file, plan, type(texts)(texts.clock, texts.size, {first: texts.marked[first]}))
        file.flush()
        die()
    edf._fill_in = half
if where == "tables":
    bids.write_events = die
write_simulation(out, made, False, tell, engine == "mechanism", every_s=70.0)
print(told[0] > 0)
"""


@pytest.mark.parametrize("engine", ["template", "mechanism"])
def test_it_goes_on_to_the_same_bytes_wherever_it_was_killed(engine, python, root, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(root / "src")}

    def make(name: str, where: str) -> subprocess.CompletedProcess[str]:
        return python("-c", DIES, str(tmp_path / name), engine, where, env=environment)

    assert make("whole", "nowhere").returncode == 0
    wanted = digests(tmp_path / "whole")
    for where in ("1", "4", "8", "1", "filling", "tables"):
        assert make("parts", where).returncode == -signal.SIGKILL, where
        assert not (tmp_path / "parts").exists()
    done = make("parts", "nowhere")
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr
    assert digests(tmp_path / "parts") == wanted
    assert sorted(p.name for p in tmp_path.iterdir()) == ["parts", "whole"]


def test_a_checkpoint_that_is_no_checkpoint_and_a_file_cut_short_count_as_none(python, root, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(root / "src")}
    asked = ("-c", DIES, str(tmp_path / "sim"), "template")
    for spoil in ("checkpoint", "recording"):
        assert python(*asked, "6", env=environment).returncode == -signal.SIGKILL
        (staging,) = tmp_path.glob(".sim.partial-*")
        if spoil == "checkpoint":
            next(staging.glob(".*.npz")).write_bytes(b"PK nothing")
        else:
            (edf,) = staging.rglob("*.edf")
            edf.write_bytes(edf.read_bytes()[:20_000])
    assert python(*asked, "nowhere", env=environment).returncode == 0
    assert python("-c", DIES, str(tmp_path / "whole"), "template", "nowhere", env=environment).returncode == 0
    assert digests(tmp_path / "sim") == digests(tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.parametrize("asked", [DENSE, LIVING], ids=["template", "mechanism"])
def test_a_run_that_was_killed_goes_on_to_the_same_bytes(asked, tmp_path):
    command = ["simulate", "eimfs-storm", "--minutes", "50", "--seed", "9", "--montage", "10-20", *asked, "--quiet"]
    assert run([*command, "--out", str(tmp_path / "whole")]) == 0
    wanted = digests(tmp_path / "whole")
    again = [sys.executable, "-m", "ictal", *command, "--out", str(tmp_path / "halves")]
    gone_on = 0
    for how in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(again, stderr=subprocess.PIPE, text=True)
        for _ in range(1200):
            kept = list(tmp_path.glob(".halves.partial-*/.*.checkpoint.npz"))
            if process.poll() is not None or (kept and kept[0].stat().st_mtime_ns > gone_on):
                break
            time.sleep(0.02)
        if process.poll() is None:
            gone_on = kept[0].stat().st_mtime_ns
            process.send_signal(how)
        said = process.communicate()[1]
        if how is signal.SIGINT and process.returncode == 130:
            assert "the same command goes on" in said
        assert "Traceback" not in said
    assert gone_on
    assert run([*command, "--out", str(tmp_path / "halves")]) in (0, 2)
    assert digests(tmp_path / "halves") == wanted
    assert not list(tmp_path.glob(".halves.partial-*"))


@pytest.mark.parametrize("other", ["a" * 20, "b" * 20])
def test_two_runs_do_not_write_one_output_at_once(tmp_path, other):
    from ictal.base.errors import UsageError

    with whole_folder(tmp_path / "out", recipe="a" * 20) as first:
        (first / "x").write_text("1")
        with pytest.raises(UsageError, match="Another run is writing"), whole_folder(tmp_path / "out", recipe=other):
            pass
        assert (first / "x").exists()
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["x"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_lock_that_a_killed_run_left_keeps_nobody_out(tmp_path):
    (tmp_path / ".out.lock").write_text("")
    with whole_folder(tmp_path / "out", recipe="a" * 20) as folder:
        (folder / "x").write_text("1")
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_limit_on_files_is_one_sentence_and_leaves_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "ictal", "simulate", "quiet", "--minutes", "5", "--out", str(tmp_path / "sim")],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)),
    )
    assert done.returncode == 3
    assert done.stderr.splitlines()[-1].startswith("ictal: A result grew beyond the largest file that is allowed here")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_another_recipe_does_not_go_on_and_a_failure_leaves_nothing(tmp_path):
    from ictal.base.errors import Interrupted

    def fail(name: str, with_what: BaseException) -> None:
        with whole_folder(tmp_path / "out", recipe="a" * 20) as folder:
            (folder / name).write_text("1")
            raise with_what

    with pytest.raises(Interrupted, match="goes on"):
        fail("half", KeyboardInterrupt())
    assert (next(tmp_path.iterdir()) / "half").exists()
    with whole_folder(tmp_path / "other", recipe="b" * 20) as second:
        assert list(second.iterdir()) == []
    with pytest.raises(ZeroDivisionError):
        fail("more", ZeroDivisionError())
    assert [p.name for p in tmp_path.iterdir()] == ["other"]
