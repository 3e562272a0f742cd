"""When samples were taken: the time base of a sensor against a true oscillator.

The truth is a sensor with a rate of its own, drained by a puck that is always a
little late and sometimes very. What has gathered meanwhile comes with the late block.
"""

import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

PERIOD_MS = 20.0
BUSY_MS = (0, 30)  # from a sample to its drain, as a rule
HELD_UP_MS = (80, 300)  # and when something kept the puck
WITHIN_MS = 10
MOST_AHEAD_MS = 12  # a block taken early by luck is rare; until it comes, lateness counts as rate
WITHIN_PPM = 300
SETTLED_MS = 30_000
MEASURED_MS = 300_000
SMALL_INT = 1 << 30  # the chip's small integers end here: beyond, each product allocates

FOLLOW = """
from firmware.senses.sampling import SampleClock
clock = SampleClock(20000)
times, periods = [], []
for n, now_ms, lost in blocks:
    if lost: clock.gap()
    clock.block(n, now_ms)
    times.append(clock.time_ms)
    periods.append(clock.period_us)
result = [times, periods]
"""


@dataclass
class Arrival:
    """One block: its samples, when it was heard, when its newest sample was taken."""

    n: int
    now_ms: int
    true_ms: float
    lost: bool


class Sensor:
    """A sensor whose samples come `rate` (a share) faster than nominal, and its drains."""

    def __init__(self, seed: int, rate: float, held_up: float = 0.02):
        self._random = random.Random(seed)
        self.period_ms = PERIOD_MS / (1 + rate)
        self._first_ms = self._random.uniform(0, 500)
        self._held_up = held_up
        self._taken = 0
        self._now_ms = 0

    def blocks(self, until_ms: float, skip: int = 0, told: bool = True):
        """Arrivals until `until_ms`; before the first, `skip` samples are lost."""
        self._taken += skip
        lost = skip > 0 and told
        arrivals = []
        while self._newest_ms() < until_ms:
            arrivals.append(self._drain(lost))
            lost = False
        return arrivals

    def _newest_ms(self):
        return self._first_ms + self._taken * self.period_ms

    def _drain(self, lost):
        held_up = self._random.random() < self._held_up
        late_ms = self._random.uniform(*(HELD_UP_MS if held_up else BUSY_MS))
        n = self._random.randint(1, 32)
        self._taken += n
        while self._newest_ms() + late_ms < self._now_ms:  # gathered while the last was held up
            self._taken += 1
            n += 1
        self._now_ms = int(self._newest_ms() + late_ms)
        return Arrival(n, self._now_ms, self._newest_ms(), lost)


def followed(worker, arrivals):
    """[(true time, error in ms, period in us)] after each arrival."""
    blocks = [[a.n, a.now_ms, a.lost] for a in arrivals]
    times, periods = worker.call("snippet:run", FOLLOW, {"blocks": blocks})
    return [
        (a.true_ms, time_ms - a.true_ms, period_us)
        for a, time_ms, period_us in zip(arrivals, times, periods, strict=True)
    ]


def settled(course, from_ms):
    return [error_ms for true_ms, error_ms, _ in course if true_ms > from_ms]


rates = st.floats(-0.04, 0.04)
seeds = st.integers(0, 1 << 32)


@settings(max_examples=20, deadline=None)
@given(seeds, rates)
def test_time_and_period_are_found_whatever_the_rate(worker, seed, rate):
    """Six minutes, one block in fifty held up: period within 300 ppm, times within 10 ms."""
    sensor = Sensor(seed, rate)
    course = followed(worker, sensor.blocks(360_000))
    errors = settled(course, SETTLED_MS)
    assert sum(abs(error) <= WITHIN_MS for error in errors) >= 0.95 * len(errors)
    assert max(errors) <= MOST_AHEAD_MS
    for true_ms, _, period_us in course:
        if true_ms > MEASURED_MS:
            assert period_us == pytest.approx(sensor.period_ms * 1000, rel=WITHIN_PPM * 1e-6)


@settings(max_examples=20, deadline=None)
@given(seeds, rates)
def test_a_period_is_good_to_a_hundredth_soon_and_gets_better(worker, seed, rate):
    """No measurement of two seconds is kept for longer than it is the best there is."""
    sensor = Sensor(seed, rate, held_up=0)
    for true_ms, _, period_us in followed(worker, sensor.blocks(70_000)):
        for from_ms, share in ((4_000, 0.02), (10_000, 0.005), (65_000, 0.001)):
            if true_ms > from_ms:
                assert period_us == pytest.approx(sensor.period_ms * 1000, rel=share)


@settings(max_examples=20, deadline=None)
@given(seeds, rates, st.integers(1, 500), st.booleans())
def test_after_a_gap_the_time_is_right_again_in_three_seconds(worker, seed, rate, lost, told):
    """Told of the gap or not; an untold one of under a quarter of a second is only lateness."""
    if not told:
        lost += 20
    sensor = Sensor(seed, rate, held_up=0)
    before = sensor.blocks(120_000)
    gap_ms = before[-1].true_ms + lost * sensor.period_ms
    course = followed(worker, before + sensor.blocks(gap_ms + 30_000, lost, told))
    assert max(abs(error) for error in settled(course, gap_ms + 3_000)) <= BUSY_MS[1]


@settings(max_examples=15, deadline=None)
@given(seeds, rates, st.integers(0, 600))
def test_an_overflow_keeps_the_period(worker, seed, rate, stale_ms):
    """A full FIFO keeps its oldest samples: the first block after the gap is stale."""
    sensor = Sensor(seed, rate)
    before = sensor.blocks(150_000)
    after = sensor.blocks(300_000, skip=31)
    after[0].now_ms = min(after[0].now_ms + stale_ms, after[1].now_ms)
    for true_ms, _, period_us in followed(worker, before + after):
        if true_ms > 150_000:
            assert period_us == pytest.approx(sensor.period_ms * 1000, rel=0.002)


@pytest.mark.parametrize("first,second", [(0.04, -0.04), (-0.04, 0.04)])
def test_another_pod_s_period_is_measured_anew(worker, first, second):
    """A pod is changed for one that is 8 % slower or faster, and nobody says so."""
    old, new = Sensor(1, first), Sensor(2, second)
    before = old.blocks(200_000)
    new._first_ms += before[-1].now_ms + 3_000
    course = followed(worker, before + new.blocks(before[-1].now_ms + 100_000))
    assert course[-1][2] == pytest.approx(new.period_ms * 1000, rel=0.001)


def test_one_block_held_up_moves_neither_time_nor_period(worker):
    """0.3 s late, once: the time follows the samples, not the puck's delay."""
    on_time = [[17, 340 * k + 15, False] for k in range(1, 400)]
    late = [[n, now_ms + 300 * (k == 350), lost] for k, (n, now_ms, lost) in enumerate(on_time)]
    smooth, shaken = (worker.call("snippet:run", FOLLOW, {"blocks": b}) for b in (on_time, late))
    assert smooth == shaken


def test_a_sample_is_never_newer_than_its_arrival(worker):
    sensor = Sensor(3, 0.03)
    arrivals = sensor.blocks(60_000)
    for arrival, (true_ms, error_ms, _) in zip(arrivals, followed(worker, arrivals), strict=True):
        assert true_ms + error_ms <= arrival.now_ms or arrival.now_ms - true_ms > 40


def test_ago_is_samples_times_the_period(worker):
    ago = worker.call(
        "snippet:run",
        "from firmware.senses.sampling import SampleClock\n"
        "result = [SampleClock(p).ago_ms(q8) for p in periods for q8 in back]",
        {"periods": [19200, 20000, 20800], "back": [0, 128, 256, 5000, 200 << 8]},
    )
    true = [p * q8 / 256e3 for p in (19200, 20000, 20800) for q8 in (0, 128, 256, 5000, 200 << 8)]
    assert ago == pytest.approx(true, abs=1)


PRODUCTS = """
from firmware.senses import sampling

class Watched(sampling.SampleClock):
    most = 0
    def _see(self, value):
        self.most = max(self.most, abs(value))
    def _steer(self, late_ms, now_ms):
        self._see(late_ms * 1000)
        super()._steer(late_ms, now_ms)
    def _measure(self, now_ms):
        self._see((now_ms - self._old_ms) * 1000)
        super()._measure(now_ms)

clock = Watched(20000)
period_us = 20000 * 100 // (100 + percent)
for k in range(1, day_ms // (17 * period_us // 1000)):
    clock._see(32 * clock.period_us + clock._rest_us)
    clock.block(17, k * 17 * period_us // 1000 + 7 * k % 30)
result = [clock.most, max(clock._count, clock.time_ms), clock.period_us]
"""


@pytest.mark.parametrize("percent", [-4, 4])
def test_a_day_stays_in_small_integers(worker, percent):
    """Every product of a day below 2^30; the longest, the span in us, is two bases long."""
    most, sums, period_us = worker.call(
        "snippet:run", PRODUCTS, {"percent": percent, "day_ms": 86_400_000}
    )
    assert 890_000_000 < most < SMALL_INT
    assert sums < SMALL_INT
    assert period_us == pytest.approx(20000 * 100 // (100 + percent), rel=2e-4)
    assert SMALL_INT > (200 << 8) * (20800 >> 2)  # ago_ms of the oldest beat that counts
