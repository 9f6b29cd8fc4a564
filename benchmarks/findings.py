"""How far can the findings be trusted: coupling, onset by the field, handovers against chance?

    python benchmarks/findings.py              all of it, about three minutes
    python benchmarks/findings.py --seeds 4    fewer simulated infants

Signals and seizures made by hand tell how often independence is called a tie, and how well a known delay comes back;
simulated infants, by seeds that no tuning saw, tell the rest. Prints tables in Markdown.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import numpy as np

from ictal.analysis import Settings, analyse
from ictal.base.electrodes import TEN_TWENTY, neighbours
from ictal.base.time import Interval, IntervalSet
from ictal.eeg.findings.chance import timing
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.findings.state import Beside, state
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal import montage, stream
from ictal.eeg.tracking.coupling import Stretch, couple
from ictal.eeg.tracking.examine import examine
from ictal.eeg.tracking.types import Coupling, Leg, Passage, Pattern, Seizure
from ictal.simulator import SCENARIOS, simulate

RATE, SECONDS, HZ = 64, 48, 5.0
FIRST_SEED, LENGTH_S, PER_HOUR = 600, 900.0, 20.0
PLACES = ("O1", "T8", "F3")


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Rows as a table in Markdown."""
    return "\n".join("| " + " | ".join(r) + " |" for r in (head, tuple("---" for _ in head), *rows)) + "\n"


# Signals made by hand.


def wander(rng: np.random.Generator, jitter: float) -> np.ndarray:
    """A rhythm with one harmonic whose phase wanders."""
    turn = 2 * np.pi * HZ / RATE + jitter * rng.normal(size=SECONDS * RATE) / np.sqrt(RATE)
    phase = np.cumsum(turn) + rng.uniform(0, 2 * np.pi)
    return np.cos(phase) + 0.4 * np.cos(2 * phase + 0.5)


def made(kind: str, jitter: float, lag_s: float, seed: int) -> Coupling:
    """Two legs of 25 s that share 7 s, 50 uV in noise of half of it."""
    rng = np.random.default_rng(seed)
    x = wander(rng, jitter)
    y = {"independent": lambda: wander(rng, jitter), "delayed": lambda: np.roll(x, round(lag_s * RATE))}.get(
        kind, lambda: -0.6 * x
    )()
    t = np.arange(SECONDS * RATE) / RATE
    legs = (
        Leg(2.0, 27.0, "O1", HZ, 50.0, ("x",)),
        Leg(20.0, 45.0, "T8", HZ, 50.0, ("x",), 0, Passage.migration),
    )
    uv = []
    for wave, leg in zip((x, y), legs, strict=True):
        white = np.fft.rfft(rng.normal(size=len(t)))
        pink = np.fft.irfft(white / np.sqrt(np.maximum(np.arange(len(white)), 1)))
        uv.append(50 * wave * ((t >= leg.start_s) & (t < leg.stop_s)) + 25 * pink / pink.std())
    a, b = (Stretch(0.0, u.astype(np.float32)) for u in uv)
    return couple(1, *legs, (a, b))


def by_hand() -> str:
    rows = []
    kinds = [("independent", j, 0.0, 300) for j in (0.3, 1.0, 2.0)]
    kinds += [("delayed", 1.0, s, 60) for s in (0.047, -0.047, 0.1)] + [("one source", 1.0, 0.0, 60)]
    for kind, jitter, lag_s, count in kinds:
        found = [made(kind, jitter, lag_s, seed) for seed in range(count)]
        sure = [c.direction for c in found if c.direction is not None]
        rows.append(
            (
                f"{kind}, wander {jitter:g}" + (f", {1000 * lag_s:.0f} ms" if lag_s else ""),
                *(f"{np.mean([getattr(c, k) <= 0.05 for c in found]):.3f}" for k in ("phase_p", "h2_p", "lagged_p")),
                f"{1000 * np.median([c.lag_s for c in found]):.0f} ms",
                f"{np.mean(sure):.2f} of {len(sure)}" if sure else "none",
                f"{np.mean([c.conducted for c in found]):.2f}",
            )
        )
    head = ("pairs made by hand", "phase p <= .05", "h2 p <= .05", "lagged p <= .05", "lag", "direction", "conducted")
    return table(head, rows)


# Seizures made by hand.


def train(rng: np.random.Generator, place: str, length_s: float, per_hour: float, kind: str) -> Iterator[Seizure]:
    """Seizures of one place at its own times, begun long before the recording."""
    mean_s, at_s, turn = 3600.0 / per_hour, -20000.0, 0.0
    while True:
        pause = {
            "bursts": lambda: rng.exponential(20.0 if rng.random() < 0.6 else 2.2 * mean_s),
            "regular": lambda: rng.gamma(4, mean_s / 4),
            "storm": lambda: rng.exponential(mean_s / 3),
        }.get(kind, lambda: rng.exponential(mean_s))()
        at_s += pause
        stop_s = at_s + rng.gamma(4, 8) + 8
        if stop_s > length_s:
            return
        if kind == "storm" and rng.random() > (1 + np.sin(2 * np.pi * at_s / 14400 + turn)) / 3:
            continue
        if at_s >= 0:
            yield Seizure((Leg(at_s, stop_s, place, 4.0, 80.0, ("x",)),), Pattern.focal, 0.9)
        at_s = stop_s


def independent_places() -> str:
    rows = []
    cases = [
        ("20 min", 1200.0, (15, 15), "even"), ("1 h", 3600.0, (10, 10), "even"), ("1 h", 3600.0, (12, 6, 6), "even"),
        ("1 h", 3600.0, (3, 3), "even"), ("1 h", 3600.0, (8, 8, 8), "bursts"), ("1 h", 3600.0, (15, 15), "regular"),
        ("6 h", 21600.0, (8, 8, 4), "even"), ("6 h", 21600.0, (8, 8), "storm"), ("24 h", 86400.0, (4, 4, 2), "bursts"),
    ]  # fmt: skip
    for name, length_s, rates, kind in cases:
        told = []
        for seed in range(400 if length_s < 10000 else 200):
            rng = np.random.default_rng(seed)
            seizures = [s for p, r in zip(PLACES, rates, strict=False) for s in train(rng, p, length_s, r, kind)]
            seizures.sort(key=lambda s: s.start_s)
            found = timing(seizures, IntervalSet((Interval(0.0, length_s),)), FindingsSettings(surrogates=199))
            told += [] if found is None else [found]
        rows.append(
            (
                f"{name}, {' + '.join(map(str, rates))} an hour, {kind}",
                str(len(told)),
                *(
                    f"{np.mean([getattr(t, k).p <= 0.05 for t in told]):.3f}"
                    for k in ("handovers", "crossings", "together_s")
                ),
                f"{np.mean([t.handovers.seen for t in told]):.2f}",
                f"{np.mean([t.handovers.expected for t in told]):.2f}",
            )
        )
    head = (
        "independent places",
        "recordings",
        "handovers p <= .05",
        "crossings",
        "together",
        "handovers seen",
        "expected",
    )
    return table(head, rows)


# Simulated infants.


def infants(seeds: int) -> str:
    """The onset by the field, and the links of places that know nothing of each other, of the truth itself."""
    beside = neighbours(TEN_TWENTY)
    fields, links = [], []
    for scenario in ("eimfs-storm", "single-focus"):
        for seed in range(FIRST_SEED, FIRST_SEED + seeds):
            dense = SCENARIOS[scenario].moved(seizures_per_hour=PER_HOUR, clustered=0.0)
            infant = simulate(dense, duration_s=LENGTH_S, seed=seed)
            built = montage.build(infant.recording, "average")
            signal = stream.Preparer(infant.recording, built, Settings().signal)
            seizures = [s for s in infant.truth.seizures if s.stop_s < LENGTH_S - 5]
            for seizure, seen in zip(seizures, examine(seizures, built, signal), strict=True):
                links += seen.couplings
                if seen.onset is not None:
                    true = seizure.onset.electrode
                    fields.append(
                        (
                            seen.onset.confidence,
                            seen.onset.electrode == true,
                            true in (seen.onset.electrode, *beside[seen.onset.electrode]),
                        )
                    )
    sure = np.array(fields, dtype=float)
    rows = []
    for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 1.0), (0.0, 1.0)):
        of = sure[(sure[:, 0] >= low) & (sure[:, 0] < high)]
        if len(of):
            rows.append((f"{low:g}-{high:g}", str(len(of)), *(f"{x:.2f}" for x in of.mean(axis=0))))
    judged = [c for c in links if c.lagged_p is not None]
    share = ", ".join(
        f"{name} {np.mean([getattr(c, k) <= 0.05 for c in judged]):.3f}"
        for name, k in (("phase", "phase_p"), ("h2", "h2_p"), ("lagged", "lagged_p"))
    )
    return (
        table(("confidence of the field", "seizures", "mean", "true electrode", "or beside it"), rows)
        + f"\n{len(judged)} true links of independent places, p <= 0.05: {share}; "
        f"conducted {np.mean([c.conducted for c in links]):.3f}\n"
    )


def cost() -> str:
    """How much of the time of an analysis goes into what is said beyond the path? The best of three runs."""
    rows = []
    for per_hour in (3.0, 12.0, 30.0):
        made = simulate(
            SCENARIOS["eimfs-storm"].moved(seizures_per_hour=per_hour, clustered=0.0), duration_s=3600, seed=77
        )
        channels = made.recording.channels
        uv = made.recording.samples.read_uv(range(len(channels)), 0, 0, round(3600 * channels[0].rate_hz))
        recording = from_arrays(uv, channels[0].rate_hz, [c.electrode or c.label for c in channels])
        whole_s, beyond_s = [], []
        for _ in range(3):
            begin = time.perf_counter()
            found = analyse(recording)
            whole_s.append(time.perf_counter() - begin)
            signal = stream.Preparer(recording, found.montage, Settings().signal)
            begin = time.perf_counter()
            seen = Beside(examined=examine(found.seizures, found.montage, signal))
            state(recording, found.montage, found.masks, found.seizures, {}, (), seen)
            beyond_s.append(time.perf_counter() - begin)
        links = sum(len(d.links) for d in found.findings.details)
        share = min(beyond_s) / (min(whole_s) - min(beyond_s))
        rows.append(
            (str(len(found.seizures)), str(links), f"{min(whole_s):.2f} s", f"{min(beyond_s):.2f} s", f"{share:.0%}")
        )
    return table(("seizures in the hour", "links", "analysis", "of it findings", "added to the rest"), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=16, help="simulated infants of each of two scenarios")
    asked = parser.parse_args()
    print(by_hand())
    print(independent_places())
    print(infants(asked.seeds))
    print(cost())


if __name__ == "__main__":
    main()
