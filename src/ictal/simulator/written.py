"""How is a simulation written down? The texts of its own files; the event tables are those of the exchange room."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ictal.simulator.types import ArtefactTruth, Simulation

ARTEFACTS, SIMULATION = "artefacts.tsv", "simulation.json"
ARTEFACT_COLUMNS = ("onset", "duration", "kind", "channels", "amplitude_uv")


def edf_name(simulation: Simulation) -> str:
    """What is the recording's file called? `<scenario>_seed-<n>_eeg.edf`"""
    made = simulation.made_by
    return f"{made['scenario']}_seed-{made['seed']}_eeg.edf"


def artefacts_table(artefacts: Iterable[ArtefactTruth]) -> str:
    """The artefacts as a tab-separated table, one row each, in order of onset; times in s with two decimals."""
    rows = [
        (f"{a.start_s:.2f}", f"{a.interval.duration_s:.2f}", a.kind, ",".join(a.channels), f"{a.amplitude_uv:.1f}")
        for a in artefacts
    ]
    return "".join("\t".join(row) + "\n" for row in (ARTEFACT_COLUMNS, *rows))


def simulation_text(simulation: Simulation) -> str:
    """Everything that made the simulation, as JSON: enough to make it again."""
    return json.dumps(dict(simulation.made_by), indent=2) + "\n"
