"""Simulated infants of every kind, prepared once and kept: what the judge learns from and is tried on.

    python benchmarks/infants.py --seeds 300000 300240          makes the template infants of these seeds
    python benchmarks/infants.py --seeds 300000 300080 --engine mechanism

One recording is a scenario and an engine with everything else drawn anew: age, electrodes, reference, sampling rate,
amplitude, artefacts, normal rhythms, rate, size and length of seizures, share of slow ones. What is kept is what
the line reads of it (derivations at 64 Hz and their masks) and its truth, so that a change of detection or tracking is
tried without simulating again. Seeds from 300000 on are for fitting, from 400000 on for looking at what was fitted; the
frozen suite has others.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import os
import pickle
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

import ictal
from ictal.analysis import Settings
from ictal.eeg.signal import montage, stream
from ictal.eeg.signal.stream import BLOCK_S, MARGIN_S, Block
from ictal.eeg.signal.types import Montage
from ictal.eeg.tracking.types import Seizure, mark_pattern
from ictal.simulator import SCENARIOS, Simulation, set_numbers, simulate
from ictal.simulator.types import Truth

DURATION_S = 1500.0
KEPT = Path(os.environ.get("ICTAL_KEPT", Path(__file__).resolve().parent / "results" / "kept"))
RATE = 64

KINDS = ("migrating", "single-focus", "burst-suppression", "artefacts", "quiet", "hypsarrhythmia")
SHARES = {"template": (0.45, 0.15, 0.15, 0.12, 0.09, 0.04), "mechanism": (0.80, 0.06, 0.04, 0.05, 0.03, 0.02)}
MIGRATING = ("eimfs-storm", "eimfs-early", "eimfs-late")
RATES_HZ = (100.0, 128.0, 200.0, 250.0, 256.0, 256.0, 500.0, 512.0, 1024.0)
CAPS = ("10-20", "10-20", "10-20", "12", "8", "8")
TISSUE = {"drive.mean_per_s": 104.0, "drive.shared_per_s": 0.0}
"""Under which the mechanism has many seizures in 25 minutes."""
REFERENCES = ("common", "common", "average", "bipolar", "Cz")


def draw(seed: int, engine: str = "template") -> Simulation:
    """One simulated recording of everything that may vary."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(KINDS, p=SHARES[engine]))
    scenario = SCENARIOS[str(rng.choice(MIGRATING)) if kind == "migrating" else kind]
    age_days = float(np.exp(rng.uniform(np.log(3), np.log(500))))
    if kind == "burst-suppression":
        age_days = float(rng.uniform(1, 60))
    numbers = {
        "amplitude": float(np.exp(rng.uniform(-0.6, 0.6))) * scenario.amplitude,
        "artefacts": float(rng.uniform(0.3, 2.0)) * scenario.artefacts,
        "rhythms": float(rng.uniform(0.3, 1.5)) * scenario.rhythms,
    }
    dense = {
        "seizures_per_hour": float(np.exp(rng.uniform(np.log(6), np.log(36)))),
        "clustered": scenario.clustered if rng.random() < 0.3 else 0.0,
        "highest_snr": float(np.exp(rng.uniform(np.log(4), np.log(12)))),
        "slow_share": float(rng.uniform(0.0, 0.35)),
        "leg_s": float(np.exp(rng.uniform(np.log(9), np.log(26)))),
        "migrating": float(rng.uniform(0.3, 0.9)) if scenario.migrating > 0 else 0.0,
        "bilateral": float(rng.uniform(0.0, 0.3)),
    }
    if scenario.foci:
        numbers |= TISSUE if engine == "mechanism" else dense
    return simulate(
        set_numbers(scenario, numbers, engine),
        duration_s=DURATION_S,
        seed=seed,
        age_days=age_days,
        engine=engine,
        montage=str(rng.choice(CAPS)),
        reference=str(rng.choice(REFERENCES)),
        rate_hz=float(rng.choice(RATES_HZ)),
    )


@dataclass(frozen=True)
class Infant:
    """One recording as the line reads it, with its truth. Stands in for `stream.Preparer`."""

    seed: int
    engine: str
    scenario: str
    montage: Montage
    uv: npt.NDArray[np.float16]
    flags: npt.NDArray[np.uint8]
    truth: Truth
    duration_s: float
    rate_hz: float

    @property
    def seconds(self) -> int:
        return int(self.flags.shape[1])

    def blocks(self) -> Iterator[Block]:
        """As `Preparer.blocks`."""
        for start in range(0, self.seconds, BLOCK_S):
            count = min(BLOCK_S, self.seconds - start)
            yield Block(
                start, count, self.window(start - MARGIN_S, count + 2 * MARGIN_S), self.flags[:, start : start + count]
            )

    def window(self, start_s: int, seconds: int) -> npt.NDArray[np.float32]:
        """As `Preparer.window`: zero where nothing was recorded."""
        out = np.zeros((len(self.uv), seconds * RATE), dtype=np.float32)
        lo, hi = max(0, start_s), min(self.seconds, start_s + seconds)
        if hi > lo:
            out[:, (lo - start_s) * RATE : (hi - start_s) * RATE] = self.uv[:, lo * RATE : hi * RATE]
        return out

    def windows(self, spans: Iterable[tuple[int, int]]) -> Iterator[npt.NDArray[np.float32]]:
        """As `Preparer.windows`."""
        for start_s, seconds in spans:
            yield self.window(start_s, seconds)


def prepared(seed: int, engine: str = "template") -> Infant:
    """The recording of this seed as the line reads it."""
    simulation = draw(seed, engine)
    recording = simulation.recording
    derivations = montage.build(recording)
    parts = list(stream.Preparer(recording, derivations, Settings().signal).blocks())
    inner = slice(MARGIN_S * RATE, -MARGIN_S * RATE)
    uv = np.concatenate([b.uv[:, inner] for b in parts], axis=1).astype(np.float16)
    flags = np.concatenate([b.flags for b in parts], axis=1)
    name, rate_hz = str(simulation.made_by["scenario"]), float(recording.channels[0].rate_hz)
    return Infant(seed, engine, name, derivations, uv, flags, simulation.truth, recording.duration_s, rate_hz)


SHORTEST_S, LONGEST_S = 50.0, 400.0
LEAST_LEFT_S = 6.0


def piece(infant: Infant) -> Infant:
    """A minute or some of a recording, most often about a seizure, as an excerpt is cut."""
    rng = np.random.default_rng(infant.seed + 7)
    length = int(np.exp(rng.uniform(np.log(SHORTEST_S), np.log(LONGEST_S))))
    start = int(rng.integers(0, infant.seconds - length))
    if infant.truth.seizures and rng.random() < 0.7:
        about = infant.truth.seizures[int(rng.integers(len(infant.truth.seizures)))]
        start = int(np.clip(about.start_s - rng.uniform(-0.2, 0.9) * length, 0, infant.seconds - length))
    cut = (_cut(s, float(start), float(start + length)) for s in infant.truth.seizures)
    return replace(
        infant,
        uv=infant.uv[:, start * RATE : (start + length) * RATE],
        flags=infant.flags[:, start : start + length],
        truth=replace(infant.truth, seizures=tuple(s for s in cut if s is not None)),
        duration_s=float(length),
    )


def _cut(seizure: Seizure, start_s: float, stop_s: float) -> Seizure | None:
    """What is left of a seizure within the piece, in its time; `None` when that is hardly anything."""
    legs = [
        replace(
            leg,
            start_s=max(leg.start_s, start_s) - start_s,
            stop_s=min(leg.stop_s, stop_s) - start_s,
            came_from=None,
            came_by=None,
        )
        for leg in seizure.legs
        if min(leg.stop_s, stop_s) - max(leg.start_s, start_s) > 1.0
    ]
    if sum(leg.duration_s for leg in legs) < LEAST_LEFT_S:
        return None
    return Seizure(tuple(legs), mark_pattern(tuple(legs)), seizure.confidence)


def kept(seed: int, engine: str = "template") -> Infant:
    """The same, from the disk when it has been made before by the same simulator and preparation."""
    path = KEPT / f"{engine}-{seed}-{maker(engine)}.pickle"
    if path.exists():
        return pickle.loads(path.read_bytes())
    infant = prepared(seed, engine)
    KEPT.mkdir(parents=True, exist_ok=True)
    being_made = path.with_suffix(f".{os.getpid()}")
    being_made.write_bytes(pickle.dumps(infant, protocol=5))
    being_made.replace(path)
    return infant


def maker(engine: str) -> str:
    """Eight characters of everything that the kept recordings depend on."""
    root = Path(ictal.__file__).parent
    said = hashlib.sha256((inspect.getsource(draw) + inspect.getsource(prepared)).encode())
    for room in ("simulator", "eeg/signal"):
        for file in sorted((root / room).rglob("*.py")):
            if engine == "mechanism" or "mechanism" not in file.parts:
                said.update(file.read_bytes())
    return said.hexdigest()[:8]


def main() -> int:
    """Make and keep the infants of a range of seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs=2, required=True, metavar=("FIRST", "STOP"))
    parser.add_argument("--engine", default="template")
    parser.add_argument("--jobs", type=int, default=1)
    chosen = parser.parse_args()
    seeds = range(*chosen.seeds)
    with ProcessPoolExecutor(chosen.jobs) as pool:
        for n, _ in enumerate(pool.map(partial(_make, engine=chosen.engine), seeds), 1):
            print(f"\r{n} of {len(seeds)}", end="", file=sys.stderr, flush=True)
    return 0


def _make(seed: int, engine: str) -> None:
    kept(seed, engine)


if __name__ == "__main__":
    from infants import main as run  # so that what is kept on the disk names this module, not __main__

    sys.exit(run())
