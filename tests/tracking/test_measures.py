"""What is measured of one stay, on a recording of 300 s whose every number is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from ictal.base.electrodes import TEN_TWENTY, mirror, neighbours
from ictal.eeg.detection.types import Scores
from ictal.eeg.signal.types import Mask
from ictal.eeg.tracking.field import field_of
from ictal.eeg.tracking.measures import NAMES, Measures, measure, values
from ictal.eeg.tracking.places import Episode, Stay

RATE, HZ = 64, 5.0
START, STOP = 100, 130
N = len(TEN_TWENTY)
AROUND = neighbours(TEN_TWENTY)
T = np.arange((STOP - START) * RATE) / RATE


def at(name: str) -> int:
    return TEN_TWENTY.index(name)


def quiet() -> Scores:
    """10 uV of 2 Hz that nobody takes for a discharge, 300 s of it."""
    shape = (N, 300)
    made = [np.full(shape, v, np.float32) for v in (0.1, 0.0, 2.0, 10.0)]
    return Scores(tuple(f"{e}-avg" for e in TEN_TWENTY), *made, np.zeros(shape, np.uint8))


def with_seizure(electrode: str = "T7", scores: Scores | None = None, uv: float = 40.0) -> Scores:
    scores = scores or quiet()
    part = at(electrode), slice(START, STOP)
    scores.score[part], scores.evidence[part], scores.frequency_hz[part], scores.amplitude_uv[part] = 0.9, 2.0, HZ, uv
    return scores


def wave(**others: np.ndarray) -> np.ndarray:
    """A sine of 5 Hz at T7 in a little noise, and what else there is."""
    uv = 0.02 * np.random.default_rng(1).normal(size=(N, len(T)))
    for name, x in {"T7": np.sin(2 * np.pi * HZ * T), **others}.items():
        uv[at(name)] += 20 * x
    return uv.astype(np.float32)


def measured(scores: Scores, electrode: str = "T7", uv: np.ndarray | None = None, active: str = "") -> Measures:
    """Of the stay from 100 to 130 s, in an episode from 90 to 140 s."""
    here = slice(START - 10, STOP + 10)
    on = np.zeros((N, 50), dtype=bool)
    for name in (electrode, *active.split()):
        on[at(name), 10:40] = True
    episode = Episode(
        START - 10, TEN_TWENTY, on, scores.amplitude_uv[:, here], scores.frequency_hz[:, here], np.ones_like(on)
    )
    return measure(Stay(10, 40, at(electrode), 0), episode, scores, wave() if uv is None else uv, AROUND, 45.0)


def test_length_evidence_rhythm_and_size_are_those_of_its_seconds():
    scores = with_seizure()
    scores.evidence[at("T7"), START : START + 15] = 1.0
    m = measured(scores)
    assert (m.length, m.movement_length) == pytest.approx((math.log(30), math.log(45)))
    assert (m.evidence, m.evidence_low, m.evidence_high) == (1.5, 1.0, 2.0)
    assert (m.frequency_hz, m.slowing, m.unsteadiness) == (5.0, 0.0, 0.0)
    assert (m.size, m.peak_size, m.growth) == pytest.approx((math.log(4), math.log(4), 0.0), abs=1e-6)
    assert (m.electrodes, m.midline) == (19, 0)
    assert m.neighbour_size == pytest.approx(10 / 40)


def test_a_rhythm_that_slows_and_grows_says_so():
    """6 to 4 Hz in a straight line is a change by half of the middle between the ends; e-fold growth is 1 over it."""
    scores = with_seizure()
    steps = np.linspace(-1, 1, 30)
    scores.frequency_hz[at("T7"), START:STOP] = 5 - steps
    scores.amplitude_uv[at("T7"), START:STOP] = 40 * np.exp(steps / 2)
    m = measured(scores)
    assert m.slowing == pytest.approx((5 + steps[-5:-4].item() - (5 - steps[-5:-4].item())) / 5, abs=0.03)
    assert m.unsteadiness == pytest.approx(steps.std() / 5, abs=1e-5)
    assert (m.size_slope, m.frequency_slope) == pytest.approx((0.5, -1 / 5), abs=2e-3)
    assert m.growth == pytest.approx(0.5 - math.log(np.exp(steps[:3] / 2).mean()), abs=1e-4)
    back = with_seizure()
    for name in ("frequency_hz", "amplitude_uv"):
        getattr(back, name)[at("T7"), START:STOP] = getattr(scores, name)[at("T7"), START:STOP][::-1]
    turned = measured(back)
    assert (turned.slowing, turned.size_slope) == pytest.approx((-m.slowing, -m.size_slope), abs=1e-6)


def test_rank_and_habit_count_the_seconds_around():
    """Of 300 s, 60 are larger; of 260 s outside, five seconds beyond each end, 52 have the same rhythm."""
    scores = with_seizure()
    scores.amplitude_uv[at("T7"), :60] = 90.0
    plain = measured(scores)
    assert (plain.rank, plain.habit) == pytest.approx((210 / 300, 0.0))
    part = at("T7"), slice(200, 252)
    scores.score[part], scores.frequency_hz[part], scores.amplitude_uv[part] = 0.9, HZ + 0.9, 25.0
    assert measured(scores).habit == pytest.approx(52 / 260)
    assert measured(scores).rank == pytest.approx(210 / 300)
    for change in ({"score": 0.4}, {"frequency_hz": HZ + 1.1}, {"amplitude_uv": 23.0}):
        ((name, value),) = change.items()
        other = replace(scores, **{name: getattr(scores, name).copy()})
        getattr(other, name)[part] = value
        assert measured(other).habit == 0.0, name
    near = with_seizure()
    part = at("T7"), slice(STOP, STOP + 5)
    near.score[part], near.frequency_hz[part], near.amplitude_uv[part] = 0.9, HZ, 40.0
    assert measured(near).habit == 0.0  # the five seconds beside it are its own


@pytest.mark.parametrize(("size", "phase", "said"), [(0.5, 0.0, 1.0), (0.5, np.pi, -1.0), (2.0, np.pi / 2, 0.0)])
def test_the_mirror_place_in_size_and_phase(size, phase, said):
    m = measured(with_seizure(), uv=wave(T8=size * np.sin(2 * np.pi * HZ * T + phase)))
    assert (m.mirror_size, m.mirror_phase) == pytest.approx((size, said), abs=0.01)


def test_the_midline_has_no_mirror_place():
    m = measured(with_seizure("Cz"), "Cz", wave(Cz=np.sin(2 * np.pi * HZ * T)))
    assert (m.midline, m.mirror_size, m.mirror_phase) == (1, 0, 0)


SINE = np.sin(2 * np.pi * HZ * T)


def test_power_above_14_hz_is_fast_and_below_is_not():
    muscle = np.sin(2 * np.pi * 22 * T)
    for other, share in ((0 * T, 0.0), (np.sin(2 * np.pi * 12 * T), 0.0), (muscle, 0.5), (np.sqrt(3) * muscle, 0.75)):
        assert measured(with_seizure(), uv=wave(T7=SINE + other)).fast == pytest.approx(share, abs=0.01)


def test_a_double_in_step_is_a_harmonic_and_couples_and_one_out_of_step_does_not():
    plain, doubled, loose = (
        measured(with_seizure(), uv=wave(T7=SINE + size * np.sin(2 * np.pi * hz * T)))
        for size, hz in ((0.0, 1.0), (0.5, 10.0), (0.5, 9.6))
    )
    assert doubled.harmonics > plain.harmonics + 2
    assert doubled.coupling > 0.98
    assert loose.coupling < 0.6
    assert plain.purity > 1
    assert abs(plain.sharpness) < 0.02  # a sine is as steep as a sine
    assert doubled.sharpness > 0.1


def test_what_is_before_after_and_beside():
    scores = with_seizure()
    row = at("T7")
    scores.amplitude_uv[row, START - 10 : START] = 20.0
    scores.amplitude_uv[row, STOP : STOP + 10] = 80.0
    scores.evidence[row, START - 10 : START], scores.evidence[row, STOP : STOP + 10] = 0.5, -0.5
    scores.flags[:3, START - 6 : START] = Mask.movement
    for name, hz in (("C3", 5.8), ("P7", 3.5)):
        scores.frequency_hz[at(name), START:STOP] = hz
    scores.amplitude_uv[at("O1"), START:STOP] = 41.0
    m = measured(scores, active="C3 P7")
    assert (m.size_before, m.size_after) == pytest.approx((math.log(0.5), math.log(2)), abs=3e-3)
    assert (m.evidence_before, m.evidence_after) == (0.5, -0.5)
    assert (m.others_alike, m.others_unlike, m.larger) == pytest.approx((2 / 19, 1 / 19, 1 / 19))
    assert m.masked == pytest.approx(3 * 6 / (19 * 42))


def test_at_either_end_of_a_recording_there_is_nothing_beside():
    scores = with_seizure()
    shorter = Scores(
        scores.labels,
        *(getattr(scores, n)[:, START:STOP] for n in ("score", "evidence", "frequency_hz", "amplitude_uv", "flags")),
    )
    on = np.zeros((N, STOP - START), dtype=bool)
    on[at("T7")] = True
    episode = Episode(0, TEN_TWENTY, on, shorter.amplitude_uv, shorter.frequency_hz, np.ones_like(on))
    m = measure(Stay(0, STOP - START, at("T7"), 0), episode, shorter, wave(), AROUND, 30.0)
    assert (m.size_before, m.size_after, m.evidence_before, m.evidence_after) == (0, 0, 0, 0)
    assert (m.size, m.rank, m.habit) == pytest.approx((0, 0, 0), abs=1e-6)


def test_a_mirrored_head_gives_the_same_numbers():
    uv = wave(P7=0.5 * np.sin(2 * np.pi * HZ * T + 0.3), C4=0.7 * np.sin(2 * np.pi * 7.3 * T))
    order = [at(mirror(e)) for e in TEN_TWENTY]
    ours, theirs = measured(with_seizure(), uv=uv), measured(with_seizure("T8"), "T8", uv[order])
    for name, value in zip(NAMES, values(ours), strict=True):
        assert dict(zip(NAMES, values(theirs), strict=True))[name] == pytest.approx(value, abs=2e-4), name


def test_a_field_counts_who_moves_with_the_centre_and_how_late():
    """Of 19 electrodes three move with T7: one in step, one against it, one a quarter cycle late."""
    sine = np.sin(2 * np.pi * HZ * T)
    uv = wave(P7=0.5 * sine, O2=-0.25 * sine, F7=0.5 * np.sin(2 * np.pi * HZ * T + np.pi / 2))
    shown, field = field_of(uv, at("T7"), HZ, TEN_TWENTY)
    assert field.coherent == pytest.approx(4 / 19)
    assert [shown[at(e)] for e in ("T7", "P7", "O2", "F7")] == pytest.approx([1, 0.5, -0.25, 0], abs=0.01)
    assert field.delayed == pytest.approx(0.25 / (0.25 + 0.0625 + 0.25), abs=0.02)
    assert field.far == pytest.approx(1.0, abs=0.01)
    assert field.neighbour == pytest.approx(0.5, abs=0.01)
    assert field.one_source == pytest.approx(1.0, abs=0.01)
    assert field.extent == pytest.approx((1 + 0.25 + 0.0625) ** 2 / (1 + 0.0625 + 0.0039) / 19, abs=0.005)
