"""What is known of one infant? A frozen record and its entries, each at an age in days since birth.

1. Ages are days since birth (birth is 0), with parts of a day where they are known. There are no dates here: a birth
   date, if there is one, is kept elsewhere, and `ages.days_on` turns a date into an age at the door.
2. `None` for a number and `not captured` for a word mean that nobody looked or wrote it down: never that it was
   absent.
3. A missing entry says nothing. That something was looked for and not there is an entry with `no`, `not done`, or 0.
4. Pseudonyms alone. Free text (`note`) must name nobody; nothing is computed from it.
5. Entries never change: a correction is another record (the store keeps what was before).

    infant = Infant(pseudonym="inf-1", sex="female", gestation_weeks=32,
                    entries=(Growth(age_days=0, head_cm=28.5), Growth(age_days=91, head_cm=34.5)))
    infant.of(Growth)[-1].head_cm                # 34.5

Records are msgspec structs: `msgspec.json.encode(infant)` and `msgspec.json.decode(text, type=Infant)` are each
other's inverse, the field `entry` names the kind (`"growth"`), and `checks.check` says in one sentence what cannot be.
"""

from __future__ import annotations

from typing import Annotated, TypeVar

import msgspec

from ictal.infant.timeline.words import (
    Answer,
    AutonomicSign,
    Classification,
    Consciousness,
    DeathCategory,
    Direction,
    DoseUnit,
    FeedingRoute,
    Impression,
    Inheritance,
    LevelUnit,
    MilestoneEvent,
    MilestoneName,
    Plurality,
    RecordingKind,
    Relation,
    SeizureKind,
    Sex,
    Side,
    StatusRule,
    TestClass,
    TestResult,
    TestState,
    TreatmentClass,
    VisitKind,
    WhyStopped,
    Zygosity,
)

OLDEST_DAYS = 36525.0

AgeDays = Annotated[float, msgspec.Meta(ge=0, le=OLDEST_DAYS, description="days since birth")]
Count = Annotated[int, msgspec.Meta(ge=0)]
Amount = Annotated[float, msgspec.Meta(ge=0)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an entry."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="entry"):
    """What was known at one age. `id` is the store's; `source` says who told it (`parents`, `letter`, `chart`)."""

    age_days: AgeDays
    id: str = ""
    source: str = "not captured"
    note: str = ""


# Seen by others


class Visit(Entry, frozen=True, tag="visit"):
    """The child was seen. `examination_normal` is the neurological examination."""

    place: VisitKind = "not captured"
    examination_normal: Answer = "not captured"


class Feature(Entry, frozen=True, tag="feature"):
    """A sign or trait in HPO terms, looked for at this age: `HP:0001252`, `Hypotonia`, `yes`.

    `resolved_age_days` is when it had gone.
    """

    hpo_id: Annotated[str, msgspec.Meta(pattern=r"^HP:\d{7}$")]
    label: Name
    present: Answer = "not captured"
    resolved_age_days: AgeDays | None = None


class Admission(Entry, frozen=True, tag="admission"):
    """A stay in hospital from `age_days` on; `until_age_days` is `None` while it lasts or when nobody wrote it down."""

    until_age_days: AgeDays | None = None
    reason: str = "not captured"
    intensive_care: Answer = "not captured"
    ventilated: Answer = "not captured"


class Ecg(Entry, frozen=True, tag="ecg"):
    """An electrocardiogram: the corrected QT interval, by which formula, and what it was judged."""

    qtc_ms: Annotated[float, msgspec.Meta(ge=150, le=900)] | None = None
    formula: str = "not captured"
    heart_rate_per_min: Annotated[float, msgspec.Meta(ge=20, le=350)] | None = None
    result: TestResult = "not captured"
    arrhythmia: Answer = "not captured"


class Death(Entry, frozen=True, tag="death"):
    """The infant died at this age."""

    cause: str = "not captured"
    category: DeathCategory = "not captured"
    autopsy: Answer = "not captured"


# Seizures


class KindCount(Record, frozen=True):
    """So many seizures of one kind."""

    kind: SeizureKind
    count: Count


class HourCount(Record, frozen=True):
    """What one hour of a recording showed: how much could be read, the seizures that began in it, their minutes."""

    readable_h: Amount
    seizures: Count
    seizure_min: Amount | None = None


class FindingsSummary(Record, frozen=True):
    """What a recording showed, in the few numbers that a course needs. `findings_digest` leads to the whole.

    Times are hours and minutes of the recording; `readable_h` counts what could be read. `migrating`, `onsets_left`
    and the others are counts of seizures, `None` when it was not analysed for them. `by_hour`, from the first hour
    on, shows how much seizures cluster: without it, a comparison of rates cannot know.
    """

    readable_h: Amount
    seizures: Count
    seizure_min: Amount
    longest_min: Amount | None = None
    migrating: Count | None = None
    spreading: Count | None = None
    focal: Count | None = None
    bilateral: Count | None = None
    onsets_left: Count | None = None
    onsets_right: Count | None = None
    onsets_midline: Count | None = None
    foci: Count | None = None
    crossing_midline: Count | None = None
    status: Answer = "not captured"
    status_rule: StatusRule = "not captured"
    burst_suppression: Answer = "not captured"
    hypsarrhythmia: Answer = "not captured"
    simulated: bool = False
    analysed_by: str = "not captured"
    findings_digest: str = ""
    by_hour: tuple[HourCount, ...] = ()

    @property
    def burden_min_per_h(self) -> float | None:
        """Seizure minutes per readable hour; `None` when nothing could be read."""
        return self.seizure_min / self.readable_h if self.readable_h else None


class Recording(Entry, frozen=True, tag="recording"):
    """One EEG: `age_days` at its start, how long, and what it showed. `digest` is the SHA-256 of the file.

    The file is known by its digest and never by a path. `found` is `None` until it was analysed or read.
    """

    recorded_h: Amount | None = None
    setting: RecordingKind = "not captured"
    video: Answer = "not captured"
    digest: str = ""
    found: FindingsSummary | None = None


class Diary(Entry, frozen=True, tag="diary"):
    """Seizures seen at home from `age_days` on, over `days`.

    `hours_observed` is for how long somebody watched: without it there is a count and no rate. `seizures` 0 means that
    somebody watched and saw none; `None` that the count was not written down.
    """

    days: Annotated[float, msgspec.Meta(gt=0, le=366)] = 1.0
    hours_observed: Amount | None = None
    seizures: Count | None = None
    by_kind: tuple[KindCount, ...] = ()

    @property
    def per_hour(self) -> float | None:
        """Seizures per observed hour; `None` when there is no count or no denominator."""
        if self.seizures is None or not self.hours_observed:
            return None
        return self.seizures / self.hours_observed


class SignSeen(Record, frozen=True):
    """An autonomic sign that somebody looked for in the seizures."""

    sign: AutonomicSign
    seen: Answer = "not captured"


class Semiology(Entry, frozen=True, tag="semiology"):
    """What one kind of seizure looks like at this age, in ILAE terms (`words.NEONATAL_KINDS` are those of newborns).

    `first` is `yes` when this entry is the first seizure that anybody noticed.
    """

    seizure: SeizureKind
    side: Side = "not captured"
    consciousness: Consciousness = "not captured"
    autonomic: tuple[SignSeen, ...] = ()
    typical_s: Amount | None = None
    on_eeg: Answer = "not captured"
    first: Answer = "not captured"


class Status(Entry, frozen=True, tag="status"):
    """Status epilepticus, or that it was looked for: `present` and by which rule."""

    present: Answer = "yes"
    minutes: Amount | None = None
    rule: StatusRule = "not captured"
    electrographic_only: Answer = "not captured"


# Growth and development


class Growth(Entry, frozen=True, tag="growth"):
    """What was measured on one day; each number may be missing. At birth: `age_days` 0."""

    head_cm: Annotated[float, msgspec.Meta(ge=15, le=70)] | None = None
    weight_kg: Annotated[float, msgspec.Meta(ge=0.2, le=200)] | None = None
    length_cm: Annotated[float, msgspec.Meta(ge=20, le=230)] | None = None


class Milestone(Entry, frozen=True, tag="milestone"):
    """A skill that was gained or lost at this age, or was asked for and not there yet (`not yet`)."""

    skill: MilestoneName
    event: MilestoneEvent


class Vision(Entry, frozen=True, tag="vision"):
    """What the child does with its eyes at this age."""

    fixes: Answer = "not captured"
    follows: Answer = "not captured"
    pathway_normal: Answer = "not captured"


class Feeding(Entry, frozen=True, tag="feeding"):
    """How the child is fed at this age."""

    route: FeedingRoute = "not captured"
    safe_swallow: Answer = "not captured"


class DevelopmentSeen(Entry, frozen=True, tag="development"):
    """What a clinician judged at this age as a whole: was development normal for age?"""

    normal_for_age: Answer = "not captured"
    instrument: str = "not captured"


# Treatment


class Dose(Record, frozen=True):
    """How much: a number has no meaning without its unit."""

    amount: Amount
    unit: DoseUnit


class Treatment(Entry, frozen=True, tag="treatment"):
    """A medicine, diet, hormone, vitamin, device or trial, from `age_days` on.

    `stop_age_days` is `None` when it was not stopped or nobody wrote it down: `ongoing` tells which. `dose` is that of
    the start; later ones are `DoseChange`. `adequate` is whether the trial was adequate and tolerated (Kwan 2010).
    """

    name: Name
    treatment: TreatmentClass = "medicine"
    dose: Dose | None = None
    stop_age_days: AgeDays | None = None
    ongoing: Answer = "not captured"
    why_started: str = "not captured"
    why_stopped: WhyStopped = "not captured"
    impression: Impression = "not captured"
    adequate: Answer = "not captured"


class DoseChange(Entry, frozen=True, tag="dose"):
    """Another dose of a treatment that is given at this age, by its name."""

    name: Name
    dose: Dose


class Level(Entry, frozen=True, tag="level"):
    """A level in the blood of a treatment, or ketones (`name` `ketones`, mmol/L)."""

    name: Name
    value: Amount
    unit: LevelUnit


# Causes


class Variant(Entry, frozen=True, tag="variant"):
    """A variant as the laboratory reported it at this age; nothing of it is reinterpreted here."""

    gene: Name
    hgvs_c: str = "not captured"
    hgvs_p: str = "not captured"
    transcript: str = "not captured"
    zygosity: Zygosity = "not captured"
    inheritance: Inheritance = "not captured"
    classification: Classification = "not captured"
    direction: Direction = "not captured"
    laboratory_method: str = "not captured"


class Test(Entry, frozen=True, tag="test"):
    """A test: whether it was done, and what came of it. `name` is free; `words` of other rooms match the usual ones.

    `explains` is whether the result is a cause of the epilepsy (a focal lesion, a metabolic disease).
    """

    __test__ = False  # for pytest: the name of a record, not a test

    field: TestClass
    name: Name
    state: TestState = "not captured"
    result: TestResult = "not captured"
    explains: Answer = "not captured"
    value: float | None = None
    unit: str = ""
    finding: str = "not captured"


class FamilyHistory(Entry, frozen=True, tag="family"):
    """Whether a relative has a condition; told when the child had this age."""

    relation: Relation
    condition: Name
    affected: Answer = "not captured"


AnyEntry = (
    Visit
    | Feature
    | Admission
    | Ecg
    | Death
    | Recording
    | Diary
    | Semiology
    | Status
    | Growth
    | Milestone
    | Vision
    | Feeding
    | DevelopmentSeen
    | Treatment
    | DoseChange
    | Level
    | Variant
    | Test
    | FamilyHistory
)

ENTRY_TYPES: tuple[type[Entry], ...] = tuple(AnyEntry.__args__)

E = TypeVar("E", bound=Entry)


class Infant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One infant under a pseudonym: what holds for good, and the entries."""

    pseudonym: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    sex: Sex = "not captured"
    gestation_weeks: Annotated[float, msgspec.Meta(ge=20, le=45)] | None = None
    plurality: Plurality = "not captured"
    entries: tuple[AnyEntry, ...] = ()
    simulated: bool = False

    def of(self, kind: type[E]) -> tuple[E, ...]:
        """Which entries of this kind are there, in order of age?"""
        return tuple(sorted((e for e in self.entries if isinstance(e, kind)), key=lambda e: e.age_days))

    @property
    def in_order(self) -> tuple[AnyEntry, ...]:
        """All entries in order of age; those of one age as they were given."""
        return tuple(sorted(self.entries, key=lambda e: e.age_days))

    def with_entries(self, *more: AnyEntry) -> Infant:
        """The same infant with further entries."""
        return msgspec.structs.replace(self, entries=(*self.entries, *more))


def name_of(entry: Entry | type[Entry]) -> str:
    """By which word does a file or a command know this kind of entry (`growth`)?"""
    kind = entry if isinstance(entry, type) else type(entry)
    return str(kind.__struct_config__.tag)
