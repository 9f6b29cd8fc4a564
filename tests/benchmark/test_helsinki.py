"""The public newborns: the experts' own kappas from the real tables, and a run from end to end on a stand-in folder."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest

from ictal.base.errors import TableError
from ictal.benchmark.helsinki import agreement_of_experts, compare, missing_in_words
from ictal.benchmark.newborns import read_newborns
from ictal.benchmark.store import Store
from ictal.cli import main
from ictal.exchange.edf import write_edf
from ictal.simulator import simulate
from tests.benchmark.made import read_table

SECONDS = 600


def write_tables(folder: Path, marks: dict[int, np.ndarray]) -> None:
    """Tables in the layout of the record: `marks[newborn]` is `(3, seconds)`."""
    longest = max(m.shape[1] for m in marks.values())
    for k, expert in enumerate("ABC"):
        lines = [",".join(str(n) for n in marks)]
        for t in range(longest):
            lines.append(",".join(str(int(m[k, t])) if t < m.shape[1] else "" for m in marks.values()))
        (folder / f"annotations_2017_{expert}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def stand_in(tmp_path_factory) -> Path:
    """Three simulated newborns named as in the record, experts seconds late or early, and one without a file."""
    folder = tmp_path_factory.mktemp("newborns")
    marks = {}
    for number, (scenario, seed) in enumerate((("demo", 3), ("demo", 4), ("quiet", 5)), start=1):
        made = simulate(scenario, duration_s=SECONDS, seed=seed, age_days=5)
        write_edf(made.recording, folder / f"eeg{number}.edf")
        true = np.zeros(SECONDS, dtype=bool)
        for s in made.truth.seizures:
            true[round(s.start_s) : round(s.stop_s)] = True
        marks[number] = np.stack([np.roll(true, shift) for shift in (0, 2, -1)])
    marks[4] = np.zeros((3, 100), dtype=bool)
    write_tables(folder, marks)
    return folder


@pytest.mark.real
def test_the_experts_own_kappas_come_out_of_the_real_tables(real_data) -> None:
    newborns = read_newborns(real_data / "helsinki")
    told = {v.name: round(v.value or 0.0, 3) for v in agreement_of_experts([n.marks for n in newborns])}
    assert (told["kappa A-B"], told["kappa A-C"], told["kappa B-C"]) == (0.742, 0.804, 0.727)
    assert len(newborns) == 79
    assert round(sum(n.seconds for n in newborns) / 3600, 1) == 111.9
    assert sum(not n.marks.any() for n in newborns) == 22


@pytest.mark.real
def test_without_eeg_files_only_the_experts_are_compared(real_data, tmp_path, capsys) -> None:
    code = main.run(["benchmark", "helsinki", str(real_data / "helsinki"), "--work", str(tmp_path), "--quiet"])
    said = capsys.readouterr().out
    assert code == 0
    assert "79 of 79 EEG files are not there" in said
    assert "Ictal" not in said.replace("ictal", "")


def test_a_stand_in_runs_from_end_to_end_and_goes_on_where_it_was(stand_in, tmp_path) -> None:
    newborns = read_newborns(stand_in)
    store = Store(tmp_path / "work")
    told = compare(newborns, store)
    assert (told.newborns, told.run) == (4, 3)
    assert told.rows[3].failure == "eeg4.edf is not there."
    assert missing_in_words(newborns) == ("1 of 4 EEG files are not there (eeg4.edf): their newborns were not run.")
    figures = {v.name: v.value for v in told.figures}
    # The demo's seizures are easy: two simulated newborns with them are told from their background.
    assert (figures["area under the curve, all seconds pooled"] or 0) > 0.9
    assert (figures["kappa of Ictal with the majority"] or 0) > 0.6
    assert told.rows[2].area is None
    change = figures["change of kappa (Fleiss), mean"]
    assert change is not None
    assert 0 < change < 1  # experts who differ by three seconds agree better than any detector
    files = sorted(p.name for p in (tmp_path / "work").iterdir())
    assert len(files) == 3
    assert compare(newborns, store) == told
    assert sorted(p.name for p in (tmp_path / "work").iterdir()) == files


def test_the_command_writes_what_it_says(stand_in, tmp_path, capsys) -> None:
    out, work = tmp_path / "out", tmp_path / "work"
    arguments = ["benchmark", "helsinki", str(stand_in), "--out", str(out), "--work", str(work), "--quiet"]
    assert main.run(arguments) == 0
    said = capsys.readouterr().out
    assert "change of kappa" in said
    assert "3 of 4" in said
    table = {row["measure"]: row for row in read_table(out / "table.tsv")}
    assert float(table["kappa A-B"]["value"]) > 0.8
    assert [row["newborn"] for row in read_table(out / "recordings.tsv")] == ["eeg1", "eeg2", "eeg3", "eeg4"]


def test_a_file_that_cannot_be_read_is_a_row_with_a_reason(stand_in, tmp_path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(stand_in, folder)
    (folder / "eeg2.edf").write_text("no EEG")
    (folder / "eeg3.edf").write_bytes((folder / "eeg1.edf").read_bytes())
    told = compare(read_newborns(folder), Store(tmp_path / "work"))
    assert "eeg2.edf" in (told.rows[1].failure or "")
    assert told.run == 2


def test_a_file_of_another_length_than_its_annotations_is_refused(stand_in, tmp_path) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    shutil.copy(stand_in / "eeg1.edf", folder / "eeg1.edf")
    write_tables(folder, {1: np.zeros((3, SECONDS + 100), dtype=bool)})
    told = compare(read_newborns(folder), Store(tmp_path / "work"))
    assert "do not belong to each other" in (told.rows[0].failure or "")
    assert told.figures == ()


def test_the_matrix_of_the_record_says_the_same_as_its_tables(stand_in, tmp_path) -> None:
    from scipy.io import savemat

    newborns = read_newborns(stand_in)
    cells = np.empty((1, len(newborns)), dtype=object)
    for k, newborn in enumerate(newborns):
        cells[0, k] = newborn.marks.astype(float)
    savemat(tmp_path / "annotations_2017.mat", {"annotat_new": cells})
    again = read_newborns(tmp_path)
    assert all(np.array_equal(a.marks, b.marks) for a, b in zip(newborns, again, strict=True))
    for expert in "ABC":
        packed = gzip.compress((stand_in / f"annotations_2017_{expert}.csv").read_bytes())
        (tmp_path / f"annotations_{expert}.csv.gz").write_bytes(packed)
    packed_again = read_newborns(tmp_path)
    assert all(np.array_equal(a.marks, b.marks) for a, b in zip(newborns, packed_again, strict=True))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2\n0,1\n0\n", "line 3: 1 cells"),
        ("1,2\n0,1\n0,7\n", "line 3: '7' is neither 0 nor 1"),
        ("1,2\n,1\n0,1\n", "line 3: a second is marked after the end"),
        ("a,b\n0,1\n", "line 1: expected the numbers"),
        ("1,2\n", "has no seconds"),
        ("1,2\n0,1\n0,1\n", "has 1 seconds in the table of expert A and 2"),
        ("1,3\n0,1\n", "marked different newborns"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_line(tmp_path, text, sentence) -> None:
    for expert in "AC":
        (tmp_path / f"annotations_2017_{expert}.csv").write_text("1,2\n0,1\n")
    (tmp_path / "annotations_2017_B.csv").write_text(text)
    with pytest.raises(TableError, match=sentence):
        read_newborns(tmp_path)


def test_a_missing_table_and_a_missing_folder_are_said(tmp_path, capsys) -> None:
    assert main.run(["benchmark", "helsinki", str(tmp_path)]) == 3
    assert "annotations of expert A are not in" in capsys.readouterr().err
    assert main.run(["benchmark", "helsinki", str(tmp_path / "nowhere")]) == 2
    assert "There is no folder" in capsys.readouterr().err
