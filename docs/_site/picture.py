"""The picture of the README: a simulated seizure that migrates, as Ictal finds it, over the head and in the EEG."""

from __future__ import annotations

import re

import ictal
from ictal.eeg.signal.pages import Pages
from ictal.eeg.signal.settings import SignalSettings
from ictal.report.drawings import drawing

SEED, SEIZURE = 7, 1
HEAD_SHARE = 0.38
WIDTH, GAP = 1280.0, 24.0


def picture() -> str:
    """The path on the left, the EEG on the right, as one SVG."""
    made = ictal.simulate("demo", duration_s=600, seed=SEED)
    analysis = ictal.analyse(made.recording)
    head = drawing(analysis, "path", SEIZURE)
    traces = drawing(analysis, "eeg", SEIZURE, page_source=Pages(analysis.recording, SignalSettings()))
    path = " > ".join(analysis.seizures[SEIZURE - 1].path)
    title = f"A simulated seizure that migrates ({path}), as Ictal found it: over the head and in the EEG"
    left = (WIDTH - GAP) * HEAD_SHARE
    right = WIDTH - GAP - left
    heights = _shape(head) * left, _shape(traces) * right
    height = max(heights)
    parts = [
        _placed(head, 0, 0, left, heights[0]),
        _placed(traces, left + GAP, 0, right, heights[1]),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-16 -16 {WIDTH + 32:.0f} {height + 32:.0f}" role="img">'
        f"<title>{title}</title>"
        f'<rect x="-16" y="-16" width="100%" height="100%" fill="#ffffff"/>{"".join(parts)}</svg>\n'
    )


def _shape(svg: str) -> float:
    """Height over width."""
    width, height = map(float, re.findall(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg)[0])
    return height / width


def _placed(svg: str, x: float, y: float, width: float, height: float) -> str:
    head, rest = svg.strip().split(">", 1)
    head = re.sub(r' (?:style|width|height)="[^"]*"', "", head)
    return f'{head} x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}">{rest}'
