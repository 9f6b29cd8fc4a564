"""VCF files for the tests, made line by line: headers of both annotators, trios, and every kind of damage."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

CSQ_FIELDS = (
    "Allele|Consequence|IMPACT|SYMBOL|Gene|Feature_type|Feature|BIOTYPE|EXON|HGVSc|HGVSp|CANONICAL|MANE_SELECT|"
    "gnomADe_AF|REVEL"
)
ANN_FIELDS = (
    "Allele | Annotation | Annotation_Impact | Gene_Name | Gene_ID | Feature_Type | Feature_ID | Transcript_BioType | "
    "Rank | HGVS.c | HGVS.p | cDNA.pos / cDNA.length | CDS.pos / CDS.length | AA.pos / AA.length | Distance | "
    "ERRORS / WARNINGS / INFO"
)
LENGTHS = {"1": 248956422, "2": 242193529, "9": 138394717, "12": 133275309, "20": 64444167, "X": 156040895}
LENGTHS_37 = {"1": 249250621, "2": 243199373, "9": 141213431, "12": 133851895, "20": 63025520, "X": 155270560}
TRIO = ("child", "mother", "father")
SELECT = {
    "KCNT1": ("ENST00000371757.7", "NM_020822.3"),
    "SCN1A": ("ENST00000674923.1", "NM_001165963.4"),
    "SCN2A": ("ENST00000375437.7", "NM_001040142.2"),
    "SLC12A5": ("ENST00000243964.7", "NM_020708.5"),
    "KCNT2": ("ENST00000294725.14", "NM_198503.5"),
    "CDKL5": ("ENST00000623535.2", "NM_001323289.2"),
    "PIGA": ("ENST00000333590.6", "NM_002641.4"),
    "TBC1D24": ("ENST00000646147.1", "NM_001199107.2"),
}


def header(
    samples: Sequence[str] = TRIO,
    *,
    prefix: str = "chr",
    lengths: dict[str, int] | None = None,
    annotators: Iterable[str] = ("CSQ",),
    meta: Sequence[str] = (),
) -> str:
    lines = ["##fileformat=VCFv4.2", *meta]
    used = LENGTHS if lengths is None else lengths
    lines += [f"##contig=<ID={prefix}{name},length={length}>" for name, length in used.items()]
    lines += [f"##contig=<ID={prefix}{name}>" for name in ("16", "X", "Y") if name not in used]
    if "CSQ" in annotators:
        told = f"Consequence annotations from Ensembl VEP. Format: {CSQ_FIELDS}"
        lines.append(f'##INFO=<ID=CSQ,Number=.,Type=String,Description="{told}">')
    if "ANN" in annotators:
        told = f"Functional annotations: '{ANN_FIELDS}'"
        lines.append(f'##INFO=<ID=ANN,Number=.,Type=String,Description="{told}">')
    lines += [
        '##INFO=<ID=END,Number=1,Type=Integer,Description="End">',
        '##INFO=<ID=SVTYPE,Number=1,Type=String,Description="Kind">',
        '##INFO=<ID=SVLEN,Number=.,Type=Integer,Description="Length">',
        '##ALT=<ID=DEL,Description="Deletion">',
        '##ALT=<ID=DUP,Description="Duplication">',
        '##FILTER=<ID=q10,Description="Quality below 10">',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Depth">',
        '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Quality">',
        '##FORMAT=<ID=PS,Number=1,Type=Integer,Description="Phase set">',
    ]
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns += ["FORMAT", *samples] if samples else []
    return "\n".join([*lines, "\t".join(columns)]) + "\n"


def csq(
    gene: str,
    c: str,
    p: str,
    consequence: str,
    allele: str,
    *,
    transcript: str = "",
    mane: bool = True,
    frequency: str = "",
    revel: str = "",
) -> str:
    enst, refseq = SELECT.get(gene, ("ENST00000000001.1", ""))
    feature = transcript or enst
    hgvs_c, hgvs_p = f"{feature}:{c}", f"ENSP00000000001.1:{p}" if p else ""
    select = refseq if mane and not transcript else ""
    cells = [allele, consequence, "", gene, "", "Transcript", feature, "protein_coding", "", hgvs_c, hgvs_p, "", select]
    return "|".join([*cells, frequency, revel])


def ann(gene: str, c: str, p: str, consequence: str, allele: str, *, transcript: str = "") -> str:
    feature = transcript or SELECT.get(gene, ("", "NM_000000.1"))[1]
    cells = [
        allele,
        consequence,
        "",
        gene,
        "",
        "transcript",
        feature,
        "protein_coding",
        "1/2",
        c,
        p,
        "",
        "",
        "",
        "",
        "",
    ]
    return "|".join(cells)


def line(
    chromosome: str,
    position: int,
    ref: str,
    alt: str,
    info: str = ".",
    calls: Sequence[str] = ("0/1", "0/0", "0/0"),
    *,
    keys: str = "GT",
    filters: str = "PASS",
) -> str:
    cells = [chromosome, str(position), ".", ref, alt, "50", filters, info]
    return "\t".join([*cells, keys, *calls] if calls else cells) + "\n"


R474H = ("chr9", 135768848, "G", "A")
R474H_CSQ = "CSQ=" + csq("KCNT1", "c.1421G>A", "p.Arg474His", "missense_variant", "A")


def golden(calls: Sequence[str] = ("0/1", "0/0", "0/0"), **keys: str) -> str:
    """KCNT1 p.Arg474His at its place on GRCh38."""
    return line(*R474H, R474H_CSQ, calls, **keys)


def write(folder: Path, *lines: str, name: str = "trio.vcf", head: str | None = None) -> Path:
    path = folder / name
    path.write_text((header() if head is None else head) + "".join(lines), encoding="utf-8")
    return path


def gzipped(path: Path) -> Path:
    out = path.with_name(path.name + ".gz")
    out.write_bytes(gzip.compress(path.read_bytes()))
    return out


def bgzipped(path: Path) -> Path:
    """The blocks of bgzip, and its empty last block."""
    data, out = path.read_bytes(), path.with_name(path.name + ".bgz")
    blocks = [data[i : i + 60_000] for i in range(0, len(data), 60_000)] + [b""]
    out.write_bytes(b"".join(_block(block) for block in blocks))
    return out


def _block(data: bytes) -> bytes:
    if not data:
        return bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = packer.compress(data) + packer.flush()
    head = struct.pack("<4BI2BH2BHH", 31, 139, 8, 4, 0, 0, 255, 6, 66, 67, 2, len(packed) + 25)
    return head + packed + struct.pack("<II", zlib.crc32(data), len(data))


def family_lines(generator, count: int, chromosomes: Sequence[str] = ("chr1",), sex: str = "female") -> list[str]:
    """Places of a true trio of child, mother and father, in Mendel's way; on chrX as for a child of this sex."""
    made = []
    for i in range(count):
        chromosome = chromosomes[i % len(chromosomes)]
        mother = tuple(int(a) for a in generator.integers(0, 2, 2))
        father = tuple(int(a) for a in generator.integers(0, 2, 2))
        if chromosome == "chrX":
            father = (father[0],) * 2
            child = (mother[int(generator.integers(2))], father[0])
            child = (child[0],) * 2 if sex == "male" else child
        else:
            child = (mother[int(generator.integers(2))], father[int(generator.integers(2))])
        calls = ["/".join(map(str, sorted(g))) for g in (child, mother, father)]
        made.append(line(chromosome, 20_000_000 + 1000 * i, "A", "G", ".", calls))
    return made
