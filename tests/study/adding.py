"""A process that adds entries, to be killed: `python adding.py PLACE how NUMBER`."""

from __future__ import annotations

import os
import signal
import sys

import sqlalchemy as sa

from ictal.infant.timeline.types import Growth, Infant
from ictal.study import open_study


def one_by_one(place: str, first: int, many: int) -> None:
    """Add entries one transaction each, and say each key once it is kept."""
    study = open_study(place)
    for day in range(first, first + many):
        (key,) = study.add("inf-1", Growth(age_days=day / 100, head_cm=35), who=f"process {first}").keys
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()


def at_once(place: str, dies_at: int) -> None:
    """Take in 200 entries in one transaction, and die at a statement in its midst (0: at none)."""
    study = open_study(place)
    seen = 0

    def count(connection: sa.Connection, *_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    if study.engine.dialect.name == "sqlite":  # a small cache: the file itself is changed before the end

        def small(connection: sa.Connection) -> None:
            connection.exec_driver_sql("PRAGMA cache_size=4")

        sa.event.listen(study.engine, "begin", small)
    sa.event.listen(study.engine, "after_cursor_execute", count)
    many = tuple(Growth(age_days=day, head_cm=35) for day in range(200))
    study.take(Infant(pseudonym="inf-1", entries=many), who="dies")


if __name__ == "__main__":
    place, how, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if how == "at-once":
        at_once(place, number)
    else:
        one_by_one(place, number, int(sys.argv[4]))
