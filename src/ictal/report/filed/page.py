"""The sheet as one HTML page that opens offline."""

from __future__ import annotations

from ictal.report.document import environment
from ictal.report.filed.types import Sheet


def html_of(sheet: Sheet) -> str:
    """The page as text; the same sheet gives the same text."""
    page = environment().get_template("filed.html")
    return page.render(sheet=sheet, version=sheet.version, language=sheet.language, fixed=sheet.fixed)
