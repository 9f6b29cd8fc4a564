"""Identity where nobody looks for it: in numbers that look harmless, in names joined, divided and respelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ictal.cli.main import run
from ictal.eeg.recording import read
from ictal.export.audit import audit
from ictal.export.deidentify import Asked, deidentify
from ictal.export.identity import of_file, of_item
from ictal.export.types import Case, Item
from ictal.infant.timeline.reading import infant_from
from ictal.infant.timeline.types import ENTRY_TYPES
from tests.export.made import Planted

NUMBERS = (
    "04 41 12 34 56", "06.12.34.56.78", "03.03.25", "3/3/25", "25-03-03", "3 3 25", "93", "47-11-22", "80 32",
    "seizure 20250303", "Seizure 4711220", "sz 03.03.25", "care nurse 04.41.12.34.56", "discharge EEG471122",
    "Simulated EEG: scenario infantile, seed 0441234567", "simulated by ictal anna.mueller: no patient's recording",
    "\u0664\u0667 \u0661\u0661 \u0662\u0662", "N\u00f6el", "leg 1.1 migrating O1>Anna", "leg 20250303.1 focal O1",
)  # fmt: skip
HARMLESS = (
    "eyes open",
    "photic 10 Hz",
    "N1 N2 N3",
    "seizure 12 migrating O1>T8",
    "leg 2.3 T8",
    "sz onset",
    "Comment/eyes open",
)
LABELS = ("ECG4711223", "EEG 47-11-22", "x20250303", "EEG 044-123-45", "EEG 03.03.25", "L20250303")
SPELLED = (
    ("Mueller Anna", "Müller"), ("van den Berg", "vandenberg"), ("Jean-Noël", "jeannoel"), ("Anna Berg", "BergAnna"),
    ("BergAnna", "Berg, Anna"), ("Li Wei", "LiWei"), ("Müller", "M&uuml;ller"), ("Ødegård", "Oedegaard"),
    ("471122", "47-11-22"), ("471122", "47 11 22"), ("471122", "47.11.22"), ("HN-47-11-22", "HN 47/11 22"),
    ("044 123 45 67", "044 123 45 67"), ("044 123 45 67", "0441234567"), ("+41 44 123 45 67", "044 123 45 67"),
    ("+41 44 123 45 67", "+41441234567"), ("(044) 123-4567", "0441234567"), ("SW1A 1AA", "SW1A1AA"),
    ("2025-03-03", "3rd of March, 2025"), ("2025-03-03", "3/III/2025"), ("2025-03-03", "2025-062"),
    ("née le 3 mars 2025", "03.03.2025"), ("5 août 2025", "2025-08-05"), ("3. März 2025", "03.03.25"),
)  # fmt: skip


def _out(tmp_path: Path, planted: Planted, *more: str) -> Path:
    source = planted.write(tmp_path / "night.edf")
    told = [
        "export",
        str(source),
        "--deidentify",
        "--key",
        str(tmp_path / "key"),
        "--out",
        str(tmp_path / "out"),
        *more,
    ]
    assert run(told) == 0
    return next((tmp_path / "out").glob("*.edf"))


def test_of_annotations_those_with_numbers_of_a_patient_go_and_those_of_a_reader_stay(tmp_path: Path) -> None:
    texts = (*NUMBERS, *HARMLESS)
    marks = tuple((float(n + 1), 0.0, text) for n, text in enumerate(texts))
    planted = Planted(patient="X X X X", recording="Startdate X X X X", annotations=marks)
    assert tuple(a.text for a in read(_out(tmp_path, planted)).annotations) == HARMLESS


def test_a_label_with_the_number_of_a_patient_is_replaced(tmp_path: Path) -> None:
    own = ("EEG O1-REF", "T3-471", "E127-E128")
    planted = Planted(patient="X X X X", recording="Startdate X X X X", annotations=(), labels=(*own, *LABELS))
    labels = [c.label for c in read(_out(tmp_path, planted)).channels]
    assert tuple(labels[:3]) == own
    assert not set(labels) & set(LABELS)


@pytest.mark.parametrize(("known", "written"), SPELLED)
def test_what_is_known_in_one_way_is_found_in_another(tmp_path: Path, known: str, written: str) -> None:
    (tmp_path / "known.txt").write_text(known, encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.txt").write_text(f"visit of {written}, weighed 4711.22 g", encoding="utf-8")
    with pytest.raises(Exception, match="Not exported"):
        audit(tmp_path / "out", of_file(tmp_path / "known.txt"))


def test_numbers_of_an_eeg_are_no_numbers_of_a_patient(tmp_path: Path) -> None:
    (tmp_path / "known.txt").write_text("471122\n1042\n", encoding="utf-8")
    (tmp_path / "out").mkdir()
    text = "onset\tduration\n4711.22\t0.471122\n1.1042\t47\n11\t22\n[47, 11, 22]\n"
    (tmp_path / "out" / "a.tsv").write_text(text)
    assert audit(tmp_path / "out", of_file(tmp_path / "known.txt")).things == 2


def test_the_name_that_the_folder_will_have_is_searched_too(tmp_path: Path) -> None:
    source = Planted(patient="X M X Berg_Noel").write(tmp_path / "night.edf")
    told = ["export", str(source), "--deidentify", "--key", str(tmp_path / "key"), "--out"]
    assert run([*told, str(tmp_path / "Berg_out")]) == 3
    assert not (tmp_path / "Berg_out").exists()


@pytest.mark.parametrize(
    "patients",
    [
        ("47-11-22 M 03-MAR-2025 van_der_Berg_Noel", "47-11-22", "471122 M X X", "van der Berg, Noel 47-11-22"),
        (
            "X M 03-MAR-2025 van_der_Berg_No\u00ebl",
            "X M 03-MAR-2025 Noel_van_der_Berg",
            "x m 03-mar-2025 NOEL VAN DER BERG",
        ),
    ],
)
def test_a_child_is_the_same_however_its_header_is_written(tmp_path: Path, patients: tuple[str, ...]) -> None:
    items = []
    for n, patient in enumerate(patients):
        path = Planted(patient=patient, annotations=(), seconds=2).write(tmp_path / f"{n}.edf")
        recording = read(path)
        items.append(Item(name=path.stem, path=path, recording=recording, start=recording.start))
    assert len({of_item(i).person for i in items}) == 1
    told = deidentify(Case(items=tuple(items)), Asked(b"k" * 32)).case.items
    assert len({i.start for i in told}) == 1
    assert len({i.subject for i in told}) == 1


def _value(info: Any) -> Any:
    """A value of this type whose every typed text names a child."""
    kinds = msgspec.inspect
    match info:
        case kinds.Metadata(type=inner):
            return _value(inner)
        case kinds.UnionType(types=types):
            told = [t for t in types if not isinstance(t, kinds.NoneType)]
            return _value(next((t for t in told if isinstance(t, kinds.StrType | kinds.StructType)), told[0]))
        case kinds.LiteralType(values=values):
            return values[-1]
        case kinds.BoolType():
            return False
        case kinds.IntType():
            return 40
        case kinds.FloatType(ge=least):
            return max(least or 0.0, 1.0)
        case kinds.StrType():
            return "Zebulon0q"
        case kinds.VarTupleType(item_type=item):
            return [_value(item)]
        case kinds.StructType(cls=cls):
            return _record(cls)
    raise TypeError(info)


def _record(cls: type[msgspec.Struct]) -> dict[str, Any]:
    info: Any = msgspec.inspect.type_info(cls)
    fields = info.fields
    said = {f.encode_name: _value(f.type) for f in fields if f.encode_name not in ("id", "hpo_id")}
    return said | ({"hpo_id": "HP:0001252"} if "hpo_id" in cls.__struct_fields__ else {})


@pytest.mark.parametrize("form", ["json", "csv", "phenopacket", "fhir"])
def test_no_text_that_somebody_typed_into_a_record_goes_out(tmp_path: Path, form: str) -> None:
    kinds: list[Any] = [msgspec.inspect.type_info(kind) for kind in ENTRY_TYPES]
    entries = [_record(kind.cls) | {"entry": kind.tag} for kind in kinds]
    for entry in entries:
        if entry["entry"] == "treatment":
            del entry["ongoing"]
    said = {
        "pseudonym": "kid-77",
        "entries": [*entries, {"entry": "treatment", "age_days": 9, "name": "phenobarbital"}],
    }
    assert len(infant_from(said).entries) == len(ENTRY_TYPES) + 1
    (tmp_path / "record.json").write_text(json.dumps(said))
    told = ["export", str(tmp_path / "record.json"), "--deidentify", "--key", str(tmp_path / "key"), "--format", form]
    assert run([*told, "--out", str(tmp_path / "out")]) == 0
    (path,) = (tmp_path / "out").iterdir()
    text = path.read_text()
    assert "ebulon" not in text
    assert "kid-77" not in text
    assert "phenobarbital" in text
    assert "Hypotonia" in text
