"""A verdict that was stored is judged again under other rules, and the difference is shown."""

from __future__ import annotations

from datetime import date

import msgspec

from ictal.base.errors import RecordError
from ictal.infant.syndrome.assess import assess
from ictal.infant.syndrome.rules import RuleBook
from ictal.infant.syndrome.types import Assessment, Difference


def read_assessment(text: bytes, name: str) -> Assessment:
    """The assessment that `ictal assess --json` printed. Raises `RecordError` when it is none."""
    try:
        said = msgspec.json.decode(text)
        known = {f.encode_name for f in msgspec.structs.fields(Assessment)}
        plain = {k: v for k, v in said.items() if k in known} if isinstance(said, dict) else said
        return msgspec.convert(plain, Assessment)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        where = str(error).replace("`", "")
        raise RecordError(
            f"{name} is not a stored assessment ({where}): give what `ictal assess --json` printed."
        ) from None


def replay(stored: Assessment, today: date, book: RuleBook | None = None) -> tuple[Assessment, Difference]:
    """What is the verdict of the same case under these rules, and what changed?"""
    now = assess(stored.case, today, book)
    old, new = {r.id: r for r in stored.criteria}, {r.id: r for r in now.criteria}
    rows = []
    for id_ in (*old, *(i for i in new if i not in old)):
        before = old[id_].answer if id_ in old else "not asked"
        after = new[id_].answer if id_ in new else "not asked"
        if before != after:
            rows.append(f"{id_}: {before} -> {after}")
    return now, Difference(before=stored.verdict, after=now.verdict, rows=tuple(rows), rules=_rules(stored, now))


def _rules(stored: Assessment, now: Assessment) -> tuple[str, ...]:
    """Which rules have another version?"""
    changed = []
    if (stored.rules.set, stored.rules.version) != (now.rules.set, now.rules.version):
        changed.append(f"set {stored.rules.set} {stored.rules.version} -> {now.rules.set} {now.rules.version}")
    for kind, before, after in (
        ("row", stored.rules.rows, now.rules.rows),
        ("alternative", stored.rules.alternatives, now.rules.alternatives),
    ):
        for id_ in (*before, *(i for i in after if i not in before)):
            old, new = before.get(id_, "none"), after.get(id_, "none")
            if old != new:
                changed.append(f"{kind} {id_}: version {old} -> {new}")
    return tuple(changed)
