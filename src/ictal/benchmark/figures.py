"""The figures of a benchmark, each an SVG: one for each way of slicing, and the reliability of confidence."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from ictal.benchmark.slices import Slice
from ictal.report import svg
from ictal.scoring.calibration import Calibration

COLOURS = ("#0b5cad", "#8a8f98", "#c2570c", "#5b8c2a")
"""The first detector is meant to be seen first; all have 3:1 or more against white."""
LEFT, PANEL, BETWEEN, ROW, TOP = 160.0, 330.0, 60.0, 15.0, 56.0
INK, FAINT = "#1d2733", "#d7dce2"
TITLES = {
    "length": "By length of the seizure",
    "frequency": "By frequency at the onset",
    "amplitude": "By amplitude at the onset, against the background there",
    "scenario": "By scenario",
    "montage": "By number of electrodes",
    "rate": "By sampling rate",
    "age": "By age",
    "engine": "By engine of the simulator",
    "group": "By group: the mix that the aims are for, and what was made hard on purpose",
}


def slice_figure(dimension: str, rows: Sequence[Slice], where: str) -> str:
    """Sensitivity and false detections per hour of every detector in each slice of one dimension, with intervals.

    `where` says what the recordings are (simulated, or which data), and stands in the figure.
    """
    names = list(dict.fromkeys(r.name for r in rows))
    detectors = list(dict.fromkeys(r.detector for r in rows))
    band = ROW * len(detectors) + 12
    height = TOP + band * len(names) + 46
    most = svg.round_up(max((r.false_per_h or 0.0 for r in rows), default=0.0) or 1.0)
    right = LEFT + PANEL + BETWEEN
    parts = [
        _words(LEFT, 40, "share of seizures found", "start"),
        _words(right, 40, "false detections per hour", "start"),
        *_axis(LEFT, height, 1.0),
        *_axis(right, height, most),
    ]
    for k, name in enumerate(names):
        y = TOP + band * k
        parts.append(_words(LEFT - 10, y + band / 2 + 1, name, "end"))
        parts.append(svg.line(0, y - 3, right + PANEL, y - 3, stroke=FAINT, stroke_width=1))
        for row in rows:
            if row.name == name:
                at = y + 8 + ROW * detectors.index(row.detector)
                colour = COLOURS[detectors.index(row.detector) % len(COLOURS)]
                parts += _mark(LEFT, at, row.found.share, row.found.interval, (1.0, colour, _found_in_words(row)))
                parts += _mark(right, at, row.false_per_h, row.false_interval, (most, colour, _false_in_words(row)))
    parts += _key(detectors, height - 8, where)
    told = "; ".join(f"{r.detector}, {r.name}: {_found_in_words(r)}, {_false_in_words(r)}" for r in rows)
    title = TITLES.get(dimension, dimension)
    drawing = svg.Drawing(right + PANEL + 20, height, title, f"{told}. {where}")
    return str(drawing.of(_words(0, 16, title, "start", 15), *parts, key=dimension))


def reliability_figure(told: Sequence[tuple[str, Calibration]], where: str) -> str:
    """How often were detections of each confidence right? On the diagonal, confidence is what it says."""
    side, left, top = 300.0, 60.0, 40.0
    parts = [
        svg.box(left, top, side, side, fill="none", stroke=FAINT),
        svg.line(left, top + side, left + side, top, stroke=FAINT, stroke_dasharray="4 3"),
        _words(0, 16, "Is confidence what it says?", "start", 15),
        _words(left + side / 2, top + side + 34, "confidence (mean of the detections in a bin)", "middle"),
        _words(left, 34, "share that is right, with its 95 % interval", "start"),
    ]
    for k in range(0, 11, 2):
        parts.append(_words(left + side * k / 10, top + side + 16, f"{k / 10:g}", "middle"))
        parts.append(_words(left - 8, top + side - side * k / 10 + 4, f"{k / 10:g}", "end"))
    words = []
    for (name, calibration), colour in zip(told, COLOURS, strict=False):
        for b in calibration.bins:
            if b.mean is None or b.right.share is None or b.right.interval is None:
                continue
            x, y = left + side * b.mean, top + side * (1 - b.right.share)
            low, high = (top + side * (1 - end) for end in b.right.interval)
            words.append(f"{name}, {b.low:.1f}-{b.high:.1f}: {b.right.count} of {b.right.of} right")
            parts.append(svg.line(x, low, x, high, stroke=colour, stroke_width=1.5))
            parts.append(_dot(x, y, colour, words[-1]))
    parts += _key([name for name, _ in told], top + side + 62, where)
    drawing = svg.Drawing(720, top + side + 72, "Reliability of confidence", f"{'; '.join(words)}. {where}")
    return str(drawing.of(*parts, key="reliability"))


def _axis(left: float, height: float, most: float) -> list[str]:
    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + PANEL * share
        parts.append(svg.line(x, TOP - 8, x, height - 44, stroke=FAINT, stroke_width=1))
        parts.append(_words(x, height - 30, f"{share * most:g}", "middle"))
    return parts


def _mark(
    left: float,
    y: float,
    value: float | None,
    interval: tuple[float, float] | None,
    look: tuple[float, str, str],
) -> list[str]:
    """A dot at a value with its interval, cut at the end of the axis. `look`: end of the axis, colour, words."""
    most, colour, hint = look
    if value is None:
        return [_words(left + 4, y + 4, hint, "start")]
    low, high = (left + PANEL * min(1.0, end / most) for end in interval or (value, value))
    return [
        svg.line(low, y, high, y, stroke=colour, stroke_width=2),
        _dot(left + PANEL * min(1.0, value / most), y, colour, hint),
    ]


def _dot(x: float, y: float, colour: str, hint: str) -> str:
    return svg.tag("circle", svg.tag("title", escape(hint, quote=False)), cx=x, cy=y, r=4, fill=colour)


def _key(detectors: Sequence[str], y: float, where: str) -> list[str]:
    parts, x = [], 0.0
    for detector, colour in zip(detectors, COLOURS, strict=False):
        parts += [_dot(x + 5, y - 4, colour, detector), _words(x + 14, y, detector, "start")]
        x += 30 + 7.2 * len(detector)
    return [*parts, _words(x + 16, y, where, "start")]


def _words(x: float, y: float, words: str, anchor: str, size: float = 12) -> str:
    return svg.text(x, y, words, text_anchor=anchor, font_size=size, font_family="sans-serif", fill=INK)


def _found_in_words(row: Slice) -> str:
    return f"{row.found.count} of {row.found.of} found" if row.found.of else "no seizure"


def _false_in_words(row: Slice) -> str:
    return "false detections not told" if row.false is None else f"{row.false} false in {row.hours:.1f} h"
