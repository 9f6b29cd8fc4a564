"""Grow the judge of stays and seizures on simulated infants, and write `judge.json`.

    python benchmarks/train_judge.py                                  500 of the template, 160 of the mechanism
    python benchmarks/train_judge.py --template 300 --mechanism 80    fewer recordings

Recordings are drawn by `infants.py` (everything varies), from seed 300000 on; the frozen suite and the seeds that the
judge is tried on (400000 on, `held_out.py`) are never seen. What each later stage learns from was said by earlier
stages that were grown without that recording (four folds). Needs scikit-learn, which Ictal itself does not.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import pickle
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import astuple, dataclass
from itertools import chain as chained
from pathlib import Path
from typing import Any

import infants
import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score

import ictal
from ictal.analysis import Settings
from ictal.base.electrodes import angle_between
from ictal.base.provenance import ictal_version
from ictal.eeg.detection import runs, score
from ictal.eeg.signal.types import Montage
from ictal.eeg.tracking import bonds, company, measures
from ictal.eeg.tracking.company import Place
from ictal.eeg.tracking.follow import Observed, candidates, chains, hours_of, observe, pairs_of, placed
from ictal.eeg.tracking.judge import CHAIN_NAMES, chain_terms, span_of
from ictal.eeg.tracking.link import Candidate
from ictal.eeg.tracking.types import Leg, Seizure
from ictal.scoring.matching import match

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.intp]

FIRST_SEED = 300_000
FOLDS = 4
JOBS = 2
"""Folds grown at once, each with one thread (`OMP_NUM_THREADS=1`)."""
NEAR_RAD, SAME_RHYTHM = 0.85, 0.3
SHORT = 2
"""Of every so many recordings, a short piece is looked at as well: excerpts of a minute or some are read too."""
WEIGHT = {"template": 1.0, "mechanism": 2.0}
"""There are fewer recordings of the mechanism, and they count for more."""
GROWN = {
    "alone": {"max_iter": 200, "max_leaf_nodes": 12, "learning_rate": 0.07, "max_features": 0.5},
    "company": {"max_iter": 180, "max_leaf_nodes": 10, "learning_rate": 0.07, "max_features": 0.5},
    "bond": {"max_iter": 120, "max_leaf_nodes": 8, "learning_rate": 0.07, "max_features": 0.6},
    "seizure": {"max_iter": 90, "max_leaf_nodes": 6, "learning_rate": 0.06, "max_features": 0.7},
}
SETTINGS = Settings()


@dataclass(frozen=True)
class Example:
    """A recording as the judge sees it, with its truth.

    `ictal` says of each stay alone whether truth has a leg near by (None: unclear), `leg` whether it is one.
    """

    seed: int
    engine: str
    observed: tuple[Observed, ...]
    montage: Montage
    hours: float
    truth: tuple[Seizure, ...]
    ictal: tuple[bool | None, ...]
    leg: tuple[bool, ...]

    @property
    def alone(self) -> list[tuple[float, ...]]:
        return [astuple(m) for seen in self.observed for m in seen.measures]


def look(which: tuple[str, int, bool] | tuple[str, int]) -> Example:
    """The stays of one recording (or of a short piece of it), measured, with the truth of each; kept on the disk."""
    engine, seed, short = (*which, False)[:3]
    piece = "-short" if short else ""
    path = infants.KEPT / f"looked-{engine}-{seed}{piece}-{infants.maker(engine)}-{_looker()}.pickle"
    if path.exists():
        known: Example = pickle.loads(path.read_bytes())
        return known
    infant = infants.kept(seed, engine)
    if short:
        infant = infants.piece(infant)
    scores = score.annotate(infant.blocks(), infant.montage.labels, SETTINGS.detection)
    found = runs.discharges(scores, infant.montage, SETTINGS.detection, infant.duration_s)
    seen = tuple(observe(found, scores, infant.montage, infant, SETTINGS.tracking))  # type: ignore[arg-type]
    truth = infant.truth.seizures
    example = Example(
        seed, engine, seen, infant.montage, hours_of(scores), truth, _ictal(seen, truth), _legs(seen, truth)
    )
    path.write_bytes(pickle.dumps(example, protocol=5))
    return example


def _looker() -> str:
    """Eight characters of the code that an `Example` depends on."""
    root = Path(ictal.__file__).parent / "eeg"
    said = hashlib.sha256()
    for room in ("detection", "tracking"):
        for file in sorted((root / room).glob("*.py")):
            if file.name not in ("judge.py", "trees.py", "company.py", "link.py", "bonds.py"):
                said.update(file.read_bytes())
    return said.hexdigest()[:8]


def _ictal(observed: Sequence[Observed], truth: Sequence[Seizure]) -> tuple[bool | None, ...]:
    """Ictal when a leg near by, or one with its rhythm, covers most of the stay; not when hardly any does."""
    said: list[bool | None] = []
    for place in placed(observed):
        best, elsewhere = 0.0, False
        for leg in (leg for s in truth for leg in s.legs):
            shared = _shared_s(place, leg) / (place.stop_s - place.start_s)
            if shared <= 0:
                continue
            if _near(place.electrode, leg) or _beats_as(place.measures.frequency_hz, leg):
                best = max(best, shared)
            else:
                elsewhere = True
        said.append(True if best > 0.5 else False if best < 0.15 and not elsewhere else None)
    return tuple(said)


def _shared_s(place: Place | Leg, leg: Leg) -> float:
    return min(place.stop_s, leg.stop_s) - max(place.start_s, leg.start_s)


def _near(name: str, leg: Leg) -> bool:
    return angle_between(name, leg.electrode) < NEAR_RAD


def _beats_as(hz: float, leg: Leg) -> bool:
    return abs(np.log(hz / leg.frequency_hz)) < SAME_RHYTHM


def _legs(observed: Sequence[Observed], truth: Sequence[Seizure]) -> tuple[bool, ...]:
    """A stay is a leg when truth has one for most of its time, and this is the electrode where that one shows best.

    A leg that shows at no stay near by is taken where its rhythm is largest: few electrodes mislead about the place.
    """
    stays = placed(observed)
    said = [False] * len(stays)
    for leg in (leg for s in truth for leg in s.legs):
        within = [k for k, place in enumerate(stays) if _shared_s(place, leg) > 0.5 * (place.stop_s - place.start_s)]
        near = [k for k in within if _near(stays[k].electrode, leg)]
        if near:
            shown: dict[str, float] = {}
            for k in near:
                name = stays[k].electrode
                weight = 1.5 if name == leg.electrode else 1.0
                shown[name] = shown.get(name, 0.0) + _shared_s(stays[k], leg) * weight
            best = max(shown, key=lambda name: shown[name])
            for k in near:
                said[k] |= stays[k].electrode == best
            continue
        far = [
            k
            for k in within
            if _beats_as(stays[k].measures.frequency_hz, leg) and _shared_s(stays[k], leg) > 0.5 * leg.duration_s
        ]
        if far:
            said[max(far, key=lambda k: stays[k].amplitude_uv)] = True
    return tuple(said)


def _whose(leg: Leg, truth: Sequence[Seizure]) -> int | None:
    """Of which true seizure is this leg, the one near by first?"""
    told = [
        (_near(leg.electrode, other), _shared_s(leg, other), k)
        for k, seizure in enumerate(truth)
        for other in seizure.legs
        if _shared_s(leg, other) > 0.5 * leg.duration_s
        and (_near(leg.electrode, other) or _beats_as(leg.frequency_hz, other))
    ]
    return max(told)[2] if told else None


def right_bonds(
    legs: Sequence[Sequence[Candidate]], which: Sequence[Sequence[tuple[int, int]]], truth: Sequence[Seizure]
) -> list[bool | None]:
    """Which pairs are of one seizure? `None` where neither is of any."""
    said: list[bool | None] = []
    for members, some in zip(legs, which, strict=True):
        whose = [_whose(c.leg, truth) for c in members]
        said += [None if whose[a] is None and whose[b] is None else whose[a] == whose[b] for a, b in some]
    return said


class Grown:
    """One stage: trees grown on rows of some recordings."""

    def __init__(self, name: str, names: Sequence[str], x: Floats, y: npt.NDArray[np.bool_], weight: Floats) -> None:
        self.names = names
        self.trees = HistGradientBoostingClassifier(
            min_samples_leaf=20, l2_regularization=5.0, early_stopping=False, random_state=0, **GROWN[name]
        ).fit(x, y, sample_weight=weight)

    def log_odds(self, x: Floats) -> Floats:
        answer: Floats = self.trees.decision_function(x) if len(x) else np.zeros(0)
        return answer

    def stored(self) -> dict[str, Any]:
        """As `trees_of` reads it."""
        grown = []
        for (predictor,) in self.trees._predictors:
            grown.append(
                [
                    [_rounded(node["value"])]
                    if node["is_leaf"]
                    else [
                        int(node["feature_idx"]),
                        _rounded(node["num_threshold"]),
                        int(node["left"]),
                        int(node["right"]),
                    ]
                    for node in predictor.nodes
                ]
            )
        return {"names": list(self.names), "offset": float(self.trees._baseline_prediction.item()), "trees": grown}


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


@dataclass(frozen=True)
class Rows:
    """Rows of numbers with what is true of each and the recording each is from."""

    x: Floats
    y: npt.NDArray[np.bool_]
    of: Whole
    known: npt.NDArray[np.bool_]
    weight: Floats


def rows(examples: Sequence[Example], numbers: Sequence[Sequence[Any]], said: Sequence[Sequence[bool | None]]) -> Rows:
    """The same rows of all recordings, one after the other."""
    of = np.repeat(np.arange(len(examples)), [len(s) for s in said])
    told = list(chained.from_iterable(said))
    weight = np.array([WEIGHT[e.engine] for e in examples])[of]
    return Rows(
        np.array(list(chained.from_iterable(numbers)), dtype=np.float64),
        np.array([bool(t) for t in told]),
        of,
        np.array([t is not None for t in told]),
        weight,
    )


def stage(name: str, names: Sequence[str], data: Rows) -> tuple[Grown, Floats]:
    """Trees grown on all rows, and what is said of each row by trees that never saw its recording."""

    def grow(which: npt.NDArray[np.bool_]) -> Grown:
        return Grown(name, names, data.x[which], data.y[which], data.weight[which])

    said = np.zeros(len(data.y))
    inside = [data.of % FOLDS == fold for fold in range(FOLDS)]
    k = data.known
    with ThreadPoolExecutor(JOBS) as pool:
        *folds, whole = pool.map(grow, [*(~fold & k for fold in inside), k])
    for fold, grown in zip(inside, folds, strict=True):
        said[fold] = grown.log_odds(data.x[fold])
    figures = (roc_auc_score(data.y[k], said[k]), average_precision_score(data.y[k], said[k]))
    print(
        f"{name}: {k.sum()} rows, {data.y[k].sum()} true; "
        f"area under the ROC {figures[0]:.4f}, average precision {figures[1]:.4f}"
    )
    return whole, said


def right_chains(example: Example, linked: Sequence[Sequence[Candidate]]) -> list[bool]:
    """Which chains of legs are a seizure of the truth, one to one?"""
    spans = [_Span(*span_of(legs)) for legs in linked]
    hits = {j for _, j in match(example.truth, spans)}  # type: ignore[arg-type]
    return [j in hits for j in range(len(linked))]


@dataclass(frozen=True)
class _Span:
    start_s: float
    stop_s: float


def train(examples: Sequence[Example]) -> dict[str, Any]:
    """All stages, one after the other, as they are stored."""
    alone_rows = rows(examples, [e.alone for e in examples], [e.ictal for e in examples])
    alone, said = stage("alone", measures.NAMES, alone_rows)

    def split(values: Floats, by: Rows) -> list[Floats]:
        return [values[by.of == k] for k in range(len(examples))]

    seen = [
        company.companies(placed(e.observed), odds, e.hours)
        for e, odds in zip(examples, split(said, alone_rows), strict=True)
    ]
    company_rows = rows(examples, seen, [e.leg for e in examples])
    beside, said = stage("company", company.NAMES, company_rows)
    legs = [
        candidates(e.observed, odds, e.montage, SETTINGS.tracking)
        for e, odds in zip(examples, split(said, company_rows), strict=True)
    ]
    paired = [pairs_of(some, e.observed, SETTINGS.tracking) for some, e in zip(legs, examples, strict=True)]
    bound = [right_bonds(some, which, e.truth) for some, (which, _), e in zip(legs, paired, examples, strict=True)]
    bond_rows = rows(examples, [numbers for _, numbers in paired], bound)
    bond, said = stage("bond", bonds.NAMES, bond_rows)
    linked = [
        chains(some, which, odds, SETTINGS.tracking)
        for some, (which, _), odds in zip(legs, paired, split(said, bond_rows), strict=True)
    ]
    terms = [chain_terms(c, e.hours) for c, e in zip(linked, examples, strict=True)]
    right = [right_chains(e, c) for c, e in zip(linked, examples, strict=True)]
    seizure_rows = rows(examples, terms, right)
    seizure, said = stage("seizure", CHAIN_NAMES, seizure_rows)
    line = LogisticRegression(C=1e6).fit(said[:, None], seizure_rows.y)
    straight = [_rounded(line.coef_.item()), _rounded(line.intercept_.item())]
    print(f"confidence = logistic({straight[0]:.3f} x log-odds {straight[1]:+.3f})")
    return {
        "alone": alone.stored(),
        "company": beside.stored(),
        "bond": bond.stored(),
        "seizure": seizure.stored(),
        "straight": straight,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--template", type=int, default=500, metavar="N", help="recordings of the template engine")
    parser.add_argument("--mechanism", type=int, default=160, metavar="N", help="recordings of the mechanism engine")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path(ictal.__file__).parent / "eeg" / "tracking" / "judge.json")
    chosen = parser.parse_args()
    wanted = [("template", FIRST_SEED + k, False) for k in range(chosen.template)]
    wanted += [("mechanism", FIRST_SEED + k, False) for k in range(chosen.mechanism)]
    wanted += [(engine, seed, True) for engine, seed, _ in wanted if seed % SHORT == 0]
    examples = []
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for example in pool.map(look, wanted, chunksize=4):
            examples.append(example)
            print(f"\r{len(examples)} of {len(wanted)} recordings", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    stored = {
        "made_by": "benchmarks/train_judge.py",
        "ictal_version": ictal_version(),
        "trained_on": {
            engine: {"recordings": count, "seeds": [FIRST_SEED, FIRST_SEED + count - 1]}
            for engine, count in (("template", chosen.template), ("mechanism", chosen.mechanism))
        },
        **train(examples),
    }
    text = json.dumps(stored, separators=(",", ":")).replace("]],", "]],\n")
    chosen.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    from train_judge import main as run  # so that what is kept on the disk names this module, not __main__

    sys.exit(run())
