"""Train the judge of stays and the confidence of seizures on simulated infants, and write `judge.json`.

    python benchmarks/train_judge.py --recordings 240 --out src/ictal/eeg/tracking/judge.json

Wide domain randomisation: scenario, age, electrodes, reference, sampling rate, amplitude, artefacts, normal rhythms
and rate of seizures are drawn anew for each recording. Seeds are 20000 and up; the frozen suite is never seen.
A fifth of the recordings is held out; its figures are printed and stored beside the weights.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.stats import rankdata

from ictal.analysis import Settings
from ictal.base.electrodes import angle_between
from ictal.base.provenance import ictal_version
from ictal.eeg.detection import runs, score
from ictal.eeg.signal import montage, stream
from ictal.eeg.signal.types import Montage
from ictal.eeg.tracking.follow import Observed, candidates, observe
from ictal.eeg.tracking.judge import LARGEST, Judge, seizure_terms
from ictal.eeg.tracking.link import Candidate, link
from ictal.eeg.tracking.measures import NAMES, Measures
from ictal.eeg.tracking.types import Seizure
from ictal.scoring.matching import match
from ictal.simulator import SCENARIOS, Simulation, simulate

Floats = npt.NDArray[np.float64]

FIRST_SEED = 20000
DURATION_S = 1500.0
HIDDEN = 16
DECAY = 5e-4
SCENARIO_DRAW = (
    "eimfs-storm", "eimfs-storm", "eimfs-early", "eimfs-late",
    "single-focus", "artefacts", "quiet", "burst-suppression",
)  # fmt: skip
NEAR_RAD = 0.85


@dataclass(frozen=True)
class Example:
    """A recording as the judge sees it: measures of each stay, and whether truth has a leg there (None: unclear)."""

    seed: int
    measures: list[tuple[float, ...]]
    ictal: list[bool | None]
    observed: list[Observed]
    truth: tuple[Seizure, ...]
    derivations: Montage


def draw(seed: int) -> Simulation:
    """One simulated recording of everything that may vary."""
    rng = np.random.default_rng(seed)
    scenario = SCENARIOS[SCENARIO_DRAW[rng.integers(len(SCENARIO_DRAW))]]
    age_days = float(np.exp(rng.uniform(np.log(3), np.log(500))))
    changes = {
        "amplitude": float(np.exp(rng.uniform(-0.5, 0.5))),
        "artefacts": float(rng.uniform(0.3, 2.0) * scenario.artefacts),
        "rhythms": float(rng.uniform(0.3, 1.5)),
    }
    if scenario.seizures_per_hour > 0:
        changes["seizures_per_hour"] = float(rng.uniform(7, 20))
        changes["clustered"] = 0.0
        changes["highest_snr"] = float(np.exp(rng.uniform(np.log(4), np.log(16))))
        changes["slow_share"] = float(rng.uniform(0.0, 0.3))
        if scenario.foci > 1:
            changes["migrating"] = float(rng.uniform(0.2, 0.9))
    cap = ("10-20", "10-20", "10-20", "12", "8")[rng.integers(5)]
    reference = ("common", "common", "average", "bipolar", "Cz")[rng.integers(5)]
    rate_hz = (200.0, 256.0, 250.0, 512.0)[rng.integers(4)]
    return simulate(
        replace(scenario, **changes),
        duration_s=DURATION_S, seed=seed, age_days=age_days, montage=cap, reference=reference, rate_hz=rate_hz,
    )  # fmt: skip


def look(seed: int) -> Example:
    """The stays of one recording, measured, with the truth of each."""
    simulation = draw(seed)
    settings = Settings()
    derivations = montage.build(simulation.recording)
    signal = stream.Preparer(simulation.recording, derivations, settings.signal)
    scores = score.annotate(signal.blocks(), derivations.labels, settings.detection)
    discharges = runs.discharges(scores, derivations, settings.detection)
    seen = list(observe(discharges, scores, derivations, signal, settings.tracking))
    measures = [astuple(m) for o in seen for m in o.measures]
    ictal = [_truth(o, k, simulation.truth.seizures) for o in seen for k in range(len(o.stays))]
    return Example(seed, measures, ictal, seen, simulation.truth.seizures, derivations)


def _truth(seen: Observed, k: int, truth: tuple[Seizure, ...]) -> bool | None:
    """Ictal when a leg near by covers most of the stay; not when hardly any does; else it cannot be told."""
    stay = seen.stays[k]
    start, stop = seen.episode.start_s + stay.start, seen.episode.start_s + stay.stop
    best, elsewhere = 0.0, False
    for leg in (leg for s in truth for leg in s.legs):
        shared = (min(stop, leg.stop_s) - max(start, leg.start_s)) / (stop - start)
        if shared <= 0:
            continue
        if angle_between(seen.episode.electrodes[stay.electrode], leg.electrode) < NEAR_RAD:
            best = max(best, shared)
        else:
            elsewhere = True
    if best > 0.5:
        return True
    return False if best < 0.15 and not elsewhere else None


def fit(x: Floats, y: npt.NDArray[np.bool_], seed: int = 0) -> dict[str, Floats | float]:
    """The net with the least cross-entropy and weight decay (L-BFGS)."""
    mean, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = np.clip((x - mean) / spread, -LARGEST, LARGEST)
    n, d = z.shape
    rng = np.random.default_rng(seed)
    start = np.concatenate([rng.normal(0, 0.3, d * HIDDEN), np.zeros(HIDDEN), rng.normal(0, 0.3, HIDDEN), [0.0]])

    def loss(w: Floats) -> tuple[float, Floats]:
        into, bias = w[: d * HIDDEN].reshape(HIDDEN, d), w[d * HIDDEN : d * HIDDEN + HIDDEN]
        out, offset = w[d * HIDDEN + HIDDEN : -1], w[-1]
        hidden = np.tanh(z @ into.T + bias)
        odds = hidden @ out + offset
        error = 1 / (1 + np.exp(-odds)) - y
        back = np.outer(error, out) * (1 - hidden**2)
        value = np.logaddexp(0, -odds * (2 * y - 1)).sum() + DECAY * n * ((into**2).sum() + (out**2).sum())
        slope = [(back.T @ z + 2 * DECAY * n * into).ravel(), back.sum(axis=0)]
        slope += [hidden.T @ error + 2 * DECAY * n * out, [error.sum()]]
        return float(value), np.concatenate(slope)

    w = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return {
        "mean": mean, "spread": spread, "into": w[: d * HIDDEN].reshape(HIDDEN, d),
        "bias": w[d * HIDDEN : d * HIDDEN + HIDDEN], "out": w[d * HIDDEN + HIDDEN : -1], "offset": float(w[-1]),
    }  # fmt: skip


def fit_seizures(examples: list[Example], judge: Judge) -> Floats:
    """Logistic regression of whether a chain of legs is a seizure of the truth (one to one) on its terms."""
    terms, right = [np.array(v) for v in zip(*(t for e in examples for t in _chains(e, judge)), strict=True)]

    def loss(w: Floats) -> tuple[float, Floats]:
        odds = terms @ w
        return float(np.logaddexp(0, -odds * (2 * right - 1)).sum()), terms.T @ (1 / (1 + np.exp(-odds)) - right)

    return np.asarray(minimize(loss, np.zeros(terms.shape[1]), jac=True, method="L-BFGS-B").x)


def _chains(example: Example, judge: Judge) -> Iterator[tuple[Floats, bool]]:
    settings = Settings().tracking
    chains: list[tuple[Candidate, ...]] = []
    for number, seen in enumerate(example.observed):
        chains += link(candidates(number, seen, example.derivations, judge, settings), settings)
    chains = [c for c in chains if max(x.leg.stop_s for x in c) - min(x.leg.start_s for x in c) >= settings.minimum_s]
    spans = [_Span(min(x.leg.start_s for x in c), max(x.leg.stop_s for x in c)) for c in chains]
    hits = {j for _, j in match(example.truth, spans)}  # type: ignore[arg-type]
    for j, chain in enumerate(chains):
        yield seizure_terms(chain), j in hits


@dataclass(frozen=True)
class _Span:
    start_s: float
    stop_s: float


def figures(judge: Judge, examples: list[Example]) -> dict[str, float]:
    """How well does it tell stays of recordings that it was not fitted to?"""
    told = [(m, y) for e in examples for m, y in zip(e.measures, e.ictal, strict=True) if y is not None]
    odds = np.array([judge.log_odds(Measures(*m)) for m, _ in told])
    y = np.array([y for _, y in told], dtype=bool)
    rank = rankdata(odds)
    p = 1 / (1 + np.exp(-odds))
    bins = np.clip((p * 10).astype(int), 0, 9)
    gaps = [abs(p[bins == b].mean() - y[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()]
    return {
        "stays": len(y),
        "ictal_stays": int(y.sum()),
        "area_under_roc": float((rank[y].sum() - y.sum() * (y.sum() + 1) / 2) / (y.sum() * (~y).sum())),
        "sensitivity_at_95_percent_specific": float((odds[y] > np.quantile(odds[~y], 0.95)).mean()),
        "sensitivity_at_99_percent_specific": float((odds[y] > np.quantile(odds[~y], 0.99)).mean()),
        "calibration_error": float(sum(gaps)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--recordings", type=int, default=240)
    parser.add_argument("--out", type=Path, default=Path("src/ictal/eeg/tracking/judge.json"))
    chosen = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + chosen.recordings)
    with ProcessPoolExecutor(2) as pool:
        examples = []
        for example in pool.map(look, seeds):
            examples.append(example)
            print(f"\r{len(examples)} of {len(seeds)} recordings", end="", flush=True)
    print()
    fitted, held = [e for e in examples if e.seed % 5], [e for e in examples if e.seed % 5 == 0]
    known = [(m, y) for e in fitted for m, y in zip(e.measures, e.ictal, strict=True) if y is not None]
    weights = fit(np.array([m for m, _ in known]), np.array([y for _, y in known], dtype=bool))
    judge = Judge(**weights, seizure=np.zeros(4))  # type: ignore[arg-type]
    judge = replace(judge, seizure=fit_seizures(fitted, judge))
    result = figures(judge, held)
    print(json.dumps(result, indent=1))
    stored = {
        "made_by": "benchmarks/train_judge.py", "ictal_version": ictal_version(), "measures": list(NAMES),
        "seeds": [seeds.start, seeds.stop - 1], "held_out": "every fifth seed", "held_out_figures": result,
        **{k: np.round(v, 5).tolist() if isinstance(v, np.ndarray) else round(v, 5) for k, v in weights.items()},
        "seizure": np.round(judge.seizure, 5).tolist(),
    }  # fmt: skip
    chosen.out.write_text(json.dumps(stored, indent=None, separators=(",", ":")).replace('],"', '],\n"') + "\n")


if __name__ == "__main__":
    main()
