"""The application: what it is made of, and what it answers when something cannot be."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from ictal.base.errors import IctalError
from ictal.base.provenance import ictal_version
from ictal.study import Study, create_study, open_study
from ictal.web import (
    children,
    criteria,
    eeg,
    export,
    facts,
    filed,
    home,
    oidc,
    pages,
    people,
    room,
    scripts,
    sign_in,
    variants,
)
from ictal.web.accounts import Accounts, Role
from ictal.web.description import Workbench
from ictal.web.gate import Door, Gate, unforged
from ictal.web.jobs import Job, Jobs
from ictal.web.journal import Journal
from ictal.web.kept import check_form
from ictal.web.oidc import Oidc
from ictal.web.reading import Readings
from ictal.web.sessions import Limit, Sessions
from ictal.web.settings import Served
from ictal.web.shelf import NotThere, Shelf
from ictal.web.uploads import Uploads

AUDIT = "audit.jsonl"
_SIGN_INS, _SIGN_INS_OF_ADDRESS, _SIGN_IN_WITHIN_S = 10, 60, 900.0
"""Wrong tries for one name, and for one address: a hospital has one address for many people."""
_ASKS, _ASK_WITHIN_S = 5, 3600.0


def create_app(served: Served, clock: Callable[[], float] = time.time, study: Study | None = None) -> FastAPI:
    """The workbench of one study. `clock` gives seconds since 1970; tests give another."""
    study = opened(served) if study is None else study
    served.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    check_form(served.private)
    accounts = Accounts(served.private, lambda: datetime.fromtimestamp(clock(), UTC))
    door = Door(served, accounts, Sessions(served.private, clock), Journal(served.private / AUDIT))
    shelf = Shelf(served.study, study)

    def finished(job: Job) -> None:
        account = accounts.get(job.by)
        children.attach(shelf, job.recording, account.name if account else "the workbench")

    readings = Readings(shelf)
    jobs = Jobs(shelf, served.private, finished, served.workers)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        jobs.start()
        threading.Thread(target=readings.warm, name="warm", daemon=True).start()
        yield
        jobs.stop()

    app = Workbench(
        title="Ictal",
        version=ictal_version(),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        dependencies=[Depends(unforged)],
        lifespan=life,
    )
    app.state.door, app.state.shelf, app.state.jobs = door, shelf, jobs
    app.state.readings = readings
    app.state.oidc = Oidc(served.provider) if served.provider is not None else None
    app.state.uploads = Uploads(shelf, served.private, served.most_upload_bytes)
    app.state.name_limit = Limit(_SIGN_INS, _SIGN_IN_WITHIN_S, clock)
    app.state.address_limit = Limit(_SIGN_INS_OF_ADDRESS, _SIGN_IN_WITHIN_S, clock)
    app.state.ask_limit = Limit(_ASKS, _ASK_WITHIN_S, clock)
    app.add_api_route("/healthz", lambda: {"status": "ok"}, methods=["GET"])
    for part in (sign_in, oidc, people, home, eeg, room, children, criteria, filed, facts, scripts, export, variants):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=pages.STATIC), name="static")
    app.add_exception_handler(IctalError, _said)
    app.add_exception_handler(OSError, _system)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_middleware(Gate, door=door)
    return app


def opened(served: Served) -> Study:
    """The study of this folder; a folder that is not there or empty becomes a new one."""
    if not served.study.exists() or not any(served.study.iterdir()):
        return create_study(served.study)
    return open_study(served.study, served.key)


def first_link(app: FastAPI) -> str | None:
    """The path of a one-time link for the first admin; `None` when there is an admin."""
    accounts: Accounts = app.state.door.accounts
    return None if accounts.any_admin else f"/join/{accounts.invite(Role.admin, first=True)}"


async def _said(request: Request, error: Exception) -> Response:
    status = 404 if isinstance(error, NotThere) else 400
    return _answer(request, "This cannot be", str(error), status)


async def _system(request: Request, error: Exception) -> Response:
    """What the computer refused. Much of an answer may be kept already, so nothing is said of that."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = "is full: free some space" if full else "could not be read or written: see that it is there"
    sentence = f"The disk of this workbench {why}, then load the page again to see what was kept."
    return _answer(request, "This cannot be", sentence, 507 if full else 503)


async def _refused(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else ""
    sentence = {404: "There is no such page.", 405: "This page does not take that."}.get(code, detail)
    return _answer(request, "This cannot be", sentence, code)


async def _not_valid(request: Request, error: Exception) -> Response:
    wrong = error.errors()[0] if isinstance(error, RequestValidationError) and error.errors() else {}
    field = ".".join(str(part) for part in wrong.get("loc", ())[1:]) or "The request"
    return _answer(request, "This cannot be", f"{field}: {wrong.get('msg', 'is not as it must be')}.", 422)


def _answer(request: Request, title: str, sentence: str, status: int) -> Response:
    sentence = sentence.encode(errors="replace").decode()  # it may hold half a sign of what was sent
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": sentence}, status)
    return pages.message(request, title, sentence, status)
