"""Methods and citations, ready for a paper, from what was really run: versions, montage, detector, settings, seeds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ictal.base.provenance import Step
from ictal.infant.overview import SEED
from ictal.infant.timeline.escalation import SHUFFLES
from ictal.knowledge.library import library
from ictal.knowledge.types import Source
from ictal.report import words as spoken
from ictal.report.filed.catalogue import Words
from ictal.report.filed.types import Dossier, Taken


@dataclass(frozen=True, slots=True)
class Cited:
    """One entry of the list: a key for BibTeX, its kind, fields, and whether somebody opened it."""

    key: str
    kind: str
    fields: Mapping[str, str]
    checked: bool

    @property
    def line(self) -> str:
        """The entry as a line of a list."""
        f = self.fields
        parts = [f.get("author", ""), f.get("title", ""), f.get("journal", ""), f.get("year", ""), f.get("volume", "")]
        told = ". ".join(p.strip("{}").rstrip(".") for p in parts if p)
        where = f"doi:{f['doi']}" if "doi" in f else f.get("url", f.get("howpublished", ""))
        return f"{told}. {where}".strip().rstrip(".") + "."

    @property
    def bibtex(self) -> str:
        """The entry for BibTeX."""
        rows = {k: v for k, v in self.fields.items() if v}
        if not self.checked:
            rows["note"] = "recalled, not opened: check before you cite"
        body = ",\n".join(f"  {k} = {{{_tex(v)}}}" for k, v in rows.items())
        return f"@{self.kind}{{{self.key},\n{body}\n}}"


def _article(key: str, author: str, title: str, journal: str, year: str, volume: str, doi: str) -> Cited:
    fields = {"author": author, "title": title, "journal": journal, "year": year, "volume": volume, "doi": doi}
    return Cited(key, "article", fields, False)


_METHODS = {
    "szcore": _article(
        "szcore2024", "Dan, Jonathan and others", "SzCORE: Seizure Community Open-Source Research Evaluation framework "
        "for the validation of electroencephalography-based automated seizure detection algorithms", "Epilepsia",
        "2024", "", "10.1111/epi.18113"),
    "wilson": _article(
        "wilson1927", "Wilson, Edwin B.", "Probable inference, the law of succession, and statistical inference",
        "Journal of the American Statistical Association", "1927", "22", "10.1080/01621459.1927.10502953"),
    "garwood": _article(
        "garwood1936", "Garwood, F.", "Fiducial limits for the Poisson distribution", "Biometrika", "1936", "28",
        "10.1093/biomet/28.3-4.437"),
    "kwan": _article(
        "kwan2010", "Kwan, Patrick and others", "Definition of drug resistant epilepsy", "Epilepsia", "2010", "51",
        "10.1111/j.1528-1167.2009.02397.x"),
    "who": _article(
        "who2006", "{WHO Multicentre Growth Reference Study Group}", "WHO Child Growth Standards based on "
        "length/height, weight and age", "Acta Paediatrica Supplement", "2006", "450",
        "10.1111/j.1651-2227.2006.tb02378.x"),
}  # fmt: skip


_OWN = ("ictal", "recalled")
"""Sources of the library that stand for our own inference, or for none."""


def methods(w: Words, dossier: Dossier) -> str:
    """The paragraph: one sentence or two for each thing that was done, and none for what was not."""
    return " ".join(_sentences(w, dossier))


def citations(dossier: Dossier) -> tuple[Cited, ...]:
    """What a paper with these results should cite: Ictal, the methods that were used, the sources of the criteria."""
    versions = sorted(
        {s.version for t in dossier.recordings for s in t.findings.steps} | {dossier.assessment.rules.ictal}
    )
    own = {
        "author": "{The Ictal contributors}",
        "title": "Ictal: an open workbench for epilepsy of infancy with migrating focal seizures",
        "version": ", ".join(versions),
        "note": "Research use; not a medical device",
    }
    known = library().sources
    ids = dict.fromkeys(s for row in dossier.assessment.criteria for s in row.sources)
    sources = (_of_source(known[s]) for s in ids if s in known and s not in _OWN)
    return (Cited("ictal", "software", own, True), *(_METHODS[k] for k in _used(dossier)), *sources)


def bibtex(dossier: Dossier) -> str:
    """The list for BibTeX."""
    return "\n\n".join(c.bibtex for c in citations(dossier)) + "\n"


def _used(dossier: Dossier) -> Iterator[str]:
    if dossier.recordings:
        yield "szcore"
    if any(t.findings.seizures for t in dossier.recordings):
        yield "wilson"
    child = dossier.child
    if child is None:
        return
    if child.eeg.rates or child.diary.rates or child.responses:
        yield "garwood"
    if child.courses:
        yield "kwan"
    if child.heads or child.weights or child.lengths:
        yield "who"


def _of_source(source: Source) -> Cited:
    fields = {"title": source.title}
    if not source.authors.startswith("not stated"):
        fields["author"] = source.authors
    if source.doi:
        fields["doi"] = source.doi
    if source.pmid:
        fields["pmid"] = source.pmid
    if source.address:
        fields["url"] = source.address
    if source.citation:
        fields["howpublished"] = source.citation
    return Cited(f"ictal-{source.id.lower()}", "misc", fields, True)


def _tex(text: str) -> str:
    return re.sub(r"([%&#_])", r"\\\1", text) if not text.startswith("http") else text


def _sentences(w: Words, dossier: Dossier) -> Iterator[str]:
    alike: dict[str, list[int]] = {}
    for number, taken in enumerate(dossier.recordings, 1):
        alike.setdefault(" ".join(_of_recording(w, taken)), []).append(number)
    for text, numbers in alike.items():
        which = ", ".join(map(str, numbers))
        yield w("methods.which", list=which, text=text) if len(alike) > 1 else text
    child = dossier.child
    if child is not None:
        if child.heads or child.weights or child.lengths:
            yield w("methods.growth")
        if child.eeg.rates or child.diary.rates:
            yield w("methods.change", n=SHUFFLES, seed=SEED)
        if child.responses:
            yield w("methods.response", definition=w.word(child.responses[0].definition))
        if child.courses:
            yield w("methods.kwan")
    rules = dossier.assessment.rules
    yield w("methods.criteria", set=rules.set, version=rules.version, ictal=rules.ictal)
    if dossier.simulated:
        yield w("methods.simulated")


def _of_recording(w: Words, taken: Taken) -> Iterator[str]:
    f = taken.findings
    steps: dict[str, Step] = {s.name: s for s in f.steps}
    versions = ", ".join(dict.fromkeys(s.version for s in f.steps)) or w("frame.not_captured")
    form, rate = f.recorded.file_format or w("frame.not_captured"), w.number(f.recorded.rate_hz)
    yield w("methods.read", version=versions, form=form, channels=f.recorded.channels, rate=rate)
    signal = steps.get("signal")
    if signal is not None:
        p, made = signal.parameters, signal.outcome
        band = (w.local(spoken.plain(p.get(k))) for k in ("high_pass_hz", "low_pass_hz"))
        low, high = band
        yield w(
            "methods.signal",
            low=low,
            high=high,
            montage=w.word(str(made.get("montage"))),
            n=len(f.recorded.derivations),
        )
    if "marks" in steps:
        yield w("methods.marks", source=str(steps["marks"].parameters.get("source")))
    elif "detection" in steps:
        p = steps["detection"].parameters
        yield w("methods.detected", detector=str(p.get("detector")), version=str(p.get("detector_version", versions)))
    if "tracking" in steps:
        p = steps["tracking"].parameters
        gap, overlap = (w.local(spoken.plain(p.get(k))) for k in ("handover_gap_s", "handover_overlap_s"))
        yield w("methods.tracked", gap=gap, overlap=overlap)
    if f.seizures:
        yield w("methods.wilson")
    own = f.settings.get("findings")
    if isinstance(own, Mapping) and any(x.name.endswith("_by_chance") for x in f.facts):
        yield w("methods.chance", n=str(own.get("surrogates")), seed=str(own.get("seed")))
    if taken.changed:
        listed = w.joined(f"{k} = {spoken.plain(v)} ({spoken.plain(d)})" for k, (v, d) in taken.changed.items())
        yield w("methods.changed", list=w.local(listed))
    else:
        yield w("methods.defaults")
