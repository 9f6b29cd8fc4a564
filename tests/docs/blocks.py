"""The blocks of code in a page, and how each is run.

A block is what its language says: `python`, `toml`, `json`, `sh`; without one it is commands where its first word is
that of a program, else a drawing or an output. A comment on the line above tells of an exception:

    <!-- not run: REASON -->    it needs a server, a cluster or an hour: its commands and options are looked up alone
    <!-- file: NAME -->         it is a file that later blocks of the page use

Commands run one after the other in the folder of the page, as a reader would type them.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from ictal.cli import main

PROGRAMS = ("ictal", "python", "make", "pip", "source", ".", "export", "cd", "git", "nice", "docker", "podman")
FENCE = re.compile(
    r"^(?:<!-- (?P<mark>not run|file): (?P<said>.+?) -->\n)?"
    r"(?P<tick>```+)(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=tick)$",
    re.MULTILINE | re.DOTALL,
)
SHORTER = {"--hours": "0.05", "--minutes": "3"}
"""How long a simulation of a page is here."""


@dataclass(frozen=True)
class Block:
    """One block of a page, with the mark above it (`not run`, `file`, or empty) and what the mark says."""

    page: str
    line: int
    language: str
    text: str
    mark: str
    said: str

    @property
    def kind(self) -> str:
        """`sh`, `python`, `toml`, `json`, `directive`, or `text`, which nothing can run."""
        if self.language.startswith("{"):
            return "directive"
        if self.language in ("python", "toml", "json", "text"):
            return self.language
        first = next(iter(self.text.split()), "")
        return "sh" if self.language in ("sh", "bash", "console") or first in PROGRAMS else "text"

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(root: Path, page: str) -> Iterator[Block]:
    """The blocks of a page, in order."""
    text = (root / page).read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        line = text.count("\n", 0, found.start("tick")) + 1
        mark, said = found["mark"] or "", found["said"] or ""
        yield Block(page, line, found["language"].strip(), found["text"], mark, said)


def commands(block: Block) -> Iterator[list[str]]:
    """The command lines of a block as words, comments left out, those that go on in the next line put together."""
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


def find(words: list[str]) -> tuple[click.Command, str, list[str]]:
    """Which command of Ictal is meant by these words (those after `ictal`), by which name, and with which arguments?"""
    found: click.Command = main.ictal
    rest, name = list(words), "ictal"
    while isinstance(found, click.Group) and rest and not rest[0].startswith("-"):
        below = found.get_command(click.Context(found), rest[0])
        if below is None:
            break
        found, name, rest = below, f"{name} {rest[0]}", rest[1:]
    return found, name, rest


def looked_up(root: Path, words: list[str]) -> str:
    """What is wrong with a command that is not run: a program, an option, a target that is not there? Empty: none."""
    program, rest = words[0], words[1:]
    if program == "nice":
        return looked_up(root, rest)
    if program == "ictal":
        return _parsed(rest)
    if program == "make":
        made = re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return "".join(f"make has no {t}" for t in rest if t not in made)
    if program == "python" and rest and rest[0].endswith(".py") and "/" in rest[0]:
        script = root / rest[0]
        if not script.is_file():
            return f"{rest[0]} is not there"
        source = script.read_text(encoding="utf-8")
        return "".join(f"{rest[0]} has no {o}" for o in rest if o.startswith("--") and f'"{o}"' not in source)
    if program == "pip":
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        asked = {e for word in rest for group in re.findall(r"\[(.*?)\]", word) for e in group.split(",")}
        return "".join(f"there is no extra {e}" for e in asked - set(project["optional-dependencies"]))
    return "" if program in PROGRAMS else f"{program} is no program that a page may use"


def _parsed(words: list[str]) -> str:
    found, name, rest = find(words)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            found.make_context(name, list(rest))
    except click.exceptions.Exit:
        return ""
    except click.ClickException as error:
        return f"{name}: {error.format_message()}"
    return ""


def run(root: Path, block: Block) -> None:
    """Run a block in the current folder. Raises `AssertionError` with what went wrong."""
    if block.mark == "file":
        Path(block.said).write_text(block.text, encoding="utf-8")
    if block.kind == "toml":
        tomllib.loads(block.text)
    if block.kind == "json":
        json.loads(block.text)
    if block.kind == "python":
        code = compile("\n" * block.line + block.text, block.page, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        if block.mark != "not run":
            exec(code, {"__name__": "page"})
    if block.kind == "sh":
        for words in commands(block):
            wrong = looked_up(root, _unpiped(words)[0])
            assert not wrong, f"{block}: {wrong}"
            if block.mark != "not run":
                _run(block, words)


def _unpiped(words: list[str]) -> tuple[list[str], str | None]:
    """A command without the file that its output goes to, and that file."""
    if ">" not in words:
        return words, None
    return words[: words.index(">")], words[words.index(">") + 1]


def _run(block: Block, words: list[str]) -> None:
    words, into = _unpiped(words)
    if words[0] == "cd":
        os.chdir(words[1])
    if words[0] != "ictal":
        return
    if words[1:3] == ["study", "init"]:
        shutil.rmtree(words[3], ignore_errors=True)
    printed, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(complained):
        code = main.run(_shorter(words[1:]))
    assert code == 0, f"{block}: `{shlex.join(words)}` ended with {code}: {complained.getvalue()}"
    if into is not None:
        Path(into).write_text(printed.getvalue(), encoding="utf-8")


def _shorter(words: list[str]) -> list[str]:
    """The command for a test: simulations are short, and what an earlier page or block wrote may be replaced."""
    found, name, rest = find(words)
    if name == "ictal simulate" and not {"--list", "--explain"} & set(rest):
        given = [option for option in SHORTER if option in rest]
        for option in given:
            words[words.index(option) + 1] = SHORTER[option]
        words = [*words, *([] if given else ["--hours", SHORTER["--hours"]])]
    return [*words, "--overwrite"] if any("--overwrite" in p.opts for p in found.params) else words
