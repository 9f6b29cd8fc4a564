"""The conditions of the differential: `feature X`, `gene A B`, `onset 0 90`, ... Does one hold, or is it not known?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ictal.infant.syndrome.terms import terms
from ictal.infant.syndrome.types import Answer, Case

_FORMS = (
    "`feature X`, `no feature X`, `gene A B`, `onset FROM TO` (days), `row ID yes`, `medicine helped`, `vitamin helped`"
)


def fault_of(when: str, rows: frozenset[str]) -> str:
    """What is wrong with this condition, and what is the mend? Empty when nothing is."""
    words = when.split()
    features = {t.id for t in terms()}
    if re.fullmatch(r"(no )?feature \S+", when):
        return (
            ""
            if words[-1] in features
            else f"asks for the feature '{words[-1]}': use one of {', '.join(sorted(features))}"
        )
    if words[:1] == ["gene"] and len(words) > 1:
        return ""
    if re.fullmatch(r"onset \d+(\.\d+)? \d+(\.\d+)?", when):
        return (
            "" if float(words[1]) <= float(words[2]) else f"has `{when}`, which ends before it begins: exchange the two"
        )
    if re.fullmatch(r"row \S+ (yes|no)", when):
        return "" if words[1] in rows else f"asks for the row '{words[1]}': use one of {', '.join(sorted(rows))}"
    if when in ("medicine helped", "vitamin helped"):
        return ""
    return f"has the condition `{when}`, which is none of {_FORMS}: write one of them"


def holds(when: str, case: Case, answers: Mapping[str, Answer]) -> Answer:
    """Does the condition hold? `unknown` when the record does not say."""
    words = when.split()
    if words[0] == "feature":
        return case.seen(words[1]).answer
    if words[0] == "no":
        return _not(case.seen(words[2]).answer)
    if words[0] == "gene":
        return "yes" if any(v.gene in words[1:] and v.counts for v in case.variants) else "unknown"
    if words[0] == "onset":
        return onset_within(case, float(words[1]), float(words[2]))
    if words[0] == "row":
        return "yes" if answers[words[1]] == words[2] else "unknown"
    kind = "vitamin" if words[0] == "vitamin" else "medicine"
    outcomes = [m.outcome for m in case.medicines if m.kind == kind]
    if kind == "medicine" and "failed" in outcomes:
        return "no"
    enough = ("helped", "improved") if kind == "vitamin" else ("helped",)
    if kind == "medicine" and case.seizure_free:
        return "yes"
    return "yes" if any(o in enough for o in outcomes) else "unknown"


def onset_within(case: Case, low_days: float, high_days: float) -> Answer:
    """Did seizures begin between these ages? `unknown` when what is known of the onset lies on both sides of an end."""
    low, high = case.onset_low_days, case.onset_high_days
    if low is None or high is None:
        return "unknown"
    if low_days <= low and high <= high_days:
        return "yes"
    return "no" if high < low_days or low > high_days else "unknown"


def _not(answer: Answer) -> Answer:
    if answer == "unknown":
        return "unknown"
    return "no" if answer == "yes" else "yes"
