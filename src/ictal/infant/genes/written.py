"""The answer as a table, as JSON, as a Phenopacket's interpretation, and as a few lines for a terminal.

Text alone: no file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from ictal.base.provenance import ictal_version
from ictal.infant.genes.coordinates import select_of
from ictal.infant.genes.types import Candidate, Following, Tier, Triage

COLUMNS = (
    "rank",
    "gene",
    "hgvs_c",
    "hgvs_p",
    "inheritance",
    "direction",
    "fits_mechanism",
    "acmg_class",
    "reasons",
    "tier",
    "chromosome",
    "position",
    "ref",
    "alt",
    "genotype",
    "transcript",
    "consequence",
    "acmg_points",
    "acmg_rules",
    "acmg_not_judged",
    "frequency",
    "clinvar",
    "cautions",
)
RESEARCH = (
    "For research; not a medical device, not advice. Every variant is to be confirmed and judged by a geneticist."
)


def table_text(answer: Triage) -> str:
    """One row a candidate, best first; with none, the header alone."""
    rows = ["\t".join(COLUMNS)]
    for c in answer.candidates:
        cells = (
            c.rank,
            c.gene.symbol,
            c.hgvs_c or "n/a",
            c.hgvs_p or "n/a",
            c.inheritance.mode,
            c.direction,
            c.fit,
            c.verdict.classification,
            "; ".join(c.reasons),
            c.tier,
            c.chromosome,
            c.position,
            c.ref,
            c.alt,
            c.genotype,
            c.transcript or "n/a",
            c.consequence or "n/a",
            c.verdict.points,
            ",".join(x.code for x in c.verdict.criteria) or "n/a",
            ",".join(x.code for x in c.verdict.not_judged) or "n/a",
            "n/a" if c.frequency is None else f"{c.frequency:.6g}",
            c.clinvar or "n/a",
            "; ".join(c.cautions) or "n/a",
        )
        rows.append("\t".join(_cell(str(cell)) for cell in cells))
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()) if text else "n/a"


_CAME = {"x_linked_de_novo": "de novo", "de_novo": "de novo", "de_novo_mosaic": "de novo", "biparental": "biparental"}
_CAME |= {"maternal": "maternal", "mosaic_mother": "maternal", "x_linked_maternal": "maternal"}
_CAME |= {"paternal": "paternal", "mosaic_father": "paternal"}


def entry_words(c: Candidate) -> dict[str, str]:
    """A candidate as the words of an entry of the child's record; what is not sure is left out, so not captured.

    Its class is no laboratory's, so that it stands in the note.
    """
    zygosity = _zygosity(c)[1]
    if c.inheritance.mode == "compound_heterozygous":
        zygosity = "compound heterozygous"
    elif c.inheritance.mode in ("mosaic", "de_novo_mosaic"):
        zygosity = "mosaic"
    told = {
        "gene": c.gene.symbol,
        "hgvs_c": c.hgvs_c,
        "hgvs_p": c.hgvs_p,
        "transcript": c.transcript,
        "zygosity": "" if "." in c.genotype else zygosity,
        "inheritance": _CAME.get(c.inheritance.mode, ""),
        "direction": str(c.direction),
        "note": f"{c.chromosome}:{c.position} {c.ref[:40]}>{c.alt[:40]}, from a file of variants; by Ictal's points, "
        f"not by a laboratory: {c.verdict.classification} ({c.verdict.points})",
    }
    return {name: value for name, value in told.items() if value}


def json_text(answer: Triage) -> str:
    """Everything that was found and how, as JSON."""
    return json.dumps(to_dict(answer), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def to_dict(answer: Triage) -> dict[str, object]:
    """The answer as plain values; the first nine keys of a candidate are the table's first columns."""
    trio = asdict(answer.trio)
    return {
        "ictal_version": ictal_version(),
        "use": RESEARCH,
        "simulated": answer.simulated,
        "child": answer.child,
        "mother": answer.mother or None,
        "father": answer.father or None,
        "hpo": list(answer.hpo),
        "assembly": answer.assembly,
        "assembly_reason": answer.assembly_reason,
        "annotation": answer.annotator or None,
        "warnings": list(answer.warnings),
        "relations": trio,
        "records": answer.records,
        "records_in_panel": answer.in_panel,
        "set_aside": dict(answer.set_aside),
        "panel": answer.panel,
        "genes": list(answer.genes),
        "clinvar": answer.clinvar,
        "not_looked_at": list(answer.not_looked_at),
        "variants": [_candidate(c) for c in answer.candidates],
    }


def _candidate(c: Candidate) -> dict[str, object]:
    return {
        "rank": c.rank,
        "gene": c.gene.symbol,
        "hgvs_c": c.hgvs_c or None,
        "hgvs_p": c.hgvs_p or None,
        "inheritance": c.inheritance.mode,
        "direction": str(c.direction),
        "fits_mechanism": str(c.fit),
        "acmg_class": c.verdict.classification,
        "reasons": list(c.reasons),
        "tier": str(c.tier),
        "score": round(c.score, 2),
        "chromosome": c.chromosome,
        "position": c.position,
        "ref": c.ref,
        "alt": c.alt,
        "genotype": c.genotype,
        "transcript": c.transcript or None,
        "consequence": c.consequence or None,
        "inheritance_words": c.inheritance.words,
        "inheritance_fits": c.inheritance.fits,
        "allele_fraction": None if c.inheritance.fraction is None else round(c.inheritance.fraction, 4),
        "direction_reason": c.direction_reason,
        "frequency": c.frequency,
        "clinvar": c.clinvar or None,
        "acmg": {
            "points": c.verdict.points,
            "class_by_points": c.verdict.classification,
            "class_by_rules_2015": c.verdict.rules_2015,
            "fired": [asdict(x) for x in c.verdict.criteria],
            "not_judged": [asdict(x) for x in c.verdict.not_judged],
        },
        "gene_evidence": _gene(c),
        "what_follows": [_following(f) for f in c.statements],
    }


def _gene(c: Candidate) -> dict[str, object]:
    g = c.gene
    return {
        "inheritance": list(g.inheritance),
        "direction": str(g.direction),
        "mechanism": g.mechanism,
        "evidence": g.evidence,
        "share": g.share or None,
        "note": g.note or None,
        "phenotypes": list(g.phenotypes),
        "source": list(g.source),
        "provenance": g.provenance,
        "reviewed": str(g.reviewed),
        "expires": str(g.expires),
    }


def _following(f: Following) -> dict[str, object]:
    said = f.said
    return {
        "id": said.id,
        "kind": said.kind,
        "text": said.text,
        "numbers": _numbers(f) or None,
        "outcome": said.outcome or None,
        "evidence": said.evidence,
        "caution": said.caution or None,
        "caution_provenance": "design" if said.caution else None,
        "source": list(f.sources),
        "provenance": said.provenance,
        "confidence": said.confidence or None,
        "released": str(said.released),
        "reviewed": str(said.reviewed),
        "expires": str(said.expires),
        "marks": list(f.marks),
    }


def _numbers(f: Following) -> str:
    return "; ".join(n.text for n in f.said.numbers)


_ACMG = {
    "Pathogenic": "PATHOGENIC",
    "Likely pathogenic": "LIKELY_PATHOGENIC",
    "Uncertain significance": "UNCERTAIN_SIGNIFICANCE",
    "Likely benign": "LIKELY_BENIGN",
    "Benign": "BENIGN",
}
_ZYGOSITY = {1: ("GENO:0000135", "heterozygous"), 2: ("GENO:0000136", "homozygous")}


def phenopacket_text(answer: Triage, created: str) -> str:
    """A GA4GH Phenopacket v2 (JSON) with one interpretation that holds the candidates of the first two tiers.

    `created` is the time of making as RFC 3339. The child's name is the sample's name in the file. Only small
    variants have a place there (VCF record); a structural one is told by its name.
    """
    shown = [c for c in answer.candidates if c.tier is not Tier.UNLIKELY]
    packet = {
        "id": f"ictal-variants-{answer.child}",
        "subject": {"id": answer.child, "sex": str(answer.trio.sex).upper().replace("UNKNOWN", "UNKNOWN_SEX")},
        "phenotypicFeatures": [{"type": {"id": term, "label": _label(term)}} for term in answer.hpo],
        "interpretations": [
            {
                "id": f"{answer.child}-eimfs",
                "progressStatus": "IN_PROGRESS",
                "diagnosis": {
                    "disease": {"id": "ORPHA:293181", "label": "Epilepsy of infancy with migrating focal seizures"},
                    "genomicInterpretations": [_interpretation(c, answer) for c in shown],
                },
                "summary": f"{RESEARCH} {answer.panel}.",
            }
        ],
        "metaData": {
            "created": created,
            "createdBy": f"ictal {ictal_version()}",
            "resources": [_HP, _GENO, _ORPHA],
            "phenopacketSchemaVersion": "2.0",
        },
    }
    return json.dumps(packet, indent=2, ensure_ascii=False) + "\n"


def _resource(key: str, name: str, url: str, version: str, prefix: str) -> dict[str, str]:
    iri = f"http://purl.obolibrary.org/obo/{prefix}_" if key != "orpha" else "http://www.orpha.net/ORDO/Orphanet_"
    return {"id": key, "name": name, "url": url, "version": version, "namespacePrefix": prefix, "iriPrefix": iri}


_HP = _resource("hp", "Human Phenotype Ontology", "http://purl.obolibrary.org/obo/hp.owl", "2025-11-24", "HP")
_GENO = _resource("geno", "Genotype Ontology", "http://purl.obolibrary.org/obo/geno.owl", "not pinned", "GENO")
_ORPHA = _resource("orpha", "Orphanet", "https://www.orpha.net", "not pinned", "ORPHA")


def _label(term: str) -> str:
    from ictal.infant.genes.phenotype import TERMS

    return TERMS.get(term, term)


def _zygosity(c: Candidate) -> tuple[str, str]:
    """The state of the child's alleles in GENO, and as a word."""
    if len(c.genotype) == 1:
        return "GENO:0000134", "hemizygous"
    copies = c.genotype.replace("|", "/").split("/").count("0")
    return _ZYGOSITY[1] if copies or "." in c.genotype else _ZYGOSITY[2]


def _interpretation(c: Candidate, answer: Triage) -> dict[str, object]:
    select = select_of(c.gene.symbol)
    state = _zygosity(c)
    expressions = [
        {
            "syntax": "hgvs.c" if text is c.hgvs_c else "hgvs.p",
            "value": f"{c.transcript}:{text}" if c.transcript else text,
        }
        for text in (c.hgvs_c, c.hgvs_p)
        if text.startswith(("c.", "p."))
    ]
    descriptor: dict[str, object] = {
        "id": f"{c.chromosome}-{c.position}-{c.ref}-{c.alt}",
        "label": f"{c.gene.symbol} {c.hgvs_p or c.hgvs_c or c.alt}",
        "geneContext": {"valueId": select.hgnc if select else c.gene.symbol, "symbol": c.gene.symbol},
        "expressions": expressions,
        "moleculeContext": "genomic",
        "allelicState": {"id": state[0], "label": state[1]},
        "description": "; ".join(c.reasons),
    }
    if not c.alt.startswith("<") and "[" not in c.alt and "]" not in c.alt:
        descriptor["vcfRecord"] = {
            "genomeAssembly": answer.assembly,
            "chrom": c.chromosome,
            "pos": str(c.position),
            "ref": c.ref,
            "alt": c.alt,
        }
    return {
        "subjectOrBiosampleId": answer.child,
        "interpretationStatus": "CANDIDATE",
        "variantInterpretation": {
            "acmgPathogenicityClassification": _ACMG[c.verdict.classification],
            "therapeuticActionability": "UNKNOWN_ACTIONABILITY",
            "variationDescriptor": descriptor,
        },
    }


def summary(answer: Triage) -> str:
    """The short list for a terminal: what leads and why, what follows, what was set aside, what was not looked at."""
    lines = ["SIMULATED data."] if answer.simulated else []
    lines += [f"Note: {text}." for text in answer.warnings]
    shown = [c for c in answer.candidates if c.tier is not Tier.UNLIKELY]
    if not shown:
        lines.append(
            "No variant that fits was found. A negative file is no negative child: see what was not looked at."
        )
    for c in shown:
        lines += _lines_of(c)
    rest = [c for c in answer.candidates if c.tier is Tier.UNLIKELY]
    for c in rest:
        if c.statements or "athogenic" in c.verdict.classification:
            lines += _lines_of(c)
    if rest:
        names = [f"{c.gene.symbol} {c.hgvs_p or c.hgvs_c or c.alt}" for c in rest]
        lines.append(f"Unlikely ({len(rest)}): {', '.join(names[:6])}{' ...' if len(rest) > 6 else ''}")
    aside = ", ".join(f"{n} {what}" for what, n in answer.set_aside.items())
    lines.append(
        f"{answer.records} records, {answer.in_panel} in the panel" + (f"; set aside: {aside}." if aside else ".")
    )
    lines.append(f"Sex by X: {answer.trio.sex} ({answer.trio.sex_reason}). Relations: {answer.trio.words}.")
    lines.append(f"{answer.assembly}: {answer.assembly_reason}. {answer.panel}. ClinVar: {answer.clinvar}.")
    lines.append("Not looked at: " + "; ".join(answer.not_looked_at) + ".")
    lines.append(RESEARCH)
    return "\n".join(lines)


def _lines_of(c: Candidate) -> Sequence[str]:
    name = " ".join(part for part in (c.gene.symbol, c.hgvs_c, c.hgvs_p) if part)
    rules = ", ".join(x.code for x in c.verdict.criteria) or "no rule fired"
    lines = [
        f"{c.rank}. {name}  [{c.tier}] {c.inheritance.mode}, direction {c.direction}, fits mechanism: {c.fit}",
        f"   {c.verdict.classification} by {c.verdict.points} points ({rules}); by the rules of 2015: "
        f"{c.verdict.rules_2015}",
        *(f"   - {reason}" for reason in c.reasons),
    ]
    for f in c.statements:
        said, marks, numbers = f.said, f" [{'; '.join(f.marks)}]" if f.marks else "", _numbers(f)
        counted = f" {numbers}{f' ({said.outcome})' if said.outcome else ''}." if numbers else ""
        caution = f" Caution (our list): {said.caution}" if said.caution else ""
        lines.append(
            f"   {said.kind}{marks}: {said.text}{counted} Evidence: {said.evidence}.{caution} <{'; '.join(f.sources)}>"
        )
    return [*lines, ""]
