"""A record goes into a Phenopacket and comes back; what a packet cannot hold is listed, and nothing else is lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import msgspec
import pytest
from google.protobuf.json_format import MessageToDict, Parse
from hypothesis import given, settings
from hypothesis import strategies as st
from phenopackets import Phenopacket

from ictal.base.errors import TableError
from ictal.exchange import hpo
from ictal.exchange import phenopacket_codes as codes
from ictal.exchange.phenopacket import phenopacket_of, phenopacket_text
from ictal.exchange.phenopacket_reading import read_phenopacket
from ictal.infant.timeline.checks import problems
from ictal.infant.timeline.types import (
    Death,
    Diary,
    Dose,
    DoseChange,
    Ecg,
    Feature,
    FindingsSummary,
    Growth,
    Infant,
    Level,
    Milestone,
    Recording,
    Semiology,
    SignSeen,
    Status,
    Treatment,
    Variant,
)
from tests.exchange.infants_made import infants

HELD = Infant(
    pseudonym="inf-1",
    sex="female",
    gestation_weeks=32 + 4 / 7,
    simulated=True,
    entries=(
        Growth(age_days=0.0, head_cm=28.5, weight_kg=1.8, length_cm=42.0),
        Growth(age_days=91.3, head_cm=34.5, note="a; b: c"),
        Feature(age_days=20, hpo_id="HP:0001252", label="Hypotonia", present="yes", resolved_age_days=100.5),
        Feature(age_days=20, hpo_id="HP:0002521", label="Hypsarrhythmia", present="no", note="x"),
        Treatment(
            age_days=40.3,
            name="phenobarbital",
            dose=Dose(amount=5.0, unit="mg/kg/day"),
            stop_age_days=80.123456,
            why_stopped="no benefit",
            impression="no change",
            why_started="seizures",
        ),
        DoseChange(age_days=50.0, name="phenobarbital", dose=Dose(amount=7.5, unit="mg/kg/day")),
        Treatment(age_days=90, name="Ketogenic diet", treatment="diet", dose=Dose(amount=3.0, unit=":1")),
        Treatment(age_days=95, name="midazolam", treatment="rescue medicine"),
        Level(age_days=55, name="phenobarbital", value=30.5, unit="mg/L"),
        Milestone(age_days=60, skill="social smile", event="gained"),
        Milestone(age_days=120, skill="social smile", event="lost"),
        Semiology(
            age_days=10,
            seizure="sequential",
            side="alternating",
            autonomic=(SignSeen(sign="apnoea", seen="yes"), SignSeen(sign="cyanosis", seen="no")),
            first="yes",
            typical_s=35.0,
            note="n: b",
        ),
        Status(age_days=30, present="no", rule="clinical"),
        Ecg(age_days=33, qtc_ms=430.0, heart_rate_per_min=140.0),
        Variant(
            age_days=50,
            gene="KCNT1",
            hgvs_c="c.2849G>A",
            hgvs_p="p.Arg950Gln",
            transcript="NM_020822.3",
            zygosity="heterozygous",
            inheritance="de novo",
            classification="pathogenic",
            direction="gain",
            note="a; b",
        ),
        Recording(
            age_days=45,
            recorded_h=4.0,
            digest="a" * 64,
            found=FindingsSummary(readable_h=3.5, seizures=4, seizure_min=4.25, migrating=2, simulated=True),
        ),
        Death(age_days=600, cause="SUDEP"),
    ),
)


def same(a: Infant, b: Infant) -> bool:
    """The same infant, whatever the order of its entries."""
    heads = [msgspec.structs.replace(i, entries=()) for i in (a, b)]
    floats = [Counter(msgspec.convert(msgspec.to_builtins(e), type(e)) for e in i.entries) for i in (a, b)]
    return heads[0] == heads[1] and floats[0] == floats[1]


def by_the_oracle(packet: dict[str, Any]) -> Phenopacket:
    """The packet as GA4GH's own package reads it: unknown names and wrong types are refused."""
    return Parse(phenopacket_text(packet), Phenopacket())


def test_what_a_packet_can_hold_comes_back_the_same():
    packet, left_out = phenopacket_of(HELD)
    assert left_out == ()
    read = read_phenopacket(packet)
    assert (read.refused, read.notices) == ((), ())
    assert same(read.infants[0], HELD)


def test_the_package_of_ga4gh_reads_it_and_hands_back_the_same():
    packet, _ = phenopacket_of(HELD)
    message = by_the_oracle(packet)
    assert message.subject.sex == 1
    assert message.phenotypic_features[1].excluded
    assert message.measurements[1].value.quantity.value == 28.5
    for names in (False, True):
        again = MessageToDict(message, preserving_proto_field_name=names)
        assert read_phenopacket(again).infants == read_phenopacket(packet).infants


@settings(max_examples=60)
@given(infants())
def test_any_record_is_in_the_packet_or_in_the_list(infant: Infant):
    packet, left_out = phenopacket_of(infant)
    by_the_oracle(packet)
    assert json.loads(phenopacket_text(packet)) == packet
    back = read_phenopacket(packet).infants[0]
    assert (left_out == ()) == same(back, infant)
    assert len(back.entries) <= len(infant.entries)


@settings(max_examples=60)
@given(infants(Feature, Milestone, Level, Semiology))
def test_a_record_of_what_has_a_place_loses_no_more_than_it_says(infant: Infant):
    plain = msgspec.structs.replace(
        infant,
        plurality="not captured",
        entries=tuple(
            msgspec.structs.replace(e, source="not captured", note=" ".join(e.note.split()))
            for e in infant.entries
            if not isinstance(e, Feature) or e.present != "not captured"
        ),
    )
    if any(p.severity == "refused" for p in problems(plain)):
        return
    packet, left_out = phenopacket_of(plain)
    assert left_out == ()
    assert same(read_phenopacket(packet).infants[0], plain)


def test_what_cannot_be_held_is_named():
    odd = HELD.with_entries(Diary(age_days=45, seizures=4), Treatment(age_days=90, name="valproate", ongoing="yes"))
    _, left_out = phenopacket_of(msgspec.structs.replace(odd, plurality="twin"))
    assert left_out == (
        "plurality 'twin' of the infant.",
        "the entry 'diary' at 45 days (a packet has no place for it).",
        "ongoing of the entry 'treatment' at 90 days.",
    )


def test_no_date_of_a_packet_is_real_and_a_packet_without_treatments_has_none():
    packet, _ = phenopacket_of(HELD)
    assert packet["subject"]["dateOfBirth"] == "1900-01-01T00:00:00Z"
    assert "No date is real" in packet["metaData"]["updates"][0]["comment"]
    bare, _ = phenopacket_of(msgspec.structs.replace(HELD, entries=HELD.entries[:2]))
    assert "dateOfBirth" not in bare["subject"]


def test_every_code_of_hpo_is_a_term_of_that_name():
    for id_, label in (*codes.SEIZURES.values(), codes.SEIZURE, codes.STATUS):
        assert hpo.term(id_).name == label


FOREIGN: dict[str, Any] = {
    "id": "case-1",
    "subject": {
        "id": "P001",
        "sex": "FEMALE",
        "date_of_birth": "2023-01-01T00:00:00Z",
        "time_at_last_encounter": {"age": {"iso8601duration": "P4M12D"}},
    },
    "phenotypic_features": [
        {
            "type": {"id": "HP:0032786", "label": "Migrating focal seizure"},
            "onset": {"age": {"iso8601duration": "P3W"}},
        },
        {"type": {"id": "HP:0001252", "label": "Hypotonia"}, "severity": {"id": "HP:0012828", "label": "Severe"}},
        {"type": {"id": "HP:0000252", "label": "Microcephaly"}, "excluded": True},
        {"type": {"id": "MONDO:1", "label": "no HPO term"}},
        {"type": {"id": "HP:0001250"}, "onset": {"ontology_class": {"id": "HP:0003623", "label": "Neonatal onset"}}},
        {"type": {"id": "HP:0001250", "label": "Seizure"}, "onset": {"timestamp": "2023-01-15T12:00:00Z"}},
        {"type": {"id": "HP:0001250", "label": "Seizure"}, "onset": {"age": {"iso8601duration": "three days"}}},
        {"type": {"id": "HP:0001250", "label": "Seizure"}, "onset": {"gestational_age": {"weeks": 30}}},
    ],
    "measurements": [
        {
            "assay": {"id": "LOINC:29463-7", "label": "Body weight"},
            "value": {"quantity": {"unit": {"id": "UCUM:g", "label": "gram"}, "value": 4200}},
            "time_observed": {"age": {"iso8601duration": "P1M"}},
        },
        {
            "assay": {"id": "LOINC:718-7", "label": "Hemoglobin"},
            "value": {"quantity": {"unit": {"id": "UCUM:g/dL"}, "value": 11}},
        },
        {
            "assay": {"id": "LOINC:9843-4", "label": "Head circumference"},
            "value": {"quantity": {"unit": {"id": "UCUM:mm"}, "value": 365}},
        },
        {"assay": {"id": "LOINC:9843-4", "label": "Head"}, "value": {"quantity": {"unit": {"id": "x"}, "value": 3}}},
    ],
    "medical_actions": [
        {
            "treatment": {
                "agent": {"id": "DrugCentral:2148", "label": "phenobarbital"},
                "dose_intervals": [
                    {
                        "quantity": {"unit": {"id": "UCUM:mg/kg/d"}, "value": 5},
                        "interval": {"start": "2023-01-20T00:00:00Z", "end": "2023-02-20T00:00:00+00:00"},
                    }
                ],
            }
        },
        {"procedure": {"code": {"id": "x", "label": "y"}}},
    ],
    "interpretations": [
        {
            "id": "i",
            "progress_status": "SOLVED",
            "diagnosis": {
                "disease": {"id": "OMIM:614959", "label": "DEE14"},
                "genomic_interpretations": [
                    {
                        "subject_or_biosample_id": "P001",
                        "interpretation_status": "CAUSATIVE",
                        "variant_interpretation": {
                            "acmg_pathogenicity_classification": "PATHOGENIC",
                            "variation_descriptor": {
                                "gene_context": {"value_id": "HGNC:18865", "symbol": "KCNT1"},
                                "expressions": [{"syntax": "hgvs.c", "value": "NM_020822.3:c.1283G>A"}],
                                "allelic_state": {"id": "GENO:0000135", "label": "heterozygous"},
                            },
                        },
                    }
                ],
            },
        }
    ],
    "diseases": [{"term": {"id": "OMIM:614959", "label": "DEE14"}}],
    "meta_data": {"phenopacket_schema_version": "2.0", "created_by": "somebody"},
}


def test_a_packet_that_others_wrote_is_read_part_by_part():
    Parse(json.dumps(FOREIGN), Phenopacket())
    read = read_phenopacket(FOREIGN)
    (infant,) = read.infants
    last = 4 * 30.4375 + 12
    assert infant.pseudonym == "P001"
    assert [(e.hpo_id, e.present, e.age_days) for e in infant.of(Feature)] == [
        ("HP:0001250", "yes", 14.5),
        ("HP:0032786", "yes", 21.0),
        ("HP:0001252", "yes", last),
        ("HP:0000252", "no", last),
        ("HP:0001250", "yes", last),
    ]
    assert infant.of(Feature)[-1].note == "onset: Neonatal onset"
    assert [(e.weight_kg, e.head_cm) for e in infant.of(Growth)] == [(4.2, None), (None, 36.5)]
    (treatment,) = infant.of(Treatment)
    assert (treatment.age_days, treatment.stop_age_days) == (19.0, 50.0)
    assert treatment.dose == Dose(amount=5, unit="mg/kg/day")
    (variant,) = infant.of(Variant)
    assert (variant.gene, variant.transcript, variant.hgvs_c) == ("KCNT1", "NM_020822.3", "c.1283G>A")
    assert (variant.classification, variant.zygosity) == ("pathogenic", "heterozygous")
    assert [sentence.partition(":")[0] for sentence in read.refused] == [
        "phenotypicFeatures 4",
        "phenotypicFeatures 7",
        "phenotypicFeatures 8",
        "measurements 4",
    ]
    assert len(read.notices) == 5
    assert any("Hemoglobin" in notice for notice in read.notices)
    assert any("DEE14" in notice for notice in read.notices)


@pytest.mark.parametrize(
    ("text", "days"),
    [("P4M12D", 133.75), ("P1Y", 365.25), ("P2W", 14), ("P91.3D", 91.3), ("P1DT12H", 1.5), ("PT90M", 0.0625)],
)
def test_ages_of_iso_8601(text: str, days: float):
    assert codes.days_of_duration(text) == days


@given(st.floats(0, 36525))
def test_an_age_comes_back_from_its_time_within_a_nanosecond(days: float):
    back = float(
        (codes.seconds_of_stamp(codes.stamp(days)) - codes.seconds_of_stamp(codes.STAND_IN_BIRTH)) / codes.DAY_S
    )
    assert back == pytest.approx(days, abs=2e-14, rel=1e-15)
    assert codes.days_of_duration(codes.age(days)["age"]["iso8601duration"]) == pytest.approx(days, abs=1e-9)


NAMES = ["id", "label", "type", "onset", "age", "iso8601duration", "assay", "value", "quantity", "unit", "treatment"]
NAMES += ["agent", "doseIntervals", "interval", "start", "diagnosis", "genomicInterpretations", "uri", "modifiers"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.text(max_size=4)
    | st.sampled_from(["HP:0001250", "P3D", "ictal:x"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)
SECTIONS = ["phenotypicFeatures", "measurements", "interpretations", "medicalActions", "files", "diseases", "metaData"]


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from([*SECTIONS, "subject", "proband", "biosamples"]), JSON))
def test_any_json_is_read_or_refused_in_words(packet: dict[str, Any]):
    packet.setdefault("subject", {"id": "a"})
    try:
        read = read_phenopacket(packet)
    except TableError:
        return
    assert len(read.infants) == len(read.places) == 1
