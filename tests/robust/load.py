"""Everything that a trial may need, loaded and compiled once before the first fork."""

from __future__ import annotations

import importlib
import os
import pkgutil
import tempfile
from pathlib import Path


def load_all() -> None:
    """Import every module of Ictal, make the sound files, and let each compiled loop be compiled, by one analysis."""
    import ictal
    from ictal.cli.main import run
    from tests.robust import sound

    for module in pkgutil.walk_packages(ictal.__path__, "ictal."):
        if not module.name.endswith(("__main__", ".peers")):
            importlib.import_module(module.name)
    import mne  # noqa: F401
    import pysam  # noqa: F401

    sound.foreign(), sound.study(), sound.assessment(), sound.bcf(), sound.kept_packet()
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as place:
        (Path(place) / "a.edf").write_bytes(sound.edf("EDF+D").to_bytes())
        os.chdir(place)
        try:
            run(["analyse", "a.edf", "--quiet"])
        finally:
            os.chdir(here)
