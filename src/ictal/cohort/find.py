"""Which EEG files are in a dataset, and what does it say of the infants?

A BIDS dataset is told by its dataset_description.json: the EEG files of its subjects are taken, its derivatives and
source data are not. Any other folder is searched at every depth. Columns of participants.tsv that are understood: `age`
(years, or the `Units` of participants.json), `age_days`, `age_weeks`, `age_months`, `age_years`, and `gene`;
sessions.tsv says the age at each session and goes before it.
"""

from __future__ import annotations

import csv
import io
import math
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from ictal.base.errors import UsageError, reason_of
from ictal.base.files import load_json, read_file
from ictal.cohort.types import Item

SUFFIXES = frozenset({".edf", ".bdf", ".rec", ".vhdr", ".set", ".lay", ".fif"})
DESCRIPTION = "dataset_description.json"

_NOT_RAW = frozenset({"derivatives", "sourcedata", "code", "stimuli", "phenotype"})
_ENTITY = re.compile(r"(?:^|[/_])(sub|ses)-([0-9A-Za-z]+)")
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.4375, "y": 365.25}
"""Days of a unit by the first letter of its name."""
_GENES = ("gene", "gene_symbol", "genotype")
_UNKNOWN = frozenset({"", "n/a", "na", "nan", "unknown", "none"})


def is_bids(dataset: Path) -> bool:
    """Is this folder a BIDS dataset?"""
    return (dataset / DESCRIPTION).is_file()


def find_items(dataset: Path, out: Path) -> tuple[Item, ...]:
    """Which recordings are to be analysed? In the order of their names; nothing within `out` is taken.

    Raises `UsageError` where there is no such folder or no EEG file in it.
    """
    try:
        root = dataset.resolve()
        if not root.is_dir():
            what = "is a file: give the folder of a dataset" if root.is_file() else "is not there: check the path"
            raise UsageError(f"'{dataset}' {what}, or use `ictal analyse` for one recording.")
        bids = is_bids(root)
        files = sorted(_eeg_files(root, out.resolve(), bids))
    except (OSError, RuntimeError) as error:
        if isinstance(error, UsageError):
            raise
        raise UsageError(f"The folder '{dataset}' cannot be read: {reason_of(error)}.") from None
    if not files:
        wanted = "sub-*/**/eeg/*_eeg.edf or another EEG format" if bids else ", ".join(sorted(SUFFIXES))
        raise UsageError(f"There is no EEG file in '{dataset}': expected {wanted}.")
    infants = _Infants(root)
    stems = Counter(file.with_suffix("") for file in files)
    return tuple(_item(file, root, infants, stems[file.with_suffix("")] > 1) for file in files)


def _item(file: Path, root: Path, infants: _Infants, shared: bool) -> Item:
    inside = file.relative_to(root)
    name = (inside.with_name(inside.name.replace(".", "-")) if shared else inside.with_suffix("")).as_posix()
    said = dict(_ENTITY.findall(inside.as_posix()))
    subject = f"sub-{said['sub']}" if "sub" in said else None
    session = f"ses-{said['ses']}" if "ses" in said else None
    return Item(name, file, subject, session, infants.age_days(subject, session), infants.gene(subject))


def _eeg_files(root: Path, out: Path, bids: bool) -> Iterator[Path]:
    for place, folders, names in os.walk(root, followlinks=False):
        here = Path(place)
        top = here == root
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and here / name != out
            and not (top and name in _NOT_RAW)
            and (not bids or not top or name.startswith("sub-"))
        )
        if bids and here.name != "eeg":
            continue
        for name in names:
            stem, suffix = os.path.splitext(name)
            if suffix.lower() in SUFFIXES and not name.startswith(".") and (not bids or stem.endswith("_eeg")):
                yield here / name


class _Infants:
    """What participants.tsv and the sessions.tsv of a dataset say, read when first asked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._infants = _table(root / "participants.tsv", "participant_id")
        self._sessions: dict[str, _Table] = {}

    def gene(self, subject: str | None) -> str | None:
        row = self._infants.rows.get(subject or "", {})
        return next((row[c].strip() for c in _GENES if not _unknown(row.get(c))), None)

    def age_days(self, subject: str | None, session: str | None) -> float | None:
        if subject is None:
            return None
        if session is not None:
            if subject not in self._sessions:
                path = self._root / subject / f"{subject}_sessions.tsv"
                self._sessions[subject] = _table(path, "session_id")
            age = self._sessions[subject].age_days(session)
            if age is not None:
                return age
        return self._infants.age_days(subject)


class _Table:
    """A table of BIDS by the identifier of its first column, with the units that its JSON file gives."""

    def __init__(self, rows: Mapping[str, Mapping[str, str]], age_unit: str) -> None:
        self.rows = rows
        self._days = _DAYS.get(age_unit[:1].lower(), _DAYS["y"])

    def age_days(self, identifier: str) -> float | None:
        row = self.rows.get(identifier, {})
        for column, days in (
            ("age_days", 1.0),
            ("age_weeks", _DAYS["w"]),
            ("age_months", _DAYS["m"]),
            ("age_years", _DAYS["y"]),
            ("age", self._days),
        ):
            if not _unknown(row.get(column)):
                try:
                    age = float(row[column]) * days
                except ValueError:
                    continue
                if math.isfinite(age) and age >= 0:
                    return age
        return None


def _unknown(cell: str | None) -> bool:
    return cell is None or cell.strip().lower() in _UNKNOWN


def _table(path: Path, identifier: str) -> _Table:
    """A table that is missing, or is no table, says nothing."""
    rows: dict[str, dict[str, str]] = {}
    try:
        text = read_file(path).decode("utf-8-sig", errors="replace")
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE):
            cells = {k.strip(): v for k, v in row.items() if isinstance(k, str) and isinstance(v, str)}
            name = cells.get(identifier, "").strip()
            prefix = "sub-" if identifier == "participant_id" else "ses-"
            if name:
                rows[name if name.startswith(prefix) else prefix + name] = cells
    except (OSError, csv.Error):
        pass
    return _Table(rows, _age_unit(path.with_suffix(".json")))


def _age_unit(path: Path) -> str:
    try:
        said = load_json(path)
        unit = said["age"]["Units"]
    except (OSError, ValueError, LookupError, TypeError):
        return "y"
    return unit if isinstance(unit, str) else "y"
