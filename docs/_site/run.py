"""Run a tutorial cell by cell, and say what each cell printed and drew: `python docs/_site/run.py SCRIPT`.

A tutorial is a script. Its docstring is the beginning of the page; a comment that begins with `# %%` is text of the
page, down to the first line that is no comment; what follows is code. A figure is an SVG or PNG file that the code
wrote. Standard output is the JSON of the cells.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import io
import json
import re
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


def cells(script: str) -> list[dict[str, Any]]:
    """The cells of a script: their text (Markdown), their code, and the line at which the code begins."""
    module = ast.parse(script)
    lines = script.splitlines()
    opening = ast.get_docstring(module) or ""
    begin = (module.body[0].end_lineno or 0) if opening else 0
    found = [{"text": opening, "lines": [], "line": begin}]
    in_text = False
    for number, line in enumerate(lines[begin:], begin):
        if line.startswith("# %%"):
            found.append({"text": line[4:].strip(), "lines": [], "line": number + 1})
            in_text = True
        elif in_text and line.startswith("#"):
            found[-1]["text"] += "\n" + line[1:].removeprefix(" ")
            found[-1]["line"] = number + 1
        else:
            in_text = False
            found[-1]["lines"].append(line)
    return [{"text": c["text"], "code": "\n".join(c["lines"]), "line": c["line"]} for c in found]


def figure(path: Path) -> dict[str, str]:
    """A figure as it stands in a page: the words that describe it, and the file in a data address."""
    content = path.read_bytes()
    told = re.search(rb"<title[^>]*>(.*?)</title>", content, re.DOTALL) if path.suffix == ".svg" else None
    words = told[1].decode() if told else path.stem.replace("-", " ")
    return {"alt": words, "src": f"data:{KINDS[path.suffix]};base64,{base64.b64encode(content).decode()}"}


def run(script: Path) -> list[dict[str, Any]]:
    """The cells with what each printed (`output`) and drew (`figures`). The code runs in a scratch folder."""
    said: list[dict[str, Any]] = []
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(script)}
    script = script.resolve()
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        seen: set[Path] = set()
        for cell in cells(script.read_text(encoding="utf-8")):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile("\n" * cell["line"] + cell["code"], str(script), "exec"), names)
            drawn = [p for p in sorted(Path().glob("*"), key=lambda p: p.stat().st_mtime_ns) if p.suffix in KINDS]
            shown = [figure(p) for p in drawn if p not in seen]
            seen.update(drawn)
            said.append({**cell, "output": printed.getvalue(), "figures": shown})
    return said


if __name__ == "__main__":
    warnings.simplefilter("error")
    json.dump(run(Path(sys.argv[1])), sys.stdout)
