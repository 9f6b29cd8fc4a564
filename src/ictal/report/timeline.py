"""The course of one infant as a figure on one axis of age: what a clinic draws by hand.

From above: burden of each recording, seizures of each recording by pattern and of the diary by kind, head
circumference in standard deviations, milestones, treatments, and what happened. What was not captured is written, not
drawn as none. The figure stands alone as a file: it carries its own style, in colours that every program knows.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ictal.infant.overview import Overview
from ictal.infant.timeline.ages import age_text
from ictal.report import svg
from ictal.report.lanes import Lane, Lanes, age_scale
from ictal.report.lanes_of import burden, events, head, milestones, seizures_by_kind, seizures_by_pattern, treatments

WIDTH, LEFT, RIGHT, TOP = 1060.0, 150.0, 36.0, 14.0

_STYLE = """
.tl{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",Arial,sans-serif}
.tl text{font-size:12.5px;fill:#1d2327}.tl .mu{fill:#566067}.tl .e{text-anchor:end}
.tl .m{text-anchor:middle}.tl .s{font-size:11px}.tl .pl{fill:none;stroke:#d9ddd9}
.tl .gr{stroke:#dfe4e6;fill:none}.tl .cut{stroke:#c14f00;fill:none;stroke-dasharray:5 3}
.tl .ln{stroke:#0072b2;fill:none;stroke-width:1.6}.tl .dt{fill:#0072b2}
.tl .ho{fill:#fff;stroke:#566067}.tl .band{fill:#f0f3f1}
.tl .bu{fill:#46555e}.tl .k0{fill:#9a3f00}.tl .k1{fill:url(#tl-k1)}
.tl .k2{fill:url(#tl-k2)}.tl .k3{fill:url(#tl-k3)}
.tl .k4{fill:#c3cacd}.tl .k0,.tl .k1,.tl .k2,.tl .k3,.tl .k4{stroke:#46555e;stroke-width:.5}
.tl .rx{fill:#9fc5b4}.tl .rx2{fill:#c9b3d6}.tl .op{fill:none;stroke:#566067;stroke-dasharray:3 3}
.tl .up{fill:#00795a}.tl .dn{fill:#c14f00}.tl .ny{fill:none;stroke:#566067;stroke-width:1.4}
.tl .tick{stroke:#1d2327;stroke-width:1.6}.tl .warn{fill:#c14f00}.tl .bg{fill:#fff}
"""

_PATTERNS = """<defs>
<pattern id="tl-k1" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect width="5" height="5" fill="#fff"/><rect width="2.2" height="5" fill="#c67f00"/></pattern>
<pattern id="tl-k2" width="4" height="4" patternUnits="userSpaceOnUse">
<rect width="4" height="4" fill="#0072b2"/><rect width="4" height="1.3" fill="#fff"/></pattern>
<pattern id="tl-k3" width="4" height="4" patternUnits="userSpaceOnUse">
<rect width="4" height="4" fill="#fff"/><circle cx="2" cy="2" r="1.2" fill="#2f7fb0"/></pattern>
</defs>"""
"""Kinds differ without colour too: plain dark, striped, lined, dotted, plain light."""


def timeline_figure(found: Overview, *, key: str = "timeline") -> Markup:
    """What does the course of this infant look like? One `<svg>` that needs nothing else."""
    scale = age_scale(found.ends_days, LEFT, WIDTH - LEFT - RIGHT)
    lanes = _lanes(found, scale)
    parts = [svg.tag("style", _STYLE), _PATTERNS, svg.box(0, 0, WIDTH, lanes.bottom + 60, class_="bg")]
    name = found.infant.pseudonym
    born = found.infant.gestation_weeks
    gestation = "gestation not captured" if born is None else f"born at {born:.1f} weeks"
    head_line = f"{name}, {found.infant.sex}, {gestation}{', simulated' if found.infant.simulated else ''}"
    parts.append(svg.text(LEFT, TOP + 6, head_line, class_="mu"))
    parts += lanes.parts
    parts += _axis(found, scale, lanes.bottom)
    told = " ".join(_told(found))
    drawing = svg.Drawing(WIDTH, lanes.bottom + 60, f"Course of {name} by age", told)
    return drawing.of(*parts, key=key, class_="tl")


def _lanes(found: Overview, scale: svg.TimeScale) -> Lanes:
    lanes = Lanes(scale, TOP + 18)
    drawers: Sequence[Lane] = (
        burden(found),
        seizures_by_pattern(found),
        seizures_by_kind(found),
        head(found),
        milestones(found, scale),
        treatments(found, scale),
        events(found),
    )
    for lane in drawers:
        lanes = lanes.with_lane(lane)
    return lanes


def _axis(found: Overview, scale: svg.TimeScale, bottom: float) -> list[str]:
    parts = []
    step = next(s for s in (1, 2, 3, 6, 12, 24, 60) if scale.stop_s / 30.4375 / s <= 16)
    month = 0
    while month * 30.4375 <= scale.stop_s:
        x = scale.x(month * 30.4375)
        parts.append(svg.line(x, bottom, x, bottom + 5, class_="tick"))
        parts.append(svg.text(x, bottom + 19, str(month), class_="m"))
        month += step
    words = "age in months from birth"
    born = found.infant.gestation_weeks
    if born is not None and born < 37:
        words += f"; term (corrected age 0) is at day {7 * (40 - born):.0f}"
    parts.append(svg.text(scale.left, bottom + 38, words, class_="mu"))
    return parts


def _told(found: Overview) -> list[str]:
    """The figure in words, for who cannot see it."""
    recordings = len(found.eeg.rates)
    return [
        f"The record reaches to {age_text(found.ends_days)}.",
        f"{recordings} recordings with a known result.",
        found.microcephaly.reason,
        f"Development: {found.development.answer}.",
        f"{len(found.courses)} treatments: {', '.join(c.name for c in found.courses) or 'none written down'}.",
    ]
