"""What is known of a child: names, numbers, places and days, gathered from what came in and from what the user told.

From the header of an EDF file its patient and recording fields; from the file name its words; from findings.json, a CSV
or a Phenopacket what names the child there; from the study its table of identities; from `--known` one thing a line.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ictal.base.electrodes import modern_name
from ictal.base.errors import TableError, reason_of
from ictal.eeg.recording.edf_header import is_edf
from ictal.eeg.recording.edf_raw import read_texts
from ictal.eeg.recording.labels import HEAD_WITHOUT_PLACE, REFERENCES
from ictal.export.spellings import LONG, date_in, fold
from ictal.export.types import Case, Item
from ictal.export.words import words

ORDINARY = words("ordinary")
"""Words of EEG and of forms that name nobody: what is written here has them too."""

_PLACEHOLDERS = (date(1985, 1, 1), date(1900, 1, 1), date(1970, 1, 1))
_OF_IDENTITY = re.compile(
    r"name|pr[eé]nom|apellido|nombre|cognome|birth|born|geburt|naissance|nascita|nacimiento|hospital|klinik|clinic|address"
    r"|adresse|street|stra(?:ss|ß)e|phone|mother|father|mutter|vater|insur|patient|technic|physician|doctor|arzt"
    r"|(?<![a-z])(?:nom|dob|geb|mrn|fall|tel|e?mail)(?![a-z])",
    re.IGNORECASE,
)
_DATED = re.compile(
    r"\d{4}-\d\d?-\d\d?|\d\d?[./-]\d\d?[./-]\d{4}|\d\d?[-.]?[A-Za-z]{3}[-.]?\d{4}|(?<!\d)(?:19|20)\d{6}(?!\d)"
)

_GROUPS = re.compile(r"(?<!\w)\+?\(?\d[\d\s()/.-]{4,}\d(?!\w)")
_SAID = re.compile(
    r"(?<!\w)(?:(?P<day>\d\d?)(?:st|nd|rd|th|er|\.)?\s*(?:(?:of|de)\s+)?(?P<month>[^\W\d_]{3,10}|\d\d?)"
    r"|(?P<month_first>[^\W\d_]{3,10})\.?\s+(?P<second>\d\d?)(?:st|nd|rd|th)?)\.?,?\s+(?P<year>\d{4})(?!\w)",
    re.IGNORECASE,
)
"""A date within a sentence, in words: `born March 3, 2025`."""
_HUMPS = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")


@dataclass(frozen=True, order=True, slots=True)
class Word:
    """One name, number or place: what it is in words of ours, and its text."""

    kind: str
    text: str

    @property
    def numbered(self) -> bool:
        return any(c.isdigit() for c in self.text)


@dataclass(frozen=True, order=True, slots=True)
class Day:
    """One date, and what it is."""

    kind: str
    day: date


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """All of it. `person` tells children apart: equal for all recordings of one child, empty where nothing says who."""

    words: frozenset[Word] = frozenset()
    days: frozenset[Day] = frozenset()
    person: str = ""

    def __or__(self, other: Known) -> Known:
        return Known(self.words | other.words, self.days | other.days, self.person or other.person)

    def without(self, ordinary: Iterable[str]) -> Known:
        """Without words, and days as YYYY-MM-DD, that the user says are no identity."""
        left = {fold(word) for word in ordinary}
        words = frozenset(w for w in self.words if fold(w.text) not in left)
        return Known(words, frozenset(d for d in self.days if str(d.day) not in left), self.person)


def of_case(case: Case) -> Known:
    """What do the recordings and results of this case tell of the child?"""
    known = Known()
    for item in case.items:
        known |= of_item(item)
    return known


def of_item(item: Item) -> Known:
    """What does one recording tell of the child: its header, its file name, its dates, its findings?"""
    found = _words("the file name", Path(item.name).name)
    recorded = (item.findings or {}).get("recorded", {})
    found |= _words("the file name", Path(str(recorded.get("name") or "")).stem)
    if item.path is not None:
        found |= _words("the file name", item.path.stem)
        found |= _of_header(item.path)
    if item.start is not None:
        found |= _day("the date of the recording", item.start.date())
    return found


def of_names(name: str, number: str, birth: date | None) -> Known:
    """What the table of identities of a study holds."""
    born = Known() if birth is None else _day("the birth date", birth)
    return _words("the child's name", name, least=2) | _words("an identifier", number) | born


def of_file(path: Path) -> Known:
    """What the user told in a file: a name, number, place or date a line. Raises `TableError` where it is no text."""
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except OSError as error:
        raise TableError(f"'{path.name}' cannot be read: {reason_of(error)}.") from None
    except UnicodeDecodeError:
        raise TableError(f"'{path.name}' must be text in UTF-8, one name, number, place or date a line.") from None
    known = Known()
    for line in lines:
        known |= _words("what --known tells", line, least=2)
    return known


def of_record(path: Path) -> Known:
    """What a CSV or JSON with the record of a child tells of who it is."""
    if path.suffix.lower() == ".json":
        try:
            said = json.loads(path.read_bytes().decode("utf-8-sig"))
        except (OSError, ValueError):
            return Known()
        return _of_json(said) | _words("the file name", path.stem)
    return _of_table(path) | _words("the file name", path.stem)


def _of_json(said: Any) -> Known:
    known = Known()
    if not isinstance(said, dict):
        return known
    given = said.get("subject")
    subject: dict[str, Any] = given if isinstance(given, dict) else {}
    told = [said.get("id"), said.get("pseudonym"), subject.get("id"), *(subject.get("alternateIds") or ())]
    for text in told:
        known |= _words("an identifier", str(text or ""))
    born = _moment(str(subject.get("dateOfBirth") or ""))
    if born is not None:
        known |= _day("the birth date", born)
    return known | _strings_of(said)


def _strings_of(said: Any) -> Known:
    """Values whose key speaks of identity, at any depth."""
    known = Known()
    if isinstance(said, dict):
        for key, value in said.items():
            if isinstance(value, str) and _OF_IDENTITY.search(str(key)) and key != "name":
                born = _moment(value)
                known |= _words("the record", value) if born is None else _day("a date of the record", born)
            else:
                known |= _strings_of(value)
    elif isinstance(said, list):
        for value in said:
            known |= _strings_of(value)
    return known


def _of_table(path: Path) -> Known:
    """The cells of columns whose names speak of identity, and the pseudonyms."""
    try:
        text = path.read_bytes().decode("utf-8-sig", "replace")
    except OSError:
        return Known()
    first = text.split("\n", 1)[0]
    mark = max(",;\t", key=first.count)
    known = Known()
    for row in csv.DictReader(text.splitlines(), delimiter=mark):
        for column, cell in row.items():
            # `name` is the name of a treatment in our own table.
            if column and isinstance(cell, str) and column != "name" and _OF_IDENTITY.search(column):
                known |= _words("the record", cell, least=2)
            elif column == "pseudonym" and cell:
                known |= _words("the pseudonym", cell)
    return known


def _of_header(path: Path) -> Known:
    """The patient and recording fields of an EDF or BDF file."""
    with path.open("rb") as file:
        if not is_edf(file.read(256)):
            return _beside(path)
    texts = read_texts(path)
    known = _words("the patient field", texts.patient, least=2) | _words("the recording field", texts.recording)
    return Known(known.words, known.days, _person(texts.patient))


def _person(patient: str) -> str:
    """Who the patient field names, however it is written: by the code where there is one, else by names and birth date.

    >>> _person("47-11-22 F X Mueller_Anna") == _person("471122")
    True
    >>> _person("X F 03-MAR-2025 Mueller_Anna") == _person("Anna Mueller 2025-03-03")
    True
    """
    parts = [p for p in re.split(r"[\s,;]+", patient) if p and fold(p) not in ORDINARY]
    coded = [p for n, p in enumerate(parts) if date_in(p) is None and sum(map(str.isdigit, p)) >= (5 if n else 1)]
    if coded:
        return re.sub(r"[\W_]", "", fold(coded[0]))
    told = [[str(date_in(p))] if date_in(p) else re.split(r"[\W_]+", fold(p)) for p in parts]
    return " ".join(sorted({word for words in told for word in words if word and word not in ORDINARY}))


def _beside(path: Path) -> Known:
    """What the text headers of other formats say of the patient (`SubjectName=...`, `Name=...`, `MRN=...`)."""
    known = Known()
    if path.suffix.lower() not in (".vhdr", ".lay"):
        return known
    for line in path.read_bytes().decode("utf-8", "replace").splitlines():
        key, equals, value = line.partition("=")
        if equals and re.fullmatch(
            r"(?i)\s*(?:first|last|middle|subject|patient)?[\s_-]*(?:name|id|mrn)\s*|birthdate", key
        ):
            known |= _words("the patient field", value, least=2)
    return known


def _words(kind: str, text: str, least: int = 3) -> Known:
    """The words and dates of a text; ordinary words of EEG, and those too short to be told apart, are none."""
    whole = date_in(text)
    if whole is not None:
        return _day(kind, whole)
    days: set[Day] = set()
    for told in _SAID.finditer(text):
        day = date_in(f"{told['day'] or told['second']} {told['month'] or told['month_first']} {told['year']}")
        if day is not None:
            days.add(Day(kind, day))
            text = text.replace(told[0], " ")
    words = {Word(kind, one) for one in (*_divided(text), *_joined(text, least))}
    for token in re.split(r"[\s,;:^|()\[\]{}\"]+", text):
        day = date_in(token)
        if day is not None:
            days.add(Day(kind, day))
            continue
        inside = [date_in(text) for text in _DATED.findall(token)]
        days |= {Day(kind, one) for one in inside if one is not None}
        token = _DATED.sub(" ", token) if any(inside) else token
        for part in _parts(token):
            if _tells(part, least):
                words.add(Word(kind, part))
    return Known(frozenset(words), frozenset(d for d in days if d.day not in _PLACEHOLDERS))


def _divided(text: str) -> Iterator[str]:
    """Numbers written in groups, as telephones are: without their spaces, with and without the code of a country."""
    for one in _GROUPS.findall(text):
        digits = re.sub(r"\D", "", one)
        if date_in(one.strip()) is None and not _DATED.search(one) and 6 <= len(digits) <= 15:
            yield digits
            if one.startswith("+"):
                yield f"00{digits}"
                yield from (f"0{digits[code:]}" for code in (1, 2, 3))


def _joined(text: str, least: int) -> Iterator[str]:
    """Neighbours without the space between them, in both orders: `vandenberg`, `annaberg`, `sw1a1aa`."""
    parts = [p for p in re.split(r"[\W_]+", text) if p]
    for count in (2, 3):
        for first in range(len(parts) - count + 1):
            run = parts[first : first + count]
            if any(_tells(p, least) for p in run) and not all(p.isdigit() for p in run):
                yield from {"".join(way) for way in (run, run[::-1]) if len("".join(way)) >= LONG}


def _parts(token: str) -> Iterator[str]:
    """A token, and its parts where it is joined from several."""
    bare = token.strip("._-'/\\")
    if any(c.isdigit() for c in bare) and not bare.startswith("sub-"):
        yield bare
    for part in filter(None, re.split(r"[\s._/\\'+-]+", bare)):
        yield part
        yield from (p for p in _HUMPS.split(part) if p != part)


def _tells(part: str, least: int) -> bool:
    small = fold(part)
    if small in ORDINARY or len(small) < least:
        return False
    if part.isdigit():
        return len(part) >= 4
    if any(c.isdigit() for c in part):
        return len(part) >= 4 and re.fullmatch(r"\d+[a-z]{1,3}", small) is None  # 211s, 19ch
    known = part.upper() in HEAD_WITHOUT_PLACE | REFERENCES or modern_name(part) is not None
    return not known and re.fullmatch(r"x+", small) is None


def _day(kind: str, day: date) -> Known:
    return Known(days=frozenset() if day in _PLACEHOLDERS else frozenset({Day(kind, day)}))


def _moment(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).date()
    except ValueError:
        return date_in(text)
