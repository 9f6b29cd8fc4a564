"""Two sets of results as one sheet: agreement, what only one found, figures side by side, settings that differ."""

from __future__ import annotations

from collections.abc import Iterator

from ictal.base.provenance import ictal_version
from ictal.report import svg, words
from ictal.report.chronogram import chronogram
from ictal.report.filed import cells
from ictal.report.filed.catalogue import Words, plain
from ictal.report.filed.compose import FIXED
from ictal.report.filed.figures import figure
from ictal.report.filed.scenes import scene_of
from ictal.report.filed.types import Block, Cell, Figure, Quantity, Section, Sheet, Table, Taken, Text
from ictal.report.scene import side_class
from ictal.scoring.beside import Comparison, Side
from ictal.scoring.types import Event, Share

DRAWN = 3
_WIDTH, _LEFT, _RIGHT, _LANE = 1060.0, 110.0, 36.0, 30.0

Results = tuple[Taken | None, Taken | None]


def compose_comparison(found: Comparison, results: Results, language: str = "en", paper: str = "a4") -> Sheet:
    """What does the page say? The same comparison gives the same page."""
    w = Words(language)
    title = w("compare.title", a=found.a.name, b=found.b.name)
    first = Section("first", w("compare.first"), tuple(_first(w, found)))
    sections = [
        Section("agreement", w("compare.agreement"), tuple(_agreement(w, found))),
        Section("numbers", w("compare.numbers"), tuple(_numbers(w, found))),
        Section("seizures", w("compare.seizures"), tuple(_seizures(w, found))),
        Section("figures", w("compare.figures"), tuple(_figures(w, found, results))),
        Section("settings", w("compare.settings"), tuple(_settings(w, found))),
    ]
    return Sheet(
        language=language,
        paper=paper,
        title=title,
        pseudonym=title,
        simulated=found.a.simulated or found.b.simulated,
        redacted=False,
        version=ictal_version(),
        first=first,
        sections=tuple(sections),
        fixed={key: w(f"frame.{key}") for key in FIXED},
        foreign=frozenset(w.foreign),
    )


def _first(w: Words, found: Comparison) -> Iterator[Block]:
    """The answer in two sentences, and the time line of both."""
    a, b = found.a, found.b
    yield Text(
        w({True: "compare.same", False: "compare.different", None: "compare.unsaid"}[found.same_recording]), "note"
    )
    if found.scores is None:
        yield Text(w("compare.counted", a=a.name, n=len(a.events), b=b.name, m=len(b.events)), "lead")
    else:
        both, only_a, only_b = len(found.pairs), len(found.only_a), len(found.only_b)
        yield Text(w("compare.found", both=both, a=a.name, n=only_a, b=b.name, m=only_b), "lead")
        kappa = found.scores.seconds.kappa
        shown = w("frame.not_captured") if kappa is None else w.number(kappa, 2)
        yield Text(w("compare.kappa", kappa=shown))
    yield _lanes(w, found)


def _agreement(w: Words, found: Comparison) -> Iterator[Block]:
    scores = found.scores
    if scores is None:
        yield Text(w("compare.no_match"), "note")
        return
    onset = scores.onset_error_s
    rows = [
        (Cell(w("compare.of_a")), _share(w, scores.unmerged.sensitivity)),
        (Cell(w("compare.of_b")), _share(w, scores.unmerged.precision)),
        (Cell(w("compare.f1")), cells.number(w, scores.unmerged.f1, "", 2)),
        (Cell(w("compare.seconds")), cells.number(w, scores.seconds.kappa, "", 2)),
        (
            Cell(w("compare.onset")),
            cells.between(w, onset.median, (onset.first_quartile, onset.third_quartile), "s", 1),
        ),
        (Cell(w("compare.side")), _share(w, scores.side)),
        (Cell(w("compare.electrode")), _share(w, scores.electrode)),
        (Cell(w("compare.within_one")), _share(w, scores.electrode_within_one)),
        (Cell(w("compare.pattern")), _share(w, scores.pattern)),
        (Cell(w("compare.path")), _share(w, scores.side_path)),
    ]
    heads = (w("compare.what"), w("compare.value"))
    yield Table("agreement", w("compare.agreement_caption"), heads, tuple(rows), "ictal compare: scoring")


def _share(w: Words, share: Share) -> Cell:
    ends = share.interval
    if share.share is None or ends is None:
        return Cell(w("frame.no_case"))
    percent, low, high = (plain(100 * x, 0) for x in (share.share, *ends))
    counts = (Quantity(str(share.count), "count", name="count"), Quantity(str(share.of), "count", name="of"))
    text = f"{w('frame.of', a=share.count, b=share.of)} ({percent} %; {w('frame.to', a=low, b=high)} %)"
    return Cell(text, (*counts, Quantity(percent, "%", low, high)))


def _numbers(w: Words, found: Comparison) -> Iterator[Block]:
    if not found.numbers:
        yield Text(w("compare.no_numbers"), "note")
        return
    rows = []
    for name, x, y in found.numbers:
        digits = 0 if x.unit == "%" or y.unit == "%" else None
        sides = (cells.between(w, s.value, (s.low, s.high), s.unit, digits) for s in (x, y))
        change = None if x.value is None or y.value is None else y.value - x.value
        rows.append((Cell(w.word(name)), *sides, cells.number(w, change, x.unit, digits)))
    heads = (w("compare.what"), found.a.name, found.b.name, w("compare.difference"))
    yield Table("numbers", w("compare.numbers_caption"), heads, tuple(rows), "findings.json of both")


def _seizures(w: Words, found: Comparison) -> Iterator[Block]:
    if found.scores is None:
        yield Text(w("compare.no_match"), "note")
        return
    heads = tuple(
        w(f"compare.head_{x}") for x in ("a", "start_a", "path_a", "b", "start_b", "path_b", "late", "differs")
    )
    rows = tuple(_pair(w, found, i, j) for i, j in found.pairs)
    if rows:
        yield Table("both", w("compare.both_caption", n=len(rows)), heads, rows, "seizures.tsv of both")
    for key, side, indices in (("only_a", found.a, found.only_a), ("only_b", found.b, found.only_b)):
        if not indices:
            yield Text(w("compare.only_none", name=side.name))
            continue
        heads = tuple(w(f"seizures.head_{x}") for x in ("number", "start", "duration", "pattern", "path"))
        caption = w("compare.only_caption", name=side.name, n=len(indices))
        yield Table(key, caption, heads, tuple(_one(w, side, k) for k in indices), f"seizures.tsv of {side.name}")


def _pair(w: Words, found: Comparison, i: int, j: int) -> tuple[Cell, ...]:
    a, b = found.a.events[i], found.b.events[j]
    differs = []
    if a.pattern is not None and b.pattern is not None and a.pattern is not b.pattern:
        differs.append(w("compare.differs_pattern", a=w.word(str(a.pattern)), b=w.word(str(b.pattern))))
    if a.path and b.path and a.path[0] != b.path[0]:
        differs.append(w("compare.differs_onset", a=a.path[0], b=b.path[0]))
    left = (Cell(f"A {i + 1}"), cells.at(w, a.start_s), _path(a))
    right = (Cell(f"B {j + 1}"), cells.at(w, b.start_s), _path(b))
    late = cells.number(w, b.start_s - a.start_s, "s", 1)
    return (*left, *right, late, Cell(w.joined(differs) or "–"))


def _one(w: Words, side: Side, k: int) -> tuple[Cell, ...]:
    event = side.events[k]
    pattern = Cell("–" if event.pattern is None else w.word(str(event.pattern)))
    return (
        Cell(str(k + 1)),
        cells.at(w, event.start_s),
        cells.span(w, event.stop_s - event.start_s),
        pattern,
        _path(event),
    )


def _path(event: Event) -> Cell:
    return Cell(" → ".join(event.path) or "–", (), side_class(event.path[0]) if event.path else "")


def _settings(w: Words, found: Comparison) -> Iterator[Block]:
    if not (found.a.settings and found.b.settings):
        yield Text(w("compare.no_settings"), "note")
        return
    versions = (", ".join(s.versions) or "–" for s in (found.a, found.b))
    rows = [(Cell(w("compare.version")), *map(Cell, versions))]
    rows += [(Cell(n), Cell(w.local(x)), Cell(w.local(y))) for n, x, y in found.settings]
    if not found.settings:
        yield Text(w("compare.same_settings"))
    heads = (w("settings.head_name"), found.a.name, found.b.name)
    yield Table("settings", w("compare.settings_caption"), heads, tuple(rows), "findings.json of both")


def _figures(w: Words, found: Comparison, results: Results) -> Iterator[Block]:
    """The chronograms of the pairs whose paths differ most, A before B."""
    one, other = results
    drawable = one is not None and other is not None and one.discharges and other.discharges
    if not drawable or not found.pairs or one is None or other is None:
        yield Text(w("compare.no_chronograms"), "note")
        return
    apart = sorted(found.pairs, key=lambda p: (-_apart(found.a.events[p[0]], found.b.events[p[1]]), p))[:DRAWN]
    scenes = (scene_of(one), scene_of(other))
    for i, j in sorted(apart):
        for scene, k, side, letter in ((scenes[0], i, found.a, "A"), (scenes[1], j, found.b, "B")):
            if scene.seizures[k].localised:
                caption = w("compare.chronogram", letter=letter, n=k + 1, name=side.name)
                yield figure(w, f"chronogram-{letter.lower()}-{k + 1}", chronogram(scene, k + 1), caption, 0.82)


def _apart(a: Event, b: Event) -> float:
    """How much do two paths differ? Places that only one of them has, and half a place for another pattern."""
    return len(set(a.path) ^ set(b.path)) + (0.0 if a.pattern is b.pattern else 0.5)


def _lanes(w: Words, found: Comparison) -> Figure:
    """Both along one axis of time; what only one found is outlined."""
    length = max(
        1.0,
        *(s.duration_s or 0.0 for s in (found.a, found.b)),
        *(e.stop_s for s in (found.a, found.b) for e in s.events),
    )
    scale = svg.TimeScale(0.0, length, _LEFT, _WIDTH - _LEFT - _RIGHT)
    parts = [svg.box(_LEFT, 8, scale.width, 2 * _LANE + 6, class_="pl")]
    for letter, side, lost, y in (("A", found.a, found.only_a, 12.0), ("B", found.b, found.only_b, 12.0 + _LANE)):
        parts.append(svg.text(_LEFT - 8, y + 16, f"{letter} ({len(side.events)})", class_="t ae"))
        for k, event in enumerate(side.events):
            at = scale.span(event.start_s, max(event.stop_s, event.start_s + 0.1))
            if at is None:
                continue
            hint = f"{letter} {k + 1}: {words.in_recording(event.start_s)}, {words.span(event.stop_s - event.start_s)}"
            kind = "bo" if k in lost or not event.path else f"br {side_class(event.path[0])}"
            parts.append(svg.box(at[0], y, max(at[1], 2.5), 22, hint, class_=kind))
    for i, j in found.pairs:
        x1, x2 = (scale.x(0.5 * (e.start_s + e.stop_s)) for e in (found.a.events[i], found.b.events[j]))
        parts.append(svg.line(x1, 34, x2, 12 + _LANE, class_="lg"))
    for t in svg.time_ticks(0.0, length, 0.0, 13):
        parts.append(svg.text(scale.x(t), 2 * _LANE + 30, words.in_recording(t), class_="t am"))
    told = w("compare.lanes_alt", both=len(found.pairs), n=len(found.only_a), m=len(found.only_b))
    drawing = svg.Drawing(_WIDTH, 2 * _LANE + 36, w("compare.lanes"), told)
    return figure(w, "lanes", drawing.of(*parts, key="lanes"), w("compare.lanes_caption"))
