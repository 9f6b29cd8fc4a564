"""The report that a clinic files: every form says the same, in both languages, and a shared one names nobody."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ictal.eeg.findings.sentences import sentences
from ictal.eeg.findings.types import Marker
from ictal.filing import Filing, filing_of_phenopacket, filing_of_results
from ictal.infant.timeline.types import (
    Admission,
    Diary,
    Dose,
    Feature,
    Growth,
    Infant,
    Milestone,
    Semiology,
    Test,
    Treatment,
    Variant,
)
from ictal.report import filed as room
from ictal.report.filed.catalogue import LANGUAGES, Words, catalogue, gaps
from ictal.report.filed.compose import compose
from ictal.report.filed.numbers import COLUMNS, csv_text, number_rows
from ictal.report.filed.page import html_of
from ictal.report.filed.paper import bibtex, citations, methods
from ictal.report.filed.types import Figure, Taken, Text
from tests.report.made_case import make_case

pytest.importorskip("typst", reason="A PDF needs the extra `report`.")

from ictal.report.filed.pdf import pages_of, pdf_of

TODAY = date(2026, 11, 26)
SECTIONS = (
    "eeg", "seizures", "migration", "course", "growth", "development", "treatment", "genetics", "criteria", "methods",
    "settings", "provenance", "limits",
)  # fmt: skip


def taken(**made) -> Taken:
    """A recording by hand, what is said of it by the room that says it."""
    case = make_case(**made)
    notices = ("The header holds characters outside ASCII; they were read as Latin-1.",)
    markers: tuple[Marker, ...] = ()
    found = replace(case.findings, recorded=replace(case.findings.recorded, notices=notices), markers=markers)
    return Taken(sentences(found), case.seizures, case.discharges, case.recording.start, 90.0)


def child(**more) -> Infant:
    entries = (
        Growth(age_days=0, head_cm=34.0, weight_kg=3.2, length_cm=50.0),
        Growth(age_days=90, head_cm=36.5, weight_kg=5.1),
        Growth(age_days=210, head_cm=38.5),
        Milestone(age_days=60, skill="social smile", event="gained"),
        Milestone(age_days=160, skill="social smile", event="lost"),
        Semiology(age_days=26, seizure="clonic", side="left", first="yes", typical_s=40),
        Treatment(age_days=30, name="phenobarbital", dose=Dose(amount=5, unit="mg/kg/day"), stop_age_days=80,
                  impression="no change", why_stopped="no benefit", adequate="yes"),
        Variant(age_days=100, gene="KCNT1", hgvs_c="c.862G>A", hgvs_p="p.(Gly288Ser)", classification="pathogenic"),
        Test(age_days=70, field="genetic", name="exome", state="done", result="abnormal"),
        *(Diary(age_days=20 + d, hours_observed=14, seizures=3 + d % 4) for d in range(60)),
    )  # fmt: skip
    return Infant(**{"pseudonym": "inf-7", "sex": "female", "gestation_weeks": 38.0, "entries": entries, **more})


def sheet_of(filing: Filing, language: str = "en", redacted: bool = False, paper: str = "a4"):
    return compose(filing.dossier(TODAY, redacted=redacted), language, paper)


@pytest.fixture(scope="module")
def whole() -> Filing:
    return Filing("inf-7", (taken(), taken(paths=(("C3",),), starts=(60.0,))), child())


@pytest.fixture(scope="module")
def whole_pdf(whole) -> Callable[[str], bytes]:
    """The PDF of the whole report in a language, made once."""
    return cache(lambda language: pdf_of(sheet_of(whole, language)))


FILINGS = {
    "whole": lambda: Filing("inf-7", (taken(),), child()),
    "recording alone": lambda: Filing("night.edf", (taken(),)),
    "no seizure": lambda: Filing("night.edf", (taken(paths=(), starts=()),)),
    "child alone": lambda: Filing("inf-7", (), child()),
    "empty": lambda: Filing("inf-7", (), child(entries=())),
    "findings without a table": lambda: Filing("night.edf", (replace(taken(), seizures=None, discharges=()),)),
}


class Cells(HTMLParser):
    """The texts of the body cells of all tables."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._body = self._cell = False

    def handle_starttag(self, tag, attrs):
        self._body = self._body or tag == "tbody"
        if self._body and tag in ("td", "th"):
            self._cell = True
            self.found.append("")

    def handle_endtag(self, tag):
        self._body = self._body and tag != "tbody"
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data):
        if self._cell:
            self.found[-1] += data


def cells_of(page: str) -> list[str]:
    reader = Cells()
    reader.feed(page)
    return reader.found


# Words ----------------------------------------------------------------------------------------------------------------


def test_every_key_is_in_every_language_with_the_same_gaps():
    english = catalogue("en")
    for language in LANGUAGES:
        other = catalogue(language)
        assert other.keys() == english.keys()
        assert {k for k in english if gaps(english[k]) != gaps(other[k])} == set()
        assert all(other[k].strip() for k in other)


def test_every_key_that_the_code_names_is_in_the_catalogue():
    known, asked = catalogue("en"), set()
    for file in Path(room.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "w" and node.args:
                parts = [n for n in ast.walk(node.args[0]) if isinstance(n, ast.JoinedStr)]
                inside = {id(v) for joined in parts for v in ast.walk(joined)}
                whole = (n for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant) and id(n) not in inside)
                asked |= {n.value for n in whole if isinstance(n.value, str) and "." in n.value}
    assert len(asked) > 100
    assert asked <= set(known)


@pytest.mark.parametrize("name", FILINGS)
def test_the_french_report_is_french(name):
    """What stays English is cited: the mechanism of a gene, in the words of its panel."""
    sheet = sheet_of(FILINGS[name](), "fr")
    assert [s for s in sheet.foreign if not s.startswith("Missense changes that raise the current")] == []
    page = html_of(sheet)
    assert '<html lang="fr">' in page
    for english in ("not captured", "seizures were", "the record", "which is not the same", "Not met", "hours that"):
        assert english not in re.sub(r'<span lang="en">.*?</span>', "", page), english


def test_a_sentence_of_another_room_is_said_with_what_stood_in_its_gaps():
    w = Words("fr")
    said = w.said("17 seizures were found in 40 min that could be read: 14 min 57 s of seizure, 22.4 minutes an hour.")
    assert said == "17 crises ont été trouvées dans 40 min lisibles : 14 min 57 s de crise, 22,4 minutes par heure."
    assert w.said("Something that nobody has heard 3.5 times.").startswith("Something")
    assert w.foreign == {"Something that nobody has heard 3.5 times."}


def test_numbers_and_days_are_written_as_the_language_writes_them():
    assert Words("fr").local("0.5 of 12, at 10:30, version 1.2.3, −2.25") == "0,5 of 12, at 10:30, version 1.2.3, −2,25"
    assert (Words("fr").day("2026-11-26"), Words("en").day("2026-11-26")) == ("26/11/2026", "2026-11-26")


# One content, every form ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FILINGS)
def test_every_section_is_there_in_order_and_says_when_nothing_was_captured(name):
    sheet = sheet_of(FILINGS[name]())
    assert tuple(s.key for s in sheet.sections if s.level == 2) == SECTIONS
    keys = [s.key for s in sheet.sections]
    for section, after in zip(sheet.sections, [*keys[1:], ""], strict=True):
        assert section.blocks or after.startswith(f"{section.key}-"), section.key
    if name == "empty":
        for key in ("eeg", "seizures", "migration", "course", "growth", "development", "treatment", "genetics"):
            said = [b.words for s in sheet.sections if s.key == key for b in s.blocks if isinstance(b, Text)]
            assert any("ot captured" in text for text in said), key


def test_the_first_page_has_the_verdict_three_facts_and_the_next_step(whole, whole_pdf):
    first = sheet_of(whole).first
    lead = [b for b in first.blocks if isinstance(b, Text) and b.kind == "lead"]
    verdict = whole.dossier(TODAY).assessment.verdict
    assert verdict in lead[0].label
    assert [len(b.items) for b in first.blocks if hasattr(b, "items")] == [3]
    assert whole.dossier(TODAY).assessment.next_step.text.rstrip(".") in lead[1].words
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(whole_pdf("en"))).pages
    assert "The next step" in pages[0].extract_text()
    assert "EEG findings" not in pages[0].extract_text()
    assert "EEG findings" in pages[1].extract_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_tables_is_in_the_csv(whole, language):
    sheet = sheet_of(whole, language)
    rows = list(csv.reader(io.StringIO(csv_text(sheet))))
    assert tuple(rows[0]) == COLUMNS
    listed = {t for row in rows[1:] for value in (row[1], row[3], row[4]) for t in re.findall(r"\d+(?:\.\d+)?", value)}
    shown = 0
    for text in cells_of(html_of(sheet)):
        for token in re.findall(r"\d+(?:[.,]\d+)?", text):
            shown += 1
            assert token.replace(",", ".") in listed, (token, text)
    assert shown > 200
    assert all(row[0] and row[1] and row[5] for row in rows[1:])


def test_a_number_of_the_csv_has_its_unit_and_interval(whole):
    rows = {r[0]: r for r in number_rows(sheet_of(whole))}
    burden = rows["eeg / recordings / Recording 1 / Burden"]
    assert burden[1:3] == (f"{whole.recordings[0].findings.burden_min_per_h:.1f}", "min/h")
    share = whole.recordings[0].findings.migration.migrating
    moved = rows["eeg / recordings / Recording 1 / Migrated (95 % interval)"]
    assert moved[1:5] == (f"{100 * share.share:.0f}", "%", f"{100 * share.low:.0f}", f"{100 * share.high:.0f}")
    assert rows["growth / growth / head / Value"][2] == "cm"


# PDF ------------------------------------------------------------------------------------------------------------------


def structure(pdf: bytes):
    import pikepdf

    kinds, alts = [], []

    def walk(node):
        if isinstance(node, pikepdf.Array):
            for part in node:
                walk(part)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                kinds.append(str(node.S))
            if "/Alt" in node:
                alts.append(str(node.Alt))
            if "/K" in node:
                walk(node.K)

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        walk(opened.Root.StructTreeRoot.K)
    return kinds, alts


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_is_tagged_and_an_outside_reader_reads_it_in_order(whole, whole_pdf, language):
    import pikepdf
    import pypdf

    sheet = sheet_of(whole, language)
    pdf = whole_pdf(language)
    with pikepdf.open(io.BytesIO(pdf)) as opened, opened.open_metadata() as metadata:
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert opened.Root.Lang == language
        assert opened.Root.MarkInfo.Marked
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        assert str(opened.docinfo.Title) == sheet.title
    kinds, alts = structure(pdf)
    figures = [b for s in (sheet.first, *sheet.sections) for b in s.blocks if isinstance(b, Figure)]
    assert kinds.count("/Figure") == len(figures)
    assert alts == [f.alt for f in figures]
    assert kinds.count("/Table") == len(sheet.tables)
    assert kinds.count("/TH") == sum(len(t.head) for _, t in sheet.tables)
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == len(SECTIONS)
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    text = re.sub(r"\s+", " ", " ".join(texts))
    at = 0
    for section in sheet.sections:
        if section.level == 2:
            at = text.index(section.title, at)
    for number, foot in enumerate(texts, 1):
        assert "inf-7" in foot
        assert f"{sheet.fixed['page']} {number} {sheet.fixed['of_pages']} {len(texts)}" in foot
        assert sheet.fixed["use"] in foot


def test_the_same_input_gives_the_same_bytes_in_every_form(whole, whole_pdf):
    one, other = sheet_of(whole), sheet_of(whole)
    assert pdf_of(one) == whole_pdf("en")
    assert html_of(one) == html_of(other)
    assert csv_text(one) == csv_text(other)
    assert b"/CreationDate" not in whole_pdf("en")


def test_the_pdf_brings_its_fonts_and_uses_no_other(whole_pdf):
    import pikepdf

    with pikepdf.open(io.BytesIO(whole_pdf("en"))) as opened:
        names = {str(font.BaseFont) for page in opened.pages for font in page.Resources.get("/Font", {}).values()}
    assert names
    assert all(re.match(r"/[A-Z]{6}\+(Libertinus|DejaVuSansMono|NewCM)", n) for n in names), names


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_paper_is_the_one_that_was_asked_for(whole, paper, size):
    import pypdf

    box = pypdf.PdfReader(io.BytesIO(pdf_of(sheet_of(whole, paper=paper)))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_sides_and_kinds_differ_in_grey(whole):
    """Printed without colour, no two fills of a figure look alike: by their mean grey or by their pattern."""
    from ictal.infant.overview import overview
    from ictal.report import svg
    from ictal.report.filed.figures import on_paper
    from ictal.report.timeline import timeline_figure

    sides = svg.Drawing(360, 40, "x", "x").of(
        *(svg.box(10 + 60 * k, 5, 50, 30, class_=c) for k, c in enumerate(("br sl", "br sr", "br sm", "bo", "mk"))),
        key="x",
    )
    assert len(grey_kinds(on_paper(sides), [10 + 60 * k for k in range(5)], 360)) == 5
    figure = on_paper(timeline_figure(overview(child())))
    boxes = "".join(svg.box(10 + 60 * k, 5, 50, 30, class_=f"k{k}") for k in range(5))
    head = re.search(r"<style>.*?</defs>", figure, re.DOTALL)[0]
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" class="tl" viewBox="0 0 360 40">{head}{boxes}</svg>'
    assert len(grey_kinds(drawn, [10 + 60 * k for k in range(5)], 360)) == 5


def grey_kinds(drawing: str, lefts: list[int], width: int) -> set[tuple[int, int]]:
    """The fills at these places as (mean grey in steps of 40, texture in steps of 30)."""
    import json

    import numpy as np
    import typst
    from PIL import Image

    source = (
        f"#set page(width: {width}pt, height: 40pt, margin: 0pt)\n#image(bytes(json(bytes(sys.inputs.d))), width: 100%)"
    )
    png = typst.compile(source.encode(), format="png", ppi=288, sys_inputs={"d": json.dumps(drawing)})
    grey = np.asarray(Image.open(io.BytesIO(png)).convert("L"), float)
    found = set()
    for left in lefts:
        patch = grey[60:120, 4 * left + 24 : 4 * left + 176]
        found.add((int(patch.mean() // 40), int(patch.std() // 30)))
    return found


# Sharing --------------------------------------------------------------------------------------------------------------

SECRETS = (
    "Quandary", "Zebedee", "Oakhampton", "Dr Winterbourne", "QZ-4711", "nightfile", "1999-03-17", "17/03/1999", "23:47",
    "23:48",
)  # fmt: skip


def planted() -> Filing:
    """A record and a recording in which every field that takes free words, a name, a day or a file holds a secret."""
    start = datetime(1999, 3, 17, 23, 47, 5)
    made = taken()
    step = replace(made.findings.steps[0], name="marks", parameters={"source": "Quandary_nightfile.csv"})
    recorded = replace(
        made.findings.recorded,
        name="Quandary_nightfile.edf",
        start="1999-03-17 23:47:05",
        notices=("The header of Quandary_nightfile.edf names Zebedee Quandary.",),
        derivations=(*made.findings.recorded.derivations, "Zebedee-avg"),
    )
    quality = (*made.findings.quality, replace(made.findings.quality[0], derivation="Zebedee-avg"))
    statements = (
        *made.findings.statements,
        "The times of the seizures are marks from elsewhere (Quandary_nightfile.csv).",
    )
    found = replace(
        made.findings, recorded=recorded, quality=quality, steps=(*made.findings.steps, step), statements=statements
    )
    infant = child(
        pseudonym="QZ-4711",
        entries=(
            *child().entries,
            Growth(age_days=40, weight_kg=4.0, note="Zebedee Quandary, 1999-03-17 23:47", source="Dr Winterbourne"),
            Treatment(age_days=50, name="Winterbourne's drops", why_started="asked for by Dr Winterbourne"),
            Test(age_days=51, field="metabolic", name="AASA at Oakhampton", state="done", result="normal",
                 finding="told to Quandary on 17/03/1999"),
            Admission(age_days=52, reason="brought to Oakhampton by Quandary"),
            Feature(age_days=53, hpo_id="HP:0001252", label="Hypotonia of Zebedee", present="yes"),
            Variant(age_days=54, gene="Zebedee", hgvs_c="Quandary", classification="pathogenic"),
        ),
    )  # fmt: skip
    return Filing("QZ-4711", (replace(made, findings=found, start=start),), infant, not_read=("Quandary said so.",))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_redacted_report_holds_nothing_of_the_child_in_any_form(language):
    import pikepdf
    import pypdf

    clear = html_of(sheet_of(planted(), language))
    assert sum(s in clear for s in SECRETS) >= 5, "the secrets were planted where the report shows them"
    sheet = sheet_of(planted(), language, redacted=True)
    pdf = pdf_of(sheet)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        raw = " ".join(str(v) for v in opened.docinfo.values())
        raw += " ".join(structure(pdf)[1])
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages if language == "en" else []  # slow, and the same texts
    text = " ".join(p.extract_text() for p in pages)
    for form in (
        html_of(sheet),
        csv_text(sheet),
        text,
        raw,
        methods(Words(language), planted().dossier(TODAY, redacted=True)),
    ):
        for secret in (*SECRETS, planted().recordings[0].findings.recorded.sha256):
            assert secret.lower() not in form.lower(), secret
        assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d\b", form)
    assert sheet.fixed["redacted"] in html_of(sheet)
    assert sheet.title == Words(language)("frame.title", who=Words(language)("frame.anonymous"))


def test_redaction_keeps_what_the_report_is_for():
    clear, bare = (planted().dossier(TODAY, redacted=r) for r in (False, True))
    assert bare.assessment.verdict == clear.assessment.verdict
    assert bare.recordings[0].findings.migration == clear.recordings[0].findings.migration
    assert [g.z_corrected for g in bare.child.heads] == [g.z_corrected for g in clear.child.heads]
    assert [c.name for c in bare.child.courses] == ["phenobarbital", "treatment 1"]


# Methods and citations ------------------------------------------------------------------------------------------------


def test_methods_say_what_was_run_and_nothing_else(whole):
    alone = methods(Words("en"), Filing("x", (taken(),)).dossier(TODAY))
    assert "WHO" not in alone
    assert "Kwan" not in alone
    made = methods(Words("en"), whole.dossier(TODAY))
    assert "WHO standards" in made
    assert "Kwan 2010" in made
    assert "All settings had their default values." in made
    changed = replace(taken(), changed={"signal.high_pass_hz": ("1", "0.5")})
    text = methods(Words("en"), Filing("x", (changed,)).dossier(TODAY))
    assert "signal.high_pass_hz = 1 (0.5)" in text
    assert "All settings had their default values." not in text


def test_the_citations_are_bibtex_with_keys_of_their_own(whole):
    dossier = whole.dossier(TODAY)
    text = bibtex(dossier)
    keys = re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE)
    assert keys == [c.key for c in citations(dossier)]
    assert len(set(keys)) == len(keys)
    assert text.count("{") == text.count("}")
    assert "kwan2010" in keys
    assert "kwan2010" not in bibtex(Filing("x", (taken(),)).dossier(TODAY))
    assert "recalled, not opened" in text


# What comes in --------------------------------------------------------------------------------------------------------


def test_a_folder_of_results_is_read_back_whole(tmp_path):
    from ictal.exchange.findings_json import write_findings
    from ictal.exchange.tables import write_events

    case = make_case()
    write_events(tmp_path, case.recording, case.discharges, case.seizures)
    write_findings(tmp_path, case.findings)
    filing = filing_of_results((tmp_path,))
    assert replace(filing.recordings[0].findings, settings={}) == replace(case.findings, settings={})
    assert [s.path for s in filing.recordings[0].seizures] == [s.path for s in case.seizures]
    page = html_of(sheet_of(filing))
    for seizure in case.seizures:
        assert " → ".join(case.recording.written_name(p) for p in seizure.path) in page


def test_a_phenopacket_that_is_hardly_one_still_gives_a_report(tmp_path):
    file = tmp_path / "child.json"
    file.write_text('{"id": "p-1", "subject": {"id": "p-1"}, "phenotypicFeatures": [{"type": {"id": "HP:0001250"}}]}')
    sheet = sheet_of(filing_of_phenopacket(file, ()))
    assert "p-1" in sheet.title
    assert pages_of(sheet, 20)


@pytest.mark.parametrize(
    "odd", ["</svg><script>x</script>", "#panic()", "$x$ *b* _i_ \\ `c` <l> @ref", "漢字 🙂 \u202e"]
)
def test_what_people_wrote_is_words_in_every_form(odd):
    infant = child(entries=(Treatment(age_days=3, name=odd),))
    sheet = sheet_of(Filing("inf-7", (), infant))
    assert "<script>x" not in html_of(sheet)
    assert pdf_of(sheet).startswith(b"%PDF")


def test_a_common_word_that_somebody_typed_does_not_eat_the_report():
    infant = child(
        entries=(*child().entries, Admission(age_days=5, reason="seizures"), Growth(age_days=9, note="head"))
    )
    filing = Filing("inf-7", (taken(),), infant)
    page = html_of(sheet_of(filing, redacted=True))
    assert "Seizures that migrated" in page
    assert page.count("[…]") == 0
