"""The sections on the EEG: what was recorded and found, every seizure, and how seizures moved."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ictal.eeg.findings.types import Fact
from ictal.eeg.tracking.types import Pattern, Seizure
from ictal.report import charts, head, words
from ictal.report.chronogram import chronogram
from ictal.report.filed import cells
from ictal.report.filed.catalogue import Words, plain
from ictal.report.filed.figures import figure
from ictal.report.filed.scenes import scene_of
from ictal.report.filed.types import Block, Bullets, Cell, Dossier, Quantity, Section, Table, Taken, Text
from ictal.report.numbers import ABOUT
from ictal.report.scene import Scene

DRAWN = 2
"""So many seizures of a recording are drawn at length: those with the longest paths."""


def eeg_sections(w: Words, dossier: Dossier) -> Iterator[Section]:
    """Findings, seizures, migration; each says so when nothing was captured."""
    scenes = [scene_of(taken) for taken in dossier.recordings]
    pairs = list(zip(dossier.recordings, scenes, strict=True))
    for key, title, blocks in (
        ("eeg", "eeg.title", _overview(w, dossier)),
        ("seizures", "seizures.title", ()),
        ("migration", "migration.title", ()),
    ):
        if not pairs:
            yield Section(key, w(title), tuple(_told(w, key, dossier)))
            continue
        yield Section(key, w(title), tuple(blocks))
        for number, (taken, scene) in enumerate(pairs, 1):
            made = {"eeg": _found, "seizures": _seizures, "migration": _migration}[key](w, number, taken, scene)
            yield Section(f"{key}-{number}", _title(w, number, taken), tuple(made), 3)


def _told(w: Words, key: str, dossier: Dossier) -> Iterator[Block]:
    """What the record tells of recordings whose findings are not at hand, or that there is none."""
    if not dossier.assessment.case.recordings:
        yield Text(w("eeg.none"), "note")
        return
    yield Text(w("eeg.summaries"), "note")
    if key == "eeg":
        yield from _summaries(w, dossier)


def _summaries(w: Words, dossier: Dossier) -> Iterator[Table]:
    """Recordings of the record that no findings are attached to."""
    known = {t.findings.recorded.sha256 for t in dossier.recordings}
    rows = [
        (
            Cell(r.name) if dossier.child is None else Cell(w.said(r.name)),
            Cell(w("frame.not_captured")) if r.age_days is None else cells.age(w, r.age_days),
            cells.number(w, r.readable_h, "h", 2),
            cells.number(w, r.seizures),
            cells.number(w, r.migrating),
            cells.number(w, r.placed),
            cells.number(w, r.crossing),
        )
        for r in dossier.assessment.case.recordings
        if r.digest not in known or not r.digest
    ]
    if rows:
        heads = tuple(
            w(f"eeg.told_{x}") for x in ("recording", "age", "readable", "seizures", "migrated", "placed", "sides")
        )
        yield Table("summaries", w("eeg.told_caption"), heads, tuple(rows), "record: recordings")


def name_of(w: Words, number: int, taken: Taken) -> str:
    """How a recording is called in the report."""
    return w("eeg.recording", n=number)


def _title(w: Words, number: int, taken: Taken) -> str:
    told = [name_of(w, number, taken)]
    if taken.findings.recorded.name not in ("", f"recording {number}"):  # the name that a shared report gives
        told.append(taken.findings.recorded.name)
    if taken.age_days is not None:
        told.append(w("eeg.at_age", age=cells.age(w, taken.age_days).text))
    return ", ".join(told)


def _overview(w: Words, dossier: Dossier) -> Iterator[Block]:
    head_row = ("recording", "age", "recorded", "readable", "seizures", "burden", "migrated", "foci")
    rows = []
    for number, taken in enumerate(dossier.recordings, 1):
        f = taken.findings
        rows.append(
            (
                Cell(name_of(w, number, taken)),
                Cell(w("frame.not_captured")) if taken.age_days is None else cells.age(w, taken.age_days),
                cells.number(w, f.recorded.recorded_s / 3600, "h", 2),
                cells.number(w, f.recorded.readable_s / 3600, "h", 2),
                cells.number(w, f.seizures),
                cells.number(w, f.burden_min_per_h, "min/h", 1),
                cells.share(w, f.migration.migrating),
                cells.number(w, len(f.foci)),
            )
        )
    heads = tuple(w(f"eeg.head_{name}") for name in head_row)
    yield Table("recordings", w("eeg.caption"), heads, tuple(rows), "findings.json: recorded, seizures, migration")
    yield from _summaries(w, dossier)


def _found(w: Words, number: int, taken: Taken, scene: Scene) -> Iterator[Block]:
    f = taken.findings
    yield Bullets(tuple(w.said(s) for s in f.statements))
    for notice in f.recorded.notices:
        yield Text(w.said(notice), "note")
    if taken.seizures:
        yield figure(w, f"overview-{number}", charts.overview(scene), overview_caption(w, scene))
    if len(f.burden_by_hour) > 1:
        yield figure(w, f"burden-{number}", charts.burden_chart(scene), w("eeg.burden_caption"))
    if f.foci:
        yield figure(w, f"foci-{number}", head.foci_map(scene), w("eeg.foci_caption"), 0.52)
        stability = {s.electrode: s for s in f.stability}
        rows = []
        for focus in f.foci:
            found = stability.get(focus.electrode)
            again = Cell(w("frame.not_captured"))
            if found is not None:
                counted = (Quantity(str(found.found), "count"), Quantity(str(found.draws), "count"))
                again = Cell(w("eeg.draws", a=found.found, b=found.draws), counted)
            place = cells.place(w, scene.written(focus.electrode), focus.electrode)
            rows.append((place, Cell(cells.where(w, focus.electrode)), cells.number(w, focus.seizures), again))
        heads = tuple(w(f"eeg.foci_{x}") for x in ("place", "where", "seizures", "again"))
        yield Table(f"foci-{number}", w("eeg.foci_table"), heads, tuple(rows), "findings.json: foci, stability")
    elif f.seizures:
        yield Text(w("eeg.no_focus"))
    yield _quality(w, number, taken)


def overview_caption(w: Words, scene: Scene) -> str:
    """What the lanes of the seizures show; gaps are told of where there are some."""
    said = w("eeg.overview_caption", n=len(scene.seizures))
    return f"{said} {w('eeg.overview_gaps')}" if scene.recording.gaps else said


def _quality(w: Words, number: int, taken: Taken) -> Table | Text:
    rows = []
    for q in taken.findings.quality:
        causes = sorted(((s, c) for c, s in q.masked_s.items() if s > 0), key=lambda item: (-item[0], item[1]))
        hidden = Cell(
            ", ".join(f"{w.word(c)} {w.local(words.span(s))}" for s, c in causes) or w("eeg.hidden_nothing"),
            tuple(Quantity(plain(s, 0), "s", name=c) for s, c in causes),
        )
        percent = cells.number(w, 100 * q.readable_s / q.recorded_s if q.recorded_s > 0 else None, "%", 0)
        rows.append((Cell(q.derivation), cells.span(w, q.readable_s), percent, hidden))
    if not rows:
        return Text(w("eeg.no_quality"))
    heads = tuple(w(f"eeg.quality_{x}") for x in ("derivation", "readable", "share", "hidden"))
    return Table(f"quality-{number}", w("eeg.quality_table"), heads, tuple(rows), "findings.json: quality")


def _seizures(w: Words, number: int, taken: Taken, scene: Scene) -> Iterator[Block]:
    f = taken.findings
    if taken.seizures is None:
        yield Text(w("seizures.no_table", n=f.seizures), "note")
        return
    if not taken.seizures:
        yield Text(w("seizures.none", read=w.local(words.span(f.recorded.readable_s))))
        return
    clock = scene.recording.start is not None
    heads = ["number", "start", *(["clock"] if clock else []), "duration", "pattern", "path", "onset", "confidence"]
    rows = tuple(_seizure(w, k, s, scene, clock) for k, s in enumerate(taken.seizures, 1))
    caption = w("seizures.caption", n=len(rows))
    head_row = tuple(w(f"seizures.head_{x}") for x in heads)
    yield Table(f"seizures-{number}", caption, head_row, rows, "seizures.tsv")
    if not taken.discharges:
        return
    longest = sorted(range(len(taken.seizures)), key=lambda k: (-len(taken.seizures[k].legs), k))[:DRAWN]  # type: ignore[index]
    for k in sorted(longest):
        if taken.seizures[k].localised:
            caption = w("seizures.chronogram", n=k + 1)
            yield figure(w, f"chronogram-{number}-{k + 1}", chronogram(scene, k + 1), caption)


def _seizure(w: Words, k: int, s: Seizure, scene: Scene, clock: bool) -> tuple[Cell, ...]:
    onset = Cell(w("seizures.not_localised"))
    if s.localised:
        name = s.onset.electrode
        onset = Cell(f"{scene.written(name)} ({cells.where(w, name)})", (), cells.place(w, name, name).side)
    sure = cells.number(w, s.confidence if math.isfinite(s.confidence) else None, "", 2)
    path = Cell(" → ".join(scene.written(p) for p in s.path) or "–")
    moment = (Cell(words.clock(scene.recording.start, s.start_s)),) if clock else ()
    lasted = cells.span(w, s.duration_s)
    return (Cell(str(k)), cells.at(w, s.start_s), *moment, lasted, Cell(w.word(str(s.pattern))), path, onset, sure)


def _migration(w: Words, number: int, taken: Taken, scene: Scene) -> Iterator[Block]:
    f = taken.findings
    if not f.migration.migrating.of:
        yield Text(w("migration.none"))
        return
    told = {x.name: x for x in f.facts}
    moved = f.migration
    shares = (("migrating", moved.migrating), ("crossing", moved.crossing_midline), ("homotopic", moved.homotopic))
    rows = [(Cell(w(f"migration.{k}")), cells.share(w, x), Cell("–"), cells.number(w, x.of)) for k, x in shares]
    beside = ("_by_chance", "_p")
    shown = [x for x in f.facts if x.about in ABOUT and x.value is not None and not x.name.endswith(beside)]
    rows += [(Cell(w.said(x.meaning)), cells.fact(w, x), _chance(w, told, x), cells.number(w, x.cases)) for x in shown]
    heads = tuple(w(f"migration.head_{x}") for x in ("what", "found", "chance", "cases"))
    yield Table(f"migration-{number}", w("migration.caption"), heads, tuple(rows), "findings.json: migration, facts")
    patterns = ", ".join(f"{w.word(str(p))} {f.patterns.get(str(p), 0)}" for p in Pattern if f.patterns.get(str(p)))
    yield Text(w("migration.patterns", list=patterns))
    delays = charts.delays_chart(scene)
    if delays is not None:
        yield figure(w, f"delays-{number}", delays, w("migration.delays"), 0.75)


def _chance(w: Words, told: dict[str, Fact], one: Fact) -> Cell:
    """What shuffled times give of it, and how often as much."""
    by_chance, p = told.get(f"{one.name}_by_chance"), told.get(f"{one.name}_p")
    cell = Cell("–") if by_chance is None or by_chance.value is None else cells.fact(w, by_chance)
    if p is None or p.value is None:
        return cell
    shown = plain(p.value, 3)
    return Cell(f"{cell.text}; p = {w.local(shown)}", (*cell.quantities, Quantity(shown, "", name="p")))
