"""What the interface for programs answers: the shapes that its description promises and every answer is checked by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

State = Literal["new", "waiting", "running", "done", "failed", "cancelled"]
RoleName = Literal["visitor", "reader", "clinician", "admin"]


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One recording, and how far its analysis is (`share`: 0 to 1)."""

    id: str
    label: str
    infant: str | None
    came: str
    bytes: int
    sha256: str | None
    state: State
    share: float
    doing: str
    said: str | None
    report: dict[str, str]


@dataclass(frozen=True, slots=True)
class Begun:
    """A new upload, and how many of its bytes are there."""

    id: str
    there: int


@dataclass(frozen=True, slots=True)
class There:
    """How many bytes of an upload are on the disk: go on from there."""

    there: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The recording that an upload became."""

    recording: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The upload that was thrown away."""

    cancelled: str


@dataclass(frozen=True, slots=True)
class LegRow:
    """The stay of a seizure in one place; `at` is that place on a drawn head."""

    start_s: float
    stop_s: float
    electrode: str
    name: str
    side: Literal["left", "right", "midline"]
    channels: list[str]
    came_from: int | None
    came_by: str | None
    at: list[float]


@dataclass(frozen=True, slots=True)
class SeizureRow:
    """One seizure as the readers left it."""

    id: str
    start_s: float
    stop_s: float
    pattern: str
    path: list[str]
    confidence: float | None
    verdict: Literal["open", "accepted", "rejected"]
    changed: bool
    legs: list[LegRow]


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """What one reader did, and when."""

    id: str
    who: str
    at: str
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How far one reader agrees with another, or with Ictal; `None` where there is nothing to count."""

    reference: str
    hypothesis: str
    found: int
    of: int
    false: int
    f1: float | None
    kappa: float | None


@dataclass(frozen=True, slots=True)
class SeizureRoom:
    """The seizures of a recording, every correction, and the agreement of the readers."""

    seizures: list[SeizureRow]
    corrections: list[CorrectionRow]
    agreement: list[AgreementRow]


@dataclass(frozen=True, slots=True)
class Corrected:
    """The seizures after a correction, the burden by hour, and the number of the correction."""

    seizures: list[SeizureRow]
    burden: list[list[float | None]]
    last: str


@dataclass(frozen=True, slots=True)
class Events:
    """Seizures, burden by hour (start, stop, minutes an hour), discharges."""

    seizures: list[SeizureRow]
    burden: list[list[float | None]]
    discharges: list[list[Any]]


@dataclass(frozen=True, slots=True)
class InfantRow:
    """One infant of the study."""

    id: str
    pseudonym: str
    entries: int


@dataclass(frozen=True, slots=True)
class Added:
    """Numbers of new entries, and what is unusual about them."""

    infant: str
    entries: list[str]
    flagged: list[str]


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token for scripts; the token itself is kept nowhere."""

    id: str
    label: str
    role: RoleName


@dataclass(frozen=True, slots=True)
class Me:
    """Who asks, what they may do, and how the server knows."""

    name: str
    role: RoleName
    via: Literal["session", "token", "site", "nobody"]
    until: str | None
    tokens: list[TokenRow]


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account, without digests of anything."""

    id: str
    name: str
    role: RoleName
    until: str | None
    closed: bool
    active: bool


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Somebody who asks for an account."""

    id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class People:
    """Everybody."""

    accounts: list[AccountRow]
    requests: list[RequestRow]
    site_networks: list[str]
