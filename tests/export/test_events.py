"""Events in the words of others: each standard's own tool reads what is written."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ictal.cli.main import run
from ictal.export.hed import BIDS_HED_VERSION, HED_VERSION
from ictal.export.score import schema, terms, value_lists
from tests.export.made import SEIZURES, Planted, results_of

ROOT = Path(__file__).parents[2]
VALIDATOR = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))


@pytest.fixture
def one(tmp_path: Path) -> tuple[Path, Path]:
    source = Planted().write(tmp_path / "night.edf")
    return source, results_of(source, tmp_path / "night-ictal")


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines(), delimiter="\t"))


def errors(folder: Path) -> list[Any]:
    """What does the validator find wrong? Where its own engine cannot run here, the test is skipped with its words."""
    done = subprocess.run(
        [str(VALIDATOR), str(folder), "--format", "json"], capture_output=True, text=True, timeout=300
    )
    if not done.stdout.startswith("{"):
        pytest.skip(f"the validator cannot run here: {done.stderr.strip()[:200]}")
    return [i for i in json.loads(done.stdout)["issues"]["issues"] if i["severity"] == "error"]


def test_a_dataset_is_valid_bids_and_mne_bids_reads_it(one: tuple[Path, Path], tmp_path: Path) -> None:
    import mne_bids

    source, results = one
    out = tmp_path / "dataset"
    assert run(["export", str(results), "--recording", str(source), "--format", "bids", "--out", str(out)]) == 0
    path = mne_bids.BIDSPath(root=out, subject="01", task="monitoring", datatype="eeg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = mne_bids.read_raw_bids(path, verbose="ERROR")
    told = [(a["onset"], round(a["duration"], 2), a["description"]) for a in raw.annotations]
    kinds = ["sz_foc", "sz", "sz_foc"]
    assert told == [(s.start_s, s.duration_s, k) for s, k in zip(SEIZURES, kinds, strict=True)]
    assert "Mueller" not in (out / "sub-01/eeg/sub-01_task-monitoring_eeg.edf").read_bytes()[:2000].decode("latin-1")
    derivative = json.loads((out / "derivatives/ictal/dataset_description.json").read_text())
    assert (derivative["DatasetType"], derivative["GeneratedBy"][0]["Name"]) == ("derivative", "Ictal")
    stem = out / "derivatives/ictal/sub-01/eeg/sub-01_task-monitoring_desc-"
    legs = rows(stem.with_name(f"{stem.name}legs_events.tsv"))
    assert [(r["onset"], r["electrode"], r["came_by"]) for r in legs][:3] == [
        ("4.00", "O1", "n/a"), ("16.00", "O2", "migration"), ("29.00", "T4", "spread")
    ]  # fmt: skip
    assert rows(stem.with_name(f"{stem.name}ictal_events.tsv"))[0]["eventType"] == "sz_foc"


@pytest.mark.slow
@pytest.mark.skipif(VALIDATOR is None, reason="needs bids-validator-deno")
@pytest.mark.parametrize("kind", ["found", "none found, gap, bdf", "derivative alone"])
def test_the_bids_validator_finds_no_error(kind: str, tmp_path: Path) -> None:
    bdf = "bdf" in kind
    planted = Planted(bdf=bdf, gap_s=100 if "gap" in kind else 0)
    source = planted.write(tmp_path / f"night.{'bdf' if bdf else 'edf'}")
    results = results_of(source, tmp_path / "results", () if "none" in kind else SEIZURES)
    out = tmp_path / "dataset"
    with_file = [] if "alone" in kind else ["--recording", str(source)]
    assert run(["export", str(results), *with_file, "--format", "bids", "--out", str(out)]) == 0
    assert errors(out) == []
    if with_file:
        assert errors(out / "derivatives" / "ictal") == []


@pytest.mark.slow
def test_hedtools_validates_every_event_and_would_find_a_false_tag(one: tuple[Path, Path], tmp_path: Path) -> None:
    """Offline, under the pinned schema and under the one that a dataset names; in a process, as it is slow."""
    assert run(["export", str(one[1]), "--format", "hed", "--out", str(tmp_path / "hed")]) == 0
    empty = results_of(one[0], tmp_path / "empty", ())
    assert run(["export", str(empty), "--format", "hed", "--out", str(tmp_path / "none")]) == 0
    tables = [tmp_path / "hed" / "night_events.tsv", tmp_path / "none" / "empty_events.tsv"]
    code = """if True:
        import io, json, sys
        from hed import HedString, Sidecar, TabularInput, load_schema_version
        from hed.validator import HedValidator
        tags = json.loads(sys.argv[2])
        for version in sys.argv[1].split(","):
            schema = load_schema_version(version)
            for path in sys.argv[3:]:
                sidecar = Sidecar(path.replace(".tsv", ".json"))
                issues = [*sidecar.validate(schema)]
                table = TabularInput(path, sidecar=sidecar)
                issues += table.validate(schema)
                said = [str(h) for h in table.series_a]
                assert said and all(said), said
                print(version, len(said), [i["code"] for i in issues if i["severity"] == 1])
            check = HedValidator(schema)
            for tag in tags:
                found = check.validate(HedString(tag, schema), allow_placeholders=False)
                print(version, tag, [i["code"] for i in found if i["severity"] == 1])
            wrong = check.validate(HedString("Electroencephalographic-seizre", schema), allow_placeholders=False)
            print(version, "false", len(wrong))
    """
    words = [t for one in value_lists()["list"] for t in terms(one["name"])]
    versions = f"{HED_VERSION},{BIDS_HED_VERSION}"
    asked = [sys.executable, "-c", code, versions, json.dumps(words), *map(str, tables)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    lines = done.stdout.splitlines()
    assert len(lines) == 2 * (2 + len(words) + 1)
    assert sum(line.endswith("[]") for line in lines) == 2 * (2 + len(words)), lines
    assert all(line.endswith(" 1") for line in lines if " false " in line)


def test_the_hed_of_a_migrating_seizure_says_where_it_was_in_order(one: tuple[Path, Path], tmp_path: Path) -> None:
    assert run(["export", str(one[1]), "--format", "hed", "--out", str(tmp_path / "hed")]) == 0
    first = rows(tmp_path / "hed" / "night_events.tsv")[0]
    assert re.findall(r"Sensor-list/(\w+)", first["HED"]) == ["O1", "O2", "T8"]
    assert first["HED"].endswith("Feature-propagation/migrating")


def test_timescoring_reads_the_szcore_table_as_the_same_events(one: tuple[Path, Path], tmp_path: Path) -> None:
    from timescoring.annotations import Annotation
    from timescoring.scoring import EventScoring

    out = tmp_path / "events.tsv"
    assert run(["export", str(one[1]), "--format", "szcore", "--out", str(out)]) == 0
    told = rows(out)
    columns = ["onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration"]
    assert list(told[0]) == columns
    assert told[0]["dateTime"] == "2025-06-04 10:11:12"
    assert all(re.fullmatch(r"\d+\.\d\d", r[c]) for r in told for c in ("onset", "duration", "recordingDuration"))
    spans = [(float(r["onset"]), float(r["onset"]) + float(r["duration"])) for r in told]
    ours = Annotation(spans, 10, 600)
    truth = Annotation([(s.start_s, s.stop_s) for s in SEIZURES], 10, 600)
    score = EventScoring(truth, ours, EventScoring.Parameters(minDurationBetweenEvents=0))
    assert (score.tp, score.fp, score.refTrue) == (3, 0, 3)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="szcore-evaluation needs Python 3.12")
def test_szcore_evaluation_reads_the_tables(one: tuple[Path, Path], tmp_path: Path) -> None:
    if importlib.util.find_spec("szcore_evaluation") is None:
        pytest.skip("needs szcore-evaluation")
    for name in ("ref", "hyp"):
        place = tmp_path / name / "sub-01" / "ses-01" / "eeg"
        place.mkdir(parents=True)
        out = place / "sub-01_ses-01_task-szMonitoring_run-00_events.tsv"
        assert run(["export", str(one[1]), "--format", "szcore", "--out", str(out)]) == 0
    code = "import sys; from szcore_evaluation.evaluate import evaluate_dataset as e; e(*sys.argv[1:])"
    told = tmp_path / "out.json"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "ref"), str(tmp_path / "hyp"), str(told)], check=True)
    assert json.loads(told.read_text())["event_results"]["f1"] == 1.0


@pytest.mark.slow
def test_the_command_of_the_container_reads_input_and_writes_output(tmp_path: Path) -> None:
    """What the Containerfile runs, as a plain process: absolute paths, and the variables that a container is given."""
    source = Planted(annotations=()).write(tmp_path / "in.edf")
    out = tmp_path / "output" / "events.tsv"
    command = [sys.executable, "-m", "ictal", "szcore"]
    told = {**os.environ, "INPUT": str(source), "OUTPUT": str(out)}
    done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = rows(out)
    assert len(found) >= 1
    assert all(r["eventType"] == "bckg" or r["eventType"].startswith("sz") for r in found)
    assert {r["recordingDuration"] for r in found} == {"60.00"}
    nameless = subprocess.run(
        command, env={k: v for k, v in told.items() if k != "INPUT"}, capture_output=True, text=True
    )
    assert (nameless.returncode, len(nameless.stderr.strip().splitlines())) == (2, 1)


def test_the_containerfile_keeps_the_contract_of_szcore() -> None:
    """Volumes, INPUT and OUTPUT from the environment, a user without rights: as its template has them."""
    said = (ROOT / "containers" / "szcore" / "Containerfile").read_text()
    for line in ('VOLUME ["/data"]', 'VOLUME ["/output"]', 'ENV INPUT=""', 'ENV OUTPUT=""', "USER app"):
        assert f"\n{line}\n" in said
    assert said.rstrip().endswith('CMD ictal szcore "/data/${INPUT}" "/output/${OUTPUT}"')
    described = (ROOT / "containers" / "szcore" / "ictal.yaml").read_text()
    keys = set(re.findall(r"^(\w+):", described, re.MULTILINE))
    assert {"title", "short_title", "image", "authors", "license"} <= keys
    assert re.search(r'^image: "?.+/.+:.+"?$', described, re.MULTILINE)


def test_the_score_report_is_valid_and_says_what_the_tables_say(one: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "score.json"
    assert run(["export", str(one[1]), "--format", "score", "--out", str(out)]) == 0
    report = json.loads(out.read_text())
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(report, schema())
    assert [(e["onset_s"], e["duration_s"], e["pattern"]) for e in report["episodes"]] == [
        (s.start_s, s.duration_s, s.pattern.value) for s in SEIZURES
    ]
    phases = report["episodes"][0]["phases"]
    assert [(p["sensor"], p["phase"], p["rhythm"]) for p in phases] == [
        ("O1", "Initial-ictal-phase", "Theta-activity"), ("O2", "Subsequent-ictal-phase", "Delta-activity"),
        ("T8", "Subsequent-ictal-phase", "Alpha-activity"),
    ]  # fmt: skip
    assert report["diagnostic_significance"] == "not captured"
    report["episodes"][0]["episode"] = "Epileptic-seizure"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, schema())


def test_the_schema_has_the_words_of_the_value_lists_and_each_its_source() -> None:
    phase = schema()["$defs"]["phase"]["properties"]
    for name, key in (("phase", "phase"), ("side", "side"), ("region", "region"), ("rhythm", "rhythm")):
        assert set(terms(name)) == set(phase[key]["enum"]) - {None}
    assert value_lists()["provenance"] == "read"
    assert all(t["table"] for one in value_lists()["list"] for t in one["terms"])
