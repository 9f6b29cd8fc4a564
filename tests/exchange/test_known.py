"""The register of what was wrong: every entry can be understood, old results are recognised, those of today are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ictal.base.settings import to_mapping
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.signal.settings import SignalSettings
from ictal.eeg.tracking.settings import TrackingSettings
from ictal.exchange.known import Known, known, known_in


def today() -> dict[str, Any]:
    """The parts of today's findings.json that tell its age."""
    groups = {
        "signal": SignalSettings(),
        "detection": DetectionSettings(),
        "tracking": TrackingSettings(),
        "findings": FindingsSettings(),
    }
    return {
        "schema_version": "1.1",
        "ictal_version": "0.1.0",
        "recorded": {"duration_s": 120.0},
        "settings": json.loads(msgspec.json.encode({name: to_mapping(one) for name, one in groups.items()})),
        "steps": [{"name": name} for name in ("recording", "signal", "marks", "tracking", "findings")],
    }


def older(entry: Known) -> dict[str, Any]:
    """Findings of today, made like those that the entry speaks of."""
    said = today()
    when = entry.when
    assert when is not None
    if when.lacks is not None:
        _remove(said, when.lacks)
    for key, value in when.equal.items():
        _set(said, key, value)
    for key, value in when.below.items():
        _set(said, key, value - 1)
    return said


def _remove(said: dict[str, Any], key: str) -> None:
    *path, last = key.split(".")
    for part in path:
        said = said[part]
    del said[last]


def _set(said: dict[str, Any], key: str, value: object) -> None:
    *path, last = key.split(".")
    for part in path:
        said = said[part]
    assert last in said, f"{key} is no key of findings.json"
    said[last] = value


WRONG = [one for one in known() if one.when is not None]


def test_every_entry_says_what_how_to_tell_and_what_to_do():
    assert len({one.id for one in known()}) == len(known()) >= 12
    for one in known():
        assert all(text.endswith(".") for text in (one.what, one.tell, one.do)), one.id
        assert (one.fixed is not None) == (one.kind == "wrong"), one.id
        assert one.versions, one.id
        assert one.kind == "wrong" or one.when is None, one.id


def test_a_result_of_today_has_nothing():
    assert known_in(today()) == ()


@pytest.mark.parametrize("entry", WRONG, ids=lambda one: one.id)
def test_a_result_that_has_it_is_recognised(entry: Known):
    assert entry in known_in(older(entry))
    assert entry.id in entry.sentence


@pytest.mark.parametrize("entry", WRONG, ids=lambda one: one.id)
def test_settings_of_a_user_do_not_make_a_result_of_today_wrong(entry: Known):
    assert entry.when is not None
    said = today()
    for key, value in entry.when.equal.items():
        if key.startswith("settings."):
            _set(said, key, value)
    assert known_in(said) == ()


@pytest.mark.parametrize("said", [{}, {"settings": None}, {"settings": [], "steps": 3, "recorded": "x"}])
def test_findings_of_any_shape_are_looked_at(said: dict[str, Any]):
    assert known_in(said) == ()


def test_the_command_lists_and_recognises(capsys, tmp_path: Path):
    from ictal.cli.main import run

    assert run(["known"]) == 0
    out = capsys.readouterr().out
    assert all(one.id in out and one.versions in out for one in known())
    (tmp_path / "findings.json").write_text(json.dumps(older(WRONG[0])))
    assert run(["known", str(tmp_path), "--json"]) == 0
    assert WRONG[0].id in [one["id"] for one in json.loads(capsys.readouterr().out)]
    (tmp_path / "findings.json").write_text(json.dumps(today()))
    assert run(["known", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Nothing is known to be wrong in it.\n"
    assert run(["known", "nowhere"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert run(["known", WRONG[0].id]) == 0
    assert capsys.readouterr().out.startswith(f"{WRONG[0].id} (wrong, findings)")


def test_whoever_opens_an_old_result_is_told(capsys, tmp_path: Path):
    """`assess` says it on standard error, a study flags it."""
    from ictal.cli.main import run
    from tests.exchange.findings_made import results_of

    (tmp_path / "night.edf").write_bytes(b"0")
    results = results_of(tmp_path / "night.edf", tmp_path / "night")
    said = json.loads((results / "findings.json").read_text())
    said["settings"] = older(WRONG[-1])["settings"]
    said["schema_version"] = "1.0"
    (results / "findings.json").write_text(json.dumps(said))
    assert run(["assess", "--findings", str(results)]) == 0
    assert "Known to be wrong in results of" in capsys.readouterr().err
    assert run(["study", "init", str(tmp_path / "s")]) == 0
    assert run(["infant", "new", "inf-1", "--study", str(tmp_path / "s"), "--who", "mk"]) == 0
    words = ["--age-days", "9", "--file", str(tmp_path / "night.edf"), "--results", str(results)]
    where = ["--study", str(tmp_path / "s"), "--who", "mk"]
    assert run(["infant", "add", "inf-1", "recording", *words, *where]) == 0
    assert "please check: Known to be wrong" in capsys.readouterr().err
