"""Every number of the report as rows for programs: name, value, unit, lower, upper, source."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from ictal.report.filed.types import Cell, Quantity, Sheet

COLUMNS = ("name", "value", "unit", "lower", "upper", "source")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*")


def number_rows(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    """The numbers of every table, in order, as the report shows them, with a point before the decimals.

    A name says where it stands: section / table / row / column. Numbers that stand within words (a date, a quoted
    limit) are listed as they are written, each with the unit `text`.
    """
    rows = []
    for section, table in sheet.tables:
        for number, cells in enumerate(table.rows, 1):
            row = cells[0].text or str(number)
            for column, cell in zip(table.head, cells, strict=True):
                place = f"{section.key} / {table.key} / {row} / {column}"
                for one in _numbers(cell, sheet.language):
                    name = f"{place} / {one.name}" if one.name else place
                    rows.append((name, one.value, one.unit, one.low, one.high, table.source))
    return tuple(rows)


def csv_text(sheet: Sheet) -> str:
    """The rows as CSV; a cell never begins a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in number_rows(sheet):
        writer.writerow([f"'{c}" if c[:1] in ("=", "+", "@") else c for c in row])
    return out.getvalue()


def _numbers(cell: Cell, language: str) -> Iterator[Quantity]:
    """The numbers that were put into the cell, and those that stand in its words beside them."""
    yield from cell.quantities
    known = {t for q in cell.quantities for v in (q.value, q.low, q.high) for t in _TOKEN.findall(v)}
    for token in _TOKEN.findall(cell.text):
        value = token.replace(",", ".") if language != "en" and re.fullmatch(r"\d+,\d+", token) else token
        if value not in known:
            known.add(value)
            yield Quantity(value, "text")
