"""The first page for the clinician, and the section of the criteria with what else it could be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ictal.infant.syndrome.types import Alternative, Assessment, Row
from ictal.report import charts
from ictal.report import words as spoken
from ictal.report.filed import cells
from ictal.report.filed.catalogue import Words
from ictal.report.filed.eeg import overview_caption
from ictal.report.filed.figures import figure
from ictal.report.filed.scenes import scene_of
from ictal.report.filed.types import Block, Bullets, Cell, Dossier, Section, Table, Text
from ictal.report.timeline import timeline_figure

LONGEST_LIST = 6


def first_page(w: Words, dossier: Dossier) -> Section:
    """The verdict, the three facts that matter, the next step."""
    answer = dossier.assessment
    blocks: list[Block] = [Text(w.said(answer.sentences[0]), "lead", w("first.verdict", verdict=_verdict(w, answer)))]
    if answer.rests_on_unverified:
        blocks.append(Text(w("first.unverified"), "small"))
    blocks.append(Text(w("first.facts"), "heading"))
    blocks.append(Bullets(tuple(_facts(w, dossier)), ordered=True))
    blocks.append(Text(w("first.next"), "heading"))
    if answer.next_step is None:
        blocks.append(Text(w("first.no_step")))
    else:
        urgent = w("first.urgent") if answer.next_step.time_critical else ""
        blocks.append(Text(f"{w.said(answer.next_step.text).rstrip('.')}.", "lead", urgent))
        if answer.next_step.could_become:
            could = ", ".join(w.word(v) for v in answer.next_step.could_become)
            blocks.append(Text(w("first.could", list=could), "small"))
    blocks += _picture(w, dossier)
    return Section("first", w("first.title"), tuple(blocks))


def _verdict(w: Words, answer: Assessment) -> str:
    """The verdict; where no row refused it, that it is so because too little is known."""
    refused = any(r.answer == "no" and r.kind == "mandatory" for r in answer.criteria)
    return w("first.too_little") if answer.verdict == "not met" and not refused else w.word(answer.verdict)


def _facts(w: Words, dossier: Dossier) -> Iterator[str]:
    """The EEG; what can be treated and is not ruled out; the child."""
    yield _of_eeg(w, dossier)
    urgent = [a for a in dossier.assessment.differential if a.urgent and a.treatable]
    if urgent:
        names = w.joined(w.word(a.name) for a in urgent[:LONGEST_LIST])
        yield w("first.treatable", list=names)
    else:
        yield w("first.no_treatable")
    child = dossier.child
    if child is None:
        yield w("first.no_child")
        return
    yield w(
        "first.child",
        development=w.word(child.development.answer),
        head=w.word(child.microcephaly.answer),
        resistance=w.word(child.resistance.answer),
        genes=", ".join(dict.fromkeys(v.gene for v in dossier.assessment.case.variants if v.counts))
        or w("frame.not_captured"),
    )


def _of_eeg(w: Words, dossier: Dossier) -> str:
    """All recordings together, those too that the record tells only in summary."""
    seen = dossier.assessment.case.recordings
    if not seen:
        return w("first.no_eeg")
    seizures, placed = sum(r.seizures for r in seen), sum(r.placed for r in seen)
    read = w.local(spoken.span(3600 * sum(r.readable_h for r in seen)))
    if not seizures:
        return w("first.no_seizure", read=read)
    moved, sides = sum(r.migrating for r in seen), sum(r.crossing for r in seen)
    return w("first.eeg", n=seizures, read=read, moved=moved, placed=placed, sides=sides)


def _picture(w: Words, dossier: Dossier) -> Iterator[Block]:
    """One drawing: the course of the child, else the seizures of the recording."""
    if dossier.child is not None and dossier.child.infant.entries:
        yield figure(w, "first-course", timeline_figure(dossier.child), w("course.caption"))
    elif dossier.recordings and dossier.recordings[0].seizures:
        scene = scene_of(dossier.recordings[0])
        caption = overview_caption(w, scene)
        if len(dossier.recordings) > 1:
            caption = w.named(w("eeg.recording", n=1), caption)
        yield figure(w, "first-overview", charts.overview(scene), caption)


def criteria_section(w: Words, dossier: Dossier) -> Iterator[Section]:
    """Every criterion with its answer, the alternatives, what is missing."""
    answer = dossier.assessment
    blocks: list[Block] = [Text(f"{w.said(answer.sentences[0])} {w.said(answer.sentences[1])}")]
    heads = tuple(w(f"criteria.head_{x}") for x in ("row", "kind", "answer", "why", "evidence", "source"))
    blocks.append(
        Table("criteria", w("criteria.caption"), heads, tuple(_row(w, r) for r in answer.criteria), "assessment")
    )
    yield Section("criteria", w("criteria.title"), tuple(blocks))
    ordered = sorted(answer.differential, key=lambda a: -a.weight)
    heads = tuple(w(f"criteria.other_{x}") for x in ("name", "for", "against", "test", "source"))
    table = Table(
        "differential", w("criteria.other_caption"), heads, tuple(_other(w, a) for a in ordered), "assessment"
    )
    yield Section("differential", w("criteria.other_title"), (table,), 3)
    more: list[Block] = []
    if answer.missing:
        items = (w.named(w.said(m.text), f"{w.said(m.reason)} {w.said(m.step).rstrip('.')}.") for m in answer.missing)
        more += [Text(w("criteria.missing"), "heading"), Bullets(tuple(items))]
    if answer.status:
        more += [Text(w("criteria.status"), "heading"), Bullets(tuple(_status(w, dossier)))]
    if answer.notes:
        more += [Text(w("criteria.notes"), "heading"), Bullets(tuple(w.said(n) for n in answer.notes))]
    if more:
        yield Section("open", w("criteria.open"), tuple(more), 3)


def _row(w: Words, r: Row) -> tuple[Cell, ...]:
    evidence = [w.named(w.word(e.where), w.said(e.text)) for e in r.evidence[:LONGEST_LIST]]
    if len(r.evidence) > LONGEST_LIST:
        evidence.append(w("criteria.more", n=len(r.evidence) - LONGEST_LIST))
    old = f"; {w('criteria.stale')}" if r.stale else ""
    told = f"{w.word(r.provenance)}; {w('criteria.standing', what=w.word(r.standing))}{old}"
    source = w.named(_sources(w, r.sources), told)
    kind = f"{w.word(r.kind)}, {w.word(r.timing)}"
    return (
        Cell(w.said(r.text)),
        Cell(kind),
        Cell(w.word(r.answer)),
        cells.words(w, r.reason),
        Cell(w.joined(evidence) or "–"),
        Cell(source),
    )


def _sources(w: Words, names: Sequence[str]) -> str:
    return ", ".join(w.word(name) for name in names)


def _other(w: Words, a: Alternative) -> tuple[Cell, ...]:
    urgent = f" ({w('criteria.urgent')})" if a.urgent else ""
    source = w.named(_sources(w, a.sources), w.word(a.provenance))
    sides = (Cell(w.joined(w.said(x) for x in said) or "–") for said in (a.speaks_for, a.speaks_against))
    return (Cell(w.word(a.name) + urgent), *sides, cells.words(w, a.test), Cell(source))


def _status(w: Words, dossier: Dossier) -> Iterator[str]:
    for s in dossier.assessment.status:
        applies = w({True: "criteria.applies", False: "criteria.not_applies", None: "criteria.age_unknown"}[s.applies])
        met = w("criteria.met") if s.met else w("frame.not_captured")
        yield w(
            "criteria.status_row", recording=s.recording, rule=s.rule, text=w.said(s.text), met=met, applies=applies
        )
