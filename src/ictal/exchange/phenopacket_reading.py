"""Which infant does a GA4GH Phenopacket (v2, JSON) tell of? Also packets that others wrote.

What has a place in a record is read; what has one and cannot be is refused with a sentence; what has none is named. A
feature without an age was known at the last encounter. Names in snake_case are understood as those in camelCase.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import heappop, heappush
from typing import Any

import msgspec

from ictal.base.errors import EntryError, TableError
from ictal.exchange import phenopacket_codes as codes
from ictal.exchange.child_types import Read
from ictal.exchange.entry_words import entry_of_words, field_names
from ictal.infant.timeline.reading import infant_from
from ictal.infant.timeline.types import AnyEntry, Infant, Variant

_SECTIONS = ("phenotypicFeatures", "measurements", "interpretations", "medicalActions", "files")
_NO_PLACE = {"diseases": "disease"}
_MAPS = ("fileAttributes", "individualToFileIdentifiers")
_OWN_UNIT = {ucum: word for word, ucum in codes.UCUM.items()}


@dataclass(slots=True)
class _Reading:
    """What was read so far, and how a time of this packet becomes an age."""

    birth_s: Decimal | None
    last_days: float
    entries: list[AnyEntry] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def take(self, place: str, make: Callable[[], Iterator[AnyEntry]]) -> None:
        """Take the entries of one part of the packet, or none of it and a sentence."""
        try:
            made = list(make())
        except EntryError as error:
            self.refused.append(f"{place}: {error}")
        except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError):
            self.refused.append(f"{place}: it is not built as a Phenopacket of version 2 has it.")
        else:
            self.entries += made
            self.places += [place] * len(made)

    def days(self, time: Mapping[str, Any] | None) -> float:
        """The age of a TimeElement; without one, that of the last encounter."""
        if not time:
            return self.last_days
        if "age" in time:
            return codes.days_of_duration(time["age"]["iso8601duration"])
        if "ageRange" in time:
            return codes.days_of_duration(time["ageRange"]["start"]["iso8601duration"])
        if "timestamp" in time:
            return self.stamped(time["timestamp"])
        if "interval" in time:
            return self.stamped(time["interval"]["start"])
        if "gestationalAge" in time:
            raise EntryError("it lies before birth, and a record begins at birth.")
        name = time.get("ontologyClass", {})
        if name.get("id") == "HP:0003577":  # congenital onset
            return 0.0
        return self.last_days

    def stamped(self, text: str) -> float:
        """The age of a time, which needs the date of birth."""
        if self.birth_s is None:
            raise EntryError("it has a date, and the packet no date of birth: no age can be said.")
        return float(round((codes.seconds_of_stamp(text) - self.birth_s) / codes.DAY_S, 12))


def read_phenopacket(packet: Mapping[str, Any], pseudonym: str | None = None) -> Read:
    """Which infant is this, and what of the packet could not be read?

    Parameters
    ----------
    packet
        The JSON object; a family's is read for its proband.
    pseudonym
        Under which the infant is taken, instead of the subject's id.

    Raises
    ------
    TableError
        It is no Phenopacket of version 2, or its subject cannot be an infant of a study.
    """
    said = _camel(packet)
    notices: list[str] = []
    if isinstance(said.get("proband"), Mapping):
        said, notices = said["proband"], ["Of the family the proband alone is read."]
    _check_version(said)
    subject = said["subject"]
    reading = _Reading(_birth(subject), _last(subject), notices=notices)
    head = _head(said, subject, pseudonym)
    for section in _SECTIONS:
        if not isinstance(said.get(section, []), list):
            reading.refused.append(f"{section}: it is no list.")
        for number, item in enumerate(_listed(said, section), 1):
            make = _READERS[section]
            reading.take(f"{section} {number}", lambda item=item, make=make: make(item, reading))  # type: ignore[misc]
    for number, sample in enumerate(_listed(said, "biosamples"), 1):
        _read_sample(sample, number, reading)
    reading.take("subject.vitalStatus", lambda: _death(subject.get("vitalStatus") or {}, reading))
    for section, word in _NO_PLACE.items():
        reading.notices += [f"A {word} has no place in the record: {_label(item)}." for item in _listed(said, section)]
    entries, places = _joined(reading.entries, reading.places)
    infant = head.with_entries(*entries)
    return Read((infant,), (tuple(places),), tuple(reading.refused), tuple(reading.notices))


def _read_sample(sample: Any, number: int, reading: _Reading) -> None:
    """What was measured in a sample, at the age of its collection where the measurement gives none; else its name."""
    measured = _listed(sample, "measurements") if isinstance(sample, Mapping) else []
    if not measured:
        reading.notices.append(f"A biosample has no place in the record: {_label(sample)}.")
    for count, item in enumerate(measured, 1):
        if isinstance(item, Mapping) and "timeObserved" not in item and "timeOfCollection" in sample:
            item = {**item, "timeObserved": sample["timeOfCollection"]}
        place = f"biosamples {number} measurement {count}"
        reading.take(place, lambda item=item: _READERS["measurements"](item, reading))  # type: ignore[misc]


def _camel(value: Any, inside: str = "") -> Any:
    """The same with names in camelCase, as protobuf reads both."""
    if isinstance(value, Mapping):
        if inside in _MAPS:
            return dict(value)
        named = {re.sub(r"_([a-z0-9])", lambda m: m[1].upper(), str(k)): v for k, v in value.items()}
        return {key: _camel(item, key) for key, item in named.items()}
    return [_camel(item) for item in value] if isinstance(value, list) else value


def _listed(said: Mapping[str, Any], section: str) -> list[Any]:
    items = said.get(section)
    return items if isinstance(items, list) else []


def _check_version(said: Mapping[str, Any]) -> None:
    meta = said.get("metaData")
    version = str(meta.get("phenopacketSchemaVersion", "2.0")) if isinstance(meta, Mapping) else "2.0"
    if not isinstance(said.get("subject"), Mapping):
        raise TableError("This is no Phenopacket: it has no subject.")
    if not version.startswith("2"):
        raise TableError(f"This is a Phenopacket of version {version}, and version 2 is read: convert it.")


def _head(said: Mapping[str, Any], subject: Mapping[str, Any], pseudonym: str | None) -> Infant:
    """What holds for good."""
    meta = said.get("metaData")
    references = _listed(meta, "externalReferences") if isinstance(meta, Mapping) else ()
    sexes = {theirs: ours for ours, theirs in codes.SEXES.items()}
    head: dict[str, Any] = {"pseudonym": pseudonym or subject.get("id") or "", "sex": "not captured"}
    head["sex"] = sexes.get(str(subject.get("sex")), "not captured")
    head["simulated"] = any(r.get("id") == codes.SIMULATED for r in references if isinstance(r, Mapping))
    for item in _listed(said, "measurements"):
        with suppress(KeyError, TypeError, ValueError, AttributeError):  # such a one is refused with the measurements
            if item["assay"]["id"] == codes.GESTATION[0]:
                head["gestation_weeks"] = _quantity(item)[0]
    try:
        return infant_from(head)
    except EntryError as error:
        raise TableError(f"The subject of the packet cannot be an infant of a study: {error}") from None


def _birth(subject: Mapping[str, Any]) -> Decimal | None:
    try:
        return codes.seconds_of_stamp(subject["dateOfBirth"])
    except (EntryError, KeyError):
        return None


def _last(subject: Mapping[str, Any]) -> float:
    """How old was the child when it was last seen? 0 when the packet does not say."""
    reading = _Reading(_birth(subject), 0.0)
    try:
        return reading.days(subject.get("timeAtLastEncounter"))
    except (EntryError, AttributeError, KeyError, TypeError):
        return 0.0


def _label(item: Any) -> str:
    """By which name does a part of a packet go?"""
    term = (item.get("term") or item.get("sampleType") or item) if isinstance(item, Mapping) else {}
    return (
        str(term.get("label") or term.get("id") or "without a name") if isinstance(term, Mapping) else "without a name"
    )


def _features(item: Mapping[str, Any], reading: _Reading) -> Iterator[AnyEntry]:
    type_, modifiers = item["type"], item.get("modifiers") or []
    own = [m for m in modifiers if str(m.get("id", "")).startswith(f"{codes.OWN}:")]
    words = {"age_days": _days_text(reading.days(item.get("onset"))), "note": item.get("description") or ""}
    kind = "feature"
    if own:
        kind = "status" if any(m["id"].startswith(f"{codes.OWN}:status") for m in own) else "semiology"
        words |= dict(m["label"].split(": ", 1) for m in own if ": " in m["label"])
        if kind == "status":
            words["present"] = "no" if item.get("excluded") else "yes"
    else:
        words |= {"hpo_id": type_["id"], "label": type_.get("label") or type_["id"]}
        words["present"] = "no" if item.get("excluded") else "yes"
        if item.get("resolution"):
            words["resolved_age_days"] = _days_text(reading.days(item["resolution"]))
        onset = (item.get("onset") or {}).get("ontologyClass")
        if onset and onset.get("id") != "HP:0003577":
            words["note"] = "; ".join(
                t for t in (words["note"], f"onset: {onset.get('label') or onset.get('id')}") if t
            )
        for name in ("severity", "modifiers", "evidence"):
            if item.get(name):
                reading.notices.append(f"The {name} of '{words['label']}' has no place in the record.")
    yield entry_of_words(kind, words)


def _measurements(item: Mapping[str, Any], reading: _Reading) -> Iterator[AnyEntry]:
    assay = item["assay"]
    loinc, label = str(assay["id"]), str(assay.get("label") or assay["id"])
    words = {"age_days": _days_text(reading.days(item.get("timeObserved"))), "note": item.get("description") or ""}
    fields = {code: name for name, (code, _, _) in codes.MEASURES.items()} | codes.ALSO
    if loinc == codes.GESTATION[0]:
        _quantity(item)
        return
    if loinc in fields:
        name = fields[loinc]
        value, unit = _quantity(item)
        wanted = codes.MEASURES[name][2]
        if unit != wanted:
            if (unit, wanted) not in codes.IN_UNIT:
                raise EntryError(f"'{label}' is in '{unit}': give it in {wanted}.")
            value = float(round(Decimal(repr(value)) * Decimal(repr(codes.IN_UNIT[unit, wanted])), 6))
        kind = "ecg" if name in ("qtc_ms", "heart_rate_per_min") else "growth"
        yield entry_of_words(kind, {**words, name: repr(value)})
    elif loinc.startswith(f"{codes.OWN}:milestone"):
        yield entry_of_words("milestone", {**words, "skill": label, "event": item["value"]["ontologyClass"]["label"]})
    elif loinc.startswith(f"{codes.OWN}:level"):
        value, unit = _quantity(item)
        yield entry_of_words("level", {**words, "name": label, "value": repr(value), "unit": unit})
    else:
        reading.notices.append(f"The measurement '{label}' has no place in the record.")


def _quantity(item: Mapping[str, Any]) -> tuple[float, str]:
    """The value of a measurement, and its unit in our words."""
    quantity = item["value"]["quantity"]
    return _amount(quantity)


def _amount(quantity: Mapping[str, Any]) -> tuple[float, str]:
    unit = quantity.get("unit") or {}
    plain = str(unit.get("id", "")).removeprefix("UCUM:")
    ours = str(unit.get("label", ""))
    return float(quantity.get("value", 0.0)), ours if codes.UCUM.get(ours) == plain else _OWN_UNIT.get(plain, plain)


def _actions(item: Mapping[str, Any], reading: _Reading) -> Iterator[AnyEntry]:
    treatment = item.get("treatment")
    if not treatment:
        named = next(
            (key for key in ("procedure", "radiationTherapy", "therapeuticRegimen") if item.get(key)), "action"
        )
        reading.notices.append(f"A {named} has no place in the record.")
        return
    agent = treatment["agent"]
    name = str(agent.get("label") or agent["id"])
    words = {"name": name, "note": ""}
    own = re.match(rf"{codes.OWN}:(rescue-medicine|[a-z]+)", str(agent["id"]))
    if own:
        words["treatment"] = own[1].replace("-", " ")
    for key, ours in (
        ("responseToTreatment", "impression"),
        ("treatmentTerminationReason", "why_stopped"),
        ("treatmentTarget", "why_started"),
    ):
        said = item.get(key)
        if said and (ours == "why_started" or str(said.get("id", "")).startswith(f"{codes.OWN}:")):
            words[ours] = said.get("label") or said["id"]
        elif said:
            reading.notices.append(f"The {key} '{_label(said)}' of '{name}' has no place in the record.")
    intervals = [i for i in treatment.get("doseIntervals") or () if i] or [{}]
    stop = (intervals[-1].get("interval") or {}).get("end")
    if stop:
        words["stop_age_days"] = _days_text(reading.stamped(stop))
    for number, one in enumerate(intervals):
        start = (one.get("interval") or {}).get("start")
        at = {"age_days": _days_text(reading.stamped(start) if start else reading.last_days)}
        dose = _dose(one.get("quantity"))
        if number == 0:
            yield entry_of_words("treatment", words | at | dose)
        elif dose:
            yield entry_of_words("dose", {"name": name} | at | dose)


def _dose(quantity: Mapping[str, Any] | None) -> dict[str, str]:
    if not quantity:
        return {}
    value, unit = _amount(quantity)
    return {"dose.amount": repr(value), "dose.unit": unit}


def _interpretations(item: Mapping[str, Any], reading: _Reading) -> Iterator[AnyEntry]:
    diagnosis = item.get("diagnosis") or {}
    disease = diagnosis.get("disease") or {}
    if disease and disease.get("id") != codes.EPILEPSY[0]:
        reading.notices.append(f"The diagnosis '{_label(disease)}' has no place in the record: it is no observation.")
    for genomic in diagnosis.get("genomicInterpretations") or ():
        yield _variant(genomic, reading)


def _variant(genomic: Mapping[str, Any], reading: _Reading) -> AnyEntry:
    held = genomic.get("variantInterpretation") or {}
    variation = held.get("variationDescriptor") or {}
    gene = variation.get("geneContext") or genomic.get("gene") or {}
    words = {"age_days": _days_text(reading.last_days), "gene": gene.get("symbol") or gene.get("valueId") or ""}
    said = {theirs: ours for ours, theirs in codes.ACMG.items()}
    words["classification"] = said.get(str(held.get("acmgPathogenicityClassification")), "")
    for expression in variation.get("expressions") or ():
        syntax, value = str(expression.get("syntax")), str(expression.get("value"))
        prefix, colon, rest = value.rpartition(":")
        if syntax in ("hgvs.c", "hgvs.p"):
            words[f"hgvs_{syntax[-1]}"] = rest if syntax == "hgvs.c" else value
        if syntax == "hgvs.c" and colon:
            words["transcript"] = prefix
    states = {id_: ours for ours, (id_, _) in codes.ZYGOSITY.items()}
    words["zygosity"] = states.get(str((variation.get("allelicState") or {}).get("id")), "")
    known = set(field_names(Variant))
    told = str(variation.get("description") or "")
    pairs = re.split(r"; (?=[a-z_]+: )", told)
    own = dict(p.split(": ", 1) for p in pairs if ": " in p and p.split(": ", 1)[0] in known)
    if told and not own:
        words["note"] = told
    if not words["gene"]:
        raise EntryError("a variant without a gene cannot be kept.")
    return entry_of_words("variant", words | own)


def _files(item: Mapping[str, Any], reading: _Reading) -> Iterator[AnyEntry]:
    uri, attributes = str(item.get("uri", "")), dict(item.get("fileAttributes") or {})
    digest = uri.removeprefix("urn:sha256:")
    if digest == uri or "age_days" not in attributes:
        reading.notices.append("A file without a digest has no place in the record: attach recordings to the study.")
        return
    words = {k: str(v) for k, v in attributes.items() if k != "description"}
    yield entry_of_words("recording", {**words, "digest": digest})


def _death(status: Mapping[str, Any], reading: _Reading) -> Iterator[AnyEntry]:
    if status.get("status") != "DECEASED":
        return
    if not status.get("timeOfDeath"):
        raise EntryError("the child died, and no age is given.")
    cause = (status.get("causeOfDeath") or {}).get("label", "")
    yield entry_of_words("death", {"age_days": _days_text(reading.days(status["timeOfDeath"])), "cause": cause})


def _days_text(days: float) -> str:
    return repr(days)


def _joined(entries: list[AnyEntry], places: list[str]) -> tuple[list[AnyEntry], list[str]]:
    """Measurements of one kind at one age are one entry, as long as none is there twice."""
    kept: list[AnyEntry] = []
    where: list[str] = []
    # Places in `kept` by kind, age and note, then by what is measured there: each is looked up, not compared with all.
    at: dict[tuple[str, float, str], dict[frozenset[str], list[int]]] = {}
    for entry, place in zip(entries, places, strict=True):
        tag = str(type(entry).__struct_config__.tag)
        parts = _PARTS.get(tag, ())
        own = frozenset(n for n in parts if getattr(entry, n) is not None)
        groups = at.setdefault((tag, entry.age_days, entry.note), {})
        free = [(heap[0], measured) for measured, heap in groups.items() if heap and not measured & own]
        if not parts or not free:
            heappush(groups.setdefault(own, []), len(kept))
            kept.append(entry)
            where.append(place)
            continue
        first, measured = min(free, key=lambda one: one[0])
        heappop(groups[measured])
        heappush(groups.setdefault(measured | own, []), first)
        kept[first] = msgspec.structs.replace(kept[first], **{n: getattr(entry, n) for n in own})
    return kept, where


_PARTS = {"growth": ("head_cm", "weight_kg", "length_cm"), "ecg": ("qtc_ms", "heart_rate_per_min")}
"""What of one kind of entry a Phenopacket has as measurements of their own."""

_READERS: dict[str, Callable[[Mapping[str, Any], _Reading], Iterator[AnyEntry]]] = {
    "phenotypicFeatures": _features,
    "measurements": _measurements,
    "interpretations": _interpretations,
    "medicalActions": _actions,
    "files": _files,
}
