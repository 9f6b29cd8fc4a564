"""No event lies in a gap, outside the file, or begins or ends in masked time; what could not be read is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from ictal.analysis import Analysis, analyse
from ictal.base.electrodes import mirror
from ictal.eeg.recording import read
from ictal.eeg.recording.memory import from_arrays
from ictal.exchange.edf import write_edf
from tests.recover.line import same, told
from tests.robust.disturbed import PLACES, Disturbance, Drawn, recordings, wrong


@settings(max_examples=40, deadline=None)
@given(recordings())
def test_whatever_disturbs_a_recording_its_events_lie_where_it_was_read(drawn: Drawn) -> None:
    assert wrong(analyse(drawn.recording())) == []


def test_the_property_is_asked_of_recordings_that_hold_events() -> None:
    """Else it would be true of nothing."""
    found = analyse(CALM.recording())
    assert found.seizures
    assert found.discharges


CALM = Drawn(5, 128.0, ((6, 40.0, 50.0, 5.0), (5, 120.0, 40.0, 4.0)), (), ((100.0, 61.25),))
FOUND = [
    Drawn(301, 128.0, ((8, 157.22, 43.5, 4.64), (2, 65.11, 29.4, 6.46), (2, 157.22, 16.8, 5.52)),
          (Disturbance("loose", frozenset({0, 1, 3, 4, 5, 6, 7}), 171.64, 1.2),), ((97.14, 296.672),)),
    Drawn(642, 200.0, ((0, 5.0, 8.0, 1.5),), (Disturbance("movement", frozenset({0}), 5.0, 0.3),),
          ((67.53, 266.88), (92.32, 249.87), (153.74, 272.98))),
]  # fmt: skip


@pytest.mark.parametrize("drawn", FOUND, ids=["a leg ended in masked seconds", "a discharge began in one"])
def test_what_was_found_once_stays_mended(drawn: Drawn) -> None:
    assert wrong(analyse(drawn.recording())) == []


def test_seizure_time_that_could_not_be_read_is_said() -> None:
    hidden = Disturbance("loose", frozenset(range(9)), 60.0, 2.0)
    found = analyse(Drawn(5, 128.0, ((6, 40.0, 50.0, 5.0),), (hidden,), ()).recording())
    assert any("of seizure lies in time in which less than half" in s for s in found.findings.statements)
    told_s = found.findings.steps[-1].outcome["seizure_s_not_read"]
    assert 1 <= told_s <= 6
    calm = analyse(Drawn(5, 128.0, ((6, 40.0, 50.0, 5.0),), (), ()).recording())
    assert not any("of seizure lies in time" in s for s in calm.findings.statements)


# The same recording by another way.


def of(uv: np.ndarray, names: list[str]) -> Analysis:
    return analyse(from_arrays(uv, 128.0, names))


@pytest.fixture(scope="module")
def uv() -> np.ndarray:
    recording = Drawn(5, 128.0, CALM.rhythms, (), ()).recording()
    return recording.samples.read_uv(range(len(PLACES)), 0, 0, 180 * 128)


def test_through_a_file_with_a_gap_every_time_is_that_of_memory(tmp_path: Path) -> None:
    """Written as EDF+D and read again: the file's steps of microvolts are far below what anything depends on."""
    recording = CALM.recording()
    write_edf(recording, tmp_path / "a.edf")
    here, there = analyse(recording), analyse(read(tmp_path / "a.edf"))
    assert there.recording.gaps == recording.gaps
    assert told(here) == told(there)
    assert [(d.start_s, d.stop_s, d.derivation) for d in here.discharges] == [
        (d.start_s, d.stop_s, d.derivation) for d in there.discharges
    ]
    assert here.findings.recorded.gaps == there.findings.recorded.gaps


def test_mirrored_and_permuted_in_a_file_with_a_gap(tmp_path: Path) -> None:
    recording = CALM.recording()
    order = np.random.default_rng(3).permutation(len(PLACES))
    arrays = recording.samples.arrays  # type: ignore[attr-defined]
    mirrored = from_arrays(
        [(f"EEG {mirror(PLACES[k])}-Ref", arrays[k]) for k in order], 128.0, segments=recording.segments
    )
    write_edf(mirrored, tmp_path / "a.edf")
    same(analyse(recording), analyse(read(tmp_path / "a.edf")), mirror)


@pytest.mark.parametrize("gap_s", [9.0, 61.25, 4000.5])
def test_a_gap_between_two_seizures_moves_the_second_by_its_length_alone(uv: np.ndarray, gap_s: float) -> None:
    """The gap lies at 100 s, between the rhythms; all that is told of the second is later by its length."""
    whole = analyse(Drawn(5, 128.0, CALM.rhythms, (), ((100.0, 9.0),)).recording())
    other = analyse(Drawn(5, 128.0, CALM.rhythms, (), ((100.0, gap_s),)).recording())
    first = [(s.start_s, s.stop_s, s.path) for s in whole.seizures if s.start_s < 100]
    second = [(s.start_s - 9.0, s.stop_s - 9.0, s.path) for s in whole.seizures if s.start_s >= 109]
    assert first
    assert second
    assert first == [(s.start_s, s.stop_s, s.path) for s in other.seizures if s.start_s < 100]
    moved = [(s.start_s - gap_s, s.stop_s - gap_s, s.path) for s in other.seizures if s.start_s >= 100]
    assert [p for *_, p in moved] == [p for *_, p in second]
    for (a, b, _), (c, d, _) in zip(moved, second, strict=True):
        assert (a, b) == pytest.approx((c, d), abs=1.0)


def test_digital_steps_and_an_offset_of_the_file_change_nothing(uv: np.ndarray, tmp_path: Path) -> None:
    """A direct voltage on every electrode, as amplifiers have it, is no rhythm."""
    names = [f"EEG {p}-Ref" for p in PLACES]
    here = of(uv, names)
    write_edf(from_arrays(uv + 250.0, 128.0, names), tmp_path / "a.edf")
    assert [(s.start_s, s.stop_s, s.path) for s in here.seizures] == [
        (s.start_s, s.stop_s, s.path) for s in analyse(read(tmp_path / "a.edf")).seizures
    ]
