"""A sensor's health: missed after three, told once, believed when it lives."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

START = """
from firmware import records
from firmware.parts import Sensor
from firmware.senses.watch import Noise, Stillness
told = []
class Driver:
    well = True
    def start(self):
        if not self.well:
            raise OSError("part: silent; mend it")
    def read(self):
        if not self.well:
            raise OSError("part: silent; mend it")
        return 7
    def stop(self):
        self.read()
driver = Driver()
sensor = Sensor(records.CLIMATE, driver, driver.start, lambda *event: told.append(event[:2]))
"""


def test_three_misses_in_a_row_are_a_missing_part(run_in):
    answers, told = run_in(
        START
        + """
sensor.start()
answers = [sensor.ask(driver.read)]
driver.well = False
for well in (False, False, True, False, False, False):
    driver.well = well
    answers.append([sensor.ask(driver.read), sensor.misses, sensor.present])
result = [answers, told]
"""
    )
    assert answers == [
        7,
        [0, 1, True],
        [0, 2, True],
        [7, 0, True],
        [0, 1, True],
        [0, 2, True],
        [0, 3, False],
    ]
    assert told == [[4, 5]]


def test_an_answer_of_nothing_mends_no_misses(run_in):
    """A command that a chip acknowledges is not yet a reading."""
    assert run_in(
        START
        + """
sensor.start()
driver.well = False
for _ in range(2):
    sensor.ask(driver.read)
    sensor.ask(lambda: 0)
result = [sensor.misses, sensor.present]
"""
    ) == [2, True]


def test_a_part_that_is_looked_for_is_told_twice_at_most(run_in):
    assert run_in(
        START
        + """
driver.well = False
for _ in range(100):
    sensor.start()
driver.well = True
sensor.start()
before = list(told)
sensor.hear()
sensor.hear()
result = [before, told]
"""
    ) == [[[4, 5]], [[4, 5], [5, 5]]]


def test_stopping_a_part_that_is_gone_is_no_error(run_in):
    assert (
        run_in(
            START + "sensor.start()\ndriver.well = False\nsensor.stop()\nresult = sensor.present"
        )
        is False
    )


def test_a_part_that_runs_is_not_started_again(run_in):
    """Its FIFO would be emptied, its settings written, every 30 s."""
    assert (
        run_in(
            START
            + """
starts = []
sensor = Sensor(records.CLIMATE, driver, lambda: starts.append(1), lambda *event: None)
for _ in range(5):
    sensor.start()
result = len(starts)
"""
        )
        == 1
    )


def test_a_part_that_came_back_has_three_misses_again(run_in):
    assert run_in(
        START
        + """
def miss():
    driver.well = False
    sensor.ask(driver.read)
    driver.well = True
sensor.start()
for _ in range(3):
    miss()
lost = sensor.present
sensor.start()
result = [lost]
for _ in range(3):
    miss()
    result.append(sensor.present)
"""
    ) == [False, True, True, False]


def test_why_it_is_missing_is_said_once(run_in):
    assert run_in(
        START
        + """
import builtins
said = []
builtins.print = lambda *words: said.append(str(words[0]))
driver.well = False
for _ in range(3):
    sensor.start()
result = said
"""
    ) == ["part: silent; mend it"]


STILL = (
    START
    + """
watch = Stillness(limit)
result = [[watch.look(value), watch.still] for value in values]
"""
)


def test_a_value_that_stays_is_frozen_once(run_in):
    seen = run_in(STILL, limit=3, values=[5, 5, 6, 6, 6, 6, 6, 7, 7])
    assert [still for _, still in seen] == [False] * 5 + [True, True, False, False]
    assert [now for now, _ in seen] == [False] * 5 + [True, False, False, False]


def test_nothing_is_believed_before_it_changed(run_in):
    """What starts at the value that a lost chip shows is not alive."""
    seen = run_in(STILL, limit=3, values=[0, 0, 0, 0, 0, 1])
    assert seen == [[False, True]] * 5 + [[False, False]]


DIFFERENCES = """
from array import array
import fixed_kernels
sums = array("i", (0, 0))
fixed_kernels.differences(array("i", values), sums, len(values))
result = list(sums)
"""


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-(2**18) + 1, 2**18 - 1), min_size=1, max_size=32))
def test_differences_are_what_they_say(worker, values):
    steps = [b - a for a, b in pairwise(values)]
    turns = [b - a for a, b in pairwise(steps)]
    seen = worker.call("snippet:run", DIFFERENCES, {"values": values})
    assert seen == [sum(map(abs, steps)), sum(map(abs, turns))]


NOISE = (
    START
    + """
from array import array
import fixed_kernels
watch = Noise(100)
sums = array("i", (0, 0))
seen = []
for block in blocks:
    fixed_kernels.differences(array("i", block), sums, len(block))
    seen.append([watch.look(sums[0], sums[1], len(block)), watch.noisy])
result = seen
"""
)


def sine(hz, swing, blocks):
    """Blocks of 24 samples at 50 Hz."""
    wave = [round(swing * math.sin(2 * math.pi * hz * i / 50)) for i in range(24 * blocks)]
    return [wave[i : i + 24] for i in range(0, len(wave), 24)]


def hiss(swing, blocks):
    """The same of white noise, by a congruence (Numerical Recipes)."""
    x, out = 1, []
    for _ in range(blocks):
        block = []
        for _ in range(24):
            x = (x * 1664525 + 1013904223) % 2**32
            block.append((x >> 8) % (2 * swing + 1) - swing)
        out.append(block)
    return out


def test_noise_is_told_after_six_seconds_and_forgiven(run_in):
    seen = run_in(NOISE, blocks=hiss(1000, 20) + sine(1.2, 3000, 20))
    told = [now for now, _ in seen].index(True)
    assert 11 <= told <= 17  # a block or two may look smooth by chance
    assert sum(now for now, _ in seen) == 1
    assert all(noisy for _, noisy in seen[told:20])
    assert seen[-1][1] is False


def test_long_noise_is_forgiven_as_soon_as_short_noise(run_in):
    seen = run_in(NOISE, blocks=hiss(1000, 200) + sine(1.2, 3000, 12))
    assert seen[199][1] is True
    assert seen[-1][1] is False


def test_a_smooth_block_now_and_then_hides_no_noise(run_in):
    """One in four; it takes longer to be sure."""
    noise = hiss(1000, 60)
    blocks = [noise[i] if i % 4 else [1000] * 24 for i in range(60)]
    assert run_in(NOISE, blocks=blocks)[-1][1] is True


@pytest.mark.parametrize("blocks", [sine(1.2, 3000, 40), sine(11, 2000, 40), hiss(60, 40)])
def test_pulse_shaking_and_the_sensor_s_own_noise_are_none(run_in, blocks):
    assert not any(noisy for _, noisy in run_in(NOISE, blocks=blocks))


FLAPPING = (
    START
    + """
def night(well):
    for look in range(960):
        driver.well = True
        sensor.start()
        if sensor.present:
            sensor.ask(driver.read)
            sensor.hear()
        driver.well = well(look)
        for _ in range(3):
            sensor.ask(driver.read)
"""
)


def test_a_part_that_comes_and_goes_all_night_is_told_seldom(run_in):
    """It answers whenever it is looked for, and fails at once: eight hours, not 960 events."""
    events = run_in(FLAPPING + "night(lambda look: False)\nresult = len(told)")
    assert 100 <= events <= 130


def test_a_part_that_was_well_for_ten_minutes_is_looked_for_at_once_again(run_in):
    """Two outages half an hour apart each last one look."""
    assert run_in(
        FLAPPING
        + """
looks = []
def well(look):
    looks.append(sensor.present)
    return look % 60 != 59
night(well)
result = [looks.count(False), len(told)]
"""
    ) == [0, 31]


def test_noise_in_short_blocks_is_noise_for_good(run_in):
    """A drain every 200 ms brings ten samples, of which nine steps and eight turns are made."""
    samples = [value for block in hiss(1000, 300) for value in block]
    blocks = [samples[i : i + 10] for i in range(0, len(samples), 10)]
    noisy = [noisy for _, noisy in run_in(NOISE, blocks=blocks)]
    assert noisy.index(True) < 80
    assert all(noisy[noisy.index(True) :])
