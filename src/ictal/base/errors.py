"""The ways in which Ictal says no.

    IctalError                     anything Ictal says to its user on purpose      exit code
    |- UsageError (ValueError)     the command or call asks for what cannot be     2
    |  |- SettingsError            a settings file or value is outside its range   2
    |  `- EntryError               an entry of a child's record cannot be          2
    |- RecordingError (ValueError) the recording cannot be read or analysed        3
    |  `- ChannelError             ... because of its channels                     3
    |- DetectorError (RuntimeError) a detector that is plugged in failed            3
    |- TableError (ValueError)     an event table or findings file cannot be read  3
    |- KnowledgeError (ValueError) a file of statements or criteria is not sound   3
    |- RecordError (ValueError)    the record of a child cannot be read            3
    |- StudyError (ValueError)     a study cannot be opened, or refuses an entry   3
    |- MissingExtra (ImportError)  an optional library is needed and not there     3
    |- OutputError (OSError)       the result could not be written                 3
    |- EngineError (RuntimeError)  the cluster that should do the work is not there 3
    |- IncompleteError             some recordings of a cohort could not be analysed 3, or 1
    `- Interrupted                 the user stopped it, and it can go on           130

Every message is one sentence or two: what, which value, what is allowed, what to do. A value comes from a file that
may be damaged or hostile: it is shown on one line, cut where it is long, without what steers a terminal.
"""

from __future__ import annotations

import re

LONGEST, LONGEST_WORD = 1000, 200
"""Characters of a message, and of a stretch without a space in it, that are shown."""
_UNSHOWN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069\\ud800-\\udfff]")
_LONG_WORD = re.compile(rf"(\S{{{LONGEST_WORD - 60}}})\S{{41,}}(\S{{20}})")


def shown(text: str) -> str:
    """A message as it may be put before somebody: one line, no control characters, nothing of endless length."""
    start, stop = text[:20_000], text[-20_000:] if len(text) > 20_000 else ""
    plain = _LONG_WORD.sub(r"\1...\2", _UNSHOWN.sub("\ufffd", start + (" ... " if stop else "") + stop))
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST // 2]} ... {plain[-LONGEST // 2 + 5 :]}"


class IctalError(Exception):
    """Anything that Ictal says to its user on purpose: the message is for them."""

    exit_code = 3

    def __str__(self) -> str:
        return shown(super().__str__())


class UsageError(IctalError, ValueError):
    """The command or the call asks for something that cannot be."""

    exit_code = 2


class SettingsError(UsageError):
    """A setting has the wrong name, type or range."""


class EntryError(UsageError):
    """An entry of a child's record says what cannot be."""


class RecordingError(IctalError, ValueError):
    """The recording cannot be read or analysed."""


class ChannelError(RecordingError):
    """The recording has not the channels that the question needs."""


class DetectorError(IctalError, RuntimeError):
    """A detector that is plugged in failed, or said what cannot be."""


class TableError(IctalError, ValueError):
    """An event table or a findings file cannot be read."""


class KnowledgeError(IctalError, ValueError):
    """A file of statements or criteria is not sound; the message has its name, the line and the mend."""


class RecordError(IctalError, ValueError):
    """The record of a child cannot be read."""


class StudyError(IctalError, ValueError):
    """A study cannot be opened, or what is to be kept in it cannot be."""


class OutputError(IctalError, OSError):
    """The result could not be written."""


class EngineError(IctalError, RuntimeError):
    """The processes or the cluster that should do the work cannot be had, or were lost."""


class IncompleteError(IctalError):
    """All was done that could be done, and some recordings could not be analysed."""

    def __init__(self, sentence: str, exit_code: int = 3) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class Interrupted(IctalError):
    """The user stopped it; what was done is kept, and the same command goes on."""

    exit_code = 130


class MissingExtra(IctalError, ImportError):
    """An optional library is needed for this and is not installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f'{purpose} needs an optional library: install it with `pip install "ictal[{extra}]"`.')


def reason_of(error: BaseException) -> str:
    """What does the computer say of this, as a sentence has it after a colon?"""
    said = getattr(error, "strerror", None) or str(error)
    return f"{said[:1].lower()}{said[1:]}"
