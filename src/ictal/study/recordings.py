"""How does a recording come into a study? By the digest of its file, with what the analysis wrote of it.

The file stays where it is. Neither its name nor the date of its start is kept: both can say who a child is. Its place
on this computer stands in a table of its own, outside of the history.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from ictal.base.age import Age
from ictal.base.errors import StudyError, reason_of
from ictal.base.files import open_file
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.status import status
from ictal.exchange.columns import SEIZURES
from ictal.exchange.findings_json import read_checked
from ictal.exchange.reading import read_events
from ictal.exchange.types import EventRow
from ictal.infant.timeline.types import FindingsSummary, HourCount, Infant, Recording
from ictal.infant.timeline.words import Answer, RecordingKind, StatusRule

CHUNK = 1 << 20
_RULES: dict[str, StatusRule] = {"ACNS 2013": "50 % of an hour", "ACNS 2021": "20 % of an hour"}


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a study knows of one recording. `path` is where it lay on this computer when it was attached."""

    digest: str
    pseudonym: str
    recorded_s: float | None = None
    file_format: str = ""
    simulated: bool = False
    path: str | None = None

    def described(self) -> dict[str, object]:
        """What of it stands in the history: nothing that says where it lies."""
        return {"recorded_s": self.recorded_s, "file_format": self.file_format, "simulated": self.simulated}


class SeizureRow(msgspec.Struct, frozen=True, kw_only=True):
    """One seizure of a recording, as its table tells it; times in seconds from the first sample."""

    start_s: float
    stop_s: float
    pattern: str | None = None
    onset_hemisphere: str | None = None
    path: tuple[str, ...] = ()
    confidence: float | None = None


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording showed: `findings` is findings.json without name and date, `seizures` its table.

    `seizures` is `None` when only findings.json was given.
    """

    digest: str
    findings: dict[str, Any]
    seizures: tuple[SeizureRow, ...] | None = None


def digest_of(path: Path) -> str:
    """What is the SHA-256 of this file? Raises `StudyError` when it cannot be read."""
    found = hashlib.sha256()
    try:
        with open_file(path) as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
    except OSError as error:
        raise StudyError(f"The recording '{path}' cannot be read: {reason_of(error)}.") from None
    return found.hexdigest()


def read_attached(results: Path) -> Attached:
    """What did `ictal analyse` write into this folder (or findings.json)?

    Raises
    ------
    TableError
        It cannot be read.
    StudyError
        It does not say of which recording it is.
    """
    said = read_checked(results)
    recorded = said.get("recorded")
    digest = recorded.get("sha256") if isinstance(recorded, dict) else None
    if not isinstance(digest, str) or len(digest) != 64:
        raise StudyError(f"{results} does not say of which recording it is (recorded.sha256): analyse it again.")
    needed = {"seizures": said, "seizure_s": said, "readable_s": recorded}
    missing = next((name for name, part in needed.items() if not isinstance(part, dict) or name not in part), None)
    if missing is not None:
        raise StudyError(f"{results} does not say all that is kept ({missing} is missing): analyse it again.")
    table = Path(results) / SEIZURES if Path(results).is_dir() else None
    rows = None if table is None or not table.is_file() else tuple(map(_row, read_events(table.parent).rows))
    clean = {**said, "recorded": {**said["recorded"], "name": digest[:12], "start": None}}
    return Attached(digest=digest, findings=clean, seizures=rows)


def _row(event: EventRow) -> SeizureRow:
    side = event.legs[0].hemisphere.value if event.legs else None
    return SeizureRow(
        start_s=event.start_s,
        stop_s=event.stop_s,
        pattern=None if event.pattern is None else event.pattern.value,
        onset_hemisphere=side,
        path=event.path,
        confidence=event.confidence,
    )


def recording_from(
    infant: Infant,
    age_days: float,
    file: Path | None = None,
    results: Path | None = None,
    setting: RecordingKind = "not captured",
) -> tuple[Kept, Attached | None, Recording]:
    """What is to be attached for a recording of this infant at this age: the recording, its findings, its entry?

    Parameters
    ----------
    file
        The EEG file; its digest is taken now. Without it the recording is known by what the findings say.
    results
        The folder that `ictal analyse` wrote, or its findings.json.
    """
    if file is None and results is None:
        raise StudyError(
            "Neither a recording nor findings were given: give a file, results of `ictal analyse`, or both."
        )
    found = None if results is None else read_attached(results)
    digest = found.digest if file is None and found is not None else digest_of(file or Path())
    if found is not None and found.digest != digest:
        raise StudyError(f"The findings '{results}' are of another recording than '{file}': analyse this one.")
    recorded = {} if found is None else found.findings["recorded"]
    kept = Kept(
        digest=digest,
        pseudonym=infant.pseudonym,
        recorded_s=recorded.get("recorded_s"),
        file_format=str(recorded.get("file_format", "")),
        simulated=found is not None and bool(found.findings.get("simulated")),
        path=None if file is None else str(Path(file).resolve()),
    )
    entry = Recording(
        age_days=age_days,
        recorded_h=None if kept.recorded_s is None else kept.recorded_s / 3600,
        setting=setting,
        digest=digest,
        found=None if found is None else summary_of(found, Age(age_days, infant.gestation_weeks).postmenstrual_weeks),
    )
    return kept, found, entry


def summary_of(found: Attached, pma_weeks: float | None) -> FindingsSummary:
    """Which few numbers of the findings does a course need? Status by the rule for the postmenstrual age."""
    said = found.findings
    patterns = said.get("patterns", {})
    rows = found.seizures or ()
    known = found.seizures is not None
    sides = Counter(row.onset_hemisphere for row in rows)
    hours = tuple(
        HourCount(readable_h=h["readable_s"] / 3600, seizures=h["seizures"], seizure_min=h["seizure_s"] / 60)
        for h in said.get("burden_by_hour", ())
    )
    present, rule = _status(rows, pma_weeks) if known else ("not captured", "not captured")
    return FindingsSummary(
        readable_h=said["recorded"]["readable_s"] / 3600,
        seizures=said["seizures"],
        seizure_min=said["seizure_s"] / 60,
        longest_min=max((row.stop_s - row.start_s for row in rows), default=0.0) / 60 if known else None,
        migrating=patterns.get("migrating", 0),
        spreading=patterns.get("spreading", 0),
        focal=patterns.get("focal", 0),
        bilateral=patterns.get("bilateral", 0),
        onsets_left=sides["left"] if known else None,
        onsets_right=sides["right"] if known else None,
        onsets_midline=sides["midline"] if known else None,
        foci=len(said.get("foci", ())),
        crossing_midline=said.get("migration", {}).get("crossing_midline", {}).get("count"),
        status=present,
        status_rule=rule,
        simulated=bool(said.get("simulated")),
        analysed_by=f"ictal {said.get('ictal_version', '')}".strip(),
        by_hour=hours if sum(hour.seizures for hour in hours) == said["seizures"] else (),
        findings_digest=hashlib.sha256(msgspec.json.encode(found, order="sorted")).hexdigest(),
    )


def _status(rows: tuple[SeizureRow, ...], pma_weeks: float | None) -> tuple[Answer, StatusRule]:
    """Was it status, by the rule that holds at this age? `not captured` while the age is not known."""
    ictal = IntervalSet.of(Interval(row.start_s, row.stop_s) for row in rows)
    for verdict in status(ictal, pma_weeks):
        if verdict.applies:
            long = verdict.rule.longest_s is not None and verdict.longest_s >= verdict.rule.longest_s
            return ("yes" if verdict.met else "no"), "10 continuous minutes" if long else _RULES[verdict.rule.name]
    return "not captured", "not captured"


def check_same(recording: Kept, found: Attached | None, entry: Recording | None) -> None:
    """Are the recording, its findings and its entry of the same file? Raises `StudyError` when they are not."""
    digests = {recording.digest, *([] if found is None else [found.digest]), *([] if entry is None else [entry.digest])}
    if len(digests) > 1:
        raise StudyError("The findings or the entry are of another recording: their digests differ.")
    if len(recording.digest) != 64 or not set(recording.digest) <= set("0123456789abcdef"):
        raise StudyError(f"'{recording.digest}' is no SHA-256 of a recording: it has 64 digits of 0-9 and a-f.")
