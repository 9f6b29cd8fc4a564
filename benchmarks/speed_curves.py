"""How far is an analysis from the floor, how does it grow, and what got slower since the last time?

    python benchmarks/speed_curves.py                    all; with the 72 h file it needs 4 GB of disk
    python benchmarks/speed_curves.py --hours 1 6 24     these lengths alone

Every analysis is `ictal analyse --no-report` in a fresh process, from EDF to `seizures.tsv` and `findings.json`, the
file in the page cache; the quickest of `--repeat` runs counts. MNE's read, filter and resample of the 24 h file is
timed in the same run (`--without-mne` leaves it out), and the floor beside it (floor.py): the file read once as int16
with one pass of a fused filter over it. A line a figure is added to benchmarks/history.tsv, and what takes over 15 %
longer than the best line of this machine is said. Draws docs/speed.svg.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import speed

HERE = Path(__file__).resolve().parent
HISTORY = HERE / "history.tsv"
DRAWN = HERE.parent / "docs" / "speed.svg"
SLOWER = 1.15

_FLOOR = f"""
import json, sys
sys.path.insert(0, {str(HERE)!r})
from pathlib import Path
import floor
print(json.dumps(floor.measure(Path(sys.argv[1]))))
"""

_PAGES = """
import json, sys, time, numpy as np
from ictal.eeg.recording import read

recording = read(sys.argv[1])
rate = recording.channels[0].rate_hz
rng = np.random.default_rng(0)
times = []
for at in rng.integers(0, int((recording.duration_s - 30) * rate), 400):
    begin = time.perf_counter()
    recording.samples.read_uv(recording.eeg, 0, int(at), int(at + 30 * rate))
    times.append(time.perf_counter() - begin)
page_ms = 1e3 * np.array(times[50:])
print(json.dumps({"page_ms": float(np.median(page_ms)), "page_p95_ms": float(np.quantile(page_ms, 0.95))}))
"""

_TOLD = """
import json, sys
from ictal.eeg.recording import read
print(json.dumps(len(read(sys.argv[1]).eeg)))
"""


def asked(code: str, path: Path) -> dict[str, float]:
    """What a short program says of a file."""
    child = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(child.stdout)
    return said


def analysed(
    path: Path, repeat: int, more: Sequence[str] = ("--no-report",), cache: str | None = None
) -> dict[str, float]:
    """The quickest run of the whole command."""
    command = [sys.executable, "-m", "ictal", "analyse", str(path), "--quiet", "--overwrite", *more]
    command += ["--out", str(path.with_name("out"))]
    before = os.environ.get("NUMBA_CACHE_DIR")
    if cache is not None:
        os.environ["NUMBA_CACHE_DIR"] = cache
    try:
        return min((speed.measure(command) for _ in range(repeat)), key=lambda run: run["wall_s"])
    finally:
        if cache is not None:
            os.environ.pop("NUMBA_CACHE_DIR")
            if before is not None:
                os.environ["NUMBA_CACHE_DIR"] = before


def made(folder: Path, hours: float) -> Path:
    """An EDF of this many hours, written in a process of its own."""
    path = folder / f"{hours:g}h.edf"
    in_another(speed.write_day, path, hours)
    # Into the page cache, by another process: a child's peak memory counts what its parent held when it was started.
    subprocess.run([sys.executable, "-c", "import sys; open(sys.argv[1], 'rb').read()", str(path)], check=True)
    return path


def in_another(work: Callable[..., Any], path: Path, size: float) -> Path:
    """Do this in a process of its own; where a wide file then lies."""
    child = get_context("spawn").Process(target=work, args=(path, size))
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(1)
    return path.with_name(f"{size:g}ch.edf")


def widened(path: Path, channels: int) -> None:
    """The same samples said under as many names: EDF holds its channels one after the other in each record.

    Those beyond the 21 electrodes have names that are none of the 10-20 system: they are in the file, and not analysed.
    """
    raw = path.read_bytes()
    count = int(raw[252:256])
    head = 256 * (count + 1)
    fields = [16, 80, 8, 8, 8, 8, 8, 80, 8, 32]
    parts, at = [], 256
    for width in fields:
        parts.append([raw[at + k * width : at + (k + 1) * width] for k in range(count)])
        at += count * width
    lengths = [int(n) for n in parts[8]]
    last = count - 1  # annotations
    names = [f"EEG {10 + k // 2}{'AB'[k % 2]}h" for k in range(channels)]
    pick = [k % last for k in range(channels)]
    heads = [[column[k] for k in pick] + [column[last]] for column in parts]
    standard = [parts[0][k] for k in range(min(last, channels))]
    heads[0] = [*standard, *(n.ljust(16).encode() for n in names[len(standard) :]), parts[0][last]]
    size = 2 * sum(lengths)
    starts = [2 * sum(lengths[:k]) for k in range(count)]
    first = bytearray(raw[:256])
    first[184:192] = str(256 * (channels + 2)).ljust(8).encode()
    first[252:256] = str(channels + 1).ljust(4).encode()
    out = path.with_name(f"{channels}ch.edf")
    with out.open("wb") as file:
        file.write(bytes(first) + b"".join(b"".join(column) for column in heads))
        for record in range(head, len(raw), size):
            for k in [*pick, last]:
                file.write(raw[record + starts[k] : record + starts[k] + 2 * lengths[k]])


def commit() -> str:
    """Which commit this is, where git can say so; `+` when files were changed since."""
    command = ["git", "-C", str(HERE), "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "n/a"


def remember(figures: dict[str, float]) -> list[str]:
    """Adds a line a figure to the history; says which takes longer than the best line of the same machine."""
    where = f"{platform.machine()}, {os.cpu_count()} processors"
    head = "when\tmachine\tload\tfigure\tvalue\tversion\tcommit\n"
    lines = HISTORY.read_text(encoding="utf-8").splitlines()[1:] if HISTORY.exists() else []
    best: dict[str, float] = {}
    for line in lines:
        _, machine, _, name, value, *_ = line.split("\t")
        if machine == where:
            best[name] = min(best.get(name, float("inf")), float(value))
    now, load = datetime.now(UTC).isoformat(timespec="seconds"), os.getloadavg()[0]
    what = f"{version('ictal')}\t{commit()}"
    lines += [f"{now}\t{where}\t{load:.1f}\t{name}\t{value:.4g}\t{what}" for name, value in figures.items()]
    HISTORY.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    return [
        f"{name}: {value:.4g}, {value / best[name]:.2f} times the best so far ({best[name]:.4g})"
        for name, value in figures.items()
        if name in best and value > SLOWER * best[name]
    ]


def drawn(curves: Sequence[tuple[str, str, Sequence[tuple[float, float]]]]) -> str:
    """Each curve in a panel of its own, both axes from zero."""
    wide, high, gap = 300, 180, 70
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(curves) * (wide + gap) + 20} {high + 90}" '
        'font-family="sans-serif" font-size="12">'
    ]
    for n, (across, up, points) in enumerate(curves):
        left, right, top = 60 + n * (wide + gap), max(x for x, _ in points), 1.15 * max(y for _, y in points)
        spots = [(left + wide * x / right, 20 + high * (1 - y / top)) for x, y in points]
        parts.append(f'<rect x="{left}" y="20" width="{wide}" height="{high}" fill="none" stroke="#888"/>')
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
        parts.append(f'<polyline points="{line}" fill="none" stroke="#36648b" stroke-width="2"/>')
        for (x, y), (value, took) in zip(spots, points, strict=True):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#36648b"/>')
            parts.append(f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle">{took:.2g}</text>')
            parts.append(f'<text x="{x:.1f}" y="{high + 36}" text-anchor="middle">{value:g}</text>')
        parts.append(f'<text x="{left + wide / 2}" y="{high + 58}" text-anchor="middle">{across}</text>')
        parts.append(f'<text x="{left}" y="12">{up}</text>')
    return "\n".join([*parts, "</svg>\n"])


def main() -> int:
    """Everything, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, nargs="+", default=[1.0, 6.0, 24.0, 72.0])
    parser.add_argument("--channels", type=int, nargs="+", default=[8, 21, 64, 128, 256])
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--without-mne", action="store_true")
    chosen = parser.parse_args()
    figures: dict[str, float] = {}
    lengths, widths = [], []
    print(f"load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="ictal-speed-") as name:
        folder = Path(name)
        for hours in chosen.hours:
            path = made(folder, hours)
            if hours == chosen.hours[0]:
                figures |= first_use(path, folder, hours)
                for channels in chosen.channels:
                    wide = in_another(widened, path, channels)
                    widths.append((float(channels), analysed(wide, chosen.repeat)["wall_s"]))
                    print(f"{channels} channels, {hours:g} h: {widths[-1][1]:.2f} s, {asked(_TOLD, wide)} read")
                    wide.unlink()
            run = analysed(path, chosen.repeat)
            lengths.append((hours, run["wall_s"] / hours))
            figures |= {f"{hours:g}h_{k}": v for k, v in run.items()}
            print(f"{hours:g} h: {run['wall_s']:.2f} s wall, {run['cpu_s']:.2f} s processor, {run['peak_mb']:.0f} MB")
            if hours == 24:
                figures |= beside(path, run, chosen.without_mne)
            if hours == max(chosen.hours):
                figures |= asked(_PAGES, path)
                print(f"a page of 30 s: {figures['page_ms']:.3f} ms median, {figures['page_p95_ms']:.3f} ms p95")
            path.unlink()
    DRAWN.write_text(
        drawn(
            [
                ("hours recorded", "s of wall time per hour", lengths),
                ("channels in the file", f"s for {chosen.hours[0]:g} h", widths),
            ]
        ),
        encoding="utf-8",
    )
    slower = remember(figures)
    print("\n".join(["Slower than before:", *slower]) if slower else "Nothing is slower than before.")
    return 0


def first_use(path: Path, folder: Path, hours: float) -> dict[str, float]:
    """What the very first run costs beside the next: compiling, and importing."""
    cache = str(folder / "numba")
    first, second = analysed(path, 1, cache=cache), analysed(path, 1, cache=cache)
    help_s = speed.measure([sys.executable, "-m", "ictal", "--help"])["wall_s"]
    print(f"first run {first['wall_s']:.1f} s, the next {second['wall_s']:.2f} s; --help {help_s:.2f} s")
    return {f"{hours:g}h_first_run_s": first["wall_s"], f"{hours:g}h_next_run_s": second["wall_s"], "help_s": help_s}


def beside(path: Path, run: dict[str, float], without_mne: bool) -> dict[str, float]:
    """The floor, the report, and MNE on the same file."""
    floor = asked(_FLOOR, path)
    floor_s = floor["read and filter wall_s"]
    told = analysed(path, 1, more=())
    figures = {"bare_floor_s": floor_s, "over_bare_floor": run["wall_s"] / floor_s}
    figures["report_s"] = told["wall_s"] - run["wall_s"]
    print(
        f"floor: {floor_s:.2f} s (reading alone {floor['read wall_s']:.2f} s); the analysis takes "
        f"{figures['over_bare_floor']:.1f} times that; the report adds {figures['report_s']:.1f} s"
    )
    if not without_mne:
        mne = speed.measure([sys.executable, "-c", speed._MNE, str(path)])
        figures |= {"mne_s": mne["wall_s"], "ictal_over_mne": run["wall_s"] / mne["wall_s"]}
        print(f"MNE {mne['wall_s']:.1f} s, {mne['peak_mb']:.0f} MB: {mne['wall_s'] / run['wall_s']:.1f} times as long")
    return figures


if __name__ == "__main__":
    sys.exit(main())
