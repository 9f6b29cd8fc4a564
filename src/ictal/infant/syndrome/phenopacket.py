"""A GA4GH phenopacket (version 2, and what version 1 named otherwise) as a case.

A phenopacket is rarely whole. What cannot be understood is listed in `unread` with its reason and is otherwise as if it
were not there: it answers nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from ictal.base.errors import RecordError, reason_of
from ictal.base.files import load_json
from ictal.infant.syndrome.durations import age_range_days, moment
from ictal.infant.syndrome.gather import Gathered, Said, kind_of_treatment
from ictal.infant.syndrome.terms import terms
from ictal.infant.syndrome.types import GeneVariant, Link, Medicine

REFRACTORY = "HP:0031375"
"""The clinical modifier `Refractory` of HPO."""

_RESISTANT = re.compile(
    r"(drug|pharmaco|medic\w+)[- ]?resist|(refractory|intractable) (epilep|seizure)"
    r"|(epilep\w*|seizures?) (refractory|intractable)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"unfavo|no response|non-?respon|not respon|ineffect|lack of (efficacy|effect)|refractory|failed|failure"
    r"|no benefit|no change|\bworse",
    re.IGNORECASE,
)
_SUFFICED = re.compile(r"complete response|seizure[- ]free|controlled|remission|cessation", re.IGNORECASE)
_IMPROVED = re.compile(r"favo|respon|benefit|improv|partial", re.IGNORECASE)
_MARKER = re.compile(r"semialdehyde|AASA|P6C|pipecol", re.IGNORECASE)
_CLASSES = {
    "PATHOGENIC": "pathogenic",
    "LIKELY_PATHOGENIC": "likely pathogenic",
    "UNCERTAIN_SIGNIFICANCE": "uncertain significance",
    "LIKELY_BENIGN": "likely benign",
    "BENIGN": "benign",
}
_ZYGOSITY: dict[str, str] = {"GENO:0000135": "heterozygous", "GENO:0000136": "homozygous", "GENO:0000134": "hemizygous"}
_DISEASES = {
    "OMIM:266100": "HP:0034365", "OMIM:610090": "HP:0034569", "OMIM:606777": "HP:0011972", "ORPHA:3006": "HP:0034365",
}  # fmt: skip
"""Diagnosed diseases that stand for their marker: pyridoxine dependence, PNPO, GLUT1."""


def read_phenopacket(path: Path) -> Gathered:
    """What does this phenopacket say? Raises `RecordError` when it cannot be read or is none."""
    try:
        said = load_json(path)
    except OSError as error:
        raise RecordError(f"The phenopacket {path} cannot be read: {reason_of(error)}.") from None
    except ValueError:
        raise RecordError(f"{path} is not a phenopacket: it must be JSON in UTF-8.") from None
    return gather_phenopacket(said, path.name)


def gather_phenopacket(said: object, name: str = "phenopacket") -> Gathered:
    """What does this phenopacket say, already parsed? A family's proband is taken, a cohort is refused."""
    if not isinstance(said, Mapping):
        raise RecordError(f"{name} is not a phenopacket: it must be one JSON object.")
    whole = _camel(said)
    if isinstance(whole.get("members"), list):
        raise RecordError(f"{name} is a cohort of {len(whole['members'])} people: give one phenopacket for one infant.")
    for key in ("proband", "phenopacket"):
        if isinstance(whole.get(key), Mapping):
            whole = whole[key]
    known = {"id", "subject", "phenotypicFeatures", "measurements", "interpretations", "diseases", "medicalActions"}
    if whole and not (known | {"metaData", "biosamples", "files", "genes", "variants"}) & set(whole):
        raise RecordError(f"{name} is not a phenopacket: it has none of {', '.join(sorted(known))}.")
    found = Gathered(id=str(whole.get("id") or ""))
    birth = _subject(found, whole.get("subject"))
    for index, item in _items(found, whole, "phenotypicFeatures"):
        _feature(found, index, item, birth)
    for index, item in _items(found, whole, "diseases"):
        _disease(found, index, item)
    for index, item in _items(found, whole, "measurements"):
        _measurement(found, index, item)
    for index, item in _items(found, whole, "medicalActions"):
        _action(found, index, item)
    for index, item in _items(found, whole, "interpretations"):
        _interpretation(found, index, item)
    return found


def _camel(value: Any) -> Any:
    """Names as JSON of protobuf writes them: `phenotypic_features` is `phenotypicFeatures`."""
    if isinstance(value, Mapping):
        return {re.sub(r"_([a-z])", lambda m: m[1].upper(), str(k)): _camel(v) for k, v in value.items()}
    return [_camel(v) for v in value] if isinstance(value, list) else value


def _items(found: Gathered, whole: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    items = whole.get(key)
    if items is None:
        return
    if not isinstance(items, list):
        found.unread.append(f"{key} is not a list.")
        return
    for index, item in enumerate(items):
        if isinstance(item, Mapping):
            yield index, item
        else:
            found.unread.append(f"{key}[{index}] is not an object.")


def _subject(found: Gathered, subject: object) -> datetime | None:
    if not isinstance(subject, Mapping):
        return None
    found.id = found.id or str(subject.get("id") or "")
    birth = moment(subject.get("dateOfBirth"))
    for key in ("timeAtLastEncounter", "ageAtCollection", "age"):
        if subject.get(key) is None:
            continue
        ages = age_range_days(subject[key], birth)
        if ages is None:
            found.unread.append(f"subject.{key} is no age that can be read: write an ISO 8601 duration such as P4M12D.")
        elif found.age_days is None:
            found.age_days = ages[1]
    return birth


def _feature(found: Gathered, index: int, item: Mapping[str, Any], birth: datetime | None) -> None:
    where = f"phenotypicFeatures[{index}]"
    type_ = item.get("type")
    term = str(type_.get("id") or "").strip().upper() if isinstance(type_, Mapping) else ""
    label = str(type_.get("label") or "") if isinstance(type_, Mapping) else ""
    observed = not (item.get("excluded") is True or item.get("negated") is True)
    if observed and _resistant(label, item.get("modifiers")):
        found.drug_resistant.append(Link(kind="entry", where=where, text=f"{term} {label}, refractory".strip()))
    if not re.fullmatch(r"HP:\d{7}", term):
        found.unread.append(f"{where} has no HPO id ('{term or label}').")
        return
    onset = item.get("onset", item.get("classOfOnset"))
    since = None if onset is None else age_range_days(onset, birth)
    if onset is not None and since is None:
        found.unread.append(f"the onset of {where} ({term}) is no age that can be read.")
    found.said.append(Said(term, label, observed, since, where, _traced(item.get("evidence"))))
    if not any(term in t.present | t.denied for t in terms()):
        found.unread.append(f"{where} ({term} {label}) is not asked for by any criterion.")


def _resistant(label: str, modifiers: object) -> bool:
    if _RESISTANT.search(label):
        return True
    items = modifiers if isinstance(modifiers, list) else []
    return any(isinstance(m, Mapping) and m.get("id") == REFRACTORY for m in items)


def _traced(evidence: object) -> bool:
    """Does the entry name where it was seen (a reference with an id or words)?"""
    for item in evidence if isinstance(evidence, list) else []:
        reference = item.get("reference") if isinstance(item, Mapping) else None
        if isinstance(reference, Mapping) and any(reference.get(k) for k in ("id", "description", "reference")):
            return True
    return False


def _disease(found: Gathered, index: int, item: Mapping[str, Any]) -> None:
    term = item.get("term")
    if not isinstance(term, Mapping):
        return
    where, label, id_ = f"diseases[{index}]", str(term.get("label") or ""), str(term.get("id") or "").upper()
    observed = item.get("excluded") is not True
    if observed and _RESISTANT.search(label):
        found.drug_resistant.append(Link(kind="entry", where=where, text=f"{id_} {label}".strip()))
    if id_ in _DISEASES:
        found.said.append(Said(_DISEASES[id_], f"({id_} {label})", observed, None, where))
    else:
        found.unread.append(f"{where} ({id_} {label}): a diagnosis made elsewhere is no evidence for this one.")


def _measurement(found: Gathered, index: int, item: Mapping[str, Any]) -> None:
    assay, value = item.get("assay"), item.get("value")
    label = str(assay.get("label") or "") if isinstance(assay, Mapping) else ""
    where = f"measurements[{index}]"
    if re.search(r"gestation", label, re.IGNORECASE):
        _gestation(found, where, value)
    if not _MARKER.search(label):
        return
    quantity = value.get("quantity") if isinstance(value, Mapping) else None
    ends = quantity.get("referenceRange") if isinstance(quantity, Mapping) else None
    amount = quantity.get("value") if isinstance(quantity, Mapping) else None
    high = ends.get("high") if isinstance(ends, Mapping) else None
    if not isinstance(amount, int | float) or not isinstance(high, int | float):
        found.unread.append(
            f"{where} ({label}) has no value with a reference range, so it is neither raised nor normal."
        )
        return
    found.said.append(Said("HP:0034365", f"({label} {amount:g}, upper limit {high:g})", amount > high, None, where))


def _gestation(found: Gathered, where: str, value: object) -> None:
    """Weeks at birth, from a measurement in weeks or days."""
    quantity = value.get("quantity") if isinstance(value, Mapping) else None
    amount = quantity.get("value") if isinstance(quantity, Mapping) else None
    unit = quantity.get("unit") if isinstance(quantity, Mapping) else None
    name = f"{unit.get('id', '')} {unit.get('label', '')}".casefold() if isinstance(unit, Mapping) else ""
    if isinstance(amount, int | float) and not isinstance(amount, bool):
        weeks = amount / 7.0 if re.search(r":d\b|\bday|^d\b", name) else float(amount)
        if 20.0 <= weeks <= 45.0:
            found.gestation_weeks = weeks
            return
    found.unread.append(f"{where} is no gestation between 20 and 45 weeks.")


def _action(found: Gathered, index: int, item: Mapping[str, Any]) -> None:
    treatment = item.get("treatment")
    agent = treatment.get("agent") if isinstance(treatment, Mapping) else None
    name = str(agent.get("label") or agent.get("id") or "") if isinstance(agent, Mapping) else ""
    where = f"medicalActions[{index}]"
    if not name:
        return
    said = " ".join(_label(item.get(key)) for key in ("responseToTreatment", "treatmentTerminationReason"))
    outcome = _outcome(said)
    text = f"{name}: {said.strip() or 'outcome not recorded'}"
    kind = kind_of_treatment(name)
    link = Link(kind="entry", where=where, text=text)
    found.medicines.append(Medicine(name=name, outcome=outcome, kind=kind, link=link))


def _outcome(said: str) -> Literal["failed", "improved", "helped", "unknown"]:
    """What came of a medicine, by the words of its response? A favourable one is not yet one that sufficed."""
    if _FAILED.search(said) or re.search(r"(not|un|poorly) ?controlled", said, re.IGNORECASE):
        return "failed"
    if _SUFFICED.search(said):
        return "helped"
    return "improved" if _IMPROVED.search(said) else "unknown"


def _label(term: object) -> str:
    return str(term.get("label") or "") if isinstance(term, Mapping) else ""


def _interpretation(found: Gathered, index: int, item: Mapping[str, Any]) -> None:
    diagnosis = item.get("diagnosis")
    genomic = diagnosis.get("genomicInterpretations") if isinstance(diagnosis, Mapping) else None
    for at, one in enumerate(genomic if isinstance(genomic, list) else []):
        if not isinstance(one, Mapping):
            continue
        where = f"interpretations[{index}].genomicInterpretations[{at}]"
        causative = str(one.get("interpretationStatus") or "").upper() == "CAUSATIVE"
        variant = one.get("variantInterpretation")
        gene = one.get("gene") if isinstance(one.get("gene"), Mapping) else one.get("geneDescriptor")
        if isinstance(variant, Mapping):
            _variant(found, where, variant, causative)
        elif isinstance(gene, Mapping) and gene.get("symbol"):
            symbol = str(gene["symbol"]).upper()
            link = Link(kind="variant", where=where, text=symbol)
            found.variants.append(GeneVariant(gene=symbol, causative=causative, link=link))
        else:
            found.unread.append(f"{where} names no gene.")


def _variant(found: Gathered, where: str, variant: Mapping[str, Any], causative: bool) -> None:
    described = variant.get("variationDescriptor")
    descriptor: Mapping[str, Any] = described if isinstance(described, Mapping) else {}
    context = descriptor.get("geneContext")
    gene = str(context.get("symbol") or "").upper() if isinstance(context, Mapping) else ""
    if not gene:
        found.unread.append(f"{where} names no gene.")
        return
    expressions = descriptor.get("expressions")
    values = (
        [str(e.get("value")) for e in expressions or [] if isinstance(e, Mapping)]
        if isinstance(expressions, list)
        else []
    )
    name = next(
        (v for v in values if ":p." in v or v.startswith("p.")),
        values[0] if values else str(descriptor.get("label") or ""),
    )
    state = descriptor.get("allelicState")
    zygosity = _ZYGOSITY.get(str(state.get("id")) if isinstance(state, Mapping) else "", "not captured")
    class_ = _CLASSES.get(str(variant.get("acmgPathogenicityClassification") or "").upper(), "not captured")
    link = Link(kind="variant", where=where, text=" ".join(t for t in (gene, name, class_) if t))
    found.variants.append(
        GeneVariant(gene=gene, name=name, classification=class_, zygosity=zygosity, causative=causative, link=link)
    )
