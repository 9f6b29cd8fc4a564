"""Does anything simple tell a simulated discharge from a normal rhythm? One number of a window at a time.

Windows of 4 s at the electrode that the truth names, average reference, 0.5-30 Hz, everything in the recording
included: of discharges and of normal rhythms. The area under the curve (AUC) of a number is how often it is larger in
a discharge than in a normal rhythm: 0.5 tells nothing, 0 or 1 gives the game away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import IntervalSet
from ictal.simulator import SCENARIOS, simulate

Floats = npt.NDArray[np.float64]

RATE_HZ = 64
WINDOW_S = 4
HOUR_S = 3600
NOT_NORMAL = ("spike", "after-seizure")


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Windows `(n, samples)` at the electrode of the truth: discharges (in their loudest half), normal rhythms, and
    any other time."""

    ictal: Floats
    normal: Floats
    rest: Floats


def draw_windows(infants: int, first_seed: int = 0, age_days: float = 120.0) -> Windows:
    """Windows of some infants with seizures, an hour of each."""
    ictal, normal, rest = [], [], []
    for seed in range(first_seed, first_seed + infants):
        rng = np.random.default_rng(seed)
        made = simulate(
            replace(SCENARIOS["eimfs-storm"], seizures_per_hour=15, clustered=0),
            duration_s=HOUR_S,
            seed=seed,
            rate_hz=RATE_HZ,
            age_days=age_days,
        )
        shown = made.recording.samples.read_uv(range(19), 0, 0, HOUR_S * RATE_HZ).astype(float)
        shown = filtered(shown - shown.mean(axis=0))
        busy = IntervalSet.of([s.interval for s in made.truth.seizures])
        for leg in (leg for s in made.truth.seizures for leg in s.legs):
            if leg.duration_s >= 2 * WINDOW_S:
                start = leg.start_s + rng.uniform(0.25, 0.75) * (leg.duration_s - WINDOW_S)
                ictal.append(_cut(shown, leg.electrode, start))
        for run in made.truth.rhythms:
            quiet = not any(run.interval.overlap_s(b) > 0 for b in busy.intervals)
            if run.kind not in NOT_NORMAL and quiet and run.interval.duration_s >= WINDOW_S and run.stop_s < HOUR_S:
                start = run.start_s + rng.uniform(0, 1) * (run.interval.duration_s - WINDOW_S)
                normal.append(_cut(shown, run.electrode, start))
        for start in rng.uniform(0, HOUR_S - WINDOW_S, 60):
            if not any(b.start_s < start + WINDOW_S and b.stop_s > start for b in busy.intervals):
                rest.append(_cut(shown, str(rng.choice(TEN_TWENTY)), start))
    return Windows(*(np.array(x) - np.mean(x, axis=1, keepdims=True) for x in (ictal, normal, rest)))


def filtered(uv: Floats) -> Floats:
    """A signal between 0.5 and 30 Hz, as a reader looks at it."""
    hz = np.fft.rfftfreq(uv.shape[-1], 1 / RATE_HZ)
    answer: Floats = np.fft.irfft(np.fft.rfft(uv, axis=-1) * ((hz >= 0.5) & (hz <= 30.0)), uv.shape[-1], axis=-1)
    return answer


def _cut(shown: Floats, electrode: str, start_s: float) -> Floats:
    first = round(start_s * RATE_HZ)
    return shown[TEN_TWENTY.index(electrode), first : first + WINDOW_S * RATE_HZ]


def numbers(windows: Floats) -> dict[str, Floats]:
    """What a simple detector would look at, of each window."""
    power = np.abs(np.fft.rfft(windows * np.hanning(windows.shape[1]), axis=1)) ** 2
    hz = np.fft.rfftfreq(windows.shape[1], 1 / RATE_HZ)
    seen = (hz >= 1) & (hz <= 30)
    total = power[:, seen].sum(axis=1)
    rms = windows.std(axis=1)
    share = power[:, seen] / total[:, None]
    top = hz[seen][np.argmax(share, axis=1)]
    harmonic = np.array([_near(power[i], hz, 2 * f) / _near(power[i], hz, f) for i, f in enumerate(top)])
    found = {
        "amplitude (RMS)": rms,
        "line length over RMS": np.abs(np.diff(windows, axis=1)).mean(axis=1) / rms,
        "kurtosis": (windows**4).mean(axis=1) / rms**4,
        "skewness, either sign": np.abs((windows**3).mean(axis=1)) / rms**3,
        "height of the spectral peak": share.max(axis=1),
        "frequency of the peak": top,
        "second harmonic over first": harmonic,
        "spectral entropy": -(share * np.log(share + 1e-12)).sum(axis=1),
        "autocorrelation at its first peak": np.array([_echo(w) for w in windows]),
    }
    for low, high in ((1, 4), (4, 8), (8, 13), (13, 30)):
        found[f"share of {low}-{high} Hz"] = power[:, (hz >= low) & (hz < high)].sum(axis=1) / total
    return found


def _near(power: Floats, hz: Floats, at_hz: float) -> float:
    return float(power[np.abs(hz - at_hz) <= 0.3].sum()) + 1e-9


def _echo(window: Floats) -> float:
    spectrum = np.abs(np.fft.rfft(window, 2 * len(window))) ** 2
    correlation = np.fft.irfft(spectrum)[: len(window) // 2]
    correlation = correlation / correlation[0]
    low = int(np.argmax(correlation < 0)) or 1
    return float(correlation[low:].max())


def area(larger: Floats, than: Floats) -> float:
    """How often is a number of the first kind larger than one of the second?"""
    order = np.argsort(np.argsort(np.concatenate((larger, than)), kind="stable"), kind="stable") + 1.0
    count = len(larger)
    return float((order[:count].sum() - count * (count + 1) / 2) / (count * len(than)))


def areas(windows: Windows) -> dict[str, tuple[float, float]]:
    """Of each number: AUC of discharges against normal rhythms, and against any other time."""
    ictal, normal, rest = (numbers(x) for x in (windows.ictal, windows.normal, windows.rest))
    return {name: (area(ictal[name], normal[name]), area(ictal[name], rest[name])) for name in ictal}


def together(fitted: Windows, tried: Windows) -> float:
    """AUC of the best weighted sum of all numbers, fitted to some infants (least squares), in others: discharges
    against normal rhythms."""
    known = np.concatenate([_table(fitted.ictal), _table(fitted.normal)])
    mean, spread = known.mean(axis=0), known.std(axis=0)
    goal = np.repeat([1.0, -1.0], [len(fitted.ictal), len(fitted.normal)])
    weight = np.where(goal > 0, len(fitted.normal) / len(fitted.ictal), 1.0)
    rows = np.column_stack(((known - mean) / spread, np.ones(len(known)))) * np.sqrt(weight)[:, None]
    fit = np.linalg.lstsq(rows, goal * np.sqrt(weight), rcond=None)[0]
    ictal, normal = (((_table(x) - mean) / spread) @ fit[:-1] for x in (tried.ictal, tried.normal))
    return area(ictal, normal)


def _table(windows: Floats) -> Floats:
    found = numbers(windows)
    return np.column_stack([np.log(np.maximum(v, 1e-6)) for v in found.values()])
