"""Every reader with thousands of damaged files: how many ended in a result, in a sentence, or otherwise?

    python benchmarks/malformed.py                     the whole corpus, minutes
    python benchmarks/malformed.py --reader VCF        one reader
    python benchmarks/malformed.py --seed 2            other places drawn by chance

The rules are in tests/robust; a sample of the corpus runs with the tests.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.robust import web
from tests.robust.corpus import cases, sound_cases
from tests.robust.load import load_all
from tests.robust.trial import Outcome, run_all


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument(
        "--reader", default="", help="only readers with this in their name, or one of several, by commas"
    )
    asked.add_argument("--name", default="", help="only cases with this in their name")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--share", type=float, default=1.0)
    asked.add_argument("--at-once", type=int, default=2)
    told = asked.parse_args()
    began = time.monotonic()
    load_all()
    wrong: list[Outcome] = []
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    longest: dict[str, tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    chosen = (
        case for case in chain(sound_cases(), cases(told.seed, told.share), web.cases(told.seed, told.share))
        if any(word in case.reader.lower() for word in told.reader.lower().split(",")) and told.name in case.name
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="malformed-") as folder:
        for outcome in run_all(chosen, Path(folder), told.at_once):
            reader = outcome.case.reader
            counts[reader]["files"] += 1
            counts[reader]["result" if outcome.code == 0 else "sentence" if not outcome.wrong else "other"] += 1
            counts[reader]["wrong"] += bool(outcome.wrong)
            a, b = longest[reader]
            longest[reader] = max(a, outcome.took_s), max(b, outcome.most_mb)
            if outcome.wrong or (outcome.case.name == "sound" and outcome.code != 0):
                wrong.append(outcome)
                _say(outcome)
    print(f"{'reader':26} {'files':>6} {'result':>6} {'sentence':>8} {'wrong':>5} {'longest s':>9} {'most MB':>8}")
    for reader, n in counts.items():
        s, mb = longest[reader]
        print(f"{reader:26} {n['files']:6} {n['result']:6} {n['sentence']:8} {n['wrong']:5} {s:9.1f} {mb:8.0f}")
    files = sum(n["files"] for n in counts.values())
    print(f"{files} files in {time.monotonic() - began:.0f} s; {len(wrong)} ended as none may")
    return 1 if wrong else 0


def _say(one: Outcome) -> None:
    """One that ended as none may, as soon as it has."""
    print(
        f"--- {one.case.reader}: {one.case.name} (exit {one.code}): {'; '.join(one.wrong)}\n{one.said[-3000:]}\n",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
