"""A record that names nobody: without its pseudonym and without the words that somebody typed, for sharing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from ictal.infant.timeline.types import (
    AnyEntry,
    DoseChange,
    FamilyHistory,
    Feature,
    Infant,
    Level,
    Recording,
    Test,
    Treatment,
    Variant,
)

PSEUDONYM = "infant"
SUBSTANCES = (
    "ACTH", "acetazolamide", "biotin", "brivaracetam", "cannabidiol", "carbamazepine", "cenobamate", "clobazam",
    "clonazepam", "diazepam", "ethosuximide", "felbamate", "fenfluramine", "folinic acid", "fosphenytoin",
    "ganaxolone", "hydrocortisone", "ketamine", "ketogenic diet", "ketones", "lacosamide", "lamotrigine",
    "leucovorin", "levetiracetam", "lidocaine", "lorazepam", "midazolam", "nitrazepam", "oxcarbazepine", "perampanel",
    "phenobarbital", "phenytoin", "potassium bromide", "prednisolone", "primidone", "pyridoxal phosphate",
    "pyridoxine", "quinidine", "rufinamide", "stiripentol", "sulthiame", "thiamine", "tiagabine", "topiramate",
    "valproate", "vigabatrin", "vitamin B6", "zonisamide",
)  # fmt: skip
"""Names of treatments that name nobody; any other is called treatment 1, 2, ..."""

_KNOWN = {name.casefold(): name for name in SUBSTANCES}
_EXAMINED = re.compile(
    r"aasa|semialdehyde|P6C|pipecol\w*|glucose|ammonia|lactate|amino acids|MRI|CT|ultrasound|exome|genome|panel|array"
    r"|karyotype|PCR|culture",
    re.IGNORECASE,
)
_GENE = re.compile(r"[A-Z][A-Z0-9-]{1,11}")
_CHANGE = re.compile(r"(?:[A-Z]{2}_\d+(?:\.\d+)?:)?[cpgnm]\.[\w()>*=?+\-]{1,40}|[A-Z]{2}_\d+(?:\.\d+)?")
_OF_UNIT = (
    r"(?:[pnuµμmcdk]?(?:mol|g|l|L|U|IU|Eq|eq|osm|Osm|m|s|V|Pa)|%|h|min|d|day|kat|mmHg|cells?|copies|creatinine|protein"
    r"|10\^?[0-9]{1,2})"
)
_UNIT = re.compile(rf"{_OF_UNIT}(?:[/* ]{_OF_UNIT}){{0,3}}")


def substance(name: str, aliases: dict[str, str]) -> str:
    """A treatment by its name where that is of a known substance, else by its place in the order of treatments."""
    known = _KNOWN.get(name.strip().casefold())
    if known is not None:
        return known
    return aliases.setdefault(name.strip().casefold(), f"treatment {len(aliases) + 1}")


def gene(name: str) -> str:
    """A gene's symbol; `unnamed gene` for anything else."""
    return name if _GENE.fullmatch(name) else "unnamed gene"


def change(name: str) -> str:
    """A change as HGVS writes it; `not captured` for anything else."""
    return name if _CHANGE.fullmatch(name) else "not captured"


def bare_infant(infant: Infant, digests: Mapping[str, str]) -> Infant:
    """The record without pseudonym, notes, sources and typed words; `digests` are what stands in place of files'."""
    aliases: dict[str, str] = {}
    entries = tuple(_bare(e, digests, aliases) for e in infant.entries)
    return msgspec.structs.replace(infant, pseudonym=PSEUDONYM, entries=entries)


def free_texts(infant: Infant) -> Iterator[str]:
    """Which typed words has the record that a bare one has not?"""
    yield infant.pseudonym
    bare = bare_infant(infant, {})
    for entry, kept in zip(infant.entries, bare.entries, strict=True):
        for field in entry.__struct_fields__:
            text = getattr(entry, field)
            if isinstance(text, str) and field != "id" and text != getattr(kept, field):
                yield text


@cache
def _unwritten(kind: type[AnyEntry]) -> Mapping[str, str]:
    """The fields of any text, as they are when nobody wrote them; asked once a kind, since msgspec takes its time."""
    fields = msgspec.structs.fields(kind)
    return {f.encode_name: f.default for f in fields if f.type is str and isinstance(f.default, str)}


def _bare(entry: AnyEntry, digests: Mapping[str, str], aliases: dict[str, str]) -> AnyEntry:
    """One entry: a text that may be anything goes back to what it is when nobody wrote it."""
    said: dict[str, Any] = dict(_unwritten(type(entry)))
    if isinstance(entry, Variant):
        said |= {"gene": gene(entry.gene), "transcript": change(entry.transcript)}
        said |= {"hgvs_c": change(entry.hgvs_c), "hgvs_p": change(entry.hgvs_p)}
    elif isinstance(entry, Feature):
        said["label"] = entry.hpo_id
    elif isinstance(entry, Test):
        named = ", ".join(dict.fromkeys(_EXAMINED.findall(entry.name)))
        said |= {"name": named or f"{entry.field} test", "unit": entry.unit if _UNIT.fullmatch(entry.unit) else ""}
    elif isinstance(entry, FamilyHistory):
        said["condition"] = "a condition"
    elif isinstance(entry, Recording):
        said["digest"] = digests.get(entry.digest, "")
        if entry.found is not None:
            said["found"] = msgspec.structs.replace(entry.found, analysed_by="not captured", findings_digest="")
    elif isinstance(entry, Treatment | DoseChange | Level):
        said["name"] = substance(entry.name, aliases)
    return msgspec.structs.replace(entry, **said)
