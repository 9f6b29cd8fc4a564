"""The sections on the child: course, growth, development, treatment response, genetics."""

from __future__ import annotations

from collections.abc import Iterator

from ictal.infant.genes.panel import packaged_genes
from ictal.infant.growth.types import UNIT, GrowthZ
from ictal.infant.overview import Overview
from ictal.infant.syndrome.types import GeneVariant
from ictal.infant.timeline.escalation import Escalation
from ictal.infant.timeline.types import Semiology, Test, Variant
from ictal.infant.treatment.types import Course, Response
from ictal.report.filed import cells
from ictal.report.filed.catalogue import Words
from ictal.report.filed.figures import figure
from ictal.report.filed.types import Block, Bullets, Cell, Dossier, Section, Table, Text
from ictal.report.timeline import timeline_figure


def child_sections(w: Words, dossier: Dossier) -> Iterator[Section]:
    """Each section is there, and says so when nothing was captured."""
    child = dossier.child
    for key, made in (
        ("course", _course),
        ("growth", _growth),
        ("development", _development),
        ("treatment", _treatment),
    ):
        blocks = (Text(w(f"{key}.none"), "note"),) if child is None else tuple(made(w, child))
        yield Section(key, w(f"{key}.title"), blocks)
    yield Section("genetics", w("genetics.title"), tuple(_genetics(w, dossier)))


def _course(w: Words, child: Overview) -> Iterator[Block]:
    infant = child.infant
    if not infant.entries:
        yield Text(w("course.none"), "note")
        return
    gestation = w("frame.not_captured")
    if infant.gestation_weeks is not None:
        weeks, days = divmod(round(infant.gestation_weeks * 7), 7)
        gestation = w("course.weeks", a=weeks, b=days)
    reaches = cells.age(w, child.ends_days).text
    yield Text(w("course.who", sex=w.word(infant.sex), gestation=gestation, n=len(infant.entries), age=reaches))
    yield figure(w, "timeline", timeline_figure(child), w("course.caption"))
    yield Bullets(
        tuple(w("course.rate", source=w.word(e.source), text=w.said(e.sentence)) for e in (child.eeg, child.diary))
    )
    yield from _rates(w, child.eeg)
    yield from _rates(w, child.diary)
    yield from _semiology(w, child)
    if child.problems:
        yield Text(w("course.check"), "small")
        yield Bullets(tuple(w.said(p.sentence) for p in child.problems))


def _rates(w: Words, found: Escalation) -> Iterator[Block]:
    rows = []
    for one in found.rates:
        r = one.rate
        rate = cells.between(w, r.per_hour, (r.low, r.high), "/h")
        counted = cells.number(w, r.amount, "", 0)
        rows.append(
            (
                cells.age(w, _day(one.from_days)),
                cells.age(w, _day(one.to_days)),
                counted,
                cells.number(w, r.hours, "h", 1),
                rate,
            )
        )
    if rows:
        heads = tuple(w(f"course.head_{x}") for x in ("from", "to", "seizures", "hours", "rate"))
        caption = w("course.rates", source=w.word(found.source))
        yield Table(f"rates-{found.source.lower()}", caption, heads, tuple(rows), f"record: {found.source}")


def _day(days: float) -> float:
    return round(days, 1)


def _semiology(w: Words, child: Overview) -> Iterator[Block]:
    rows = [
        (
            cells.age(w, e.age_days),
            Cell(w.word(e.seizure)),
            Cell(w.word(e.side)),
            Cell(w.word(e.consciousness)),
            cells.number(w, e.typical_s, "s"),
        )
        for e in child.infant.of(Semiology)
    ]
    if rows:
        heads = tuple(w(f"course.semiology_{x}") for x in ("age", "kind", "side", "consciousness", "lasts"))
        yield Table("semiology", w("course.semiology"), heads, tuple(rows), "record: semiology")


def _growth(w: Words, child: Overview) -> Iterator[Block]:
    measured = [*child.heads, *child.weights, *child.lengths]
    if not measured:
        yield Text(w("growth.none"), "note")
        return
    yield Text(w("growth.answer", answer=w.word(child.microcephaly.answer), reason=w.said(child.microcephaly.reason)))
    rows = [_measured(w, g) for g in measured]
    heads = tuple(w(f"growth.head_{x}") for x in ("measure", "age", "value", "corrected", "birth", "notes"))
    yield Table("growth", w("growth.caption"), heads, tuple(rows), "record: growth; WHO standards")


def _measured(w: Words, g: GrowthZ) -> tuple[Cell, ...]:
    notes = Cell(" ".join(w.said(n) for n in g.notes) or "–")
    z = (cells.number(w, g.z_corrected, "", 2), cells.number(w, g.z_uncorrected, "", 2))
    return (Cell(w.word(g.measure)), cells.age(w, g.age_days), cells.number(w, g.value, UNIT[g.measure]), *z, notes)


def _development(w: Words, child: Overview) -> Iterator[Block]:
    found = child.development
    yield Text(w("development.answer", answer=w.word(found.answer), sentence=w.said(found.sentence)))
    if found.also:
        yield Bullets(tuple(w.said(s) for s in found.also))
    if not found.skills:
        yield Text(w("development.none"), "note")
        return
    rows = []
    for s in found.skills:
        days = (s.gained_days, s.lost_days, s.regained_days, s.not_yet_days)
        ages = (Cell("–") if d is None else cells.age(w, d) for d in days)
        rows.append((Cell(w.word(s.skill)), *ages))
    heads = tuple(w(f"development.head_{x}") for x in ("skill", "gained", "lost", "regained", "not_yet"))
    yield Table("skills", w("development.caption"), heads, tuple(rows), "record: milestones")


def _treatment(w: Words, child: Overview) -> Iterator[Block]:
    if not child.courses:
        yield Text(w("treatment.none"), "note")
        return
    heads = tuple(w(f"treatment.head_{x}") for x in ("name", "from", "until", "dose", "impression", "stopped"))
    rows = tuple(_given(w, c) for c in child.courses)
    yield Table("courses", w("treatment.caption"), heads, rows, "record: treatments, doses")
    yield Text(
        w("treatment.resistance", answer=w.word(child.resistance.answer), sentence=w.said(child.resistance.sentence))
    )
    if not child.responses:
        yield Text(w("treatment.no_response"), "note")
    for k, found in enumerate(child.responses, 1):
        yield from _response(w, k, found)


def _given(w: Words, c: Course) -> tuple[Cell, ...]:
    dose = Cell(w("frame.not_captured"))
    if c.doses:
        first = c.doses[0]
        dose = cells.number(w, first.amount, first.unit)
        if first.per_kg_day is not None and first.per_kg_day_unit and first.per_kg_day_unit != first.unit:
            more = cells.number(w, first.per_kg_day, first.per_kg_day_unit)
            dose = Cell(f"{dose.text} ({more.text})", (*dose.quantities, *more.quantities))
    until = (
        cells.age(w, _day(c.until_days))
        if c.stopped == "yes"
        else Cell(w("treatment.goes_on" if c.stopped == "no" else "frame.not_captured"))
    )
    why = Cell(w.word(c.why_stopped) if c.stopped == "yes" else "–")
    return (Cell(w.word(c.name)), cells.age(w, _day(c.from_days)), until, dose, Cell(w.word(c.impression)), why)


def _response(w: Words, k: int, found: Response) -> Iterator[Block]:
    caption = w("treatment.response", name=w.word(found.treatment), source=w.word(found.source))
    rows = [(Cell(w.word(o.definition)), Cell(w.word(o.answer)), cells.words(w, o.sentence)) for o in found.outcomes]
    heads = tuple(w(f"treatment.response_{x}") for x in ("definition", "answer", "rests"))
    yield Table(f"response-{k}", caption, heads, tuple(rows), f"record: {found.source}, {found.treatment}")
    doubts = (
        [w("treatment.not_separable", list=w.joined(w.word(x) for x in found.not_separable))]
        if found.not_separable
        else []
    )
    doubts += [w.said(c) for c in found.cautions]
    if doubts:
        yield Bullets(tuple(doubts))


def _genetics(w: Words, dossier: Dossier) -> Iterator[Block]:
    variants = dossier.assessment.case.variants
    entries = () if dossier.child is None else dossier.child.infant.of(Variant)
    tests = () if dossier.child is None else [t for t in dossier.child.infant.of(Test) if t.field == "genetic"]
    if not variants:
        yield Text(w("genetics.none"), "note")
    else:
        heads = tuple(w(f"genetics.head_{x}") for x in ("gene", "change", "class", "direction", "zygosity", "cause"))
        rows = tuple(_variant(w, v) for v in variants)
        yield Table("variants", w("genetics.caption"), heads, rows, "record: variants")
        panel = {g.symbol: g for g in packaged_genes()}
        known = [panel[s] for s in dict.fromkeys(v.gene for v in variants) if s in panel]
        unknown = [v.gene for v in variants if v.gene not in panel]
        yield Bullets(
            (
                *(
                    w(
                        "genetics.panel",
                        gene=g.symbol,
                        text=w.said(g.mechanism).rstrip("."),
                        evidence=w.word(g.evidence),
                        source=", ".join(g.source),
                    )
                    for g in known
                ),
                *(w("genetics.no_panel", gene=gene) for gene in dict.fromkeys(unknown)),
            )
        )
    if entries or tests:
        done = [w.named(t.name, f"{w.word(t.state)}, {w.word(t.result)}") for t in tests]
        if done:
            yield Text(w("genetics.tests", list=w.joined(done)))
    yield Text(w("genetics.caution"), "small")


def _variant(w: Words, v: GeneVariant) -> tuple[Cell, ...]:
    cause = w("frame.yes") if v.causative else w("frame.not_captured")
    return (
        Cell(v.gene),
        Cell(v.name or "–"),
        Cell(w.word(v.classification)),
        Cell(w.word(v.direction)),
        Cell(w.word(v.zygosity)),
        Cell(cause),
    )
