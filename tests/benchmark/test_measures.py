"""The figures of a run are those that can be counted by hand, whatever the order of its recordings."""

from __future__ import annotations

import json

import pytest

from ictal.benchmark import written
from ictal.benchmark.measures import figures, scored
from ictal.benchmark.result import result
from ictal.benchmark.slices import slices
from ictal.eeg.tracking.types import Pattern
from tests.benchmark.made import marked, outcome, read_table, six


def values(outcomes) -> dict[str, float | None]:
    return {f.measure.key: f.value for f in figures([scored(o) for o in outcomes])}


def test_every_figure_is_what_can_be_counted_by_hand() -> None:
    got = values(six())
    assert got["sensitivity"] == 0.5
    assert got["precision"] == pytest.approx(6 / 9)
    assert got["false_per_h"] == 0.5
    assert got["onset_error_s"] == got["onset_late_s"] == 2.0
    assert got["side"] == got["electrode_within_one"] == got["pattern"] == got["side_path"] == 1.0
    assert got["migrating_recall"] == got["migrating_precision"] == got["migrating_f1"] == 1.0
    # Nine detections: six said 0.9 and are right, three said 0.4 and are not.
    assert got["calibration_error"] == pytest.approx((6 * 0.1 + 3 * 0.4) / 9)
    both, missed, false = 6 * 38, 6 * (2 + 12), 3 * 20
    total = 6 * 3600
    here, there = (both + missed) / total, (both + false) / total
    chance = here * there + (1 - here) * (1 - there)
    agreed = 1 - (missed + false) / total
    assert got["kappa"] == pytest.approx((agreed - chance) / (1 - chance))


def test_burden_that_is_told_twofold_everywhere_correlates_perfectly() -> None:
    told = [outcome(f"r{k}", (marked(100, 100 + 20 * k),), (marked(100, 100 + 40 * k),)) for k in range(1, 7)]
    assert values(told)["burden_r"] == pytest.approx(1.0)


def test_the_order_of_recordings_changes_nothing() -> None:
    assert values(six()) == values(six()[::-1])


def test_a_detector_that_tells_no_place_is_not_scored_for_it() -> None:
    told = [outcome(f"r{k}", o.truth, (marked(102, 140),)) for k, o in enumerate(six())]
    got = values(told)
    assert got["sensitivity"] == 0.5
    for key in ("side", "electrode_within_one", "pattern", "side_path", "migrating_f1", "calibration_error"):
        assert got[key] is None, key


def test_a_share_has_both_intervals_and_that_over_recordings_is_wider_where_recordings_differ() -> None:
    good = [outcome(f"g{k}", (marked(10, 40), marked(100, 130)), (marked(10, 40), marked(100, 130))) for k in range(5)]
    bad = [outcome(f"b{k}", (marked(10, 40), marked(100, 130)), ()) for k in range(5)]
    (figure, *_) = figures([scored(o) for o in good + bad])
    assert (figure.count, figure.of, figure.value) == (10, 20, 0.5)
    assert figure.independent is not None
    assert figure.clustered is not None
    assert figure.clustered[1] - figure.clustered[0] > figure.independent[1] - figure.independent[0]
    (few, *_) = figures([scored(o) for o in good[:4]])
    assert few.clustered is None
    assert few.interval == few.independent


def test_no_false_detection_in_few_hours_is_no_proof_of_none() -> None:
    told = {f.measure.key: f for f in figures([scored(outcome(f"q{k}", (), ())) for k in range(6)])}
    assert told["false_per_h"].value == 0.0
    assert told["false_per_h"].clustered == (0.0, 0.0)
    low, high = told["false_per_h"].interval or (1, 0)
    assert (low, round(high * 6, 3)) == (0.0, 3.689)


def test_without_a_seizure_there_is_no_sensitivity_and_still_a_rate() -> None:
    got = values([outcome("quiet", (), (marked(5, 20, "O1", pattern=Pattern.focal, confidence=0.7),))])
    assert got["sensitivity"] is None
    assert got["false_per_h"] == 1.0
    assert got["onset_error_s"] is None


def test_slices_hold_every_seizure_and_every_false_detection_once() -> None:
    told = slices([scored(o) for o in six()])
    for dimension in ("length", "frequency", "amplitude", "scenario", "group"):
        inside = [s for s in told if s.dimension == dimension]
        assert sum(s.found.of for s in inside) == 12, dimension
        assert sum(s.found.count for s in inside) == 6, dimension
        assert sum(s.false or 0 for s in inside) == 3, dimension
    by_name = {(s.dimension, s.name): s for s in told}
    assert by_name["length", "10-15 s"].found.count == 0
    assert by_name["length", "30-60 s"].found.count == 6
    assert by_name["frequency", "2-4 Hz"].false == 3
    assert by_name["amplitude", "below background"].found.share == 0.0
    low, high = by_name["frequency", "2-4 Hz"].false_interval or (0, 0)
    assert (round(low * 6, 3), round(high * 6, 3)) == (0.619, 8.767)  # Garwood's for 3


def test_a_detector_that_tells_no_frequency_has_no_false_detections_by_frequency() -> None:
    told = [outcome(o.recording, o.truth, (marked(2000, 2020),)) for o in six()]
    inside = [s for s in slices([scored(o) for o in told]) if s.dimension == "frequency"]
    assert all(s.false is None and s.false_per_h is None for s in inside)


def test_what_is_written_is_what_was_found(tmp_path) -> None:
    told = result([*six(), *six("other")], "made by hand", suite_digest="0" * 64)
    written.write(told, tmp_path)
    said = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    mix = next(s for s in said["standings"] if (s["detector"], s["group"]) == ("ictal", "mix"))
    assert mix["figures"]["sensitivity"]["value"] == 0.5
    assert mix["figures"]["sensitivity"]["reached"] is False
    assert mix["figures"]["false_per_h"]["reached"] is True
    assert said["simulated"] is True
    rows = read_table(tmp_path / "table.tsv")
    row = next(r for r in rows if (r["detector"], r["group"], r["measure"]) == ("other", "mix", "sensitivity"))
    assert (row["value"], row["count"], row["of"]) == ("0.5", "6", "12")
    assert len(read_table(tmp_path / "recordings.tsv")) == 12
    page = (tmp_path / "benchmark.html").read_text(encoding="utf-8")
    assert "Simulated recordings" in page
    for name in ("length", "frequency", "amplitude", "scenario", "reliability"):
        drawn = (tmp_path / "figures" / f"{name}.svg").read_text(encoding="utf-8")
        assert drawn.startswith("<svg xmlns")
        assert drawn.strip() in page
        assert "simulated" in drawn


def test_figures_are_well_formed_and_say_every_count(tmp_path) -> None:
    from xml.etree import ElementTree

    for name, drawn in written.drawings(result(six(), "with a < and a &", suite_digest="0")).items():
        root = ElementTree.fromstring(drawn)
        described = root.findtext("{http://www.w3.org/2000/svg}desc") or ""
        assert "6" in described, name


def test_the_leaderboard_grows_and_refuses_another_table(tmp_path) -> None:
    from ictal.base.errors import TableError

    board = tmp_path / "new" / "board.tsv"
    told = result(six(), "made by hand", suite_digest="0" * 64)
    written.append_to_board(board, told)
    written.append_to_board(board, told)
    rows = read_table(board)
    assert len(rows) == 2 * len(told.standings)
    assert {r["sensitivity"] for r in rows} == {"0.5"}
    other = tmp_path / "other.tsv"
    other.write_text("a\tb\n", encoding="utf-8")
    with pytest.raises(TableError, match="not a leaderboard"):
        written.append_to_board(other, told)
    assert other.read_text(encoding="utf-8") == "a\tb\n"
