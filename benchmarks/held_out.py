"""How well does the line do on simulated infants that its judge never saw, as a whole and slice by slice?

    python benchmarks/held_out.py                        60 recordings of the template, 24 of the mechanism
    python benchmarks/held_out.py --template 20 --mechanism 8

Recordings are drawn by `infants.py` from seed 400000 on. Prints what `docs/detection.md` and the model card tell, and
draws the reliability of the confidence into `docs/judge-reliability.svg`.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from infants import kept
from train_judge import SETTINGS, look

from ictal.base.statistics import wilson
from ictal.eeg.tracking.follow import assemble
from ictal.eeg.tracking.judge import packaged
from ictal.eeg.tracking.types import Seizure
from ictal.scoring import Case, score_many
from ictal.scoring.matching import match
from ictal.scoring.show import scores_to_rows

FIRST_SEED = 400_000
DRAWN = Path(__file__).resolve().parent.parent / "docs" / "judge-reliability.svg"
BINS = 10


@dataclass(frozen=True)
class Tried:
    """One recording, what is true, and everything that was thought of, sure or not."""

    seed: int
    engine: str
    scenario: str
    electrodes: int
    rate_hz: float
    hours: float
    truth: tuple[Seizure, ...]
    thought: tuple[Seizure, ...]

    @property
    def told(self) -> tuple[Seizure, ...]:
        return tuple(s for s in self.thought if s.confidence >= SETTINGS.tracking.accept_confidence)


def tried(which: tuple[str, int]) -> Tried:
    """The line on one recording."""
    engine, seed = which
    seen, infant = look(which), kept(seed, engine)
    everything = msgspec.structs.replace(SETTINGS.tracking, accept_confidence=0.0)
    thought = assemble(seen.observed, seen.montage, packaged(), seen.hours, everything)
    electrodes = len(seen.montage.derivations)
    return Tried(seed, engine, infant.scenario, electrodes, infant.rate_hz, seen.hours, seen.truth, thought)


def _within(value: float, ends: tuple[float, float], unit: str) -> str:
    low, high = ends
    if value < low:
        return f"below {low:g} {unit}"
    return f"{low:g}-{high:g} {unit}" if value < high else f"{high:g} {unit} and more"


SLICES: dict[str, Callable[[Tried, Seizure], str]] = {
    "engine": lambda r, s: r.engine,
    "scenario": lambda r, s: r.scenario,
    "electrodes": lambda r, s: "18-19" if r.electrodes >= 18 else str(r.electrodes),
    "rate": lambda r, s: "below 200 Hz" if r.rate_hz < 200 else "200-256 Hz" if r.rate_hz < 300 else "500 Hz and more",
    "rhythm": lambda r, s: _within(s.onset.frequency_hz, (2, 4), "Hz"),
    "length": lambda r, s: "10-16 s" if s.duration_s < 16 else "16-30 s" if s.duration_s < 30 else "30 s and more",
    "size": lambda r, s: _within(s.onset.amplitude_uv, (30, 100), "uV"),
    "pattern": lambda r, s: str(s.pattern.value),
}  # fmt: skip


def found_by_slice(recordings: Sequence[Tried]) -> list[str]:
    """Which share of the seizures of each kind was found, with its interval?"""
    count: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for r in recordings:
        hits = {k for k, _ in match(r.truth, r.told)}
        for k, seizure in enumerate(r.truth):
            for name, kind in SLICES.items():
                cell = count[name, kind(r, seizure)]
                cell[0] += k in hits
                cell[1] += 1
    lines = []
    for (name, kind), (hit, of) in sorted(count.items()):
        low, high = wilson(hit, of) or (0.0, 1.0)
        lines.append(f"| {name} | {kind} | {hit} of {of} | {hit / of:.2f} ({low:.2f}-{high:.2f}) |")
    return lines


def reliability(recordings: Sequence[Tried]) -> list[tuple[float, float, int]]:
    """Mean confidence, share that is true, and count, for each tenth of confidence."""
    said, right = [], []
    for r in recordings:
        hits = {k for _, k in match(r.truth, r.thought)}
        said += [s.confidence for s in r.thought]
        right += [k in hits for k in range(len(r.thought))]
    p, y = np.array(said), np.array(right, dtype=float)
    which = np.clip((p * BINS).astype(int), 0, BINS - 1)
    return [
        (float(p[which == b].mean()), float(y[which == b].mean()), int((which == b).sum()))
        for b in range(BINS)
        if (which == b).any()
    ]


def drawn(points: Sequence[tuple[float, float, int]]) -> str:
    """The reliability as a picture: a bar of its 95 % interval and a dot for each tenth, against the diagonal."""
    size, left, top = 300, 56, 16

    def x(p: float) -> float:
        return left + size * p

    def y(p: float) -> float:
        return top + size * (1 - p)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size + 80} {size + 70}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect x="{left}" y="{top}" width="{size}" height="{size}" fill="none" stroke="#888"/>',
        f'<line x1="{x(0)}" y1="{y(0)}" x2="{x(1)}" y2="{y(1)}" stroke="#bbb" stroke-dasharray="4 3"/>',
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(f'<text x="{x(tick):.1f}" y="{top + size + 16}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{left - 6}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    for p, share, count in points:
        low, high = wilson(round(share * count), count) or (0.0, 1.0)
        parts.append(f'<line x1="{x(p):.1f}" y1="{y(low):.1f}" x2="{x(p):.1f}" y2="{y(high):.1f}" stroke="#36648b"/>')
        parts.append(
            f'<circle cx="{x(p):.1f}" cy="{y(share):.1f}" r="4" fill="#36648b"><title>{count} chains</title></circle>'
        )
    parts.append(f'<text x="{x(0.5)}" y="{top + size + 38}" text-anchor="middle">confidence given</text>')
    parts.append(
        f'<text x="14" y="{y(0.5)}" text-anchor="middle" transform="rotate(-90 14 {y(0.5)})">'
        "share that is a seizure</text>"
    )
    return "\n".join([*parts, "</svg>\n"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--template", type=int, default=60, metavar="N")
    parser.add_argument("--mechanism", type=int, default=24, metavar="N")
    parser.add_argument("--first", type=int, default=FIRST_SEED, metavar="SEED")
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    wanted = [("template", chosen.first + k) for k in range(chosen.template)]
    wanted += [("mechanism", chosen.first + k) for k in range(chosen.mechanism)]
    with ProcessPoolExecutor(chosen.jobs) as pool:
        recordings = list(pool.map(tried, wanted))
    for engine in ("template", "mechanism"):
        cases = [Case(str(r.seed), r.truth, r.told, r.hours * 3600) for r in recordings if r.engine == engine]
        if cases:
            print(f"\n{engine}")
            for asked, answer in scores_to_rows(score_many(cases).together):
                print(f"  {asked:<42} {answer}")
    print("\n| slice | kind | found | share |\n|---|---|---|---|")
    print("\n".join(found_by_slice(recordings)))
    points = reliability(recordings)
    total = sum(count for _, _, count in points)
    error = sum(abs(p - share) * count for p, share, count in points) / total
    print(f"\ncalibration error over {total} chains: {error:.3f}")
    print("\n".join(f"  said {p:.2f}  true {share:.2f}  of {count}" for p, share, count in points))
    DRAWN.write_text(drawn(points), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
