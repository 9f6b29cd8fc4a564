"""What do one-second pieces of a newborn's EEG look like? Real ones, simulated ones, and the same numbers of both.

Both are 18 bipolar channels of 64 samples in uV, 18 pieces from each infant. The real ones were made of 256 Hz by
taking every fourth sample without a filter before it: what lies above 32 Hz is folded down (the mains appear at 14 Hz),
and the simulated ones are made the same way.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import TEN_TWENTY, electrode
from ictal.simulator import SCENARIOS, simulate

Floats = npt.NDArray[np.float64]

FILE = Path("helsinki") / "background_seconds_18bipolar_64hz_uv.txt.gz"
PIECES = 18
"""Pieces of one infant; in the file they follow one another (the mains of a recording change every 18 pieces)."""
RATE_HZ, FOLD = 256, 4
PIECE = RATE_HZ // FOLD
HOUR_S = 3600
PAIRS = (
    *("Fp2-F4", "F4-C4", "C4-P4", "P4-O2", "Fp1-F3", "F3-C3", "C3-P3", "P3-O1", "Fp2-F8"),
    *("F8-T4", "T4-T6", "T6-O2", "Fp1-F7", "F7-T3", "T3-T5", "T5-O1", "Fz-Cz", "Cz-Pz"),
)
MAINS = (13, 14, 15)
"""Hz where 50 Hz lies after folding."""
QUANTILES = (5, 10, 25, 50, 75, 90, 95)
ALIVE_UV = 0.5
"""A channel below this RMS is not connected."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """One-second pieces without their mean: `uv[infant, piece, channel, sample]`."""

    uv: Floats

    @property
    def rms_uv(self) -> Floats:
        answer: Floats = self.uv.std(axis=-1)
        return answer

    @property
    def alive(self) -> npt.NDArray[np.bool_]:
        return self.rms_uv >= ALIVE_UV

    @property
    def power(self) -> Floats:
        """uV^2/Hz at 0, 1, ... 32 Hz under a Hann window, of every piece and channel."""
        window = np.hanning(PIECE)
        spectrum = np.abs(np.fft.rfft(self.uv * window, axis=-1)) ** 2
        answer: Floats = 2.0 * spectrum / (PIECE * float((window**2).sum()))
        return answer


def real_pieces(folder: Path) -> Pieces:
    """The seconds of the 22 newborns in whom three experts saw no seizure."""
    with gzip.open(folder / FILE, "rt") as file:
        table = np.loadtxt(file, skiprows=1)
    count = len(table) // (PIECE * PIECES)
    uv = table[: count * PIECE * PIECES, : len(PAIRS)].reshape(count, PIECES, PIECE, len(PAIRS)).swapaxes(2, 3)
    return Pieces(uv - uv.mean(axis=-1, keepdims=True))


def simulated_pieces(infants: int, first_seed: int = 0, **changes: float) -> Pieces:
    """The same of simulated term newborns: an hour each, age 0 to 7 days, rhythms and artefacts included."""
    at = {name: i for i, name in enumerate(TEN_TWENTY)}
    ends = [[at[electrode(name).name] for name in pair.split("-")] for pair in PAIRS]
    found = []
    for seed in range(first_seed, first_seed + infants):
        scenario = replace(SCENARIOS["quiet"], artefacts=1.0, **changes)
        rng = np.random.default_rng(seed)
        made = simulate(scenario, duration_s=HOUR_S, seed=seed, age_days=float(rng.uniform(0, 7)), rate_hz=RATE_HZ)
        for start in np.sort(rng.integers(0, (HOUR_S - 1) * RATE_HZ, PIECES)):
            shown = made.recording.samples.read_uv(range(19), 0, int(start), int(start) + RATE_HZ)[:, ::FOLD]
            found.append([shown[a] - shown[b] for a, b in ends])
    uv = np.array(found, dtype=float).reshape(infants, PIECES, len(PAIRS), PIECE)
    return Pieces(uv - uv.mean(axis=-1, keepdims=True))


def slope(spectrum: Floats, low_hz: int, high_hz: int) -> float:
    """By which power of the frequency does a spectrum (at 0, 1, 2, ... Hz) fall? The mains are left out."""
    hz = np.array([f for f in range(low_hz, high_hz + 1) if f not in (*MAINS, 12, 16)])
    return float(-np.polyfit(np.log(hz), np.log(spectrum[hz]), 1)[0])


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Some infants in numbers.

    1. `rms_uv`, `kurtosis`, `steps` (line length over RMS, per sample): quantiles over all pieces and channels.
    2. `spectrum_db[quantile, Hz]`: of uV^2/Hz.
    3. `infants_uv`, `exponents`, `changing`, `uneven`: of each infant, sorted: the median RMS, the fall of its
       spectrum from 2 to 11 Hz, the spread (robust SD of the log) of its loudness from second to second, and that
       among the channels of one second. `infant_exponents` are in the order of `infants_uv`.
    4. `chained`, `crossed`, `mirrored`: median correlation of bipolar channels that share an electrode in a chain,
       that lie beside each other in two chains, and that mirror each other.
    """

    rms_uv: Floats
    kurtosis: Floats
    steps: Floats
    spectrum_db: Floats
    infants_uv: Floats
    infant_exponents: Floats
    exponents: Floats
    changing: Floats
    uneven: Floats
    chained: float
    crossed: float
    mirrored: float


CHAINED = (("Fp2-F4", "F4-C4"), ("F4-C4", "C4-P4"), ("F3-C3", "C3-P3"), ("F8-T4", "T4-T6"), ("F7-T3", "T3-T5"))
CROSSED = (("F4-C4", "F8-T4"), ("F3-C3", "F7-T3"), ("C4-P4", "T4-T6"), ("C3-P3", "T3-T5"))
MIRRORED = (("F4-C4", "F3-C3"), ("C4-P4", "C3-P3"), ("Fp2-F4", "Fp1-F3"), ("P4-O2", "P3-O1"))


def looks(pieces: Pieces) -> Looks:
    """How loud, how fast, how shared, and how different from each other are these infants?"""
    rms, alive, power = pieces.rms_uv, pieces.alive, pieces.power
    connected = pieces.uv[alive]
    size = rms[alive]
    spectra = np.array([np.median(p[a], axis=0) for p, a in zip(power, alive, strict=True)])
    logs = [[np.log(r[a]) for r, a in zip(*infant, strict=True) if a.any()] for infant in zip(rms, alive, strict=True)]
    whole = pieces.uv[alive.all(axis=2)]
    related = np.median([np.corrcoef(piece) for piece in whole], axis=0)
    typical = np.array([np.median(r[a]) for r, a in zip(rms, alive, strict=True)])
    exponents = np.array([slope(s, 2, 11) for s in spectra])
    order = np.argsort(typical)

    def shared(pairs: tuple[tuple[str, str], ...]) -> float:
        return float(np.mean([related[PAIRS.index(a), PAIRS.index(b)] for a, b in pairs]))

    return Looks(
        rms_uv=np.percentile(size, QUANTILES),
        kurtosis=np.percentile((connected**4).mean(axis=1) / size**4, QUANTILES),
        steps=np.percentile(np.abs(np.diff(connected, axis=1)).mean(axis=1) / size, QUANTILES),
        spectrum_db=10 * np.log10(np.percentile(power[alive], QUANTILES, axis=0)),
        infants_uv=typical[order],
        infant_exponents=exponents[order],
        exponents=np.sort(exponents),
        changing=np.sort([_spread([np.median(second) for second in infant]) for infant in logs]),
        uneven=np.sort([np.median([_spread(second) for second in infant]) for infant in logs]),
        chained=shared(CHAINED),
        crossed=shared(CROSSED),
        mirrored=shared(MIRRORED),
    )


def _spread(values: npt.ArrayLike) -> float:
    return float(np.subtract(*np.percentile(values, [75, 25]))) / 1.349
