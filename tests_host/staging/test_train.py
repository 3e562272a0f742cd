"""The trainer, on people made of numbers and with networks so small that it takes seconds."""

import ast
import importlib

import made_networks
import made_people
import numpy as np
import pytest
from made_people import LIVE, MORNING, SMALL
from sleepsync.evaluate.agreement import kappa
from sleepsync.evaluate.outcome import KINDS
from sleepsync.evaluate.people_out import people_out
from sleepsync.paths import records
from sleepsync.train import leaning, source
from sleepsync.train.examples import examples, network_inputs, sequences
from sleepsync.train.model import fixed_probabilities, float_epochs, float_probabilities, train
from sleepsync.train.shape import INPUTS

people_out_module = importlib.import_module("sleepsync.evaluate.people_out")

EITHER = pytest.mark.parametrize("score", SMALL)
FIXED_WITHIN, FIXED_WITHIN_ON_AVERAGE = 0.3, 0.03  # of a probability, by int8
PEOPLE = [made_people.person(seed) for seed in range(3)]
LEARNT = PEOPLE[:2]  # as many as others when one of three is left out: compiled once


def cut(worker, people, shape):
    return [
        sequence
        for person in people
        for night in examples(person, shape, worker)
        for sequence in sequences(night, shape, worker)
    ]


def text(*models):
    return source.source(list(models), "sleepsync train", "somebody")


@pytest.fixture(scope="module")
def models(worker):
    """A small model of each score."""
    return {
        score: train(shape, cut(worker, LEARNT, shape), seed=1) for score, shape in SMALL.items()
    }


# -- the same seed, the same file


@EITHER
def test_the_same_seed_gives_the_same_file_and_another_seed_another(worker, models, score):
    sequences_of_all = cut(worker, LEARNT, SMALL[score])
    again, other = (train(SMALL[score], sequences_of_all, seed) for seed in (1, 2))
    assert text(again) == text(models[score])
    assert again.fixed_lanes != other.fixed_lanes
    assert text(again) != text(other)


def test_lanes_differ(models):
    first, second = models["live"].fixed_lanes
    assert first != second


@EITHER
def test_it_has_learnt(models, score):
    """People whose stages tell on their features are told apart, on their own nights."""
    assert models[score].fitted_kappa > 0.4
    assert models[score].shares.sum() == pytest.approx(1)


# -- floats and integers


@EITHER
def test_the_firmware_s_integers_say_what_the_floats_say(worker, models, score):
    """Of people it was fitted to and of others; each kind by its own way of going through."""
    off = []
    for person in [*PEOPLE, made_people.person(7, epochs=161)]:
        (night,) = examples(person, SMALL[score], worker)
        floats = float_epochs(models[score], night, worker)
        stages, fixed = fixed_probabilities(models[score], night, worker)
        assert floats.shape == fixed.shape == (len(night.stages), 4)
        assert set(stages) <= set(made_people.STAGES)
        off.append(abs(floats - fixed))
    assert np.concatenate(off).max() <= FIXED_WITHIN
    assert np.concatenate(off).mean() <= FIXED_WITHIN_ON_AVERAGE


@EITHER
def test_the_stages_lean_as_the_floats_do(worker, models, score):
    model = models[score]
    (night,) = examples(PEOPLE[0], model.shape, worker)
    stages, _ = fixed_probabilities(model, night, worker)
    leant = float_epochs(model, night, worker) * leaning.factors(model.shares, model.power)
    by_floats = np.array(made_people.STAGES)[leant.argmax(axis=1)]
    assert (by_floats == stages).mean() > 0.93


@EITHER
def test_no_byte_of_a_layer_overflows(models, score):
    """Weights are int8 and biases 24 bits; the layout is the firmware's."""
    model = models[score]
    shape = model.shape
    assert len(model.fixed_lanes) == shape.lanes
    for into, blocks, out in model.fixed_lanes:
        assert into[0] == shape.channels and out[0] == 4 and len(blocks) == len(shape.dilations)
        for _, dilation, ahead, taps, _ in blocks:
            assert dilation in {d * shape.steps_in_minute for d in shape.dilations}
            assert ahead == (dilation if shape.is_centred else 0)
            assert len(taps) == shape.taps * shape.few
    layers = [layer for into, _, out in model.fixed_lanes for layer in (into, out)]
    assert all(0 <= shift <= 20 and len(w) % outputs == 0 for outputs, shift, w in layers)


def test_inputs_that_are_not_used_have_no_weight(worker, models):
    """Nor do they change what the floats say."""
    unused = [i for i, name in enumerate(INPUTS) if name not in LIVE.used]
    for into, _, _ in models["live"].fixed_lanes:
        rows = np.frombuffer(into[2], np.uint8).reshape(LIVE.channels, -1)
        weights = rows[:, made_networks.BIAS_BYTES :].astype(int) - 128
        assert not weights[:, unused].any() and weights.any()
    (night,) = examples(PEOPLE[0], LIVE, worker)
    inputs = network_inputs(night, LIVE, worker)
    changed = inputs.copy()
    changed[:, unused] += 500
    said = [float_probabilities(models["live"].lanes, LIVE, x) for x in (inputs, changed)]
    assert np.array_equal(*said)


# -- the file


@EITHER
def test_what_is_written_is_what_was_given(models, score):
    tree = ast.parse(text(models[score]))
    docstring, assigned = tree.body
    assert assigned.targets[0].id == score.upper()
    assert ast.literal_eval(assigned.value) == models[score].in_firmware
    assert f"{models[score].constant_bytes:,} bytes" in docstring.value.value
    assert max(map(len, text(models[score]).splitlines())) <= 100


def test_the_bytes_told_are_the_weights(models):
    for model in models.values():
        assert model.constant_bytes == sum(map(len, made_networks.weights(model.fixed_lanes)))


# -- one person out


class Here:
    """Judges one after the other in this process, where the small networks are compiled."""

    def __init__(self, jobs, context):
        self.map = map

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


@pytest.fixture
def in_this_process(monkeypatch):
    monkeypatch.setattr(people_out_module, "ProcessPoolExecutor", Here)


def by_name(outcomes):
    """{(kind, person): outcome}."""
    return {(o.kind, p.person): p for o in outcomes for p in o.people}


def test_a_person_s_own_stages_never_reach_what_scores_them(in_this_process):
    """Somebody's are shuffled: their probabilities stay, to the last bit; others' do not."""
    (night,) = PEOPLE[1].nights
    known = night.stages != records.UNKNOWN
    shuffled = night.stages.copy()
    shuffled[known] = np.random.default_rng(1).permutation(night.stages[known])
    people = [PEOPLE[0], made_people.with_stages(PEOPLE[1], shuffled), PEOPLE[2]]
    before, after = (by_name(people_out("made", p, LIVE)) for p in (PEOPLE, people))
    for kind in KINDS:
        was, is_ = before[kind, "p1"], after[kind, "p1"]
        assert np.array_equal(was.probabilities, is_.probabilities)
        assert not np.array_equal(was.true, is_.true)
        other = before[kind, "p0"].probabilities, after[kind, "p0"].probabilities
        assert not np.array_equal(*other)


def test_both_kinds_hear_everybody_s_scored_epochs(in_this_process):
    heard = []
    outcomes = people_out("made", PEOPLE, MORNING, heard.append)
    assert [o.kind for o in outcomes] == ["float", "fixed"]
    assert {(o.set, o.score) for o in outcomes} == {("made", "morning")}
    assert heard == [f"morning: p{i}" for i in range(3)]
    for (kind, name), found in by_name(outcomes).items():
        (night,) = PEOPLE[int(name[1:])].nights
        assert found.true.tolist() == night.stages[night.stages != records.UNKNOWN].tolist()
        assert sorted(found.said) == [2, 3, 4], kind
        np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-5)
        assert kappa(found.true, found.said[4]) > 0.3
    floats, integers = (by_name(outcomes)[kind, "p0"].probabilities for kind in KINDS)
    assert 0 < abs(floats - integers).mean() <= FIXED_WITHIN_ON_AVERAGE


def test_processes_of_their_own_give_both_kinds():
    outcomes = people_out("made", LEARNT, LIVE)
    assert [(o.kind, [p.person for p in o.people]) for o in outcomes] == [
        (kind, ["p0", "p1"]) for kind in KINDS
    ]
    for found in by_name(outcomes).values():
        assert kappa(found.true, found.said[4]) > 0.2


def test_others_are_all_but_the_one_left_out():
    tasks = people_out_module._tasks(PEOPLE, MORNING)
    assert [list(task.left_out) for task in tasks] == [["p0"], ["p1"], ["p2"]]
    pairs = [(PEOPLE[(i + 1) % 3], PEOPLE[i]) for i in range(3)]
    everybody = [people_out_module._tasks(pair, MORNING)[0].others for pair in pairs]
    for i, task in enumerate(tasks):
        wanted = [s for k, row in enumerate(everybody) if k != i for s in row]
        assert len(task.others) == len(wanted)
        for (x, y), (wanted_x, wanted_y) in zip(task.others, wanted, strict=True):
            assert np.array_equal(x, wanted_x) and np.array_equal(y, wanted_y)


def test_people_left_out_together_teach_nobody_of_them():
    pair, alone = people_out_module._tasks(PEOPLE, MORNING, at_once=2)
    assert [list(task.left_out) for task in (pair, alone)] == [["p0", "p1"], ["p2"]]
    of_the_last = people_out_module._tasks(PEOPLE[1:], MORNING)[0].others
    assert all(np.array_equal(a[0], b[0]) for a, b in zip(pair.others, of_the_last, strict=True))


def test_fewer_to_learn_from_are_chosen_by_seed_among_the_others():
    first, again = (people_out_module._tasks(PEOPLE, MORNING, learn_from=1) for _ in range(2))
    every = people_out_module._tasks(PEOPLE, MORNING)
    for task, same, whole in zip(first, again, every, strict=True):
        assert len(task.others) * 2 == len(whole.others)
        assert all(
            np.array_equal(a[0], b[0]) for a, b in zip(task.others, same.others, strict=True)
        )
        own = [any(np.array_equal(x, y) for y, _ in whole.others) for x, _ in task.others]
        assert all(own)


def test_one_person_cannot_be_left_out_of_one():
    with pytest.raises(ValueError, match="made: to leave one person out takes two or more, not 1"):
        people_out("made", PEOPLE[:1], LIVE)
