"""The report as one HTML text. Read `render` first; what it shows is in `view` (words) and the figure modules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import Masks, Montage
from ictal.eeg.tracking.types import Seizure
from ictal.report import charts, head, numbers, view, words
from ictal.report.chronogram import chronogram
from ictal.report.eegpage import eeg_page
from ictal.report.scene import Scene
from ictal.report.types import PageSource

FOLDED_ABOVE = 60
"""With more seizures than this, their sections are folded and their traces drawn more coarsely."""

_TRACE_BYTES, _TRACE_BYTES_FOLDED = 80_000, 50_000
_LEAD = 3


def render(
    recording: Recording,
    montage: Montage,
    masks: Masks,
    discharges: tuple[Discharge, ...],
    seizures: tuple[Seizure, ...],
    findings: Findings,
    *,
    page_source: PageSource | None = None,
) -> str:
    """What does the report of this recording look like? One HTML document that needs nothing else, as text.

    The same input gives the same text: no date of printing, no random names. Seizure `i` of `seizures` is number
    `i + 1`, as in `findings.foci` and in the tables that are written beside the report.

    Parameters
    ----------
    recording, montage, masks, discharges, seizures, findings
        What one analysis gave. Nothing of it is changed.
    page_source
        Gives the seconds of EEG that are drawn. Without it the report has no EEG pages and says so.
    """
    scene = Scene.of(recording, montage, masks, tuple(discharges), tuple(seizures), findings)
    return environment().get_template("report.html").render(_context(scene, page_source))


@cache
def environment() -> Environment:
    """Where templates come from; every value is escaped, and a missing one is an error."""
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _context(scene: Scene, source: PageSource | None) -> Mapping[str, object]:
    findings = scene.findings
    folded = len(scene.seizures) > FOLDED_ABOVE
    return {
        "findings": findings,
        "lead": findings.statements[:_LEAD],
        "further": findings.statements[_LEAD:],
        "recorded": view.recorded_rows(scene),
        "notices": findings.recorded.notices,
        "readable": view.readable_text(findings),
        "quality": tuple(view.quality_row(scene, q) for q in findings.quality),
        "has_clock": scene.recording.start is not None,
        "has_pages": source is not None,
        "overview": charts.overview(scene),
        "folded": folded,
        "seizures": tuple(_section(scene, k, source, folded) for k in range(1, len(scene.seizures) + 1)),
        "by_pattern": view.by_pattern(scene),
        "foci": tuple((view.place(scene, f.electrode), f) for f in findings.foci),
        "foci_map": head.foci_map(scene) if findings.foci else None,
        "burden": view.burden_text(findings),
        "burden_chart": charts.burden_chart(scene) if len(findings.burden_by_hour) > 1 else None,
        "migration": view.migration_rows(scene),
        "independence": view.independence_rows(scene),
        "delays": charts.delays_chart(scene),
        "markers": findings.markers,
        "facts": numbers.fact_rows(findings),
        "stability": numbers.stability(findings),
        "status": numbers.status_rows(findings),
        "clusters": numbers.cluster_text(findings),
        "settings": tuple(words.flattened(findings.settings)),
        "steps": tuple(view.step_row(s) for s in findings.steps),
        "glossary": view.glossary(scene),
        "limits": view.limits(scene),
        "version": view.version(scene),
        "number": words.number,
    }


def _section(scene: Scene, number: int, source: PageSource | None, folded: bool) -> view.SeizureView:
    most_bytes = _TRACE_BYTES_FOLDED if folded else _TRACE_BYTES
    return replace(
        view.seizure_view(scene, number),
        eeg=eeg_page(scene, number, source, most_bytes) if source else None,
        chronogram=chronogram(scene, number),
        head=head.path_map(scene, number),
    )
