"""Infants of any kind, drawn from the record itself: every field of every kind of entry."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from ictal.infant.timeline.types import ENTRY_TYPES, Entry, Infant

TERMS = [("HP:0001252", "Hypotonia"), ("HP:0032786", "Migrating focal seizure"), ("HP:0002521", "Hypsarrhythmia")]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12).map(str.strip)
SPECIAL = st.sampled_from(
    ["=1+1", "-3", "'x", "a; b=c, d", 'say "no"', "+", "@x", "; age_days: 3", "not captured", "ÄÖ ß"]
)


def of_type(info: Any) -> st.SearchStrategy[Any]:
    """Values of this type, its range kept; plain builtins."""
    match info:
        case msgspec.inspect.Metadata(type=inner):
            return of_type(inner)
        case msgspec.inspect.UnionType(types=types):
            return st.one_of([of_type(t) for t in types])
        case msgspec.inspect.NoneType():
            return st.none()
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.LiteralType(values=values):
            return st.sampled_from(values)
        case msgspec.inspect.IntType(ge=low):
            return st.integers(low or 0, 400)
        case msgspec.inspect.FloatType(ge=low, gt=above, le=high):
            least = low if low is not None else above if above is not None else -1000.0
            return st.floats(least, min(high if high is not None else 5000.0, 5000.0), exclude_min=above is not None)
        case msgspec.inspect.StrType(min_length=least):
            return (TEXTS | SPECIAL).filter(lambda t: len(t) >= (least or 0)).map(lambda t: t or "not captured")
        case msgspec.inspect.VarTupleType(item_type=item):
            return st.lists(of_type(item), max_size=3).map(tuple)
        case msgspec.inspect.StructType(cls=cls):
            return of_struct(cls)
    raise TypeError(info)


def of_struct(cls: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Records of this class."""
    info: Any = msgspec.inspect.type_info(cls)
    named = {f.encode_name: of_type(f.type) for f in info.fields if f.encode_name not in ("id", "hpo_id", "label")}
    if "hpo_id" in cls.__struct_fields__:
        term = st.sampled_from(TERMS)
        return st.tuples(term, st.fixed_dictionaries(named)).map(
            lambda pair: cls(hpo_id=pair[0][0], label=pair[0][1], **pair[1])
        )
    return st.fixed_dictionaries(named).map(lambda fields: cls(**fields))


def entries(*kinds: type[Entry]) -> st.SearchStrategy[Any]:
    """Entries of these kinds (all, if none is named)."""
    return st.one_of([of_struct(kind) for kind in kinds or ENTRY_TYPES])


def infants(*kinds: type[Entry]) -> st.SearchStrategy[Infant]:
    """Infants with entries of these kinds."""
    return st.builds(
        Infant,
        pseudonym=st.sampled_from(["inf-1", "B.2_x", "7"]),
        sex=st.sampled_from(["female", "male", "other", "not captured"]),
        gestation_weeks=st.none() | st.floats(20, 45),
        plurality=st.sampled_from(["singleton", "twin", "not captured"]),
        simulated=st.booleans(),
        entries=st.lists(entries(*kinds), max_size=5).map(tuple),
    )
