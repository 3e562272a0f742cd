"""A night's figures against PSG: Bland and Altman's, by hand and by their formulas; their lines."""

import statistics
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_outcomes import outcome, stages
from sleepsync.evaluate.night_figures import (
    MEASURES,
    Limits,
    ScoredNight,
    night_limits,
    nights_of,
)

MINUTES_AN_EPOCH = 0.5


def person(name, *nights):
    return SimpleNamespace(name=name, nights=[SimpleNamespace(stages=stages(n)) for n in nights])


def night(true, said):
    return ScoredNight("ann", stages(true), stages(said))


def test_nights_worked_out_by_hand(worker):
    """The first night: 2 min awake, 4 asleep (1 deep, 1 REM), .5 awake; said: 1, 5 (2, 0), .5.

    The second is said as it was: no difference in anything.
    """
    nights = [night("WWWWLLLLDDRRW", "WWLLLLDDDDLLW"), night("WLLR", "WLLR")]
    found = night_limits(nights, worker)
    differences = {name: limit.differences.tolist() for name, limit in found.items()}
    assert differences == {
        "tst": [1, 0],
        "waso": [0, 0],
        "sol": [-1, 0],
        "efficiency": [76 - 61, 0],  # whole per cents, as the firmware tells them
        "rem": [-1, 0],
        "deep": [1, 0],
    }
    tst = found["tst"]
    assert tst.means.tolist() == [4.5, 1.5]
    assert (tst.bias, tst.reach) == pytest.approx((0.5, 1.96 * 0.5**0.5))
    assert (tst.low, tst.high) == pytest.approx((0.5 - 1.96 * 0.5**0.5, 0.5 + 1.96 * 0.5**0.5))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text("WLDR?", max_size=20), st.randoms()), max_size=5))
def test_differences_are_counted_epochs(worker, drawn):
    """Of the figures that are a count of letters."""
    pairs = [(true, "".join(one.choice("WLDR") for _ in true)) for true, one in drawn]
    found = night_limits([night(*pair) for pair in pairs], worker)
    for name, letters in {"tst": "LDR", "rem": "R", "deep": "D"}.items():
        counts = [[sum(map(side.count, letters)) for side in pair] for pair in pairs]
        wanted = [(said - true) * MINUTES_AN_EPOCH for true, said in counts]
        assert found[name].differences.tolist() == wanted
        assert found[name].nights == len(pairs)


@given(st.lists(st.tuples(st.floats(0, 600), st.floats(0, 600)), min_size=2, max_size=20))
def test_limits_are_their_formula(pairs):
    limit = Limits(MEASURES["tst"], *np.array(pairs).T)
    off = [said - true for true, said in pairs]
    bias, sd = statistics.fmean(off), statistics.stdev(off)
    wanted = pytest.approx((bias, bias - 1.96 * sd, bias + 1.96 * sd), abs=1e-6)
    assert (limit.bias, limit.low, limit.high) == wanted


def test_a_night_without_sleep_has_no_latency_to_compare(worker):
    """But its sleep time counts."""
    found = night_limits([night("WWWW", "WWLL"), night("WLLL", "WWLL")], worker)
    assert found["sol"].differences.tolist() == [0.5]
    assert found["tst"].differences.tolist() == [1, -0.5]
    assert np.isnan(found["sol"].reach) and found["sol"].bias == 0.5


def test_no_night_has_no_bias(worker):
    found = night_limits([], worker)
    assert [limit.nights for limit in found.values()] == [0] * len(MEASURES)
    assert np.isnan([limit.bias for limit in found.values()]).all()


def test_what_psg_did_not_score_is_unknown_in_both(worker):
    """Two nights of one person, one of another: answers go back to their own epochs."""
    people = [person("bob", "?WL?D"), person("ann", "??WLL", "R?W"), person("nobody", "W")]
    made = outcome({"ann": ("WLLRW", "WWDLR"), "bob": ("WLD", "LLL")})
    nights = nights_of(made, people)
    assert [one.person for one in nights] == ["ann", "ann", "bob"]
    assert [one.true.tolist() for one in nights] == [
        stages(letters).tolist() for letters in ("??WLL", "R?W", "?WL?D")
    ]
    assert [one.said.tolist() for one in nights] == [
        stages(letters).tolist() for letters in ("??WWD", "L?R", "?LL?L")
    ]
    found = night_limits(nights, worker)
    assert found["tst"].differences.tolist() == [-0.5, 0.5, 0.5]
    assert found["sol"].differences.tolist() == [0.5, 0, -0.5]


def test_nights_of_somebody_else_are_refused():
    made = outcome({"ann": ("WLL", "WLL")})
    with pytest.raises(ValueError, match="ann: the nights' PSG"):
        nights_of(made, [person("ann", "WLR")])
    with pytest.raises(KeyError, match="ann"):
        nights_of(made, [person("bob", "WLL")])
