"""Calibration, against values worked by hand and bins counted in whole numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_outcomes import outcome
from sleepsync.evaluate.calibration import BINS, calibration, curve

OF_8_BITS = 255
PER_BIN = OF_8_BITS // BINS  # 17: the edges are numbers of 8 bits
EPOCHS = st.lists(st.tuples(st.integers(0, OF_8_BITS), st.booleans()), min_size=1, max_size=80)


def error_in_whole_numbers(epochs):
    """Sum over bins of |true - said|, over all epochs; bins open below, closed above."""
    bins = {}
    for p, is_true in epochs:
        bins.setdefault(max(-(-p // PER_BIN), 1), []).append(OF_8_BITS * is_true - p)
    return sum(abs(sum(off)) for off in bins.values()) / OF_8_BITS / len(epochs)


def curve_of(epochs):
    p, is_true = np.array(epochs).T
    return curve(p / OF_8_BITS, is_true.astype(bool))


@given(EPOCHS)
def test_an_error_is_its_bins(epochs):
    assert curve_of(epochs).error == pytest.approx(error_in_whole_numbers(epochs))


@given(EPOCHS)
def test_a_curve_holds_every_epoch_once(epochs):
    found = curve_of(epochs)
    assert found.epochs.sum() == len(epochs) and (found.epochs > 0).all()
    assert found.seen @ found.epochs == pytest.approx(sum(t for _, t in epochs))
    assert found.said @ found.epochs == pytest.approx(sum(p for p, _ in epochs) / OF_8_BITS)
    assert (np.diff(found.said) > 0).all()


@pytest.mark.parametrize("edge", range(1, BINS))
def test_an_edge_belongs_below(edge):
    """One step of 8 bits past it is the next bin."""
    at = edge * PER_BIN
    assert len(curve_of([(at - 1, True), (at, True)]).epochs) == 1
    assert len(curve_of([(at, True), (at + 1, True)]).epochs) == 2


def by_hand():
    """Six epochs; likeliest: wake .9 true; wake .9 false; light .6 true; light .6 true;
    deep .5 false; REM 1 true.
    """
    probabilities = [
        *[[0.9, 0.1, 0, 0]] * 2,
        *[[0.3, 0.6, 0.1, 0]] * 2,
        [0.1, 0.1, 0.5, 0.3],
        [0, 0, 0, 1],
    ]
    return outcome({"ann": ("WLLLRR", "WWLLDR", np.array(probabilities))})


def test_the_likeliest_class_worked_out_by_hand():
    """Bins: .9 twice, half true; .6 twice, all true; .5 false; 1 true."""
    found = calibration(by_hand())
    assert found.top.said == pytest.approx([0.5, 0.6, 0.9, 1])
    assert found.top.seen == pytest.approx([0, 1, 0.5, 1])
    assert found.top.epochs.tolist() == [1, 2, 2, 1]
    assert found.error == pytest.approx((0.5 + 2 * 0.4 + 2 * 0.4 + 0) / 6)


def test_the_classes_worked_out_by_hand():
    """Of 6: wake at 0, .1, .3, .3, .9, .9; light at 0, .1 (thrice), .6, .6, of which one
    at .1 was; deep at 0 (thrice), .1, .1, .5, never true; REM at 0 (four), .3, 1.
    """
    found = calibration(by_hand())
    wake = (0.1 + 0.6 + abs(1 - 1.8)) / 6
    light = (abs(1 - 0.3) + abs(2 - 1.2)) / 6
    deep = (0.2 + 0.5) / 6
    rem = 0.7 / 6
    errors = {name: one.error for name, one in found.classes.items()}
    assert errors == pytest.approx({"wake": wake, "light": light, "deep": deep, "rem": rem})
    assert found.classwise_error == pytest.approx((wake + light + deep + rem) / 4)


def test_all_people_are_binned_together():
    """Each alone is off by .5; together they are as said."""
    even = np.array([[0.5, 0.5, 0, 0]])
    found = calibration(outcome({"ann": ("W", "W", even), "bob": ("L", "W", even)}))
    assert found.error == 0


def test_what_was_said_does_not_matter():
    even = np.array([[0.6, 0.4, 0, 0]])
    one, other = (calibration(outcome({"ann": ("W", said, even)})) for said in "WR")
    assert one.error == other.error == pytest.approx(0.4)


def test_a_well_calibrated_one_is_near_zero():
    """True classes drawn from the probabilities themselves."""
    rng = np.random.default_rng(7)
    probabilities = rng.dirichlet(np.ones(4), 20_000)
    drawn = (probabilities.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    letters = "".join("WLDR"[i] for i in drawn)
    found = calibration(outcome({"ann": (letters, letters, probabilities)}))
    assert found.error < 0.015 and found.classwise_error < 0.015


def test_without_probabilities_there_is_none():
    assert calibration(outcome({"ann": ("WL", "WL")})) is None
