"""The figures of the report one by one, each a file of its own: an SVG that needs no page around it."""

from __future__ import annotations

import re
from typing import Literal, Protocol

from markupsafe import Markup

from ictal.base.errors import UsageError
from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.types import Findings
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import Masks, Montage
from ictal.eeg.tracking.types import Seizure
from ictal.report import charts
from ictal.report.chronogram import chronogram
from ictal.report.eegpage import eeg_page
from ictal.report.head import foci_map, path_map
from ictal.report.scene import Scene
from ictal.report.style import figure_rules, light, patterns
from ictal.report.types import PageSource

Kind = Literal["path", "chronogram", "eeg", "overview", "foci"]
_TRACE_BYTES = 80_000


class Analysed(Protocol):
    """What one analysis gave (`ictal.Analysis`)."""

    @property
    def recording(self) -> Recording: ...
    @property
    def montage(self) -> Montage: ...
    @property
    def masks(self) -> Masks: ...
    @property
    def discharges(self) -> tuple[Discharge, ...]: ...
    @property
    def seizures(self) -> tuple[Seizure, ...]: ...
    @property
    def findings(self) -> Findings: ...


def drawing(analysis: Analysed, kind: Kind, number: int = 1, *, page_source: PageSource | None = None) -> str:
    """What does this figure of the report look like, as the text of an SVG file?

    Parameters
    ----------
    analysis
        What `ictal.analyse` returned.
    kind
        `path` (over the head), `chronogram` and `eeg` are of seizure `number`, from 1; `overview` and
        `foci` are of the whole recording.
    page_source
        Gives the seconds of EEG that are drawn (`ictal.eeg.signal.pages.Pages`); `eeg` needs it.

    Raises
    ------
    UsageError
        There is no such seizure, or nothing gives the EEG.
    """
    scene = Scene.of(
        analysis.recording,
        analysis.montage,
        analysis.masks,
        analysis.discharges,
        analysis.seizures,
        analysis.findings,
    )
    if kind == "overview":
        return alone(charts.overview(scene))
    if kind == "foci":
        return alone(foci_map(scene))
    if not 1 <= number <= len(scene.seizures):
        raise UsageError(f"There is no seizure {number}: this recording has {len(scene.seizures)}, counted from 1.")
    if kind == "eeg":
        if page_source is None:
            raise UsageError("A figure of the EEG needs its seconds: give page_source.")
        return alone(_stacked(eeg_page(scene, number, page_source, _TRACE_BYTES).strips))
    return alone(path_map(scene, number) if kind == "path" else chronogram(scene, number))


def _stacked(strips: tuple[Markup, ...]) -> Markup:
    """Strips of one width below each other, as one figure under the words of the first."""
    sizes = [[float(n) for n in re.findall(r'viewBox="0 0 (\S+) (\S+)"', strip)[0]] for strip in strips]
    parts, y = [], 0.0
    for strip, (width, height) in zip(strips, sizes, strict=True):
        inner = str(strip).replace(" role=", f' y="{y:g}" width="{width:g}" height="{height:g}" role=', 1)
        parts.append(inner)
        y += height
    width = max(width for width, _ in sizes)
    size = f'viewBox="0 0 {width:g} {y:g}" style="max-width:{width:g}px"'
    return Markup(f'<svg xmlns="http://www.w3.org/2000/svg" class="fig" {size}>{"".join(parts)}</svg>')


def alone(figure: Markup) -> str:
    """A figure with the style and the patterns within that it has of the report's page, in the light colours."""
    head, rest = str(figure).split(">", 1)
    width, height = re.findall(r'viewBox="\S+ \S+ (\S+) (\S+)"', head)[0]
    style = f".fig {{ font-family: {light()['sans']}; }} {figure_rules()}"
    return f'{head} width="{width}" height="{height}"><style>{style}</style>{patterns()}{rest}\n'
