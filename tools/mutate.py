"""Would a test notice? Changes one small thing in a copy of the source, runs the tests of its room, and counts.

    python tools/mutate.py --out mutants.tsv                 # the sample of docs/testing.md
    python tools/mutate.py --room infant/growth --most 40    # one room, more of it

A mutant is one comparison, sum, number, `and`, `not`, condition or min/max changed (`<` to `<=`, `+` to `-`, 3 to 4).
It is killed when a test of its room fails, and survives when none does. The sample is drawn from a seed, so that the
same tree gives the same mutants; nothing in the tree itself is changed. Settings and plain records are left out.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ictal"
SEED = 11
TIMEOUT_S = 300

ROOMS: dict[str, tuple[int, tuple[str, ...]]] = {
    "infant/growth": (25, ("tests/infant", "tests/cli/test_growth.py")),
    "infant/treatment": (40, ("tests/infant",)),
    "eeg/tracking": (60, ("tests/tracking", "tests/review")),
    "infant/genes": (60, ("tests/genes",)),
    "infant/syndrome": (50, ("tests/syndrome",)),
    "eeg/detection": (35, ("tests/detection",)),
}
"""Room -> how many mutants are drawn, and which tests look at it."""

LEFT_OUT = ("__init__.py", "settings.py", "types.py")

COMPARED = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
}
COUNTED = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}
CALLS = {"minimum": "maximum", "maximum": "minimum", "argmin": "argmax", "argmax": "argmin", "any": "all", "all": "any"}


@dataclass(frozen=True)
class Mutant:
    """One change of a file: what stands between two places of its text, and what is put there."""

    file: str
    start: int
    stop: int
    old: str
    new: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.old} -> {self.new}"


def mutants_of(path: Path) -> list[Mutant]:
    """Every change that can be made in this file."""
    text = path.read_text(encoding="utf-8")
    starts = [0]
    for line in text.encode().splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    raw = text.encode()
    name = str(path.relative_to(SOURCE))

    def at(line: int, column: int) -> int:
        return starts[line - 1] + column

    def between(before: ast.expr, after: ast.expr, old: str, new: str) -> Iterator[Mutant]:
        first, last = at(before.end_lineno or 0, before.end_col_offset or 0), at(after.lineno, after.col_offset)
        place = raw[first:last].find(old.encode())
        if place >= 0:
            yield Mutant(name, first + place, first + place + len(old), old, new, before.end_lineno or 0)

    def whole(node: ast.expr, new: str) -> Mutant:
        first, last = at(node.lineno, node.col_offset), at(node.end_lineno or 0, node.end_col_offset or 0)
        return Mutant(name, first, last, raw[first:last].decode(), new, node.lineno)

    found: list[Mutant] = []
    for node in code_of(ast.parse(text)):
        if isinstance(node, ast.Compare):
            values = [node.left, *node.comparators]
            for before, op, after in zip(values, node.ops, values[1:], strict=False):
                found.extend(between(before, after, *COMPARED[type(op)]))
        elif isinstance(node, ast.BinOp) and type(node.op) in COUNTED:
            found.extend(between(node.left, node.right, *COUNTED[type(node.op)]))
        elif isinstance(node, ast.BoolOp):
            words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for before, after in zip(node.values, node.values[1:], strict=False):
                found.extend(between(before, after, *words))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            found.append(whole(node, f"({ast.unparse(node.operand)})"))
        elif isinstance(node, ast.If | ast.IfExp | ast.While):
            found.append(whole(node.test, f"(not ({ast.unparse(node.test)}))"))
        elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
            found.append(whole(node, str(not node.value)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            found.append(whole(node, str(node.value + 1)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(whole(node, repr(node.value * 1.5 if node.value else 0.5)))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMES:
            found.append(whole(node.func, NAMES[node.func.id]))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CALLS:
            end = at(node.func.end_lineno or 0, node.func.end_col_offset or 0)
            old = node.func.attr
            found.append(Mutant(name, end - len(old), end, old, CALLS[old], node.func.end_lineno or 0))
    return found


def code_of(node: ast.AST) -> Iterator[ast.AST]:
    """Every node that does something: no annotation, no decorator, nothing within the text of an f-string."""
    if isinstance(node, ast.JoinedStr):
        return
    yield node
    skipped: list[ast.AST] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        skipped += node.decorator_list
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
        skipped.append(node.returns)
    if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
        skipped.append(node.annotation)
    for child in ast.iter_child_nodes(node):
        if child not in skipped:
            yield from code_of(child)


def sample(room: str, most: int, seed: int) -> list[Mutant]:
    """So many mutants of a room, drawn without preference."""
    files = sorted(p for p in (SOURCE / room).rglob("*.py") if p.name not in LEFT_OUT)
    every = [mutant for path in files for mutant in mutants_of(path)]
    random.Random(f"{seed} {room}").shuffle(every)
    return every[:most]


def judged(mutant: Mutant, tree: Path, tests: tuple[str, ...]) -> str:
    """Do these tests notice the mutant? `killed`, `survived` or `timeout`."""
    path = tree / "ictal" / mutant.file
    original = path.read_bytes()
    forget(path)
    path.write_bytes(original[: mutant.start] + mutant.new.encode() + original[mutant.stop :])
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    compiled = b"ictal.base.compiled" in original
    if compiled:  # what numba keeps does not notice a change in a function that another file inlines
        environment["NUMBA_CACHE_DIR"] = tempfile.mkdtemp(dir=tree)
    try:
        return run(tests, environment)
    finally:
        path.write_bytes(original)
        forget(path)
        if compiled:
            shutil.rmtree(environment["NUMBA_CACHE_DIR"], ignore_errors=True)


def run(tests: tuple[str, ...], environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired:
        return "timeout"
    if done.returncode not in (0, 1, 2, 4):
        raise SystemExit(f"pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return "killed" if done.returncode else "survived"


def forget(path: Path) -> None:
    for kept in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
        kept.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", choices=sorted(ROOMS), action="append", help="Only this room (can be repeated).")
    parser.add_argument("--most", type=int, help="So many mutants of each room instead of those of the sample.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, help="Write one row a mutant into this file.")
    parser.add_argument("--again", type=Path, help="Judge again those that survived in this file, and no others.")
    asked = parser.parse_args()
    before = set()
    if asked.again:
        with asked.again.open(encoding="utf-8", newline="") as file:
            before = {row["mutant"] for row in csv.DictReader(file, delimiter="\t") if row["outcome"] == "survived"}
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory(prefix="ictal-mutants-") as folder:
        tree = Path(folder)
        shutil.copytree(SOURCE, tree / "ictal")
        for room in asked.room or ROOMS:
            most, tests = ROOMS[room]
            environment = {**os.environ, "PYTHONPATH": str(tree)}
            if run(tests, environment) != "survived":
                raise SystemExit(f"The tests of {room} fail without any mutant: mend them first.")
            for mutant in sample(room, asked.most or most, asked.seed):
                if asked.again and str(mutant) not in before:
                    continue
                began = time.monotonic()
                outcome = judged(mutant, tree, tests)
                rows.append((room, outcome, str(mutant)))
                print(f"{outcome:9} {time.monotonic() - began:5.1f} s  {mutant}", flush=True)
                if asked.out:
                    write(asked.out, rows)
    for room in dict.fromkeys(row[0] for row in rows):
        outcomes = [row[1] for row in rows if row[0] == room]
        noticed = len(outcomes) - outcomes.count("survived")
        print(f"{room}: {noticed} of {len(outcomes)} noticed ({noticed / len(outcomes):.0%})")


def write(path: Path, rows: list[tuple[str, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows([("room", "outcome", "mutant"), *rows])


if __name__ == "__main__":
    main()
