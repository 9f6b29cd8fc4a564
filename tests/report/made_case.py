"""A recording, its events and its findings made by hand: every number is known, nothing was detected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from ictal.base.provenance import Step
from ictal.base.time import Interval
from ictal.eeg.detection.types import Discharge
from ictal.eeg.findings.types import (
    ChannelQuality,
    Findings,
    Focus,
    HourBurden,
    Independence,
    Marker,
    Migration,
    Recorded,
    Share,
)
from ictal.eeg.recording.types import Channel, ChannelKind, Recording, Source
from ictal.eeg.signal.types import Derivation, Mask, Masks, Montage
from ictal.eeg.tracking.types import Leg, Passage, Seizure, mark_pattern

OLD = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}
NEWBORN = ("Fp1", "Fp2", "C3", "C4", "T7", "T8", "O1", "O2")
FULL = (
    "Fp1",
    "F7",
    "T7",
    "P7",
    "F3",
    "C3",
    "P3",
    "O1",
    "Fz",
    "Cz",
    "Pz",
    "Fp2",
    "F8",
    "T8",
    "P8",
    "F4",
    "C4",
    "P4",
    "O2",
)
CHAINS = ("Fp1 F7", "F7 T7", "T7 P7", "P7 O1", "Fp1 F3", "F3 C3", "C3 P3", "P3 O1", "Fz Cz", "Cz Pz",
          "Fp2 F4", "F4 C4", "C4 P4", "P4 O2", "Fp2 F8", "F8 T8", "T8 P8", "P8 O2")  # fmt: skip


@dataclass(frozen=True)
class Case:
    """The arguments of `render`, and what they were made of."""

    recording: Recording
    montage: Montage
    masks: Masks
    discharges: tuple[Discharge, ...]
    seizures: tuple[Seizure, ...]
    findings: Findings

    @property
    def arguments(self):
        return self.recording, self.montage, self.masks, self.discharges, self.seizures, self.findings


class NoSamples:
    def read_uv(self, channels, segment, start, stop):
        raise AssertionError("The report must not read samples itself.")


class FakePages:
    """Noise with a slow slope, and a sharp 3 Hz rhythm where the discharges are; gaps are NaN."""

    def __init__(self, case: Case, rate_hz: float = 64.0):
        self.case, self.rate_hz, self.asked = case, rate_hz, []

    def page(self, start_s, stop_s):
        self.asked.append((start_s, stop_s))
        known = {d.electrode for d in self.case.montage.derivations}
        pairs = [c.split() for c in CHAINS if set(c.split()) <= known] or [(sorted(known)[0], sorted(known)[-1])]
        rng = np.random.default_rng(int(start_s))
        t = start_s + np.arange(round((stop_s - start_s) * self.rate_hz)) / self.rate_hz
        signals = {}
        for name in known:
            noise = np.convolve(rng.normal(size=len(t) + 40), np.hanning(9), "same")[: len(t)]
            signals[name] = 9 * noise + 4 * rng.normal(size=len(t))
        for d in self.case.discharges:
            if d.stop_s > start_s and d.start_s < stop_s:
                phase = (t * d.frequency_hz) % 1.0
                run = np.where(phase < 0.2, 1 - phase * 5, (phase - 0.2) * 0.6 - 0.3) * d.amplitude_uv
                signals[d.electrode] = signals[d.electrode] - run * ((t >= d.start_s) & (t < d.stop_s))
        rows = np.array([signals[a] - signals[b] for a, b in pairs], dtype=np.float32)
        for gap in self.case.recording.gaps:
            rows[:, (t >= gap.start_s) & (t < gap.stop_s)] = np.nan
        labels = tuple(f"{self.case.recording.written_name(a)}-{self.case.recording.written_name(b)}" for a, b in pairs)
        return labels, rows, self.rate_hz


def make_leg(start_s, stop_s, electrode, written, came_from=None, came_by=None):
    return Leg(start_s, stop_s, electrode, 3.2, 120.0, (f"{written(electrode)}-avg",), came_from, came_by)


def make_seizure(start_s, path, written, *, stay_s=14.0, lap_s=2.0, confidence=0.87):
    """Legs of `stay_s` one after another, each overlapping the one before by `lap_s`."""
    legs = []
    for k, name in enumerate(path):
        begin = start_s + k * (stay_s - lap_s)
        by = Passage.migration if k else None
        legs.append(make_leg(begin, begin + stay_s, name, written, k - 1 if k else None, by))
    return Seizure(tuple(legs), mark_pattern(tuple(legs)), confidence)


def discharges_of(seizures, derivations):
    by_label = {d.label: d for d in derivations}
    found = []
    for seizure in seizures:
        for leg in seizure.legs:
            for k, label in enumerate(leg.channels):
                d = by_label[label]
                found.append(
                    Discharge(leg.start_s + k, leg.stop_s - 0.5 * k, label, d.electrode, 3.2, 120.0 / (k + 1), 0.9)
                )
    return tuple(sorted(found))


def share_of(count, of):
    return Share(count, of, count / of if of else None, 0.2 if of else None, 0.9 if of else None)


def make_case(
    *,
    paths=(("O1", "O2", "T8"), ("T7", "F7", "C4"), ("C3",)),
    starts=(60.0, 300.0, 700.0),
    electrodes=FULL,
    old_names=True,
    start=datetime(2026, 3, 1, 23, 50, 0),
    duration_s=1200.0,
    gap=(400.0, 460.0),
    simulated=True,
    name="infant-04.edf",
    burden=6.2,
    rename=None,
    statements=None,
    stay_s=14.0,
):
    """One whole case. `rename` maps a modern electrode name to whatever the file wrote for it."""
    names = (OLD if old_names else {}) | (rename or {})

    def written(electrode):
        return names.get(electrode, electrode)

    channels = tuple(
        Channel(f"EEG {written(e)}-REF", ChannelKind.eeg, 256.0, electrode=e, written_electrode=written(e))
        for e in electrodes
    )
    segments = (
        (Interval(0.0, gap[0]), Interval(gap[1], duration_s))
        if gap
        else ((Interval(0.0, duration_s),) if duration_s else ())
    )
    recording = Recording(
        channels, segments, NoSamples(), Source(name, "EDF+", 1, lambda: "ab" * 32), start, simulated=simulated
    )
    derivations = tuple(Derivation(f"{written(e)}-avg", e, {i: 1.0}) for i, e in enumerate(electrodes))
    montage = Montage("average", derivations, {"ECG": "not EEG"})
    flags = np.zeros((len(derivations), int(duration_s)), dtype=np.uint8)
    if gap:
        flags[:, int(gap[0]) : int(gap[1])] |= np.uint8(Mask.gap)
    flags[0, 66:80] |= np.uint8(Mask.movement)
    flags[-1, 300:310] |= np.uint8(Mask.muscle | Mask.flat)
    masks = Masks(montage.labels, flags)
    seizures = []
    for s, p in zip(starts, paths, strict=True):
        made = make_seizure(s, p, written, stay_s=stay_s)
        seizures.append(made)
    seizures = tuple(widened(s, electrodes, written) for s in seizures)
    discharges = discharges_of(seizures, derivations)
    findings = make_findings(recording, montage, masks, seizures, simulated, burden, statements)
    return Case(recording, montage, masks, discharges, seizures, findings)


def widened(seizure, electrodes, written):
    """Give every leg the two electrodes nearest to its centre as well."""
    from dataclasses import replace

    from ictal.base.electrodes import neighbours

    near = neighbours(electrodes)
    legs = tuple(
        replace(g, channels=(*g.channels, *(f"{written(n)}-avg" for n in near[g.electrode][:2]))) for g in seizure.legs
    )
    return replace(seizure, legs=legs)


def make_findings(recording, montage, masks, seizures, simulated, burden, statements):
    total_s = recording.recorded.total_s
    hours = max(1, int(-(-recording.duration_s // 3600)))
    by_focus = {}
    for k, s in enumerate(seizures, 1):
        by_focus.setdefault(s.onset.electrode, []).append(k)
    foci = tuple(
        Focus(
            e,
            (e,),
            str(seizures[ids[0] - 1].onset.hemisphere),
            str(seizures[ids[0] - 1].onset.lobe),
            len(ids),
            tuple(ids),
        )
        for e, ids in by_focus.items()
    )
    migrating = [s for s in seizures if s.pattern == "migrating"]
    reached = [(s.legs[g.came_from], g) for s in migrating for g in s.legs if g.came_by is Passage.migration]
    pairs = tuple(
        (i + 1, j + 1)
        for i, a in enumerate(seizures)
        for j, b in enumerate(seizures)
        if i < j and a.interval.overlap_s(b.interval) > 0
    )
    sides = [f.hemisphere for f in foci]
    quality = tuple(
        ChannelQuality(
            label,
            total_s,
            max(0.0, total_s - float(np.count_nonzero(masks.flags[i] & ~np.uint8(1)))),
            {str(m.name): masks.seconds(label, m) for m in Mask if masks.seconds(label, m)},
        )
        for i, label in enumerate(montage.labels)
    )
    if statements is None:
        statements = (
            f"{len(seizures)} seizures were found in 19 min that could be read; {len(migrating)} of them migrated.",
            "They began in 3 places, on both sides.",
            "The burden was 6.2 seizure minutes per readable hour.",
            "One minute was not recorded (a gap).",
        ) if seizures else ()  # fmt: skip
    return Findings(
        recorded=Recorded(
            recording.source.name, "EDF+", "ab" * 32, recording.start.isoformat() if recording.start else None,
            recording.duration_s, total_s, 0.97 * total_s, tuple((g.start_s, g.stop_s) for g in recording.gaps),
            tuple(d.electrode for d in montage.derivations), len(recording.channels) + 1, montage.labels, 256.0,
            ("The patient field was not standard; it was not used.",),
        ),
        simulated=simulated,
        seizures=len(seizures),
        patterns={"migrating": len(migrating)},
        seizure_s=sum(s.duration_s for s in seizures),
        burden_min_per_h=burden,
        burden_by_hour=tuple(
            HourBurden(h, 3600.0 * h, 0.0, 0.0, 0, None) if burden is None or h == 2
            else HourBurden(h, 3600.0 * h, 3000.0, 120.0, 2, 3.0 * h % 17)
            for h in range(hours)
        ),
        foci=foci,
        independence=Independence(
            len(foci), sides.count("left"), sides.count("right"), {"left", "right"} <= set(sides), pairs
        ),
        migration=Migration(
            share_of(len(migrating), len(seizures)), share_of(sum(s.crosses_midline for s in seizures), len(seizures)),
            share_of(0, 0),
            tuple(b.start_s - a.start_s for a, b in reached),
            tuple(b.start_s - a.stop_s for a, b in reached),
        ),
        markers=(
            Marker("median onset delay", 12.0, "s", "Half of the migrations took no longer than this.", len(migrating)),
            Marker("contralateral delay", None, "s", "From one side to the other.", 0),
        ),
        quality=quality,
        statements=statements,
        settings={
            "signal": {"high_pass_hz": 0.5, "low_pass_hz": 30.0},
            "detection": {"shortest_s": 10.0, "bands_hz": (1.0, 13.0)},
        },
        steps=(
            Step("read", {"name": recording.source.name}, {"channels": 20}, "0.1.0"),
            Step("track", {"join_s": 5.0}, {"seizures": len(seizures)}, "0.1.0"),
        ),
    )  # fmt: skip
