"""Burden: seizure minutes per readable hour. Seizures that overlap count once, what could not be read not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.state import burden_by_hour, readable_time
from ictal.eeg.signal.montage import build
from ictal.eeg.signal.types import Mask
from tests.findings.made import OLD, findings_of, focal, masks_of, recording_of


def test_minutes_of_seizure_in_an_hour():
    found = findings_of([focal(100, 160, "O1"), focal(1000, 1120, "T7")])
    assert (found.seizure_s, found.burden_min_per_h) == (180.0, 3.0)


def test_seconds_of_two_seizures_count_once():
    found = findings_of([focal(100, 160, "O1"), focal(130, 190, "F8")])
    assert (found.seizures, found.seizure_s, found.burden_min_per_h) == (2, 90.0, 1.5)


def test_an_hour_counts_only_what_could_be_read():
    found = findings_of([focal(100, 160, "O1")], hidden=[(None, 1800, 3600, Mask.movement)])
    assert found.recorded.readable_s == 1800.0
    assert found.burden_min_per_h == 2.0


def test_seizure_time_that_could_not_be_read_does_not_count_either():
    """Else ten minutes of which one was readable would make a burden of more than sixty minutes an hour."""
    found = findings_of([focal(0, 600, "O1")], hidden=[(None, 60, 3600, Mask.movement)])
    assert found.seizure_s == 600.0
    assert found.burden_min_per_h == 60.0


def test_nothing_readable_is_no_burden_and_not_zero():
    found = findings_of(hidden=[(None, 0, 3600, Mask.flat)])
    assert found.burden_min_per_h is None
    assert [h.burden_min_per_h for h in found.burden_by_hour] == [None]


def test_no_seizure_is_a_burden_of_zero():
    assert findings_of().burden_min_per_h == 0.0


def test_a_seizure_over_the_hour_is_split_and_counted_where_it_began():
    found = findings_of([focal(3570, 3630, "O1"), focal(7000, 7010, "F8")], recording_of(segments=[(0, 9000)]))
    hours = found.burden_by_hour
    assert [(h.hour, h.start_s, h.readable_s, h.seizure_s, h.seizures) for h in hours] == [
        (0, 0.0, 3600.0, 30.0, 1), (1, 3600.0, 3600.0, 40.0, 1), (2, 7200.0, 1800.0, 0.0, 0),
    ]  # fmt: skip
    assert [h.burden_min_per_h for h in hours] == [0.5, 0.667, 0.0]


def test_an_hour_inside_a_gap_is_not_known():
    found = findings_of([focal(60, 120, "O1")], recording_of(segments=[(0, 1800), (9000, 10800)]))
    assert [h.readable_s for h in found.burden_by_hour] == [1800.0, 0.0, 1800.0]
    assert [h.burden_min_per_h for h in found.burden_by_hour] == [2.0, None, 0.0]
    assert (found.recorded.duration_s, found.recorded.recorded_s) == (10800.0, 3600.0)
    assert found.recorded.gaps == ((1800.0, 9000.0),)


@pytest.mark.parametrize(("rows", "readable_s"), [(8, 3600.0), (9, 3600.0), (10, 2600.0)])
def test_a_second_is_readable_when_at_least_half_of_the_derivations_are(rows, readable_s):
    recording = recording_of()
    montage = build(recording)
    masks = masks_of(recording, montage, [(montage.labels[:rows], 1000, 2000, Mask.saturated)])
    assert len(montage.labels) == len(OLD) == 18
    assert readable_time(recording, masks).total_s == readable_s


def test_mains_hum_is_named_and_read_through():
    found = findings_of(hidden=[(None, 0, 3600, Mask.mains)])
    assert found.recorded.readable_s == 3600.0
    assert all(q.masked_s == {"mains": 3600.0} and q.readable_s == 3600.0 for q in found.quality)


def test_quality_says_for_how_long_and_why():
    hidden = [(["T3-avg"], 0, 100, Mask.flat), (["T3-avg"], 50, 150, Mask.muscle)]
    quality = {q.derivation: q for q in findings_of(hidden=hidden).quality}
    assert quality["T3-avg"].readable_s == 3450.0
    assert quality["T3-avg"].masked_s == {"flat": 100.0, "muscle": 100.0}
    assert (quality["Cz-avg"].readable_s, quality["Cz-avg"].masked_s) == (3600.0, {})


def test_quality_counts_part_of_a_second_at_the_end_and_no_gap():
    found = findings_of(recording=recording_of(segments=[(0, 60), (100, 160.5)], rate_hz=2.0))
    assert all((q.recorded_s, q.readable_s) == (120.5, 120.5) and not q.masked_s for q in found.quality)
    assert found.recorded.readable_s == 120.5


spans = st.tuples(st.floats(0, 9000), st.floats(1, 2000)).map(lambda s: Interval(s[0], min(s[0] + s[1], 9999.0)))


@given(st.lists(spans, max_size=6), st.lists(spans, max_size=6))
def test_hours_add_up_and_no_hour_has_more_than_sixty_minutes(ictal, readable):
    seizures = [focal(i.start_s, i.stop_s, "O1") for i in sorted(ictal) if i.duration_s > 0]
    hours = burden_by_hour(9999.0, IntervalSet.of(readable), seizures)
    assert [h.hour for h in hours] == [0, 1, 2]
    assert sum(h.seizures for h in hours) == len(seizures)
    assert sum(h.seizure_s for h in hours) == pytest.approx(
        IntervalSet.of(s.interval for s in seizures).total_s, abs=0.1
    )
    assert sum(h.readable_s for h in hours) == pytest.approx(IntervalSet.of(readable).total_s, abs=0.1)
    assert all(h.burden_min_per_h is None or 0 <= h.burden_min_per_h <= 60 for h in hours)
