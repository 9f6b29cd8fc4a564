"""How does Ictal do on the public newborns, against three experts?

The score of a second, by which the area under the ROC curve is made (provenance: design):

    score(t) = (e(t) + c(t)) / 2
    e(t)     mean of the two highest scores of the derivations in that second (0-1); one electrode alone is suspect
    c(t)     the highest confidence of the seizures that were found and are open then; 0 where there is none

What is called a seizure, for kappa, sensitivity and false detections, are the seizures that were found. The references:
each expert, the seconds that two of three mark (`majority`), and, for the area, the seconds on which all three agree
(`unanimous`; the others are left out).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import msgspec
import numpy as np
import numpy.typing as npt

from ictal.analysis import analyse
from ictal.base.errors import IctalError, UsageError
from ictal.base.time import IntervalSet
from ictal.benchmark.background import as_marked
from ictal.benchmark.newborns import EXPERTS, Marks, Newborn
from ictal.benchmark.run import Progress
from ictal.benchmark.store import Store
from ictal.benchmark.types import Marked
from ictal.eeg.detection import score as detection
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.recording import read
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import Preparer
from ictal.scoring.agreement import Case, score_many
from ictal.scoring.ranking import auc
from ictal.scoring.raters import change_of_cohen, change_of_fleiss, cohen, fleiss, mean_cohen, patterns
from ictal.scoring.resampling import Numbers, bootstrap, draws, middle_95
from ictal.scoring.types import Scores, Share

ALGORITHM = len(EXPERTS)
LARGEST_MISMATCH_S = 60
"""A file and its annotations may differ by so much in length: both begin at 0, and the seconds that both have count."""
Between = tuple[float, float] | None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What the detector said of one newborn: its seizures and the score of every second; or why it said nothing."""

    found: tuple[Marked, ...] = ()
    scores: tuple[float, ...] = ()
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One newborn: seconds, seconds marked by the majority, what was found, the area (`None`: one kind only)."""

    name: str
    seconds: int
    majority_s: int
    found_s: int
    seizures: int
    area: float | None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One figure with its 95 % interval over newborns."""

    name: str
    value: float | None
    interval: Between = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the experts and the detector say of the newborns that could be run.

    `experts` are kappas among the experts over all newborns that have annotations; `figures` are of the detector, over
    the newborns that were run, with the experts' own kappas over the same ones.
    """

    newborns: int
    hours: float
    experts: tuple[Value, ...]
    rows: tuple[Row, ...]
    figures: tuple[Value, ...]
    sensitivity: tuple[tuple[str, Share, float | None], ...]
    """Reference, events found one to one, false detections per hour."""

    @property
    def run(self) -> int:
        return sum(row.failure is None for row in self.rows)


def compare(newborns: Sequence[Newborn], store: Store, progress: Progress | None = None) -> Comparison:
    """Run the detector on every newborn that has a file, and compare it with the experts."""
    heard: list[tuple[Newborn, Heard]] = []
    for k, newborn in enumerate(newborns, start=1):
        heard.append((newborn, _listen(newborn, store)))
        if progress is not None:
            progress(k / len(newborns), f"{newborn.name} ({k} of {len(newborns)})")
    rows = tuple(_row(n, h) for n, h in heard)
    good = [(n, h) for (n, h), row in zip(heard, rows, strict=True) if row.failure is None]
    return Comparison(
        newborns=len(newborns),
        hours=sum(n.seconds for n in newborns) / 3600,
        experts=agreement_of_experts([n.marks for n in newborns]),
        rows=rows,
        figures=_figures(good, [r for r in rows if r.failure is None]) if good else (),
        sensitivity=_sensitivity(good) if good else (),
    )


def agreement_of_experts(marks: Sequence[Marks]) -> tuple[Value, ...]:
    """How far do the experts agree with each other, over all seconds pooled?"""
    counts = np.stack([patterns(m) for m in marks])
    pairs = list(combinations(range(len(EXPERTS)), 2))
    told = [_value(f"kappa {EXPERTS[a]}-{EXPERTS[b]}", counts, _cohen_of(a, b)) for a, b in pairs]
    everyone = range(len(EXPERTS))
    return (*told, _value("kappa of all experts (Fleiss)", counts, lambda c: fleiss(c, everyone)))


def second_scores(recording: Recording, seizures: Sequence[Marked]) -> npt.NDArray[np.float64]:
    """How likely is each second of the recording a seizure? See the formula above."""
    montage = montages.build(recording, "average")
    blocks = Preparer(recording, montage, SignalSettings()).blocks()
    scores = detection.annotate(blocks, montage.labels, DetectionSettings()).score
    top = np.sort(scores, axis=0)[-2:].mean(axis=0) if len(scores) > 1 else scores[0]
    certain = np.zeros(scores.shape[1])
    for seizure in seizures:
        open_s = slice(int(seizure.start_s), int(np.ceil(seizure.stop_s)))
        certain[open_s] = np.maximum(certain[open_s], seizure.confidence or 0.0)
    both: npt.NDArray[np.float64] = (top + certain) / 2
    return both


def _listen(newborn: Newborn, store: Store) -> Heard:
    """What does the detector say of one newborn? Kept, so that a run can be stopped and go on."""
    if newborn.eeg is None:
        return Heard(failure=f"{newborn.name}.edf is not there.")
    state = newborn.eeg.stat()
    key = store.key(
        {"newborn": newborn.eeg.name, "s": newborn.seconds, "bytes": state.st_size, "changed": state.st_mtime_ns}
    )
    known = store.find(key, Heard)
    if known is not None:
        return known
    try:
        recording = read(newborn.eeg)
        found = as_marked(analyse(recording).seizures, confident=True)
        scores = tuple(round(float(s), 4) for s in second_scores(recording, found))
    except IctalError as error:
        return Heard(failure=str(error))
    heard = Heard(found=_until(found, newborn.seconds), scores=scores)
    store.keep(key, heard)
    return heard


def _until(found: Sequence[Marked], seconds: int) -> tuple[Marked, ...]:
    """The seizures as far as the annotations reach."""
    cut = (msgspec.structs.replace(m, stop_s=min(m.stop_s, float(seconds))) for m in found if m.start_s < seconds)
    return tuple(cut)


def _row(newborn: Newborn, heard: Heard) -> Row:
    majority = _majority(newborn.marks)
    failure = heard.failure
    if failure is None and abs(len(heard.scores) - newborn.seconds) > LARGEST_MISMATCH_S:
        failure = (
            f"the recording has {len(heard.scores)} seconds and its annotations {newborn.seconds}: they do not belong "
            "to each other."
        )
    if failure is not None:
        return Row(newborn.name, newborn.seconds, int(majority.sum()), 0, 0, None, failure)
    scores, agreed, positive = _ranked(newborn, heard)
    found_s = int(_found_mask(newborn, heard).sum())
    area = auc(scores[agreed], positive[agreed])
    return Row(newborn.name, newborn.seconds, int(majority.sum()), found_s, len(heard.found), area)


def _ranked(newborn: Newborn, heard: Heard) -> tuple[npt.NDArray[np.float64], Marks, Marks]:
    """Scores, seconds on which all experts agree, and seconds that all mark."""
    count = min(len(heard.scores), newborn.seconds)
    votes = newborn.marks[:, :count].sum(axis=0)
    return np.array(heard.scores[:count]), (votes == 0) | (votes == len(EXPERTS)), votes == len(EXPERTS)


def _majority(marks: Marks) -> Marks:
    majority: Marks = marks.sum(axis=0) * 2 > len(marks)
    return majority


def _found_mask(newborn: Newborn, heard: Heard) -> Marks:
    mask = np.zeros(newborn.seconds, dtype=bool)
    for seizure in heard.found:
        mask[round(seizure.start_s) : round(seizure.stop_s)] = True
    return mask


def _cohen_of(one: int, other: int) -> Callable[[Numbers], Numbers]:
    return lambda counts: cohen(counts, one, other)


def _value(name: str, counts: Numbers, figure: Callable[[Numbers], Numbers]) -> Value:
    value = float(figure(counts.sum(axis=0)[None, :])[0])
    return Value(name, value if np.isfinite(value) else None, bootstrap(counts, figure))


def _figures(good: Sequence[tuple[Newborn, Heard]], rows: Sequence[Row]) -> tuple[Value, ...]:
    counts = np.stack([patterns([*n.marks, _found_mask(n, h)]) for n, h in good])
    experts, everyone = range(len(EXPERTS)), tuple(range(len(EXPERTS)))
    pairs = list(combinations(experts, 2))
    told = [*_areas(good, rows)]
    told += [_value(f"kappa of Ictal with expert {EXPERTS[e]}", counts, _cohen_of(ALGORITHM, e)) for e in experts]
    told.append(_majority_kappa(good))
    told.append(_value("kappa of expert with expert, mean of pairs", counts, lambda c: mean_cohen(c, pairs)))
    told.append(
        _value("change of kappa (Cohen, mean of pairs)", counts, lambda c: change_of_cohen(c, everyone, ALGORITHM))
    )
    told.append(_value("change of kappa (Fleiss), mean", counts, lambda c: change_of_fleiss(c, everyone, ALGORITHM)))
    for gone in experts:
        told.append(_value(f"change of kappa (Fleiss), {EXPERTS[gone]} replaced", counts, _fleiss_without(gone)))
    told.append(_burden(rows))
    return tuple(told)


def _fleiss_without(gone: int) -> Callable[[Numbers], Numbers]:
    return lambda counts: change_of_fleiss(counts, tuple(range(len(EXPERTS))), ALGORITHM, replaced=gone)


def _areas(good: Sequence[tuple[Newborn, Heard]], rows: Sequence[Row]) -> list[Value]:
    """The area in each newborn (median), and over all seconds pooled; both on the seconds on which experts agree."""
    each = np.array([r.area for r in rows if r.area is not None])
    ranked = [_ranked(n, h) for n, h in good]
    parts = [(scores[agreed], positive[agreed]) for scores, agreed, positive in ranked]
    pooled = auc(np.concatenate([s for s, _ in parts]), np.concatenate([p for _, p in parts]))
    median = float(np.median(each)) if len(each) else None
    over_newborns = middle_95([np.median(each[d]) for d in draws(len(each))]) if len(each) >= 5 else None
    drawn: Between = None
    if pooled is not None and len(parts) >= 5:
        drawn = middle_95([_auc_of([parts[k] for k in draw]) for draw in draws(len(parts))[:200]])
    return [
        Value(f"area under the curve, median of {len(each)} newborns", median, over_newborns),
        Value("area under the curve, all seconds pooled", pooled, drawn),
    ]


def _auc_of(parts: Sequence[tuple[npt.NDArray[np.float64], Marks]]) -> float:
    area = auc(np.concatenate([s for s, _ in parts]), np.concatenate([p for _, p in parts]))
    return np.nan if area is None else area


def _majority_kappa(good: Sequence[tuple[Newborn, Heard]]) -> Value:
    counts = np.stack([patterns([_majority(n.marks), _found_mask(n, h)]) for n, h in good])
    return _value("kappa of Ictal with the majority", counts, _cohen_of(0, 1))


def _burden(rows: Sequence[Row]) -> Value:
    """Pearson's correlation of seizure minutes per hour, of Ictal and of the majority, over newborns."""
    x = np.array([r.majority_s / r.seconds for r in rows])
    y = np.array([r.found_s / r.seconds for r in rows])
    return Value(
        "correlation of burden with the majority",
        _pearson(x, y),
        middle_95([np.nan if (p := _pearson(x[d], y[d])) is None else p for d in draws(len(x))])
        if len(x) >= 5
        else None,
    )


def _pearson(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> float | None:
    return float(np.corrcoef(x, y)[0, 1]) if x.std() > 0 and y.std() > 0 else None


def _sensitivity(good: Sequence[tuple[Newborn, Heard]]) -> tuple[tuple[str, Share, float | None], ...]:
    """Events found one to one and false detections per hour, against each expert and the majority."""
    told = []
    for name, marks_of in (*((f"expert {e}", _expert(k)) for k, e in enumerate(EXPERTS)), ("the majority", _majority)):
        cases = [Case(n.name, _events(marks_of(n.marks)), h.found, float(n.seconds)) for n, h in good]
        scores: Scores = score_many(cases).together
        told.append((name, scores.unmerged.sensitivity, scores.unmerged.false_per_h))
    return tuple(told)


def _expert(number: int) -> Callable[[Marks], Marks]:
    return lambda marks: marks[number]


def _events(marks: Marks) -> tuple[Marked, ...]:
    return tuple(Marked(start_s=s.start_s, stop_s=s.stop_s) for s in IntervalSet.from_mask(marks, 1.0))


def missing_in_words(newborns: Sequence[Newborn]) -> str | None:
    """Which EEG files are not there, in a sentence? `None` when all are."""
    if not newborns:
        raise UsageError("The annotations name no newborn.")
    missing = [n.name for n in newborns if n.eeg is None]
    if not missing:
        return None
    named = ", ".join(f"{name}.edf" for name in missing[:3]) + (", ..." if len(missing) > 3 else "")
    return f"{len(missing)} of {len(newborns)} EEG files are not there ({named}): their newborns were not run."
