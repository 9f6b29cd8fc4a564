"""How long does a day of EEG take, beside MNE reading, filtering and resampling the same file?

    python benchmarks/speed.py               24 h x 21 channels x 256 Hz (a file of 0.93 GB, in a temporary folder)
    python benchmarks/speed.py --hours 1 6   other lengths, one after the other
    python benchmarks/speed.py --only ictal  one of the two
    python benchmarks/speed.py --curves      also 1 to 72 hours and 8 to 72 channels, drawn in docs/speed.svg

Each runs in a fresh process, in turn, the file in the page cache: `ictal analyse --no-report` end to end, MNE
`read_raw_edf(preload=True)`, `filter(0.5, 30)`, `resample(64)`, and the floor (`floor.py`: the file read once as 16 bit
integers with one compiled filter pass). Wall time, processor time and peak memory are the operating system's (wait4).
Further processes time the stages of Ictal one by one, a page of 30 s, the drawing of a report, and what only the first
use costs. The numbers go to benchmarks/results/speed.json, a line of them to benchmarks/history.tsv, and what got
slower than in the line before is said. The load of the machine is among them, as another's work slows all: ratios are
of one run, and those of processor time suffer least.
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
from dataclasses import dataclass, replace
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


def write_day(path: Path, hours: float, electrodes: Sequence[str] = ELECTRODES) -> None:
    """Write an EDF of this many hours: one simulated hour of migrating seizures, repeated.

    Beyond the cap of 21 its channels are repeated too, under the names of other places.
    """
    from ictal.base.time import Interval
    from ictal.eeg.recording.types import Recording
    from ictal.exchange.edf import write_edf
    from ictal.simulator import SCENARIOS, simulate

    storm = SCENARIOS["eimfs-storm"].moved(seizures_per_hour=18.0, clustered=0.0)
    made = simulate(
        storm,
        duration_s=min(3600.0, hours * 3600),
        seed=SEED,
        montage=tuple(electrodes[: len(ELECTRODES)]),
        rate_hz=RATE_HZ,
    )
    one = made.recording
    channels = tuple(
        replace(one.channels[k % len(one.channels)], label=name, electrode=name) for k, name in enumerate(electrodes)
    )
    count = round(one.duration_s * RATE_HZ)
    step = round(60 * RATE_HZ)
    hour = np.concatenate(
        [
            one.samples.read_uv(range(len(one.channels)), 0, at, min(at + step, count))
            for at in range(0, count, step)
        ],
        axis=1,
    )  # fmt: skip
    hour = hour[np.arange(len(channels)) % len(hour)]
    day = Recording(
        channels, (Interval(0.0, hours * 3600.0),), Tiled(hour), one.source, one.start, simulated=True
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


_EXTRAS = """
import json, sys, time
from pathlib import Path
import numpy as np
begin = time.perf_counter(), time.process_time()
import ictal.analysis, ictal.exchange.tables
from ictal.eeg.recording import read
said = {"import wall_s": time.perf_counter() - begin[0], "import cpu_s": time.process_time() - begin[1]}
recording = read(sys.argv[1])
rate, every = recording.channels[0].rate_hz, range(len(recording.channels))
page = round(30 * rate)
starts = np.random.default_rng(1).integers(0, int(recording.duration_s) - 30, 300)
recording.samples.read_uv(every, 0, 0, page)
took = []
for start in starts.tolist():
    begin = time.perf_counter()
    recording.samples.read_uv(every, 0, round(start * rate), round(start * rate) + page)
    took.append(time.perf_counter() - begin)
said["page of 30 s ms"] = 1e3 * float(np.median(took))
recording.source.sha256
if "report" in sys.argv:
    from ictal.eeg.signal.pages import Pages
    from ictal.report import render
    analysis = ictal.analysis.analyse(recording)
    chosen = analysis.seizures[:200]
    begin = time.perf_counter(), time.process_time()
    page = render(recording, analysis.montage, analysis.masks, analysis.discharges, chosen, analysis.findings,
                  page_source=Pages(recording, ictal.analysis.Settings().signal))
    said["report wall_s"], said["report cpu_s"] = time.perf_counter() - begin[0], time.process_time() - begin[1]
    said["report seizures"], said["report mb"] = len(chosen), len(page) / 1e6
print(json.dumps(said))
"""


def extras(path: Path, *, report: bool) -> dict[str, float]:
    """Importing, a page of all channels at 300 places, and the report of the first 200 seizures."""
    command = [sys.executable, "-c", _EXTRAS, str(path), *(["report"] if report else [])]
    said: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return said


def first_use(folder: Path) -> dict[str, float]:
    """Two minutes analysed with nothing compiled before, and again: the difference is what only the first use costs."""
    path = folder / "short.edf"
    write_day(path, 1 / 30)
    command = [sys.executable, "-m", "ictal", "analyse", str(path), "--no-report", "--quiet", "--overwrite"]
    command += ["--out", str(folder / "short")]
    kept = os.environ.get("NUMBA_CACHE_DIR")
    os.environ["NUMBA_CACHE_DIR"] = str(folder / "compiled")
    try:
        first, again = measure(command), measure(command)
    finally:
        os.environ.pop("NUMBA_CACHE_DIR")
        if kept is not None:
            os.environ["NUMBA_CACHE_DIR"] = kept
    return {"first wall_s": first["wall_s"], "first cpu_s": first["cpu_s"], "again wall_s": again["wall_s"],
            "again cpu_s": again["cpu_s"]}  # fmt: skip


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
        "floor": [sys.executable, str(HERE / "floor.py"), str(path)],
    }
    commands["ictal"] += ["--out", out]
    chosen = [name for name in commands if options.only in (None, name)]
    runs = [{name: measure(commands[name]) for name in chosen} for _ in range(options.repeat)]
    best = {name: min((run[name] for run in runs), key=lambda run: run["wall_s"]) for name in chosen}
    for name, run in best.items():
        print(f"  {name:<6} {run['wall_s']:7.1f} s wall {run['cpu_s']:7.1f} s processor {run['peak_mb']:7.0f} MB peak")
    if "floor" in best:  # without Python's start and the imports, which no pass over samples is
        best["floor"] |= floor(path)
    for kind in ("wall_s", "cpu_s") if len(best) == 3 else ():
        mne, least = (best[name][kind] / best["ictal"][kind] for name in ("mne", "floor"))
        print(f"  by {kind}: {mne:.1f} times as fast as MNE (aim 12), {1 / least:.1f} times the floor (aim 4)")
    return best


def floor(path: Path) -> dict[str, float]:
    """The seconds that the floor says of itself."""
    command = [sys.executable, str(HERE / "floor.py"), str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return {kind: said[f"read and filter {kind}"] for kind in ("wall_s", "cpu_s")}


def curves(folder: Path) -> dict[str, list[tuple[float, dict[str, float]]]]:
    """The analysis alone at other lengths and other numbers of channels."""
    from ictal.base.electrodes import ELECTRODES as PLACES

    more = [name for name in PLACES if name not in ELECTRODES]
    jobs = [("hours", h, h, ELECTRODES) for h in (1.0, 6.0, 24.0, 72.0)]
    jobs += [("channels", n, 4.0, (*ELECTRODES, *more)[:n]) for n in (8, 21, 42, 72)]
    found: dict[str, list[tuple[float, dict[str, float]]]] = {"hours": [], "channels": []}
    for kind, at, hours, electrodes in jobs:
        path = folder / "curve.edf"
        writer = get_context("spawn").Process(target=write_day, args=(path, hours, electrodes))
        writer.start()
        writer.join()
        command = [sys.executable, "-m", "ictal", "analyse", str(path), "--no-report", "--quiet", "--overwrite"]
        took = measure([*command, "--out", str(folder / "curve-out")])
        took |= {"page of 30 s ms": extras(path, report=False)["page of 30 s ms"], "hours": hours}
        found[kind].append((float(at), took))
        print(f"  {at:g} {kind}: {took['wall_s']:.1f} s wall {took['cpu_s']:.1f} s processor {took['peak_mb']:.0f} MB")
        path.unlink()
    return found


def drawn(found: dict[str, list[tuple[float, dict[str, float]]]]) -> str:
    """Processor seconds for a recorded hour against hours, and against channels, as one SVG."""
    parts = []
    for left, (kind, points) in zip((60, 420), found.items(), strict=True):
        each = [(at, took["cpu_s"] / took["hours"]) for at, took in points]
        top, right = 1.2 * max(y for _, y in each), max(x for x, _ in each)
        place = [(left + 280 * x / right, 250 - 200 * y / top) for x, y in each]
        parts.append(f'<path d="M{left} 40V250H{left + 290}" fill="none" stroke="#888"/>')
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in place)
        parts.append(f'<polyline points="{line}" fill="none" stroke="#1f6fb2" stroke-width="2"/>')
        for (x, y), (at, value) in zip(place, each, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f6fb2"/>')
            parts.append(f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{value:.2f}</text>')
            parts.append(f'<text x="{x:.1f}" y="266" text-anchor="middle">{at:g}</text>')
        parts.append(f'<text x="{left + 140}" y="285" text-anchor="middle">{kind}</text>')
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 295" font-family="sans-serif" font-size="11">'
    title = '<text x="60" y="20" font-size="13">Processor seconds for an hour of EEG (256 Hz)</text>'
    return "\n".join([head, '<rect width="740" height="295" fill="#fff"/>', title, *parts, "</svg>", ""])


COLUMNS = ("when", "hours", "load", "ictal_wall_s", "ictal_cpu_s", "peak_mb", "mne_over_ictal_wall",
           "mne_over_ictal_cpu", "ictal_over_floor_wall", "ictal_over_floor_cpu", "page_ms", "report_s")  # fmt: skip


def remember(row: dict[str, float | str]) -> None:
    """Add a line to the history, and say what got slower than in the last line of the same length."""
    path = HERE / "history.tsv"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else ["\t".join(COLUMNS)]
    before = [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines[1:]]
    last = next((b for b in reversed(before) if b["hours"] == f"{row['hours']:g}"), None)
    for name, sign in (("mne_over_ictal_cpu", -1), ("ictal_over_floor_cpu", 1), ("peak_mb", 1), ("page_ms", 1),
                       ("report_s", 1)):  # fmt: skip
        if last and name in row and last[name]:
            change = float(row[name]) / float(last[name])
            if change**sign > 1.15:
                print(f"  slower than on {last['when']}: {name} {last[name]} -> {float(row[name]):.3g}")
    told = [str(row[c]) if isinstance(row.get(c), str) else f"{row[c]:.4g}" if c in row else "" for c in COLUMNS]
    path.write_text("\n".join([*lines, "\t".join(told)]) + "\n", encoding="utf-8")


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
            other = extras(path, report=True) | first_use(Path(folder)) if "ictal" in runs else {}
            for name, value in other.items():
                print(f"    {name:<18} {value:7.3f}")
            lengths.append({"hours": hours, "file_gb": size_gb, "load_before": load, "runs": runs, "stages": each,
                            "other": other})  # fmt: skip
            if len(runs) == 3:
                remember(_line(hours, load, runs, other))
    found = {}
    if options.curves:
        with tempfile.TemporaryDirectory(prefix="ictal-speed-", dir=options.folder) as folder:
            found = curves(Path(folder))
        (HERE.parent / "docs" / "speed.svg").write_text(drawn(found), encoding="utf-8")
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
        "curves": found,
    }
    (RESULTS / "speed.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _line(
    hours: float, load: float, runs: dict[str, dict[str, float]], other: dict[str, float]
) -> dict[str, float | str]:
    """One line of the history."""
    ictal, mne, least = runs["ictal"], runs["mne"], runs["floor"]
    line: dict[str, float | str] = {
        "when": datetime.now(UTC).isoformat(timespec="minutes"),
        "hours": hours,
        "load": load,
    }
    line |= {"ictal_wall_s": ictal["wall_s"], "ictal_cpu_s": ictal["cpu_s"], "peak_mb": ictal["peak_mb"]}
    for kind in ("wall", "cpu"):
        line[f"mne_over_ictal_{kind}"] = mne[f"{kind}_s"] / ictal[f"{kind}_s"]
        line[f"ictal_over_floor_{kind}"] = ictal[f"{kind}_s"] / least[f"{kind}_s"]
    return line | {"page_ms": other["page of 30 s ms"], "report_s": other["report wall_s"]}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, nargs="+", default=[24.0], help="lengths of the recording [24]")
    parser.add_argument("--repeat", type=int, default=1, help="best of this many runs [1]")
    parser.add_argument("--only", choices=["ictal", "mne", "floor"], help="time only one")
    parser.add_argument("--curves", action="store_true", help="also other lengths and numbers of channels")
    parser.add_argument("--folder", help="where to write the file [the system's temporary folder]")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
