"""Everything that will happen in a simulated recording, written before any sample is made (the template engine)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from ictal.eeg.recording.types import Samples
from ictal.simulator.artefacts import plan_artefacts
from ictal.simulator.background import Background, field_size, make_background
from ictal.simulator.caps import Cap
from ictal.simulator.chance import SEIZURES, Floats, generator
from ictal.simulator.cortex import Cortex, cortex
from ictal.simulator.events import Event
from ictal.simulator.ictal import LegPlan, SeizurePlan, draw_foci, plan_seizures
from ictal.simulator.rhythms import plan_rhythms, plan_spikes
from ictal.simulator.truth import Viewer, tell_artefact, tell_discharges, tell_seizure
from ictal.simulator.types import Scenario, Sitting, Sources, Truth


class Tissue(Protocol):
    """A model of the cortex that runs on by itself."""

    def fields_uv(self, first_s: float, samples: int, rate_hz: float) -> Samples:
        """What it shows at every place from some second on, `(n_places, samples)`."""

    def sources(self, weights: Floats, duration_s: float) -> Sources:
        """What its regions gave. `weights`: what makes channels of the places."""

    def keep(self, first_s: float) -> dict[str, Any]:
        """Arrays from which it can go on at this second."""

    def go_on(self, kept: Mapping[str, Any]) -> None:
        """Take up what `keep` gave."""


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """Everything that will happen, before any sample is made."""

    seed: int
    duration_s: float
    places: tuple[str, ...]
    background: Background
    events: tuple[Event, ...]
    """In order of their start."""
    tissue: Tissue | None = None
    """What is ictal by itself, if anything is."""


def write_script(scenario: Scenario, cap: Cap, places: tuple[str, ...], sitting: Sitting) -> tuple[Script, Truth]:
    """Plan everything that happens, and tell it as this montage could see it."""
    age_days, duration_s, seed, child = sitting.age_days, sitting.duration_s, sitting.seed, sitting.child
    infant = cortex(places, float(age_days), child.head_cm)
    placed = cortex(places, float(child.placed_at_days))
    foci = draw_foci(generator(child.seed, SEIZURES, 0), int(scenario.foci), placed)
    seizures = plan_seizures(scenario, duration_s, infant, foci, seed)
    ends = [max(s.legs, key=lambda leg: leg.visible.stop_s) for s in seizures]
    background = make_background(scenario, infant, age_days, duration_s, (seed, child.seed), ends)
    rhythms, normal = plan_rhythms(scenario, infant, background, age_days, duration_s)
    if foci.sources and scenario.spikes_per_hour > 0:
        spikes, sharp = plan_spikes(scenario, infant, background, foci.sources, duration_s)
        rhythms, normal = rhythms + spikes, tuple(sorted(normal + sharp))
    artefacts = plan_artefacts(scenario, places, background, duration_s, [s.interval for s in seizures])
    viewer = Viewer(
        [places.index(e) for e in cap.electrodes], cap.electrodes, {e: cap.written(e) for e in cap.electrodes}
    )
    fields = [[leg_fields(leg, infant, background) for leg in s.legs] for s in seizures]
    events = [*rhythms, *artefacts, *_ictal_events(seizures, fields)]
    told = [tell_artefact(e, viewer, duration_s) for e in artefacts]
    truth = Truth(
        seizures=tuple(tell_seizure(s, f, viewer) for s, f in zip(seizures, fields, strict=True)),
        discharges=tuple(
            sorted(d for s, f in zip(seizures, fields, strict=True) for d in tell_discharges(s, f, viewer))
        ),
        artefacts=tuple(sorted(a for a in told if a is not None)),
        rhythms=tuple(replace(r, stop_s=min(r.stop_s, duration_s)) for r in normal),
    )
    ordered = tuple(sorted(events, key=lambda e: (e.start_s, e.key)))
    return Script(seed, duration_s, places, background, ordered), truth


def leg_fields(leg: LegPlan, infant: Cortex, background: Background) -> tuple[Floats, Floats]:
    """Fields (uV peak-to-peak at the height of the leg) of its patch and of its companion.

    Their sum, against the average of the 19 places, is largest where the leg has `snr` x 2.8 x the background RMS.
    """
    both = field_size(infant, leg.source) + leg.companion_share * field_size(infant, leg.companion)
    top = int(np.argmax(np.abs(both)))
    scale = leg.snr * 2.8 * float(background.typical_uv[top]) / float(abs(both[top]))
    main = infant.patches[:, leg.source] * scale
    return main, infant.patches[:, leg.companion] * (scale * leg.companion_share)


def _ictal_events(seizures: Sequence[SeizurePlan], fields: Sequence[Sequence[tuple[Floats, Floats]]]) -> list[Event]:
    events = []
    for s, (seizure, pairs) in enumerate(zip(seizures, fields, strict=True)):
        for k, (leg, pair) in enumerate(zip(seizure.legs, pairs, strict=True)):
            for part, (field, lag) in enumerate(zip(pair, (0.0, leg.lag_s), strict=True)):
                start, stop = leg.start_s + lag, leg.start_s + lag + leg.rhythm.shape.duration_s
                events.append(Event(start, stop, "ictal", "leg", field, leg.wave, (SEIZURES, 3, s, k, part)))
    return events
