"""What docs/study.md shows runs as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.exchange.findings_made import results_of


def test_the_commands_and_the_python_of_the_page_run(ictal, root, tmp_path, monkeypatch):
    page = (root / "docs" / "study.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ICTAL_STUDY", raising=False)
    commands, *_ = re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    for line in commands.splitlines():
        program, *words = shlex.split(line)
        if program == "cd":
            monkeypatch.chdir(words[0])
            Path("night.edf").write_bytes(b"an EEG")
            results_of(Path("night.edf"), Path("night-ictal"))
            continue
        code, _, err = ictal(*words)
        assert code == 0, (line, err)
    assert Path("course.svg").is_file()
    assert Path("inf-1.json").is_file()
    (python,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    exec(compile(python, "study.md", "exec"), {})
    assert Path("kids", "study.db").is_file()
