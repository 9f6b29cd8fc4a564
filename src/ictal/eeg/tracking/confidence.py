"""How surely is this a seizure? A number between 0 and 1 from what was measured of its legs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ictal.eeg.detection.types import Discharge, Scores
from ictal.eeg.signal.types import Montage
from ictal.eeg.tracking.types import Leg


def confidence(legs: Sequence[Leg], discharges: Sequence[Discharge], scores: Scores, montage: Montage) -> float:
    """How surely is this a seizure (0-1)?"""
    label = {d.electrode: i for i, d in enumerate(montage.derivations)}
    evidence_s = 0.0
    for leg in legs:
        row = scores.score[label[leg.electrode], round(leg.start_s) : round(leg.stop_s)]
        evidence_s += float(np.sum(row))
    return 1.0 / (1.0 + math.exp(-(evidence_s - 11.0) / 3.0))
