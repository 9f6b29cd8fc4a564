"""Marks of a simulation's true seizures: where they are found, and what must not change that."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

import ictal
from ictal.analysis import Settings
from ictal.base.electrodes import OLD_NAMES, electrode, mirror
from ictal.base.errors import TableError, UsageError
from ictal.base.time import Interval, to_sample
from ictal.eeg.detection.types import Mark, Marks
from ictal.eeg.tracking.types import Pattern
from ictal.testing import planted, recording_of
from tests.recover.line import LENGTH_S, RATE_HZ, storm, unscaled

OLD = {modern: old for old, modern in OLD_NAMES.items()}


@lru_cache(maxsize=2)
def marked(channels=False):
    """The marks of the truth, and what they became."""
    case = storm()
    marks = tuple(Mark(s.start_s, s.stop_s, s.path if channels else ()) for s in case.truth)
    return case, marks, ictal.analyse(case.altered(), events=marks)


def told(analysis, name=str, later_s=0.0):
    return [
        (round(s.start_s + later_s, 6), round(s.stop_s + later_s, 6), s.pattern, tuple(name(e) for e in s.path))
        for s in analysis.seizures
    ]


@pytest.mark.parametrize("channels", [False, True])
def test_every_mark_is_one_seizure_of_its_own_time(channels):
    _, marks, found = marked(channels)
    assert [(s.start_s, s.stop_s) for s in found.seizures] == sorted((m.start_s, m.stop_s) for m in marks)
    for seizure in found.seizures:
        assert np.isnan(seizure.confidence)
        assert all(seizure.start_s <= g.start_s < g.stop_s <= seizure.stop_s for g in seizure.legs)


def test_discharges_lie_inside_marks_alone():
    _, marks, found = marked()
    inside = [Interval(m.start_s, m.stop_s) for m in marks]
    for d in found.discharges:
        assert any(i.start_s <= d.start_s < d.stop_s <= i.stop_s for i in inside)


def test_most_seizures_are_found_on_their_side_and_with_channels_nearly_all():
    """Measured here and over other seeds: docs/detectors.md."""
    for channels, least in ((False, 0.75), (True, 0.9)):
        case, _, found = marked(channels)
        truth = sorted(case.truth, key=lambda s: (s.start_s, s.stop_s))
        right = [
            bool(f.path) and electrode(f.path[0]).hemisphere is electrode(t.path[0]).hemisphere
            for t, f in zip(truth, found.seizures, strict=True)
        ]
        assert np.mean(right) >= least


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_gain_does_not_matter(gain):
    """The thresholds of the masks are microvolts, so they are scaled too."""
    case, marks, found = marked()
    scaled = {name: gain * value for name, value in unscaled(Settings()).items()}
    settings = Settings(signal=msgspec.structs.replace(Settings().signal, **scaled))
    assert told(ictal.analyse(case.altered(gain * case.uv), settings, events=marks)) == told(found)


def test_names_and_the_order_of_marks_do_not_matter():
    case, marks, found = marked()
    old = [OLD.get(e, e) for e in case.electrodes]
    assert told(ictal.analyse(case.altered(names=old), events=marks[::-1])) == told(found)


def test_mirrored_left_and_right_the_paths_mirror():
    case, marks, found = marked()
    mirrored = ictal.analyse(case.altered(names=[mirror(e) for e in case.electrodes]), events=marks)
    assert told(mirrored) == told(found, mirror)


def test_what_lies_before_the_cut_does_not_matter_to_when():
    case, marks, _ = marked()
    late_s = 64
    kept = tuple(Mark(m.start_s - late_s, m.stop_s - late_s) for m in marks)
    cut = ictal.analyse(case.altered(case.uv[:, to_sample(late_s, RATE_HZ) :]), events=kept)
    inside = [m for m in kept if m.stop_s > 0]
    assert [s.stop_s for s in cut.seizures] == pytest.approx(
        [m.stop_s for m in sorted(inside, key=lambda m: m.start_s)]
    )


# --- marks that are odd


def quiet(gap=None):
    case = storm()
    if gap is None:
        return case.altered()
    a, b = (to_sample(t, RATE_HZ) for t in gap)
    spans = (Interval(0.0, float(gap[0])), Interval(float(gap[1]), float(LENGTH_S)))
    return case.altered(np.concatenate([case.uv[:, :a], case.uv[:, b:]], axis=1), segments=spans)


def notes_of(analysis):
    return next(s for s in analysis.findings.steps if s.name == "marks").outcome["notes"]


def test_marks_in_over_and_across_a_gap():
    found = ictal.analyse(quiet((200, 300)), events=[Mark(210.0, 250.0), Mark(190.0, 220.0), Mark(180.0, 320.0)])
    assert [(s.start_s, s.stop_s) for s in found.seizures] == [(180.0, 320.0), (190.0, 200.0)]
    text = " ".join(notes_of(found))
    assert "The mark of 210.0 s lies in a gap" in text
    assert "The mark of 190.0 s reaches to where nothing was recorded and was cut to 190.0-200.0 s" in text
    assert "The mark of 180.0 s has a gap in it" in text
    assert not any(d.interval.overlap_s(Interval(200.0, 300.0)) for d in found.discharges)


def test_negative_lengths_and_times_that_are_no_numbers_are_left_out_by_name():
    marks = Marks("test", (Mark(50.0, 20.0), Mark(float("nan"), 5.0), Mark(100.0, 130.0)))
    found = ictal.analyse(quiet(), events=marks)
    assert [(s.start_s, s.stop_s) for s in found.seizures] == [(100.0, 130.0)]
    assert any("ends before it begins (20.0 s) and was left out" in n for n in notes_of(found))
    assert any("a time that is no number and was left out" in n for n in notes_of(found))


def test_a_mark_without_a_length_lasts_as_long_as_its_rhythm():
    case = storm()
    longest = max(case.truth, key=lambda s: s.duration_s)
    (found,) = ictal.analyse(case.altered(), events=[Mark(longest.start_s, longest.start_s, longest.path[:1])]).seizures
    assert found.start_s == longest.start_s
    assert found.duration_s <= 60.0


def test_channels_are_understood_as_electrodes_pairs_old_names_and_derivations():
    case = storm()
    seizure = max(case.truth, key=lambda s: s.duration_s)
    said = []
    for channels in (("T7", "P7"), ("T3-T5",), ("EEG T3-Ref", "EEG T5-A2"), ("T7-avg", "p7-AVG")):
        found = ictal.analyse(case.altered(), events=[Mark(seizure.start_s, seizure.stop_s, channels)])
        said.append((told(found), found.discharges))
        assert {d.electrode for d in found.discharges} == {"T7", "P7"}
    assert all(one == said[0] for one in said)


def test_channels_that_are_not_here_or_nearly_all_say_nothing_of_the_place():
    case = storm()
    seizure = max(case.truth, key=lambda s: s.duration_s)
    plain = told(ictal.analyse(case.altered(), events=[Mark(seizure.start_s, seizure.stop_s)]))
    for channels in (("XX",), ("all",), case.electrodes):
        assert told(ictal.analyse(case.altered(), events=[Mark(seizure.start_s, seizure.stop_s, channels)])) == plain


@pytest.mark.parametrize("length_s", [0.5, 2.0, 3.7])
def test_a_mark_of_a_few_seconds_keeps_its_length(length_s):
    (found,) = ictal.analyse(quiet(), events=[Mark(300.2, 300.2 + length_s, ("C3",))]).seizures
    assert found.duration_s == pytest.approx(length_s)
    assert found.path == ("C3",)


def test_anything_with_a_start_and_a_stop_is_a_mark():
    case, marks, found = marked(channels=False)
    plain = [SimpleNamespace(start_s=m.start_s, stop_s=m.stop_s) for m in marks]
    again = ictal.analyse(case.altered(), events=plain)
    assert told(again) == told(found)
    steps = [next(s for s in a.findings.steps if s.name == "marks") for a in (again, found)]
    assert steps[0].parameters["sha256"] == steps[1].parameters["sha256"] != ""
    with pytest.raises(UsageError, match="A tuple is no event"):
        ictal.analyse(case.altered(), events=[(1.0, 2.0)])


def test_a_mark_of_background_alone_has_no_place_and_the_likeliest_is_named_as_a_guess():
    """There is always some rhythm in a background: it is not made a place because someone marked these seconds."""
    plain = recording_of(planted(128.0), 128.0)
    found = ictal.analyse(plain, events=[Mark(20.0, 60.0), Mark(140.0, 190.0)])
    assert [(s.localised, s.pattern, s.path) for s in found.seizures] == [
        (False, Pattern.uncertain, ()), (True, Pattern.focal, ("O1",)),
    ]  # fmt: skip
    (note,) = [n for n in notes_of(found) if "place is not known" in n]
    assert note.startswith("The mark of 20.0 s shows no rhythm that")
    eager = Settings(tracking=msgspec.structs.replace(Settings().tracking, marked_leg_probability=0.0))
    assert ictal.analyse(plain, eager, events=[Mark(60.0, 90.0)]).seizures[0].localised


@pytest.mark.parametrize("place", ["O1", "C3", "Cz", "T8", "Fp2"])
@pytest.mark.parametrize("start_s", [20.0, 60.5])
def test_a_place_that_was_named_is_the_place_rhythm_or_none(place, start_s):
    """In background alone, too: what a reader says is not lost because Ictal sees nothing that it would follow."""
    (found,) = ictal.analyse(
        recording_of(planted(128.0), 128.0), events=[Mark(start_s, start_s + 40, (place,))]
    ).seizures
    assert found.path == (place,)
    assert (found.start_s, found.stop_s) == (start_s, start_s + 40)


@pytest.mark.parametrize(
    ("events", "said"),
    [("marks.tsv", "give ictal.read_marks"), (Mark(1.0, 2.0), "a list of marks, not one Mark"),
     ([Mark("1", 2.0)], "start_s is '1', which is no number"), ([Mark(1.0, 2.0, (), "high")], "confidence is 'high'")],
)  # fmt: skip
def test_events_that_are_none_are_one_sentence(events, said):
    with pytest.raises(UsageError, match=said):
        ictal.analyse(quiet(), events=events)


def test_channels_and_confidence_of_any_kind():
    plain = ictal.analyse(quiet(), events=[Mark(100.0, 130.0, ("C3",), 0.5)])
    for event in (
        SimpleNamespace(start_s=100, stop_s=np.float32(130), channels="C3", confidence=np.float32(0.5)),
        SimpleNamespace(start_s=100, stop_s=130, channels=["C3"], confidence=np.float64(0.5)),
    ):
        again = ictal.analyse(quiet(), events=[event])
        assert (told(again), again.seizures[0].confidence) == (told(plain), 0.5)


def test_marks_in_a_gap_alone_leave_a_result_and_marks_of_another_recording_do_not():
    found = ictal.analyse(quiet((200, 300)), events=[Mark(210.0, 250.0)])
    assert found.seizures == ()
    assert any("lies in a gap" in n for n in found.findings.recorded.notices)
    for mark in (Mark(LENGTH_S + 1.0, LENGTH_S + 9.0), Mark(-9.0, -1.0)):
        with pytest.raises(TableError, match="None of the 1 marks lies in the recording"):
            ictal.analyse(quiet(), events=[mark])


def test_a_confidence_that_cannot_be_is_left_out_by_name():
    found = ictal.analyse(quiet(), events=[Mark(100.0, 130.0, (), 7.0)])
    assert np.isnan(found.seizures[0].confidence)
    assert any("a confidence of 7, which is not between 0 and 1" in n for n in notes_of(found))
