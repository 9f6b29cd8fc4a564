"""Files come in pieces, so that a lost connection costs one piece: each is on the disk before it is answered.

POST /api/uploads            name, bytes, label  -> a number
PUT  /api/uploads/NUMBER     ?at=BYTES, a piece  -> how many bytes are there now
GET  /api/uploads/NUMBER                         -> where to go on
POST /api/uploads/NUMBER     finished            -> the recording, and its analysis begins
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import time
from pathlib import Path

import msgspec

from ictal.base.errors import IctalError, UsageError
from ictal.eeg.recording import read
from ictal.eeg.recording.edf_header import is_edf
from ictal.exchange.publish import sync
from ictal.exchange.whole_file import put_whole
from ictal.web.shelf import About, NotThere, Shelf, Told, checked_suffix, checked_told

KEPT_S = 7 * 24 * 3600.0
"""An upload that nobody goes on with is thrown away after a week."""
MOST_OPEN = 20
_HEAD_BYTES = 256
_NUMBER = re.compile(r"[0-9a-f]{24}")


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What an upload will be."""

    id: str
    suffix: str
    bytes: int
    told: Told
    by: str


class Uploads:
    """The unfinished uploads of one study."""

    def __init__(self, shelf: Shelf, folder: Path, most_bytes: int) -> None:
        self._shelf, self._most = shelf, most_bytes
        self._root = folder / "uploads"
        self._root.mkdir(mode=0o700, exist_ok=True)
        for old in self._root.iterdir():
            if self._planned(old) is None or time.time() - old.stat().st_mtime > KEPT_S:
                shutil.rmtree(old, ignore_errors=True)

    def begin(self, name: str, size: int, told: Told, by: str) -> Planned:
        """A new upload. What cannot be taken is refused before the first byte."""
        suffix, told = checked_suffix(name), checked_told(told, self._shelf.study)
        if not 256 <= size <= self._most:
            raise UsageError(f"A recording has 256 bytes to {self._most >> 30} GB; this one has {size} bytes.")
        if shutil.disk_usage(self._root).free < size + (256 << 20):
            raise UsageError("The disk of this workbench has no room for this recording: free some space first.")
        mine = [p for p in map(self._planned, self._root.iterdir()) if p is not None and p.by == by]
        if len(mine) >= MOST_OPEN:
            raise UsageError(f"You have {MOST_OPEN} unfinished uploads: finish or cancel them first.")
        planned = Planned(id=secrets.token_hex(12), suffix=suffix, bytes=size, told=told, by=by)
        folder = self._root / planned.id
        folder.mkdir(mode=0o700)
        (folder / "data").touch(mode=0o600)
        put_whole(folder / "plan.json", msgspec.json.encode(planned))
        sync(self._root)
        return planned

    def of(self, by: str) -> tuple[tuple[Planned, int], ...]:
        """Somebody's unfinished uploads, and how many bytes of each are there."""
        plans = (self._planned(p) for p in sorted(self._root.iterdir()))
        return tuple((p, self.there(p.id, by)) for p in plans if p is not None and p.by == by)

    def there(self, number: str, by: str) -> int:
        """How many bytes are on the disk? All of them, where it has become a recording."""
        known = self._shelf.taken(number, by)
        if known is not None:
            return known.bytes
        return (self._folder(number, by)[0] / "data").stat().st_size

    def add(self, number: str, by: str, at: int, piece: bytes) -> int:
        """Put a piece at its place. A piece that was sent before is taken again; one that leaves a hole is refused."""
        folder, planned = self._folder(number, by)
        with (folder / "data").open("r+b") as file:
            size = os.fstat(file.fileno()).st_size
            if not 0 <= at <= size:
                raise UsageError(f"The upload has {size} bytes: go on there, not at {at}.")
            if at + len(piece) > planned.bytes:
                raise UsageError(f"The upload was to have {planned.bytes} bytes, and this piece goes beyond.")
            file.seek(at)
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            return max(size, at + len(piece))

    def finish(self, number: str, by: str) -> About:
        """Every byte is there: it becomes a recording of the study. Asked again, it is the same recording."""
        known = self._shelf.taken(number, by)
        if known is not None:
            shutil.rmtree(self._root / number, ignore_errors=True)
            return known
        folder, planned = self._folder(number, by)
        size = (folder / "data").stat().st_size
        if size != planned.bytes:
            raise UsageError(f"The upload has {size} of {planned.bytes} bytes: send the rest first.")
        self._check_readable(folder)
        about = self._shelf.take(folder / "data", planned.suffix, planned.told, by, number)
        shutil.rmtree(folder, ignore_errors=True)
        return about

    @staticmethod
    def _check_readable(folder: Path) -> None:
        """Refuse what is no EEG before it is on the shelf: nothing of it is left, and one sentence says why."""
        file, sentence = folder / "data", ""
        with file.open("rb") as begun:
            if not is_edf(begun.read(_HEAD_BYTES)):
                sentence = "This file is no EDF or BDF recording: its content does not begin as one. Export it again."
        try:
            if not sentence:
                read(file, "not taken yet")
        except IctalError as error:
            sentence = str(error).replace("'data'", "This file", 1)
        if sentence:
            shutil.rmtree(folder, ignore_errors=True)
            raise UsageError(sentence)

    def cancel(self, number: str, by: str) -> None:
        """Throw an unfinished upload away."""
        shutil.rmtree(self._folder(number, by)[0])

    def _folder(self, number: str, by: str) -> tuple[Path, Planned]:
        folder = self._root / number
        planned = self._planned(folder) if _NUMBER.fullmatch(number) else None
        if planned is None or planned.by != by:
            raise NotThere("There is no such upload of yours.")
        return folder, planned

    @staticmethod
    def _planned(folder: Path) -> Planned | None:
        if not (folder / "data").is_file():
            return None  # it became a recording, and the server was killed before the rest was thrown away
        try:
            return msgspec.json.decode((folder / "plan.json").read_bytes(), type=Planned)
        except (OSError, ValueError, msgspec.MsgspecError, RecursionError):
            return None
