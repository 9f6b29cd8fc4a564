"""Which electrodes does the infant wear, what is recorded against what, and what are the channels called?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ictal.base.electrodes import OLD_NAMES, TEN_TWENTY, electrode
from ictal.base.errors import IctalError, UsageError
from ictal.eeg.recording.types import Channel, ChannelKind
from ictal.simulator.artefacts import RAIL_UV
from ictal.simulator.chance import Floats

CAPS: Mapping[str, tuple[str, ...]] = {
    "10-20": TEN_TWENTY,
    "12": ("Fp1", "Fp2", "F3", "F4", "C3", "C4", "T7", "T8", "P3", "P4", "O1", "O2"),
    "8": ("Fp1", "Fp2", "C3", "C4", "T7", "T8", "O1", "O2"),
}
LABELS = ("modern", "old", "clinical")
REFERENCE_PLACE = "FCz"
"""Where the electrode of a common reference sits: between Fz and Cz, in no montage of its own."""
CHAINS = (
    ("Fp1", "F7", "T7", "P7", "O1"), ("Fp1", "F3", "C3", "P3", "O1"), ("Fz", "Cz", "Pz"),
    ("Fp2", "F4", "C4", "P4", "O2"), ("Fp2", "F8", "T8", "P8", "O2"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cap:
    """Electrodes (modern names) and how channels are labelled: `modern` T7, `old` T3, `clinical` EEG T3-REF."""

    electrodes: tuple[str, ...]
    labels: str = "modern"

    def __post_init__(self) -> None:
        if self.labels not in LABELS:
            raise UsageError(f"Labels can be {', '.join(LABELS)}; '{self.labels}' is none of them.")
        if len(self.electrodes) < 2:
            raise UsageError(f"A montage needs at least two electrodes. Got {', '.join(self.electrodes) or 'none'}.")
        if len(set(self.electrodes)) != len(self.electrodes):
            raise UsageError(f"Every electrode of a montage may come once only. Got {', '.join(self.electrodes)}.")

    def written(self, name: str) -> str:
        """What does this cap call an electrode?"""
        old = {new: before for before, new in OLD_NAMES.items()}
        if self.labels == "modern":
            return name
        return old.get(name, name).upper() if self.labels == "clinical" else old.get(name, name)


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """Channels, and the weights that make them of the places: `(n_channels, n_places)`."""

    channels: tuple[Channel, ...]
    weights: Floats


def find_cap(montage: str | tuple[str, ...] | Cap) -> Cap:
    """Which electrodes does a montage name or a list of electrodes mean?"""
    if isinstance(montage, Cap):
        return Cap(_known(montage.electrodes), montage.labels)
    if isinstance(montage, str):
        if montage not in CAPS:
            raise UsageError(
                f"A montage can be {', '.join(CAPS)}, or a list of electrodes; '{montage}' is none of them."
            )
        return Cap(CAPS[montage])
    return Cap(_known(montage))


def _known(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(electrode(n).name for n in names)
    except IctalError as error:
        raise UsageError(str(error)) from error


def all_places(cap: Cap, reference: str) -> tuple[str, ...]:
    """Every place that is simulated: always the 19 and the common reference, then what the montage adds."""
    wanted = (*cap.electrodes, reference) if reference not in ("common", "average", "bipolar") else cap.electrodes
    always = (*TEN_TWENTY, REFERENCE_PLACE)
    return (*always, *sorted(set(wanted) - set(always)))


def wire(cap: Cap, reference: str, places: tuple[str, ...], rate_hz: float) -> Wiring:
    """Which channels does the recording have, and what is each made of?"""
    at = {name: i for i, name in enumerate(places)}
    pairs: list[tuple[str, str | None]] = [(e, None) for e in cap.electrodes]
    if reference == "bipolar":
        pairs = list(_chain_pairs(cap.electrodes))
        if not pairs:
            raise UsageError(
                f"No two of these electrodes lie beside each other in a chain: {', '.join(cap.electrodes)}."
            )
    elif reference not in ("common", "average"):
        pairs = [(e, None) for e in cap.electrodes if e != reference]
    weights = np.zeros((len(pairs), len(places)))
    channels = []
    for row, (plus, minus) in enumerate(pairs):
        weights[row, at[plus]] += 1.0
        if minus is not None:
            weights[row, at[minus]] -= 1.0
        elif reference == "average":
            weights[row, [at[e] for e in cap.electrodes]] -= 1.0 / len(cap.electrodes)
        else:
            weights[row, at[REFERENCE_PLACE if reference == "common" else reference]] -= 1.0
        channels.append(_channel(cap, plus, minus, reference, rate_hz))
    return Wiring(tuple(channels), weights)


def _channel(cap: Cap, plus: str, minus: str | None, reference: str, rate_hz: float) -> Channel:
    name = cap.written(plus)
    against = {"common": "Ref", "average": "Avg", "bipolar": ""}.get(reference, reference)
    if minus is not None:
        label = f"{name}-{cap.written(minus)}"
    elif cap.labels == "clinical":
        label = f"{name}-{'AVG' if reference == 'average' else 'REF'}"
    else:
        label = f"{name}-Avg" if reference == "average" else name
    return Channel(
        label=f"EEG {label}" if cap.labels == "clinical" else label,
        kind=ChannelKind.eeg,
        rate_hz=rate_hz,
        electrode=plus,
        minus=minus,
        reference=against,
        written_electrode=name,
        written_minus=None if minus is None else cap.written(minus),
        lowest_uv=round(-RAIL_UV - 0.1, 1),
        highest_uv=RAIL_UV,
        simulated=True,
    )


def _chain_pairs(electrodes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Longitudinal pairs of the electrodes that are there; one that is missing is passed over."""
    found: dict[tuple[str, str], None] = {}
    for chain in CHAINS:
        present = [e for e in chain if e in electrodes]
        for pair in pairwise(present):
            found[pair] = None
    return tuple(found)
