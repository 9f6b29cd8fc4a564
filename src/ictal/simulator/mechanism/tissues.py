"""Which tissue stands for a scenario? What differs from the usual tissue (`settings`), number by number, and why.

To move a tissue, change its table here: `--explain NAME --engine mechanism` prints from the same tables.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

import msgspec

from ictal.base.errors import UsageError
from ictal.base.settings import check, describe, to_mapping
from ictal.simulator.mechanism.settings import Mechanism
from ictal.simulator.types import Parameter, Scenario

S24 = "Kuchenbuch 2021, abstract read at http://epilepsia.sen.es/?p=3512"


@dataclass(frozen=True, slots=True)
class Change:
    """A number of the tissue (`room.field`) that is not the usual one, and why."""

    name: str
    value: float
    why: str


@dataclass(frozen=True, slots=True)
class Tissue:
    """What a scenario's cortex is, in a sentence, and what differs in it."""

    meaning: str
    changes: tuple[Change, ...]


NO_GENE = Change("gene.kcnt1_fold", 1, "design: no gain of function of KCNT1 in this infant")
HELD = Change(
    "chloride.dynamic", 0, f"read: without depolarising GABA a seizure does not migrate, {S24}; chloride is held"
)
MOVES = Change("chloride.dynamic", 1, f"read: needed for a seizure to migrate, {S24}")
SEARCHED = "design: found by simulation, so that a day holds as many seizures as it should (docs/mechanism.md)"
EARLY = (Change("drive.mean_per_s", 76, SEARCHED), Change("drive.shared_per_s", 9, SEARCHED))
STORM = (Change("drive.mean_per_s", 80, SEARCHED), Change("drive.shared_per_s", 13, SEARCHED))
LATE = (
    Change("drive.mean_per_s", 78, SEARCHED),
    Change("drive.shared_per_s", 9, SEARCHED),
    Change("slow.fatigue_mv_per_spike", 0.08, "design: seizures last longer than in the storm"),
    Change("slow.fatigue_s", 250, "design: fatigue that comes more slowly stays longer"),
)

HEALTHY = Tissue("A cortex without the gene's change and without foci.", (NO_GENE, HELD))
EXCITED = Change(
    "infant.focus_balance",
    1.7,
    "design: about two seizures an hour from one focus of a cortex without the gene's change (six simulated infants of "
    "30 minutes; none at 1.5, seven an hour at 1.8)",
)
FOCAL = Tissue("Foci of raised balance in a cortex whose inhibition always inhibits.", (NO_GENE, HELD, EXCITED))

TISSUES: dict[str, Tissue] = {
    "quiet": HEALTHY,
    "artefacts": HEALTHY,
    "hypsarrhythmia": HEALTHY,
    "single-focus": FOCAL,
    "self-limited": FOCAL,
    "burst-suppression": FOCAL,
    "eimfs-early": Tissue(
        "Gain of function, a cortex that is rarely excitable enough, chloride that moves.", (MOVES, *EARLY)
    ),
    "eimfs-storm": Tissue(
        "Gain of function, a cortex that rises and falls through the day, chloride that moves.", (MOVES, *STORM)
    ),
    "eimfs-late": Tissue("Gain of function, foci that tire later, chloride that moves.", (MOVES, *LATE)),
    "demo": Tissue("Gain of function, the height of a storm, chloride that moves.", (MOVES,)),
}
"""The tissue of every scenario. Foci are as many as the scenario has; a medicine and what a caller sets come on top."""

MEDICINE = Change(
    "infant.focus_balance",
    0.5,
    "design: how far a simulated medicine of effect -1 takes the balance of foci towards 1; what the rate then is, is "
    "measured and not stated",
)


def tissue_of(scenario: Scenario) -> Tissue:
    """The tissue of a scenario; one of another name has that of an early EIMFS, of a focus, or of health."""
    if scenario.name in TISSUES:
        return TISSUES[scenario.name]
    if scenario.foci:
        return TISSUES["eimfs-early"] if scenario.migrating > 0 else FOCAL
    return HEALTHY


def mechanism_of(scenario: Scenario) -> Mechanism:
    """The tissue in numbers. Rates and shares are not imposed: they come out. Raises `UsageError`."""
    return _mechanism(_changes(scenario))


def tissue_parameters(scenario: Scenario) -> tuple[Parameter, ...]:
    """Every number of the tissue of a scenario, with unit, ends, meaning and provenance."""
    changes = {change.name: change.why for change in _changes(scenario)}
    values = _flat(mechanism_of(scenario))
    return tuple(
        Parameter(
            d.name,
            float(values[d.name]),
            d.unit,
            0.0 if d.low is None else d.low,
            1.0 if d.high is None else d.high,
            d.meaning,
            changes.get(d.name, d.source),
        )
        for d in describe(Mechanism)
    )


def check_tissue_name(name: str) -> None:
    """Is this a number of the tissue? Raises `UsageError` that says which there are."""
    names = [d.name for d in describe(Mechanism)]
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'?" if near else f"There are: {', '.join(names)}."
        raise UsageError(f"The tissue has no number '{name}'. {hint}")


def _changes(scenario: Scenario) -> tuple[Change, ...]:
    """What differs from the usual tissue, the last word last."""
    found = list(tissue_of(scenario).changes)
    found.append(Change("infant.foci", scenario.foci, "design: as many as the scenario has"))
    if scenario.medicine:
        usual = float(_flat(_mechanism(found))[MEDICINE.name])
        left = 1.0 + (usual - 1.0) * (1.0 + MEDICINE.value * scenario.medicine)
        why = f"{MEDICINE.why}; without it {usual:g}"
        found.append(Change(MEDICINE.name, round(left, 6), why))
    for reason in scenario.tissue:
        check_tissue_name(reason.name)
        usual = float(_flat(_mechanism(found))[reason.name])
        found.append(Change(reason.name, reason.value, f"{reason.provenance}; the usual is {usual:g}"))
    return tuple(found)


def _mechanism(changes: tuple[Change, ...] | list[Change]) -> Mechanism:
    kinds = {d.name: type(d.default) for d in describe(Mechanism)}
    made = Mechanism()
    for change in changes:
        room, _, name = change.name.partition(".")
        value = _as(kinds[change.name], change)
        inner = msgspec.structs.replace(getattr(made, room), **{name: value})
        made = msgspec.structs.replace(made, **{room: inner})
    return check(made)


def _as(kind: type, change: Change) -> float | int | bool:
    if kind is float:
        return float(change.value)
    if change.value != int(change.value) or (kind is bool and change.value not in (0, 1)):
        allowed = "0 or 1" if kind is bool else "a whole number"
        raise UsageError(f"'{change.name}' is {allowed}. Got {change.value:g}.")
    return bool(change.value) if kind is bool else int(change.value)


def _flat(mechanism: Mechanism) -> dict[str, Any]:
    rooms: dict[str, Any] = to_mapping(mechanism)
    return {f"{room}.{name}": value for room, numbers in rooms.items() for name, value in numbers.items()}
