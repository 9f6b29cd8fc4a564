"""A scenario and a seed become a recording with its truth. Samples are made when they are asked for."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from threading import Lock
from types import MappingProxyType
from typing import Any, TypedDict, Unpack

import numpy as np

from ictal.base.electrodes import electrode
from ictal.base.errors import IctalError, UsageError
from ictal.base.provenance import ictal_version
from ictal.base.time import Interval
from ictal.eeg.recording.types import Annotation, Recording, Samples, Source
from ictal.simulator.artefacts import RAIL_UV, body_of
from ictal.simulator.caps import Cap, Wiring, all_places, find_cap, wire
from ictal.simulator.chance import SENSOR, Floats, generator, mixed_seed, product
from ictal.simulator.events import Event
from ictal.simulator.head import infant_head
from ictal.simulator.scenarios import find_scenario
from ictal.simulator.script import Script, write_script
from ictal.simulator.types import Child, Parameter, Reason, Scenario, Simulation, Sitting, Sources, Truth

BLOCK_S = 32.0
"""Samples are made in blocks of this length, each whole, so that they are the same however they are read."""
SENSOR_UV = 0.4
"""Noise of each electrode and its amplifier, RMS (provenance: design)."""
ENGINES = ("template", "mechanism")
COMPONENTS = ("background", "rhythm", "artefact", "ictal")
KEPT_BLOCKS = 4
KEPT_WAVES = 64
START = datetime(2001, 1, 1, 0, 0, 0)
"""A simulated recording has a wall clock of its own: no infant was born."""
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 32.0, 2048.0


Writer = Callable[[Scenario, Cap, tuple[str, ...], Sitting], "tuple[Script, Callable[[], Truth]]"]
"""Scenario, cap, places, and what is recorded of whom; the answer tells its truth when it is asked."""


class Worn(TypedDict, total=False):
    """How an infant is recorded: see `simulate`."""

    montage: str | tuple[str, ...] | Cap
    reference: str
    rate_hz: float


def simulate(
    scenario: str | Scenario,
    *,
    duration_s: float,
    seed: int,
    age_days: float | None = None,
    engine: str = "template",
    child: Child | None = None,
    **worn: Unpack[Worn],
) -> Simulation:
    """What would the EEG of such an infant look like, and what is true of it?

    Parameters
    ----------
    scenario
        A name of `SCENARIOS`, or a `Scenario`.
    duration_s
        Length of the recording in seconds, from 1 to 14 days; cut to whole samples.
    seed
        Whole number from 0; the same seed gives the same samples and the same truth. Seizures, rhythms and artefacts
        of a scenario and seed do not depend on the montage, the reference or the rate.
    age_days
        Age of the infant from -84 (preterm) to 730; `None` takes that of the scenario.
    engine
        `template` draws seizures from the scenario's numbers; `mechanism` lets them arise in a model of the cortex that
        the scenario sets up (`ictal.simulator.mechanism`; needs numba).
    child
        Whose recording it is, for several of one infant (`ictal.simulator.courses`); `None`: an infant of this seed.
    montage
        `10-20` (19 electrodes), `12`, `8`, a tuple of electrodes, or a `Cap`, which can also name the channels the old
        (`T3`) or the clinical way (`EEG T3-REF`).
    reference
        `common` (an electrode between Fz and Cz), `average`, `bipolar` (longitudinal), or an electrode.
    rate_hz
        Samples per second, 32 to 2048.

    Returns
    -------
    Simulation
        `recording` makes its samples when they are read, in bounded memory and the same whatever the order; `truth`
        speaks the tracker's own types (rules in `ictal.simulator.truth`).

    Raises
    ------
    UsageError
        for an unknown scenario, montage, electrode or engine and for a number out of range, those of the scenario too.

    Examples
    --------
    >>> made = simulate("demo", duration_s=300, seed=1, montage="8")
    >>> made.recording.simulated, len(made.recording.channels)
    (True, 8)
    """
    chosen = find_scenario(scenario)
    age = chosen.age_days if age_days is None else age_days
    rate_hz = worn.get("rate_hz", 256.0)
    _check_numbers(duration_s, seed, age, rate_hz)
    cap, against = find_cap(worn.get("montage", "10-20")), _find_reference(worn.get("reference", "common"))
    places = all_places(cap, against)
    wiring = wire(cap, against, places, rate_hz)
    write = _find_engine(engine)
    mixed = mixed_seed(seed, chosen.name)
    script, tell = write(chosen, cap, places, Sitting(age, duration_s, mixed, child or Child(mixed, age)))
    samples = math.floor(duration_s * rate_hz)
    recording = Recording(
        channels=wiring.channels,
        segments=(Interval(0.0, samples / rate_hz),),
        samples=SyntheticSource(script, wiring, rate_hz, samples),
        source=Source(f"{chosen.name}_seed-{seed}", "simulated"),
        start=START,
        annotations=(Annotation(0.0, 0.0, f"SIMULATED EEG: scenario {chosen.name}, seed {seed}"),),
        simulated=True,
        attributes=MappingProxyType(
            {
                "scenario": chosen.name,
                "seed": seed,
                "age_days": age,
                "reference": against,
                "mains_hz": body_of(mixed, age).mains_hz,
            }
        ),
    )
    made_by: dict[str, object] = {
        "scenario": chosen.name,
        "seed": seed,
        "duration_s": duration_s,
        "age_days": age,
        "montage": list(cap.electrodes),
        "reference": against,
        "rate_hz": rate_hz,
    }
    return Simulation(recording, tell, MappingProxyType(made_by | _of_whom(chosen, engine, age, child)))


def _of_whom(scenario: Scenario, engine: str, age_days: float, child: Child | None) -> dict[str, object]:
    """What a simulation says of its infant and of what made it: the head, every number of the scenario, the version."""
    head_cm = child.head_cm if child else None
    said: dict[str, object] = {
        "head_cm": round(2 * math.pi * 100.0 * infant_head(age_days, head_cm=head_cm).radius_m, 2),
        "engine": engine,
        "version": ictal_version(),
        "simulated": True,
        "parameters": [asdict(p) for p in parameters_of(scenario, engine)],
    }
    return said if child is None else said | {"child": asdict(child)}


class SyntheticSource:
    """Samples computed on demand from a script.

    1. A sample depends on the script, the wiring and its index, never on what was read before.
    2. Some blocks and waves are kept; memory does not grow with the length of the recording.
    3. Safe to read from several threads.

    `components` says what is in it (`COMPONENTS`): `("ictal",)` alone shows the discharges without anything else.
    """

    def __init__(
        self, script: Script, wiring: Wiring, rate_hz: float, samples: int, components: Sequence[str] = COMPONENTS
    ) -> None:
        unknown = sorted(set(components) - set(COMPONENTS))
        if unknown:
            raise UsageError(f"Components can be {', '.join(COMPONENTS)}; not {', '.join(unknown)}.")
        self._script, self._wiring, self._rate_hz, self._samples = script, wiring, rate_hz, samples
        self._components = frozenset(components)
        self._block = round(BLOCK_S * rate_hz)
        self._events = [e for e in script.events if e.group in self._components]
        self._starts = np.array([e.start_s for e in self._events])
        self._longest_s = max((e.stop_s - e.start_s for e in self._events), default=0.0)
        self._blocks: OrderedDict[int, Samples] = OrderedDict()
        self._pieces: OrderedDict[int, Samples] = OrderedDict()
        self._waves: OrderedDict[tuple[int, ...], tuple[int, Floats]] = OrderedDict()
        self._lock = Lock()

    def only(self, *components: str) -> SyntheticSource:
        """The same recording with some of its components alone, for checks of the truth."""
        return SyntheticSource(self._script, self._wiring, self._rate_hz, self._samples, components)

    def keep(self, first_s: float) -> dict[str, Any]:
        """Arrays from which a source of the same script can go on at this second without running to it again."""
        return {} if self._script.tissue is None else self._script.tissue.keep(first_s)

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what `keep` gave."""
        if self._script.tissue is not None:
            self._script.tissue.go_on(kept)

    def sources(self) -> Sources:
        """What the regions gave, from the first sample on. Raises `UsageError` where there are none."""
        if self._script.tissue is None:
            raise UsageError("The template engine has no regions whose states could be kept: add --engine mechanism.")
        return self._script.tissue.sources(self._wiring.weights, self._samples / self._rate_hz)

    def read_uv(self, channels: Sequence[int], segment: int, start: int, stop: int) -> Samples:
        """Samples `[start, stop)` of some channels, microvolts, `(n_channels, stop - start)`."""
        if segment != 0 or not 0 <= start <= stop <= self._samples:
            raise UsageError(
                f"This recording has one segment of {self._samples} samples. "
                f"Got segment {segment}, samples {start} to {stop}."
            )
        rows = list(channels)
        out = np.empty((len(rows), stop - start), dtype=np.float32)
        with self._lock:
            for number in range(start // self._block, (stop - 1) // self._block + 1 if stop > start else 0):
                first = number * self._block
                low, high = max(start, first), min(stop, first + self._block)
                out[:, low - start : high - start] = self._make_block(number)[rows, low - first : high - first]
        return out

    def _make_block(self, number: int) -> Samples:
        if number not in self._blocks:
            self._blocks[number] = self._render(number)
            while len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        self._blocks.move_to_end(number)
        return self._blocks[number]

    def _render(self, number: int) -> Samples:
        first = number * self._block
        places = len(self._script.places)
        if "background" in self._components:
            shown = self._background(number)
        else:
            shown = np.zeros((places, self._block), dtype=np.float32)
        if self._script.tissue is not None and "ictal" in self._components:
            shown = shown + self._script.tissue.fields_uv(first / self._rate_hz, self._block, self._rate_hz)
        for event in self._overlapping(first):
            at, wave = self._wave(event)
            low, high = max(first, at), min(first + self._block, at + len(wave))
            if high <= low:
                continue
            rows = np.flatnonzero(event.field)
            added = event.field[rows, None].astype(np.float32) * wave[None, low - at : high - at].astype(np.float32)
            if event.replaces:
                shown[rows, low - first : high - first] = added
            else:
                shown[rows, low - first : high - first] += added
        np.clip(shown, -RAIL_UV, RAIL_UV, out=shown)
        return product(self._wiring.weights.astype(np.float32), shown).clip(-RAIL_UV, RAIL_UV)

    def _background(self, number: int) -> Samples:
        """The last half of one piece of noise and the first half of the next, each region as loud as it is then."""
        half = self._block
        noise = self._piece(number)[:, :, half:] + self._piece(number + 1)[:, :, :half]
        times = (number * half + np.arange(half)) / self._rate_hz
        shown = self._script.background.mix(noise, times)
        sensor = generator(self._script.seed, SENSOR, number).standard_normal(shown.shape, dtype=np.float32)
        return shown + sensor * np.float32(SENSOR_UV)

    def _piece(self, number: int) -> Samples:
        if number not in self._pieces:
            self._pieces[number] = self._script.background.piece(number, self._rate_hz, 2 * self._block)
            while len(self._pieces) > 2:
                self._pieces.popitem(last=False)
        self._pieces.move_to_end(number)
        return self._pieces[number]

    def _overlapping(self, first: int) -> list[Event]:
        """Events of this block in a fixed order: what adds first, what replaces last."""
        begin, end = first / self._rate_hz, (first + self._block) / self._rate_hz
        low = int(np.searchsorted(self._starts, begin - self._longest_s - 1.0))
        high = int(np.searchsorted(self._starts, end))
        found = [e for e in self._events[low:high] if e.stop_s > begin]
        return sorted(found, key=lambda e: e.replaces)

    def _wave(self, event: Event) -> tuple[int, Floats]:
        if event.key not in self._waves:
            self._waves[event.key] = event.render(self._script.seed, self._rate_hz)
            while len(self._waves) > KEPT_WAVES:
                self._waves.popitem(last=False)
        self._waves.move_to_end(event.key)
        return self._waves[event.key]


def parameters_of(scenario: Scenario, engine: str) -> tuple[Parameter, ...]:
    """Which numbers does this engine read of a scenario, those of the tissue that stands for it included?"""
    if engine == "template":
        return scenario.parameters
    from ictal.simulator.mechanism.tissues import tissue_parameters

    shared = scenario.names("both")
    return (*(p for p in scenario.parameters if p.name in shared), *tissue_parameters(scenario))


def set_numbers(scenario: Scenario, numbers: Mapping[str, float], engine: str = "template") -> Scenario:
    """The scenario with numbers set by name; one with a point (`links.on_sst`) belongs to the mechanism's tissue.

    Raises `UsageError` for a name that is not there, a value out of range, and a number that the engine does not read.
    """
    own = {name: value for name, value in numbers.items() if "." not in name}
    tissue = tuple(Reason(n, value, "design: set by the caller") for n, value in numbers.items() if "." in n)
    moved = replace(scenario.moved(**own), tissue=(*scenario.tissue, *tissue))
    if engine == "template":
        if tissue:
            raise UsageError(f"'{tissue[0].name}' belongs to the tissue of the other engine: add --engine mechanism.")
        return moved
    for name in own:
        if name not in scenario.names("both"):
            raise UsageError(
                f"The mechanism engine does not read '{name}': rates, shares and durations arise in its tissue, whose "
                f"numbers `ictal simulate --explain {scenario.name} --engine mechanism` lists."
            )
    from ictal.simulator.mechanism.tissues import mechanism_of

    mechanism_of(moved)
    return moved


def _find_engine(engine: str) -> Writer:
    """What writes the script of this engine?"""
    if engine == "template":
        return _write_template
    if engine == "mechanism":
        from ictal.simulator.mechanism.engine import write_living_script

        return write_living_script
    raise UsageError(f"An engine can be {', '.join(ENGINES)}; '{engine}' is none of them.")


def _write_template(
    scenario: Scenario, cap: Cap, places: tuple[str, ...], sitting: Sitting
) -> tuple[Script, Callable[[], Truth]]:
    script, truth = write_script(scenario, cap, places, sitting)
    return script, lambda: truth


def _find_reference(reference: str) -> str:
    if reference in ("common", "average", "bipolar"):
        return reference
    try:
        return electrode(reference).name
    except IctalError as error:
        raise UsageError(f"A reference can be common, average, bipolar or an electrode. {error}") from error


def _check_numbers(duration_s: float, seed: int, age_days: float, rate_hz: float) -> None:
    if not (math.isfinite(duration_s) and 1.0 <= duration_s <= 14 * 86400):
        raise UsageError(f"A simulated recording lasts from 1 second to 14 days. Got {duration_s} s.")
    if seed < 0:
        raise UsageError(f"A seed is a whole number from 0. Got {seed}.")
    if not (math.isfinite(age_days) and -84 <= age_days <= 730):
        raise UsageError(f"An infant's age lies between -84 days (preterm) and 730 days. Got {age_days}.")
    if not (math.isfinite(rate_hz) and LOWEST_RATE_HZ <= rate_hz <= HIGHEST_RATE_HZ):
        raise UsageError(f"A rate lies between {LOWEST_RATE_HZ:.0f} and {HIGHEST_RATE_HZ:.0f} Hz. Got {rate_hz}.")
