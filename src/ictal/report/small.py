"""A seizure in small, to lie beside its fellows: its path on the head, and its legs in time on a scale they share."""

from __future__ import annotations

from markupsafe import Markup

from ictal.base.electrodes import electrode
from ictal.eeg.tracking.types import Leg, Seizure
from ictal.report import head, svg, words
from ictal.report.scene import Scene, side_class

_WIDTH, _HEIGHT, _CENTRE, _RADIUS = 150.0, 190.0, 75.0, 62.0
_SHRINK = _RADIUS / 160.0
_STRIP_TOP, _LANE, _LEFT = 150.0, 11.0, 6.0
_LANES = ("sl", "sm", "sr")


def small_multiple(scene: Scene, number: int, longest_s: float) -> Markup:
    """Which way did seizure `number` (from 1) go, and when, on a time scale of `longest_s`?"""
    seizure = scene.seizures[number - 1]
    scale = (_WIDTH - 2 * _LEFT) / max(longest_s, 1.0)
    parts = [
        svg.tag("path", d=f"M{_CENTRE - 6} 11l6 -8l6 8", class_="ol"),
        svg.tag("circle", cx=_CENTRE, cy=72.0, r=_RADIUS, class_="ol hd"),
    ]
    parts += [_passage(seizure, leg) for leg in seizure.legs]
    parts += [
        svg.tag("circle", cx=x, cy=y, r=8.5 if k == 0 else 6.0, class_=f"nd {side_class(leg.electrode)}")
        for k, leg, (x, y) in ((k, leg, _place(leg.electrode)) for k, leg in enumerate(seizure.legs))
    ]
    parts.append(svg.box(_LEFT, _STRIP_TOP, _WIDTH - 2 * _LEFT, 3 * _LANE, class_="pl"))
    parts += [_bar(seizure, leg, scale) for leg in seizure.legs]
    path = " to ".join(scene.written(p) for p in seizure.path) or "place not known"
    drawing = svg.Drawing(_WIDTH, _HEIGHT, f"Seizure {number}", f"{path}, {words.span(seizure.duration_s)}")
    return drawing.of(*parts, key=f"small{number}", class_="small-one")


def _place(name: str) -> tuple[float, float]:
    x, y = head.place(name)
    return _CENTRE + (x - 230.0) * _SHRINK, 72.0 + (y - 196.0) * _SHRINK


def _passage(seizure: Seizure, leg: Leg) -> str:
    if leg.came_from is None:
        return ""
    (x1, y1), (x2, y2) = _place(seizure.legs[leg.came_from].electrode), _place(leg.electrode)
    return svg.line(x1, y1, x2, y2, class_="cn")


def _bar(seizure: Seizure, leg: Leg, scale: float) -> str:
    """One leg in the lane of its hemisphere: left above, midline, right below."""
    side = side_class(leg.electrode)
    x = _LEFT + scale * max(0.0, leg.start_s - seizure.start_s)
    width = max(1.5, scale * (leg.stop_s - leg.start_s))
    hint = f"{electrode(leg.electrode).name}, {words.signed_s(leg.start_s - seizure.start_s)}"
    return svg.box(x, _STRIP_TOP + _LANE * _LANES.index(side) + 1.5, width, _LANE - 3, hint, class_=f"solid {side}")
