"""Each seizure beyond its row in the table: when it was where, how it came there, how fast, how closely tied."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from ictal.base.electrodes import angle_between
from ictal.eeg.findings.places import across, homotopic
from ictal.eeg.findings.types import Link, LinkCoupling, OnsetPlace, SeizureDetail
from ictal.eeg.tracking.types import Coupling, Examined, OnsetField, Seizure

Written = Callable[[str], str]

SOONEST_S = 1.0
"""Legs begin at whole seconds: an earlier arrival has no speed, and nor has one at the same place; own design."""


def details(
    seizures: Sequence[Seizure],
    examined: Sequence[Examined],
    electrodes: Sequence[str],
    head_cm: float | None,
    written: Written,
) -> tuple[SeizureDetail, ...]:
    """What is known of each seizure beyond its path? `examined` is in the order of the seizures, or empty."""
    seen = examined or [Examined(None, ())] * len(seizures)
    return tuple(
        SeizureDetail(
            seizure_id=number,
            path=tuple(written(leg.electrode) for leg in seizure.legs),
            onsets_s=tuple(round(leg.start_s, 2) for leg in seizure.legs),
            onset_field=_field(beyond.onset, written),
            links=tuple(
                _link(seizure, k, electrodes, head_cm, written, {c.leg: c for c in beyond.couplings})
                for k, leg in enumerate(seizure.legs)
                if leg.came_from is not None
            ),
        )
        for number, (seizure, beyond) in enumerate(zip(seizures, seen, strict=True), start=1)
    )


def _field(onset: OnsetField | None, written: Written) -> OnsetPlace | None:
    if onset is None:
        return None
    best, second = written(onset.electrode), written(onset.runner_up)
    return OnsetPlace(best, onset.confidence, second, onset.runner_up_confidence, onset.explained)


def _link(
    seizure: Seizure,
    k: int,
    electrodes: Sequence[str],
    head_cm: float | None,
    written: Written,
    couplings: dict[int, Coupling],
) -> Link:
    to = seizure.legs[k]
    source = seizure.legs[to.came_from or 0]
    delay_s = to.start_s - source.start_s
    cm = along_scalp_cm(source.electrode, to.electrode, head_cm)
    coupling = couplings.get(k)
    overlap_s = to.interval.overlap_s(source.interval)
    return Link(
        from_leg=(to.came_from or 0) + 1,
        to_leg=k + 1,
        from_electrode=written(source.electrode),
        to_electrode=written(to.electrode),
        way=to.came_by.value if to.came_by is not None else "",
        onset_s=round(to.start_s, 2),
        delay_s=round(delay_s, 2),
        delay_share=round(delay_s / seizure.duration_s, 4) if seizure.duration_s > 0 else None,
        handover_s=round(to.start_s - source.stop_s, 2),
        overlap_share=round(overlap_s / to.duration_s, 4) if to.duration_s > 0 else None,
        distance_cm=None if cm is None else round(cm, 2),
        speed_cm_s=round(cm / delay_s, 3) if cm and delay_s >= SOONEST_S else None,
        homotopic=homotopic(source.electrode, to.electrode, electrodes)
        if across(source.electrode, to.electrode)
        else None,
        coupling=None if coupling is None else _coupling(coupling),
    )


def along_scalp_cm(a: str, b: str, head_cm: float | None) -> float | None:
    """How far apart are two electrodes along the scalp of a round head of this circumference?"""
    return None if head_cm is None else angle_between(a, b) * head_cm / (2 * math.pi)


def _coupling(c: Coupling) -> LinkCoupling:
    return LinkCoupling(
        window=c.window.value,
        start_s=c.start_s,
        stop_s=c.stop_s,
        zero_lag=c.zero_lag,
        same_wave=c.same_wave,
        conducted=c.conducted,
        phase_locking=c.phase_locking,
        phase_expected=c.phase_expected,
        phase_p=c.phase_p,
        lagged_locking=c.lagged_locking,
        lagged_expected=c.lagged_expected,
        lagged_p=c.lagged_p,
        h2_forward=c.h2_forward,
        h2_backward=c.h2_backward,
        h2_p=c.h2_p,
        lag_s=c.lag_s,
        direction=c.direction,
        tied=c.tied,
    )
