"""Entries as a table and back; tables of a hospital by a map of columns; a bad row costs itself alone."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.base.errors import EntryError, TableError, UsageError
from ictal.exchange.child import exported, read_json
from ictal.exchange.child_csv import csv_text, parse_map, read_csv
from ictal.exchange.entry_words import entry_of_words, words_of
from ictal.infant.timeline.checks import check_entry
from ictal.infant.timeline.types import Dose, Growth, Infant, Treatment, Visit, name_of
from tests.exchange.infants_made import entries, infants


def plain(infant: Infant) -> Infant:
    """Without what no text keeps: spaces at the ends of words, and kinds of entries that cannot be."""
    kept = []
    for entry in infant.entries:
        try:
            kept.append(check_entry(entry))
        except EntryError:
            continue
    return msgspec.structs.replace(infant, entries=tuple(kept))


@settings(max_examples=150)
@given(entries())
def test_an_entry_in_words_is_the_same_entry(entry):
    try:
        check_entry(entry)
    except EntryError:
        return
    assert entry_of_words(name_of(entry), words_of(entry)) == entry


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(infants(), max_size=3, unique_by=lambda i: i.pseudonym))
def test_a_table_comes_back_the_same(tmp_path: Path, drawn: list[Infant]):
    told = [plain(infant) for infant in drawn]
    file = tmp_path / "all.csv"
    file.write_bytes(csv_text(told).encode())
    read = read_csv(file)
    assert (read.refused, read.notices) == ((), ())
    assert {i.pseudonym: i for i in read.infants} == {i.pseudonym: i for i in told}


@given(infants())
def test_no_cell_begins_a_formula(infant: Infant):
    for row in csv.reader(io.StringIO(csv_text([infant]))):
        cells = [cell for cell in row if not re.fullmatch(r"-[0-9.]+(e[-+]?[0-9]+)?", cell)]
        assert all(not cell.startswith(("=", "@", "+", "-")) for cell in cells)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(infants())
def test_json_comes_back_the_same(tmp_path: Path, drawn: Infant):
    infant = plain(drawn)
    file = tmp_path / "one.json"
    file.write_text(exported(infant, "json")[0], encoding="utf-8")
    assert read_json(file).infants == (infant,)


GERMAN = """Alter;Kopfumfang;Gewicht;Bemerkung
10;35,5;3,1;Größe fehlt
20;99;3;
;36;;
30;37;4200;

40;38;;"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_table_of_a_hospital_is_read_by_a_map_of_columns(tmp_path: Path, encoding: str):
    file = tmp_path / "ku.csv"
    file.write_text(GERMAN, encoding=encoding)
    named = parse_map("age_days=Alter, head_cm=Kopfumfang, weight_kg=Gewicht, note=Bemerkung")
    read = read_csv(file, named, kind="growth", pseudonym="inf-1")
    (infant,) = read.infants
    assert infant.entries == (
        Growth(age_days=10, head_cm=35.5, weight_kg=3.1, note="Größe fehlt"),
        Growth(age_days=40, head_cm=38),
    )
    assert [sentence.partition(":")[0] for sentence in read.refused] == ["line 3", "line 4", "line 5"]
    assert read.places == (("line 2", "line 7"),)


def test_dates_become_ages_where_the_birth_date_is_known(tmp_path: Path):
    file = tmp_path / "dates.csv"
    file.write_text("pseudonym,Datum,KU\na,2024-03-11,35\na,01.02.2024,36\nb,2024-03-11,35\na,gestern,37\n")
    read = read_csv(file, parse_map("date=Datum,head_cm=KU"), kind="growth", births={"a": date(2024, 3, 1)})
    assert [i.entries for i in read.infants] == [(Growth(age_days=10, head_cm=35),)]
    assert [s.split(": ")[0] for s in read.refused] == ["line 3", "line 4", "line 5"]
    assert "before birth" in read.refused[0]
    assert "birth date of 'b' is not known" in read.refused[1]


def test_twins_under_one_pseudonym_in_one_table_are_refused(tmp_path: Path):
    file = tmp_path / "twins.csv"
    file.write_text("pseudonym,entry,age_days,sex,head_cm\na,infant,,female,\na,infant,,male,\na,growth,3,,35\n")
    read = read_csv(file)
    assert read.infants == (Infant(pseudonym="a", sex="female", entries=(Growth(age_days=3, head_cm=35),)),)
    assert "pseudonym" in read.refused[0]


def test_a_dose_has_its_unit_in_its_cell_or_in_a_column_of_its_own(tmp_path: Path):
    file = tmp_path / "drugs.csv"
    file.write_text(
        "pseudonym,entry,age_days,name,dose,Menge,Einheit\n"
        "a,treatment,3,x,5 mg/kg/day,,\na,treatment,4,y,,5,mg/kg/day\na,treatment,5,z,5,,\na,visit,6,,,,\n"
    )
    read = read_csv(file, parse_map("dose.amount=Menge,dose.unit=Einheit"))
    dose = Dose(amount=5, unit="mg/kg/day")
    assert read.infants[0].entries == (
        Treatment(age_days=3, name="x", dose=dose),
        Treatment(age_days=4, name="y", dose=dose),
        Visit(age_days=6),
    )
    assert "no unit" in read.refused[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b"a\x00b", "no table of text"),
        (b"age_days,head_cm\n1,35\n", "no column 'entry'"),
        (b"entry,age_days\n", "no column 'pseudonym'"),
    ],
)
def test_what_is_no_such_table_is_said_in_words(tmp_path: Path, text: bytes, said: str):
    file = tmp_path / "bad.csv"
    file.write_bytes(text)
    with pytest.raises(TableError, match=said):
        read_csv(file)


def test_a_map_that_cannot_be_is_said_in_words(tmp_path: Path):
    for text, said in (
        ("head", "FIELD=COLUMN"),
        ("had_cm=KU", "Did you mean 'head_cm'"),
        ("head_cm=A,head_cm=B", "twice"),
    ):
        with pytest.raises(UsageError, match=said):
            parse_map(text)
    file = tmp_path / "a.csv"
    file.write_text("x\n1\n")
    with pytest.raises(TableError, match="no column 'KU'"):
        read_csv(file, {"head_cm": "KU"}, kind="growth", pseudonym="a")


def test_a_column_that_was_not_read_is_named_and_a_row_with_too_many_cells_is_refused(tmp_path: Path):
    file = tmp_path / "a.csv"
    file.write_text("age_days,head_cm,Station\n1,35,A\n2,36,B,C\n")
    read = read_csv(file, kind="growth", pseudonym="a")
    assert read.notices == ("Columns that were not read: Station.",)
    assert read.refused == ("line 3: it has 4 cells, and the header 3.",)
    assert len(read.infants[0].entries) == 1


@pytest.mark.parametrize(
    "text", ["[]", "{", "3", '{"subject": 3}', '{"pseudonym": "a b"}', '{"pseudonym": "a", "entries": [3]}']
)
def test_json_that_tells_of_no_infant_is_said_in_words(tmp_path: Path, text: str):
    file = tmp_path / "bad.json"
    file.write_text(text)
    with pytest.raises(TableError, match=r"bad\.json"):
        read_json(file)
