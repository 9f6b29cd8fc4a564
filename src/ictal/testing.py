"""The contract of detectors, as tests: subclass `DetectorContract`, say which detector, and let pytest run it.

    from ictal.testing import DetectorContract
    from mine import Detector

    class TestMine(DetectorContract):
        def detector(self):
            return Detector()

Nothing here needs pytest: the methods raise `AssertionError`, or `unittest.SkipTest` where a test does not apply, so
any runner can call them. Recordings are made from seeds; none is a patient's.

Knows: `base` and the line of `eeg` up to detection.
Must not know: tracking, files, the simulator.
Read first: `DetectorContract`.
"""

from __future__ import annotations

import gc
import math
import unittest
import weakref
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import TEN_TWENTY, angle_between
from ictal.base.time import Interval, to_sample
from ictal.eeg.detection import plugins
from ictal.eeg.detection.protocol import Detector
from ictal.eeg.detection.rule import Rule
from ictal.eeg.detection.types import Discharge, Mark, Scores
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal import montage as montages
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import BLOCK_S, Block, Preparer
from ictal.eeg.signal.types import Montage

Samples = npt.NDArray[np.float64]
Told = tuple[Discharge, ...] | tuple[Mark, ...]

FINE_HZ, RATE_HZ, LENGTH_S = 1024.0, 256.0, 300
SEIZURE = Interval(140.0, 190.0)
PLACE = "O1"
ODD_RATES_HZ = (100.0, 173.61, 512 / 3, 200.5)
BACKGROUND_UV, RHYTHM_UV = 15.0, 150.0
GAP = Interval(170.0, 200.0)


@lru_cache(maxsize=2)
def planted_uv(seed: int = 20) -> Samples:
    """Background of 15 uV with a slowing rhythm around O1 from 140 to 190 s, 19 electrodes at 1024 Hz, up to 30 Hz."""
    rng = np.random.default_rng(seed)
    n = round(LENGTH_S * FINE_HZ)
    frequency_hz = np.fft.rfftfreq(n, 1 / FINE_HZ)
    low = frequency_hz < 30.0
    time_s = np.arange(n) / FINE_HZ
    since_s = time_s - SEIZURE.start_s
    rhythm = RHYTHM_UV / 2 * np.sin(2 * np.pi * (5.5 - 0.0125 * since_s) * since_s)
    rhythm *= (time_s >= SEIZURE.start_s) & (time_s < SEIZURE.stop_s)
    uv = np.empty((len(TEN_TWENTY), n))
    for row, name in enumerate(TEN_TWENTY):
        spectrum = np.zeros(len(frequency_hz), dtype=complex)
        spectrum[low] = rng.standard_normal(low.sum()) + 1j * rng.standard_normal(low.sum())
        spectrum /= np.maximum(frequency_hz, 0.5)
        uv[row] = np.fft.irfft(spectrum, n)
        uv[row] *= BACKGROUND_UV / uv[row].std()
        uv[row] += math.exp(-((angle_between(PLACE, name) / 0.6) ** 2)) * rhythm
    uv.flags.writeable = False
    return uv


def planted(rate_hz: float = RATE_HZ, first_s: float = 0.0) -> Samples:
    """The same from a second on, at a rate, `(19, n)`."""
    time_s = first_s + np.arange(math.floor((LENGTH_S - first_s) * rate_hz)) / rate_hz
    fine_s = np.arange(round(LENGTH_S * FINE_HZ)) / FINE_HZ
    return np.array([np.interp(time_s, fine_s, row) for row in planted_uv()])


def recording_of(
    uv: Samples,
    rate_hz: float = RATE_HZ,
    labels: Sequence[str] = TEN_TWENTY,
    segments: Sequence[Interval] | None = None,
) -> Recording:
    """These samples as a recording."""
    return from_arrays(uv, rate_hz, list(labels), segments=segments)


def with_gap() -> Recording:
    """The planted recording without what lies in `GAP`."""
    uv = planted()
    first, last = (to_sample(t, RATE_HZ) for t in (GAP.start_s, GAP.stop_s))
    spans = (Interval(0.0, GAP.start_s), Interval(GAP.stop_s, float(LENGTH_S)))
    return recording_of(np.concatenate([uv[:, :first], uv[:, last:]], axis=1), segments=spans)


class DetectorContract:
    """What every detector must keep. Override `detector`, and the tolerances where yours says so in its own page."""

    tolerance = 0.2
    """Largest share of the seconds found that may differ when a recording is scaled, shifted or resampled."""
    keeps_scale = True
    """Does the answer stay when every amplitude is halved or doubled?"""
    finds_rhythm = True
    """Does it find a rhythm of 5 Hz, ten times as large as the background, that lasts 50 s?"""
    most_blocks = 16
    """How many blocks it may hold at a time (a block is 224 s)."""

    def detector(self) -> Detector:
        """The detector to test, made anew."""
        raise NotImplementedError("Override `detector` to return the detector that is to be tested.")

    # --- what it says of itself

    def test_it_has_a_name_a_version_and_a_stage(self) -> None:
        detector = plugins.usable(self.detector())
        _expect(bool(detector.name.strip()), "its name is empty")
        _expect(detector.name == self.detector().name, "its name changes from one to the next")
        _expect(detector.version == self.detector().version, "its version changes from one to the next")

    # --- what it answers

    def test_nothing_gives_nothing(self) -> None:
        flat = recording_of(np.zeros((len(TEN_TWENTY), round(60 * RATE_HZ))))
        _expect(not self._told(flat), "it found something in a recording that is flat")

    def test_a_recording_of_three_seconds_can_be_read(self) -> None:
        self._told(recording_of(planted()[:, : round(3 * RATE_HZ)]))

    def test_answers_are_in_order_and_inside_the_recording(self) -> None:
        told = self._said(recording_of(planted()))
        spans = [(one.start_s, one.stop_s) for one in told]
        _expect(spans == sorted(spans), "its answers are not in order of onset")
        for one in told:
            _expect(0 <= one.start_s < one.stop_s <= LENGTH_S, f"it said {one.start_s:g} to {one.stop_s:g} s")

    def test_the_same_recording_gives_the_same_answer(self) -> None:
        recording, detector = recording_of(planted()), self.detector()
        first = self._told(recording, detector)
        _expect(first == self._told(recording, detector), "asked twice, it answered differently")
        _expect(first == self._told(recording), "made anew, it answered differently")

    def test_a_rhythm_that_stands_out_is_found(self) -> None:
        if not self.finds_rhythm:
            raise unittest.SkipTest("this detector does not say that it finds rhythms")
        found = _seconds(self._told(recording_of(planted())))
        inside = found[:, int(SEIZURE.start_s) : int(SEIZURE.stop_s)].any(axis=0)
        share = float(inside.mean())
        _expect(share >= 0.5, f"it found {share:.0%} of the seconds of the rhythm")

    # --- what must not change the answer

    def test_half_and_double_the_amplitude_give_the_same(self) -> None:
        if not self.keeps_scale:
            raise unittest.SkipTest("this detector says that it depends on the scale")
        plain = self._told(recording_of(planted()))
        for factor in (0.5, 2.0):
            self._alike(plain, self._told(recording_of(factor * planted())), f"with {factor:g} times the amplitude")

    def test_a_later_start_shifts_the_answer(self) -> None:
        late_s = 32.0
        plain, later = self._told(recording_of(planted())), self._told(recording_of(planted(first_s=late_s)))
        self._alike(plain, later, f"when the recording begins {late_s:g} s later", late_s, first_s=late_s + 30)

    def test_the_order_of_channels_does_not_matter(self) -> None:
        order = np.random.default_rng(3).permutation(len(TEN_TWENTY))
        mixed = recording_of(planted()[order], labels=[TEN_TWENTY[k] for k in order])
        self._alike(self._told(recording_of(planted())), self._told(mixed), "with the channels in another order")

    def test_odd_rates_give_the_same(self) -> None:
        plain = self._told(recording_of(planted()))
        for rate_hz in ODD_RATES_HZ:
            told = self._told(recording_of(planted(rate_hz), rate_hz))
            self._alike(plain, told, f"at {rate_hz:g} Hz")

    # --- what was not recorded, and what is no number

    def test_nothing_is_said_of_a_gap(self) -> None:
        for one in self._said(with_gap()):
            shared_s = GAP.overlap_s(Interval(one.start_s, one.stop_s))
            _expect(shared_s == 0, f"it said {one.start_s:g} to {one.stop_s:g} s, {shared_s:g} s of it in a gap")

    def test_samples_that_are_no_numbers_do_no_harm(self) -> None:
        uv = planted()
        uv[TEN_TWENTY.index("F8")] = np.nan
        uv[TEN_TWENTY.index("Cz"), round(150 * RATE_HZ) : round(160 * RATE_HZ)] = np.nan
        for one in self._told(recording_of(uv)):
            _expect(math.isfinite(one.start_s) and math.isfinite(one.stop_s), "it gave a time that is no number")

    # --- how it treats what it is given

    def test_what_is_given_is_not_changed(self) -> None:
        recording = recording_of(planted())
        blocks = list(_preparer(recording).blocks())
        before = [(b.uv.copy(), b.flags.copy()) for b in blocks]
        self._told(recording, blocks=blocks)
        for block, (uv, flags) in zip(blocks, before, strict=True):
            _expect(np.array_equal(block.uv, uv) and np.array_equal(block.flags, flags), "it changed a block")
        same = recording_of(planted())
        channels, count = range(len(TEN_TWENTY)), round(LENGTH_S * RATE_HZ)
        kept = [r.samples.read_uv(channels, 0, 0, count) for r in (recording, same)]
        _expect(np.array_equal(kept[0], kept[1]), "it changed the samples of the recording")

    def test_only_a_few_blocks_are_held(self) -> None:
        detector = plugins.usable(self.detector())
        if plugins.stages_of(detector)[0] not in ("find", "score"):
            raise unittest.SkipTest("this detector takes no blocks")
        held = _Held(4, 3 * self.most_blocks // 2)
        recording = recording_of(np.zeros((4, round(held.count * BLOCK_S * 32.0))), 32.0, ("C3", "C4", "O1", "O2"))
        montage = montages.build(recording)
        shape = (len(montage.labels), held.count * BLOCK_S)
        nothing = np.zeros(shape, dtype=np.float32)
        empty = Scores(montage.labels, *(nothing,) * 4, nothing.astype(np.uint8))
        plugins.ask(detector, recording, montage, held.blocks, (Rule(), empty))
        _expect(held.most <= self.most_blocks, f"it held {held.most} blocks at a time ({self.most_blocks} are allowed)")

    # --- how it is asked

    def _told(
        self, recording: Recording, detector: Detector | None = None, blocks: Sequence[Block] | None = None
    ) -> Told:
        """What it finds, checked as `ictal analyse` checks it."""
        montage, stream, rule = _asked(recording)
        chosen = detector or self.detector()
        found = plugins.run(chosen, recording, montage, (lambda: blocks) if blocks else stream.blocks, rule)
        return found.discharges if found.marks is None else found.marks

    def _said(self, recording: Recording) -> Told:
        """What it says itself. Of a detector that gives scores alone, the discharges that Ictal makes of them."""
        montage, stream, rule = _asked(recording)
        found = plugins.ask(self.detector(), recording, montage, stream.blocks, rule)
        return found.discharges if found.marks is None else found.marks

    def _alike(self, a: Told, b: Told, when: str, later_s: float = 0.0, first_s: float = 0.0) -> None:
        """Are the seconds found on each derivation the same, up to the tolerance?"""
        p, q = _seconds(a)[:, round(first_s) :], _seconds(b, later_s)[:, round(first_s) :]
        either = np.count_nonzero(p | q)
        share = np.count_nonzero(p ^ q) / either if either else 0.0
        _expect(
            share <= self.tolerance,
            f"{when}, {share:.0%} of the seconds found differ ({self.tolerance:.0%} are allowed)",
        )


class _Held:
    """A stream of made blocks that counts how many of them are still held somewhere."""

    def __init__(self, derivations: int, count: int) -> None:
        self.derivations, self.count, self.most = derivations, count, 0

    def blocks(self) -> Iterator[Block]:
        """Blocks of faint noise, one after another."""
        rng = np.random.default_rng(5)
        alive: list[weakref.ref[npt.NDArray[np.float32]]] = []
        for k in range(self.count):
            uv = (10 * rng.standard_normal((self.derivations, (BLOCK_S + 16) * 64))).astype(np.float32)
            alive.append(weakref.ref(uv))
            yield Block(k * BLOCK_S, BLOCK_S, uv, np.zeros((self.derivations, BLOCK_S), dtype=np.uint8))
            del uv
            gc.collect()
            self.most = max(self.most, sum(ref() is not None for ref in alive))


def _preparer(recording: Recording) -> Preparer:
    return Preparer(recording, montages.build(recording), SignalSettings())


def _asked(recording: Recording) -> tuple[Montage, Preparer, tuple[Rule, Scores]]:
    """What a detector is given for this recording."""
    montage, stream, rule = montages.build(recording), _preparer(recording), Rule()
    return montage, stream, (rule, rule.score(stream.blocks(), montage))


def _seconds(told: Told, later_s: float = 0.0) -> npt.NDArray[np.bool_]:
    """Which seconds of the planted recording were found, derivation by derivation (marks count for the whole head)?"""
    labels = [f"{e}-avg" for e in TEN_TWENTY]
    found = np.zeros((len(labels) + 1, LENGTH_S + 1), dtype=bool)
    for one in told:
        row = labels.index(one.derivation) if isinstance(one, Discharge) else len(labels)
        found[row, max(0, round(one.start_s + later_s)) : max(0, round(one.stop_s + later_s))] = True
    return found


def _expect(true: bool, otherwise: str) -> None:
    if not true:
        raise AssertionError(f"The contract of detectors is broken: {otherwise}.")
