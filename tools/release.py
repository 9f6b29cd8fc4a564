"""Make the tree ready for a release: its number, its list of changes, its wheel and archive. It tags nothing.

    python tools/release.py 0.1.0            in a clean checkout; then look at it, commit and tag as it says
    python tools/release.py 0.1.0 --draft    show the list of changes, and change nothing

What a release is made of, and what must be so before: docs/releasing.md.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r'(?m)^version = "([^"]+)"$')
NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def said(*command: str) -> str:
    """What a command says; ends this with its complaint when it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def numbers(text: str) -> tuple[int, ...]:
    """A version as numbers that can be compared."""
    found = NUMBER.fullmatch(text)
    if found is None:
        raise SystemExit(f"'{text}' is no version: three numbers, as 0.2.0.")
    return tuple(map(int, found.groups()))


def check(version: str) -> None:
    """Refuse what cannot be released."""
    if said("git", "status", "--porcelain").strip():
        raise SystemExit("There are changes that are not committed: commit them, or put them aside.")
    released = [
        tag.removeprefix("v") for tag in said("git", "tag", "--list", "v*").split() if NUMBER.fullmatch(tag[1:])
    ]
    latest = max(released, key=numbers, default=None)
    if latest is not None and numbers(version) <= numbers(latest):
        raise SystemExit(f"{version} does not follow {latest}, the latest release.")
    if not [f for f in (ROOT / "changelog.d").glob("*.md") if f.name != "README.md"]:
        raise SystemExit("changelog.d has no fragment: there is nothing to tell of this release.")


def main() -> int:
    """The tree of a release."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version")
    parser.add_argument("--date", default=date.today().isoformat(), help="day of the release [default: today]")
    parser.add_argument("--draft", action="store_true", help="show the list of changes alone")
    parser.add_argument("--no-build", action="store_true", help="build no wheel and no archive")
    chosen = parser.parse_args()
    numbers(chosen.version)
    changes = [sys.executable, "-m", "towncrier", "build", "--version", chosen.version, "--date", chosen.date]
    if chosen.draft:
        print(said(*changes, "--draft"))
        return 0
    check(chosen.version)
    project = ROOT / "pyproject.toml"
    text, count = VERSION.subn(f'version = "{chosen.version}"', project.read_text(encoding="utf-8"))
    if count != 1:
        raise SystemExit("pyproject.toml has not one line `version = ...`.")
    project.write_text(text, encoding="utf-8")
    said(*changes, "--yes")
    if not chosen.no_build:
        said(sys.executable, "-m", "hatchling", "build", "--clean", "-d", "dist")
        print("\n".join(f"built dist/{p.name}" for p in sorted((ROOT / "dist").iterdir())))
    print(f"Look at CHANGELOG.md and run `make test`. Then:\n  git add -A && git commit -m 'Release {chosen.version}'")
    print(f"  git tag -a v{chosen.version} -m 'Ictal {chosen.version}'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
