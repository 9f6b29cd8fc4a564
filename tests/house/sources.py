"""The sources of the house, read as syntax trees: what the tests of this folder look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
ROOT = SOURCE.parent


@dataclass(frozen=True)
class Module:
    """One source file: its dotted name below `ictal` (`eeg.signal.montage`, empty for the door) and its tree."""

    path: Path
    name: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    def __str__(self) -> str:
        return str(self.path.relative_to(SOURCE))


def dotted(path: Path) -> str:
    parts = path.relative_to(SOURCE / "ictal").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> tuple[Module, ...]:
    return tuple(
        Module(path, dotted(path), ast.parse(path.read_text(encoding="utf-8"), str(path)))
        for path in sorted((SOURCE / "ictal").rglob("*.py"))
    )


def module_names() -> frozenset[str]:
    return frozenset(m.name for m in modules())


def rooms() -> tuple[str, ...]:
    """Every folder of the house that is a package: `base`, `eeg`, `eeg.recording`, ..."""
    return tuple(m.name for m in modules() if m.is_package and m.name)


def imports(module: Module) -> Iterator[tuple[int, str]]:
    """Every module that this one imports, at any depth: inside functions, under TYPE_CHECKING, and by name.

    `from ictal.eeg import signal` counts as `ictal.eeg.signal`; a relative import is made absolute.
    """
    known = {f"ictal.{name}" if name else "ictal" for name in module_names()}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            for alias in node.names:
                deeper = f"{base}.{alias.name}"
                yield node.lineno, deeper if deeper in known else base
        elif isinstance(node, ast.Call) and _callee(node) in ("import_module", "__import__") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    here = ["ictal", *module.name.split(".")] if module.name else ["ictal"]
    keep = here if module.is_package else here[:-1]
    parent = keep[: len(keep) - (node.level - 1)]
    return ".".join([*parent, *([node.module] if node.module else [])])


def _callee(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
