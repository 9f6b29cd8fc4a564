"""What is found in each of the real recordings, or which sentence says why not?

    python benchmarks/real.py                     every EDF and BDF file of neonatal, icu and edf-conformance
    python benchmarks/real.py --data ../mine      another folder of recordings

Runs `ictal analyse FILE --json` on each in a process of its own, as a user would, with the report. Any end but findings
(exit code 0) or one sentence (2 or 3) is counted as a fault. Writes what was said into benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
FOLDERS = ("neonatal", "icu", "edf-conformance")
CONTRACT = {"seizures.tsv", "legs.tsv", "discharges.tsv", "findings.json", "report.html"}
SUFFIXES = {".edf", ".bdf"}


def look_at(path: Path) -> dict[str, Any]:
    """What does `ictal analyse` say of this file?"""
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="ictal-real-") as folder:
        out = Path(folder) / "out"
        done = subprocess.run(
            [sys.executable, "-m", "ictal", "analyse", str(path), "--out", str(out), "--json", "--quiet"],
            capture_output=True,
            text=True,
        )
        said: dict[str, Any] = {
            "file": f"{path.parent.name}/{path.name}",
            "exit_code": done.returncode,
            "wall_s": round(time.perf_counter() - begin, 2),
        }
        if done.returncode == 0:
            said["findings"] = json.loads(done.stdout)
            said["seizures"] = _table(out / "seizures.tsv")
            said["files"] = {file.name: file.stat().st_size for file in sorted(out.iterdir())}
            said["fault"] = set(said["files"]) != CONTRACT
        else:
            said["sentence"] = done.stderr.strip()
            said["fault"] = (
                done.returncode not in (2, 3) or "\n" in said["sentence"] or "Traceback" in done.stderr or out.exists()
            )
    return said


def _table(path: Path) -> list[dict[str, str]]:
    head, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows if row[2] != "bckg"]


def in_words(said: dict[str, Any]) -> str:
    """One file in a few lines."""
    mark = "FAULT  " if said["fault"] else ""
    first = f"{mark}{said['file']}  ({said['wall_s']:.1f} s)"
    if "sentence" in said:
        return f"{first}\n    exit {said['exit_code']}: {said['sentence']}"
    recorded = said["findings"]["recorded"]
    lines = [
        first,
        f"    {recorded['recorded_s']:.0f} s recorded, {recorded['readable_s']:.0f} s readable, "
        f"{len(recorded['derivations'])} derivations, {len(said['seizures'])} seizures",
    ]
    lines += [
        f"    {row['onset']:>8} s  for {row['duration']:>7} s  {row['pattern']:<10} {row['path']}"
        f"  ({row['onset_hemisphere']}, confidence {row['confidence']})"
        for row in said["seizures"]
    ]
    hidden = {
        quality["derivation"]: {cause: s for cause, s in quality["masked_s"].items() if s > 0.5 * quality["recorded_s"]}
        for quality in said["findings"]["quality"]
    }
    lines += [f"    {name} is {', '.join(causes)} most of the time" for name, causes in hidden.items() if causes]
    lines += [f"    notice: {notice}" for notice in recorded["notices"]]
    return "\n".join(lines)


def main() -> int:
    """Look at every file; the exit code is 1 when any ended in a fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of recordings [ICTAL_DATA, else ../shared/data]")
    chosen = parser.parse_args().data
    data = chosen or Path(os.environ.get("ICTAL_DATA", HERE.parent.parent / "shared" / "data"))
    places = [data] if chosen else [data / name for name in FOLDERS]
    files = [p for place in places for p in sorted(place.rglob("*")) if p.suffix.lower() in SUFFIXES]
    if not files:
        print(f"There are no EDF or BDF files in {data}: set ICTAL_DATA, or --data, to a folder of recordings.")
        return 2
    everything = []
    for path in files:
        everything.append(look_at(path))
        print(in_words(everything[-1]), flush=True)
    faults = sum(said["fault"] for said in everything)
    print(f"\n{len(files)} files, {faults} ended otherwise than in findings or one sentence")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "real.json").write_text(json.dumps(everything, indent=2) + "\n", encoding="utf-8")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
