"""Forest plots of the published series: one figure, with the caution that small series deserve."""

from __future__ import annotations

from collections.abc import Sequence

from ictal.knowledge.forest import CAUTION, Bar, Forest
from ictal.report.svg import Drawing, box, line, tag, text

LEFT, AXIS, RIGHT, ROW = 330.0, 360.0, 300.0, 18.0


def forest_svg(forests: Sequence[Forest]) -> str:
    """All plots under one another, as one SVG that opens by itself."""
    parts: list[str] = []
    y = 24.0
    for forest in forests:
        parts.append(text(8, y, f"{forest.title}, {forest.unit}", font_weight="bold"))
        y += ROW
        top = y - 12
        for bar in forest.bars:
            parts += _row(forest, bar, y)
            y += ROW
        parts += _axis(forest, top, y - 10)
        y += 2 * ROW
    parts.append(text(8, y, CAUTION, font_size=10.0))
    width, height = LEFT + AXIS + RIGHT, y + 14
    drawing = Drawing(width, height, "Published series", "Forest plots: shares with Wilson intervals, ages at onset.")
    paper = box(0, 0, width, height, fill="#fff")
    style = tag("g", "".join(parts), font_family="sans-serif", font_size=11.0, fill="#222")
    return str(drawing.of(paper, style, key="forest"))


def _row(forest: Forest, bar: Bar, y: float) -> list[str]:
    low, high = (_x(forest, end) for end in (bar.low, bar.high))
    mark = "" if bar.provenance == "read" else f" [{bar.provenance}]"
    old = " [EXPIRED]" if bar.stale else ""
    faint = "#222" if bar.provenance == "read" else "#888"
    found = [
        text(8, y, bar.series[:52]),
        line(low, y - 4, high, y - 4, stroke=faint, stroke_width=1.5),
        text(LEFT + AXIS + 10, y, f"{bar.label}{mark}{old}"),
    ]
    if bar.middle is not None:
        found.append(box(_x(forest, bar.middle) - 3, y - 7, 6, 6, fill=faint))
    return found


def _axis(forest: Forest, top: float, bottom: float) -> list[str]:
    found = [line(LEFT, bottom + 4, LEFT + AXIS, bottom + 4, stroke="#222")]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = LEFT + share * AXIS
        found += [line(x, bottom + 4, x, bottom + 8, stroke="#222")]
        found += [text(x, bottom + 18, f"{share * forest.end:g}", text_anchor="middle", font_size=9.0)]
    if forest.child is not None:
        x = _x(forest, forest.child)
        found += [line(x, top, x, bottom + 4, stroke="#b03", stroke_dasharray="4 2")]
        found += [text(x + 4, top + 4, "this child", fill="#b03", font_size=9.0)]
    return found


def _x(forest: Forest, value: float) -> float:
    return LEFT + max(0.0, min(1.0, value / forest.end)) * AXIS
