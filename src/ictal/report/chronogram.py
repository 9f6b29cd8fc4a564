"""The chronogram of a seizure: derivations from top to bottom, time from left to right, a bar for every discharge."""

from __future__ import annotations

from markupsafe import Markup

from ictal.base.time import Interval
from ictal.eeg.tracking.types import Leg, Passage, Seizure
from ictal.report import svg, words
from ictal.report.scene import Scene, belongs, centre_label, side_class, view_window

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _BOTTOM = 1060.0, 92.0, 30.0, 24.0, 17.0, 36.0
_MARGIN_SHARE, _LEAST_MARGIN_S = 0.06, 2.0


def chronogram(scene: Scene, number: int) -> Markup:
    """Where was seizure `number` (from 1) at which time, and how long after one place came the next?"""
    seizure = scene.seizures[number - 1]
    margin_s = max(_LEAST_MARGIN_S, _MARGIN_SHARE * seizure.duration_s)
    window = view_window(seizure, scene.recording.duration_s, margin_s)
    rows = {label: _TOP + (k + 0.5) * _ROW for k, label in enumerate(scene.montage.labels)}
    scale = svg.TimeScale(window.start_s, window.stop_s, _LEFT, _WIDTH - _LEFT - _RIGHT)
    bottom = _TOP + max(1, len(rows)) * _ROW
    parts = [
        _axis(scene, seizure, scale, bottom),
        _hatching(scene, scale, window, rows, bottom),
        _bars(scene, seizure, scale, window, rows),
        _legs(scene, seizure, scale, rows),
    ]
    drawing = svg.Drawing(_WIDTH, bottom + _BOTTOM, f"Chronogram of seizure {number}", _told(scene, seizure))
    return drawing.of(*parts, key=f"s{number}-chr", class_="chr")


def row_of(leg: Leg, scene: Scene) -> str | None:
    """On which derivation is a leg drawn? Its centre's, else the first that looks at its electrode."""
    labels = scene.montage.labels
    if centre_label(leg) in labels:
        return centre_label(leg)
    for derivation in scene.montage.derivations:
        if leg.electrode in (derivation.electrode, derivation.minus):
            return derivation.label
    return None


def _told(scene: Scene, seizure: Seizure) -> str:
    if not seizure.localised:
        return "The place of the seizure is not known."
    stays = (
        (scene.written(leg.electrode), words.signed_s(leg.start_s - seizure.start_s), words.span(leg.duration_s))
        for leg in seizure.legs
    )
    return f"The seizure was at {', then '.join(f'{name} from {start} for {stay}' for name, start, stay in stays)}."


def _axis(scene: Scene, seizure: Seizure, scale: svg.TimeScale, bottom: float) -> str:
    ticks = svg.time_ticks(scale.start_s, scale.stop_s, seizure.start_s, 16)
    grid = "".join(f"M{svg.num(scale.x(t))} {svg.num(_TOP)}V{svg.num(bottom)}" for t in ticks)
    parts = [svg.box(_LEFT, _TOP, scale.width, bottom - _TOP, class_="pl"), svg.tag("path", class_="gr", d=grid)]
    for k, label in enumerate(scene.montage.labels):
        y = _TOP + (k + 0.5) * _ROW
        parts.append(svg.text(_LEFT - 8, y + 4, label, class_=f"t ae {scene.side_of_row(label)}t"))
        if k:
            parts.append(svg.line(_LEFT, y - _ROW / 2, scale.right, y - _ROW / 2, class_="rw"))
    for t in ticks:
        parts.append(svg.text(scale.x(t), bottom + 14, f"{t - seizure.start_s:.0f}".replace("-", "−"), class_="t am"))
    start, clock = words.in_recording(seizure.start_s), words.clock(scene.recording.start, seizure.start_s)
    zero = f"0 is {start} of the recording" + (f", {clock}" if clock else "")
    axis = f"{scene.stamp}seconds from the start of the seizure ({zero})"
    parts.append(svg.text(_LEFT, bottom + 30, axis, class_="t"))
    return "".join(parts)


def _hatching(scene: Scene, scale: svg.TimeScale, window: Interval, rows: dict[str, float], bottom: float) -> str:
    parts = []
    for label, y in rows.items():
        for masked in scene.masked(label, window):
            at = scale.span(masked.interval.start_s, masked.interval.stop_s)
            if at:
                parts.append(svg.box(at[0], y - _ROW / 2, at[1], _ROW, f"{label}: {masked.causes}", class_="mk"))
    for gap in scene.recording.gaps:
        at = scale.span(gap.start_s, gap.stop_s)
        if at:
            parts.append(svg.box(at[0], _TOP, at[1], bottom - _TOP, "gap: nothing was recorded", class_="mk"))
    return "".join(parts)


def _bars(scene: Scene, seizure: Seizure, scale: svg.TimeScale, window: Interval, rows: dict[str, float]) -> str:
    """A bar for each discharge; those of other seizures, or of none, only as an outline."""
    parts = []
    for d in scene.discharges_in(window):
        at = scale.span(d.start_s, d.stop_s)
        if at is None or d.derivation not in rows:
            continue
        own = belongs(d, seizure)
        start = words.signed_s(d.start_s - seizure.start_s)
        hint = f"{d.derivation}: {start} for {words.span(d.duration_s)}, {d.frequency_hz:.1f} Hz"
        hint += f", {d.amplitude_uv:.0f} µV, score {d.score:.2f}" + ("" if own else "; not part of this seizure")
        kind = f"br {side_class(d.electrode)}" if own else "bo"
        parts.append(svg.box(at[0], rows[d.derivation] - 5, max(at[1], 1.0), 10, hint, class_=kind))
    return "".join(parts)


def _legs(scene: Scene, seizure: Seizure, scale: svg.TimeScale, rows: dict[str, float]) -> str:
    """A frame and a number for the centre of every leg, and a connector from the leg that it came from."""
    frames, connectors, numbers = [], [], []
    places = [row_of(leg, scene) for leg in seizure.legs]
    for k, (leg, place) in enumerate(zip(seizure.legs, places, strict=True)):
        at = scale.span(leg.start_s, leg.stop_s)
        if place is None or at is None:
            continue
        y = rows[place]
        frames.append(svg.box(at[0], y - 7.5, at[1], 15, class_="lg", rx=2))
        numbers.append(svg.tag("circle", cx=at[0], cy=y, r=7.5, class_=f"nd {side_class(leg.electrode)}"))
        numbers.append(svg.text(at[0], y + 4, str(k + 1), class_="t am nt"))
        source = places[leg.came_from] if leg.came_from is not None else None
        if leg.came_from is not None and source is not None and source != place:
            connectors.append(_connector(scale, seizure.legs[leg.came_from], leg, (rows[source], y)))
    return "".join([*frames, *connectors, *numbers])


def _connector(scale: svg.TimeScale, source: Leg, leg: Leg, heights: tuple[float, float]) -> str:
    """From the row of the leg before to the start of the leg, with the seconds between their onsets."""
    y1, y2 = heights
    x1, x2 = scale.x(min(leg.start_s, source.stop_s)), scale.x(leg.start_s)
    way = 1.0 if y2 > y1 else -1.0
    y1, y2 = y1 + 7 * way, y2 - 9 * way
    kind = "cn" if leg.came_by is not Passage.spread else "cn ds"
    d = f"M{svg.num(x1)} {svg.num(y1)}L{svg.num(x2)} {svg.num(y2)}"
    parts = [svg.tag("path", d=d, class_=kind), svg.arrow_head(x2, y2, x2 - x1, y2 - y1, 4, class_="ah")]
    delay = words.signed_s(leg.start_s - source.start_s)
    if delay != "0 s":
        room = x2 - scale.left > 60
        x, anchor = (x2 - 11, " ae") if room else (x2 + 11, "")
        parts.append(svg.text(x, heights[1] + 4, delay, class_=f"t b h{anchor}"))
    return "".join(parts)
