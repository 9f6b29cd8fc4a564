"""What was gathered of an infant, without names and typed words, for sharing."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from ictal.infant.syndrome.gather import Gathered
from ictal.infant.syndrome.types import GeneVariant, Link, Medicine
from ictal.infant.timeline.bare import change, gene, substance

_NOT_SETTLED = "medicines were given, and what came of them is not settled."


def bare_gathered(found: Gathered) -> Gathered:
    """The same without the id, labels, names of unknown treatments, and what could not be read."""
    aliases: dict[str, str] = {}
    return replace(
        found,
        id="",
        onset_link=None if found.onset_link is None else _plain(found.onset_link, "the first seizure"),
        said=[replace(s, label="") for s in found.said],
        variants=[_variant(v) for v in found.variants],
        medicines=[_medicine(m, aliases) for m in found.medicines],
        drug_resistant=[_plain(link, "refractory") for link in found.drug_resistant],
        seizure_free=[_plain(link, "seizures stopped") for link in found.seizure_free],
        undecided=[_plain(link, _NOT_SETTLED) for link in found.undecided],
        unread=[],
    )


def _plain(link: Link, text: str) -> Link:
    return msgspec.structs.replace(link, text=text)


def _variant(v: GeneVariant) -> GeneVariant:
    symbol = gene(v.gene)
    link = _plain(v.link, f"{symbol} {v.classification}")
    return msgspec.structs.replace(v, gene=symbol, name=change(v.name), link=link)


def _medicine(m: Medicine, aliases: dict[str, str]) -> Medicine:
    name = substance(m.name, aliases)
    return msgspec.structs.replace(m, name=name, link=_plain(m.link, f"{name}: {m.outcome}"))
