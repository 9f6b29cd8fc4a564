"""Foci, independence, migration: each rule on seizures made by hand, in the names that the file used."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.electrodes import TEN_TWENTY, mirror
from ictal.eeg.findings.state import find_foci
from ictal.exchange.findings_json import findings_to_dict, schema
from tests.findings.made import findings_of, focal, leg, migrating, onsets, recording_of, seizure


def test_onsets_at_one_electrode_or_beside_it_are_one_focus():
    (focus,) = find_foci(onsets("T7", "O1", "T7", "P7", "F8"))
    assert (focus.electrode, focus.electrodes) == ("T7", ("P7", "T7"))
    assert (focus.hemisphere, focus.lobe) == ("left", "temporal")
    assert (focus.seizures, focus.seizure_ids) == (3, (1, 3, 4))


def test_one_onset_is_no_focus():
    assert find_foci(onsets("T7", "O2")) == ()
    assert find_foci([]) == ()


def test_places_across_the_midline_are_never_one_focus():
    assert find_foci(onsets("O1", "O2")) == ()
    assert [f.electrode for f in find_foci(onsets("Fp1", "Fp2", "Fp2", "Fp1"))] == ["Fp1", "Fp2"]


def test_the_midline_may_join_a_side():
    (focus,) = find_foci(onsets("Cz", "C4", "C4"))
    assert (focus.electrode, focus.electrodes, focus.hemisphere) == ("C4", ("C4", "Cz"), "right")


def test_a_chain_of_neighbours_is_not_one_focus():
    """F7, T7 and P7 lie in a row: the place with most onsets takes its neighbours, not the neighbours' neighbours."""
    (focus,) = find_foci(onsets("F7", "F7", "T7", "P7"))
    assert (focus.electrode, focus.seizure_ids) == ("F7", (1, 2, 3))


def test_foci_are_told_with_most_seizures_first():
    found = find_foci(onsets("O2", "C3", "O2", "C3", "C3"))
    assert [(f.electrode, f.seizures) for f in found] == [("C3", 3), ("O2", 2)]


@given(st.lists(st.sampled_from(TEN_TWENTY), max_size=20))
def test_each_seizure_belongs_to_at_most_one_focus(places):
    found = find_foci(onsets(*places))
    ids = [n for f in found for n in f.seizure_ids]
    assert len(ids) == len(set(ids))
    assert all(f.seizures == len(f.seizure_ids) >= 2 for f in found)
    assert all({places[n - 1] for n in f.seizure_ids} == set(f.electrodes) for f in found)


@given(st.lists(st.sampled_from(TEN_TWENTY), max_size=12))
def test_a_mirrored_head_has_mirrored_foci(places):
    """No tie is broken in favour of a side."""
    found, mirrored = find_foci(onsets(*places)), find_foci(onsets(*map(mirror, places)))
    assert [(mirror(f.electrode), f.seizure_ids) for f in found] == [(f.electrode, f.seizure_ids) for f in mirrored]


def test_independence_counts_foci_by_side():
    found = findings_of(onsets("T7", "T7", "O2", "O2", "F4", "F4", "Cz", "Cz")).independence
    assert (found.foci, found.foci_left, found.foci_right, found.both_hemispheres) == (4, 1, 2, True)
    assert not findings_of(onsets("T7", "T7", "Cz", "Cz")).independence.both_hemispheres


@pytest.mark.parametrize(
    ("first", "second", "pairs"),
    [
        ((100, 140, "T7"), (120, 160, "F8"), ((1, 2),)),
        ((100, 140, "T7"), (120, 160, "P7"), ()),  # neighbours: not independent
        ((100, 140, "T7"), (140, 160, "F8"), ()),  # they only meet
        ((100, 140, "O1"), (120, 130, "O2"), ((1, 2),)),  # the two sides are two places, however near
    ],
)
def test_pairs_that_were_open_at_once_in_far_places(first, second, pairs):
    assert findings_of([focal(*first), focal(*second)]).independence.overlapping_pairs == pairs


def test_delays_and_handovers_of_migrations():
    one = seizure(leg(100, 120, "T7"), leg(115, 140, "T8", 0, "migration"), leg(142, 150, "O1", 1, "migration"))
    moved = findings_of([one]).migration
    assert moved.onset_delays_s == (15.0, 27.0)
    assert moved.handovers_s == (-5.0, 2.0)


def test_spread_is_no_migration():
    moved = findings_of([seizure(leg(100, 130, "T7"), leg(105, 130, "C3", 0, "spread"))]).migration
    assert (moved.migrating.count, moved.onset_delays_s, moved.handovers_s) == (0, (), ())


def test_shares_are_of_all_seizures_and_homotopy_of_the_migrations_across():
    both = seizure(leg(500, 530, "T7"), leg(501, 530, "T8", 0, "simultaneous"))
    found = findings_of(
        [migrating(100, 160, ("T7", "T8", "O1")), migrating(200, 260, ("O1", "F3")), focal(300, 320, "Cz"), both]
    )
    moved = found.migration
    assert (moved.migrating.count, moved.migrating.of) == (2, 4)
    assert (moved.crossing_midline.count, moved.crossing_midline.of) == (2, 4)
    assert (moved.homotopic.count, moved.homotopic.of) == (1, 2)
    assert found.patterns == {"focal": 1, "spreading": 0, "migrating": 2, "bilateral": 1, "uncertain": 0}


@pytest.mark.parametrize(
    ("start", "end", "homotopic"),
    [
        ("C3", "C4", True), ("C3", "P4", True), ("C3", "T8", True), ("C3", "F4", True),
        ("C3", "O2", False), ("C3", "F8", False), ("O1", "O2", True), ("O1", "P8", True), ("O1", "T8", False),
        ("F8", "F7", True), ("T7", "F8", True), ("Fp1", "O2", False),
    ],
)  # fmt: skip
def test_homotopic_is_the_mirror_place_or_beside_it(start, end, homotopic):
    moved = findings_of([migrating(100, 140, (start, end))]).migration
    assert (moved.homotopic.count, moved.homotopic.of) == (int(homotopic), 1)


def test_markers_are_medians_and_absent_without_seizures():
    found = {m.name: m for m in findings_of([focal(0, 20, "T7"), migrating(100, 160, ("O1", "O2"))]).markers}
    assert (found["seizure_duration"].value, found["seizure_duration"].unit) == (40.0, "s")
    assert (found["ictal_frequency"].value, found["onset_delay"].value) == (4.0, 30.0)
    assert [m.value for m in findings_of().markers] == [None] * 5


def test_places_have_the_names_that_the_file_used():
    case = [focal(100, 120, "T7"), focal(200, 220, "P7"), focal(300, 320, "P7"), migrating(400, 440, ("P8", "T8"))]
    old = findings_of(case)
    assert (old.foci[0].electrode, old.foci[0].electrodes) == ("T5", ("T5", "T3"))
    assert "T3" in old.recorded.electrodes
    text = str(findings_to_dict(old))
    for modern in ("T7", "T8", "P7", "P8"):
        assert modern not in text
    capitals = [f"EEG {e.upper()}-REF" for e in TEN_TWENTY]
    new = findings_of([focal(100, 120, "Fp1"), focal(200, 220, "Fp1")], recording_of(capitals))
    assert new.foci[0].electrode == "FP1"
    assert new.statements[2] == "Seizures kept starting at 1 place: FP1 (left frontal, 2)."


def test_old_and_new_names_say_the_same_otherwise():
    case = onsets("T7", "P7", "T7", "O2", "O2")
    old, new = findings_of(case), findings_of(case, recording_of([e for e in TEN_TWENTY if e != "Pz"]))
    assert [f.seizure_ids for f in old.foci] == [f.seizure_ids for f in new.foci]
    assert [s.replace("T3", "T7") for s in old.statements] == list(new.statements)


def test_findings_of_any_kind_follow_the_published_schema():
    check = jsonschema.Draft202012Validator(schema())
    for made in (findings_of(), findings_of(onsets("T7", "O2", "O2")), findings_of([migrating(1, 90, ("T7", "T8"))])):
        check.validate(findings_to_dict(made))


def test_the_last_step_is_this_one_with_its_rules():
    steps = findings_of(onsets("T7", "T7")).steps
    assert [s.name for s in steps] == ["signal", "findings"]
    assert steps[-1].parameters["readable_share"] == 0.5
    assert (steps[-1].outcome, bool(steps[-1].version)) == ({"foci": 1, "seizure_s_not_read": 0.0}, True)
