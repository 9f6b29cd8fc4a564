"""A study: infants under pseudonyms, their entries, their recordings with findings, and the history of every change.

    study = open_study("my-study")                  # a folder, or a URL of SQLite or PostgreSQL
    study.new(Infant(pseudonym="inf-1", sex="female", gestation_weeks=32), who="mk")
    study.add("inf-1", Growth(age_days=91, head_cm=34.5), who="mk")
    study.infant("inf-1").of(Growth)                # the record, entries and all

Knows: its tables, who changed what and when, which recording belongs to whom.
Must not know: what an entry means for the child, how a seizure is found, a user's words, a page.
Read first: `store.Study`, then `history`.
"""

from ictal.study.place import create_study, open_study
from ictal.study.store import Study

__all__ = ["Study", "create_study", "open_study"]
