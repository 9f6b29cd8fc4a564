"""What is sealed only the owner of the key opens; the same files are the same tar; what is no key is one sentence."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

pytest.importorskip("pyrage", reason="Encrypted exports need the extra `encryption`.")

import pyrage
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.base.errors import UsageError
from ictal.exchange.sealing import packed, recipients, sealed

OWNER, OTHER = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
PUBLIC = str(OWNER.to_public())
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN somebody"


@settings(max_examples=30)
@given(st.binary(max_size=2000))
def test_the_owner_of_the_key_opens_it_and_nobody_else(content: bytes):
    box = sealed(content, recipients([PUBLIC]))
    assert pyrage.decrypt(box, [OWNER]) == content
    assert len(content) < 16 or content not in box
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(box, [OTHER])


def test_each_of_several_readers_opens_it(tmp_path: Path):
    keys = tmp_path / "readers.txt"
    keys.write_text(f"# the clinic\n{OTHER.to_public()}\n\n{SSH}\n")
    box = sealed(b"seizures", recipients([PUBLIC, str(keys)]))
    assert [pyrage.decrypt(box, [one]) for one in (OWNER, OTHER)] == [b"seizures"] * 2


@pytest.mark.parametrize(
    "said", ["age1nobody", "ssh-ed25519 AAAA", "nowhere.txt", "-", "password", PUBLIC[:-1], ""], ids=range(7)
)
def test_what_is_no_key_is_one_sentence(said: str):
    with pytest.raises(UsageError, match=r"is no recipient|is no public key"):
        recipients([said])


def test_a_private_key_is_never_taken(tmp_path: Path):
    with pytest.raises(UsageError, match="private key") as told:
        recipients([str(OWNER)])
    assert str(OWNER)[20:] not in str(told.value)
    (tmp_path / "key.txt").write_text(f"# public key: {PUBLIC}\n{OWNER}\n")
    with pytest.raises(UsageError, match="holds a private key"):
        recipients([str(tmp_path / "key.txt")])
    (tmp_path / "none.txt").write_text("# nobody\n")
    with pytest.raises(UsageError, match="Nobody could open it"):
        recipients([str(tmp_path / "none.txt")])


def folder(place: Path) -> Path:
    (place / "deeper").mkdir(parents=True)
    (place / "findings.json").write_text("{}")
    (place / "deeper" / "a.tsv").write_bytes(b"\x00\xff")
    return place


def test_a_folder_is_the_same_tar_wherever_it_lies(tmp_path: Path):
    one, two = folder(tmp_path / "x" / "night"), folder(tmp_path / "y" / "night")
    (two / "findings.json").chmod(0o644)
    assert packed(one) == packed(two)
    with tarfile.open(fileobj=io.BytesIO(packed(one))) as box:
        assert {m.name: (m.mode, m.uname, m.mtime) for m in box} == {
            "night/deeper/a.tsv": (0o600, "", 0),
            "night/findings.json": (0o600, "", 0),
        }
        box.extractall(tmp_path / "out", filter="data")
    assert (tmp_path / "out" / "night" / "deeper" / "a.tsv").read_bytes() == b"\x00\xff"


def test_a_link_does_not_lead_out_of_the_folder(tmp_path: Path):
    (folder(tmp_path / "night") / "passwd").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match="a link"):
        packed(tmp_path / "night")


def test_an_infant_is_exported_for_its_reader_alone(ictal, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ICTAL_WHO", "mk")
    assert ictal("study", "init", "s")[0] == 0
    assert ictal("infant", "new", "inf-1", "--sex", "female", "--study", "s")[0] == 0
    plain = ictal("infant", "export", "inf-1", "--study", "s", "--to", "json")[1]
    words = ["infant", "export", "inf-1", "--study", "s", "--to", "json", "--encrypt-to"]
    assert ictal(*words, PUBLIC, "--out", "one.age")[0] == 0
    assert b"inf-1" not in Path("one.age").read_bytes()
    assert pyrage.decrypt(Path("one.age").read_bytes(), [OWNER]).decode() == plain
    assert Path("one.age").stat().st_mode & 0o777 == 0o600
    code, out, err = ictal(*words, "age1nobody", "--out", "two.age")
    assert (code, out, err.count("\n"), Path("two.age").exists()) == (2, "", 1, False)


def test_results_are_sealed_as_one_file(ictal, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "night")
    code, _, err = ictal("seal", "night", "--encrypt-to", PUBLIC)
    assert code == 0, err
    with tarfile.open(fileobj=io.BytesIO(pyrage.decrypt(Path("night.tar.age").read_bytes(), [OWNER]))) as box:
        assert box.getnames() == ["night/deeper/a.tsv", "night/findings.json"]
    assert ictal("seal", "night", "--encrypt-to", PUBLIC)[0] == 2
    assert ictal("seal", "night", "--encrypt-to", PUBLIC, "--overwrite")[0] == 0
    assert ictal("seal", "night", "--out", "x.age")[0] == 2
    assert ictal("seal", "night/findings.json", "--encrypt-to", PUBLIC)[0] == 0
    assert pyrage.decrypt(Path("findings.json.age").read_bytes(), [OWNER]) == b"{}"


@pytest.mark.skipif(shutil.which("age") is None, reason="The oracle is age itself: apt-get install age.")
def test_age_itself_opens_it(tmp_path: Path):
    (tmp_path / "key").write_text(f"{OWNER}\n")
    (tmp_path / "box").write_bytes(sealed(b"seizures", recipients([PUBLIC, SSH])))
    told = subprocess.run(["age", "-d", "-i", tmp_path / "key", tmp_path / "box"], capture_output=True)
    assert (told.returncode, told.stdout) == (0, b"seizures")
