"""A measure of growth against the WHO standard, as the growth chart in the child's health book shows it."""

from __future__ import annotations

from markupsafe import Markup

from ictal.infant.growth.standards import LAST_DAY, value_at
from ictal.infant.growth.types import UNIT, GrowthZ, Measure
from ictal.infant.timeline.types import Infant
from ictal.report import svg

_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 560.0, 330.0, 44.0, 14.0, 516.0, 286.0
_CENTILES = ((-1.881, "3rd"), (-1.036, "15th"), (0.0, "50th"), (1.036, "85th"), (1.881, "97th"))
_MONTH_DAYS = 30.4375
_SHORTEST_DAYS = 6 * _MONTH_DAYS
_NAMES: dict[Measure, str] = {"head": "Head circumference", "weight": "Weight", "length": "Length"}


def growth_chart(infant: Infant, course: tuple[GrowthZ, ...], measure: Measure = "head") -> Markup:
    """How did this measure grow, among the WHO centiles of the child's sex, by corrected age where it is known?"""
    points = [(_age(g), g.value) for g in course if _age(g) >= 0]
    last_days = min(float(LAST_DAY), max([_SHORTEST_DAYS, *(age for age, _ in points)]) * 1.06)
    days = [last_days * k / 60 for k in range(61)]
    curves = [(name, [value_at(measure, infant.sex, z, day) for day in days]) for z, name in _CENTILES]
    known = [v for _, curve in curves for v in curve if v is not None] + [v for _, v in points]
    low, high = min(known, default=0.0), max(known, default=1.0)
    margin = 0.04 * (high - low) or 1.0
    low, high = low - margin, high + margin

    def x(day: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * day / last_days

    def y(value: float) -> float:
        return _BOTTOM - (_BOTTOM - _TOP) * (value - low) / (high - low)

    parts = _axes(last_days, low, high, UNIT[measure])
    for name, curve in curves:
        line = [(x(d), y(v)) for d, v in zip(days, curve, strict=True) if v is not None]
        if line:
            middle = name == "50th"
            parts.append(svg.tag("path", d=_path(line), class_="cent mid" if middle else "cent"))
            parts.append(svg.text(_RIGHT + 4, line[-1][1] + 4, name, class_="t mu"))
    parts.append(svg.tag("path", d=_path([(x(d), y(v)) for d, v in points]), class_="grow"))
    for day, value in points:
        hint = svg.tag("title", f"{value:g} {UNIT[measure]} at {day / _MONTH_DAYS:.1f} months")
        parts.append(svg.tag("circle", hint, cx=x(day), cy=y(value), r=4.5, class_="dot"))
    said = ", ".join(f"{value:g} {UNIT[measure]} at {day / _MONTH_DAYS:.1f} months" for day, value in points)
    about = f"{said or 'Nothing was measured'}; WHO centiles of the child's sex where it is captured."
    drawing = svg.Drawing(_WIDTH, _HEIGHT, f"{_NAMES[measure]} by age", about)
    return drawing.of(*parts, key=f"growth-{measure}", class_="growth")


def _age(point: GrowthZ) -> float:
    return point.age_days if point.corrected_days is None else point.corrected_days


def _path(places: list[tuple[float, float]]) -> str:
    return "".join(f"{'L' if k else 'M'}{svg.num(x)} {svg.num(y)}" for k, (x, y) in enumerate(places)) or "M0 0"


def _axes(last_days: float, low: float, high: float, unit: str) -> list[str]:
    """The frame, months below, the unit at the left."""
    parts = [svg.box(_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP, class_="pl")]
    months = last_days / _MONTH_DAYS
    step = next(s for s in (1, 2, 3, 6, 12) if months / s <= 12)
    for month in range(0, int(months) + 1, step):
        x = _LEFT + (_RIGHT - _LEFT) * month * _MONTH_DAYS / last_days
        parts.append(svg.line(x, _TOP, x, _BOTTOM, class_="gr"))
        parts.append(svg.text(x, _BOTTOM + 16, str(month), class_="t am mu"))
    tall = next(s for s in (0.5, 1, 2, 5, 10, 20) if (high - low) / s <= 8)
    value = tall * (int(low / tall) + 1)
    while value < high:
        y = _BOTTOM - (_BOTTOM - _TOP) * (value - low) / (high - low)
        parts.append(svg.line(_LEFT, y, _RIGHT, y, class_="gr"))
        if y > _TOP + 18:  # the unit stands above
            parts.append(svg.text(_LEFT - 6, y + 4, f"{value:g}", class_="t ae mu"))
        value += tall
    parts.append(svg.text(_LEFT, _HEIGHT - 8, "months (corrected age where the gestation is captured)", class_="t mu"))
    parts.append(svg.text(6, _TOP + 10, unit, class_="t mu"))
    return parts
