"""The words of the report in one language: a catalogue of keys, and sentences of other rooms said in that language.

The rooms below speak English. `Words.said` finds the sentence of the catalogue that was spoken, by the English text
with its gaps, and says it in the other language with what stood in the gaps. What no entry fits stays English and is
remembered in `foreign`, so that a page can mark its language and a test can count it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}

_GAP = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"(?<![\w.,:/])[-−+]?\d+(?:\.\d+)?(?![\w]|\.\d|:\d)")
_BETWEEN = re.compile(r"(?<=[a-z0-9)%'][.]) (?=[A-Z'])")
_SEMICOLON, _COMMA = re.compile(r"; (?![^(]*\))"), re.compile(r", (?![^(]*\))")
"""Marks between the parts of a list, outside of brackets."""
_INSIDE = {"n": r"[-−+]?[\d.]+", "z": r"\d+(?:, \d+)*", "w": r"\S+", "o": r"[^()]+?"}
_NUMBER_ONLY = re.compile(r"[-−+]?\d+(?:\.\d+)?")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every key with its words in this language; the keys of a table are joined to its name by a dot."""
    text = resources.files("ictal.report.filed").joinpath("locale", f"{language}.toml").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for table, entries in tomllib.loads(text).items():
        found |= {f"{table}.{key}": str(said) for key, said in entries.items()}
    return found


def gaps(text: str) -> frozenset[str]:
    """Which gaps has a text of the catalogue?"""
    return frozenset(_GAP.findall(text))


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each English text of the table `said` as a pattern, those with the most fixed letters first."""
    said = {key: text for key, text in catalogue("en").items() if key.startswith("said.") and gaps(text)}
    ordered = sorted(said.items(), key=lambda item: -len(_GAP.sub("", item[1])))
    return tuple((_pattern(text), key) for key, text in ordered)


@cache
def _exact() -> Mapping[str, str]:
    return {text: key for key, text in catalogue("en").items() if not gaps(text)}


def _pattern(text: str) -> re.Pattern[str]:
    """A gap named `n...` takes a number, `z...` several, `w...` one word,
    `o...` anything without brackets, any other anything."""
    parts, at, seen = [], 0, set()
    for gap in _GAP.finditer(text):
        parts.append(re.escape(text[at : gap.start()]))
        name, at = gap[1], gap.end()
        inside = _INSIDE.get(name[0], r".+?")
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>{inside})")
        seen.add(name)
    return re.compile("".join((*parts, re.escape(text[at:]))), re.DOTALL)


class Words:
    """What is said in one language; one object for one report."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.foreign: set[str] = set()
        self._known = catalogue(language)

    def __call__(self, key: str, /, **gaps_: object) -> str:
        """The words of a key, its gaps filled: numbers as this language writes them."""
        return self._filled(self._known[key], {k: self._shown(v) for k, v in gaps_.items()})

    def number(self, value: float, digits: int | None = None) -> str:
        """A number as it is written here; `digits` behind the point, else three figures that count."""
        return self.local(plain(value, digits))

    def local(self, text: str) -> str:
        """Numbers of an English text as this language writes them; times, versions and names are left alone."""
        if self.language == "en":
            return text
        return _NUMBER.sub(lambda m: m[0].replace(".", ","), text)

    def said(self, sentence: str) -> str:
        """A sentence of another room in this language; the English one, remembered, where the catalogue has none."""
        if self.language == "en" or not sentence.strip():
            return sentence
        found = self._found(sentence)
        if found is None:
            self.foreign.add(sentence)
            return sentence
        return found

    def word(self, english: str) -> str:
        """A single word or name in this language; names and symbols that need none stay as they are."""
        return self._found(english) or self.local(english)

    def joined(self, parts: Iterable[str]) -> str:
        """A list of sentences or names, with the mark that this language puts between them."""
        return (" ; " if self.language == "fr" else "; ").join(parts)

    def named(self, name: str, text: str) -> str:
        """A name and what is said of it: `Onset: yes`, `Début : oui`."""
        return f"{name} : {text}" if self.language == "fr" else f"{name}: {text}"

    def day(self, iso: str) -> str:
        """A date as it is written here: `2026-11-26`, `26/11/2026`."""
        if self.language == "fr" and re.fullmatch(r"\d{4}-\d\d-\d\d", iso):
            year, month, day = iso.split("-")
            return f"{day}/{month}/{year}"
        return iso

    def _found(self, text: str) -> str | None:
        """The words for a text, also where only its first letter is written otherwise."""
        for asked in (text, text[:1].swapcase() + text[1:]):
            found = self._fitting(asked)
            if found is not None:
                return found if asked is text else found[:1].swapcase() + found[1:]
        return None

    def _fitting(self, text: str) -> str | None:
        key = _exact().get(text)
        if key is not None:
            return self._known[key]
        if _NUMBER_ONLY.fullmatch(text):
            return self.local(text)
        sentences = _BETWEEN.split(text)
        if len(sentences) > 1:
            said = [self._found(sentence) for sentence in sentences]
            if all(one is not None for one in said):
                return " ".join(map(str, said))
        for pattern, key in _shapes():
            match = pattern.fullmatch(text)
            if match:
                gaps_ = {name: self._inside(value) for name, value in match.groupdict().items()}
                return self._filled(self._known[key], gaps_)
        if "; " in text:
            parts = [self._found(part) for part in text.split("; ")]
            if all(part is not None for part in parts):
                return self.joined(map(str, parts))
        return None

    def _inside(self, text: str) -> str:
        """What stood in a gap: a sentence, a list, or words of its own."""
        found = self._found(text)
        if found is not None:
            return found
        for mark, between in (("; ", _SEMICOLON), (", ", _COMMA)):
            parts = between.split(text)
            if len(parts) > 1:
                told = [self._inside(part) for part in parts]
                return self.joined(told) if mark == "; " else mark.join(told)
        return self.local(text)

    def _shown(self, value: object) -> str:
        if isinstance(value, float):
            return self.number(value)
        return str(value)

    @staticmethod
    def _filled(text: str, values: Mapping[str, str]) -> str:
        return _GAP.sub(lambda gap: values.get(gap[1], gap[0]), text)


def plain(value: float, digits: int | None = None) -> str:
    """A number as programs read it: `digits` behind the point, else three figures that count; never `-0`."""
    if digits is not None:
        text = f"{value:.{digits}f}"
    elif value == round(value) and abs(value) < 1e6:
        text = f"{value:.0f}"
    else:
        text = f"{value:.3g}" if 0.0005 <= abs(value) < 1000 else f"{value:.0f}"
    return text.removeprefix("-") if float(text) == 0 else text
