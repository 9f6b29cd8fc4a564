"""The rows of an events table: SzCORE's seven columns, and for BIDS `trial_type` and `HED` behind them.

Source of the columns: SzCORE (Dan et al., Epilepsia 2024); a recording without a seizure has one `bckg` row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ictal.exchange.columns import BACKGROUND, DATE_TIME, NOT_KNOWN, SZCORE_COLUMNS
from ictal.exchange.tables import clean_cell
from ictal.exchange.types import EventRow, Events
from ictal.export.hed import tags_of
from ictal.export.types import Item

BIDS_COLUMNS = (*SZCORE_COLUMNS, "trial_type", "HED")


def events_text(item: Item, *, bids: bool) -> str:
    """The events table of one recording, with the columns of BIDS and HED or with SzCORE's alone."""
    events = item.events or Events(())
    length_s = item.recording.duration_s if item.recording is not None else events.recording_duration_s
    start = item.start.strftime(DATE_TIME) if item.start is not None else NOT_KNOWN
    ends = (start, NOT_KNOWN if length_s is None else f"{length_s:.2f}")
    rows: list[Sequence[str]] = []
    for row in events.rows:
        rows.append((*_szcore(row), *ends, *((_trial_type(row), tags_of(row)) if bids else ())))
    if not rows:
        whole = ("0.00", ends[1], BACKGROUND, NOT_KNOWN, NOT_KNOWN, *ends)
        rows.append((*whole, *((BACKGROUND, NOT_KNOWN) if bids else ())))
    return table_text(BIDS_COLUMNS if bids else SZCORE_COLUMNS, rows)


def table_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A tab-separated table."""
    return "".join("\t".join(cells) + "\n" for cells in (columns, *rows))


def _szcore(row: EventRow) -> tuple[str, ...]:
    start_s = round(row.start_s, 2)
    confidence = NOT_KNOWN if row.confidence is None else f"{row.confidence:.2f}"
    channels = clean_cell(",".join(row.channels)) if row.channels else NOT_KNOWN
    return f"{start_s:.2f}", f"{round(row.stop_s, 2) - start_s:.2f}", row.event_type, confidence, channels


def _trial_type(row: EventRow) -> str:
    """The word of the sidecar for this code: SzCORE has seventy of them, which all say focal or not."""
    return "sz_foc" if row.event_type.startswith("sz_foc") else "sz"
