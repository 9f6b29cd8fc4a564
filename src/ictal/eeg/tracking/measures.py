"""What can be measured of a stay, to tell a discharge from a normal rhythm or an artefact?

Every measure is a ratio, a frequency or a time, so that it does not change with the gain of the recording.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter

import numpy as np
import numpy.typing as npt
import scipy.fft

from ictal.base.electrodes import mirror
from ictal.base.statistics import median, quantile
from ictal.eeg.detection.types import Scores
from ictal.eeg.signal.types import HIDING, INTERNAL_RATE_HZ
from ictal.eeg.tracking import shapes
from ictal.eeg.tracking.conduction import hann
from ictal.eeg.tracking.field import Field, basis, field_of
from ictal.eeg.tracking.places import Episode, Stay
from ictal.eeg.tracking.wave import Wave, wave_of

Array = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complex64]

AROUND_S = 900
"""How far before and after a stay the same electrode is looked at for what is usual there."""


@dataclass(frozen=True, slots=True)
class Measures:
    """One stay in numbers."""

    length: float
    """ln of its length in seconds."""
    movement_length: float
    """ln of the length in seconds of the whole movement it is part of."""
    evidence: float
    """Mean evidence of its seconds (nats), the weakest fifth, and the strongest fifth."""
    evidence_low: float
    evidence_high: float
    frequency_hz: float
    slowing: float
    """Frequency in its first third less that in its last, over the whole."""
    unsteadiness: float
    """Standard deviation of its frequency over its frequency."""
    growth: float
    """ln of its largest amplitude over that of its first three seconds."""
    size: float
    """ln of its median amplitude over what is usual at this electrode (median), and of its ninetieth percentile."""
    peak_size: float
    rank: float
    """Share of the seconds around whose amplitude is smaller than its median."""
    habit: float
    """Share of the seconds around, outside it, with the same rhythm at a like amplitude."""
    mirror_size: float
    """Amplitude of its rhythm at the mirror place over its own; 0 without such an electrode."""
    mirror_phase: float
    """Real part of the coherency with the mirror place at its rhythm: 1 in phase, -1 in antiphase."""
    midline: float
    """1 when it has no mirror place."""
    neighbour_size: float
    """Amplitude of the largest neighbour over its own."""
    harmonics: float
    """ln of the power at twice its frequency over the power between harmonics."""
    coupling: float
    """Bicoherence of its rhythm and the double (0-1): is the wave sharp and of one shape?"""
    purity: float
    """ln of the power of its line over that of the frequencies beside."""
    sharpness: float
    """ln of the mean slope over that of a sine of its frequency and mean size."""
    electrodes: float
    """How many electrodes there are: fields and averages depend on it."""
    field: Field
    wave: Wave
    fast: float
    """Share of its power above 14 Hz, as muscle has."""
    masked: float
    """Share of the seconds around, on all electrodes, that could not be read."""
    size_before: float
    """ln of the amplitude of the ten seconds before, and after, over its own."""
    size_after: float
    evidence_before: float
    """Evidence of the ten seconds before, and after."""
    evidence_after: float
    others_alike: float
    """Share of the electrodes that are active with its rhythm, and with another."""
    others_unlike: float
    larger: float
    """Share of the electrodes that are larger."""
    size_slope: float
    """Change of ln amplitude, and of frequency over frequency, over half its length."""
    frequency_slope: float


def _places() -> dict[str, str]:
    """Where each number of a stay is: that of a field or a wave within it."""
    own = [f.name for f in fields(Measures)]
    of_field = {_OF_FIELD.get(f.name, f.name): f"field.{f.name}" for f in fields(Field)}
    of_wave = {f.name: f"wave.{f.name}" for f in fields(Wave)}
    inner = {"field": of_field, "wave": of_wave}
    return {name: place for one in own for name, place in inner.get(one, {one: one}).items()}


_OF_FIELD = {"neighbour": "field_neighbour"}
_PLACES = _places()
NAMES = tuple(_PLACES)
values: Callable[[Measures], tuple[float, ...]] = attrgetter(*_PLACES.values())
"""The numbers of a stay in the order of `NAMES`."""


def measure(
    stay: Stay, episode: Episode, scores: Scores, uv: Array, around: Mapping[str, Sequence[str]], movement_s: float
) -> Measures:
    """What can be measured of this stay?

    `uv` is the prepared signal of the stay, `(n_electrodes, seconds * 64)`; `movement_s` the length of its track.
    """
    e = stay.electrode
    seconds = slice(episode.start_s + stay.start, episode.start_s + stay.stop)
    rhythm_hz, amplitude = scores.frequency_hz[e, seconds], scores.amplitude_uv[e, seconds]
    evidence = scores.evidence[e, seconds]
    hz = median(rhythm_hz)
    usual = _usual(scores, e, seconds, hz, median(amplitude))
    third = max(1, len(rhythm_hz) // 3)
    names = episode.electrodes
    other = mirror(names[e])
    twin = names.index(other) if other in names and other != names[e] else None
    beside = np.array([names.index(n) for n in around[names[e]]], dtype=np.intp)
    middle = median(amplitude) + 1e-6
    largest = max((shapes.middles(scores.amplitude_uv[:, seconds], beside, 0.5) / middle).tolist(), default=0.0)
    own = _windows(uv[e], 4, 1.0)
    shown, field = field_of(uv, e, hz, names)
    seen = shapes.seen_through(shown, uv, LEAST_SEEN)
    power = shapes.mean_power(own)
    wave = _wave(uv[e], power, hz)
    mirror_size, mirror_phase = _twin(own, _windows(uv[twin], 4, 1.0), hz) if twin is not None else (0.0, 0.0)
    return Measures(
        length=float(np.log(len(rhythm_hz))),
        movement_length=float(np.log(max(movement_s, 1.0))),
        evidence=float(evidence.mean()),
        evidence_low=quantile(evidence, 0.2),
        evidence_high=quantile(evidence, 0.8),
        frequency_hz=hz,
        slowing=(median(rhythm_hz[:third]) - median(rhythm_hz[-third:])) / hz,
        unsteadiness=float(rhythm_hz.std() / hz),
        growth=float(np.log((amplitude.max() + 1e-6) / (amplitude[:3].mean() + 1e-6))),
        size=float(np.log(middle / usual[0])),
        peak_size=float(np.log((quantile(amplitude, 0.9) + 1e-6) / usual[0])),
        rank=usual[1],
        habit=usual[2],
        mirror_size=mirror_size,
        mirror_phase=mirror_phase,
        midline=float(twin is None),
        neighbour_size=largest,
        harmonics=wave[0],
        coupling=wave[1],
        purity=wave[2],
        sharpness=wave[3],
        electrodes=float(len(names)),
        field=field,
        wave=wave_of(seen, uv[e], hz),
        fast=_fast(power),
        **_surroundings(stay, episode, scores, hz),
    )


LEAST_SEEN = 0.3
"""A wave is seen through the electrodes on which it is at least this large, against its centre."""
BESIDE_S = 10


def _surroundings(stay: Stay, episode: Episode, scores: Scores, hz: float) -> dict[str, float]:
    """What is before, after and beside the stay, and where it is heading (see `Measures`)."""
    e, start, stop = stay.electrode, episode.start_s + stay.start, episode.start_s + stay.stop
    within = slice(stay.start, stay.stop)
    amplitude = scores.amplitude_uv[e, start:stop]
    middle = median(amplitude) + 1e-6
    before, after = slice(max(0, start - BESIDE_S), max(0, start - 1)), slice(stop + 1, stop + BESIDE_S)
    flags = scores.flags[:, max(0, start - 6) : stop + 6]
    others = (episode.active[:, within], episode.frequency_hz[:, within], episode.amplitude_uv[:, within])
    alike, unlike, larger = shapes.beside(*others, e, hz)
    size_slope, frequency_slope = shapes.slopes(amplitude, scores.frequency_hz[e, start:stop], middle)
    said = {
        "masked": shapes.hidden_share(flags, HIDING),
        "others_alike": alike,
        "others_unlike": unlike,
        "larger": larger,
        "size_slope": size_slope,
        "frequency_slope": frequency_slope / hz,
    }
    for name, there in (("before", before), ("after", after)):
        beside, evidence = scores.amplitude_uv[e, there], scores.evidence[e, there]
        said[f"size_{name}"] = float(np.log(beside.mean() / middle + 1e-3)) if len(beside) else 0.0
        said[f"evidence_{name}"] = float(evidence.mean()) if len(evidence) else 0.0
    return said


def _fast(power: Array) -> float:
    per_hz = 2 * (len(power) - 1) / INTERNAL_RATE_HZ
    return float(power[int(14 * per_hz) :].sum() / (power[2:].sum() + 1e-9))


def _usual(scores: Scores, e: int, seconds: slice, hz: float, middle_uv: float) -> tuple[float, float, float]:
    """Median amplitude of the seconds around, the rank among them, and how habitual such a rhythm is there."""
    lo, hi = max(0, seconds.start - AROUND_S), min(scores.score.shape[1], seconds.stop + AROUND_S)
    amplitude = scores.amplitude_uv[e, lo:hi]
    inside = (max(0, seconds.start - 5 - lo), seconds.stop + 5 - lo)
    around = (amplitude, scores.score[e, lo:hi], scores.frequency_hz[e, lo:hi])
    return median(amplitude) + 1e-6, *shapes.usual(*around, inside, hz, np.float32(middle_uv))  # type: ignore[arg-type]


def _windows(x: Array, seconds: int, hop_s: float) -> Spectrum:
    n = min(round(seconds * INTERNAL_RATE_HZ), len(x))
    spectrum: Spectrum = scipy.fft.rfft(shapes.windowed(x, hann(n), round(hop_s * INTERNAL_RATE_HZ)), axis=1)
    return spectrum


def _line(hz: float, seconds: float, top: int) -> int:
    return min(max(round(hz * seconds), 1), top)


def _wave(x: Array, power: Array, hz: float) -> tuple[float, float, float, float]:
    """Harmonics, coupling, purity and sharpness of one wave (see `Measures`); `power` is the mean of its lines."""
    n = min(round(2 * INTERNAL_RATE_HZ), len(x))
    j = _line(hz, 2.0, n // 2 // 2)
    pairs = shapes.lines(x[None], basis(n, (j, 2 * j)), round(0.25 * INTERNAL_RATE_HZ))[0]
    said: tuple[float, float, float, float] = shapes.wave_numbers(
        x, power, _line(hz, 4.0, len(power) - 8), hz / INTERNAL_RATE_HZ, pairs
    )
    return said


def _twin(own: Spectrum, other: Spectrum, hz: float) -> tuple[float, float]:
    """Size and phase of the rhythm at the mirror place (see `Measures`)."""
    k = _line(hz, 4.0, own.shape[1] - 3)
    a, b = own[:, k - 1 : k + 2], other[:, k - 1 : k + 2]
    power = (float(np.sum(np.abs(a) ** 2)), float(np.sum(np.abs(b) ** 2)))
    phase = float(np.sum(a * np.conj(b)).real) / (np.sqrt(power[0] * power[1]) + 1e-9)
    return float(np.sqrt(power[1] / (power[0] + 1e-9))), phase
