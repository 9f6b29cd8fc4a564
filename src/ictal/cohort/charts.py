"""The figures of the cohort's page: bars, a histogram, and the burden by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from ictal.report import svg, words

_LEFT, _PLOT, _AFTER = 190.0, 620.0, 110.0
_ROW = 24.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it is called, how long it is (`None`: not known), and what is written after it."""

    name: str
    value: float | None
    said: str


def bars(key: str, name: str, axis: str, rows: Sequence[Bar]) -> Markup:
    """How large is a number in each group? One bar a group, from the top; hatched where it is not known."""
    most = svg.round_up(max((bar.value or 0.0 for bar in rows), default=0.0) or 1.0)
    height = _ROW * max(1, len(rows))
    parts = [svg.box(_LEFT, 4, _PLOT, height, class_="pl")]
    for share in (0.0, 0.5, 1.0):
        x = _LEFT + share * _PLOT
        parts.append(svg.line(x, 4, x, 4 + height, class_="gr"))
        parts.append(svg.text(x, height + 20, words.number(share * most), class_="t am"))
    for k, bar in enumerate(rows):
        y = 4 + k * _ROW
        hint = f"{bar.name}: {bar.said}"
        parts.append(svg.text(_LEFT - 8, y + 16, _cut(bar.name), class_="t ae"))
        if bar.value is None:
            parts.append(svg.box(_LEFT, y + 4, _PLOT, _ROW - 8, hint, class_="mk"))
        elif bar.value > 0:
            parts.append(svg.box(_LEFT, y + 4, _PLOT * bar.value / most, _ROW - 8, hint, class_="bu"))
        parts.append(svg.text(_LEFT + _PLOT + 8, y + 16, bar.said, class_="t"))
    parts.append(svg.text(_LEFT, height + 37, axis, class_="t"))
    told = "; ".join(f"{bar.name}: {bar.said}" for bar in rows)
    return svg.Drawing(_LEFT + _PLOT + _AFTER, height + 44, name, f"{told}.").of(*parts, key=key)


def durations(values_s: Sequence[float]) -> Markup | None:
    """How long were the seizures? `None` without one."""
    if not values_s:
        return None
    width_s = next((w for w in (5, 10, 20, 30, 60, 120, 300, 600) if max(values_s) / w <= 30), 1800)
    counts = [0] * (int(max(values_s) // width_s) + 1)
    for value in values_s:
        counts[int(value // width_s)] += 1
    most = svg.round_up(max(counts))
    step, height = _PLOT / len(counts), 170.0
    parts = [svg.box(_LEFT, 10, _PLOT, height, class_="pl")]
    for share in (0.0, 0.5, 1.0):
        y = 10 + height - share * height
        parts.append(svg.line(_LEFT, y, _LEFT + _PLOT, y, class_="gr"))
        parts.append(svg.text(_LEFT - 8, y + 4, words.number(share * most), class_="t ae"))
    every = max(1, len(counts) // 10)
    for k, count in enumerate(counts):
        tall = height * count / most
        hint = f"{k * width_s} to {(k + 1) * width_s} s: {words.counted(count, 'seizure')}"
        if count:
            parts.append(svg.box(_LEFT + k * step + 1, 10 + height - tall, max(step - 2, 1), tall, hint, class_="bu"))
        if k % every == 0:
            parts.append(svg.text(_LEFT + k * step, height + 27, f"{k * width_s}", class_="t am"))
    parts.append(svg.text(_LEFT, height + 44, "duration in seconds; height: number of seizures", class_="t"))
    told = "; ".join(f"{k * width_s}-{(k + 1) * width_s} s: {count}" for k, count in enumerate(counts) if count)
    drawing = svg.Drawing(_LEFT + _PLOT + _AFTER, height + 50, "Durations of the seizures", f"{told}.")
    return drawing.of(*parts, key="durations")


@dataclass(frozen=True, slots=True)
class Dot:
    """One recording: the age at it, its burden, and what it is called."""

    age_months: float
    burden_min_per_h: float
    name: str


def by_age(dots: Sequence[Dot]) -> Markup | None:
    """How large was the burden at which age? One dot a recording; `None` where no age is known."""
    if not dots:
        return None
    oldest = svg.round_up(max(1.0, *(dot.age_months for dot in dots)))
    most = svg.round_up(max(dot.burden_min_per_h for dot in dots) or 1.0)
    height = 260.0
    parts = [svg.box(_LEFT, 10, _PLOT, height, class_="pl")]
    for k in range(5):
        y, x = 10 + height * (1 - k / 4), _LEFT + _PLOT * k / 4
        parts.append(svg.line(_LEFT, y, _LEFT + _PLOT, y, class_="gr"))
        parts.append(svg.text(_LEFT - 8, y + 4, words.number(most * k / 4), class_="t ae"))
        parts.append(svg.text(x, height + 27, words.number(oldest * k / 4), class_="t am"))
    for dot in dots:
        said = f"{words.number(dot.age_months)} months, {words.number(dot.burden_min_per_h)} min per readable hour"
        circle = svg.tag(
            "circle",
            svg.tag("title", escape(f"{dot.name}: {said}", quote=False)),
            cx=_LEFT + _PLOT * dot.age_months / oldest,
            cy=10 + height * (1 - dot.burden_min_per_h / most),
            r=5,
            class_="dt",
        )
        parts.append(circle)
    parts.append(svg.text(_LEFT - 60, 24, "min", class_="t ae"))
    parts.append(svg.text(_LEFT - 60, 39, "per h", class_="t ae"))
    parts.append(svg.text(_LEFT, height + 44, "age at the recording in months", class_="t"))
    ages, burdens = sorted(d.age_months for d in dots), sorted(d.burden_min_per_h for d in dots)
    told = (
        f"{words.counted(len(dots), 'recording')} of {words.number(ages[0])} to {words.number(ages[-1])} months, "
        f"burden {words.number(burdens[0])} to {words.number(burdens[-1])} minutes per readable hour."
    )
    drawing = svg.Drawing(_LEFT + _PLOT + _AFTER, height + 50, "Seizure burden by age", told)
    return drawing.of(*parts, key="by-age")


def _cut(name: str) -> str:
    return name if len(name) <= 26 else f"{name[:25]}…"
