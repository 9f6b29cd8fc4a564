"""In how many ways may a name, a number or a date be written? What an audit searches for, and how it reads.

A text is folded before it is searched: small letters, no accents, `ß` as `ss`. A name is searched in its folded form,
with umlauts as two letters (`Müller`, `Muller`, `Mueller`), as UTF-8 read as Latin-1, and with `?` or `_` in the
place of what ASCII cannot say. A date is searched in the orders and separators of forms and file headers, with the
months of five languages.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"})
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "ñ": "ny"})
_MONTHS = (
    "jan january januar janvier enero gennaio janv ene gen", "feb february februar fevrier febrero febbraio fev fevr",
    "mar march marz maerz mars marzo mrz", "apr april avril abril aprile avr abr", "may mai mayo maggio mag",
    "jun june juni juin junio giugno giu", "jul july juli juillet julio luglio juil lug",
    "aug august aout agosto ago", "sep sept september septembre septiembre settembre set",
    "oct okt october oktober octobre octubre ottobre ott", "nov november novembre noviembre",
    "dec dez december dezember decembre diciembre dicembre dic",
)  # fmt: skip
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_ONE_LETTER = {"ae": "ä", "oe": "ö", "ue": "ü", "aa": "å"}
_SOUND = re.compile("ae|oe|ue|aa|.", re.IGNORECASE | re.DOTALL)
_JOINT = r"[ _/()-]{0,2}"
LONG = 5
"""From this length on a name is found within other words too; a shorter one stands by itself."""
LONG_NUMBER = 6
"""From this length on a number is found however it is divided; a shorter one could stand so by chance."""


def fold(text: str) -> str:
    """Small letters without accents.

    >>> fold("MÜLLER-Strauß")
    'muller-strauss'
    """
    small = text.casefold().translate(_LETTERS)
    return "".join(c for c in unicodedata.normalize("NFKD", small) if not unicodedata.combining(c))


def forms(name: str) -> frozenset[str]:
    """The folded forms in which a whole name stands in a folded text, each in one way throughout."""
    small = name.casefold()
    found = {fold(small), fold(name.lower().translate(_TWO_LETTERS)), fold(one_letter(name))}
    if not name.isascii():
        found |= {"".join(way[n] for way in map(_ways, name)) for n in range(len(_ways("ä")))}
    return frozenset(f for f in found if f)


def one_letter(name: str) -> str:
    """The name as it was before ASCII took two letters for one.

    >>> one_letter("Mueller")
    'müller'
    """
    return re.sub("ae|oe|ue|aa", lambda two: _ONE_LETTER[two[0]], name.lower())


def _ways(letter: str) -> tuple[str, ...]:
    """How may one letter stand in a folded text: plain, as two, as UTF-8 read as Latin-1, as what ASCII lacks?"""
    if letter.isascii():
        return (fold(letter),) * 6
    raw = letter.encode("utf-8", "replace")
    misread = (fold(raw.decode(encoding, "replace")) for encoding in ("latin-1", "cp1252"))
    return (fold(letter), fold(letter.lower().translate(_TWO_LETTERS)), *misread, "?", "_")


def of_name(name: str) -> re.Pattern[str]:
    """A pattern that finds this name in a folded text; each of its letters may be spelled in its own way."""
    sounds = _SOUND.findall(unicodedata.normalize("NFC", name))
    ways = [sorted({re.escape(w) for w in (fold(s), *_ways(one_letter(s) if len(s) > 1 else s)) if w}) for s in sounds]
    pattern = "".join(f"(?:{'|'.join(w)})" for w in ways if w)
    return re.compile(pattern if len(fold(name)) >= LONG else rf"(?<![^\W\d_]){pattern}(?![^\W\d_])")


def of_number(number: str) -> re.Pattern[str]:
    """A pattern that finds an identifier in a folded text, never in a decimal: as it is written, without its
    separators, and, where it is long, with others: `471122`, `47-11-22`, `47 11 22`, `47.11.22`."""
    plain = fold(number)
    bare = re.sub(r"[\W_]", "", plain)
    ways = [re.escape(plain), re.escape(bare)]
    if len(bare) >= LONG_NUMBER:
        # One point alone is that of a decimal: 4711.22 seconds.
        ways += [_JOINT.join(bare), r"(?=\w+\.\w+\.\w)" + r"\.?".join(bare)]
    return re.compile(rf"(?<![^\W_])(?<!\d\.)(?:{'|'.join(ways)})(?![^\W_])(?!\.\d)")


def of_date(day: date) -> re.Pattern[str]:
    """A pattern that finds this day in a folded text."""
    return re.compile(rf"(?<!\d)(?:{'|'.join(_dates(day))})(?!\d)")


def _dates(day: date) -> Iterator[str]:
    d, m, y = rf"0?{day.day}", rf"0?{day.month}", str(day.year)
    short, gap, months = y[2:], r"[\s._/\\-]{1,2}", "|".join(_MONTHS[day.month - 1].split())
    month, th = rf"(?:{months})\.?", r"(?:st|nd|rd|th|\.|er)?(?:\s(?:of|de|di))?"
    yield rf"{y}{gap}{m}{gap}{d}"
    yield rf"{d}{gap}{m}{gap}(?:{y}|{short})"
    yield rf"{m}{gap}{d}{gap}(?:{y}|{short})"
    yield rf"{d}{th}[\s._-]{{0,2}}{month}[\s._,-]{{0,2}}(?:{y}|'?{short})"
    yield rf"{month}[\s._-]{{0,2}}{d}{th}[\s._,-]{{0,2}}(?:{y}|'?{short})"
    yield rf"{d}[\s./-]{{1,2}}{_ROMAN[day.month - 1]}[\s./-]{{1,2}}(?:{y}|{short})"
    yield f"{day:%Y-?%j}"
    yield rf"{y}[\s._-]{{0,2}}{month}[\s._-]{{0,2}}{d}"
    two = (f"{day.day:02}", f"{day.month:02}")
    yield from (f"{y}{two[1]}{two[0]}", f"{two[0]}{two[1]}{y}", f"{two[1]}{two[0]}{y}")
    yield from (f"{short}{two[1]}{two[0]}", f"{two[0]}{two[1]}{short}")


def date_in(text: str) -> date | None:
    """Which day is this text, if it is one alone? Years of two digits are of 2000 on; days come before months."""
    small = fold(text).strip()
    numbers = re.fullmatch(r"(\d{1,4})[.\-/\s](\d{1,2})[.\-/\s](\d{1,4})", small)
    named = re.fullmatch(r"(\d{1,2})[.\-/\s]*([a-z]{3,10})[.\-/\s]*(\d{4}|\d{2})", small)
    compact = re.fullmatch(r"((?:19|20)\d\d)(\d\d)(\d\d)", small)
    if numbers:
        a, b, c = numbers.groups()
        year, month, day = (a, b, c) if len(a) == 4 else (c, b, a)
    elif named:
        day, word, year = named.groups()
        month = str(next((n for n, names in enumerate(_MONTHS, 1) if word in names.split()), 0))
    elif compact:
        year, month, day = compact.groups()
    else:
        return None
    full = int(year) + (2000 if len(year) < 4 else 0)
    for first, second in ((month, day), (day, month)):
        try:
            return date(full, int(first), int(second))
        except ValueError:
            continue
    return None
