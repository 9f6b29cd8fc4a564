"""The knowledge pages: key points, names and history for everybody; for members every statement with its sources."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from ictal.knowledge.library import find, library
from ictal.knowledge.show import to_dict
from ictal.knowledge.types import Statement
from ictal.web import pages
from ictal.web.sign_in import door

router = APIRouter()

_KEY_POINTS = frozenset({"ilae", "onset", "eeg", "history"})
_MEMBERS_ONLY = frozenset({"genetics", "treatment", "direction", "quinidine", "trials", "diet", "treatable", "kcnq2"})
Words = Annotated[str, Query(max_length=200)]


@router.get("/public/knowledge", response_class=HTMLResponse)
def public_page(request: Request) -> HTMLResponse:
    """What everybody may read: the key points, names, history, authors, disclosures and dates."""
    known, today = library(), door(request).accounts.today
    points = [s for s in known.statements if _is_public(s)]
    return _page(request, points, today, member=False)


@router.get("/knowledge", response_class=HTMLResponse)
def members_page(
    request: Request, query: Words = "", gene: Words = "", stale: bool = False, unverified: bool = False
) -> HTMLResponse:
    """Every statement, genes and treatments included, with a search."""
    today = door(request).accounts.today
    found = find(library(), query, gene=gene, stale=stale, unverified=unverified, today=today)
    asked = {"query": query, "gene": gene, "stale": stale, "unverified": unverified}
    return _page(request, list(found), today, member=True, asked=asked)


@router.get("/api/public/knowledge")
def public_statements(request: Request) -> list[dict[str, Any]]:
    """The key points for programs."""
    known, today = library(), door(request).accounts.today
    return [dict(to_dict(known, s, today)) for s in known.statements if _is_public(s)]


@router.get("/api/knowledge")
def statements(
    request: Request, query: Words = "", gene: Words = "", stale: bool = False, unverified: bool = False
) -> list[dict[str, Any]]:
    """Every statement that fits, for programs."""
    known, today = library(), door(request).accounts.today
    found = find(known, query, gene=gene, stale=stale, unverified=unverified, today=today)
    return [dict(to_dict(known, s, today)) for s in found]


def _is_public(statement: Statement) -> bool:
    """Is it one of the key points, and none about genes or treatments?"""
    tags = set(statement.tags)
    return bool(tags & _KEY_POINTS) and not tags & _MEMBERS_ONLY and not statement.genes


def _page(
    request: Request, shown: list[Statement], today: date, *, member: bool, asked: dict[str, object] | None = None
) -> HTMLResponse:
    known = library()
    rows = [(s, known.of(s), known.aged(s, today)) for s in shown]
    return pages.page(
        request,
        "knowledge.html",
        rows=rows,
        names=[(n, known.of(n), known.aged(n, today)) for n in known.names],
        series=known.series if member and not (asked and any(asked.values())) else (),
        member=member,
        asked=asked or {"query": "", "gene": "", "stale": False, "unverified": False},
    )
