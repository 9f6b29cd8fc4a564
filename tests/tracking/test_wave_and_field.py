"""What a wave and a field look like, on signals whose shape is known."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, electrode
from ictal.eeg.tracking.conduction import Together
from ictal.eeg.tracking.field import field_of
from ictal.eeg.tracking.wave import wave_of

RATE, HZ, SECONDS = 64, 4.0, 20
T = np.arange(SECONDS * RATE) / RATE
NAMES = tuple(TEN_TWENTY)


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def sine(hz: float = HZ, phase: float = 0.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * T + phase)


def dipole(source: tuple[float, float, float], moment: tuple[float, float, float]) -> np.ndarray:
    away = np.array([electrode(n).position for n in NAMES]) - np.array(source)
    shown = away @ np.array(moment) / np.linalg.norm(away, axis=1) ** 3
    return shown - shown.mean()


def sharp(phase: float) -> np.ndarray:
    return sum(0.6**k * np.cos(2 * np.pi * (k + 1) * HZ * T + k * phase) for k in range(4))


@pytest.mark.parametrize("phase", [0.0, 1.0, 2.5])
def test_a_sharp_wave_has_harmonics_in_step_and_a_sine_has_none(phase):
    smooth = sine() + 0.2 * noise(1, len(T))
    pointed = sharp(phase) + 0.2 * noise(1, len(T))
    one, other = (wave_of(x, x.astype(np.float32), HZ) for x in (smooth, pointed))
    assert other.second > one.second + 0.7
    assert other.second_lock > one.second_lock + 1
    assert other.third_lock > one.third_lock + 1


def test_noise_beside_a_sine_is_not_taken_for_harmonics():
    """A second rhythm of its own at the double frequency is not in step either."""
    beats = sine() + 0.5 * np.sin(2 * np.pi * 2.13 * HZ * T)
    wave = wave_of(beats, beats.astype(np.float32), HZ)
    assert wave.second < np.log(0.15)


def test_a_rhythm_repeats_and_noise_does_not():
    rhythm, plain = (wave_of(x, x.astype(np.float32), HZ) for x in (sine() + 0.1 * noise(2, len(T)), noise(3, len(T))))
    assert min(rhythm.repeats_1, rhythm.repeats_2, rhythm.repeats_4) > 0.9
    assert plain.repeats_4 < 0.4
    assert rhythm.explained > 0.9 > plain.explained


def test_a_wave_that_grows_begins_small_and_ends_large():
    growing = sine() * np.linspace(0.1, 2, len(T))
    wave = wave_of(growing, growing.astype(np.float32), HZ)
    assert wave.early < -0.5 < 0.3 < wave.late


@pytest.mark.parametrize("gain", [0.5, 2.0, 40.0])
def test_gain_changes_neither_wave_nor_field(gain):
    uv = (np.outer(dipole((0.4, 0, 0.5), (0, 0, 1)), sharp(1.0)) * 20 + noise(4, len(NAMES), len(T))).astype(np.float32)
    for a, b in (
        (wave_of(uv[3].astype(float), uv[3], HZ), wave_of(gain * uv[3].astype(float), gain * uv[3], HZ)),
        (field_of(uv, 3, HZ, NAMES)[1], field_of(gain * uv, 3, HZ, NAMES)[1]),
    ):
        for name in a.__dataclass_fields__:
            assert getattr(b, name) == pytest.approx(getattr(a, name), abs=1e-3)


@pytest.mark.parametrize("source", [(0.5, 0.2, 0.6), (-0.6, -0.3, 0.3)])
def test_the_field_of_one_source_is_explained_by_one_source(source):
    shown = dipole(source, source)
    uv = (np.outer(shown, sine()) * 20 + 0.05 * noise(5, len(NAMES), len(T))).astype(np.float32)
    top = int(np.abs(shown).argmax())
    seen, field = field_of(uv, top, HZ, NAMES)
    assert field.dipole > 0.9
    assert field.one_source > 0.95
    assert seen == pytest.approx(shown / shown[top], abs=0.05)


def test_an_electrode_alone_is_no_source():
    uv = noise(6, len(NAMES), len(T)).astype(np.float32) * 0.2
    uv[4] += sine()
    _, alone = field_of(uv, 4, HZ, NAMES)
    assert alone.extent < 1.5 / len(NAMES)
    assert alone.neighbour < 0.3


def test_one_source_moves_together_and_two_do_not():
    rhythm = np.full(SECONDS, HZ, dtype=np.float32)
    pair = np.array([sine(), -0.4 * sine()]) + 0.05 * noise(7, 2, len(T))
    assert Together(pair.astype(np.float32)).in_phase(0, 1, rhythm).min() > 0.95
    quarter = np.array([sine(), sine(phase=np.pi / 2)])
    assert Together(quarter.astype(np.float32)).in_phase(0, 1, rhythm).max() < 0.1
    other = np.array([sine(), sine(HZ * 1.06)])
    assert np.median(Together(other.astype(np.float32)).in_phase(0, 1, rhythm)) < 0.75


def test_where_a_second_source_takes_over_is_seen_to_the_second():
    """Until the tenth second one source is seen at both places; then the second place has a rhythm of its own."""
    rhythm = np.full(SECONDS, HZ, dtype=np.float32)
    own = np.where(T < 10, 0.5 * sine(), np.sin(2 * np.pi * 4.4 * T + 1))
    share = Together(np.array([sine(), own]).astype(np.float32)).in_phase(0, 1, rhythm)
    assert share[:7].min() > 0.95
    assert share[13:].max() < 0.85
