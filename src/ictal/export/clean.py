"""A case without identity: what may stay is on a list, everything else is taken out.

header        patient, recording, equipment, technician, transducer and filter texts are not written at all
labels        kept where each of their words is an electrode, a reference or a kind of channel, else `EEG 3`, `ECG`
annotations   kept where the whole text is on the list below, or is one of ours; the others are counted
dates         moved back by the child's own number of days (`shift`); ages stay, as do times of day
findings      numbers and words of the contract stay; file name, digest, notices and steps' texts do not
record        what somebody typed goes (`infant.timeline.bare`); ages, measures, codes, known substances and tests stay
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from ictal.base.electrodes import modern_name
from ictal.base.errors import EntryError
from ictal.eeg.recording.labels import HEAD_WITHOUT_PLACE, REFERENCES, uv_per_unit
from ictal.eeg.recording.types import Annotation, Channel, Recording, Source
from ictal.eeg.tracking.types import Leg
from ictal.exchange.hpo import term
from ictal.exchange.types import EventRow, Events
from ictal.export.shift import Alias
from ictal.export.spellings import fold
from ictal.export.types import Item
from ictal.export.words import words
from ictal.infant.timeline.bare import bare_infant, free_texts
from ictal.infant.timeline.types import Feature, Infant

_LABEL_WORDS = words("labels")
_UNITS = frozenset(("%", "bpm", "mmhg", "cmh2o", "degc", "c", "hz", "l/min", "ml", "kpa", "g", "ohm", "kohm"))

_TEXT_WORDS = words("annotations")
_OURS = re.compile(
    r"(?:seizure [0-9]{1,4}|leg [0-9]{1,4}\.[0-9]{1,3})(?: (?:focal|spreading|migrating|bilateral|uncertain))?"
    r"(?: (?P<places>[A-Za-z0-9>]+))?"
    r"|discharge (?P<derivation>\S{2,16})|simulated by ictal [0-9]+(?:\.[0-9]+)*(?:[a-z.+]{1,5}[0-9]*)?"
    r": no patient's recording"
    r"|ictal: not recorded, filled with zeros|simulated eeg: scenario [a-z-]+, seed [0-9]{1,6}",
    re.IGNORECASE,
)

_MOST_DIGITS = 4
"""More digits than these in the numbers of one label could be a patient's: `EEG 47-11-22`."""

_WORDS_OF_FINDINGS = words("findings")
"""Keys of findings.json whose texts stay: they hold words of the program or labels."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """An item without identity, and how much was taken out of it."""

    item: Item
    annotations: int
    labels: int


def clean_item(item: Item, alias: Alias, number: int, count: int) -> Cleaned:
    """One recording with what was found in it, under the alias of its child; `number` of `count` is its place."""
    stem = alias.pseudonym if count == 1 else f"{alias.pseudonym}-{number}"
    start = alias.moved(item.start)
    recording, labels = item.recording, {}
    dropped = 0
    if recording is not None:
        labels = _labels(recording.channels)
        recording, dropped = _clean_recording(recording, labels, stem, alias)
    changed = sum(1 for old, new in labels.items() if old != new)
    told = replace(
        item,
        name=stem,
        recording=recording,
        results=None,
        events=None if item.events is None else _clean_events(item.events, alias, labels),
        findings=None if item.findings is None else _clean_findings(item.findings, stem, start, labels),
        subject=re.sub(r"[^A-Za-z0-9]", "", alias.pseudonym),
        session="",
        run="" if count == 1 else f"{number:02}",
        start=start,
        anonymous=True,
    )
    return Cleaned(told, dropped, changed)


def _clean_recording(recording: Recording, labels: Mapping[str, str], stem: str, alias: Alias) -> tuple[Recording, int]:
    kept = [a for a in (_annotation(mark, labels) for mark in recording.annotations) if a is not None]
    channels = tuple(
        replace(c, label=labels[c.label], reference=c.reference if c.reference.upper() in REFERENCES else "",
                unit=clean_unit(c.unit))
        for c in recording.channels
    )  # fmt: skip
    told = replace(
        recording,
        channels=channels,
        annotations=tuple(kept),
        source=Source(stem, recording.source.file_format),
        start=alias.moved(recording.start),
        notices=(),
    )
    return told, len(recording.annotations) - len(kept)


def clean_unit(unit: str) -> str:
    """A unit that is one."""
    return unit if uv_per_unit(unit) is not None or unit.lower() in _UNITS else ""


def _labels(channels: tuple[Channel, ...]) -> dict[str, str]:
    """The label of each channel without words that might name somebody; two never become the same."""
    found: dict[str, str] = {}
    for number, channel in enumerate(channels, start=1):
        label = channel.label if _is_plain(channel.label) else f"{channel.kind.value} {number}"
        while label in found.values():
            label = f"{channel.kind.value} {number}~"
        found[channel.label] = label
    return found


def _is_plain(label: str) -> bool:
    words = [w for w in re.split(r"[\s_:+()/.-]+", fold(label)) if w]
    numbers = "".join(w for w in words if w.isdigit())
    return len(numbers) <= _MOST_DIGITS and all(_is_label_word(w) for w in words)


def _is_label_word(word: str) -> bool:
    bare = re.sub(r"[0-9]{1,3}$", "", word) or word
    known = word.upper() in HEAD_WITHOUT_PLACE | REFERENCES or modern_name(word) is not None
    return known or word in _LABEL_WORDS or bare in _LABEL_WORDS or re.fullmatch(r"[a-z]?[0-9]{1,3}", word) is not None


def _annotation(mark: Annotation, labels: Mapping[str, str]) -> Annotation | None:
    """The annotation if it may stay."""
    text, joint, label = mark.text.partition("@@")
    if not (_is_plain_text(text) or _is_ours(text)) or (joint and label not in labels):
        return None
    return replace(mark, text=f"{text}{joint}{labels[label] if joint else ''}")


def _is_plain_text(text: str) -> bool:
    """Is it made of words of the list and at most one number? More could be a telephone or a date: `3/3`."""
    found = [w for w in re.split(r"[\s,;:.!?()/+-]+", text.casefold()) if w]
    others = [w for w in found if w not in _TEXT_WORDS]
    return len(found) > len(others) <= 1 and all(re.fullmatch(r"[0-9]{1,2}", w) for w in others)


def _is_ours(text: str) -> bool:
    """Is it a mark as `marks` writes it, of electrodes alone?"""
    found = _OURS.fullmatch(text.strip())
    if found is None:
        return False
    places = (found["places"] or "").split(">")
    return all(not p or modern_name(p) is not None for p in places) and _is_plain(found["derivation"] or "")


def _clean_events(events: Events, alias: Alias, labels: Mapping[str, str]) -> Events:
    def told(name: str) -> str:
        return labels.get(name) or (name if _is_plain(name) else "EEG")

    def leg(one: Leg) -> Leg:
        return replace(one, channels=tuple(told(c) for c in one.channels))

    def row(one: EventRow) -> EventRow:
        kind = one.event_type if re.fullmatch(r"sz[a-z_]*", one.event_type) else "sz"
        number = one.seizure_id if one.seizure_id and re.fullmatch(r"\d{1,6}", one.seizure_id) else None
        legs = tuple(leg(x) for x in one.legs)
        return replace(
            one, event_type=kind, seizure_id=number, legs=legs, channels=tuple(told(c) for c in one.channels)
        )

    discharges = tuple(replace(d, derivation=told(d.derivation)) for d in events.discharges)
    return Events(
        tuple(row(r) for r in events.rows), discharges, events.recording_duration_s, alias.moved(events.start)
    )


def _clean_findings(said: Mapping[str, Any], stem: str, start: Any, labels: Mapping[str, str]) -> dict[str, Any]:
    """findings.json under the same schema, without the texts that came from the file."""
    kept: dict[str, Any] = _kept(said, "", labels)
    kept["recorded"] |= {"name": stem, "sha256": "", "start": start.isoformat() if start else None, "notices": []}
    kept["settings"] = _numbers(said.get("settings", {}))
    kept["steps"] = [
        {"name": s["name"], "parameters": _numbers(s["parameters"]), "outcome": _numbers(s["outcome"]),
         "version": s["version"]}
        for s in said.get("steps", ())
    ]  # fmt: skip
    return kept


def _kept(value: Any, key: str, labels: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {k: _kept(v, str(k), labels) for k, v in value.items()}
    if isinstance(value, list):
        return [_kept(v, key, labels) for v in value]
    if isinstance(value, str):
        return labels.get(value, value) if key in _WORDS_OF_FINDINGS else ""
    return value


def _numbers(value: Any) -> Any:
    """Numbers, and what holds them; texts go."""
    if isinstance(value, dict):
        return {k: _numbers(v) for k, v in value.items() if not isinstance(v, str)}
    if isinstance(value, list):
        return [_numbers(v) for v in value if not isinstance(v, str)]
    return value


def clean_infant(infant: Infant, alias: Alias) -> tuple[Infant, int]:
    """The record under the alias, and how many typed texts were taken out of it."""
    texts = sum(1 for text in free_texts(infant) if text) - 1
    entries = tuple(_with_label(e) if isinstance(e, Feature) else e for e in bare_infant(infant, {}).entries)
    return msgspec.structs.replace(infant, pseudonym=alias.pseudonym, entries=entries), texts


def _with_label(feature: Feature) -> Feature:
    """The feature with the label that HPO gives its term, not the one that somebody typed."""
    try:
        return msgspec.structs.replace(feature, label=term(feature.hpo_id).name)
    except EntryError:
        return feature
