"""Small modules, short functions, few parameters, and the habits that the house does without."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.sources import Module, functions, modules, rooms

LONGEST_MODULE, LONGEST_BODY, MOST_PARAMETERS = 500, 60, 7

every_module = pytest.mark.parametrize("module", modules(), ids=str)


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How many lines has a function below its docstring?"""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """What does a caller have to know? `self` and `cls` not counted, keyword-only parameters counted."""
    plain = [*function.args.posonlyargs, *function.args.args]
    if plain and plain[0].arg in ("self", "cls"):
        plain = plain[1:]
    return [*plain, *function.args.kwonlyargs, *filter(None, (function.args.vararg, function.args.kwarg))]


@every_module
def test_a_module_fits_in_a_head(module: Module):
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@every_module
def test_a_function_fits_on_a_page(module: Module):
    for function in functions(module):
        assert body_lines(function) <= LONGEST_BODY, f"{module}:{function.lineno}: {function.name}"
        assert len(parameters(function)) <= MOST_PARAMETERS, f"{module}:{function.lineno}: {function.name}"


@every_module
def test_every_function_is_typed(module: Module):
    for function in functions(module):
        where = f"{module}:{function.lineno}: {function.name}"
        assert function.returns is not None, where
        assert all(p.annotation is not None for p in parameters(function)), where


@every_module
def test_every_module_and_public_function_says_what_it_answers(module: Module):
    assert ast.get_docstring(module.tree), f"{module} has no docstring"
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module}:{node.lineno}: {node.name} has no docstring"


@pytest.mark.parametrize("room", rooms())
def test_every_room_says_what_it_knows_and_must_not_know(room: str):
    (door,) = (m for m in modules() if m.name == room)
    text = ast.get_docstring(door.tree) or ""
    for heading in ("Knows", "Must not know", "Read first"):
        assert f"{heading}:" in text, f"{door} does not say '{heading}:'"


@every_module
def test_nothing_is_asserted_printed_or_raised_without_a_name(module: Module):
    for node in ast.walk(module.tree):
        where = f"{module}:{getattr(node, 'lineno', 0)}"
        assert not isinstance(node, ast.Assert), f"{where}: assert vanishes under -O: raise an error"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print" or module.name.startswith("cli"), f"{where}: print outside cli"
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            assert getattr(raised, "id", "") not in ("Exception", "BaseException"), f"{where}: an error without a name"
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"{where}: a bare except"


@every_module
def test_randomness_is_passed_in(module: Module):
    """No `np.random.normal()`, no `np.random.seed()`, no `random.random()`: a generator has the caller's seed."""
    allowed = {"default_rng", "Generator", "SeedSequence", "PCG64", "Philox", "BitGenerator"}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("np.random", "numpy.random"):
            assert node.attr in allowed, f"{module}:{node.lineno}: global randomness, np.random.{node.attr}"
        if isinstance(node, ast.Import):
            assert all(alias.name != "random" for alias in node.names), f"{module}:{node.lineno}: global randomness"
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("default_rng"):
            assert node.args or node.keywords, f"{module}:{node.lineno}: a generator without a seed"


@every_module
def test_no_default_can_be_changed_by_a_caller(module: Module):
    mutable = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    for function in functions(module):
        for default in [*function.args.defaults, *filter(None, function.args.kw_defaults)]:
            made = isinstance(default, ast.Call) and getattr(default.func, "id", "") in ("list", "dict", "set")
            shared = made or isinstance(default, mutable)
            assert not shared, f"{module}:{function.lineno}: {function.name}"


@every_module
def test_no_state_is_kept_between_calls(module: Module):
    assert not any(isinstance(node, ast.Global) for node in ast.walk(module.tree)), f"{module}: a global statement"


def test_the_rules_can_be_broken():
    """Each rule above sees a module that breaks it; else it would pass for ever."""
    broken = "\n".join(
        [
            "import numpy as np",
            "def f(a, b, c, d, e, g, h, i=[]):",
            *(f"    x{n} = {n}" for n in range(LONGEST_BODY + 1)),
            "    assert a",
            "    np.random.seed(1)",
            "    global k",
        ]
    )
    module = Module(Path(modules()[0].path), "base.broken", ast.parse(broken))
    for rule in (
        test_a_function_fits_on_a_page,
        test_every_function_is_typed,
        test_every_module_and_public_function_says_what_it_answers,
        test_nothing_is_asserted_printed_or_raised_without_a_name,
        test_randomness_is_passed_in,
        test_no_default_can_be_changed_by_a_caller,
        test_no_state_is_kept_between_calls,
    ):
        with pytest.raises(AssertionError):
            rule(module)
