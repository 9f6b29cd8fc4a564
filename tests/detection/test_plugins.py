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
from ictal.exchange.findings_json import findings_to_text
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


class Says:
    """A detector that answers what it was made with."""

    name, version = "says", "1"

    def __init__(self, **methods):
        self.__dict__.update(methods)


def discharge(**other):
    plain = {"start_s": 1.0, "stop_s": 9.0, "derivation": "O1-avg", "electrode": "", "frequency_hz": 4.0}
    return ictal.Discharge(**{**plain, "amplitude_uv": 50.0, "score": 0.5, **other})


ODD = {
    "ragged scores": ({"score": lambda b, m: [[1, 2], [3]]}, "'says' failed \\(ValueError"),
    "no scores": ({"score": lambda b, m: None}, "gave scores of shape \\(\\)"),
    "no list": ({"seizures": lambda r: None}, "'says' failed \\(TypeError"),
    "text for a time": ({"find": lambda b, m: [discharge(start_s="1")]}, "whose start_s is '1', which is no number"),
    "no score": ({"find": lambda b, m: [discharge(score=None)]}, "whose score is None, which is no number"),
    "NaN for a score": ({"find": lambda b, m: [discharge(score=np.nan)]}, "gave a score of nan"),
    "a list of derivations": ({"find": lambda b, m: [discharge(derivation=["O1"])]}, "derivation is .*no text"),
    "a text for a confidence": ({"seizures": lambda r: [ictal.Mark(1.0, 9.0, (), "high")]}, "confidence is 'high'"),
    "a number for a channel": ({"seizures": lambda r: [ictal.Mark(1.0, 9.0, (1,))]}, "channels has 1, which is no"),
    "a tuple for a mark": ({"seizures": lambda r: [(1.0, 9.0)]}, "gave a tuple where a Mark is needed"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(ODD))
def test_answers_of_a_wrong_kind_are_the_detectors_fault_and_not_ours(recording, name):
    methods, said = ODD[name]
    with pytest.raises(DetectorError, match=said) as refused:
        ictal.analyse(recording, detector=Says(**methods))
    assert "The detector 'says' " in str(refused.value)


def test_numbers_of_any_precision_are_numbers_and_what_was_not_measured_is_measured(recording):
    single = discharge(start_s=np.float32(100), stop_s=np.int64(140), score=np.float32(0.5), frequency_hz=None)
    found = ictal.analyse(recording, detector=Says(find=lambda b, m: [single]))
    (one,) = found.discharges
    assert all(type(v) is float for v in (one.start_s, one.stop_s, one.score))
    assert one.frequency_hz > 0
    findings_to_text(found.findings)
    mark = ictal.Mark(np.float32(100), np.float32(140), "O1", np.float32(0.5))
    (seizure,) = ictal.analyse(recording, detector=Says(seizures=lambda r: [mark])).seizures
    assert (seizure.start_s, seizure.stop_s, seizure.confidence, seizure.path) == (100.0, 140.0, 0.5, ("O1",))


def test_what_a_detector_prints_is_no_result(recording, capsys):
    ictal.analyse(recording, detector=Says(seizures=lambda r: print("loading weights") or []))
    assert capsys.readouterr() == ("", "loading weights\n")


def test_a_detector_that_speaks_of_a_gap_alone_has_found_nothing():
    found = ictal.analyse(with_gap(), detector=Says(seizures=lambda r: [ictal.Mark(175.0, 180.0)]))
    assert found.seizures == ()
    assert "lies in a gap" in step_of(found, "marks").outcome["notes"][0]


def test_a_name_that_two_packages_use_is_not_guessed(recording, packages, tmp_path, monkeypatch):
    other = tmp_path / "other"
    (other / "more-1.0.dist-info").mkdir(parents=True)
    (other / "more-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: more\nVersion: 1.0\n", "utf-8")
    points = "[ictal.detectors]\nloud = somewhere:Else\n"
    (other / "more-1.0.dist-info" / "entry_points.txt").write_text(points, "utf-8")
    monkeypatch.syspath_prepend(str(other))
    importlib.invalidate_caches()
    with pytest.raises(UsageError, match=r"Two installed packages call a detector 'loud' \(loud_detector:Loud and "):
        ictal.analyse(recording, detector="loud")


def test_events_and_a_detector_cannot_both_be_meant(recording):
    with pytest.raises(UsageError, match="not both"):
        ictal.analyse(recording, events=[ictal.Mark(1.0, 9.0)], detector="rule")


def test_where_marks_are_given_the_findings_say_that_the_rule_looked_inside(recording):
    """Whatever detector the settings name: it is not asked, and need not be installed."""
    told = Settings(detection=ictal.eeg.detection.settings.DetectionSettings(detector="elsewhere"))
    found = ictal.analyse(recording, told, events=[ictal.Mark(140.0, 190.0)])
    assert found.seizures[0].path == ("O1",)
    assert step_of(found, "detection").parameters["detector"] == "rule"
    assert found.findings.settings["detection"]["detector"] == "rule"


def test_a_detector_that_is_no_text_is_a_wrong_setting(recording):
    with pytest.raises(SettingsError):
        ictal.analyse(recording, Settings(detection=ictal.eeg.detection.settings.DetectionSettings(detector=3)))
