"""The rows of an events table: SzCORE's seven columns, and for BIDS `trial_type` and `HED` behind them.

Source of the columns: SzCORE (Dan et al., Epilepsia 2024); a recording without a seizure has one `bckg` row.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ictal.base.electrodes import electrode
from ictal.eeg.tracking.types import Leg
from ictal.exchange.columns import (
    BACKGROUND,
    DATE_TIME,
    DISCHARGE_COLUMNS,
    LEG_COLUMNS,
    NOT_KNOWN,
    PATH_JOINT,
    SEIZURE_COLUMNS,
    SZCORE_COLUMNS,
)
from ictal.exchange.tables import clean_cell
from ictal.exchange.types import EventRow, Events
from ictal.export.hed import tags_of
from ictal.export.types import Item

_PLACE = SEIZURE_COLUMNS[len(SZCORE_COLUMNS) :]
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
    confidence = NOT_KNOWN if row.confidence is None else f"{row.confidence:.2f}"
    channels = clean_cell(",".join(row.channels)) if row.channels else NOT_KNOWN
    return (*_span(row.start_s, row.stop_s), row.event_type, confidence, channels)


def _trial_type(row: EventRow) -> str:
    """The word of the sidecar for this code: SzCORE has seventy of them, which all say focal or not."""
    return "sz_foc" if row.event_type.startswith("sz_foc") else "sz"


def seizures_text(item: Item) -> str:
    """The table seizures.tsv of the contract, from what was read of it."""
    events = item.events or Events(())
    first, *rest = (line.split("\t") for line in events_text(item, bids=False).splitlines())
    placed = [_placed(item, row, number) for number, row in enumerate(events.rows, start=1)]
    rows = zip(rest, placed or [(NOT_KNOWN,) * len(_PLACE)], strict=True)
    return table_text((*first, *_PLACE), ([*cells, *more] for cells, more in rows))


def legs_text(item: Item, *, bids: bool = False) -> str:
    """The table legs.tsv of the contract; onset and duration first, where BIDS asks for it."""
    first = ("onset", "duration")
    columns = (*first, *(c for c in LEG_COLUMNS if c not in first)) if bids else LEG_COLUMNS
    rows = []
    for number, row in enumerate((item.events or Events(())).rows, start=1):
        for count, leg in enumerate(row.legs, start=1):
            cells = dict(zip(LEG_COLUMNS, (row.seizure_id or str(number), str(count), *_leg(item, leg)), strict=True))
            rows.append([cells[c] for c in columns])
    return table_text(columns, rows)


def discharges_text(item: Item) -> str:
    """The table discharges.tsv of the contract."""
    found = (item.events or Events(())).discharges
    rows = (
        (*_span(d.start_s, d.stop_s), clean_cell(d.derivation), _number(d.frequency_hz, 2), _number(d.amplitude_uv, 1),
         _number(d.score, 3))
        for d in found
    )  # fmt: skip
    return table_text(DISCHARGE_COLUMNS, rows)


def _placed(item: Item, row: EventRow, number: int) -> tuple[str, ...]:
    own = row.seizure_id or str(number)
    pattern = NOT_KNOWN if row.pattern is None else row.pattern.value
    if not row.path:
        return (own, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, pattern, NOT_KNOWN, NOT_KNOWN)
    place = electrode(row.path[0])
    crosses = {"left", "right"} <= {electrode(p).hemisphere.value for p in row.path}
    path = PATH_JOINT.join(_written(item, p) for p in row.path)
    return (
        own,
        _written(item, place.name),
        place.hemisphere.value,
        place.lobe.value,
        pattern,
        str(crosses).lower(),
        path,
    )


def _leg(item: Item, leg: Leg) -> tuple[str, ...]:
    place = electrode(leg.electrode)
    return (
        *_span(leg.start_s, leg.stop_s),
        _written(item, place.name),
        place.hemisphere.value,
        place.lobe.value,
        _number(leg.frequency_hz, 2),
        _number(leg.amplitude_uv, 1),
        clean_cell(",".join(leg.channels)),
        NOT_KNOWN if leg.came_from is None else str(leg.came_from + 1),
        NOT_KNOWN if leg.came_by is None else leg.came_by.value,
    )


def _written(item: Item, place: str) -> str:
    return place if item.recording is None else clean_cell(item.recording.written_name(place))


def _span(start_s: float, stop_s: float) -> tuple[str, str]:
    start = round(start_s, 2)
    return f"{start:.2f}", f"{round(stop_s, 2) - start:.2f}"


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if math.isfinite(value) else NOT_KNOWN
