"""The parts of the trainer: what it is given, layers in integers, the leaning, the file."""

import ast
from array import array
from types import SimpleNamespace

import made_networks
import made_people
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import LIVE, MORNING, SMALL
from sleepsync.evaluate.agreement import kappa
from sleepsync.paths import records
from sleepsync.people import Night, Person
from sleepsync.train import fitting, fixed, lane, leaning, source
from sleepsync.train.examples import Example, examples, sequences

EITHER = pytest.mark.parametrize("score", SMALL)


# -- what it is given


def test_unscored_epochs_teach_nothing(worker):
    """Their share of a step is 0, and a step of half a minute has half of it."""
    stages = np.array([records.WAKE, records.UNKNOWN, records.REM, records.DEEP], np.int8)
    ones = array("i", [1] * 4)
    (live_even, live_odd), minutes = (
        [shares.tolist() for _, shares in sequences(Example(ones, ones, stages), shape, worker)]
        for shape in (LIVE, MORNING)
    )
    assert live_even == [[1, 0, 0, 0], [0, 0, 0, 1]]
    assert live_odd == [[0, 0, 0, 0], [0, 0, 1, 0]]
    assert minutes[0] == [[0.5, 0, 0, 0], [0, 0, 0.5, 0.5]]
    assert minutes[1] == [[0.5, 0, 0, 0], [0, 0, 0, 0.5], [0, 0, 0.5, 0]]


def test_features_are_whole_numbers_and_unheard_where_unknown(worker):
    stages = np.full(4, records.LIGHT, np.int8)
    activity, deviation = np.array([0, 1.5, np.nan, 1e9]), np.array([np.nan, 0.25, 1, 1e9])
    night = Night("n", stages, activity=activity, deviation=deviation)
    (example,) = examples(Person("made", "n", (night,)), LIVE, worker)
    assert list(example.activity) == [0, 384, -1, 1 << 24]
    assert list(example.deviation) == [-1, 64, 256, 32767]


@EITHER
def test_features_of_rates_and_counts_are_the_firmware_s(worker, score):
    shape, rng = SMALL[score], np.random.default_rng(3)
    counts, rates = rng.integers(0, 99, 50).astype(float), rng.uniform(50, 70, 50)
    counts[5], rates[9] = np.nan, np.nan
    night = Night("n", np.full(50, records.LIGHT, np.int8), counts=counts, rate_bpm=rates)
    (example,) = examples(Person("made", "n", (night,)), shape, worker)
    counts[5], rates[9] = -1, 0
    whole = [array("i", np.rint(x).astype(int).tolist()) for x in (counts, rates * 10)]
    wanted = worker.call("stage:features", *whole, not shape.is_centred)
    assert [list(example.activity), list(example.deviation)] == [list(w) for w in wanted]


def test_short_sequences_stay_as_they_end_and_are_not_scored():
    x = [(np.full((2, n), n, np.float32), np.full((n, 4), 0.25, np.float32)) for n in (3, 101)]
    inputs, stages = fitting.padded(x)
    assert inputs.shape == (2, 2, 200) and stages.shape == (4, 2, 200)
    assert np.all(inputs[:, 0] == 3) and np.all(inputs[:, 1] == 101)
    assert stages.sum(axis=(0, 2)).tolist() == [3, 101]


# -- the network in floats and in integers


@EITHER
@pytest.mark.parametrize("dilation", [1, 2, 5])
def test_the_floats_see_as_far_as_the_firmware_does(score, dilation):
    """As many steps back and ahead; before and after the night it stays as it is there."""
    shape, rng = SMALL[score], np.random.default_rng(dilation)
    few, taps = rng.random((2, 1, 7), np.float32), rng.random((2, shape.taps), np.float32)
    ahead = dilation if shape.is_centred else 0  # of three taps the middle or the last is now
    wanted = np.zeros((2, 7))
    for tap in range(shape.taps):
        at = np.arange(7) + ahead - (shape.taps - 1 - tap) * dilation
        wanted += taps[:, tap, None] * few[:, 0, at.clip(0, 6)]
    found = lane.convolved(taps, few, shape, dilation)
    np.testing.assert_allclose(np.asarray(found)[:, 0], wanted, rtol=1e-5)


WEIGHTS = st.lists(st.floats(-100, 100), min_size=8, max_size=8)


@settings(max_examples=100, deadline=None)
@given(WEIGHTS, st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=2), st.integers(-6, 0))
def test_a_layer_in_integers_is_the_layer(weights, bias, size):
    """However small its weights are beside its biases, it comes out within a part of them."""
    weights = np.array(weights).reshape(2, 4) * 10.0**size
    if not weights.any():
        return
    layer = fixed._dense(weights, np.array(bias), np.ones(2), np.ones(4))
    x = np.random.default_rng(1).integers(0, 256, (30, 4))
    floats = x @ weights.T + bias
    found = made_networks.dense(layer, x)
    step = 2.0 ** -layer[1]
    assert abs(found - floats).max() <= 0.5 + step * (0.5 * x.sum(axis=1).max() + 1)
    assert layer[1] == 20 or step <= max(
        abs(weights).max() / 63, (abs(np.array(bias)).max() + 0.5) / 2**22
    )


# -- the leaning


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 1 << 32))
def test_the_chosen_power_is_the_best(seed):
    """In the mean of three kappas; each way of leaning is worked anew."""
    rng = np.random.default_rng(seed)
    stages = rng.choice(made_people.STAGES, 120, p=(0.1, 0.6, 0.1, 0.2))
    noise = rng.dirichlet((1, 1, 1, 1), 120)
    probabilities = 0.5 * noise + 0.5 * (stages[:, None] == np.array(made_people.STAGES))
    probabilities = probabilities * (0.5, 2, 0.5, 1)
    chosen = leaning.chosen_power(probabilities, stages)
    tried = {round(p, 1): mean_kappa(probabilities, stages, p) for p in np.arange(0, 1.01, 0.1)}
    assert tried[round(chosen, 1)] == pytest.approx(max(tried.values()), abs=1e-12)


FOLDS = (((0,), (1, 2, 3)), ((0,), (1, 2), (3,)), ((0,), (1,), (2,), (3,)))


def mean_kappa(probabilities, stages, power):
    true = np.array([made_people.STAGES.index(stage) for stage in stages])
    kappas = []
    for fold in FOLDS:
        classes = np.array([next(k for k, some in enumerate(fold) if c in some) for c in range(4)])
        p = np.column_stack([probabilities[:, list(some)].sum(axis=1) for some in fold])
        common = np.array([np.isin(true, some).mean() for some in fold])
        said = np.argmax(p / common**power, axis=1)
        kappas.append(np.nan_to_num(kappa(classes[true], said), nan=-1))
    return np.mean(kappas)


def test_the_firmware_s_leaning_is_that_of_the_floats():
    shares = np.array([0.1, 0.5, 0.15, 0.25])
    assert leaning.in_firmware(shares, 0) == (0, 0, 0, 0)
    whole = leaning.in_firmware(shares, 1)
    assert whole == tuple(np.rint(256 * np.log2(0.5 / shares)).astype(int))
    assert leaning.in_firmware(shares, 0.5) == pytest.approx(np.array(whole) / 2, abs=1)


# -- the file


def text(*models):
    return source.source(list(models), "sleepsync train", "somebody")


@settings(max_examples=15, deadline=None)
@given(made_networks.plans, st.integers(0, 1 << 32))
def test_any_network_is_written_as_it_is(plan, seed):
    lanes = made_networks.network(plan, np.random.default_rng(seed))
    shape = SimpleNamespace(score="live")
    model = SimpleNamespace(shape=shape, in_firmware=((0, 1, 2, 3), lanes), constant_bytes=1)
    *_, assigned = ast.parse(text(model)).body
    assert ast.literal_eval(assigned.value) == ((0, 1, 2, 3), lanes)


def test_layers_of_any_length_are_written_whole():
    """Lines of them break anywhere."""
    layers = tuple((1, 0, bytes(range(count))) for count in range(1, 60))
    model = SimpleNamespace(shape=LIVE, in_firmware=((0,), layers), constant_bytes=1)
    *_, assigned = ast.parse(text(model)).body
    assert ast.literal_eval(assigned.value) == ((0,), layers)
