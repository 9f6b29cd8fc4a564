"""`ictal demo`: the whole line on a recording that nobody had to give, judged against its truth."""

from __future__ import annotations

from pathlib import Path

import click

from ictal.cli.progress import progress

SCENARIO = "demo"


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="Folder for everything."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed makes another recording.")
def demo(out: Path, seed: int) -> None:
    """Simulate a recording, analyse it, and score the answer against the truth.

    The recording and its truth go to OUT/recording, the results to OUT/analysis; both are replaced when they are there.
    No patient's data is needed, and the report says that the recording is simulated.
    """
    from ictal.cli.analyse import analyse_to_folder
    from ictal.cli.simulate import write_simulation
    from ictal.cli.table import aligned, summary
    from ictal.exchange.tables import read_events
    from ictal.scoring import score
    from ictal.scoring.show import scores_to_rows
    from ictal.simulator import DEMO_DURATION_S, simulate

    with progress() as report_progress:
        report_progress(0.0, f"simulating an infant's EEG of {DEMO_DURATION_S / 60:g} minutes")
        made = simulate(SCENARIO, duration_s=DEMO_DURATION_S, seed=seed)
        recording = write_simulation(out / "recording", made, overwrite=True)
        analysis = analyse_to_folder(
            recording,
            out / "analysis",
            overwrite=True,
            settings_file=None,
            with_report=True,
            report_progress=report_progress,
        )
    truth, answer = read_events(out / "recording"), read_events(out / "analysis")
    scores = score(truth.rows, answer.rows, analysis.recording.duration_s)
    click.echo(summary(analysis))
    click.echo("\nAgainst the truth of the simulation:")
    click.echo("\n".join(f"  {line}" for line in aligned(scores_to_rows(scores))))
    click.echo(f"\nRecording: {recording}\nReport:    {out / 'analysis' / 'report.html'}")
    click.echo(f"As a PDF:  ictal report {out / 'analysis'} --out demo.pdf")
