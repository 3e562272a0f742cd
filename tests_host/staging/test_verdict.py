"""What is said of an epoch, from the network's answers: probabilities and a stage."""

from array import array

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records

PROBABILITIES = "firmware.stages.verdict:probabilities"
STAGE = "firmware.stages.verdict:stage"
CLASSES = (records.WAKE, records.LIGHT, records.DEEP, records.REM)
WHOLE = 255
# Rounding down gives the likeliest what three others lost; the power of two is 1 in 5000 off.
WITHIN, WITHIN_BEST = 1.1, 3.1

answers_of_four = st.one_of(
    st.lists(st.integers(-600, 600), min_size=4, max_size=4),
    st.lists(st.integers(-(1 << 20), 1 << 20), min_size=4, max_size=4),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
)


def probabilities(worker, answers):
    return np.array(worker.call(PROBABILITIES, array("i", answers)))


def softmax(answers):
    """Of answers in 256 log2."""
    odds = 2.0 ** ((np.array(answers, float) - max(answers)) / 256)
    return odds / odds.sum()


@settings(max_examples=150, deadline=None)
@given(answers_of_four)
def test_probabilities_are_those_of_the_odds(worker, answers):
    found = probabilities(worker, answers)
    assert found.sum() == WHOLE
    within = np.full(4, WITHIN)
    within[np.argmax(answers)] = WITHIN_BEST
    assert np.all(abs(found - WHOLE * softmax(answers)) <= within)


@settings(max_examples=100, deadline=None)
@given(answers_of_four)
def test_probabilities_keep_the_order_of_the_answers(worker, answers):
    found = probabilities(worker, answers)
    by_answer = [found[i] for i in sorted(range(4), key=lambda i: (answers[i], -i))]
    assert by_answer == sorted(by_answer)


@settings(max_examples=60, deadline=None)
@given(answers_of_four, st.integers(-5000, 5000))
def test_only_differences_of_answers_count(worker, answers, more):
    raised = [answer + more for answer in answers]
    assert np.array_equal(probabilities(worker, answers), probabilities(worker, raised))


def test_one_that_is_sure_has_all_of_it(worker):
    for i in range(4):
        answers = [0] * 4
        answers[i] = 20 * 256
        assert probabilities(worker, answers).tolist() == [WHOLE * (k == i) for k in range(4)]


@settings(max_examples=100, deadline=None)
@given(answers_of_four, st.lists(st.integers(0, 800), min_size=4, max_size=4))
def test_a_stage_is_the_first_of_the_best_after_leaning(worker, answers, leaning):
    best = np.argmax(np.array(answers) + np.array(leaning))
    assert worker.call(STAGE, array("i", answers), leaning) == CLASSES[best]


def test_leaning_turns_a_narrow_decision_and_no_other(worker):
    """Deep is behind light by an octave: leaned to by less it stays so, by more it does not."""
    answers = array("i", [0, 1000, 744, 0])
    for lean, stage in ((255, records.LIGHT), (256, records.LIGHT), (257, records.DEEP)):
        assert worker.call(STAGE, answers, [0, 0, lean, 0]) == stage
