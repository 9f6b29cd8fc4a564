"""One file in, one folder of results out: what the command for one recording and the cohort have in common.

recording.read --> analysis.analyse --> exchange: tables and findings.json, report: one page
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ictal.base.errors import UsageError

if TYPE_CHECKING:
    from ictal.analysis import Analysis, Settings
    from ictal.base.age import Age
    from ictal.eeg.detection.types import Marks
    from ictal.eeg.recording.types import Recording

Progress = Callable[[float, str], None]
"""Called with the share that is done (0-1) and what is being done now."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the seizures come from, as it was asked for (marks, a detector, or what the settings say), and how old."""

    events: str | None = None
    event_pattern: str | None = None
    columns: str | None = None
    detector: str | None = None
    age: Age | None = None

    def check(self) -> None:
        """Refuse at once what cannot be meant."""
        from ictal.eeg.detection.plugins import load
        from ictal.exchange.marks import parse_columns
        from ictal.exchange.markwords import Words

        if self.events is None:
            for option, value in (("--event-pattern", self.event_pattern), ("--columns", self.columns)):
                if value is not None:
                    raise UsageError(f"{option} says how --events is read: give --events too.")
        elif self.detector is not None:
            raise UsageError("Marks stand in place of a detector: give --events or --detector, not both.")
        Words.of(self.event_pattern)
        if self.columns is not None:
            parse_columns(self.columns)
        if self.detector is not None:
            load(self.detector)

    def marks(self, recording: Recording) -> Marks | None:
        """The marks that were asked for; `None` when seizures are to be detected."""
        from ictal.exchange.marks import parse_columns, read_marks

        if self.events is None:
            return None
        columns = None if self.columns is None else parse_columns(self.columns)
        return read_marks(self.events, recording, pattern=self.event_pattern, columns=columns)


def analyse_into(
    folder: Path,
    path: Path,
    settings: Settings,
    source: Source,
    with_report: bool,
    report_progress: Progress | None = None,
) -> Analysis:
    """What does this file show? Writes the files of the output contract into `folder`, which is the caller's care."""
    import ictal.analysis
    from ictal.eeg.recording import read

    say = report_progress or (lambda share, what: None)
    say(0.0, f"reading {path.name}")
    recording = read(path)
    marks = source.marks(recording)
    doing = "looking for seizures" if marks is None else "following the marks"
    analysis = ictal.analysis.analyse(
        recording,
        settings,
        progress=lambda share: say(share, doing),
        events=marks,
        detector=source.detector,
        age=source.age,
    )
    say(1.0, "writing the results")
    write_results(folder, analysis, settings, with_report)
    return analysis


def write_results(folder: Path, analysis: Analysis, settings: Settings, with_report: bool) -> None:
    """Write the files of the output contract into a folder."""
    from ictal.exchange.findings_json import write_findings
    from ictal.exchange.tables import write_events

    write_events(folder, analysis.recording, analysis.discharges, analysis.seizures)
    write_findings(folder, analysis.findings)
    if with_report:
        from ictal.eeg.signal.pages import Pages
        from ictal.report import render

        page = render(
            analysis.recording,
            analysis.montage,
            analysis.masks,
            analysis.discharges,
            analysis.seizures,
            analysis.findings,
            page_source=Pages(analysis.recording, settings.signal),
        )
        (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")
