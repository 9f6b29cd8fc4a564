"""Phenopackets as they come: partial, old, odd. What cannot be understood answers nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.base.errors import RecordError
from ictal.infant.syndrome.assess import assess
from ictal.infant.syndrome.durations import age_range_days, duration_days
from ictal.infant.syndrome.phenopacket import gather_phenopacket
from tests.syndrome.conftest import TODAY


def rows(packet: dict) -> dict[str, str]:
    return {r.id: r.answer for r in assess(gather_phenopacket(packet).case(), TODAY).criteria}


def feature(term: str, **more: object) -> dict:
    return {"phenotypicFeatures": [{"type": {"id": term}, **more}]}


@pytest.mark.parametrize(
    ("text", "days"),
    [("P0D", 0), ("P3W", 21), ("P10D", 10), ("P1M", 30.4375), ("P1Y", 365.25), ("P1Y2M3D", 429.125), ("PT12H", 0.5),
     ("P4M12D", 133.75), ("p2m", 60.875), (" P1D ", 1)],
)  # fmt: skip
def test_durations_are_days(text, days):
    assert duration_days(text) == pytest.approx(days)


@pytest.mark.parametrize("text", ["", "P", "PT", "4 months", "-P1M", "P1", None, 3, "P9999Y", "P1M1Y"])
def test_what_is_no_duration_is_no_age(text):
    assert duration_days(text) is None


def test_ages_come_as_ranges_terms_dates_and_plain_words():
    between = {"ageRange": {"start": {"iso8601duration": "P1M"}, "end": {"iso8601duration": "P2M"}}}
    assert age_range_days(between, None) == (30.4375, 60.875)
    assert age_range_days({"ontologyClass": {"id": "HP:0003623"}}, None) == (0, 28)
    assert age_range_days({"age": "P3M"}, None) == age_range_days("P3M", None)
    assert age_range_days({"timestamp": "2020-02-01T00:00:00Z"}, None) is None
    assert (
        age_range_days({"ageRange": {"start": {"iso8601duration": "P9M"}, "end": {"iso8601duration": "P2M"}}}, None)
        is None
    )


@pytest.mark.parametrize(
    ("packet", "answer"),
    [
        (feature("HP:0001250", onset={"age": {"iso8601duration": "P3M"}}), "yes"),
        (feature("HP:0032786", onset={"age": {"iso8601duration": "P3M"}}), "yes"),  # a child term of seizure
        (feature("HP:0001250", onset={"ontologyClass": {"id": "HP:0003593", "label": "Infantile onset"}}), "yes"),
        (feature("HP:0001250", onset={"ontologyClass": {"id": "HP:0011463"}}), "no"),
        (feature("HP:0001250", onset={"age": {"iso8601duration": "P14M"}}), "no"),
        (feature("HP:0001250", onset={"age": {"iso8601duration": "soon"}}), "unknown"),
        (feature("HP:0001250"), "unknown"),
        (feature("HP:0001250", negated=True, onset={"age": {"iso8601duration": "P3M"}}), "unknown"),
        (feature("HP:0001252", onset={"age": {"iso8601duration": "P1M"}}), "unknown"),  # hypotonia is no seizure
        ({**feature("HP:0001250"), "subject": {"timeAtLastEncounter": {"age": {"iso8601duration": "P5M"}}}}, "yes"),
        ({**feature("HP:0001250"), "subject": {"timeAtLastEncounter": {"age": {"iso8601duration": "P5Y"}}}}, "unknown"),
        ({**feature("HP:0001250", onset={"timestamp": "2020-03-01T00:00:00Z"}),
          "subject": {"dateOfBirth": "2020-01-01T00:00:00Z"}}, "yes"),
        ({**feature("HP:0001250", onset={"timestamp": "2019-03-01T00:00:00Z"}),
          "subject": {"dateOfBirth": "2020-01-01T00:00:00Z"}}, "unknown"),
        ({"phenotypic_features": [
            {"type": {"id": "HP:0001250"}, "onset": {"age": {"iso8601duration": "P1M"}}}
        ]}, "yes"),
        ({"proband": feature("HP:0001250", onset={"age": {"iso8601duration": "P1M"}}), "relatives": []}, "yes"),
        ({"phenotypicFeatures": [{"type": {"id": "HP:0001250"}, "onset": {"age": "P3M"}}]}, "yes"),
    ],
)  # fmt: skip
def test_the_age_at_the_first_seizure(packet, answer):
    assert rows(packet)["onset-first-year"] == answer


def test_excluded_parents_exclude_their_children_and_observed_children_mean_their_parents():
    assert rows(feature("HP:0001250", excluded=True))["focal-seizures"] == "no"
    assert rows(feature("HP:0002266"))["focal-seizures"] == "yes"
    assert rows(feature("HP:0002266", excluded=True))["focal-seizures"] == "unknown"  # one kind was not there
    assert rows(feature("HP:0012443", excluded=True))["structural-lesion"] == "no"
    assert rows(feature("HP:0012443"))["structural-lesion"] == "unknown"  # some abnormality, not which
    assert (
        rows(feature("HP:0012443", excluded=True))["abnormal-at-onset"] == "unknown"
    )  # an MRI says nothing of the head


def test_a_report_of_migration_counts_when_it_names_the_examination():
    bare = feature("HP:0032786")
    named = feature("HP:0032786", evidence=[{"evidenceCode": {"id": "ECO:0"}, "reference": {"id": "EEG:2024-03-01"}}])
    assert rows(bare)["ictal-migration"] == "unknown"
    assert rows(named)["ictal-migration"] == "yes"


def test_drug_resistance_by_modifier_label_or_two_failures():
    assert (
        rows(feature("HP:0001250", modifiers=[{"id": "HP:0031375", "label": "Refractory"}]))["drug-resistance"] == "yes"
    )
    assert (
        rows({"diseases": [{"term": {"id": "MONDO:1", "label": "Drug-resistant epilepsy"}}]})["drug-resistance"]
        == "yes"
    )
    failed = [
        {"treatment": {"agent": {"label": name}}, "treatmentTerminationReason": {"label": "Lack of efficacy"}}
        for name in ("phenobarbital", "Phenobarbital", "ketogenic diet", "pyridoxine")
    ]
    assert rows({"medicalActions": failed})["drug-resistance"] == "unknown"  # one medicine twice, a diet, a vitamin
    other = {"treatment": {"agent": {"label": "topiramate"}}, "responseToTreatment": {"label": "Unfavorable"}}
    assert rows({"medicalActions": [*failed, other]})["drug-resistance"] == "yes"


def test_one_carrier_variant_of_a_recessive_disease_does_not_prove_it():
    def gene(state: str | None, status: str = "UNKNOWN_STATUS") -> dict:
        descriptor = {"geneContext": {"symbol": "ALDH7A1"}, **({"allelicState": {"id": state}} if state else {})}
        variant = {"acmgPathogenicityClassification": "PATHOGENIC", "variationDescriptor": descriptor}
        return {"interpretationStatus": status, "variantInterpretation": variant}

    def told(*genomic: dict) -> str:
        return rows({"interpretations": [{"diagnosis": {"genomicInterpretations": list(genomic)}}]})[
            "treatable-metabolic"
        ]

    assert told(gene("GENO:0000135")) == "unknown"
    assert told(gene("GENO:0000136")) == "yes"
    assert told(gene("GENO:0000135"), gene("GENO:0000135")) == "yes"
    assert told(gene(None, "CAUSATIVE")) == "yes"


def test_a_measured_marker_is_raised_only_against_its_range():
    def measured(value: float, **more: object) -> str:
        quantity = {"value": value, **more}
        assay = {"id": "LOINC:1", "label": "Alpha-aminoadipic semialdehyde [urine]"}
        return rows({"measurements": [{"assay": assay, "value": {"quantity": quantity}}]})["treatable-metabolic"]

    assert measured(9.0, referenceRange={"low": 0, "high": 1.0}) == "yes"
    assert measured(9.0) == "unknown"
    assert measured(0.5, referenceRange={"low": 0, "high": 1.0}) == "unknown"  # CSF glucose was not looked at


@pytest.mark.parametrize("said", [[], 3, "x", None, {"members": [{}]}, {"resourceType": "Patient"}])
def test_what_is_no_phenopacket_is_refused_in_one_sentence(said):
    with pytest.raises(RecordError):
        gather_phenopacket(said)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["HP:0001250", "HP:0032786", "P3M", "P14M", "PATHOGENIC"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["type", "id", "label", "onset", "age", "iso8601duration", "excluded", "agent", "treatment",
                         "diagnosis", "genomicInterpretations", "variantInterpretation", "value", "quantity", "assay",
                         "evidence", "modifiers", "reference", "ageRange", "start", "end"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
SECTIONS = ["subject", "phenotypicFeatures", "measurements", "interpretations", "diseases", "medicalActions", "id"]


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(SECTIONS), json_values | st.lists(json_values, max_size=3), min_size=1))
def test_no_phenopacket_of_any_shape_is_a_fault_of_ours(packet):
    found = assess(gather_phenopacket(json.loads(json.dumps(packet))).case(), TODAY)
    assert found.verdict != "met"
