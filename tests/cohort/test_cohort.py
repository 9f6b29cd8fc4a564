"""What a cohort writes: the same as one file at a time, tables that others read, groups that can be counted by hand."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas
import polars
import pytest

from ictal.cli import main
from ictal.cohort.summary import age_group, summarise
from ictal.cohort.tables import LEG_TYPES, PATTERNS, RECORDING_TYPES, SEIZURE_TYPES
from tests.cohort.conftest import INFANTS, stored

VALIDATOR = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
TABLES = {"recordings": RECORDING_TYPES, "seizures": SEIZURE_TYPES, "legs": LEG_TYPES}


def name_of(subject: str) -> str:
    return f"sub-{subject}/eeg/sub-{subject}_task-monitoring_eeg"


@pytest.mark.parametrize("subject", list(INFANTS)[:1])
def test_each_recording_has_what_the_command_for_one_writes(simulated, analysed, subject, tmp_path):
    (file,) = simulated.glob(f"sub-{subject}/eeg/*.edf")
    assert main.run(["analyse", str(file), "--out", str(tmp_path / "one"), "--quiet"]) == 0
    for own in sorted((tmp_path / "one").iterdir()):
        assert (analysed / name_of(subject) / own.name).read_bytes() == own.read_bytes(), own.name


@pytest.mark.parametrize("table", TABLES)
def test_pandas_polars_and_duckdb_read_the_same_table(analysed, table):
    path = str(analysed / f"{table}.parquet")
    here, there, sql = pandas.read_parquet(path), polars.read_parquet(path), duckdb.read_parquet(path)
    assert list(here.columns) == there.columns == sql.columns == list(TABLES[table])
    assert len(here) == len(there) == len(sql.fetchall()) > 0
    assert [tuple(row) for row in there.rows()] == sql.fetchall()


def test_the_tables_say_what_the_tables_of_the_recordings_say(analysed):
    seizures = pandas.read_parquet(analysed / "seizures.parquet")
    legs = pandas.read_parquet(analysed / "legs.parquet")
    recordings = pandas.read_parquet(analysed / "recordings.parquet").set_index("recording")
    assert list(recordings.index) == sorted(name_of(s) for s in INFANTS)
    for subject, (age, gene) in INFANTS.items():
        name = name_of(subject)
        own = pandas.read_csv(analysed / name / "seizures.tsv", sep="\t", na_values="n/a")
        own = own[own.eventType != "bckg"]
        mine = seizures[seizures.recording == name]
        for column in ("onset", "duration", "pattern", "path", "onset_electrode", "confidence"):
            assert list(mine[column]) == list(own[column]), column
        own_legs = pandas.read_csv(analysed / name / "legs.tsv", sep="\t")
        assert list(legs[legs.recording == name].electrode) == list(own_legs.electrode)
        findings = json.loads((analysed / name / "findings.json").read_text())
        row = recordings.loc[name]
        assert (row.age_days, row.status, row.simulated, row.participant_id) == (
            float(age),
            "done",
            True,
            f"sub-{subject}",
        )
        assert row.gene == gene if gene != "n/a" else pandas.isna(row.gene)
        assert row.seizures == findings["seizures"] == len(own) == sum(row[p] for p in PATTERNS)
        assert row.readable_s == findings["recorded"]["readable_s"]
        assert row.sha256 == findings["recorded"]["sha256"]


def test_the_summary_is_what_can_be_counted_from_the_tables(analysed, ictal):
    code, said, _ = ictal("cohort", "--summary", "--out", analysed, "--json")
    assert code == 0
    summary = json.loads(said)
    recordings = pandas.read_parquet(analysed / "recordings.parquet")
    seizures = pandas.read_parquet(analysed / "seizures.parquet")
    recordings["age"] = recordings.age_days.map(age_group)
    for key, column in (("infants", "participant_id"), ("ages", "age"), ("genes", "gene")):
        groups = {group["name"]: group for group in summary[key]}
        table = recordings.fillna({column: "not captured"}).groupby(column)
        assert set(groups) == set(table.groups)
        for name, rows in table:
            group = groups[name]
            mine = seizures[seizures.recording.isin(rows.recording)]
            assert group["recordings"] == len(rows)
            assert group["seizures"] == len(mine)
            assert group["readable_h"] == pytest.approx(rows.readable_s.sum() / 3600)
            minutes = (rows.burden_min_per_h * rows.readable_s / 3600).sum()
            assert group["burden_min_per_h"] == pytest.approx(minutes / (rows.readable_s.sum() / 3600))
            assert group["migrating"]["count"] == (mine.pattern == "migrating").sum()
            middle = mine.duration.median()
            assert group["median_duration_s"] == (None if pandas.isna(middle) else pytest.approx(middle))
    assert summary["total"]["simulated"] == summary["total"]["recordings"] == len(INFANTS)
    code, text, _ = ictal("cohort", "--summary", "--out", analysed)
    assert code == 0
    assert ictal("cohort", analysed, "--summary") == (0, text, "")
    for by in ("infant", "age", "gene"):
        assert re.search(rf"^{by}\s", text, re.MULTILINE)
    assert f"{len(INFANTS)} of {len(INFANTS)} recordings are simulated." in text


def test_a_group_without_anything_to_judge_by_says_so_and_not_zero():
    failed = {"participant_id": "sub-1", "gene": None, "age_days": None, "status": "failed", "recording": "a"}
    (group,) = summarise([failed], {}).genes
    assert (group.name, group.recordings, group.failed, group.seizures) == ("not captured", 1, 1, 0)
    assert group.burden_min_per_h is group.median_duration_s is group.migrating.share is None


@pytest.mark.parametrize(
    ("days", "group"), [(0, "0-2 months"), (91, "0-2 months"), (92, "3-5 months"), (366, "12-14 months")]
)
def test_ages_are_grouped_by_three_months(days, group):
    assert age_group(days) == group


def test_the_same_command_does_nothing_again_and_what_changed_is_done_again(dataset, ictal, tmp_path):
    command = ("cohort", dataset, "--out", tmp_path / "out", "--jobs", 2, "--no-report")
    assert ictal(*command)[0] == 0
    before = stored(tmp_path / "out")
    code, _, said = ictal(*command)
    assert (code, said) == (0, "")
    assert stored(tmp_path / "out") == before

    first, second, third, _ = sorted(dataset.rglob("*.edf"))
    first.write_bytes(second.read_bytes())
    os.utime(third)  # the time changed, the content did not: what is there is taken
    untouched = (tmp_path / "out" / name_of("0005") / "findings.json").stat().st_mtime_ns
    assert ictal(*command)[0] == 0
    after = stored(tmp_path / "out")
    assert [name for name in after if after[name] != before[name]] == [f"{name_of(s)}.json" for s in ("0003", "0005")]
    assert (tmp_path / "out" / name_of("0005") / "findings.json").stat().st_mtime_ns == untouched
    here, there = (tmp_path / "out" / name_of(s) / "seizures.tsv" for s in ("0003", "0004"))
    assert here.read_bytes() == there.read_bytes()

    settings = tmp_path / "other.toml"
    settings.write_text("[detection]\nslowest_hz = 0.8\n")
    assert ictal(*command, "--settings", settings)[0] == 0
    assert all(at != after[name] for name, at in stored(tmp_path / "out").items())


def test_results_that_the_command_for_one_wrote_are_taken_as_they_are(dataset, ictal, tmp_path):
    out = tmp_path / "out"
    for file in sorted(dataset.rglob("*.edf")):
        name = file.relative_to(dataset).with_suffix("")
        assert main.run(["analyse", str(file), "--out", str(out / name), "--no-report", "--quiet"]) == 0
    before = {p: p.stat().st_mtime_ns for p in out.rglob("findings.json")}
    assert len(before) == len(INFANTS)
    assert ictal("cohort", dataset, "--out", out, "--no-report", "--jobs", 1)[0] == 0
    assert {p: p.stat().st_mtime_ns for p in out.rglob("findings.json")} == before
    assert len(pandas.read_parquet(out / "recordings.parquet")) == len(INFANTS)


def test_a_file_that_fails_is_a_row_with_its_reason_and_the_exit_code_tells(dataset, ictal, tmp_path):
    out = tmp_path / "out"
    bad = dataset / "sub-0009" / "eeg"
    bad.mkdir(parents=True)
    for name, content in (
        ("empty", b""),
        ("junk", b"no recording"),
        ("cut", (next(dataset.rglob("*.edf"))).read_bytes()[:300]),
    ):
        (bad / f"sub-0009_task-{name}_eeg.edf").write_bytes(content)
    (bad / "sub-0009_task-gone_eeg.edf").symlink_to(tmp_path / "nowhere")
    command = ("cohort", dataset, "--out", out, "--no-report", "--jobs", 1)
    code, said, noise = ictal(*command)
    assert code == 3
    assert "4 recordings could not be analysed." in said
    assert (
        noise.strip()
        .splitlines()[-1]
        .startswith("ictal: 4 of 8 recordings could not be analysed; the others are done.")
    )
    rows = pandas.read_parquet(out / "recordings.parquet").set_index("recording")
    assert (rows.status == "failed").sum() == 4
    reasons = rows[rows.status == "failed"].reason
    assert all(isinstance(reason, str) and reason.endswith(".") for reason in reasons)
    assert "is empty" in reasons["sub-0009/eeg/sub-0009_task-empty_eeg"]
    assert "There is no file" in reasons["sub-0009/eeg/sub-0009_task-gone_eeg"]
    assert rows[rows.status == "failed"].seizures.isna().all()
    assert "sub-0009_task-junk_eeg" in (out / "cohort.html").read_text()
    before = stored(out)
    shutil.rmtree(dataset / "sub-0009")
    code, _, noise = ictal(*command)
    assert (code, noise) == (0, "")
    rows = pandas.read_parquet(out / "recordings.parquet")
    assert list(rows.status) == ["done"] * 4
    assert stored(out) == before


def test_a_cohort_in_which_every_file_fails_has_empty_tables_with_all_columns(ictal, tmp_path):
    (tmp_path / "edfs").mkdir()
    (tmp_path / "edfs" / "junk.edf").write_bytes(b"junk")
    code, said, _ = ictal("cohort", tmp_path / "edfs", "--out", tmp_path / "out", "--summary")
    assert code == 3
    assert "not captured" in said
    for table in ("seizures", "legs"):
        rows = pandas.read_parquet(tmp_path / "out" / f"{table}.parquet")
        assert list(rows.columns) == list(TABLES[table])
        assert len(rows) == 0


def test_a_folder_with_other_things_in_it_is_refused(dataset, ictal, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("years of work")
    code, _, said = ictal("cohort", dataset, "--out", tmp_path / "home")
    assert code == 2
    assert (
        said == f"ictal: The output folder '{tmp_path / 'home'}' has other things in it: choose another with --out.\n"
    )
    assert [p.name for p in (tmp_path / "home").iterdir()] == ["thesis.tex"]
    (tmp_path / "file").write_text("")
    code, _, said = ictal("cohort", dataset, "--out", tmp_path / "file")
    assert (code, said.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--summary"],
        ["--out", "x"],
        ["nowhere"],
        [".", "--detector", "none-such"],
        [".", "--settings", "none.toml"],
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_writes_nothing(arguments, ictal, many, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    shutil.copy(many / "night-00.edf", tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    code, _, said = ictal("cohort", *arguments)
    assert (code, said.count("\n")) == (2, 1), said
    assert [p.name for p in (tmp_path / "here").iterdir()] == ["night-00.edf"]
    assert [p.name for p in tmp_path.iterdir()] == ["here"]


def test_a_summary_of_what_is_no_cohort_is_one_sentence(ictal, tmp_path):
    code, _, said = ictal("cohort", "--summary", "--out", tmp_path)
    assert (code, said.count("\n")) == (3, 1)
    (tmp_path / "recordings.parquet").write_bytes(b"PAR1 not really")
    code, _, said = ictal("cohort", "--summary", "--out", tmp_path)
    assert (code, said.count("\n")) == (3, 1)
    assert "give the folder that `ictal cohort --out` wrote" in said


def test_results_within_the_dataset_are_a_derivative_of_it(dataset, ictal):
    out = dataset / "derivatives" / "ictal"
    assert ictal("cohort", dataset, "--out", out, "--no-report", "--jobs", 1)[0] == 0
    assert ictal("cohort", dataset, "--out", out, "--no-report", "--jobs", 1)[0] == 0
    assert len(pandas.read_parquet(out / "recordings.parquet")) == len(INFANTS)


def test_the_truth_of_a_simulation_can_be_scored_against_a_cohort(simulated, analysed, ictal):
    code, said, noise = ictal("score", "--reference", simulated, "--hypothesis", analysed, "--json")
    assert code == 0, noise
    assert json.loads(said)["together"] is not None


@pytest.mark.skipif(VALIDATOR is None, reason="needs bids-validator-deno")
def test_the_bids_validator_finds_no_error(analysed):
    done = subprocess.run([str(VALIDATOR), str(analysed), "--format", "json"], capture_output=True, text=True)
    issues = json.loads(done.stdout)["issues"]["issues"]
    assert [i for i in issues if i["severity"] == "error"] == []
    assert len(list(analysed.rglob("*_desc-ictal_events.tsv"))) == len(INFANTS)


def test_the_page_needs_nothing_else_and_says_that_it_is_simulated(analysed):
    page = (analysed / "cohort.html").read_text()
    assert "SIMULATED" in page
    assert "Not a medical device" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert "default-src 'none'" in page
    assert page.count("<svg xmlns") >= 5
    for link in re.findall(r'href="([^"#:]+)"', page):
        assert (analysed / link).is_file(), link
    for gene in ("KCNT1", "SCN2A", "not captured"):
        assert gene in page
