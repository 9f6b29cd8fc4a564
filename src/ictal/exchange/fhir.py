"""A child's record as a FHIR R4 Bundle (4.0.1, type `collection`): what other hospital systems read. Export alone.

    infant      Patient (no name, no birth date)         growth, ecg, level    Observation, with LOINC and UCUM
    feature     Observation by HPO, yes or no            treatment             MedicationStatement (medicines)
    seizures at home (diary)   Observation, a count      death                 Patient.deceasedBoolean

FHIR dates an observation, and a record has ages: each resource says its age as a text and as an extension in days.
What has no place is listed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ictal.exchange import phenopacket_codes as codes
from ictal.infant.timeline.ages import age_text
from ictal.infant.timeline.types import (
    AnyEntry,
    Death,
    Diary,
    Ecg,
    Feature,
    Growth,
    Infant,
    Level,
    Treatment,
    name_of,
)

AGE = "urn:ictal:age-days"
_SYSTEMS = {"LOINC": "http://loinc.org", "HP": "http://human-phenotype-ontology.org"}
_MEDICINES = ("medicine", "rescue medicine", "hormone", "vitamin", "trial")


def fhir_bundle(infant: Infant) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The bundle, and a sentence for each entry that it does not hold, or holds in part."""
    resources = [_patient(infant)]
    left_out: list[str] = []
    for entry in infant.in_order:
        made = _resources(entry, infant)
        resources += made
        what = f"the entry '{name_of(entry)}' at {codes.plain(entry.age_days)} days"
        if not made and not isinstance(entry, Death):
            left_out.append(f"{what} (this export has no resource for it).")
        elif isinstance(entry, Treatment):
            left_out.append(f"start, stop, and later doses of {what} as dates: they stand in its text.")
    if infant.gestation_weeks is not None:
        resources.append(_observed(codes.GESTATION, {"valueQuantity": _quantity(infant.gestation_weeks, "wk")}, 0.0))
    entries = [
        {"fullUrl": f"urn:ictal:{infant.pseudonym}:{number}", "resource": _referring(one, infant)}
        for number, one in enumerate(resources)
    ]
    tag = [{"system": "urn:ictal", "code": "simulated", "display": "Simulated: no real child"}]
    meta = {"meta": {"tag": tag}} if infant.simulated else {}
    return {"resourceType": "Bundle", **meta, "type": "collection", "entry": entries}, tuple(left_out)


def _referring(resource: dict[str, Any], infant: Infant) -> dict[str, Any]:
    if resource["resourceType"] == "Patient":
        return resource
    return {**resource, "subject": {"reference": f"urn:ictal:{infant.pseudonym}:0"}}


def _patient(infant: Infant) -> dict[str, Any]:
    gender = {"female": "female", "male": "male", "other": "other"}.get(infant.sex, "unknown")
    said = {"resourceType": "Patient", "identifier": [{"system": "urn:ictal:pseudonym", "value": infant.pseudonym}]}
    said |= {"gender": gender}
    return {**said, "deceasedBoolean": True} if infant.of(Death) else said


def _resources(entry: AnyEntry, infant: Infant) -> list[dict[str, Any]]:
    makers: dict[type, Callable[[Any], list[dict[str, Any]]]] = {
        Growth: _measured, Ecg: _measured, Feature: _feature, Level: _level, Diary: _diary, Treatment: _treatment,
    }  # fmt: skip
    maker = makers.get(type(entry))
    return [] if maker is None else maker(entry)


def _measured(entry: Growth | Ecg) -> list[dict[str, Any]]:
    found = []
    for field, (loinc, label, unit) in codes.MEASURES.items():
        value = getattr(entry, field, None)
        if value is not None:
            found.append(_observed((loinc, label), {"valueQuantity": _quantity(value, unit)}, entry.age_days))
    return found


def _feature(entry: Feature) -> list[dict[str, Any]]:
    if entry.present == "not captured":
        return []
    return [_observed((entry.hpo_id, entry.label), {"valueBoolean": entry.present == "yes"}, entry.age_days)]


def _level(entry: Level) -> list[dict[str, Any]]:
    value = {"valueQuantity": _quantity(entry.value, entry.unit)}
    return [_observed((codes.own("level", entry.name), entry.name), value, entry.age_days)]


def _diary(entry: Diary) -> list[dict[str, Any]]:
    if entry.seizures is None:
        return []
    found = _observed(
        (codes.own("seizures seen"), "Seizures seen at home"), {"valueInteger": entry.seizures}, entry.age_days
    )
    watched = "" if entry.hours_observed is None else f", watched for {entry.hours_observed:g} h"
    found["note"].append({"text": f"over {entry.days:g} days{watched}"})
    return [found]


def _treatment(entry: Treatment) -> list[dict[str, Any]]:
    if entry.treatment not in _MEDICINES:
        return []
    stopped = entry.stop_age_days is not None
    status = "stopped" if stopped else "active" if entry.ongoing == "yes" else "unknown"
    dose = "" if entry.dose is None else f", {entry.dose.amount:g} {entry.dose.unit} at first"
    until = "" if entry.stop_age_days is None else f" to {age_text(entry.stop_age_days)}"
    return [
        {
            "resourceType": "MedicationStatement",
            **_aged(entry.age_days),
            "status": status,
            "medicationCodeableConcept": {"text": entry.name},
            "note": [{"text": f"from {age_text(entry.age_days)}{until}{dose}"}],
        }
    ]


def _observed(code: tuple[str, str], value: dict[str, Any], age_days: float) -> dict[str, Any]:
    prefix, _, plain = code[0].partition(":")
    system = _SYSTEMS.get(prefix, "urn:ictal:words")
    coding = {"system": system, "code": plain if prefix == "LOINC" else code[0], "display": code[1]}
    return {
        "resourceType": "Observation",
        **_aged(age_days),
        "status": "final",
        "code": {"coding": [coding], "text": code[1]},
        **value,
        "note": [{"text": f"at the age of {age_text(age_days)}"}],
    }


def _aged(age_days: float) -> dict[str, Any]:
    return {"extension": [{"url": AGE, "valueDecimal": age_days}]}


def _quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": codes.UCUM.get(unit, unit)}
