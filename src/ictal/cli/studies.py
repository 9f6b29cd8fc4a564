"""Which study is meant, who changes it, and how old was the child: the options that `study` and `infant` share."""

from __future__ import annotations

import getpass
import os
import re
import sys
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ictal.base.errors import UsageError

if TYPE_CHECKING:
    from ictal.study import Study


def _named(context: click.Context, _: click.Parameter, file: str | None) -> None:
    """The option stands for the environment's word while the command runs, for the processes that it starts too."""
    if file is not None:
        before = os.environ.get(KEY_FILE)
        os.environ[KEY_FILE] = file
        context.call_on_close(lambda: os.environ.update({KEY_FILE: before}) if before else os.environ.pop(KEY_FILE))


KEY_FILE = "ICTAL_KEY_FILE"
KEY = click.option(
    "--key-file",
    metavar="FILE",
    expose_value=False,
    callback=_named,
    help=f"Holds the key of an encrypted study [default: {KEY_FILE}, else it is asked for].",
)
_PLACE = click.option(
    "--study", "place", metavar="FOLDER|URL", help="The study [default: ICTAL_STUDY, else this folder or one above]."
)
WHO = click.option("--who", metavar="NAME", help="Who makes the change [default: ICTAL_WHO, else your login].")


F = TypeVar("F", bound=Callable[..., Any])


def changing(command: Callable[..., None]) -> Callable[..., None]:
    """A command that changes a study has these options."""
    return STUDY(WHO(command))


def STUDY(command: F) -> F:
    """A command that opens a study has these options."""
    return _PLACE(KEY(command))


def opened(place: str | None) -> Study:
    """The study that was named, or the one of this folder; its key is asked for where nobody said it."""
    from ictal.study import open_study

    named, key = named_study(place)
    return open_study(named, key)


def named_study(place: str | None) -> tuple[str, str | None]:
    """Which study is meant, and its key where it was typed."""
    from ictal.study.place import find_study, needs_key

    named = find_study() if place is None else place
    return named, typed_key() if needs_key(named) and sys.stdin.isatty() else None


def typed_key(new: bool = False) -> str:
    """A key as it is typed, unseen; a new one twice."""
    typed: str = click.prompt("Key of the study", hide_input=True, confirmation_prompt=new, err=True)
    return typed


def name_of_user(who: str | None) -> str:
    """Who makes the change?"""
    named = who or os.environ.get("ICTAL_WHO")
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def weeks_of(text: str | None) -> float | None:
    """Weeks of gestation as a clinician writes them: `32`, `32.5`, `32+4`."""
    if text is None:
        return None
    found = re.fullmatch(r"\s*(\d{1,3}(?:\.\d+)?)(?:\+([0-6]))?\s*", text)
    if found is None or (found[2] and "." in found[1]):
        raise UsageError(f"A gestation is written as 32 or 32+4 (weeks and days). Got '{text}'.")
    return float(found[1]) + float(found[2] or 0) / 7.0


def date_of(text: str, option: str) -> date:
    """A date as it is typed."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise UsageError(f"{option} needs a date as YYYY-MM-DD. Got '{text}'.") from None


def age_on(day: str, study: Study, pseudonym: str) -> float:
    """How old was the infant on this day? Needs the birth date, which only the table of identities may hold."""
    from ictal.infant.timeline.ages import days_on

    identity = study.identity(pseudonym)
    if identity is None or identity.birth_date is None:
        raise UsageError(
            f"The birth date of '{pseudonym}' is not known, so a date says no age: give --age-days, or tell it once "
            f"with `ictal study identify {pseudonym} --born DATE`."
        )
    return days_on(identity.birth_date, date_of(day, "--date"))


def say_flags(flagged: tuple[str, ...]) -> None:
    """What is kept and should be looked at, on standard error."""
    for sentence in flagged:
        click.echo(f"ictal: please check: {sentence}", err=True)
