"""The public set of newborns as it lies in a folder: EEG files, and what three experts marked, second by second.

    PATH/eeg1.edf ... eeg79.edf
    PATH/annotations_2017_A.csv  _B.csv  _C.csv     header row of newborn numbers, then one row a second, 1 = seizure,
                                                    empty after the end of that recording (also .csv.gz)
    PATH/annotations_2017.mat                       instead of the tables: one cell a newborn, (3 experts, seconds)

Stevenson et al., A dataset of neonatal EEG recordings with seizure annotations, Sci Data 2019;6:190039; Zenodo 4940267.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ictal.base.errors import TableError, UsageError

EXPERTS = ("A", "B", "C")
NAMES = ("annotations_2017_{}.csv", "annotations_2017_{}.csv.gz", "annotations_{}.csv", "annotations_{}.csv.gz")
MATRIX = "annotations_2017.mat"
_EEG = re.compile(r"eeg(\d+)\.edf", re.IGNORECASE)

Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Newborn:
    """One newborn: its number, its EEG file (`None` when it is not there), and `marks[expert, second]`."""

    number: int
    eeg: Path | None
    marks: Marks

    @property
    def name(self) -> str:
        return f"eeg{self.number}"

    @property
    def seconds(self) -> int:
        return int(self.marks.shape[1])


def read_newborns(folder: Path) -> tuple[Newborn, ...]:
    """Which newborns are in this folder, with what the experts marked?

    Raises
    ------
    UsageError
        There is no such folder.
    TableError
        A table of annotations is missing or is not one: one sentence with its line.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder '{folder}': give the one that holds eeg1.edf and the annotations.")
    tables = {expert: _table_of(folder, expert) for expert in EXPERTS}
    missing = [expert for expert, path in tables.items() if path is None]
    marks: dict[int, Marks]
    if not missing:
        marks = _together({expert: _read_csv(path) for expert, path in tables.items() if path is not None})
    elif (folder / MATRIX).is_file():
        marks = _read_matrix(folder / MATRIX)
    else:
        raise TableError(
            f"The annotations of expert {missing[0]} are not in '{folder}': expected {NAMES[0].format(missing[0])} "
            f"(or .csv.gz), or {MATRIX} for all three; they come with the recordings (Zenodo 4940267)."
        )
    files = {int(m[1]): p for p in sorted(folder.iterdir()) if (m := _EEG.fullmatch(p.name))}
    return tuple(Newborn(n, files.get(n), marks[n]) for n in sorted(marks))


def _table_of(folder: Path, expert: str) -> Path | None:
    return next((folder / n.format(expert) for n in NAMES if (folder / n.format(expert)).is_file()), None)


def _read_csv(path: Path) -> dict[int, Marks]:
    """Of each newborn, the seconds that one expert marked."""
    opened: Any = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", newline="", encoding="utf-8-sig") as file:
            lines = list(csv.reader(file))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"{path.name} cannot be read as a table: {' '.join(str(error).split())}.") from None
    if len(lines) < 2:
        raise TableError(f"{path.name} has no seconds: expected a header row of newborn numbers, then a row a second.")
    try:
        numbers = [int(cell) for cell in lines[0]]
    except ValueError:
        raise TableError(f"{path.name}, line 1: expected the numbers of the newborns (1, 2, ...).") from None
    columns: list[list[bool]] = [[] for _ in numbers]
    for at, line in enumerate(lines[1:], start=2):
        _take(line, columns, f"{path.name}, line {at}", at - 2)
    return {n: np.array(column, dtype=bool) for n, column in zip(numbers, columns, strict=True)}


def _take(line: list[str], columns: list[list[bool]], where: str, second: int) -> None:
    if not line:
        return
    if len(line) != len(columns):
        raise TableError(f"{where}: {len(line)} cells, but the header names {len(columns)} newborns.")
    for cell, column in zip(line, columns, strict=True):
        text = cell.strip()
        if not text or text.lower() == "nan":
            continue
        if text not in ("0", "1", "0.0", "1.0"):
            raise TableError(f"{where}: '{text[:20]}' is neither 0 nor 1.")
        if len(column) != second:
            raise TableError(f"{where}: a second is marked after the end of that recording.")
        column.append(text[0] == "1")


def _together(tables: Mapping[str, Mapping[int, Marks]]) -> dict[int, Marks]:
    first = tables[EXPERTS[0]]
    for expert, table in tables.items():
        if set(table) != set(first):
            raise TableError(f"Experts {EXPERTS[0]} and {expert} marked different newborns: use tables of one set.")
        for number, marks in table.items():
            if len(marks) != len(first[number]):
                raise TableError(
                    f"Newborn {number} has {len(first[number])} seconds in the table of expert {EXPERTS[0]} and "
                    f"{len(marks)} in that of {expert}: use tables of one set."
                )
    return {number: np.stack([tables[e][number] for e in EXPERTS]) for number in first if len(first[number])}


def _read_matrix(path: Path) -> dict[int, Marks]:
    from scipy.io import loadmat

    try:
        said = loadmat(path)
    except (OSError, ValueError, TypeError, NotImplementedError) as error:
        raise TableError(f"{path.name} cannot be read as a MATLAB file: {' '.join(str(error).split())}.") from None
    cells = [value for value in said.values() if isinstance(value, np.ndarray) and value.dtype == object]
    if len(cells) != 1:
        raise TableError(f"{path.name} holds {len(cells)} cell arrays; expected one, with a cell for each newborn.")
    marks = {}
    for number, cell in enumerate(cells[0].ravel(), start=1):
        if cell.ndim != 2 or cell.shape[0] != len(EXPERTS):
            raise TableError(f"{path.name}, newborn {number}: expected 3 experts by seconds, got {cell.shape}.")
        known = ~np.isnan(np.asarray(cell, dtype=float)).any(axis=0)
        marks[number] = np.asarray(cell, dtype=float)[:, known] > 0
    return marks
