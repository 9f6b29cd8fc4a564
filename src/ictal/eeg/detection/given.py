"""What others hand in, made plain: numbers that are numbers, texts that are texts. Anything else is a `ValueError`."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from numbers import Real

from ictal.eeg.detection.types import Discharge, Mark


def number(value: object, field: str) -> float:
    """The number as Python's own; those of NumPy, whatever their precision, are numbers too."""
    if not isinstance(value, Real):
        raise ValueError(f"{field} is {_shown(value)}, which is no number")
    return float(value)


def labels(value: object) -> tuple[str, ...]:
    """Names of channels: none, one, or several."""
    if value is None:
        return ()
    told = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, Iterable) else (value,)
    for label in told:
        if not isinstance(label, str):
            raise ValueError(f"channels has {_shown(label)}, which is no text")
    return told


def mark(event: object) -> Mark:
    """The mark that anything with `start_s` and `stop_s` says. A confidence of NaN is none."""
    confidence = getattr(event, "confidence", None)
    sure = math.nan if confidence is None else number(confidence, "confidence")
    return Mark(
        number(getattr(event, "start_s", None), "start_s"),
        number(getattr(event, "stop_s", None), "stop_s"),
        labels(getattr(event, "channels", ())),
        None if math.isnan(sure) else sure,
        event.where if isinstance(event, Mark) else "",
    )


def discharge(told: Discharge) -> Discharge:
    """The same discharge with plain numbers and texts. A frequency or amplitude of `None` is NaN: not measured."""
    for field in ("derivation", "electrode"):
        if not isinstance(getattr(told, field), str):
            raise ValueError(f"{field} is {_shown(getattr(told, field))}, which is no text")
    return replace(
        told,
        start_s=number(told.start_s, "start_s"),
        stop_s=number(told.stop_s, "stop_s"),
        frequency_hz=_measured(told.frequency_hz, "frequency_hz"),
        amplitude_uv=_measured(told.amplitude_uv, "amplitude_uv"),
        score=number(told.score, "score"),
    )


def _measured(value: object, field: str) -> float:
    return math.nan if value is None else number(value, field)


def _shown(value: object) -> str:
    return f"{value!r:.40}"
