"""What the template is given: the rows and sentences of the report, ready to be written."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from ictal.base.electrodes import electrode
from ictal.base.provenance import Step, ictal_version
from ictal.eeg.findings.types import ChannelQuality, Findings, SeizureDetail
from ictal.eeg.tracking.types import Leg, Passage, Pattern, Seizure
from ictal.report import numbers, words
from ictal.report.eegpage import EegPage
from ictal.report.scene import Scene, side_class


@dataclass(frozen=True, slots=True)
class Place:
    """An electrode as the file wrote it, with the class of its side and where it lies in words."""

    name: str
    side: str
    where: str


@dataclass(frozen=True, slots=True)
class LegRow:
    """One leg in words."""

    number: int
    place: Place
    start: str
    duration: str
    frequency: str
    amplitude: str
    came: str


@dataclass(frozen=True, slots=True)
class SeizureView:
    """One row of the table of seizures, and the section it links to."""

    number: int
    start: str
    clock: str
    duration: str
    pattern: str
    path: tuple[Place, ...]
    onset: Place | None
    confidence: str
    summary: str
    legs: tuple[LegRow, ...]
    links: tuple[numbers.LinkRow, ...] = ()
    eeg: EegPage | None = None
    chronogram: Markup | None = None
    head: Markup | None = None


@dataclass(frozen=True, slots=True)
class QualityRow:
    """How much of one derivation could be read, and what hid the rest."""

    derivation: str
    side: str
    readable: str
    recorded: str
    share: float | None
    share_text: str
    causes: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of the analysis with its version, its parameters and what it counted."""

    name: str
    version: str
    parameters: tuple[tuple[str, str], ...]
    outcome: tuple[tuple[str, str], ...]


def place(scene: Scene, name: str) -> Place:
    """How is an electrode shown? The name of the file, its side and its lobe."""
    known = electrode(name)
    return Place(scene.written(name), side_class(name), f"{known.hemisphere} {known.lobe}")


def seizure_view(scene: Scene, number: int) -> SeizureView:
    """The words of seizure `number` (from 1)."""
    seizure = scene.seizures[number - 1]
    return SeizureView(
        number=number,
        start=words.in_recording(seizure.start_s),
        clock=words.clock(scene.recording.start, seizure.start_s),
        duration=words.span(seizure.duration_s),
        pattern=str(seizure.pattern),
        path=tuple(place(scene, name) for name in seizure.path),
        onset=place(scene, seizure.onset.electrode) if seizure.localised else None,
        confidence=f"{seizure.confidence:.2f}" if math.isfinite(seizure.confidence) else "not said",
        summary=_summary(scene, number, seizure),
        legs=tuple(_leg_row(scene, seizure, k, leg) for k, leg in enumerate(seizure.legs)),
        links=() if (known := _detail(scene, number)) is None else tuple(map(numbers.link_row, known.links)),
    )


def _detail(scene: Scene, number: int) -> SeizureDetail | None:
    """What the findings say of this seizure beyond its row; `None` in findings of an older schema."""
    return next((d for d in scene.findings.details if d.seizure_id == number), None)


def _summary(scene: Scene, number: int, seizure: Seizure) -> str:
    """Two or three sentences that say what the figures show."""
    if seizure.localised:
        onset = place(scene, seizure.onset.electrode)
        text = f"It began at {onset.name} ({onset.where}) and lasted {words.span(seizure.duration_s)}."
    else:
        text = f"It was marked elsewhere, lasted {words.span(seizure.duration_s)}, and its place is not known."
    detail = _detail(scene, number)
    text += "" if detail is None else numbers.onset_text(detail.onset_field)
    passages = [leg for leg in seizure.legs if leg.came_from is not None]
    if not passages:
        text += " It stayed in one place." if len(seizure.legs) == 1 else ""
    else:
        told = "; ".join(_passage(scene, seizure, leg) for leg in passages[:6])
        more = f"; and {len(passages) - 6} more" if len(passages) > 6 else ""
        text += f" {told[0].upper()}{told[1:]}{more}."
    others = [k for k, s in enumerate(scene.seizures, 1) if k != number and s.interval.overlap_s(seizure.interval) > 0]
    if others:
        which = ", ".join(map(str, others))
        who = f"Seizure {which} was" if len(others) == 1 else f"Seizures {which} were"
        text += f" {who} open at the same time."
    if seizure.start_s <= 0 or seizure.stop_s >= scene.recording.duration_s:
        text += " It reaches the edge of the recording, so its true length is not known."
    return text


def _passage(scene: Scene, seizure: Seizure, leg: Leg) -> str:
    source = seizure.legs[leg.came_from or 0]
    here, there = scene.written(leg.electrode), scene.written(source.electrode)
    delay_s = leg.start_s - source.start_s
    delay = words.span(delay_s)
    if leg.came_by is Passage.simultaneous:
        return f"it began at {here} together with {there}"
    if leg.came_by is Passage.spread:
        return f"it spread from {there} to {here}" + (f" after {delay}" if delay_s > 0 else ", within the same second")
    handover_s = leg.start_s - source.stop_s
    if abs(handover_s) < 0.05:
        how = "just as it ended there"
    else:
        how = f"with {'a gap' if handover_s > 0 else 'an overlap'} of {words.span(abs(handover_s))}"
    return f"it migrated from {there} to {here}, {delay} after the onset there, {how}"


def _leg_row(scene: Scene, seizure: Seizure, k: int, leg: Leg) -> LegRow:
    if leg.came_from is None or leg.came_by is None:
        came = "onset" if k == 0 else "independently"
    else:
        came = f"{leg.came_by} from {scene.written(seizure.legs[leg.came_from].electrode)}"
    return LegRow(
        number=k + 1,
        place=place(scene, leg.electrode),
        start=words.signed_s(leg.start_s - seizure.start_s),
        duration=words.span(leg.duration_s),
        frequency=f"{leg.frequency_hz:.1f} Hz",
        amplitude=f"{leg.amplitude_uv:.0f} µV",
        came=came,
    )


def quality_row(scene: Scene, quality: ChannelQuality) -> QualityRow:
    """How much of one derivation could be read, and what hid the rest, the worst cause first."""
    causes = sorted(((s, c) for c, s in quality.masked_s.items() if s > 0), key=lambda item: (-item[0], item[1]))
    share = quality.readable_s / quality.recorded_s if quality.recorded_s > 0 else None
    return QualityRow(
        derivation=quality.derivation,
        side=scene.side_of_row(quality.derivation),
        readable=words.span(quality.readable_s),
        recorded=words.span(quality.recorded_s),
        share=share,
        share_text="not captured" if share is None else words.percent(share),
        causes=", ".join(f"{cause} {words.span(s)}" for s, cause in causes) or "nothing",
    )


def step_row(step: Step) -> StepRow:
    """One step of the analysis in words."""
    return StepRow(step.name, step.version, _pairs(step.parameters), _pairs(step.outcome))


def _pairs(mapping: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(words.flattened(mapping))


def recorded_rows(scene: Scene) -> tuple[tuple[str, str], ...]:
    """What was recorded, as names and values."""
    recorded, start = scene.findings.recorded, scene.recording.start
    gaps = scene.recording.gaps
    shown = ", ".join(f"{words.in_recording(g.start_s)} for {words.span(g.duration_s)}" for g in gaps[:6])
    shown += f" and {len(gaps) - 6} more" if len(gaps) > 6 else ""
    written = ", ".join(scene.written(name) for name in recorded.electrodes)
    rows = [
        ("File", f"{recorded.name} ({recorded.file_format})" if recorded.file_format else recorded.name),
        ("Start", f"{start:%Y-%m-%d %H:%M:%S}" if start else "not known: the file does not say when it began"),
        ("Length", words.span(recorded.duration_s)),
        ("Recorded", words.span(recorded.recorded_s)),
        ("Readable", readable_text(scene.findings)),
        ("Gaps", f"{len(gaps)}: {shown}" if gaps else "none"),
        ("Infant", numbers.infant_text(scene.findings)),
        ("Electrodes", f"{len(recorded.electrodes)}: {written}"),
        ("Channels", f"{recorded.channels} in the file, {words.number(recorded.rate_hz)} Hz"),
        ("Montage", f"{scene.montage.name}, {words.counted(len(recorded.derivations), 'derivation')}"),
    ]
    if scene.montage.left_out:
        left_out = "; ".join(f"{label} ({why})" for label, why in scene.montage.left_out.items())
        rows.append(("Left out", left_out))
    return tuple(rows)


def readable_text(findings: Findings) -> str:
    """How much could be read, of what was recorded?"""
    recorded = findings.recorded
    if recorded.recorded_s <= 0:
        return "nothing was recorded"
    share = words.percent(recorded.readable_s / recorded.recorded_s)
    return f"{words.span(recorded.readable_s)} ({share} of what was recorded)"


def burden_text(findings: Findings) -> str:
    """The burden of the whole recording in words; unknown is not zero."""
    if findings.burden_min_per_h is None:
        return "The burden is not known: nothing of this recording could be read."
    return (
        f"{words.number(findings.burden_min_per_h)} seizure minutes per readable hour over the whole recording: "
        f"{words.span(findings.seizure_s)} of seizures in {words.span(findings.recorded.readable_s)} that was readable."
    )


def by_pattern(scene: Scene) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Which seizures have which pattern? Patterns without a seizure are left out."""
    found = ((str(p), tuple(k for k, s in enumerate(scene.seizures, 1) if s.pattern is p)) for p in Pattern)
    return tuple((name, numbers) for name, numbers in found if numbers)


def migration_rows(scene: Scene) -> tuple[tuple[str, str], ...]:
    """How often seizures migrated and crossed, with intervals."""
    migration = scene.findings.migration
    return (
        ("Seizures that migrated", words.share(migration.migrating)),
        ("Seizures that were on both sides", words.share(migration.crossing_midline)),
        ("Migrations between the hemispheres that went to the mirror place", words.share(migration.homotopic)),
    )


def independence_rows(scene: Scene) -> tuple[tuple[str, str], ...]:
    """What speaks for onsets in several places."""
    found = scene.findings.independence
    return (
        ("Foci", f"{found.foci} ({found.foci_left} left, {found.foci_right} right)"),
        ("Foci in both hemispheres", "yes" if found.both_hemispheres else "no"),
        ("Pairs of seizures open at once in far places", str(len(found.overlapping_pairs))),
    )


def limits(scene: Scene) -> tuple[str, ...]:
    """What this report cannot say."""
    found = [
        "The EEG alone was read. A clinical event without a change in the EEG is not in this report, and no seizure "
        "here was matched with what the child did.",
        "Seizures that are short, low in amplitude, irregular, or seen by few electrodes are the ones that automatic "
        "reading misses. Breathing, sweat, patting and rhythmic sleep are what it takes for seizures.",
        "An electrode shows where activity reached the scalp, not where in the brain it arose.",
        "What was not captured (gaps, unreadable seconds, places without an electrode) may hold seizures.",
    ]
    if len(scene.findings.recorded.electrodes) < 10:
        count = words.counted(len(scene.findings.recorded.electrodes), "electrode")
        found.insert(2, f"With {count} the side of an onset can be told better than its lobe.")
    if any(d.minus for d in scene.montage.derivations):
        shared = "Bipolar derivations that share an electrode show the same activity twice"
        found.insert(2, f"{shared}: the centre of a leg is then known only to within a pair.")
    return tuple(found)


def glossary(scene: Scene) -> tuple[tuple[str, str], ...]:
    """The words that this report uses."""
    told = " ".join((*scene.findings.statements, *(m.name for m in scene.findings.markers))).lower()
    skip = set() if "status" in told else {"status"}
    skip |= set() if scene.findings.simulated else {"truth"}
    return tuple((word, meaning) for word, meaning in words.GLOSSARY if word not in skip)


def version(scene: Scene) -> str:
    """Which Ictal made these findings? The versions of their steps, else the one that is running."""
    versions = tuple(dict.fromkeys(step.version for step in scene.findings.steps))
    return ", ".join(versions) or ictal_version()
