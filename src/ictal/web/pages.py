"""How a page is written: the templates, what each of them is given, and what a file of the front end is called."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ictal import report
from ictal.base.provenance import ictal_version
from ictal.knowledge.show import follows_from
from ictal.report import words
from ictal.web.accounts import Role
from ictal.web.gate import who

_STYLE = re.compile(r' style="[^"]*"')

HERE = Path(__file__).parent
STATIC = HERE / "static"


def page(request: Request, template: str, status: int = 200, /, **context: object) -> HTMLResponse:
    """A template, filled; every page knows who asks."""
    asks = who(request)
    text = (
        _environment()
        .get_template(template)
        .render({"who": asks, "roles": Role, "path": request.url.path, "version": ictal_version(), **context})
    )
    return HTMLResponse(text, status)


def message(request: Request, title: str, sentence: str, status: int) -> HTMLResponse:
    """A page that says one thing."""
    return page(request, "message.html", status, title=title, sentence=sentence)


def wants_part(request: Request) -> bool:
    """Does htmx ask for a part of the page?"""
    return request.headers.get("hx-request") == "true"


@cache
def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader([HERE / "templates", Path(report.__file__).parent / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals["static"] = static
    found.filters.update(
        span=words.span,
        in_recording=words.in_recording,
        number=words.number,
        day=day,
        size=size,
        plain_svg=plain_svg,
        follows_from=follows_from,
    )
    return found


@cache
def static(name: str) -> str:
    """The address of a file of the front end; it changes with the file, so that no browser keeps an old one."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def plain_svg(figure: Markup) -> Markup:
    """A figure of the report without its own style, which a strict policy refuses; the page's style sheet has it."""
    return Markup(_STYLE.sub("", figure, count=1))  # the figure is markup already; nothing is put into it


def day(text: str) -> str:
    """A moment as it is read: `25 Nov 2026, 22:15`."""
    return f"{datetime.fromisoformat(text):%d %b %Y, %H:%M}"


def size(count: int) -> str:
    """A number of bytes as it is read."""
    value = float(count)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def plain_errors(values: Mapping[str, str], field: str, sentence: str) -> dict[str, object]:
    """What a form is given when it is shown again: what was typed, and what is wrong beside which field."""
    return {"values": {"name": "", "why": "", **values}, "field": field, "sentence": sentence}
