"""The room around the bed: light, warmth, humidity and noise, an epoch at a time.

Of sound only levels reach this file; no sample is ever kept. A sensor that is missing
costs its own figures and nobody else's.

Levels are in 0.1 dB, and averaged in integers: powers are told relative to the loudest, so no
level is too high.
"""

from array import array

from micropython import const

from firmware import records
from firmware.senses.watch import Stillness

_CLIMATE_S = const(5)  # a room warms slowly; more would warm the sensor
_FROZEN_CLIMATE_LOOKS = const(10)  # its noise is some fifteen steps of the converter
_AGAIN = "switch the puck off and on"
_MOST_LEVELS = const(40)  # one a second, with room for a late close

# 10^(-k/10) and 10^(-k/100), Q12: whole and tenth decibels down. What lies further down
# than the table adds less than a four-thousandth.
_DECIBELS_Q12 = array(
    "h",
    (4096, 3254, 2584, 2053, 1631, 1295, 1029, 817, 649, 516, 410, 325)
    + (258, 205, 163, 130, 103, 82, 65, 52, 41, 33, 26, 21)
    + (16, 13, 10, 8, 6, 5, 4, 3, 3, 2, 2, 1),
)
_TENTHS_Q12 = array("h", (4096, 4003, 3912, 3823, 3736, 3651, 3567, 3486, 3407, 3329))


class Room:
    """Three `Sensor`s: light, climate, microphone. `look` once a second."""

    def __init__(self, light, climate, microphone):
        self.sensors = (light, climate, microphone)
        self._light, self._climate, self._microphone = self.sensors
        self._second = 0
        self._mlx = -1
        self._own_looks = 0  # to come, in which the puck itself may be heard
        self._stillness = Stillness(_FROZEN_CLIMATE_LOOKS)
        self._levels_ddb = array("i", [0] * _MOST_LEVELS)
        self._begin_epoch()

    def start(self) -> None:
        """Start the sensors that are not running."""
        for sensor in self.sensors:
            sensor.start()

    def stop(self) -> None:
        """No more sound. The other two draw less than their bus."""
        self._microphone.stop()

    def look(self) -> None:
        """Take a level of sound, and every few seconds light and climate.

        Climate is asked for in one second and read in the next.
        """
        self._take_sound()
        self._second = (self._second + 1) % _CLIMATE_S
        if self._second == 0:
            self._take_light()
            self._climate.ask(self._climate.driver.measure)
        elif self._second == 1:
            self._take_climate()

    def disturb(self, now_ms: int, length_ms: int) -> None:
        """The puck itself sounds, for so long from now on: levels of that time are no room's."""
        self._own_looks = length_ms // 1000 + 2  # the slice under way, and the one before it

    def close_epoch(self) -> tuple:
        """(flags, and the room's part of `records.EPOCH`) since the last call."""
        flags = temperature_cdeg = humidity_pct = light_mlx = level_ddb = loudest_ddb = 0
        if self._lights:
            light_mlx = self._light_sum // self._lights
        else:
            flags |= records.NO_LIGHT
        if self._climates:
            temperature_cdeg = self._temperature_sum // self._climates
            humidity_pct = (self._humidity_sum // self._climates + 50) // 100
        else:
            flags |= records.NO_CLIMATE
        if self._levels:
            level_ddb = mean_ddb(self._levels_ddb, self._levels)
            loudest_ddb = max(self._levels_ddb[: self._levels])
        else:
            flags |= records.NO_SOUND
        if self._is_own:
            flags |= records.OWN_SOUND
        self._begin_epoch()
        return flags, light_mlx, temperature_cdeg, humidity_pct, level_ddb, loudest_ddb

    def _begin_epoch(self):
        self._lights = self._light_sum = 0
        self._climates = self._temperature_sum = self._humidity_sum = 0
        self._levels = 0
        self._is_own = False

    def _take_sound(self):
        driver = self._microphone.driver
        is_own, self._own_looks = self._own_looks > 0, max(0, self._own_looks - 1)
        self._is_own |= is_own
        if self._microphone.ask(driver.listen):
            self._microphone.hear()
            if not is_own and self._levels < _MOST_LEVELS:
                self._levels_ddb[self._levels] = max(0, (driver.level_cdb + 5) // 10)
                self._levels += 1

    def _take_light(self):
        """A value in 0.001 lx, or none yet: the driver was looking for its range."""
        if self._light.ask(self._see) and self._mlx >= 0:
            self._light.hear()
            self._lights += 1
            self._light_sum += self._mlx

    def _see(self):
        self._mlx = self._light.driver.read()
        return True

    def _take_climate(self):
        driver = self._climate.driver
        if not self._climate.ask(driver.read):
            return
        if self._stillness.look(driver.raw_temperature + 3 * driver.raw_humidity):
            self._climate.fail(driver.error("what it feels never changes", _AGAIN))
        elif not self._stillness.still:
            self._climate.hear()
            self._climates += 1
            self._temperature_sum += driver.temperature_cdeg
            self._humidity_sum += driver.humidity_cpct


def mean_ddb(levels_ddb, n: int) -> int:
    """The level of the mean power of `levels_ddb[:n]` (n >= 1), to 0.1 dB (LAeq of LAeqs)."""
    loudest = levels_ddb[0]
    for i in range(1, n):
        loudest = max(loudest, levels_ddb[i])
    power = 0
    for i in range(n):
        power += _power_q12(loudest - levels_ddb[i])
    mean, down = power // n, 0
    while _power_q12(down) + _power_q12(down + 1) > 2 * mean:
        down += 1
    return loudest - down


def _power_q12(down_ddb):
    """The share of the loudest power that lies `down_ddb` below it."""
    if down_ddb >= 10 * len(_DECIBELS_Q12):
        return 0
    return _DECIBELS_Q12[down_ddb // 10] * _TENTHS_Q12[down_ddb % 10] >> 12
