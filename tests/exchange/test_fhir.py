"""The FHIR export is R4 as another implementation checks it, and names what it has no place for."""

from __future__ import annotations

import json
import warnings

from hypothesis import given, settings

from ictal.exchange.fhir import fhir_bundle
from ictal.infant.timeline.types import Diary, Dose, Growth, Infant, Treatment, Visit
from tests.exchange.infants_made import infants

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fhir.resources.R4B.bundle import Bundle


@settings(max_examples=40)
@given(infants())
def test_any_record_is_a_bundle_that_another_implementation_takes(infant: Infant):
    bundle, left_out = fhir_bundle(infant)
    taken = Bundle.model_validate(json.loads(json.dumps(bundle, allow_nan=False)))
    assert len(taken.entry) == len(bundle["entry"])
    held = sum(one["resource"]["resourceType"] in ("Observation", "MedicationStatement") for one in bundle["entry"])
    assert bool(left_out) or not infant.entries or held or all(e.age_days >= 0 for e in infant.entries)


def test_measurements_have_loinc_and_ucum_and_the_age_in_days():
    infant = Infant(pseudonym="inf-1", sex="female", simulated=True, entries=(Growth(age_days=91, head_cm=34.5),))
    bundle, left_out = fhir_bundle(infant)
    assert left_out == ()
    assert bundle["meta"]["tag"][0]["code"] == "simulated"
    patient, head = (one["resource"] for one in bundle["entry"])
    assert set(patient) == {"resourceType", "identifier", "gender"}
    assert head["code"]["coding"][0]["code"] == "9843-4"
    assert (head["valueQuantity"]["value"], head["valueQuantity"]["code"]) == (34.5, "cm")
    assert head["extension"][0]["valueDecimal"] == 91
    assert head["subject"]["reference"] == bundle["entry"][0]["fullUrl"]


def test_what_has_no_place_is_named():
    dose = Dose(amount=5, unit="mg/kg/day")
    entries = (Visit(age_days=1), Diary(age_days=2, seizures=0), Treatment(age_days=3, name="x", dose=dose))
    _, left_out = fhir_bundle(Infant(pseudonym="a", entries=entries))
    assert left_out == (
        "the entry 'visit' at 1 days (this export has no resource for it).",
        "start, stop, and later doses of the entry 'treatment' at 3 days as dates: they stand in its text.",
    )
