"""Findings made by hand: every field filled."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from types import MappingProxyType

from ictal.base.provenance import Step
from ictal.eeg.findings.types import (
    ChannelQuality,
    Cluster,
    Fact,
    Findings,
    Focus,
    FocusStability,
    HourBurden,
    Independence,
    Infant,
    Link,
    LinkCoupling,
    Marker,
    Migration,
    OnsetPlace,
    Recorded,
    SeizureDetail,
    Share,
    StatusRule,
)
from ictal.exchange.findings_json import write_findings

COUPLING = LinkCoupling(
    "overlap", 125.0, 130.0, 0.3, 0.2, False, 0.7, 0.4, 0.02, 0.6, 0.2, 0.01, 0.5, 0.4, 0.03, 0.06, 1.0, True
)
LINKS = (
    Link(1, 2, "O1", "T4", "migration", 125.0, 25.0, 0.5, -5.0, 0.2, 12.5, 0.5, False, COUPLING),
    Link(1, 3, "O1", "T3", "spread", 126.0, 26.0, None, -4.0, None, None, None, None, None),
)

FINDINGS = Findings(
    recorded=Recorded(
        name="made_seed-1",
        file_format="EDF+D",
        sha256="0" * 64,
        start="2026-03-04T05:06:07",
        duration_s=3600.0,
        recorded_s=3500.0,
        readable_s=3400.5,
        gaps=((100.0, 200.0),),
        electrodes=("T3", "O1"),
        channels=3,
        derivations=("T3-avg", "O1-avg"),
        rate_hz=256.0,
        notices=("The header was odd in a way that µ shows.",),
    ),
    simulated=True,
    seizures=2,
    patterns=MappingProxyType({"focal": 1, "migrating": 1}),
    seizure_s=90.0,
    burden_min_per_h=1.5882,
    burden_by_hour=(HourBurden(0, 0.0, 3400.5, 90.0, 2, 1.5882), HourBurden(1, 3600.0, 0.0, 0.0, 0, None)),
    foci=(Focus("O1", ("O1", "P3"), "left", "occipital", 2, (1, 2)),),
    independence=Independence(1, 1, 0, False, ((1, 2),)),
    migration=Migration(
        Share(1, 2, 0.5, 0.0945, 0.9055), Share(1, 1, 1.0, 0.2065, 1.0), Share(0, 0, None, None, None), (25.0,), (-5.0,)
    ),
    markers=(Marker("onset delay", 25.0, "s", "Time to the next place.", 1), Marker("x", None, "", "Nothing.", 0)),
    quality=(ChannelQuality("T3-avg", 3500.0, 3400.5, MappingProxyType({"flat": 12.0, "muscle": 90.0})),),
    statements=("Two seizures were found.", "Nothing was captured of sleep."),
    settings=MappingProxyType({"signal": {"low_hz": 0.5}, "detection": {"ages": (1, 2)}}),
    steps=(Step("signal", MappingProxyType({"low_hz": 0.5}), MappingProxyType({"derivations": 2}), "0.1.0"),),
    infant=Infant(30.0, None, None, 36.9, "birth at 40 weeks, for the size of the head alone"),
    details=(
        SeizureDetail(1, ("O1", "T4", "T3"), (100.0, 125.0, 126.0), OnsetPlace("O1", 0.8, "T5", 0.1, 0.9), LINKS),
        SeizureDetail(2, (), (), None, ()),
    ),
    stability=(FocusStability("O1", 480, 499, 1.0, 2.0),),
    clusters=(Cluster(100.0, 900.0, (1, 2)),),
    storm=None,
    status=(StatusRule("ACNS 2021", "older: much of an hour", "read", None, False, 90.0, 50.0),),
    facts=(
        Fact("onsets_left", "sides", 1.0, 0.34, 1.0, "95 % interval (Wilson)", "1", "share that began on the left", 2),
        Fact("speed", "migration", None, None, None, "quartiles around the median", "cm/s", "apparent speed", 0),
    ),
)


def results_of(file: Path, folder: Path) -> Path:
    """A folder as `ictal analyse` writes it of this file: two seizures in an hour, one of them migrating."""
    folder.mkdir()
    recorded = dataclasses.replace(
        FINDINGS.recorded, name=file.stem, sha256=hashlib.sha256(file.read_bytes()).hexdigest()
    )
    write_findings(folder, dataclasses.replace(FINDINGS, recorded=recorded))
    columns = ("onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration")
    rows = [
        (*columns, "pattern", "path"),
        ("100", "25", "sz_foc", "0.9", "O1", "n/a", "3600", "migrating", "O1>T4"),
        ("300", "65", "sz_foc", "0.8", "O1", "n/a", "3600", "focal", "O1"),
    ]
    text = "\n".join("\t".join(row) for row in rows)
    (folder / "seizures.tsv").write_text(f"{text}\n", encoding="utf-8")
    return folder
