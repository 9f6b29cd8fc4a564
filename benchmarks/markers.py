"""How are the two markers distributed over the simulated syndromes, and how often does chance look like migration?

    python benchmarks/markers.py                              10 infants of each syndrome, a few minutes
    python benchmarks/markers.py --infants 3                  less of it
    python benchmarks/markers.py --figure docs/markers.svg    draws the markers too

Each infant is a quarter of an hour with seizures as dense as that needs, by seeds that no tuning saw. Prints a table in
Markdown and writes the numbers into benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ictal.analysis import analyse
from ictal.base.electrodes import TEN_TWENTY
from ictal.eeg.findings.facts import Grounds, markers
from ictal.eeg.findings.links import details
from ictal.eeg.findings.types import Findings
from ictal.report.svg import Drawing, line, tag, text
from ictal.simulator import SCENARIOS, simulate

HERE = Path(__file__).resolve().parent
FIRST_SEED, LENGTH_S, PER_HOUR = 8100, 900.0, 24.0
SYNDROMES = ("single-focus", "self-limited", "burst-suppression", "eimfs-early", "eimfs-storm", "eimfs-late")
MIGRATING = {"eimfs-early", "eimfs-storm", "eimfs-late"}
COLOURS = {True: "#b35806", False: "#2166ac"}
INK = "#444"


@dataclass(frozen=True)
class Infant:
    """What one recording gave; `None` where nothing supports the number."""

    syndrome: str
    seed: int
    delay_index: float | None
    true_delay_index: float | None
    phase_index: float | None
    tied: int
    judged: int
    handovers_p: float | None


def infant(syndrome: str, seed: int) -> Infant:
    """One simulated infant, analysed as a user would."""
    dense = SCENARIOS[syndrome].moved(seizures_per_hour=PER_HOUR, clustered=0.0)
    made = simulate(dense, duration_s=LENGTH_S, seed=seed)
    found = analyse(made.recording).findings
    told = {m.name: m.value for m in found.markers}
    true = {m.name: m.value for m in markers(_truth(made.truth.seizures))}
    couplings = [x.coupling for d in found.details for x in d.links if x.coupling is not None]
    return Infant(
        syndrome,
        seed,
        told["delay_index"],
        true["delay_index"],
        told["phase_index"],
        sum(bool(c.tied) for c in couplings),
        sum(c.tied is not None for c in couplings),
        _fact(found, "handovers_p"),
    )


def _truth(seizures: tuple) -> Grounds:
    return Grounds(seizures, details(seizures, (), TEN_TWENTY, None, str), LENGTH_S, LENGTH_S, None, None, None, ())


def _fact(found: Findings, name: str) -> float | None:
    return next((f.value for f in found.facts if f.name == name), None)


def row(syndrome: str, infants: list[Infant]) -> tuple[str, ...]:
    """One syndrome: quartiles of each marker, ties, and how often a handover seems more than chance."""

    def quartiles(values: list[float | None]) -> str:
        known = [v for v in values if v is not None]
        if not known:
            return "none"
        low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
        return f"{middle:.2f} ({low:.2f} to {high:.2f}), {len(known)}"

    p = [i.handovers_p for i in infants if i.handovers_p is not None]
    return (
        syndrome,
        quartiles([i.delay_index for i in infants]),
        quartiles([i.true_delay_index for i in infants]),
        quartiles([i.phase_index for i in infants]),
        f"{sum(i.tied for i in infants)} of {sum(i.judged for i in infants)}",
        f"{sum(v <= 0.05 for v in p)} of {len(p)}",
    )


def separation(infants: list[Infant], marker: str) -> str:
    """How often is an infant with migrating seizures above one without (area under the ROC curve)?"""
    values = {k: [getattr(i, marker) for i in infants if (i.syndrome in MIGRATING) == k] for k in (True, False)}
    yes, no = ([v for v in values[k] if v is not None] for k in (True, False))
    if not yes or not no:
        return f"{marker}: not to be told"
    area = np.mean([(a > b) + 0.5 * (a == b) for a in yes for b in no])
    return f"{marker}: {area:.2f} ({len(yes)} infants with migrating seizures, {len(no)} without)"


def figure(infants: list[Infant]) -> str:
    """Both markers, one dot an infant, syndromes below one another."""
    bottom = 40 + 30 * len(SYNDROMES)
    parts = [tag("rect", x=0, y=0, width=680, height=bottom + 30, fill="#fff")]
    scales = {"delay_index": (130.0, 0.0, 1.0, "delay index"), "phase_index": (420.0, -0.5, 1.0, "phase index")}
    for left, low, high, title in scales.values():
        parts.append(text(left, 16, title, fill=INK, font_weight="bold"))
        for at in np.arange(low, high + 0.01, 0.25):
            x = left + 220 * float(at - low) / (high - low)
            parts.append(line(x, 26, x, bottom - 8, stroke="#ddd"))
            parts.append(text(x, bottom + 8, f"{at:g}", fill=INK, text_anchor="middle"))
    for k, syndrome in enumerate(SYNDROMES):
        y = 42 + 30 * k
        parts.append(text(4, y + 4, syndrome, fill=INK))
        for marker, (left, low, high, _) in scales.items():
            values = [v for i in infants if i.syndrome == syndrome and (v := getattr(i, marker)) is not None]
            for n, value in enumerate(values):
                x = left + 220 * float(np.clip((value - low) / (high - low), 0, 1))
                colour = COLOURS[syndrome in MIGRATING]
                parts.append(tag("circle", cx=x, cy=y + (n % 5 - 2) * 3, r=4, fill=colour, fill_opacity=0.6))
    drawing = Drawing(
        680, bottom + 30, "Two markers over simulated syndromes",
        "One dot is one simulated infant; those with migrating seizures are brown, the others blue.",
    )  # fmt: skip
    shown = str(drawing.of(*parts, key="markers"))
    return shown.replace("<svg ", '<svg font-family="sans-serif" font-size="11" ', 1) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--infants", type=int, default=10)
    parser.add_argument("--figure", type=Path)
    asked = parser.parse_args()
    infants = [
        infant(syndrome, FIRST_SEED + 100 * k + n) for k, syndrome in enumerate(SYNDROMES) for n in range(asked.infants)
    ]
    head = ("simulated syndrome", "delay index", "of the truth", "phase index", "tied links", "handovers, p <= 0.05")
    rows = [row(syndrome, [i for i in infants if i.syndrome == syndrome]) for syndrome in SYNDROMES]
    print("\n".join("| " + " | ".join(r) + " |" for r in (head, tuple("---" for _ in head), *rows)))
    print()
    for marker in ("delay_index", "phase_index"):
        print(separation(infants, marker))
    results = HERE / "results"
    results.mkdir(exist_ok=True)
    (results / "markers.json").write_text(json.dumps([vars(i) for i in infants], indent=1))
    if asked.figure is not None:
        asked.figure.write_text(figure(infants), encoding="utf-8")


if __name__ == "__main__":
    main()
