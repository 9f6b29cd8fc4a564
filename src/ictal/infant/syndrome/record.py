"""The record of an infant (`infant.timeline`) as a case, with what the rooms beside this one make of it.

Entries say at which age something was known, not when it began: an entry of a seizure at 40 days means that the first
was not later than that, unless the entry says that it was the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ictal.infant.development.course import development
from ictal.infant.growth.course import acquired_microcephaly
from ictal.infant.syndrome.gather import Gathered, Said, kind_of_treatment
from ictal.infant.syndrome.types import GeneVariant, Link, Medicine, RecordingSeen
from ictal.infant.timeline.types import (
    Diary,
    Entry,
    Feature,
    FindingsSummary,
    Infant,
    Recording,
    Semiology,
    Status,
    Test,
    Treatment,
    Variant,
)
from ictal.infant.timeline.types import name_of as kind_name
from ictal.infant.treatment.freedom import drug_resistance

SEIZURE_TERMS: dict[str, str] = {
    "automatisms": "HP:0007359",
    "autonomic": "HP:0007359",
    "behavioural arrest": "HP:0007359",
    "epileptic spasms": "HP:0011097",
    "myoclonic": "HP:0032794",
    "focal": "HP:0007359",
    "focal, consciousness preserved": "HP:0007359",
    "focal, consciousness impaired": "HP:0007359",
    "focal motor tonic": "HP:0011167",
    "focal motor clonic": "HP:0002266",
    "focal to bilateral tonic-clonic": "HP:0007359",
    "hemiclonic": "HP:0006813",
    "tonic-clonic": "HP:0002069",
}
"""Kind of seizure -> the HPO term that the criteria look for; any other is a seizure of no further kind."""

SEIZURE = "HP:0001250"
_AASA = re.compile(r"semialdehyde|aasa|p6c|pipecol", re.IGNORECASE)
_GLUCOSE = re.compile(r"glucose", re.IGNORECASE)
_REPEATED = 2
"""So many onsets on one side are a focus there, where only counts are known."""


def gather_infant(infant: Infant, recordings: Mapping[str, RecordingSeen] | None = None) -> Gathered:
    """What does this infant's record say? `recordings` has what is known of some of them, by digest.

    A recording that is not there is taken by the summary of its findings; one without is as if it were not there.
    """
    known = recordings or {}
    found = Gathered(id=infant.pseudonym, simulated=infant.simulated, gestation_weeks=infant.gestation_weeks)
    found.age_days = max((e.age_days for e in infant.entries), default=None)
    for number, entry in enumerate(infant.entries, start=1):
        where = f"{kind_name(entry)} {entry.id or number}, at {entry.age_days:g} days"
        if isinstance(entry, Feature | Semiology | Status | Diary):
            _sign(found, entry, where)
        elif isinstance(entry, Test):
            _test(found, entry, where)
        elif isinstance(entry, Treatment):
            _treatment(found, entry, where)
        elif isinstance(entry, Variant):
            _variant(found, entry, where)
        elif isinstance(entry, Recording):
            _recording(found, entry, known, where)
    _of_other_rooms(found, infant)
    return found


def _sign(found: Gathered, entry: Feature | Semiology | Status | Diary, where: str) -> None:
    by_now = (0.0, entry.age_days)
    if isinstance(entry, Feature):
        if entry.present != "not captured":
            found.said.append(Said(entry.hpo_id, entry.label, entry.present == "yes", by_now, where))
    elif isinstance(entry, Semiology):
        term = SEIZURE_TERMS.get(entry.seizure, SEIZURE)
        if term == SEIZURE and entry.side in ("left", "right", "alternating"):
            term = "HP:0007359"
        first = entry.first == "yes"
        link = Said(term, f"({entry.seizure})", True, (entry.age_days, entry.age_days) if first else by_now, where)
        found.said.append(link)
        if first and (found.onset is None or entry.age_days < found.onset[0]):
            found.onset, found.onset_link = (entry.age_days, entry.age_days), link.link
    elif isinstance(entry, Status) and entry.present == "yes":
        found.said.append(Said("HP:0002133", "Status epilepticus", True, by_now, where))
    elif isinstance(entry, Diary) and entry.seizures:
        found.said.append(Said(SEIZURE, f"({entry.seizures} seen at home)", True, by_now, where))


def _test(found: Gathered, entry: Test, where: str) -> None:
    """A test of imaging, metabolism, CSF or infection. An abnormal one counts as a cause only where it says so."""
    if entry.state != "done" or entry.result not in ("normal", "abnormal"):
        return
    abnormal = entry.result == "abnormal"
    named = f"({entry.name}: {entry.finding if entry.finding != 'not captured' else entry.result})"
    if entry.field == "imaging" and not abnormal:
        found.said.append(Said("HP:0012443", named, False, None, where))
    elif entry.field == "imaging" and entry.explains == "yes":
        found.said.append(Said("HP:0002539", named, True, None, where))
    elif entry.field in ("metabolic", "csf") and _AASA.search(entry.name):
        found.said.append(Said("HP:0034365", named, abnormal, None, where))
    elif entry.field == "csf" and _GLUCOSE.search(entry.name):
        found.said.append(Said("HP:0011972", named, abnormal, None, where))
    elif entry.field == "infection" and abnormal and entry.explains == "yes":
        found.said.append(Said("HP:0011450", named, True, None, where))
    else:
        found.unread.append(f"{where} ({entry.name}, {entry.result}) answers no row by itself.")


def _treatment(found: Gathered, entry: Treatment, where: str) -> None:
    """A vitamin's effect counts here; whether medicines failed is judged by the room of treatments (Kwan 2010)."""
    kind = "vitamin" if entry.treatment == "vitamin" else kind_of_treatment(entry.name)
    helped = entry.impression == "benefit" or entry.why_stopped == "seizure free"
    if kind == "vitamin":
        text = f"{entry.name}: {entry.impression}"
        link = Link(kind="entry", where=where, text=text)
        found.medicines.append(
            Medicine(name=entry.name, outcome="improved" if helped else "unknown", kind="vitamin", link=link)
        )


def _variant(found: Gathered, entry: Variant, where: str) -> None:
    name = next((n for n in (entry.hgvs_p, entry.hgvs_c) if n != "not captured"), "")
    text = " ".join(t for t in (entry.gene, name, entry.classification) if t)
    found.variants.append(
        GeneVariant(
            gene=entry.gene.upper(),
            name=name,
            classification=entry.classification,
            direction=entry.direction,
            zygosity=entry.zygosity,
            link=Link(kind="variant", where=where, text=text),
        )
    )


def _recording(found: Gathered, entry: Recording, known: Mapping[str, RecordingSeen], where: str) -> None:
    if entry.found is not None:
        for term, label, said in (
            ("HP:0010851", "burst suppression", entry.found.burst_suppression),
            ("HP:0002521", "hypsarrhythmia", entry.found.hypsarrhythmia),
        ):
            if said != "not captured":
                found.said.append(Said(term, f"({label})", said == "yes", (0.0, entry.age_days), where))
    if entry.digest in known:
        found.recordings.append(known[entry.digest])
    elif entry.found is not None:
        found.recordings.append(_from_summary(entry.found, entry, where))
    else:
        found.unread.append(f"{where} has no findings: analyse the recording and attach them.")


def _from_summary(summary: FindingsSummary, entry: Recording, where: str) -> RecordingSeen:
    left, right = summary.onsets_left or 0, summary.onsets_right or 0
    migrating = summary.migrating or 0
    return RecordingSeen(
        name=where,
        readable_h=summary.readable_h,
        seizures=summary.seizures,
        placed=max(left + right + (summary.onsets_midline or 0), migrating),
        migrating=migrating,
        crossing=summary.crossing_midline or 0,
        focal=migrating + (summary.spreading or 0) + (summary.focal or 0),
        foci_left=int(left >= _REPEATED),
        foci_right=int(right >= _REPEATED),
        foci=summary.foci or 0,
        longest_s=None if summary.longest_min is None else 60.0 * summary.longest_min,
        age_days=entry.age_days,
        simulated=summary.simulated,
        digest=entry.digest,
    )


def _of_other_rooms(found: Gathered, infant: Infant) -> None:
    """What development, growth and treatment make of the record."""
    grown = development(infant)
    where = f"development, {_entries(infant, grown.rests_on)}"
    if grown.answer in ("delayed", "plateau", "regression"):
        term = "HP:0002376" if grown.answer == "regression" else "HP:0012758"
        found.said.append(Said(term, f"({grown.answer})", True, (0.0, grown.age_days), where))
    elif grown.answer == "normal":
        found.said.append(Said("HP:0012758", "(development is normal)", False, None, where))
    head = acquired_microcephaly(infant)
    if head.answer == "yes" and head.crossed_age_days is not None:
        since = (head.crossed_age_days, head.crossed_age_days)
        found.said.append(Said("HP:0005484", "(head fell to -2 z or below)", True, since, "growth"))
    elif head.small_at_start:
        found.said.append(Said("HP:0011451", "(head small at the first measurement)", True, None, "growth"))
    kwan = drug_resistance(infant)
    link = Link(kind="entry", where="treatment", text=kwan.sentence)
    if kwan.answer == "yes":
        found.drug_resistant.append(link)
    elif kwan.answer == "no":
        found.seizure_free.append(link)
    elif infant.of(Treatment):
        found.undecided.append(link)


def _entries(infant: Infant, places: tuple[int, ...]) -> str:
    named: list[Entry] = [infant.entries[p] for p in places if 0 <= p < len(infant.entries)]
    return ", ".join(f"{kind_name(e)} at {e.age_days:g} days" for e in named[:4]) or "no entry"
