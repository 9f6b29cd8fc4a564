"""Which annotations are seizures, and which two are the start and the end of one?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ictal.base.errors import UsageError
from ictal.eeg.detection.types import Mark
from ictal.eeg.recording.types import Annotation

_SEIZURE = (
    r"\b(?:seizures?|sei[sz]|szs?|sz_\w+|ictal|fits?|krampf\w*|(?:\w+)?anf(?:a|ä|ae)ll\w*|crises?|crisis|crisi|convuls\w*"
    r"|aanval\w*|napad\w*)(?![a-z])"
)
_NOT = (
    r"\b(?:no|not|non|without|kein\w*|nicht|ohne|pas\s+de|sans|nessuna|sin|post|pre|prae|prä|inter|peri|pseudo|last|letzter|risk\s+of)"
    r"[\s_-]*(?:\w+\s+){0,2}?(?:seizures?|ictal|iktal\w*|epilep\w*|szs?|anf(?:a|ä|ae)ll\w*|crises?|crisis|convuls\w*)"
    r"|\b(?:post|inter|pre|peri)i[ck]tal|\bfit\b[^a-z]*(?:electrode|cap)|\bby ictal\b|^ictal:"
)
_START = r"(?<![a-z])(?:start\w*|onset|begin\w*|began|anfang|beginn|d[ée]but|inizio|inicio|on)(?![a-z])"
_END = r"(?<![a-z])(?:end\w*|stop\w*|offset|ende|fin|fine|off|over|termin\w*)(?![a-z])"


@dataclass(frozen=True, slots=True)
class Words:
    """How a text says that it marks a seizure. `own`: by a pattern that the user gave."""

    pattern: re.Pattern[str]
    own: bool

    @classmethod
    def of(cls, pattern: str | None) -> Words:
        """The user's pattern, else the words of this module. Raises `UsageError` for one that is no pattern."""
        if pattern is None:
            return cls(re.compile(_SEIZURE, re.IGNORECASE), own=False)
        try:
            return cls(re.compile(pattern, re.IGNORECASE), own=True)
        except re.error as error:
            raise UsageError(f"--event-pattern '{pattern}' is no regular expression: {error}.") from None

    @property
    def said(self) -> str:
        return self.pattern.pattern if self.own else "the usual words"

    def mean_seizure(self, text: str) -> bool:
        """Does this text mark a seizure?"""
        if self.pattern.search(text) is None:
            return False
        return self.own or re.search(_NOT, text, re.IGNORECASE) is None


def pairs(annotations: Iterable[Annotation], words: Words) -> tuple[tuple[Mark, ...], tuple[str, ...], tuple[str, ...]]:
    """Marks, the texts of annotations that are no seizures, and whole sentences about what did not fit.

    An annotation with a length is a mark. One without opens a seizure, which the next end of the same name closes
    (`seizure 2 start`, `seizure 2 end`); what stays open is a mark without a length. Sentences give the number of an
    annotation and not its text, which may hold a name.
    """
    marks: list[Mark] = []
    others: list[str] = []
    notes: list[str] = []
    open_now: dict[str, list[tuple[float, str]]] = {}
    for number, a in enumerate(sorted(annotations), start=1):
        if not words.mean_seizure(a.text):
            others.append(a.text)
            continue
        where, name = f"annotation {number}", _name(a.text)
        if a.duration_s > 0:
            marks.append(Mark(a.onset_s, round(a.onset_s + a.duration_s, 6), where=where))
        elif re.search(_END, a.text, re.IGNORECASE):
            waiting = open_now.get(name) or []
            if waiting:
                began_s, told = waiting.pop(0)
                marks.append(Mark(began_s, a.onset_s, where=told))
            else:
                notes.append(f"Annotation {number} at {a.onset_s:.1f} s ends a seizure that no other begins.")
        else:
            open_now.setdefault(name, []).append((a.onset_s, where))
    marks += [Mark(began_s, began_s, where=told) for waiting in open_now.values() for began_s, told in waiting]
    return tuple(sorted(marks, key=lambda m: (m.start_s, m.stop_s, m.where))), tuple(others), tuple(notes)


def _name(text: str) -> str:
    """What is left of a text without the words for start and end."""
    bare = re.sub(f"{_START}|{_END}", " ", text.lower())
    return " ".join(re.findall(r"\w+", bare))
