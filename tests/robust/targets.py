"""Each reader as one function of bytes, for the fuzzer and for the seeds that it left: what may end in words only.

A target writes the bytes to a file, reads it, and looks whether what was read is sane. `IctalError` is an answer;
anything else that is raised is a fault.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

from ictal.base.errors import IctalError
from tests.robust import sound

TODAY = date(2026, 11, 25)
Target = Callable[[bytes, Path], None]


class Unsound(Exception):
    """A reader gave what cannot be."""


def must(true: bool, what: str) -> None:
    if not true:
        raise Unsound(what)


def _file(held: bytes, folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(held)
    return path


def edf(held: bytes, folder: Path) -> None:
    from ictal.eeg.recording import read

    recording = read(_file(held, folder, "x.edf"), sha256="0" * 64)
    must(0 < recording.duration_s < 1e10, f"it lasts {recording.duration_s} s")
    spans = recording.segments
    must(spans[0].start_s == 0, "it does not begin at 0")
    must(all(a.stop_s <= b.start_s for a, b in itertools.pairwise(spans)), "segments overlap")
    must(all(math.isfinite(a.onset_s + a.duration_s) for a in recording.annotations), "a mark without a time")
    for number, channel in enumerate(recording.channels):
        must(0 < channel.rate_hz < 1e12, f"a rate of {channel.rate_hz} Hz")
        last = round(spans[-1].duration_s * channel.rate_hz)
        shape = recording.samples.read_uv([number], len(spans) - 1, max(0, last - 5), last).shape
        must(shape == (1, min(5, last)), f"samples of shape {shape}")


def bdf(held: bytes, folder: Path) -> None:
    edf(held, folder)


@cache
def _night():  # type: ignore[no-untyped-def]
    from tempfile import TemporaryDirectory

    from ictal.eeg.recording import read

    with TemporaryDirectory() as place:
        return read(_file(sound.edf().to_bytes(), Path(place), "a.edf"), sha256="1" * 64)


def marks(held: bytes, folder: Path) -> None:
    from ictal.exchange.marks import read_marks

    recording = _night()
    columns = {"onset": "Start", "stop": "Ende", "channels": "Kanal", "type": "Art"} if b"Ende" in held else None
    told = read_marks(_file(held, folder, "m.tsv"), recording, columns=columns)
    for mark in told.marks:
        must(math.isfinite(mark.start_s) and math.isfinite(mark.stop_s), f"a mark at {mark.start_s} s")
        must(mark.stop_s >= mark.start_s, "a mark that ends before it begins")


def events(held: bytes, folder: Path) -> None:
    from ictal.exchange.reading import read_events

    told = read_events(_file(held, folder, "e.tsv"))
    for row in told.rows:
        must(math.isfinite(row.start_s) and row.stop_s >= row.start_s, f"a seizure at {row.start_s} s")
    must(told.recording_duration_s is None or told.recording_duration_s >= 0, "a negative length")
    must(all(s.stop_s >= s.start_s for s in told.seizures), "a seizure that ends before it begins")


def legs(held: bytes, folder: Path) -> None:
    from ictal.exchange.reading import read_events

    _file(sound.results()["seizures.tsv"], folder, "seizures.tsv")
    _file(held, folder, "legs.tsv")
    for seizure in read_events(folder).seizures:
        must(all(math.isfinite(leg.start_s) for leg in seizure.legs), "a leg without a time")


def vcf(held: bytes, folder: Path) -> None:
    from ictal.infant.genes.triage import Question, triage
    from ictal.infant.genes.written import json_text, table_text

    answer = triage(_file(held, folder, "x.vcf"), Question("child", "mother", "father", today=TODAY))
    table_text(answer)
    json.loads(json_text(answer), parse_constant=_no_constant)


def clinvar(held: bytes, folder: Path) -> None:
    from ictal.infant.genes.clinvar import read_clinvar
    from ictal.infant.genes.panel import packaged_genes

    read_clinvar(_file(held, folder, "c.vcf"), packaged_genes())


def genes(held: bytes, folder: Path) -> None:
    from ictal.infant.genes.panel import read_genes

    read_genes(_file(held, folder, "g.toml"))


def phenopacket(held: bytes, folder: Path) -> None:
    from ictal.infant.syndrome.assess import assess
    from ictal.infant.syndrome.phenopacket import read_phenopacket
    from ictal.infant.syndrome.show import lines, to_dict

    answer = assess(read_phenopacket(_file(held, folder, "p.json")).case(), TODAY)
    lines(answer, None)
    json.dumps(to_dict(answer, None), allow_nan=False)


def record(held: bytes, folder: Path) -> None:
    from ictal.exchange.child import exported, read_json

    for infant in read_json(_file(held, folder, "r.json")).infants:
        for form in ("json", "csv", "phenopacket", "fhir"):
            exported(infant, form)


def children(held: bytes, folder: Path) -> None:
    from ictal.exchange.child import exported
    from ictal.exchange.child_csv import read_csv

    for infant in read_csv(_file(held, folder, "c.csv")).infants:
        exported(infant, "json")


def growth(held: bytes, folder: Path) -> None:
    from ictal.exchange.child_csv import parse_map, read_csv
    from ictal.infant.overview import overview

    named = parse_map("age_days=Alter,head_cm=Kopfumfang,weight_kg=Gewicht")
    for infant in read_csv(_file(held, folder, "g.csv"), named, kind="growth", pseudonym="inf-1").infants:
        overview(infant)


def settings(held: bytes, folder: Path) -> None:
    import ictal.analysis
    from ictal.base.settings import check, load_toml

    check(load_toml(_file(held, folder, "s.toml"), ictal.analysis.Settings))


def knowledge(held: bytes, folder: Path) -> None:
    from ictal.knowledge.library import TABLES
    from ictal.knowledge.load import load_entries

    load_entries(_file(held, folder, "k.toml"), TABLES)


def rules(held: bytes, folder: Path) -> None:
    from ictal.infant.syndrome.rules import read_rules

    read_rules(_file(held, folder, "c.toml"))


def findings(held: bytes, folder: Path) -> None:
    from ictal.exchange.findings_json import read_findings
    from ictal.infant.syndrome.findings import recording_seen
    from ictal.study.recordings import read_attached, summary_of

    _file(held, folder, "findings.json")
    _file(sound.results()["seizures.tsv"], folder, "seizures.tsv")
    with suppress(IctalError):
        recording_seen(read_findings(folder), [])
    summary = summary_of(read_attached(folder), 44.0)
    must(summary.seizures is None or summary.seizures >= 0, "a negative count")


def assessment(held: bytes, folder: Path) -> None:
    from ictal.infant.syndrome.replay import read_assessment, replay

    replay(read_assessment(_file(held, folder, "a.json").read_bytes(), "a.json"), TODAY)


def participants(held: bytes, folder: Path) -> None:
    from ictal.cohort.find import find_items

    (folder / "sub-01" / "eeg").mkdir(parents=True, exist_ok=True)
    _file(b"0", folder / "sub-01" / "eeg", "sub-01_eeg.edf")
    _file(b"{}", folder, "dataset_description.json")
    _file(held, folder, "participants.tsv")
    _file(held, folder, "participants.json")
    for item in find_items(folder, folder / "out"):
        must(item.age_days is None or 0 <= item.age_days < math.inf, f"an age of {item.age_days} days")


def newborns(held: bytes, folder: Path) -> None:
    from ictal.benchmark.newborns import read_newborns

    for name, file in sound.newborns().items():
        _file(held if "_A_" in name else file, folder, name)
    must(all(n.seconds < 1e6 for n in read_newborns(folder)), "a newborn without end")


def brainvision(held: bytes, folder: Path) -> None:
    from ictal.eeg.recording.foreign import _brainvision_times, _persyst_times

    path = _file(b"MarkerFile=m.vmrk\n", folder, "a.vhdr")
    _file(held, folder, "m.vmrk")
    times = [*_brainvision_times(path), *_persyst_times(folder / "m.vmrk")]
    must(all(math.isfinite(at) and first >= -1 for first, at in times), "a time that is none")


def study(held: bytes, folder: Path) -> None:
    from ictal.study import open_study

    for name, file in sound.study().items():
        _file(file, folder, Path(name).name)
    _file(held, folder, "study.toml")
    open_study(folder)


@cache
def _browser():  # type: ignore[no-untyped-def]
    from tempfile import mkdtemp

    from tests.robust.web import Browser

    return Browser(Path(mkdtemp(prefix="ictal-browser-")))


def http(held: bytes, folder: Path) -> None:
    """A first line `METHOD path`, lines of headers, an empty line, a body."""
    head, _, body = held.partition(b"\n\n")
    first, *lines = head.decode("latin-1").split("\n")
    method, _, path = first.partition(" ")
    browser = _browser()
    browser.faults.clear()
    path = path.replace("NUMBER", browser.number).replace("INFANT", "inf-1")
    headers = [(n.strip(), v.strip().encode("latin-1")) for n, colon, v in (x.partition(":") for x in lines) if colon]
    if method in ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH") and path.startswith("/"):
        browser.ask(method, path, content=body, headers=headers)
    must(not browser.faults, "; ".join(browser.faults))


def _requests() -> tuple[bytes, ...]:
    """A request of each route, and some with bodies."""
    from tests.robust.web import routes

    known = {"form": "csv", "level": "0", "name": "findings.json", "key": "1", "secret": "x", "token": "1"}
    found = []
    for method, route in routes():
        path = route.replace("{number}", "INFANT" if "/infants" in route else "NUMBER")
        for name, value in known.items():
            path = path.replace("{" + name + "}", value)
        body = b"\nContent-Type: application/json\n\n{}" if method in ("POST", "PUT") else b"\n\n"
        found.append(f"{method} {path}".encode() + body)
    form = b"\nContent-Type: application/x-www-form-urlencoded\n\n"
    plain = b"\nContent-Type: application/json\n\n"
    return (
        *found,
        b"POST /infants/INFANT/entries" + form + b"kind=growth&age_days=50&head_cm=36.5&note=x",
        b"POST /infants" + form + b"pseudonym=kid-9&sex=female&gestation=32%2B4",
        b"GET /api/recordings/NUMBER/tile?segment=0&at=0&montage=average&start_s=0&stop_s=10\n\n",
        b"POST /api/recordings/NUMBER/corrections" + plain + b'{"kind": "confirm", "seizure": "1"}',
        b"POST /api/uploads" + plain + b'{"name": "x.edf", "bytes": 3000, "label": "x"}',
    )


def _no_constant(word: str) -> float:
    raise Unsound(f"{word} in an answer")


TARGETS: dict[str, tuple[Target, Callable[[], tuple[bytes, ...]]]] = {
    "edf": (edf, lambda: tuple(_short(kind) for kind in ("EDF+C", "EDF+D"))),
    "bdf": (bdf, lambda: (_short("EDF+D", bdf=True),)),
    "marks": (marks, lambda: (sound.MARKS, sound.BIDS_MARKS, sound.CLOCK_MARKS, _short("EDF+C"))),
    "events": (events, lambda: (sound.MARKS, sound.results()["seizures.tsv"])),
    "legs": (legs, lambda: (sound.results()["legs.tsv"],)),
    "vcf": (vcf, lambda: (sound.vcf(), sound.bgzipped())),
    "clinvar": (clinvar, lambda: (sound.CLINVAR,)),
    "genes": (genes, lambda: (sound.GENES,)),
    "phenopacket": (phenopacket, lambda: (sound.packet(), sound.kept_packet())),
    "record": (record, lambda: (sound.record(), sound.kept_packet(), sound.packet())),
    "children": (children, lambda: (sound.CHILDREN,)),
    "growth": (growth, lambda: (sound.GROWTH,)),
    "settings": (settings, lambda: (sound.SETTINGS,)),
    "knowledge": (knowledge, lambda: (sound.GOOD.encode(),)),
    "rules": (rules, lambda: (sound.criteria(),)),
    "findings": (findings, lambda: (sound.results()["findings.json"],)),
    "assessment": (assessment, lambda: (sound.assessment(),)),
    "participants": (participants, lambda: (sound.PARTICIPANTS, b'{"age": {"Units": "weeks"}}')),
    "newborns": (newborns, lambda: (next(iter(sound.newborns().values())),)),
    "brainvision": (
        brainvision,
        lambda: (b"Mk1=New Segment,,1,1,0,20240302102030000000\n[SampleTimes]\n0=37230.0\n9=1\n",),
    ),
    "http": (http, _requests),
    "study": (study, lambda: (sound.study()["study/study.toml"],)),
}
"""Every reader with its target and its sound files."""


def _short(kind: str, bdf: bool = False) -> bytes:
    """An EDF file of two channels and four records: small, so that the fuzzer is quick."""
    from tests.recording.edf_files import EdfFile, Sig, tal

    made = sound.edf(kind, bdf)
    signals = [Sig(s.label, s.digital[: 4 * 16], s.unit, s.physical, s.digital_range) for s in made.signals[:2]]
    late = 10 if kind.endswith("D") else 0
    tals = [tal(k + late * (k > 1), *([(0.5, 2.0, "seizure")] if k == 1 else [])) for k in range(4)]
    return EdfFile(signals, 4, 1, made.reserved, tals, bdf=bdf).to_bytes()


def tried(name: str, held: bytes, folder: Path) -> IctalError | None:
    """What a reader says to these bytes: nothing, or its sentence. Anything else that it raises goes on."""
    try:
        TARGETS[name][0](held, folder)
    except IctalError as error:
        return error
    return None
