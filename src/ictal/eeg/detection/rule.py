"""The built-in detector: the rule of `score` and the hysteresis of `runs`, behind the protocol."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import msgspec

from ictal.base.provenance import ictal_version
from ictal.base.time import Interval
from ictal.eeg.detection import runs, score
from ictal.eeg.detection.settings import DetectionSettings
from ictal.eeg.detection.types import Discharge, Mark, Scores
from ictal.eeg.signal.stream import Block
from ictal.eeg.signal.types import Montage

NAME = "rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """Rhythm that stands out of its own background and its neighbouring frequencies, for seconds."""

    settings: DetectionSettings = field(default_factory=DetectionSettings)
    name: str = NAME
    version: str = field(default_factory=ictal_version)

    def score(self, blocks: Iterable[Block], montage: Montage) -> Scores:
        """How ictal does each second look?"""
        return score.annotate(blocks, montage.labels, self.settings)

    def discharges(self, scores: Scores, montage: Montage) -> tuple[Discharge, ...]:
        """Where is each derivation ictal?"""
        return runs.discharges(scores, montage, self.settings)

    def span_of(self, mark: Mark) -> Interval:
        """Where is the seizure of a mark looked for? One without a length is followed for `marked_point_s`."""
        stop_s = mark.stop_s if mark.stop_s > mark.start_s else mark.start_s + self.settings.marked_point_s
        return Interval(mark.start_s, stop_s)

    def inside(self, span: Interval, scores: Scores, montage: Montage) -> tuple[Discharge, ...]:
        """Where is each derivation ictal, given that there is a seizure in this span?

        The same rule on these seconds alone. Where it finds nothing, with the lower thresholds `marked_open_score` and
        `marked_hold_score`.
        """
        first, last = math.floor(span.start_s), min(math.ceil(span.stop_s), scores.score.shape[1])
        if last <= first:
            return ()
        here = seconds_of(scores, first, last)
        lower = msgspec.structs.replace(
            self.settings, open_score=self.settings.marked_open_score, hold_score=self.settings.marked_hold_score
        )
        found = runs.discharges(here, montage, self.settings) or runs.discharges(here, montage, lower)
        clipped = (
            replace(d, start_s=max(d.start_s + first, span.start_s), stop_s=min(d.stop_s + first, span.stop_s))
            for d in found
        )
        return tuple(sorted(d for d in clipped if d.duration_s > 0))


def seconds_of(scores: Scores, first: int, last: int) -> Scores:
    """The scores of the seconds `[first, last)` alone."""
    names = ("score", "evidence", "frequency_hz", "amplitude_uv", "flags")
    return Scores(scores.labels, **{name: getattr(scores, name)[:, first:last] for name in names})
