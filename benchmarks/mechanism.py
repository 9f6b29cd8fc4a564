"""Do seizures migrate because GABA depolarises? The same infants under each condition, counted and drawn.

    python benchmarks/mechanism.py                          24 infants of 20 minutes each, about ten minutes of work
    python benchmarks/mechanism.py --infants 6 --minutes 10 less of it
    python benchmarks/mechanism.py --figure docs/mechanism.svg

Seeds begin at 900; the numbers of `settings` were chosen with seeds 1000-1299. Writes the numbers into
benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import asdict
from pathlib import Path

from ictal.eeg.tracking.types import Pattern
from ictal.simulator.mechanism.experiment import Condition, Outcome, Share, alternatives, conditions, try_out

RESULTS = Path(__file__).resolve().parent / "results"
FIRST_SEED = 900
COLUMNS = ("condition", "brief/h", "seizures/h", "migrating (95 %)", "homotopic", "leg s", "Hz", "overlap s", "legs")


def row(condition: Condition, outcome: Outcome) -> tuple[str, ...]:
    """One line of the table."""
    hz = outcome.frequency_hz[1]
    return (
        condition.name,
        f"{outcome.brief / outcome.hours:.0f}",
        f"{outcome.seizures / outcome.hours:.1f}",
        str(outcome.migrating),
        str(Share(outcome.homotopic, outcome.across)),
        *("-" if math.isnan(x) else f"{x:.1f}" for x in (outcome.leg_s, hz, outcome.overlap_s, outcome.legs)),
    )


def table(rows: list[tuple[str, ...]]) -> str:
    """Rows as a table in Markdown."""
    lines = [COLUMNS, tuple("---" for _ in COLUMNS), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figure(results: list[tuple[Condition, Outcome]]) -> str:
    """Share of migrating seizures with its interval, one bar for each condition that has seizures, as SVG."""
    shown = [(c, o) for c, o in results if o.seizures]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-130 0 770 {40 + 34 * len(shown)}" font-family="sans-serif" '
        'font-size="13" role="img"><title>Share of seizures that migrate</title>'
    ]
    for k, (condition, outcome) in enumerate(shown):
        y, share = 18 + 34 * k, outcome.migrating
        low, high = (250 + 300 * x for x in share.interval)
        wide = 300 * share.some / share.of
        parts.append(
            f'<text x="240" y="{y + 14}" text-anchor="end">{condition.name}</text>'
            f'<rect x="250" y="{y}" width="{wide:.1f}" height="18" fill="#4477aa"/>'
            f'<path d="M{low:.1f} {y + 9}H{high:.1f}M{low:.1f} {y + 4}v10M{high:.1f} {y + 4}v10" stroke="#222"/>'
            f'<text x="{max(high, 250 + wide) + 8:.1f}" y="{y + 14}">{share.some}/{share.of}</text>'
        )
    base = 18 + 34 * len(shown)
    ticks = "".join(
        f'<text x="{250 + 300 * t:.0f}" y="{base + 14}" text-anchor="middle">{t:.0%}</text>' for t in (0, 0.5, 1)
    )
    return "".join([*parts, f'<path d="M250 {base}H550" stroke="#888"/>', ticks, "</svg>\n"])


def main() -> None:
    """Run the conditions and the alternatives, print the table, write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--infants", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--alternatives", action="store_true", help="other mechanisms too, for comparison")
    parser.add_argument("--figure", type=Path)
    asked = parser.parse_args()
    tried = list(conditions())
    if asked.alternatives:
        tried += [Condition(name, "instead", m) for name, m in alternatives()]
    results = []
    for condition in tried:
        outcome = try_out(condition.mechanism, range(FIRST_SEED, FIRST_SEED + asked.infants), asked.minutes * 60)
        results.append((condition, outcome))
        stays = outcome.count(Pattern.focal) + outcome.count(Pattern.spreading)
        print(f"{condition.name}: {condition.question} {outcome.migrating}; stay or spread {stays}", flush=True)
    print(table([row(c, o) for c, o in results]))
    RESULTS.mkdir(exist_ok=True)
    numbers = [{"condition": c.name, **asdict(o)} for c, o in results]
    text = json.dumps({"infants": asked.infants, "minutes": asked.minutes, "conditions": numbers}, indent=2)
    (RESULTS / "mechanism.json").write_text(text + "\n", encoding="utf-8")
    if asked.figure is not None:
        asked.figure.write_text(figure(results), encoding="utf-8")


if __name__ == "__main__":
    main()
