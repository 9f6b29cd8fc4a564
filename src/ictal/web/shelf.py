"""The recordings of a study that came in through the browser: each in a folder of its own, under a number.

recordings/3f9ac2d1b0e4/about.json          what it is called, whose it is, when it came
                        recording.edf       the file, under no name that could say who the child is
                        view/               the overview, made for the viewer
                        result/             what `ictal analyse` writes

The readers' corrections stand in the store of the study, with who and when; so does what is known of the child.
"""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from ictal.base.age import Age
from ictal.base.errors import StudyError, UsageError
from ictal.exchange.publish import sync
from ictal.exchange.whole_file import put_whole
from ictal.review import Correction
from ictal.study.store import Study
from ictal.web.journal import now
from ictal.web.kept import load

SUFFIXES = (".edf", ".bdf", ".rec")
"""Formats of one file that are taken by upload."""

_DAMAGED = "What was noted of this recording (about.json) is damaged: restore it from a copy of the study."
_LENGTH = 12
_NUMBER = re.compile(rf"[0-9a-f]{{{_LENGTH}}}")


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a recording before it is read."""

    id: str
    label: str
    file: str
    came: str
    by: str
    bytes: int
    infant: str = ""
    age_days: float | None = None
    gestation_weeks: float | None = None
    sha256: str = ""
    upload: str = ""
    """The number of the upload that it came by."""
    refused: str = ""
    """Why it could not be analysed, in one sentence."""

    @property
    def age(self) -> Age:
        """How old the infant was, as far as it was told."""
        return Age(self.age_days, self.gestation_weeks)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever uploads says of a recording: what to call it, and perhaps whose it is and at which age."""

    label: str
    infant: str = ""
    age_days: float | None = None


class NotThere(UsageError):
    """There is no such recording (or the one who asks need not know)."""


class Shelf:
    """The recordings of one study folder."""

    def __init__(self, place: Path, study: Study) -> None:
        self.root = place / "recordings"
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.study = study
        self._changing: dict[str, threading.Lock] = {}
        for part in self.root.glob(".*.part"):
            self._go_on(part)

    def folder(self, number: str) -> Path:
        """The folder of a recording. Raises `NotThere`; a number is the only way to name one."""
        found = self.root / number
        if not _NUMBER.fullmatch(number) or not (found / "about.json").is_file():
            raise NotThere("There is no such recording in this study.")
        return found

    def about(self, number: str) -> About:
        """What is known of a recording. Raises `StudyError` where the file that says it is damaged."""
        told = load(self.folder(number) / "about.json", About, None)
        if told is None:
            raise NotThere("There is no such recording in this study.")
        try:
            datetime.fromisoformat(told.came)
        except ValueError:
            raise StudyError(_DAMAGED) from None
        if told.id != number or told.file not in {f"recording{suffix}" for suffix in SUFFIXES} or told.bytes < 0:
            raise StudyError(_DAMAGED)
        return told

    def all(self) -> tuple[About, ...]:
        """Every recording, the latest first."""
        numbers = (p.name for p in self.root.iterdir() if _NUMBER.fullmatch(p.name) and (p / "about.json").is_file())
        return tuple(sorted(map(self._shown, numbers), key=lambda a: a.came, reverse=True))

    def _shown(self, number: str) -> About:
        """A recording for the list: one whose file about it is damaged stands there too, and says so."""
        try:
            return self.about(number)
        except UsageError as error:
            if isinstance(error, NotThere):
                raise
            came = datetime.fromtimestamp((self.root / number).stat().st_mtime, UTC).isoformat(timespec="seconds")
            return About(
                id=number, label="(damaged)", file="recording.edf", came=came, by="", bytes=0, refused=str(error)
            )

    def file(self, number: str) -> Path:
        return self.folder(number) / self.about(number).file

    def taken(self, upload: str, by: str) -> About | None:
        """Which recording became of an upload of this person? `None` when none did."""
        try:
            about = self.about(upload[:_LENGTH])
        except NotThere:
            return None
        return about if (about.upload, about.by) == (upload, by) else None

    def take(self, finished: Path, suffix: str, told: Told, by: str, upload: str = "") -> About:
        """Put a finished upload on the shelf; it is there whole or not at all.

        A server that is killed here goes on when it next starts: the file is moved last, so that it is never lost.
        """
        number = upload[:_LENGTH] or secrets.token_hex(_LENGTH // 2)
        folder = self.root / f".{number}.part"
        folder.mkdir(mode=0o700, exist_ok=True)
        about = About(
            id=number,
            label=told.label,
            file=f"recording{suffix}",
            came=now(),
            by=by,
            bytes=finished.stat().st_size,
            infant=told.infant,
            age_days=told.age_days,
            gestation_weeks=self.study.infant(told.infant).gestation_weeks if told.infant else None,
            upload=upload,
        )
        put_whole(folder / "about.json", msgspec.json.encode(about))
        finished.replace(folder / about.file)
        sync(folder)
        folder.replace(self.root / number)
        sync(self.root)
        return about

    def _go_on(self, part: Path) -> None:
        """Put what a killed server was taking on the shelf when its file had come; else it is still an upload."""
        about = load(part / "about.json", About, None)
        if about is not None and (part / about.file).is_file():
            part.replace(self.root / about.id)
        else:
            shutil.rmtree(part, ignore_errors=True)

    def tell(self, number: str, **said: str | float | None) -> About:
        """Note something more about a recording."""
        about = msgspec.structs.replace(self.about(number), **said)
        put_whole(self.folder(number) / "about.json", msgspec.json.encode(about))
        return about

    def corrections(self, number: str) -> tuple[Correction, ...]:
        """What readers did to this recording's seizures, oldest first."""
        return tuple(msgspec.json.decode(told, type=Correction) for told in self.study.reviews(number))

    def changing(self, number: str) -> threading.Lock:
        """Held while a recording is corrected: what is checked then still holds when it is kept."""
        return self._changing.setdefault(number, threading.Lock())

    def correct(self, number: str, correction: Correction, name: str) -> None:
        """Keep a correction, under the name of who made it; it is on the disk when this comes back."""
        self.study.review(number, correction.id, msgspec.json.encode(correction).decode(), name)


def checked_label(text: str) -> str:
    """The name that a reader gives a recording."""
    label = " ".join(text.split())
    if not 1 <= len(label) <= 80 or not label.isprintable():
        raise UsageError("Name the recording in 1 to 80 letters, without the child's name.")
    return label


def checked_told(told: Told, study: Study) -> Told:
    """What was said of a recording, when it can be: the infant is in the study, and the age an age."""
    if told.infant and told.infant not in study.pseudonyms():
        raise UsageError("There is no such infant in this study: make it first, under Infants.")
    if bool(told.infant) != (told.age_days is not None):
        raise UsageError("A recording of an infant needs its age in days at the start, and an age needs an infant.")
    if told.age_days is not None and not 0 <= told.age_days <= 36525:
        raise UsageError(f"An age of {told.age_days:g} days cannot be: give days since birth.")
    return msgspec.structs.replace(told, label=checked_label(told.label))


def checked_suffix(file_name: str) -> str:
    """The ending of an uploaded file's name, when such files are taken. The name itself is kept nowhere."""
    suffix = Path(file_name.replace("\\", "/")).suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"Files that end in '{suffix or 'nothing'}' are not taken by upload. Allowed: {', '.join(SUFFIXES)}; "
            "export the recording as EDF or BDF."
        )
    return suffix
