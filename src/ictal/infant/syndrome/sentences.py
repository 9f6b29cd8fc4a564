"""The verdict in two sentences: what it is and why, then what it leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from ictal.infant.syndrome.types import Row, Verdict

SYNDROME = "epilepsy of infancy with migrating focal seizures"


def two_sentences(
    verdict: Verdict, rows: Sequence[Row], core: Sequence[str], points: Sequence[str], unverified: Sequence[str]
) -> tuple[str, str]:
    """The verdict with its reason; and what is open, alarming, or not verified."""
    return _first(verdict, rows, core, points), _second(rows, unverified)


def _first(verdict: Verdict, rows: Sequence[Row], core: Sequence[str], points: Sequence[str]) -> str:
    open_rows = [r for r in rows if r.id in core and r.answer == "unknown"]
    refused = [r for r in rows if r.kind == "mandatory" and r.answer == "no"]
    if verdict == "excluded":
        why = "; ".join(_low(r.text) for r in rows if r.kind == "exclusionary" and r.answer == "yes")
        return f"Excluded: the criteria of {SYNDROME} are not to be applied while this stands: {why}."
    if verdict == "met":
        why = "; ".join(_low(r.text) for r in rows if r.id in core)
        return f"Met: all {len(core)} core criteria of {SYNDROME} are there ({why})."
    missing = "; ".join(_low(r.text) for r in open_rows)
    if verdict == "in evolution":
        return f"In evolution: {', '.join(points)}, while this is not known yet: {missing}."
    if refused:
        why = "; ".join(f"{_low(r.text)}: {_low(r.reason).rstrip('.')}" for r in refused)
        return f"Not met: a mandatory criterion of {SYNDROME} is answered no ({why})."
    return f"Not met: too little is known to say more, which is not the same as no; not known: {missing}."


def _second(rows: Sequence[Row], unverified: Sequence[str]) -> str:
    parts = []
    if alerts := [r for r in rows if r.kind == "alert" and r.answer == "yes"]:
        parts.append(f"alerts that ask for reconsideration: {'; '.join(_low(r.text) for r in alerts)}")
    if open_rows := [r for r in rows if r.answer == "unknown" and r.kind == "exclusionary"]:
        parts.append(f"not ruled out: {'; '.join(_low(r.text) for r in open_rows)}")
    if later := [r for r in rows if r.answer == "unknown" and r.timing == "over time"]:
        parts.append(f"not known of the course: {'; '.join(_low(r.text) for r in later)}")
    if unverified:
        parts.append(
            "this rests on rows of the ILAE table whose wording or standing is recalled and not verified "
            f"({'; '.join(_low(r.text) for r in rows if r.id in unverified)})"
        )
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else "Every row is answered, and no row that decides is unverified."


def _low(text: str) -> str:
    return text[:1].lower() + text[1:]
