"""findings.json: under its schema, without NaN, and the schema says what every property is."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.errors import TableError
from ictal.base.time import Interval
from ictal.eeg.findings.types import Findings
from ictal.exchange.findings_json import findings_to_dict, findings_to_text, read_findings, schema, write_findings
from tests.exchange.findings_made import FINDINGS


def _check(said: object) -> None:
    jsonschema.Draft202012Validator(schema()).validate(said)


def test_findings_follow_the_schema_and_come_back(tmp_path: Path) -> None:
    write_findings(tmp_path, FINDINGS)
    said = read_findings(tmp_path)
    _check(said)
    assert said == findings_to_dict(FINDINGS) == read_findings(tmp_path / "findings.json")
    assert said["simulated"] is True
    assert said["recorded"]["gaps"] == [[100.0, 200.0]]
    assert "research use" in said["research_use"]
    assert (said["schema_version"], isinstance(said["ictal_version"], str)) == ("1.1", True)


def test_the_schema_is_a_schema_of_2020_12_with_an_id() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema()["$id"]


def _properties(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        for name, value in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
            yield f"{path}.{name}", value
        for key, value in node.items():
            yield from _properties(value, f"{path}.{key}")


def test_every_property_says_what_it_is_and_its_unit() -> None:
    units = {"_cm_s": "(cm/s)", "_cm": "(cm)", "_s": "(s", "_hz": "(Hz)", "_min_per_h": "(min/h)", "_h": "(min/h)"}
    seen = dict(_properties(schema()))
    assert len(seen) > 50
    for path, value in seen.items():
        assert value.get("description", "").rstrip().endswith((".", "?")), path
        for ending, unit in units.items():
            if path.endswith(ending):
                assert unit in value["description"], path
                break


def test_the_schema_has_exactly_the_fields_of_the_records() -> None:
    """A field added to a record and not to the schema, or the other way round, is found here."""
    said, defs = schema(), schema()["$defs"]
    beside = {"schema_version", "ictal_version", "research_use"}
    assert set(said["properties"]) - beside == {f.name for f in fields(Findings)}
    checked = set()

    def follow(record: type) -> None:
        for hint in get_type_hints(record).values():
            for inner in (hint, *get_args(hint)):
                if isinstance(inner, type) and is_dataclass(inner) and inner not in checked:
                    checked.add(inner)
                    name = "".join(f"_{c.lower()}" if c.isupper() else c for c in inner.__name__).lstrip("_")
                    assert set(defs[name]["properties"]) == {f.name for f in fields(inner)}, name
                    assert set(defs[name]["required"]) == {f.name for f in fields(inner)}, name
                    follow(inner)

    follow(Findings)
    assert len(checked) == len(defs) == 18


@pytest.mark.parametrize(
    "wrong",
    [
        {"seizures": -1},
        {"seizures": "2"},
        {"patterns": {"wild": 1}},
        {"simulated": None},
        {"burden_min_per_h": "n/a"},
        {"something": 1},
        {"schema_version": "2.0"},
    ],
)
def test_the_schema_refuses_what_is_wrong(wrong: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        _check(findings_to_dict(FINDINGS) | wrong)


@given(st.floats())
def test_what_is_not_a_finite_number_is_null(value: float) -> None:
    said = findings_to_dict(replace(FINDINGS, burden_min_per_h=abs(value)))
    assert said["burden_min_per_h"] == (abs(value) if math.isfinite(value) else None)
    _check(said)
    text = findings_to_text(replace(FINDINGS, burden_min_per_h=value))
    assert "NaN" not in text
    assert "Infinity" not in text


def test_numbers_and_records_of_any_kind_become_plain() -> None:
    class Colour(Enum):
        red = "red"

    settings = {
        "int": np.int64(3), "float": np.float32(0.5), "bool": np.True_, "array": np.array([1.0, np.nan]),
        "enum": Colour.red, "interval": Interval(0.0, 1.0), "set": frozenset({2, 1}), "none": None,
        "path": Path("a"), 7: "x",
    }  # fmt: skip
    said = findings_to_dict(replace(FINDINGS, settings=settings))["settings"]  # type: ignore[arg-type]
    assert json.loads(json.dumps(said, allow_nan=False)) == {
        "int": 3, "float": 0.5, "bool": True, "array": [1.0, None], "enum": "red",
        "interval": {"start_s": 0.0, "stop_s": 1.0}, "set": [1, 2], "none": None, "path": "a", "7": "x",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": "2.0"}', '{"schema_version": 1}', "{}", "\xff"])
def test_what_is_no_findings_file_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    (tmp_path / "findings.json").write_text(text, encoding="latin-1")
    with pytest.raises(TableError) as caught:
        read_findings(tmp_path)
    assert "\n" not in str(caught.value)
    with pytest.raises(TableError, match="cannot be read"):
        read_findings(tmp_path / "nowhere.json")
