"""Seizures and corrections as JSON and in words, for the viewer and the seizure room alike."""

from __future__ import annotations

import math
from typing import Any

from ictal.base.electrodes import ELECTRODES, electrode
from ictal.eeg.tracking.types import Leg, Seizure
from ictal.report import head, words
from ictal.report.scene import Scene, belongs
from ictal.review import Correction, Reviewed
from ictal.scoring import score
from ictal.web.accounts import Accounts
from ictal.web.reading import Reading, Reviews


def seizure_json(reading: Reading, reviewed: Reviewed) -> dict[str, Any]:
    """One seizure as a program reads it."""
    seizure = reviewed.seizure
    return {
        "id": reviewed.id,
        "start_s": round(seizure.start_s, 3),
        "stop_s": round(seizure.stop_s, 3),
        "pattern": seizure.pattern.value,
        "path": [reading.recording.written_name(p) for p in seizure.path],
        "confidence": round(seizure.confidence, 3) if math.isfinite(seizure.confidence) else None,
        "verdict": reviewed.verdict,
        "changed": reviewed.changed,
        "legs": [_leg(reading, leg) for leg in seizure.legs],
    }


def ictal_places(scene: Scene, seizure: Seizure) -> list[list[Any]]:
    """Which places of the head take part in a seizure, and when: x, y, hemisphere, from and to in seconds of it."""
    electrodes = {d.label: d.electrode for d in scene.montage.derivations}
    found = []
    for discharge in scene.discharges_in(seizure.interval):
        name = electrodes.get(discharge.derivation)
        if name in ELECTRODES and belongs(discharge, seizure):
            x, y = head.place(name)
            start_s, stop_s = (round(t - seizure.start_s, 2) for t in (discharge.start_s, discharge.stop_s))
            found.append([round(x, 1), round(y, 1), ELECTRODES[name].hemisphere.value, start_s, stop_s])
    return found


def burden(reviews: Reviews) -> list[list[float | None]]:
    """Seizure minutes per readable hour, hour by hour: start, stop (s), minutes; none where nothing could be read."""
    recorded_s = reviews.findings.recorded.duration_s
    return [
        [h.start_s, min(h.start_s + 3600.0, recorded_s), h.burden_min_per_h] for h in reviews.findings.burden_by_hour
    ]


def _leg(reading: Reading, leg: Leg) -> dict[str, Any]:
    x, y = head.place(leg.electrode)
    return {
        "start_s": round(leg.start_s, 3),
        "stop_s": round(leg.stop_s, 3),
        "electrode": electrode(leg.electrode).name,
        "name": reading.recording.written_name(leg.electrode),
        "side": leg.hemisphere.value,
        "channels": list(leg.channels),
        "came_from": leg.came_from,
        "came_by": leg.came_by.value if leg.came_by else None,
        "at": [round(x, 1), round(y, 1)],
    }


def told(correction: Correction, accounts: Accounts) -> dict[str, str]:
    """One correction in words: who, when, what."""
    who = accounts.get(correction.who)
    which = " and ".join(s.replace("s", "", 1) if s.startswith("s") else s for s in correction.seizures)
    start, stop = (None if t is None else words.in_recording(t) for t in (correction.start_s, correction.stop_s))
    said = {
        "accept": f"accepted seizure {which}",
        "reject": f"rejected seizure {which}",
        "move": f"moved seizure {which} to {start} – {stop}",
        "split": f"split seizure {which} at {start}",
        "merge": f"merged seizures {which}",
        "onset": f"moved the onset of seizure {which} to {correction.electrode}",
        "add": f"added a seizure, {start} – {stop}" + (f", at {correction.electrode}" if correction.electrode else ""),
        "undo": "took a correction back",
    }[correction.kind]
    return {
        "id": correction.id,
        "who": who.name if who else "somebody",
        "at": correction.at,
        "kind": correction.kind,
        "what": said,
    }


def agreement(reading: Reading, reviews: Reviews, accounts: Accounts) -> list[dict[str, Any]]:
    """How far do the readers agree with Ictal, and with each other? The first of each pair is the reference."""
    result = reading.result
    readers = list(dict.fromkeys(c.who for c in reviews.corrections))
    if result is None or not readers:
        return []
    by = {who: [r.seizure for r in reading.of_reader(who) if r.verdict != "rejected"] for who in readers}
    pairs = [(a, b) for k, a in enumerate(readers) for b in (*readers[k + 1 :], "")]
    rows = []
    for a, b in pairs:
        other = list(result.seizures) if not b else by[b]
        found = score(by[a], other, reading.recording.duration_s)
        rows.append(
            {
                "reference": _name(accounts, a),
                "hypothesis": _name(accounts, b) if b else "Ictal",
                "found": found.unmerged.found,
                "of": found.unmerged.reference,
                "false": found.unmerged.false,
                "f1": _finite(found.unmerged.f1),
                "kappa": _finite(found.seconds.kappa),
            }
        )
    return rows


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _name(accounts: Accounts, who: str) -> str:
    account = accounts.get(who)
    return account.name if account else "somebody"
