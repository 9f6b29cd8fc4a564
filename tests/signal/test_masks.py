"""Each cause that hides a second is named on a signal that has it, and on none that has another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ictal.base.electrodes import TEN_TWENTY
from ictal.base.time import Interval, to_sample
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.montage import build
from ictal.eeg.signal.types import HIDING, Mask, Masks
from tests.signal.made import NEWBORN_PAIRS, prepared, row, spans

RATE_HZ, LENGTH_S = 256.0, 90
BAD = slice(30, 50)
"""The seconds in which something is wrong on one electrode."""
RAIL_UV = 1000.0


def eeg(electrodes=TEN_TWENTY, rate_hz=RATE_HZ, length_s=LENGTH_S, seed=1):
    """Slow background of about 25 uV, with a little noise of the amplifier."""
    rng = np.random.default_rng(seed)
    n = to_sample(length_s, rate_hz)
    shape = 1 / np.maximum(np.fft.rfftfreq(n, 1 / rate_hz), 0.5) ** 1.5
    spectrum = (
        rng.normal(size=(len(electrodes), len(shape))) + 1j * rng.normal(size=(len(electrodes), len(shape)))
    ) * shape
    uv = np.fft.irfft(spectrum, n, axis=1)
    return 25 * uv / uv.std(axis=1, keepdims=True) + rng.normal(0, 0.5, uv.shape)


def times(rate_hz=RATE_HZ, seconds=BAD):
    return np.arange(to_sample(seconds.start, rate_hz), to_sample(seconds.stop, rate_hz)) / rate_hz


def noise_between(low_hz, high_hz, rate_hz, n, rms_uv, seed=2):
    hz = np.fft.rfftfreq(n, 1 / rate_hz)
    spectrum = np.random.default_rng(seed).normal(size=(2, len(hz))) * ((hz > low_hz) & (hz < high_hz))
    x = np.fft.irfft(spectrum[0] + 1j * spectrum[1], n)
    return rms_uv * x / x.std()


def flat(x, t, rate_hz):
    return np.full_like(x, 3.0)


def nearly_flat(x, t, rate_hz):
    return 0.1 * np.sin(2 * np.pi * 3 * t)


def saturated(x, t, rate_hz):
    return np.clip(3000 * np.sin(2 * np.pi * 0.7 * t), -RAIL_UV, RAIL_UV)


def disconnected(x, t, rate_hz):
    return np.full_like(x, np.nan)


def huge(x, t, rate_hz):
    return x + 4000 * np.sin(2 * np.pi * 1.3 * t)


def movement(x, t, rate_hz):
    return x + 900 * np.sin(2 * np.pi * 1.3 * t)


def muscle(x, t, rate_hz):
    return x + noise_between(22, min(100, 0.45 * rate_hz), rate_hz, len(x), 90)


def mains(x, t, rate_hz):
    return x + 150 * np.sin(2 * np.pi * 50 * t)


def mains_60(x, t, rate_hz):
    return x + 150 * np.sin(2 * np.pi * 60 * t)


CASES = [
    (flat, Mask.flat), (nearly_flat, Mask.flat), (disconnected, Mask.disconnected), (huge, Mask.disconnected),
    (movement, Mask.movement), (muscle, Mask.muscle), (mains, Mask.mains), (mains_60, Mask.mains),
]  # fmt: skip


def recording_with(change, rate_hz=RATE_HZ, electrode="C4", rails=False):
    uv = eeg(rate_hz=rate_hz)
    where = slice(to_sample(BAD.start, rate_hz), to_sample(BAD.stop, rate_hz))
    k = TEN_TWENTY.index(electrode)
    if change is not None:
        uv[k, where] = change(uv[k, where], times(rate_hz), rate_hz)
    recording = from_arrays(uv, rate_hz, [f"{e}-Ref" for e in TEN_TWENTY])
    if rails:
        channels = tuple(replace(c, lowest_uv=-RAIL_UV, highest_uv=RAIL_UV) for c in recording.channels)
        recording = replace(recording, channels=channels)
    return recording


def masks_of(recording, **settings):
    return Masks(build(recording).labels, prepared(recording, **settings)[1])


@pytest.mark.parametrize("rate_hz", [128.0, 200.0, 256.0, 500.0, 1000.0])
def test_a_clean_recording_is_clean(rate_hz):
    assert not prepared(recording_with(None, rate_hz))[1].any()


@pytest.mark.parametrize("rate_hz", [200.0, 256.0, 1000.0])
@pytest.mark.parametrize(("change", "cause"), CASES, ids=lambda c: getattr(c, "__name__", str(c)))
def test_a_cause_is_named_where_and_when_it_is(change, cause, rate_hz):
    flags = prepared(recording_with(change, rate_hz))[1]
    recording = recording_with(change, rate_hz)
    here = row(recording, "C4-avg")
    inside = flags[here, BAD.start + 1 : BAD.stop - 1]
    assert np.all(inside & np.uint8(cause))
    others = np.uint8(0xFF) & ~np.uint8(cause)
    if change is huge:  # so large a swing is a movement too
        others &= ~np.uint8(Mask.movement)
    assert not np.any(inside & others)
    outside = np.delete(flags[here], np.s_[BAD.start - 2 : BAD.stop + 2])
    assert not outside.any()


@pytest.mark.parametrize(("change", "cause"), CASES, ids=lambda c: getattr(c, "__name__", str(c)))
def test_what_is_wrong_on_one_electrode_hides_no_other(change, cause):
    recording = recording_with(change)
    flags = np.delete(prepared(recording)[1], row(recording, "C4-avg"), axis=0)
    assert not flags.any()


def test_a_signal_at_the_rail_is_saturated():
    recording = recording_with(saturated, rails=True)
    flags = prepared(recording)[1]
    assert np.all(flags[row(recording, "C4-avg"), BAD.start + 1 : BAD.stop - 1] & np.uint8(Mask.saturated))
    assert np.count_nonzero(flags & np.uint8(Mask.saturated)) <= BAD.stop - BAD.start
    assert not np.any(np.delete(flags, row(recording, "C4-avg"), axis=0))


def test_a_large_signal_that_never_reaches_the_rail_is_not_saturated():
    uv = eeg() * 3
    recording = from_arrays(uv, RATE_HZ, list(TEN_TWENTY))
    limits = 1.3 * np.abs(uv).max()
    channels = tuple(replace(c, lowest_uv=-limits, highest_uv=limits) for c in recording.channels)
    assert not np.any(prepared(replace(recording, channels=channels))[1] & np.uint8(Mask.saturated))


@pytest.mark.parametrize("size_uv", [60, 300, 1500])
@pytest.mark.parametrize("hz", [50, 60])
def test_hum_that_all_electrodes_share_hides_nothing(size_uv, hz):
    uv = eeg() + size_uv * np.sin(2 * np.pi * hz * np.arange(LENGTH_S * RATE_HZ) / RATE_HZ)
    assert not prepared(from_arrays(uv, RATE_HZ, list(TEN_TWENTY)))[1].any()


def test_a_swing_of_the_common_reference_hides_nothing():
    uv = eeg() + 1500 * np.sin(2 * np.pi * 1.3 * np.arange(LENGTH_S * RATE_HZ) / RATE_HZ)
    assert not prepared(from_arrays(uv, RATE_HZ, list(TEN_TWENTY)))[1].any()


def test_mains_is_named_and_read_through():
    assert not HIDING & np.uint8(Mask.mains)
    assert all(HIDING & np.uint8(m) for m in Mask if m is not Mask.mains)


@pytest.mark.parametrize("change", [flat, disconnected, huge, movement], ids=lambda c: c.__name__)
def test_a_bad_channel_does_not_spoil_the_average_of_the_others(change):
    """In the bad seconds the others look as they did: the mean of 18 electrodes is not that of 19 by a few uV."""
    clean, spoiled = recording_with(None), recording_with(change)
    others = [i for i, label in enumerate(build(clean).labels) if label != "C4-avg"]
    inside = np.s_[others, (BAD.start + 2) * 64 : (BAD.stop - 2) * 64]
    difference = prepared(spoiled)[0][inside] - prepared(clean)[0][inside]
    assert np.abs(difference).max() < 8
    assert difference.std() < 2.5


def test_a_saturated_channel_does_not_spoil_the_average_of_the_others():
    clean, spoiled = recording_with(None), recording_with(saturated, rails=True)
    others = [i for i, label in enumerate(build(clean).labels) if label != "C4-avg"]
    inside = np.s_[others, (BAD.start + 2) * 64 : (BAD.stop - 2) * 64]
    assert np.abs(prepared(spoiled)[0][inside] - prepared(clean)[0][inside]).max() < 8


def test_a_few_missing_samples_hide_their_seconds_and_leave_the_rest_as_it_was():
    uv = eeg()
    holed = uv.copy()
    holed[3, int(40.2 * RATE_HZ) : int(40.4 * RATE_HZ)] = np.nan
    labels = [f"{e}-Ref" for e in TEN_TWENTY]
    whole, other = (prepared(from_arrays(x, RATE_HZ, labels)) for x in (uv, holed))
    assert np.isfinite(other[0]).all()
    assert set(np.flatnonzero(other[1].any(axis=0))) <= {39, 40, 41}
    assert other[1][row(from_arrays(uv, RATE_HZ, labels), f"{TEN_TWENTY[3]}-avg"), 40] & np.uint8(Mask.disconnected)
    away = np.r_[0 : 30 * 64, 51 * 64 : LENGTH_S * 64]
    assert np.abs(whole[0] - other[0])[:, away].max() < 1.0


def test_a_channel_that_was_never_there_is_disconnected_all_the_time():
    uv = eeg()
    uv[5] = np.nan
    recording = from_arrays(uv, RATE_HZ, list(TEN_TWENTY))
    shown, flags = prepared(recording)
    assert np.all(flags[row(recording, f"{TEN_TWENTY[5]}-avg")] == np.uint8(Mask.disconnected))
    assert np.isfinite(shown).all()
    assert not np.any(np.delete(flags, row(recording, f"{TEN_TWENTY[5]}-avg"), axis=0))


def test_a_flat_bipolar_channel_hides_the_electrodes_that_need_it():
    rng = np.random.default_rng(4)
    uv = rng.normal(0, 20, (8, 60 * 128))
    uv[0] = 0.0
    recording = from_arrays(uv, 128.0, list(NEWBORN_PAIRS))
    flags = prepared(recording, muscle_uv=200.0)[1]
    assert np.all(flags[[row(recording, "F7-avg"), row(recording, "C3-avg")]] & np.uint8(Mask.flat))
    assert not np.any(
        flags[[row(recording, e) for e in ("F8-avg", "C4-avg", "T4-avg", "T6-avg")]] & np.uint8(Mask.flat)
    )


def test_masks_say_when_and_for_how_long():
    masks = masks_of(recording_with(flat))
    assert masks.seconds("C4-avg", Mask.flat) == pytest.approx(20, abs=1)
    (span,) = masks.where("C4-avg", Mask.flat)
    assert (span.start_s, span.stop_s) == pytest.approx((30, 50), abs=1)
    assert not masks.where("C3-avg")
    assert masks.where("C4-avg") == masks.where("C4-avg", Mask.flat)


segments_in_seconds = st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=5)


@given(segments_in_seconds, st.sampled_from([64.0, 100.0, 128.0, 173.61, 256.0]))
@hypothesis_settings(max_examples=40)
def test_a_second_is_a_gap_where_nothing_was_recorded_and_only_there(pieces, rate_hz):
    segments, at_s = [], 0.0
    for length_s, gap_s in pieces:
        segments.append(Interval(at_s, at_s + length_s))
        at_s += length_s + gap_s
    n = sum(to_sample(s.duration_s, rate_hz) for s in segments)
    uv = np.random.default_rng(9).normal(0, 10, (3, n))
    uv, flags = prepared(from_arrays(uv, rate_hz, ["C3", "C4", "O1"], segments=segments))
    gap = np.ones(flags.shape[1], dtype=bool)
    for s in segments:
        gap[int(s.start_s) : int(s.stop_s)] = False
    np.testing.assert_array_equal((flags & np.uint8(Mask.gap)) != 0, np.broadcast_to(gap, flags.shape))
    assert not np.any(flags[:, gap] & ~np.uint8(Mask.gap))
    assert not np.any(uv.reshape(3, -1, 64)[:, gap])
    assert not np.any(flags[:, ~gap] & np.uint8(Mask.flat))


@given(st.floats(60.05, 99.95), st.floats(100.05, 139.95))
@hypothesis_settings(max_examples=40)
def test_part_of_a_second_at_a_gap_is_never_told_as_flat_or_disconnected(stop_s, start_s):
    rate_hz = 200.0
    stop_s, start_s = to_sample(stop_s, rate_hz) / rate_hz, to_sample(start_s, rate_hz) / rate_hz
    segments = spans((0.0, stop_s), (start_s, start_s + 60.0))
    n = sum(to_sample(s.duration_s, rate_hz) for s in segments)
    recording = from_arrays(
        np.random.default_rng(9).normal(0, 10, (3, n)), rate_hz, ["C3", "C4", "O1"], segments=segments
    )
    flags = prepared(recording)[1]
    assert not np.any(flags & ~np.uint8(Mask.gap))
    gap = (flags[0] & np.uint8(Mask.gap)) != 0
    assert not gap[: int(stop_s)].any()
    assert gap[int(np.ceil(stop_s)) : int(start_s)].all()
    assert not gap[int(np.ceil(start_s)) : int(start_s + 60)].any()
