"""Is development normal, delayed, at a plateau, or going back? And on which entries does that rest?

1. `regression`: a skill was lost and has not come back, or an infant that fixed or followed with its eyes no longer
   does.
2. `plateau`: something was gained, then nothing for 90 days or more, while a skill whose time has come was asked for
   and was not there.
3. `delayed`: a skill was gained after its window, or was asked for and not there after it; or a clinician judged so.
4. `normal`: skills were gained in their windows, or a clinician judged so, and nothing of the above.
5. `not captured`: nothing of that was written down, or nothing in the last six months before the age that is asked.

Windows count corrected age; a skill that nobody asked for says nothing.
"""

from __future__ import annotations

from ictal.infant.development.types import Development, DevelopmentAnswer, Skill
from ictal.infant.development.windows import NOT_IN_ALL, WINDOWS
from ictal.infant.timeline.ages import Ages, age_text
from ictal.infant.timeline.types import DevelopmentSeen, Feeding, Infant, Milestone, Vision
from ictal.infant.timeline.words import MilestoneName

PLATEAU_DAYS = 90.0
"""As long without a new skill is a plateau where one was due: in the first 18 months each quarter brings something
(design)."""
STALE_DAYS = 183.0
"""After this long without a look the answer is not captured (design)."""

_Placed = list[tuple[int, Milestone]]


def development(infant: Infant, age_days: float | None = None) -> Development:
    """What does the development come to at this age (without one: at the last entry about it)?"""
    upto = float("inf") if age_days is None else age_days
    about = [
        (place, e)
        for place, e in sorted(enumerate(infant.entries), key=lambda item: item[1].age_days)
        if isinstance(e, Milestone | DevelopmentSeen | Vision | Feeding) and e.age_days <= upto
    ]
    asked = [(p, e) for p, e in about if isinstance(e, Milestone)]
    skills = tuple(_skill(name, [(p, e) for p, e in asked if e.skill == name]) for name in WINDOWS)
    skills = tuple(s for s in skills if s.entries)
    reached = max((e.age_days for _, e in about), default=None)
    at = reached if age_days is None else age_days
    if reached is None or at is None:
        return Development("not captured", "Nothing was written down about development.", age_days or 0.0, (), (), None)
    judged = [(p, e) for p, e in about if isinstance(e, DevelopmentSeen) and e.normal_for_age != "not captured"]
    eyes = [(p, e) for p, e in about if isinstance(e, Vision)]
    answer, sentence, rests = _answer(infant, skills, judged, eyes)
    if at - reached > STALE_DAYS and answer in ("normal", "delayed", "plateau"):
        sentence = f"Nothing was written down after {age_text(reached)}; until then: {answer}. {sentence}"
        answer = "not captured"
    also = _also(infant, skills, answer, [(p, e) for p, e in about if isinstance(e, Feeding)])
    return Development(answer, sentence, at, skills, rests, reached, also)


def late_after(infant: Infant, skill: MilestoneName) -> float | None:
    """From which age in days since birth on is this skill late for this infant? `None`: it is never called late."""
    if skill in NOT_IN_ALL:
        return None
    corrected = Ages(0.0, infant.gestation_weeks).corrected_days
    return WINDOWS[skill].late_after_days - (corrected or 0.0)


def _answer(
    infant: Infant,
    skills: tuple[Skill, ...],
    judged: list[tuple[int, DevelopmentSeen]],
    eyes: list[tuple[int, Vision]],
) -> tuple[DevelopmentAnswer, str, tuple[int, ...]]:
    lost = [s for s in skills if s.lost_days is not None and not s.there]
    if lost:
        told = ", ".join(f"'{s.skill}' at {age_text(s.lost_days or 0.0)}" for s in lost)
        return "regression", f"Lost and not regained: {told}.", _places(lost)
    if blind := _eyes_lost(eyes):
        return (
            "regression",
            f"The eyes fixed or followed and no longer do at {age_text(blind[1].age_days)}.",
            (blind[0],),
        )
    late = [s for s in skills if _late(infant, s)]
    still = _plateau(infant, skills)
    if still:
        last = max(_last_gain(s) or 0.0 for s in skills)
        told = ", ".join(f"'{s.skill}'" for s in still)
        return (
            "plateau",
            f"Nothing new since {age_text(last)}, and asked for and not there by {age_text(_latest(still))}: {told}.",
            _places(still),
        )
    said = judged[-1] if judged else None
    if late:
        told = ", ".join(f"'{s.skill}'" for s in late)
        return "delayed", f"Later than its window: {told}.", _places(late)
    if said and said[1].normal_for_age == "no":
        return "delayed", f"Judged not normal for age at {age_text(said[1].age_days)}.", (said[0],)
    gained = [s for s in skills if s.there]
    if gained or said:
        told = f"{len(gained)} skills gained, none late" if gained else "no milestone written down"
        told += f"; judged normal for age at {age_text(said[1].age_days)}" if said else ""
        return "normal", f"{told[0].upper()}{told[1:]}.", (*_places(gained), *((said[0],) if said else ()))
    if skills:
        return "not captured", "Skills were asked for before their time and none was there yet.", _places(list(skills))
    return "not captured", "No milestone and no judgement was written down.", ()


def _skill(name: MilestoneName, asked: _Placed) -> Skill:
    gains = [e.age_days for _, e in asked if e.event == "gained"]
    losses = [e.age_days for _, e in asked if e.event == "lost"]
    missing = [e.age_days for _, e in asked if e.event == "not yet"]
    first_loss = losses[0] if losses else float("inf")
    again = [age for age in gains if age > first_loss]
    return Skill(
        skill=name,
        gained_days=next((age for age in gains if age <= first_loss), None),
        lost_days=losses[-1] if losses else None,
        regained_days=again[-1] if again else None,
        not_yet_days=missing[-1] if missing else None,
        entries=tuple(place for place, _ in asked),
    )


def _late(infant: Infant, skill: Skill) -> bool:
    limit = late_after(infant, skill.skill)
    if limit is None:
        return False
    gained = skill.gained_days
    return (gained is not None and gained > limit) or (
        gained is None and skill.not_yet_days is not None and skill.not_yet_days > limit
    )


def _last_gain(skill: Skill) -> float | None:
    return max((age for age in (skill.gained_days, skill.regained_days) if age is not None), default=None)


def _plateau(infant: Infant, skills: tuple[Skill, ...]) -> list[Skill]:
    """Which skills whose time has come were asked for and not there, 90 days or more after the last gain?"""
    gains = [age for s in skills if (age := _last_gain(s)) is not None]
    if not gains:
        return []
    found = []
    for skill in skills:
        asked, limit = skill.not_yet_days, late_after(infant, skill.skill)
        due = limit is not None and asked is not None and asked > limit
        if due and not skill.there and asked is not None and asked - max(gains) >= PLATEAU_DAYS:
            found.append(skill)
    return found


def _eyes_lost(eyes: list[tuple[int, Vision]]) -> tuple[int, Vision] | None:
    """The entry at which eyes that fixed or followed no longer did, unless they do again later."""
    for what in ("fixes", "follows"):
        told = [(p, e, getattr(e, what)) for p, e in eyes if getattr(e, what) != "not captured"]
        if told and told[-1][2] == "no" and any(answer == "yes" for _, _, answer in told):
            return told[-1][0], told[-1][1]
    return None


def _also(infant: Infant, skills: tuple[Skill, ...], answer: str, fed: list[tuple[int, Feeding]]) -> tuple[str, ...]:
    said = []
    back = [s for s in skills if s.lost_days is not None and s.there]
    said += [f"'{s.skill}' was lost at {age_text(s.lost_days or 0.0)} and came back." for s in back]
    late = [s.skill for s in skills if _late(infant, s)]
    if answer != "delayed" and late:
        said.append("Later than their window: " + ", ".join(f"'{name}'" for name in late) + ".")
    routes = [(e.age_days, e.route) for _, e in fed if e.route != "not captured"]
    if routes and routes[-1][1] != routes[0][1]:
        said.append(f"Feeding went from '{routes[0][1]}' to '{routes[-1][1]}' at {age_text(routes[-1][0])}.")
    elif routes:
        said.append(f"Feeding: {routes[-1][1]}.")
    if infant.gestation_weeks is None:
        said.append("The gestation is not captured: windows count age from birth.")
    return tuple(said)


def _places(skills: list[Skill]) -> tuple[int, ...]:
    return tuple(place for skill in skills for place in skill.entries)


def _latest(skills: list[Skill]) -> float:
    return max(s.not_yet_days or 0.0 for s in skills)
