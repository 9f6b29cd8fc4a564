"""What a file about children says, and what of it could not be read."""

from __future__ import annotations

from dataclasses import dataclass

from ictal.infant.timeline.types import Infant


@dataclass(frozen=True, slots=True)
class Read:
    """Infants of a file. `places[i][j]` says where in the file entry `j` of infant `i` stands (`line 5`)."""

    infants: tuple[Infant, ...]
    places: tuple[tuple[str, ...], ...]
    refused: tuple[str, ...] = ()
    """A sentence for each part that has a place in a record and cannot be: nothing of it was read."""
    notices: tuple[str, ...] = ()
    """A sentence for each part that has no place in a record."""
