"""`ictal variants`: which variants of this child fit the disease, and what follows?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ictal.base.errors import TableError, UsageError, reason_of
from ictal.base.files import load_json
from ictal.cli.options import OVERWRITE

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("vcf", type=_FILE)
@click.argument("more_hpo", nargs=-1, metavar="")
@click.option("--child", default="", metavar="ID", help="The child's sample [default: the only one].")
@click.option("--mother", default="", metavar="ID", help="The mother's sample.")
@click.option("--father", default="", metavar="ID", help="The father's sample.")
@click.option(
    "--sex",
    type=click.Choice(["female", "male", "unknown"]),
    default="unknown",
    help="The child's sex [default: by the X chromosome].",
)
@click.option("--hpo", multiple=True, metavar="IDS", help="Signs as HPO ids: HP:0032786 and more.")
@click.option("--findings", "findings_file", type=_FILE, help="findings.json of the child's EEG (`ictal analyse`).")
@click.option("--onset-days", type=click.FloatRange(min=0), help="Age at the first seizure, in days.")
@click.option(
    "--clinvar", "clinvar_file", type=_FILE, help="A newer ClinVar VCF (GRCh38) in place of the packaged one."
)
@click.option("--genes", "genes_file", type=_FILE, help="Genes of your own to add to the panel (TOML).")
@click.option("--trust-roles", is_flag=True, help="Go on where the file contradicts who is child, mother and father.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Judge what has expired as of this day [default: today]."
)
@click.option("--out", type=_NEW, metavar="FILE.tsv", help="Write the table, one row a candidate.")
@click.option(
    "--phenopacket", type=_NEW, metavar="FILE.json", help="Write a GA4GH Phenopacket with the interpretation."
)
@click.option("--report", type=_NEW, metavar="FILE.html", help="Write a page with the list, its reasons and sources.")
@OVERWRITE
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON instead of the short list.")
def variants(vcf: Path, **options: Any) -> None:
    """Rank the variants of a child in the genes of EIMFS, with reasons, and say what follows.

    VCF is plain, bgzipped or BCF, of one child or with its parents; VEP's CSQ or SnpEff's ANN are read by their own
    headers. A truncation of a gene that causes the disease by gain does not fit, and is said not to. With the
    direction unknown nothing is said of treatment. For research; not a medical device.
    """
    from ictal.exchange.whole_file import write_whole
    from ictal.infant.genes.triage import Question, triage
    from ictal.infant.genes.types import Sex
    from ictal.infant.genes.written import json_text, phenopacket_text, summary, table_text

    targets = [p for p in (options["out"], options["phenopacket"], options["report"]) if p is not None]
    _free_to_write(targets, options["overwrite"], (vcf, options["clinvar_file"], options["genes_file"]))
    hpo = _known_terms((*options["hpo"], *options["more_hpo"]))
    as_of: datetime | None = options["as_of"]
    answer = triage(
        vcf,
        Question(
            child=options["child"],
            mother=options["mother"],
            father=options["father"],
            sex=Sex(options["sex"]),
            hpo=hpo,
            onset_days=options["onset_days"],
            migrating=_migrating(options["findings_file"]),
            genes_file=options["genes_file"],
            clinvar_file=options["clinvar_file"],
            trust_roles=options["trust_roles"],
            today=None if as_of is None else as_of.date(),
        ),
    )
    texts = {}
    if options["out"] is not None:
        texts[options["out"]] = table_text(answer)
    if options["phenopacket"] is not None:
        created = datetime.now().astimezone() if as_of is None else as_of.astimezone()
        texts[options["phenopacket"]] = phenopacket_text(answer, created.isoformat(timespec="seconds"))
    if options["report"] is not None:
        from ictal.report.genetics import render_genetics

        texts[options["report"]] = render_genetics(answer)
    for path, text in texts.items():
        write_whole(path, text, options["overwrite"])
    click.echo(json_text(answer) if options["as_json"] else summary(answer), nl=not options["as_json"])


command = variants


def _migrating(path: Path | None) -> bool | None:
    """Do the findings of an EEG show a migrating seizure? None without findings, or where no seizure was found."""
    if path is None:
        return None
    try:
        findings = load_json(path)
        patterns, seizures = findings["patterns"], findings["seizures"]
        count = patterns.get("migrating", 0) if isinstance(patterns, dict) else None
    except OSError as error:
        raise TableError(f"'{path.name}' cannot be read: {reason_of(error)}.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        count = seizures = None
    if not isinstance(count, int) or not isinstance(seizures, int):
        raise TableError(f"'{path.name}' is no findings.json of `ictal analyse`: give the one beside its report.")
    return count > 0 if seizures else None


def _known_terms(given: Sequence[str]) -> tuple[str, ...]:
    """The HPO ids that were given. One that the panel does not use is looked up in the ontology (a second)."""
    from ictal.infant.genes.phenotype import TERMS, terms_of

    ids = terms_of(given)
    strange = [one for one in ids if one not in TERMS]
    if strange:
        from ictal.exchange.hpo import term

        for one in strange:
            term(one)
    return ids


def _free_to_write(targets: Sequence[Path], overwrite: bool, inputs: Sequence[Path | None] = ()) -> None:
    """Refuse, before any work, what could not be written in the end: a file that is there, or a missing folder."""
    if len({p.resolve() for p in targets}) != len(targets):
        raise UsageError("Two outputs have the same name: give each its own file.")
    for path in targets:
        if any(given is not None and path.resolve() == given.resolve() for given in inputs):
            raise UsageError(f"'{path}' is an input, and would be replaced: choose another name.")
        if path.exists() and not overwrite:
            raise UsageError(f"'{path}' is there already: choose another name, or add --overwrite.")
        if not path.parent.is_dir():
            raise UsageError(f"There is no folder '{path.parent}' to write '{path.name}' into: make it first.")
