"""What the name of a channel means: its kind, its place on the head, its reference.

One label at a time (`parse_label`), then the whole set at once (`parse_labels`), because some names can only be told
from their company: `C3` is an electrode among `F3`, `P3` and `Cz`, and one of sixteen contacts among `C1` ... `C16`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ictal.base.electrodes import ELECTRODES, OLD_NAMES, modern_name
from ictal.eeg.recording.types import Channel, ChannelKind

EARS = frozenset({"A1", "A2", "M1", "M2"})
"""Ear lobes and mastoids. They serve as references; they are EEG channels without a place on the scalp."""

HEAD_WITHOUT_PLACE = EARS | {"T1", "T2", "SP1", "SP2", "PG1", "PG2", "NZ"}
"""Electrodes of clinical recordings that have no position in the 10-20 or 10-10 system."""

REFERENCES = frozenset({
    "REF", "REFERENCE", "LE", "LER", "AR", "AV", "AVG", "AVE", "AVERAGE", "AVR", "CAR", "COM", "COMMON", "CM", "LM",
    "RM", "G1", "G2", "GND", "LAP", "LAPLACIAN", "LINKED", "NOSE", "A1", "A2", "M1", "M2", "A1A2", "A2A1", "M1M2",
    "A12", "M12", "TP9TP10", "BN", "SD", "WAVG", "BIAUR",
})  # fmt: skip
"""What a label may say of its reference, upper case."""

_UNIT_UV = {
    "NV": 1e-3, "UV": 1.0, "MV": 1e3, "V": 1e6, "MICROV": 1.0, "UVOLT": 1.0, "UVOLTS": 1.0, "MICROVOLT": 1.0,
    "MICROVOLTS": 1.0, "MVOLT": 1e3, "MILLIVOLT": 1e3, "MILLIVOLTS": 1e3, "VOLT": 1e6, "VOLTS": 1e6,
}  # fmt: skip
_MICRO_SIGNS = ("\u00c2\u00b5", "\u00b5", "\u03bc", "\u039c", "?")
"""The micro sign: UTF-8 read as Latin-1, Latin-1, the Greek letter, its capital, and what is left of it in ASCII."""

_KIND_WORDS: tuple[tuple[ChannelKind, re.Pattern[str]], ...] = (
    (ChannelKind.status, re.compile(
        r"STATUS|TRIG\w*|DC|PHOTIC|PHO|EVENTS?|MARKERS?|MRK|STIM?|STI|ANNOTATIONS?|CLOCK|BUTTON"
    )),
    (ChannelKind.ecg, re.compile(r"(ECG|EKG)[A-Z]*|CARDIO\w*")),
    (ChannelKind.emg, re.compile(r"EMG[A-Z]*|CHIN[A-Z]*|LEGS?|[LR]LEG|TIB\w*|[LR]AT|DELT\w*|SUBM\w*|MYO")),
    (ChannelKind.eog, re.compile(r"EOG[A-Z]*|[LR]EOG|LOC|ROC|LEOGL?|EYES?")),
    (ChannelKind.other, re.compile(
        r"SPO|SAO|SAT|OSAT|SPO2\w*|SAO2\w*|CO|CO2|ETCO\w*|TCCO\w*|PLETH\w*|PULSE|PR|HR|TEMP\w*|ICP|ABP|NIBP|ACC\w*|POS\w*|SNORE|MIC"
    )),
    (ChannelKind.respiration, re.compile(
        r"RESP\w*|THOR\w*|ABD\w*|EFFORT|(AIR)?FLOW|NASAL|CANNULA|CHEST|BELT|PNEUMO\w*|BREATH\w*|RIP|RR"
    )),
)  # fmt: skip
"""Words that say what a channel is, digits after them left off. A word in the label wins over the prefix `EEG`."""

_PREFIX = re.compile(r"^(EEG|SEEG|POL|ECG|EKG|EMG|EOG|RESP|MISC)(?=[\s_:-]|\d*$)[\s_:-]*(?=\S)", re.IGNORECASE)
_GLUED = re.compile(
    "^(?P<place>"
    + "|".join(sorted((*map(str.upper, ELECTRODES), *OLD_NAMES), key=len, reverse=True))
    + ")(?P<rest>[A-Z].*)$"
)
_NUMBERED = re.compile(r"^([A-Z]{1,3})0*([1-9]\d{0,2})$")

GRID_RUN = 5
"""A letter whose numbers run 1, 2, 3, ... to this or beyond, at least one of them no place on the head, is a grid."""


@dataclass(frozen=True, slots=True)
class ParsedLabel:
    """The fields of a `Channel` that come from its label, and how many microvolts its unit is (`None`: no voltage)."""

    kind: ChannelKind
    electrode: str | None = None
    minus: str | None = None
    reference: str = ""
    written_electrode: str | None = None
    written_minus: str | None = None
    uv_per_unit: float | None = 1.0

    def channel(
        self,
        label: str,
        rate_hz: float,
        *,
        unit: str = "uV",
        limits_uv: tuple[float | None, float | None] = (None, None),
        simulated: bool = False,
    ) -> Channel:
        """Which channel is this, now that its rate is known?"""
        return Channel(
            label=label,
            kind=self.kind,
            rate_hz=rate_hz,
            unit=unit,
            electrode=self.electrode,
            minus=self.minus,
            reference=self.reference,
            written_electrode=self.written_electrode,
            written_minus=self.written_minus,
            lowest_uv=limits_uv[0],
            highest_uv=limits_uv[1],
            simulated=simulated,
        )


def uv_per_unit(unit: str) -> float | None:
    """How many microvolts is one of this unit? `None` when it is no voltage or not said.

    >>> uv_per_unit("mV"), uv_per_unit("mmHg")
    (1000.0, None)
    """
    text = unit.strip()
    for sign in _MICRO_SIGNS:
        if text.startswith(sign):
            text = "u" + text[len(sign) :]
            break
    return _UNIT_UV.get(text.upper())


def parse_label(label: str, unit: str = "uV") -> ParsedLabel:
    """What does a file's channel name say? Shapes understood: see the tests of this room, one name a line.

    `A1`, `A2`, `M1` and `M2` are EEG without a place: ears and mastoids are references. A channel named like an
    electrode whose unit is no voltage (`O2` in %) is not EEG.

    >>> p = parse_label("EEG T3-A2")
    >>> p.kind.value, p.electrode, p.written_electrode, p.reference
    ('EEG', 'T7', 'T3', 'A2')
    """
    scale = uv_per_unit(unit) if unit.strip() else 1.0
    text = re.sub(r"\s+", " ", label.replace("\u2013", "-").replace("\u2212", "-")).strip()
    prefix_match = _PREFIX.match(text)
    prefix = prefix_match.group(1).upper() if prefix_match else ""
    body = text[prefix_match.end() :] if prefix_match else text
    kind = _kind_of_words(text if prefix in ("ECG", "EKG", "EMG", "EOG", "RESP") else body)
    if kind is not None:
        return ParsedLabel(kind, uv_per_unit=scale)
    says_eeg = prefix in ("EEG", "SEEG") or body.upper().startswith("EEG")
    place = _place(body) if scale is not None else None
    if place is None:
        is_eeg = scale is not None and (says_eeg or _first_token(body).upper() in HEAD_WITHOUT_PLACE)
        return ParsedLabel(ChannelKind.eeg if is_eeg else ChannelKind.other, uv_per_unit=scale)
    return replace(place, uv_per_unit=scale)


def parse_labels(
    labels: Sequence[str], units: Sequence[str], unusable: Collection[int] = ()
) -> tuple[tuple[ParsedLabel, ...], tuple[str, ...]]:
    """What do all the labels of a file say together? Returns one `ParsedLabel` a label, and notices.

    `unusable` are the indices of channels without readable samples: they become `other` and take nobody's place.

    Three things are decided over the whole set. Grids: a letter that counts 1, 2, 3, ... with a number that is no place
    on the head (`C1` ... `C16`) names contacts, not electrodes; once there is such a grid and no midline electrode
    (`Fz`, `Cz`, `Pz`), every letter that counts without a hole is one. Eyes: `E1` and `E2` are eyes without `E3`.
    Duplicates: the second channel of one place (or of one pair, in either direction) keeps its samples, not its place.
    """
    parsed = [parse_label(label, unit) for label, unit in zip(labels, units, strict=True)]
    notices: list[str] = []
    for i in unusable:
        parsed[i] = ParsedLabel(ChannelKind.other, uv_per_unit=parsed[i].uv_per_unit)
    _mark_eyes(labels, parsed)
    _unplace_grids(labels, parsed, notices)
    _unplace_duplicates(labels, parsed, notices)
    return tuple(parsed), tuple(notices)


def _kind_of_words(text: str) -> ChannelKind | None:
    words = [w for w in re.split(r"[^A-Z0-9]+", text.upper()) if w]
    for kind, pattern in _KIND_WORDS:
        if any(pattern.fullmatch(w) or pattern.fullmatch(w.rstrip("0123456789")) for w in words):
            return kind
    return None


def _first_token(body: str) -> str:
    tokens = [t for t in re.split(r"[\s_:/-]+", body.strip(". ")) if t]
    return tokens[0].rstrip(".") if tokens else ""


def _place(body: str) -> ParsedLabel | None:
    """Which electrode, against what? `None` when the first token names no place."""
    tokens = [t.strip("().") for t in re.split(r"[\s_:/-]+", body.strip(". ")) if t.strip("().")]
    if len(tokens) > 1 and tokens[-1].isdigit():  # T8-P8-0, T8-P8-1: numbered because the name occurs twice
        tokens = tokens[:-1]
    if not tokens:
        return None
    first, rest = tokens[0], tokens[1:]
    if modern_name(first) is None:
        glued = _GLUED.match(first.upper())
        if glued is None or rest or not (modern_name(glued["rest"]) or glued["rest"] in REFERENCES):
            return None
        first, rest = first[: glued.end("place")], [first[glued.end("place") :]]
    electrode = modern_name(first)
    if not rest:
        return ParsedLabel(ChannelKind.eeg, electrode, written_electrode=first)
    other = modern_name(rest[0])
    if other is not None and len(rest) == 1:
        if other == electrode:
            return None
        return ParsedLabel(ChannelKind.eeg, electrode, other, written_electrode=first, written_minus=rest[0])
    reference = "-".join(rest)
    known = re.sub(r"[^A-Z0-9]", "", reference.upper())
    if known in REFERENCES or known.startswith(("A1A2", "M1M2")) or "-" in body:
        return ParsedLabel(ChannelKind.eeg, electrode, reference=reference, written_electrode=first)
    return None


def _mark_eyes(labels: Sequence[str], parsed: list[ParsedLabel]) -> None:
    tokens = [_first_token(_PREFIX.sub("", label)).upper() for label in labels]
    if "E3" in tokens:
        return
    for i, token in enumerate(tokens):
        if token in ("E1", "E2") and parsed[i].electrode is None:
            parsed[i] = replace(parsed[i], kind=ChannelKind.eog)


def _unplace_grids(labels: Sequence[str], parsed: list[ParsedLabel], notices: list[str]) -> None:
    banks: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, label in enumerate(labels):
        match = _NUMBERED.match(_first_token(_PREFIX.sub("", label)).upper())
        if match and not parsed[i].minus and parsed[i].kind in (ChannelKind.eeg, ChannelKind.other):
            banks[match.group(1)][int(match.group(2))].append(i)
    counts_up = {letters for letters, by in banks.items() if len(by) >= 4 and set(by) == set(range(1, len(by) + 1))}
    grids = {
        letters
        for letters in counts_up
        if len(banks[letters]) >= GRID_RUN
        and any(
            modern_name(f"{letters}{n}") is None and f"{letters}{n}" not in HEAD_WITHOUT_PLACE for n in banks[letters]
        )
    }
    if grids and not any(p.electrode is not None and p.electrode.endswith("z") for p in parsed):
        grids = counts_up
    contacts = sorted(i for letters in grids for members in banks[letters].values() for i in members)
    placed = [labels[i] for i in contacts if parsed[i].electrode is not None]
    for i in contacts:
        scale = parsed[i].uv_per_unit
        parsed[i] = ParsedLabel(ChannelKind.eeg if scale is not None else ChannelKind.other, uv_per_unit=scale)
    if placed:
        runs = ", ".join(f"{letters}1 to {letters}{len(banks[letters])}" for letters in sorted(grids))
        shown = ", ".join(placed[:4]) + (", ..." if len(placed) > 4 else "")
        notices.append(
            f"The labels count contacts ({runs}) and do not name places of the 10-20 system, so {len(placed)} channels "
            f"that look like electrodes ({shown}) have no known place."
        )


def _unplace_duplicates(labels: Sequence[str], parsed: list[ParsedLabel], notices: list[str]) -> None:
    seen: dict[frozenset[str | None], int] = {}
    for i, p in enumerate(parsed):
        if p.electrode is None:
            continue
        key = frozenset({p.electrode, p.minus})
        if key not in seen:
            seen[key] = i
            continue
        parsed[i] = ParsedLabel(p.kind, reference=p.reference, uv_per_unit=p.uv_per_unit)
        notices.append(
            f"Channel {i + 1} '{labels[i]}' shows the same place as channel {seen[key] + 1} '{labels[seen[key]]}', "
            "so it keeps its samples and takes no part in the montage."
        )
    for label, count in Counter(labels).items():
        if count > 1 and not any(f"'{label}'" in n for n in notices):
            notices.append(f"The label '{label}' occurs {count} times; the channels are kept apart by their order.")
