"""A child's record as a GA4GH Phenopacket (v2, JSON), and what of the record a packet cannot hold.

    sex, gestation            subject; a measurement at birth
    feature                   phenotypicFeatures, `excluded` for what was looked for and not there
    semiology, status         phenotypicFeatures by HPO term, our own words as modifiers
    growth, ecg               measurements (LOINC, UCUM)
    level                     biosamples (blood), each with its measurement
    milestone                 measurements with codes of our own
    treatment, dose           medicalActions; their times count from a birth on 1900-01-01, because v2 has no ages there
    variant                   interpretations, without a diagnosis beyond epilepsy
    recording                 files, by digest; what was found as attributes
    death                     vitalStatus

Everything else, and every field that has no place there, is listed: the packet is read back and compared.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

import msgspec

from ictal.base.provenance import ictal_version
from ictal.exchange import hpo
from ictal.exchange import phenopacket_codes as codes
from ictal.exchange.entry_words import words_of
from ictal.exchange.phenopacket_codes import age, code, own, quantity
from ictal.exchange.phenopacket_reading import read_phenopacket
from ictal.infant.timeline.types import (
    AnyEntry,
    Death,
    DoseChange,
    Ecg,
    Feature,
    Growth,
    Infant,
    Level,
    Milestone,
    Recording,
    Semiology,
    Status,
    Treatment,
    Variant,
    name_of,
)

_SIDES = {"left": ("HP:0012835", "Left"), "right": ("HP:0012834", "Right"), "bilateral": ("HP:0012832", "Bilateral")}
_SAME = {
    "feature": "hpo_id",
    "treatment": "name",
    "dose": "name",
    "level": "name",
    "milestone": "skill",
    "variant": "gene",
}
"""By which field, besides its kind and age, is an entry the same one after it was read back?"""

_SAME_AGE_DAYS = 1e-6


def phenopacket_of(infant: Infant) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The packet of this infant, and a sentence for each thing that it cannot hold."""
    packet = _packet(infant)
    back = read_phenopacket(packet).infants[0]
    return packet, tuple(_left_out(infant, back))


def phenopacket_text(packet: dict[str, Any]) -> str:
    """The packet as the text of a JSON file."""
    return json.dumps(packet, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _packet(infant: Infant) -> dict[str, Any]:
    entries = infant.in_order
    features = [_feature(e) for e in entries if isinstance(e, Feature) and e.present != "not captured"]
    features += [_seizure(e) for e in entries if isinstance(e, Semiology)]
    features += [_status(e) for e in entries if isinstance(e, Status) and e.present != "not captured"]
    treatments = infant.of(Treatment)
    packet = {
        "id": f"ictal-{infant.pseudonym}",
        "subject": _subject(infant, dated=bool(treatments)),
        "phenotypicFeatures": features,
        "measurements": [*_gestation(infant), *(m for e in entries for m in _measurements(e))],
        "biosamples": [_blood(infant, level, n) for n, level in enumerate(infant.of(Level), 1)],
        "interpretations": _interpretations(infant),
        "medicalActions": [_action(t, _doses(t, infant)) for t in treatments],
        "files": [_file(infant, e) for e in entries if isinstance(e, Recording) and e.digest],
        "metaData": _meta(infant, dated=bool(treatments)),
    }
    return {key: value for key, value in packet.items() if value != []}


def _subject(infant: Infant, dated: bool) -> dict[str, Any]:
    subject: dict[str, Any] = {"id": infant.pseudonym}
    if dated:
        subject["dateOfBirth"] = codes.STAND_IN_BIRTH
    if infant.entries:
        subject["timeAtLastEncounter"] = age(max(e.age_days for e in infant.entries))
    deaths = infant.of(Death)
    if deaths:
        subject["vitalStatus"] = {"status": "DECEASED", "timeOfDeath": age(deaths[0].age_days)}
        if deaths[0].cause != "not captured":
            subject["vitalStatus"]["causeOfDeath"] = code((own("cause", deaths[0].cause), deaths[0].cause))
    if infant.sex in codes.SEXES:
        subject["sex"] = codes.SEXES[infant.sex]
    return {**subject, "taxonomy": code(("NCBITaxon:9606", "Homo sapiens"))}


def _gestation(infant: Infant) -> list[dict[str, Any]]:
    if infant.gestation_weeks is None:
        return []
    value = {"quantity": quantity(infant.gestation_weeks, "wk")}
    return [{"assay": code(codes.GESTATION), "value": value, "timeObserved": age(0)}]


def _feature(entry: Feature) -> dict[str, Any]:
    said: dict[str, Any] = {"type": {"id": entry.hpo_id, "label": entry.label}}
    if entry.note:
        said = {"description": entry.note, **said}
    if entry.present == "no":
        said["excluded"] = True
    said["onset"] = age(entry.age_days)
    if entry.resolved_age_days is not None:
        said["resolution"] = age(entry.resolved_age_days)
    return said


def _own_words(entry: AnyEntry, without: Iterable[str]) -> list[dict[str, str]]:
    """The fields of an entry as modifiers with codes of our own, whose labels are `field: value`."""
    words = {k: v for k, v in words_of(entry).items() if k not in ("age_days", "note", *without)}
    return [code((own(name_of(entry), k), f"{k}: {v}")) for k, v in words.items()]


def _seizure(entry: Semiology) -> dict[str, Any]:
    side = [code(_SIDES[entry.side])] if entry.side in _SIDES else []
    said: dict[str, Any] = {
        "type": code(codes.SEIZURES.get(entry.seizure, codes.SEIZURE)),
        "modifiers": [*side, *_own_words(entry, ())],
        "onset": age(entry.age_days),
    }
    return {"description": entry.note, **said} if entry.note else said


def _status(entry: Status) -> dict[str, Any]:
    marked = code((own("status"), "status"))
    said: dict[str, Any] = {"type": code(codes.STATUS), "modifiers": [marked, *_own_words(entry, ("present",))]}
    if entry.present == "no":
        said["excluded"] = True
    said["onset"] = age(entry.age_days)
    return {"description": entry.note, **said} if entry.note else said


def _measurements(entry: AnyEntry) -> list[dict[str, Any]]:
    """The measurements of one entry, none for most."""
    found: list[dict[str, Any]] = []
    if isinstance(entry, Growth | Ecg):
        for field, (loinc, label, unit) in codes.MEASURES.items():
            value = getattr(entry, field, None)
            if value is not None:
                found.append({"assay": code((loinc, label)), "value": {"quantity": quantity(value, unit)}})
    elif isinstance(entry, Milestone):
        value = {"ontologyClass": code((own(entry.event), entry.event))}
        found.append({"assay": code((own("milestone", entry.skill), entry.skill)), "value": value})
    noted = {"description": entry.note} if entry.note else {}
    return [{**noted, **one, "timeObserved": age(entry.age_days)} for one in found]


def _blood(infant: Infant, level: Level, number: int) -> dict[str, Any]:
    """The blood that a level was measured in."""
    assay, value = code((own("level", level.name), level.name)), {"quantity": quantity(level.value, level.unit)}
    noted = {"description": level.note} if level.note else {}
    return {
        "id": f"{infant.pseudonym}-blood-{number}",
        "individualId": infant.pseudonym,
        "sampledTissue": code(codes.BLOOD),
        "timeOfCollection": age(level.age_days),
        "measurements": [{**noted, "assay": assay, "value": value, "timeObserved": age(level.age_days)}],
    }


def _doses(treatment: Treatment, infant: Infant) -> tuple[DoseChange, ...]:
    """The later doses of this treatment: those of its name while it is given."""
    stop = treatment.stop_age_days
    again = [t.age_days for t in infant.of(Treatment) if t.name == treatment.name and t.age_days > treatment.age_days]
    until = min([x for x in (stop, *again) if x is not None], default=float("inf"))
    return tuple(
        d for d in infant.of(DoseChange) if d.name == treatment.name and treatment.age_days <= d.age_days <= until
    )


def _action(treatment: Treatment, later: tuple[DoseChange, ...]) -> dict[str, Any]:
    starts = [(treatment.age_days, treatment.dose), *((d.age_days, d.dose) for d in later)]
    ends = [*(at for at, _ in starts[1:]), treatment.stop_age_days]
    intervals: list[dict[str, Any]] = []
    for (start, dose), end in zip(starts, ends, strict=True):
        one: dict[str, Any] = {} if dose is None else {"quantity": quantity(dose.amount, dose.unit)}
        one["scheduleFrequency"] = code((own("schedule not captured"), "not captured"))
        one["interval"] = {"start": codes.stamp(start)} | ({} if end is None else {"end": codes.stamp(end)})
        intervals.append(one)
    agent = code((own(treatment.treatment, treatment.name), treatment.name))
    said: dict[str, Any] = {"treatment": {"agent": agent, "doseIntervals": intervals}}
    if treatment.why_started != "not captured":
        said["treatmentTarget"] = code((own("why", treatment.why_started), treatment.why_started))
    if treatment.impression != "not captured":
        said["responseToTreatment"] = code((own("impression", treatment.impression), treatment.impression))
    if treatment.why_stopped != "not captured":
        said["treatmentTerminationReason"] = code((own("stopped", treatment.why_stopped), treatment.why_stopped))
    return said


def _interpretations(infant: Infant) -> list[dict[str, Any]]:
    found = [
        {
            "subjectOrBiosampleId": infant.pseudonym,
            "interpretationStatus": "UNKNOWN_STATUS",
            "variantInterpretation": {
                "acmgPathogenicityClassification": codes.ACMG.get(v.classification, "NOT_PROVIDED"),
                "variationDescriptor": _variation(v, number),
            },
        }
        for number, v in enumerate(infant.of(Variant), 1)
    ]
    if not found:
        return []
    diagnosis = {"disease": code(codes.EPILEPSY), "genomicInterpretations": found}
    return [{"id": f"{infant.pseudonym}-variants", "progressStatus": "UNKNOWN_PROGRESS", "diagnosis": diagnosis}]


def _variation(variant: Variant, number: int) -> dict[str, Any]:
    said: dict[str, Any] = {"id": f"variant-{number}"}
    held = ("gene", "hgvs_c", "hgvs_p", "transcript", "zygosity", "classification")
    rest = {k: v for k, v in words_of(variant).items() if k not in held}
    said["description"] = "; ".join(f"{k}: {v}" for k, v in rest.items())
    said["geneContext"] = {"valueId": own("gene", variant.gene), "symbol": variant.gene}
    prefix = "" if variant.transcript == "not captured" else f"{variant.transcript}:"
    expressions = [
        {"syntax": syntax, "value": f"{prefix if syntax == 'hgvs.c' else ''}{value}"}
        for syntax, value in (("hgvs.c", variant.hgvs_c), ("hgvs.p", variant.hgvs_p))
        if value != "not captured"
    ]
    if expressions:
        said["expressions"] = expressions
    if variant.zygosity in codes.ZYGOSITY:
        said["allelicState"] = code(codes.ZYGOSITY[variant.zygosity])
    return said


def _file(infant: Infant, entry: Recording) -> dict[str, Any]:
    words = {k: v for k, v in words_of(entry).items() if k != "digest"}
    return {
        "uri": f"urn:sha256:{entry.digest}",
        "individualToFileIdentifiers": {infant.pseudonym: infant.pseudonym},
        "fileAttributes": {"description": "EEG", **words},
    }


def _meta(infant: Infant, dated: bool) -> dict[str, Any]:
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    resources = [
        ("hp", "Human Phenotype Ontology", "http://purl.obolibrary.org/obo/hp.owl", hpo.release().removeprefix("HPO "),
         "HP", "http://purl.obolibrary.org/obo/HP_"),
        ("loinc", "LOINC", "https://loinc.org", "not captured", "LOINC", "https://loinc.org/"),
        ("ucum", "Unified Code for Units of Measure", "https://ucum.org", "2.1", "UCUM", "https://ucum.org/"),
        ("geno", "Genotype Ontology", "http://purl.obolibrary.org/obo/geno.owl", "not captured", "GENO",
         "http://purl.obolibrary.org/obo/GENO_"),
        ("mondo", "Mondo Disease Ontology", "http://purl.obolibrary.org/obo/mondo.owl", "not captured", "MONDO",
         "http://purl.obolibrary.org/obo/MONDO_"),
        ("uberon", "Uber-anatomy ontology", "http://purl.obolibrary.org/obo/uberon.owl", "not captured", "UBERON",
         "http://purl.obolibrary.org/obo/UBERON_"),
        (codes.OWN, "Words of Ictal that have no public code here", "urn:ictal:words", ictal_version(), codes.OWN,
         "urn:ictal:words:"),
    ]  # fmt: skip
    names = ("id", "name", "url", "version", "namespacePrefix", "iriPrefix")
    meta: dict[str, Any] = {
        "created": now,
        "createdBy": f"Ictal {ictal_version()}",
        "resources": [dict(zip(names, one, strict=True)) for one in resources],
        "phenopacketSchemaVersion": "2.0",
    }
    if dated:
        comment = "No date is real: the birth stands at 1900-01-01, and every other time counts from it."
        meta["updates"] = [{"timestamp": now, "updatedBy": meta["createdBy"], "comment": comment}]
    if infant.simulated:
        meta["externalReferences"] = [{"id": codes.SIMULATED, "description": "This infant is simulated."}]
    return meta


def _left_out(infant: Infant, back: Infant) -> Iterable[str]:
    """What is in the record and not in what was read back?"""
    for field in ("sex", "gestation_weeks", "plurality", "simulated"):
        if getattr(infant, field) != getattr(back, field):
            yield f"{field.replace('_', ' ')} '{getattr(infant, field)}' of the infant."
    there = list(back.entries)
    for entry in infant.in_order:
        match = _best(entry, there)
        what = f"the entry '{name_of(entry)}' at {codes.plain(entry.age_days)} days"
        if match is None:
            yield f"{what} (a packet has no place for it)."
            continue
        there.remove(match)
        lost = [f for f in entry.__struct_fields__ if f != "id" and getattr(entry, f) != getattr(match, f)]
        if lost:
            yield f"{', '.join(lost)} of {what}."


def _best(entry: AnyEntry, there: list[AnyEntry]) -> AnyEntry | None:
    """The entry that is this one, read back: word for word if possible, else of the same kind, name and age."""
    plain = msgspec.structs.replace(entry, id="")
    if plain in there:
        return plain
    field = _SAME.get(name_of(entry))
    for other in there:
        same = name_of(other) == name_of(entry) and (field is None or getattr(other, field) == getattr(entry, field))
        if same and abs(other.age_days - entry.age_days) <= _SAME_AGE_DAYS:
            return other
    return None
