"""The sleep network, step by step in the VM, against the same written anew for a whole night."""

import made_networks
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_networks import Plan, plans
from sleepsync.train.shape import SHAPES

SPARE = 5  # steps after the last answer: no more may come

ANSWERS = """
from array import array
from firmware.stages import model
from firmware.stages.network import Network
network, result = Network(lanes or getattr(model, score)[1]), []
rows = [array("i", row) for row in night]
late = -1
for row in rows + [None] * (2000 if is_long else 200):
    is_new = network.step(row)
    if is_new:
        result.append(list(network.answers))
    if len(result) == len(rows):
        late += 1
        if late == spare:
            break
"""
ALLOCATED = """
import gc
from array import array
from firmware.stages import model
from firmware.stages.network import Network
network, row = Network(lanes or getattr(model, score)[1]), array("i", [300] * inputs)
def steps(count, row):
    for _ in range(count):
        network.step(row)
steps(warm_up, row)
gc.collect()
gc.disable()
result = []
for last in (row, None):
    before = gc.mem_alloc()
    steps(20, last)
    result.append(gc.mem_alloc() - before)
gc.enable()
"""
MODEL = """
from firmware.stages import model
result = [getattr(model, name)[1] for name in scores]
"""


def in_vm(worker, night, lanes=None, score=""):
    """The answers to a night, by a network of these lanes or model.py's of that score."""
    given = {"lanes": lanes, "score": score, "night": night.tolist(), "spare": SPARE}
    found = worker.call("snippet:run", ANSWERS, {**given, "is_long": bool(score)})
    return np.array(found).reshape(-1, made_networks.CLASSES)


def model(worker):
    """{score: lanes} of the firmware's own model."""
    names = [name.upper() for name in SHAPES]
    return dict(zip(names, worker.call("snippet:run", MODEL, {"scores": names}), strict=True))


def inputs_of(lanes):
    outputs, _, weights = lanes[0][0]
    return len(weights) // outputs - made_networks.BIAS_BYTES


# -- bit for bit


@settings(max_examples=120, deadline=None)
@given(plans, st.integers(1, 60), st.integers(0, 1 << 32))
def test_any_network_gives_the_whole_night_s_answers(worker, plan, steps, seed):
    """Bit for bit, and one for each step: the reach of these blocks is 1 to 61 steps."""
    rng = np.random.default_rng(seed)
    lanes = made_networks.network(plan, rng)
    night = made_networks.night(plan, steps, rng)
    assert np.array_equal(in_vm(worker, night, lanes), made_networks.answers(lanes, night))


def test_these_networks_are_not_dull():
    """Of random ones most answer otherwise to each step, and many channels saturate."""
    rng = np.random.default_rng(1)
    plan = Plan(2, 6, 6, 4, 5, (1, 3), True)
    rows = []
    for _ in range(20):
        lanes = made_networks.network(plan, rng)
        found = made_networks.answers(lanes, made_networks.night(plan, 30, rng))
        rows.append(len(np.unique(found, axis=0)))
    assert np.median(rows) > 20


@pytest.mark.parametrize("score", [score.upper() for score in SHAPES])
@pytest.mark.parametrize("steps", [1, 2, 40, 160])
def test_the_firmware_s_own_network_gives_the_whole_night_s_answers(worker, score, steps):
    lanes = model(worker)[score]
    night = np.random.default_rng(steps).integers(0, 4095, (steps, inputs_of(lanes)))
    assert np.array_equal(in_vm(worker, night, score=score), made_networks.answers(lanes, night))


def test_lanes_are_added(worker):
    plan = Plan(3, 4, 4, 2, 3, (1, 2), True)
    rng = np.random.default_rng(5)
    lanes, night = made_networks.network(plan, rng), made_networks.night(plan, 20, rng)
    each = [in_vm(worker, night, [lane]) for lane in lanes]
    assert np.array_equal(in_vm(worker, night, lanes), sum(each))


# -- what it looks at


@settings(max_examples=40, deadline=None)
@given(plans, st.integers(2, 40), st.integers(0, 1 << 32), st.data())
def test_a_network_sees_no_further_ahead_than_it_says(worker, plan, steps, seed, data):
    rng = np.random.default_rng(seed)
    lanes, night = made_networks.network(plan, rng), made_networks.night(plan, steps, rng)
    cut = data.draw(st.integers(1, steps))
    changed = night.copy()
    changed[cut:] = made_networks.night(plan, steps - cut, rng)
    unseen = max(0, cut - sum(map(plan.ahead, plan.dilations)))
    before, after = (in_vm(worker, n, lanes)[:unseen] for n in (night, changed))
    assert np.array_equal(before, after)


def test_a_night_goes_on_as_it_begins_and_ends(worker):
    """Of one block: repeating the first step before, the last after it changes no answer."""
    plan = Plan(2, 4, 4, 4, 3, (4,), True)
    rng = np.random.default_rng(8)
    lanes, night = made_networks.network(plan, rng), made_networks.night(plan, 9, rng)
    longer = np.pad(night, ((20, 20), (0, 0)), mode="edge")
    assert np.array_equal(in_vm(worker, longer, lanes)[20:29], in_vm(worker, night, lanes))


# -- heap


@pytest.mark.parametrize("score", [score.upper() for score in SHAPES])
def test_no_step_allocates(worker, score):
    """Neither those with inputs, once rings are full, nor the last ones without."""
    inputs = inputs_of(model(worker)[score])
    given = {"lanes": None, "score": score, "inputs": inputs, "warm_up": 80}
    assert worker.call("snippet:run", ALLOCATED, given) == [0, 0]
