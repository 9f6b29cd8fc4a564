"""What the EEG viewer asks for: the recording's outline, tiles of samples, the pyramid, trends, events, masks."""

from __future__ import annotations

import base64
import math
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from ictal.base.electrodes import electrode
from ictal.base.errors import UsageError
from ictal.base.time import IntervalSet
from ictal.eeg.signal import overview as overviews
from ictal.eeg.signal import view
from ictal.eeg.signal.types import HIDING, Derivation, Montage
from ictal.web import pages
from ictal.web.answers import Events
from ictal.web.gate import Door, who
from ictal.web.reading import Reading, Readings
from ictal.web.review_words import burden, seizure_json

router = APIRouter()
BYTES = "application/octet-stream"
_LONGEST_MASKS_S = 3600.0


class Numbers(Response):
    """16-bit numbers, little-endian."""

    media_type = BYTES


def opened(request: Request, number: str) -> Reading:
    """The recording that a request is about, and a line in the audit trail that it was opened."""
    readings: Readings = request.app.state.readings
    return readings.get(number)


def noted(request: Request, number: str, what: str) -> None:
    """Put into the audit trail who opened which recording."""
    door: Door = request.app.state.door
    door.note(who(request), what, recording=number)


@router.get("/recordings/{number}/eeg", response_class=HTMLResponse)
def eeg_page(request: Request, number: str) -> HTMLResponse:
    """The EEG viewer."""
    reading = opened(request, number)
    noted(request, number, "opened EEG")
    return pages.page(request, "eeg.html", about=reading.about, simulated=reading.recording.simulated)


@router.get("/api/recordings/{number}/eeg")
@router.get("/api/recordings/{number}/outline")
def outline(request: Request, number: str) -> dict[str, Any]:
    """What is this recording: its length, gaps, montages, filters, and what there is to look at?"""
    reading = opened(request, number)
    recording = reading.recording
    levels = reading.levels()
    return {
        "id": number,
        "label": reading.about.label,
        "simulated": recording.simulated,
        "start": recording.start.isoformat() if recording.start else None,
        "duration_s": recording.duration_s,
        "segments": [[s.start_s, s.stop_s] for s in recording.segments],
        "annotations": [[a.onset_s, a.duration_s, a.text] for a in recording.annotations[:2000]],
        "montages": [_montage(m) for m in reading.view.montages],
        "preferred": reading.view.preferred,
        "step_uv": view.STEP_UV,
        "not_recorded": view.NOT_RECORDED,
        "high_passes_hz": view.HIGH_PASSES_HZ,
        "low_passes_hz": view.LOW_PASSES_HZ,
        "notches_hz": view.NOTCHES_HZ,
        "levels": [
            {"bin_s": overviews.BIN_S * overviews.FEWER**k, "bins": level.shape[1]} for k, level in enumerate(levels)
        ],
        "analysed": reading.result is not None,
        "may_correct": who(request).role >= 2,
    }


@router.get("/api/recordings/{number}/tile", response_class=Numbers)
def tile(
    request: Request,
    number: str,
    montage: str,
    start_s: Annotated[float, Query(ge=-3600, le=1e8, allow_inf_nan=False)],
    seconds: Annotated[float, Query(gt=0, le=view.LONGEST_S)],
    band: Annotated[view.Band, Depends(view.Band)],
) -> Response:
    """Samples of one page: rows one after the other, 16-bit little-endian, steps of `step_uv`."""
    reading = opened(request, number)
    numbers = reading.view.tile(montage, start_s, seconds, band)
    headers = {"x-rate-hz": f"{reading.view.rate_hz(band):g}", "x-rows": str(numbers.shape[0])}
    return Numbers(numbers.astype("<i2", copy=False).tobytes(), headers=headers)


@router.get("/api/recordings/{number}/level/{level}", response_class=Numbers)
def pyramid(
    request: Request,
    number: str,
    level: Annotated[int, Path(ge=0, lt=overviews.LEVELS)],
    first: Annotated[int, Query(ge=0, le=10**9)],
    count: Annotated[int, Query(gt=0, le=20_000)],
) -> Response:
    """Least and greatest value of each bin, rows one after the other: `(rows, bins, 2)`, 16-bit little-endian."""
    levels = opened(request, number).levels()
    if level >= len(levels):
        raise UsageError("The overview of this recording is not made yet, or has not so many levels.")
    part = np.asarray(levels[level][:, first : first + count])
    headers = {"x-rows": str(part.shape[0]), "x-bins": str(part.shape[1])}
    return Numbers(part.astype("<i2", copy=False).tobytes(), headers=headers)


@router.get("/api/recordings/{number}/trends")
def trends(request: Request, number: str) -> dict[str, Any]:
    """Amplitude, spectrum and asymmetry of the whole recording; power as bytes: 0 unreadable, 1-255 by decibel."""
    found = opened(request, number).trends
    if found is None:
        return {"columns": 0}
    power = found["power"]
    with np.errstate(divide="ignore", invalid="ignore"):
        decibel = 10 * np.log10(power)
    finite = decibel[np.isfinite(decibel)]
    low, high = (float(q) for q in np.quantile(finite, (0.05, 0.995))) if finite.size else (0.0, 1.0)
    shade = 1 + 254 * np.clip((decibel - low) / max(high - low, 1e-6), 0, 1)
    told = np.where(np.isfinite(decibel), shade, 0).astype(np.uint8)
    return {
        "columns": int(power.shape[2]),
        "column_s": float(found["column_s"]),
        "amplitude_uv": [[_numbers(q) for q in side] for side in found["amplitude_uv"]],
        "asymmetry": _numbers(found["asymmetry"], 3),
        "bins": int(power.shape[1]),
        "bin_hz": overviews.BINS_HZ,
        "power": base64.b64encode(told.tobytes()).decode("ascii"),
        "decibel": [round(low, 1), round(high, 1)],
    }


@router.get("/api/recordings/{number}/events", response_model=Events)
def events(request: Request, number: str) -> dict[str, Any]:
    """Seizures as the readers left them; burden by hour: start, stop, minutes an hour; and the discharges.

    Of a discharge: start, stop, derivation, electrode, rhythm (Hz), amplitude (uV).
    """
    reading = opened(request, number)
    reviews, result = reading.reviews(), reading.result
    if reviews is None or result is None:
        return {"seizures": [], "burden": [], "discharges": []}
    return {
        "seizures": [seizure_json(reading, r) for r in reviews.reviewed],
        "burden": burden(reviews),
        "discharges": [
            [d.start_s, d.stop_s, d.derivation, _place(d.electrode), _number(d.frequency_hz), _number(d.amplitude_uv)]
            for d in result.discharges
        ],
    }


@router.get("/api/recordings/{number}/masks")
def masks(
    request: Request,
    number: str,
    start_s: Annotated[float, Query(ge=0, le=1e8, allow_inf_nan=False)],
    seconds: Annotated[float, Query(gt=0, le=_LONGEST_MASKS_S)],
) -> dict[str, Any]:
    """When could which electrode not be read? Whole seconds, by electrode."""
    result = opened(request, number).result
    if result is None:
        return {}
    first, last = math.floor(start_s), math.ceil(start_s + seconds)
    hidden = (result.masks.flags[:, first:last] & HIDING) != 0
    found = {}
    for derivation, row in zip(result.montage.derivations, hidden, strict=True):
        spans = [[i.start_s, i.stop_s] for i in IntervalSet.from_mask(row, 1.0, float(first))]
        if spans:
            found[derivation.electrode] = spans
    return found


def _montage(montage: Montage) -> dict[str, Any]:
    return {"name": montage.name, "rows": [_row(d) for d in montage.derivations]}


def _row(derivation: Derivation) -> dict[str, Any]:
    places = [electrode(n) for n in (derivation.electrode, derivation.minus) if n]
    sides = {p.hemisphere.value for p in places} - {"midline"}
    return {
        "label": derivation.label,
        "electrodes": [p.name for p in places],
        "side": sides.pop() if len(sides) == 1 else "midline",
    }


def _place(name: str) -> str:
    return electrode(name).name if name else ""


def _numbers(values: Any, digits: int = 1) -> list[float | None]:
    return [_number(v, digits) for v in values]


def _number(value: float, digits: int = 1) -> float | None:
    return round(float(value), digits) if math.isfinite(value) else None
