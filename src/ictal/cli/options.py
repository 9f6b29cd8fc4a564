"""The options that several commands have, each said once, and how an answer is printed as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
DETECTOR = click.option(
    "--detector", metavar="NAME", help="An installed detector [default: that of the settings, the rule]."
)
LANGUAGE = click.option(
    "--language", type=click.Choice(["en", "fr"]), default="en", show_default=True, help="The language of a page."
)
ON_DAY = click.option("--on", "on_day", type=click.DateTime(["%Y-%m-%d"]), help="As on this day [default: today].")
OVERWRITE = click.option("--overwrite", is_flag=True, help="Replace a file that is there already.")
OVERWRITE_RESULTS = click.option("--overwrite", is_flag=True, help="Replace a folder of results that is there already.")
PAPER = click.option(
    "--paper", type=click.Choice(["a4", "letter"]), default="a4", show_default=True, help="The paper of a PDF."
)
SETTINGS = click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), help="TOML file with settings that differ."
)


def say_json(answer: Any) -> None:
    """An answer as JSON."""
    import json

    click.echo(json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False))
