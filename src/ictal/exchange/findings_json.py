"""findings.json: what the recording shows, in the form that other programs read, under a published JSON Schema.

The keys are the names of `ictal.eeg.findings.types`, units included; beside them stand `schema_version`,
`ictal_version` and `research_use`. A number that is not known is `null`: NaN and infinity are never written.
"""

from __future__ import annotations

import json
import math
import numbers
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import msgspec

from ictal.base.errors import TableError, reason_of
from ictal.base.files import load_json
from ictal.base.provenance import ictal_version
from ictal.eeg.findings.types import Findings


class LaterFindings(TableError):
    """The findings were written by a later release."""


FILE_NAME = "findings.json"
SCHEMA_VERSION = "1.1"
RESEARCH_USE = "For research use. Not a medical device: no decision about a patient may rest on this alone."


def findings_to_dict(findings: Findings) -> dict[str, Any]:
    """What does findings.json say? Plain dictionaries, lists, strings, numbers and `None`, valid under `schema()`."""
    said = _plain(findings)
    return {
        "schema_version": SCHEMA_VERSION,
        "ictal_version": ictal_version(),
        "research_use": RESEARCH_USE,
        **said,
    }


def write_findings(folder: Path, findings: Findings) -> None:
    """Write findings.json into a folder.

    Raises
    ------
    OSError
        The file cannot be written; `folder.whole_folder` turns it into a sentence.
    """
    text = findings_to_text(findings)
    (folder / FILE_NAME).write_text(text, encoding="utf-8", newline="\n")


def findings_to_text(findings: Findings) -> str:
    """The text of findings.json, also what `--json` prints."""
    return json.dumps(findings_to_dict(findings), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_findings(path: Path) -> dict[str, Any]:
    """What does a findings.json say? Takes the file or its folder.

    Raises
    ------
    TableError
        The file is missing, is not JSON, or was written under a schema of another major version.
    """
    file = Path(path) / FILE_NAME if Path(path).is_dir() else Path(path)
    try:
        said = load_json(file)
    except OSError as error:
        raise TableError(f"The findings {file} cannot be read: {reason_of(error)}.") from None
    except ValueError:
        raise TableError(f"{file} is not a findings file: it must be JSON in UTF-8.") from None
    if not isinstance(said, dict):
        raise TableError(f"{file} is not a findings file: it must be a JSON object.")
    check_version(said, str(file))
    return dict(said)


def read_checked(path: Path) -> dict[str, Any]:
    """The same, for whoever counts with what is in it: its numbers are numbers, none is negative.

    Raises `TableError` as `read_findings` does, and where a part is not what it must be.
    """
    said = read_findings(path)
    try:
        msgspec.convert(said, _Shape)
    except msgspec.ValidationError as error:
        what = str(error).replace("`", "'")
        raise TableError(
            f"The findings {path} are damaged ({what[:1].lower()}{what[1:]}): analyse the recording again."
        ) from None
    return said


def findings_of(said: Mapping[str, Any], where: str) -> Findings:
    """The same as a record. Raises `TableError` when a part is missing or of another kind."""
    try:
        return msgspec.convert(said, Findings)
    except msgspec.ValidationError as error:
        raise TableError(f"The findings of {where} cannot be read: {error}. Analyse the recording again.") from None


def check_version(said: Mapping[str, Any], where: str) -> None:
    """Can this release read these findings? Raises `LaterFindings` when a later one wrote them, else `TableError`."""
    version = said.get("schema_version")
    major = version.split(".")[0] if isinstance(version, str) else ""
    ours = SCHEMA_VERSION.split(".")[0]
    if major.isdecimal() and int(major) > int(ours):
        raise LaterFindings(
            f"{where} was written by a later release of Ictal (schema version {version}, this one reads {ours}.x): "
            "install that release."
        )
    if major != ours:
        raise TableError(
            f"{where} has the schema version '{version}', but this Ictal reads {ours}.x: analyse the recording again."
        )


Count = Annotated[int, msgspec.Meta(ge=0)]
Length = Annotated[float, msgspec.Meta(ge=0)]


class _Recorded(msgspec.Struct):
    duration_s: Length = 0.0
    recorded_s: Length = 0.0
    readable_s: Length = 0.0
    electrodes: tuple[str, ...] = ()
    gaps: tuple[tuple[Length, Length], ...] = ()


class _Hour(msgspec.Struct):
    readable_s: Length
    seizure_s: Length
    seizures: Count


class _Share(msgspec.Struct):
    count: Count
    of: Count


class _Migration(msgspec.Struct):
    migrating: _Share | None = None
    crossing_midline: _Share | None = None


class _Shape(msgspec.Struct):
    """What whoever reads findings counts on, where it is there: an older release may not have written all of it."""

    recorded: _Recorded | None = None
    seizures: Count = 0
    seizure_s: Length = 0.0
    burden_min_per_h: Annotated[float, msgspec.Meta(ge=0, le=60.001)] | None = None
    patterns: dict[str, Count] = {}
    burden_by_hour: tuple[_Hour, ...] = ()
    foci: tuple[dict[str, Any], ...] = ()
    independence: dict[str, Any] = {}
    migration: _Migration = msgspec.field(default_factory=_Migration)


def schema() -> dict[str, Any]:
    """Which JSON Schema (2020-12) does findings.json follow?"""
    text = resources.files("ictal.exchange").joinpath("findings.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _plain(value: object) -> Any:
    """A record as what JSON knows; what is not a finite number becomes `None`."""
    if value is None or (isinstance(value, bool | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, frozenset | set):
        return sorted(_plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):  # a NumPy array, or one of its scalars that is no number of Python's kind (numpy.bool)
        return _plain(value.tolist())
    return str(value)
