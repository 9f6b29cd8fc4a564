"""A file of variants at the page of an infant: ranked with reasons, kept in the record, and the file nowhere."""

from __future__ import annotations

import re

import pytest

from ictal.infant.timeline.types import Variant
from ictal.web.gate import MOST_VARIANTS_BYTES
from tests.genes.build import golden, gzipped, write
from tests.web.conftest import visitor

TRIO = {"child": "child", "mother": "mother", "father": "father"}


@pytest.fixture
def infant(member) -> str:
    told = {"pseudonym": "inf-1", "sex": "female"}
    return member("clinician").post("/api/infants", json=told).json()["infant"]


def send(browser, infant: str, content: bytes, **roles: str):
    name = "Surname Forename.vcf.gz"  # it may say who the child is
    return browser.post(f"/infants/{infant}/variants", data=roles, files={"file": (name, content)})


def test_a_vcf_becomes_a_list_with_reasons_and_its_variant_an_entry(app, member, infant, tmp_path, study):
    browser = member("clinician")
    page = send(browser, infant, gzipped(write(tmp_path, golden())).read_bytes(), **TRIO)
    assert page.status_code == 200
    for words in ("KCNT1", "p.Arg474His", "new: neither parent has it", "Why it stands here", "not looked at"):
        assert words in page.text
    assert "Surname" not in page.text
    form = page.text[page.text.index('value="variant"') :]
    told = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
    browser.post(f"/infants/{infant}/entries", data={**told, "entry": "variant", "age_days": "40"})
    (kept,) = app.state.shelf.study.infant("inf-1").of(Variant)
    assert (kept.gene, kept.hgvs_p, kept.zygosity, kept.inheritance) == (
        "KCNT1",
        "p.Arg474His",
        "heterozygous",
        "de novo",
    )
    assert kept.classification == "not captured"  # no laboratory classed it
    assert "by Ictal" in kept.note
    assert "p.Arg474His" in browser.get(f"/infants/{infant}").text
    assert b"Surname" not in b"".join(p.read_bytes() for p in study.rglob("*") if p.is_file() and p.suffix != ".npy")


def test_programs_send_the_file_as_it_is(member, infant, tmp_path):
    content = write(tmp_path, golden()).read_bytes()
    answer = member("clinician").post(f"/api/infants/{infant}/variants", params=TRIO, content=content)
    (found,) = answer.json()["variants"]
    assert (found["gene"], found["inheritance"]) == ("KCNT1", "de_novo")


@pytest.mark.parametrize(
    ("content", "word"), [(b"", "Choose a file"), (b"%PDF-1.7 nothing", "."), (b"\x1f\x8bbroken", "."), (None, "aunt")]
)
def test_what_is_no_vcf_ends_in_one_sentence_and_what_was_typed_stays(member, infant, tmp_path, content, word):
    content = write(tmp_path, golden()).read_bytes() if content is None else content
    page = send(member("clinician"), infant, content, child="child", mother="aunt")
    assert page.status_code == 422
    sentence = re.search(r'role="alert">([^<]+)<', page.text)[1]
    assert word in sentence
    assert "ictal-variants" not in page.text
    assert 'value="aunt"' in page.text


def test_a_reader_and_a_stranger_send_none(app, member, infant, tmp_path):
    content = write(tmp_path, golden()).read_bytes()
    assert send(member("reader"), infant, content).status_code == 403
    assert "v-file" not in member("reader").get(f"/infants/{infant}/variants").text
    assert visitor(app).get(f"/infants/{infant}/variants", follow_redirects=False).status_code == 303
    huge = {"content-length": str(MOST_VARIANTS_BYTES + 1)}
    assert member("clinician").post(f"/infants/{infant}/variants", headers=huge, content=b"").status_code == 413
