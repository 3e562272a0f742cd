"""The clock chip against the puck's ticks, and the puck's clock set by it."""

import pytest

WATCH = """
from firmware.clock import ChipWatch
watch = ChipWatch()
result = [watch.look(chip_s, ms) for chip_s, ms in looks]
"""


def looks(rate, minutes, start_s=850_000_000):
    """A look every 30 s at a chip whose second is `rate` seconds."""
    return [(start_s + int(t * rate), t * 1000 + 137) for t in range(0, minutes * 60, 30)]


@pytest.mark.parametrize("rate", [1, 1 + 2e-6, 1 - 50e-6, 1.009, 0.991])
def test_a_crystal_within_a_hundredth_is_believed(worker, rate):
    seen = worker.call("snippet:run", WATCH, {"looks": looks(rate, 600)})
    assert set(seen) == {""}


@pytest.mark.parametrize(("rate", "first"), [(1.04, 120), (0.96, 90), (0, 60), (1.5, 60)])
def test_a_chip_that_runs_wrong_is_told_within_minutes(worker, rate, first):
    """And for as long as it is wrong, whatever it was at first."""
    seen = worker.call("snippet:run", WATCH, {"looks": looks(rate, 20)})
    assert [bool(wrong) for wrong in seen] == [30 * i >= first for i in range(len(seen))]


def test_it_says_by_how_much(worker):
    seen = worker.call("snippet:run", WATCH, {"looks": [(100, 0), (100, 30_000), (101, 60_000)]})
    assert seen[1:] == ["", "it has gone 1 s in 60 s"]


def test_one_wrong_look_is_noise(worker):
    right = looks(1, 20)
    torn = [(s + 4000, ms) if i in (3, 5, 9) else (s, ms) for i, (s, ms) in enumerate(right)]
    assert set(worker.call("snippet:run", WATCH, {"looks": torn})) == {""}


def test_what_a_chip_has_lost_stays_lost(worker):
    """A minute, of which in two hours nobody would see a hundredth any more."""
    lost = [(s if ms < 120_000 else s - 60, ms) for s, ms in looks(1, 300)]
    seen = worker.call("snippet:run", WATCH, {"looks": lost})
    assert [bool(wrong) for wrong in seen] == [i >= 5 for i in range(len(seen))]


def test_a_chip_that_was_set_is_watched_anew(run_in):
    assert run_in(
        "from firmware.clock import ChipWatch\nwatch = ChipWatch()\n"
        "watch.look(100, 0)\nwatch.look(5000, 60000)\nwrong = watch.look(5030, 90000)\n"
        "watch.forget()\n"
        "result = [bool(wrong), watch.look(5000, 60000), watch.look(5060, 120000)]"
    ) == [True, "", ""]


def test_midnight_of_2000_is_a_time_like_others(worker):
    """A chip that stands there is wrong, though its seconds are 0."""
    seen = worker.call("snippet:run", WATCH, {"looks": [(0, 0), (0, 30_000), (0, 60_000)]})
    assert [bool(wrong) for wrong in seen] == [False, False, True]


CLOCK = """
from firmware.clock import Clock
class Time:
    ticks = 1000
    s = 0
    def ticks_ms(self):
        return self.ticks
    def ticks_diff(self, end, start):
        return end - start
    def time(self):
        return self.s
time = Time()
clock = Clock(time)
"""


def test_a_night_that_goes_on_counts_from_there(run_in):
    """What passed before, unasked, is not added."""
    assert run_in(
        CLOCK
        + """
time.ticks += 700
clock.resume_at(90000)
resumed = clock.now_ms()
time.ticks += 250
result = [resumed, clock.now_ms()]
"""
    ) == [90_000, 90_250]


@pytest.mark.parametrize(
    ("s", "wall_s"),
    [(0, 0), (86_400, 0), (788_918_399, 0), (788_918_400, 788_918_400), (850_000_000, 850_000_000)],
)
def test_an_hour_before_this_project_is_no_hour(run_in, s, wall_s):
    """788918400 is 2025-01-01: a puck without the time counts from 2000."""
    assert run_in(CLOCK + "time.s = s\nresult = clock.wall_s()", s=s) == wall_s
