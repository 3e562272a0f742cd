"""The judge of the haptic driver: bursts and duty that are known beforehand."""

import numpy as np
import pytest
from made_emitted import S, judged
from sleepsync.emitted.lanes import Lane

pytestmark = pytest.mark.governor


def test_bursts_are_from_drive_to_rest(tmp_path):
    touch = [(S, 40), (2 * S, 90), (3 * S, 0), (5 * S, -128), (5 * S + 100_000, 0)]
    night = judged(tmp_path, touch=touch)
    assert night.spans(Lane.TOUCH).tolist() == [[S, 3 * S], [5 * S, 5 * S + 100_000]]
    assert night.figures["touch_drive"] == 128
    assert night.figures["touch_burst_s"] == 2


@pytest.mark.parametrize("turned", [False, True])
def test_duty_is_of_the_worst_half_minute(turned, tmp_path):
    """Ten of the thirty seconds that begin with the first burst, or end with the last."""
    bursts = [(10, 14), (25, 29), (38, 40), (45, 46)]
    if turned:
        bursts = [(50 - off, 50 - on) for on, off in reversed(bursts)]
    touch = [row for on, off in bursts for row in ((on * S, 50), (off * S, 0))]
    assert judged(tmp_path, touch=touch).figures["touch_duty"] == pytest.approx(10 / 30)


def test_duty_counts_what_of_a_burst_lies_inside(tmp_path):
    touch = [(0, 50), (29 * S, 0), (31 * S, 50), (60 * S, 0)]
    assert judged(tmp_path, touch=touch).figures["touch_duty"] == pytest.approx(29 / 30)


def test_against_every_window_of_a_random_night(tmp_path):
    random = np.random.default_rng(5)
    edges = np.sort(random.choice(np.arange(1, 1200), 60, replace=False)) * 100_000
    touch = [(int(us), 60 * (k % 2 == 0)) for k, us in enumerate(edges)]
    on = np.zeros(1500)
    for begin, end in edges.reshape(-1, 2) // 100_000:
        on[begin:end] = 1
    plain = max(on[k : k + 300].sum() for k in range(1200)) / 300
    found = judged(tmp_path, touch=touch, until_us=150 * S).figures["touch_duty"]
    assert found == pytest.approx(plain)
