"""Where does Ictal find a seizure that someone else marked? The true times of simulated seizures are the marks.

    python benchmarks/marks.py            30 recordings of 15 minutes, about two minutes
    python benchmarks/marks.py --seeds 2  fewer infants of each kind
    python benchmarks/marks.py --faint    seizures that hardly stand out of a background that is 2.5 times the usual

Each kind of mark is tried on the same recordings: times alone; times with the channels of the path; times off by up to
3 s at both ends, as two readers differ. Beside them, seconds without a seizure are marked: how many are given a place
although there is none? Prints a table in Markdown. Seeds are those of no training.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import numpy as np

import ictal
from ictal.base.electrodes import electrode, neighbours
from ictal.base.statistics import wilson
from ictal.eeg.detection.types import Mark
from ictal.eeg.tracking.types import Seizure
from ictal.scoring.agreement import side_path
from ictal.simulator import SCENARIOS, Simulation, simulate

FIRST_SEED = 12400
SECONDS = 900
KINDS = ("times alone", "times off by 3 s", "times and channels")
INFANTS = (
    ("eimfs-storm", "template", 256.0), ("eimfs-early", "template", 200.0), ("eimfs-late", "template", 512.0),
    ("single-focus", "template", 256.0), ("eimfs-storm", "mechanism", 256.0),
)  # fmt: skip
FAINT = {"lowest_snr": 0.15, "amplitude": 2.5}
BACKGROUND_MARKS, APART_S = 5, 20.0
QUESTIONS = ("localised", "onset side", "within one electrode", "sides along the path", "pattern")


def mark_of(seizure: Seizure, kind: str, rng: np.random.Generator) -> Mark:
    """The mark that a reader would have made of a true seizure."""
    channels = tuple(dict.fromkeys(seizure.path)) if kind == KINDS[2] else ()
    off = rng.uniform(-3.0, 3.0, 2) if kind == KINDS[1] else np.zeros(2)
    start_s = min(max(0.0, seizure.start_s + off[0]), SECONDS - 2.0)
    return Mark(start_s, min(float(SECONDS), max(seizure.stop_s + off[1], start_s + 1.0)), channels)


def right(true: Seizure, found: Seizure, names: Sequence[str]) -> tuple[bool, ...]:
    """The answers to `QUESTIONS` for one seizure; a seizure without a place has none of them right."""
    if not found.localised:
        return (False,) * len(QUESTIONS)
    here, there = true.path[0], found.path[0]
    return (
        True,
        electrode(here).hemisphere is electrode(there).hemisphere,
        here == there or there in neighbours((*names, here))[here],
        side_path(true.path) == side_path(found.path),
        true.pattern is found.pattern,
    )


def infants(seeds: int, faint: bool = False) -> Iterator[tuple[Simulation, int]]:
    """The recordings with their seeds. The template is made dense; the mechanism has seizures as they come."""
    for number, (name, engine, rate_hz) in enumerate(INFANTS):
        scenario = SCENARIOS[name]
        if engine == "template":
            scenario = scenario.moved(seizures_per_hour=15.0, clustered=0.0, **(FAINT if faint else {}))
        elif faint:
            continue
        for seed in range(FIRST_SEED + 100 * number, FIRST_SEED + 100 * number + seeds):
            yield simulate(scenario, duration_s=SECONDS, seed=seed, engine=engine, rate_hz=rate_hz), seed


def answers(made: Simulation, seed: int, kind: str) -> list[tuple[bool, ...]]:
    """One row a seizure of one recording."""
    rng = np.random.default_rng(seed)
    names = [c.electrode for c in made.recording.channels if c.electrode]
    marks = [mark_of(true, kind, rng) for true in made.truth.seizures]
    found = {(s.start_s, s.stop_s): s for s in ictal.analyse(made.recording, events=marks).seizures}
    pairs = zip(made.truth.seizures, marks, strict=True)
    return [right(true, found[mark.start_s, mark.stop_s], names) for true, mark in pairs]


def of_background(made: Simulation, seed: int) -> list[bool]:
    """Was a place given to marks of seconds without a seizure, 15 to 60 s long and 20 s from any?"""
    rng = np.random.default_rng(seed)
    marks: list[Mark] = []
    for length_s in rng.uniform(15.0, 60.0, 20 * BACKGROUND_MARKS):
        start_s = float(rng.uniform(0.0, SECONDS - length_s))
        if all(s.start_s - start_s > length_s + APART_S or start_s - s.stop_s > APART_S for s in made.truth.seizures):
            marks.append(Mark(start_s, start_s + length_s))
    return [s.localised for s in ictal.analyse(made.recording, events=marks[:BACKGROUND_MARKS]).seizures]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6, help="infants of each kind")
    parser.add_argument("--faint", action="store_true", help="seizures that hardly stand out of their background")
    chosen = parser.parse_args()
    rows: dict[str, list[tuple[bool, ...]]] = {kind: [] for kind in KINDS}
    background: list[bool] = []
    for made, seed in infants(chosen.seeds, chosen.faint):
        background += of_background(made, seed)
        for kind in KINDS:
            rows[kind] += answers(made, seed, kind)
    print("| marks | seizures | " + " | ".join(QUESTIONS) + " |")
    print("|---" * (len(QUESTIONS) + 2) + "|")
    for kind, told in rows.items():
        cells = []
        for column in np.array(told).T:
            low, high = wilson(int(column.sum()), len(column)) or (0.0, 1.0)
            cells.append(f"{column.mean():.2f} ({low:.2f}-{high:.2f})")
        print(f"| {kind} | {len(told)} | " + " | ".join(cells) + " |")
    low, high = wilson(sum(background), len(background)) or (0.0, 1.0)
    print(
        f"\n{sum(background)} of {len(background)} marks of background were given a place: "
        f"{np.mean(background):.2f} ({low:.2f}-{high:.2f})."
    )


if __name__ == "__main__":
    main()
