"""Detectors of others: found by name, run in part or whole, refused in one sentence when they say what cannot be."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import ictal
from ictal.analysis import Settings
from ictal.base.errors import DetectorError, SettingsError, UsageError
from ictal.eeg.detection import plugins
from ictal.eeg.detection.protocol import Detector, Finder, Marker, Scorer, Separator
from ictal.eeg.detection.rule import Rule
from ictal.testing import SEIZURE, planted, recording_of, with_gap
from tests.detection.plugged import install


@pytest.fixture(scope="module")
def recording():
    return recording_of(planted(128.0), 128.0)


@pytest.fixture
def packages(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(install(tmp_path)))
    importlib.invalidate_caches()


def step_of(analysis, name):
    return next(s for s in analysis.findings.steps if s.name == name)


def test_the_rule_keeps_the_protocol_in_two_stages():
    rule = Rule()
    assert isinstance(rule, Detector)
    assert isinstance(rule, Scorer)
    assert isinstance(rule, Separator)
    assert not isinstance(rule, Finder | Marker)
    assert plugins.stages_of(rule) == ("score", "discharges")


def test_the_rule_by_name_by_object_and_by_default_is_the_same(recording):
    plain = ictal.analyse(recording)
    for detector in ("rule", Rule()):
        again = ictal.analyse(recording, detector=detector)
        assert again.discharges == plain.discharges
        assert again.findings == plain.findings
    assert step_of(plain, "detection").parameters["stages"] == ["score", "discharges"]


def test_an_unknown_name_is_answered_with_those_installed(recording, packages):
    with pytest.raises(UsageError, match=r"no detector 'loudd'. Installed: rule, .*intervals.*loud.*whole"):
        ictal.analyse(recording, detector="loudd")


def test_a_first_stage_alone_is_completed_by_the_rule(recording, packages):
    found = ictal.analyse(recording, detector="loud")
    assert any(d.electrode == "O1" and d.interval.overlap_s(SEIZURE) > 20 for d in found.discharges)
    assert all(d.frequency_hz > 0 and np.isfinite(d.amplitude_uv) for d in found.discharges)
    step = step_of(found, "detection")
    assert (step.parameters["detector"], step.parameters["detector_version"]) == ("loud", "1.0")
    assert step.parameters["stages"] == ["score"]
    assert found.findings.settings["detection"]["detector"] == "loud"


def test_a_second_stage_alone_gets_the_scores_of_the_rule(recording, packages):
    found = ictal.analyse(recording, detector="second")
    assert (found.discharges, found.seizures) == ((), ())


def test_whole_discharges_get_their_rhythm_measured(recording, packages):
    (found,) = ictal.analyse(recording, detector="whole").discharges
    assert (found.electrode, found.start_s, found.stop_s) == ("O1", 100.0, 140.0)
    assert found.frequency_hz > 0


def test_seizures_of_a_detector_are_tracked_as_marks(recording, packages):
    found = ictal.analyse(recording, detector="intervals")
    (seizure,) = found.seizures
    assert (seizure.start_s, seizure.stop_s, seizure.confidence) == (100.0, 140.0, 0.7)
    assert step_of(found, "marks").parameters["source"] == "detector intervals"
    assert step_of(found, "detection").parameters["stages"] == ["seizures"]


def test_the_detector_may_stand_in_the_settings(recording, packages):
    told = Settings(detection=ictal.eeg.detection.settings.DetectionSettings(detector="whole"))
    assert len(ictal.analyse(recording, told).discharges) == 1


REFUSED = {
    "raises": "'plain' failed \\(RuntimeError: weights are missing\\)",
    "writes": "'plain' failed \\(ValueError: .*read-only",
    "shape": "shape \\(2, 3\\): numbers of shape \\(19, 300\\)",
    "range": "scores from 1.5 to 1.5: 0 to 1",
    "unknown": "the derivation 'X1-avg'. There are: ",
    "late": "from 1 to 1e\\+06 s: it must begin and end within the recording \\(0 to 300 s\\)",
    "notfinite": "from nan to 9 s",
    "outside": "from -5 to 10 s",
    "nothing": "'nothing' can do nothing: it needs one of the methods seizures, find, score, discharges",
    "nameless": "'nameless' has no name",
    "exits": "'plain' failed \\(SystemExit: 0\\)",
    "gone": "'gone' failed \\(ModuleNotFoundError",
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_is_one_sentence_that_names_the_detector(recording, packages, name):
    with pytest.raises(DetectorError, match=REFUSED[name]) as refused:
        ictal.analyse(recording, detector=name)
    assert refused.value.exit_code == 3
    assert "\n" not in str(refused.value)


def test_what_lies_in_a_gap_is_cut_out(packages):
    found = ictal.analyse(with_gap(), detector=AcrossTheGap())
    assert [(d.start_s, d.stop_s) for d in found.discharges] == [(160.0, 170.0), (200.0, 210.0)]


class AcrossTheGap:
    name, version = "across", "1"

    def find(self, blocks, montage):
        return [ictal.Discharge(160.0, 210.0, montage.labels[0], "", np.nan, np.nan, 0.5)]


def test_events_and_a_detector_cannot_both_be_meant(recording):
    with pytest.raises(UsageError, match="not both"):
        ictal.analyse(recording, events=[ictal.Mark(1.0, 9.0)], detector="rule")


def test_a_detector_that_is_no_text_is_a_wrong_setting(recording):
    with pytest.raises(SettingsError):
        ictal.analyse(recording, Settings(detection=ictal.eeg.detection.settings.DetectionSettings(detector=3)))
