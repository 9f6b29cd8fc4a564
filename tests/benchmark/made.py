"""Outcomes, and folders of recordings, small enough to know every number of them."""

from __future__ import annotations

from pathlib import Path

from ictal.benchmark.types import Marked, Outcome
from ictal.eeg.tracking.types import Pattern

LEFT_TO_RIGHT = ("O1", "O2")


def marked(start_s: float, stop_s: float, *path: str, **said: object) -> Marked:
    return Marked(start_s=start_s, stop_s=stop_s, path=path, **said)  # type: ignore[arg-type]


def migrating(start_s: float, stop_s: float, **said: object) -> Marked:
    return marked(start_s, stop_s, *LEFT_TO_RIGHT, pattern=Pattern.migrating, **said)


def outcome(
    name: str, truth: tuple[Marked, ...], found: tuple[Marked, ...], detector: str = "ictal", **traits: str
) -> Outcome:
    return Outcome(
        recording=name,
        detector=detector,
        detector_version="1",
        duration_s=3600.0,
        truth=truth,
        found=found,
        traits={"group": "mix", "engine": "template", "scenario": "made", **traits},
        fingerprint=name,
        took_s=1.0,
    )


def six(detector: str = "ictal") -> list[Outcome]:
    """Six hours: in each a seizure that is found, one that is missed and, in every other, a false detection."""
    told = []
    for k in range(6):
        truth = (
            migrating(100, 140, frequency_hz=5.0, over_background=3.0),
            marked(1000, 1012, "F4", pattern=Pattern.focal, frequency_hz=1.5, over_background=0.8),
        )
        found = (migrating(102, 140, confidence=0.9, frequency_hz=5.0, over_background=3.0),)
        false = (
            marked(2000, 2020, "T7", pattern=Pattern.focal, confidence=0.4, frequency_hz=3.0, over_background=1.5),
        )
        told.append(outcome(f"r{k}", truth, found + (false if k % 2 else ()), detector))
    return told


def read_table(path: Path) -> list[dict[str, str]]:
    head, *rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]
