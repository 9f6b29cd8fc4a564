"""What the user hears when something goes wrong, and with which exit code the command ends."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import click
import pytest

from ictal.base.errors import ChannelError, MissingExtra, OutputError, RecordingError, SettingsError, UsageError
from ictal.cli import main


@pytest.fixture
def raising(monkeypatch):
    """Make `ictal analyse` raise this error."""

    def arrange(error: BaseException):
        @click.command("analyse")
        def analyse():
            raise error

        monkeypatch.setattr(main.LazyGroup, "get_command", lambda *_: analyse)

    return arrange


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (RecordingError("The file 'a.edf' is empty."), 3, "The file 'a.edf' is empty."),
        (ChannelError("No EEG channel."), 3, "No EEG channel."),
        (MissingExtra("Reading FIF", "formats"), 3, 'pip install "ictal[formats]"'),
        (OutputError("Nothing was written."), 3, "Nothing was written."),
        (UsageError("Not so."), 2, "Not so."),
        (SettingsError("No setting `x`."), 2, "No setting `x`."),
        (click.UsageError("No such thing."), 2, "No such thing."),
        (KeyboardInterrupt(), 130, "interrupted"),
        (MemoryError(), 3, "ran out of memory"),
        (OSError(errno.ENOSPC, "No space left on device"), 3, "the disk is full"),
        (OSError(errno.EDQUOT, "Quota"), 3, "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/secret/place/a.edf"), 3, "'a.edf': Permission denied"),
        (OSError(errno.EIO, "Input/output error"), 3, "Input/output error"),
        (EOFError(), 1, "a fault of ours (EOFError)"),
        (OSError("a library's own"), 1, "a fault of ours (OSError)"),
        (ValueError("boom"), 1, "a fault of ours (ValueError)"),
        (RecursionError(), 1, "a fault of ours (RecursionError)"),
        (AssertionError(), 1, "please report"),
    ],
)
def test_every_error_is_a_sentence_and_a_code(raising, capsys, error, code, sentence):
    raising(error)
    assert main.run(["analyse"]) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert "/secret" not in said.err
    assert "boom" not in said.err


def test_a_fault_of_ours_shows_where_it_happened_only_when_asked(raising, capsys, monkeypatch):
    raising(ValueError("boom"))
    monkeypatch.setenv("ICTAL_DEBUG", "1")
    assert main.run(["analyse"]) == 1
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert "boom" in said


@pytest.mark.parametrize("arguments", [["nonsense"], ["analyse"], ["analyse", "a.edf", "--nonsense"], ["--nonsense"]])
def test_wrong_usage_ends_with_two_and_no_traceback(capsys, arguments):
    assert main.run(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Error: " in said.err
    assert "Traceback" not in said.err


def test_help_and_version_go_to_standard_output(capsys):
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("ictal ")
    assert main.run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {verb} " in shown for verb in main.COMMANDS)
    assert "not a medical device" in " ".join(shown.split())


@pytest.mark.parametrize("verb", sorted(main.COMMANDS))
def test_every_command_has_help(capsys, verb):
    assert main.run([verb, "--help"]) == 0
    assert f"Usage: ictal {verb}" in capsys.readouterr().out


def test_as_a_process_it_ends_with_the_same_codes(python):
    assert python("-m", "ictal", "--help").returncode == 0
    assert python("-m", "ictal", "nonsense").returncode == 2


def test_a_reader_that_has_read_enough_is_no_error():
    with subprocess.Popen(
        [sys.executable, "-m", "ictal", "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaint = process.stderr.read()
    assert complaint == b""
    assert process.returncode == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_an_answer_that_finds_no_room_is_said_so():
    with open("/dev/full", "w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "ictal", "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 3
    assert ended.stderr == "ictal: the disk is full; free some space, or write to another place.\n"


STOPPED = """
import signal, sys, time
from pathlib import Path
import click
from ictal.cli import main
from ictal.exchange.folder import whole_folder

@click.command("analyse")
@click.argument("out", type=Path)
def analyse(out):
    with whole_folder(out) as folder:
        (folder / "half.txt").write_text("half")
        print("begun", flush=True)
        time.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background inherits that it is ignored
main.LazyGroup.get_command = lambda *_: analyse
main.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_command_leaves_nothing_half_written(tmp_path, sent, code):
    with subprocess.Popen(
        [sys.executable, "-c", STOPPED, "analyse", str(tmp_path / "out")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.1)
        process.send_signal(sent)
        complaint = process.stderr.read()
    assert process.returncode == code
    assert "Traceback" not in complaint
    assert sent != signal.SIGINT or "same command again" in complaint
    assert list(tmp_path.iterdir()) == []
