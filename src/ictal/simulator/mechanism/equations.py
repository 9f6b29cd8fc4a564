"""The equations of the mechanism as texts from which help and pages are made; `model` is the same in Python."""

from __future__ import annotations

from ictal.simulator.equations import SHARED, Equation


def _of(room: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{room}.{name}" for name in names)


EQUATIONS: tuple[Equation, ...] = (
    Equation(
        "A synapse with size A and rate a, driven by firing r",
        "y'' = A a r - 2 a y' - a^2 y",
        _of("cells", "excitatory_mv", "excitatory_per_s", "sst_mv", "sst_per_s", "pv_mv", "pv_per_s"),
    ),
    Equation(
        "A population fires as its potential is above its threshold",
        "S(v) = highest_rate / (1 + exp(-slope (v - threshold)))",
        _of("cells", "highest_rate_per_s", "slope_per_mv", "threshold_mv"),
    ),
    Equation(
        "Dendrites of the pyramidal cells; x^2 is the balance of excitation over inhibition, more than usual in foci",
        "dendrite = (x (y_E + y_near + k y_far) - g (V_rest - E_GABA)) / (1 + g),   g = y_SST / (x driving)",
        (
            *_of("cells", "sst_driving_mv"),
            *_of("infant", "balance", "foci", "focus_balance"),
            *_of("links", "on_pyramidal"),
            *_of("chloride", "resting_mv"),
        ),
    ),
    Equation(
        "Pyramidal cells",
        "P = S(dendrite - y_PV / x + potassium - fatigue - variety)",
        _of("infant", "variety_mv"),
    ),
    Equation(
        "Excitatory cells and interneurons; C and k are contacts",
        "E = S(C y_P),   SST = S(C y_P + k y_far),   PV = S(C y_P + k y_far - C y_SST)",
        (
            *_of(
                "cells",
                *("pyramidal_to_excitatory", "excitatory_to_pyramidal", "pyramidal_to_sst", "sst_to_pyramidal"),
                *("pyramidal_to_pv", "sst_to_pv", "pv_to_pyramidal"),
            ),
            *_of("links", "on_sst", "on_pv"),
        ),
    ),
    Equation(
        "Gain of function of KCNT1 raises thresholds, of SST cells most",
        "threshold' = threshold + mv log2(fold)",
        _of("gene", "kcnt1_fold", "sst_mv", "pv_mv", "pyramidal_mv"),
    ),
    Equation(
        "Reversal potentials of SST inhibition and of chloride",
        "E_GABA = 26.7 mV ln((chloride + bicarbonate) / outside),   E_Cl = 26.7 mV ln(chloride / outside)",
        _of("chloride", "outside_mm", "bicarbonate_inside_mm", "bicarbonate_outside_mm"),
    ),
    Equation(
        "SST inhibition lets chloride in, the pump KCC2 takes it out",
        "chloride' = load y_SST (V_rest + dendrite - E_Cl) - (chloride - pumped_to) / pump",
        _of("chloride", "dynamic", "load_mm_per_s", "pumped_to_mm", "pump_s"),
    ),
    Equation(
        "Potassium keeps a region ictal, fatigue ends it and leaves it refractory",
        "potassium' = (mv_per_hz P - potassium) / potassium_s,   fatigue' = mv_per_spike P - fatigue / fatigue_s",
        _of("slow", "potassium_mv_per_hz", "potassium_s", "fatigue_mv_per_spike", "fatigue_s"),
    ),
    Equation(
        "What drives the excitatory synapse beside E: a mean, slow swings of its own and shared, noise, barrages",
        "drive = mean + swing + shared + noise + sum of barrages (median height, spread of heights, fading)",
        _of(
            "drive",
            *("mean_per_s", "noise_per_s", "swing_per_s", "swing_s", "shared_per_s", "shared_s"),
            *("barrages_per_h", "barrage_per_s", "barrage_variety", "barrage_s"),
        ),
    ),
    Equation(
        "Links: near ones to pyramidal cells, long ones to SST cells above all, late by their length",
        "y_near, y_far are driven by sum of weight x P(t - path / speed) over the regions that reach this one",
        _of("links", "near_mv", "homotopic", "far", "far_count", "variety", "speed_m_s"),
    ),
    Equation(
        "What the scalp sees of a region: the common firing of its pyramidal cells, above 0.5 Hz",
        "potential at a place = dipole x field(place, region) x C y_P",
        _of("infant", "dipole_uv_per_mv"),
    ),
    Equation(
        "A simulated medicine takes the balance of foci towards 1; foci are as many as the scenario has",
        "focus_balance = 1 + (usual - 1) (1 + share x medicine)",
        ("medicine", "foci", "infant.focus_balance"),
    ),
    *SHARED,
)
"""In the order in which they are best read."""
