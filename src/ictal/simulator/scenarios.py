"""The infants that can be simulated: frozen records, to be read and to be changed with `dataclasses.replace`."""

from __future__ import annotations

from dataclasses import replace

from ictal.simulator.types import Scenario

_EIMFS = Scenario(
    name="eimfs",
    description="",
    foci=5,
    seizures_per_hour=12,
    migrating=0.60,
    independent=0.08,
    spikes_per_hour=120,
)

_ALL = (
    Scenario(
        "quiet", "An infant without seizures, few artefacts: background by age and normal rhythms.", artefacts=0.25
    ),
    Scenario(
        "artefacts", "An infant without seizures who moves, sucks, is patted, and has bad electrodes.", artefacts=3.0
    ),
    Scenario(
        "single-focus",
        "One focus: seizures that start in one place and stay or spread to a neighbour; none migrates.",
        foci=1,
        seizures_per_hour=12,
        spreading=0.4,
        bilateral=0.0,
        spikes_per_hour=60,
    ),
    Scenario(
        "burst-suppression",
        "A newborn with burst suppression: the bursts are no seizures; a few focal seizures come.",
        age_days=10,
        foci=2,
        seizures_per_hour=8,
        migrating=0.0,
        suppression=1.0,
        rhythms=0.2,
    ),
    replace(
        _EIMFS,
        name="eimfs-early",
        description="Migrating focal seizures in their first weeks: a few seizures, background near normal.",
        age_days=35,
        foci=3,
        seizures_per_hour=12,
        independent=0.03,
        spikes_per_hour=40,
    ),
    replace(
        _EIMFS,
        name="eimfs-storm",
        description="The storm: clusters of migrating seizures from many foci of both hemispheres, some at once.",
        age_days=120,
        foci=6,
        seizures_per_hour=30,
        cluster_s=2700,
        independent=0.15,
        spikes_per_hour=240,
        amplitude=1.15,
    ),
    replace(
        _EIMFS,
        name="eimfs-late",
        description="After the storm: fewer, longer seizures, many spikes, a slow background of high amplitude.",
        age_days=400,
        foci=4,
        seizures_per_hour=12,
        leg_s=24,
        slow_share=0.2,
        spikes_per_hour=360,
        amplitude=1.3,
    ),
    replace(
        _EIMFS,
        name="demo",
        description="For a first look, about 20 minutes: a handful of seizures, most of them migrating, easy to see.",
        foci=4,
        seizures_per_hour=24,
        migrating=0.75,
        independent=0.1,
        lowest_snr=2.0,
        slow_share=0.0,
        artefacts=0.6,
        earliest_s=60,
    ),
)

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}
"""Every scenario by its name, in the order in which they are best read."""

DEMO_DURATION_S = 1200.0
"""How long the demo's recording is."""
