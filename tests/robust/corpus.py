"""Every reader of Ictal with its sound file, its command line, and the rules that damage the file: the whole corpus."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.robust import checks, damage, sound
from tests.robust.trial import Case, Check, Put

OUT = ("--quiet", "--no-report", "--out", "out")


def analysed(folder: Path) -> Iterator[str]:
    yield from checks.recording_of(folder / "out")


@dataclass(frozen=True)
class Reader:
    """One reader: the file that is damaged, what lies beside it, and the command that reads it."""

    name: str
    file: str
    sound: Callable[[], bytes]
    argv: tuple[str, ...]
    beside: Callable[[], Mapping[str, Put]] = dict
    check: Check | None = None
    text: bool = True
    many: bool = False
    more: Callable[[bytes], damage.Damaged] | None = None
    natures: bool = True


def _night() -> Mapping[str, Put]:
    return {"night.edf": sound.edf().to_bytes()}


def _vcf() -> Mapping[str, Put]:
    return {"trio.vcf": sound.vcf()}


def _study() -> Mapping[str, Put]:
    return sound.study()


def _but(files: Callable[[], Mapping[str, bytes]], name: str, under: str = "") -> Callable[[], Mapping[str, Put]]:
    return lambda: {under + other: held for other, held in files().items() if other != name}


TRIO = ("--child", "child", "--mother", "mother", "--father", "father", "--json")
AS = ("--study", "study", "--who", "tester")


def _readers() -> Iterator[Reader]:
    analyse = ("analyse", "x.edf", *OUT)
    for name, made in (("EDF+C", sound.edf()), ("EDF+D", sound.edf("EDF+D")), ("BDF+D", sound.edf("EDF+D", bdf=True))):
        yield Reader(name, "x.edf", made.to_bytes, analyse, check=analysed, text=False, more=of_header)
    yield Reader(
        "EDF with a report",
        "x.edf",
        sound.edf("EDF+D").to_bytes,
        ("analyse", "x.edf", "--quiet", "--out", "out"),
        check=analysed,
        text=False,
        natures=False,
    )
    yield Reader(
        "EDF annotations",
        "x.edf",
        sound.edf("EDF+D").to_bytes,
        (*analyse, "--events", "annotations"),
        check=analysed,
        text=False,
        more=of_tals,
        natures=False,
    )
    yield Reader(
        "marks in an EDF",
        "m.edf",
        sound.edf().to_bytes,
        ("analyse", "night.edf", *OUT, "--events", "m.edf"),
        _night,
        analysed,
        text=False,
        more=of_tals,
    )
    for name, held, more in (
        ("marks, SzCORE", sound.MARKS, ()),
        ("marks, BIDS", sound.BIDS_MARKS, ()),
        ("marks, CSV", sound.CLOCK_MARKS, ("--columns", "onset=Start,stop=Ende,channels=Kanal,type=Art")),
    ):
        yield Reader(
            name,
            "m.tsv",
            lambda held=held: held,
            ("analyse", "night.edf", *OUT, "--events", "m.tsv", *more),
            _night,
            analysed,
        )
    yield Reader(
        "settings",
        "s.toml",
        lambda: sound.SETTINGS,
        ("analyse", "night.edf", *OUT, "--settings", "s.toml"),
        _night,
        analysed,
    )
    yield from _foreign()
    yield Reader("VCF", "x.vcf", sound.vcf, ("variants", "x.vcf", *TRIO), more=of_vcf)
    yield Reader("VCF, bgzip", "x.vcf.gz", sound.bgzipped, ("variants", "x.vcf.gz", *TRIO), text=False, more=packed_vcf)
    yield Reader("BCF", "x.bcf", sound.bcf, ("variants", "x.bcf", *TRIO), text=False)
    yield Reader("ClinVar", "c.vcf", lambda: sound.CLINVAR, ("variants", "trio.vcf", *TRIO, "--clinvar", "c.vcf"), _vcf)
    yield Reader("genes", "g.toml", lambda: sound.GENES, ("variants", "trio.vcf", *TRIO, "--genes", "g.toml"), _vcf)
    yield Reader(
        "findings for variants",
        "findings.json",
        lambda: sound.results()["findings.json"],
        ("variants", "trio.vcf", *TRIO, "--findings", "findings.json"),
        _vcf,
    )
    yield Reader("phenopacket, assessed", "p.json", sound.packet, ("assess", "--phenopacket", "p.json", "--json"))
    yield Reader(
        "phenopacket, taken in", "p.json", sound.kept_packet, ("study", "import", "p.json", *AS), _study, many=True
    )
    yield Reader("record", "r.json", sound.record, ("study", "import", "r.json", *AS), _study, many=True)
    yield Reader(
        "findings, assessed",
        "findings.json",
        lambda: sound.results()["findings.json"],
        ("assess", "--findings", "."),
        _but(sound.results, "findings.json"),
    )
    yield Reader(
        "seizures beside findings",
        "seizures.tsv",
        lambda: sound.results()["seizures.tsv"],
        ("assess", "--findings", "."),
        _but(sound.results, "seizures.tsv"),
    )
    yield Reader(
        "findings attached",
        "r/findings.json",
        lambda: sound.results()["findings.json"],
        ("infant", "add", "inf-1", "recording", "--age-days", "50", "--results", "r", *AS),
        lambda: {**_study(), **_but(sound.results, "findings.json", "r/")()},
        many=True,
    )
    yield Reader(
        "seizures attached",
        "r/seizures.tsv",
        lambda: sound.results()["seizures.tsv"],
        ("infant", "add", "inf-1", "recording", "--age-days", "50", "--results", "r", *AS),
        lambda: {**_study(), **_but(sound.results, "seizures.tsv", "r/")()},
        many=True,
    )
    yield Reader("assessment, replayed", "a.json", sound.assessment, ("assess", "--replay", "a.json"))
    yield Reader(
        "criteria",
        "c.toml",
        sound.criteria,
        ("assess", "--phenopacket", "p.json", "--rules", "c.toml"),
        lambda: {"p.json": sound.packet()},
    )
    yield Reader("knowledge", "k.toml", lambda: sound.GOOD.encode(), ("facts", "one", "--file", "k.toml"))
    yield Reader("children, CSV", "c.csv", lambda: sound.CHILDREN, ("study", "import", "c.csv", *AS), _study, many=True)
    yield Reader(
        "growth, CSV",
        "g.csv",
        lambda: sound.GROWTH,
        (
            "infant",
            "add",
            "inf-1",
            "--from",
            "g.csv",
            "--entry",
            "growth",
            "--columns",
            "age_days=Alter,head_cm=Kopfumfang,weight_kg=Gewicht",
            *AS,
        ),
        _study,
        many=True,
    )
    for file in ("seizures.tsv", "legs.tsv", "discharges.tsv"):
        yield Reader(
            f"{file}, scored",
            f"a/{file}",
            lambda file=file: sound.results()[file],
            ("score", "--reference", "a", "--hypothesis", "b", "--json"),
            lambda file=file: {**_but(sound.results, file, "a/")(), **_but(sound.results, "", "b/")()},
        )
    for file in ("out/cohort.json", "out/recordings.parquet"):
        yield Reader(
            f"cohort, {Path(file).name}",
            file,
            lambda file=file: sound.cohort()[file],
            ("cohort", "--summary", "--out", "out"),
            lambda file=file: _but(sound.cohort, file)(),
            text=not file.endswith("parquet"),
        )
    yield Reader(
        "study.toml",
        "study/study.toml",
        lambda: sound.study()["study/study.toml"],
        ("study", "show", "--study", "study"),
        _but(sound.study, "study/study.toml"),
    )
    for asked in (("study", "verify"), ("infant", "show", "inf-1"), ("study", "history")):
        yield Reader(
            f"study.db, {asked[1]}",
            "study/study.db",
            lambda: sound.study()["study/study.db"],
            (*asked, "--study", "study"),
            _but(sound.study, "study/study.db"),
            text=False,
            many=True,
        )


def _foreign() -> Iterator[Reader]:
    kinds = {"bv": (".vhdr", ".vmrk", ".eeg"), "set": (".set",), "fif": (".fif",), "lay": (".lay", ".dat")}
    for kind, suffixes in kinds.items():
        for suffix in suffixes:
            yield Reader(
                f"foreign {suffix}", f"a{suffix}" if kind != "fif" else "a_raw.fif",
                lambda kind=kind, suffix=suffix: next(h for n, h in _files(kind) if n.endswith(suffix)),
                ("analyse", f"a{suffixes[0]}" if kind != "fif" else "a_raw.fif", *OUT),
                lambda kind=kind, suffix=suffix: {n: h for n, h in _files(kind) if not n.endswith(suffix)},
                analysed, text=suffix in (".vhdr", ".vmrk", ".lay"),
            )  # fmt: skip


def _files(kind: str) -> Iterable[tuple[str, bytes]]:
    return sound.foreign()[kind].items()


@cache
def readers() -> tuple[Reader, ...]:
    return tuple(_readers())


def cases(seed: int = 1, share: float = 1.0) -> Iterator[Case]:
    """The corpus. `share` of it, drawn by chance from each reader, is a sample."""
    for number, reader in enumerate(readers()):
        chance = random.Random(seed * 1000 + number)
        held = reader.sound()
        beside = reader.beside()
        for name, put in _damaged(reader, held, seed * 1000 + number):
            if share >= 1 or chance.random() < share:
                yield Case(reader.name, name, {**beside, reader.file: put}, reader.argv, reader.check, many=reader.many)


def sound_cases() -> Iterator[Case]:
    """Every reader with its file unhurt: each must end in exit code 0, or the corpus says nothing."""
    for reader in readers():
        files = {**reader.beside(), reader.file: reader.sound()}
        yield Case(reader.name, "sound", files, reader.argv, reader.check, many=reader.many)


def _damaged(reader: Reader, held: bytes, seed: int) -> damage.Damaged:
    suffix = Path(reader.file).suffix
    if reader.natures:
        yield from damage.of_nature(held, suffix, 30 if reader.text else 0.1 if suffix in (".eeg", ".dat") else 2)
    yield from damage.of_bytes(held, seed, 10 if reader.text else 20)
    if reader.text:
        yield from damage.of_text(held, seed, 15)
        yield from damage.of_encoding(held)
    if reader.more is not None:
        yield from reader.more(held)


# --- EDF

MAIN = (8, 80, 80, 8, 8, 8, 44, 8, 8, 4)
MAIN_NAMES = (
    "version",
    "patient",
    "recording",
    "date",
    "time",
    "header bytes",
    "reserved",
    "records",
    "duration",
    "signals",
)
SIGNAL = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
SIGNAL_NAMES = (
    "label",
    "transducer",
    "unit",
    "physical least",
    "physical most",
    "digital least",
    "digital most",
    "filter",
    "samples",
    "reserved of a signal",
)
NUMERIC = (
    "header bytes",
    "records",
    "duration",
    "signals",
    "physical least",
    "physical most",
    "digital least",
    "digital most",
    "samples",
    "date",
    "time",
)
LIES = (
    *tuple(n[:8] for n in damage.NUMBERS if len(n) < 30),
    b"99999999",
    b"1e8",
    b"1e-9",
    b"0.000001",
    b"-0",
    b"65535",
    b"2147483",
    b"1e15",
)


def fields(held: bytes) -> Iterator[tuple[str, int, int]]:
    """Name, first and last byte of every field of the header of an EDF file."""
    at = 0
    for name, width in zip(MAIN_NAMES, MAIN, strict=True):
        yield name, at, at + width
        at += width
    signals = int(held[252:256])
    for name, width in zip(SIGNAL_NAMES, SIGNAL, strict=True):
        for k in (0, signals - 1):
            yield f"{name} {k}", at + k * width, at + (k + 1) * width
        at += signals * width


def of_header(held: bytes) -> damage.Damaged:
    """Cut at every field; every number a lie; every word strange."""
    for name, a, b in fields(held):
        yield f"cut at the field {name}", held[:a]
        yield f"cut in the field {name}", held[: (a + b) // 2]
        plain = name.rstrip("0123456789 ")
        for lie in LIES if plain in NUMERIC else damage.WORDS:
            yield f"{name} is {lie[:12]!r}", held[:a] + lie[: b - a].ljust(b - a) + held[b:]
    size = int(held[184:192])
    for extra in (1, 7, 255):
        yield f"{extra} bytes after its header", held[: size + extra]
    yield "its header alone", held[:size]
    yield "its header twice", held[:size] + held
    yield "samples all at one end", held[:size] + b"\xff\x7f" * ((len(held) - size) // 2)


def of_tals(held: bytes) -> damage.Damaged:
    """The times and texts of annotations: negative, overlapping, beyond the end, not numbers, not text."""
    marks = [(b"+20.5\x1524", b"seizure"), (b"+60\x153", b"Anfall li")]
    onsets = (
        b"-5",
        b"+0",
        b"+1e5",
        b"+99999",
        b"+9999999",
        b"+20,5",
        b"+-1",
        b"+inf",
        b"+nan",
        b"+" + b"9" * 40,
        b"+.5",
        b"+" + b"0" * 60 + b"5",
    )
    chance = random.Random(7)
    at = held.find(marks[0][0])
    for onset in onsets:
        for length in (b"", b"\x150", b"\x151e9", b"\x15-5", b"\x15" + b"9" * 30, b"\x15nan"):
            put = (onset + length)[:20] + b"\x14seizure\x14\x00"
            yield f"a mark at {onset[:12]!r} for {length[1:12]!r}", held[:at] + put + held[at + len(put) :]
    for text in (b"\xff\xfe\xfd", b"sz\x00", b"\x1b[31m", b"a" * 12, b"\x14" * 12, "\u202esz".encode()):
        put = b"+20.5\x1524\x14" + text + b"\x14\x00"
        yield f"a mark that says {text[:8]!r}", held[:at] + put + held[at + len(put) :]
    places = [i for i in range(len(held) - 3) if held[i : i + 1] == b"+" and held[i + 1 : i + 2].isdigit()]
    for k in range(40):
        i = chance.choice(places)
        put = chance.choice((b"+9", b"-1", b"+0", b"+x", b"\x00\x00", b"+6"))
        yield f"{k}: the time of a record at byte {i} is {put!r}", held[:i] + put + held[i + 2 :]


# --- VCF


def of_vcf(held: bytes) -> damage.Damaged:
    """Lines of a VCF that say what cannot be."""
    line = next(one for one in held.splitlines() if one.startswith(b"chr9\t135768848"))
    cells = line.split(b"\t")
    for column, name in enumerate(("CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", "child")):
        for put in (
            *damage.NUMBERS,
            *damage.WORDS,
            b"\xc2\xb2",
            b"0/" + b"9" * 5000,
            b"./.",
            b"9" * 19,
            b"<DEL>",
            b"A]chr1:5]",
            b"*",
        ):
            yield (
                f"{name} is {put[:12]!r}",
                held.replace(line, b"\t".join([*cells[:column], put, *cells[column + 1 :]])),
            )
    for put in (
        b"END=" + b"9" * 5000,
        b"SVLEN=-" + b"9" * 5000,
        b"END=\xc2\xb2",
        b"SVTYPE=DEL;END=1",
        b"CSQ=" + b"|" * 100_000,
        b"CSQ=" + b",".join([b"A|x"] * 20_000),
    ):
        yield f"INFO is {put[:12]!r}", held.replace(cells[7], put)
    for put in (b"AD", b"DP", b"GQ", b"PS", b"VAF", b"DP4", b"RO:AO"):
        for value in (b"9" * 5000, b"\xc2\xb2", b"nan", b"1e999", b"-5", b",,,", b"1,2,3,4"):
            changed = [*cells[:8], b"GT:DP:" + put, *([b"0/1:30:" + value] * 3)]
            yield f"{put.decode()} is {value[:8]!r}", held.replace(line, b"\t".join(changed))
    yield (
        "50,000 alternative alleles",
        held.replace(line, b"\t".join([*cells[:4], b",".join([b"A"] * 50_000), *cells[5:]])),
    )
    yield "20,000 samples", held.replace(b"\tfather", b"\tfather" + b"".join(b"\ts%d" % k for k in range(20_000)))
    yield "a reference of a million bases", held.replace(line, b"\t".join([*cells[:3], b"A" * 1_000_000, *cells[4:]]))
    yield "300,000 lines of header", b"##x=y\n" * 300_000 + held
    yield "an EDF inside", held + sound.edf().to_bytes()
    yield "the VCF twice", held + held


def packed_vcf(held: bytes) -> damage.Damaged:
    """What a small packed file can become: lines without end, blocks without end."""
    head = sound.vcf()
    import gzip

    yield "a line of 1 GB", gzip.compress(head, mtime=0) + damage.bomb(1024, b"A" * damage.BLOCK)
    yield "a header line of 1 GB", gzip.compress(b"##x=", mtime=0) + damage.bomb(1024, b"A" * damage.BLOCK)
    yield "a million empty lines", gzip.compress(head + b"\n" * 1_000_000, mtime=0)
    yield "packed twice", gzip.compress(held, mtime=0)
    yield "an EDF inside", gzip.compress(sound.edf().to_bytes(), mtime=0)
    yield "plain text behind", held + head
