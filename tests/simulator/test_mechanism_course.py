"""The cortex runs on by itself: the same seed, the same bytes, however it is asked for."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from ictal.base.errors import UsageError
from ictal.base.time import IntervalSet
from ictal.simulator import SCENARIOS, set_numbers, simulate

pytest.importorskip("numba", reason="needs numba")

from ictal.simulator.mechanism.course import KEPT_EVERY, Course
from ictal.simulator.mechanism.settings import Mechanism

MINUTES_S = 600.0
STORM = set_numbers(
    SCENARIOS["eimfs-storm"],
    {"infant.focus_balance": 1.4, "drive.mean_per_s": 104.0, "drive.shared_per_s": 0.0},
    "mechanism",
)
"""The height of a storm, with foci as excitable as a short test needs."""


@pytest.fixture(scope="module")
def storm():
    return simulate(STORM, duration_s=MINUTES_S, seed=4, engine="mechanism", rate_hz=128)


def samples(made, start_s=0.0, stop_s=60.0):
    rate = made.recording.channels[0].rate_hz
    return made.recording.samples.read_uv(
        range(len(made.recording.channels)), 0, round(start_s * rate), round(stop_s * rate)
    )


def test_the_same_seed_gives_the_same_bytes_and_the_same_truth(storm):
    again = simulate(STORM, duration_s=MINUTES_S, seed=4, engine="mechanism", rate_hz=128)
    other = simulate(STORM, duration_s=MINUTES_S, seed=5, engine="mechanism", rate_hz=128)
    assert again.truth == storm.truth
    assert samples(again).tobytes() == samples(storm).tobytes()
    assert samples(other).tobytes() != samples(storm).tobytes()


def test_blocks_are_the_same_in_whatever_order_they_are_asked_for():
    straight, jumping = Course(Mechanism(), 9), Course(Mechanism(), 9)
    wanted = (KEPT_EVERY + 3, 2, KEPT_EVERY + 2, 0)
    inturn = {n: straight.block(n).potential_mv.tobytes() for n in range(KEPT_EVERY + 4)}
    for number in wanted:
        assert jumping.block(number).potential_mv.tobytes() == inturn[number]


def test_threads_change_nothing(storm):
    pieces = [(float(s), s + 30.0) for s in range(0, 300, 30)]
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda p: samples(storm, *p).tobytes(), reversed(pieces)))
    fresh = simulate(STORM, duration_s=MINUTES_S, seed=4, engine="mechanism", rate_hz=128)
    assert at_once == [samples(fresh, *p).tobytes() for p in reversed(pieces)]


def test_montage_and_rate_change_nothing_that_happens(storm):
    small = simulate(STORM, duration_s=MINUTES_S, seed=4, engine="mechanism", rate_hz=250, montage="8")
    assert [s.start_s for s in small.truth.seizures] == [s.start_s for s in storm.truth.seizures]
    assert [s.stop_s for s in small.truth.seizures] == [s.stop_s for s in storm.truth.seizures]


def test_another_rate_shows_the_same_waves():
    made = [simulate(STORM, duration_s=64, seed=4, engine="mechanism", rate_hz=r) for r in (256, 512, 64)]
    shown = [m.recording.samples.only("ictal").read_uv([0, 9], 0, 0, round(64 * m.recording.channels[0].rate_hz))
             for m in made]  # fmt: skip
    usual = shown[0]
    np.testing.assert_allclose(shown[1][:, 512:-512:2], usual[:, 256:-256], atol=0.05 * usual.std())
    np.testing.assert_allclose(shown[2][:, 64:-64], usual[:, 256:-256:4], atol=0.5 * usual.std())


def test_what_is_ictal_has_its_power_inside_the_truth(storm):
    rate = 128
    x = storm.recording.samples.only("ictal").read_uv(range(19), 0, 0, round(MINUTES_S * rate))
    power = ((x - x.mean(axis=0)) ** 2).sum(axis=0).reshape(-1, rate).sum(axis=1)
    told = [s.interval for s in storm.truth.seizures]
    told += [r.interval for r in storm.truth.rhythms if r.kind in ("spike", "brief-run")]
    assert told
    inside = np.zeros(len(power), dtype=bool)
    for i in IntervalSet.of(told).intervals:
        inside[max(0, int(i.start_s) - 1) : int(np.ceil(i.stop_s)) + 1] = True
    assert power[inside].mean() > 20 * power[~inside].mean()


def test_everything_else_is_that_of_the_template_engine(storm):
    """But for what seizures bring with them: muscle, movement, slow waves after them."""
    rest = ("background", "rhythm", "artefact")
    quiet = replace(SCENARIOS["eimfs-storm"], foci=0, spikes_per_hour=0)
    without = simulate(quiet, duration_s=MINUTES_S, seed=4, rate_hz=128)
    assert storm.truth.artefacts == without.truth.artefacts
    a = storm.recording.samples.only(*rest).read_uv(range(19), 0, 0, 128 * 60)
    b = without.recording.samples.only(*rest).read_uv(range(19), 0, 0, 128 * 60)
    assert a.tobytes() == b.tobytes()


def test_what_made_it_is_told(storm):
    assert storm.made_by["engine"] == "mechanism"
    names = {p["name"] for p in storm.made_by["parameters"]}
    assert {"chloride.dynamic", "gene.kcnt1_fold", "links.on_sst"} <= names
    assert storm.recording.simulated


def test_an_infant_without_foci_has_no_seizure():
    made = simulate("quiet", duration_s=300, seed=1, engine="mechanism", rate_hz=64)
    assert made.truth.seizures == ()
    assert made.truth.discharges == ()


def test_an_unknown_engine_is_named():
    with pytest.raises(UsageError, match="'guess' is none of them"):
        simulate("demo", duration_s=60, seed=1, engine="guess")


def test_without_numba_one_sentence_says_what_to_do(monkeypatch):
    monkeypatch.delitem(sys.modules, "ictal.simulator.mechanism.kernel", raising=False)
    monkeypatch.setitem(sys.modules, "numba", None)
    import ictal.simulator.mechanism as room

    monkeypatch.delattr(room, "kernel", raising=False)
    with pytest.raises(UsageError, match="numba"):
        simulate("demo", duration_s=60, seed=1, engine="mechanism")
