"""How long does a trio's exome take, and how much memory? `python benchmarks/variants.py [--records 100000]`

Makes a bgzipped VCF of a trio with VEP's CSQ (12 transcripts a record, as VEP writes them for an exome), some of it
in the genes of the panel, with p.Arg474His of KCNT1 among them; then runs `ictal variants` on it as a user would,
with both readers, each in a process of its own, and prints seconds and the largest memory.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.genes.build import R474H, R474H_CSQ, bgzipped, csq, header, line

TRANSCRIPTS = 12
CODE = (
    "import sys, time; from pathlib import Path; t = time.perf_counter();"
    "peak = lambda: int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]);"
    "from ictal.infant.genes.triage import Question, triage;"
    "a = triage(Path(sys.argv[1]), Question('child', 'mother', 'father', reader=sys.argv[2]));"
    "print(f'{time.perf_counter() - t:.2f} s, {peak() / 1024:.0f} MB,',"
    "a.records, 'records,', a.in_panel, 'in the panel,', len(a.candidates), 'candidates, first', "
    "a.candidates[0].hgvs_p)"
)


def exome(folder: Path, records: int) -> Path:
    """A trio's VCF with this many records, one in fifty of them in KCNT1's stretch of chromosome 9."""
    generator = np.random.default_rng(1)
    path = folder / "exome.vcf"
    with path.open("w", encoding="utf-8") as file:
        file.write(header())
        for i in range(records):
            mother, father = generator.integers(0, 2, 2), generator.integers(0, 2, 2)
            child = sorted((int(generator.choice(mother)), int(generator.choice(father))))
            calls = [f"{a}/{b}:20,21:41:99" for a, b in (child, sorted(mother), sorted(father))]
            chromosome, position, gene = (
                ("chr9", 135702300 + i, "KCNT1") if i % 50 == 0 else ("chr1", 1000 + i, f"G{i}")
            )
            entry = csq(gene, f"c.{i}A>G", "", "intron_variant", "G", transcript=f"ENST{i:011d}.1", frequency="0.1")
            file.write(
                line(
                    chromosome, position, "A", "G", "CSQ=" + ",".join([entry] * TRANSCRIPTS), calls, keys="GT:AD:DP:GQ"
                )
            )
        file.write(line(*R474H, R474H_CSQ, ("0/1:20,21:41:99", "0/0:40,0:40:99", "0/0:40,0:40:99"), keys="GT:AD:DP:GQ"))
    return bgzipped(path)


def main() -> None:
    """Make the file, ask both readers, print what they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--readers", nargs="+", default=["plain", "pysam"])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        path = exome(Path(folder), asked.records)
        print(f"made {path.stat().st_size / 1e6:.0f} MB in {time.perf_counter() - start:.0f} s")
        for reader in asked.readers:
            answer = subprocess.run(
                [sys.executable, "-c", CODE, str(path), reader], capture_output=True, text=True, check=True
            )
            print(f"{reader}: {answer.stdout.strip()}")


if __name__ == "__main__":
    main()
