"""Figures of the whole recording: when the seizures were, the burden by hour, and the delays between places."""

from __future__ import annotations

from markupsafe import Markup

from ictal.eeg.findings.types import HourBurden
from ictal.report import svg, words
from ictal.report.scene import Scene, side_class

_WIDTH, _LEFT, _RIGHT = 1060.0, 112.0, 30.0
_PLOT = _WIDTH - _LEFT - _RIGHT


def overview(scene: Scene) -> Markup:
    """When in the recording were the seizures, and on which side did each begin?"""
    duration_s = max(scene.recording.duration_s, 1.0)
    scale = svg.TimeScale(0.0, duration_s, _LEFT, _PLOT)
    lanes = {"sl": ("left", 8.0), "sm": ("midline", 34.0), "sr": ("right", 60.0)}
    parts = [svg.box(_LEFT, 8, _PLOT, 78, class_="pl")]
    for side, (word, y) in lanes.items():
        parts.append(svg.text(_LEFT - 8, y + 17, word, class_=f"t ae {side}t"))
        if y > 8:
            parts.append(svg.line(_LEFT, y, scale.right, y, class_="rw"))
    for gap in scene.recording.gaps:
        at = scale.span(gap.start_s, gap.stop_s)
        if at:
            parts.append(svg.box(at[0], 8, at[1], 78, f"gap of {words.span(gap.duration_s)}", class_="mk"))
    for k, seizure in enumerate(scene.seizures, 1):
        at = scale.span(seizure.start_s, seizure.stop_s)
        if at:
            hint = f"Seizure {k}: {words.in_recording(seizure.start_s)}, {words.span(seizure.duration_s)}"
            width = max(at[1], 2.0)
            if seizure.localised:
                side = side_class(seizure.onset.electrode)
                bar = svg.box(at[0], lanes[side][1] + 4, width, 18, hint, class_=f"br {side}")
            else:
                bar = svg.box(at[0], 12, width, 70, f"{hint}, not localised", class_="bo")
            parts.append(svg.tag("a", bar, href=f"#seizure-{k}"))
    for t in svg.time_ticks(0.0, duration_s, 0.0, 13):
        label = words.in_recording(t)
        parts.append(svg.text(scale.x(t), 101, label, class_="t am"))
        clock = words.clock(scene.recording.start, t)
        if clock:
            parts.append(svg.text(scale.x(t), 116, clock[:5], class_="t am mu"))
    axis = "hours:minutes:seconds of the recording" + (", below it the clock" if scene.recording.start else "")
    parts.append(svg.text(_LEFT, 132, axis, class_="t"))
    count = words.counted(len(scene.seizures), "seizure")
    told = f"{count} along {words.span(duration_s)}, in three lanes by the side on which each began."
    if any(not s.localised for s in scene.seizures):
        told += " Those that could not be localised go over all three."
    return svg.Drawing(_WIDTH, 138, "Seizures along the recording", told).of(*parts, key="overview")


def burden_chart(scene: Scene) -> Markup:
    """How many seizure minutes per readable hour were there in each hour, and how much of each could be read?"""
    hours = scene.findings.burden_by_hour
    top, height, strip = 14.0, 150.0, 26.0
    most = svg.round_up(max((h.burden_min_per_h or 0.0 for h in hours), default=0.0) or 1.0)
    step = _PLOT / max(1, len(hours))
    base = top + height
    parts = [svg.box(_LEFT, top, _PLOT, height, class_="pl"), svg.box(_LEFT, base + 8, _PLOT, strip, class_="pl")]
    for share in (0.0, 0.5, 1.0):
        y = base - share * height
        parts.append(svg.line(_LEFT, y, _LEFT + _PLOT, y, class_="gr"))
        parts.append(svg.text(_LEFT - 8, y + 4, words.number(share * most), class_="t ae"))
    parts.append(svg.text(_LEFT - 44, top + height / 2 - 8, "min", class_="t ae"))
    parts.append(svg.text(_LEFT - 44, top + height / 2 + 7, "per h", class_="t ae"))
    parts.append(svg.text(_LEFT - 8, base + 25, "readable", class_="t ae"))
    every = next(n for n in (1, 2, 3, 6, 12, 24, 48, 96, 10_000) if len(hours) / n <= 16)
    for k, hour in enumerate(hours):
        x = _LEFT + k * step
        parts.append(_hour(hour, x, step, (top, height, strip), most))
        if k % every == 0:
            parts.append(svg.text(x, base + strip + 24, words.in_recording(hour.start_s)[:-3], class_="t am"))
            clock = words.clock(scene.recording.start, hour.start_s)[:5]
            parts.append(svg.text(x, base + strip + 39, clock, class_="t am mu"))
    axis = "start of the hour in the recording (hours:minutes)"
    axis += ", below it the clock" if scene.recording.start else ""
    parts.append(svg.text(_LEFT, base + strip + 55, axis, class_="t"))
    told = "; ".join(_hour_told(h) for h in hours)
    drawing = svg.Drawing(_WIDTH, base + strip + 62, "Seizure burden by hour", f"{told}.")
    return drawing.of(*parts, key="burden")


def _hour_told(hour: HourBurden) -> str:
    if hour.burden_min_per_h is None:
        return f"hour {hour.hour + 1}: not captured"
    return f"hour {hour.hour + 1}: {words.number(hour.burden_min_per_h)} min per readable hour"


def _hour(hour: HourBurden, x: float, step: float, heights: tuple[float, float, float], most: float) -> str:
    """The bar of one hour and the strip of what could be read; hatching where nothing could."""
    top, height, strip = heights
    base, pad = top + height, min(4.0, 0.12 * step)
    minutes = f"{words.span(hour.seizure_s)} of seizures in {words.span(hour.readable_s)} readable"
    hint = f"{_hour_told(hour)}, {words.counted(hour.seizures, 'seizure')}, {minutes}"
    if hour.burden_min_per_h is None:
        hatch = svg.box(x, top, step, height + strip + 8, hint, class_="mk")
        word = svg.text(x + step / 2, top + height / 2, "not captured", class_="t am h") if step > 76 else ""
        return hatch + word
    bar = height * min(1.0, hour.burden_min_per_h / most)
    read = strip * min(1.0, hour.readable_s / 3600.0)
    parts = [svg.box(x + pad, base + 8 + strip - read, step - 2 * pad, read, hint, class_="rd")]
    if bar > 0:
        parts.append(svg.box(x + pad, base - bar, step - 2 * pad, bar, hint, class_="bu"))
    return "".join(parts)


def delays_chart(scene: Scene) -> Markup | None:
    """How long after one place did the next begin, and did the two overlap? `None` when no seizure migrated."""
    migration = scene.findings.migration
    rows = (("onset to onset", migration.onset_delays_s), ("end to onset", migration.handovers_s))
    values = [v for _, found in rows for v in found]
    if not values:
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    pad = 0.05 * max(high - low, 1.0)
    scale = svg.TimeScale(low - pad, high + pad, 122.0, 560.0)
    parts = [svg.box(scale.left, 8, scale.width, 76, class_="pl"), svg.line(scale.x(0), 8, scale.x(0), 84, class_="bn")]
    for t in svg.time_ticks(scale.start_s, scale.stop_s, 0.0, 10):
        parts.append(svg.line(scale.x(t), 8, scale.x(t), 84, class_="gr"))
        parts.append(svg.text(scale.x(t), 99, f"{t:.0f}".replace("-", "−"), class_="t am"))
    for k, (word, found) in enumerate(rows):
        y = 27.0 + 38 * k
        parts.append(svg.text(scale.left - 8, y + 4, word, class_="t ae"))
        parts += [svg.tag("circle", cx=scale.x(v), cy=y, r=5, class_="dt") for v in found]
    parts.append(svg.text(scale.left, 116, "seconds; below 0 the two places overlap", class_="t"))
    told = f"{words.counted(len(migration.onset_delays_s), 'migration')}: onset delays and handovers in seconds."
    return svg.Drawing(700, 122, "Delays of the migrations", told).of(*parts, key="delays")
