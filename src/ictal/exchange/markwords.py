"""Which annotations are seizures, and which two are the start and the end of one?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ictal.base.errors import UsageError
from ictal.eeg.detection.types import Mark
from ictal.eeg.recording.types import Annotation

_SEIZURE = (
    r"\b(?:seizures?|sei[sz]|szs?|sz_\w+|ictal|iktal\w*|status\s+epilepticus|fits?|krampf\w*|(?:\w+)?anf(?:a|ä|ae)ll\w*"
    r"|crises?|crisis|crisi|convuls\w*|aanval\w*|napad\w*)(?![a-z])"
)
_NOT = (
    r"\b(?:no|not|non|without|kein\w*|nicht|ohne|pas\s+de|sans|nessuna|sin|post|pre|prae|prä|inter|peri|pseudo|last|letzter|risk\s+of)"
    r"[\s_-]*(?:\w+\s+){0,2}?(?:seizures?|ictal|iktal\w*|epilep\w*|szs?|anf(?:a|ä|ae)ll\w*|crises?|crisis|convuls\w*)"
    r"|\b(?:post|inter|pre|peri)i[ck]tal|(?:seizures?|sz|crises?|anfalls|krampf)[\s_-]*frei?e?\b"
    r"|\b(?:seizures?|szs?|crises?|anf(?:a|ä|ae)lle?)\s*[:=]\s*(?:0|no|none|nein|keine?|non|aucune)\b"
    r"|\b(?:absence\s+of|denies|history\s+of|hx\s+of)\s+(?:\w+\s+)?seizures?"
    r"|\bseizure\s+(?:detect\w*|precaution\w*|medic\w*|alarm|log|diary)"
    r"|\bfit\b[^a-z]*(?:electrode|cap)|\bby ictal\b|^ictal:"
)
_START = (
    r"(?<![a-z])(?:anfalls(?=beginn|anfang|start))?(?:start\w*|onset|begin\w*|began|anfang|d[ée]but|inizio|inicio|on)"
    r"(?![a-z])"
)
_END = r"(?<![a-z])(?:anfalls(?=end))?(?:end\w*|stop\w*|offset|ende|fin|fine|off|over|termin\w*)(?![a-z])"


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
        if self.own:
            return self.pattern.search(text) is not None
        plain = _apart(text)
        return self.pattern.search(plain) is not None and re.search(_NOT, plain, re.IGNORECASE) is None


def _apart(text: str) -> str:
    """`SeizureStart` as two words."""
    return re.sub(r"(?<=[a-zäöü])(?=[A-ZÄÖÜ])", " ", text)


def pairs(annotations: Iterable[Annotation], words: Words) -> tuple[tuple[Mark, ...], tuple[str, ...], tuple[str, ...]]:
    """Marks, the texts of annotations that are no seizures, and whole sentences about what did not fit.

    An annotation with a length is a mark. One without opens a seizure, which the next end closes: the last begun of
    the same name (`seizure 2 start`, `seizure 2 end`), else the only one with these words and more, or fewer
    (`seizure start C3`, `seizure end`); one that says start goes before one that does not. What stays open is a mark
    without a length. Sentences give the number of an annotation and not its text, which may hold a name.
    """
    marks: list[Mark] = []
    others: list[str] = []
    notes: list[str] = []
    open_now: list[_Open] = []
    for number, a in enumerate(sorted(annotations), start=1):
        if not words.mean_seizure(a.text):
            others.append(a.text)
            continue
        where, name = f"annotation {number}", _name(a.text)
        if a.duration_s > 0:
            marks.append(Mark(a.onset_s, round(a.onset_s + a.duration_s, 6), where=where))
        elif re.search(_END, _apart(a.text), re.IGNORECASE):
            begun = _begun(open_now, name)
            if begun is not None:
                open_now.remove(begun)
                marks.append(Mark(begun.onset_s, a.onset_s, where=begun.where))
            else:
                notes.append(f"Annotation {number} at {a.onset_s:.1f} s ends a seizure that no other begins.")
        else:
            says_start = re.search(_START, _apart(a.text), re.IGNORECASE) is not None
            open_now.append(_Open(says_start, a.onset_s, where, name))
    marks += [Mark(one.onset_s, one.onset_s, where=one.where) for one in open_now]
    return tuple(sorted(marks, key=lambda m: (m.start_s, m.stop_s, m.where))), tuple(others), tuple(notes)


@dataclass(frozen=True, order=True, slots=True)
class _Open:
    """A seizure whose end was not yet met."""

    says_start: bool
    onset_s: float
    where: str
    name: str


def _begun(open_now: Sequence[_Open], name: str) -> _Open | None:
    """Which of those open does an end of this name end?"""
    same = [one for one in open_now if one.name == name]
    words = set(name.split())
    like = [one for one in open_now if words <= set(one.name.split()) or words >= set(one.name.split())]
    return max(same or (like if len(like) == 1 else ()), default=None)


def _name(text: str) -> str:
    """What is left of a text without the words for start and end."""
    bare = re.sub(f"{_START}|{_END}", " ", _apart(text).lower())
    return " ".join(re.findall(r"\w+", bare))
