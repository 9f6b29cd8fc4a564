"""What is the tissue made of? Every number of the mechanism with its meaning, unit, range and source."""

from __future__ import annotations

from typing import Annotated

import msgspec

from ictal.base.settings import parameter

WENDLING = "unverified: Wendling 2002 neural mass, values as recalled"
SLOWER = "design: slower than in adults, so that the rhythm falls into the ictal band of 4-10 Hz"
OURS = "design: chosen by simulation (docs/mechanism.md)"
GHK = "unverified: common physiology"


class Cells(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Populations of one region and what they do to each other: a second-order synapse and a sigmoid each."""

    excitatory_mv: Annotated[
        float, parameter("Size of an excitatory potential", unit="mV", low=0, high=20, source=SLOWER)
    ] = 1.706
    excitatory_per_s: Annotated[float, parameter("Its rate constant", unit="1/s", low=20, high=200, source=SLOWER)] = (
        52.5
    )
    sst_mv: Annotated[
        float,
        parameter("Size of an SST potential at a driving force of 10 mV", unit="mV", low=0, high=100, source=WENDLING),
    ] = 22.0
    sst_per_s: Annotated[
        float, parameter("Its rate constant (slow, dendritic)", unit="1/s", low=5, high=100, source=SLOWER)
    ] = 25.0
    pv_mv: Annotated[
        float, parameter("Size of a PV potential (fast, on the soma)", unit="mV", low=0, high=100, source=WENDLING)
    ] = 16.5
    pv_per_s: Annotated[float, parameter("Its rate constant", unit="1/s", low=20, high=500, source=SLOWER)] = 45.0
    pyramidal_to_excitatory: Annotated[
        float, parameter("Contacts, pyramidal to excitatory cells", unit="1", low=0, high=500, source=WENDLING)
    ] = 135.0
    excitatory_to_pyramidal: Annotated[
        float, parameter("Contacts, excitatory to pyramidal cells", unit="1", low=0, high=500, source=OURS)
    ] = 175.0
    pyramidal_to_sst: Annotated[
        float, parameter("Contacts, pyramidal to SST cells", unit="1", low=0, high=500, source=WENDLING)
    ] = 35.0
    sst_to_pyramidal: Annotated[
        float, parameter("Contacts, SST to pyramidal cells", unit="1", low=0, high=200, source=OURS)
    ] = 7.4
    pyramidal_to_pv: Annotated[
        float, parameter("Contacts, pyramidal to PV cells", unit="1", low=0, high=500, source=OURS)
    ] = 60.75
    sst_to_pv: Annotated[float, parameter("Contacts, SST to PV cells", unit="1", low=0, high=100, source=WENDLING)] = (
        0.1
    )
    pv_to_pyramidal: Annotated[
        float, parameter("Contacts, PV to pyramidal cells", unit="1", low=0, high=500, source=OURS)
    ] = 33.75
    highest_rate_per_s: Annotated[
        float, parameter("Highest mean firing of a population", unit="1/s", low=0.1, high=100, source=WENDLING)
    ] = 5.0
    slope_per_mv: Annotated[
        float, parameter("Steepness of the sigmoid", unit="1/mV", low=0.05, high=5, source=WENDLING)
    ] = 0.56
    threshold_mv: Annotated[
        float, parameter("Potential of half the highest firing", unit="mV", low=0, high=30, source=WENDLING)
    ] = 6.0
    sst_driving_mv: Annotated[
        float, parameter("Driving force at which an SST potential has its size", unit="mV", low=1, high=50, source=OURS)
    ] = 10.0


class Gene(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """KCNT1 gain of function: more sodium-activated potassium current, felt most by interneurons."""

    kcnt1_fold: Annotated[
        float,
        parameter(
            "KCNT1 current against the usual", unit="fold", low=1, high=11,
            source="lead: Y796H in cell lines 3-11 fold",
        ),
    ] = 8.0  # fmt: skip
    sst_mv: Annotated[
        float,
        parameter(
            "Rise of the threshold of SST cells for each doubling", unit="mV", low=0, high=3,
            source="design; that SST cells fire least: mouse Y777H and Y796H, abstracts read",
        ),
    ] = 1.0  # fmt: skip
    pv_mv: Annotated[
        float, parameter("The same of PV cells", unit="mV", low=0, high=3, source="design; less than SST cells")
    ] = 0.3
    pyramidal_mv: Annotated[
        float, parameter("The same of pyramidal cells", unit="mV", low=0, high=3, source="design; least of all")
    ] = 0.05


class Chloride(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Chloride in the dendrites of pyramidal cells, and with it the reversal potential of SST inhibition."""

    dynamic: Annotated[
        bool,
        parameter(
            "Does SST inhibition load the cells with chloride?", unit="1", source="read: abstract of Kuchenbuch 2021"
        ),
    ] = True
    pumped_to_mm: Annotated[
        float, parameter("Chloride that the pump KCC2 would reach", unit="mM", low=1, high=40, source=OURS)
    ] = 5.0
    pump_s: Annotated[
        float, parameter("Time constant of KCC2; long in infants", unit="s", low=1, high=120, source=OURS)
    ] = 30.0
    load_mm_per_s: Annotated[
        float,
        parameter("Chloride that an SST potential of 1 mV lets in per mV", unit="mM/s", low=0, high=0.1, source=OURS),
    ] = 0.007
    outside_mm: Annotated[float, parameter("Chloride outside", unit="mM", low=50, high=200, source=GHK)] = 135.0
    bicarbonate_inside_mm: Annotated[
        float, parameter("Bicarbonate inside times its share of 0.2", unit="mM", low=0, high=10, source=GHK)
    ] = 3.0
    bicarbonate_outside_mm: Annotated[
        float, parameter("Bicarbonate outside times its share of 0.2", unit="mM", low=0, high=10, source=GHK)
    ] = 5.0
    resting_mv: Annotated[
        float, parameter("Potential of a dendrite without input", unit="mV", low=-90, high=-40, source=GHK)
    ] = -60.0


class Slow(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What keeps a region ictal for a while, and what ends it."""

    potassium_mv_per_hz: Annotated[
        float,
        parameter("Depolarisation by potassium outside, per firing of 1/s", unit="mV s", low=0, high=10, source=OURS),
    ] = 2.4
    potassium_s: Annotated[float, parameter("How fast it comes and goes", unit="s", low=0.5, high=30, source=OURS)] = (
        3.0
    )
    fatigue_mv_per_spike: Annotated[
        float, parameter("Rise of the pyramidal threshold with each spike", unit="mV", low=0, high=5, source=OURS)
    ] = 0.1
    fatigue_s: Annotated[
        float, parameter("How long it lasts; a region is refractory then", unit="s", low=5, high=600, source=OURS)
    ] = 200.0


class Drive(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What reaches a region from the thalamus and from everywhere.

    A mean; a slow swing of its own and one that all regions share; noise; and brief barrages, as immature tissue has
    them (spontaneous activity transients).
    """

    mean_per_s: Annotated[float, parameter("Mean drive", unit="1/s", low=-200, high=500, source=OURS)] = 104.0
    noise_per_s: Annotated[
        float, parameter("Standard deviation of noise, new every 1/256 s", unit="1/s", low=0, high=500, source=OURS)
    ] = 60.0
    swing_per_s: Annotated[
        float, parameter("Standard deviation of a region's slow swing", unit="1/s", low=0, high=200, source=OURS)
    ] = 6.0
    swing_s: Annotated[float, parameter("Its correlation time", unit="s", low=2, high=600, source=OURS)] = 20.0
    shared_per_s: Annotated[
        float,
        parameter("Standard deviation of the swing that all regions share", unit="1/s", low=0, high=100, source=OURS),
    ] = 0.0
    shared_s: Annotated[
        float,
        parameter("Its correlation time; clusters of seizures follow it", unit="s", low=60, high=86400, source=OURS),
    ] = 2400.0
    barrages_per_h: Annotated[
        float, parameter("Barrages that reach a region", unit="1/h", low=0, high=1000, source=OURS)
    ] = 8.0
    barrage_per_s: Annotated[
        float, parameter("Median height of a barrage", unit="1/s", low=0, high=2000, source=OURS)
    ] = 130.0
    barrage_variety: Annotated[
        float, parameter("Spread of heights (SD of the logarithm)", unit="1", low=0, high=2, source=OURS)
    ] = 0.35
    barrage_s: Annotated[float, parameter("How fast it fades", unit="s", low=0.02, high=0.2, source=OURS)] = 0.06


class Links(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which regions reach which, how strongly, how late, and which cells they meet there."""

    near_mv: Annotated[
        float,
        parameter("All neighbours together, on pyramidal cells", unit="1", low=0, high=100, source=OURS),
    ] = 11.5
    homotopic: Annotated[
        float, parameter("Weight of the callosal link to the mirror place", unit="1", low=0, high=10, source=OURS)
    ] = 0.48
    far: Annotated[float, parameter("Median weight of another long link", unit="1", low=0, high=10, source=OURS)] = 0.2
    far_count: Annotated[
        int, parameter("Other long links that reach a region", unit="count", low=0, high=10, source=OURS)
    ] = 2
    variety: Annotated[
        float, parameter("Spread of weights (SD of the logarithm)", unit="1", low=0, high=2, source=OURS)
    ] = 0.4
    on_sst: Annotated[
        float, parameter("Contacts of long links on SST cells: the veto", unit="1", low=0, high=1000, source=OURS)
    ] = 185.0
    on_pyramidal: Annotated[
        float, parameter("Contacts of long links on pyramidal cells", unit="1", low=0, high=1000, source=OURS)
    ] = 0.0
    on_pv: Annotated[
        float, parameter("Contacts of long links on PV cells", unit="1", low=0, high=1000, source=OURS)
    ] = 0.0
    speed_m_s: Annotated[
        float,
        parameter("Speed of unmyelinated axons", unit="m/s", low=0.25, high=10, source=GHK),
    ] = 0.6


class Infant(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How excitable is this infant's cortex, and where most?"""

    balance: Annotated[
        float, parameter("Excitation over inhibition, everywhere", unit="ratio", low=0.2, high=5, source=OURS)
    ] = 1.0
    foci: Annotated[
        int, parameter("Regions of raised balance, drawn by the seed", unit="count", low=0, high=32, source=OURS)
    ] = 5
    focus_balance: Annotated[
        float, parameter("Excitation over inhibition in a focus", unit="ratio", low=0.2, high=5, source=OURS)
    ] = 1.2
    variety_mv: Annotated[
        float, parameter("How much regions differ in threshold", unit="mV", low=0, high=3, source=OURS)
    ] = 0.18
    dipole_uv_per_mv: Annotated[
        float,
        parameter("Scalp potential over a region that swings by 1 mV", unit="uV/mV", low=0, high=100, source=OURS),
    ] = 5.0


class Mechanism(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One infant's tissue, to be changed with `msgspec.structs.replace`."""

    cells: Cells = Cells()
    gene: Gene = Gene()
    chloride: Chloride = Chloride()
    slow: Slow = Slow()
    drive: Drive = Drive()
    links: Links = Links()
    infant: Infant = Infant()
