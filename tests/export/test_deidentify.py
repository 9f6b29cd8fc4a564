"""A planted identity is nowhere in what is exported, and an export that would hold it is refused."""

from __future__ import annotations

import json
import stat
import warnings
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import OutputError
from ictal.cli.main import run
from ictal.eeg.recording import read
from ictal.exchange.findings_json import schema
from ictal.export import identity
from ictal.export.audit import audit
from ictal.export.shift import alias_of
from ictal.export.spellings import date_in, fold, of_date, of_name
from tests.export.made import BIRTH, LABELS, Planted, results_of

SECRETS = (
    "mueller",
    "muller",
    "müller",
    "änna",
    "anna",
    "gisela",
    "kinderspital",
    "zuerich",
    "4711",
    "99812",
    "0441234567",
)
DATES = ("2025-03", "2025-06", "mar-2025", "jun-2025", "03.03", "04.06.25", "04-jun")
KNOWN = "Änna Müller\n2025-03-03\nKinderspital Zürich\nHN-4711-22\nMutter Ursula Müller-Zgraggen\n044 123 45 67\n"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """The command with what is known in a file and a key of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "known.txt").write_text(KNOWN, encoding="utf-8")

    def ask(*words: object) -> int:
        told = [str(w) for w in words]
        return run(["export", *told, "--deidentify", "--known", "known.txt", "--key", str(tmp_path / "secret.key")])

    return ask


def everything(folder: Path) -> list[str]:
    """Every name and every byte below a folder, in the encodings that a text could have."""
    found = [p.name for p in folder.rglob("*")]
    for path in (p for p in folder.rglob("*") if p.is_file()):
        raw = path.read_bytes()
        if path.suffix in (".edf", ".bdf"):
            raw = raw[: int(raw[184:192])] + b"".join(annotation_bytes(path))
        found += [
            raw.decode(encoding, "replace").casefold() for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
        ]
    return found


def annotation_bytes(path: Path) -> list[bytes]:
    raw = path.read_bytes()
    count, size = int(raw[252:256]), 3 if path.suffix == ".bdf" else 2
    header = int(raw[184:192])
    per = [int(raw[256 + 216 * count + 8 * i :][:8]) * size for i in range(count)]
    return [raw[k + sum(per[:-1]) : k + sum(per)] for k in range(header, len(raw), sum(per))]


def clean(folder: Path) -> None:
    for text in everything(folder):
        assert not [s for s in (*SECRETS, *DATES) if s in text]
        assert not [s for s in SECRETS if s in fold(text)]


@pytest.mark.parametrize("kind", ["edf", "bdf"])
def test_three_readers_agree_that_nothing_is_left_and_every_sample_is_there(
    asked: Callable[..., int], tmp_path: Path, kind: str
) -> None:
    import edfio
    import mne
    import pyedflib

    labels = (*LABELS[:-1], "ECG Mueller")
    source = Planted(bdf=kind == "bdf", labels=labels).write(tmp_path / f"Mueller_Anna_20250604.{kind}")
    out = tmp_path / "out"
    assert asked(source, "--out", out) == 0
    clean(out)
    (path,) = (p for p in out.rglob("*") if p.is_file())
    reader = edfio.read_bdf if kind == "bdf" else edfio.read_edf
    before, after = reader(source), reader(path)
    assert after.local_patient_identification == "X X X X"
    assert after.local_recording_identification.endswith(" X X X")
    assert {(s.transducer_type, s.prefiltering, s.reserved) for s in after.signals} == {("", "", "")}
    for one, other in zip(before.signals, after.signals, strict=True):
        assert np.array_equal(one.digital, other.digital)
    assert [a.text for a in after.annotations] == ["Eyes closed", "sz onset"]
    assert after.labels == (*LABELS[:-1], "ECG 6")
    with pyedflib.EdfReader(str(path)) as file:
        told = file.getHeader()
        assert {told[k] for k in ("technician", "recording_additional", "patient_additional", "patientcode")} == {""}
        assert {told[k] for k in ("equipment", "admincode", "sex", "birthdate", "patientname")} <= {"", "X"}
        signals = [file.readSignal(i, digital=True) for i in range(file.signals_in_file)]
    assert all(np.array_equal(a, s.digital) for a, s in zip(signals, before.signals, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        info = mne.io.read_raw(path, verbose="ERROR").info
    assert not any(s in str(dict(info)).casefold() for s in SECRETS)
    # MNE makes an empty person of `X X X X`.
    assert not {
        k: v for k, v in (info["subject_info"] or {}).items() if k not in ("sex", "his_id") and v not in ("X", "")
    }


def test_all_recordings_of_a_child_move_by_the_same_days_and_another_child_by_others(
    asked: Callable[..., int], tmp_path: Path
) -> None:
    def begin(name: str, planted: Planted) -> datetime | None:
        source = planted.write(tmp_path / f"{name}.edf")
        assert asked(source, "--out", tmp_path / f"out-{name}") == 0
        return read(next((tmp_path / f"out-{name}").glob("*.edf"))).start

    first = begin("a", Planted())
    later = begin("b", Planted(recording="Startdate 11-JUL-2025 X X X", date="11.07.25"))
    other = begin("c", Planted(patient="HN-9999-1 M 01-JAN-2025 Meier_Beat"))
    assert first is not None
    assert later == first + timedelta(days=37)
    assert (first.time(), first.date()) != (None, date(2025, 6, 4))
    assert first.time() == datetime(2025, 6, 4, 10, 11, 12).time()
    assert other != first
    mode = (tmp_path / "secret.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_results_and_datasets_hold_nothing_and_keep_their_schema(asked: Callable[..., int], tmp_path: Path) -> None:
    source = Planted().write(tmp_path / "Mueller_Anna.edf")
    results = results_of(source, tmp_path / "Mueller-ictal")
    said = json.loads((results / "findings.json").read_text())
    said["recorded"]["notices"] = ["The label 'Anna Müller' is odd."]
    said["steps"][0]["outcome"]["source"] = "marks of Schwester Gisela"
    (results / "findings.json").write_text(json.dumps(said))
    out = tmp_path / "out"
    assert asked(results, "--recording", source, "--out", out) == 0
    clean(out)
    (found,) = out.rglob("findings.json")
    kept = json.loads(found.read_text())
    jsonschema.validate(kept, schema())
    assert (kept["recorded"]["sha256"], kept["recorded"]["notices"]) == ("", [])
    assert kept["seizures"] == said["seizures"]
    table = (found.parent / "seizures.tsv").read_text().splitlines()
    before = (results / "seizures.tsv").read_text().splitlines()
    when = before[0].split("\t").index("dateTime")
    for one, other in zip(table, before, strict=True):
        a, b = one.split("\t"), other.split("\t")
        assert a[:when] + a[when + 1 :] == b[:when] + b[when + 1 :]
    assert (found.parent / "legs.tsv").read_text() == (results / "legs.tsv").read_text()
    for form in ("bids", "hed", "szcore", "score"):
        assert asked(results, "--recording", source, "--format", form, "--out", tmp_path / form) == 0
        clean(tmp_path / form)


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_the_record_of_a_child_keeps_ages_and_loses_names(asked: Callable[..., int], tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"mueller.{kind}"
    if kind == "csv":
        path.write_text(
            "pseudonym,entry,age_days,head_cm,name,note,patient name,born\n"
            "mueller-anna,growth,91,34.5,,Frau Müller said so,Müller Änna,03.03.2025\n"
            "mueller-anna,treatment,40,,phenobarbital,Dr. Gisela,Müller Änna,03.03.2025\n",
            encoding="utf-8",
        )
    else:
        subject = {"id": "mueller-anna", "dateOfBirth": "2025-03-03T00:00:00Z", "alternateIds": ["HN-4711-22"]}
        measured = {
            "assay": {"id": "LOINC:9843-4", "label": "Head Occipital-frontal circumference"},
            "value": {"quantity": {"unit": {"id": "UCUM:cm", "label": "cm"}, "value": 34.5}},
            "timeObserved": {"age": {"iso8601duration": "P91D"}}, "description": "Schwester Gisela, Kinderspital",
        }  # fmt: skip
        path.write_text(json.dumps({"id": "Mueller", "subject": subject, "measurements": [measured], "metaData": {}}))
    out = tmp_path / "out"
    assert asked(path, "--out", out) == 0
    clean_of_names = [t for t in everything(out) for s in SECRETS if s in fold(t)]
    assert clean_of_names == []
    text = next(p for p in out.iterdir() if p.suffix == ".json").read_text()
    assert "34.5" in text
    assert "91" in text
    assert asked(path, "--format", "phenopacket", "--out", tmp_path / "p.json") == 0
    assert "2025" not in json.dumps(json.loads((tmp_path / "p.json").read_text())["subject"])


@pytest.mark.parametrize(
    "where",
    [
        "an annotation of allowed words",
        "the samples, Latin-1",
        "the samples, UTF-16",
        "the samples, short",
        "the label",
    ],
)
def test_what_would_still_hold_something_is_refused_and_nothing_is_left(
    asked: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str
) -> None:
    planted = {
        # A child whose family name is a word of the list of annotations.
        "an annotation of allowed words": Planted(patient="X F X Sharp_Mia", annotations=((1, 0, "sharp wave"),)),
        "the samples, Latin-1": Planted(samples="Müller".encode("latin-1")),
        "the samples, UTF-16": Planted(samples="Änna".encode("utf-16-le")),
        "the samples, short": Planted(samples=b"mother of Beat"),
        "the label": Planted(patient="X F X Chin_Mia", labels=("EEG O1-REF", "EMG chin")),
    }[where]
    source = planted.write(tmp_path / "night.edf")
    (tmp_path / "known.txt").write_text(f"{KNOWN}Beat\n", encoding="utf-8")
    assert asked(source, "--out", tmp_path / "out") == 3
    said = capsys.readouterr().err.strip().splitlines()
    assert len(said) == 1
    assert said[0].startswith("ictal: Not exported")
    assert not any(s in fold(said[0]) for s in SECRETS)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["known.txt", "night.edf", "secret.key"]


NAMES = st.text(alphabet="abcdefghijklmnoprstuvwzäöüßéèçñøåł", min_size=5, max_size=12)


@given(
    name=NAMES,
    how=st.sampled_from(["plain", "upper", "ascii", "two letters", "mojibake", "utf-16-le", "latin-1", "json"]),
)
def test_a_name_is_found_however_it_is_spelled(tmp_path_factory: pytest.TempPathFactory, name: str, how: str) -> None:
    two = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "ñ": "ny"})
    spelled = {
        "plain": name.encode(), "upper": name.upper().encode(), "ascii": fold(name).encode(),
        "two letters": fold(name.translate(two)).encode(), "mojibake": name.encode().decode("latin-1").encode(),
        "utf-16-le": name.encode("utf-16-le"), "latin-1": name.encode("latin-1", "replace"),
        "json": json.dumps(name).encode(),
    }[how]  # fmt: skip
    folder = tmp_path_factory.mktemp("audit")
    (folder / "a.txt").write_bytes("visit of ".encode("utf-16-le" if how == "utf-16-le" else "ascii") + spelled)
    known = identity.Known(frozenset({identity.Word("the name", name)}))
    with pytest.raises(OutputError):
        audit(folder, known)


DAYS = st.dates(min_value=date(1990, 1, 2), max_value=date(2029, 12, 31))
FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d%m%Y", "%d-%b-%Y", "%d %B %Y", "%B %d, %Y",
         "%d.%m.%y", "%y%m%d", "%d%b%Y", "%b %d %y", "%Y/%m/%d")  # fmt: skip


@given(day=DAYS, form=st.sampled_from(FORMS), upper=st.booleans())
def test_a_date_is_found_however_it_is_written(day: date, form: str, upper: bool) -> None:
    text = f"{day:{form}}"
    assert of_date(day).search(fold(f"born {text.upper() if upper else text}, weighed"))
    other = day + timedelta(days=400)
    assert not of_date(other).search(fold(f"born {day:%Y-%m-%d}"))


@given(day=DAYS, form=st.sampled_from(("%Y-%m-%d", "%d.%m.%Y", "%d-%b-%Y", "%Y%m%d", "%d %B %Y")))
def test_a_date_that_is_told_is_understood(day: date, form: str) -> None:
    assert date_in(f"{day:{form}}") == day


def test_short_names_stand_by_themselves() -> None:
    assert of_name("Eva").search(fold("seen: EVA, 3 d"))
    assert not of_name("Eva").search(fold("evaluation of elevated"))


@given(key=st.binary(min_size=16, max_size=32), person=st.text(min_size=1, max_size=20))
def test_an_alias_follows_from_key_and_person_alone(key: bytes, person: str) -> None:
    one = alias_of(key, person, None)
    assert one == alias_of(key, person, None)
    assert 400 <= one.days < 4000
    assert one.moved(datetime(2025, 1, 1, 3)) == datetime(2025, 1, 1, 3) - timedelta(days=one.days)


def test_a_key_that_others_may_read_is_refused(asked: Callable[..., int], tmp_path: Path) -> None:
    source = Planted().write(tmp_path / "a.edf")
    assert asked(source, "--out", tmp_path / "one") == 0
    (tmp_path / "secret.key").chmod(0o644)
    assert asked(source, "--out", tmp_path / "two") == 2
    (tmp_path / "secret.key").chmod(0o600)
    (tmp_path / "secret.key").write_text("no key")
    assert asked(source, "--out", tmp_path / "two") == 2
    assert not (tmp_path / "two").exists()


def test_an_infant_of_a_study_goes_out_with_its_recordings(
    asked: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Planted().write(tmp_path / "Mueller.edf")
    results = results_of(source, tmp_path / "results")
    study = str(tmp_path / "study")
    born = BIRTH.isoformat()
    assert run(["study", "init", study]) == 0
    assert run(["infant", "new", "mueller-1", "--born", born, "--study", study]) == 0
    told = [
        "infant",
        "add",
        "mueller-1",
        "recording",
        "--age-days",
        "93",
        "--file",
        str(source),
        "--results",
        str(results),
    ]
    assert run([*told, "--study", study]) == 0
    assert asked("mueller-1", "--study", study, "--out", tmp_path / "out") == 0
    clean(tmp_path / "out")
    endings = sorted(p.suffix for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert endings == [".edf", ".json", ".json"]


def test_a_time_of_day_is_no_date(asked: Callable[..., int], tmp_path: Path) -> None:
    """A file of 10.11.12 that begins at 10:11:12, as real files of 01.01.01 begin at 01:01:01."""
    planted = Planted(patient="X X X X", recording="Startdate 10-NOV-2012 X X X", date="10.11.12", annotations=())
    assert asked(planted.write(tmp_path / "night.edf"), "--out", tmp_path / "out") == 0


def test_the_time_of_an_annotation_is_no_number_of_a_patient(asked: Callable[..., int], tmp_path: Path) -> None:
    planted = Planted(patient="0042 F X X", annotations=((42.0, 0.0, "eyes open"),), recording="Startdate X X 1042 X")
    (tmp_path / "known.txt").write_text("1042\n")
    source = Planted.write(planted, tmp_path / "night.edf")
    raw = source.read_bytes()
    source.write_bytes(raw.replace(b"+42.0\x14eyes", b"+1042\x14eyes"))
    assert asked(source, "--out", tmp_path / "out") == 0
