"""`ictal assess`: is this EIMFS, what else could it be, what is missing?"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ictal.base.errors import OutputError, RecordError, UsageError

if TYPE_CHECKING:
    from ictal.infant.syndrome.gather import Gathered
    from ictal.infant.syndrome.rules import RuleBook
    from ictal.infant.syndrome.types import Assessment, Difference

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--phenopacket", type=_FILE, help="The child's record: a GA4GH phenopacket (JSON), whole or in part.")
@click.option("--findings", multiple=True, type=_FILE, help="findings.json of `ictal analyse`, or its folder; repeat it.")
@click.option("--replay", "stored", type=_FILE, help="Judge a stored answer (--json) again, and show what changed.")
@click.option("--rules", type=_FILE, help="Criteria of your own (TOML) in place of those that come with Ictal.")
@click.option("--report", type=_FILE, help="Write the assessment as one HTML page to this file.")
@click.option("--on", "on_day", type=click.DateTime(["%Y-%m-%d"]), help="As on this day [default: today].")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON; it can be stored and replayed.")
def assess(
    phenopacket: Path | None,
    findings: tuple[Path, ...],
    stored: Path | None,
    rules: Path | None,
    report: Path | None,
    on_day: datetime | None,
    as_json: bool,
) -> None:
    """Weigh an infant against the criteria of the syndrome.

    The verdict is `met`, `in evolution`, `not met` or `excluded`, with every row answered `yes`, `no` or `unknown`, what
    each answer rests on, what else it could be, and what would tell. For research; not a diagnosis.
    """
    from ictal.infant.syndrome.assess import assess as weigh
    from ictal.infant.syndrome.rules import read_rules

    today = on_day.date() if on_day else date.today()
    book = read_rules(rules) if rules else None
    if stored is not None:
        if phenopacket or findings:
            raise UsageError("--replay judges what is stored: give it alone, without --phenopacket and --findings.")
        _show(*_replayed(stored, today, book), report, as_json)
        return
    if phenopacket is None and not findings:
        raise UsageError("Nothing to assess: give --phenopacket FILE, --findings FILE, or both.")
    _show(weigh(_gathered(phenopacket, findings).case(), today, book), None, report, as_json)


command = assess


def _replayed(stored: Path, today: date, book: RuleBook | None) -> tuple[Assessment, Difference]:
    from ictal.infant.syndrome.replay import read_assessment, replay

    try:
        text = stored.read_bytes()
    except OSError as error:
        raise RecordError(f"The stored assessment {stored} cannot be read: {error.strerror or error}.") from None
    return replay(read_assessment(text, stored.name), today, book)


def _gathered(phenopacket: Path | None, findings: tuple[Path, ...]) -> Gathered:
    from ictal.exchange.findings_json import read_findings
    from ictal.infant.syndrome.findings import recording_seen
    from ictal.infant.syndrome.gather import Gathered
    from ictal.infant.syndrome.phenopacket import read_phenopacket

    found = read_phenopacket(phenopacket) if phenopacket else Gathered()
    seen: set[str] = set()
    for path in findings:
        recording = recording_seen(read_findings(path), _moments(path))
        if recording.digest and recording.digest in seen and set(recording.digest) != {"0"}:
            raise UsageError(f"{path} has the findings of a recording that was given already: give each once.")
        seen.add(recording.digest)
        found.recordings.append(recording)
    return found


def _moments(findings: Path) -> list[str]:
    """Where are the migrating seizures, by the table that lies beside the findings? Nothing where it cannot be read."""
    from ictal.base.errors import TableError
    from ictal.cli.table import clock
    from ictal.exchange.tables import read_events

    table = (findings if findings.is_dir() else findings.parent) / "seizures.tsv"
    if not table.is_file():
        return []
    try:
        rows = read_events(table).rows
    except TableError:
        return []
    moved = [(n, row) for n, row in enumerate(rows, start=1) if row.pattern is not None and row.pattern.value == "migrating"]
    return [f"{clock(row.start_s)} (seizure {row.seizure_id or n}, {'>'.join(row.path)})" for n, row in moved]


def _show(answer: Assessment, changed: Difference | None, report: Path | None, as_json: bool) -> None:
    from ictal.infant.syndrome.show import lines, to_dict

    if report is not None:
        from ictal.report.assessment import assessment_page

        try:
            report.write_text(assessment_page(answer), encoding="utf-8")
        except OSError as error:
            raise OutputError(f"The report could not be written to {report}: {error.strerror or error}.") from None
    if as_json:
        click.echo(json.dumps(to_dict(answer, changed), indent=2, ensure_ascii=False, allow_nan=False))
    else:
        click.echo("\n".join(lines(answer, changed)))
