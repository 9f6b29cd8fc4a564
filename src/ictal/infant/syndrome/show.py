"""An assessment as people read it in a terminal, and as programs read it."""

from __future__ import annotations

import textwrap

import msgspec

from ictal.infant.syndrome.types import Assessment, Difference, Row

WIDTH = 110
RESEARCH_USE = "For research use. Not a medical device: no decision about a patient may rest on this alone."


def to_dict(answer: Assessment, changed: Difference | None = None) -> dict[str, object]:
    """Everything, as plain dictionaries: it can be stored, and judged again by `--replay`."""
    found: dict[str, object] = {"schema_version": "1.0", "research_use": RESEARCH_USE}
    found.update(msgspec.to_builtins(answer))
    if changed is not None:
        found["difference"] = {**msgspec.to_builtins(changed), "same": changed.same}
    return found


def lines(answer: Assessment, changed: Difference | None = None) -> list[str]:
    """The verdict, the rows, the alternatives, what is missing and the next step."""
    found = _wrap(answer.sentences[0], "") + _wrap(answer.sentences[1], "")
    if changed is not None:
        found += ["", *_changed(changed)]
    urgent = [a for a in answer.differential if a.urgent and a.treatable]
    if urgent:
        found += ["", "Treatable and not ruled out, so urgent:"]
        found += [line for a in urgent for line in _wrap(f"{a.name}: {a.test}.", "  ")]
    for kind, title in (("mandatory", "Mandatory"), ("alert", "Alerts"), ("exclusionary", "Exclusionary")):
        found += ["", f"{title}:"]
        found += [line for row in answer.criteria if row.kind == kind for line in _row(row)]
    found += ["", "What else it could be, in order of what speaks for it:"]
    for a in sorted(answer.differential, key=lambda a: -a.weight):
        pro, con = "; ".join(a.speaks_for) or "nothing known", "; ".join(a.speaks_against) or "nothing known"
        found += _wrap(f"{a.name}. For: {pro}. Against: {con}. Test: {a.test}. [{a.provenance}]", "  ")
    if answer.status:
        found += ["", "Status epilepticus by both rules:"]
        for s in answer.status:
            applies = {True: "applies at this age", False: "does not apply at this age", None: "the age is not known"}
            met = "met" if s.met else "not captured"
            found += _wrap(f"{s.recording}, {s.rule} ({s.text}; {s.provenance}): {met}; {applies[s.applies]}.", "  ")
    found += _end(answer)
    return found


def _end(answer: Assessment) -> list[str]:
    found = []
    if answer.missing:
        found += ["", "Missing:", *(x for m in answer.missing for x in _wrap(f"{m.text}: {m.reason}", "  "))]
    if answer.next_step is not None:
        could = (
            f" (the verdict could become: {', '.join(answer.next_step.could_become)})"
            if answer.next_step.could_become
            else ""
        )
        found += ["", *_wrap(f"Next: {answer.next_step.text}{could}.", "")]
    if answer.notes:
        found += ["", "Notes:", *(x for n in answer.notes for x in _wrap(n, "  "))]
    return [*found, "", RESEARCH_USE]


def _changed(changed: Difference) -> list[str]:
    if changed.same:
        return ["Judged again: the same verdict, row by row.", *(f"  {r}" for r in changed.rules)]
    head = f"Judged again: {changed.before} -> {changed.after}."
    return [head, *(f"  {r}" for r in (*changed.rows, *changed.rules))]


def _row(row: Row) -> list[str]:
    old = "; past its date" if row.stale else ""
    found = _wrap(
        f"[{row.answer:^7}] {row.text}: {row.reason} [{row.provenance}; {row.kind}: {row.standing}{old}]", "  "
    )
    return found + [line for link in row.evidence for line in _wrap(f"<- {link.where}: {link.text}", "            ")]


def _wrap(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}    " if indent else "")
