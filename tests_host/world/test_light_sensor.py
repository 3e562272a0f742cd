"""The VEML7700: its driver against its registers."""

from fractions import Fraction
from itertools import pairwise
from math import floor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

START = """
import time
import veml7700
from chips.veml7700 import VEML7700 as Chip
from clock import clock
from machine import I2C, Pin
from registers import PartError
from table import table

room = [50000]
chip = Chip(lambda us: room[0])
table.connect(0, Chip.ADDRESS, chip)
sensor = veml7700.VEML7700(I2C(0, scl=Pin(9), sda=Pin(8)))
def word(reg):
    buf = bytearray(2)
    chip.read(reg, buf)
    return buf[0] | buf[1] << 8
def configure(value):
    chip.write(0, bytes((value & 0xFF, value >> 8)))
def first():
    begun = clock.us
    while clock.us < begun + 5000000:
        mlx = sensor.read()
        if mlx >= 0:
            return [mlx, (clock.us - begun) // 1000]
        time.sleep_ms(20)
    return [-1, 5000]
def error(call):
    try:
        call()
    except PartError as error:
        return str(error)
"""
RUN = START + "sensor.start()\n"
GAINS = {0: Fraction(1), 1: Fraction(2), 2: Fraction(1, 8), 3: Fraction(1, 4)}
TIMES_MS = {12: 25, 8: 50, 0: 100, 1: 200, 2: 400, 3: 800}
FULL_MLX = 140_926_464
SLOWEST_MS = 1200  # two changes of range: 118, 34 and 905 ms, and a poll each

MLX = st.one_of(
    st.integers(0, 140_000_000), st.integers(0, 16).flatmap(lambda n: st.integers(0, 2**n * 2000))
)


def resolution_mlx(gain, integration_ms):
    """0.0042 lx at gain 2 and 800 ms."""
    return Fraction(42, 10) * (2 / gain) * Fraction(800, integration_ms)


def near(true_mlx, quiet=1):
    """Within 1 % of the count that a value at least has, or within a count of the finest."""
    return max(true_mlx * 0.011, 5) * quiet


def test_each_range_has_the_datasheet_s_resolution(worker):
    ranges = worker.call("snippet:run", "import veml7700\nresult = veml7700._RANGES", {})
    for setting, integration_ms, fifths in ranges:
        assert setting & ~0x1BC0 == 0
        assert integration_ms == TIMES_MS[setting >> 6 & 15]
        assert Fraction(fifths, 5) == resolution_mlx(GAINS[setting >> 11], integration_ms)
        assert 65535 * fifths + 2 < 1 << 30  # no integer of the chip's overflows
    steps = [after[2] / before[2] for before, after in pairwise(ranges)]
    assert all(2 <= step <= 4 for step in steps)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(10_000, 60_000)), max_size=40))
def test_counts_become_milli_lux_to_nearest(worker, samples):
    ranges, seen = worker.call(
        "snippet:run",
        START
        + """
class Fixed:
    def read(self, reg, buf):
        buf[0] = self.words[reg] & 0xFF
        buf[1] = self.words[reg] >> 8
table.connect(0, 0x10, Fixed())
seen = []
for number, counts in samples:
    Fixed.words = {0: veml7700._RANGES[number][0], 4: counts}
    sensor._range, sensor._pending = number, False
    seen.append(sensor.read())
result = [veml7700._RANGES, seen]
""",
        {"samples": samples},
    )
    exact = [
        counts * resolution_mlx(GAINS[ranges[i][0] >> 11], ranges[i][1]) for i, counts in samples
    ]
    assert seen == [floor(mlx + Fraction(1, 2)) for mlx in exact]


@settings(max_examples=40)
@given(st.lists(MLX, min_size=1, max_size=10), st.sampled_from([0, 30000, -30000, -100000]))
def test_any_light_is_found_soon_and_then_kept(worker, lights, rate_ppm):
    """From start in bounded time; then each second has its value, of 10,000 counts if there
    is a range with so many, and no range is changed.
    """
    seen = worker.call(
        "snippet:run",
        START
        + """
result = []
for mlx in lights:
    room[0] = mlx
    chip.__init__(lambda us: room[0], rate_ppm)
    sensor.start()
    found = first()
    time.sleep(1)
    sensor.read()
    first()
    setting = word(0)
    later = []
    for _ in range(3):
        time.sleep(1)
        later.append(sensor.read())
    fine = word(4) >= 10000 or setting == veml7700._RANGES[0][0]
    result.append(found + later + [setting == word(0) and fine])
""",
        {"lights": lights, "rate_ppm": rate_ppm},
    )
    for true_mlx, (mlx, took_ms, *later, settled) in zip(lights, seen, strict=True):
        assert abs(mlx - true_mlx) <= near(true_mlx)
        assert took_ms < SLOWEST_MS
        assert all(abs(value - true_mlx) <= max(true_mlx * 0.0011, 5) for value in later)
        assert settled


@settings(max_examples=40)
@given(MLX, MLX, st.integers(0, 1000), st.sampled_from([0, -100000]))
def test_no_value_lies_outside_the_light_there_was(worker, before, after, phase_ms, rate_ppm):
    """The light jumps; a sample of the old range, taken for one of the new, would stand out."""
    seen = worker.call(
        "snippet:run",
        START
        + """
room[0] = before
chip.__init__(lambda us: room[0], rate_ppm)
sensor.start()
first()
time.sleep(1)
first()
time.sleep_ms(phase_ms)
room[0] = after
seen = []
for _ in range(200):
    seen.append(sensor.read())
    time.sleep_ms(10)
result = seen
""",
        {"before": before, "after": after, "phase_ms": phase_ms, "rate_ppm": rate_ppm},
    )
    low, high = min(before, after), max(before, after)
    values = [mlx for mlx in seen if mlx >= 0]
    assert all(low - near(low) <= mlx <= high + near(high) for mlx in values)
    assert abs(values[-1] - after) <= near(after)


def test_there_is_no_value_before_an_integration_has_ended(run_in):
    """100 ms, an eighth more and 5 ms: then at once."""
    early, due = run_in(
        RUN + "time.sleep_ms(115)\nearly = sensor.read()\ntime.sleep_ms(4)\n"
        "result = [early, sensor.read()]"
    )
    assert early == -1
    assert due == pytest.approx(50_000, rel=0.01)


def test_a_light_that_jumps_between_all_reads_does_not_hide_it(run_in):
    seen = run_in(
        RUN
        + """
result = []
for i in range(40):
    room[0] = 0 if i & 1 else 120000000
    time.sleep(1)
    result.append(sensor.read())
"""
    )
    waits = "".join("-" if mlx < 0 else "+" for mlx in seen)
    assert "+" in waits
    assert "---" not in waits


def test_beyond_its_full_scale_it_says_at_least(run_in):
    assert run_in(RUN + "room[0] = 10 ** 9\nresult = first()[0]") == FULL_MLX


def test_ticks_may_wrap_while_it_waits(run_in):
    mlx, took_ms = run_in(
        START + "clock.us = (1 << 30) * 1000 - 60000\nsensor.start()\nresult = first()"
    )
    assert mlx == pytest.approx(50_000, rel=0.01)
    assert 100 <= took_ms < 160


def test_a_long_pause_after_a_value_asks_for_no_new_wait(run_in):
    """Seven days, more than half the circle of ticks."""
    assert run_in(
        RUN + "time.sleep(1)\nfirst()\ntime.sleep(7 * 86400)\nresult = sensor.read()"
    ) == pytest.approx(50_000, rel=0.01)


def test_errors_name_the_part_and_the_remedy(run_in):
    other, missing = run_in(
        START
        + """
chip._regs[7] = 0x0022
other = error(sensor.start)
del table.chips[0][0x10]
result = [other, error(sensor.start)]
"""
    )
    assert other == (
        "light sensor: another chip answers: id 0x22, not 0x81; check its wires to the bedside bus"
    )
    assert missing == "light sensor: no answer at 0x10; check its wires to the bedside bus"


def test_a_chip_that_was_reset_is_not_taken_for_darkness(run_in):
    message, again = run_in(
        RUN
        + """
first()
time.sleep(1)
chip.__init__(lambda us: room[0])
message = error(sensor.read)
sensor.start()
result = [message, first()[0]]
"""
    )
    assert message.startswith("light sensor: it has lost its settings; ")
    assert again == pytest.approx(50_000, rel=0.01)


def test_start_measures_at_full_rate(run_in):
    assert run_in(START + "chip.write(3, b'\\7\\0')\nsensor.start()\nresult = word(3)") == 0


# The model's own habits, on which the tests above rest.


@pytest.mark.parametrize("code", GAINS)
@pytest.mark.parametrize(("time_code", "integration_ms"), TIMES_MS.items())
def test_the_chip_counts_by_gain_and_time(worker, code, time_code, integration_ms):
    counts = worker.call(
        "snippet:run",
        START + "configure(setting)\ntime.sleep(2)\nresult = word(4)",
        {"setting": code << 11 | time_code << 6},
    )
    assert counts == floor(50_000 / resolution_mlx(GAINS[code], integration_ms))


def test_the_chip_counts_to_65535(run_in):
    assert run_in(
        START + "room[0] = 280000\nconfigure(0x08C0)\ntime.sleep(2)\nresult = word(4)"
    ) == (65535)


@pytest.mark.parametrize(("rate_ppm", "ends_ms"), [(0, 802.5), (100000, 729.8), (-100000, 891.4)])
def test_the_chip_shows_whole_integrations(run_in, rate_ppm, ends_ms):
    """From 2.5 ms after it wakes; its oscillator has its own idea of 800 ms."""
    before, after = run_in(
        START + "chip.__init__(lambda us: room[0], rate_ppm)\nconfigure(0x08C0)\n"
        "time.sleep_us(ends_us - 100)\nbefore = word(4)\ntime.sleep_us(200)\n"
        "result = [before, word(4)]",
        rate_ppm=rate_ppm,
        ends_us=int(ends_ms * 1000),
    )
    assert before == 0
    assert after == 11904


def test_the_chip_takes_the_mean_of_the_light(run_in):
    """A lamp goes out in the first quarter of the second integration, 802 to 1,602 ms."""
    counts = run_in(
        START + "chip.__init__(lambda us: 100000 if us < 1000000 else 0)\nconfigure(0x08C0)\n"
        "time.sleep_ms(1700)\nresult = word(4)"
    )
    assert counts == floor(25_000 / 4.2)


@pytest.mark.parametrize(("asleep", "counts"), [(1, 744), (0, 11904)])
def test_a_change_while_it_runs_waits_for_the_sample_under_way(run_in, asleep, counts):
    """From 800 ms at gain 2 to 100 ms at gain 1, with and without a shut-down between."""
    seen = run_in(
        START + "configure(0x08C0)\ntime.sleep_ms(900)\nif asleep:\n    configure(1)\n"
        "configure(0)\ntime.sleep_ms(150)\nresult = word(4)",
        asleep=asleep,
    )
    assert seen == counts


def test_the_chip_keeps_its_last_count_when_shut_down(run_in):
    assert (
        run_in(
            START + "configure(0x08C0)\ntime.sleep(1)\nconfigure(0x08C1)\nroom[0] = 0\n"
            "time.sleep(5)\nresult = word(4)"
        )
        == 11904
    )
