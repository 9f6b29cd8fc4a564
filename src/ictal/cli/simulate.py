"""`ictal simulate`: a recording of an infant who never was, with its truth."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import UsageError
from ictal.cli.options import OVERWRITE_RESULTS
from ictal.cli.progress import progress

if TYPE_CHECKING:
    from ictal.exchange.bids import Entry
    from ictal.simulator.courses import Course
    from ictal.simulator.types import Simulation

DEFAULT_MINUTES = 30.0
_OUTSIDE = ("out", "overwrite", "as_json", "quiet")
"""Options that change nothing of what is made."""


@click.command()
@click.argument("scenario", required=False)
@click.option("--list", "list_them", is_flag=True, help="Say which scenarios and courses there are, and stop.")
@click.option("--explain", metavar="NAME", help="Print what a scenario or course is, equations and numbers, and stop.")
@click.option("--course", metavar="NAME", help="Make several recordings of one infant as it grows, instead of one.")
@click.option("--hours", type=float, help="Length of the recording in hours [default of a course: its own].")
@click.option("--minutes", type=float, help="Length of the recording in minutes [default: 30].")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same recording.")
@click.option("--age-days", type=float, help="Age of the infant [default: that of the scenario].")
@click.option(
    "--set", "changes", multiple=True, metavar="NAME=VALUE", help="Move a number that --explain shows; may be repeated."
)
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
@click.option(
    "--keep-sources", is_flag=True, help="Keep what each region gave (mechanism engine; 0.24 GB for each hour)."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write [default: SCENARIO_seed-N, here].")
@OVERWRITE_RESULTS
@click.option("--json", "as_json", is_flag=True, help="Print what made the recording, or what is explained, as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors (and the JSON, with --json).")
def simulate(scenario: str | None, list_them: bool, out: Path | None, overwrite: bool, **options: Any) -> None:
    """Make a recording with migrating seizures whose truth is known.

    SCENARIO is one of those that --list explains. The folder is a BIDS dataset: the recording as EDF+ with events.tsv,
    and in derivatives/truth its seizures, legs, discharges, artefacts and normal rhythms. Everything in it says that it
    is simulated. A run that was interrupted goes on with the same command.

    Rates are those of a day: `--set seizures_per_hour=15` makes a short recording that holds seizures.
    """
    import ictal.simulator as simulator
    from ictal.simulator.explain import list_text

    if list_them:
        click.echo(list_text())
    elif options["explain"] is not None:
        _explain(options["explain"], scenario, options)
    elif options["course"] is not None:
        _make_course(options["course"], scenario, (out, overwrite), options)
    elif scenario is None:
        raise UsageError(f"Which scenario? There are: {', '.join(simulator.SCENARIOS)}. `--list` explains them.")
    else:
        _make_one(scenario, (out, overwrite), options)


def _make_one(scenario: str, where: tuple[Path | None, bool], options: Mapping[str, Any]) -> None:
    import ictal.simulator as simulator
    from ictal.simulator.written import simulation_text

    chosen = simulator.set_numbers(simulator.find_scenario(scenario), _numbers(options["changes"]), options["engine"])
    made = simulator.simulate(
        chosen,
        duration_s=_duration_s(options["hours"], options["minutes"]),
        seed=options["seed"],
        age_days=options["age_days"],
        **_worn(options),
    )
    if options["keep_sources"]:
        made.sources()
    out, overwrite = where
    folder = out if out is not None else Path(f"{scenario}_seed-{options['seed']}")
    quiet = options["quiet"] or options["as_json"]
    with progress(quiet) as report_progress:
        path = write_simulation(folder, made, overwrite, report_progress, options["keep_sources"])
    if options["as_json"]:
        click.echo(simulation_text(made), nl=False)
    elif not quiet:
        click.echo(f"{len(made.truth.seizures)} seizures in {made.recording.duration_s / 60:g} min, simulated: {path}")
        expected = chosen.expected_per_hour * made.recording.duration_s / 3600
        if not made.truth.seizures and expected > 0 and options["engine"] == "template":
            click.echo(
                f"Its rate is that of a day, {expected:.2g} expected: --set seizures_per_hour=18 makes it denser."
            )


def _make_course(name: str, scenario: str | None, where: tuple[Path | None, bool], options: Mapping[str, Any]) -> None:
    """Write every visit of a course, whole or not at all."""
    from ictal.simulator.courses import course_mapping, find_course, rate_lines, rate_of

    course = find_course(name)
    for given, what in (
        (scenario, "SCENARIO"),
        (options["age_days"], "--age-days"),
        (options["changes"], "--set"),
        (options["keep_sources"] or None, "--keep-sources"),
    ):
        if given not in (None, ()):
            raise UsageError(f"A course has scenarios, ages and numbers of its own: leave out {what}, or --course.")
    asked = (options["hours"], options["minutes"])
    hours = None if asked == (None, None) else _duration_s(*asked) / 3600.0
    out, overwrite = where
    folder = out if out is not None else Path(f"{course.name}-course_seed-{options['seed']}")
    quiet = options["quiet"] or options["as_json"]
    with progress(quiet) as report_progress:
        made = write_course(folder, course, options["seed"], (hours, _worn(options)), (overwrite, report_progress))
    if options["as_json"]:
        click.echo(json.dumps(course_mapping(course, options["seed"], made), indent=2))
    elif not quiet:
        rates = [rate_of(course, visit, made[visit.name]) for visit in course.visits]
        click.echo(f"{rate_lines(rates)}\n{len(made)} recordings of one infant, simulated: {folder}")


def _explain(name: str, scenario: str | None, options: Mapping[str, Any]) -> None:
    """Print a scenario, with the numbers that are set, or a course."""
    import ictal.simulator as simulator
    from ictal.simulator.courses import COURSES, course_mapping, course_text
    from ictal.simulator.explain import explain, explanation_mapping, explanation_text

    if scenario is not None:
        raise UsageError(f"Explain which, '{name}' or '{scenario}'? Give one name, after --explain.")
    if name in COURSES:
        course = COURSES[name]
        if options["changes"]:
            raise UsageError(f"The course '{name}' has numbers of its own: leave out --set, or explain a scenario.")
        mapping = course_mapping(course, options["seed"], {})
        click.echo(json.dumps(mapping, indent=2) if options["as_json"] else course_text(course))
        return
    chosen = simulator.set_numbers(simulator.find_scenario(name), _numbers(options["changes"]), options["engine"])
    explained = explain(chosen, options["engine"])
    as_json = options["as_json"]
    click.echo(json.dumps(explanation_mapping(explained), indent=2) if as_json else explanation_text(explained))


def write_course(
    out: Path, course: Course, seed: int, asked: tuple[float | None, Mapping[str, Any]],
    how: tuple[bool, Callable[[float, str], None]],
) -> dict[str, Simulation]:  # fmt: skip
    """Write the visits of a course as the sessions of one infant, whole or not at all.

    `asked`: recorded hours of each visit (`None`: its own) and what `simulate` is told. `how`: may an older folder be
    replaced, and whom to tell how far it is.
    """
    from ictal.exchange.bids import write_dataset
    from ictal.exchange.folder import whole_folder
    from ictal.simulator.checkpoint import recipe_of
    from ictal.simulator.courses import course_mapping, simulate_visit
    from ictal.simulator.written import subject_of

    (hours, worn), (overwrite, report_progress) = asked, how
    made = {v.name: simulate_visit(course, v, seed, hours=hours, **worn) for v in course.visits}
    recipe = recipe_of([dict(m.made_by) for m in made.values()])
    with whole_folder(out, overwrite, recipe) as folder:
        entries = []
        for number, visit in enumerate(course.visits):
            part = (number / len(course.visits), 1 / len(course.visits))
            told = _part_of(report_progress, part, f"simulating {visit.name}: {visit.description}")
            entries.append(_entry(made[visit.name], visit.name.removeprefix("ses-"), folder, told))
        subject = subject_of({"seed": seed})
        write_dataset(folder, subject, entries, lambda: course_mapping(course, seed, made), typed())
    return made


def write_simulation(
    out: Path,
    made: Simulation,
    overwrite: bool = False,
    report_progress: Callable[[float, str], None] | None = None,
    keep_sources: bool = False,
    every_s: float | None = None,
) -> Path:
    """Write a simulation and its truth as a BIDS dataset, whole or not at all. Returns the path of the recording.

    A run that was stopped goes on from where it stood, which is kept after `every_s` of the recording.
    """
    from ictal.exchange.bids import kept_sources, write_dataset
    from ictal.exchange.folder import whole_folder
    from ictal.simulator.checkpoint import recipe_of
    from ictal.simulator.written import subject_of

    told = _part_of(report_progress, (0.0, 1.0), f"simulating {made.made_by['scenario']}, seed {made.made_by['seed']}")
    subject = subject_of(made.made_by)
    with whole_folder(out, overwrite, recipe_of([dict(made.made_by), keep_sources])) as folder:
        entry = _entry(made, None, folder, told, every_s)
        with kept_sources(folder, subject, None, made.sources()) if keep_sources else nullcontext():
            (path,) = write_dataset(folder, subject, [entry], lambda: dict(made.made_by), typed())
    return out / path


def _part_of(
    report_progress: Callable[[float, str], None] | None, part: tuple[float, float], text: str
) -> Callable[[float], None]:
    """Tell how far one recording of several is; the text changes with every tenth, for those who read lines."""
    begin, width = part

    def tell(share: float) -> None:
        if report_progress is not None:
            report_progress(begin + width * share, f"{text}, {10 * math.floor(10 * share)} %")

    return tell


def _entry(
    made: Simulation, session: str | None, folder: Path, tell: Callable[[float], None], every_s: float | None = None
) -> Entry:
    """One recording of a dataset: written bit by bit, so that an interrupted one goes on."""
    from ictal.exchange.bids import Entry, Told
    from ictal.exchange.edf import write_edf
    from ictal.simulator.checkpoint import SUFFIX, Checkpoint
    from ictal.simulator.written import seizure_marks, truth_texts

    def write(path: Path) -> Told:
        kept = folder / f".{path.stem}{SUFFIX}"

        def told(seconds: float) -> None:
            tell(min(1.0, seconds / made.recording.duration_s))

        checkpoint = Checkpoint(kept, made, told, every_s)
        told(checkpoint.seconds)
        write_edf(made.recording, path, told_later=lambda: seizure_marks(made.truth), halfway=checkpoint)
        return Told(made.truth.seizures, made.truth.discharges, truth_texts(made))

    by = made.made_by
    return Entry(session, float(str(by["age_days"])), float(str(by["head_cm"])), made.recording, write)


def typed() -> str:
    """What would a user type for this? Without the folder and what is printed; empty outside a command."""
    context = click.get_current_context(silent=True)
    if context is None:
        return ""
    words = ["ictal", str(context.info_name)]
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if value in (None, False, ()) or parameter.name in _OUTSIDE or value == parameter.get_default(context):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            words += parameter.opts[-1:] if isinstance(parameter, click.Option) else []
            words += [] if one is True else [str(one)]
    return shlex.join(words)


def _duration_s(hours: float | None, minutes: float | None) -> float:
    if hours is not None and minutes is not None:
        raise UsageError("Give the length in --hours or in --minutes, not in both.")
    if hours is not None:
        return hours * 3600.0
    return (DEFAULT_MINUTES if minutes is None else minutes) * 60.0


def _montage(text: str) -> str | tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",")) if "," in text else text


def _worn(options: Mapping[str, Any]) -> dict[str, Any]:
    """How the infant is recorded, and by which engine."""
    return {
        "montage": _montage(options["montage"]),
        "reference": options["reference"],
        "rate_hz": options["rate_hz"],
        "engine": options["engine"],
    }


def _numbers(changes: tuple[str, ...]) -> dict[str, float]:
    """Numbers that are set, by name."""
    found: dict[str, float] = {}
    for change in changes:
        name, equals, text = change.partition("=")
        name = name.strip()
        try:
            value = float(text)
        except ValueError:
            equals = ""
        if not (equals and name):
            raise UsageError(f"--set takes NAME=VALUE with a number, like seizures_per_hour=15. Got '{change}'.")
        if name in found:
            raise UsageError(f"'{name}' is set twice: to {found[name]:g} and to {value:g}.")
        found[name] = value
    return found
