"""What the source never does: run what it reads, ask a shell, put words into SQL, trust a text, hold a secret."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT, SOURCE, Module, modules

every_module = pytest.mark.parametrize("module", modules(), ids=str)

UNPICKLERS = frozenset(
    {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "yaml", "jsonpickle"}
)
XML = ("xml", "lxml", "defusedxml")
SHELLS = frozenset({"system", "popen", "getoutput", "getstatusoutput", "create_subprocess_shell"})
MARKED_SAFE = frozenset(
    {
        "report.svg",  # every part was escaped where it was made
        "report.assessment",  # the answer of a template
        "report.genetics",  # the answer of a template
        "report.drawings",  # strips of `report.svg`, put together
        "report.filed.figures",  # a figure of `report.svg`; its words, said in another language, are escaped again
        "report.filed.redact",  # markup as it was, less some words
        "web.pages",  # the figure of `report.svg`, its style taken out
    }
)
"""The modules that may say of a text that it is markup already, and why each may."""


def calls(module: Module) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func)


@every_module
def test_nothing_that_is_read_from_a_disk_can_run(module: Module):
    for node in ast.walk(module.tree):
        where = f"{module}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            assert not {n.partition(".")[0] for n in named} & UNPICKLERS, f"{where}: unpickling runs what it reads"
    for call in calls(module):
        where = f"{module}:{call.lineno}"
        if name_of(call).endswith(("np.load", "numpy.load")):
            said = {k.arg: ast.unparse(k.value) for k in call.keywords}
            assert said.get("allow_pickle") == "False", f"{where}: np.load without allow_pickle=False"
        assert name_of(call) not in ("read_pickle", "pd.read_pickle", "torch.load"), where
        assert not any(k.arg == "allow_pickle" and ast.unparse(k.value) != "False" for k in call.keywords), where


@every_module
def test_no_text_becomes_code(module: Module):
    for call in calls(module):
        assert name_of(call) not in ("eval", "exec", "compile", "builtins.eval", "builtins.exec"), (
            f"{module}:{call.lineno}: {name_of(call)}"
        )


@every_module
def test_no_process_is_started_by_a_shell(module: Module):
    for call in calls(module):
        where = f"{module}:{call.lineno}"
        shell = [k for k in call.keywords if k.arg == "shell"]
        assert all(ast.unparse(k.value) == "False" for k in shell), f"{where}: shell="
        if name_of(call).startswith(("os.", "subprocess.", "asyncio.", "commands.")):
            assert name_of(call).rpartition(".")[2] not in SHELLS, f"{where}: {name_of(call)} asks a shell"
        if name_of(call) in ("subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_output"):
            assert not isinstance(call.args[0], ast.Constant | ast.JoinedStr), f"{where}: a command is a list of words"


@every_module
def test_sql_has_bound_parameters_alone(module: Module):
    """SQL text is a constant, or has nothing but names of constants (`WAIT_S`) put into it."""
    for call in calls(module):
        last = name_of(call).rpartition(".")[2]
        if last not in ("exec_driver_sql", "text", "execute", "executescript", "executemany") or not call.args:
            continue
        if last == "text" and name_of(call) not in ("sa.text", "sqlalchemy.text"):
            continue
        for part in ast.walk(call.args[0]):
            where = f"{module}:{call.lineno}"
            if isinstance(part, ast.FormattedValue):
                told = ast.unparse(part.value)
                assert told.isupper() or told in SQL_NAMES.get(module.name, ()), f"{where}: {told} in SQL"
            assert not (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod | ast.Add)), (
                f"{where}: SQL is joined"
            )


SQL_NAMES: dict[str, tuple[str, ...]] = {
    "study.engine": ("setting",),  # each of a tuple of constants in the line above
    "study.cipher": ("form", "digits", "name"),  # two constants, a key in hexadecimal digits, the names of our tables
}


@every_module
def test_no_parser_of_xml_is_used(module: Module):
    """No file of ours is XML. Whoever adds one uses defusedxml, and changes this test."""
    for node in ast.walk(module.tree):
        named: list[str] = []
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [node.module or ""]
        assert not [n for n in named if n.partition(".")[0] in XML], f"{module}: a parser of XML"


@every_module
def test_text_is_escaped_in_every_page(module: Module):
    """Every environment of templates escapes, and few modules may call a text markup."""
    for call in calls(module):
        where = f"{module}:{call.lineno}"
        if name_of(call).rpartition(".")[2] == "Environment" and "jinja2" in module.path.read_text(encoding="utf-8"):
            said = {k.arg: ast.unparse(k.value) for k in call.keywords}
            assert said.get("autoescape") == "True", f"{where}: templates that do not escape"
            assert said.get("undefined") == "StrictUndefined", f"{where}: a missing name would be an empty text"
        assert name_of(call) not in ("Template", "jinja2.Template"), f"{where}: a template without its environment"
        if name_of(call) in ("Markup", "markupsafe.Markup"):
            assert module.name in MARKED_SAFE, f"{where}: says that a text is markup"


def test_no_template_takes_the_escaping_away():
    templates = [p for p in SOURCE.rglob("templates/*") if p.is_file()]
    assert len(templates) > 20
    for path in templates:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", text), f"{path.name} takes the escaping away"


def test_no_script_of_ours_puts_text_into_a_page_as_markup():
    """`textContent` shows a text; `innerHTML` would run it. Icons and figures of the server are put in by htmx."""
    scripts = list((SOURCE / "ictal" / "web" / "static").glob("*.js"))
    assert scripts
    for path in scripts:
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)
        assert not found, f"{path.name}: {found}"


def tracked() -> list[Path]:
    answer = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        pytest.skip("This is no checkout: nothing says which files belong to the repository.")
    return [ROOT / name for name in answer.stdout.split("\0") if name]


SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "an age key": r"AGE-SECRET-KEY-1[0-9A-Z]{50,}",
    "a token of a forge": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|glpat-[\w-]{20,}|github_pat_\w{30,})",
    "a token of a registry": r"\b(?:pypi-AgE[\w-]{50,}|npm_[A-Za-z0-9]{36})",
    "a key of a cloud": r"\b(?:AKIA[0-9A-Z]{16}|AIza[\w-]{35}|xox[abpr]-[\w-]{20,}|sk-[A-Za-z0-9]{32,})",
    "a signed token": r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}",
    "a password in a URL": r"\b(?:postgresql|https?|amqp|redis)://[^\s/:@'\"{}<>$]+:[^\s/@'\"{}<>$]{3,}@",
}
NO_SECRET = ":secret@"
"""What a test says that shows how a password in a URL is refused."""


def secrets_in(text: str) -> list[str]:
    found = [(kind, hit[0]) for kind, form in SECRETS.items() for hit in re.finditer(form, text)]
    return [kind for kind, hit in found if not hit.endswith(NO_SECRET)]


def test_the_repository_holds_no_secret():
    files = [p for p in tracked() if p.is_file()]
    assert len(files) > 300
    for path in files:
        assert path.suffix not in (".pem", ".key", ".p12", ".pfx", ".kdbx"), f"{path.name} looks like a key"
        assert path.name not in (".env", ".netrc", ".pgpass", ".npmrc", ".pypirc", "id_rsa", "id_ed25519"), path.name
        if path.stat().st_size < 4_000_000:
            assert not secrets_in(path.read_bytes().decode("utf-8", "replace")), path.relative_to(ROOT)


BREAKS: dict[str, tuple[Callable[[Module], None], str]] = {
    "pickle": (test_nothing_that_is_read_from_a_disk_can_run, "import pickle"),
    "from joblib": (test_nothing_that_is_read_from_a_disk_can_run, "from joblib import load"),
    "yaml": (test_nothing_that_is_read_from_a_disk_can_run, "import yaml"),
    "np.load": (test_nothing_that_is_read_from_a_disk_can_run, "np.load(p)"),
    "allow_pickle": (test_nothing_that_is_read_from_a_disk_can_run, "f(p, allow_pickle=True)"),
    "eval": (test_no_text_becomes_code, "eval(x)"),
    "shell": (test_no_process_is_started_by_a_shell, "subprocess.run(x, shell=True)"),
    "system": (test_no_process_is_started_by_a_shell, "os.system(x)"),
    "a line": (test_no_process_is_started_by_a_shell, "subprocess.run('ls x')"),
    "f-string": (test_sql_has_bound_parameters_alone, "c.execute(f'select {x}')"),
    "joined": (test_sql_has_bound_parameters_alone, "c.exec_driver_sql('select ' + x)"),
    "percent": (test_sql_has_bound_parameters_alone, "c.execute(sa.text('select %s' % x))"),
    "xml": (test_no_parser_of_xml_is_used, "from xml.etree import ElementTree"),
    "markup": (test_text_is_escaped_in_every_page, "Markup(x)"),
    "template": (test_text_is_escaped_in_every_page, "jinja2.Template(x)"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_each_rule_sees_what_breaks_it(case: str):
    rule, line = BREAKS[case]
    with pytest.raises(AssertionError):
        rule(Module(modules()[0].path, "base.broken", ast.parse(line)))


def test_secrets_are_seen():
    made = [
        "-----BEGIN " + "PRIVATE KEY-----",
        "AGE-SECRET-KEY-1" + "Q" * 58,
        "gh" + "p_" + "a" * 36,
        "AKIA" + "A" * 16,
        "postgresql://u:" + "hunter22@db",
    ]
    assert [len(secrets_in(text)) for text in made] == [1] * len(made)
