"""What the name of a channel says: one label a line, then what only the whole set can say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.electrodes import TEN_TWENTY
from ictal.eeg.recording.labels import parse_label, parse_labels, uv_per_unit
from ictal.eeg.recording.types import ChannelKind

REFERENTIAL = [
    # label, place today, as written, reference
    ("Fp1", "Fp1", "Fp1", ""),
    ("FP1", "Fp1", "FP1", ""),
    ("T3", "T7", "T3", ""),
    ("t8", "T8", "t8", ""),
    ("EEG Fp1", "Fp1", "Fp1", ""),
    ("EEG FP1-REF", "Fp1", "FP1", "REF"),
    ("EEG Fp1-Ref", "Fp1", "Fp1", "Ref"),
    ("EEG T3-Ref", "T7", "T3", "Ref"),
    ("EEG FP1-LE", "Fp1", "FP1", "LE"),
    ("EEG T5-AR", "P7", "T5", "AR"),
    ("Fp1-Avg", "Fp1", "Fp1", "Avg"),
    ("Fp1-AV", "Fp1", "Fp1", "AV"),
    ("C4-CAR", "C4", "C4", "CAR"),
    ("EEG Fp1-A2", "Fp1", "Fp1", "A2"),
    ("O2-A1", "O2", "O2", "A1"),
    ("C3-M2", "C3", "C3", "M2"),
    ("C3-M1", "C3", "C3", "M1"),
    ("Fp1-A1A2", "Fp1", "Fp1", "A1A2"),
    ("Fp1-(A1+A2)/2", "Fp1", "Fp1", "A1+A2"),
    ("POL Fp1", "Fp1", "Fp1", ""),
    ("EEG Fp1-Ref1", "Fp1", "Fp1", "Ref1"),
    ("Fp1.", "Fp1", "Fp1", ""),
    ("Fc5.", "FC5", "Fc5", ""),
    ("C3..", "C3", "C3", ""),
    ("Fp1_Ref", "Fp1", "Fp1", "Ref"),
    ("FP1 REF", "Fp1", "FP1", "REF"),
    ("EEG  FP1 - REF", "Fp1", "FP1", "REF"),
    ("C3A2", "C3", "C3", "A2"),
    ("FP1REF", "Fp1", "FP1", "REF"),
    ("Cz-0", "Cz", "Cz", ""),
    ("EEG FT9-Ref", "FT9", "FT9", "Ref"),
    ("EEG:Pz", "Pz", "Pz", ""),
    ("EEG_O1", "O1", "O1", ""),
    ("Fz-Reference", "Fz", "Fz", "Reference"),
]

BIPOLAR = [
    ("F7-C3", "F7", "C3", "F7", "C3"),
    ("FP1-F7", "Fp1", "F7", "FP1", "F7"),
    ("T7-P7", "T7", "P7", "T7", "P7"),
    ("EEG T3-T5", "T7", "P7", "T3", "T5"),
    ("T8-P8-0", "T8", "P8", "T8", "P8"),
    ("T8-P8-1", "T8", "P8", "T8", "P8"),
    ("C3-Cz", "C3", "Cz", "C3", "Cz"),
    ("C3 - P3", "C3", "P3", "C3", "P3"),
    ("Fp1\u2013F7", "Fp1", "F7", "Fp1", "F7"),
    ("FP1F7", "Fp1", "F7", "FP1", "F7"),
    ("CzPz", "Cz", "Pz", "Cz", "Pz"),
]

KINDS = [
    ("ECG", "ECG"), ("EKG", "ECG"), ("ECG EKG-Ref", "ECG"), ("EEG EKG-Ref", "ECG"), ("ECG1", "ECG"), ("EKG-REF", "ECG"),
    ("ECGL", "ECG"), ("EMG", "EMG"), ("EMG Chin", "EMG"), ("Chin1-Chin2", "EMG"), ("EMG1", "EMG"), ("L-DELT", "EMG"),
    ("EOG", "EOG"), ("EOG left", "EOG"), ("EEG LOC-Ref", "EOG"), ("ROC", "EOG"), ("LOC-A2", "EOG"), ("REOG", "EOG"),
    ("Resp", "RESP"), ("RESP Thor", "RESP"), ("Abd", "RESP"), ("EEG Effort-Ref", "RESP"), ("Airflow", "RESP"),
    ("Flow", "RESP"), ("Thorax", "RESP"), ("Abdomen", "RESP"), ("Nasal Flow", "RESP"),
    ("SpO2", "MISC"), ("SaO2", "MISC"), ("O2 Sat", "MISC"), ("EtCO2", "MISC"), ("CO2", "MISC"), ("Pulse", "MISC"),
    ("Pleth", "MISC"), ("Ergo-Left", "MISC"), ("3Hz +5/-5 V", "MISC"), ("", "MISC"), ("-", "MISC"), ("POL", "MISC"),
    ("Status", "TRIG"), ("TRIG", "TRIG"), ("Trigger", "TRIG"), ("DC01", "TRIG"), ("POL DC03", "TRIG"),
    ("Photic-Ref", "TRIG"), ("Event", "TRIG"), ("Empty Event Data", "TRIG"), ("STI 014", "TRIG"),
    ("EEG1", "EEG"), ("EEG Channel-1", "EEG"), ("EEG X1-REF", "EEG"), ("EEG A1-REF", "EEG"), ("A2", "EEG"),
    ("M1", "EEG"),    ("T1", "EEG"), ("EEG", "EEG"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "place", "written", "reference"), REFERENTIAL)
def test_a_referential_label_gives_the_modern_place_the_written_name_and_the_reference(
    label: str, place: str, written: str, reference: str
) -> None:
    parsed = parse_label(label, "uV")
    assert (parsed.kind, parsed.electrode, parsed.minus) == (ChannelKind.eeg, place, None)
    assert parsed.written_electrode == written
    assert parsed.reference == reference


@pytest.mark.parametrize(("label", "place", "minus", "written", "written_minus"), BIPOLAR)
def test_a_bipolar_label_is_one_place_minus_another(
    label: str, place: str, minus: str, written: str, written_minus: str
) -> None:
    parsed = parse_label(label, "uV")
    assert (parsed.kind, parsed.electrode, parsed.minus) == (ChannelKind.eeg, place, minus)
    assert (parsed.written_electrode, parsed.written_minus, parsed.reference) == (written, written_minus, "")


@pytest.mark.parametrize(("label", "kind"), KINDS)
def test_what_is_no_electrode_has_its_kind_and_no_place(label: str, kind: str) -> None:
    parsed = parse_label(label, "uV")
    assert (parsed.kind.value, parsed.electrode, parsed.minus) == (kind, None, None)


@pytest.mark.parametrize(
    ("unit", "uv"),
    [("uV", 1.0), ("UV", 1.0), ("\u00b5V", 1.0), ("\u03bcV", 1.0), ("\u00c2\u00b5V", 1.0), ("mV", 1e3), ("V", 1e6),
     ("nV", 1e-3), (" uV ", 1.0), ("mmHg", None), ("%", None), ("", None), ("BPM", None)],
)  # fmt: skip
def test_units_of_voltage_are_told_from_others(unit: str, uv: float | None) -> None:
    assert uv_per_unit(unit) == uv


def test_an_electrode_name_with_a_unit_that_is_no_voltage_is_not_eeg() -> None:
    assert parse_label("O2", "%").kind is ChannelKind.other
    assert parse_label("O2", "uV").electrode == "O2"


def test_an_empty_unit_on_an_electrode_name_is_taken_as_microvolts() -> None:
    assert (parse_label("O2", "").electrode, parse_label("O2", "").uv_per_unit) == ("O2", 1.0)


def test_a_grid_of_contacts_names_no_place() -> None:
    labels = [f"{letter}{n}" for letter in "ABCDEFGH" for n in range(1, 17)] + [f"I{n}" for n in range(1, 9)]
    parsed, notices = parse_labels(labels, ["uV"] * len(labels))
    assert {p.kind for p in parsed} == {ChannelKind.eeg}
    assert all(p.electrode is None for p in parsed)
    assert any("count contacts" in n and "C1 to C16" in n for n in notices)


def test_one_grid_without_a_midline_takes_the_letters_that_would_pass_alone_with_it() -> None:
    labels = [f"{letter}{n}" for letter in ("LA", "F", "C") for n in range(1, 7)]
    assert all(p.electrode is None for p in parse_labels(labels, ["uV"] * len(labels))[0])


def test_scalp_electrodes_beside_depth_contacts_keep_their_places() -> None:
    labels = [*TEN_TWENTY, *(f"LA{n}" for n in range(1, 9))]
    parsed, _ = parse_labels(labels, ["uV"] * len(labels))
    assert [p.electrode for p in parsed[:19]] == list(TEN_TWENTY)
    assert all(p.electrode is None for p in parsed[19:])


def test_a_full_ten_ten_cap_is_no_grid() -> None:
    labels = ["Fz", "Cz", "Pz", *(f"{c}{n}" for c in "FCP" for n in range(1, 7)), *(f"X{n}" for n in range(1, 9))]
    parsed, _ = parse_labels(labels, ["uV"] * len(labels))
    assert all(p.electrode == label for p, label in zip(parsed[:21], labels[:21], strict=True))


def test_old_temporal_electrodes_t1_to_t6_are_no_grid() -> None:
    labels = ["T1", "T2", "T3", "T4", "T5", "T6"]
    parsed, notices = parse_labels(labels, ["uV"] * 6)
    assert [p.electrode for p in parsed] == [None, None, "T7", "T8", "P7", "P8"]
    assert notices == ()


@pytest.mark.parametrize("pair", [("T8-P8", "T8-P8"), ("T8-P8-0", "T8-P8-1"), ("T7-P7", "P7-T7"), ("C3-A1", "C3-A2")])
def test_the_second_channel_of_one_place_keeps_its_samples_and_loses_its_place(pair: tuple[str, str]) -> None:
    parsed, notices = parse_labels(pair, ["uV", "uV"])
    assert parsed[0].electrode is not None
    assert (parsed[1].kind, parsed[1].electrode, parsed[1].minus) == (ChannelKind.eeg, None, None)
    assert len(notices) == 1
    assert "same place" in notices[0]


def test_one_electrode_alone_and_in_a_pair_are_two_places() -> None:
    parsed, notices = parse_labels(["C3-Ref", "C3-P3"], ["uV", "uV"])
    assert [p.electrode for p in parsed] == ["C3", "C3"]
    assert notices == ()


def test_a_channel_without_samples_takes_nobodys_place() -> None:
    parsed, _ = parse_labels(["C3", "C3"], ["uV", "uV"], unusable=[0])
    assert [p.electrode for p in parsed] == [None, "C3"]


def test_the_same_unknown_label_twice_is_said() -> None:
    assert "occurs 2 times" in parse_labels(["foo", "foo"], ["uV", "uV"])[1][0]


def test_e1_and_e2_are_eyes_unless_e3_is_there() -> None:
    assert [p.kind.value for p in parse_labels(["E1-M2", "E2-M2", "C3-M2"], ["uV"] * 3)[0]] == ["EOG", "EOG", "EEG"]
    assert ChannelKind.eog not in {p.kind for p in parse_labels([f"E{n}" for n in range(1, 9)], ["uV"] * 8)[0]}


@given(st.text(max_size=24), st.text(max_size=8))
def test_no_label_and_no_unit_crashes(label: str, unit: str) -> None:
    parsed = parse_label(label, unit)
    assert parsed.electrode is None or parsed.kind is ChannelKind.eeg
    assert parsed.minus is None or parsed.electrode is not None


@given(
    st.lists(
        st.sampled_from(["C3", "c3", "EEG C3-Ref", "C3-P3", "P3-C3", "A1", "E1", "ECG", "", "F1", "X7"]), max_size=9
    )
)
def test_no_place_is_ever_given_twice(labels: list[str]) -> None:
    parsed, _ = parse_labels(labels, ["uV"] * len(labels))
    places = [frozenset({p.electrode, p.minus}) for p in parsed if p.electrode is not None]
    assert len(parsed) == len(labels)
    assert len(places) == len(set(places))
