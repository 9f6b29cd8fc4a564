"""The wheel and the source archive, installed where there is no compiler, no Node.js and nothing of this folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
import tarfile
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import planted, write
from tests.house.sources import ROOT

pytest.importorskip("hatchling", reason="Building needs the extra `dev`.")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the wheel and the source archive, built without the network."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(built) -> Path:
    (one,) = built.glob("*.whl")
    return one


@pytest.fixture(scope="module")
def clean(wheel, tmp_path_factory) -> Path:
    """An environment with this wheel; the libraries that it needs are those of the tests, Ictal itself is not."""
    folder = tmp_path_factory.mktemp("clean") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    zipfile.ZipFile(wheel).extractall(own)
    (own / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder


def run(clean: Path, *given: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Python of that environment, with nothing on the path but itself."""
    environment = {"PATH": str(clean / "bin"), "HOME": str(clean), "LANG": "C.UTF-8", **more}
    command = [str(clean / "bin" / "python"), *given]
    return subprocess.run(command, capture_output=True, text=True, cwd=clean, env=environment)


def test_every_file_of_the_package_is_in_the_wheel_and_nothing_else(wheel):
    source = ROOT / "src"
    wanted = {
        p.relative_to(source).as_posix()
        for p in (source / "ictal").rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == wanted
    assert {Path(name).suffix for name in inside} >= {".py", ".toml", ".json", ".html", ".css", ".js", ".svg", ".tsv"}


def test_the_archive_of_sources_builds_the_same_wheel(built, wheel, tmp_path):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    for name in (
        "LICENSE",
        "README.md",
        "CHANGELOG.md",
        "tests/upgrade/test_first_release.py",
        "frontend/package.json",
    ):
        assert (folder / name).is_file(), name
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "again")],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (again,) = (tmp_path / "again").iterdir()
    ours, theirs = zipfile.ZipFile(wheel), zipfile.ZipFile(again)
    assert {i.filename: i.CRC for i in ours.infolist()} == {i.filename: i.CRC for i in theirs.infolist()}


def test_the_command_works_with_no_compiler_and_no_node(clean, tmp_path):
    where = run(clean, "-c", "import ictal, shutil; print(ictal.__file__, shutil.which('cc'), shutil.which('node'))")
    assert where.stdout.split() == [str(next(clean.rglob("ictal/__init__.py"))), "None", "None"], where.stderr
    assert "cohort" in run(clean, "-m", "ictal", "--help").stdout
    assert run(clean, "-m", "ictal", "--version").stdout.startswith("ictal ")
    (entry,) = clean.rglob("ictal-*.dist-info/entry_points.txt")
    assert "ictal = ictal.cli.main:main" in entry.read_text()
    for given in (("facts", "bumetanide"), ("growth", "head", "--help"), ("study", "init", "kids")):
        done = run(clean, "-m", "ictal", *given)
        assert done.returncode == 0, done.stderr
    edf = write(tmp_path / "night.edf", planted(30))
    out = tmp_path / "out"
    done = run(clean, "-m", "ictal", "analyse", str(edf), "--out", str(out), "--quiet")
    assert done.returncode == 0, done.stderr
    assert json.loads((out / "findings.json").read_text())["recorded"]["duration_s"] == 30
    assert "</html>" in (out / "report.html").read_text()


def test_the_workbench_has_its_pages_and_its_front_end(clean):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    environment = {"PATH": str(clean / "bin"), "HOME": str(clean)}
    command = [str(clean / "bin" / "python"), "-m", "ictal", "serve", "--study", "served", "--port", str(port)]
    server = subprocess.Popen(command, cwd=clean, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                page = urllib.request.urlopen(f"{base}/sign-in", timeout=10).read().decode()
                break
            except OSError:
                assert time.monotonic() < until
                assert server.poll() is None
                time.sleep(0.1)
        assert "Sign in" in page
        static = next(clean.rglob("ictal/web/static"))
        for file in (p for p in static.rglob("*") if p.is_file()):
            path = f"{base}/static/{file.relative_to(static).as_posix()}"
            assert urllib.request.urlopen(path, timeout=10).read() == file.read_bytes()
        assert os.path.getsize(static / "vendor" / "htmx.min.js") > 10_000
    finally:
        server.terminate()
        server.wait(30)
