"""The scores beside a twin of them: the same words of `detection/score.py` in loops, double precision and no tricks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.eeg.detection import score
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Scores
from ictal.eeg.signal.features import FAST, SLOW, Scale
from ictal.eeg.signal.stream import MARGIN_S, Block
from ictal.eeg.signal.types import Mask

Floats = npt.NDArray[np.float64]

RATE = 64
LABELS = ("Fp1-avg", "C3-avg", "Cz-avg", "O2-avg", "T8-avg")
LENGTHS_S = (60, 60, 61, 60, 60, 60, 60, 60, 33)


def twin_power(uv: npt.NDArray[np.float32], second: int, scale: Scale) -> Floats:
    """The spectrum around the middle of a second, which may be one of the margins."""
    fewer = RATE // scale.rate_hz
    slower = uv.astype(np.float64).reshape(-1, fewer).mean(axis=1)
    n = scale.window_s * scale.rate_hz
    middle = (MARGIN_S + second) * scale.rate_hz + scale.rate_hz // 2
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    piece = slower[middle - n // 2 : middle + n // 2] * window
    found: Floats = np.abs(np.fft.rfft(piece)[: scale.bins]) ** 2 * 2 / (scale.rate_hz * np.sum(window**2))
    return found


def twin_background(blocks: Sequence[Block], d: int, number: int, scale: Scale) -> Floats:
    """What a derivation stays below for 40 % of the time, made exponential's mean: the median of seven blocks.

    With less than five minutes around, no louder than 30 uV RMS, falling with the square of the frequency."""
    known = []
    for block in blocks[max(0, number - 3) : number + 4]:
        readable = [k for k in range(block.seconds) if not block.flags[d, k] & ~np.uint8(Mask.mains)]
        if len(readable) >= 20:
            powers = [twin_power(block.uv[d], k, scale) for k in readable[::2]]
            known.append(np.quantile(powers, 0.4, axis=0) / -np.log(0.6))
    if not known:
        return np.full(scale.bins, np.inf)
    level = np.log(np.maximum(np.median(known, axis=0), 1e-6))
    top = scale.bins - 1
    own = [np.exp(np.mean([level[min(max(k + j, 0), top)] for j in range(-2, 3)])) for k in range(top + 1)]
    if sum(block.seconds for block in blocks[max(0, number - 3) : number + 4]) >= 300:
        return np.array(own)
    return np.array([min(usual, 30**2 * 0.625 / max(k * scale.bin_hz, 0.625) ** 2) for k, usual in enumerate(own)])


def twin_evidence(power: Floats, background: Floats, lines: range) -> Floats:
    """Evidence of one second at every line."""

    def ratio(k: int) -> float:
        return max(float(power[k - 1 : k + 2].sum() / background[k - 1 : k + 2].sum()), 1e-6)

    evidence = []
    for k in lines:
        apart = min(max(0.5 * k, 3.0), 8.0)
        below, above = max(round(k - apart), 1), min(round(k + apart), len(power) - 2)
        excess = np.log(ratio(k))
        prominence = excess - np.log((ratio(below) + ratio(above)) / 2)
        evidence.append(max(min(excess, 4.0, prominence + 0.5), -1.0))
    return np.array(evidence)


SCALES = ((SLOW, range(5, 14)), (FAST, range(7, 53)))
"""0.625 to 1.625 Hz in windows of eight seconds, 1.75 to 13 Hz in windows of four."""


def twin_row(blocks: Sequence[Block], number: int, d: int) -> list[list[float]]:
    """Score, evidence, frequency, amplitude of a derivation in a block, and the lead of its best frequency."""
    block = blocks[number]
    powers = [[twin_power(block.uv[d], k, scale) for k in range(-4, block.seconds + 4)] for scale, _ in SCALES]
    usual = [twin_background(blocks, d, number, scale) for scale, _ in SCALES]
    each = [
        np.concatenate([twin_evidence(powers[s][k], usual[s], SCALES[s][1]) for s in range(2)])
        for k in range(block.seconds + 8)
    ]
    places = [(s, line) for s in range(2) for line in SCALES[s][1]]
    row = []
    for k in range(block.seconds):
        mean = np.mean(each[k : k + 9], axis=0)
        best = int(mean.argmax())
        s, line = places[best]
        bin_hz = SCALES[s][0].bin_hz
        hidden = block.flags[d, k] & ~np.uint8(Mask.mains)
        value = 0.0 if hidden else 1 / (1 + np.exp(-(mean[best] - 1.4) / 0.3))
        amplitude_uv = 2 * np.sqrt(2 * powers[s][k + 4][line - 2 : line + 3].sum() * bin_hz)
        row.append([value, mean[best], line * bin_hz, amplitude_uv, mean[best] - np.sort(mean)[-2]])
    return row


def twin_scores(blocks: Sequence[Block]) -> tuple[Scores, Floats]:
    """All scores, and by how much the best frequency of each second is better than the next."""
    rows = [np.concatenate([twin_row(blocks, number, d) for number in range(len(blocks))]) for d in range(len(LABELS))]
    value, evidence, hz, amplitude_uv, lead = np.moveaxis(np.array(rows), 2, 0)
    flags = np.concatenate([b.flags for b in blocks], axis=1)
    single = [x.astype(np.float32) for x in (value, evidence, hz, amplitude_uv)]
    return Scores(LABELS, single[0], single[1], single[2], single[3], flags), lead


@pytest.fixture(scope="module")
def blocks() -> tuple[Block, ...]:
    """Coloured noise with rhythms that come and go; one derivation never readable, one in part, one with mains."""
    rng = np.random.default_rng(7)
    total = (sum(LENGTHS_S) + 2 * MARGIN_S) * RATE
    white = np.fft.rfft(rng.normal(size=(len(LABELS), total)))
    hz = np.fft.rfftfreq(total, 1 / RATE)
    uv = np.fft.irfft(white * 60 / np.maximum(hz, 0.5), total)
    t = np.arange(total) / RATE
    uv[1] += 40 * np.sin(2 * np.pi * 3.1 * t) * ((t > 100) & (t < 160))
    uv[3] += 25 * np.sin(2 * np.pi * (7 - 0.02 * t) * t) * ((t > 250) & (t < 330))
    flags = np.zeros((len(LABELS), sum(LENGTHS_S)), dtype=np.uint8)
    flags[0] = Mask.flat
    flags[2, rng.random(flags.shape[1]) < 0.7] = Mask.movement
    flags[4, ::3] = Mask.mains
    found, start_s = [], 0
    for seconds in LENGTHS_S:
        wide = uv[:, start_s * RATE : (start_s + seconds + 2 * MARGIN_S) * RATE].astype(np.float32)
        found.append(Block(start_s, seconds, wide, flags[:, start_s : start_s + seconds]))
        start_s += seconds
    return tuple(found)


def test_scores_are_those_of_the_twin(blocks: tuple[Block, ...]) -> None:
    settings = DetectionSettings()
    found = score.annotate(iter(blocks), LABELS, settings)
    twin, lead = twin_scores(blocks)
    np.testing.assert_allclose(found.score, twin.score, atol=2e-4)
    np.testing.assert_allclose(found.evidence, twin.evidence, atol=2e-4)
    clear = lead > 1e-3
    assert clear[1:].mean() > 0.9  # of the first, which is never readable, no frequency is better than another
    np.testing.assert_array_equal(found.frequency_hz[clear], twin.frequency_hz[clear])
    np.testing.assert_allclose(found.amplitude_uv[clear], twin.amplitude_uv[clear], rtol=1e-4)
    np.testing.assert_array_equal(found.flags, twin.flags)


def test_the_recording_of_the_twin_has_rhythms_and_the_scores_find_them(blocks: tuple[Block, ...]) -> None:
    found = score.annotate(iter(blocks), LABELS, DetectionSettings())
    inside = found.frequency_hz[1, 100:140]
    assert np.median(found.score[1, 100:140]) > 0.9
    assert abs(np.median(inside) - 3.1) <= 0.25
    assert found.score[0].max() == 0.0


@given(
    slowest_hz=st.sampled_from([0.5, 0.75, 1.0, 2.25, 3.0]),
    fastest_hz=st.sampled_from([6.0, 9.5, 13.0, 15.0]),
    seed=st.integers(0, 2**16),
)
def test_evidence_is_that_of_the_twin_whatever_the_band(slowest_hz: float, fastest_hz: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    for band in score.bands(DetectionSettings(slowest_hz=slowest_hz, fastest_hz=fastest_hz)):
        power = rng.lognormal(sigma=2.0, size=(2, 3, band.scale.bins)).astype(np.float32)
        background = rng.lognormal(size=(2, band.scale.bins)).astype(np.float32)
        found = score.evidence_of(power, background, band)
        for d in range(2):
            for k in range(3):
                lines = range(band.first, band.last + 1)
                expected = twin_evidence(power[d, k].astype(float), background[d].astype(float), lines)
                np.testing.assert_allclose(found[d, k], expected, atol=2e-5)


@given(
    slowest_hz=st.sampled_from([0.5, 0.625, 1.0, 1.75, 2.25, 3.0]), fastest_hz=st.sampled_from([6.0, 9.5, 13.0, 15.0])
)
def test_bands_hold_every_frequency_once_in_order(slowest_hz: float, fastest_hz: float) -> None:
    bands = score.bands(DetectionSettings(slowest_hz=slowest_hz, fastest_hz=fastest_hz))
    hz = np.concatenate([band.frequencies_hz for band in bands])
    assert (hz[0], hz[-1]) == (slowest_hz, fastest_hz)
    assert np.all(np.diff(hz) > 0)
    assert np.all(np.diff(hz) <= 0.25)


def test_a_recording_too_short_for_a_background_has_no_score_to_speak_of_and_no_nan(blocks: tuple[Block, ...]) -> None:
    short = Block(0, 12, blocks[0].uv[:, : (12 + 2 * MARGIN_S) * RATE], blocks[0].flags[:, :12])
    found = score.annotate(iter([short]), LABELS, DetectionSettings())
    assert np.isfinite(found.evidence).all()
    assert found.score.max() < 1e-3


@pytest.mark.parametrize(("size_uv", "more"), [(80.0, True), (5.0, False)])
def test_a_large_rhythm_that_fills_a_short_recording_is_not_its_own_background(size_uv: float, more: bool) -> None:
    """A seizure may fill 50 s, and its size tells; one that is small is judged against itself as ever."""
    seconds = 50
    rng = np.random.default_rng(5)
    n = (seconds + 2 * MARGIN_S) * RATE
    hz = np.fft.rfftfreq(n, 1 / RATE)
    swing = np.fft.irfft(np.fft.rfft(rng.normal(size=(len(LABELS), n))) * (np.abs(hz - 3) < 0.5), n)
    uv = (rng.normal(0, 8, swing.shape) + size_uv * swing / swing.std()).astype(np.float32)
    flags = np.zeros((len(LABELS), seconds), dtype=np.uint8)
    block = Block(0, seconds, uv, flags)
    ever, short = (
        float(np.median(score.annotate(iter([block]), LABELS, DetectionSettings(short_s=s)).evidence))
        for s in (0.0, 300.0)
    )
    assert short > ever + 0.5 if more else short == pytest.approx(ever, abs=0.05)
