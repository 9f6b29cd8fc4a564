"""Which signs were given as HPO terms, and what do they mean for these genes?

HPO itself ties `Migrating focal seizure` to GABRA5 alone, so genes are not ranked by HPO's own links: the panel is
the link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ictal.base.errors import UsageError

MIGRATING = "HP:0032786"
TERMS = {
    MIGRATING: "Migrating focal seizure",
    "HP:0007359": "Focal-onset seizure",
    "HP:0002133": "Status epilepticus",
    "HP:0032663": "Focal motor status epilepticus",
    "HP:0032867": "Refractory status epilepticus",
    "HP:0032868": "Super-refractory status epilepticus",
    "HP:0005484": "Secondary microcephaly",
    "HP:0000253": "Progressive microcephaly",
    "HP:0000252": "Microcephaly",
    "HP:0010841": "Multifocal epileptiform discharges",
    "HP:0010851": "EEG with burst suppression",
    "HP:0002521": "Hypsarrhythmia",
    "HP:0002376": "Developmental regression",
    "HP:0012736": "Profound global developmental delay",
    "HP:0200134": "Epileptic encephalopathy",
    "HP:0001252": "Hypotonia",
}
_ID = re.compile(r"^HP:\d{7}$")


def terms_of(given: Sequence[str]) -> tuple[str, ...]:
    """The HPO ids that were given, apart and in order; what is no HPO id is refused."""
    ids = tuple(part.strip() for text in given for part in re.split(r"[,;\s]+", text) if part.strip())
    for one in ids:
        if not _ID.match(one):
            raise UsageError(f"'{one}' is no HPO id: it must be like {MIGRATING} ({TERMS[MIGRATING]}).")
    return tuple(dict.fromkeys(ids))


def typical(ids: Sequence[str]) -> bool:
    """Were migrating focal seizures given?"""
    return MIGRATING in ids
