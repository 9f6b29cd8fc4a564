"""The contract suite: the rule keeps it, the example of the page keeps it, and broken detectors do not."""

from __future__ import annotations

import importlib.util
import unittest

import numpy as np
import pytest

from ictal import Mark
from ictal.eeg.detection.rule import Rule
from ictal.testing import DetectorContract
from tests.detection.plugged import EXAMPLE


def example():
    spec = importlib.util.spec_from_file_location("loud_detector", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Loud()


class TestTheRule(DetectorContract):
    def detector(self):
        return Rule()


class TestTheExample(DetectorContract):
    def detector(self):
        return example()


class Good:
    """Says the planted seizure by heart, which every test below then spoils in one way."""

    name, version = "by heart", "1"

    def seizures(self, recording):
        yield from ()


class Unsteady(Good):
    asked = 0

    def seizures(self, recording):
        Unsteady.asked += 1
        return [Mark(10.0 + Unsteady.asked, 60.0)]


class Always(Good):
    def seizures(self, recording):
        return [Mark(0.0, min(3.0, recording.duration_s))]


class Disordered(Good):
    def seizures(self, recording):
        return [Mark(60.0, 70.0), Mark(10.0, 20.0)] if recording.duration_s > 100 else []


class InGaps(Good):
    def seizures(self, recording):
        return [Mark(100.0, 250.0)] if recording.duration_s > 250 else []


class Scaled(Good):
    """A threshold in microvolts."""

    def seizures(self, recording):
        count = int(recording.segments[0].duration_s * recording.channels[0].rate_hz)
        uv = recording.samples.read_uv([0], 0, 0, count)
        return [Mark(0.0, 250.0)] if recording.duration_s > 250 and uv.std() > 20 else []


class Shifted(Good):
    """Counts in samples of 256 Hz whatever the rate is."""

    def seizures(self, recording):
        return [Mark(100.0, 100.0 + recording.channels[0].rate_hz / 2)] if recording.duration_s > 260 else []


class FirstChannel(Good):
    """Believes that the first channel is Fp1."""

    def seizures(self, recording):
        return [Mark(100.0, 150.0)] if recording.duration_s > 200 and recording.channels[0].electrode == "Fp1" else []


class Hoards:
    name, version = "hoards", "1"

    def score(self, blocks, montage):
        kept = list(blocks)
        return np.zeros((len(montage.labels), sum(b.seconds for b in kept)))


class Changes(Hoards):
    def score(self, blocks, montage):
        seconds = 0
        for block in blocks:
            uv = block.uv
            uv.flags.writeable = True
            uv *= 0.5
            seconds += block.seconds
        return np.zeros((len(montage.labels), seconds))


BROKEN = {
    "test_the_same_recording_gives_the_same_answer": Unsteady,
    "test_nothing_gives_nothing": Always,
    "test_answers_are_in_order_and_inside_the_recording": Disordered,
    "test_nothing_is_said_of_a_gap": InGaps,
    "test_half_and_double_the_amplitude_give_the_same": Scaled,
    "test_odd_rates_give_the_same": Shifted,
    "test_the_order_of_channels_does_not_matter": FirstChannel,
    "test_a_later_start_shifts_the_answer": InGaps,
    "test_only_a_few_blocks_are_held": Hoards,
    "test_what_is_given_is_not_changed": Changes,
    "test_a_rhythm_that_stands_out_is_found": Good,
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_each_test_of_the_contract_can_fail(name):
    class Contract(DetectorContract):
        def detector(self):
            return BROKEN[name]()

    with pytest.raises(AssertionError, match="contract of detectors is broken"):
        getattr(Contract(), name)()


def test_what_a_detector_does_not_claim_is_skipped():
    class Contract(DetectorContract):
        keeps_scale = finds_rhythm = False

        def detector(self):
            return Good()

    for name in (
        "test_half_and_double_the_amplitude_give_the_same",
        "test_a_rhythm_that_stands_out_is_found",
        "test_only_a_few_blocks_are_held",
    ):
        with pytest.raises(unittest.SkipTest):
            getattr(Contract(), name)()


def test_the_suite_needs_no_pytest(python):
    code = (
        "import sys; sys.modules['pytest'] = None\n"
        "from ictal.testing import DetectorContract\nfrom ictal.eeg.detection.rule import Rule\n"
        "class C(DetectorContract):\n    def detector(self):\n        return Rule()\n"
        "C().test_nothing_gives_nothing()"
    )
    answer = python("-c", code)
    assert answer.returncode == 0, answer.stderr
