"""Which human assembly is this file on? Said by its contigs, its header, or the places of its genes."""

from __future__ import annotations

import re

from ictal.base.errors import TableError
from ictal.infant.genes.types import Header

LENGTHS = {
    "GRCh38": {
        "1": 248_956_422,
        "2": 242_193_529,
        "9": 138_394_717,
        "12": 133_275_309,
        "20": 64_444_167,
        "X": 156_040_895,
    },
    "GRCh37": {
        "1": 249_250_621,
        "2": 243_199_373,
        "9": 141_213_431,
        "12": 133_851_895,
        "20": 63_025_520,
        "X": 155_270_560,
    },
    "T2T-CHM13": {"1": 248_387_328, "2": 242_696_752, "9": 150_617_247, "X": 154_259_566},
    "GRCm39 (mouse)": {"1": 195_154_279, "2": 181_755_017, "X": 169_476_592},
    "GRCm38 (mouse)": {"1": 195_471_971, "2": 182_113_224, "X": 171_031_299},
}
ENDS = dict(
    zip(
        [*map(str, range(1, 23)), "X", "Y"],
        (
            *(248956422, 242193529, 198295559, 190214555, 181538259, 170805979, 159345973, 145138636, 138394717),
            *(133797422, 135086622, 133275309, 114364328, 107043718, 101991189, 90338345, 83257441, 80373285),
            *(58617616, 64444167, 46709983, 50818468, 156040895, 57227415),
        ),
        strict=True,
    )
)
"""The length of each chromosome of GRCh38: a place beyond it is on another assembly."""
_SPELLED = (
    ("GRCh38", re.compile(r"grch38|hg38|hs38|b38\b|assembly38|GCA_000001405\.(1[5-9]|2\d)", re.IGNORECASE)),
    ("GRCh37", re.compile(r"grch37|hg19|hs37|b37\b|assembly19|human_g1k_v37|hg37", re.IGNORECASE)),
    ("T2T-CHM13", re.compile(r"chm13|hs1\b", re.IGNORECASE)),
    ("GRCm39 (mouse)", re.compile(r"grcm39|mm39", re.IGNORECASE)),
    ("GRCm38 (mouse)", re.compile(r"grcm38|mm10", re.IGNORECASE)),
)
_TELLS = re.compile(r"^##(reference|assembly|genome|contig|vep|snpeff|.*command|source|.*cmd)", re.IGNORECASE)


def assembly_of(header: Header) -> tuple[str, str]:
    """The assembly and how it is known; `GRCh38` with the reason `not said` where the file is silent."""
    for name, lengths in LENGTHS.items():
        here = [c for c, length in lengths.items() if header.contigs.get(c) == length]
        if here:
            return name, f"chromosome {here[0]} is {header.contigs[here[0]]} bases long in its header"
    lines = [line for line in header.assembly.splitlines() if _TELLS.match(line)]
    for line in sorted(lines, key=lambda text: not text.lower().startswith(("##reference", "##assembly"))):
        for name, pattern in _SPELLED:
            match = pattern.search(line)
            if match:
                return name, f"its header names {match[0]}"
    return "GRCh38", "not said by the file, so taken as GRCh38"


def beyond_the_end(chromosome: str, position: int) -> bool:
    """Is there no such place on GRCh38?"""
    return position > ENDS.get(chromosome, position)


def check_assembly(name: str, annotated: bool, file: str) -> str:
    """What follows from the assembly: nothing for GRCh38, a caution for an annotated GRCh37, else a refusal."""
    if name == "GRCh38":
        return ""
    if name == "GRCh37" and annotated:
        return (
            "the file is on GRCh37: genes were taken from its annotation by name; places were not "
            "compared with ClinVar or "
            "MANE, which are GRCh38 here"
        )
    if name == "GRCh37":
        raise TableError(
            f"'{file}' is on GRCh37 and not annotated, but the panel's places are those of GRCh38: "
            f"annotate it with VEP or "
            "SnpEff, or lift it over to GRCh38."
        )
    raise TableError(
        f"'{file}' is on {name}, but the panel's places are those of GRCh38: call or lift it over to GRCh38."
    )
