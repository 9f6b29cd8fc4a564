"""`ictal assess`: is this EIMFS, what else could it be, what is missing?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ictal.base.errors import RecordError, UsageError, reason_of
from ictal.base.files import read_file
from ictal.cli.known import say_known
from ictal.cli.options import ON_DAY, say_json
from ictal.cli.studies import STUDY, opened

if TYPE_CHECKING:
    from ictal.infant.syndrome.gather import Gathered
    from ictal.infant.syndrome.rules import RuleBook
    from ictal.infant.syndrome.types import Assessment, Difference

_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("infant", required=False)
@STUDY
@click.option("--phenopacket", type=_FILE, help="The child's record: a GA4GH phenopacket (JSON), whole or in part.")
@click.option(
    "--findings", multiple=True, type=_FILE, help="findings.json of `ictal analyse`, or its folder; repeat it."
)
@click.option("--replay", "stored", type=_FILE, help="Judge a stored answer (--json) again, and show what changed.")
@click.option("--rules", type=_FILE, help="Criteria of your own (TOML) in place of those that come with Ictal.")
@click.option("--report", type=_FILE, help="Write the assessment as one HTML page to this file.")
@ON_DAY
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON; it can be stored and replayed.")
def assess(
    infant: str | None,
    phenopacket: Path | None,
    findings: tuple[Path, ...],
    stored: Path | None,
    rules: Path | None,
    on_day: datetime | None,
    **asked: Any,
) -> None:
    """Weigh an infant against the criteria of the syndrome.

    INFANT is a pseudonym of a study; without one, give --phenopacket, --findings, or both.

    The verdict is `met`, `in evolution`, `not met` or `excluded`, with every row answered `yes`, `no` or `unknown`,
    what each answer rests on, what else it could be, and what would tell. For research; not a diagnosis.
    """
    from ictal.infant.syndrome.assess import assess as weigh
    from ictal.infant.syndrome.rules import read_rules

    today = on_day.date() if on_day else date.today()
    book = read_rules(rules) if rules else None
    changed = None
    if stored is not None:
        if phenopacket or findings or infant:
            raise UsageError(
                "--replay judges what is stored: give it alone, without INFANT, --phenopacket and --findings."
            )
        answer, changed = _replayed(stored, today, book)
    elif infant is not None:
        if phenopacket:
            raise UsageError("INFANT has its record in the study: give INFANT or --phenopacket, not both.")
        answer = weigh(_added(_of_study(infant, asked["place"]), findings).case(), today, book)
    elif phenopacket is None and not findings:
        raise UsageError(
            "Nothing to assess: give INFANT, --phenopacket FILE, --findings FILE, or the last two together."
        )
    else:
        answer = weigh(_added(_of_file(phenopacket), findings).case(), today, book)
    _show(answer, changed, asked["report"], asked["as_json"])


command = assess


def _replayed(stored: Path, today: date, book: RuleBook | None) -> tuple[Assessment, Difference]:
    from ictal.infant.syndrome.replay import read_assessment, replay

    try:
        text = read_file(stored)
    except OSError as error:
        raise RecordError(f"The stored assessment {stored} cannot be read: {reason_of(error)}.") from None
    return replay(read_assessment(text, stored.name), today, book)


def _of_file(phenopacket: Path | None) -> Gathered:
    from ictal.infant.syndrome.gather import Gathered
    from ictal.infant.syndrome.phenopacket import read_phenopacket

    return read_phenopacket(phenopacket) if phenopacket else Gathered()


def _of_study(pseudonym: str, place: str | None) -> Gathered:
    """The record of an infant, each recording with its findings as they were attached."""
    from ictal.infant.syndrome.findings import recording_seen
    from ictal.infant.syndrome.record import gather_infant
    from ictal.infant.timeline.types import Recording

    study = opened(place)
    infant = study.infant(pseudonym)
    seen = {}
    for entry in infant.of(Recording):
        attached = study.findings(entry.digest) if entry.digest else None
        if attached is not None:
            say_known(attached.findings, f"the recording at {entry.age_days:g} days")
            moments = _places(
                (s.start_s, s.pattern, s.path, str(n)) for n, s in enumerate(attached.seizures or (), start=1)
            )
            seen[entry.digest] = recording_seen(attached.findings, moments, entry.age_days)
    return gather_infant(infant, seen)


def _added(found: Gathered, findings: tuple[Path, ...]) -> Gathered:
    """The same with the findings of these files."""
    from ictal.exchange.findings_json import read_findings
    from ictal.infant.syndrome.findings import recording_seen

    seen = {r.digest for r in found.recordings}
    for path in findings:
        said = read_findings(path)
        say_known(said, str(path))
        recording = recording_seen(said, _moments(path))
        if recording.digest.strip("0") and recording.digest in seen:
            raise UsageError(f"{path} has the findings of a recording that was given already: give each once.")
        seen.add(recording.digest)
        found.recordings.append(recording)
    return found


def _moments(findings: Path) -> list[str]:
    """Where are the migrating seizures, by the table that lies beside the findings? Nothing where it cannot be read."""
    from ictal.base.errors import TableError
    from ictal.exchange.tables import read_events

    table = (findings if findings.is_dir() else findings.parent) / "seizures.tsv"
    if not table.is_file():
        return []
    try:
        rows = read_events(table).rows
    except TableError:
        return []
    return _places(
        (r.start_s, r.pattern and r.pattern.value, r.path, r.seizure_id or str(n)) for n, r in enumerate(rows, 1)
    )


def _places(rows: Iterable[tuple[float, str | None, tuple[str, ...], str]]) -> list[str]:
    """The migrating seizures as places to look at: `0:12:33 (seizure 3, T7>P8)`."""
    from ictal.cli.table import clock

    return [f"{clock(at)} (seizure {n}, {'>'.join(path)})" for at, pattern, path, n in rows if pattern == "migrating"]


def _show(answer: Assessment, changed: Difference | None, report: Path | None, as_json: bool) -> None:
    from ictal.infant.syndrome.show import lines, to_dict

    if report is not None:
        from ictal.exchange.whole_file import write_whole
        from ictal.report.assessment import assessment_page

        write_whole(report, assessment_page(answer), overwrite=True)
    if as_json:
        say_json(to_dict(answer, changed))
    else:
        click.echo("\n".join(lines(answer, changed)))
