"""How times, spans, shares and other numbers are written, alike in every table and figure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from ictal.eeg.findings.types import Share


def in_recording(time_s: float) -> str:
    """A time counted from the first sample: `1:02:33`."""
    whole = round(time_s)
    return f"{whole // 3600}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def clock(start: datetime | None, time_s: float) -> str:
    """The wall clock at a time of the recording: `23:59:10`, on a later day `00:00:05 (day 2)`; empty when unknown."""
    if start is None:
        return ""
    moment = start + timedelta(seconds=round(time_s))
    days = (moment.date() - start.date()).days
    return f"{moment:%H:%M:%S}" + (f" (day {days + 1})" if days else "")


def span(seconds: float) -> str:
    """A length of time as it is said: `4.2 s`, `38 s`, `2 min 5 s`, `3 h 12 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        minutes, rest = divmod(whole, 60)
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def signed_s(seconds: float) -> str:
    """Seconds with a sign: `+3.2 s`, `−0.4 s`, `0 s`."""
    text = f"{abs(seconds):.1f}".removesuffix(".0")
    if text == "0":
        return "0 s"
    return f"{'+' if seconds > 0 else '−'}{text} s"


def percent(share: float) -> str:
    """A share in per cent; a little is `< 1 %`, not 0, and nearly all is `> 99 %`, not 100."""
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


def share(value: Share) -> str:
    """A share with its interval: `5 of 8 (63 %, 95 % interval 31 to 86 %)`; `none to judge by` without a case."""
    if not value.of or value.share is None:
        return "no case to judge by"
    text = f"{value.count} of {value.of}"
    if value.low is None or value.high is None:
        return f"{text} ({percent(value.share)})"
    return f"{text} ({percent(value.share)}, 95 % interval {100 * value.low:.0f} to {100 * value.high:.0f} %)"


def number(value: float) -> str:
    """Three figures that count: `0.83`, `12.5`, `140`, `−1`; `n/a` for what is not known."""
    if not math.isfinite(value):
        return "n/a"
    if value < 0:
        return f"−{number(-value)}"
    if value == round(value) and abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def counted(count: int, one: str, many: str | None = None) -> str:
    """A number and its noun: `1 seizure`, `2 seizures`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def plain(value: object) -> str:
    """A setting's or a parameter's value in words."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {plain(v)}" for k, v in value.items()) or "none"
    if isinstance(value, (tuple, list, frozenset, set)):
        return ", ".join(plain(v) for v in value) or "none"
    return str(value)


def flattened(settings: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    """The rows of nested settings: `detection.shortest_s` and its value."""
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from flattened({str(k): v for k, v in value.items()}, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", plain(value)


GLOSSARY: tuple[tuple[str, str], ...] = (
    ("recording", "One EEG file: named channels, microvolts, seconds from its first sample. It may have gaps."),
    ("derivation", "One signal that was looked at: an electrode minus another electrode, minus the average, or minus "
     "its neighbours (surface Laplacian)."),
    ("discharge", "One run of ictal activity on one derivation, with its frequency, amplitude and score."),
    ("leg", "The stay of a seizure in one place: discharges of neighbouring derivations, with one electrode as their "
     "centre."),
    ("seizure", "Legs that belong together in time. Two seizures may be open at once."),
    ("spread", "The next place is a neighbour and joins while the first goes on."),
    ("migration", "The next place is another region or the other hemisphere, and the first wanes while the next rises: "
     "a handover, with its gap or overlap in seconds."),
    ("independent", "Two legs at once, far apart, neither led by the other."),
    ("pattern", "What a seizure is as a whole: focal, spreading, migrating, bilateral (starts on both sides at once), "
     "or uncertain."),
    ("focus", "A place where seizures of this recording keep starting."),
    ("burden", "Seizure minutes per recorded hour. The hours count only what could be read."),
    ("status", "A burden rule by age. The rule used is printed with the answer."),
    ("not captured", "Nobody looked, or could not have seen it. Never the same as absent."),
    ("confidence, score", "From 0 to 1: how surely this is a seizure, or ictal activity. It is not a probability that "
     "was checked on infants."),
    ("readable", "Recorded, and not hidden by a gap, a flat or disconnected electrode, saturation, muscle, movement or "
     "mains interference."),
    ("truth", "What a simulation knows of itself. It was not shown to the analysis."),
)  # fmt: skip
"""The words of the report and what they mean."""
