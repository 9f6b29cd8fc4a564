"""Write what pages take from the code, and draw the picture of the README: `python docs/refresh.py`.

A page holds them between `<!-- NAME -->` and `<!-- end -->`; a test compares what stands there with the records.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from ictal.simulator import COURSES, SCENARIOS
from ictal.simulator.courses import course_lines
from ictal.simulator.equations import TEMPLATE
from ictal.simulator.explain import equations_text, reasons_table, scenario_table
from ictal.simulator.mechanism.equations import EQUATIONS

PAGES = Path(__file__).resolve().parent
MADE: dict[str, Callable[[], str]] = {
    "scenarios": scenario_table,
    "reasons": lambda: "\n\n".join(f"### `{s.name}`\n\n{reasons_table(s)}" for s in SCENARIOS.values()),
    "courses": lambda: "```\n" + "\n\n".join(course_lines(c) for c in COURSES.values()) + "\n```",
    "template equations": lambda: equations_text(TEMPLATE),
    "mechanism equations": lambda: equations_text(EQUATIONS),
}


def refreshed(page: str) -> str:
    """The page with every part that is made from records as the records have it."""
    for name, make in MADE.items():
        part = re.compile(f"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        made = make()
        page = part.sub(lambda found, text=made: f"{found[1]}\n{text}\n\n{found[2]}", page)
    return page


if __name__ == "__main__":
    from _site.picture import picture

    (PAGES / "figures" / "migrating.svg").write_text(picture(), encoding="utf-8", newline="\n")
    for path in PAGES.glob("*.md"):
        path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
