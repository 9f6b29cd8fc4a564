"""How many seizures has a day of each scenario, and what does the simulated medicine do?

    python benchmarks/scenario_rates.py               days of the template engine, seeds 0-149
    python benchmarks/scenario_rates.py --mechanism   six infants of half an hour of each tissue, seeds 700-705

Prints a table. Only seizures are planned: no sample is made.
"""

from __future__ import annotations

import argparse

import numpy as np

from ictal.simulator import SCENARIOS, simulate

DAYS, DAY_S = 150, 86400.0
INFANTS, HALF_HOUR_S = range(700, 706), 1800.0
EFFECT = -0.6


def days(name: str, **changes: float) -> list[int]:
    """Seizures in each of many days of a scenario."""
    scenario = SCENARIOS[name].moved(artefacts=0.0, rhythms=0.0, spikes_per_hour=0.0, **changes)
    made = (simulate(scenario, duration_s=DAY_S, seed=s, rate_hz=64, montage="8") for s in range(DAYS))
    return [len(m.truth.seizures) for m in made]


def of_template() -> None:
    """The table of the template engine."""
    print(f"{'scenario':<28}{'stated':>8}{'mean':>8}{'+-':>6}{'SD':>7}{'outside 20-100':>16}")
    asked = [(n, {}) for n, s in SCENARIOS.items() if s.foci and n != "demo"] + [("eimfs-storm", {"medicine": EFFECT})]
    for name, changes in asked:
        counts = np.array(days(name, **changes))
        stated = 24 * SCENARIOS[name].moved(**changes).expected_per_hour
        outside = float(np.mean((counts < 20) | (counts > 100)))
        label = name + (f", medicine {EFFECT:g}" if changes else "")
        error = counts.std() / DAYS**0.5
        print(
            f"{label:<28}{stated:>8.1f}{counts.mean():>8.1f}{error:>6.1f}{counts.std():>7.1f}{outside:>15.0%}",
            flush=True,
        )


def of_mechanism() -> None:
    """The table of the mechanism engine."""
    from ictal.simulator.mechanism.experiment import try_out
    from ictal.simulator.mechanism.tissues import mechanism_of

    print(f"{'scenario':<28}{'seizures':>9}{'hours':>7}{'an hour':>9}  migrating")
    asked = [(n, {}) for n, s in SCENARIOS.items() if n != "demo"] + [("eimfs-storm", {"medicine": EFFECT})]
    for name, changes in asked:
        found = try_out(mechanism_of(SCENARIOS[name].moved(**changes)), INFANTS, HALF_HOUR_S)
        label = name + (f", medicine {EFFECT:g}" if changes else "")
        rate = found.seizures / found.hours
        print(f"{label:<28}{found.seizures:>9}{found.hours:>7.1f}{rate:>9.1f}  {found.migrating}", flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--mechanism", action="store_true", help="the mechanism engine's tissues")
    (of_mechanism if options.parse_args().mechanism else of_template)()
