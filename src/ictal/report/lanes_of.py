"""What is drawn in each lane of an infant's course: one function a lane, from what was computed elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ictal.infant.overview import Overview
from ictal.infant.timeline.ages import age_text
from ictal.infant.timeline.types import (
    Admission,
    Death,
    Diary,
    Entry,
    FindingsSummary,
    Milestone,
    Recording,
    Semiology,
    Status,
)
from ictal.infant.treatment.types import Course
from ictal.report import svg
from ictal.report.lanes import Lane, rulers

BAR = 7.0
PATTERNS = ("migrating", "spreading", "focal", "bilateral")
PERCENTILES = ((-1.881, "3rd"), (0.0, "50th"), (1.881, "97th"))
"""Percentiles of the normal distribution as z-scores; WHO draws these among others."""

Stack = tuple[float, Sequence[tuple[str, float]]]
"""An age, and what is stacked there: a word and an amount for each."""


def burden(found: Overview) -> Lane:
    """Seizure minutes per readable hour of each recording."""
    known = _analysed(found)
    most = svg.round_up(max((f.burden_min_per_h or 0.0 for _, f in known), default=0.0) or 1.0)

    def draw(scale: svg.TimeScale, top: float) -> list[str]:
        parts = rulers(scale, top, 64, most)
        for entry, one in known:
            value = one.burden_min_per_h
            x = scale.x(entry.age_days)
            if value is None:
                parts.append(svg.text(x, top + 60, "?", class_="m mu"))
                continue
            tall = max(64 * value / most, 1.2)
            hint = f"{age_text(entry.age_days)}: {value:.3g} seizure minutes per readable hour, {one.readable_h:g} h"
            parts.append(svg.box(x - BAR / 2, top + 64 - tall, BAR, tall, hint, class_="bu"))
        return parts

    empty = "" if known else "not captured: no recording with a result"
    return Lane("burden", 64, draw, "EEG, min per hour", empty)


def seizures_by_pattern(found: Overview) -> Lane:
    """Seizures an hour of each recording, by their pattern where it was told."""
    stacks: list[Stack] = []
    for entry, one in _analysed(found):
        if not one.readable_h:
            continue
        told = [(word, float(getattr(one, word) or 0)) for word in PATTERNS]
        rest = one.seizures - sum(count for _, count in told)
        told.append(("pattern not told", max(0.0, rest)))
        stacks.append((entry.age_days, [(word, count / one.readable_h) for word, count in told]))
    empty = "" if stacks else "not captured: no recording with a result"
    return _stacked("seizures", "EEG, per hour", stacks, (*PATTERNS, "pattern not told"), empty)


def seizures_by_kind(found: Overview) -> Lane:
    """Seizures of the diary for each day that was watched, by kind, in stretches of 30 days."""
    watched = [d for d in found.infant.of(Diary) if d.hours_observed and d.seizures is not None]
    counted: dict[str, int] = {}
    for entry in watched:
        for kind in entry.by_kind:
            counted[kind.kind] = counted.get(kind.kind, 0) + kind.count
    main = tuple(sorted(counted, key=lambda kind: -counted[kind])[:4])
    stacks: list[Stack] = []
    for month, group in groupby(watched, lambda d: int(d.age_days // 30)):
        entries = list(group)
        days = sum(e.hours_observed or 0.0 for e in entries) / 24
        told = [(kind, sum(k.count for e in entries for k in e.by_kind if k.kind == kind) / days) for kind in main]
        total = sum(e.seizures or 0 for e in entries) / days
        told.append(("other or not told", max(0.0, total - sum(rate for _, rate in told))))
        stacks.append((30.0 * month + 15.0, told))
    empty = "" if stacks else "not captured: no diary that says for how long somebody watched"
    return _stacked("seizures", "home, per 24 h watched", stacks, (*main, "other or not told"), empty)


def head(found: Overview) -> Lane:
    """Head circumference as z-scores: corrected (filled), and from birth (hollow) where the two differ."""
    shown = [(g.age_days, g.z_corrected if g.corrected_days is not None else g.z_uncorrected, g) for g in found.heads]
    known = [(age, z, g) for age, z, g in shown if z is not None]
    values = [z for _, z, _ in known] + [g.z_uncorrected for g in found.heads if g.z_uncorrected is not None]
    low, high = min(-3.0, *values, -3.0) - 0.3, max(2.5, *values, 2.5) + 0.3

    def draw(scale: svg.TimeScale, top: float) -> list[str]:
        def y(z: float) -> float:
            return top + 130 * (high - z) / (high - low)

        parts = [svg.box(scale.left, y(1.881), scale.width, y(-1.881) - y(1.881), class_="band")]
        for z, word in PERCENTILES:
            parts.append(svg.line(scale.left, y(z), scale.right, y(z), class_="gr"))
            parts.append(svg.text(scale.left + 4, y(z) - 3, word, class_="mu s"))
        parts.append(svg.line(scale.left, y(-2), scale.right, y(-2), class_="cut"))
        parts += [svg.text(scale.right + 4, y(z) + 4, f"{z:+d}" if z else "0", class_="mu s") for z in (-2, 0, 2)]
        path = "L".join(f"{svg.num(scale.x(age))} {svg.num(y(z))}" for age, z, _ in known)
        parts += [svg.tag("path", d=f"M{path}", class_="ln")] if len(known) > 1 else []
        for g in found.heads:
            plain = g.z_uncorrected
            if plain is not None and g.corrected_days is not None and g.corrected_days != g.age_days:
                parts.append(svg.tag("circle", cx=scale.x(g.age_days), cy=y(plain), r=3, class_="ho"))
        for age, z, g in known:
            hint = svg.tag("title", f"{age_text(age)}: {g.value:g} cm, z {z:+.2f}")
            parts.append(svg.tag("circle", hint, cx=scale.x(age), cy=y(z), r=3.6, class_="dt"))
        crossed = found.microcephaly.crossed_age_days
        if crossed is not None:
            x = scale.x(crossed)
            parts.append(svg.line(x, top, x, top + 130, class_="cut"))
            parts.append(svg.text(x + 4, top + 13, f"-2 crossed at {age_text(crossed)}", class_="warn s"))
        return parts

    measured = "measured, but no z-score: the sex is not captured, or it was before term"
    empty = "" if values else measured if found.heads else "not captured: no head circumference"
    return Lane("head", 130, draw, "z by corrected age", empty)


def milestones(found: Overview, scale: svg.TimeScale) -> Lane:
    """Skills gained (triangle up), lost (down) and asked for and not there yet (ring), with their names."""
    entries = found.infant.of(Milestone)
    words = [e.skill if e.event == "gained" else f"{e.skill} {e.event}" for e in entries]
    spans = [
        _beside(scale, scale.x(e.age_days), 16.0 + 6.2 * len(word)) for e, word in zip(entries, words, strict=True)
    ]
    rows = _rows(spans)
    height = 18.0 * (max(rows, default=0) + 1) + 8

    def draw(scale: svg.TimeScale, top: float) -> list[str]:
        parts = []
        for entry, word, span, row in zip(entries, words, spans, rows, strict=True):
            x, y = scale.x(entry.age_days), top + 13 + 18 * row
            if entry.event == "not yet":
                parts.append(svg.tag("circle", cx=x, cy=y, r=4, class_="ny"))
            else:
                tip, side = (-5, "up") if entry.event == "gained" else (5, "dn")
                foot = svg.num(y - tip)
                d = f"M{svg.num(x)} {svg.num(y + tip)}L{svg.num(x - 5)} {foot}L{svg.num(x + 5)} {foot}z"
                parts.append(svg.tag("path", d=d, class_=side))
            before = span[0] < x - 6
            parts.append(svg.text(x - 8 if before else x + 8, y + 4, word, class_="s e" if before else "s"))
        return parts

    empty = "" if entries else "not captured: no milestone"
    return Lane("milestones", height, draw, found.development.answer, empty)


def treatments(found: Overview, scale: svg.TimeScale) -> Lane:
    """Treatments as bars with their first dose; an open end where no stop was written down."""
    given = found.courses
    rows = _rows([(scale.x(c.from_days), max(_long(scale, c), 12 + 6.4 * len(_dosed(c)))) for c in given])
    height = 21.0 * (max(rows, default=0) + 1) + 6

    def draw(scale: svg.TimeScale, top: float) -> list[str]:
        parts = []
        for course, row in zip(given, rows, strict=True):
            x, y = scale.x(course.from_days), top + 4 + 21 * row
            kind = "rx" if course.treatment in ("medicine", "rescue medicine") else "rx2"
            hint = f"{course.name}: {age_text(course.from_days)} to {age_text(course.until_days)}"
            hint += "" if course.stopped == "yes" else ", stop not captured" if course.stopped != "no" else ", ongoing"
            parts.append(svg.box(x, y, _long(scale, course), 17, hint, class_=kind))
            if course.stopped == "not captured":
                parts.append(svg.box(x, y, _long(scale, course), 17, class_="op"))
            parts += [
                svg.line(scale.x(dose.age_days), y, scale.x(dose.age_days), y + 17, class_="tick")
                for dose in course.doses[1:]
            ]
            parts.append(svg.text(x + 4, y + 13, _dosed(course), class_="s"))
        return parts

    empty = "" if given else "none written down"
    return Lane("treatments", height, draw, "first dose", empty)


def events(found: Overview) -> Lane:
    """Recordings as ticks; status, admissions, the first seizure, death."""
    infant = found.infant
    marks: list[tuple[Entry, str]] = [(e, "status") for e in infant.of(Status) if e.present == "yes"]
    marks += [(e, "first seizure") for e in infant.of(Semiology) if e.first == "yes"]
    marks += [(e, "death") for e in infant.of(Death)]
    recordings, admissions = infant.of(Recording), infant.of(Admission)

    def draw(scale: svg.TimeScale, top: float) -> list[str]:
        parts = []
        for stay in admissions:
            width = max(2.0, scale.x(stay.until_age_days or stay.age_days) - scale.x(stay.age_days))
            parts.append(svg.box(scale.x(stay.age_days), top + 22, width, 8, f"admission: {stay.reason}", class_="k4"))
        for one in recordings:
            x = scale.x(one.age_days)
            parts.append(svg.line(x, top + 4, x, top + 18, class_="tick"))
        for entry, word in marks:
            x = scale.x(entry.age_days)
            parts.append(svg.tag("circle", svg.tag("title", word), cx=x, cy=top + 40, r=3.6, class_="warn"))
            parts.append(svg.text(x + 7, top + 44, word, class_="s"))
        return parts

    empty = "" if marks or recordings or admissions else "none written down"
    return Lane("recordings", 52, draw, "events below", empty)


def _analysed(found: Overview) -> list[tuple[Recording, FindingsSummary]]:
    return [(e, e.found) for e in found.infant.of(Recording) if e.found is not None]


def _stacked(name: str, under: str, stacks: list[Stack], words: Sequence[str], empty: str) -> Lane:
    most = svg.round_up(max((sum(v for _, v in told) for _, told in stacks), default=0.0) or 1.0)
    colour = {word: f"k{k}" for k, word in enumerate(words[:-1])} | {words[-1]: "k4"}

    def draw(scale: svg.TimeScale, top: float) -> list[str]:
        parts = rulers(scale, top, 64, most)
        for age, told in stacks:
            base = top + 64
            for word, value in told:
                tall = 64 * value / most
                hint = f"{age_text(age)}: {word} {value:.3g}"
                parts += (
                    [svg.box(scale.x(age) - BAR / 2, base - tall, BAR, tall, hint, class_=colour[word])]
                    if value
                    else []
                )
                base -= tall
            if not any(value for _, value in told):
                parts.append(svg.text(scale.x(age), top + 61, "0", class_="m s"))
        x = scale.left + 4
        used = [w for w in words if any(v for _, told in stacks for word, v in told if word == w)]
        for word in used:
            parts.append(svg.box(x, top - 11, 9, 9, class_=colour[word]))
            parts.append(svg.text(x + 13, top - 3, word, class_="s"))
            x += 26 + 7.2 * len(word)
        return parts

    return Lane(name, 64, draw, under, empty)


def _beside(scale: svg.TimeScale, x: float, width: float) -> tuple[float, float]:
    """Where do words beside a mark at `x` stand: after it, or before it where the figure ends (left edge and width)?"""
    return (x - 5, width) if x + width <= scale.right else (x - width, width)


def _rows(spans: list[tuple[float, float]]) -> list[int]:
    """On which row does each fit beside those before it (left edge and width)?"""
    ends: list[float] = []
    rows = []
    for left, width in spans:
        row = next((k for k, end in enumerate(ends) if end <= left), len(ends))
        if row == len(ends):
            ends.append(0.0)
        ends[row] = left + width + 6
        rows.append(row)
    return rows


def _long(scale: svg.TimeScale, course: Course) -> float:
    return max(3.0, scale.x(min(course.until_days, scale.stop_s)) - scale.x(course.from_days))


def _dosed(course: Course) -> str:
    if not course.doses:
        return course.name
    dose = course.doses[0]
    if dose.per_kg_day is not None:
        return f"{course.name} {dose.per_kg_day:.3g} {dose.per_kg_day_unit}"
    return (
        f"{course.name} {dose.amount:g}{dose.unit}"
        if dose.unit == ":1"
        else f"{course.name} {dose.amount:g} {dose.unit}"
    )
