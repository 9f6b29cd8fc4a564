"""A marked seizure without a place: it counts in number and time, and says nothing of foci, sides and migration."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from ictal.base.provenance import Step
from ictal.base.time import Interval
from ictal.eeg.findings.sentences import sentences
from ictal.eeg.tracking.types import Pattern, Seizure
from tests.findings.made import findings_of, focal, migrating


def unplaced(start_s, stop_s):
    return Seizure((), Pattern.uncertain, math.nan, Interval(start_s, stop_s))


PLACED = (focal(100, 130, "C3"), migrating(300, 360, ("C3", "C4")), focal(900, 930, "T7"))


def with_unplaced():
    return tuple(sorted((*PLACED, unplaced(90, 110), unplaced(600, 660)), key=lambda s: s.start_s))


def test_only_a_marked_seizure_may_have_no_leg():
    with pytest.raises(ValueError, match="at least one leg"):
        Seizure((), Pattern.uncertain, 0.5)
    seizure = unplaced(10, 20)
    assert (seizure.start_s, seizure.stop_s, seizure.duration_s) == (10, 20, 10)
    assert (seizure.path, seizure.channels, seizure.crosses_midline, seizure.localised) == ((), (), False, False)
    with pytest.raises(ValueError, match="not localised"):
        _ = seizure.onset


def test_a_marked_seizure_lasts_as_long_as_its_mark():
    seizure = replace(focal(100, 130, "C3"), marked=Interval(95.5, 140.0))
    assert (seizure.start_s, seizure.stop_s) == (95.5, 140.0)
    assert seizure.onset.start_s == 100


def test_it_counts_in_number_and_time():
    found = findings_of(with_unplaced())
    assert found.seizures == 5
    assert found.patterns["uncertain"] == 2
    assert found.seizure_s == 30 + 60 + 30 + 60 + 10
    assert found.burden_by_hour[0].seizures == 5


def test_it_says_nothing_of_places_and_the_numbers_of_seizures_stay():
    plain, found = findings_of(PLACED), findings_of(with_unplaced())
    assert found.migration == plain.migration
    assert (found.independence.foci, found.independence.overlapping_pairs) == (plain.independence.foci, ())
    numbers = {k for f in found.foci for k in f.seizure_ids}
    assert [with_unplaced()[k - 1].onset.electrode for k in sorted(numbers)] == [
        PLACED[k - 1].onset.electrode for k in sorted({k for f in plain.foci for k in f.seizure_ids})
    ]


def test_sentences_say_that_they_were_marked_and_how_many_have_no_place():
    found = findings_of(with_unplaced())
    step = Step("marks", {"source": "SzCORE table"}, {"not_localised": 2, "left_out": 1})
    said = " ".join(sentences(replace(found, steps=(*found.steps, step))).statements)
    assert "5 seizures were marked in" in said
    assert "marks from elsewhere (SzCORE table)" in said
    assert "2 of 5 could not be localised" in said
    assert "1 mark was left out" in said
    assert "were found in" not in said


def test_nothing_but_seizures_without_a_place_is_no_word_about_migration():
    found = findings_of((unplaced(10, 40),))
    assert not any("migrate" in s for s in found.statements)
    assert found.migration.migrating.of == 0
