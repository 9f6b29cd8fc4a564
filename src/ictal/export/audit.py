"""Is anything that was known of the child in what was written? Every byte of every file is searched, and every name.

text       decoded as UTF-8, Latin-1 and UTF-16, escapes undone, folded (`spellings.fold`), searched for every spelling
EDF, BDF   the header and the annotations as text; the samples as bytes, for what has six bytes and more (six
           digits in UTF-16), and for the shorter within runs of twelve printable characters (among 2 GB of samples four
           letters stand by chance)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import accumulate, pairwise
from pathlib import Path
from urllib.parse import unquote

from ictal.base.errors import OutputError
from ictal.eeg.recording.edf_header import Header, is_edf, read_header
from ictal.export.identity import Known, Word
from ictal.export.spellings import fold, forms, of_date, of_name, of_number, one_letter

LEAST_BYTES = 6
"""A text of so many bytes does not stand among samples by chance: once in 2.8e14 places, were they random."""

LEAST_DIGITS_BYTES = 11
"""The same of six digits in UTF-16. There each digit is a sample of 16 bits between 48 and 57, and slow EEG of low
voltage holds four of them in order about once in 20 MB: samples are not random."""

_BLOCK_BYTES = 1 << 22
_PRINTABLE = re.compile(rb"[\x20-\x7e]{12,}")
_WHEN = re.compile(rb"(?:^|(?<=\x00))[+-]\d+(?:\.\d+)?(?:\x15\d+(?:\.\d+)?)?\x14")
"""The times of annotations: `+4711` is no number of a patient."""

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True, slots=True)
class Searched:
    """What an audit did: files, bytes, and how many things it searched for in how many kinds."""

    files: int
    bytes: int
    things: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sought:
    """One thing: what it is, its pattern in folded text, its spellings as small bytes."""

    kind: str
    pattern: re.Pattern[str]
    raw: tuple[bytes, ...]


def audit(folder: Path, known: Known, name: str = "") -> Searched:
    """Search a folder, and the name that it will have, for what is known of a child.

    Raises `OutputError` with one sentence when something is found: what kind of thing, in which file, where in it. It
    does not repeat the thing.
    """
    sought = _sought(known)
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    _refuse_if(_in_text(name, sought), folder, "its name")
    for path in sorted(folder.rglob("*")):
        _refuse_if(_in_text(path.name, sought), path, "its name")
    total = 0
    for path in files:
        total += path.stat().st_size
        with path.open("rb") as file:
            head = file.read(256)
        if is_edf(head) and len(head) == 256:
            _search_edf(path, sought)
        else:
            _search_text(path, path.read_bytes(), sought, "its text")
    return Searched(len(files), total, len(sought), tuple(sorted({s.kind for s in sought})))


def _refuse_if(kind: str | None, path: Path, where: str) -> None:
    if kind is None:
        return
    name = "a file" if where == "its name" else f"'{path.name}'"
    raise OutputError(
        f"Not exported, and nothing was written: {name} would still hold something of {kind} (in {where}). Take it "
        "out of the source, or say with --not-identity WORD that it is an ordinary word."
    )


def _sought(known: Known) -> tuple[_Sought, ...]:
    found = [_of_word(word) for word in sorted(known.words)]
    for day in sorted(known.days):
        d = day.day
        raw = (
            f"{d:%Y%m%d}",
            f"{d:%Y-%m-%d}",
            f"{d:%d.%m.%Y}",
            f"{d:%d/%m/%Y}",
            f"{d:%m/%d/%Y}",
            f"{d:%d-%b-%Y}".lower(),
        )
        found.append(_Sought(day.kind, of_date(d), tuple(b for text in raw for b in _encoded(text))))
    return tuple(found)


def _of_word(word: Word) -> _Sought:
    texts = {
        word.text.lower(),
        word.text.upper(),
        one_letter(word.text),
        one_letter(word.text).upper(),
        *forms(word.text),
    }
    raw = sorted({b for text in texts for b in _encoded(text)})
    return _Sought(word.kind, of_number(word.text) if word.numbered else of_name(word.text), tuple(raw))


def _encoded(text: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
        try:
            yield text.encode(encoding).lower().strip(b"\x00")  # then both orders of UTF-16 have the same middle
        except UnicodeEncodeError:
            continue


def _in_text(text: str, sought: Sequence[_Sought]) -> str | None:
    folded = fold(text)
    return next((s.kind for s in sought if s.pattern.search(folded)), None)


def _search_text(path: Path, raw: bytes, sought: Sequence[_Sought], where: str) -> None:
    for view in _views(raw):
        _refuse_if(_in_text(view, sought), path, where)


def _views(raw: bytes) -> Iterator[str]:
    """The bytes as texts."""
    text = raw.decode("utf-8", "replace")
    yield text
    if not raw.isascii():
        yield raw.decode("latin-1")
    if b"\\u" in raw:
        yield _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    if b"&" in raw:
        yield unescape(text)
    if b"%" in raw:
        yield unquote(text)
    if b"\x00" in raw:
        for shift in (0, 1):
            for encoding in ("utf-16-le", "utf-16-be"):
                yield raw[shift:].decode(encoding, "replace")


def _search_edf(path: Path, sought: Sequence[_Sought]) -> None:
    header = read_header(path)
    with path.open("rb") as file:
        _search_text(path, _apart(file.read(header.header_bytes)), sought, "its header")
        texts, rest = _spans(header)
        together = max(1, _BLOCK_BYTES // header.record_bytes)
        kept = b""
        marks: list[bytes] = []
        while block := file.read(together * header.record_bytes):
            for start in range(0, len(block), header.record_bytes):
                record = block[start : start + header.record_bytes]
                marks += [_WHEN.sub(b"\n", record[a:b]).rstrip(b"\x00") for a, b in texts]
            samples = block if not texts else b"".join(_without(block, header, rest))
            _refuse_if(_in_samples(kept + samples, sought), path, "its samples")
            kept = samples[-256:]
        _search_text(path, b"\n".join(marks), sought, "its annotations")


def _apart(raw: bytes) -> bytes:
    """The fields of a header, a line each: two that stand side by side would read as one number, a time as a date."""
    count = (len(raw) - 256) // 256
    widths = (8, 80, 80, 8, 8, 8, 44, 8, 8, 4, *(w for w in (16, 80, 8, 8, 8, 8, 8, 80, 8, 32) for _ in range(count)))
    starts = [0, *accumulate(widths)]
    raw = raw[:176] + raw[176:184].replace(b".", b":") + raw[184:]
    return b"\n".join(raw[a:b] for a, b in pairwise(starts))


def _spans(header: Header) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Where in a record the annotations are, and where the samples."""
    width = header.bytes_per_sample
    spans = [(s.first_sample * width, (s.first_sample + s.samples_per_record) * width) for s in header.signals]
    of = list(zip(header.signals, spans, strict=True))
    return [span for s, span in of if s.is_annotations], [span for s, span in of if not s.is_annotations]


def _without(block: bytes, header: Header, rest: Sequence[tuple[int, int]]) -> Iterator[bytes]:
    for start in range(0, len(block), header.record_bytes):
        yield from (block[start + a : start + b] for a, b in rest)


def _least(raw: bytes) -> int:
    """How many bytes must there be of a spelling that it is no chance among samples?"""
    return LEAST_DIGITS_BYTES if b"\x00" in raw and raw.replace(b"\x00", b"").isdigit() else LEAST_BYTES


def _in_samples(block: bytes, sought: Sequence[_Sought]) -> str | None:
    small = block.lower()
    for one in sought:
        if any(len(raw) >= _least(raw) and raw in small for raw in one.raw):
            return one.kind
    for run in _PRINTABLE.findall(small):
        if any(raw in run for one in sought for raw in one.raw):
            kind = _in_text(run.decode("ascii"), sought)
            if kind is not None:
                return kind
    return None
