"""A script in docs/tutorials is a page: its text, its code, and what the code printed and drew when it was built."""

from __future__ import annotations

import html
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

RUN = Path(__file__).with_name("run.py")


def page(script: Path) -> str:
    """The page of a tutorial, in Markdown. The script runs; where it fails, so does the building of the site."""
    ran = subprocess.run([sys.executable, str(RUN), str(script)], capture_output=True, text=True)
    if ran.returncode:
        raise ExtensionError(f"The tutorial {script.name} failed:\n{ran.stderr}")
    first, *others = (_cell(cell) for cell in json.loads(ran.stdout))
    foot = f"This page is the script `docs/tutorials/{script.name}`; what stands under the code was made by running it."
    return "\n\n".join((f"# {first}", *others, f"---\n\n{foot}\n"))


def _cell(cell: dict[str, Any]) -> str:
    parts = [cell["text"]]
    if cell["code"].strip():
        parts.append(f"```python\n{cell['code'].strip()}\n```")
    if cell["output"].strip():
        parts.append(f"```{{code-block}} none\n:class: output\n\n{cell['output'].rstrip()}\n```")
    for drawn in cell["figures"]:
        words = html.escape(drawn["alt"])
        parts.append(f'<figure><img src="{drawn["src"]}" alt="{words}"></figure>')
    return "\n\n".join(parts)


class TutorialParser(MystParser):
    """Reads a script as the page that it makes."""

    supported = ("tutorial",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        super().parse(page(Path(document["source"])), document)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_source_parser(TutorialParser)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
