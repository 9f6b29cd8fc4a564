"""The EEG of a seizure, as a reader knows it: rows, time axis, calibration, marks on the rows that took part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from ictal.base.time import Interval, IntervalSet
from ictal.eeg.detection.types import Discharge
from ictal.eeg.tracking.types import Seizure
from ictal.report import svg, words
from ictal.report.scene import Scene, belongs, side_class, view_window
from ictal.report.trace import UNITS_PER_PX, bin_for, trace_path
from ictal.report.types import PageSource

MARGIN_S = 5.0
"""Seconds of EEG shown before and after a seizure."""

_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 1060.0, 92.0, 62.0, 36.0, 38.0
_REACH, _PAD = 1.2, 0.7
"""In rows: where traces are cut, and the room above the first row and below the last, so that none leaves the page."""

_BYTES_PER_POINT = 3.4
"""What a point of a trace costs before the superfluous ones are left out; the first guess, mended by trying."""

_GAINS_UV = (10, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 1500, 2000, 3000, 5000)


@dataclass(frozen=True, slots=True)
class EegPage:
    """The figure of one seizure in one strip or several, and how it was drawn, in words."""

    strips: tuple[Markup, ...]
    caption: str


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the strips of one page share: the rows, their height, the gain, and how the EEG is cut into strips."""

    labels: tuple[str, ...]
    samples_uv: npt.NDArray[np.float32]
    rate_hz: float
    window: Interval
    strip_s: float
    row_px: float
    row_uv: float

    @property
    def strips(self) -> int:
        return max(1, math.ceil(self.window.duration_s / self.strip_s - 1e-9))

    @property
    def px_per_s(self) -> float:
        return (_WIDTH - _LEFT - _RIGHT) / self.strip_s

    def middle(self, row: int) -> float:
        return _TOP + (row + 0.5 + _PAD) * self.row_px

    def strip(self, index: int) -> Interval:
        start_s = self.window.start_s + index * self.strip_s
        return Interval(start_s, min(self.window.stop_s, start_s + self.strip_s))


def eeg_page(scene: Scene, number: int, source: PageSource, most_bytes: int) -> EegPage:
    """What did the EEG look like around seizure `number` (from 1)? The traces take at most about `most_bytes`."""
    seizure = scene.seizures[number - 1]
    window = view_window(seizure, scene.recording.duration_s, MARGIN_S)
    labels, samples_uv, rate_hz = source.page(window.start_s, window.stop_s)
    strip_s, row_px = _strip_length(window), _row_height(len(labels))
    layout = _Layout(labels, samples_uv, rate_hz, window, strip_s, row_px, _gain(samples_uv))
    paths = _paths(layout, most_bytes)
    strips = tuple(_strip(scene, number, layout, i, paths[i]) for i in range(layout.strips))
    return EegPage(strips, _caption(scene, layout))


def _strip_length(window: Interval) -> float:
    """Seconds across the page: 30, or for a long seizure 60, or as many as fit it into six strips."""
    if window.duration_s <= 30.0:
        return max(10.0, window.duration_s)
    if window.duration_s <= 95.0:
        strips = math.ceil(window.duration_s / 33.0)
        return window.duration_s / strips
    strips = min(6, math.ceil(window.duration_s / 60.0))
    return window.duration_s / strips


def _row_height(rows: int) -> float:
    return 46.0 if rows <= 9 else 27.0 if rows <= 22 else 20.0


def _gain(samples_uv: npt.NDArray[np.float32]) -> float:
    """Microvolts between two rows: the first of the usual steps that holds most of what the liveliest rows do."""
    finite = np.where(np.isfinite(samples_uv), np.abs(samples_uv), 0.0)
    if finite.size == 0:
        return 100.0
    reach = np.quantile(finite, 0.95, axis=1)
    wanted = 1.6 * float(np.quantile(reach, 0.75))
    return float(next((g for g in _GAINS_UV if g >= wanted), _GAINS_UV[-1]))


def _paths(layout: _Layout, most_bytes: int) -> tuple[tuple[str, ...], ...]:
    """The path of every row of every strip, drawn as finely as the bytes allow."""
    units_per_sample = UNITS_PER_PX * layout.px_per_s / layout.rate_hz
    units_per_uv = UNITS_PER_PX * layout.row_px / layout.row_uv
    limit_uv = _REACH * layout.row_uv
    cut = np.clip(layout.samples_uv, -limit_uv, limit_uv)
    per_strip = round(layout.strip_s * layout.rate_hz)
    bin_samples = bin_for(cut.size, round(most_bytes / _BYTES_PER_POINT))
    while True:
        paths = tuple(
            tuple(
                trace_path(row[i * per_strip : (i + 1) * per_strip + 1], units_per_sample, units_per_uv, bin_samples)
                for row in cut
            )
            for i in range(layout.strips)
        )
        size = sum(len(p) for strip in paths for p in strip)
        if size <= most_bytes or bin_samples >= per_strip:
            return paths
        bin_samples = max(3, bin_samples + 1, math.floor(bin_samples * size / most_bytes))


def _strip(scene: Scene, number: int, layout: _Layout, index: int, paths: tuple[str, ...]) -> Markup:
    seizure, window = scene.seizures[number - 1], layout.strip(index)
    rows = len(layout.labels)
    scale = svg.TimeScale(window.start_s, window.start_s + layout.strip_s, _LEFT, _WIDTH - _LEFT - _RIGHT)
    bottom = _TOP + (rows + 2 * _PAD) * layout.row_px
    found = scene.discharges_in(window)
    parts = [_axis(scale, window, seizure, bottom), _gap_marks(scene, scale, window, bottom)]
    for k, label in enumerate(layout.labels):
        middle = layout.middle(k)
        parts.append(_row(scene, seizure, scale, window, (label, middle, layout.row_px), found))
        if paths[k]:
            place = f"translate({svg.num(_LEFT)} {svg.num(middle)}) scale(.5)"
            parts.append(f'<path class="tr" transform="{place}" d="{paths[k]}"/>')
    parts.append(_bounds(seizure, scale, bottom))
    parts.append(_leg_tags(scene, seizure, scale, window, layout))
    parts.append(_calibration(layout, bottom))
    clock = words.clock(scene.recording.start, window.start_s)
    head = f"from {words.in_recording(window.start_s)} of the recording" + (f", {clock}" if clock else "")
    parts.append(svg.text(_LEFT, 13, scene.stamp + head, class_="t"))
    name = f"EEG of seizure {number}" + (f", part {index + 1} of {layout.strips}" if layout.strips > 1 else "")
    told = f"{rows} rows of EEG {head}, {words.span(window.duration_s)} long, marked where discharges were found."
    return svg.Drawing(_WIDTH, bottom + _BOTTOM, name, told).of(*parts, key=f"s{number}-eeg{index}", class_="eeg")


def _axis(scale: svg.TimeScale, window: Interval, seizure: Seizure, bottom: float) -> str:
    """Second lines, labels in seconds from the start of the seizure, and what the axis counts."""
    ticks = svg.time_ticks(window.start_s, window.stop_s, seizure.start_s, 16)
    parts = [svg.box(_LEFT, _TOP, scale.x(window.stop_s) - _LEFT, bottom - _TOP, class_="pl")]
    grid = "".join(f"M{svg.num(scale.x(t))} {svg.num(_TOP)}V{svg.num(bottom)}" for t in ticks)
    if grid:
        parts.append(svg.tag("path", class_="gr", d=grid))
    for t in ticks:
        parts.append(svg.text(scale.x(t), bottom + 14, f"{t - seizure.start_s:.0f}".replace("-", "−"), class_="t am"))
    parts.append(svg.text(_LEFT, bottom + 29, "seconds from the start of the seizure", class_="t"))
    return "".join(parts)


def _row(
    scene: Scene,
    seizure: Seizure,
    scale: svg.TimeScale,
    window: Interval,
    row: tuple[str, float, float],
    found: tuple[Discharge, ...],
) -> str:
    """The label of a row, hatching where it could not be read, and bands where discharges were found on it."""
    label, middle, height = row
    parts = [svg.text(_LEFT - 8, middle + 4, label, class_=f"t ae {scene.side_of_row(label)}t")]
    for masked in scene.masked(label, window):
        at = scale.span(masked.interval.start_s, min(masked.interval.stop_s, window.stop_s))
        if at:
            parts.append(svg.box(at[0], middle - height / 2, at[1], height, f"{label}: {masked.causes}", class_="mk"))
    for kind, stretches in _bands(scene, seizure, label, found).items():
        for stretch in stretches:
            at = scale.span(stretch.start_s, min(stretch.stop_s, window.stop_s))
            if at:
                parts.append(svg.box(at[0], middle - 0.42 * height, at[1], 0.84 * height, class_=kind))
    return "".join(parts)


def _bands(scene: Scene, seizure: Seizure, label: str, found: tuple[Discharge, ...]) -> dict[str, IntervalSet]:
    """When was there a discharge on a row, by how it is drawn? Rows of another montage ask for their electrodes."""
    known, places = label in scene.montage.labels, scene.electrodes_of_row(label)
    stretches: dict[str, list[Interval]] = {}
    for d in found:
        if d.derivation == label or (not known and d.electrode in places):
            kind = f"bd {side_class(d.electrode)}" if belongs(d, seizure) else "bo"
            stretches.setdefault(kind, []).append(d.interval)
    return {kind: IntervalSet.of(intervals) for kind, intervals in stretches.items()}


def _gap_marks(scene: Scene, scale: svg.TimeScale, window: Interval, bottom: float) -> str:
    parts = []
    for gap in scene.recording.gaps:
        at = scale.span(gap.start_s, min(gap.stop_s, window.stop_s))
        if at:
            parts.append(svg.box(at[0], _TOP, at[1], bottom - _TOP, "gap: nothing was recorded", class_="mk"))
            if at[1] > 30:
                parts.append(svg.text(at[0] + at[1] / 2, _TOP + 14, "gap", class_="t am h"))
    return "".join(parts)


def _bounds(seizure: Seizure, scale: svg.TimeScale, bottom: float) -> str:
    """Upright lines where the seizure starts and ends."""
    parts = []
    for time_s, word in ((seizure.start_s, "start"), (seizure.stop_s, "end")):
        if scale.start_s <= time_s <= scale.stop_s:
            x = scale.x(time_s)
            parts.append(svg.line(x, _TOP - 2, x, bottom, class_="bn"))
            parts.append(svg.text(x, _TOP - 6, word, class_="t am b h"))
    return "".join(parts)


def _leg_tags(scene: Scene, seizure: Seizure, scale: svg.TimeScale, window: Interval, layout: _Layout) -> str:
    """A numbered flag on the row of each leg's centre, where the leg begins."""
    parts = []
    for k, leg in enumerate(seizure.legs):
        if not window.start_s <= leg.start_s < window.stop_s:
            continue
        centred = [r for r, label in enumerate(layout.labels) if label in leg.channels[:1]]
        near = [r for r, label in enumerate(layout.labels) if leg.electrode in scene.electrodes_of_row(label)]
        row = next(iter(centred + near), None)
        if row is not None:
            x, y = scale.x(leg.start_s), layout.middle(row)
            parts.append(svg.tag("circle", cx=x, cy=y, r=8, class_=f"nd {side_class(leg.electrode)}"))
            parts.append(svg.text(x, y + 4, str(k + 1), class_="t am nt"))
    return "".join(parts)


def _calibration(layout: _Layout, bottom: float) -> str:
    """A bar as high as the space between two rows, and how many microvolts that is."""
    x, y = _WIDTH - _RIGHT + 14, bottom - _PAD * layout.row_px
    top = y - layout.row_px
    bar = f"M{svg.num(x - 4)} {svg.num(top)}h8M{svg.num(x)} {svg.num(top)}V{svg.num(y)}M{svg.num(x - 4)} {svg.num(y)}h8"
    parts = [svg.tag("path", class_="cal", d=bar), svg.text(x + 7, top + 4, f"{layout.row_uv:g}", class_="t")]
    return "".join([*parts, svg.text(x + 7, top + 19, "µV", class_="t")])


def _caption(scene: Scene, layout: _Layout) -> str:
    mm_per_s = 184.0 * layout.px_per_s / _WIDTH
    what = "Each strip" if layout.strips > 1 else "The page"
    return (
        f"{what} is {words.span(layout.strip_s)} wide (about {mm_per_s:.0f} mm/s on an A4 page). "
        f"The calibration bar, as high as the space between two rows, is {layout.row_uv:g} µV; "
        f"traces are cut at ±{_REACH * layout.row_uv:g} µV. {_filter(scene)} Negative is up."
    )


def _filter(scene: Scene) -> str:
    """Which filter does the analysis say it used? The pages are drawn from the same prepared signal."""
    signal = scene.findings.settings.get("signal")
    if isinstance(signal, Mapping) and {"high_pass_hz", "low_pass_hz"} <= signal.keys():
        return f"Filter {words.plain(signal['high_pass_hz'])}-{words.plain(signal['low_pass_hz'])} Hz."
    return "Filter 0.5-30 Hz."
