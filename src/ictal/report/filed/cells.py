"""Cells of the tables: a number goes in once, and comes out as words of the language and as a number for programs."""

from __future__ import annotations

from ictal.base.electrodes import ELECTRODES, modern_name
from ictal.eeg.findings.types import Fact, Share
from ictal.report import words as spoken
from ictal.report.filed.catalogue import Words, plain
from ictal.report.filed.types import Cell, Quantity
from ictal.report.scene import side_class

Number = float | int | None


def number(w: Words, value: Number, unit: str = "", digits: int | None = None, name: str = "") -> Cell:
    """A number with its unit; *not captured* where there is none."""
    if value is None:
        return Cell(w("frame.not_captured"))
    shown = plain(value, digits)
    return Cell(_with_unit(w.local(_minus(shown)), w.word(unit)), (Quantity(shown, unit, name=name),))


def between(w: Words, value: Number, ends: tuple[Number, Number], unit: str = "", digits: int | None = None) -> Cell:
    """A number with its 95 % interval."""
    low, high = ends
    if value is None or low is None or high is None:
        return number(w, value, unit, digits)
    texts = [plain(x, digits) for x in (value, low, high)]
    shown = [w.local(_minus(t)) for t in texts]
    return Cell(
        f"{_with_unit(shown[0], unit)} ({w('frame.to', a=shown[1], b=shown[2])})",
        (Quantity(texts[0], unit, *texts[1:]),),
    )


def share(w: Words, value: Share) -> Cell:
    """So many of so many, in per cent with the interval."""
    if not value.of or value.share is None:
        return Cell(w("frame.no_case"))
    counts = (Quantity(str(value.count), "count", name="count"), Quantity(str(value.of), "count", name="of"))
    text = w("frame.of", a=value.count, b=value.of)
    percent = plain(100 * value.share, 0)
    if value.low is None or value.high is None:
        return Cell(f"{text} ({percent} %)", (*counts, Quantity(percent, "%")))
    low, high = plain(100 * value.low, 0), plain(100 * value.high, 0)
    interval = w("frame.to", a=low, b=high)
    return Cell(f"{text} ({percent} %; {interval} %)", (*counts, Quantity(percent, "%", low, high)))


def fact(w: Words, found: Fact | None) -> Cell:
    """A fact of the findings in its own unit; shares as per cent."""
    if found is None or found.value is None:
        return Cell(w("frame.not_captured"))
    if found.interval.startswith("95 % interval") or (found.interval.startswith("exact") and found.unit == "1"):
        ends = tuple(None if x is None else 100 * x for x in (found.low, found.high))
        return between(w, 100 * found.value, (ends[0], ends[1]), "%", 0)
    unit = "" if found.unit in ("1", "count") else found.unit
    return between(w, found.value, (found.low, found.high), unit)


def span(w: Words, seconds: float) -> Cell:
    """A length of time as it is said, its number in seconds as it is shown."""
    text = spoken.span(seconds)
    return Cell(w.local(text), (Quantity(plain(seconds, 1 if seconds < 9.95 else 0), "s"),))


def at(w: Words, seconds: float) -> Cell:
    """A time of the recording, `h:mm:ss`; its number in seconds."""
    return Cell(spoken.in_recording(seconds), (Quantity(plain(round(seconds), 0), "s"),))


def age(w: Words, days: float) -> Cell:
    """An age as a clinician says it, with its days."""
    shown = plain(days) if days != round(days) else plain(days, 0)
    return Cell(w("frame.days", n=w.local(shown)), (Quantity(shown, "d"),))


def place(w: Words, written: str, electrode_name: str) -> Cell:
    """An electrode as the file wrote it, with its side."""
    return Cell(written, (), side_class(electrode_name))


def where(w: Words, electrode_name: str) -> str:
    """The side and lobe of an electrode in words."""
    known = ELECTRODES.get(modern_name(electrode_name) or "")
    return "" if known is None else w("place.where", side=w.word(str(known.hemisphere)), lobe=w.word(str(known.lobe)))


def words(w: Words, text: str) -> Cell:
    """A sentence of another room."""
    return Cell(w.said(text))


def _with_unit(shown: str, unit: str) -> str:
    return f"{shown} {unit}" if unit else shown


def _minus(text: str) -> str:
    return text.replace("-", "−")
