"""Every montage is exact algebra on the potentials of the electrodes that are there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.base.electrodes import ELECTRODES, TEN_TWENTY, Hemisphere, modern_name, neighbours
from ictal.base.errors import ChannelError, UsageError
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.montage import MONTAGES, build, display_montage, display_order, electrode_potentials
from tests.signal.made import BANANA, NEWBORN_PAIRS, applied, potentials_of, random_potentials

REFERENTIAL = tuple(f"EEG {e}-Ref" for e in TEN_TWENTY)
SIDES = tuple([e for e in TEN_TWENTY if ELECTRODES[e].hemisphere is side] for side in Hemisphere)
LEFT, RIGHT = ("F7", "C3", "P7", "T7"), ("F8", "C4", "P8", "T8")


def recording(labels):
    return from_arrays(np.zeros((len(labels), 4)), 1.0, list(labels))


def centred(potentials, electrodes):
    mean = np.mean([potentials[e] for e in electrodes])
    return {e: potentials[e] - mean for e in electrodes}


def check(labels, electrodes_of_part, potentials):
    """The average montage of these channels gives the potential of each electrode less the mean of its part."""
    shown = applied(labels, "average", potentials_of(labels, potentials))
    by_electrode = {modern_name(label.removesuffix("-avg")): value for label, value in shown.items()}
    expected = {e: v for part in electrodes_of_part for e, v in centred(potentials, part).items()}
    assert by_electrode == pytest.approx(expected, abs=1e-3)


def test_average_of_referential_channels_is_the_channel_less_the_mean():
    x = np.random.default_rng(1).normal(0, 50, len(TEN_TWENTY))
    shown = applied(REFERENTIAL, "average", x)
    assert shown == pytest.approx({f"{e}-avg": v for e, v in zip(TEN_TWENTY, x - x.mean(), strict=True)}, abs=1e-4)


@given(st.integers(0, 1000), st.floats(-500, 500))
def test_the_common_reference_cancels(seed, reference_uv):
    for montage in ("average", "laplacian", "longitudinal"):
        x = np.array(list(random_potentials(seed).values()))
        plain, shifted = applied(REFERENTIAL, montage, x), applied(REFERENTIAL, montage, x + reference_uv)
        assert plain == pytest.approx(shifted, abs=1e-2)


def test_a_double_banana_gives_the_potentials_of_its_electrodes_up_to_the_mean_of_each_part():
    """Nothing in it joins left, midline and right: three parts."""
    check(BANANA, SIDES, random_potentials(2))


def test_the_eight_channels_of_newborns_give_two_rings():
    check(NEWBORN_PAIRS, (LEFT, RIGHT), random_potentials(3))


def test_a_ring_uses_every_pair():
    """An error of one channel of a ring of four moves its own electrodes by 3/8 of it, not by all of it."""
    channels = [0.0] * 8
    channels[0] = 8.0
    shown = applied(NEWBORN_PAIRS, "average", channels)
    assert [shown[f"{e}-avg"] for e in ("F7", "C3", "T5", "T3")] == pytest.approx([3.0, -3.0, -1.0, 1.0], abs=1e-4)


@given(st.integers(0, 200), st.permutations(range(len(BANANA))), st.lists(st.booleans(), min_size=18, max_size=18))
def test_neither_the_order_nor_the_direction_of_bipolar_channels_matters(seed, order, turned):
    labels = [BANANA[i] for i in order]
    labels = ["-".join(reversed(c.split("-"))) if turn else c for c, turn in zip(labels, turned, strict=True)]
    check(labels, SIDES, random_potentials(seed))


def test_a_recording_against_cz_has_cz_back():
    labels = [f"{e}-Cz" for e in TEN_TWENTY if e != "Cz"]
    check(labels, (TEN_TWENTY,), random_potentials(4))


def test_referential_and_bipolar_channels_join_where_they_share_an_electrode():
    labels = ["C3-Ref", "C4-Ref", "C3-T3", "T3-T5"]
    check(labels, (("C3", "C4", "T7", "P7"),), random_potentials(5))


def test_a_pair_apart_from_the_referential_channels_is_a_part_of_its_own():
    check(["C3-Ref", "C4-Ref", "O1-O2"], (("C3", "C4"), ("O1", "O2")), random_potentials(6))


def test_a_second_channel_of_a_place_does_not_weigh_twice():
    labels = ["C3-Ref", "C3-Ref", "C4-Ref", "O1-Ref"]
    potentials = random_potentials(7)
    check(labels, (("C3", "C4", "O1"),), potentials)
    found = build(recording(labels))
    assert [d.label for d in found.derivations].count("C3-avg") == 1
    assert "C3-Ref" in found.left_out


def test_a_closed_loop_of_duplicates_stays_a_least_square():
    """A pair recorded directly and over a third electrode: both ways count, the direct one more."""
    shown = applied(["C3-C4", "C3-Cz", "Cz-C4"], "average", [3.0, 0.0, 0.0])
    assert (shown["C3-avg"], shown["Cz-avg"], shown["C4-avg"]) == pytest.approx((1.0, 0.0, -1.0), abs=1e-5)


@pytest.mark.parametrize("montage", ["longitudinal", "laplacian"])
@pytest.mark.parametrize("labels", [NEWBORN_PAIRS, BANANA, ("C3-Ref", "C4-Ref", "T3-T5", "F7-T3", "O1-O2")])
def test_electrodes_of_different_parts_are_never_subtracted(montage, labels):
    made = recording(labels)
    _, part_of, _ = electrode_potentials(made)
    found = build(made, montage)
    for derivation in found.derivations:
        ends = {n for i in derivation.weights for c in (made.channels[i],) for n in (c.electrode, c.minus) if n}
        assert len({part_of[e] for e in ends if e in part_of}) == 1
        if derivation.minus is not None:
            assert part_of[derivation.electrode] == part_of[derivation.minus]


def test_longitudinal_of_a_full_cap_is_the_double_banana():
    assert set(build(recording(REFERENTIAL), "longitudinal").labels) == {
        "Fp1-F7", "F7-T7", "T7-P7", "P7-O1", "Fp1-F3", "F3-C3", "C3-P3", "P3-O1", "Fz-Cz", "Cz-Pz",
        "Fp2-F4", "F4-C4", "C4-P4", "P4-O2", "Fp2-F8", "F8-T8", "T8-P8", "P8-O2",
    }  # fmt: skip


@given(st.integers(0, 500), st.sampled_from([REFERENTIAL, BANANA, NEWBORN_PAIRS]))
def test_longitudinal_channels_are_differences_of_potentials(seed, labels):
    potentials = random_potentials(seed)
    shown = applied(labels, "longitudinal", potentials_of(labels, potentials))
    for label, value in shown.items():
        a, b = map(modern_name, label.split("-"))
        assert value == pytest.approx(potentials[a] - potentials[b], abs=1e-3)


def test_longitudinal_of_the_double_banana_gives_its_own_channels_back():
    x = potentials_of(BANANA, random_potentials(8))
    assert applied(BANANA, "longitudinal", x) == pytest.approx(dict(zip(BANANA, x, strict=True)), abs=1e-3)


@pytest.mark.parametrize(
    ("electrodes", "expected"),
    [
        (
            ("Fp1", "Fp2", "C3", "C4", "T3", "T4", "O1", "O2", "Cz"),
            {
                "Fp1-T3",
                "T3-O1",
                "Fp1-C3",
                "C3-O1",
                "Fp2-C4",
                "C4-O2",
                "Fp2-T4",
                "T4-O2",
                "T3-C3",
                "C3-Cz",
                "Cz-C4",
                "C4-T4",
            },
        ),
        (
            ("Fp1", "Fp2", "C3", "C4", "O1", "O2"),
            {"Fp1-C3", "C3-O1", "Fp2-C4", "C4-O2", "Fp1-O1", "Fp2-O2", "C3-C4"},
        ),
    ],
)
def test_the_chains_of_a_reduced_newborn_cap(electrodes, expected):
    assert set(build(recording([f"{e}-Ref" for e in electrodes]), "longitudinal").labels) == expected


@pytest.mark.parametrize("labels", [REFERENTIAL, tuple(f"{e}-Ref" for e in ("C3", "C4", "Cz", "T7", "F3", "O1", "O2"))])
def test_laplacian_is_the_electrode_less_the_mean_of_its_neighbours(labels):
    names = [label.split()[-1].split("-")[0] for label in labels]
    around = neighbours(names)
    potentials = random_potentials(9)
    expected = {f"{e}-lap": potentials[e] - np.mean([potentials[n] for n in ns]) for e, ns in around.items() if ns}
    assert applied(labels, "laplacian", [potentials[n] for n in names]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("montage", [m for m in MONTAGES if m != "recorded"])
def test_a_field_that_is_everywhere_alike_is_nowhere_to_be_seen(montage):
    assert np.abs(list(applied(REFERENTIAL, montage, [100.0] * 19).values())).max() < 1e-3


def test_recorded_shows_the_channels_as_they_are():
    x = np.arange(8.0)
    assert applied(NEWBORN_PAIRS, "recorded", x) == dict(zip(NEWBORN_PAIRS, x, strict=True))


@given(st.permutations(TEN_TWENTY))
def test_left_comes_before_midline_before_right_and_front_before_back(names):
    found = display_order(names)
    assert found == display_order(TEN_TWENTY)
    order = {Hemisphere.left: 0, Hemisphere.midline: 1, Hemisphere.right: 2}
    sides = [order[ELECTRODES[e].hemisphere] for e in found]
    assert sides == sorted(sides)
    assert [found.index(e) for e in ("F7", "T7", "P7")] == sorted(found.index(e) for e in ("F7", "T7", "P7"))
    assert found.index("F3") < found.index("C3") < found.index("P3")
    assert found.index("Fz") < found.index("Cz") < found.index("Pz")


@pytest.mark.parametrize("labels", [REFERENTIAL, NEWBORN_PAIRS, BANANA])
def test_derivations_stand_in_display_order(labels):
    electrodes = [d.electrode for d in build(recording(labels)).derivations]
    assert electrodes == display_order(electrodes)


def test_derivations_have_the_names_that_the_file_used():
    assert "T3-avg" in build(recording(["EEG T3-Ref", "EEG C3-Ref"])).labels
    assert "FP1-avg" in build(recording(["EEG FP1-REF", "EEG C3-REF"])).labels
    assert "F7-T3" in build(recording(NEWBORN_PAIRS), "longitudinal").labels


def test_a_reader_pages_in_what_was_recorded_or_in_chains():
    assert display_montage(recording(NEWBORN_PAIRS)).labels == NEWBORN_PAIRS
    assert display_montage(recording(REFERENTIAL)).name == "longitudinal"
    assert display_montage(recording(["C3-Ref", "C4-Ref"])).name in ("longitudinal", "average")
    assert display_montage(recording(["T7-Ref", "F4-Ref"])).labels == ("T7-avg", "F4-avg")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["C3-Ref"], ("C3", "At least two", "10-20")),
        (["ECG", "Resp"], ("none", "ECG, Resp", "10-20")),
        (["E1", "E2", "E3", "E4"], ("none", "E1")),
    ],
)
def test_too_few_electrodes_is_one_sentence(labels, words):
    with pytest.raises(ChannelError) as caught:
        build(recording(labels))
    text = str(caught.value)
    assert all(w in text for w in words)
    assert "\n" not in text
    assert text.endswith(".")


def test_what_is_left_out_says_why():
    left = build(recording(["C3-Ref", "C4-Ref", "ECG", "XY7"])).left_out
    assert set(left) == {"ECG", "XY7"}
    assert "ECG" in left["ECG"]


def test_an_unknown_montage_and_one_that_cannot_be_built_are_sentences():
    with pytest.raises(UsageError, match=r"No montage 'banana'. Allowed: average, laplacian, longitudinal, recorded\."):
        build(recording(REFERENTIAL), "banana")
    with pytest.raises(ChannelError, match=r"longitudinal montage cannot be built .* Choose another: average"):
        build(recording(["T7-Ref", "F4-Ref"]), "longitudinal")


def test_an_unknown_derivation_is_a_sentence():
    with pytest.raises(ChannelError, match=r"No derivation 'T9-avg' in the average montage. It has: C3-avg, C4-avg\."):
        build(recording(["C3-Ref", "C4-Ref"])).index("T9-avg")
