"""Settings: checked at the door, described from the one place where they are declared."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import SettingsError, UsageError
from ictal.base.settings import ParameterDescription, check, describe, load_toml, parameter, to_mapping


class Colour(StrEnum):
    red = "red"
    blue = "blue"


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    minimum_s: Annotated[float, parameter("Shortest event", unit="s", low=1, high=60, source="ACNS 2021")] = 10.0
    votes: Annotated[int, parameter("How many", unit="1", low=1, source="chosen here")] = 3


class Outer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    inner: Inner = Inner()
    colour: Annotated[Colour, parameter("Which colour", unit="1", source="taste")] = Colour.red
    way: Annotated[Literal["up", "down"], parameter("Which way", unit="1", source="taste")] = "up"


@pytest.fixture
def toml(tmp_path):
    def write(text):
        path = tmp_path / "my-settings.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_what_a_file_leaves_out_keeps_its_default(toml):
    assert load_toml(toml(""), Outer) == Outer()
    assert load_toml(toml("[inner]\nminimum_s = 7"), Outer) == Outer(inner=Inner(minimum_s=7.0))
    assert load_toml(toml("colour = 'blue'"), Outer).colour is Colour.blue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[inner]\nminimum_s = 0.5", ["`inner.minimum_s`", ">= 1", "1 to 60 s"]),
        ("[inner]\nminimum_s = 61", ["`inner.minimum_s`", "<= 60", "1 to 60 s"]),
        ("[inner]\nminimum_s = nan", ["`inner.minimum_s`", "1 to 60 s"]),
        ("[inner]\nminimum_s = '10'", ["`inner.minimum_s`", "got str"]),
        ("[inner]\nvotes = 2.5", ["`inner.votes`", "int"]),
        ("[inner]\nminimun_s = 5", ["no setting `inner.minimun_s`", "Did you mean `inner.minimum_s`?"]),
        ("[zzz]\nq = 1", ["no setting `zzz`", "inner.minimum_s, inner.votes, colour, way"]),
        ("inner = 3", ["`inner`", "object"]),
        ("colour = 'green'", ["`colour`", "green"]),
        ("colour =", ["not TOML"]),
        (b"colour = '\xff'", ["not TOML"]),
        ("colour = 'red'\ncolour = 'red'", ["not TOML"]),
    ],
)
def test_a_wrong_file_gets_one_sentence_with_its_name_and_the_place(toml, text, expected):
    with pytest.raises(SettingsError) as caught:
        load_toml(toml(text), Outer)
    message = str(caught.value)
    assert "my-settings.toml" in message
    assert "\n" not in message
    for part in expected:
        assert part in message


def test_a_file_that_is_not_there_or_is_a_folder_is_wrong_usage(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match="cannot be read") as caught:
            load_toml(path, Outer)
        assert caught.value.exit_code == 2
        assert str(tmp_path) not in str(caught.value)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_value_built_in_python_is_checked_when_asked(value):
    settings = Outer(inner=Inner(minimum_s=value))
    if 1 <= value <= 60:
        assert check(settings) == settings
    else:
        with pytest.raises(SettingsError, match=r"inner\.minimum_s"):
            check(settings)


def test_the_description_is_what_was_declared():
    assert describe(Outer) == (
        ParameterDescription("inner.minimum_s", 10.0, "s", 1, 60, "Shortest event", "ACNS 2021"),
        ParameterDescription("inner.votes", 3, "1", 1, None, "How many", "chosen here"),
        ParameterDescription("colour", Colour.red, "1", None, None, "Which colour", "taste", ("red", "blue")),
        ParameterDescription("way", "up", "1", None, None, "Which way", "taste", ("down", "up")),
    )


def test_the_mapping_is_plain_and_leads_back():
    chosen = Outer(inner=Inner(minimum_s=7.0), colour=Colour.blue)
    mapping = to_mapping(chosen)
    assert mapping == {"inner": {"minimum_s": 7.0, "votes": 3}, "colour": "blue", "way": "up"}
    assert msgspec.convert(mapping, Outer) == chosen


def test_settings_cannot_be_changed_behind_ones_back():
    with pytest.raises(AttributeError):
        Outer().inner = Inner(minimum_s=2)  # type: ignore[misc]
