"""Scores in words: as plain data for JSON, and as a short table for people."""

from __future__ import annotations

from typing import Any

from ictal.scoring.types import EventAgreement, Pooled, Scores, SecondAgreement, Share, Spread

NOTHING = "n/a"


def scores_to_dict(scores: Scores) -> dict[str, Any]:
    """What do the scores say, as dictionaries and numbers? What has no denominator is `None`."""
    return {
        "recordings": scores.recordings,
        "hours": scores.hours,
        "events_merged": _events(scores.merged),
        "events_unmerged": _events(scores.unmerged) | {"fragments": scores.fragments, "fused": scores.fused},
        "seconds": _seconds(scores.seconds),
        "onset_error_s": _spread(scores.onset_error_s),
        "onset_distance_s": _spread(scores.onset_distance_s),
        "side": _share(scores.side),
        "electrode": _share(scores.electrode),
        "electrode_within_one": _share(scores.electrode_within_one),
        "pattern": _share(scores.pattern),
        "side_path": _share(scores.side_path),
        "side_path_of_migrating": _share(scores.side_path_of_migrating),
        "migrating": None if scores.migrating is None else _events(scores.migrating),
    }


def pooled_to_dict(pooled: Pooled) -> dict[str, Any]:
    """The same for many recordings: `together`, and `each` by name."""
    return {
        "together": scores_to_dict(pooled.together),
        "each": {name: scores_to_dict(scores) for name, scores in pooled.each},
    }


def scores_to_rows(scores: Scores) -> list[tuple[str, str]]:
    """The scores as a short table: what was asked, and the answer with its count and 95 % interval."""
    merged, unmerged, migrating = scores.merged, scores.unmerged, scores.migrating
    rows = [
        ("recordings", f"{scores.recordings}, {scores.hours:.2f} h"),
        ("SzCORE (merges seizures under 90 s apart)", f"{merged.reference} events in the reference"),
        ("  sensitivity", in_words(merged.sensitivity)),
        ("  precision", in_words(merged.precision)),
        ("  F1", _number(merged.f1)),
        ("  false detections per hour", _number(merged.false_per_h)),
        ("one to one (keeps every seizure apart)", f"{unmerged.reference} seizures in the reference"),
        ("  sensitivity", in_words(unmerged.sensitivity)),
        ("  precision", in_words(unmerged.precision)),
        ("  F1", _number(unmerged.f1)),
        ("  false detections per hour", _number(unmerged.false_per_h)),
        ("  of the false, pieces of a found seizure", str(scores.fragments)),
        ("kappa of seconds", _number(scores.seconds.kappa)),
        ("onset error (s, late is positive)", _middle(scores.onset_error_s)),
        ("onset side right", in_words(scores.side)),
        ("onset electrode right", in_words(scores.electrode)),
        ("onset electrode within one", in_words(scores.electrode_within_one)),
        ("pattern right", in_words(scores.pattern)),
        ("sides along the path right", in_words(scores.side_path)),
        ("  of those that migrate", in_words(scores.side_path_of_migrating)),
        ("migrating F1", NOTHING if migrating is None else _number(migrating.f1)),
    ]
    if migrating is not None and migrating.f1 is not None:
        rows[-1] = (
            rows[-1][0],
            f"{rows[-1][1]}  ({migrating.found} found, {migrating.reference} there, {migrating.false} false)",
        )
    return rows


def in_words(share: Share) -> str:
    """A share with its count and interval.

    >>> in_words(Share(8, 10)), in_words(Share(0, 0))
    ('0.80  (8 of 10; 95 % 0.49-0.94)', 'n/a')
    """
    if share.share is None or share.interval is None:
        return NOTHING
    low, high = share.interval
    return f"{share.share:.2f}  ({share.count} of {share.of}; 95 % {low:.2f}-{high:.2f})"


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.2f}"


def _middle(spread: Spread) -> str:
    if spread.median is None:
        return NOTHING
    return f"median {spread.median:+.1f}  (quartiles {spread.first_quartile:+.1f} to {spread.third_quartile:+.1f})"


def _events(events: EventAgreement) -> dict[str, Any]:
    return {
        "rule": events.rule,
        "reference": events.reference,
        "found": events.found,
        "false": events.false,
        "sensitivity": _share(events.sensitivity),
        "precision": _share(events.precision),
        "f1": events.f1,
        "false_per_h": events.false_per_h,
    }


def _seconds(seconds: SecondAgreement) -> dict[str, Any]:
    return {
        "both": seconds.both,
        "reference_only": seconds.reference_only,
        "hypothesis_only": seconds.hypothesis_only,
        "neither": seconds.neither,
        "kappa": seconds.kappa,
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {"count": share.count, "of": share.of, "share": share.share, "low": low, "high": high}


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "count": spread.count,
        "median": spread.median,
        "first_quartile": spread.first_quartile,
        "third_quartile": spread.third_quartile,
    }
