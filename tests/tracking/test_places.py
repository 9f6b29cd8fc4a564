"""From discharges to stays: peaks, tracks, moves, far fields."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, neighbours
from ictal.eeg.tracking.conduction import Together
from ictal.eeg.tracking.places import Episode, Stay, peaks, same_rhythm, stays
from ictal.eeg.tracking.settings import TrackingSettings

AROUND = neighbours(TEN_TWENTY)
SETTINGS = TrackingSettings()


def episode(bars: dict[str, tuple[int, int, float]], seconds: int = 60, hz: dict[str, float] | None = None) -> Episode:
    """Electrode -> (start, stop, amplitude); everywhere else 2 uV of nothing."""
    active = np.zeros((len(TEN_TWENTY), seconds), dtype=bool)
    amplitude = np.full(active.shape, 2.0, dtype=np.float32)
    frequency = np.full(active.shape, 6.0, dtype=np.float32)
    for e, (start, stop, uv) in bars.items():
        i = TEN_TWENTY.index(e)
        active[i, start:stop] = True
        amplitude[i, start:stop] = uv
        frequency[i] = (hz or {}).get(e, 6.0)
    return Episode(100, TEN_TWENTY, active, amplitude, frequency, np.ones_like(active))


def found(case: Episode) -> list[tuple[int, int, str]]:
    return [
        (s.start, s.stop, TEN_TWENTY[s.electrode])
        for s in stays(case, peaks(case, AROUND, SETTINGS.same_rhythm_hz), AROUND, SETTINGS)
    ]


def test_the_field_of_one_place_is_one_stay_at_its_largest_electrode() -> None:
    case = episode({"T7": (10, 40, 80.0), "C3": (12, 38, 36.0), "P7": (12, 38, 28.0), "F7": (14, 36, 20.0)})
    assert found(case) == [(10, 40, "T7")]


def test_a_neighbour_with_another_rhythm_is_a_place_of_its_own() -> None:
    case = episode({"T7": (10, 40, 80.0), "C3": (12, 38, 36.0)}, hz={"C3": 10.0})
    assert [e for _, _, e in found(case)] == ["T7", "C3"]


def test_two_far_places_at_once_are_two_stays() -> None:
    case = episode({"T7": (5, 30, 80.0), "O2": (20, 50, 60.0)})
    assert found(case) == [(5, 30, "T7"), (20, 50, "O2")]


def test_a_rhythm_that_moves_to_the_neighbour_is_cut_where_it_moves() -> None:
    case = episode({"T7": (0, 30, 80.0), "P7": (0, 30, 20.0)})
    i, j = TEN_TWENTY.index("T7"), TEN_TWENTY.index("P7")
    case.active[j, 0:60] = True
    case.amplitude_uv[i, 30:], case.amplitude_uv[j, 30:] = 10.0, 70.0
    first, second = found(case)
    assert first[2] == "T7"
    assert second[2] == "P7"
    assert abs(second[0] - 30) <= 1
    assert first[1] == second[0]


def test_a_flicker_between_neighbours_does_not_cut_a_stay() -> None:
    case = episode({"T7": (0, 40, 50.0), "P7": (0, 40, 45.0)})
    j = TEN_TWENTY.index("P7")
    case.amplitude_uv[j, 18:20] = 60.0
    assert found(case) == [(0, 40, "T7")]


def test_a_larger_rhythm_of_another_frequency_does_not_take_the_stay() -> None:
    """Beside a discharge of 6 Hz that comes from the neighbour, the neighbour's delta is larger and no part of it."""
    case = episode({"T7": (0, 40, 40.0), "P7": (0, 12, 60.0)})
    j = TEN_TWENTY.index("P7")
    case.frequency_hz[j, 12:] = 1.0
    case.amplitude_uv[j, 12:] = 200.0
    first, second = found(case)
    assert (first[2], second[2]) == ("P7", "T7")
    assert (first[0], second[1]) == (0, 40)
    assert abs(first[1] - 12) <= 1  # amplitudes are averaged over three seconds
    assert first[1] == second[0]


def test_a_track_does_not_change_its_rhythm() -> None:
    case = episode({"P3": (0, 40, 60.0)})
    case.frequency_hz[TEN_TWENTY.index("P3"), :15] = 0.75
    assert found(case) == [(0, 15, "P3"), (15, 40, "P3")]


def test_a_pause_of_three_seconds_goes_on_and_one_of_six_does_not() -> None:
    case = episode({"O1": (0, 40, 50.0)})
    case.active[TEN_TWENTY.index("O1"), 20:23] = False
    assert found(case) == [(0, 40, "O1")]
    case.active[TEN_TWENTY.index("O1"), 20:26] = False
    assert found(case) == [(0, 20, "O1"), (26, 40, "O1")]


def test_a_stay_shorter_than_the_setting_is_none() -> None:
    assert found(episode({"O1": (10, 13, 50.0)})) == []


def test_stays_sort_by_onset() -> None:
    assert Stay(1, 5, 3, 0) < Stay(2, 4, 0, 0)


@pytest.mark.parametrize(("a", "b", "same"), [(5.0, 5.9, True), (5.0, 6.5, False), (3.0, 6.25, True), (9.0, 4.5, True)])
def test_a_rhythm_and_its_double_beat_as_one(a: float, b: float, same: bool) -> None:
    assert bool(same_rhythm(np.float32([a]), np.float32([b]), 1.0)[0]) is same


def _beating(case: Episode, waves: dict[str, tuple[float, float]]) -> Together:
    """Signal of an episode: electrode -> (amplitude, frequency); noise elsewhere."""
    rng = np.random.default_rng(3)
    t = np.arange(case.seconds * 64) / 64
    uv = rng.normal(0, 0.5, (len(TEN_TWENTY), len(t)))
    for e, (size, hz) in waves.items():
        uv[TEN_TWENTY.index(e)] += size * np.sin(2 * np.pi * hz * t)
    return Together(uv.astype(np.float32))


def test_a_smaller_neighbour_that_moves_along_is_no_place_of_its_own() -> None:
    case = episode({"T7": (0, 60, 50.0), "P7": (0, 60, 35.0)})
    peak = peaks(case, AROUND, 1.0, _beating(case, {"T7": (25, 6.0), "P7": (17, 6.0)}))
    assert not peak[TEN_TWENTY.index("P7")].any()
    assert peak[TEN_TWENTY.index("T7")].all()


def test_a_smaller_neighbour_with_a_beat_of_its_own_is_a_place() -> None:
    case = episode({"T7": (0, 60, 50.0), "P7": (0, 60, 35.0)})
    peak = peaks(case, AROUND, 1.0, _beating(case, {"T7": (25, 6.0), "P7": (17, 6.4)}))
    assert peak[TEN_TWENTY.index("P7")].mean() > 0.8
    assert peak[TEN_TWENTY.index("T7")].all()


def test_a_much_smaller_neighbour_is_no_place_whatever_its_beat() -> None:
    case = episode({"T7": (0, 60, 50.0), "P7": (0, 60, 12.0)})
    peak = peaks(case, AROUND, 1.0, _beating(case, {"T7": (25, 6.0), "P7": (6, 6.4)}))
    assert not peak[TEN_TWENTY.index("P7")].any()
