"""`ictal simulate`: a recording of an infant who never was, with its truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.progress import progress

if TYPE_CHECKING:
    from ictal.simulator.types import Simulation

DEFAULT_MINUTES = 30.0


@click.command()
@click.argument("scenario", required=False)
@click.option("--list", "list_them", is_flag=True, help="Say which scenarios there are, and stop.")
@click.option("--hours", type=float, help="Length of the recording in hours.")
@click.option("--minutes", type=float, help="Length of the recording in minutes [default: 30].")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same recording.")
@click.option("--age-days", type=float, help="Age of the infant [default: that of the scenario].")
@click.option("--montage", default="10-20", show_default=True, help="10-20, 12, 8, or electrodes: Fp1,Fp2,C3,C4.")
@click.option("--reference", default="common", show_default=True, help="common, average, bipolar, or an electrode.")
@click.option("--rate-hz", type=float, default=256.0, show_default=True, help="Samples a second.")
@click.option(
    "--engine",
    type=click.Choice(["template", "mechanism"]),
    default="template",
    show_default=True,
    help="How it is made.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write [default: SCENARIO_seed-N, here].")
@click.option("--overwrite", is_flag=True, help="Replace a folder of results that is there already.")
@click.option("--json", "as_json", is_flag=True, help="Print what made the recording as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors (and the JSON, with --json).")
def simulate(scenario: str | None, list_them: bool, out: Path | None, overwrite: bool, **options: Any) -> None:
    """Make a recording with migrating seizures whose truth is known.

    SCENARIO is one of those that --list explains. The folder holds the recording as EDF+, its truth as seizures.tsv,
    legs.tsv, discharges.tsv and artefacts.tsv, and simulation.json. Everything in it says that it is simulated.
    """
    import ictal.simulator as simulator
    from ictal.simulator.written import scenario_lines, simulation_text

    if list_them:
        click.echo("\n\n".join(scenario_lines(s) for s in simulator.SCENARIOS.values()))
        return
    if scenario is None:
        raise UsageError(f"Which scenario? There are: {', '.join(simulator.SCENARIOS)}. `--list` explains them.")
    made = simulator.simulate(
        scenario,
        duration_s=_duration_s(options["hours"], options["minutes"]),
        seed=options["seed"],
        age_days=options["age_days"],
        montage=_montage(options["montage"]),
        reference=options["reference"],
        rate_hz=options["rate_hz"],
        engine=options["engine"],
    )
    folder = out if out is not None else Path(f"{scenario}_seed-{options['seed']}")
    quiet = options["quiet"] or options["as_json"]
    with progress(quiet) as report_progress:
        report_progress(0.0, f"simulating {scenario}, seed {options['seed']}")
        path = write_simulation(folder, made, overwrite=overwrite)
    if options["as_json"]:
        click.echo(simulation_text(made), nl=False)
    elif not quiet:
        click.echo(f"{len(made.truth.seizures)} seizures in {made.recording.duration_s / 60:g} min, simulated: {path}")


def write_simulation(out: Path, made: Simulation, overwrite: bool = False) -> Path:
    """Write a simulation and its truth as a folder, whole or not at all. Returns the path of the recording."""
    from ictal.exchange.edf import write_edf
    from ictal.exchange.folder import whole_folder
    from ictal.exchange.tables import write_events
    from ictal.simulator.written import ARTEFACTS, SIMULATION, artefacts_table, edf_name, simulation_text

    with whole_folder(out, overwrite) as folder:
        write_edf(made.recording, folder / edf_name(made))
        write_events(folder, made.recording, made.truth.discharges, made.truth.seizures)
        (folder / ARTEFACTS).write_text(artefacts_table(made.truth.artefacts), encoding="utf-8", newline="\n")
        (folder / SIMULATION).write_text(simulation_text(made), encoding="utf-8", newline="\n")
    return out / edf_name(made)


def _duration_s(hours: float | None, minutes: float | None) -> float:
    if hours is not None and minutes is not None:
        raise UsageError("Give the length in --hours or in --minutes, not in both.")
    if hours is not None:
        return hours * 3600.0
    return (DEFAULT_MINUTES if minutes is None else minutes) * 60.0


def _montage(text: str) -> str | tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if "," in text else text
