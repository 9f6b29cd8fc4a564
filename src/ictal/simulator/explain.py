"""What is a scenario, in words and numbers? Printed from the records that run, so that help and pages cannot lag."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from ictal.simulator.courses import COURSES, course_lines
from ictal.simulator.engine import ENGINES, parameters_of
from ictal.simulator.equations import TEMPLATE, Equation
from ictal.simulator.scenarios import SCENARIOS, find_scenario
from ictal.simulator.types import PROVENANCES, Parameter, Scenario

WIDTH = 110
NO_LIMIT = "The numbers below are those that run; `--set NAME=VALUE` moves one, within its range."


@dataclass(frozen=True, slots=True)
class Explanation:
    """A scenario as one engine makes it: what it is, the equations, and every number that the engine reads."""

    name: str
    description: str
    engine: str
    tissue: str
    equations: tuple[Equation, ...]
    parameters: tuple[Parameter, ...]


def explain(scenario: str | Scenario, engine: str = ENGINES[0]) -> Explanation:
    """What is this scenario, and how does this engine make it? Raises `UsageError`."""
    chosen = find_scenario(scenario)
    equations, tissue = TEMPLATE, ""
    if engine == "mechanism":
        from ictal.simulator.mechanism.equations import EQUATIONS
        from ictal.simulator.mechanism.tissues import tissue_of

        equations, tissue = EQUATIONS, tissue_of(chosen).meaning
    return Explanation(chosen.name, chosen.description, engine, tissue, equations, parameters_of(chosen, engine))


def explanation_text(explained: Explanation) -> str:
    """The same as plain text for a terminal."""
    lines = [f"{explained.name} (simulated, {explained.engine} engine)", f"  {explained.description}"]
    if explained.tissue:
        lines.append(f"  Tissue: {explained.tissue}")
    lines += ["", "Equations"]
    for equation in explained.equations:
        lines += _wrapped(f"{equation.meaning}:", "  ") + _wrapped(equation.text, "      ")
    lines += ["", "Numbers", f"  {NO_LIMIT}"]
    for p in explained.parameters:
        lines += _wrapped(f"{p.name} = {amount(p)}   [{p.low:g} to {p.high:g}]  {p.meaning}", "  ", "      ")
        lines += _wrapped(p.provenance, "      ")
    words = ("read at its source", "recalled, not checked", "found in a secondary report", "our own choice")
    lines += ["", "; ".join(f"{word}: {what}" for word, what in zip(PROVENANCES, words, strict=True)) + "."]
    return "\n".join(lines)


def explanation_mapping(explained: Explanation) -> dict[str, object]:
    """The same for JSON."""
    return {"simulated": True, **asdict(explained)}


def amount(p: Parameter) -> str:
    """A value with its unit: `2.5 1/h`, `0.6 (share)`, `135`."""
    if p.unit == "1":
        return f"{p.value:g}"
    return f"{p.value:g} ({p.unit})" if p.unit.isalpha() and len(p.unit) > 4 else f"{p.value:g} {p.unit}"


def list_text() -> str:
    """Which scenarios and courses are there?"""
    scenarios = "\n\n".join(scenario_lines(s) for s in SCENARIOS.values())
    courses = "\n\n".join(course_lines(c) for c in COURSES.values())
    return f"{scenarios}\n\nCourses of one infant (--course NAME)\n\n{courses}"


def scenario_lines(scenario: Scenario) -> str:
    """What is this scenario, in its name and two lines?"""
    return (
        f"{scenario.name}\n    {scenario.description}\n    Age {scenario.age_days:g} days; {seizures_said(scenario)}."
    )


def seizures_said(scenario: Scenario) -> str:
    """How many seizures, from where, and how many of them migrate, in a few words?"""
    if not scenario.foci:
        return "no seizure"
    places = "one focus" if scenario.foci == 1 else f"{scenario.foci:g} foci"
    clusters = f", {scenario.clustered:.0%} in clusters" if scenario.clustered else ""
    per_day = 24 * scenario.expected_per_hour
    return f"about {per_day:.3g} seizures a day{clusters}, {places}, {scenario.migrating:.0%} migrating"


def scenario_table(scenarios: Iterable[Scenario] = tuple(SCENARIOS.values())) -> str:
    """The scenarios as a Markdown table, for the page."""
    rows = [f"| `{s.name}` | {s.description} | {s.age_days:g} | {seizures_said(s)} |" for s in scenarios]
    return "\n".join(["| name | what it is | age, days | seizures |", "|---|---|---|---|", *rows])


def reasons_table(scenario: Scenario) -> str:
    """What is not the usual in a scenario, and why, as a Markdown table."""
    named = {r.name for r in scenario.reasons}
    rows = [
        f"| `{p.name}` | {amount(p)} | {p.meaning} | {p.provenance} |" for p in scenario.parameters if p.name in named
    ]
    return "\n".join(["| number | value | meaning | provenance |", "|---|---|---|---|", *rows])


def equations_text(equations: Iterable[Equation]) -> str:
    """Equations as an indented block, for the page."""
    return "\n\n".join(f"{e.meaning}:\n\n    {e.text}" for e in equations)


def _wrapped(text: str, first: str, rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
