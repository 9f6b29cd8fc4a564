"""The words on the terminal: times, lengths, paths, columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.cli.table import LONGEST_PATH, aligned, clock, shortened, span


@pytest.mark.parametrize(
    ("time_s", "shown"),
    [
        (0, "0:00:00"),
        (59.99, "0:00:59"),
        (60, "0:01:00"),
        (3599.999, "0:59:59"),
        (3600, "1:00:00"),
        (360000, "100:00:00"),
    ],
)
def test_a_time_is_cut_off_and_not_rounded(time_s, shown):
    assert clock(time_s) == shown


@pytest.mark.parametrize(
    ("time_s", "shown"),
    [(0, "0 s"), (50.4, "50 s"), (120, "2.0 min"), (7199, "120.0 min"), (7200, "2.00 h"), (86400, "24.00 h")],
)
def test_a_length_has_the_unit_that_a_reader_would_choose(time_s, shown):
    assert span(time_s) == shown


@given(st.lists(st.sampled_from(["O1", "Fp2", "T8", "EEG12"]), min_size=1, max_size=60))
def test_a_long_path_keeps_where_it_began_and_ended(places):
    path = ">".join(places)
    shown = shortened(path)
    assert len(shown) <= max(LONGEST_PATH, len(path) if len(path) <= LONGEST_PATH else 0)
    assert shown.split(">")[0] == places[0]
    assert shown.split(">")[-1] == places[-1]
    assert (shown == path) == (len(path) <= LONGEST_PATH)


@given(st.lists(st.tuples(st.text("ab>", max_size=9), st.text("0123", min_size=1, max_size=5)), min_size=1, max_size=8))
def test_columns_begin_at_the_same_place_in_every_row(rows):
    lines = aligned(rows)
    width = max(len(first) for first, _ in rows)
    assert [line[:width].rstrip() for line in lines] == [first for first, _ in rows]
    assert [line[width + 2 :] for line in lines] == [second for _, second in rows]
