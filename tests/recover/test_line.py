"""The whole line on a simulated storm: it finds what is true, and follows the signal, not its wrapping."""

from __future__ import annotations

from datetime import datetime

import msgspec
import numpy as np
import pytest
import scipy.signal

from ictal.analysis import Settings, analyse
from ictal.base.electrodes import mirror
from ictal.base.errors import IctalError
from ictal.base.time import Interval, IntervalSet, to_sample
from ictal.eeg.recording.memory import from_arrays
from ictal.eeg.signal.types import Mask
from ictal.scoring.matching import match
from tests.recover.line import (
    LENGTH_S,
    OLD,
    RATE_HZ,
    calm_s,
    counterparts,
    nearly,
    same,
    storm,
    told,
    unscaled,
    within_s,
)  # fmt: skip

SEEDS = (1, 2, 4)


@pytest.fixture(scope="session")
def case():
    return storm()


# What is true is found.


def test_seizures_of_the_truth_are_found_at_their_time_on_their_side():
    """Ten storms, one seizure to one; the benchmark says how well, this that the line is whole."""
    true, pairs = 0, []
    for seed in range(1, 11):
        one = storm(seed)
        true += len(one.truth)
        pairs += [(one.truth[i], one.found.seizures[j]) for i, j in match(one.truth, one.found.seizures)]
    assert len(pairs) > 0.6 * true
    assert sum(a.onset.hemisphere is b.onset.hemisphere for a, b in pairs) > 0.8 * len(pairs)
    assert np.median([abs(a.start_s - b.start_s) for a, b in pairs]) < 3


def test_the_findings_are_those_of_the_seizures(case):
    found = case.found.findings
    assert found.seizures == len(case.found.seizures) == sum(found.patterns.values())
    assert found.seizure_s <= found.recorded.recorded_s == LENGTH_S
    assert sum(h.seizures for h in found.burden_by_hour) == found.seizures
    assert found.migration.migrating.count == found.patterns["migrating"] > 0
    assert [s.name for s in found.steps] == ["recording", "signal", "detection", "tracking", "findings"]
    assert all(s.version and isinstance(s.parameters, dict) and s.outcome for s in found.steps)
    assert set(found.settings) == {"signal", "detection", "tracking", "findings"}


def test_an_analysis_is_the_same_when_it_is_made_again(case):
    again = analyse(case.altered())
    assert (again.seizures, again.discharges, again.findings) == (
        case.found.seizures, case.found.discharges, case.found.findings,
    )  # fmt: skip


def test_progress_goes_from_nothing_to_all(case):
    said = []
    analyse(case.altered(case.uv[:, : 500 * 256]), progress=said.append)
    assert said == sorted(said)
    assert 0 < said[0] <= said[-1] == 1.0


# What does not change the signal does not change what is told.


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_gain_changes_nothing_but_amplitudes(gain, seed):
    """The thresholds of the masks are microvolts, so they are scaled too."""
    one = storm(seed)
    scaled = {name: gain * value for name, value in unscaled(Settings()).items()}
    signal = msgspec.structs.replace(Settings().signal, **scaled)
    other = analyse(one.altered(gain * one.uv), Settings(signal=signal))
    same(one.found, other)
    amplitudes = [[g.amplitude_uv for s in a.seizures for g in s.legs] for a in (one.found, other)]
    assert amplitudes[1] == pytest.approx([gain * a for a in amplitudes[0]], rel=0.001, abs=0.02)


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_gain_changes_no_sure_seizure_where_thresholds_stay(case, gain):
    other = analyse(case.altered(gain * case.uv))
    assert counterparts(plain(case.found), plain(other)) >= 3
    assert counterparts(plain(other), plain(case.found)) >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_channels_does_not_matter(seed):
    one = storm(seed)
    order = np.random.default_rng(seed).permutation(len(one.electrodes))
    other = analyse(one.altered(one.uv[order], [one.electrodes[i] for i in order]))
    assert told(one.found) == told(other)
    assert one.found.montage.labels == other.montage.labels


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mirrored_head_has_mirrored_seizures(seed):
    one = storm(seed)
    other = analyse(one.altered(names=[mirror(e) for e in one.electrodes]))
    same(one.found, other, mirror)
    a, b = one.found.findings, other.findings
    assert [(mirror(f.electrode), f.seizure_ids) for f in a.foci] == [(f.electrode, f.seizure_ids) for f in b.foci]
    assert (a.independence.foci_left, a.independence.foci_right) == (
        b.independence.foci_right,
        b.independence.foci_left,
    )
    assert (a.migration, a.burden_min_per_h, a.patterns) == (b.migration, b.burden_min_per_h, b.patterns)


def test_old_and_new_names_tell_the_same(case):
    other = analyse(case.altered(names=[f"EEG {OLD.get(e, e).upper()}-REF" for e in case.electrodes]))
    assert told(case.found) == told(other)
    assert "T3-avg" in other.montage.labels
    spoken = " ".join(other.findings.statements)
    assert not any(modern in spoken for modern in OLD)
    assert [f.seizure_ids for f in other.findings.foci] == [f.seizure_ids for f in case.found.findings.foci]


def test_what_the_reference_picks_up_does_not_matter(case):
    t = np.arange(case.uv.shape[1]) / RATE_HZ
    common = 300 * np.sin(2 * np.pi * 1.1 * t) + 200 * np.sin(2 * np.pi * 50 * t)
    same(case.found, analyse(case.altered(case.uv - common.astype(np.float32))))


@pytest.mark.parametrize("reference", ["Cz", "Fp1", "T8"])
def test_a_recording_against_one_of_its_electrodes_tells_the_same(case, reference):
    """Of what is sure: seconds in which the reference is bad hide all electrodes."""
    k = case.electrodes.index(reference)
    others = [i for i in range(len(case.electrodes)) if i != k]
    names = [f"{case.electrodes[i]}-{reference}" for i in others]
    other = analyse(case.altered(case.uv[others] - case.uv[k], names))
    assert counterparts(plain(case.found), plain(other)) >= 1
    assert counterparts(plain(other), plain(case.found)) >= 1


def test_a_clock_and_a_name_change_nothing(case):
    other = from_arrays(case.uv, RATE_HZ, list(case.electrodes), start=datetime(2020, 5, 6, 23, 50, 1))
    assert told(case.found) == told(analyse(other))


# What changes the signal a little changes little of what is sure.


def plain(analysis, off_s=0.0):
    return [(s, off_s) for s in analysis.seizures]


@pytest.mark.parametrize("rate_hz", [200, 512])
def test_another_rate_of_the_same_signal(case, rate_hz):
    uv = scipy.signal.resample_poly(case.uv.astype(np.float64), rate_hz // 8, 32, axis=1)
    nearly(case.found, analyse(case.altered(uv, rate_hz=float(rate_hz))))


@pytest.mark.parametrize("rate_hz", [200.0, 250.0, 512.0])
def test_the_same_infant_simulated_at_another_rate(case, rate_hz):
    """Noise of the sensors is drawn anew, and nothing else."""
    other = storm(rate_hz=rate_hz)
    assert other.truth == case.truth
    assert counterparts(plain(case.found), plain(other.found)) >= 3
    assert counterparts(plain(other.found), plain(case.found)) >= 3


@pytest.mark.parametrize("cut_s", [37, 230])
def test_a_piece_cut_off_the_start_moves_times_by_its_length(case, cut_s):
    """Seizures that begin more than twenty seconds after the cut."""
    other = analyse(case.altered(case.uv[:, to_sample(cut_s, RATE_HZ) :]))
    whole = [(s, 0.0) for s in case.found.seizures if s.start_s > cut_s + 20]
    cut = [(s, -cut_s) for s in other.seizures if s.start_s > 20]
    assert counterparts(whole, cut) >= 2
    assert counterparts(cut, whole) >= 2


@pytest.mark.parametrize("at_s", [300, 520])
def test_a_file_split_in_two_has_the_same_seizures_at_the_same_time(case, at_s):
    """What either calls a seizure, the other does too for more than four fifths of the time."""
    at = to_sample(at_s, RATE_HZ)
    first, second = analyse(case.altered(case.uv[:, :at])), analyse(case.altered(case.uv[:, at:]))
    parts = IntervalSet.of(
        [*(s.interval for s in first.seizures), *(s.interval.shifted(at_s) for s in second.seizures)]
    )
    whole = IntervalSet.of(s.interval for s in case.found.seizures)
    assert len(whole) >= 3
    for one, other in ((whole, parts), (parts, whole)):
        assert all(other.overlap_s(span) > 0.8 * span.duration_s for span in one)


LINKED_OTHERWISE = pytest.mark.xfail(
    reason="of two seizures open at once, legs are linked otherwise in the shorter piece, with 0.90 at the margin of "
    "what is sure; one onset moves by 3 s"
)


@pytest.mark.parametrize("at_s", [pytest.param(300, marks=LINKED_OTHERWISE), 520])
def test_a_file_split_in_two_tells_the_same(case, at_s):
    """Seizures that are not open within twenty seconds of the cut."""
    at = to_sample(at_s, RATE_HZ)
    first, second = analyse(case.altered(case.uv[:, :at])), analyse(case.altered(case.uv[:, at:]))
    whole = [(s, 0.0) for s in case.found.seizures if s.stop_s < at_s - 20 or s.start_s > at_s + 20]
    parts = [(s, 0.0) for s in first.seizures if s.stop_s < at_s - 20]
    parts += [(s, -at_s) for s in second.seizures if s.start_s > 20]
    everything = [*((s, 0.0) for s in first.seizures), *((s, -at_s) for s in second.seizures)]
    assert counterparts(whole, everything) >= 1
    assert counterparts(parts, plain(case.found)) >= 1


# Gaps and ends.


def parted(case, at_s, gap_s):
    """The recording with a gap put in: nothing is lost, and all that follows is later by the length of the gap."""
    at = to_sample(at_s, RATE_HZ) / RATE_HZ
    return case.altered(segments=(Interval(0.0, at), Interval(at + gap_s, LENGTH_S + gap_s)))


@pytest.mark.parametrize("gap_s", [37.4375, 1000.0, 86400.25])
def test_times_after_a_gap_are_true(case, gap_s):
    centre_s = calm_s(case)
    other = analyse(parted(case, centre_s, gap_s))
    split = [(s, gap_s if s.start_s > centre_s else 0.0) for s in other.seizures]
    assert counterparts(plain(case.found), split) >= 2
    assert counterparts(split, plain(case.found)) >= 2
    assert any(s.start_s > centre_s for s, _ in split)
    recorded = other.findings.recorded
    assert (recorded.duration_s, recorded.recorded_s) == pytest.approx((LENGTH_S + gap_s, LENGTH_S), abs=0.001)
    assert recorded.gaps[0] == pytest.approx((centre_s, centre_s + gap_s), abs=0.001)
    assert len(recorded.gaps) == 1


def events(analysis):
    return [*analysis.discharges, *analysis.seizures, *(g for s in analysis.seizures for g in s.legs)]


@pytest.mark.parametrize("gap_s", [9.0, 20.6, 300.0])
@pytest.mark.parametrize("share", [0.4, 0.5, 0.6])
def test_nothing_happens_in_a_gap_longer_than_a_pause(case, share, gap_s):
    """The gap lies in the middle of a seizure. A second that was recorded for its half or more is told as a second."""
    recording = parted(case, within_s(case, share), gap_s)
    (gap,) = recording.gaps
    found = analyse(recording)
    assert all(e.interval.overlap_s(gap) <= 0.5 for e in events(found))
    assert any(e.stop_s <= gap.start_s + 0.5 and e.stop_s > gap.start_s - 10 for e in events(found))
    assert any(gap.stop_s - 0.5 <= e.start_s < gap.stop_s + 20 for e in events(found))


@pytest.mark.parametrize("gap_s", [0.3, 1.0, 2.4, 4.0])
@pytest.mark.parametrize("share", [0.4, 0.5, 0.6])
def test_nothing_begins_or_ends_in_a_gap_however_short(case, share, gap_s):
    """A seizure may be open on both sides of a short gap; to within half a second none begins or ends inside it."""
    recording = parted(case, within_s(case, share), gap_s)
    (gap,) = recording.gaps
    for e in events(analyse(recording)):
        assert not gap.start_s + 0.5 < e.start_s < gap.stop_s - 0.5
        assert not gap.start_s + 0.5 < e.stop_s < gap.stop_s - 0.5


@pytest.mark.parametrize("share", [0.3, 0.4, 0.45, 0.5, 0.55, 0.6, 0.8, None])
def test_nothing_happens_outside_the_recording(case, share):
    """The recording ends in the middle of a seizure, or where it ended."""
    length_s = LENGTH_S if share is None else within_s(case, share)
    recording = case.altered(case.uv[:, : to_sample(length_s, RATE_HZ)])
    found = analyse(recording)
    assert events(found)
    assert all(0 <= e.start_s < e.stop_s <= recording.duration_s for e in events(found))


# Signals that hold nothing.


def of(uv, names=None):
    return analyse(from_arrays(uv, RATE_HZ, names or ["Fp1", "C3", "O1", "T7", "Cz", "Fp2", "C4", "O2", "T8"]))


@pytest.mark.parametrize("level_uv", [0.0, 37.5, -3000.0, np.nan, np.inf])
def test_a_signal_that_is_none_is_said_so(level_uv):
    found = of(np.full((9, 300 * 256), level_uv))
    assert (found.seizures, found.discharges) == ((), ())
    assert found.findings.recorded.readable_s == 0
    assert found.findings.burden_min_per_h is None
    assert found.findings.statements[0].startswith("Nothing of this recording could be read")
    cause = Mask.flat if np.isfinite(level_uv) else Mask.disconnected
    assert np.all(found.masks.flags & np.uint8(cause))


@pytest.mark.parametrize("size_uv", [1e6, 1e10, 1e14, 1e19, 1e30, 1e300])
def test_an_absurd_signal_is_unreadable(size_uv):
    found = of(size_uv * np.random.default_rng(1).normal(size=(9, 120 * 256)))
    assert found.seizures == ()
    assert found.findings.recorded.readable_s == 0


@pytest.mark.parametrize("seed", range(3))
def test_noise_holds_no_seizure(seed):
    found = of(np.random.default_rng(seed).normal(0, 12, (9, 600 * 256)))
    assert found.findings.recorded.readable_s == 600
    assert found.seizures == ()
    assert found.findings.statements[0] == "No seizure was found in 10 min that could be read."


@pytest.mark.parametrize("samples", [1, 2, 100, 128, 200, 256, 300, 768, 2560])
def test_a_very_short_recording_ends_in_findings(case, samples):
    found = analyse(case.altered(case.uv[:, 25600 : 25600 + samples]))
    assert found.seizures == ()
    assert found.findings.recorded.duration_s == pytest.approx(samples / 256, abs=0.001)
    assert found.findings.recorded.readable_s <= samples / 256 + 1e-9
    assert any("not captured" in s for s in found.findings.statements)


def test_one_electrode_is_one_sentence(case):
    with pytest.raises(IctalError) as caught:
        analyse(case.altered(case.uv[:1], ["C3"]))
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    assert "C3" in str(caught.value)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_a_few_electrodes_are_enough_for_findings(case, count):
    found = analyse(case.altered(case.uv[:count], case.electrodes[:count]))
    assert len(found.findings.recorded.electrodes) == count
    assert found.findings.statements
