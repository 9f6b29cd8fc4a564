"""One job, in a process of its own: `python -m ictal.web.work FOLDER`. It tells how far it is in lines of JSON.

First the overview, so that the recording can be paged through; then the analysis. Each appears whole or not at all.
The process ends when its standard input does, so that none is left behind when the server is killed; and it waits for
one before it that still ends.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from pathlib import Path

import msgspec
import numpy as np

from ictal.analysis import Settings, analyse
from ictal.base.age import Age
from ictal.base.errors import IctalError
from ictal.eeg.recording import read
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.overview import overview
from ictal.exchange.folder import whole_folder
from ictal.exchange.publish import flush, publish, tidy
from ictal.exchange.whole_file import put_whole
from ictal.results import write_results
from ictal.web.shelf import About

if sys.platform != "win32":
    import fcntl

VIEW, RESULT, MASKS = "view", "result", "masks.npy"
_OVERVIEW_SHARE = 0.25


def main(folder: Path) -> int:
    """Make the overview and the analysis of the recording in this folder; 0 when all is there."""
    try:
        about = msgspec.json.decode((folder / "about.json").read_bytes(), type=About)
        _tell(share=0.0, doing="reading the file")
        recording = read(folder / about.file)
        told = msgspec.structs.replace(about, sha256=recording.source.sha256, refused="")
        put_whole(folder / "about.json", msgspec.json.encode(told))
        make_view(folder, recording)
        make_result(folder, recording, about.age)
    except IctalError as error:
        _tell(said=str(error))
        return error.exit_code
    except (msgspec.MsgspecError, UnicodeDecodeError):
        _tell(said="What was noted of this recording (about.json) is damaged: restore it from a copy of the study.")
        return 3
    except MemoryError:
        _tell(said="The computer ran out of memory: free some, or cut the recording into shorter files.")
        return 3
    return 0


def make_view(folder: Path, recording: Recording) -> None:
    """What the viewer draws when it shows more than a page."""
    made = overview(
        recording,
        Settings().signal,
        lambda share: _tell(share=_OVERVIEW_SHARE * share, doing="drawing the overview"),
    )
    with _staged(folder / VIEW) as staging:
        for k, level in enumerate(made.levels):
            np.save(staging / f"level{k}.npy", level)
        trends = made.trends
        np.savez(
            staging / "trends.npz",
            column_s=np.float64(trends.column_s),
            amplitude_uv=trends.amplitude_uv,
            power=trends.power,
            asymmetry=trends.asymmetry,
        )


def make_result(folder: Path, recording: Recording, age: Age) -> None:
    """What `ictal analyse` writes, and the masks."""
    settings = Settings()
    rest = 0.95 - _OVERVIEW_SHARE
    analysis = analyse(
        recording,
        settings,
        lambda share: _tell(share=_OVERVIEW_SHARE + rest * share, doing="looking for seizures"),
        age=age,
    )
    _tell(share=0.96, doing="writing the results")
    with whole_folder(folder / RESULT, overwrite=True) as staging:
        write_results(staging, analysis, settings, with_report=True)
        np.save(staging / MASKS, analysis.masks.flags)
    _tell(share=1.0, doing="done")


class _staged:
    """A folder that takes the place of an older one when the body succeeds."""

    def __init__(self, out: Path) -> None:
        self._out, self._part = out, out.with_name(f".{out.name}.part")

    def __enter__(self) -> Path:
        tidy(self._out)
        shutil.rmtree(self._part, ignore_errors=True)
        self._part.mkdir(mode=0o700)
        return self._part

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            flush(self._part)
            publish(self._part, self._out)
        else:
            shutil.rmtree(self._part, ignore_errors=True)


def _tell(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def _process(folder: Path) -> int:
    """A job that ends with the server, and begins when no other works in this folder."""
    threading.Thread(target=_watch, daemon=True).start()
    with (folder / ".lock").open("w") as lock:
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(f".{RESULT}.partial-*"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        return main(folder)


def _watch() -> None:
    os.read(0, 1)  # not `sys.stdin`: its lock, held here, would be a fault at the end of the interpreter
    os._exit(1)


if __name__ == "__main__":
    sys.exit(_process(Path(sys.argv[1])))
