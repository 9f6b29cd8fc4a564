"""How long does a day of EEG take, beside MNE reading, filtering and resampling the same file?

    python benchmarks/speed.py               24 h x 21 channels x 256 Hz (a file of 0.93 GB, in a temporary folder)
    python benchmarks/speed.py --hours 1 6   other lengths, one after the other
    python benchmarks/speed.py --only ictal  one of the two

Each runs in a fresh process, in turn, the file in the page cache: `ictal analyse --no-report` end to end, and MNE
`read_raw_edf(preload=True)`, `filter(0.5, 30)`, `resample(64)`. Wall time, processor time and peak memory are the
operating system's (wait4). A further process times the stages of Ictal one by one. The numbers go to
benchmarks/results/speed.json; the load of the machine before the runs is among them, as another's work slows both.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"
RATE_HZ = 256.0
ELECTRODES = (
    "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1", "O2",
    "F9", "F10",
)  # fmt: skip
SEED = 1999

_MNE = """
import sys, mne
mne.set_log_level("ERROR")
raw = mne.io.read_raw_edf(sys.argv[1], preload=True)
raw.filter(0.5, 30.0)
raw.resample(64.0)
print(raw.get_data().shape)
"""


@dataclass(frozen=True)
class Tiled:
    """An hour of samples, said again and again."""

    hour: npt.NDArray[np.float32]

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> npt.NDArray[np.float32]:
        """Samples `[start, stop)` of some channels."""
        at = np.arange(start, stop) % self.hour.shape[1]
        return self.hour[np.ix_(list(channels), at)]


def write_day(path: Path, hours: float) -> None:
    """Write an EDF of this many hours: one simulated hour of migrating seizures, repeated."""
    from ictal.base.time import Interval
    from ictal.eeg.recording.types import Recording
    from ictal.exchange.edf import write_edf
    from ictal.simulator import SCENARIOS, simulate

    storm = SCENARIOS["eimfs-storm"].moved(seizures_per_hour=18.0, clustered=0.0)
    made = simulate(storm, duration_s=min(3600.0, hours * 3600), seed=SEED, montage=ELECTRODES, rate_hz=RATE_HZ)
    one = made.recording
    count = round(one.duration_s * RATE_HZ)
    step = round(60 * RATE_HZ)
    hour = np.concatenate(
        [
            one.samples.read_uv(range(len(one.channels)), 0, at, min(at + step, count))
            for at in range(0, count, step)
        ],
        axis=1,
    )  # fmt: skip
    day = Recording(
        one.channels, (Interval(0.0, hours * 3600.0),), Tiled(hour), one.source, one.start, simulated=True
    )  # fmt: skip
    write_edf(day, path)


def measure(command: Sequence[str]) -> dict[str, float]:
    """Run a command to its end: wall and processor seconds, and peak memory (MB). Ends this benchmark if it fails."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - begin
        if child.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(command[:4])} ended with {child.returncode}:\n{said.read().decode()[-2000:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return {"wall_s": wall_s, "cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss * unit / 1e6}


_STAGES = """
import json, sys, time
from ictal.analysis import Settings
from ictal.eeg.detection import runs, score
from ictal.eeg.recording import read
from ictal.eeg.signal import montage, stream
from ictal.eeg.tracking.follow import follow

times = {}
def stage(name, work):
    begin = time.perf_counter(), time.process_time()
    result = work()
    times[name] = {"wall_s": time.perf_counter() - begin[0], "cpu_s": time.process_time() - begin[1]}
    return result

settings = Settings()
recording = stage("open", lambda: read(sys.argv[1]))
derivations = montage.build(recording)
signal = stream.Preparer(recording, derivations, settings.signal)
stage("prepare", lambda: [None for _ in signal.blocks()])
scores = stage("prepare and score", lambda: score.annotate(signal.blocks(), derivations.labels, settings.detection))
found = stage("discharges", lambda: runs.discharges(scores, derivations, settings.detection))
stage("tracking", lambda: follow(found, scores, derivations, signal, settings.tracking))
print(json.dumps(times))
"""


def stages(path: Path) -> dict[str, dict[str, float]]:
    """Wall and processor seconds of each stage of Ictal, in a process of its own."""
    child = subprocess.run([sys.executable, "-c", _STAGES, str(path)], capture_output=True, text=True, check=True)
    said: dict[str, dict[str, float]] = json.loads(child.stdout)
    return said


def compare(path: Path, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Run both on one file in turn, as often as asked for, and keep the quickest run of each."""
    out = str(path.with_name("out"))
    commands = {
        "ictal": [sys.executable, "-m", "ictal", "analyse", str(path), "--no-report", "--quiet", "--overwrite"],
        "mne": [sys.executable, "-c", _MNE, str(path)],
    }
    commands["ictal"] += ["--out", out]
    chosen = [name for name in commands if options.only in (None, name)]
    runs = [{name: measure(commands[name]) for name in chosen} for _ in range(options.repeat)]
    best = {name: min((run[name] for run in runs), key=lambda run: run["wall_s"]) for name in chosen}
    for name, run in best.items():
        print(f"  {name:<6} {run['wall_s']:7.1f} s wall {run['cpu_s']:7.1f} s processor {run['peak_mb']:7.0f} MB peak")
    if len(best) == 2:
        print(f"  ictal takes {best['ictal']['wall_s'] / best['mne']['wall_s']:.2f} of MNE's time (aim: at most 0.33)")
    return best


def main() -> int:
    """Write the files, time both, print the ratios."""
    options = _options()
    lengths = []
    for hours in options.hours:
        with tempfile.TemporaryDirectory(prefix="ictal-speed-", dir=options.folder) as folder:
            path = Path(folder) / "day.edf"
            # In a process of its own: a child's peak memory counts what its parent held when it was started.
            writer = get_context("spawn").Process(target=write_day, args=(path, hours))
            writer.start()
            writer.join()
            if writer.exitcode:
                return 1
            size_gb = path.stat().st_size / 1e9
            print(f"{hours:g} h x {len(ELECTRODES)} channels x {RATE_HZ:g} Hz: {size_gb:.2f} GB")
            load = os.getloadavg()[0]
            runs = compare(path, options)
            each = stages(path) if "ictal" in runs else {}
            for name, took in each.items():
                print(f"    {name:<18} {took['wall_s']:7.2f} s wall {took['cpu_s']:7.2f} s processor")
            lengths.append({"hours": hours, "file_gb": size_gb, "load_before": load, "runs": runs, "stages": each})
    RESULTS.mkdir(exist_ok=True)
    result = {
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "channels": len(ELECTRODES),
        "rate_hz": RATE_HZ,
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "best_of": options.repeat,
        "lengths": lengths,
    }
    (RESULTS / "speed.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, nargs="+", default=[24.0], help="lengths of the recording [24]")
    parser.add_argument("--repeat", type=int, default=1, help="best of this many runs [1]")
    parser.add_argument("--only", choices=["ictal", "mne"], help="time only one of the two")
    parser.add_argument("--folder", help="where to write the file [the system's temporary folder]")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
