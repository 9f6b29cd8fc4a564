"""Fuzzing of one reader, guided by the branches that inputs reach (atheris): does any end otherwise than in words?

    pip install "ictal[fuzz]"
    python tools/fuzz.py vcf --seconds 300
    python tools/fuzz.py all --seconds 120         every reader, one after the other

A find is kept under tests/robust/seeds/READER, once for each line of ours in which it arose; the tests read them all
again. What reached new branches is kept under --corpus, so that a later run goes on from there.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))

LONGEST_S = 10
KERNELS = [
    "ictal.base.compiled",
    "ictal.eeg.tracking.shapes",
    "ictal.simulator.engine",
    "ictal.simulator.mechanism.course",
    "ictal.simulator.mechanism.kernel",
    *(f"ictal.eeg.{room}.kernels" for room in ("recording", "signal", "detection", "tracking")),
]
"""What numba compiles from its bytecode must keep it."""


class TooLong(Exception):
    """An input took longer than any may."""


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("reader")
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--corpus", type=Path, default=Path(tempfile.gettempdir()) / "ictal-fuzz")
    asked.add_argument("--seeds", type=Path, default=HERE / "tests" / "robust" / "seeds")
    told = asked.parse_args()
    if told.reader == "all":
        return _all(told)
    _fuzz(told.reader, told.seconds, told.corpus / told.reader, told.seeds / told.reader)
    return 0


def _all(told: argparse.Namespace) -> int:
    from tests.robust.targets import TARGETS

    for reader in TARGETS:
        command = [sys.executable, __file__, reader, "--seconds", str(told.seconds), "--corpus", str(told.corpus)]
        subprocess.run([*command, "--seeds", str(told.seeds)], check=False)
    return 0


def _fuzz(reader: str, seconds: int, corpus: Path, seeds: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["ictal"], exclude=KERNELS):
        from tests.robust.targets import TARGETS, tried

        for held in TARGETS[reader][1]():
            with tempfile.TemporaryDirectory() as place:
                said = tried(reader, held, Path(place))
            if said is not None:
                raise SystemExit(f"the sound file of {reader} is refused: {said}")
    corpus.mkdir(parents=True, exist_ok=True)
    for held in TARGETS[reader][1]():
        (corpus / hashlib.sha1(held).hexdigest()).write_bytes(held)
    place = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, _too_long)
    run = _Run(reader, seconds, place, seeds, tried)
    atheris.Setup(
        [sys.argv[0], str(corpus), f"-max_total_time={seconds + 60}", "-rss_limit_mb=4096", "-print_final_stats=0",
         "-verbosity=0", f"-artifact_prefix={place}/", "-max_len=65536"],
        run.one,
    )  # fmt: skip
    atheris.Fuzz()


def _too_long(*_: object) -> None:
    raise TooLong(f"more than {LONGEST_S} s")


class _Run:
    """One run: how many inputs, which finds."""

    def __init__(self, reader: str, seconds: int, place: Path, seeds: Path, tried: object) -> None:
        self._reader, self._place, self._seeds, self._tried = reader, place, seeds, tried
        self._began, self._seconds = time.monotonic(), seconds
        self._many, self._words, self._finds = 0, 0, {}

    def one(self, held: bytes) -> None:
        self._many += 1
        signal.alarm(LONGEST_S)
        try:
            self._words += self._tried(self._reader, held, self._place) is not None
        except Exception as error:
            self._keep(held, error)
        finally:
            signal.alarm(0)
        for left in self._place.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        if time.monotonic() - self._began > self._seconds:
            self._end()

    def _keep(self, held: bytes, error: Exception) -> None:
        frames = [
            f for f in traceback.extract_tb(error.__traceback__) if "/ictal/" in f.filename or "robust" in f.filename
        ]
        where = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
        known = f"{type(error).__name__} {where}"
        if known in self._finds and len(held) >= self._finds[known]:
            return
        if known not in self._finds:
            print(f"{self._reader}: {known}: {str(error)[:300]}", flush=True)
        self._finds[known] = len(held)
        self._seeds.mkdir(parents=True, exist_ok=True)
        name = f"{type(error).__name__}-{where.replace(':', '-').replace('.py', '')}"
        (self._seeds / name).write_bytes(held)

    def _end(self) -> None:
        took_s = time.monotonic() - self._began
        shutil.rmtree(self._place, ignore_errors=True)
        print(
            f"{self._reader}: {self._many} inputs in {took_s:.0f} s ({self._many / took_s:.0f} a second), "
            f"{self._words} ended in a sentence; {len(self._finds)} finds",
            flush=True,
        )
        os._exit(1 if self._finds else 0)


if __name__ == "__main__":
    sys.exit(main())
