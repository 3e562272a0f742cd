"""The lane of touch, in the VM: bursts and duty are bounded whatever the renderer wants."""

import random
import zlib
from itertools import groupby

import numpy as np
import pytest
from acting import TOUCH
from hypothesis import given, settings
from hypothesis import strategies as st

RUN = (
    TOUCH
    + """
lane.begin(Script(levels), ceiling, length, allowance)
result = [felt(lane), figures(lane)]
"""
)
BURST, WINDOW, MOST_FELT = 75, 750, 225  # 3 s; 30 s, and 30 % of them


def run(worker, levels, ceiling=127, length=2000, allowance=10**6):
    given_ = {"levels": levels, "ceiling": ceiling, "length": length, "allowance": allowance}
    return worker.call("snippet:run", RUN, given_)


def bursts(felt):
    return [len(list(group)) for is_felt, group in groupby(felt, key=bool) if is_felt]


def obeys(felt, ceiling=127):
    assert all(0 <= level <= ceiling for level in felt)
    assert max(bursts(felt), default=0) <= BURST
    duty = np.convolve(np.array(felt) > 0, np.ones(WINDOW))
    assert duty.max() <= MOST_FELT


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.integers(0, 140))
def test_no_renderer_makes_it_break_a_rule(worker, seed, ceiling):
    r = random.Random(seed)
    levels = []
    while len(levels) < 1500:
        levels += [r.choice((0, 0, 1, 60, 127, 300, -5))] * r.choice((1, 5, 74, 80, 200))
    felt, figures = run(worker, levels, ceiling)
    obeys(felt, min(ceiling, 127))
    assert figures[0] == 2000
    assert figures[2] == max(felt)
    assert figures[3] == sum(felt) * 40 // 127
    emitted = felt[: figures[0] + figures[1]]
    assert figures[4] == zlib.crc32(bytes(emitted))


@pytest.mark.parametrize("rest", [0, 1, 10, 30, 60, 104, 105, 200, 300])
def test_nor_does_who_saves_up_and_spends(worker, rest):
    """Bursts as long as they are let, with rests of every length between them."""
    for burst in (75, 74, 30):
        felt, _ = run(worker, [0] * 300 + ([127] * burst + [0] * rest) * 20, length=3000)
        obeys(felt)


def test_the_budget_outlives_the_act(worker):
    source = (
        TOUCH
        + """
out = []
for _ in range(30):
    lane.begin(Script([127]), 127, 60, 1000000)
    out += felt(lane)
result = out
"""
    )
    obeys(worker.call("snippet:run", source, {}))


def test_a_full_burst_is_3_s_and_the_rest_after_it_4_s(worker):
    felt, _ = run(worker, [100], length=600)
    assert felt[:75] == [100] * 75
    again = felt.index(100, 75)
    assert 100 <= again - 75 <= 105
    assert bursts(felt)[1] in (29, 30)


def test_what_is_within_the_rules_is_felt_as_wanted(worker):
    levels = [90] * 8 + [0] * 32
    felt, figures = run(worker, levels, length=400)
    assert felt[:400] == levels * 10
    assert figures[:2] == [400, 0]


def test_it_ends_when_its_dose_is_used(worker):
    felt, figures = run(worker, [127], allowance=400)
    assert felt == [127] * 10 + [0]
    assert figures[:4] == [10, 1, 127, 400]


def test_close_and_cut(worker):
    source = (
        TOUCH
        + """
lane.begin(Script([50]), 127, 100, 1000000)
a = felt(lane, 5)
lane.close()
b, closed = felt(lane), figures(lane)
lane.begin(Script([50]), 127, 100, 1000000)
felt(lane, 5)
lane.cut()
result = [a, b, closed, lane.level, figures(lane), felt(lane)]
"""
    )
    a, b, closed, cut_level, cut, after = worker.call("snippet:run", source, {})
    assert (a, b) == ([50] * 5, [0])
    assert closed[:2] == [5, 1]
    assert cut_level == 0
    assert cut[:2] == [5, 0]
    assert after == [0]
