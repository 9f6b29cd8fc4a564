"""Would the same foci be found again? Bootstrap over the seizures: drawn with return, as many as there were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ictal.base.electrodes import Hemisphere, electrode
from ictal.eeg.findings.places import FEWEST_FOR_A_FOCUS, find_foci, grouped, one_place
from ictal.eeg.findings.settings import FindingsSettings
from ictal.eeg.findings.types import FocusStability
from ictal.eeg.tracking.types import Seizure

BOTH = {Hemisphere.left, Hemisphere.right}


@dataclass(frozen=True, slots=True)
class Redrawn:
    """The foci in the draws, the middle 95 % of their number, and the share of draws with foci on both sides."""

    foci: tuple[FocusStability, ...]
    draws: int
    count_low: float
    count_high: float
    both_sides: float


def redraw(seizures: Sequence[Seizure], settings: FindingsSettings, written: Callable[[str], str]) -> Redrawn | None:
    """How stable are the foci? `None` without a focus. In the order of `find_foci`."""
    onsets = [s.onset.electrode for s in seizures if s.localised]
    names = list(dict.fromkeys(onsets))
    foci = [f.electrode for f in find_foci(seizures)]
    if not foci:
        return None
    rng = np.random.default_rng(settings.seed)
    shares = np.array([onsets.count(name) for name in names]) / len(onsets)
    counts = rng.multinomial(len(onsets), shares, size=settings.surrogates)
    drawn = [_foci(dict(zip(names, row, strict=True))) for row in counts.tolist()]
    stable = []
    for centre in foci:
        began = [max((n for c, n in draw.items() if c == centre or one_place(c, centre)), default=0) for draw in drawn]
        low, high = np.quantile(began, [0.025, 0.975])
        found = sum(n > 0 for n in began)
        stable.append(FocusStability(written(centre), found, len(drawn), float(low), float(high)))
    low, high = np.quantile([len(draw) for draw in drawn], [0.025, 0.975])
    both = sum({electrode(c).hemisphere for c in draw} >= BOTH for draw in drawn) / len(drawn)
    return Redrawn(tuple(stable), len(drawn), float(low), float(high), round(both, 4))


def _foci(counts: dict[str, int]) -> dict[str, int]:
    """The centres of the foci, with the number of seizures that began there."""
    groups = ((centre, sum(counts[m] for m in members)) for centre, members in grouped(counts))
    return {centre: n for centre, n in groups if n >= FEWEST_FOR_A_FOCUS}
