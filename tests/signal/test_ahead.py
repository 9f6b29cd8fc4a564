"""Work in threads ahead of the one who asks: order, bounds, errors, stopping; and blocks that do not depend on it."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.ahead import ahead
from ictal.eeg.signal.montage import build
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.signal.stream import BLOCK_S, LONGEST_S, Preparer

NAMES = ("Fp1", "Fp2", "C3", "C4", "O1", "O2", "Cz")


def noise(seconds, rate_hz=128.0, seed=3):
    rng = np.random.default_rng(seed)
    uv = 20 * rng.normal(size=(len(NAMES), round(seconds * rate_hz)))
    uv[2, round(30 * rate_hz) : round(33 * rate_hz)] += 3000 * np.sin(np.arange(round(3 * rate_hz)))
    recording = from_arrays(uv, rate_hz, NAMES)
    return recording, Preparer(recording, build(recording), SignalSettings())


def test_results_come_in_the_order_of_the_jobs_however_long_they_take():
    def job(k):
        return lambda: time.sleep(0.02 * (k % 3 == 0)) or k

    assert list(ahead(job(k) for k in range(20))) == list(range(20))


def test_no_more_jobs_are_drawn_than_wait():
    drawn = []

    def jobs():
        for k in range(50):
            drawn.append(k)
            yield lambda: None

    results = ahead(jobs(), waiting=2)
    for taken in range(1, 10):
        next(results)
        assert len(drawn) == taken + 2
    results.close()


def test_jobs_are_drawn_in_the_thread_of_the_caller_and_done_in_others():
    here, drew = threading.get_ident(), []

    def jobs():
        for _ in range(5):
            drew.append(threading.get_ident())
            yield threading.get_ident

    assert here not in set(ahead(jobs()))
    assert set(drew) == {here}


def test_an_error_is_raised_where_the_result_would_have_been_and_later_jobs_are_dropped():
    done = []

    def job(k):
        def work():
            if k == 3:
                raise ValueError("three")
            time.sleep(0.01)
            done.append(k)
            return k

        return work

    seen = []
    with pytest.raises(ValueError, match="three"):
        seen.extend(ahead(job(k) for k in range(100)))
    assert seen == [0, 1, 2]
    assert max(done) < 10


def test_whoever_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    results = ahead((lambda: time.sleep(0.05)) for _ in range(100))
    next(results)
    begin = time.perf_counter()
    results.close()
    assert time.perf_counter() - begin < 1.0
    assert threading.active_count() == before


def test_the_stream_gives_the_blocks_that_each_by_itself_would_be():
    _, signal = noise(2 * BLOCK_S + 50)
    streamed = list(signal.blocks())
    assert [(b.start_s, b.seconds) for b in streamed] == [(0, BLOCK_S), (BLOCK_S, BLOCK_S), (2 * BLOCK_S, 50)]
    for block in reversed(streamed):
        alone = signal.block(block.start_s, block.seconds)
        np.testing.assert_array_equal(alone.uv, block.uv)
        np.testing.assert_array_equal(alone.flags, block.flags)


def test_windows_are_what_each_window_is():
    _, signal = noise(300)
    spans = [(200, 40), (0, 13), (100, 180), (100, 180)]
    for span, uv in zip(spans, signal.windows(spans), strict=True):
        np.testing.assert_array_equal(uv, signal.window(*span))


def test_a_window_put_together_from_hours_is_what_shorter_windows_are():
    """As far as the filter rings: a hundredth of the noise."""
    _, signal = noise(LONGEST_S + 500)
    uv = signal.window(0, LONGEST_S + 500)
    for start_s in (LONGEST_S - BLOCK_S, LONGEST_S - 3, LONGEST_S):
        part = signal.window(start_s, 200)[:, 64:-64]
        np.testing.assert_allclose(uv[:, (start_s + 1) * 64 : (start_s + 199) * 64], part, atol=0.2)


def test_an_error_of_the_source_reaches_the_one_who_reads():
    class Failing:
        def read_uv(self, channels, segment, start, stop):
            raise OSError("gone")

    recording, _ = noise(500)
    object.__setattr__(recording, "samples", Failing())
    signal = Preparer(recording, build(recording), SignalSettings())
    with pytest.raises(OSError, match="gone"):
        next(signal.blocks())
