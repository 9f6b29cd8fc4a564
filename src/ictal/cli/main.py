"""`ictal`: the table of verbs, and what the user hears when something goes wrong.

Exit codes: 0 done, 2 wrong usage, 3 the input cannot be read or analysed or the result not be written, 130 interrupted,
1 a fault of ours. Nothing but click is loaded before a verb is chosen.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import click

from ictal.base.errors import IctalError, reason_of
from ictal.base.files import NoFileError

FAULT_OF_OURS, WRONG_USAGE, BAD_INPUT, INTERRUPTED = 1, 2, 3, 130

_REFUSALS = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.EIO,
    errno.EMFILE,
    errno.ENFILE,
    errno.ESTALE,
    errno.ENODEV,
    errno.ELOOP,
}


class Verb(NamedTuple):
    """Where the command of a verb lives (a module that has a click command of the verb's name) and what it does."""

    module: str
    help: str


COMMANDS = {
    "analyse": Verb("ictal.cli.analyse", "Find the seizures of one EEG file, and write tables and a report."),
    "assess": Verb(
        "ictal.cli.assess", "Weigh an infant against the criteria: verdict, reasons, alternatives, what is missing."
    ),
    "benchmark": Verb(
        "ictal.cli.benchmark", "Measure how well seizures are found, beside peers on the same recordings."
    ),
    "cohort": Verb("ictal.cli.cohort", "Analyse every EEG file of a BIDS dataset, here or on a cluster."),
    "compare": Verb("ictal.cli.compare", "Put two recordings, two readers or two versions of results side by side."),
    "demo": Verb("ictal.cli.demo", "Simulate a recording, analyse it, and score the answer against the truth."),
    "export": Verb("ictal.cli.export", "Write recordings, results or a child's record in the field's standards."),
    "facts": Verb("ictal.cli.facts", "Search what is known of the disease: sources, provenance, and what has expired."),
    "growth": Verb("ictal.cli.growth", "Say how far a head, weight or length is from the WHO median of its age."),
    "infant": Verb("ictal.cli.infant", "Keep the record of one child: take in, add, show, draw, export."),
    "known": Verb("ictal.cli.known", "Say what was wrong in earlier results, and what Ictal is known not to see."),
    "report": Verb("ictal.cli.report", "Write the report of an infant or a recording: HTML or PDF, for the file."),
    "score": Verb("ictal.cli.score", "Compare one set of seizures with a reference."),
    "seal": Verb("ictal.cli.seal", "Encrypt a file or a folder of results for those who may read it."),
    "serve": Verb("ictal.cli.serve", "Serve the workbench: upload, analyse, read and correct in the browser."),
    "simulate": Verb("ictal.cli.simulate", "Make a recording with migrating seizures whose truth is known."),
    "study": Verb("ictal.cli.study", "Make a study of infants, and look after its store and history."),
    "szcore": Verb("ictal.cli.szcore", "Find the seizures of $INPUT and write $OUTPUT, as a SzCORE container does."),
    "variants": Verb("ictal.cli.variants", "Rank the variants of a child (VCF) by what fits, and say what follows."),
}
"""Every verb. Its module is imported when the verb is used, and not before."""


class LazyGroup(click.Group):
    """A group whose commands are imported only when one is used; `--help` needs the table alone."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name].module), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].help) for name in self.list_commands(ctx)])


def _print_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from ictal.base.provenance import ictal_version

        click.echo(f"ictal {ictal_version()}")
        ctx.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Say the version and stop.",
)
def ictal() -> None:
    """The open workbench for epilepsy of infancy with migrating focal seizures.

    Start with `ictal demo`, then `ictal analyse YOUR.edf`. For research; not a medical device.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """What exit code does this command line end with? Every error is one sentence on standard error."""
    try:
        # Not `ictal.main(...)`, which has its own ends for a closed pipe, an interruption and an end of file.
        given = list(sys.argv[1:] if arguments is None else arguments)
        with ictal.make_context("ictal", given) as context:
            ictal.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except IctalError as error:
        return _say(str(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _say("interrupted; nothing half-written is left. Give the same command again to go on.", INTERRUPTED)
    except BrokenPipeError:
        return _close_quietly()
    except MemoryError:
        return _say("the computer ran out of memory; free some, or cut the recording into shorter files.", BAD_INPUT)
    except OSError as error:
        return _system(error)
    except Exception as error:
        return _fault(error)
    return 0


def main() -> None:
    """The console script: run, and end the process with the exit code. Warnings of libraries are not for its user."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    signal.signal(signal.SIGTERM, _asked_to_stop)
    sys.exit(_flushed(run))


def _asked_to_stop(number: int, _: object) -> None:
    """Stop as Ctrl-C does, so that nothing half-written is left behind."""
    sys.exit(128 + number)


def _flushed(command: Callable[[], int]) -> int:
    """Run, then flush: a reader that closed the pipe early (`| head`) is no error, a full disk is one."""
    code = command()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return _close_quietly()
    except OSError as error:
        _close_quietly()
        return _system(error)
    return code


def _say(sentence: str, code: int) -> int:
    click.echo(f"ictal: {sentence}", err=True)
    return code


def _system(error: OSError) -> int:
    """What the computer refused: a full disk, a lost drive, a permission. Anything else is a fault of ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _say("the disk is full; free some space, or write to another place.", BAD_INPUT)
    if isinstance(error, NoFileError) and isinstance(error.filename, str):
        return _say(f"'{Path(error.filename).name}' cannot be read: {reason_of(error)}.", BAD_INPUT)
    if error.errno in _REFUSALS:
        where = f" '{Path(error.filename).name}'" if isinstance(error.filename, str) else ""
        return _say(f"the computer could not read or write{where}: {os.strerror(error.errno)}.", BAD_INPUT)
    return _fault(error)


def _fault(error: BaseException) -> int:
    if os.environ.get("ICTAL_DEBUG"):
        import traceback

        traceback.print_exception(error)
        return FAULT_OF_OURS
    return _say(
        f"a fault of ours ({type(error).__name__}), not of your file: please report it. "
        "Set ICTAL_DEBUG=1 to see where it happened.",
        FAULT_OF_OURS,
    )


def _close_quietly() -> int:
    """Leave a closed pipe without the interpreter's complaint at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
