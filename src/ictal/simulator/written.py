"""How is a simulation written down? The texts of its own files; the event tables are those of the exchange room."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping

from ictal.eeg.recording.types import Annotation
from ictal.simulator.types import ArtefactTruth, RhythmTruth, Simulation, Truth

ARTEFACTS, RHYTHMS, SIMULATION = "artefacts.tsv", "rhythms.tsv", "simulation.json"
ARTEFACT_COLUMNS = ("onset", "duration", "kind", "channels", "amplitude_uv")
RHYTHM_COLUMNS = ("onset", "duration", "kind", "electrode", "frequency_hz", "amplitude_uv")


def subject_of(made_by: Mapping[str, object]) -> str:
    """What is the simulated infant called? Its seed: `0007`."""
    return f"{made_by['seed']:04}"


def seizure_marks(truth: Truth) -> tuple[Annotation, ...]:
    """The seizures as annotations of the recording."""
    return tuple(
        Annotation(
            s.start_s, s.stop_s - s.start_s, f"SIMULATED seizure {n}: {s.pattern.value}, {'>'.join(s.path)[:60]}"
        )
        for n, s in enumerate(truth.seizures, start=1)
    )


def truth_texts(simulation: Simulation) -> dict[str, str]:
    """What is true beside seizures and discharges, and what made it, by the name of its file."""
    return {
        ARTEFACTS: artefacts_table(simulation.truth.artefacts),
        RHYTHMS: rhythms_table(simulation.truth.rhythms),
        SIMULATION: simulation_text(simulation),
    }


def rhythms_table(rhythms: Iterable[RhythmTruth]) -> str:
    """Normal rhythms and sharp waves, which are no seizures, as a tab-separated table; n/a for what has no rhythm."""
    rows = [
        (
            f"{r.start_s:.2f}", f"{r.interval.duration_s:.2f}", r.kind, r.electrode,
            f"{r.frequency_hz:.2f}" if math.isfinite(r.frequency_hz) else "n/a", f"{r.amplitude_uv:.1f}",
        )
        for r in rhythms
    ]  # fmt: skip
    return "".join("\t".join(row) + "\n" for row in (RHYTHM_COLUMNS, *rows))


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
