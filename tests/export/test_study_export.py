"""`ictal export INFANT`: an infant of a study in every form of a record, and EEG whose samples look like digits."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ictal.cli.main import run
from ictal.export.audit import _in_samples, _sought
from ictal.export.identity import of_names


@pytest.mark.parametrize("form", ["phenopacket", "fhir", "csv", "json", None])
def test_an_infant_of_the_study_goes_out_without_deidentification(tmp_path, form):
    study, out = str(tmp_path / "study"), tmp_path / "out"
    assert run(["study", "init", study]) == 0
    assert run(["infant", "new", "inf-1", "--study", study]) == 0
    assert run(["infant", "add", "inf-1", "growth", "--age-days", "3", "--head-cm", "34", "--study", study]) == 0
    chosen = [] if form is None else ["--format", form]
    assert run(["export", "inf-1", *chosen, "--study", study, "--out", str(out)]) == 0
    text = next(p for p in ([out] if out.is_file() else sorted(out.rglob("*"))) if p.is_file()).read_text()
    assert "34" in text
    assert form == "csv" or json.loads(text)


def test_slow_eeg_of_low_voltage_is_not_taken_for_a_short_number():
    """Samples of 16 bits that pass slowly through 48 to 57 spell digits in UTF-16, as those of a flat derivation do."""
    slow = np.array([46, 47, *map(ord, "1234"), 53, 54], "<i2").tobytes()
    assert _in_samples(slow, _sought(of_names("", "1234", None))) is None
    assert _in_samples(slow, _sought(of_names("", "123456", None))) is not None, "six digits in order are no chance"
