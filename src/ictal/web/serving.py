"""Run the server: one process a study, its log without names, and the one-time link at the first start."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import uvicorn

from ictal.base.errors import OutputError, UsageError, reason_of
from ictal.web.app import AUDIT, create_app, first_link, opened
from ictal.web.journal import Journal
from ictal.web.settings import Served

if sys.platform != "win32":
    import fcntl


def serve(served: Served, say: Callable[[str], None]) -> None:
    """Serve until interrupted. Raises when the address is taken or another server has the study."""
    study = opened(served)
    try:
        served.private.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The study '{served.study}' cannot be written: {reason_of(error)}.") from None
    with _private(served.private / "lock") as lock, _listening(served) as listening:
        _alone(lock.fileno())
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
        app = create_app(served, study=study)
        address = f"http://{f'[{served.host}]' if ':' in served.host else served.host}:{served.port}"
        say(f"Ictal serves '{served.study}' at {address} (stop with Ctrl-C)")
        link = first_link(app)
        if link is not None:
            say(f"There is no admin yet. Open this once, within a day: {address}{link}")
        config = uvicorn.Config(
            app, log_config=None, access_log=False, proxy_headers=False, server_header=False, log_level="warning"
        )
        uvicorn.Server(config).run(sockets=[listening])


def verify(study: Path) -> int:
    """How many entries has the audit trail? Raises `TableError` when somebody changed it."""
    path = study / "web" / AUDIT
    if not path.is_file():
        raise UsageError(f"The study '{study}' has no audit trail: it was never served.")
    return Journal(path).verify()


def _listening(served: Served) -> socket.socket:
    family = socket.AF_INET6 if ":" in served.host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((served.host, served.port))
    except (OSError, OverflowError) as error:
        found.close()
        reason = reason_of(error)
        raise UsageError(
            f"--host {served.host} --port {served.port} cannot be listened on: {reason}. Choose another port."
        ) from None
    return found


def _private(path: Path) -> IO[bytes]:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb")


def _alone(handle: int) -> None:
    """Keep every other server away from this study until this one ends."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UsageError("Another server has this study open: stop it first.") from None
