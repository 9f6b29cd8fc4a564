"""The sections that say how it was made: methods, settings, provenance, limits."""

from __future__ import annotations

from collections.abc import Iterator

from ictal.base.provenance import Step
from ictal.report import words as spoken
from ictal.report.filed import paper
from ictal.report.filed.catalogue import Words
from ictal.report.filed.types import Block, Bullets, Cell, Dossier, Quantity, Section, Table, Taken, Text

LIMITS = ("eeg", "missed", "scalp", "captured", "record", "criteria", "use")


def how_sections(w: Words, dossier: Dossier) -> Iterator[Section]:
    """Methods, settings, provenance and limits."""
    yield Section("methods", w("methods.title"), tuple(_methods(w, dossier)))
    yield Section("settings", w("settings.title"), tuple(_settings(w, dossier)))
    yield Section("provenance", w("provenance.title"), tuple(_provenance(w, dossier)))
    items = tuple(w(f"limits.{key}") for key in LIMITS)
    yield Section("limits", w("limits.title"), (Bullets(items),))


def _methods(w: Words, dossier: Dossier) -> Iterator[Block]:
    yield Text(paper.methods(w, dossier))
    yield Text(w("methods.cite"), "heading")
    listed = paper.citations(dossier)
    marked = (c.line if c.checked else f"{c.line} {w('methods.recalled')}" for c in listed)
    yield Bullets(tuple(marked), ordered=True)


def _settings(w: Words, dossier: Dossier) -> Iterator[Block]:
    if not dossier.recordings:
        yield Text(w("settings.none"), "note")
        return
    alike: dict[tuple[tuple[str, str], ...], list[int]] = {}
    changed: dict[tuple[tuple[str, str], ...], Taken] = {}
    for number, taken in enumerate(dossier.recordings, 1):
        rows = tuple(spoken.flattened(taken.findings.settings))
        alike.setdefault(rows, []).append(number)
        changed[rows] = taken
    for k, (rows, numbers) in enumerate(alike.items(), 1):
        differs = changed[rows].changed
        made = tuple(_setting(w, name, value, name in differs, differs.get(name, ("", ""))[1]) for name, value in rows)
        heads = tuple(w(f"settings.head_{x}") for x in ("name", "value", "default"))
        caption = w("settings.caption", list=", ".join(map(str, numbers)))
        yield Table(f"settings-{k}", caption, heads, made, "findings.json: settings")


def _setting(w: Words, name: str, value: str, differs: bool, default: object) -> tuple[Cell, ...]:
    kept = Cell(w("settings.differs", default=w.local(spoken.plain(default))) if differs else w("settings.kept"))
    return (Cell(name), _value(w, value), kept)


def _value(w: Words, text: str) -> Cell:
    try:
        float(text)
    except ValueError:
        return Cell(text)  # a name that a settings file has, alike in every language
    return Cell(w.local(text.replace("-", "−")), (Quantity(text),))


def _provenance(w: Words, dossier: Dossier) -> Iterator[Block]:
    rows = []
    for number, taken in enumerate(dossier.recordings, 1):
        recorded = taken.findings.recorded
        start = "–" if not recorded.start else w.day(recorded.start[:10]) + recorded.start[10:]
        rows.append(
            (
                Cell(w("eeg.recording", n=number)),
                Cell("–" if dossier.redacted else recorded.name or "–"),
                Cell(start),
                Cell("–" if dossier.redacted else recorded.sha256 or "–"),
            )
        )
    if rows:
        heads = tuple(w(f"provenance.head_{x}") for x in ("recording", "file", "start", "sha"))
        yield Table("files", w("provenance.files"), heads, tuple(rows), "findings.json: recorded")
    seen: list[Step] = []
    for taken in dossier.recordings:
        seen += [s for s in taken.findings.steps if s not in seen]
    if seen:
        heads = tuple(w(f"provenance.head_{x}") for x in ("step", "version", "counted"))
        steps = tuple(_step(w, s) for s in seen[:40])
        yield Table("steps", w("provenance.steps"), heads, steps, "findings.json: steps")
    rules = dossier.assessment.rules
    yield Text(w("provenance.rules", set=rules.set, version=rules.version, ictal=rules.ictal))
    if dossier.child is not None:
        yield Text(w("provenance.record", n=len(dossier.child.infant.entries)))
    unread = [*dossier.not_read, *dossier.assessment.case.unread]
    if unread:
        yield Text(w("provenance.unread"), "heading")
        yield Bullets(tuple(w.said(text) for text in unread))


def _name(key: str) -> str:
    """What a step counted, in words: `seizure_s_not_read` is *seizure seconds not read*."""
    return key.replace("_s_", "_seconds_").replace("_", " ")


def _step(w: Words, step: Step) -> tuple[Cell, ...]:
    counted = [(k, spoken.plain(v)) for k, v in step.outcome.items()]
    numbers = tuple(Quantity(v, name=k) for k, v in counted if v.replace(".", "", 1).isdigit())
    text = ", ".join(f"{w.word(_name(k))} {w.word(v)}" for k, v in counted) or "–"
    return (Cell(w.word(step.name)), Cell(step.version), Cell(text, numbers))
