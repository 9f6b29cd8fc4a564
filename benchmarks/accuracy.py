"""How well are the seizures of the simulated suite found, placed and followed?

    python benchmarks/accuracy.py            the frozen suite (suite.toml)
    python benchmarks/accuracy.py --dev      the same recordings with seeds 1000-1999, for tuning
    python benchmarks/accuracy.py --dev 3 --only storm --jobs 2

Prints one row a recording and one for all seizures pooled, and writes every number into benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ictal.scoring import Case, Pooled, Scores
    from ictal.simulator import Scenario

HERE = Path(__file__).resolve().parent
SUITE = HERE / "suite.toml"
RESULTS = HERE / "results"
DEV_SEEDS = range(1000, 2000)
RATES = {"eimfs-early": 10.0, "eimfs-storm": 18.0, "eimfs-late": 10.0, "single-focus": 10.0, "burst-suppression": 7.0}
"""Seizures an hour in a recording of the suite: so that half an hour holds some, far above a day's mean."""
AIMS = {"sensitivity": 0.85, "false_per_h": 1.0, "side": 0.85, "electrode_within_one": 0.75, "migrating_f1": 0.7}


@dataclass(frozen=True)
class Item:
    """One recording of the suite."""

    name: str
    scenario: str
    age_days: float
    montage: str
    seed: int
    duration_s: float
    rate_hz: float


def load_suite(path: Path = SUITE) -> list[Item]:
    """Which recordings does the suite have?"""
    said = tomllib.loads(path.read_text(encoding="utf-8"))
    shared = {"duration_s": said["duration_s"], "rate_hz": said["rate_hz"]}
    return [Item(**{"montage": "10-20", **shared, **recording}) for recording in said["recording"]]


def with_dev_seeds(items: list[Item], series: int) -> list[Item]:
    """The same recordings with seeds for tuning: series 0 begins at 1000, 1 at 1020, ... and never leaves 1000-1999."""
    first = DEV_SEEDS.start + 20 * series
    if series < 0 or first + len(items) > DEV_SEEDS.stop:
        raise SystemExit(f"There are dev series 0 to {(len(DEV_SEEDS) - len(items)) // 20}; got {series}.")
    return [replace(item, seed=first + n) for n, item in enumerate(items)]


def scenario_of(item: Item) -> Scenario:
    """The scenario of a recording, as dense as the suite has it."""
    from ictal.simulator import SCENARIOS

    scenario = SCENARIOS[item.scenario]
    rate = RATES.get(item.scenario)
    return scenario if rate is None else scenario.moved(seizures_per_hour=rate, clustered=0.0)


def run_one(item: Item) -> tuple[Item, Case, dict[str, float]]:
    """Simulate and analyse one recording: the case to score, and how long both took (s)."""
    from ictal.analysis import analyse
    from ictal.scoring import Case
    from ictal.simulator import simulate

    begin = time.perf_counter()
    made = simulate(
        scenario_of(item),
        duration_s=item.duration_s,
        seed=item.seed,
        age_days=item.age_days,
        montage=item.montage,
        rate_hz=item.rate_hz,
    )
    found = analyse(made.recording)
    case = Case(item.name, made.truth.seizures, found.seizures, made.recording.duration_s)
    return item, case, {"simulate_and_analyse_s": time.perf_counter() - begin}


def main() -> int:
    """Run the suite and print its table."""
    options = _options()
    suite = load_suite() if options.dev is None else with_dev_seeds(load_suite(), options.dev)
    items = [i for i in suite if options.only in i.name]
    if not items:
        raise SystemExit(f"No recording of the suite has '{options.only}' in its name.")
    outcomes = _run(items, options.jobs)

    from ictal.base.provenance import ictal_version
    from ictal.scoring import score_many
    from ictal.scoring.show import pooled_to_dict, scores_to_rows

    pooled = score_many([case for _, case, _ in outcomes])
    print(_table(pooled))
    print()
    for asked, answer in scores_to_rows(pooled.together):
        print(f"{asked:<42} {answer}")
    print()
    print("\n".join(_against_aims(pooled.together)))
    kind = "suite" if options.dev is None else f"dev-{options.dev}"
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"accuracy-{kind}{'-' + options.only if options.only else ''}.json"
    said = {
        "what": kind,
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "ictal_version": ictal_version(),
        "recordings": [vars(item) | times for item, _, times in outcomes],
        "aims": AIMS,
        **pooled_to_dict(pooled),
    }
    path.write_text(json.dumps(said, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    print(f"\nEvery number: {path.relative_to(HERE.parent)}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dev", type=int, nargs="?", const=0, metavar="SERIES", help="seeds for tuning (1000-1999)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only recordings with TEXT in their name")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time")
    return parser.parse_args()


def _run(items: list[Item], jobs: int) -> list[tuple[Item, Case, dict[str, float]]]:
    outcomes = []
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        for outcome in pool.map(run_one, items):
            print(f"{outcome[0].name}: {outcome[2]['simulate_and_analyse_s']:.1f} s", file=sys.stderr)
            outcomes.append(outcome)
    return outcomes


def _table(pooled: Pooled) -> str:
    head = ("recording", "true", "found", "sens", "FD/h", "FD/h merged", "side", "el+-1", "migr F1", "onset s", "kappa")
    rows = [head]
    for name, s in (*pooled.each, ("POOLED", pooled.together)):
        rows.append(
            (
                name,
                str(s.unmerged.reference),
                str(s.unmerged.found + s.unmerged.false),
                _number(s.unmerged.sensitivity.share),
                _number(s.unmerged.false_per_h),
                _number(s.merged.false_per_h),
                _number(s.side.share),
                _number(s.electrode_within_one.share),
                _number(s.migrating.f1 if s.migrating else None),
                _number(s.onset_error_s.median),
                _number(s.seconds.kappa),
            )
        )
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _against_aims(scores: Scores) -> list[str]:
    got = {
        "sensitivity": scores.unmerged.sensitivity.share,
        "false_per_h": scores.unmerged.false_per_h,
        "side": scores.side.share,
        "electrode_within_one": scores.electrode_within_one.share,
        "migrating_f1": scores.migrating.f1 if scores.migrating else None,
    }
    lines = []
    for name, aim in AIMS.items():
        value = got[name]
        reached = value is not None and (value <= aim if name == "false_per_h" else value >= aim)
        lines.append(f"{name:<22} {_number(value):>6}   aim {aim:.2f}   {'reached' if reached else 'NOT reached'}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
