"""Agreement with PSG, against values worked by hand and formulas written anew."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_outcomes import one_person, outcome
from sleepsync.evaluate import CLASSES, Outcome, PersonOutcome
from sleepsync.evaluate.agreement import agreement, kappa
from sleepsync.evaluate.outcome import NAMES, in_classes
from sleepsync.paths import records as r

NIGHTS = st.lists(
    st.lists(st.tuples(st.sampled_from("WLDR"), st.sampled_from("WLDR")), min_size=1, max_size=40),
    min_size=1,
    max_size=4,
)


def of_pairs(nights):
    """An outcome in which person i has the (true, said) letters of night i."""
    letters = [("".join(t for t, _ in night), "".join(s for _, s in night)) for night in nights]
    return outcome({f"p{i}": pair for i, pair in enumerate(letters)})


def kappa_by_formula(true, said):
    """Cohen 1960, in fractions; None for 0/0."""
    n = len(true)
    seen = Fraction(sum(t == s for t, s in zip(true, said, strict=True)), n)
    chance = sum(Fraction(true.count(c) * said.count(c), n * n) for c in set(true + said))
    return None if chance == 1 else (seen - chance) / (1 - chance)


def both(found, classes):
    """[(true, said)] of each person as lists of stages in so many classes."""
    return [(in_classes(p.true, classes).tolist(), p.said[classes].tolist()) for p in found.people]


def together(pairs):
    """All people's epochs in a row: true, said."""
    return [[stage for part in side for stage in part] for side in zip(*pairs, strict=True)]


def share(some, of):
    return some / of if of else np.nan


@given(NIGHTS, st.sampled_from([2, 3, 4]))
def test_kappas_are_their_formula(nights, classes):
    made = of_pairs(nights)
    found = agreement(made, classes)
    pairs = both(made, classes)
    everything = together(pairs)
    wanted = [kappa_by_formula(*pair) for pair in [*pairs, everything]]
    seen = [*found.kappas.values(), found.kappa]
    assert seen == pytest.approx([np.nan if k is None else float(k) for k in wanted], nan_ok=True)


@given(NIGHTS, st.sampled_from([2, 3, 4]))
def test_the_rest_is_counted_from_epochs(nights, classes):
    made = of_pairs(nights)
    found = agreement(made, classes)
    true, said = together(both(made, classes))
    pairs = [*zip(true, said, strict=True)]
    for row, (name, stage) in enumerate(zip(NAMES[classes], CLASSES[classes], strict=True)):
        hits = pairs.count((stage, stage))
        assert found.recall[name] == pytest.approx(share(hits, true.count(stage)), nan_ok=True)
        either = true.count(stage) + said.count(stage)
        assert found.f1[name] == pytest.approx(share(2 * hits, either), nan_ok=True)
        columns = [pairs.count((stage, other)) for other in CLASSES[classes]]
        assert found.confusion[row].tolist() == columns
    assert found.accuracy == pytest.approx(np.mean(np.array(true) == said))


def test_an_agreement_worked_out_by_hand():
    """Rows true, columns said, W L D R: 2 1 0 0 / 0 3 1 0 / 0 1 1 0 / 0 0 0 1.

    Right: 7 of 10. By chance: (3*2 + 4*5 + 2*2 + 1*1) / 100 = .31, so (.7 - .31) / .69.
    """
    found = agreement(outcome({"ann": ("WWWLLLLDDR", "WWLLLLDLDR")}), 4)
    assert found.confusion.tolist() == [[2, 1, 0, 0], [0, 3, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]]
    assert found.kappa == pytest.approx(0.39 / 0.69)
    assert found.accuracy == pytest.approx(0.7)
    assert found.recall == pytest.approx({"wake": 2 / 3, "light": 3 / 4, "deep": 1 / 2, "rem": 1})
    assert found.f1 == pytest.approx({"wake": 4 / 5, "light": 6 / 9, "deep": 1 / 2, "rem": 1})


def test_people_count_once_each_and_the_worst_has_a_name():
    """Kappas 1, 0 and -1: mean 0, spread 1. The long night weighs in the pooled kappa only."""
    found = agreement(
        outcome({"ann": ("WL" * 20, "WL" * 20), "bob": ("WWLL", "WLWL"), "cid": ("WL", "LW")}), 2
    )
    assert found.kappas == pytest.approx({"ann": 1, "bob": 0, "cid": -1})
    assert (found.mean, found.spread) == pytest.approx((0, 1))
    assert found.worst == ("cid", pytest.approx(-1))
    assert found.kappa > 0.8


def test_who_has_no_kappa_is_left_out_of_the_mean():
    """Asleep all night by both: 0/0. Asleep all night by one only: 0."""
    found = agreement(
        outcome({"ann": ("LLLL", "LLLL"), "bob": ("WLLL", "LLLL"), "cid": ("WL", "WL")}), 2
    )
    assert np.isnan(found.kappas["ann"])
    assert found.known == pytest.approx({"bob": 0, "cid": 1})
    assert (found.mean, found.spread) == pytest.approx((0.5, 0.5**0.5))
    assert found.worst == ("bob", 0)


def test_nobody_with_a_kappa_has_neither_mean_nor_worst():
    found = agreement(outcome({"ann": ("LL", "LL")}), 2)
    assert np.isnan([found.kappa, found.mean, found.spread, found.worst[1]]).all()
    assert found.worst[0] == ""


def test_each_number_of_classes_has_its_own_answer():
    """Said in four classes all wrong, in two all right: none is folded from another."""
    said = {2: [r.WAKE, r.ASLEEP], 3: [r.LIGHT, r.LIGHT], 4: [r.LIGHT, r.WAKE]}
    person = PersonOutcome(
        "ann", np.array([r.WAKE, r.DEEP]), {c: np.array(s) for c, s in said.items()}, None
    )
    made = Outcome("slpdb", "live", "fixed", (person,))
    assert [agreement(made, classes).accuracy for classes in (2, 3, 4)] == [1, 0.5, 0]


def test_classes_fold_as_the_field_folds_them():
    stages = np.array([r.WAKE, r.LIGHT, r.DEEP, r.REM])
    assert in_classes(stages, 2).tolist() == [r.WAKE, r.ASLEEP, r.ASLEEP, r.ASLEEP]
    assert in_classes(stages, 3).tolist() == [r.WAKE, r.LIGHT, r.LIGHT, r.REM]
    assert in_classes(stages, 4).tolist() == stages.tolist()


def test_two_people_of_one_name_are_refused():
    ann = one_person("ann", "WL", "WL")
    with pytest.raises(ValueError, match="one name"):
        agreement(Outcome("slpdb", "live", "fixed", (ann, ann)), 2)


def test_kappa_warns_of_nothing(recwarn):
    assert np.isnan(kappa(np.array([r.WAKE]), np.array([r.WAKE])))
    assert not recwarn.list


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"true": np.array([r.WAKE, r.UNKNOWN])}, "true stages: .* among wake, light, deep, rem"),
        ({"said": {4: np.array([r.WAKE])}}, "answers in 4 classes: shape"),
        ({"said": {2: np.array([r.WAKE, r.LIGHT])}}, "among wake, asleep"),
        ({"said": {3: np.array([r.WAKE, r.DEEP])}}, "among wake, light, rem"),
        ({"true": np.array([]), "said": {}}, "0 true epochs"),
        ({"probabilities": np.full((2, 3), 1 / 3)}, r"wanted \(2, 4\)"),
        ({"probabilities": np.full((2, 4), 0.3)}, "not of sum 1"),
        ({"probabilities": np.array([[1.5, -0.5, 0, 0]] * 2)}, "below 0"),
        ({"probabilities": np.full((2, 4), np.nan)}, "not numbers"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(change, says):
    whole = {"person": "ann", "true": np.array([r.WAKE, r.LIGHT]), "said": {}}
    with pytest.raises(ValueError, match=f"ann: .*{says}"):
        PersonOutcome(**{**whole, "probabilities": None, **change})


def test_the_names_are_those_of_the_records():
    assert {r.STAGES[stage] for stage in CLASSES[4]} == set(NAMES[4])
