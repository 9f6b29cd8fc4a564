"""Recordings stay where they are, known by digest; findings are attached to them; neither tells who the child is."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.base.errors import IctalError, StudyError
from ictal.infant.timeline.types import Growth, Infant, Recording
from ictal.study import Study
from ictal.study.recordings import recording_from
from tests.exchange.findings_made import results_of

GIRL = Infant(pseudonym="inf-1", sex="female", gestation_weeks=32)
SECRET = "Jane_Doe_1999-01-01"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / f"{SECRET}.edf"
    path.write_bytes(b"an EEG")
    return path


@pytest.fixture
def results(tmp_path: Path, file: Path) -> Path:
    return results_of(file, tmp_path / "results")


def test_a_recording_gets_its_place_in_the_record(study: Study, file: Path, results: Path):
    study.new(GIRL, who="mk")
    kept, found, placed = recording_from(study.infant("inf-1"), 91, file, results)
    flagged = study.attach(kept, found, "mk", placed)
    assert flagged == ("The recording is simulated and the infant 'inf-1' is not: keep the two apart.",)
    (entry,) = study.infant("inf-1").of(Recording)
    assert entry.found is not None
    assert (entry.found.seizures, entry.found.migrating, entry.found.longest_min) == (2, 1, 65 / 60)
    assert entry.found.burden_min_per_h == pytest.approx(60 * 90 / 3400.5)
    assert [h.seizures for h in entry.found.by_hour] == [2, 0]
    assert (entry.found.status, entry.found.status_rule) == ("no", "20 % of an hour")
    assert entry.found.simulated
    again = study.findings(entry.digest)
    assert again is not None
    assert [row.path for row in again.seizures or ()] == [("O1", "T8"), ("O1",)]
    (known,) = study.recordings("inf-1")
    assert known.path == str(file)
    assert study.verify().holds


def test_nothing_but_the_place_names_the_file_or_its_date(study: Study, file: Path, results: Path):
    study.new(GIRL, who="mk")
    kept, found, entry = recording_from(GIRL, 91, file, results)
    study.attach(kept, found, "mk", entry)
    said = repr((study.infants(), study.history(), study.findings(kept.digest)))
    assert SECRET not in said
    assert "2026-03-04" not in said


def test_findings_again_replace_the_older_ones_and_stay_in_the_history(study: Study, file: Path, results: Path):
    study.new(GIRL, who="mk")
    for age_days in (90.0, 91.0, 91.0):
        kept, found, entry = recording_from(GIRL, age_days, file, results)
        study.attach(kept, found, "mk", entry)
    assert [e.age_days for e in study.infant("inf-1").of(Recording)] == [91.0]
    assert [c.verb for c in study.history() if c.subject == "entry"] == ["added", "changed"]


def test_a_recording_belongs_to_one_infant_and_a_refusal_loses_nothing(study: Study, file: Path, results: Path):
    study.new(GIRL.with_entries(Growth(age_days=3, head_cm=30)), who="mk")
    study.new(Infant(pseudonym="inf-2"), who="mk")
    kept, found, entry = recording_from(GIRL, 91, file, results)
    study.attach(kept, found, "mk", entry)
    before = study.verify()
    other = recording_from(Infant(pseudonym="inf-2"), 91, file, results)
    with pytest.raises(StudyError, match="attached to the infant 'inf-1' already"):
        study.attach(other[0], other[1], "mk", other[2])
    assert study.verify() == before


def test_findings_of_another_file_are_refused(file: Path, results: Path):
    file.write_bytes(b"another EEG")
    with pytest.raises(IctalError, match="of another recording"):
        recording_from(GIRL, 91, file, results)
    with pytest.raises(IctalError, match="Neither"):
        recording_from(GIRL, 91)
    with pytest.raises(IctalError, match="cannot be read"):
        recording_from(GIRL, 91, file.with_name("gone.edf"))


def test_without_the_table_of_seizures_what_it_would_say_is_not_captured(results: Path):
    (results / "seizures.tsv").unlink()
    found = recording_from(GIRL, 91, None, results)[2].found
    assert found is not None
    assert (found.seizures, found.onsets_left, found.status) == (2, None, "not captured")
