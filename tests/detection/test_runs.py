"""From scores to discharges: hysteresis, bridges, trimming."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from ictal.eeg.detection.runs import discharges, runs
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Scores
from ictal.eeg.signal.types import Derivation, Mask, Montage

SETTINGS = DetectionSettings()
HIGH, MIDDLE, LOW = 0.9, 0.5, 0.1
MONTAGE = Montage("average", (Derivation("T7-avg", "T7", {0: 1.0}),))


def row(*parts: tuple[int, float]) -> npt.NDArray[np.float32]:
    return np.concatenate([np.full(n, v, dtype=np.float32) for n, v in parts])


def scores(score: npt.NDArray[np.float32], amplitude: npt.NDArray[np.float32] | None = None) -> Scores:
    two = score[None]
    uv = np.full_like(two, 40.0) if amplitude is None else amplitude[None]
    return Scores(("T7-avg",), two, two, np.full_like(two, 6.0), uv, np.zeros(two.shape, dtype=np.uint8))


def spans(score: npt.NDArray[np.float32]) -> list[tuple[int, int]]:
    return list(runs(score, SETTINGS))


def test_a_run_holds_above_the_low_score_if_it_rises_above_the_high_one() -> None:
    assert spans(row((10, LOW), (5, MIDDLE), (3, HIGH), (5, MIDDLE), (10, LOW))) == [(10, 23)]


def test_a_run_that_never_rises_is_none() -> None:
    assert spans(row((10, LOW), (30, MIDDLE), (10, LOW))) == []


def test_a_short_pause_is_bridged_and_a_longer_one_is_not() -> None:
    assert spans(row((8, HIGH), (3, LOW), (8, HIGH))) == [(0, 19)]
    assert spans(row((8, HIGH), (4, LOW), (8, HIGH))) == [(0, 8), (12, 20)]


def test_a_run_ends_with_the_recording() -> None:
    assert spans(row((5, LOW), (8, HIGH))) == [(5, 13)]


def test_a_quiet_row_gives_none_and_so_does_an_empty_one() -> None:
    assert spans(row((50, LOW))) == []
    assert spans(np.zeros(0, dtype=np.float32)) == []


def test_a_discharge_is_trimmed_to_where_its_amplitude_is() -> None:
    score = row((10, LOW), (20, HIGH), (10, LOW))
    amplitude = row((13, 2.0), (14, 80.0), (13, 2.0))
    (found,) = discharges(scores(score, amplitude), MONTAGE, SETTINGS)
    assert (found.start_s, found.stop_s) == (13.0, 27.0)
    assert (found.frequency_hz, found.amplitude_uv) == (6.0, 80.0)
    assert (found.derivation, found.electrode) == ("T7-avg", "T7")


def test_a_discharge_ends_at_a_gap_and_begins_again_after_it() -> None:
    whole = scores(row((5, LOW), (30, HIGH), (5, LOW)))
    whole.flags[0, 18:20] = Mask.gap
    found = discharges(whole, MONTAGE, SETTINGS)
    assert [(d.start_s, d.stop_s) for d in found] == [(5.0, 18.0), (20.0, 35.0)]


def test_a_discharge_does_not_outlast_the_recording() -> None:
    (found,) = discharges(scores(row((5, LOW), (8, HIGH))), MONTAGE, SETTINGS, end_s=12.6)
    assert (found.start_s, found.stop_s) == (5.0, 12.6)


@given(st.lists(st.floats(0, 1, width=32), max_size=120))
def test_runs_are_apart_in_order_and_begin_and_end_held(values: list[float]) -> None:
    score = np.array(values, dtype=np.float32)
    found = spans(score)
    for start, stop in found:
        assert score[start] > SETTINGS.hold_score
        assert score[stop - 1] > SETTINGS.hold_score
        assert score[start:stop].max() > SETTINGS.open_score
    for (_, a), (b, _) in pairwise(found):
        assert b - a > SETTINGS.bridge_s


@given(st.lists(st.floats(0, 1, width=32), max_size=120))
def test_time_turned_round_gives_the_runs_turned_round(values: list[float]) -> None:
    score = np.array(values, dtype=np.float32)
    n = len(score)
    assert spans(score[::-1]) == [(n - b, n - a) for a, b in reversed(spans(score))]
