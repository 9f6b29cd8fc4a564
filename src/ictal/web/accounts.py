"""Who may come in: accounts, invitations, requests, tokens. One file, written whole at every change.

Secrets are kept as digests alone: passwords by argon2, links and tokens (long and random) by SHA-256.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Annotated

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ictal.base.errors import IctalError
from ictal.exchange.whole_file import put_whole
from ictal.web.kept import load

INVITATION_DAYS = 14
FIRST_LINK_HOURS = 24
SHORTEST_PASSWORD = 10
MOST_REQUESTS = 200

_NAME = re.compile(r"[\w.@+\- ]{2,80}")


class Role(IntEnum):
    """What somebody may do; each may do all that the one before may."""

    visitor = 0
    reader = 1
    clinician = 2
    admin = 3


class Refused(IctalError):
    """What was asked for cannot be, with the field it is about."""

    exit_code = 2

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Account(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may sign in, until a day or for good; closed ones are kept, so that the audit can name them."""

    id: str
    name: str
    role: int
    password: str
    until: date | None = None
    closed: bool = False

    def has_access(self, today: date) -> bool:
        return not self.closed and (self.until is None or today <= self.until)


class Invitation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A link that makes one account, once, until it ends."""

    id: str
    role: int
    ends: datetime
    until: date | None = None
    first: bool = False


class Request(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Somebody without an account who asks for one."""

    id: str
    name: str
    why: str
    password: str
    asked: datetime


class Token(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A key for scripts: acts for its account, never with more than its own role."""

    id: str
    account: str
    label: str
    role: int


class _State(msgspec.Struct, kw_only=True):
    version: int = 1
    accounts: dict[str, Account] = msgspec.field(default_factory=dict)
    invitations: Annotated[dict[str, Invitation], "by digest of the link"] = msgspec.field(default_factory=dict)
    requests: dict[str, Request] = msgspec.field(default_factory=dict)
    tokens: Annotated[dict[str, Token], "by digest of the token"] = msgspec.field(default_factory=dict)


class Accounts:
    """All of them, kept in `accounts.json` of a private folder. `clock` says the time; tests give another."""

    def __init__(self, folder: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = folder / "accounts.json"
        self._clock = clock
        self._lock = threading.RLock()
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(8))
        self._state = load(self._path, _State, _State())

    @property
    def today(self) -> date:
        return self._clock().date()

    @property
    def any_admin(self) -> bool:
        return any(a.role >= Role.admin and a.has_access(self.today) for a in self._state.accounts.values())

    def all(self) -> tuple[Account, ...]:
        return tuple(sorted(self._state.accounts.values(), key=lambda a: a.name.lower()))

    def requests(self) -> tuple[Request, ...]:
        return tuple(sorted(self._state.requests.values(), key=lambda r: r.asked))

    def get(self, number: str) -> Account | None:
        return self._state.accounts.get(number)

    def active(self, number: str) -> Account | None:
        """The account of this number when it has access today."""
        found = self._state.accounts.get(number)
        return found if found is not None and found.has_access(self.today) else None

    def signed_in(self, name: str, password: str) -> Account | None:
        """Whose name and password are these? The answer takes as long for a name that nobody has."""
        account = self._named(name)
        if not self._fits(account.password if account else self._nobody, password) or account is None:
            return None
        if self._hasher.check_needs_rehash(account.password):
            with self._lock:
                account.password = self._hasher.hash(password)
                self._save()
        return account

    def invite(self, role: Role, until: date | None = None, *, first: bool = False) -> str:
        """A new link's secret; it works once, for two weeks (that of the first admin for a day)."""
        secret = secrets.token_urlsafe(32)
        ends = self._clock() + (timedelta(hours=FIRST_LINK_HOURS) if first else timedelta(days=INVITATION_DAYS))
        made = Invitation(id=_number(), role=int(role), ends=ends, until=until, first=first)
        with self._lock:
            kept = {
                k: v for k, v in self._state.invitations.items() if v.ends > self._clock() and not (first and v.first)
            }
            self._state.invitations = {**kept, _digest(secret): made}
            self._save()
        return secret

    def invitation(self, secret: str) -> Invitation | None:
        """What does this link give? `None` when it was used, has ended, or never was."""
        found = self._state.invitations.get(_digest(secret))
        return found if found is not None and found.ends > self._clock() else None

    def join(self, secret: str, name: str, password: str) -> Account:
        """Make the account that a link stands for."""
        with self._lock:
            invitation = self.invitation(secret)
            if invitation is None:
                raise Refused("This link was used or has ended: ask an admin for a new one.")
            hashed = self._checked(name, password)
            account = Account(
                id=_number(), name=name.strip(), role=invitation.role, password=hashed, until=invitation.until
            )
            self._state.accounts[account.id] = account
            del self._state.invitations[_digest(secret)]
            self._save()
            return account

    def ask(self, name: str, password: str, why: str) -> None:
        """Ask for an account. A name that is taken is answered like any other, so that nobody learns who is here."""
        if not 3 <= len(why.strip()) <= 500:
            raise Refused("Say in 3 to 500 letters who you are and why you ask.", "why")
        with self._lock:
            try:
                hashed = self._checked(name, password)
            except Refused as refused:
                if refused.field == "taken":
                    return
                raise
            if len(self._state.requests) >= MOST_REQUESTS:
                raise Refused("Too many requests wait for an answer: write to an admin of this workbench.")
            made = Request(id=_number(), name=name.strip(), why=why.strip(), password=hashed, asked=self._clock())
            self._state.requests[made.id] = made
            self._save()

    def answer(self, request: str, role: Role | None, until: date | None) -> Account | None:
        """Grant a request for a period, or decline it (`role` is `None`)."""
        with self._lock:
            asked = self._state.requests.get(request)
            if asked is None:
                raise Refused("This request was answered before.")
            account = None
            if role is not None:
                if until is None:
                    raise Refused("Say until which day the account lasts.", "until")
                if self._named(asked.name) is not None:
                    raise Refused("Somebody took this name meanwhile: decline, and invite by link.")
                account = Account(id=_number(), name=asked.name, role=int(role), password=asked.password, until=until)
                self._state.accounts[account.id] = account
            del self._state.requests[request]
            self._save()
            return account

    def change(self, number: str, role: Role, until: date | None, closed: bool) -> Account:
        """Renew, promote, or close an account. The last admin stays one."""
        with self._lock:
            account = self._state.accounts.get(number)
            if account is None:
                raise Refused("There is no such account.")
            before = (account.role, account.until, account.closed)
            account.role, account.until, account.closed = int(role), until, closed
            if not self.any_admin:
                account.role, account.until, account.closed = before
                raise Refused("This is the last admin: make another one first.")
            self._save()
            return account

    def new_password(self, account: Account, old: str, new: str) -> None:
        """Change a password; the old one is asked for."""
        if not self._fits(account.password, old):
            raise Refused("This is not your password.", "old")
        self._check_password(account.name, new)
        with self._lock:
            account.password = self._hasher.hash(new)
            self._save()

    def new_token(self, account: Account, label: str, role: Role) -> str:
        """A new key for scripts. It is shown once."""
        if not 1 <= len(label.strip()) <= 60:
            raise Refused("Name the token in 1 to 60 letters.", "label")
        secret = f"ictal_{secrets.token_urlsafe(32)}"
        with self._lock:
            self._state.tokens[_digest(secret)] = Token(
                id=_number(), account=account.id, label=label.strip(), role=min(int(role), account.role)
            )
            self._save()
        return secret

    def tokens_of(self, account: Account) -> tuple[Token, ...]:
        return tuple(t for t in self._state.tokens.values() if t.account == account.id)

    def revoke(self, account: Account, token: str) -> None:
        """End a token of this account."""
        with self._lock:
            self._state.tokens = {
                k: t for k, t in self._state.tokens.items() if (t.account, t.id) != (account.id, token)
            }
            self._save()

    def of_token(self, secret: str) -> tuple[Account, Role] | None:
        """Whose token is this, and what may it do?"""
        token = self._state.tokens.get(_digest(secret))
        account = self.active(token.account) if token else None
        return None if token is None or account is None else (account, Role(min(token.role, account.role)))

    def of_name(self, name: str) -> Account | None:
        """Whose name is this?"""
        return self._named(name)

    def _named(self, name: str) -> Account | None:
        wanted = name.strip().casefold()
        return next((a for a in self._state.accounts.values() if a.name.casefold() == wanted), None)

    def _checked(self, name: str, password: str) -> str:
        """The password's digest, when name and password may be used."""
        if not _NAME.fullmatch(name.strip()):
            raise Refused("A name has 2 to 80 letters, digits, spaces or . @ + - _.", "name")
        self._check_password(name, password)
        if self._named(name) is not None:
            raise Refused("This name is taken: choose another.", "taken")
        return self._hasher.hash(password)

    @staticmethod
    def _check_password(name: str, password: str) -> None:
        if not SHORTEST_PASSWORD <= len(password) <= 200:
            raise Refused(f"A password has {SHORTEST_PASSWORD} to 200 letters: take a sentence.", "password")
        if len(set(password)) < 5 or password.casefold() == name.strip().casefold():
            raise Refused("This password is too easy to guess: take a sentence.", "password")

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[:1000])
        except (VerificationError, InvalidHashError):
            return False

    def _save(self) -> None:
        try:
            put_whole(self._path, msgspec.json.encode(self._state))
        except OSError:
            self._state = load(self._path, _State, _State())  # what is not on the disk is not so
            raise


def _number() -> str:
    return secrets.token_hex(6)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
