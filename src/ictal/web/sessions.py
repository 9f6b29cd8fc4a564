"""Who is signed in, kept on the server: the browser holds a random number, the server its digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from ictal.exchange.whole_file import put_whole
from ictal.web.kept import load

IDLE_S = 12 * 3600.0
LONGEST_S = 7 * 24 * 3600.0
_NOTE_S = 60.0


class _Session(msgspec.Struct):
    account: str
    began: float
    seen: float


class Sessions:
    """Sessions of one study; they outlive a restart of the server. `clock` gives seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._path, self._key_path = folder / "sessions.json", folder / "key"
        self._clock = clock
        self._lock = threading.Lock()
        if not self._key_path.exists():
            put_whole(self._key_path, secrets.token_bytes(32))
        self.key = self._key_path.read_bytes()
        self._open = load(self._path, dict[str, _Session], {}, mend="remove it, and everybody signs in again")

    def begin(self, account: str) -> str:
        """A new session's number, never one that a visitor had before."""
        number = secrets.token_urlsafe(32)
        now = self._clock()
        with self._lock:
            self._open = {k: s for k, s in self._open.items() if self._alive(s, now)}
            self._open[_digest(number)] = _Session(account, now, now)
            self._save()
        return number

    def account(self, number: str) -> str | None:
        """Whose session is this? `None` when it has ended."""
        found = self._open.get(_digest(number))
        now = self._clock()
        if found is None or not self._alive(found, now):
            return None
        if now - found.seen > _NOTE_S:
            with self._lock, suppress(OSError):  # a full disk keeps nobody out; the next request notes it
                found.seen = now
                self._save()
        return found.account

    def end(self, number: str) -> None:
        """Sign out here."""
        with self._lock:
            if self._open.pop(_digest(number), None) is not None:
                self._save()

    def end_all(self, account: str) -> None:
        """Sign out everywhere."""
        with self._lock:
            self._open = {k: s for k, s in self._open.items() if s.account != account}
            self._save()

    def forgery_token(self, number: str) -> str:
        """What a form of this browser must bring along."""
        return hmac.new(self.key, b"form:" + number.encode(), "sha256").hexdigest()

    def is_ours(self, number: str, token: str) -> bool:
        """Did this form come from a page that this browser was given?"""
        return bool(number) and hmac.compare_digest(self.forgery_token(number).encode(), token.encode())

    @staticmethod
    def _alive(session: _Session, now: float) -> bool:
        """A clock that was set back makes no session longer: whoever began after `now` signs in again."""
        return -_NOTE_S <= now - session.seen < IDLE_S and now - session.began < LONGEST_S

    def _save(self) -> None:
        try:
            put_whole(self._path, msgspec.json.encode(self._open))
        except OSError:
            self._open = load(self._path, dict[str, _Session], {})  # what is not on the disk is not so
            raise


class Limit:
    """No more than `most` tries within `within_s` seconds for one key; the oldest keys are forgotten."""

    def __init__(self, most: int, within_s: float, clock: Callable[[], float], keys: int = 10_000) -> None:
        self._most, self._within_s, self._clock, self._keys = most, within_s, clock, keys
        self._tries: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def allows(self, key: str) -> bool:
        """May this key try once more? The try is counted."""
        now = self._clock()
        with self._lock:
            tries = self._tries.pop(key, deque())
            while tries and not 0 <= now - tries[0] < self._within_s:  # or after now: the clock was set back
                tries.popleft()
            allowed = len(tries) < self._most
            if allowed:
                tries.append(now)
            self._tries[key] = tries
            while len(self._tries) > self._keys:
                self._tries.pop(next(iter(self._tries)))
            return allowed

    def forget(self, key: str) -> None:
        """It was the right one: count from the start again."""
        with self._lock:
            self._tries.pop(key, None)


def _digest(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()
