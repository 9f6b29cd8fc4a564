"""Sound files of every kind that Ictal reads, small: what the rules of `damage.py` make unsound."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.exchange.test_phenopacket import HELD
from tests.genes import build
from tests.knowledge.test_bad_files import GOOD as GOOD
from tests.recording.edf_files import EdfFile, Sig, tal
from tests.syndrome.conftest import phenopacket

PLACES = ("Fp1", "Fp2", "C3", "C4", "T3", "T4", "O1", "O2", "Cz")
SECONDS, RATE_HZ = 60, 64
GOLDEN = Path(__file__).parents[1] / "golden" / "contract-1.1"


@cache
def samples() -> np.ndarray:
    """Noise with a rhythm of 5 Hz at O1 from 20 s to 45 s, in tenths of a microvolt, `(9, n)`."""
    rng = np.random.default_rng(11)
    time_s = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    uv = rng.normal(0, 12, (len(PLACES), time_s.size))
    rhythm = 90 * np.sin(2 * np.pi * 5 * time_s) * ((time_s >= 20) & (time_s < 45))
    uv[PLACES.index("O1")] += rhythm
    uv[PLACES.index("T3")] += 0.4 * rhythm
    return np.round(10 * uv).astype(np.int32)


def edf(kind: str = "EDF+C", bdf: bool = False) -> EdfFile:
    """A minute of nine channels with marks; `EDF+D` leaves out ten seconds in its middle."""
    signals = [Sig(f"EEG {place}-Ref", row) for place, row in zip(PLACES, samples(), strict=True)]
    late = 10 if kind.endswith("D") else 0
    marks = {5: (5.0, None, "eyes open"), 21: (20.5, 24.0, "seizure"), 50: (50.0 + late, 3.0, "Anfall li")}
    tals = [tal(k + late * (k >= SECONDS // 2), *([marks[k]] if k in marks else [])) for k in range(SECONDS)]
    if bdf:
        wide = (-8388608, 8388607)
        signals = [Sig(s.label, s.digital, "uV", (-838860.8, 838860.7), wide) for s in signals]
    return EdfFile(signals, SECONDS, 1, kind if not bdf else kind.replace("EDF", "BDF"), tals, bdf=bdf)


MARKS = (
    b"onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
    b"20.0\t24.5\tsz_foc\t0.9\tO1,T3\t2024-03-02 10:20:30\t60\n"
    b"50\t3.25\tsz\tn/a\tn/a\tn/a\t60\n1\t2\tbckg\t1\tn/a\tn/a\t60\n"
)
BIDS_MARKS = b"onset\tduration\ttrial_type\tchannel\n20.0\t24.5\tseizure\tO1\n5.0\tn/a\tartefact\tn/a\n"
CLOCK_MARKS = b"Start;Ende;Kanal;Art\n10:20:50;10:21:14;O1;Anfall\n10:21:20,5;10:21:23;T3;Anfall\n"
SETTINGS = (
    b'[signal]\nhigh_pass_hz = 0.4\n[detection]\nopen_score = 0.55\ndetector = "rule"\n'
    b"[tracking]\nminimum_s = 8.0\n[findings]\nsurrogates = 99\n"
)  # fmt: skip
GENES = b"""version = "1"
reviewed = 2026-01-01
expires = 2027-01-01

[sources]
"M1" = "https://example.org/paper"

[[gene]]
symbol = "ABC1"
inheritance = ["AD"]
direction = "loss"
mechanism = "Haploinsufficiency."
truncating = "fits"
source = ["M1"]
provenance = "read"
place = "1:5000-9000"
onset_days = [1, 90]
"""
CLINVAR = (
    b"##fileformat=VCFv4.1\n##fileDate=2026-10-01\n##source=ClinVar\n##reference=GRCh38\n"
    b'##INFO=<ID=CLNSIG,Number=.,Type=String,Description="s">\n'
    b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    b"9\t135768848\t12345\tG\tA\t.\t.\tCLNREVSTAT=criteria_provided,_multiple_submitters,_no_conflicts;"
    b"CLNSIG=Pathogenic;GENEINFO=KCNT1:57582;MC=SO:0001583|missense_variant\n"
    b"2\t165310345\t77\tC\tT\t.\t.\tCLNREVSTAT=no_assertion;CLNSIG=Uncertain_significance;GENEINFO=SCN2A:6326\n"
)
CHILDREN = (
    b"pseudonym,entry,age_days,sex,gestation_weeks,head_cm,weight_kg,name,dose,note\n"
    b"kid-1,infant,,female,32.57,,,,,\nkid-1,growth,91,,,34.5,4.1,,,\n"
    b"kid-1,treatment,40,,,,,phenobarbital,5 mg/kg/day,x\n"
    b"kid-2,infant,,male,40,,,,,\nkid-2,growth,12.5,,,36,,,,twin\n"
)
GROWTH = b"Alter;Kopfumfang;Gewicht\n10;35,5;3,1\n40;38;4,0\n91;40,5;5,25\n"
PARTICIPANTS = b"participant_id\tage\tgene\nsub-01\t0.2\tKCNT1\nsub-02\tn/a\tSCN2A\n"


@cache
def vcf(**keys: bool) -> bytes:
    del keys
    info = "CSQ=" + build.csq("SCN2A", "c.2632G>A", "p.Gly878Ser", "missense_variant", "A")
    more = build.line(
        "chr2", 165310345, "C", "T", info, ("0/1:10,9:19:60", "0/0:20,0:20:60", "0/1:9,9:18:50"), keys="GT:AD:DP:GQ"
    )
    deletion = build.line("chr9", 135700000, "N", "<DEL>", "SVTYPE=DEL;END=135900000", ("0/1", "0/0", "0/0"))
    return (
        build.header()
        + more
        + build.golden()
        + deletion
        + build.line("chr1", 196000000, "A", "AT,G", ".", ("1|2", "0|1", "0|2"))
    ).encode()


@cache
def bgzipped() -> bytes:
    with TemporaryDirectory() as place:
        path = Path(place) / "a.vcf"
        path.write_bytes(vcf())
        return build.bgzipped(path).read_bytes()


@cache
def bcf() -> bytes:
    import pysam

    with TemporaryDirectory() as place:
        path, out = Path(place) / "a.vcf", Path(place) / "a.bcf"
        path.write_bytes(vcf())
        with pysam.VariantFile(str(path)) as read, pysam.VariantFile(str(out), "wb", header=read.header) as made:
            for record in read:
                made.write(record)
        return out.read_bytes()


@cache
def packet() -> bytes:
    told = {
        "id": "typical", "onset": "P3W", "age": "P5M", "has": ["HP:0011167@P4W", "HP:0002376@P2M/P3M"],
        "not": ["HP:0012443"], "genes": ["KCNT1 P"], "medicines": ["phenobarbital failed"],
    }  # fmt: skip
    return json.dumps(phenopacket(told), indent=1).encode()


@cache
def kept_packet() -> bytes:
    from ictal.exchange.child import exported

    return exported(HELD, "phenopacket")[0].encode()


@cache
def record() -> bytes:
    from ictal.exchange.child import exported

    return exported(HELD, "json")[0].encode()


@cache
def assessment() -> bytes:
    from datetime import date

    from ictal.infant.syndrome.assess import assess
    from ictal.infant.syndrome.phenopacket import read_phenopacket
    from ictal.infant.syndrome.show import to_dict

    with TemporaryDirectory() as place:
        path = Path(place) / "p.json"
        path.write_bytes(packet())
        return json.dumps(to_dict(assess(read_phenopacket(path).case(), date(2026, 11, 25)), None), indent=1).encode()


@cache
def results() -> Mapping[str, bytes]:
    """The files of the output contract, as `ictal analyse` wrote them."""
    return {path.name: path.read_bytes() for path in sorted(GOLDEN.iterdir())}


@cache
def study() -> Mapping[str, bytes]:
    """A study with one child."""
    from ictal.study import create_study, open_study

    with TemporaryDirectory() as place:
        folder = Path(place) / "study"
        create_study(folder)
        kept = open_study(folder)
        kept.take(HELD, "tester")
        files = {f"study/{p.name}": p.read_bytes() for p in folder.iterdir() if p.is_file()}
        database = next(name for name in files if name.endswith((".db", ".sqlite")))
        assert sqlite3.connect(folder / Path(database).name).execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return files


@cache
def cohort() -> Mapping[str, bytes]:
    """What `ictal cohort` wrote for a folder of one recording."""
    from ictal.cli.main import run

    with TemporaryDirectory() as place:
        (Path(place) / "nights").mkdir()
        (Path(place) / "nights" / "a.edf").write_bytes(edf("EDF+D").to_bytes())
        out = Path(place) / "out"
        assert run(["cohort", f"{place}/nights", "--out", str(out), "--jobs", "1", "--no-report", "--quiet"]) == 0
        return {f"out/{p.relative_to(out)}": p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


@cache
def newborns() -> Mapping[str, bytes]:
    """Tables of three experts: three newborns, a minute each."""
    rows = "1,2,3\n" + "".join(f"{int(20 <= k < 40)},0,{int(k > 50)}\n" for k in range(60))
    return {f"annotations_2017_{expert}.csv": rows.encode() for expert in "ABC"}


@cache
def foreign() -> Mapping[str, Mapping[str, bytes]]:
    """The same minute in the formats that the extra reads: of each, its files by name, the one to be given first."""
    import mne
    import pybv

    volts = samples() * 1e-7
    found = {}
    with TemporaryDirectory() as place:
        for name in ("bv", "set", "fif", "lay"):
            (Path(place) / name).mkdir()
        pybv.write_brainvision(
            data=volts, sfreq=RATE_HZ, ch_names=list(PLACES), fname_base="a", folder_out=Path(place) / "bv",
            unit="\u00b5V", resolution=0.1, meas_date=datetime(2024, 3, 2, 10, 20, 30),
            events=[{"onset": 1300, "duration": 1500, "description": "seizure", "type": "Comment"}],
        )  # fmt: skip
        raw = mne.io.RawArray(volts, mne.create_info(list(PLACES), RATE_HZ, "eeg"), verbose="ERROR")
        raw.set_annotations(mne.Annotations([20.5, 50.0], [24.0, 0.0], ["seizure", "eyes open"]))
        raw.save(Path(place) / "fif" / "a_raw.fif", verbose="ERROR")
        mne.export.export_raw(Path(place) / "set" / "a.set", raw, verbose="ERROR")
        (Path(place) / "lay" / "a.dat").write_bytes(samples().astype("<i2").T.tobytes())
        channels = "\n".join(f"{one}={i + 1}" for i, one in enumerate(PLACES))
        (Path(place) / "lay" / "a.lay").write_text(
            f"[FileInfo]\nFile=a.dat\nFileType=Interleaved\nSamplingRate={RATE_HZ}\nHeaderLength=0\nCalibration=0.1\n"
            f"WaveformCount={len(PLACES)}\nDataType=0\n[ChannelMap]\n{channels}\n[SampleTimes]\n0=37230.0\n2000=37300.5\n"
            "[Patient]\nFirst=A\nLast=B\nSex=\nHand=\nBirthDate=01/01/2023\nID=\nTestDate=03/02/2024\n"
            "TestTime=10:20:30\n[Comments]\n7.5,0.0,0,0,late\n"
        )
        for name, suffix in (("bv", ".vhdr"), ("set", ".set"), ("fif", ".fif"), ("lay", ".lay")):
            files = sorted((Path(place) / name).iterdir(), key=lambda p: p.suffix != suffix)
            found[name] = {p.name: p.read_bytes() for p in files}
    return found


@cache
def criteria() -> bytes:
    """The criteria that come with Ictal, as somebody's own."""
    from importlib import resources

    return resources.files("ictal.infant.syndrome").joinpath("data", "criteria.toml").read_bytes()
