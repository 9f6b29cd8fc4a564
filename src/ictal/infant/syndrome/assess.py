"""Weigh the record and the findings against the criteria: the door of the room.

excluded       an exclusionary row is `yes`
not met        a mandatory row is `no`, or too little is known to say more
met            every core row is `yes` (rows over time may still be unknown)
in evolution   onset in the first year and focal seizures are `yes`, and something points to several foci or to
               migration (`judges.pointers`), while a core row is unknown
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

from ictal.base.age import Age
from ictal.base.provenance import ictal_version
from ictal.eeg.findings.status import ACNS_2013, ACNS_2021, NEONATAL_UP_TO_WEEKS, Rule
from ictal.infant.syndrome.differential import alternatives
from ictal.infant.syndrome.judges import JUDGES, pointers
from ictal.infant.syndrome.rules import Criterion, RuleBook, Step, rule_book
from ictal.infant.syndrome.sentences import two_sentences
from ictal.infant.syndrome.types import (
    STRENGTH,
    Answer,
    Assessment,
    Case,
    Judged,
    Missing,
    NextStep,
    Row,
    Rules,
    StatusSaid,
    Verdict,
)

EARLIEST_BIRTH_WEEKS = 22.0
"""No infant is younger at birth: with it, an age alone can say that the neonatal rule of status is past."""

YES_NO: tuple[Answer, ...] = ("yes", "no")


def assess(case: Case, today: date, book: RuleBook | None = None) -> Assessment:
    """Is this EIMFS, what else could it be, what is missing? The same case and rules give the same answer."""
    rules = book or rule_book()
    rows = tuple(_row(c, JUDGES[c.judge].judge(case, c.limits, c.feature), today) for c in rules.criteria)
    answers: dict[str, Answer] = {r.id: r.answer for r in rows}
    verdict = decide(case, answers, rules)
    others = alternatives(case, answers, rules.diagnoses, today)
    likeliest = max(others, key=lambda a: a.weight, default=None)
    missing = tuple(_missing(r, rules.steps) for r in rows if r.answer == "unknown")
    step = next_step(case, answers, rules)
    unverified = _unverified(rows, rules, verdict)
    return Assessment(
        verdict=verdict,
        sentences=two_sentences(verdict, rows, rules.set.core, pointers(case, answers), unverified),
        criteria=rows,
        rests_on_unverified=unverified,
        differential=others,
        likeliest=likeliest.id if likeliest is not None and likeliest.weight > 0 else "",
        time_critical=tuple(a.id for a in others if a.urgent),
        missing=missing,
        next_step=step,
        status=_status(case),
        notes=_notes(case, rows),
        simulated=case.simulated,
        rules=Rules(
            set=rules.set.id,
            version=rules.set.version,
            rows={c.id: c.version for c in rules.criteria},
            alternatives={d.id: d.version for d in rules.diagnoses},
            ictal=ictal_version(),
        ),
        case=case,
    )


def decide(case: Case, answers: Mapping[str, Answer], rules: RuleBook) -> Verdict:
    """Which of the four verdicts do these answers make?"""
    kinds = {kind: [c.id for c in rules.criteria if c.kind == kind] for kind in ("mandatory", "exclusionary")}
    if any(answers[i] == "yes" for i in kinds["exclusionary"]):
        return "excluded"
    if any(answers[i] == "no" for i in kinds["mandatory"]):
        return "not met"
    if all(answers[i] == "yes" for i in rules.set.core):
        return "met"
    begun = all(answers.get(i, "yes") == "yes" for i in ("onset-first-year", "focal-seizures"))
    return "in evolution" if begun and pointers(case, answers) else "not met"


def next_step(case: Case, answers: Mapping[str, Answer], rules: RuleBook) -> NextStep | None:
    """Which step tells most about the verdict? `None` when every row is answered.

    The one that answers most open core rows; then most exclusionary ones, rows over time, alerts; then the one that
    stands first. Where the verdict is `excluded`, core rows could not change it, and exclusionary ones come first.
    """
    now = decide(case, answers, rules)
    found = [(s, tuple(i for i in s.answers if answers.get(i) == "unknown")) for s in rules.steps]
    able = [(step, open_rows) for step, open_rows in found if open_rows]
    if not able:
        return None
    classes = {c.id: _class(c, rules, now) for c in rules.criteria}
    step, open_rows = max(able, key=lambda pair: [sum(classes[i] == k for i in pair[1]) for k in range(4)])
    tried = {
        decide(case, {**answers, **dict(zip(open_rows, given, strict=True))}, rules)
        for given in product(YES_NO, repeat=len(open_rows))
    }
    could = tuple(sorted(tried - {now}, key=lambda v: -STRENGTH[v]))
    return NextStep(id=step.id, text=step.text, answers=open_rows, could_become=could, time_critical=step.time_critical)


def _class(criterion: Criterion, rules: RuleBook, now: Verdict) -> int:
    """How soon does this row bear on the verdict: 0 first, 3 last?"""
    if criterion.kind == "exclusionary":
        return 0 if now == "excluded" else 1
    if criterion.id in rules.set.core:
        return 1 if now == "excluded" else 0
    return 2 if criterion.kind == "mandatory" else 3


def _row(criterion: Criterion, judged: Judged, today: date) -> Row:
    return Row(
        id=criterion.id,
        text=criterion.text,
        kind=criterion.kind,
        timing=criterion.timing,
        answer=judged.answer,
        reason=judged.reason[:1].upper() + judged.reason[1:],
        evidence=judged.evidence,
        provenance=criterion.tag,
        standing=criterion.standing,
        sources=criterion.sources,
        statements=criterion.statements,
        version=criterion.version,
        stale=criterion.stale(today),
    )


def _missing(row: Row, steps: Sequence[Step]) -> Missing:
    step = next((s.text for s in steps if row.id in s.answers), "Look it up in the record")
    return Missing(id=row.id, text=row.text, reason=row.reason, step=step)


def _unverified(rows: Sequence[Row], rules: RuleBook, verdict: Verdict) -> tuple[str, ...]:
    """Which of the rows that made this verdict are recalled and not verified, themselves or in their standing?"""
    made = {
        "excluded": [r for r in rows if r.kind == "exclusionary" and r.answer == "yes"],
        "met": [r for r in rows if r.id in rules.set.core],
        "in evolution": [r for r in rows if r.id in rules.set.core and r.answer == "yes"],
        "not met": [r for r in rows if r.kind == "mandatory" and r.answer == "no"]
        or [r for r in rows if r.id in rules.set.core and r.answer == "unknown"],
    }[verdict]
    return tuple(r.id for r in made if "unverified" in (r.provenance.split(" ")[0], r.standing))


def _status(case: Case) -> tuple[StatusSaid, ...]:
    """What do both rules of status say of each recording with a seizure, and which one applies at this age?"""
    said = []
    for recording in case.recordings:
        if recording.worst_hour_s is None or not recording.seizures:
            continue
        age = recording.age_days if recording.age_days is not None else case.age_days
        for rule in (ACNS_2013, ACNS_2021):
            said.append(
                StatusSaid(
                    recording=recording.name,
                    rule=rule.name,
                    text=rule.text,
                    provenance=rule.provenance,
                    applies=_applies(rule, age, case.gestation_weeks),
                    met=recording.worst_hour_s >= rule.share_of_hour * 3600.0,
                    worst_hour_s=recording.worst_hour_s,
                )
            )
    return tuple(said)


def _applies(rule: Rule, age_days: float | None, gestation_weeks: float | None) -> bool | None:
    weeks = Age(age_days, gestation_weeks).postmenstrual_weeks
    if weeks is not None:
        return (weeks <= NEONATAL_UP_TO_WEEKS) == (rule is ACNS_2013)
    if age_days is not None and EARLIEST_BIRTH_WEEKS + age_days / 7.0 > NEONATAL_UP_TO_WEEKS:
        return rule is ACNS_2021
    return None


def _notes(case: Case, rows: Sequence[Row]) -> tuple[str, ...]:
    notes = list(case.unread)
    if case.simulated:
        notes.insert(0, "At least one recording is simulated: this is no patient.")
    if any(r.simulated for r in case.recordings) and not all(r.simulated for r in case.recordings):
        notes.append("Simulated and recorded EEG stand side by side: the verdict speaks of neither alone.")
    notes += [f"The row '{r.id}' is past its date of review." for r in rows if r.stale]
    return tuple(notes)
