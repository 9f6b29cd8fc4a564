"""The workbench: every route with what no browser sends, damaged uploads, and its own files damaged.

Each case answers from a copy of one study in its own process. An answer below 500 is a result or a sentence.
"""

from __future__ import annotations

import io
import random
import shutil
import sys
import time
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.robust import damage, sound
from tests.robust.trial import LONGEST_S, Case

PSEUDONYM = "inf-1"
JUNK = (
    "", "0", "-1", "1e400", "nan", "inf", "9" * 400, "9" * 5000, "\u00b2", "%00", "\x00", "../../etc/passwd", "..%2f..",
    "a" * 5000, "null", "true", "<script>alert(1)</script>", "\u202e", "\U0001f600", "'; DROP TABLE entry; --", "1,5",
    "-0.0", "1e-320", "2147483648", "18446744073709551616", "[]", "{}", "x\r\nSet-Cookie: y=z", "\u0663",
)  # fmt: skip
BODIES = (
    b"", b"null", b"[]", b"{}", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' * 50_000, b"NaN",
    b'{"at": NaN, "bytes": 1e999}',
    b'{"name": "x.edf", "bytes": 99999999999999999999, "label": "x"}', b'{"name": 5, "bytes": "x", "label": []}',
    b'"' + b"x" * 900_000 + b'"', b"9" * 5000, b'{"\\ud800": 1}', bytes(1000), b"a=b&c=d&" * 1000,
)  # fmt: skip
KINDS = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data",
    "text/plain", "application/json; charset=utf-16", "", "\u00ff",
)  # fmt: skip
HEADERS: tuple[tuple[str, str | bytes], ...] = (
    ("cookie", "ictal=" + "x" * 5000), ("cookie", 'ictal="; ictal=;;;=;'), ("cookie", b"ictal=\xff\xfe"),
    ("authorization", "Bearer "), ("authorization", "Bearer " + "9" * 5000), ("authorization", b"Bearer \xff"),
    ("authorization", "Basic Og=="), ("host", ""), ("host", "[::1"), ("host", "127.0.0.1:99999"),
    ("host", "evil.example"),
    ("origin", "null"), ("origin", "http://["), ("range", "bytes=9-1"), ("range", "bytes=" + "0-1," * 2000),
    ("range", "bytes=-" + "9" * 30), ("x-form-token", "\u00e9"), ("x-form-token", "x" * 5000),
    ("content-length", "-1"), ("content-length", "\u00b2"), ("content-length", "9" * 5000),
    ("x-forwarded-for", ",,,;;"),
    ("accept-language", "," * 5000), ("if-none-match", "\x7f"), ("content-encoding", "gzip"),
    ("sec-fetch-site", "\u00ff"),
)  # fmt: skip


@cache
def template() -> str:
    """A study with a child and one analysed recording, and an admin; kept until the process ends."""
    from ictal.eeg.recording import read
    from ictal.study import create_study
    from ictal.web import work
    from ictal.web.shelf import Shelf, Told
    from tests.exchange.test_phenopacket import HELD

    place = TemporaryDirectory(prefix="template-")
    _KEPT.append(place)
    folder = Path(place.name) / "study"
    study = create_study(folder)
    study.take(HELD, "tester")
    shelf = Shelf(folder, study)
    upload = Path(place.name) / "a.edf"
    upload.write_bytes(sound.edf("EDF+D").to_bytes())
    about = shelf.take(upload, ".edf", Told(label="Night", infant=PSEUDONYM, age_days=50.0), "nobody")
    quiet, sys.stdout = sys.stdout, io.StringIO()
    try:
        assert work.main(shelf.folder(about.id)) == 0
    finally:
        sys.stdout = quiet
    assert read(shelf.file(about.id)).duration_s == 70
    return str(folder)


_KEPT: list[TemporaryDirectory[str]] = []


class Browser:
    """A signed-in admin of a copy of the template, and the routes that there are."""

    def __init__(self, folder: Path) -> None:
        from argon2 import PasswordHasher
        from fastapi.testclient import TestClient

        from ictal.web import accounts
        from ictal.web.accounts import Role
        from ictal.web.app import create_app
        from ictal.web.settings import Served

        accounts.PasswordHasher = partial(PasswordHasher, 1, 8, 1)  # type: ignore[misc, assignment]
        self.study = folder / "study"
        if not self.study.exists():
            shutil.copytree(template(), self.study)
        self.app = create_app(Served(self.study))
        known = self.app.state.door.accounts
        known.join(known.invite(Role.admin, first=True), "admin", "a sentence that is long")
        account = next(a for a in known.all() if a.name == "admin")
        secret = known.new_token(account, "t", Role.admin)
        self.number = next(p.name for p in sorted((self.study / "recordings").iterdir()))
        self.client = TestClient(
            self.app, base_url="http://127.0.0.1:8080", client=("127.0.0.1", 50000), raise_server_exceptions=False,
            follow_redirects=False, headers={"authorization": f"Bearer {secret}"},
        )  # fmt: skip
        self.faults: list[str] = []
        self.asked = 0

    def ask(self, method: str, path: str, **how: Any) -> int:
        """One request; what no answer may be is noted."""
        began = time.process_time()
        self.asked += 1
        try:
            answer = self.client.request(method, path, **how)
        except (ValueError, UnicodeError, TypeError) as error:
            if "ictal/" in repr(error.__traceback__):
                raise
            return 0  # the client itself cannot say this
        except Exception as error:
            if type(error).__module__.startswith(("httpx", "h11")):
                return 0
            raise
        told = {k: str(v)[:60] for k, v in how.items()}
        if answer.status_code >= 500 or b"Traceback" in answer.content or b"fault of ours" in answer.content:
            self.faults.append(f"{method} {path[:100]} {told}: {answer.status_code} {answer.text[:200]}")
        if time.process_time() - began > LONGEST_S:
            self.faults.append(f"{method} {path[:100]} {told}: took more than {LONGEST_S} s")
        return int(answer.status_code)

    def end(self) -> int:
        for fault in dict.fromkeys(self.faults):
            print(fault, file=sys.stderr)
        return 1 if self.faults else 0


def cases(seed: int = 1, share: float = 1.0) -> Iterator[Case]:
    """All of it: routes, uploads, files of the workbench."""
    chance = random.Random(seed)
    for one in (*_routes(seed), *_uploads(seed), *_states(seed)):
        if share >= 1 or chance.random() < share:
            yield one


def _routes(seed: int) -> Iterator[Case]:
    for method, path in routes():
        yield Case("HTTP, routes", f"{method} {path}", {}, work=partial(_every_way, method, path, seed))


@cache
def routes() -> tuple[tuple[str, str], ...]:
    """Every method and path that the workbench answers."""
    from ictal.web import children, criteria, eeg, facts, home, oidc, people, room, sign_in

    found = []
    for part in (sign_in, oidc, people, home, eeg, room, children, criteria, facts):
        for route in part.router.routes:
            found += [(method, str(route.path)) for method in sorted(getattr(route, "methods", ()))]  # type: ignore[attr-defined]
    return tuple(sorted({*found, ("GET", "/static/x"), ("GET", "/nowhere"), ("PATCH", "/")}))


def _every_way(method: str, path: str, seed: int, folder: Path) -> int:
    browser, chance = Browser(folder), random.Random(f"{seed}{method}{path}")
    held = _filled(path, browser)
    browser.ask(method, held)
    for junk in JUNK:
        for name in _names(path):
            browser.ask(method, _filled(path, browser, {name: junk}))
        query = {chance.choice(QUERIES): junk, chance.choice(QUERIES): chance.choice(JUNK)}
        browser.ask(method, held, params=query)
    for name, value in HEADERS:
        browser.ask(method, held, headers={name: value})
    if method in ("POST", "PUT", "PATCH"):
        for body in BODIES:
            browser.ask(method, held, content=body, headers={"content-type": chance.choice(KINDS)})
            browser.ask(method, held, content=body, headers={"content-type": "application/json"})
        for _ in range(60):
            fields = {chance.choice(FIELDS): chance.choice(JUNK) for _ in range(chance.randrange(1, 6))}
            if chance.random() < 0.5:
                fields["kind"] = chance.choice(
                    ("growth", "treatment", "diary", "variant", "semiology", "dose", "level")
                )
                fields["age_days"] = chance.choice(("50", "1e3", *JUNK))
            browser.ask(method, held, data=fields)
            browser.ask(
                method, held, json={k: chance.choice((v, 5, None, [v], {"a": v}, -1.5)) for k, v in fields.items()}
            )
        browser.ask(method, held, files={"form_token": ("x.edf", b"\xff" * 1000), "f": ("\x00", b"")})
    return browser.end()


QUERIES = (
    "at",
    "start",
    "stop",
    "start_s",
    "stop_s",
    "first",
    "last",
    "from",
    "to",
    "q",
    "query",
    "gene",
    "page",
    "next",
    "state",
    "code",
    "montage",
    "level",
    "segment",
    "column",
    "width",
    "add",
    "stale",
    "channels",
    "count",
    "seizure",
    "low",
    "high",
)
FIELDS = (
    "kind",
    "age_days",
    "name",
    "password",
    "old",
    "why",
    "role",
    "until",
    "closed",
    "grant",
    "label",
    "infant",
    "pseudonym",
    "sex",
    "gestation",
    "head_cm",
    "weight_kg",
    "dose",
    "dose.amount",
    "dose.unit",
    "by_kind",
    "autonomic",
    "hpo_id",
    "note",
    "seizure",
    "start",
    "stop",
    "start_s",
    "stop_s",
    "electrode",
    "pattern",
    "text",
    "reader",
    "analysis",
    "bytes",
    "id",
    "value",
    "unit",
    "skill",
    "event",
    "gene",
    "everywhere",
    "again",
    "on",
    "at",
)


def _names(path: str) -> list[str]:
    return [part.split("}")[0] for part in path.split("{")[1:]]


def _filled(path: str, browser: Browser, instead: dict[str, str] | None = None) -> str:
    """The path with a number that there is, or with something else."""
    from urllib.parse import quote

    known = {"form": "csv", "level": "0", "name": "findings.json", "key": "1", "secret": "x", "token": "1"}
    for name in _names(path):
        value = PSEUDONYM if name == "number" and path.startswith(("/infants", "/api/infants")) else browser.number
        value = known.get(name, value) if instead is None or name not in instead else quote(instead[name], safe="")
        path = path.replace("{" + name + "}", value)
    return path


# --- damaged uploads


def _uploads(seed: int) -> Iterator[Case]:
    from tests.robust.corpus import of_header, of_tals

    held = sound.edf("EDF+D").to_bytes()
    every = [*damage.of_bytes(held, seed, 10), *of_header(held), *of_tals(held), *damage.of_nature(held, ".edf", 1)]
    puts = [(name, put) for name, put in every if isinstance(put, bytes) and len(put) >= 256]
    chance = random.Random(seed)
    for suffix, some in ((".edf", chance.sample(puts, 60)), (".bdf", chance.sample(puts, 5))):
        for name, put in some:
            yield Case("HTTP, uploads", f"{suffix}: {name}", {}, work=partial(_uploaded, put, suffix))
    bombs = {
        "a bomb of gzip": damage.bomb(300), "a zip of zips": damage.zipped(damage.zipped(damage.bomb(300))),
        "a bomb whose name is EDF": b"0       " + damage.bomb(300), "a VCF": sound.vcf(),
        "MATLAB": b"MATLAB 5.0" + bytes(2000),
    }  # fmt: skip
    for name, put in bombs.items():
        for suffix in (".edf", ".bdf"):
            yield Case("HTTP, uploads", f"{suffix}: {name}", {}, work=partial(_uploaded, put, suffix))


def _uploaded(put: bytes, suffix: str, folder: Path) -> int:
    """Sent in pieces, finished, analysed, and every page of it asked for."""
    from ictal.web import work

    browser = Browser(folder)
    told = {"name": "x" + suffix, "bytes": len(put), "label": "Damaged"}
    begun = browser.client.post("/api/uploads", json=told)
    if begun.status_code != 200:
        print(f"ictal: {begun.json()['error']}", file=sys.stderr)
        return 3
    address = f"/api/uploads/{begun.json()['id']}"
    for wrong in ("-1", "1e30", str(len(put) + 1), "nan"):
        browser.ask("PUT", address, params={"at": wrong}, content=b"x")
    browser.ask("POST", address)
    for at in range(0, len(put), 1 << 20):
        browser.ask("PUT", address, params={"at": at}, content=put[at : at + (1 << 20)])
    finished = browser.client.post(address)
    if finished.status_code != 200:
        print(f"ictal: {finished.json()['error']}", file=sys.stderr)
        return 3
    number = finished.json()["recording"]
    code = work.main(browser.study / "recordings" / number)
    if code not in (0, 3):
        browser.faults.append(f"the job ended with {code}")
    browser.number = number
    for method, path in routes():
        if method == "GET" and "recordings" in path:
            browser.ask(method, _filled(path, browser), params={"start_s": 0, "stop_s": 10, "from": 0, "to": 10})
    return browser.end()


# --- the files of the workbench itself


def _states(seed: int) -> Iterator[Case]:
    chance = random.Random(seed)
    for name in ("about.json", "result/findings.json", "result/seizures.tsv", "result/legs.tsv",
                 "result/discharges.tsv",
                 "result/masks.npy", "view/level0.npy", "view/trends.npz", "recording.edf"):  # fmt: skip
        held = (next(iter((Path(template()) / "recordings").iterdir())) / name).read_bytes()
        puts = list(damage.of_bytes(held, seed, 3))
        if name.endswith((".json", ".tsv")):
            puts += chance.sample(list(damage.of_text(held, seed, 10)), 12)
        puts += [("empty", b""), ("zeros", bytes(500)), ("brackets", b"[" * 50_000), ("null", b"null")]
        for what, put in puts:
            if isinstance(put, bytes):
                yield Case("HTTP, its own files", f"{name}: {what}", {}, work=partial(_spoilt, name, put))

    for name in ("accounts.json", "sessions.json", "jobs.json", "audit.jsonl", "key"):
        held = b'{"a": {"account": "x", "began": 1.0, "seen": 2.0}}\n'
        puts = [*damage.of_bytes(held, seed, 2), ("empty", b""), ("zeros", bytes(99)), ("brackets", b"[" * 50_000)]
        for what, put in (*puts, ("null", b"null\n"), ("a number", b"9" * 5000 + b"\n")):
            if isinstance(put, bytes):
                yield Case("HTTP, its own files", f"{name}: {what}", {}, work=partial(_restarted, name, put))


def _restarted(name: str, put: bytes, folder: Path) -> int:
    """The workbench is started anew with a damaged file: it starts, or says what to do."""
    from ictal.base.errors import IctalError
    from ictal.web.app import create_app
    from ictal.web.settings import Served

    browser = Browser(folder)
    (Served(browser.study).private / name).write_bytes(put)
    try:
        browser.client.app = create_app(Served(browser.study))
    except IctalError as error:
        print(f"ictal: {error}", file=sys.stderr)
        return error.exit_code
    for path in ("/", "/healthz", "/admin", "/api/admin/audit", "/recordings", "/account"):
        browser.ask("GET", path)
    return browser.end()


def _spoilt(name: str, put: bytes, folder: Path) -> int:
    browser = Browser(folder)
    path = browser.study / "recordings" / browser.number / name
    path.write_bytes(put)
    for method, route in routes():
        if method == "GET" and ("recordings" in route or route == "/"):
            browser.ask(method, _filled(route, browser), params={"start_s": 0, "stop_s": 10, "from": 0, "to": 10})
    return browser.end()
