"""Less data never claims more, and an exclusion never raises a verdict."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.infant.syndrome.assess import assess
from ictal.infant.syndrome.findings import recording_seen
from ictal.infant.syndrome.phenopacket import gather_phenopacket
from ictal.infant.syndrome.terms import terms
from ictal.infant.syndrome.types import STRENGTH, Assessment
from tests.syndrome.conftest import TODAY, findings, phenopacket

EXCLUSIONS = ["HP:0032046", "HP:0012768", "HP:0034365", "HP:0011972", "HP:0009717", "HP:0002140"]
SUPPORT = [
    "HP:0007359",
    "HP:0032786",
    "HP:0010841",
    "HP:0010851",
    "HP:0012469",
    "HP:0001263",
    "HP:0002376",
    "HP:0002266",
]

eegs = st.builds(
    lambda h, n, mig, left, right: {"h": h, "n": n, "mig": min(mig, n), "left": left, "right": right, "cross": 0},
    st.floats(0, 48, allow_nan=False),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 2),
    st.integers(0, 2),
)
ages = st.sampled_from([None, "P3D", "P1M", "P5M", "P8M", "P14M", "P3Y"])
infants = st.fixed_dictionaries(
    {
        "onset": ages,
        "age": ages,
        "has": st.lists(st.sampled_from(SUPPORT + EXCLUSIONS), unique=True, max_size=6),
        "not": st.lists(
            st.sampled_from(["HP:0012443", "HP:0032786", "HP:0034365", "HP:0012758"]), unique=True, max_size=3
        ),
        "medicines": st.lists(
            st.sampled_from(["phenobarbital failed", "levetiracetam failed", "pyridoxine helped"]),
            unique=True,
            max_size=3,
        ),
        "genes": st.lists(st.sampled_from(["KCNT1 P", "KCNQ2 P", "SCN1A VUS", "ALDH7A1 P"]), unique=True, max_size=2),
        "eeg": st.lists(eegs, max_size=3),
    }
)


def judged(infant: dict[str, Any]) -> Assessment:
    told = {"id": "x", **{k: v for k, v in infant.items() if v is not None}}
    found = gather_phenopacket(json.loads(json.dumps(phenopacket(told))))
    found.recordings += [recording_seen(findings(f"r{k}", eeg)) for k, eeg in enumerate(infant["eeg"])]
    return assess(found.case(), TODAY)


def answers(assessment: Assessment) -> dict[str, str]:
    return {row.id: row.answer for row in assessment.criteria}


def without(infant: dict[str, Any], key: str, index: int) -> dict[str, Any]:
    """The infant without an age, a recording, a medicine, a gene, or everything that was said of a sign."""
    if key in ("onset", "age"):
        return {**infant, key: None}
    items = infant[key]
    if not items:
        return infant
    gone = items[index % len(items)]
    if key == "has":  # the sign is not recorded at all: neither that it was there nor that it was not
        signs = [t for t in terms() if gone in t.present]
        rest = [x for x in infant["not"] if not any(x in t.denied for t in signs)]
        return {**infant, "has": [x for x in items if not any(x in t.present for t in signs)], "not": rest}
    return {**infant, key: [x for k, x in enumerate(items) if k != index % len(items)]}


@settings(max_examples=150)
@given(infants, st.sampled_from(["onset", "age", "has", "medicines", "genes", "eeg"]), st.integers(0, 9))
def test_with_less_data_no_unknown_row_is_answered(infant, key, index):
    full, less = answers(judged(infant)), answers(judged(without(infant, key, index)))
    assert not [row for row in full if full[row] == "unknown" and less[row] != "unknown"]


@settings(max_examples=150)
@given(infants, st.sampled_from(["onset", "age", "has", "medicines", "genes", "eeg"]), st.integers(0, 9))
def test_with_less_data_the_verdict_is_never_stronger_unless_what_went_spoke_against_it(infant, key, index):
    full, less = judged(infant), judged(without(infant, key, index))
    against = [r.id for r in full.criteria if (r.kind, r.answer) in (("exclusionary", "yes"), ("mandatory", "no"))]
    assert against or STRENGTH[less.verdict] <= STRENGTH[full.verdict]


@settings(max_examples=150)
@given(infants, st.sampled_from(EXCLUSIONS))
def test_an_exclusion_never_raises_the_verdict(infant, exclusion):
    more = {**infant, "has": [*infant["has"], exclusion]}
    assert STRENGTH[judged(more).verdict] <= STRENGTH[judged(infant).verdict]


@settings(max_examples=100)
@given(infants)
def test_the_same_infant_gets_the_same_answer_and_met_needs_every_core_row(infant):
    once = judged(infant)
    assert once == judged(infant)
    said = answers(once)
    if once.verdict == "met":
        assert {said[r] for r in ("onset-first-year", "focal-seizures", "ictal-migration", "both-hemispheres")} == {
            "yes"
        }
    assert (once.verdict == "excluded") == any(r.kind == "exclusionary" and r.answer == "yes" for r in once.criteria)


@settings(max_examples=60)
@given(infants)
def test_a_recording_without_a_seizure_answers_nothing(infant):
    quiet = {**infant, "eeg": [*infant["eeg"], {"h": 24.0, "n": 0}]}
    assert answers(judged(quiet)) == answers(judged(infant))
