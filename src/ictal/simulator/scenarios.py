"""The infants that can be simulated: frozen records, to be read and to be changed with `scenario.moved(...)`.

Every number that is not the usual one says why, beginning with `read`, `unverified`, `lead` or `design`: with `read`
only where the number itself was read. Rates are those of a day: half an hour of most of them holds no seizure or one.
"""

from __future__ import annotations

import difflib
from dataclasses import replace

from ictal.base.errors import UsageError
from ictal.simulator.types import Scenario

MEDLINEPLUS = "https://ghr.nlm.nih.gov/condition/malignant-migrating-partial-seizures-of-infancy"
GENEREVIEWS = "GeneReviews KCNT1, https://ncbi.nlm.nih.gov/books/NBK525917"
ILAE_EIMFS = "https://epilepsydiagnosis.org/syndrome/infancy-migrating-focal-overview.htmls"
ILAE_SELF_LIMITED = "https://epilepsydiagnosis.org/syndrome/self-limited-neonatal-overview.html"
ILAE_TABLE = "https://pmc.ncbi.nlm.nih.gov/articles/PMC9576177/table/T1"
NEUROMET = "https://neurometplus.com/?condition_id=635&page_id=259"
LAY = "lay page https://www.nationalepilepsytraining.co.uk/epilepsy-of-infancy-with-migrating-focal-seizures/"
ICNAPEDIA = "https://icnapedia.org/elibrary/ilae2015/files/basic-html/page244.html"
BARCIA = "Barcia 2019, PMC6878841"

CLUSTERS = f"read: clusters of 5-30 seizures several times a day, {MEDLINEPLUS}"
DURATION = "design: seizures then last about 30 s to 4 min, as the original series is recalled (1-4 min, unverified)"

_NONE = Scenario("none", "")
_EIMFS = _NONE.because(
    migrating=(0.60, "unverified: 60 % of 115 seizures, Kuchenbuch 2019 as recalled"),
    leg_s=(28, DURATION),
)


def _scenario(name: str, description: str, base: Scenario = _NONE, **numbers: tuple[float, str]) -> Scenario:
    return replace(base, name=name, description=description).because(**numbers)


_ALL = (
    _scenario(
        "quiet",
        "An infant without seizures, few artefacts: background by age and normal rhythms.",
        artefacts=(0.25, "design: few, so that what remains is the infant"),
    ),
    _scenario(
        "artefacts",
        "An infant without seizures who moves, sucks, is patted, and has bad electrodes.",
        artefacts=(3.0, "design: many, to try what mistakes them for seizures"),
    ),
    _scenario(
        "single-focus",
        "One focus: seizures that start in one place and stay or spread to a neighbour; none migrates.",
        foci=(1, "design: what EIMFS is not"),
        seizures_per_hour=(1, "design: 24 a day, a drug-resistant focal epilepsy; compare with the storm's 60"),
        spreading=(0.4, "design: spread to a neighbour is common in focal seizures"),
        bilateral=(0, "design: one focus starts on one side"),
        spikes_per_hour=(60, "design: sharp waves at the focus"),
        leg_s=(28, DURATION),
    ),
    _scenario(
        "self-limited",
        "Self-limited neonatal epilepsy: an infant well otherwise; a few focal seizures on either side, none migrates.",
        age_days=(4, f"design: day 4; that it begins on day 2-7 from 40 weeks is read, {ILAE_SELF_LIMITED}"),
        foci=(2, f"design: one on each side; that they may alternate sides is read, {ILAE_SELF_LIMITED}"),
        seizures_per_hour=(
            0.5,
            f"design: 12 a day; that they repeat over hours to days is read, {ILAE_SELF_LIMITED}",
        ),
        spreading=(0.3, "design"),
        bilateral=(0, "design: focal, on one side at a time"),
        leg_s=(40, "unverified: one to two minutes are usual; a stay in one place can be a minute here"),
        spikes_per_hour=(
            1,
            f"design: hardly any; that findings between seizures are normal or minor is read, {ILAE_SELF_LIMITED}",
        ),
    ),
    _scenario(
        "burst-suppression",
        "EIDEE: a newborn with burst suppression; the bursts are no seizures; a few focal seizures, none migrates.",
        age_days=(10, f"design: day 10; that EIDEE begins at 0-3 months is read, {ILAE_TABLE}"),
        foci=(
            2,
            f"design: two; that seizures are focal or bilateral is read, {ILAE_TABLE}; only focal ones are simulated",
        ),
        seizures_per_hour=(0.5, "design: 12 a day; tonic seizures, spasms and myoclonus are not simulated"),
        suppression=(1, f"design: all of the time; that burst suppression is its core is read, {ILAE_TABLE}"),
        rhythms=(0.2, "design: hardly any normal rhythm is left"),
        leg_s=(28, DURATION),
    ),
    _scenario(
        "hypsarrhythmia",
        "IESS: hypsarrhythmia. Its spasms are not simulated, and they are no focal seizures: the truth holds none.",
        age_days=(180, f"design: 180 days; that IESS begins at 1-24 months, typically 3-12, is read, {ILAE_TABLE}"),
        hypsarrhythmia=(
            1,
            f"design: all of the time; that hypsarrhythmia or multifocal discharges are seen is read, {ILAE_TABLE}",
        ),
        rhythms=(0.2, "design: hardly any normal rhythm is left"),
    ),
    _scenario(
        "eimfs-early",
        "Migrating focal seizures in their first weeks: a few a day, background near normal.",
        _EIMFS,
        age_days=(
            35,
            f"design: a few days after onset, which at 1 month in the mean (1 hour to 4 months) is read, {BARCIA}",
        ),
        foci=(3, "design: places on both sides, fewer than in the storm"),
        seizures_per_hour=(
            0.125,
            f"design: 3 a day, on the way to the storm; that they come every few weeks at first is read, {MEDLINEPLUS}",
        ),
        independent=(0.03, "design: seizures that are open at once come with the storm"),
        spikes_per_hour=(10, "design: normal or mildly slow between seizures at first is recalled (unverified)"),
    ),
    _scenario(
        "eimfs-storm",
        "The storm: clusters of migrating seizures from many foci of both hemispheres, some at once.",
        _EIMFS,
        age_days=(120, f"design: 120 days; that the full picture comes between 1 and 10 months is read, {NEUROMET}"),
        foci=(6, f"design: six; that they arise independently in both hemispheres is read, {ILAE_EIMFS}"),
        seizures_per_hour=(
            2.5,
            f"design: 60 a day; that they may pass 50-60 a day at the peak is read, {ICNAPEDIA}; to 100, {LAY}",
        ),
        clustered=(0.85, f"design: makes three clusters a day; that there are several is read, {MEDLINEPLUS}"),
        smallest_cluster=(5, CLUSTERS),
        largest_cluster=(30, CLUSTERS),
        independent=(0.15, "design: overlapping seizures are recalled (unverified)"),
        spikes_per_hour=(240, f"design: many; that discharges between seizures are multifocal is read, {ILAE_TABLE}"),
        amplitude=(1.15, "design: a slower background is recalled to be higher (unverified)"),
        rhythms=(0.6, "design: little true background between seizures is recalled (unverified)"),
    ),
    _scenario(
        "eimfs-late",
        "After the storm: fewer, longer seizures, many spikes, a slow background of high amplitude.",
        _EIMFS,
        age_days=(400, f"design: 400 days; that seizures become fewer after one year is read, {MEDLINEPLUS}"),
        foci=(4, "design: fewer than in the storm"),
        seizures_per_hour=(0.4, f"design: 10 a day; that they become fewer is read, {MEDLINEPLUS}"),
        clustered=(0.3, "design: clusters are rarer"),
        largest_cluster=(10, "design: clusters are smaller"),
        leg_s=(36, f"design: that seizures are longer in older children is read, {LAY}"),
        slow_share=(0.2, "design: slower seizures with a slower background"),
        spikes_per_hour=(360, "design: slow and multifocal between seizures is recalled (unverified)"),
        amplitude=(1.3, "design: a slow background of high amplitude is recalled (unverified)"),
        rhythms=(0.4, "design: few normal rhythms are left"),
    ),
    _scenario(
        "demo",
        "For a first look, about 20 minutes: a handful of seizures, most of them migrating, easy to see.",
        _NONE,
        foci=(4, "design: for a first look"),
        seizures_per_hour=(18, "design: far above any day's mean, so that twenty minutes hold a handful"),
        migrating=(0.75, "design: for a first look"),
        independent=(0.1, "design: for a first look"),
        lowest_snr=(2.0, "design: easy to see"),
        slow_share=(0, "design: easy to see"),
        artefacts=(0.6, "design: easy to see"),
        earliest_s=(60, "design: a minute of background first"),
        spikes_per_hour=(120, "design: sharp waves at the foci"),
    ),
)

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}
"""Every scenario by its name, in the order in which they are best read."""

DEMO_DURATION_S = 1200.0
"""How long the demo's recording is."""


def find_scenario(scenario: str | Scenario) -> Scenario:
    """Which scenario is asked for? One that was made by hand is checked. Raises `UsageError`."""
    if isinstance(scenario, Scenario):
        return scenario.checked()
    if scenario not in SCENARIOS:
        near = difflib.get_close_matches(scenario, SCENARIOS, n=1, cutoff=0.5)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise UsageError(f"There is no scenario '{scenario}'.{hint} There are: {', '.join(SCENARIOS)}.")
    return SCENARIOS[scenario]
