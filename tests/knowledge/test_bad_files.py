"""A data file that is not sound is refused with its name, the line and the mend."""

from __future__ import annotations

import pytest

from ictal.base.errors import KnowledgeError
from ictal.infant.syndrome.rules import read_rules
from ictal.knowledge.library import library
from ictal.knowledge.load import Places

GOOD = """# a file of a user
[[source]]
id = "mine"
title = "My paper"
doi = "10.1/1"

[[statement]]
id = "one"
text = "Something is so."
provenance = "read"
sources = ["mine"]
released = 2026-01-01
reviewed = 2026-02-01
expires = 2027-01-01
"""

FAULTS = [
    # what is changed, into what, the line that must be named, words that must be said
    ('text = "Something is so."', 'txet = "Something is so."', 9, "unknown field `txet`; did you mean `text`"),
    ('sources = ["mine"]\n', "", 7, "has no `sources`"),
    ('sources = ["mine"]', "sources = []", 11, "wrong `sources`"),
    ('sources = ["mine"]', 'sources = ["other"]', 11, "which no file holds: add a `[[source]]`"),
    ("reviewed = 2026-02-01", "reviewed = 2025-02-01", 13, "has `reviewed` 2025-02-01 before `released` 2026-01-01"),
    ("expires = 2027-01-01", "expires = 2026-01-15", 14, "before `reviewed`"),
    ("expires = 2027-01-01", "expires = 2026-02-01", 14, "expires on the day of its review"),
    ("expires = 2027-01-01\n", "", 7, "has no `expires`"),
    ("released = 2026-01-01", 'released = "soon"', 12, "wrong `released`"),
    ('provenance = "read"', 'provenance = "sure"', 10, "wrong `provenance`"),
    ('provenance = "read"', 'provenance = "unverified"', 10, "has no `confidence`"),
    ('doi = "10.1/1"\n', "", 4, "has no `address`, `doi`, `pmid` or `citation`"),
    ("[[statement]]", "[[statment]]", 7, "no table `statment`: write `[[statement]]`"),
    ("[[statement]]", "[[statement]", 7, "not TOML"),
    ('id = "one"', 'id = "one"\nnumbers = [{ what = "n", count = 5, of = 3 }]', 9, "5 of 3"),
    ('id = "one"', 'id = "one"\nnumbers = [{ what = "n", low = 5, high = 3, interval = "range" }]', 9, "exchange"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "words"), FAULTS, ids=[f"{f[2]}-{f[3][:30]}" for f in FAULTS])
def test_a_faulty_statement_is_refused_with_file_line_and_mend(tmp_path, old, new, line, words):
    assert old in GOOD
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        library([file])
    assert f"mine.toml, line {line}: " in str(caught.value), caught.value
    assert words in str(caught.value)


def test_a_sound_file_is_added_to_what_is_known(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert "one" in library([file]).ids


def test_one_id_in_two_files_is_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"b.toml, line 3: the id 'mine' is used in a.toml too"):
        library([tmp_path / "a.toml", tmp_path / "b.toml"])


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path):
    with pytest.raises(KnowledgeError, match=r"none.toml cannot be read"):
        library([tmp_path / "none.toml"])
    (tmp_path / "x.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KnowledgeError, match="UTF-8"):
        library([tmp_path / "x.toml"])


CRITERIA = """[[set]]
id = "mine"
title = "Mine"
version = "2"
core = ["focal"]

[[criterion]]
id = "focal"
kind = "mandatory"
text = "Focal seizures"
judge = "focal_seizures"
statements = ["eimfs-seizures"]
sources = ["S8"]
provenance = "read"
standing = "read"
version = 1
released = 2026-01-01
reviewed = 2026-02-01
expires = 2027-01-01

[[step]]
id = "eeg"
text = "Record"
answers = ["focal"]
"""

RULE_FAULTS = [
    ('judge = "focal_seizures"\n', "", 7, "has no `judge`"),
    ('judge = "focal_seizures"', 'judge = "guess"', 11, "names the function 'guess'"),
    ('judge = "focal_seizures"', 'judge = "onset_before"', 7, "has no limit `days`"),
    ('judge = "focal_seizures"', 'judge = "feature"', 7, "asks for the feature ''"),
    ('sources = ["S8"]\n', "", 7, "has no `sources`"),
    ('sources = ["S8"]', 'sources = ["S999"]', 13, "no source 'S999'"),
    ('statements = ["eimfs-seizures"]', 'statements = ["x"]', 12, "no statement 'x'"),
    ('kind = "mandatory"', 'kind = "nice"', 9, "wrong `kind`"),
    ('kind = "mandatory"', 'kind = "alert"', 5, "not mandatory at onset"),
    ('core = ["focal"]', 'core = ["fcoal"]', 5, "no criterion 'fcoal'"),
    ('answers = ["focal"]', 'answers = ["other"]', 24, "no criterion 'other'"),
    ("reviewed = 2026-02-01", "reviewed = 2027-02-01", 19, "before `reviewed`"),
    ('text = "Focal seizures"', 'text = "Focal seizures"\ncolour = "red"', 11, "unknown field `colour`"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), RULE_FAULTS, ids=[f[3][:32] for f in RULE_FAULTS])
def test_a_faulty_criterion_is_refused_with_file_line_and_mend(tmp_path, old, new, line, words):
    assert old in CRITERIA
    file = tmp_path / "rules.toml"
    file.write_text(CRITERIA.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read_rules(file)
    assert f"rules.toml, line {line}: " in str(caught.value), caught.value
    assert words in str(caught.value)


@pytest.mark.parametrize("when", ["feature nothing", "row none yes", "onset 9 3", "if it rains"])
def test_a_condition_that_nothing_can_hold_is_refused(tmp_path, when):
    rules = tmp_path / "rules.toml"
    rules.write_text(CRITERIA, encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(
        '[[diagnosis]]\nid = "d"\nname = "D"\ntext = "D"\ntest = "T"\n'
        f'speaks = [{{ when = "{when}", weight = 1, text = "x" }}]\nsources = ["S8"]\n'
        'provenance = "read"\nversion = 1\n'
        "released = 2026-01-01\nreviewed = 2026-02-01\nexpires = 2027-01-01\n",
        encoding="utf-8",
    )
    with pytest.raises(KnowledgeError, match=r"other.toml, line 6: diagnosis 'd'"):
        read_rules(rules, other)


def test_lines_are_found_beside_strings_of_several_lines():
    text = '[[a]]\nid = """\n[[b]]\nid = 3\n"""\nname = 1\n[[a]]\nid = "x"\n'
    places = Places(text)
    assert places.line("a", 0, "name") == 6
    assert places.line("a", 1, "id") == 8
    assert places.line("b", 0) == 1
