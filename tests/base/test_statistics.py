"""Middles and quantiles are those of NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.statistics import median, quantile


@given(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=60), st.floats(0, 1))
def test_quantiles_are_those_of_numpy(values: list[float], share: float) -> None:
    expected = float(np.quantile(np.array(values), share))
    assert quantile(values, share) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert median(np.array(values, dtype=np.float32)) == pytest.approx(float(np.median(values)), rel=1e-6, abs=1e-6)
