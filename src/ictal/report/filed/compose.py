"""One dossier becomes one sheet: the first page, then every section in the order in which it is read."""

from __future__ import annotations

from ictal.base.provenance import ictal_version
from ictal.report.filed.catalogue import Words
from ictal.report.filed.child import child_sections
from ictal.report.filed.criteria import criteria_section, first_page
from ictal.report.filed.eeg import eeg_sections
from ictal.report.filed.how import how_sections
from ictal.report.filed.redact import hidden
from ictal.report.filed.types import Dossier, Sheet

FIXED = (
    "use",
    "contents",
    "page",
    "brand",
    "simulated",
    "simulated_long",
    "made",
    "skip",
    "redacted",
    "redacted_short",
    "english",
    "of_pages",
)


def compose(dossier: Dossier, language: str = "en", paper: str = "a4") -> Sheet:
    """What does the report of this dossier say? The same dossier gives the same sheet: no date of printing."""
    w = Words(language)
    who = dossier.pseudonym or w("frame.anonymous")
    more = len(dossier.recordings) - 1
    if dossier.child is None and dossier.pseudonym and more > 0:
        who = w("frame.more", who=who, n=more)
    first = first_page(w, dossier)
    sections = (
        *eeg_sections(w, dossier),
        *child_sections(w, dossier),
        *criteria_section(w, dossier),
        *how_sections(w, dossier),
    )
    sheet = Sheet(
        language=language,
        paper=paper,
        title=w("frame.title", who=who),
        pseudonym=who,
        simulated=dossier.simulated,
        redacted=dossier.redacted,
        version=ictal_version(),
        first=first,
        sections=sections,
        fixed={key: w(f"frame.{key}") for key in FIXED},
        foreign=frozenset(w.foreign),
    )
    return hidden(sheet, dossier.names) if dossier.redacted else sheet
