"""Everything that a user can see, as files: one recording, its EEG, or the whole study.

A ZIP is written to a file that has no name, and sent from there in pieces: memory does not grow with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from ictal.base.errors import IctalError, OutputError, reason_of
from ictal.exchange.child import exported
from ictal.exchange.edf import write_edf
from ictal.exchange.findings_json import write_findings
from ictal.exchange.tables import write_events
from ictal.web.children import number_of
from ictal.web.criteria import criteria
from ictal.web.eeg import noted, opened
from ictal.web.gate import who
from ictal.web.home import FILES, recording, report_text, shelf
from ictal.web.reading import Reading
from ictal.web.room import seizures
from ictal.web.sign_in import door
from ictal.web.work import RESULT

router = APIRouter()
_PIECE = 1 << 20
_INFANT_FORMS = {"json": "json", "csv": "csv", "phenopacket": "phenopacket.json", "fhir": "fhir.json"}


class Zip(StreamingResponse):
    """A ZIP archive."""

    media_type = "application/zip"


class Edf(StreamingResponse):
    """A recording as EDF+."""

    media_type = "application/octet-stream"


@router.get("/api/recordings/{number}/export", response_class=Zip)
def recording_zip(request: Request, number: str) -> Zip:
    """What the analysis found, what the readers left of it, every correction, and both reports."""
    reading = opened(request, number)
    noted(request, number, "exported recording")
    file = _zipped(lambda archive: _put_recording(request, archive, reading, ""))
    return Zip(_pieces(file), headers=_named(f"recording-{number}.zip"))


@router.get("/api/recordings/{number}/export/edf", response_class=Edf)
def recording_edf(request: Request, number: str) -> Edf:
    """The EEG as EDF+, gaps kept, without the name that the file's own header may hold."""
    reading = opened(request, number)
    noted(request, number, "exported EEG")
    with TemporaryDirectory(prefix="ictal-export-", ignore_cleanup_errors=True) as place, _room_on_disk():
        path = Path(place) / "recording.edf"
        write_edf(reading.recording, path)
        file = path.open("rb")  # it stays until it is closed, though its folder goes
    return Edf(_pieces(file), headers=_named(f"recording-{number}.edf"))


@router.get("/api/export", response_class=Zip)
def study_zip(request: Request) -> Zip:
    """Every infant's record with its criteria, and of every recording what `export` of one gives."""
    door(request).note(who(request), "exported the study")
    return Zip(_pieces(_zipped(lambda archive: _put_study(request, archive))), headers=_named("study.zip"))


def _put_study(request: Request, archive: ZipFile) -> None:
    store, here = shelf(request), door(request)
    for infant in store.study.infants():
        number = number_of(here, infant.pseudonym)
        for form, suffix in _INFANT_FORMS.items():
            archive.writestr(f"infants/{number}/record.{suffix}", exported(infant, form)[0])
        archive.writestr(f"infants/{number}/criteria.json", _text(criteria(request, number)))
    for about in store.all():
        folder = f"recordings/{about.id}/"
        try:
            _put_recording(request, archive, opened(request, about.id), folder)
        except IctalError as error:  # a file that cannot be read: what is known of it is there, and why
            archive.writestr(f"{folder}recording.json", _text(recording(request, about.id)))
            archive.writestr(f"{folder}not-exported.txt", f"{error}\n")


def _put_recording(request: Request, archive: ZipFile, reading: Reading, folder: str) -> None:
    number = reading.about.id
    archive.writestr(f"{folder}recording.json", _text(recording(request, number)))
    for name in FILES:
        path = reading.folder / RESULT / name
        if path.is_file():
            archive.write(path, f"{folder}analysis/{name}")
    reviews = reading.reviews()
    if reviews is None:
        return
    kept = tuple(r.seizure for r in reviews.reviewed if r.verdict != "rejected")
    with TemporaryDirectory(prefix="ictal-export-") as place:
        write_events(Path(place), reading.recording, reviews.scene.discharges, kept)
        write_findings(Path(place), reviews.findings)
        for path in sorted(Path(place).iterdir()):
            archive.write(path, f"{folder}reviewed/{path.name}")
    archive.writestr(f"{folder}reviewed/report.html", report_text(reading, reviews))
    archive.writestr(f"{folder}reviewed/readers.json", _text(seizures(request, number)))


def _zipped(put: Callable[[ZipFile], None]) -> IO[bytes]:
    with ExitStack() as stack, _room_on_disk():
        file = stack.enter_context(TemporaryFile())
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            put(archive)
        file.seek(0)
        stack.pop_all()
        return file


@contextmanager
def _room_on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"The file to send cannot be written: {reason_of(error)}. Free some space first.") from None


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _named(name: str) -> dict[str, str]:
    return {"content-disposition": f'attachment; filename="{name}"'}


def _text(told: Any) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
