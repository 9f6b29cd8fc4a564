"""A head seen from above, nose up: the path of a seizure, and where seizures keep starting."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup

from ictal.base.electrodes import ELECTRODES, electrode
from ictal.eeg.tracking.types import Leg, Passage, Seizure
from ictal.report import svg, words
from ictal.report.scene import Scene, side_class

_WIDTH, _HEIGHT, _CENTRE_X, _CENTRE_Y, _RADIUS = 460.0, 384.0, 230.0, 196.0, 160.0
_RIM_RAD = math.radians(92.0)
_MOST_TIMES = 3


def place(name: str) -> tuple[float, float]:
    """Where is an electrode drawn? Its angle from the vertex is its distance from the middle (azimuthal projection)."""
    x, y, z = electrode(name).position
    flat = math.hypot(x, y)
    reach = math.acos(max(-1.0, min(1.0, z))) / _RIM_RAD * _RADIUS
    if flat < 1e-9:
        return _CENTRE_X, _CENTRE_Y
    return _CENTRE_X + reach * x / flat, _CENTRE_Y - reach * y / flat


def path_map(scene: Scene, number: int) -> Markup:
    """Which way did seizure `number` (from 1) go over the head, and when was it where?"""
    seizure = scene.seizures[number - 1]
    visits: dict[str, list[int]] = {}
    for k, leg in enumerate(seizure.legs):
        visits.setdefault(leg.electrode, []).append(k)
    parts = [_outline(), _others(scene, visits)]
    parts += [_passage(seizure, leg) for leg in seizure.legs]
    parts += [_node(scene, seizure, name, legs) for name, legs in visits.items()]
    stays = ", ".join(
        f"{k + 1}: {scene.written(leg.electrode)} at {words.signed_s(leg.start_s - seizure.start_s)}"
        for k, leg in enumerate(seizure.legs)
    )
    name = f"Path of seizure {number} over the head"
    drawing = svg.Drawing(_WIDTH, _HEIGHT, name, f"Seen from above, nose up. {stays or 'Its place is not known'}.")
    return drawing.of(*parts, key=f"s{number}-head", class_="head")


def foci_map(scene: Scene) -> Markup:
    """Where do seizures of this recording keep starting, and how many in each place?"""
    foci = scene.findings.foci
    most = max((f.seizures for f in foci), default=1)
    parts = [_outline(), _others(scene, {electrode(f.electrode).name for f in foci})]
    for focus in sorted(foci, key=lambda f: -f.seizures):
        x, y = place(focus.electrode)
        radius = max(11.0, 30.0 * math.sqrt(focus.seizures / most))
        parts.append(_mark(x, y, radius, side_class(focus.electrode)))
        parts.append(svg.text(x, y + 5, str(focus.seizures), class_="t am nt"))
        parts.append(_beside(x, y, radius, [(scene.written(focus.electrode), "b")]))
    told = ", ".join(f"{scene.written(f.electrode)} {words.counted(f.seizures, 'seizure')}" for f in foci)
    drawing = svg.Drawing(_WIDTH, _HEIGHT, "Foci on the head", f"Seen from above, nose up. {told or 'No focus'}.")
    return drawing.of(*parts, key="foci", class_="head")


def _outline() -> str:
    """Head, nose, ears, and the line between the hemispheres."""
    r, x, y = _RADIUS, _CENTRE_X, _CENTRE_Y
    nose = f"M{svg.num(x - 15)} {svg.num(y - r + 1)}l15 -21l15 21"
    ears = "".join(
        f"M{svg.num(x + s * (r - 0.6))} {svg.num(y - 20)}q{15 * s} -8 {15 * s} 8v24q0 16 {-15 * s} 8" for s in (-1, 1)
    )
    return (
        svg.tag("path", d=nose, class_="ol")
        + svg.tag("path", d=ears, class_="ol")
        + svg.tag("circle", cx=x, cy=y, r=r, class_="ol hd")
        + svg.line(x, y - r, x, y + r, class_="ml")
        + svg.text(6, 22, "left", class_="t slt b")
        + svg.text(_WIDTH - 6, 22, "right", class_="t srt b ae")
    )


def _others(scene: Scene, taken: Iterable[str]) -> str:
    """The electrodes of the recording that are not part of the figure's message, small."""
    names = {n for d in scene.montage.derivations for n in (d.electrode, d.minus) if n in ELECTRODES}
    parts = []
    for name in sorted(names - set(taken)):
        x, y = place(name)
        parts.append(svg.tag("circle", cx=x, cy=y, r=3, class_="el"))
        parts.append(svg.text(x, y - 7, scene.written(name), class_="t am mu h"))
    return "".join(parts)


def _mark(x: float, y: float, radius: float, side: str) -> str:
    """A circle on the left, a square on the right, a diamond in the midline."""
    if side == "sl":
        return svg.tag("circle", cx=x, cy=y, r=radius, class_=f"nd {side}")
    half = 0.9 * radius
    if side == "sr":
        return svg.box(x - half, y - half, 2 * half, 2 * half, class_=f"nd {side}")
    tip = 1.2 * radius
    a, b = svg.num(tip), svg.num(-tip)
    d = f"M{svg.num(x)} {svg.num(y - tip)}l{a} {a}l{b} {a}l{b} {b}z"
    return svg.tag("path", d=d, class_=f"nd {side}")


def _passage(seizure: Seizure, leg: Leg) -> str:
    """A bowed arrow from the leg that this one came from; dashed for spread, headless for a start on both sides."""
    if leg.came_from is None or seizure.legs[leg.came_from].electrode == leg.electrode:
        return ""
    (x1, y1), (x2, y2) = place(seizure.legs[leg.came_from].electrode), place(leg.electrode)
    dx, dy = x2 - x1, y2 - y1
    length = math.hypot(dx, dy)
    bow = 0.16 * length
    cx, cy = (x1 + x2) / 2 - dy / length * bow, (y1 + y2) / 2 + dx / length * bow
    x1, y1 = _moved(x1, y1, cx, cy, 14)
    x2, y2 = _moved(x2, y2, cx, cy, 16)
    d = f"M{svg.num(x1)} {svg.num(y1)}Q{svg.num(cx)} {svg.num(cy)} {svg.num(x2)} {svg.num(y2)}"
    curve = svg.tag("path", d=d, class_="cn ds" if leg.came_by is Passage.spread else "cn")
    if leg.came_by is Passage.simultaneous:
        return curve
    return curve + svg.arrow_head(x2, y2, x2 - cx, y2 - cy, 5, class_="ah")


def _moved(x: float, y: float, to_x: float, to_y: float, by: float) -> tuple[float, float]:
    length = math.hypot(to_x - x, to_y - y) or 1.0
    return x + (to_x - x) / length * by, y + (to_y - y) / length * by


def _node(scene: Scene, seizure: Seizure, name: str, legs: list[int]) -> str:
    """A place of the path: the number of its first leg, its name, and when the seizure arrived there each time."""
    x, y = place(name)
    label = "·".join(str(k + 1) for k in legs[:2]) + ("…" if len(legs) > 2 else "")
    arrivals = [words.signed_s(seizure.legs[k].start_s - seizure.start_s) for k in legs]
    lines = [(scene.written(name), "b"), *((a, "") for a in arrivals[:_MOST_TIMES])]
    if len(arrivals) > _MOST_TIMES:
        lines.append((f"and {len(arrivals) - _MOST_TIMES} more", ""))
    radius = 11.0 if len(legs) < 2 else 15.0
    mark = _mark(x, y, radius, side_class(name))
    return mark + svg.text(x, y + 4, label, class_="t am nt") + _beside(x, y, radius, lines)


def _beside(x: float, y: float, radius: float, lines: list[tuple[str, str]]) -> str:
    """Lines of words beside a mark, away from the midline, where few arrows pass."""
    way, anchor = (-1, " ae") if x < _CENTRE_X - 1 else (1, "")
    at, first = x + way * (radius + 6), y + 4 - 7 * (len(lines) - 1)
    rows = ((first + 14 * k, word, f"t h {kind}".rstrip() + anchor) for k, (word, kind) in enumerate(lines))
    return "".join(svg.text(at, row_y, word, class_=kind) for row_y, word, kind in rows)
