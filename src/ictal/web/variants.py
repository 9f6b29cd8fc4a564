"""A file of variants at an infant's page: the ranked list with its reasons, and what is kept of it. Never the file."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from ictal.base.errors import IctalError, UsageError
from ictal.infant.genes.triage import Question, triage
from ictal.infant.genes.types import Sex, Triage
from ictal.infant.genes.written import entry_words, to_dict
from ictal.infant.timeline.types import Feature, Infant, Recording
from ictal.report.genetics import genetics_section
from ictal.web import pages
from ictal.web.children import infant_of
from ictal.web.gate import who
from ictal.web.sign_in import door

router = APIRouter()
_ROLES = ("child", "mother", "father")


@router.get("/infants/{number}/variants", response_class=HTMLResponse)
def variants_page(request: Request, number: str) -> Response:
    """Where a file of variants is given."""
    infant = infant_of(request, number)
    door(request).note(who(request), "opened variants", infant=number)
    return _page(request, number, infant)


@router.get("/api/infants/{number}/variants")
def variants(request: Request, number: str) -> dict[str, Any]:
    """What a program sends here, with POST: the VCF as the body, and who is who in it."""
    asked = _question(infant_of(request, number), {})
    return {"send": "VCF or BCF, packed or not, as the body", "ask": list(_ROLES), "hpo": list(asked.hpo)}


@router.post("/infants/{number}/variants", response_class=HTMLResponse)
async def read_file(request: Request, number: str) -> Response:
    """Rank the variants of a file in the genes of the disease. The file is not kept."""
    form = await request.form()
    file = form.get("file")
    said = {role: str(form.get(role) or "").strip() for role in _ROLES}
    try:
        return await run_in_threadpool(_answered, request, number, file if isinstance(file, UploadFile) else None, said)
    finally:
        await request.close()


@router.post("/api/infants/{number}/variants")
async def read_body(
    request: Request, number: str, child: str = "", mother: str = "", father: str = ""
) -> dict[str, Any]:
    """The same for programs, with the keys of `ictal variants --json`."""
    infant = await run_in_threadpool(infant_of, request, number)
    with TemporaryDirectory(prefix="ictal-variants-") as place:
        path = Path(place) / "variants"
        with path.open("wb") as out:
            async for piece in request.stream():
                await run_in_threadpool(out.write, piece)
        question = _question(infant, {"child": child, "mother": mother, "father": father})
        answer = await run_in_threadpool(_triage, path, question)
    door(request).note(who(request), "read variants", infant=number)
    return dict(to_dict(answer))


def _answered(request: Request, number: str, file: UploadFile | None, said: dict[str, str]) -> Response:
    infant = infant_of(request, number)
    try:
        if file is None or not file.size:
            raise UsageError("Choose a file of variants: VCF, packed or not, or BCF.")
        with TemporaryDirectory(prefix="ictal-variants-") as place:
            path = Path(place) / "variants"
            with path.open("wb") as out:
                shutil.copyfileobj(file.file, out, 1 << 20)
            answer = _triage(path, _question(infant, said))
    except IctalError as error:
        return _page(request, number, infant, said, str(error))
    door(request).note(who(request), "read variants", infant=number)
    return _page(request, number, infant, said, answer=answer)


def _triage(path: Path, question: Question) -> Triage:
    """The answer, or one sentence about `this file`: the name that it had is not known here."""
    try:
        return triage(path, question)
    except IctalError as error:
        said = str(error).replace(f"'{path.name}'", "this file", 1).replace(" with --child", " in its field")
        said = said.replace(", or add --trust-roles to go on all the same", "").replace("--", "")
        raise UsageError(said[:1].upper() + said[1:]) from None


def _question(infant: Infant, said: dict[str, str]) -> Question:
    """What is known of the child weighs in: its sex, its signs, and whether a recording shows migration."""
    sex = Sex(infant.sex) if infant.sex in ("female", "male") else Sex.UNKNOWN
    signs = tuple(dict.fromkeys(f.hpo_id for f in infant.of(Feature) if f.present == "yes"))
    counted = [
        r.found
        for r in infant.of(Recording)
        if r.found is not None and r.found.seizures and r.found.migrating is not None
    ]
    migrating = any(f.migrating for f in counted) if counted else None
    child, mother, father = (said.get(role, "") for role in _ROLES)
    return Question(child, mother, father, sex=sex, hpo=signs, migrating=migrating)


def _page(
    request: Request,
    number: str,
    infant: Infant,
    said: dict[str, str] | None = None,
    sentence: str = "",
    answer: Triage | None = None,
) -> HTMLResponse:
    return pages.page(
        request,
        "variants.html",
        422 if sentence else 200,
        number=number,
        infant=infant,
        said=dict.fromkeys(_ROLES, "") | (said or {}),
        sentence=sentence,
        answer=answer,
        kept=[(c, entry_words(c)) for c in answer.candidates] if answer else [],
        section=genetics_section(answer) if answer else "",
    )
