"""The sheet as a PDF: tagged, PDF/UA-1, the same bytes for the same sheet on every machine.

typst sets it from `templates/filed.typ`, with the fonts that come with typst and no other. The template is given the
sheet as JSON, so that it says what the HTML page says.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

from ictal.base.errors import MissingExtra
from ictal.report.filed.figures import on_paper
from ictal.report.filed.types import Bullets, Cell, Figure, Section, Sheet, Table, Text

_OUTSIDE = re.compile(
    r"[^\n\t -\u024f\u0300-\u036f\u0370-\u045f\u1e00-\u1eff"
    r"\u2009-\u2027\u202f-\u2040\u20ac\u2190-\u2199\u2212\u2260-\u2265]"
)
"""Characters that the packaged fonts have not; a PDF that shows an empty box, or fails, would be worse than a code."""

_BREAK = re.compile(r"[\s\-_>/]+")
_WIDTH_PT, _LETTER_PT, _PADDING_PT = 493.0, 4.4, 9.0
"""The width of the text on A4, of a letter of a table, and of the two sides of a cell."""

LONGEST_AUTO = 13
"""A column whose longest word-cell has no more letters than this is as wide as it needs; the others share the rest."""


def pdf_of(sheet: Sheet) -> bytes:
    """The report as a PDF file. Raises `MissingExtra` without typst."""
    return _compiled(sheet, format="pdf", pdf_standards=["ua-1"])[0]


def pages_of(sheet: Sheet, dots_per_inch: float = 80.0) -> list[bytes]:
    """Each page as a PNG picture, to look at."""
    return _compiled(sheet, format="png", ppi=dots_per_inch)


def _compiled(sheet: Sheet, **how: Any) -> list[bytes]:
    try:
        import typst
    except ImportError:
        raise MissingExtra("A report as PDF", "report") from None
    source = resources.files("ictal.report").joinpath("templates", "filed.typ").read_bytes()
    said = json.dumps(_shown(_sheet(sheet)), ensure_ascii=False)
    made = typst.compile(source, font_paths=[], ignore_system_fonts=True, sys_inputs={"sheet": said}, **how)
    return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made or b"")]


def _sheet(sheet: Sheet) -> dict[str, Any]:
    return {
        "language": sheet.language,
        "paper": {"a4": "a4", "letter": "us-letter"}[sheet.paper],
        "title": sheet.title,
        "pseudonym": sheet.pseudonym,
        "simulated": sheet.simulated,
        "redacted": sheet.redacted,
        "version": sheet.version,
        "fixed": dict(sheet.fixed),
        "first": _section(sheet, sheet.first),
        "sections": [_section(sheet, s) for s in sheet.sections],
    }


def _shown(value: Any) -> Any:
    """The same with each character that the fonts have not as its code: `[U+6F22]`."""
    if isinstance(value, str):
        return _OUTSIDE.sub(lambda m: f"[U+{ord(m[0]):04X}]", value)
    if isinstance(value, dict):
        return {key: _shown(part) for key, part in value.items()}
    return [_shown(part) for part in value] if isinstance(value, list) else value


def _section(sheet: Sheet, section: Section) -> dict[str, Any]:
    blocks = [_block(sheet, b) for b in section.blocks]
    return {"key": section.key, "title": section.title, "level": section.level, "blocks": blocks}


def _block(sheet: Sheet, block: Text | Bullets | Table | Figure) -> dict[str, Any]:
    if isinstance(block, Text):
        return {"what": "text", "kind": block.kind, "label": block.label, "body": _words(sheet, block.words)}
    if isinstance(block, Bullets):
        return {"what": "list", "ordered": block.ordered, "items": [_words(sheet, i) for i in block.items]}
    if isinstance(block, Figure):
        share = 100 * block.share
        return {
            "what": "figure",
            "svg": on_paper(block.drawing),
            "alt": block.alt,
            "caption": block.caption,
            "share": share,
        }
    rows = [[_cell(sheet, c) for c in row] for row in block.rows]
    return {"what": "table", "caption": block.caption, "head": list(block.head), "rows": rows, "widths": _widths(block)}


def _words(sheet: Sheet, text: str) -> dict[str, str]:
    """A text with its language, so that it is read aloud as what it is."""
    return {"text": text, "lang": "en" if text in sheet.foreign else sheet.language}


def _cell(sheet: Sheet, cell: Cell) -> dict[str, str]:
    return {**_words(sheet, cell.text), "side": cell.side}


def _widths(table: Table) -> list[float]:
    """Shares of the width for columns of words; 0 for a column of short cells; below 0 a width in points.

    A column whose share would be narrower than its longest word has the width of that word."""
    columns = list(zip(*(table.head, *([c.text for c in row] for row in table.rows)), strict=True))
    longest = [max(map(len, column)) for column in columns]
    usual = [sum(map(len, column)) / len(column) for column in columns]
    pairs = zip(longest, usual, strict=True)
    shares = [0.0 if most <= LONGEST_AUTO else (0.25 * min(most, 160) + 0.75 * mean + 6) ** 0.7 for most, mean in pairs]
    if not any(shares):
        return [*shares[:-1], 1.0]
    words = [max(len(word) for text in column for word in _BREAK.split(text)) for column in columns]
    needed = [_LETTER_PT * letters + _PADDING_PT for letters in words]
    room = _WIDTH_PT - sum(_LETTER_PT * most + _PADDING_PT for most, s in zip(longest, shares, strict=True) if not s)
    whole = sum(shares)
    narrow = [s > 0 and room * s / whole < width for s, width in zip(shares, needed, strict=True)]
    if all(narrow[k] for k, s in enumerate(shares) if s):
        return shares
    return [-width if thin else s for s, width, thin in zip(shares, needed, narrow, strict=True)]
