"""`ictal growth`: both z-scores as JSON and as text, and one sentence for what cannot be."""

from __future__ import annotations

import json

import pytest

GIRL = ("growth", "--sex", "female", "--age-days", "91", "--gestation-weeks", "32", "--head-cm", "34.5")


def test_the_answer_as_json(ictal):
    code, out, err = ictal(*GIRL, "--json")
    told = json.loads(out)
    assert (code, err) == (0, "")
    assert told["z_uncorrected"] == pytest.approx(-4.05, abs=0.01)
    assert told["z_corrected"] == pytest.approx(-1.99, abs=0.01)
    assert (told["corrected_age_days"], told["postmenstrual_weeks"]) == (35.0, 45.0)


def test_the_answer_as_text_shows_both(ictal):
    code, out, _ = ictal(*GIRL)
    assert code == 0
    assert "-4.05" in out
    assert "-1.99" in out


def test_at_birth_and_without_a_gestation(ictal):
    code, out, _ = ictal("growth", "--sex", "male", "--age-days", 0, "--head-cm", 31.921, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["z_uncorrected"] == pytest.approx(-2, abs=0.001)
    assert told["z_corrected"] is None
    assert "gestation is not captured" in told["notes"][0]


def test_weeks_and_days_as_a_clinician_writes_them(ictal):
    told = [json.loads(ictal(*GIRL[:6], w, *GIRL[7:], "--json")[1]) for w in ("32+4", "32.571428571")]
    assert told[0]["z_corrected"] == told[1]["z_corrected"]


def test_weight_and_length_stand_beside_the_head(ictal):
    code, out, _ = ictal(*GIRL, "--weight-kg", "4.4", "--length-cm", "52", "--json")
    told = json.loads(out)
    assert code == 0
    assert [m["measure"] for m in told["measures"]] == ["head", "weight", "length"]
    assert told["z_corrected"] == told["measures"][0]["z_corrected"]


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"--age-days": "-3"}, "days since birth"),
        ({"--age-days": "nan"}, "days since birth"),
        ({"--head-cm": "80"}, "15 to 70 cm"),
        ({"--gestation-weeks": "3"}, "as 32 or 32+4"),
        ({"--gestation-weeks": "50"}, "between 20 and 45 weeks"),
        ({"--sex": "x"}, "'female', 'male'"),
        ({"--head-cm": None}, "give --head-cm"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(ictal, changed, word):
    options = dict(zip(GIRL[1::2], GIRL[2::2], strict=True)) | changed
    given = [part for name, value in options.items() if value is not None for part in (name, value)]
    code, out, err = ictal("growth", *given)
    assert (code, out) == (2, "")
    assert word in err
    assert "Traceback" not in err
