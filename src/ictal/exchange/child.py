"""A child's record in the forms of other programs: out, with what the form cannot hold, and in again from JSON."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from ictal.base.errors import EntryError, TableError, reason_of
from ictal.base.files import load_json
from ictal.exchange.child_types import Read
from ictal.exchange.phenopacket import phenopacket_of, phenopacket_text
from ictal.exchange.phenopacket_reading import read_phenopacket
from ictal.infant.timeline.reading import infant_from
from ictal.infant.timeline.types import Infant

__all__ = ["Read", "exported", "read_json"]


def exported(infant: Infant, form: str) -> tuple[str, tuple[str, ...]]:
    """The record as `phenopacket`, `csv`, `json` or `fhir`, and a sentence for each thing that the form cannot hold."""
    if form == "phenopacket":
        packet, left_out = phenopacket_of(infant)
        return phenopacket_text(packet), left_out
    if form == "csv":
        from ictal.exchange.child_csv import csv_text

        return csv_text((infant,)), ()
    if form == "fhir":
        from ictal.exchange.fhir import fhir_bundle

        bundle, left_out = fhir_bundle(infant)
        return json.dumps(bundle, indent=2, ensure_ascii=False, allow_nan=False) + "\n", left_out
    plain = msgspec.structs.replace(infant, entries=tuple(msgspec.structs.replace(e, id="") for e in infant.entries))
    return json.dumps(msgspec.to_builtins(plain), indent=2, ensure_ascii=False, allow_nan=False) + "\n", ()


def read_json(file: Path, pseudonym: str | None = None) -> Read:
    """Which infant does this JSON file tell of: a Phenopacket, or the record as `exported(..., "json")` writes it?

    Raises `TableError` when it is neither.
    """
    try:
        said = load_json(file)
    except OSError as error:
        raise TableError(f"'{file.name}' cannot be read: {reason_of(error)}.") from None
    except ValueError:
        raise TableError(f"'{file.name}' is not JSON in UTF-8.") from None
    if not isinstance(said, dict):
        raise TableError(f"'{file.name}' tells of no infant: give a Phenopacket, or a record that Ictal wrote.")
    if "pseudonym" in said:
        try:
            infant = infant_from({**said, **({} if pseudonym is None else {"pseudonym": pseudonym})})
        except EntryError as error:
            raise TableError(f"'{file.name}': {error}") from None
        return Read((infant,), (tuple(f"entry {n}" for n in range(1, len(infant.entries) + 1)),))
    try:
        return read_phenopacket(said, pseudonym)
    except TableError as error:
        raise TableError(f"'{file.name}': {error}") from None
