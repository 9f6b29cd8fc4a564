"""Lines that are only ever added: each holds the digest of the one before, and is on the disk before it is answered.

    {"n": 3, "at": "2026-03-01T10:22:05Z", "before": "9f2c...", "who": ..., "what": ...}

A line that was cut short by a crash was never answered; it goes when the journal is next opened. A line that was
changed or taken out breaks the chain, which `verify` finds.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ictal.base.errors import TableError
from ictal.exchange.publish import sync

_FIRST = "0" * 64


class Journal:
    """One file of such lines. Safe for the threads of one process; the server keeps a second one away."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._count, self._last = 0, _FIRST
        self._size = self._mend()
        for line in self._lines():
            self._count, self._last = self._count + 1, _digest(line)

    def append(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Write one line, and come back when it is on the disk."""
        with self._lock:
            head = {"n": self._count + 1, "at": now(), "before": self._last}
            entry = {**head, **{k: v for k, v in said.items() if k not in head}}
            line = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
            made = not self.path.exists()
            with open(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", buffering=0) as file:
                try:
                    if file.write(line) != len(line):
                        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                    os.fsync(file.fileno())
                except OSError:
                    file.truncate(self._size)  # half a line would break the chain of those that follow
                    raise
            if made:
                sync(self.path.parent)
            self._count, self._last, self._size = self._count + 1, _digest(line), self._size + len(line)
            return entry

    def entries(self) -> Iterator[dict[str, Any]]:
        """Every line, the oldest first."""
        for line in self._lines():
            try:
                yield dict(json.loads(line))
            except (ValueError, TypeError, RecursionError):
                raise TableError(
                    f"{self.path.name} was changed: a line is no entry. Restore it from a backup."
                ) from None

    def verify(self) -> int:
        """How many lines are there? Raises `TableError` with the first that does not follow from the one before."""
        before = _FIRST
        count = 0
        for count, line in enumerate(self._lines(), start=1):
            try:
                entry = json.loads(line)
                sound = entry["n"] == count and entry["before"] == before
            except (ValueError, KeyError, TypeError):
                sound = False
            if not sound:
                raise TableError(f"{self.path.name} was changed: line {count} does not follow from the one before it.")
            before = _digest(line)
        if (count, before) != (self._count, self._last):
            raise TableError(f"{self.path.name} was changed while it was open: restore it from a backup.")
        return count

    def _lines(self) -> Iterator[bytes]:
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from (line for line in file if line.endswith(b"\n"))

    def _mend(self) -> int:
        """Take away a last line that never got its end, and say how many bytes are there."""
        if not self.path.exists():
            return 0
        with self.path.open("rb+") as file:
            text = file.read()
            whole = text.rfind(b"\n") + 1
            if whole != len(text):
                file.truncate(whole)
        return whole


def now() -> str:
    """What time is it, in UTC, as it is written?"""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()
