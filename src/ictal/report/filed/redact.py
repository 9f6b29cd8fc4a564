"""What is taken out of a report that is shared: names, files, dates, times of day, words that people typed.

Two nets: `without_identity` takes out the fields that hold such things before anything is said, and `hidden` searches
every text of the finished sheet for what was known by name, and for dates and times of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from markupsafe import Markup

from ictal.base.electrodes import modern_name
from ictal.base.provenance import Step
from ictal.eeg.findings.types import Findings
from ictal.report.filed.catalogue import LANGUAGES, catalogue
from ictal.report.filed.types import Sheet

GONE = "[…]"
SHORTEST = 3
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b")
_KEPT = ("key", "language", "paper", "kind", "side", "unit", "version")


def hidden(sheet: Sheet, names: Iterable[str]) -> Sheet:
    """The same sheet with every text searched for these names, dates and times of day.

    What somebody typed and is a word of the report itself (`seizures`) tells of nobody, and is left.
    """
    own = " ".join(text.casefold() for language in LANGUAGES for text in catalogue(language).values())
    asked = {n.strip() for n in names if len(n.strip()) >= SHORTEST}
    known = sorted((n for n in asked if n.casefold() not in own), key=lambda n: (-len(n), n))
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(n)}(?!\w)" for n in known), re.IGNORECASE) if known else None
    found: Sheet = _through(sheet, pattern)
    return found


def _through(value: Any, names: re.Pattern[str] | None) -> Any:
    if isinstance(value, str):
        text = str(value)
        clean = _DATE.sub(GONE, text if names is None else names.sub(GONE, text))
        return Markup(clean) if isinstance(value, Markup) else clean  # markup as it was, less some words
    if isinstance(value, tuple):
        return tuple(_through(v, names) for v in value)
    if is_dataclass(value) and not isinstance(value, type):
        kept = {f.name: _through(getattr(value, f.name), names) for f in fields(value) if f.name not in _KEPT}
        return replace(value, **kept)
    return value


def bare_findings(found: Findings, number: int) -> Findings:
    """The findings without the name of the file, its digest, its day and hour, and what the file said in words."""
    labels = {d: _plain_label(d, k) for k, d in enumerate(found.recorded.derivations, 1)}
    recorded = replace(
        found.recorded,
        name=f"recording {number}",
        sha256=f"{number:064d}",
        start=None,
        notices=(),
        derivations=tuple(labels.values()),
    )
    quality = tuple(replace(q, derivation=labels.get(q.derivation, GONE)) for q in found.quality)
    steps = tuple(_plain_step(s) for s in found.steps)
    return replace(found, recorded=recorded, quality=quality, steps=steps)


def _plain_label(label: str, number: int) -> str:
    """A derivation between electrodes that everybody knows keeps its label."""
    parts = [p for p in label.split("-") if p.lower() not in ("avg", "lap", "ref")]
    return label if all(modern_name(p) for p in parts) else f"derivation {number}"


def _plain_step(step: Step) -> Step:
    """A step without the name of the file that it read, and without its digest."""
    named = {k: "a file" if k == "source" else "" for k in ("source", "sha256", "notes") if k in step.parameters}
    said = {k: v for k, v in step.outcome.items() if not isinstance(v, str | list)}
    return replace(step, parameters={**step.parameters, **named}, outcome=said)
