"""Packages with detectors, installed by entry point into a folder that is then on the path."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "loud_detector.py"

BROKEN = """
import numpy as np
from ictal import Discharge, Mark

class Plain:
    name, version = "plain", "0.1"

class Raises(Plain):
    def score(self, blocks, montage):
        raise RuntimeError("weights are missing")

class Writes(Plain):
    def score(self, blocks, montage):
        for block in blocks:
            block.uv[:] = 0
        return np.zeros((len(montage.labels), 1))

class Shape(Plain):
    def score(self, blocks, montage):
        return np.zeros((2, 3))

class Range(Plain):
    def score(self, blocks, montage):
        return np.full((len(montage.labels), sum(b.seconds for b in blocks)), 1.5)

class Unknown(Plain):
    def find(self, blocks, montage):
        return [Discharge(1.0, 9.0, "X1-avg", "", float("nan"), float("nan"), 0.5)]

class Late(Plain):
    def find(self, blocks, montage):
        return [Discharge(1.0, 1e6, montage.labels[0], "", float("nan"), float("nan"), 0.5)]

class NotFinite(Plain):
    def find(self, blocks, montage):
        yield Discharge(float("nan"), 9.0, montage.labels[0], "", 4.0, 50.0, 0.5)

class Outside(Plain):
    def seizures(self, recording):
        return [Mark(-5.0, 10.0)]

class Nothing(Plain):
    pass

class Nameless:
    version = "1"
    def seizures(self, recording):
        return []

class Exits(Plain):
    def seizures(self, recording):
        raise SystemExit(0)

class Intervals(Plain):
    name = "intervals"
    def seizures(self, recording):
        return [Mark(100.0, 140.0, confidence=0.7)]

class Whole(Plain):
    name = "whole"
    def find(self, blocks, montage):
        for block in blocks:
            pass
        return [Discharge(100.0, 140.0, label, "", float("nan"), float("nan"), 0.9)
                for label in montage.labels if label.startswith("O1")]

class Second(Plain):
    name = "second"
    def discharges(self, scores, montage):
        return ()
"""
NAMES = (
    "Raises", "Writes", "Shape", "Range", "Unknown", "Late", "NotFinite", "Outside", "Nothing", "Nameless", "Exits",
    "Intervals", "Whole", "Second",
)  # fmt: skip


def install(folder: Path) -> Path:
    """A folder as pip leaves one: two modules, and the metadata that names their entry points."""
    (folder / "loud_detector.py").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "broken_detectors.py").write_text(BROKEN, encoding="utf-8")
    info = folder / "some_detectors-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-detectors\nVersion: 1.0\n", encoding="utf-8")
    points = [f"{name.lower()} = broken_detectors:{name}" for name in NAMES]
    lines = ["[ictal.detectors]", "loud = loud_detector:Loud", "gone = no_such_module:X", *points]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
