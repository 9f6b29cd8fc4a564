"""The door: a path goes in, a Recording comes out, or one sentence that says why not."""

from __future__ import annotations

import hashlib
from functools import partial
from os import PathLike
from pathlib import Path
from threading import Thread

from ictal.base.errors import RecordingError, reason_of
from ictal.base.files import open_file
from ictal.eeg.recording.edf import read_edf
from ictal.eeg.recording.edf_header import is_edf
from ictal.eeg.recording.types import Recording

READABLE = "EDF, EDF+, BDF, BDF+, BrainVision (.vhdr), EEGLAB (.set), Nihon Kohden (.EEG), Persyst (.lay) and FIF"

_EDF_SUFFIXES = frozenset({".edf", ".bdf", ".rec"})


def read(path: str | PathLike[str], sha256: str | None = None) -> Recording:
    """What is in this file? The format is told by its content first and by its suffix second.

    Samples stay on disk until they are asked for. Raises `RecordingError` with one sentence when the file cannot be
    read, and `MissingExtra` when its format needs an optional library that is not installed. Whoever knows the file's
    SHA-256 already can give it: that saves reading the whole file.
    """
    file = Path(path)
    head = _head(file)
    try:
        if is_edf(head):
            return read_edf(file, Digest(file) if sha256 is None else partial(str, sha256))
        if file.suffix.lower() in _EDF_SUFFIXES:
            raise RecordingError(
                f"'{file.name}' is not an EEG recording: its name says {file.suffix.lower()} and its content does not "
                "begin as one. Check the file, or export it again."
            )
        from ictal.eeg.recording import foreign

        kind = foreign.format_of(file, head)
        if kind is None:
            raise RecordingError(f"'{file.name}' is not an EEG recording that Ictal can read. It reads {READABLE}.")
        return foreign.read_foreign(file, kind, Digest(file) if sha256 is None else partial(str, sha256))
    except OSError as error:
        if isinstance(error, RecordingError):
            raise
        raise RecordingError(f"'{file.name}' cannot be read: {reason_of(error)}.") from error


class Digest:
    """The SHA-256 of a file, worked out beside other work from the moment on that it is made; called, it tells."""

    def __init__(self, path: Path) -> None:
        self._path, self._said, self._wrong = path, "", None
        self._work = Thread(target=self._read, name="ictal-digest", daemon=True)
        self._work.start()

    _wrong: OSError | None

    def __call__(self) -> str:
        self._work.join()
        if self._wrong is not None:
            why = reason_of(self._wrong)
            raise RecordingError(f"'{self._path.name}' could no longer be read: {why}.") from self._wrong
        return self._said

    def __reduce__(self) -> tuple[type[partial[str]], tuple[type[str], str]]:
        """What travels to another process is the answer."""
        return partial, (str, self())

    def _read(self) -> None:
        try:
            before = self._path.stat()
            self._said = digest(self._path)
            after = self._path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise OSError("it changed meanwhile; read it again")
        except OSError as error:
            self._wrong = error


def digest(path: str | PathLike[str]) -> str:
    """What is the SHA-256 of this file, in hexadecimal? Read in pieces: memory stays small."""
    with Path(path).open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _head(file: Path) -> bytes:
    """The first bytes of the file; every reason why there are none is a sentence."""
    try:
        with open_file(file) as opened:
            head = opened.read(256)
    except IsADirectoryError as error:
        raise RecordingError(f"'{file.name}' is a folder; give the path of one EEG file.") from error
    except FileNotFoundError as error:
        raise RecordingError(f"There is no file '{file.name}'. Check the path.") from error
    except PermissionError as error:
        raise RecordingError(f"'{file.name}' may not be read: permission denied. Ask for read permission.") from error
    except (OSError, ValueError) as error:
        raise RecordingError(f"'{file.name}' cannot be opened: {reason_of(error)}.") from error
    if not head:
        raise RecordingError(f"'{file.name}' is empty. Export or copy the file again.")
    return head
