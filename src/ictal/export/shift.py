"""A new name and a shift of dates for each child, from a key that only its owner has.

Both follow from the key and from who the child is, so that all recordings of one child get the same, also years later,
and intervals between them stay. Nobody without the key can undo either. The time of day stays.
"""

from __future__ import annotations

import hmac
import os
import secrets
import sys
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from ictal.base.errors import OutputError, UsageError, reason_of

LEAST_DAYS, MOST_DAYS = 400, 4000
EARLIEST = datetime(1985, 1, 1)
"""EDF can say no date before it: such a recording goes without one."""


@dataclass(frozen=True, slots=True, repr=False)
class Alias:
    """Who a child is outside: a pseudonym, and by how many days its dates are moved back."""

    pseudonym: str
    days: int

    def moved(self, start: datetime | None) -> datetime | None:
        """The date that is told instead; `None` where there was none or EDF has none so early."""
        if start is None:
            return None
        moved = start - timedelta(days=self.days)
        return moved if moved > EARLIEST else None


def alias_of(key: bytes, person: str, subject: str | None) -> Alias:
    """The alias of this child; `subject` is the pseudonym that the user wants."""
    told = subject or person
    digest = hmac.new(key, f"ictal export:{told}".encode(), sha256).digest()
    name = subject or b32encode(digest[:5]).decode("ascii").lower()
    return Alias(name, LEAST_DAYS + int.from_bytes(digest[5:13]) % (MOST_DAYS - LEAST_DAYS))


def default_key() -> Path:
    """Where is the key, if nobody says otherwise?"""
    home = os.environ.get("XDG_CONFIG_HOME")
    return (Path(home) if home else Path.home() / ".config") / "ictal" / "export.key"


def read_key(path: Path) -> bytes:
    """The key of this file, which is made where there is none, readable by its owner alone.

    Raises `UsageError` when others may read it or it is no key, `OutputError` when it cannot be made.
    """
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32) + "\n")
        mode = path.stat().st_mode & 0o077
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise OutputError(f"The key '{path}' cannot be made or read: {reason_of(error)}.") from None
    if mode and sys.platform != "win32":
        raise UsageError(f"Others may read the key '{path}': allow it to its owner alone (chmod 600), then try again.")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < 16:
        raise UsageError(f"'{path}' is no key of `ictal export`: name a new file with --key, and it is made.")
    return key
