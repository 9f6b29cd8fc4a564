"""Reading a VCF in plain Python: a stream of records, memory that does not grow, one sentence for what is wrong.

Plain, gzipped and bgzipped text are told apart by their first bytes, not by their name. A file that was cut short is
found by the end that bgzip writes, by gzip's own check, or by a last line with too few columns.
"""

from __future__ import annotations

import gzip
import io
import math
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ictal.base.errors import TableError, UsageError, reason_of
from ictal.base.files import open_file
from ictal.infant.genes.types import Call, Header, Record

FIXED = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
BGZF_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
LONGEST_HEADER = 1_000_000
"""Lines of `##`; a file without an end of its header is no VCF."""
MOST_HEADER = 64 << 20
"""Characters of header that are kept; the largest headers have a few million."""
LONGEST_LINE = 16 << 20
"""Bytes of a line; twenty thousand samples have a few hundred thousand."""
MOST_EMPTY = 1000
"""Lines without anything; a small packed file can hold billions of them."""
_BASES = re.compile(r"^[ACGTNacgtnRYSWKMBDHVryswkmbdhv]+$")
_ALT = re.compile(r"^([ACGTNacgtnRYSWKMBDHVryswkmbdhv]+|\*|\.|<[^<>]+>|.*[\[\]].*|\.?[ACGTNacgtn]+\.?)$")
_META = re.compile(r'(?<!\w)(\w+)=("(?:[^"\\]|\\.)*"|[^,>]*)')
_OF_A_POPULATION = re.compile(
    r"(?=.*(?:allele freq|\bAF\b))(?=.*(?:gnomad|exac|1000 ?genomes|topmed|population))", re.IGNORECASE
)
_ACCESSION = re.compile(r"^NC_0000(\d\d)\.\d+$")


def chromosome_of(name: str) -> str:
    """The one name of a chromosome: `chr9`, `9` and `NC_000009.12` are all `9`."""
    match = _ACCESSION.match(name)
    if match:
        number = int(match[1])
        return {23: "X", 24: "Y"}.get(number, str(number))
    bare = name[3:] if name[:3].lower() == "chr" else name
    return {"M": "MT", "23": "X", "24": "Y", "x": "X", "y": "Y"}.get(bare, bare)


@dataclass(frozen=True)
class Variants:
    """An open VCF: its header, and its records as they come. Iterate once."""

    header: Header
    records: Iterator[Record]


@contextmanager
def open_vcf(path: Path, samples: Sequence[str] | None = None) -> Iterator[Variants]:
    """The header and the stream of records of this file, with the calls of `samples` (default: all), in that order.

    Raises
    ------
    TableError
        It is no VCF, is cut short, or a line cannot be read: the message says which line and why.
    UsageError
        A sample that was asked for is not in the file.
    """
    name = path.name
    with _opened(path) as raw, _text_of(raw, name) as text:
        lines = _lines(text, name)
        header, done = _header(lines, name)
        wanted = header.samples if samples is None else tuple(samples)
        places = [place_of(sample, header.samples, name) for sample in wanted]
        yield Variants(header, _records(enumerate(lines, start=done + 1), header, places, name))


def place_of(sample: str, samples: Sequence[str], name: str) -> int:
    """Which column is this sample? Refused with the samples that there are."""
    if sample not in samples:
        shown = ", ".join(samples[:8]) + (" ..." if len(samples) > 8 else "")
        raise UsageError(f"There is no sample '{sample}' in '{name}'; it has: {shown or 'none'}.")
    return list(samples).index(sample)


def _opened(path: Path) -> IO[bytes]:
    try:
        return open_file(path)
    except OSError as error:
        raise TableError(f"'{path.name}' cannot be read: {reason_of(error)}.") from None


def is_binary(path: Path) -> bool:
    """Is this a BCF, which only the optional reader can read?"""
    with _opened(path) as raw:
        start = raw.read(2)
        raw.seek(0)
        if start != b"\x1f\x8b":
            return raw.read(3) == b"BCF"
        try:
            return gzip.GzipFile(fileobj=raw).read(3) == b"BCF"
        except (OSError, EOFError, zlib.error):
            return False


class _Bounded(io.BufferedIOBase):
    """The bytes of a file, as long as its lines are no longer than a line can be."""

    def __init__(self, inner: IO[bytes], name: str) -> None:
        self._inner, self._name, self._since = inner, name, 0

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        piece = self._inner.read1(size)  # type: ignore[attr-defined]
        at = piece.rfind(b"\n")
        self._since = self._since + len(piece) if at < 0 else len(piece) - at - 1
        if self._since > LONGEST_LINE:
            raise TableError(
                f"'{self._name}' has a line of more than {LONGEST_LINE >> 20} MB, and a VCF has none: is it a VCF?"
            )
        return bytes(piece)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _text_of(raw: IO[bytes], name: str) -> IO[str]:
    start = raw.read(18)
    raw.seek(0)
    if not start:
        raise TableError(f"'{name}' is empty: give a VCF with a header and records.")
    if start[:2] != b"\x1f\x8b":
        return _text(_Bounded(raw, name))
    if start[12:14] == b"BC":
        raw.seek(0, io.SEEK_END)
        raw.seek(max(0, raw.tell() - len(BGZF_END)))
        if raw.read() != BGZF_END:
            raise _cut(name)
        raw.seek(0)
    packed: IO[bytes] = gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]
    return _text(_Bounded(packed, name))


def _text(held: _Bounded) -> IO[str]:
    return io.TextIOWrapper(held, encoding="utf-8-sig", errors="replace", newline=None)  # type: ignore[type-var]


def _cut(name: str) -> TableError:
    return TableError(f"'{name}' is cut short or damaged (its compressed data end too early): copy it again.")


def _lines(text: IO[str], name: str) -> Iterator[str]:
    """Lines, with what a broken compression says turned into a sentence."""
    try:
        yield from text
    except EOFError:
        raise _cut(name) from None
    except (zlib.error, gzip.BadGzipFile):
        raise TableError(f"'{name}' cannot be unpacked (its compressed data are damaged): copy it again.") from None


def _header(lines: Iterator[str], name: str) -> tuple[Header, int]:
    meta: list[str] = []
    kept = 0
    for number, line in enumerate(lines, start=1):
        if line.startswith("##"):
            kept += len(line)
            if number > LONGEST_HEADER or kept > MOST_HEADER:
                break
            meta.append(line.rstrip("\n"))
            continue
        if line.startswith("#CHROM"):
            return header_of(meta, _columns(line.rstrip("\n"), name)), number
        break
    if meta:
        raise TableError(
            f"'{name}' has no line '#CHROM POS ID REF ...' after its {len(meta)} lines of header: repair it."
        )
    raise TableError(f"'{name}' has no VCF header (its first line should be '##fileformat=VCFv4.x'): is it a VCF?")


def _columns(line: str, name: str) -> tuple[str, ...]:
    columns = line.split("\t")
    if tuple(columns[:8]) != FIXED:
        if tuple(line.split()[:8]) == FIXED:
            raise TableError(f"'{name}' has spaces between its columns, but a VCF has tabs: save it with tabs.")
        raise TableError(
            f"'{name}' has a line '#CHROM' with other columns than a VCF: it must begin {' '.join(FIXED)}."
        )
    if len(columns) > 8 and columns[8] != "FORMAT":
        raise TableError(f"'{name}' has '{columns[8]}' where the column FORMAT belongs (the ninth).")
    samples = tuple(columns[9:])
    twice = next((s for s, count in Counter(samples).items() if count > 1), None)
    if twice is not None:
        raise TableError(f"'{name}' has the sample '{twice}' twice: rename one.")
    return samples


def header_of(meta: Sequence[str], samples: tuple[str, ...]) -> Header:
    """What do the lines of `##` say: contigs, assembly, and the layout of each annotation?"""
    contigs: dict[str, int] = {}
    annotations: dict[str, tuple[str, ...]] = {}
    info: set[str] = set()
    frequencies: set[str] = set()
    for line in meta:
        key, _, value = line.removeprefix("##").partition("=")
        if key not in ("contig", "INFO"):
            continue
        fields = {k: v.strip('"') for k, v in _META.findall(value)}
        if key == "contig" and "ID" in fields:
            length = fields.get("length", "")
            contigs[chromosome_of(fields["ID"])] = _whole(length) or 0
        elif "ID" in fields:
            info.add(fields["ID"])
            if _OF_A_POPULATION.match(fields.get("Description", "")) and fields.get("Type") == "Float":
                frequencies.add(fields["ID"])
            layout = _layout(fields.get("Description", ""))
            if layout:
                annotations[fields["ID"]] = layout
    first = next((line for line in meta if line.startswith("##contig")), "")
    rest = [line for line in meta if not line.startswith(("##INFO", "##FORMAT", "##FILTER", "##contig"))]
    return Header(
        samples=samples,
        contigs=contigs,
        assembly="\n".join([*rest, first]),
        annotations=annotations,
        info=frozenset(info),
        frequencies=frozenset(frequencies),
        simulated=any("simulated" in line.lower() for line in meta),
    )


def _layout(description: str) -> tuple[str, ...]:
    """The fields of an annotation by its own description: VEP's `Format: a|b`, SnpEff's `'a | b'`."""
    told = description.partition("Format:")[2] or description.partition("annotations:")[2]
    if "|" not in told:
        return ()
    return tuple(part.strip(" '\"\t.") for part in told.split("|"))


def _records(lines: Iterator[tuple[int, str]], header: Header, places: Sequence[int], name: str) -> Iterator[Record]:
    width = len(FIXED) + (1 + len(header.samples) if header.samples else 0)
    reader, empty = _Calls(), 0
    for number, line in lines:
        columns = line.rstrip("\n").split("\t")
        if len(columns) != width and not (len(columns) == width + 1 and not header.samples):
            empty += not line.strip()
            if not line.strip() and empty <= MOST_EMPTY:
                continue
            raise TableError(
                f"'{name}', line {number}: {len(columns)} columns, but the header has {width}: the "
                f"file is damaged or cut "
                "short there."
            )
        yield _record(columns, places, reader, (name, number))


def _record(columns: list[str], places: Sequence[int], reader: _Calls, where: tuple[str, int]) -> Record:
    name, number = where
    position = _whole(columns[1])
    if position is None:
        raise TableError(f"'{name}', line {number}: the position '{columns[1][:20]}' must be a whole number.")
    if not _BASES.match(columns[3]):
        raise TableError(f"'{name}', line {number}: the reference allele '{columns[3][:20]}' must be of A, C, G, T, N.")
    alts = () if columns[4] == "." else tuple(columns[4].split(","))
    wrong = next((alt for alt in alts if not _ALT.match(alt)), None)
    if wrong is not None:
        raise TableError(f"'{name}', line {number}: the alternative allele '{wrong[:20]}' is none that a VCF may have.")
    calls: tuple[Call, ...] = ()
    if places:
        try:
            keys = tuple(columns[8].split(":"))
            calls = tuple(reader.call(keys, columns[9 + place], len(alts)) for place in places)
        except ValueError as error:
            raise TableError(f"'{name}', line {number}: {error}.") from None
    return Record(
        chromosome=chromosome_of(columns[0]),
        position=position,
        ref=columns[3].upper(),
        alts=tuple(alt if alt[:1] in "<*." or "[" in alt or "]" in alt else alt.upper() for alt in alts),
        filters=() if columns[6] in (".", "PASS", "") else tuple(columns[6].split(";")),
        info=columns[7],
        calls=calls,
        line=number,
    )


class _Calls:
    """Reads the samples of one file; genotypes are few and come again and again, so each is parsed once."""

    def __init__(self) -> None:
        self._genotypes: dict[str, tuple[tuple[int | None, ...], bool]] = {}

    def call(self, keys: tuple[str, ...], text: str, alts: int) -> Call:
        """One sample by the keys of FORMAT; keys that are not there stay unknown."""
        values = dict(zip(keys, text.split(":"), strict=False))
        alleles, phased = self._genotype(values.get("GT", "."))
        if any(a is not None and a > alts for a in alleles):
            raise ValueError(
                f"the genotype '{values['GT'][:20]}' names an allele that is not there (it has {alts} besides REF)"
            )
        return Call(
            alleles=alleles,
            phased=phased,
            phase_set=values.get("PS", "").replace(".", ""),
            depth=_whole(values.get("DP", "")),
            reads=reads_of(values, alts),
            quality=_number(values.get("GQ", "")),
        )

    def _genotype(self, text: str) -> tuple[tuple[int | None, ...], bool]:
        known = self._genotypes.get(text)
        if known is None:
            parts = re.split(r"[/|]", text.lstrip("/|") if len(text) > 1 else text)
            alleles = tuple(_whole(part) for part in parts)
            if any(a is None and part not in (".", "") for a, part in zip(alleles, parts, strict=True)):
                raise ValueError(f"the genotype '{text[:20]}' must be like 0/1, 1|0, 1 or ./.")
            known = self._genotypes[text] = alleles, "|" in text
        return known


def reads_of(values: dict[str, str], alts: int) -> tuple[int | None, ...]:
    """How many reads show each allele, from AD, RO and AO, VAF and DP, or DP4? Empty where the file does not say."""
    if values.get("AD", ".") not in (".", ""):
        return tuple(_whole(part) for part in values["AD"].split(","))
    if "RO" in values and "AO" in values:
        return (_whole(values["RO"]), *(_whole(part) for part in values["AO"].split(",")))
    share = values.get("VAF", values.get("AF", ""))
    depth = _whole(values.get("DP", ""))
    shares = [_number(part) for part in share.split(",")] if share else []
    if depth is not None and len(shares) == alts and None not in shares:
        counts = [round((part or 0.0) * depth) for part in shares]
        return (max(0, depth - sum(counts)), *counts)
    four = [_whole(part) for part in values.get("DP4", "").split(",")]
    if len(four) == 4 and alts == 1 and None not in four:
        a, b, c, d = (n or 0 for n in four)
        return a + b, c + d
    return ()


def _whole(text: str) -> int | None:
    """A whole number of the digits 0-9, no longer than any count here; `None` for all else."""
    return int(text) if len(text) < 19 and text.isascii() and text.isdigit() else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
