"""In which order do candidates stand, and why, in plain words?"""

from __future__ import annotations

from dataclasses import dataclass

from ictal.infant.genes.clinvar import pathogenic
from ictal.infant.genes.evidence import Facts, clinvar_words, told_benign
from ictal.infant.genes.inheritance import suits
from ictal.infant.genes.types import Direction, Fit, Tier, Verdict

WEIGHTS = {"strong": 3.0, "moderate": 2.0, "limited": 1.0, "weak": 0.0}
FITS = {Fit.YES: 4.0, Fit.POSSIBLE: 1.0, Fit.UNKNOWN: -1.0, Fit.NO: -8.0}
SUITS = {"yes": 4.0, "possible": 0.0, "no": -5.0}
COMMON = 0.001
"""A frequency that no dominant cause of this disease can have (design); see `evidence.TOO_FREQUENT` for the rules."""


@dataclass(frozen=True)
class Place:
    """Where a candidate belongs: its tier, its score (our own weights, only for the order), and the reasons."""

    tier: Tier
    score: float
    suits: str
    reasons: tuple[str, ...]


def place_of(facts: Facts, verdict: Verdict, fit: tuple[Fit, str], direction: tuple[Direction, str], low: str) -> Place:
    """The tier and the order of one candidate, with the sentences that say why.

    `low` is what is wrong with the call.
    """
    way = suits(facts.inheritance.mode, facts.gene)
    benign = verdict.classification in ("Benign", "Likely benign") or told_benign(facts.entry)
    frequent = facts.frequency is not None and facts.frequency > (0.01 if facts.way == "AR" else COMMON)
    score = float(verdict.points) + FITS[fit[0]] + SUITS[way] + WEIGHTS[facts.gene.evidence]
    told = facts.known is not None and facts.known.direction is not Direction.UNKNOWN
    in_clinvar = facts.entry is not None and pathogenic(facts.entry)
    score += (
        3.0 * told + 1.5 * bool(facts.neighbours) + 4.0 * in_clinvar - 12.0 * (benign or frequent) - 2.0 * bool(low)
    )
    if fit[0] is Fit.NO or benign or frequent:
        tier = Tier.UNLIKELY
    elif way == "no":
        tier = Tier.POSSIBLE if told or (in_clinvar and facts.way != "AR") else Tier.UNLIKELY
    elif fit[0] in (Fit.YES, Fit.POSSIBLE) and (way == "yes" or told or in_clinvar) and not low:
        tier = Tier.LEAD
    else:
        tier = Tier.POSSIBLE
    return Place(tier, score, way, _reasons(facts, fit, direction, way, low))


def _reasons(
    facts: Facts, fit: tuple[Fit, str], direction: tuple[Direction, str], way: str, low: str
) -> tuple[str, ...]:
    gene = facts.gene
    ways = {"AD": "dominant", "AR": "recessive", "XL": "X-linked"}
    inherited = " or ".join(ways[w] for w in gene.inheritance)
    words = [
        facts.inheritance.words,
        {
            "yes": f"as {gene.symbol} ({inherited}) causes disease",
            "possible": f"it may fit how {gene.symbol} causes disease ({inherited})",
            "no": f"that is not how {gene.symbol} causes disease ({inherited})",
        }[way],
    ]
    if way == "no" and gene.inheritance == ("AD",) and facts.inheritance.mode in ("maternal", "paternal", "biparental"):
        words.append("a parent who has it would be ill too, or have it in some cells alone: ask, and count the reads")
    words.append({Fit.NO: "mechanism does not fit: ", Fit.YES: "mechanism fits: "}.get(fit[0], "mechanism: ") + fit[1])
    words.append(f"direction {direction[0]}: {direction[1]}")
    if facts.known is not None:
        words.append(f"{facts.known.protein} was told of before ({facts.known.provenance}): {facts.known.text}")
    elif facts.neighbours:
        names = ", ".join(k.protein for k in facts.neighbours)
        words.append(f"another change than {names} at a recurrent residue ({facts.neighbours[0].provenance})")
    if facts.entry is not None:
        words.append(f"ClinVar: {clinvar_words(facts.entry)}")
    if facts.frequency_known:
        seen = facts.frequency
        words.append(
            "absent from the population in the file" if not seen else f"highest population frequency {seen:.2g}"
        )
    else:
        words.append("population frequency not in the file")
    words.append(f"evidence of {gene.symbol} for EIMFS: {gene.evidence} ({gene.provenance})")
    words += _course(facts)
    words += [facts.meaning.numbering] if facts.meaning.numbering else []
    return (*words, low) if low else tuple(words)


def _course(facts: Facts) -> list[str]:
    """How do the child's first seizure and its EEG fit what was told of the gene?"""
    words = []
    gene = facts.gene
    if facts.onset_days is not None and gene.onset_days is not None:
        low, high = gene.onset_days
        told = f"what was told of {gene.symbol} here ({low:g} to {high:g} days: {gene.onset_source})"
        inside = low <= facts.onset_days <= high
        words.append(f"onset at {facts.onset_days:g} days lies {'within' if inside else 'outside'} {told}")
    if facts.migrating:
        words.append(f"the EEG findings show migrating seizures, which {gene.symbol} is on the panel for")
    elif facts.migrating is False:
        words.append("the EEG findings show no migrating seizure: not captured is not absent")
    return words
