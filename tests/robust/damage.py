"""Rules by which a sound file is made an unsound one: bytes in, named bytes out, always the same for one seed."""

from __future__ import annotations

import gzip
import io
import os
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

Damaged = Iterator[tuple[str, "bytes | Callable[[Path], object]"]]

NUMBERS = (
    b"-1", b"0", b"", b"nan", b"inf", b"-inf", b"1e308", b"-1e308", b"1e-320", b"1e999", b"99999999999999999999",
    b"9" * 400, b"9" * 5000, b"0x10", b"1_0", "\u00b2".encode(), "\u0663".encode(), b"1,5", b"2.5", b"true", b"null",
    b'"7"', b"--3", b"4294967296", b"-2147483649",
)  # fmt: skip
"""What stands where a number should."""

WORDS = (
    b"", b"\x00", b"\x1b[31mred\x1b[0m", b"\xff\xfe", b"../../../../etc/passwd", b"x" * 100_000, b"n/a", b"-", b"=1+1",
    "\u202eesrever".encode(), b"<script>alert(1)</script>", b"{}", b"'; DROP TABLE infant; --", b"%s%n", b"${jndi:x}",
)  # fmt: skip
"""What stands where a word should."""

BLOCK = 1 << 20


def cut(sound: bytes, at: int) -> bytes:
    return sound[:at]


def flipped(sound: bytes, chance: random.Random, many: int = 1) -> bytes:
    out = bytearray(sound)
    for _ in range(many):
        out[chance.randrange(len(out))] ^= 1 << chance.randrange(8)
    return bytes(out)


def replaced(sound: bytes, chance: random.Random) -> bytes:
    """A stretch becomes another: noise, zeros, a stretch of the file itself, or nothing."""
    at, size = chance.randrange(len(sound)), chance.choice((1, 2, 4, 8, 16, 64, 256))
    other = chance.randrange(len(sound))
    put = chance.choice((chance.randbytes(size), bytes(size), b"\xff" * size, sound[other : other + size], b""))
    return sound[:at] + put + sound[at + chance.choice((0, size)) :]


def of_bytes(sound: bytes, seed: int, many: int) -> Damaged:
    """Cut, flipped and replaced at places drawn by chance."""
    chance = random.Random(seed)
    for k in range(many):
        at = chance.randrange(len(sound))
        yield f"cut at byte {at}", cut(sound, at)
        yield f"{k}: bits flipped", flipped(sound, chance, chance.choice((1, 1, 3, 30)))
        yield f"{k}: a stretch replaced", replaced(sound, chance)


def of_text(sound: bytes, seed: int, many: int) -> Damaged:
    """Numbers, words and lines of a text replaced, doubled, swapped, taken out."""
    chance = random.Random(seed)
    numbers = [m.span() for m in re.finditer(rb"(?<![\w.])-?\d[\d.]*(?![\w])", sound)]
    words = [m.span() for m in re.finditer(rb"[A-Za-z_][\w:-]{2,}", sound)]
    for k in range(many):
        for what, places, puts in (("number", numbers, NUMBERS), ("word", words, WORDS)):
            if places:
                a, b = chance.choice(places)
                put = puts[(k * 7 + chance.randrange(3)) % len(puts)]
                yield f"{k}: {what} at {a} is {put[:12]!r}", sound[:a] + put + sound[b:]
        lines = sound.splitlines(keepends=True)
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        how = chance.choice(("twice", "away", "swapped", "joined"))
        if how == "twice":
            lines.insert(at, lines[at])
        elif how == "away":
            del lines[at]
        elif how == "swapped":
            lines[at], lines[other] = lines[other], lines[at]
        else:
            lines[at] = lines[at].rstrip(b"\r\n")
        yield f"{k}: line {at} {how}", b"".join(lines)


def of_encoding(sound: bytes) -> Damaged:
    """The same text as other programs save it, and what no text is."""
    text = sound.decode("utf-8", "replace")
    yield "in UTF-16", text.encode("utf-16")
    yield "in UTF-32", text.encode("utf-32")
    yield "in UTF-7", text.encode("utf-7")
    yield "with a byte order mark", b"\xef\xbb\xbf" + sound
    yield "with two byte order marks", b"\xef\xbb\xbf" * 2 + sound
    yield "with line ends of old Macintoshes", sound.replace(b"\n", b"\r")
    yield "with line ends of Windows", sound.replace(b"\n", b"\r\n")
    yield "with Latin-1 in it", sound[:-1] + "\u00e4\u00f6\u00fc\u00df".encode("latin-1") + sound[-1:]
    yield "with half a surrogate", sound[:-1] + b"\xed\xa0\x80" + sound[-1:]
    yield "with a NUL", sound[: len(sound) // 2] + b"\x00" + sound[len(sound) // 2 :]
    yield "all of it NUL", bytes(len(sound))
    yield "without its last line end", sound.rstrip(b"\r\n")
    yield "twice", sound + sound
    yield "a line of 8 MB", sound + b"x" * (8 * BLOCK)
    yield "a line of 8 MB of commas", sound + b"," * (8 * BLOCK)
    yield "a line of 8 MB of tabs first", b"\t" * (8 * BLOCK) + b"\n" + sound
    yield "quotes that never end", sound + b'"' + b"a,b\n" * 100_000
    yield "brackets, 100,000 deep", b"[" * 100_000
    yield "braces, 100,000 deep", b'{"a":' * 100_000
    yield "brackets as a value", b"a = " + b"[" * 50_000
    yield "dotted keys", b"a" + b".a" * 50_000 + b" = 1\n"
    yield "a million line ends", b"\n" * 1_000_000 + sound


def of_nature(sound: bytes, suffix: str, hole_gb: float = 30) -> Damaged:
    """What is no such file at all: nothing, another kind, a folder, a pipe, a device, one without end."""
    yield "empty", b""
    yield "one byte", b"0"
    yield "spaces", b" " * 4096
    yield "zeros", bytes(4096)
    yield "noise", random.Random(len(sound)).randbytes(4096)
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(500)
    yield "zipped", zipped(sound)
    yield "gzipped", gzip.compress(sound, mtime=0)
    yield "an EDF file", b"0       " + b"X X X X".ljust(160) + b"01.01.2401.00.00768     " + b" " * 300
    yield "a VCF file", b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    yield "a program", b"\x7fELF\x02\x01\x01" + bytes(600)
    yield "a pickle", b"\x80\x04\x95\x1a\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94."
    yield "a bomb of gzip", bomb(300)
    yield "a folder", lambda path: path.mkdir()
    yield "a pipe that nobody fills", lambda path: os.mkfifo(path)
    yield "a link to itself", lambda path: path.symlink_to(path.name)
    yield "a link to nowhere", lambda path: path.symlink_to("nowhere" + suffix)
    yield "zeros without end", lambda path: path.symlink_to("/dev/zero")
    yield "noise without end", lambda path: path.symlink_to("/dev/urandom")
    yield "the null device", lambda path: path.symlink_to("/dev/null")
    yield "a process of the computer", lambda path: path.symlink_to("/proc/self/mem")
    yield f"sound, then {hole_gb} GB of hole", lambda path: sparse(path, sound, int(hole_gb * 2**30))
    yield f"{hole_gb} GB of hole", lambda path: sparse(path, b"", int(hole_gb * 2**30))


def zipped(sound: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("inside"), sound)
    return out.getvalue()


@lru_cache(maxsize=4)
def bomb(megabytes: int, block: bytes = bytes(BLOCK)) -> bytes:
    """So many megabytes of a block, packed small."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", mtime=0, compresslevel=9) as file:
        for _ in range(megabytes):
            file.write(block)
    return out.getvalue()


def sparse(path: Path, head: bytes, size: int) -> None:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)
