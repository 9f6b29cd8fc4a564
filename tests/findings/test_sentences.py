"""The statements are true, whole sentences, and honest of what was not captured."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.electrodes import modern_name
from ictal.eeg.findings.sentences import duration
from ictal.eeg.signal.types import Mask
from tests.findings.made import OLD, findings_of, focal, leg, migrating, recording_of, seizure

NOT_ABSENT = "not captured"


def said(*args, **kwargs):
    """All but the rules of status, which have their own tests (test_status.py)."""
    statements = findings_of(*args, **kwargs).statements
    return tuple(s for s in statements if not s.startswith("Status by"))


def test_no_seizure():
    assert said() == (
        "No seizure was found in 60 min that could be read.",
        "What was not seen was not captured in this recording, which is not the same as absent.",
        "Without a seizure in this time, up to 3 seizures an hour could have been missed (95 % bound).",
    )


def test_nothing_readable_says_nothing_about_seizures():
    first, *rest = said(hidden=[(None, 0, 3600, Mask.flat)])
    assert first == "Nothing of this recording could be read, so nothing can be said about seizures."
    assert not any("No seizure" in s for s in rest)
    assert NOT_ABSENT in rest[0]


def test_a_seizure_where_hardly_anything_could_be_read():
    text = " ".join(said([focal(100, 120, "O1")], hidden=[(None, 0, 3600, Mask.flat)]))
    assert text.startswith("1 seizure was found by few electrodes")
    assert "nothing can be said" not in text


def test_one_seizure_that_stayed():
    assert said([focal(100, 160, "O1")]) == (
        "1 seizure was found in 60 min that could be read: 60 s of seizure, 1.0 minutes an hour.",
        "It was not seen to migrate.",
        "What was not seen was not captured in this recording, which is not the same as absent.",
        "That none migrated rests on 1 seizure: up to 95 % of this infant's could migrate and be missed "
        "(exact 95 % bound).",
        "The one onset with a side was on the left: up to 95 % of this infant's could begin on the right and be missed "
        "(exact 95 % bound).",
    )


def test_one_seizure_that_migrated():
    assert said([migrating(100, 160, ("T7", "T8"))])[1] == (
        "It migrated from one region or hemisphere to another, and showed legs on both sides of the head."
    )
    assert said([migrating(100, 160, ("T7", "F3"))])[1] == "It migrated from one region or hemisphere to another."


def test_several_seizures():
    case = [migrating(100, 160, ("T7", "T8")), focal(140, 200, "O2"), focal(300, 320, "T7"), focal(400, 420, "O2")]
    assert said(case) == (
        "4 seizures were found in 60 min that could be read: 2 min 20 s of seizure, 2.3 minutes an hour.",
        "1 of 4 (25 %, 95 % interval 5-70 %) migrated from one region or hemisphere to another; "
        "1 of 4 (25 %, 95 % interval 5-70 %) showed legs on both sides of the head.",
        "Seizures kept starting at 2 places: T3 (left temporal, 2), O2 (right occipital, 2).",
        "The foci lie in both hemispheres.",
        "1 pair of seizures was open at once in different places.",
        "A place took over from another 1 time; with each place's own timing shuffled it is 0.1 "
        "(95 % of shuffles 0-1; p = 0.086).",
    )


def test_several_seizures_from_several_places():
    text = said([focal(100, 120, "T7"), focal(200, 220, "O2")])
    assert text[1:3] == ("None of them was seen to migrate.", "No place of repeated onset was found.")


def test_a_short_recording_warns():
    text = said([migrating(10, 50, ("T7", "T8"))], recording_of(segments=[(0, 1200)]))
    assert (
        "Only 20 min could be read: what was not seen here was not captured, which is not the same as absent." in text
    )


def test_gaps_are_time_in_which_nobody_looked():
    text = said(recording=recording_of(segments=[(0, 3600), (3700, 7300), (7320, 9000)]))
    assert "The recording has 2 gaps, 2 min in all, in which nobody looked." in text
    text = said(recording=recording_of(segments=[(0, 3600), (3700, 7300)]))
    assert "The recording has 1 gap, 100 s in all, in which nobody looked." in text


def test_an_electrode_that_could_hardly_be_read_is_named():
    text = said(hidden=[(["Cz-avg", "T3-avg"], 0, 2000, Mask.flat), (["O1-avg"], 0, 1700, Mask.flat)])
    assert "Less than half of the time could be read on T3-avg, Cz-avg: seizures there may have been missed." in text


lengths = st.floats(0.5, 300)


@st.composite
def cases(draw):
    found, at_s = [], 0.0
    for _ in range(draw(st.integers(0, 8))):
        at_s += draw(st.floats(-100, 300))
        start_s, length_s = max(0.0, at_s), draw(lengths)
        path = draw(st.lists(st.sampled_from([modern_name(e) for e in OLD]), min_size=1, max_size=4))
        way = draw(st.sampled_from(["migration", "spread", "simultaneous"]))
        legs = [leg(start_s, start_s + length_s, path[0])]
        legs += [leg(start_s + k, start_s + k + length_s, p, 0, way) for k, p in enumerate(path[1:], 1)]
        found.append(seizure(*legs))
    hidden = [(None, 0, draw(st.integers(0, 3600)), Mask.movement)]
    return sorted(found, key=lambda s: s.start_s), hidden


@given(cases())
def test_every_statement_is_a_sentence_that_agrees_with_the_numbers(case):
    seizures, hidden = case
    found = findings_of(seizures, hidden=hidden)
    for sentence in found.statements:
        assert re.fullmatch(r"[A-Z0-9].*\.", sentence)
        assert not re.search(r"None \(|nan|inf\b|\(s\)|  ", sentence)
        assert not re.search(r"(?<![\d.])1 (seizures|pairs|places|gaps)", sentence), sentence
    text = " ".join(found.statements)
    assert ("migrated from" in text) == (found.migration.migrating.count > 0)
    assert ("both hemispheres" in text) == found.independence.both_hemispheres
    assert (NOT_ABSENT in text) or (found.recorded.readable_s >= 1800 and found.migration.migrating.count > 0)
    assert not re.search(r"\bT7|T8|P7|P8\b", text)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"), (0.02, "0.1 s"), (0.44, "0.4 s"), (3.0, "3 s"), (48.2, "48 s"), (119.4, "119 s"), (119.6, "2 min"),
        (200, "3 min 20 s"), (3600, "60 min"), (7199, "119 min 59 s"), (7200, "2 h"), (85200, "23 h 40 min"),
        (7229.9, "2 h"), (10799, "3 h"),
    ],
)  # fmt: skip
def test_lengths_of_time_in_words(seconds, words):
    assert duration(seconds) == words
