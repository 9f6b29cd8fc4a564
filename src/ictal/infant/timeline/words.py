"""Which words may an entry use? Every answer can be `not captured`: nobody looked, or could not have seen it."""

from __future__ import annotations

from typing import Literal, get_args

NOT_CAPTURED = "not captured"

Answer = Literal["yes", "no", "not captured"]
"""`no` means that somebody looked and it was not there."""

Sex = Literal["female", "male", "other", "not captured"]

Plurality = Literal["singleton", "twin", "triplet", "more", "not captured"]

SeizureKind = Literal[
    # ILAE neonatal 2021 (Pressler et al.): no split into focal and generalised
    "electrographic-only",
    "automatisms",
    "clonic",
    "epileptic spasms",
    "myoclonic",
    "tonic",
    "autonomic",
    "behavioural arrest",
    "sequential",
    "unclassified",
    # ILAE 2017/2025, after the newborn period
    "focal",
    "focal, consciousness preserved",
    "focal, consciousness impaired",
    "focal motor tonic",
    "focal motor clonic",
    "focal to bilateral tonic-clonic",
    "hemiclonic",
    "tonic-clonic",
    "absence",
    "atonic",
    "not captured",
]
"""Kinds of seizures in ILAE terms: first those of newborns (`NEONATAL_KINDS`, ILAE 2021), then those of ILAE 2025."""

NEONATAL_KINDS = get_args(SeizureKind)[:10]

BOTH_CLASSIFICATIONS = ("epileptic spasms", "myoclonic", "tonic", "clonic", "unclassified")
"""Words that stand in the neonatal classification and in that of later ages."""


AutonomicSign = Literal[
    "apnoea",
    "cyanosis",
    "flushing",
    "pallor",
    "tachycardia",
    "bradycardia",
    "salivation",
    "mydriasis",
    "sweating",
    "vomiting",
    "hiccups",
]

Side = Literal["left", "right", "bilateral", "alternating", "not captured"]
Consciousness = Literal["preserved", "impaired", "not captured"]

MilestoneName = Literal[
    # The six of the WHO Multicentre Growth Reference Study
    "sits without support",
    "stands with assistance",
    "hands-and-knees crawling",
    "walks with assistance",
    "stands alone",
    "walks alone",
    # Earlier ones and other fields, without a WHO window
    "fixes and follows",
    "social smile",
    "holds head",
    "reaches for objects",
    "rolls over",
    "babbles",
    "responds to name",
    "first words",
    "two-word phrases",
]
MilestoneEvent = Literal["gained", "lost", "not yet"]

TreatmentClass = Literal[
    "medicine", "rescue medicine", "diet", "hormone", "vitamin", "trial", "device", "surgery", "other"
]
Impression = Literal["benefit", "no change", "worse", "not captured"]
WhyStopped = Literal[
    "no benefit", "worse", "side effects", "seizure free", "end of trial", "not available", "other", "not captured"
]
DoseUnit = Literal[
    "mg/kg/day", "mg/day", "mg/kg", "mg", "ug/kg/day", "ug/kg/h", "mg/kg/h", "IU/day", "IU/kg/day", "IU/m2/day",
    "g/day", "ml/day", ":1",
]  # fmt: skip
"""`:1` is the ratio of a ketogenic diet: 3 means 3:1. `mg` and `mg/kg` are single doses."""
LevelUnit = Literal["mg/L", "ug/mL", "mg/dL", "umol/L", "mmol/L", "ng/mL"]

TestClass = Literal["metabolic", "imaging", "csf", "genetic", "infection", "hearing", "vision", "other"]
TestState = Literal["done", "not done", "pending", "not captured"]
TestResult = Literal["normal", "abnormal", "inconclusive", "not captured"]

FeedingRoute = Literal["by mouth", "mixed", "nasogastric tube", "gastrostomy", "parenteral", "not captured"]
Zygosity = Literal["heterozygous", "homozygous", "hemizygous", "compound heterozygous", "mosaic", "not captured"]
Inheritance = Literal["de novo", "maternal", "paternal", "biparental", "not captured"]
Classification = Literal[
    "pathogenic", "likely pathogenic", "uncertain significance", "likely benign", "benign", "not captured"
]
Direction = Literal["gain", "loss", "mixed", "unknown", "not captured"]
Relation = Literal["mother", "father", "sibling", "grandparent", "aunt or uncle", "cousin", "parents", "other"]
"""`parents` is for what concerns both, as consanguinity."""
StatusRule = Literal["20 % of an hour", "50 % of an hour", "10 continuous minutes", "clinical", "not captured"]
VisitKind = Literal["clinic", "emergency", "ward", "telephone", "home", "research", "not captured"]
RecordingKind = Literal["routine", "long-term", "ambulatory", "intensive care", "not captured"]
DeathCategory = Literal[
    "SUDEP, definite", "SUDEP, probable", "SUDEP, possible", "status epilepticus", "respiratory", "cardiac",
    "infection", "care redirected", "other", "not captured",
]  # fmt: skip
