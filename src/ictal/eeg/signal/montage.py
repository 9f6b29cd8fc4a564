"""Montages built from the electrodes that are there.

Every EEG channel is an edge of a graph: from its electrode to its reference, or from one electrode to the other when it
is bipolar. Within a connected part of that graph the potential of each electrode is known up to one constant, so an
average-referenced electrode can be had from referential and from bipolar recordings by the same least squares: for a
referential recording it is the ordinary average reference, for a closed ring of pairs it uses every pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ictal.base.electrodes import ELECTRODES, TEN_TWENTY, Hemisphere, neighbours
from ictal.base.errors import ChannelError, UsageError
from ictal.eeg.recording.types import Recording
from ictal.eeg.signal.types import Derivation, Montage

MONTAGES = ("average", "laplacian", "longitudinal", "recorded")

_REFERENCE = "(reference)"

LONGITUDINAL_CHAINS = (
    ("Fp1", "F7", "T7", "P7", "O1"),
    ("Fp1", "F3", "C3", "P3", "O1"),
    ("Fz", "Cz", "Pz"),
    ("Fp2", "F4", "C4", "P4", "O2"),
    ("Fp2", "F8", "T8", "P8", "O2"),
)
"""The longitudinal bipolar montage (ACNS guideline 3, LB-18.1): left temporal, left central, midline, right."""

NEONATAL_CHAINS = (
    ("Fp1", "T7", "O1"),
    ("Fp1", "C3", "O1"),
    ("T7", "C3", "Cz", "C4", "T8"),
    ("Fp2", "C4", "O2"),
    ("Fp2", "T8", "O2"),
)
"""The reduced newborn montage (ACNS guideline on neonatal EEG, 2013), for recordings with about nine electrodes."""


def build(recording: Recording, name: str = "average") -> Montage:
    """Which derivations can be formed from this recording?

    Raises `ChannelError` when fewer than two electrodes share a reference, `UsageError` for an unknown montage.
    """
    if name not in MONTAGES:
        raise UsageError(f"No montage '{name}'. Allowed: {', '.join(MONTAGES)}.")
    potentials, part_of, left_out = electrode_potentials(recording)
    if len(potentials) < 2:
        placed = dict.fromkeys(recording.channels[i].label for i in recording.eeg)
        found = ", ".join(placed) or "none"
        raise ChannelError(
            f"At least two EEG electrodes of the 10-20 system with a common reference are needed. This recording has: "
            f"{found}. Its channels are: {_some(c.label for c in recording.channels)}. "
            "Name the channels by the 10-20 system."
        )
    if name == "average":
        derivations = [_derivation(recording, e, potentials[e], "avg") for e in display_order(potentials)]
    elif name == "laplacian":
        derivations = _laplacian(recording, potentials, part_of)
    elif name == "longitudinal":
        derivations = _longitudinal(recording, potentials, part_of)
    else:
        derivations = _recorded(recording, potentials)
    if not derivations:
        raise ChannelError(
            f"The {name} montage cannot be built from the electrodes {', '.join(display_order(potentials))}. "
            f"Choose another: {', '.join(m for m in MONTAGES if m != name)}."
        )
    return Montage(name, tuple(derivations), left_out)


def display_montage(recording: Recording) -> Montage:
    """How would a reader want to page through this recording? As recorded where it is bipolar, else longitudinal."""
    if any(recording.channels[i].is_bipolar for i in recording.eeg):
        return build(recording, "recorded")
    try:
        return build(recording, "longitudinal")
    except ChannelError:
        return build(recording, "average")


def electrode_potentials(
    recording: Recording,
) -> tuple[dict[str, dict[int, float]], dict[str, int], dict[str, str]]:
    """How is each electrode's potential, against the average of its connected electrodes, made from the channels?

    Returns electrode -> {channel index: weight}; electrode -> number of its connected part (potentials of different
    parts cannot be subtracted); and channel label -> why it takes no part.
    """
    edges: list[tuple[int, str, str]] = []
    left_out: dict[str, str] = {}
    for i, channel in enumerate(recording.channels):
        if i in recording.eeg and channel.electrode is not None:
            edges.append((i, channel.electrode, channel.minus or _REFERENCE))
        else:
            left_out[channel.label] = f"{channel.kind.value}, or no 10-20 place"
    found: dict[str, dict[int, float]] = {}
    part_of: dict[str, int] = {}
    for number, part in enumerate(_connected(edges)):
        nodes = sorted({n for _, a, b in part for n in (a, b)})
        electrodes = [n for n in nodes if n != _REFERENCE]
        if len(electrodes) < 2:
            left_out.update(
                {recording.channels[i].label: "no other electrode shares its reference" for i, _, _ in part}
            )
            continue
        incidence = np.zeros((len(part), len(nodes)))
        for row, (_, a, b) in enumerate(part):
            incidence[row, nodes.index(a)], incidence[row, nodes.index(b)] = 1.0, -1.0
        potentials = np.linalg.pinv(incidence)[[nodes.index(e) for e in electrodes]]
        potentials -= potentials.mean(axis=0)
        for electrode, row_weights in zip(electrodes, potentials, strict=True):
            found[electrode] = {part[k][0]: float(w) for k, w in enumerate(row_weights) if abs(w) > 1e-9}
            part_of[electrode] = number
    return found, part_of, left_out


def matrix(derivations: Iterable[Derivation], channels: Mapping[int, int]) -> npt.NDArray[np.float32]:
    """The montage as a matrix `(n_derivations, n_channels)`; `channels` maps channel index to column."""
    rows = list(derivations)
    weights = np.zeros((len(rows), len(channels)), dtype=np.float32)
    for r, derivation in enumerate(rows):
        for channel, weight in derivation.weights.items():
            weights[r, channels[channel]] = weight
    return weights


def display_order(electrodes: Iterable[str]) -> list[str]:
    """Left before midline before right, and front to back within each."""
    side = {Hemisphere.left: 0, Hemisphere.midline: 1, Hemisphere.right: 2}

    def key(name: str) -> tuple[int, int, float, float]:
        e = ELECTRODES[name]
        lateral = abs(e.position[0]) > 0.75 or name in ("Fp1", "Fp2", "O1", "O2", "F7", "F8", "P7", "P8")
        return side[e.hemisphere], 0 if lateral else 1, -round(e.position[1], 3), abs(e.position[0])

    return sorted(electrodes, key=key)


def _connected(edges: list[tuple[int, str, str]]) -> list[list[tuple[int, str, str]]]:
    parts: list[tuple[set[str], list[tuple[int, str, str]]]] = []
    for edge in edges:
        touching = [p for p in parts if p[0] & {edge[1], edge[2]}]
        nodes, members = {edge[1], edge[2]}, [edge]
        for p in touching:
            nodes |= p[0]
            members = p[1] + members
            parts.remove(p)
        parts.append((nodes, members))
    return [members for _, members in parts]


def _derivation(recording: Recording, electrode: str, weights: Mapping[int, float], suffix: str) -> Derivation:
    return Derivation(f"{recording.written_name(electrode)}-{suffix}", electrode, dict(weights))


def _combine(terms: Iterable[tuple[float, Mapping[int, float]]]) -> dict[int, float]:
    total: dict[int, float] = {}
    for factor, weights in terms:
        for channel, weight in weights.items():
            total[channel] = total.get(channel, 0.0) + factor * weight
    return {c: w for c, w in total.items() if abs(w) > 1e-9}


def _laplacian(
    recording: Recording, potentials: Mapping[str, Mapping[int, float]], part_of: Mapping[str, int]
) -> list[Derivation]:
    """Each electrode minus the mean of its neighbours (Hjorth 1975); electrodes without a neighbour are left out."""
    around = neighbours(potentials)
    found = []
    for e in display_order(potentials):
        beside = [n for n in around[e] if part_of[n] == part_of[e]]
        if beside:
            ring = [(-1.0 / len(beside), potentials[n]) for n in beside]
            found.append(_derivation(recording, e, _combine([(1.0, potentials[e]), *ring]), "lap"))
    return found


def _recorded(recording: Recording, potentials: Mapping[str, Mapping[int, float]]) -> list[Derivation]:
    """The EEG channels as the file has them."""
    channels = [(i, recording.channels[i]) for i in recording.eeg]
    return [
        Derivation(c.label, c.electrode, {i: 1.0}, minus=c.minus)
        for i, c in channels
        if c.electrode is not None and c.electrode in potentials
    ]


def _longitudinal(
    recording: Recording, potentials: Mapping[str, Mapping[int, float]], part_of: Mapping[str, int]
) -> list[Derivation]:
    """Bipolar chains front to back; with a reduced newborn cap, the chains of that cap. Gaps in a chain are bridged."""
    full = len(set(potentials) & set(TEN_TWENTY)) >= 15
    found: dict[tuple[str, str], Derivation] = {}
    for chain in LONGITUDINAL_CHAINS if full else (*LONGITUDINAL_CHAINS, *NEONATAL_CHAINS):
        present = [e for e in chain if e in potentials]
        for a, b in pairwise(present):
            if part_of[a] != part_of[b]:
                continue
            weights = _combine([(1.0, potentials[a]), (-1.0, potentials[b])])
            label = f"{recording.written_name(a)}-{recording.written_name(b)}"
            found.setdefault((a, b), Derivation(label, a, weights, minus=b))
    return list(found.values())


def _some(labels: Iterable[str], at_most: int = 30) -> str:
    names = list(labels)
    shown = ", ".join(names[:at_most])
    return shown + (f", ... ({len(names)} in all)" if len(names) > at_most else "")
