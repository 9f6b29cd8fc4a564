"""What is recorded: the same samples however they are read, for every montage, reference and rate."""

from __future__ import annotations

import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ictal.base.errors import UsageError
from ictal.simulator import CAPS, SCENARIOS, Cap, simulate
from tests.simulator.dense import dense

SHORT_S = 150.0


def samples(simulation, *components):
    source = simulation.recording.samples
    source = source.only(*components) if components else source
    count = round(simulation.recording.duration_s * simulation.recording.channels[0].rate_hz)
    return source.read_uv(range(len(simulation.recording.channels)), 0, 0, count)


@pytest.fixture(scope="module")
def storm():
    return simulate(dense("eimfs-storm"), duration_s=SHORT_S, seed=3, rate_hz=64)


@pytest.fixture(scope="module")
def whole(storm):
    return samples(storm)


@hypothesis_settings(max_examples=30)
@given(
    start=st.integers(0, 9599), length=st.integers(0, 5000), rows=st.lists(st.integers(0, 18), min_size=1, max_size=5)
)
def test_a_window_is_the_same_samples_as_the_whole(storm, whole, start, length, rows):
    stop = min(start + length, whole.shape[1])
    np.testing.assert_array_equal(storm.recording.samples.read_uv(rows, 0, start, stop), whole[rows, start:stop])


def test_reading_backwards_or_from_threads_changes_nothing(whole):
    other = simulate(dense("eimfs-storm"), duration_s=SHORT_S, seed=3, rate_hz=64).recording.samples
    edges = list(range(0, whole.shape[1], 613))
    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda a: other.read_uv(range(19), 0, a, min(a + 613, whole.shape[1])), reversed(edges)))
    np.testing.assert_array_equal(np.concatenate(got[::-1], axis=1), whole)


def test_the_same_seed_gives_the_same_bytes_and_truth_and_another_seed_another(storm, whole):
    again = simulate(dense("eimfs-storm"), duration_s=SHORT_S, seed=3, rate_hz=64)
    assert samples(again).tobytes() == whole.tobytes()
    assert repr(again.truth) == repr(storm.truth)
    other = simulate(dense("eimfs-storm"), duration_s=SHORT_S, seed=4, rate_hz=64)
    assert np.abs(np.corrcoef(samples(other, "background")[0], samples(storm, "background")[0])[0, 1]) < 0.3


def test_a_fresh_process_with_another_number_of_threads_gives_the_same_bytes(python, whole, root):
    program = (
        "import hashlib, ictal.simulator as s;"
        "c = s.SCENARIOS['eimfs-storm'].moved(seizures_per_hour=18, clustered=0);"
        "m = s.simulate(c, duration_s=150.0, seed=3, rate_hz=64);"
        "print(hashlib.sha256(m.recording.samples.read_uv(range(19), 0, 0, 9600).tobytes()).hexdigest())"
    )
    said = set()
    for threads in ("1", "2"):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        environment = (
            os.environ | dict.fromkeys(names, threads) | {"PYTHONPATH": str(root / "src"), "PYTHONHASHSEED": threads}
        )
        done = python("-c", program, env=environment)
        assert done.returncode == 0, done.stderr
        said.add(done.stdout.strip())
    assert len(said) == 1


def test_fewer_electrodes_of_one_seed_are_the_same_infant(storm, whole):
    few = simulate(dense("eimfs-storm"), duration_s=SHORT_S, seed=3, rate_hz=64, montage="8")
    assert tuple(c.electrode for c in few.recording.channels) == CAPS["8"]
    rows = [i for e in CAPS["8"] for i, c in enumerate(storm.recording.channels) if c.electrode == e]
    np.testing.assert_allclose(samples(few), whole[rows], atol=2e-3)
    assert [s.start_s for s in few.truth.seizures] == [s.start_s for s in storm.truth.seizures]


def test_average_and_bipolar_are_differences_of_the_common_reference():
    kwargs = {"duration_s": 64, "seed": 2, "rate_hz": 100.0}
    common = samples(simulate("quiet", **kwargs), "background", "rhythm")
    average = samples(simulate("quiet", reference="average", **kwargs), "background", "rhythm")
    np.testing.assert_allclose(average, common - common.mean(axis=0), atol=2e-3)
    chain = simulate("quiet", reference="bipolar", **kwargs)
    names = [c.electrode for c in simulate("quiet", **kwargs).recording.channels]
    assert [c.label for c in chain.recording.channels[:2]] == ["Fp1-F7", "F7-T7"]
    for row, channel in zip(samples(chain, "background", "rhythm"), chain.recording.channels, strict=True):
        expected = common[names.index(channel.electrode)] - common[names.index(channel.minus)]
        np.testing.assert_allclose(row, expected, atol=2e-3)
    against = simulate("quiet", reference="T3", **kwargs).recording
    assert "T7" not in [c.electrode for c in against.channels]
    assert len(against.channels) == 18


def test_places_beyond_the_ten_twenty_system_can_be_recorded():
    made = simulate("quiet", duration_s=20, seed=2, rate_hz=64, montage=("FC1", "T3", "PO4"))
    assert [c.label for c in made.recording.channels] == ["FC1", "T7", "PO4"]
    assert np.all(samples(made).std(axis=1) > 1.0)


@pytest.mark.parametrize(
    ("labels", "reference", "first", "temporal", "truth_label"),
    [
        ("modern", "common", "Fp1", "T7", "T7-avg"),
        ("old", "common", "Fp1", "T3", "T3-avg"),
        ("old", "average", "Fp1-Avg", "T3-Avg", "T3-avg"),
        ("clinical", "common", "EEG FP1-REF", "EEG T3-REF", "T3-avg"),
    ],
)
def test_labels_are_written_as_asked_and_mean_the_same_electrodes(labels, reference, first, temporal, truth_label):
    cap = Cap(CAPS["10-20"], labels)
    made = simulate("demo", duration_s=600, seed=1, rate_hz=64, montage=cap, reference=reference)
    assert made.recording.channels[0].label == first
    assert made.recording.channels[7].label == temporal
    assert made.recording.channels[7].electrode == "T7"
    derivations = {d.derivation for d in made.truth.discharges}
    assert truth_label in derivations or not any(d.electrode == "T7" for d in made.truth.discharges)
    assert {d.derivation for d in made.truth.discharges} <= {
        f"{c.written_electrode}-avg" for c in made.recording.channels
    }


@given(rate=st.floats(32, 600), duration=st.floats(1, 90), seed=st.integers(0, 2**40))
@hypothesis_settings(max_examples=12)
def test_any_rate_and_length_gives_that_many_finite_samples_within_the_rails(rate, duration, seed):
    made = simulate("artefacts", duration_s=duration, seed=seed, rate_hz=rate, montage="8")
    count = int(duration * rate)
    read = made.recording.samples.read_uv([0, 7], 0, 0, count)
    assert read.shape == (2, count)
    assert np.isfinite(read).all()
    assert np.abs(read).max() <= 3276.7 + 1e-3
    assert made.recording.duration_s == pytest.approx(count / rate)


def test_a_day_is_read_in_bounded_memory():
    made = simulate(dense("eimfs-storm"), duration_s=86400, seed=1, rate_hz=64, montage="8")
    source = made.recording.samples
    source.read_uv(range(8), 0, 0, 6400)
    tracemalloc.start()
    for hour in range(0, 24, 3):
        start = hour * 3600 * 64
        for at in range(start, start + 64 * 120, 64 * 30):
            source.read_uv(range(8), 0, at, at + 64 * 30)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6


def test_everything_says_that_it_is_simulated(storm):
    recording = storm.recording
    assert recording.simulated
    assert all(c.simulated for c in recording.channels)
    assert any("SIMULATED" in a.text for a in recording.annotations)
    assert storm.made_by["simulated"] is True
    assert storm.made_by["seed"] == 3


def test_every_parameter_of_every_scenario_has_a_unit_a_meaning_and_a_provenance():
    for name, scenario in SCENARIOS.items():
        assert scenario.name == name
        assert scenario.description
        for parameter in scenario.parameters:
            assert parameter.unit
            assert parameter.meaning
            assert parameter.provenance.split(":")[0] in ("read", "unverified", "design")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scenario": "eimfs-strom"}, "There are: quiet"),
        ({"duration_s": -5}, "from 1 second"),
        ({"duration_s": float("nan")}, "from 1 second"),
        ({"seed": -1}, "whole number from 0"),
        ({"age_days": 5000}, "between -84 days"),
        ({"rate_hz": 1}, "between 32 and 2048"),
        ({"montage": "256"}, "A montage can be 10-20, 12, 8"),
        ({"montage": ("Fp1", "Q9")}, "'Q9' is not an electrode"),
        ({"montage": ("Fp1",)}, "at least two"),
        ({"montage": ("T3", "T7")}, "once only"),
        ({"reference": "ear"}, "common, average, bipolar or an electrode"),
        ({"montage": ("Fp1", "O2"), "reference": "bipolar"}, "No two of these"),
        ({"montage": Cap(("Fp1", "O2"), "modern"), "reference": "Q1"}, "'Q1' is not"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(changes, said):
    asked = {"scenario": "quiet", "duration_s": 10.0, "seed": 1} | changes
    with pytest.raises(UsageError, match=said):
        simulate(asked.pop("scenario"), **asked)


def test_labels_and_windows_that_cannot_be_are_refused(storm):
    with pytest.raises(UsageError, match="modern, old, clinical"):
        Cap(("C3", "C4"), "runic")
    with pytest.raises(UsageError, match="one segment of 9600 samples"):
        storm.recording.samples.read_uv([0], 0, 0, 9601)
    with pytest.raises(UsageError, match="Components can be"):
        storm.recording.samples.only("magic")
