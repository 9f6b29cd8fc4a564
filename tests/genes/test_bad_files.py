"""Files that are no VCF, or were damaged, and questions that cannot be: one sentence each, and nothing is written."""

from __future__ import annotations

import gzip

import pytest

from ictal.cli.main import run
from tests.genes.build import bgzipped, family_lines, golden, gzipped, header, line, write

ROLES = ("--child", "child", "--mother", "mother", "--father", "father")


@pytest.fixture
def say(capsys):
    """Run the command; hand back the exit code and what it said on standard error."""

    def ask(*arguments):
        code = run(["variants", *map(str, arguments)])
        return code, capsys.readouterr().err.strip()

    return ask


def refused(answer, code, *words):
    got, text = answer
    assert got == code, text
    assert text.startswith("ictal: ")
    assert text.count("\n") == 0
    for word in words:
        assert word in text, text


def cut(path, count):
    path.write_bytes(path.read_bytes()[:-count])
    return path


def many(tmp_path):
    import numpy as np

    return write(tmp_path, golden(), *family_lines(np.random.default_rng(1), 1500))


def test_an_empty_file(say, tmp_path):
    path = tmp_path / "empty.vcf"
    path.touch()
    refused(say(path), 3, "empty")


def test_no_header(say, tmp_path):
    path = tmp_path / "bare.vcf"
    path.write_text(golden())
    refused(say(path, *ROLES), 3, "no VCF header")


def test_a_header_without_its_last_line(say, tmp_path):
    head = "".join(text for text in header().splitlines(keepends=True) if not text.startswith("#CHROM"))
    refused(say(write(tmp_path, golden(), head=head), *ROLES), 3, "#CHROM")


def test_a_header_with_other_columns(say, tmp_path):
    refused(say(write(tmp_path, golden(), head=header().replace("\tREF\tALT", "\tALT\tREF")), *ROLES), 3, "columns")


def test_spaces_for_tabs(say, tmp_path):
    path = write(tmp_path, golden())
    path.write_text(path.read_text().replace("\t", " "))
    refused(say(path, *ROLES), 3, "tabs")


@pytest.mark.parametrize("change", [lambda t: t.replace("\t0/0\n", "\n"), lambda t: t.replace("\n", "\t0/0\n")])
def test_a_wrong_count_of_columns(say, tmp_path, change):
    lines = [golden(), change(golden())]
    refused(say(write(tmp_path, *lines), *ROLES), 3, "columns", "line")


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("\t135768848\t", "\t13576x\t", "position"),
        ("\tG\tA\t", "\tG!\tA\t", "reference allele"),
        ("\tG\tA\t", "\tG\tA B\t", "alternative allele"),
        ("\t0/1\t", "\t0/7\t", "genotype"),
        ("\t0/1\t", "\thet\t", "genotype"),
    ],
)
def test_a_field_that_cannot_be(say, tmp_path, old, new, word):
    refused(say(write(tmp_path, golden().replace(old, new)), *ROLES), 3, word, "line")


@pytest.mark.parametrize("count", [1, 28, 40, 2000])
def test_a_cut_bgzip(say, tmp_path, count):
    refused(say(cut(bgzipped(many(tmp_path)), count), *ROLES), 3, "cut short")


@pytest.mark.parametrize("count", [1, 9, 2000])
def test_a_cut_gzip(say, tmp_path, count):
    refused(say(cut(gzipped(many(tmp_path)), count), *ROLES), 3, "cut short")


def test_a_cut_text(say, tmp_path):
    refused(say(cut(many(tmp_path), 7), *ROLES), 3, "columns")


def test_a_damaged_gzip(say, tmp_path):
    path = gzipped(many(tmp_path))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))
    refused(say(path, *ROLES), 3)


def test_a_file_that_is_something_else(say, tmp_path):
    for name, data in (("a.edf", b"0       " * 40), ("a.json", b'{"a": 1}'), ("a.gz", gzip.compress(b"hello\n"))):
        path = tmp_path / name
        path.write_bytes(data)
        refused(say(path), 3, "no VCF header")


def test_a_file_that_is_not_there(say, tmp_path):
    code, text = say(tmp_path / "none.vcf")
    assert code == 2
    assert "does not exist" in text


def test_a_child_who_is_not_there(say, tmp_path):
    path = write(tmp_path, golden())
    refused(say(path, "--child", "nobody"), 2, "nobody", "child, mother, father")
    refused(say(path, "--child", "child", "--mother", "nobody"), 2, "nobody")


def test_no_child_was_named(say, tmp_path):
    refused(say(write(tmp_path, golden())), 2, "--child")


def test_one_person_in_two_roles(say, tmp_path):
    refused(say(write(tmp_path, golden()), "--child", "child", "--mother", "child"), 2, "three different")


def test_places_without_samples(say, tmp_path):
    path = write(tmp_path, line("chr9", 1, "A", "G", calls=()), head=header(()))
    refused(say(path), 3, "no samples")


def test_a_sample_twice(say, tmp_path):
    refused(say(write(tmp_path, golden(), head=header(("a", "a", "b")))), 3, "twice")


@pytest.mark.parametrize("term", ["HP:32786", "migrating", "OMIM:614959"])
def test_an_id_that_is_none(say, tmp_path, term):
    refused(say(write(tmp_path, golden()), *ROLES, "--hpo", term), 2, "HPO id")


def test_outputs_that_cannot_be(say, tmp_path):
    path = write(tmp_path, golden())
    there = tmp_path / "there.tsv"
    there.write_text("mine")
    refused(say(path, *ROLES, "--out", there), 2, "--overwrite")
    assert there.read_text() == "mine"
    refused(say(path, *ROLES, "--out", path, "--overwrite"), 2, "input")
    refused(say(path, *ROLES, "--out", tmp_path / "no" / "a.tsv"), 2, "folder")
    new = tmp_path / "new.json"
    refused(say(path, *ROLES, "--out", new, "--phenopacket", new), 2, "same name")


def test_nothing_is_written_when_the_file_is_damaged(say, tmp_path):
    out = tmp_path / "out.tsv"
    assert say(cut(bgzipped(many(tmp_path)), 28), *ROLES, "--out", out)[0] == 3
    assert not out.exists()
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("not toml [", "cannot be used"),
        ("version = '1'\nreviewed = 2026-01-01\nexpires = 2027-01-01\n[[gene]]\nsymbol = 'ABC1'\n", "required"),
        ("version = '1'\nreviewed = 2028-01-01\nexpires = 2027-01-01\ngene = []\n", "expires"),
    ],
)
def test_a_gene_file_that_cannot_be(say, tmp_path, text, word):
    genes = tmp_path / "genes.toml"
    genes.write_text(text)
    refused(say(write(tmp_path, golden()), *ROLES, "--genes", genes), 3, word)


def test_a_clinvar_file_that_is_none(say, tmp_path):
    path = write(tmp_path, golden())
    refused(say(path, *ROLES, "--clinvar", path), 3, "CLNSIG")
