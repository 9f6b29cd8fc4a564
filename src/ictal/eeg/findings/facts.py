"""Numbers about the recording, each with its interval, its meaning and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ictal.base.electrodes import Hemisphere
from ictal.base.statistics import quantile, wilson
from ictal.eeg.findings.chance import Against, Timing
from ictal.eeg.findings.missed import rate_missed_per_h, share_missed
from ictal.eeg.findings.paths import Likeness
from ictal.eeg.findings.stability import Redrawn
from ictal.eeg.findings.types import Cluster, Fact, Link, Marker, SeizureDetail
from ictal.eeg.tracking.types import SURE_P, Pattern, Seizure

WILSON, BOOTSTRAP = "95 % interval (Wilson)", "middle 95 % of bootstrap draws of the seizures"
EXACT = "exact one-sided 95 % bound"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the facts are made of."""

    seizures: Sequence[Seizure]
    details: Sequence[SeizureDetail]
    recorded_s: float
    readable_s: float
    redrawn: Redrawn | None
    timing: Timing | None
    likeness: Likeness | None
    clusters: Sequence[Cluster]

    @property
    def migrations(self) -> list[Link]:
        return [link for d in self.details for link in d.links if link.way == "migration"]


def facts(g: Grounds) -> tuple[Fact, ...]:
    """Which numbers describe the recording beyond its counts?"""
    return (*_captured(g), *_sides(g), *_moves(g), *_chance(g), *_links(g), *_paths(g), *_clusters(g))


def markers(g: Grounds) -> tuple[Marker, ...]:
    """The two markers of our own definition (docs/findings.md): over all links that led to another electrode."""
    led = [(d.seizure_id, link) for d in g.details for link in d.links if link.from_electrode != link.to_electrode]
    delays = {(k, i): x.delay_share for i, (k, x) in enumerate(led) if x.delay_share is not None and x.delay_s > 0}
    excess = {(k, i): e for i, (k, x) in enumerate(led) if (e := phase_excess(x)) is not None}
    return (
        Marker(
            "delay_index",
            round(quantile(list(delays.values()), 0.5), 4) if delays else None,
            "1",
            "median over all legs that began later elsewhere: delay from onset to onset over the length of the seizure "
            "(Ictal's own definition)",
            len({seizure for seizure, _ in delays}),
        ),
        Marker(
            "phase_index",
            round(math.fsum(excess.values()) / len(excess), 4) if excess else None,
            "1",
            "mean over all pairs of legs: lagged phase locking beyond what time shifts give, 0 none to 1 full (Ictal's "
            "own definition)",
            len({seizure for seizure, _ in excess}),
        ),
    )


def phase_excess(link: Link) -> float | None:
    """How much more are two legs locked, with a lag, than the same two shifted in time? `None`: cannot be judged."""
    c = link.coupling
    if c is None or c.lagged_expected is None or c.lagged_expected >= 1.0:
        return None
    return (c.lagged_locking - c.lagged_expected) / (1.0 - c.lagged_expected)


def _captured(g: Grounds) -> Iterator[Fact]:
    placed = [s for s in g.seizures if s.localised]
    moving = sum(s.pattern is Pattern.migrating for s in placed)
    left, right = (sum(s.onset.hemisphere is side for s in placed) for side in (Hemisphere.left, Hemisphere.right))
    yield _plain("recorded_h", "captured", g.recorded_s / 3600, "h", "hours that were recorded", 1)
    yield _plain("readable_h", "captured", g.readable_s / 3600, "h", "hours that could be read", 1)
    yield _plain(
        "judged",
        "captured",
        len(placed),
        "count",
        "seizures with a known place, on which every no rests",
        len(g.seizures),
    )
    yield _bound(
        "migrating_missed", share_missed(len(placed)) if not moving else None, "1", len(placed),
        "none was seen to migrate: up to this share of the infant's seizures could",
    )  # fmt: skip
    one_sided = bool(left) != bool(right)
    yield _bound(
        "second_hemisphere_missed", share_missed(left + right) if one_sided else None, "1", left + right,
        "all onsets were on one side: up to this share of the infant's could be on the other",
    )  # fmt: skip
    yield _bound(
        "seizures_per_hour_missed", rate_missed_per_h(g.readable_s / 3600) if not g.seizures else None, "1/h", 0,
        "no seizure was found: up to this rate there could be some",
    )  # fmt: skip


def _sides(g: Grounds) -> Iterator[Fact]:
    placed = [s for s in g.seizures if s.localised]
    for side in (Hemisphere.left, Hemisphere.right):
        count = sum(s.onset.hemisphere is side for s in placed)
        yield _share(
            f"onsets_{side.value}", "sides", count, len(placed), f"share of seizures that began on the {side.value}"
        )
    if g.redrawn is not None:
        d = g.redrawn
        yield Fact(
            "foci", "sides", float(len(d.foci)), d.count_low, d.count_high, BOOTSTRAP, "count",
            "places where seizures keep starting", len(placed),
        )  # fmt: skip
        yield _plain(
            "both_hemispheres_found", "sides", d.both_sides, "1",
            f"share of {d.draws} bootstrap draws with a focus on either side", len(placed),
        )  # fmt: skip


def _moves(g: Grounds) -> Iterator[Fact]:
    moved = g.migrations
    speeds = [x.speed_cm_s for x in moved if x.speed_cm_s is not None]
    for name, values, unit, meaning in (
        ("onset_delay", [x.delay_s for x in moved], "s", "delay from onset to onset of a migration"),
        ("handover", [x.handover_s for x in moved], "s", "pause (above 0) or overlap (below 0) of a migration"),
        ("overlap", [x.overlap_share for x in moved if x.overlap_share is not None], "1",
         "share of the new place's time in which the old one goes on"),
        ("speed", speeds, "cm/s", "apparent speed along the scalp of a migration, onset to onset"),
    ):  # fmt: skip
        middle, low, high = (round(quantile(values, q), 3) if values else None for q in (0.5, 0.25, 0.75))
        yield Fact(name, "migration", middle, low, high, "quartiles around the median", unit, meaning, len(values))


def _chance(g: Grounds) -> Iterator[Fact]:
    if g.timing is None:
        return
    t = g.timing
    for name, unit, against, meaning in (
        ("handovers", "count", t.handovers, "stays that begin where that in another place ends"),
        ("crossings", "count", t.crossings, "those from one hemisphere to the other"),
        ("together", "s", t.together_s, "seconds in which two places were ictal"),
    ):
        yield from _against(name, unit, against, meaning, t)


def _against(name: str, unit: str, a: Against, meaning: str, t: Timing) -> Iterator[Fact]:
    shuffled = f"{t.shuffles} shuffles of each place's own stays and pauses"
    yield _plain(name, "chance", a.seen, unit, meaning, t.stays)
    yield Fact(
        f"{name}_by_chance", "chance", a.expected, a.low, a.high, f"middle 95 % of {shuffled}", unit,
        f"the same when the {t.places} places had their stays at independent times", t.stays,
    )  # fmt: skip
    yield _plain(f"{name}_p", "chance", a.p, "1", f"share of {shuffled} that give as much or more", t.stays)


def _links(g: Grounds) -> Iterator[Fact]:
    links = [link for d in g.details for link in d.links]
    compared = [x.coupling for x in links if x.coupling is not None]
    judged = [c for c in compared if c.tied is not None]
    tied = sum(bool(c.tied) for c in judged)
    yield _share("links_conducted", "links", sum(c.conducted for c in compared), len(compared),
                 "share of links whose places show one wave without delay: one source, perhaps")  # fmt: skip
    yield _share("links_tied", "links", tied, len(judged),
                 f"share of links locked with a lag more than 95 % of time shifts; {SURE_P:.0%} by chance")  # fmt: skip
    if judged:
        yield _plain("links_tied_p", "links", _binomial_tail(tied, len(judged)), "1",
                     "exact chance of so many tied links, or more, without any tie", len(judged))  # fmt: skip
    leading = [c.direction for c in compared if c.direction is not None and abs(c.direction) == 1.0]
    yield _share("first_leads", "links", sum(d > 0 for d in leading), len(leading),
                 "of the tied links with a direction: the place that was left leads")  # fmt: skip


def _binomial_tail(count: int, of: int) -> float:
    """How likely are so many of `of`, or more, at the chance of `SURE_P` each?"""
    below = math.fsum(math.comb(of, k) * SURE_P**k * (1 - SURE_P) ** (of - k) for k in range(count))
    return max(0.0, 1.0 - below)


def _paths(g: Grounds) -> Iterator[Fact]:
    if g.likeness is None:
        return
    x = g.likeness
    yield _plain("path_similarity", "paths", x.similarity, "1", "mean similarity of two paths: 1 the same way", x.paths)
    yield Fact(
        "path_similarity_by_chance", "paths", x.expected, x.low, x.high, "middle 95 % of shuffles", "1",
        "the same when the places that were visited are dealt to the paths anew", x.paths,
    )  # fmt: skip
    yield _plain("path_similarity_p", "paths", x.p, "1", "share of shuffles that are as alike or more", x.paths)


def _clusters(g: Grounds) -> Iterator[Fact]:
    if len(g.seizures) < 2:
        return
    within = sum(len(c.seizure_ids) for c in g.clusters)
    yield _plain("clusters", "clusters", len(g.clusters), "count", "runs of seizures close in time", len(g.seizures))
    yield _share("in_clusters", "clusters", within, len(g.seizures), "share of seizures that lie in a cluster")


def _plain(name: str, about: str, value: float, unit: str, meaning: str, cases: int) -> Fact:
    return Fact(name, about, round(float(value), 4), None, None, "", unit, meaning, cases)


def _bound(name: str, value: float | None, unit: str, cases: int, meaning: str) -> Fact:
    """An upper bound of what was not captured; `None` where the thing was seen, or nobody looked."""
    high = None if value is None else round(value, 4)
    return Fact(name, "captured", high, None, high, EXACT, unit, meaning, cases)


def _share(name: str, about: str, count: int, of: int, meaning: str) -> Fact:
    ends = wilson(count, of)
    if ends is None:
        return Fact(name, about, None, None, None, WILSON, "1", meaning, 0)
    return Fact(name, about, round(count / of, 4), round(ends[0], 4), round(ends[1], 4), WILSON, "1", meaning, of)
