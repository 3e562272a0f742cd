"""An outcome's lines: names that the README quotes, values that are given elsewhere, goals."""

import numpy as np
import pytest
from made_outcomes import outcome
from sleepsync.bench.outcomes import figures_of
from sleepsync.bench.staging import above_peers
from sleepsync.evaluate.agreement import agreement
from sleepsync.evaluate.calibration import calibration
from sleepsync.evaluate.night_figures import MEASURES, Limits

EVEN = np.full((6, 4), 0.25)
# Cid slept all night by both, and so has no kappa.
PEOPLE = {
    "cid": ("LL", "LL", EVEN[:2]),
    "ann": ("WLLDDR", "WLLLDW", EVEN),
    "bob": ("WWLLRR", "WLLLRD", EVEN),
}


def lines(made, *given):
    return {figure.name: figure for figure in figures_of(made, *given)}


def test_each_figure_has_the_value_of_its_agreement():
    made = outcome(PEOPLE)
    found = lines(made)
    for classes in (2, 3, 4):
        one = agreement(made, classes)
        wanted = {"": one.kappa, "_mean": one.mean, "_spread": one.spread, "_worst": one.worst[1]}
        for suffix, value in wanted.items():
            assert found[f"staging.kappa{classes}{suffix}.morning.fixed"].value == value
        assert found[f"staging.accuracy{classes}.morning.fixed"].value == one.accuracy
        for name in one.names:
            what = name if classes == 4 else f"{name}{classes}"
            assert found[f"staging.recall.{what}.morning.fixed"].value == one.recall[name]
            assert found[f"staging.f1.{what}.morning.fixed"].value == one.f1[name]
    assert found["staging.people.morning.fixed"].value == 3
    errors = calibration(made)
    assert found["staging.ece.morning.fixed"].value == errors.error
    assert found["staging.ece_classwise.morning.fixed"].value == errors.classwise_error


def test_every_name_is_one_figure():
    names = [figure.name for figure in figures_of(outcome(PEOPLE))]
    assert len(names) == len(set(names))


def test_names_tell_score_kind_and_a_set_that_is_not_the_first():
    made = outcome(PEOPLE, "slpdb", "live", "logistic regression")
    tails = {name.partition("kappa4.")[2] for name in lines(made)} - {""}
    assert tails == {"live.logistic_regression.slpdb"}
    assert all(name.endswith(".live.logistic_regression.slpdb") for name in lines(made))


def test_nights_have_bias_limits_and_number():
    tst = Limits(MEASURES["tst"], np.array([400.0, 420]), np.array([410.0, 420]))
    efficiency = Limits(MEASURES["efficiency"], np.array([90.0]), np.array([88.0]))
    found = lines(outcome(PEOPLE), {}, {"tst": tst, "efficiency": efficiency})
    assert found["staging.tst_bias_min.morning.fixed"].value == 5
    reach = found["staging.tst_limits_min.morning.fixed"]
    assert (reach.value, reach.unit) == (pytest.approx(1.96 * 50**0.5), "min")
    assert str(found["staging.tst_nights.morning.fixed"]).endswith(" 2 nights - ok")
    assert str(found["staging.efficiency_bias_pct.morning.fixed"]).endswith(" -2 % - ok")


def test_goals_reach_the_figure_of_their_name_only():
    goals = {"staging.kappa4.morning.fixed": ">=0.99", "staging.kappa2.live.fixed": ">=0.9"}
    found = lines(outcome(PEOPLE), goals)
    assert str(found["staging.kappa4.morning.fixed"]).endswith(" kappa >=0.99 SHORT")
    assert [figure.goal for figure in found.values()].count("-") == len(found) - 1


def test_what_is_not_known_never_reaches_a_goal():
    """Nobody with a kappa: NaN, which is no pass."""
    goals = {"staging.kappa4_worst.morning.fixed": ">=0"}
    found = lines(outcome({"ann": ("LL", "LL")}), goals)
    assert not found["staging.kappa4_worst.morning.fixed"].reached
    assert "staging.ece.morning.fixed" not in found


def test_a_score_is_measured_against_the_best_peer_of_its_own_people():
    right, half, wrong = (
        {"ann": ("WWLLDDRR", said)} for said in ("WWLLDDRR", "WWLLLLRR", "LWWLRDDR")
    )
    heard = [
        outcome(right),
        outcome(right, kind="float"),
        outcome(wrong, kind="random forest"),
        outcome(half, kind="logistic regression"),
        outcome(right, set_="other", kind="random forest"),
        outcome(wrong, set_="alone"),
    ]
    found = {figure.name: figure.value for figure in above_peers(heard)}
    assert list(found) == [f"staging.above_peers{k}.morning" for k in (4, 3, 2)]
    best = agreement(heard[3], 4).kappa
    assert found["staging.above_peers4.morning"] == pytest.approx(1 - best)
    assert found["staging.above_peers3.morning"] == pytest.approx(0)
