"""Places on the head: the mirror, the neighbours, the names."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.electrodes import (
    ELECTRODES,
    OLD_NAMES,
    TEN_TWENTY,
    Hemisphere,
    Lobe,
    angle_between,
    electrode,
    mirror,
    modern_name,
    neighbours,
)
from ictal.base.errors import ChannelError

names = st.sampled_from(sorted(ELECTRODES))
montages = st.sets(names, max_size=25)

NEWBORN = ("Fp1", "Fp2", "C3", "C4", "T7", "T8", "O1", "O2")


@pytest.mark.parametrize("name", sorted(ELECTRODES))
def test_the_mirror_is_its_own_inverse_and_changes_only_the_side(name):
    here, there = electrode(name), electrode(mirror(name))
    assert mirror(there.name) == name
    assert there.lobe is here.lobe
    assert there.position == pytest.approx((-here.position[0], *here.position[1:]), abs=1e-12)
    if here.hemisphere is Hemisphere.midline:
        assert there == here
    else:
        assert {here.hemisphere, there.hemisphere} == {Hemisphere.left, Hemisphere.right}


@pytest.mark.parametrize("name", sorted(ELECTRODES))
def test_a_place_lies_on_the_sphere_and_on_the_side_that_its_name_says(name):
    here = electrode(name)
    assert math.hypot(*here.position) == pytest.approx(1)
    assert math.copysign(1, round(here.position[0], 9)) == {"left": -1, "right": 1, "midline": 1}[here.hemisphere]
    assert (abs(here.position[0]) < 1e-9) == (here.hemisphere is Hemisphere.midline)


@pytest.mark.parametrize(
    ("front", "back"),
    [("Fp1", "F7"), ("F7", "T7"), ("T7", "P7"), ("P7", "O1"), ("Fz", "Cz"), ("Cz", "Pz"), ("C4", "P4"), ("P4", "O2")],
)
def test_the_nose_is_in_front(front, back):
    assert electrode(front).position[1] > electrode(back).position[1]


@given(names, st.sampled_from([str.upper, str.lower, str.title, lambda n: f"  {n} "]))
def test_case_and_spaces_do_not_matter(name, spoil):
    assert modern_name(spoil(name)) == name


@pytest.mark.parametrize(("old", "new"), sorted(OLD_NAMES.items()))
def test_the_old_name_is_the_same_place(old, new):
    assert electrode(old) == electrode(new)
    assert mirror(old) == mirror(new)


@pytest.mark.parametrize("wrong", ["", "SpO2", "ECG", "A1", "M2", "Cz2", "X3", "T", "EEG F3", "F3-C3"])
def test_what_is_no_place_is_refused_by_name(wrong):
    assert modern_name(wrong) is None
    with pytest.raises(ChannelError, match="not an electrode") as caught:
        electrode(wrong)
    assert f"'{wrong}'" in str(caught.value)


def test_every_lobe_is_seen_from_the_ten_twenty_system():
    assert {electrode(n).lobe for n in TEN_TWENTY} == set(Lobe)
    assert electrode("P7").lobe is Lobe.temporal
    assert electrode("F7").lobe is Lobe.frontal


@given(names, names, names)
def test_the_angle_is_a_distance(a, b, c):
    assert angle_between(a, b) == angle_between(b, a)
    assert angle_between(a, a) == pytest.approx(0, abs=1e-7)
    assert angle_between(a, c) <= angle_between(a, b) + angle_between(b, c) + 1e-7
    assert angle_between(mirror(a), mirror(b)) == pytest.approx(angle_between(a, b), abs=1e-7)


@given(montages)
def test_to_be_neighbours_is_mutual_and_never_with_oneself(chosen):
    found = neighbours(chosen)
    assert set(found) == chosen
    for name, near in found.items():
        assert name not in near
        assert len(set(near)) == len(near)
        assert all(name in found[other] for other in near)


@given(montages)
def test_the_mirror_of_the_neighbours_are_the_neighbours_of_the_mirror(chosen):
    found, mirrored = neighbours(chosen), neighbours({mirror(n) for n in chosen})
    assert {mirror(n): {mirror(m) for m in near} for n, near in found.items()} == {
        n: set(near) for n, near in mirrored.items()
    }


@given(st.permutations(TEN_TWENTY))
def test_the_order_of_the_electrodes_does_not_matter(order):
    assert neighbours(order) == neighbours(TEN_TWENTY)


def test_the_ten_twenty_system_hangs_together_as_a_reader_expects():
    found = neighbours(TEN_TWENTY)
    assert set(found["C3"]) >= {"F3", "P3", "T7", "Cz"}
    assert set(found["O1"]) >= {"P7", "P3", "O2"}
    assert "C4" not in found["C3"]
    assert "T8" not in found["T7"]
    assert "O2" not in found["T7"]


def test_a_newborn_montage_of_eight_is_one_piece_or_says_so():
    found = neighbours(NEWBORN)
    assert set(found) == set(NEWBORN)
    assert "T7" in found["C3"]
    assert "C4" not in found["T7"]


def test_old_and_modern_names_in_one_montage_are_one_place():
    assert neighbours(["T3", "T7", "C3"]) == {"T7": ("C3",), "C3": ("T7",)}
