"""Recordings that were never a file."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.base.errors import UsageError
from ictal.base.time import Interval
from ictal.eeg.recording import from_arrays
from ictal.eeg.recording.types import Annotation


def test_an_array_with_labels_and_pairs_make_the_same_recording() -> None:
    data = np.random.default_rng(1).standard_normal((2, 50))
    a = from_arrays(data, 10.0, ["Fp1", "EEG T3-Ref"])
    b = from_arrays([("Fp1", data[0]), ("EEG T3-Ref", data[1])], 10.0)
    assert a.channels == b.channels
    assert a.segments == (Interval(0.0, 5.0),)
    assert np.array_equal(a.samples.read_uv([0, 1], 0, 3, 40), b.samples.read_uv([0, 1], 0, 3, 40))
    np.testing.assert_allclose(a.samples.read_uv([1], 0, 0, 50)[0], data[1].astype(np.float32))


def test_segments_share_out_the_samples_in_order() -> None:
    spans = [Interval(0.0, 2.0), Interval(10.0, 13.0)]
    r = from_arrays(np.arange(50.0)[None, :], 10.0, ["C3"], segments=spans)
    assert r.gaps == (Interval(2.0, 10.0),)
    assert r.samples.read_uv([0], 1, 0, 30)[0].tolist() == list(range(20, 50))
    with pytest.raises(ValueError, match="outside segment 0"):
        r.samples.read_uv([0], 0, 0, 21)


def test_channels_may_differ_in_rate() -> None:
    r = from_arrays([("C3", np.zeros(100)), ("ECG", np.zeros(50))], [20.0, 10.0])
    assert [c.rate_hz for c in r.channels] == [20.0, 10.0]
    with pytest.raises(ValueError, match="one rate"):
        r.samples.read_uv([0, 1], 0, 0, 10)


def test_what_is_read_and_what_was_given_are_apart() -> None:
    given = np.ones(10, dtype=np.float32)
    r = from_arrays([("C3", given)], 1.0)
    given[:] = 7.0
    out = r.samples.read_uv([0], 0, 0, 10)
    out[:] = 9.0
    assert (r.samples.read_uv([0], 0, 0, 10) == 1.0).all()


def test_simulated_and_annotations_are_kept() -> None:
    marks = [Annotation(3.0, 0.0, "b"), Annotation(1.0, 2.0, "a")]
    r = from_arrays([("C3", np.zeros(9))], 1.0, simulated=True, annotations=marks)
    assert r.simulated
    assert r.channels[0].simulated
    assert [a.text for a in r.annotations] == ["a", "b"]
    assert (r.source.name, r.source.sha256) == ("in memory", "")


@pytest.mark.parametrize(
    ("data", "rate", "labels", "segments"),
    [
        (np.zeros((2, 10)), 1.0, ["C3"], None),
        (np.zeros((1, 10)), 1.0, None, None),
        (np.zeros((1, 10)), 0.0, ["C3"], None),
        (np.zeros((1, 10)), float("nan"), ["C3"], None),
        (np.zeros((1, 0)), 1.0, ["C3"], None),
        ([], 1.0, None, None),
        (np.zeros((1, 10)), 1.0, ["C3"], [Interval(0.0, 9.0)]),
        (np.zeros((1, 10)), 1.0, ["C3"], [Interval(1.0, 11.0)]),
        (np.zeros((1, 10)), 1.0, ["C3"], [Interval(0.0, 5.0), Interval(4.0, 9.0)]),
        (np.zeros((1, 10)), 1.0, ["C3"], []),
        ([("C3", np.zeros(10)), ("C4", np.zeros(9))], 1.0, None, None),
    ],
)
def test_what_does_not_fit_is_refused(data: object, rate: float, labels: object, segments: object) -> None:
    with pytest.raises(UsageError):
        from_arrays(data, rate, labels, segments=segments)  # type: ignore[arg-type]
