"""What a report is made of: folders of results, the record of an infant, a Phenopacket, as one dossier.

results folders --exchange--> Taken     study or Phenopacket --infant--> Overview, Assessment     both --> Dossier
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ictal.analysis import Settings
from ictal.base.errors import IctalError
from ictal.base.settings import to_mapping
from ictal.base.time import Interval
from ictal.eeg.findings.types import Findings
from ictal.eeg.tracking.types import Leg, Pattern, Seizure
from ictal.exchange.child import read_json
from ictal.exchange.columns import DISCHARGES, LEGS, SEIZURES
from ictal.exchange.findings_json import findings_of, findings_to_dict, read_findings
from ictal.exchange.tables import read_events
from ictal.exchange.types import EventRow, Events
from ictal.infant.overview import overview
from ictal.infant.syndrome.assess import assess
from ictal.infant.syndrome.bare import bare_gathered
from ictal.infant.syndrome.findings import recording_seen
from ictal.infant.syndrome.gather import Gathered
from ictal.infant.syndrome.phenopacket import read_phenopacket
from ictal.infant.syndrome.record import gather_infant
from ictal.infant.timeline.bare import bare_infant, free_texts
from ictal.infant.timeline.types import Infant, Recording
from ictal.report import words
from ictal.report.filed.redact import bare_findings
from ictal.report.filed.types import Dossier, Taken
from ictal.study import Study
from ictal.study.recordings import SeizureRow


def taken_from(results: Path) -> Taken:
    """One recording from its folder of results (or findings.json alone). Raises `TableError`."""
    found = findings_of(read_findings(results), str(results))
    folder = results if results.is_dir() else results.parent
    if not (folder / "seizures.tsv").is_file():
        return Taken(found, age_days=found.infant.age_days, changed=changed(found))
    events = read_events(folder)
    return taken_of(found, events)


def missing_tables(results: Sequence[Path]) -> tuple[str, ...]:
    """Which tables of these results are not there, so that the report leaves out what rests on them?"""
    folders = [r if r.is_dir() else r.parent for r in results]
    lost = ((n, t) for n, f in enumerate(folders, 1) for t in (SEIZURES, LEGS, DISCHARGES) if not (f / t).is_file())
    return tuple(f"Recording {n} has no {table}: what rests on it is not shown." for n, table in lost)


def taken_of(found: Findings, events: Events) -> Taken:
    """One recording from its findings and its tables."""
    seizures = tuple(map(_of_event, events.rows))
    age = found.infant.age_days
    return Taken(found, seizures, events.discharges, events.start, age, changed(found))


def changed(found: Findings) -> Mapping[str, tuple[object, object]]:
    """Which settings of an analysis differ from the defaults of this Ictal, and how?"""
    default = dict(words.flattened(to_mapping(Settings())))
    own = dict(words.flattened(found.settings))
    return {k: (v, default[k]) for k, v in own.items() if k in default and v != default[k]}


@dataclass(frozen=True, slots=True)
class Filing:
    """What is to be filed, before it is weighed: all that is known, and the names by which it could be known."""

    name: str
    recordings: tuple[Taken, ...]
    infant: Infant | None = None
    gathered: Gathered | None = None
    """What a Phenopacket says for the criteria; without one the record of the infant is weighed."""
    not_read: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    def dossier(self, today: date, *, redacted: bool = False) -> Dossier:
        """The dossier, weighed against the criteria as on this day; redacted, it is made from what names nobody."""
        one = self._bare() if redacted else self
        seen = [recording_seen(findings_to_dict(t.findings), _moments(t), t.age_days, n) for t, n in one._named()]
        if one.gathered is not None:
            case = replace(one.gathered, recordings=[*one.gathered.recordings, *seen]).case()
        elif one.infant is not None:
            known = {r.digest: r for r in seen if r.digest}
            gathered = gather_infant(one.infant, known)
            attached = {e.digest for e in one.infant.of(Recording)}
            gathered.recordings += [r for r in seen if r.digest not in attached]
            case = gathered.case()
        else:
            case = Gathered(recordings=seen).case()
        child = None if one.infant is None else overview(one.infant)
        answer = assess(case, today)
        return Dossier(one.name, one.recordings, answer, child, one.not_read, self._names(), redacted)

    def _named(self) -> Iterator[tuple[Taken, str]]:
        """Each recording with what the criteria call it."""
        for number, taken in enumerate(self.recordings, 1):
            yield taken, taken.findings.recorded.name or f"recording {number}"

    def _bare(self) -> Filing:
        """The same without what names the child, a file, a day or a time of day, or was typed as free text."""
        recordings = tuple(
            replace(t, findings=bare_findings(t.findings, n), start=None) for n, t in enumerate(self.recordings, 1)
        )
        digests = {
            t.findings.recorded.sha256: b.findings.recorded.sha256
            for t, b in zip(self.recordings, recordings, strict=True)
        }
        infant = None if self.infant is None else bare_infant(self.infant, digests)
        gathered = None if self.gathered is None else bare_gathered(self.gathered)
        return Filing("", recordings, infant, gathered)

    def _names(self) -> tuple[str, ...]:
        files = [t.findings.recorded.name for t in self.recordings]
        sources = [str(s.parameters.get("source", "")) for t in self.recordings for s in t.findings.steps]
        digests = [t.findings.recorded.sha256 for t in self.recordings]
        typed = [] if self.infant is None else list(free_texts(self.infant))
        stems = [Path(f).stem for f in (*files, *sources)]
        return tuple(n for n in (self.name, *files, *stems, *sources, *digests, *typed, *self.names) if n)


def filing_of_results(folders: Sequence[Path]) -> Filing:
    """Recordings alone: nothing is known of the child. Raises `TableError`."""
    recordings = tuple(map(taken_from, folders))
    name = recordings[0].findings.recorded.name if recordings else ""
    return Filing(name, recordings, not_read=missing_tables(folders))


def filing_of_phenopacket(file: Path, folders: Sequence[Path]) -> Filing:
    """What a Phenopacket says of the child, and the recordings given with it. Raises `RecordError`, `TableError`."""
    gathered = read_phenopacket(file)
    infant, not_read = None, tuple[str, ...]()
    try:
        read = read_json(file)
        infant, not_read = read.infants[0], (*read.refused, *read.notices, *missing_tables(folders))
    except IctalError as error:
        not_read = (f"The course was not drawn: {error}",)
    name = infant.pseudonym if infant is not None else gathered.id or file.stem
    names = (gathered.id, file.stem)
    return Filing(name, tuple(map(taken_from, folders)), infant, gathered, not_read, names)


def filing_of_infant(study: Study, pseudonym: str, folders: Sequence[Path] = ()) -> Filing:
    """The record of an infant of a study, the findings attached to it, and those given in full."""
    infant = study.infant(pseudonym)
    given = {t.findings.recorded.sha256: t for t in map(taken_from, folders)}
    recordings: list[Taken] = []
    for entry in infant.of(Recording):
        attached = study.findings(entry.digest) if entry.digest else None
        taken = given.pop(entry.digest, None)
        if taken is None and attached is not None:
            found = findings_of(attached.findings, "the study")
            seizures = None if attached.seizures is None else tuple(map(_of_row, attached.seizures))
            taken = Taken(found, seizures, changed=changed(found))
        if taken is not None:
            recordings.append(replace(taken, age_days=entry.age_days))
    identity = study.identity(pseudonym)
    names: list[str] = []
    if identity is not None:
        names = [identity.name, *identity.name.split(), identity.hospital_id, str(identity.birth_date or "")]
    return Filing(pseudonym, (*recordings, *given.values()), infant, names=tuple(names))


def _of_event(row: EventRow) -> Seizure:
    """A row of a table as a seizure; one without a place is a mark."""
    known = row.seizure
    sure = math.nan if row.confidence is None else row.confidence
    return known or Seizure((), row.pattern or Pattern.uncertain, sure, Interval(row.start_s, row.stop_s))


def _of_row(row: SeizureRow) -> Seizure:
    """A seizure as a study keeps it: its places in order, without the times of each."""
    pattern = Pattern(row.pattern) if row.pattern else Pattern.uncertain
    sure = math.nan if row.confidence is None else row.confidence
    span = Interval(row.start_s, row.stop_s)
    return Seizure(
        tuple(Leg(row.start_s, row.stop_s, p, math.nan, math.nan, ()) for p in row.path), pattern, sure, span
    )


def _moments(taken: Taken) -> list[str]:
    """The migrating seizures as places to look at: `0:12:33 (seizure 3, T7>P8)`."""
    return [
        f"{words.in_recording(math.floor(s.start_s))} (seizure {n}, {'>'.join(s.path)})"
        for n, s in enumerate(taken.seizures or (), 1)
        if s.pattern is Pattern.migrating
    ]
