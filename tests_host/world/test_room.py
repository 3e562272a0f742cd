"""The room of an epoch: means, energy means, and what is not known."""

import math

import pytest
from sleepsync.paths import records

ROOM = """
from firmware import records
from firmware.senses.room import Room
from firmware.parts import Sensor
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
class Climate(Driver):
    def read(self):
        super().read()
        return True
light, climate, microphone = Driver(), Climate(), Driver()
def sensor(part, driver):
    return Sensor(part, driver, driver.start, lambda *event: told.append(event[:2]))
room = Room(
    sensor(records.LIGHT_SENSOR, light),
    sensor(records.CLIMATE, climate),
    sensor(records.MICROPHONE, microphone),
)
room.start()
"""


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


def test_what_the_puck_itself_sounds_is_no_level_of_the_room(run_in):
    """Of 5 s, the slice under way when it ends, and the one before; then the room again."""
    epochs = run_in(
        ROOM
        + """
def epoch(own_s):
    for second in range(30):
        if second < own_s:
            room.disturb(second * 1000, 480)
        microphone.level_cdb = 7000 if own_s and second <= own_s else 3014
        room.look()
    flags, _, _, _, level_ddb, loudest_ddb = room.close_epoch()
    return flags & (records.OWN_SOUND | records.NO_SOUND), level_ddb, loudest_ddb
result = [epoch(5), epoch(30), epoch(0), epoch(0)]
"""
    )
    own, unknown = records.OWN_SOUND, records.NO_SOUND
    assert epochs[:2] == [[own, 301, 301], [own | unknown, 0, 0]]
    assert epochs[2:] == [[own, 301, 301], [0, 301, 301]], "the first look may hear the last sound"


def test_a_dark_room_is_known_to_be_dark(run_in):
    assert run_in(
        ROOM
        + """
microphone.level_cdb = 3000
for second in range(30):
    room.look()
result = room.close_epoch()[:2]
"""
    ) == [0, 0]


@pytest.mark.parametrize(("level_cdb", "level_ddb"), [(3014, 301), (3015, 302), (3, 0), (-40, 0)])
def test_levels_are_rounded_and_never_below_nothing(run_in, level_cdb, level_ddb):
    source = "microphone.listen = lambda: True\nroom.look()\nresult = room.close_epoch()[4:]"
    seen = run_in(ROOM + f"microphone.level_cdb = {level_cdb}\n" + source)
    assert seen == [level_ddb, level_ddb]


def test_humidity_is_rounded(run_in):
    source = "for _ in range(12):\n    room.look()\nresult = room.close_epoch()[3]"
    assert [run_in(ROOM + f"climate.humidity_cpct = {h}\n" + source) for h in (4449, 4450)] == [
        44,
        45,
    ]


def test_the_loudest_of_an_epoch_is_forgotten_after_it(run_in):
    """Even if the next one has fewer levels."""
    assert run_in(
        ROOM
        + """
for level, seconds in ((3000, 10), (6000, 20), (3100, 5)):
    microphone.level_cdb = level
    for _ in range(seconds):
        room.look()
    if level == 6000:
        loud = room.close_epoch()[5]
result = [loud, room.close_epoch()[4:]]
"""
    ) == [600, [310, 310]]


def test_at_the_end_only_the_microphone_is_stopped(run_in):
    assert run_in(
        ROOM
        + """
stopped = []
for name, driver in (("light", light), ("climate", climate), ("microphone", microphone)):
    driver.stop = lambda name=name: stopped.append(name)
room.stop()
result = stopped
"""
    ) == ["microphone"]


@pytest.mark.parametrize(
    ("part", "number"),
    [
        ("light", records.LIGHT_SENSOR),
        ("climate", records.CLIMATE),
        ("microphone", records.MICROPHONE),
    ],
)
def test_a_sensor_that_comes_back_is_told_once(run_in, part, number):
    told = run_in(
        ROOM
        + f"""
light.mlx = microphone.level_cdb = 3000
{part}.well = False
for second in range(60):
    room.look()
{part}.well = True
room.start()
for second in range(60):
    room.look()
result = told
"""
    )
    assert told == [[records.PART_MISSING, number], [records.PART_BACK, number]]


def test_a_climate_sensor_that_takes_commands_but_gives_nothing_is_missed(run_in):
    """A command that it acknowledges mends no miss."""
    assert run_in(
        ROOM
        + """
def silent():
    raise OSError("part: silent; mend it")
climate.read = silent
for second in range(3 * 5 + 2):
    room.look()
result = [told, climate.well, room.sensors[1].present]
"""
    ) == [[[records.PART_MISSING, records.CLIMATE]], True, False]


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
climate.read = lambda: True
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


def test_a_frozen_climate_stays_unknown_however_often_it_is_started(run_in):
    told, flags = run_in(
        ROOM
        + """
climate.read = lambda: True
climate.raw_temperature = 5
for second in range(300):
    if second % 30 == 0:
        room.start()
    room.look()
    if second == 89:
        room.close_epoch()
result = [told, room.close_epoch()[0]]
"""
    )
    assert told == [[records.PART_MISSING, records.CLIMATE]]
    assert flags & records.NO_CLIMATE


@pytest.mark.parametrize("moves", ["raw_temperature", "raw_humidity"])
def test_a_climate_of_which_one_value_moves_is_alive(run_in, moves):
    assert run_in(
        ROOM
        + f"""
def read():
    climate.{moves} += 1
    return True
climate.read = read
for second in range(300):
    room.look()
result = [told, room.close_epoch()[0] & records.NO_CLIMATE]
"""
    ) == [[], 0]


def test_ten_equal_readings_are_frozen_and_nine_are_not(run_in):
    """The first is new; a reading comes every 5 s, one second after it was asked for."""
    looks = run_in(
        ROOM
        + """
reads = []
climate.read = lambda: reads.append(1) or True
climate.raw_temperature = 5
while not told:
    room.look()
result = len(reads)
"""
    )
    assert looks == 11


def test_more_than_an_epoch_of_levels_is_no_error(run_in):
    assert (
        run_in(
            ROOM + "microphone.level_cdb = 3000\nfor _ in range(100):\n    room.look()\n"
            "result = room.close_epoch()[4]"
        )
        == 300
    )
