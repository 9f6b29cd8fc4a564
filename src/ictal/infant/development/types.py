"""What does the development of this child come to, and on which entries does that rest?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ictal.infant.timeline.words import MilestoneName

DevelopmentAnswer = Literal["normal", "delayed", "plateau", "regression", "not captured"]


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill over the record: when gained, lost, last asked for and not there; `None`: not captured.

    After a skill was lost and gained again, `gained_days` is the first and `regained_days` the last time.
    """

    skill: MilestoneName
    gained_days: float | None
    lost_days: float | None
    regained_days: float | None
    not_yet_days: float | None
    entries: tuple[int, ...]

    @property
    def there(self) -> bool:
        """Does the child have it, by the last entry about it?"""
        if self.gained_days is None and self.regained_days is None:
            return False
        return self.lost_days is None or (self.regained_days is not None and self.regained_days >= self.lost_days)


@dataclass(frozen=True, slots=True)
class Development:
    """The answer at one age, in a sentence, with the places of the entries that it rests on.

    `reached_days` is how far the evidence reaches; `also` holds what else was seen (vision, feeding, delay under a
    plateau).
    """

    answer: DevelopmentAnswer
    sentence: str
    age_days: float
    skills: tuple[Skill, ...]
    rests_on: tuple[int, ...]
    reached_days: float | None
    also: tuple[str, ...] = ()
