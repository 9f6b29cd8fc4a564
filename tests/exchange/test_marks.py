"""Marks from elsewhere, read: what tables and annotations of other tools say, and one sentence for nonsense."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import RecordingError, TableError, UsageError
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.recording.types import Annotation
from ictal.exchange.edf import write_edf
from ictal.exchange.marks import parse_columns, read_marks
from ictal.exchange.marktimes import Clock, decimal
from ictal.exchange.markwords import Words

START = datetime(2024, 3, 1, 22, 15)


def recording(seconds=600, start=START, annotations=()):
    uv = np.random.default_rng(1).standard_normal((2, seconds * 8))
    return from_arrays(uv, 8.0, ["Fp1", "O2"], start=start, annotations=annotations)


def read(tmp_path, text, name="marks.tsv", here=None, **how):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return read_marks(file, here or recording(), **how)


def spans(marks):
    return [(m.start_s, m.stop_s) for m in marks.marks]


# --- SzCORE and BIDS

SZCORE = (
    "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
    "0\t600\tbckg\tn/a\tn/a\tn/a\t600\n"
    "12.5\t30\tsz_foc\t0.8\tC3,T7-P7\tn/a\t600\n"
    "100\t20\tsz\tn/a\tn/a\tn/a\t600\n"
)


def test_a_szcore_table(tmp_path):
    told = read(tmp_path, SZCORE)
    assert told.source == "SzCORE table"
    assert spans(told) == [(12.5, 42.5), (100.0, 120.0)]
    assert [m.channels for m in told.marks] == [("C3", "T7-P7"), ()]
    assert [m.confidence for m in told.marks] == [0.8, None]
    assert told.notes == ()
    assert len(told.sha256) == 64


def test_a_table_of_a_recording_of_another_length_is_noted(tmp_path):
    (note,) = read(tmp_path, SZCORE.replace("\t600\n", "\t900\n")).notes
    assert "of a recording of 900 s, and this one has 600 s" in note


def test_bids_events_take_the_seizures_and_name_the_rest(tmp_path):
    text = "onset\tduration\ttrial_type\n5\t10\tseizure\n30\t2\tartefact\n50\t5\tinterictal spike\n70\t9\tsz_foc_ia\n"
    told = read(tmp_path, text)
    assert told.source == "BIDS events"
    assert spans(told) == [(5.0, 15.0), (70.0, 79.0)]
    assert told.notes == (
        "2 rows of the marks are no seizures and were passed over: 'artefact' (1), 'interictal spike' (1).",
    )


def test_a_pattern_says_which_types_are_seizures(tmp_path):
    text = "onset\tduration\ttrial_type\n5\t10\tevent A\n30\t2\tevent B\n"
    assert spans(read(tmp_path, text, pattern="b$")) == [(30.0, 32.0)]
    with pytest.raises(UsageError, match=r"no regular expression"):
        read(tmp_path, text, pattern="(")


def test_a_channel_column_of_bids_says_where(tmp_path):
    told = read(tmp_path, "onset\tduration\ttrial_type\tchannel\n5\t10\tseizure\tC3|C4\n30\tn/a\tseizure\tn/a\n")
    assert [m.channels for m in told.marks] == [("C3", "C4"), ()]
    assert spans(told) == [(5.0, 15.0), (30.0, 30.0)]


def test_types_of_szcore_are_read_whatever_their_case(tmp_path):
    told = read(tmp_path, "onset\tduration\teventType\n5\t10\tSZ_FOC\n20\t1\tSeizure\n0\t9\tBCKG\n40\t5\timpd\n")
    assert spans(told) == [(5.0, 15.0), (20.0, 21.0)]
    assert told.notes == ("1 row of the marks is no seizure and was passed over: 'impd' (1).",)


# --- CSV with a map of columns


def test_what_separates_is_not_counted_inside_quotes_and_may_be_said_first(tmp_path):
    columns = {"onset": "Start, s, of day", "duration": "Length"}
    text = '"Start, s, of day";Length\n1,5;3\n'
    assert spans(read(tmp_path, text, "a.csv", columns=columns)) == [(1.5, 4.5)]
    assert spans(read(tmp_path, "sep=;\r\n" + text, "a.csv", columns=columns)) == [(1.5, 4.5)]
    with pytest.raises(TableError, match=r"'a.csv', line 3: onset is 'x'"):
        read(tmp_path, "sep=;\nA;B\nx;3\n", "a.csv", columns={"onset": "A", "duration": "B"})


def test_a_german_csv(tmp_path):
    text = 'Nr;Start;Länge;Kanal\n1;12,5;30;"C3, T3"\n2;100;7,25;\n'.encode("cp1252")
    told = read(tmp_path, text, "a.csv", columns=parse_columns("onset=Start,duration=Länge,channels=Kanal"))
    assert spans(told) == [(12.5, 42.5), (100.0, 107.25)]
    assert told.marks[0].channels == ("C3", "T3")
    assert told.source == "table with a map of columns"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_any_of_three_separators(tmp_path, separator):
    rows = [("from", "to", "where"), ("10.5", "20", "O1"), ('"1,5"', "3", "")]
    text = "\n".join(separator.join(row) for row in rows)
    told = read(tmp_path, text, "a.csv", columns=parse_columns("onset=from,stop=to,channels=where"))
    assert spans(told) == [(10.5, 20.0), (1.5, 3.0)]


def test_a_table_that_a_spreadsheet_wrote_in_utf_16(tmp_path):
    text = "von;bis\r\n1,5;4\r\n".encode("utf-16")
    assert spans(read(tmp_path, text, "a.csv", columns={"onset": "von", "stop": "bis"})) == [(1.5, 4.0)]


def test_times_of_day_past_midnight(tmp_path):
    text = "start,end\n22:16:00,22:16:30.5\n23:59:50,00:00:20\n00:10:00,00:11:00\n"
    told = read(tmp_path, text, "a.csv", recording(3 * 3600), columns={"onset": "start", "stop": "end"})
    assert spans(told) == [(60.0, 90.5), (6290.0, 6320.0), (6900.0, 6960.0)]


def test_dates_and_elapsed_times_and_lengths(tmp_path):
    text = "start,long\n2024-03-01 22:20:00,00:30\n2024-03-02T00:15:00,0:01:30\n"
    told = read(tmp_path, text, "a.csv", columns={"onset": "start", "duration": "long"})
    assert spans(told) == [(300.0, 330.0), (7200.0, 7290.0)]
    text = "start,long\n00:05:00,30\n"
    columns = {"onset": "start", "duration": "long", "times": "elapsed"}
    assert spans(read(tmp_path, text, "a.csv", columns=columns)) == [(300.0, 330.0)]


def test_a_time_of_day_needs_the_start_and_a_day_needs_dates(tmp_path):
    columns, text = {"onset": "start", "duration": "long"}, "start,long\n22:20:00,30\n"
    with pytest.raises(TableError, match=r"'a.csv', line 2: .*does not say when it began.*times=elapsed"):
        read(tmp_path, text, "a.csv", recording(start=None), columns=columns)
    with pytest.raises(TableError, match="longer than a day: give the date too"):
        read(tmp_path, text, "a.csv", recording(90000), columns=columns)


@given(st.floats(0, 86399.0), st.integers(0, 86399))
def test_a_clock_time_says_the_second_that_it_was_made_of(after_s, began):
    start = datetime(2024, 3, 1).replace(hour=began // 3600, minute=began // 60 % 60, second=began % 60)
    of_day = (began + int(after_s)) % 86400
    text = f"{of_day // 3600:02d}:{of_day // 60 % 60:02d}:{of_day % 60:02d}"
    assert Clock(start, 86400.0).time(text, "onset") == int(after_s)


@given(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))
def test_a_decimal_comma_is_a_decimal_point(value):
    assert decimal(f"{value:.3f}".replace(".", ",")) == value


WRONG = {
    "onset\tduration\teventType\n10\t-5\tsz\n": "line 2: .*ends 5 s before it begins",
    "onset\tduration\teventType\nnan\t5\tsz\n": "line 2: onset is missing",
    "onset\tduration\teventType\ninf\t5\tsz\n": "line 2: onset is 'inf'",
    "onset\tduration\teventType\n1\tlong\tsz\n": "line 2: duration is 'long'",
    "onset\tduration\teventType\tconfidence\n1\t2\tsz\t7\n": "line 2: confidence is '7', but must be a number from",
    "onset\tduration\teventType\n1\t2\tsz\t7\n": "line 2: has 4 cells",
    "onset\tduration\n1\t2\n": "no SzCORE or BIDS table .*Its columns are: onset, duration. Say which is which",
    "onset\tduration\teventType\n10\n": "line 2: has 1 cells, but the first line names 3",
    'onset\tduration\teventType\n"10\t20\tsz\n': "is not a table of marks",
    "onset\tonset\n1\t2\n": "the column 'onset' twice",
    "": "its first line must name the columns",
}


@pytest.mark.parametrize("text", sorted(WRONG))
def test_a_line_that_makes_no_sense_is_one_sentence(tmp_path, text):
    with pytest.raises(TableError, match=WRONG[text]) as error:
        read(tmp_path, text)
    assert str(tmp_path) not in str(error.value)


def test_a_file_that_is_no_table(tmp_path):
    with pytest.raises(TableError, match="holds no marks that Ictal reads"):
        read(tmp_path, b"\x00\x01\x02\xff" * 50)
    with pytest.raises(TableError, match=r"There is no file 'none.tsv'"):
        read_marks(tmp_path / "none.tsv", recording())
    with pytest.raises(TableError, match="is a folder"):
        read_marks(tmp_path, recording())


@pytest.mark.parametrize(
    ("text", "said"),
    [("onset", "FIELD=COLUMN"), ("start=a,duration=b", "no field 'start'"), ("onset=a,onset=b", "'onset' twice"),
     ("onset=a,times=utc", "'clock' and 'elapsed'")],
)  # fmt: skip
def test_a_map_of_columns_that_cannot_be(text, said):
    with pytest.raises(UsageError, match=said):
        parse_columns(text)


def test_a_map_that_names_no_column_of_the_table(tmp_path):
    with pytest.raises(TableError, match=r"no column 'Start' for onset. Its columns are: a, b"):
        read(tmp_path, "a,b\n1,2\n", columns={"onset": "Start", "duration": "b"})
    with pytest.raises(UsageError, match=r"needs onset, and duration or stop"):
        read(tmp_path, "a,b\n1,2\n", columns={"onset": "a"})


# --- annotations


@pytest.mark.parametrize(
    "text",
    ["Seizure", "seizure start", "SZ", "sz 3", "Sz1", "EEG seizure C3", "ictal onset", "Anfall", "Krampfanfall links",
     "fokaler Anfall Ende", "crise", "Crise d'épilepsie", "electrographic seizures", "seiz", "convulsion",
     "Anfallsbeginn", "Anfallsende", "iktales Muster", "SeizureStart", "szEnd", "status epilepticus", "sz?"],
)  # fmt: skip
def test_words_that_mean_a_seizure(text):
    assert Words.of(None).mean_seizure(text)


@pytest.mark.parametrize(
    "text",
    ["no seizure", "No clear seizures", "interictal", "inter-ictal spike", "postictal", "post-ictal slowing",
     "kein Anfall", "pas de crise", "non-epileptic", "size", "sleep", "lights off", "Eyes open", "artefact", "outfit",
     "SIMULATED by Ictal 0.1",
     "seizure-free", "Seizure free", "anfallsfrei", "krampffrei", "Seizures: 0", "Anfälle: keine",
     "history of seizures",
     "absence of seizures", "Seizure detection on", "seizure precautions", "interiktal", "postiktal",
     "Ictal: not recorded, filled with zeros", "seizureless", "Pseudo-seizure", "electrode C3 off"],
)  # fmt: skip
def test_words_that_do_not(text):
    assert not Words.of(None).mean_seizure(text)


def test_the_annotations_of_the_recording_with_starts_and_ends(tmp_path):
    marks = [
        Annotation(10.0, 20.0, "Seizure"), Annotation(50.0, 0.0, "Anfall Beginn"), Annotation(60.0, 0.0, "Crying"),
        Annotation(80.0, 0.0, "Anfall Ende"), Annotation(100.0, 0.0, "seizure 2 start"),
        Annotation(110.0, 0.0, "seizure 3 start"), Annotation(130.0, 0.0, "seizure 3 end"),
        Annotation(150.0, 0.0, "seizure 2 end"), Annotation(200.0, 0.0, "sz"), Annotation(300.0, 0.0, "crise fin"),
    ]  # fmt: skip
    told = read_marks("annotations", recording(annotations=marks))
    assert spans(told) == [(10.0, 30.0), (50.0, 80.0), (100.0, 150.0), (110.0, 130.0), (200.0, 200.0)]
    assert told.how["other_annotations"] == 1
    assert told.notes == ("Annotation 10 at 300.0 s ends a seizure that no other begins.",)


PAIRS = {
    "Anfallsbeginn/Anfallsende": ([(10, "Anfallsbeginn"), (30, "Anfallsende")], [(10, 30)]),
    "the end names no place": ([(10, "Seizure onset C3"), (30, "Seizure end")], [(10, 30)]),
    "the start names no place": ([(10, "seizure starts"), (30, "seizure ended, C3")], [(10, 30)]),
    "one word": ([(10, "SeizureStart"), (30, "SeizureEnd")], [(10, 30)]),
    "one that is not ended": ([(200, "Sz"), (500, "Sz start"), (530, "Sz end")], [(200, 200), (500, 530)]),
    "a start that was forgotten": ([(1, "sz start"), (50, "sz start"), (60, "sz end")], [(1, 1), (50, 60)]),
    "another's end": ([(10, "seizure 1 start"), (30, "seizure 2 end")], [(10, 10)]),
    "one ends where the next begins": (
        [(10, "sz start"), (30, "sz end"), (30, "sz start"), (40, "sz end")], [(10, 30), (30, 40)],
    ),
    "an end at a place that two have": (
        [(1, "seizure C3 start"), (2, "seizure C4 start"), (9, "seizure end")], [(1, 1), (2, 2)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_starts_and_ends_that_belong_together(name):
    texts, wanted = PAIRS[name]
    told = read_marks("annotations", recording(annotations=[Annotation(float(t), 0.0, s) for t, s in texts]))
    assert spans(told) == wanted
    ends = sum(s.lower().endswith(("end", "ended", "ende")) or "ended" in s for _, s in texts)
    assert len(told.notes) == ends - sum(stop > start for start, stop in wanted)


def test_a_file_without_annotations_is_not_taken_for_one_without_seizures(tmp_path):
    told = read_marks("annotations", recording())
    assert told.marks == ()
    assert told.notes == ("There is no annotation at all, so no seizure is marked: check that this is the right file.",)
    write_edf(recording(), tmp_path / "plus.edf")
    raw = bytearray((tmp_path / "plus.edf").read_bytes())
    raw[192:197] = b"     "  # the five bytes that make an EDF+ of an EDF
    (tmp_path / "plain.edf").write_bytes(raw)
    with pytest.raises(TableError, match=r"The file of marks is a plain EDF file, which has no annotations"):
        read_marks(tmp_path / "plain.edf", recording())


def test_the_start_of_a_recording_may_know_its_time_zone(tmp_path):
    write_edf(recording(annotations=[Annotation(7.0, 5.0, "seizure")]), tmp_path / "marks.edf")
    assert spans(read_marks(tmp_path / "marks.edf", recording(start=START.replace(tzinfo=UTC)))) == [(7.0, 12.0)]


def test_annotations_without_a_seizure_are_counted_and_their_texts_kept_out():
    told = read_marks("annotations", recording(annotations=[Annotation(1.0, 0.0, "Crying, Jane Doe")]))
    assert told.marks == ()
    assert told.notes == ("None of the 1 annotations says that it is a seizure; --event-pattern can name other words.",)


def test_an_edf_file_of_annotations_that_begins_later(tmp_path):
    later = START.replace(minute=20)
    write_edf(recording(start=later, annotations=[Annotation(7.0, 5.0, "seizure")]), tmp_path / "marks.edf")
    told = read_marks(tmp_path / "marks.edf", recording())
    assert spans(told) == [(307.0, 312.0)]
    assert told.source == "EDF+ annotations"
    assert told.notes == ("The file of marks begins 300 s after the recording; its marks were moved by that.",)


def test_an_edf_file_that_cannot_be_read_is_one_sentence(tmp_path):
    (tmp_path / "broken.edf").write_bytes(b"0       " + b"X" * 300)
    with pytest.raises((RecordingError, TableError)):
        read_marks(tmp_path / "broken.edf", recording())
