"""Which recordings a dataset has, and what it says of the infants."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.base.errors import UsageError
from ictal.cohort.find import find_items


def make(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return root


def names(root: Path, out: str = "out") -> list[str]:
    return [item.name for item in find_items(root, root / out)]


def test_of_a_bids_dataset_the_eeg_files_of_its_subjects_are_taken_and_nothing_else(tmp_path):
    root = make(
        tmp_path / "ds",
        "dataset_description.json",
        "sub-1/ses-a/eeg/sub-1_ses-a_task-x_eeg.edf",
        "sub-1/ses-a/eeg/sub-1_ses-a_task-x_events.tsv",
        "sub-1/ses-a/eeg/sub-1_ses-a_task-x_channels.tsv",
        "sub-1/ses-a/eeg/sub-1_ses-a_task-x_meg.fif",
        "sub-2/eeg/sub-2_task-x_eeg.vhdr",
        "sub-2/eeg/sub-2_task-x_eeg.eeg",
        "sub-2/eeg/sub-2_task-x_eeg.vmrk",
        "sub-2/anat/sub-2_eeg.edf",
        "sub-2/eeg/.sub-2_task-y_eeg.edf",
        "derivatives/other/sub-1/eeg/sub-1_task-x_eeg.edf",
        "sourcedata/sub-1/eeg/sub-1_task-x_eeg.edf",
        "results/sub-1/eeg/sub-1_task-x_eeg.edf",
    )
    assert names(root) == ["sub-1/ses-a/eeg/sub-1_ses-a_task-x_eeg", "sub-2/eeg/sub-2_task-x_eeg"]


def test_any_other_folder_is_searched_at_every_depth_but_not_its_results(tmp_path):
    root = make(
        tmp_path, "a.edf", "b.EDF", "deep/er/c.bdf", "notes.txt", ".hidden/d.edf", "out/e.edf", "derivatives/f.edf"
    )
    assert names(root) == ["a", "b", "deep/er/c"]
    assert all(item.participant_id is None for item in find_items(root, root / "out"))


def test_files_that_differ_in_their_suffix_alone_have_results_of_their_own(tmp_path):
    assert names(make(tmp_path, "a.edf", "a.bdf", "b.edf")) == ["a-bdf", "a-edf", "b"]


def test_a_file_that_is_a_broken_link_is_an_item_and_will_be_a_row(tmp_path):
    (tmp_path / "gone.edf").symlink_to(tmp_path / "nowhere")
    assert names(tmp_path) == ["gone"]


@pytest.mark.parametrize(
    ("column", "cell", "units", "days"),
    [
        ("age_days", "40", None, 40.0),
        ("age_weeks", "2", None, 14.0),
        ("age_months", "6", None, 182.625),
        ("age", "0.5", None, 182.625),
        ("age", "12", "days", 12.0),
        ("age", "3", "months", 91.3125),
        ("age", "1", "year", 365.25),
        ("age", "0", None, 0.0),
        ("age", "n/a", None, None),
        ("age", "89+", None, None),
        ("age", "-1", None, None),
        ("age", "nan", None, None),
        ("sex", "F", None, None),
    ],
)
def test_ages_of_participants_have_the_units_that_the_dataset_gives(tmp_path, column, cell, units, days):
    make(tmp_path, "dataset_description.json", "sub-1/eeg/sub-1_task-x_eeg.edf")
    (tmp_path / "participants.tsv").write_text(f"participant_id\t{column}\nsub-1\t{cell}\n")
    if units:
        (tmp_path / "participants.json").write_text(f'{{"{column}": {{"Units": "{units}"}}}}')
    (item,) = find_items(tmp_path, tmp_path / "out")
    assert item.age_days == days


def test_the_age_at_a_session_goes_before_that_of_the_infant(tmp_path):
    make(
        tmp_path,
        "dataset_description.json",
        "sub-1/ses-a/eeg/sub-1_ses-a_task-x_eeg.edf",
        "sub-1/ses-b/eeg/sub-1_ses-b_task-x_eeg.edf",
    )
    (tmp_path / "participants.tsv").write_text("participant_id\tage_days\tgene\nsub-1\t10\tKCNT1\n")
    (tmp_path / "sub-1" / "sub-1_sessions.tsv").write_text("session_id\tage_days\nses-a\t10\nses-b\t100\n")
    assert [(i.session_id, i.age_days, i.gene) for i in find_items(tmp_path, tmp_path / "out")] == [
        ("ses-a", 10.0, "KCNT1"),
        ("ses-b", 100.0, "KCNT1"),
    ]


@pytest.mark.parametrize("text", ["", "nonsense", "participant_id\nsub-1\n", "\x00\xff", "a\tb\n1\n"])
def test_a_table_that_says_nothing_is_no_error(tmp_path, text):
    make(tmp_path, "dataset_description.json", "sub-1/eeg/sub-1_task-x_eeg.edf")
    (tmp_path / "participants.tsv").write_text(text)
    (tmp_path / "participants.json").write_text("[1, 2")
    (item,) = find_items(tmp_path, tmp_path / "out")
    assert (item.participant_id, item.age_days, item.gene) == ("sub-1", None, None)


def test_folders_without_recordings_are_one_sentence(tmp_path):
    with pytest.raises(UsageError, match="There is no EEG file in"):
        find_items(tmp_path, tmp_path / "out")
    with pytest.raises(UsageError, match="is not there: check the path"):
        find_items(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "one.edf").write_text("")
    with pytest.raises(UsageError, match="is a file: give the folder of a dataset, or use `ictal analyse`"):
        find_items(tmp_path / "one.edf", tmp_path / "out")
