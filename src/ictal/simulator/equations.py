"""What the template engine computes, as texts from which help and pages are made; numbers come from the code."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ictal.simulator.ictal import (
    FAR_RAD,
    HANDOVER_S,
    LOBE_WEIGHT,
    LONGEST_SEIZURE_S,
    QUIET_S,
    SHORTEST_SEIZURE_S,
)
from ictal.simulator.times import ALONE_SHAPE, CLUSTER_SHAPE, GAP_SHAPE


@dataclass(frozen=True, slots=True)
class Equation:
    """What is said, in plain text, and which numbers of the scenario or of the tissue stand in it."""

    meaning: str
    text: str
    numbers: tuple[str, ...]


_LOBES = ", ".join(f"{lobe.value} {weight:g}" for lobe, weight in LOBE_WEIGHT.items())

SHARED: tuple[Equation, ...] = (
    Equation(
        "Background: noise with a spectrum that falls as 1/f^exponent, by age, shared by neighbours",
        "background = amplitude x own loudness x level(age, suppression, hypsarrhythmia) x noise",
        ("age_days", "amplitude", "suppression", "hypsarrhythmia"),
    ),
    Equation(
        "Normal rhythms and artefacts: Poisson processes, each kind with its rate for the age",
        "rate = usual rate x rhythms,   rate = usual rate x artefacts",
        ("rhythms", "artefacts"),
    ),
    Equation(
        "Head: potentials of current dipoles in four spheres, as large as the infant's head",
        "potential(place) = sum over n of gain_n(shells) x multipole_n(dipole)",
        ("age_days",),
    ),
)
"""What both engines have."""

TEMPLATE: tuple[Equation, ...] = (
    Equation(
        "How often seizures begin",
        "rate = seizures_per_hour (1 + medicine),   starts = rate / (1 + independent)",
        ("seizures_per_hour", "medicine", "independent"),
    ),
    Equation(
        "When they begin: alone and in clusters, stationary renewal processes; a start waits for the end before it",
        f"alone at (1 - clustered) starts, gamma intervals of shape {ALONE_SHAPE}; clusters at clustered starts / mean "
        f"size (shape {CLUSTER_SHAPE}), size uniform from smallest to largest, onsets cluster_gap_s apart (shape "
        f"{GAP_SHAPE}); {QUIET_S:g} s between seizures, none before earliest_s",
        ("clustered", "smallest_cluster", "largest_cluster", "cluster_gap_s", "earliest_s"),
    ),
    Equation(
        "Where they begin: foci on both sides in turn, lobes weighted (unverified: temporal and occipital dominate)",
        f"P(place) ~ weight of its lobe ({_LOBES}); each focus has a share of its own",
        ("foci",),
    ),
    Equation(
        "What a seizure is",
        "migrating with P = migrating; else spreading, bilateral or focal; meanwhile another far away with P = "
        "independent",
        ("migrating", "spreading", "bilateral", "independent"),
    ),
    Equation(
        "Where a migrating seizure goes next",
        "across with P = between_hemispheres, there to the mirror place with P = homotopic; else at least "
        f"{math.degrees(FAR_RAD):.0f} degrees away on its side; from {-HANDOVER_S[0]:g} s before the end to "
        f"{HANDOVER_S[1]:g} s after it",
        ("between_hemispheres", "homotopic"),
    ),
    Equation(
        "How long it stays in a place",
        f"stay = leg_s exp(0.5 N(0, 1)), within 6 to 60 s; a seizure lasts {SHORTEST_SEIZURE_S:g} to about "
        f"{LONGEST_SEIZURE_S:g} s",
        ("leg_s",),
    ),
    Equation(
        "Its rhythm and size: log-uniform, hardly changed from place to place",
        "f ~ logU(lowest_hz, highest_hz), or logU(0.8, 3) Hz with P = slow_share; peak-to-peak = snr x 2.8 x local "
        "RMS, snr ~ logU(lowest_snr, highest_snr)",
        ("lowest_hz", "highest_hz", "slow_share", "lowest_snr", "highest_snr"),
    ),
    Equation(
        "Sharp waves between seizures: a Poisson process at each focus",
        "rate = spikes_per_hour / foci",
        ("spikes_per_hour", "foci"),
    ),
    *SHARED,
)
"""In the order in which they are best read."""
