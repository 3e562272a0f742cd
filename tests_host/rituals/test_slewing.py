"""Wall time: led to the clock chip so slowly that it never jumps, and the counter not at all."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.simulate import run_puck
from whole_puck import START, in_the_vm

# A puck whose crystal is `ppm` fast beside a chip that is right, and `ahead_ms` of the puck at the
# start; looks every 30 s for `minutes`: (now_ms, wall, true time in ms).
LED = """
from firmware.clock import ChipWatch, Clock

class Time:
    us = 0
    zero_s = 850000000
    def ticks_ms(self):
        return (self.us + self.us * ppm // 1000000) // 1000 & 0x3FFFFFFF
    def ticks_diff(self, a, b):
        return ((a - b + 0x20000000) & 0x3FFFFFFF) - 0x20000000
    def time(self):
        return self.zero_s + (self.us + self.us * ppm // 1000000) // 1000000

class Chip:
    def __init__(self, time):
        self.time = time
    def read_s(self):
        return (850000000 * 1000 + self.time.us // 1000 + ahead_ms) // 1000

class Sensor:
    def __init__(self, driver):
        self.driver = driver
    def ask(self, action):
        return action()
    def hear(self):
        pass

class Board:
    def __init__(self, time):
        self.time = time
    def set_clock(self, utc_s):
        self.time.zero_s += utc_s - self.time.time()

t = Time()
clock, watch, board = Clock(t), ChipWatch(), Board(t)
clock.utc_s()
sensor, result = Sensor(Chip(t)), []
for i in range(minutes * 60 // 10):
    t.us += 10000000 + (i * 7919 % 997) * 1000
    if i % 3 == 0:
        watch.ask(sensor, clock, board)
    result.append([clock.now_ms(), clock.utc_s(), 850000000 * 1000 + t.us // 1000 + ahead_ms])
result.append(list(watch.drift()))
"""


@pytest.fixture(scope="module")
def led(worker):
    def run(ppm=0, ahead_ms=0, minutes=240):
        given_ = {"ppm": ppm, "ahead_ms": ahead_ms, "minutes": minutes}
        *looks, drift = worker.call("snippet:run", LED, given_)
        return looks, drift

    return run


@settings(max_examples=12, deadline=None)
@given(st.integers(-90, 90), st.integers(-5000, 5000))
def test_it_comes_to_the_chip_s_time_without_a_jump(led, ppm, ahead_ms):
    looks, _ = led(ppm, ahead_ms)
    for (was_ms, was_s, _), (now_ms, now_s, _) in zip(looks, looks[1:], strict=False):
        passed_s = (now_ms - was_ms) / 1000
        assert -1.01 <= now_s - was_s - passed_s <= 1.01
        assert now_s >= was_s
    for _, wall_s, true_ms in looks[len(looks) * 3 // 4 :]:
        assert abs(wall_s + 0.5 - true_ms / 1000) <= 1.65


def test_it_is_slewed_by_500_ppm_at_most(led):
    """Five seconds to go take five thousand at twice a millisecond a second."""
    looks, _ = led(0, 5000, 300)
    behind = {round(now_ms / 60_000): true_ms / 1000 - wall_s for now_ms, wall_s, true_ms in looks}
    assert 4 < behind[10] < 6
    assert 2.5 < behind[60] < 4.2
    assert -0.1 < behind[200] < 1.6


def test_the_night_s_counter_is_never_touched(led):
    looks, _ = led(0, 8000, 60)
    straight, _ = led(0, 0, 60)
    assert [now_ms for now_ms, *_ in looks] == [now_ms for now_ms, *_ in straight]


def test_what_is_off_by_more_than_ten_seconds_is_no_drift(led):
    looks, _ = led(0, 60_000, 60)
    *_, (_, wall_s, true_ms) = looks
    assert 59 <= true_ms / 1000 - wall_s <= 61


@pytest.mark.parametrize("ppm", [-40, 0, 25])
def test_the_drift_is_known_after_some_hours(led, ppm):
    _, (found, within) = led(ppm, 0, 8 * 60)
    assert abs(found - ppm) <= within + 1
    assert within <= 50


def test_a_whole_puck_with_a_slow_crystal_keeps_the_hour(short, tmp_path):
    """Nine minutes at 300 ppm would lose 0.16 s; so slow that it loses 2.7 s, it is held."""
    world = short / "world.json"
    made = json.loads(world.read_text())
    made["chips"]["crystal"] = {"rate_ppm": -400}
    world.unlink()
    world.write_text(json.dumps(made))
    lines = ["5:from firmware import app"]
    lines += [f"{at}:print('told', app.running.clock.wall_s())" for at in range(30, 530, 50)]
    said: list[str] = []
    run_puck(short, say=said.append, type=lines)
    told = [int(line.split()[-1]) for line in said if line.startswith("told")]
    assert len(told) == 10
    for at, wall_s in zip(range(30, 530, 50), told, strict=True):
        assert abs(made["start_s"] + at - wall_s) <= 1


SET = (
    START
    + """
puck.open()
puck.settings.set("zone", "CET-1CEST,M3.5.0,M10.5.0/3")
puck.changed(4)
before_ms = puck.clock.now_ms()
puck.clock.set(puck.clock.zone.utc_s(838000000))
puck.governor.mind_clock(puck.clock.wall_s())
result = [puck.clock.wall_s(), puck.clock.utc_s(), time.time(), puck.clock.now_ms() - before_ms]
puck.board.start_clock_chip()
result.append(puck.board.clock_chip.read_s())
kinds = []
for kind, record in puck.journal.replay():
    if kind is records.EVENT and kind.unpack(record).kind == records.CLOCK_SET:
        kinds.append(kind.unpack(record).value)
result.append(kinds)
"""
)


def test_who_sets_the_time_sets_puck_and_chip_in_utc_and_tells_the_night(run_in, short):
    wall_s, utc_s, rtc_s, passed_ms, chip_s, told = in_the_vm(run_in, short, SET)
    assert wall_s == pytest.approx(838_000_000, abs=1)
    assert utc_s == pytest.approx(838_000_000 - 7200, abs=1)  # July 2026
    assert rtc_s == pytest.approx(utc_s, abs=1)
    assert chip_s == pytest.approx(utc_s, abs=1)
    assert passed_ms < 1000
    zone_set, clock_set = told
    assert clock_set == pytest.approx(838_000_000, abs=1)
    assert zone_set != clock_set


@pytest.mark.parametrize("utc_s", [0, 788_918_399, 3_155_760_000])
def test_years_that_the_puck_does_not_know_are_refused(run_in, short, utc_s):
    lines = (
        START
        + f"""
try:
    puck.clock.set({utc_s})
    result = ""
except ValueError as error:
    result = str(error)
"""
    )
    assert "2025 to 2099" in in_the_vm(run_in, short, lines)
