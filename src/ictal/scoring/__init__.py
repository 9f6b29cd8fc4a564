"""How far do two sets of seizures agree? A reference against a hypothesis, one recording or many.

Knows: `base`, the types of detection and tracking, and timescoring for the rule of SzCORE.
Must not know: files (the command reads them), how seizures are found.
Read first: `agreement.score`, then `matching.match`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ictal.scoring.agreement import Case, score, score_many
    from ictal.scoring.types import Event, Pooled, Scores

__all__ = ["Case", "Event", "Pooled", "Scores", "score", "score_many"]

_HOME = {"Case": "agreement", "score": "agreement", "score_many": "agreement"}


def __getattr__(name: str) -> object:
    """Load a public name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"The scoring room has no public name '{name}'. It has: {', '.join(__all__)}.")
    return getattr(import_module(f"ictal.scoring.{_HOME.get(name, 'types')}"), name)
