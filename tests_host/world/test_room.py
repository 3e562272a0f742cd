"""The room of an epoch: means, energy means, and what is not known."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import records

MEAN = """
from array import array
from firmware.senses.decibels import mean_ddb
result = mean_ddb(array("i", levels), len(levels))
"""

ROOM = """
from firmware import records
from firmware.senses.room import Room
from firmware.senses.sensor import Sensor
told = []
class Driver:
    well = True
    mlx = 0
    temperature_cdeg = humidity_cpct = level_cdb = 0
    raw_temperature = raw_humidity = 0
    def start(self):
        if not self.well:
            raise OSError("part: silent; mend it")
    measure = start
    def read(self):
        self.start()
        self.raw_temperature += 1
        return self.mlx
    def listen(self):
        self.start()
        return self.level_cdb > 0
    def error(self, seen, remedy=""):
        return OSError("part: %s; %s" % (seen, remedy))
light, climate, microphone = Driver(), Driver(), Driver()
def sensor(part, driver):
    return Sensor(part, driver, driver.start, lambda *event: told.append(event[:2]))
room = Room(
    sensor(records.LIGHT_SENSOR, light),
    sensor(records.CLIMATE, climate),
    sensor(records.MICROPHONE, microphone),
)
room.start()
"""


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 1300), min_size=1, max_size=40))
def test_the_energy_mean_is_right_to_a_tenth(worker, levels):
    """Powers are rounded to within 1/2048 of the loudest, whose share is 1/40 at least."""
    seen = worker.call("snippet:run", MEAN, {"levels": levels})
    true = 100 * math.log10(sum(10 ** (level / 100) for level in levels) / len(levels))
    assert abs(seen - true) <= 0.5 + 100 * math.log10(1 + 40 / 2048)


@pytest.mark.parametrize("level", [0, 300, 1300])
def test_a_steady_level_is_its_own_mean(worker, level):
    assert worker.call("snippet:run", MEAN, {"levels": [level] * 30}) == level


def test_half_as_loud_for_half_the_time(worker):
    """3 dB less than the loud half, give or take what silence adds."""
    assert worker.call("snippet:run", MEAN, {"levels": [600] * 15 + [100] * 15}) == 570


def test_an_epoch_is_the_mean_of_what_was_seen(run_in):
    values = run_in(
        ROOM
        + """
for second in range(30):
    light.mlx = 1000 + 100 * second
    climate.temperature_cdeg = -150
    climate.humidity_cpct = 4450
    microphone.level_cdb = 4123 if second == 7 else 3014
    room.look()
result = room.close_epoch()
"""
    )
    flags, light_mlx, temperature_cdeg, humidity_pct, level_ddb, loudest_ddb = values
    assert flags == 0
    assert light_mlx == 1000 + 100 * (4 + 9 + 14 + 19 + 24 + 29) // 6
    assert (temperature_cdeg, humidity_pct) == (-150, 45)
    assert level_ddb == pytest.approx(100 * math.log10((29 * 10**3.01 + 10**4.12) / 30), abs=1)
    assert loudest_ddb == 412


def test_a_light_that_looks_for_its_range_says_nothing(run_in):
    assert run_in(
        ROOM
        + """
light.mlx = -1
for second in range(30):
    room.look()
result = room.close_epoch()[:2]
"""
    ) == [records.NO_LIGHT | records.NO_SOUND, 0]


@pytest.mark.parametrize(
    ("part", "flag"),
    [
        ("light", records.NO_LIGHT),
        ("climate", records.NO_CLIMATE),
        ("microphone", records.NO_SOUND),
    ],
)
def test_a_missing_sensor_costs_its_own_figures_only(run_in, part, flag):
    values, after = run_in(
        ROOM
        + f"""
light.mlx = climate.temperature_cdeg = climate.humidity_cpct = microphone.level_cdb = 3000
{part}.well = False
for second in range(60):
    room.look()
    if second == 29:
        room.close_epoch()
values = room.close_epoch()
{part}.well = True
room.start()
for second in range(30):
    room.look()
result = [values, room.close_epoch()]
"""
    )
    assert values[0] == flag
    assert sum(value == 0 for value in values[1:]) == (1 if part == "light" else 2)
    assert after[0] == 0


def test_a_frozen_climate_is_told(run_in):
    told, flags = run_in(
        ROOM
        + """
climate.read = lambda: 0
climate.raw_temperature = 5
for second in range(90):
    room.look()
    if second == 59:
        room.close_epoch()
result = [told, room.close_epoch()[0]]
"""
    )
    assert told == [[records.PART_MISSING, records.CLIMATE]]
    assert flags & records.NO_CLIMATE


def test_more_than_an_epoch_of_levels_is_no_error(run_in):
    assert (
        run_in(
            ROOM + "microphone.level_cdb = 3000\nfor _ in range(100):\n    room.look()\n"
            "result = room.close_epoch()[4]"
        )
        == 300
    )
