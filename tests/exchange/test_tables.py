"""The event tables: what the contract asks for, what is read back, and what is refused in one sentence."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.errors import TableError
from ictal.eeg.detection.types import Discharge
from ictal.eeg.recording.types import Recording
from ictal.eeg.tracking.types import Leg, Passage, Pattern, Seizure
from ictal.exchange.tables import clean_cell, find_tables, read_events, write_events
from tests.exchange.made import channel, recording

OLD = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}


def _recording(**more: object) -> Recording:
    """An hour that calls today's T7 T3, as most files do."""
    channels = [channel(f"EEG {OLD.get(n, n)}-REF", 1.0, n) for n in TEN_TWENTY]
    named = [replace(c, written_electrode=OLD.get(n, n)) for c, n in zip(channels, TEN_TWENTY, strict=True)]
    return recording(named, [(0.0, 3600.0)], **more)  # type: ignore[arg-type]


MIGRATING = Seizure(
    (
        Leg(100.0, 130.0, "O1", 4.5, 80.0, ("O1-avg", "T5-avg")),
        Leg(125.0, 150.0, "O2", 3.0, 60.0, ("O2-avg",), 0, Passage.migration),
        Leg(140.25, 171.5, "T8", 2.0, 90.0, ("T4-avg", "O2-avg"), 1, Passage.spread),
    ),
    Pattern.migrating,
    0.876,
)
BILATERAL = Seizure(
    (
        Leg(2000.0, 2030.0, "C3", 1.0, 50.0, ("C3-avg",)),
        Leg(2000.5, 2020.0, "C4", 1.0, 50.0, ("C4-avg",), 0, Passage.simultaneous),
    ),
    Pattern.bilateral,
    1.0,
)  # fmt: skip
DISCHARGE = Discharge(100.0, 130.0, "T3-avg", "T7", 4.5, 80.0, 0.9)


def test_seizures_are_written_as_the_contract_says(tmp_path: Path) -> None:
    write_events(tmp_path, _recording(start=datetime(2026, 3, 4, 5, 6, 7)), [DISCHARGE], [MIGRATING, BILATERAL])
    assert (tmp_path / "seizures.tsv").read_bytes().decode() == (
        "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\tseizure_id\tonset_electrode\t"
        "onset_hemisphere\tonset_lobe\tpattern\tcrosses_midline\tpath\n"
        "100.00\t71.50\tsz_foc\t0.88\tO1-avg,T5-avg,O2-avg,T4-avg\t2026-03-04 05:06:07\t3600.00\t1\tO1\tleft\t"
        "occipital\tmigrating\ttrue\tO1>O2>T4\n"
        "2000.00\t30.00\tsz\t1.00\tC3-avg,C4-avg\t2026-03-04 05:06:07\t3600.00\t2\tC3\tleft\tcentral\t"
        "bilateral\ttrue\tC3>C4\n"
    )


def test_legs_and_discharges_are_written_as_the_contract_says(tmp_path: Path) -> None:
    write_events(tmp_path, _recording(), [DISCHARGE], [MIGRATING])
    assert (tmp_path / "legs.tsv").read_text().splitlines() == [
        "seizure_id\tleg\tonset\tduration\telectrode\themisphere\tlobe\tfrequency_hz\tamplitude_uv\tchannels\tcame_from\tcame_by",
        "1\t1\t100.00\t30.00\tO1\tleft\toccipital\t4.50\t80.0\tO1-avg,T5-avg\tn/a\tn/a",
        "1\t2\t125.00\t25.00\tO2\tright\toccipital\t3.00\t60.0\tO2-avg\t1\tmigration",
        "1\t3\t140.25\t31.25\tT4\tright\ttemporal\t2.00\t90.0\tT4-avg,O2-avg\t2\tspread",
    ]
    assert (tmp_path / "discharges.tsv").read_text().splitlines() == [
        "onset\tduration\tderivation\tfrequency_hz\tamplitude_uv\tscore",
        "100.00\t30.00\tT3-avg\t4.50\t80.0\t0.900",
    ]


def test_no_seizure_is_one_background_row(tmp_path: Path) -> None:
    write_events(tmp_path, _recording(), [], [])
    header, row = (tmp_path / "seizures.tsv").read_text().splitlines()
    assert len(header.split("\t")) == 14
    assert row.split("\t") == ["0.00", "3600.00", "bckg", "n/a", "n/a", "n/a", "3600.00", *["n/a"] * 7]
    assert len((tmp_path / "legs.tsv").read_text().splitlines()) == 1
    read = read_events(tmp_path)
    assert (read.rows, read.seizures, read.discharges, read.recording_duration_s) == ((), (), (), 3600.0)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    start = datetime(2026, 3, 4, 5, 6, 7)
    write_events(tmp_path, _recording(start=start), [DISCHARGE], [MIGRATING, BILATERAL])
    read = read_events(tmp_path)
    assert read.seizures == (replace(MIGRATING, confidence=0.88), BILATERAL)
    assert read.discharges == (DISCHARGE,)
    assert (read.start, read.recording_duration_s) == (start, 3600.0)
    assert read_events(tmp_path / "seizures.tsv") == read
    first = read.rows[0]
    assert (first.path, first.pattern, first.seizure_id) == (("O1", "O2", "T8"), Pattern.migrating, "1")


_centi = st.integers(0, 300_000).map(lambda n: n / 100)
_label = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)


@st.composite
def _seizures(draw: st.DrawFn) -> Seizure:
    starts = sorted(draw(st.lists(_centi, min_size=1, max_size=5)))
    legs = []
    for number, start in enumerate(starts):
        came = None if number == 0 else draw(st.integers(0, number - 1) | st.none())
        legs.append(
            Leg(
                start,
                round(start + draw(st.integers(0, 30_000)) / 100, 2),
                draw(st.sampled_from(TEN_TWENTY)),
                draw(st.integers(0, 2000)) / 100,
                draw(st.integers(0, 20_000)) / 10,
                tuple(draw(st.lists(st.sampled_from(TEN_TWENTY), min_size=1, max_size=4, unique=True))),
                came,
                None if came is None else draw(st.sampled_from(Passage)),
            )
        )
    return Seizure(tuple(legs), draw(st.sampled_from(Pattern)), draw(st.integers(0, 100)) / 100)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seizures=st.lists(_seizures(), max_size=6))
def test_any_seizures_of_the_written_precision_come_back_equal(tmp_path: Path, seizures: list[Seizure]) -> None:
    write_events(tmp_path, _RECORDING, [], seizures)
    assert read_events(tmp_path).seizures == tuple(seizures)


_RECORDING = _recording()


@given(start=st.floats(0, 1e5), length=st.floats(0, 1e4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_time_comes_back_to_two_decimals(tmp_path: Path, start: float, length: float) -> None:
    leg = Leg(start, start + length, "O1", 1.0, 1.0, ("O1",))
    write_events(tmp_path, _RECORDING, [], [Seizure((leg,), Pattern.focal, 0.5)])
    (read,) = read_events(tmp_path).seizures
    assert read.start_s == round(start, 2)
    assert read.stop_s == round(start + length, 2)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(labels=st.lists(_label, min_size=1, max_size=4))
def test_no_label_can_break_the_table(tmp_path: Path, labels: list[str]) -> None:
    leg = Leg(1.0, 2.0, "O1", 1.0, 1.0, tuple(labels))
    marks = [Discharge(1.0, 2.0, label, "O1", 1.0, 1.0, 1.0) for label in labels]
    write_events(tmp_path, _RECORDING, marks, [Seizure((leg,), Pattern.focal, 0.5)])
    for name, rows in (("seizures.tsv", 1), ("legs.tsv", 1), ("discharges.tsv", len(labels))):
        lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
        assert len(lines) == rows + 1
        assert {line.count("\t") for line in lines} == {lines[0].count("\t")}
        assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line.split("\t"))
    read = read_events(tmp_path)
    assert len(read.discharges) == len(labels)
    assert read.seizures[0].legs[0].start_s == 1.0


def test_a_label_that_looks_like_a_formula_is_neutral_and_comes_back(tmp_path: Path) -> None:
    assert clean_cell("=1+1") == "'=1+1"
    mark = replace(DISCHARGE, derivation="-Fp1", electrode="")
    write_events(tmp_path, _RECORDING, [mark], [])
    assert "'-Fp1" in (tmp_path / "discharges.tsv").read_text()
    assert read_events(tmp_path).discharges == (mark,)


def test_not_a_number_is_written_as_not_known(tmp_path: Path) -> None:
    mark = replace(DISCHARGE, frequency_hz=math.nan)
    write_events(tmp_path, _RECORDING, [mark], [])
    assert (tmp_path / "discharges.tsv").read_text().splitlines()[1].split("\t")[3] == "n/a"
    assert math.isnan(read_events(tmp_path).discharges[0].frequency_hz)


SZCORE = (
    "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
    "10.00\t20.50\tsz_foc_ia\tn/a\tT3\t2020-01-02 03:04:05\t3600.00\n"
    "100.00\t5.00\tsz\t0.9000\tT3,C3\t2020-01-02 03:04:05\t3600.00\n"
)


def _table(folder: Path, text: str | bytes) -> Path:
    path = folder / "other_events.tsv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_szcore_table_of_another_tool_says_what_it_knows_and_no_more(tmp_path: Path) -> None:
    read = read_events(_table(tmp_path, SZCORE))
    one, two = read.rows
    assert (one.start_s, one.stop_s, one.event_type, one.confidence) == (10.0, 30.5, "sz_foc_ia", None)
    assert (one.path, one.pattern, two.path, two.channels) == (("T7",), None, (), ("T3", "C3"))
    (seizure,) = read.seizures
    assert (seizure.path, seizure.pattern) == (("T7",), Pattern.uncertain)
    assert (read.recording_duration_s, read.start) == (3600.0, datetime(2020, 1, 2, 3, 4, 5))


@pytest.mark.parametrize(
    "text",
    [
        SZCORE.replace("\n", "\r\n"),
        SZCORE.replace("\n", "\r"),
        "\ufeff" + SZCORE,
        SZCORE + "\n\n",
        SZCORE.rstrip("\n"),
        "\n".join("\t".join(reversed(line.split("\t"))) for line in SZCORE.splitlines()),
        "\n".join(line + "\textra" for line in SZCORE.splitlines()),
    ],
    ids=["windows", "old-mac", "bom", "blank-lines", "no-last-line-end", "column-order", "extra-column"],
)
def test_the_form_of_the_file_does_not_matter(tmp_path: Path, text: str) -> None:
    plain = read_events(_table(tmp_path, SZCORE))
    assert len(plain.rows) == 2
    assert read_events(_table(tmp_path, text)) == plain


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line must name the columns"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"0       X X X X\x00\x00", "first line must name the columns"),
        ("start\tstop\n1\t2\n", "no column 'onset'"),
        ("onset,duration,eventType\n1,2,sz\n", "no column 'onset'"),
        ("onset\tduration\tduration\n", "names a column twice"),
        ("onset\tduration\teventType\n1\t2\n", "line 2: has 2 cells, but the first line names 3"),
        ("onset\tduration\teventType\nx\t2\tsz\n", "line 2: onset is 'x', but must be a number of 0 or more"),
        ("onset\tduration\teventType\n\n1\t-2\tsz\n", "line 3: duration is '-2'"),
        ("onset\tduration\teventType\n-1\t2\tsz\n", "line 2: onset is '-1'"),
        ("onset\tduration\teventType\nnan\t2\tsz\n", "onset is 'nan'"),
        ("onset\tduration\teventType\n1\tinf\tsz\n", "duration is 'inf'"),
        ("onset\tduration\teventType\n1\tn/a\tsz\n", "duration is missing"),
        ("onset\tduration\teventType\n1\t2\tn/a\n", "eventType is missing"),
        ("onset\tduration\teventType\n1\t2\tseizure\n", "eventType is 'seizure'"),
        (
            "onset\tduration\teventType\tconfidence\n1\t2\tsz\t50\n",
            "confidence is '50', but must be a number from 0 to 1",
        ),
        ("onset\tduration\teventType\tpattern\n1\t2\tsz\twild\n", "pattern is 'wild', but must be one of focal"),
        ("onset\tduration\teventType\tpath\n1\t2\tsz\tO1>Q9\n", "path names 'Q9'"),
        (
            "onset\tduration\teventType\trecordingDuration\n1\t2\tsz\t9\n3\t2\tsz\t8\n",
            "line 3: recordingDuration is 8 s",
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_in_one_sentence(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(TableError) as caught:
        read_events(_table(tmp_path, text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1\t2\t1\t2\tO1\t\t\t", "leg is '2', but the next leg of seizure 1 is 1"),
        ("9\t1\t1\t2\tO1\t\t\t", "legs of seizure 9"),
        ("1\t1\t1\t2\tO1\t1\tspread\t", "came_from is 1"),
        ("1\t1\t1\t2\tO1\t\tjump\t", "came_by is 'jump'"),
        ("1\t1\t1\t2\tQQ\t\t\t", "electrode names 'QQ'"),
    ],
)
def test_legs_that_make_no_sense_are_refused(tmp_path: Path, row: str, said: str) -> None:
    write_events(tmp_path, _RECORDING, [], [MIGRATING])
    header = "seizure_id\tleg\tonset\tduration\telectrode\tcame_from\tcame_by\tchannels\n"
    (tmp_path / "legs.tsv").write_text(header + row + "\n")
    with pytest.raises(TableError, match=said):
        read_events(tmp_path)


def test_a_missing_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="There is no event table"):
        read_events(tmp_path)
    with pytest.raises(TableError, match="There is no event table"):
        find_tables(tmp_path)


def test_tables_are_found_by_the_name_of_their_recording(tmp_path: Path) -> None:
    for name in ("b/seizures.tsv", "a_events.tsv", "sub-01/eeg/sub-01_run-2_events.tsv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(SZCORE)
    assert list(find_tables(tmp_path)) == ["a", "b", "sub-01/eeg/sub-01_run-2"]
    assert find_tables(tmp_path / "b") == {"": tmp_path / "b" / "seizures.tsv"}
    assert find_tables(tmp_path / "a_events.tsv") == {"": tmp_path / "a_events.tsv"}
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "seizures.tsv").write_text(SZCORE)
    with pytest.raises(TableError, match="'a' has two event tables"):
        find_tables(tmp_path)
