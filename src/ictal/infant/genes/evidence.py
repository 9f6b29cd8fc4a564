"""Which rules of ACMG/AMP 2015 does the file let one judge, which fire, and what do the points say?

Strengths are those of the 2015 rules with ClinGen's PM2 at supporting strength; a rule that needs what no VCF holds is
listed as not judged, never passed over. Points and combining rules are those of acmg-points (Tavtigian 2020,
Richards 2015).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ictal.infant.genes.clinvar import ClinVar, benign, pathogenic
from ictal.infant.genes.mechanism import Meaning
from ictal.infant.genes.types import ClinVarEntry, Criterion, Gene, Inheritance, KnownVariant, Verdict

COMMON = 0.05
"""BA1: as frequent as this stands alone (Richards 2015)."""
TOO_FREQUENT = {"AD": 1e-4, "XL": 1e-3, "AR": 1e-2}
"""BS1: more frequent than a disease of about one in 900,000 children can explain (design)."""
RARE = {"AD": 1e-5, "XL": 1e-5, "AR": 1e-3}
"""PM2 at supporting strength (design)."""
REVEL = ((0.932, "PP3_Strong"), (0.773, "PP3_Moderate"), (0.644, "PP3"))
REVEL_BENIGN = ((0.016, "BP4_Strong"), (0.183, "BP4_Moderate"), (0.290, "BP4"))
"""REVEL's bounds as calibrated by Pejaver 2022 (recalled, not read)."""
SPLICE_AI, SPLICE_AI_BENIGN = 0.2, 0.1
"""SpliceAI's bounds as recommended by ClinGen's splicing group (recalled, not read)."""
CONSTRAINED_Z = 3.09
"""Missense Z from which PP2 fires (recalled, not read)."""


@dataclass(frozen=True)
class Facts:
    """Everything about one candidate that a rule may ask."""

    gene: Gene
    meaning: Meaning
    inheritance: Inheritance
    frequency: float | None
    frequency_known: bool
    known: KnownVariant | None
    neighbours: tuple[KnownVariant, ...]
    clinvar: ClinVar
    entry: ClinVarEntry | None
    parents_confirmed: bool
    typical_phenotype: bool
    partner: str = ""
    fits: bool = True
    roles_doubtful: bool = False
    onset_days: float | None = None
    migrating: bool | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def way(self) -> str:
        """The gene's way of inheritance that these rules use: the recessive one only where it is the only one."""
        return "AR" if self.gene.inheritance == ("AR",) else ("XL" if "XL" in self.gene.inheritance else "AD")


NEVER = (
    Criterion("PS3/BS3", "no functional study stands in a VCF"),
    Criterion("PM1", "no position in these genes tells this disease by itself"),
    Criterion("PP1/BS4", "segregation in the wider family is not in the file"),
    Criterion("BS2", "healthy carriers are not in the file"),
    Criterion("BP5", "whether another cause was found is not in the file"),
    Criterion("PP5/BP6", "retired by ClinGen: ClinVar's own class is shown beside, and not counted"),
)


def judge(facts: Facts) -> Verdict:
    """The rules that fired, those that could not be judged, and the class by points and by the rules of 2015."""
    from acmg_points.core import classify

    fired: list[Criterion] = []
    not_judged: list[Criterion] = []
    for rule in (
        _truncation,
        _origin,
        _frequency,
        _same_residue,
        _told_of,
        _second_allele,
        _length,
        _predicted,
        _splicing,
    ):
        for criterion, judged in rule(facts):
            (fired if judged else not_judged).append(criterion)
    fired_codes = {c.code.partition("_")[0] for c in fired}
    not_judged += [c for c in NEVER if not fired_codes & set(c.code.split("/"))]
    result = classify([c.code for c in fired])
    # BA1 stands alone in the rules of 2015; points alone would let two moderate rules outweigh a common allele.
    called = "Benign" if "BA1" in fired_codes else result.points_class
    return Verdict(tuple(fired), tuple(not_judged), result.total, called, result.rules_class)


Found = Iterator[tuple[Criterion, bool]]


def _yes(code: str, reason: str) -> tuple[Criterion, bool]:
    return Criterion(code, reason), True


def _cannot(code: str, reason: str) -> tuple[Criterion, bool]:
    return Criterion(code, reason), False


def _truncation(facts: Facts) -> Found:
    if facts.meaning.kind != "truncating":
        return
    established = facts.gene.truncating == "fits" and facts.gene.direction == "loss"
    if not established and not facts.gene.loss_causes:
        words = f"not applied: loss is not the established mechanism of {facts.gene.symbol} in this disease"
        yield _cannot("PVS1", words)
        return
    what = f"{facts.gene.loss_causes}, not EIMFS" if facts.gene.loss_causes else "the disease"
    names = set(facts.meaning.consequences)
    if names & {"start_lost", "initiator_codon_variant"}:
        yield _yes("PVS1_Moderate", "the start codon is lost")
    elif facts.meaning.escapes_decay:
        yield _yes(
            "PVS1_Strong", "truncation in the last exon or its last 50 bases before: the message may escape decay"
        )
    else:
        yield _yes("PVS1", f"truncation in a gene whose loss causes {what}")


def _origin(facts: Facts) -> Found:
    told = facts.inheritance
    if told.mode in ("de_novo", "de_novo_mosaic", "x_linked_de_novo"):
        if facts.roles_doubtful:
            yield _cannot("PS2/PM6", "the file contradicts who is child, mother and father")
        elif facts.parents_confirmed and told.confirmed:
            yield _yes("PS2", "new in the child, parenthood confirmed by the file's own places")
        else:
            yield _yes("PM6", "new in the child, parenthood taken as said")
    elif told.mode in ("unknown", "mosaic", "not_maternal", "not_paternal", "x_linked_hemizygous"):
        yield _cannot("PS2/PM6", "the parents are not both known at this place")


def _frequency(facts: Facts) -> Found:
    if not facts.frequency_known:
        yield _cannot("PM2/BA1/BS1", "the file carries no population frequency")
        return
    seen = facts.frequency or 0.0
    if seen > COMMON:
        yield _yes("BA1", f"found in {seen:.2%} of a population")
    elif seen > TOO_FREQUENT[facts.way]:
        yield _yes("BS1", f"found in {seen:.3%} of a population: too often for this disease")
    elif seen <= RARE[facts.way]:
        yield _yes(
            "PM2_Supporting", "absent from the population that the file carries" if not seen else f"rare ({seen:.1g})"
        )


def _same_residue(facts: Facts) -> Found:
    if facts.meaning.kind not in ("missense", "coding"):
        return
    if facts.meaning.residue is None:
        yield _cannot("PS1/PM5", facts.meaning.numbering or "the residue on MANE Select is not known")
        return
    there = facts.clinvar.at_residue(facts.gene.symbol, facts.meaning.residue, facts.entry)
    if there and facts.meaning.kind == "missense":
        words = f"another pathogenic missense change at residue {facts.meaning.residue} (ClinVar {there[0].identifier})"
        yield _yes("PM5", words)


def _told_of(facts: Facts) -> Found:
    same = facts.known
    if same is not None and same.direction != "unknown":
        yield _yes("PS4_Moderate", f"told of before in affected people ({same.provenance}): {same.text}")
        if same.tested and facts.gene.direction in (same.direction, "mixed"):
            yield _yes("PS3_Supporting", f"measured in cells by the cited source ({same.direction})")
    elif facts.entry is not None and pathogenic(facts.entry) and (facts.entry.stars or 0) >= 2:
        yield _yes("PS4_Supporting", "seen by several submitters of ClinVar in affected people")
    if facts.typical_phenotype and facts.gene.evidence == "strong" and facts.fits:
        yield _yes("PP4", "migrating focal seizures were given or found, and the gene has strong evidence for them")


def _second_allele(facts: Facts) -> Found:
    if "AR" not in facts.gene.inheritance:
        return
    if facts.inheritance.mode == "recessive_homozygous":
        yield _yes("PM3_Supporting", "both copies, one from each parent")
    elif facts.inheritance.mode == "compound_heterozygous" and facts.partner == "strong":
        yield _yes("PM3", "in trans with a change that is pathogenic or truncates")
    elif facts.inheritance.mode.startswith("compound"):
        yield _cannot("PM3", "the second allele is of uncertain significance, or its phase is not known")


def _length(facts: Facts) -> Found:
    if facts.meaning.kind == "in frame" or "stop_lost" in facts.meaning.consequences:
        yield _yes("PM4", "the protein's length changes without a shift of frame")


def _predicted(facts: Facts) -> Found:
    if facts.meaning.kind not in ("missense", "coding"):
        return
    revel = _highest(facts.fields, ("revel", "revel_score", "dbnsfp_revel_score"))
    if revel is None:
        yield _cannot("PP3/BP4", "the file carries no REVEL score")
    else:
        code = next((c for bound, c in REVEL if revel >= bound), "")
        code = code or next((c for bound, c in REVEL_BENIGN if revel <= bound), "")
        if code:
            yield _yes(code, f"REVEL {revel:g}")
    z = _highest(facts.fields, ("mis_z", "gnomad_mis_z", "missense_z", "oe_mis_z"))
    if z is None:
        yield _cannot("PP2", "the file carries no constraint (missense Z)")
    elif z >= CONSTRAINED_Z and facts.gene.missense != "unknown":
        yield _yes("PP2", f"few missense changes are tolerated in the gene (Z {z:g})")


def _splicing(facts: Facts) -> Found:
    scores = [k for k in facts.fields if "spliceai" in k and "_ds_" in k]
    score = _highest(facts.fields, scores)
    kind = facts.meaning.kind
    if kind not in ("near splice", "silent"):
        return
    if score is None:
        yield _cannot("PP3/BP4/BP7", "the file carries no SpliceAI score")
    elif score >= SPLICE_AI:
        yield _yes("PP3", f"SpliceAI {score:g}")
    elif score <= SPLICE_AI_BENIGN:
        yield _yes("BP4", f"SpliceAI {score:g}")
        if "synonymous_variant" in facts.meaning.consequences:
            yield _yes("BP7", "synonymous, and no effect on splicing is predicted")


def _highest(fields: Mapping[str, str], names: tuple[str, ...] | list[str]) -> float | None:
    found = []
    for name in names:
        for part in fields.get(name, "").replace("&", ",").split(","):
            try:
                value = float(part)
            except ValueError:
                continue
            if math.isfinite(value):
                found.append(value)
    return max(found, default=None)


def clinvar_words(entry: ClinVarEntry | None) -> str:
    """ClinVar's word on exactly this allele, or nothing."""
    if entry is None:
        return ""
    stars = "" if entry.stars is None else f", {entry.stars} stars"
    return f"{entry.significance.replace('_', ' ')}{stars}"


def told_benign(entry: ClinVarEntry | None) -> bool:
    """Does ClinVar, with a star at least, call this allele benign?"""
    return entry is not None and benign(entry) and (entry.stars or 0) >= 1
