"""How fast is the mechanism, beside a plain NumPy loop and The Virtual Brain?

    python benchmarks/simulator_speed.py
    python benchmarks/simulator_speed.py --tvb /path/to/python   a Python in which tvb-library is installed
    python benchmarks/simulator_speed.py --day                   a day of 19 channels, files and all (minutes)

Steps a second at 40 and 64 regions, one thread, noise and links included, best of several runs. NumPy steps the same
equations (`mechanism.model`) with the same links, all regions at once. TVB steps its Epileptor (six variables, Heun,
noise, difference coupling without delays) at the same number of regions; its step is another one, so the number
compares work, not seconds of signal. Writes the numbers into benchmarks/results/.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from ictal.simulator.mechanism import model
from ictal.simulator.mechanism.network import HISTORY_SLOTS, LONG, NEAR, SLOT_S, STRIP_SLOTS, make_network
from ictal.simulator.mechanism.settings import Mechanism

RESULTS = Path(__file__).resolve().parent / "results"
PER_SLOT = 4
STEP_S = SLOT_S / PER_SLOT

TVB = """
import sys, time, numpy as np
from tvb.simulator.lab import connectivity, coupling, integrators, models, monitors, noise, simulator
n = int(sys.argv[1])
rng = np.random.default_rng(0)
w = rng.random((n, n)) * (rng.random((n, n)) < 0.15)
np.fill_diagonal(w, 0)
labels = np.array([str(i) for i in range(n)])
c = connectivity.Connectivity(weights=w, tract_lengths=np.zeros((n, n)), region_labels=labels,
    centres=rng.random((n, 3)), speed=np.array([1e9]))
c.configure()
step = integrators.HeunStochastic(dt=0.05, noise=noise.Additive(nsig=np.array([0, 0, 0, 0.0003, 0.0003, 0.0])))
s = simulator.Simulator(model=models.Epileptor(), connectivity=c, coupling=coupling.Difference(a=np.array([1.0])),
    integrator=step, monitors=(monitors.TemporalAverage(period=1.0),)).configure()
s.run(simulation_length=20.0)
t = time.perf_counter()
s.run(simulation_length=500.0)
print(500.0 / 0.05 / (time.perf_counter() - t))
"""


def setting(regions: int) -> tuple[Mechanism, Any, Any, Any]:
    """The links among the first regions of one infant: mechanism, indices, weights, thresholds and balances."""
    mechanism = Mechanism()
    net = make_network(mechanism, 1)
    kept = (net.where[:, 0] < regions) & (net.where[:, 1] < regions)
    where = net.where[kept].copy()
    where[:, 3] *= PER_SLOT
    tissue = model.tissue(mechanism, net.threshold_mv[:regions], net.balance[:regions])
    return mechanism, where, net.weight[kept], tissue


def fast(regions: int, slots: int = 8192, repeats: int = 8) -> float:
    """Steps a second of the kernel, noise drawn anew for each run and counted."""
    from ictal.simulator.mechanism import kernel

    mechanism, where, weight, tissue = setting(regions)
    c = model.numbers(mechanism, STEP_S, 8.0)
    state = np.zeros((model.ROWS, regions), np.float32)
    state[model.CHLORIDE] = 8.0
    history = np.zeros((regions, (HISTORY_SLOTS + STRIP_SLOTS) * PER_SLOT), np.float32)
    seen = np.empty((4, slots, regions), np.float32)
    rng = np.random.default_rng(0)
    best = 0.0
    for _ in range(repeats):
        begin = time.perf_counter()
        drive = rng.standard_normal((slots, regions), dtype=np.float32)
        drive *= np.float32(mechanism.drive.noise_per_s)
        drive += np.float32(mechanism.drive.mean_per_s)
        kernel.run((c, tissue, where, weight), (state, history), drive, seen, (0, PER_SLOT, STRIP_SLOTS))
        best = max(best, slots * PER_SLOT / (time.perf_counter() - begin))
    return best


def plain(regions: int, steps: int = 4000) -> float:
    """Steps a second of the same equations and links in NumPy, vectorised over regions and links."""
    mechanism, where, weight, tissue = setting(regions)
    state = np.zeros((model.ROWS, regions))
    state[model.CHLORIDE] = 8.0
    length = HISTORY_SLOTS * PER_SLOT
    sent = np.zeros((length, regions))
    rng = np.random.default_rng(0)
    force = model.driving_force(mechanism, state[model.CHLORIDE])
    near, far = (where[:, 2] == kind for kind in (NEAR, LONG))
    begin = time.perf_counter()
    for n in range(steps):
        late = weight * sent[(n - where[:, 3]) % length, where[:, 1]]
        arriving = [np.bincount(where[k, 0], late[k], regions) for k in (near, far)]
        drive = mechanism.drive.mean_per_s + mechanism.drive.noise_per_s * rng.standard_normal(regions)
        sent[n % length] = model.advance(mechanism, tissue.astype(float), state, (force, drive, *arriving), STEP_S)
        if (n + 1) % (STRIP_SLOTS * PER_SLOT) == 0:
            model.load_chloride(mechanism, tissue.astype(float), state, force, STRIP_SLOTS * SLOT_S)
            force = model.driving_force(mechanism, state[model.CHLORIDE])
    return steps / (time.perf_counter() - begin)


def tvb(python: str, regions: int) -> float:
    """Steps a second of TVB's Epileptor, in a Python of its own."""
    done = subprocess.run([python, "-c", TVB, str(regions)], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def day(hours: float) -> dict[str, float]:
    """A recording of so many hours with its truth and files, in a process of its own: seconds, peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        asked = ["simulate", "eimfs-storm", "--engine", "mechanism", "--hours", str(hours), "--quiet"]
        subprocess.run([sys.executable, "-m", "ictal", *asked, "--out", f"{folder}/day"], check=True)
        lasted = time.perf_counter() - begin
    return {"hours": hours, "wall_s": lasted, "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024}


def main() -> None:
    """Time each, print a table, write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tvb", help="a Python that has tvb-library")
    parser.add_argument("--day", type=float, nargs="?", const=24.0, help="hours of a recording to make, end to end")
    asked = parser.parse_args()
    found: dict[str, Any] = {"machine": platform.processor() or platform.machine(), "python": platform.python_version()}
    for regions in (40, 64):
        found[str(regions)] = {"ictal": fast(regions), "numpy": plain(regions)}
        if asked.tvb:
            found[str(regions)]["tvb"] = tvb(asked.tvb, regions)
        for name, steps in found[str(regions)].items():
            print(f"{regions} regions  {name:6s} {steps:12,.0f} steps/s", flush=True)
    if asked.day:
        found["day"] = day(asked.day)
        print(found["day"])
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "simulator_speed.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
