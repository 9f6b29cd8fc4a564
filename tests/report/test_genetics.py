"""The section on genetics: whole, escaped, offline, and never longer in its claims than the answer."""

from __future__ import annotations

import re

from ictal.cli.main import run
from ictal.infant.genes.triage import Question, triage
from ictal.report.genetics import render_genetics
from tests.genes.build import csq, golden, header, line, write

TRIO = Question(child="child", mother="mother", father="father")


def test_the_page_says_what_leads_why_and_what_follows(tmp_path):
    answer = triage(write(tmp_path, golden()), TRIO)
    page = render_genetics(answer)
    (first,) = answer.candidates
    for text in ("p.Arg474His", "Not a medical device", "PM6", "not judged", "QTc", "coverage"):
        assert text in page
    assert all(str(s.said.expires) in page for s in first.statements)
    assert all(mark in page for s in first.statements for mark in s.marks)
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)


def test_with_the_direction_unknown_the_page_says_nothing_of_treatment(tmp_path):
    new = csq("KCNT1", "c.1000G>A", "p.Gly334Arg", "missense_variant", "A")
    page = render_genetics(triage(write(tmp_path, line("chr9", 135762500, "G", "A", f"CSQ={new}")), TRIO))
    assert "nothing is said of treatment" in page
    assert "uinidine" not in page


def test_what_a_file_holds_cannot_become_a_script(tmp_path):
    evil = "<script>alert(1)</script>"
    told = csq("KCNT1", "c.1421G>A", f"p.Arg474His{evil}", "missense_variant", "A")
    path = write(tmp_path, line("chr9", 135768848, "G", "A", f"CSQ={told}", ("0/1",)), head=header((evil,)))
    assert "<script" not in render_genetics(triage(path))


def test_an_empty_answer_is_a_page_that_warns(tmp_path):
    page = render_genetics(triage(write(tmp_path, line("chr1", 5, "A", "G")), TRIO))
    assert "no negative child" in page


def test_the_command_writes_it(tmp_path):
    out = tmp_path / "page.html"
    arguments = ["--child", "child", "--mother", "mother", "--father", "father", "--report", str(out)]
    assert run(["variants", str(write(tmp_path, golden())), *arguments]) == 0
    assert out.read_text().startswith("<!DOCTYPE html>")
