"""Lanes of a figure, one below the other, on one axis of age."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ictal.report import svg

GAP = 20.0
SHORTEST_DAYS = 60.0


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: its name, its height, and what draws it between `top` and `top + height`. `empty` is said instead."""

    name: str
    height: float
    draw: Callable[[svg.TimeScale, float], list[str]]
    under: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Lanes:
    """The lanes so far, and where the next begins."""

    scale: svg.TimeScale
    bottom: float
    parts: tuple[str, ...] = ()

    def with_lane(self, lane: Lane) -> Lanes:
        """The lanes with one more below."""
        top = self.bottom + GAP
        height = 26.0 if lane.empty else lane.height
        parts = [svg.box(self.scale.left, top, self.scale.width, height, class_="pl")]
        parts.append(svg.text(self.scale.left - 10, top + 13, lane.name, class_="e"))
        if lane.under and not lane.empty:
            parts.append(svg.text(self.scale.left - 10, top + 29, lane.under, class_="e mu s"))
        if lane.empty:
            parts.append(svg.text(self.scale.left + 8, top + 17, lane.empty, class_="mu"))
        else:
            parts += lane.draw(self.scale, top)
        return replace(self, bottom=top + height, parts=(*self.parts, *parts))


def age_scale(ends_days: float, left: float, width: float) -> svg.TimeScale:
    """Days of age to horizontal places, from birth to a little after the end of the record."""
    return svg.TimeScale(0.0, max(SHORTEST_DAYS, 1.04 * ends_days), left, width)


def rulers(scale: svg.TimeScale, top: float, height: float, most: float) -> list[str]:
    """The lines of a lane that counts from 0 to `most`, with their numbers at the right."""
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = top + height * (1 - share)
        parts.append(svg.line(scale.left, y, scale.right, y, class_="gr"))
        parts.append(svg.text(scale.right + 4, y + 4, f"{share * most:g}", class_="mu s"))
    return parts
