"""Would a test notice? Changes one small thing in a copy of the source, runs the tests of its room, and counts.

    python tools/mutate.py --out mutants.tsv                 # the sample of docs/testing.md
    python tools/mutate.py --room infant/growth --most 40    # one room, more of it

A mutant is one comparison, sum, number, `and`, `not`, condition or min/max changed (`<` to `<=`, `+` to `-`, 3 to 4).
It is killed when a test of its room fails, and survives when none does. How they are judged fast: judging.py. The
sample is drawn from a seed, so that the same tree gives the same mutants, and a larger sample begins with the smaller;
nothing in the tree itself is changed. Settings and plain records are left out.
"""

from __future__ import annotations

import argparse
import ast
import csv
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from importlib import import_module
from pathlib import Path

import hypothesis
import numba
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

import judging

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ictal"
SEED = 11
HEAVY = ("scipy.fft", "scipy.ndimage", "scipy.signal", "scipy.stats", "msgspec", "click", "jinja2", "sklearn.ensemble")
"""Imported once, before anything forks."""

ROOMS: dict[str, tuple[int, tuple[str, ...]]] = {
    "infant/growth": (25, ("tests/infant", "tests/cli/test_growth.py")),
    "infant/treatment": (40, ("tests/infant",)),
    "eeg/tracking": (80, ("tests/tracking", "tests/review")),
    "infant/genes": (60, ("tests/genes",)),
    "infant/syndrome": (60, ("tests/syndrome",)),
    "eeg/detection": (60, ("tests/detection",)),
}
"""Room -> how many mutants are drawn, and which tests look at it."""

LOOPS = "ictal.base.compiled"
"""Who imports it has loops for numba."""

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
        return " ".join(f"{self.file}:{self.line}: {self.old} -> {self.new}".split())

    def of(self, text: bytes) -> bytes:
        """The file with this change; its other lines stay where they are."""
        lost = self.old.count("\n") - self.new.count("\n")
        new = f"{self.new[:-1]}{chr(10) * lost}{self.new[-1:]}"
        return text[: self.start] + new.encode() + text[self.stop :]


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


Asker = Callable[[Path, list[str], float], int | None]
"""Asks these tests about the file as it stands now, for so many seconds at most."""


@dataclass(frozen=True)
class Result:
    """What became of one mutant: `killed`, `survived` or `timeout`, how it was judged and by how many tests."""

    room: str
    outcome: str
    how: str
    tests: int
    seconds: float
    mutant: str


def judged(room: str, mutants: list[Mutant], tests: tuple[str, ...], tree: Path, out: Path) -> None:
    """Ask the tests of a room about each mutant, and add a row for each to `out`."""
    arguments = judging.pytest_arguments(tree, tests)
    seen = looked(arguments, tree)
    if seen.failed:
        raise SystemExit(f"The tests of {room} fail without any mutant: {', '.join(seen.failed)}.")
    warm: list[tuple[Mutant, list[str]]] = []
    cold: list[Mutant] = []
    for mutant in mutants:
        text = (tree / "ictal" / mutant.file).read_text(encoding="utf-8")
        function = judging.function_of(text, mutant.start, mutant.stop)
        if function is None or seen.at_import(mutant.file, function):
            cold.append(mutant)
        else:  # no trace sees what is compiled: every test is asked
            loops = LOOPS in text
            warm.append((mutant, seen.every() if loops else seen.of(mutant.file, function)))

    def judge(ask: Asker) -> None:
        for mutant, asked in warm:
            one(mutant, "warm", asked, ask)

    def one(mutant: Mutant, how: str, asked: list[str], ask: Asker) -> None:
        path = tree / "ictal" / mutant.file
        original = path.read_bytes()
        began = time.monotonic()
        with judging.changed(path, mutant.of(original)), kept_apart(tree, LOOPS.encode() in original):
            code = ask(path, asked, seen.limit_s(asked)) if asked else judging.SURVIVED
            if code == judging.NOT_PATCHED:
                how, asked = "cold", seen.every()
                code = in_a_new_import(arguments, asked, seen)
        outcome = {None: "timeout", judging.SURVIVED: "survived"}.get(code, "killed")
        add(out, Result(room, outcome, how, len(asked), round(time.monotonic() - began, 1), str(mutant)))

    child = os.fork()
    if not child:
        try:
            pytest.main(arguments, plugins=[judging.Warm(judge)])
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    for mutant in cold:
        one(mutant, "cold", seen.every(), lambda _, asked, __: in_a_new_import(arguments, asked, seen))


def in_a_new_import(arguments: list[str], asked: list[str], seen: judging.Seen) -> int | None:
    """Ask these tests in a fork that imports the source as it is now."""
    work = lambda: int(pytest.main(arguments, plugins=[judging.Only(asked)]))  # noqa: E731
    return judging.forked(work, seen.limit_s(asked) + 30)


def looked(arguments: list[str], tree: Path) -> judging.Seen:
    """The tests as they are, once: what each runs."""
    path = tree / "look.json"

    def work() -> int:
        sys.dont_write_bytecode = False
        look = judging.Look(tree)
        pytest.main([a for a in arguments if a != "-x"], plugins=[look])
        sys.settrace(None)
        look.write(path)
        return 0

    judging.forked(work, 1200)
    return judging.Seen(path)


@contextmanager
def kept_apart(tree: Path, loops: bool) -> Iterator[None]:
    """What numba keeps does not notice a change in a function that another file inlines: a place of its own for it."""
    if not loops:
        yield
        return
    with tempfile.TemporaryDirectory(dir=tree) as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder
        numba.core.config.reload_config()
        try:
            yield
        finally:
            del os.environ["NUMBA_CACHE_DIR"]
            numba.core.config.reload_config()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", choices=sorted(ROOMS), action="append", help="Only this room (can be repeated).")
    parser.add_argument("--most", type=int, help="So many mutants of each room instead of those of the sample.")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path("build/mutants.tsv"), help="Write one row a mutant here.")
    parser.add_argument("--again", type=Path, help="Judge again those that survived in this file, and no others.")
    asked = parser.parse_args()
    before = {r.mutant for r in read(asked.again) if r.outcome == "survived"} if asked.again else None
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text("\t".join(f.name for f in fields(Result)) + "\n", encoding="utf-8")
    for name in HEAVY:
        import_module(name)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("mutants", deadline=None, phases=phases, database=None)
    with tempfile.TemporaryDirectory(prefix="ictal-mutants-") as folder:
        tree = Path(folder)
        shutil.copytree(SOURCE, tree / "ictal")
        sys.path.insert(0, str(tree))
        sys.dont_write_bytecode = True
        os.environ |= {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
        os.chdir(ROOT)
        for room in asked.room or ROOMS:
            most, tests = ROOMS[room]
            mutants = sample(room, asked.most or most, asked.seed)
            judged(room, [m for m in mutants if before is None or str(m) in before], tests, tree, asked.out.resolve())
    results = read(asked.out)
    for room in dict.fromkeys(r.room for r in results):
        outcomes = [r.outcome for r in results if r.room == room]
        noticed = len(outcomes) - outcomes.count("survived")
        print(f"{room}: {noticed} of {len(outcomes)} noticed ({noticed / len(outcomes):.0%})")


def add(path: Path, result: Result) -> None:
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerow(astuple(result))
    print(
        f"{result.outcome:9} {result.how} {result.seconds:5.1f} s {result.tests:4} tests  {result.mutant}", flush=True
    )


def read(path: Path) -> list[Result]:
    with path.open(encoding="utf-8", newline="") as file:
        return [Result(**row) for row in csv.DictReader(file, delimiter="\t")]  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
