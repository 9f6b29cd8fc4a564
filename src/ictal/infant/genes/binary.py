"""Reading with pysam (htslib): BCF, and a second reading of any VCF that must agree with the plain one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ictal.base.errors import IctalError, MissingExtra, TableError
from ictal.infant.genes.types import Call, Record
from ictal.infant.genes.vcf import Variants, chromosome_of, header_of, place_of, reads_of


@contextmanager
def open_with_pysam(path: Path, samples: Sequence[str] | None = None) -> Iterator[Variants]:
    """The same as `vcf.open_vcf`, by htslib. Needs the extra `variants`."""
    try:
        import pysam
    except ImportError:
        raise MissingExtra("Reading BCF", "variants") from None
    before = pysam.set_verbosity(0)
    try:
        with pysam.VariantFile(str(path)) as file:
            names = tuple(file.header.samples)
            meta = [line for line in str(file.header).splitlines() if line.startswith("##")]
            wanted = names if samples is None else tuple(samples)
            for sample in wanted:
                place_of(sample, names, path.name)
            yield Variants(header_of(meta, names), _records(file, wanted, path.name))
    except IctalError:
        raise
    except (ValueError, OSError) as error:
        raise TableError(f"'{path.name}' cannot be read as a VCF or BCF: {error}.") from None
    finally:
        pysam.set_verbosity(before)


def _records(file: Any, wanted: Sequence[str], name: str) -> Iterator[Record]:
    try:
        for record in file:
            alts = tuple(record.alts or ())
            filters = tuple(k for k in record.filter if k != "PASS")
            yield Record(
                chromosome=chromosome_of(record.chrom),
                position=record.pos,
                ref=record.ref.upper(),
                alts=tuple(a if a[:1] in "<*." or "[" in a or "]" in a else a.upper() for a in alts),
                filters=filters,
                info=str(record).rstrip("\n").split("\t")[7],
                calls=tuple(_call(record.samples[sample], len(alts)) for sample in wanted),
            )
    except (ValueError, OSError) as error:
        raise TableError(f"'{name}' cannot be read to its end: {error}.") from None


def _call(sample: Any, alts: int) -> Call:
    values = {key: _text(sample[key]) for key in ("AD", "RO", "AO", "VAF", "AF", "DP", "DP4") if key in sample}
    depth, quality = sample.get("DP"), sample.get("GQ")
    alleles = tuple(sample.get("GT") or (None,))
    phase = sample.get("PS")
    return Call(
        alleles=alleles,
        phased=bool(sample.phased) and len(alleles) > 1,
        phase_set="" if phase is None else str(phase),
        depth=depth if isinstance(depth, int) else None,
        reads=reads_of(values, alts),
        quality=None if quality is None else float(quality),
    )


def _text(value: Any) -> str:
    parts = value if isinstance(value, tuple) else (value,)
    return ",".join("." if part is None else str(part) for part in parts)
