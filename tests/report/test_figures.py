"""The figures tell the truth: traces keep their peaks, electrodes sit where they are, marks stand at their times."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ictal.base.electrodes import ELECTRODES, Hemisphere, mirror
from ictal.report import svg, words
from ictal.report.chronogram import chronogram
from ictal.report.eegpage import eeg_page
from ictal.report.head import _CENTRE_X, place
from ictal.report.scene import Scene
from ictal.report.trace import trace_path
from tests.report.made_case import FakePages, make_case


def points_of(path: str) -> list[np.ndarray]:
    """The points of each piece of a path of `M` and relative `l`, as `(n, 2)`."""
    pieces = []
    for piece in path.split("M")[1:]:
        start, _, steps = piece.partition("l")
        first = [int(v) for v in re.findall(r"-?\d+", start.split("h")[0])]
        moves = np.array([int(v) for v in re.findall(r"-?\d+", steps)], dtype=int).reshape(-1, 2)
        pieces.append(np.vstack(([first], first + np.cumsum(moves, axis=0))) if len(moves) else np.array([first]))
    return pieces


signals = arrays(np.float32, st.integers(2, 400), elements=st.floats(-200, 200, width=32))


@given(signals)
def test_a_trace_drawn_whole_passes_within_two_half_units_of_every_sample(samples):
    (points,) = points_of(trace_path(samples, 3.0, 1.0, 1))
    x = np.arange(len(samples)) * 3.0
    assert np.all(np.abs(np.interp(x, points[:, 0], points[:, 1]) - samples) <= 3.0)


@given(signals, st.integers(3, 40))
@example(np.array([0.0] * 10 + [90.0, -90.0, 0.0], dtype=np.float32), 5)  # the peak lies in the last, shorter bin
def test_a_trace_drawn_coarsely_keeps_its_highest_and_lowest_point(samples, bin_samples):
    (points,) = points_of(trace_path(samples, 3.0, 1.0, bin_samples))
    assert points[:, 1].max() == pytest.approx(samples.max(), abs=3.0)
    assert points[:, 1].min() == pytest.approx(samples.min(), abs=3.0)


def test_a_trace_breaks_where_nothing_was_recorded():
    samples = np.sin(np.arange(100, dtype=np.float32)) * 20
    samples[40:60] = np.nan
    first, second = points_of(trace_path(samples, 2.0, 1.0, 1))
    assert first[:, 0].max() == 78
    assert second[:, 0].min() == 120
    assert trace_path(np.full(50, np.nan, dtype=np.float32), 2.0, 1.0, 1) == ""


def test_negative_is_up():
    (points,) = points_of(trace_path(np.array([0, -50, 0, 50, 0], dtype=np.float32), 4.0, 1.0, 1))
    assert points[1].tolist() == [4, -50]  # SVG counts downwards: a negative height is above the line


@pytest.mark.parametrize("name", sorted(ELECTRODES))
def test_left_is_left_on_the_head_and_mirrors_lie_opposite(name):
    x, y = place(name)
    side = ELECTRODES[name].hemisphere
    assert (x < _CENTRE_X - 1) == (side is Hemisphere.left)
    assert (x > _CENTRE_X + 1) == (side is Hemisphere.right)
    other_x, other_y = place(mirror(name))
    assert other_x - _CENTRE_X == pytest.approx(_CENTRE_X - x, abs=1e-6)
    assert other_y == pytest.approx(y)


def test_the_nose_is_up():
    assert place("Fz")[1] < place("Cz")[1] < place("Pz")[1] < place("O1")[1]


def test_the_chronogram_gives_the_delay_of_every_leg_and_the_classes_of_both_sides():
    scene = Scene.of(*make_case(paths=(("O1", "O2", "T8"),), starts=(60.0,)).arguments)
    drawn = str(chronogram(scene, 1))
    assert drawn.count(">+12 s<") == 2
    assert 'class="br sl"' in drawn
    assert 'class="br sr"' in drawn
    assert "O1 from 0 s for 14 s, then O2 from +12 s for 14 s, then T4 from +24 s for 14 s" in drawn


def test_discharges_of_another_seizure_are_outlines():
    scene = Scene.of(*make_case(paths=(("O1",), ("C4",)), starts=(100.0, 105.0)).arguments)
    drawn = str(chronogram(scene, 1))
    outlined = re.findall(r'<rect[^>]*class="bo"><title>([^:]*):', drawn)
    assert "C4-avg" in outlined
    assert "O1-avg" not in outlined


def test_a_bar_stands_at_its_time():
    case = make_case(paths=(("O1",),), starts=(60.0,), stay_s=20.0)
    drawn = str(chronogram(Scene.of(*case.arguments), 1))
    frame = re.search(r'<rect x="([\d.]+)"[^>]*width="([\d.]+)"[^>]*class="lg"', drawn)
    scale = svg.TimeScale(58.0, 82.0, 92.0, 1060.0 - 92.0 - 30.0)
    assert float(frame[1]) == pytest.approx(scale.x(60.0), abs=0.1)
    assert float(frame[2]) == pytest.approx(scale.x(80.0) - scale.x(60.0), abs=0.1)


def test_an_eeg_page_says_its_gain_its_filter_and_hatches_what_could_not_be_read():
    case = make_case(paths=(("O1", "O2"),), starts=(60.0,))
    page = eeg_page(Scene.of(*case.arguments), 1, FakePages(case), 80_000)
    assert "µV" in page.caption
    assert "0.5-30 Hz" in page.caption
    assert any("Fp1-F7: movement" in strip for strip in page.strips)
    assert sum(strip.count('class="bd sl"') for strip in page.strips) >= 2


@pytest.mark.parametrize("rate_hz", [64.0, 50.0, 63.7, 256.0])
def test_an_eeg_page_keeps_its_bytes_at_any_rate(rate_hz):
    case = make_case(paths=(("O1", "O2"),), starts=(60.0,), stay_s=100.0)
    page = eeg_page(Scene.of(*case.arguments), 1, FakePages(case, rate_hz), 40_000)
    assert sum(len(d) for strip in page.strips for d in re.findall(r'class="tr"[^>]* d="([^"]*)"', strip)) <= 40_000


@given(st.floats(0, 1e5), st.floats(1, 1e5), st.floats(0, 1e5), st.integers(2, 20))
def test_ticks_lie_in_view_on_whole_steps_and_are_few(start_s, length_s, origin_s, at_most):
    ticks = svg.time_ticks(start_s, start_s + length_s, origin_s, at_most)
    assert len(ticks) <= at_most + 1
    assert all(start_s - 1e-6 <= t <= start_s + length_s + 1e-6 for t in ticks)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (4.25, "4.2 s"),
        (9.96, "10 s"),
        (59.6, "1 min"),
        (125, "2 min 5 s"),
        (3599.7, "1 h"),
        (11520, "3 h 12 min"),
    ],
)
def test_lengths_of_time_are_said_as_people_say_them(seconds, said):
    assert words.span(seconds) == said


def test_a_share_that_is_nearly_all_is_not_all():
    assert words.percent(0.998) == "> 99 %"
    assert words.percent(1.0) == "100 %"
    assert words.percent(0.0) == "0 %"
