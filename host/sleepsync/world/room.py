"""The bedroom of a night: light, warmth, damp and noise, once a second.

A `Room` says what happens in it, `series` works it out. It describes the air beside the
puck and must never know a chip, nor what the sleeper does: a library person's lamp and
snoring are told to it as `Lamp` and `Sound`.
"""

from dataclasses import dataclass
from math import inf

import numpy as np

from sleepsync.world.noise import band_noise, stream

LIGHT_LX, TEMPERATURE_C, HUMIDITY_PCT, LEVEL_DBA = range(4)  # columns of `series`

# In clear civil twilight light grows from some 2.7 lx to 490 lx (AMS, Glossary of
# Meteorology, "civil twilight"), in middle latitudes within about 35 min: tenfold in 15.5.
_TENFOLD_S = 930.0
_FIRST_LIGHT_LX = 0.01  # behind the curtain, when a dawn begins
_COOLS_S, _WARMS_S = 3 * 3600.0, 3600.0  # walls give their heat slowly, a radiator sooner
_DAMPENS_S = 2 * 3600.0  # a closed room's air is changed about every two hours
_BREATH_DAMP = 0.06  # by so much one sleeper's breath damps that air in the end
_MAGNUS, _MAGNUS_C = 17.62, 243.12  # saturation over water (WMO Guide No. 8, Annex 4.B)
_SLOW_HZ = (1 / 7200, 1 / 60)  # draughts, the moon, the far road
_DRAUGHT_C, _DRAUGHT_PCT, _SKY_SHARE, _FAR_DB = 0.05, 0.4, 0.1, 0.8  # their spreads
_CAR_DBA = (30.0, 44.0)  # loudest second behind a closed window; WHO's bedroom LAmax is 45
_CAR_S = (10.0, 24.0)
_CAR_EDGES = 8  # a passing car is heard for so many times its nearest distance over its speed
_KNOCK_FALL_DB = 18.0  # by so much a knock has faded with each second
_SNORE_EVERY_S, _SNORE_S = 4, 2  # at 15 breaths a minute, drawing in
_SNORE_SPREAD_DB = 2.0  # from breath to breath
_SILENT_DBA = -inf


@dataclass(frozen=True)
class Lamp:
    """A lamp that burns from `from_s` until `to_s` and gives `light_lx` at the puck."""

    from_s: float
    to_s: float
    light_lx: float


@dataclass(frozen=True)
class Sound:
    """Something heard: `kind` "car", "knock" (a door) or "snore"; `loudest_dba` in its best second.

    A snore's `loudest_dba` is that of a usual breath; single ones are louder or softer.
    """

    start_s: float
    length_s: float
    loudest_dba: float
    kind: str


@dataclass(frozen=True)
class Room:
    """What happens in a bedroom; times in s from the night's start.

    The default is every sleeper's who has no other: dark, 19 degrees C falling towards 16,
    45 % humid, 27 dBA but for a car or two an hour. `dawn_s`: when daylight first shows
    behind the curtain, growing to `day_lx`; `heating_s`: when the heating comes on, to
    `day_c`. `sleepers`: how many breathe in it.
    """

    lamps: tuple[Lamp, ...] = ()
    night_lx: float = 0.02
    dawn_s: float = inf
    day_lx: float = 80.0
    evening_c: float = 19.0
    night_c: float = 16.0
    heating_s: float = inf
    day_c: float = 20.0
    humidity_pct: float = 45.0
    sleepers: int = 1
    quiet_dba: float = 27.0
    cars_per_h: float = 1.5
    sounds: tuple[Sound, ...] = ()


def series(room: Room, seed: int, duration_s: float) -> np.ndarray:
    """The room at each whole second: shape (int(duration_s), 4).

    Columns: light in lx, temperature in degrees C, relative humidity in % (0-100), and
    the A-weighted level of the second that follows, in dB re 20 uPa.
    """
    t_s = np.arange(int(duration_s), dtype=float)
    temperature_c = _temperature_c(room, seed, t_s)
    return np.stack(
        (
            _light_lx(room, seed, t_s),
            temperature_c,
            _humidity_pct(room, seed, t_s, temperature_c),
            _level_dba(room, seed, t_s),
        ),
        axis=1,
    )


def mean_dba(levels_dba: np.ndarray) -> np.ndarray:
    """The equivalent level (LAeq) along the last axis: the mean of the energy, in dB."""
    return 10 * np.log10(np.mean(10 ** (levels_dba / 10), axis=-1))


def _light_lx(room, seed, t_s):
    sky = np.exp(_SKY_SHARE * _slow(seed, "sky", t_s))
    light_lx = room.night_lx * sky + _dawn_lx(room, t_s) * sky
    for lamp in room.lamps:
        light_lx[(t_s >= lamp.from_s) & (t_s < lamp.to_s)] += lamp.light_lx
    return light_lx


def _dawn_lx(room, t_s):
    if room.dawn_s == inf:
        return np.zeros(len(t_s))
    tenfolds = np.minimum((t_s - room.dawn_s) / _TENFOLD_S, np.log10(room.day_lx / _FIRST_LIGHT_LX))
    return np.where(t_s >= room.dawn_s, _FIRST_LIGHT_LX * 10**tenfolds, 0.0)


def _temperature_c(room, seed, t_s):
    def cooled_c(at_s):
        return room.night_c + (room.evening_c - room.night_c) * np.exp(-at_s / _COOLS_S)

    draught_c = _DRAUGHT_C * _slow(seed, "draught", t_s)
    if room.heating_s == inf:
        return cooled_c(t_s) + draught_c
    warm_s = np.maximum(t_s - room.heating_s, 0)
    warmed_c = room.day_c + (cooled_c(room.heating_s) - room.day_c) * np.exp(-warm_s / _WARMS_S)
    return np.where(t_s < room.heating_s, cooled_c(t_s), warmed_c) + draught_c


def _humidity_pct(room, seed, t_s, temperature_c):
    """What the evening's vapour, and the breath's, come to at the air's temperature."""
    breathed = 1 + room.sleepers * _BREATH_DAMP * -np.expm1(-t_s / _DAMPENS_S)
    dried = _saturation(room.evening_c) / _saturation(temperature_c)
    damp = _DRAUGHT_PCT * _slow(seed, "damp", t_s)
    return np.clip(room.humidity_pct * breathed * dried + damp, 0, 100)


def _saturation(temperature_c):
    """Vapour pressure of damp air, but for a constant factor."""
    return np.exp(_MAGNUS * temperature_c / (_MAGNUS_C + temperature_c))


def _level_dba(room, seed, t_s):
    energy = 10 ** ((room.quiet_dba + _FAR_DB * _slow(seed, "far road", t_s)) / 10)
    heard = [*_cars(room, seed, len(t_s)), *room.sounds]
    for number, sound in enumerate(heard):
        first = max(int(np.ceil(sound.start_s)), 0)
        last = min(int(np.ceil(sound.start_s + sound.length_s)), len(t_s))
        if first < last:
            rng = stream(seed, "sound", number)
            level_dba = _SHAPES[sound.kind](sound, t_s[first:last] - sound.start_s, rng)
            energy[first:last] += 10 ** (level_dba / 10)
    return 10 * np.log10(energy)


def _cars(room, seed, duration_s):
    rng = stream(seed, "cars")
    return [
        Sound(rng.uniform(0, duration_s), rng.uniform(*_CAR_S), rng.uniform(*_CAR_DBA), "car")
        for _ in range(rng.poisson(room.cars_per_h * duration_s / 3600))
    ]


def _car_dba(sound, since_s, rng):
    """A source that drives past: its energy falls with the square of its distance."""
    away = (since_s / sound.length_s - 0.5) * _CAR_EDGES
    return sound.loudest_dba - 10 * np.log10(1 + away**2)


def _knock_dba(sound, since_s, rng):
    return sound.loudest_dba - _KNOCK_FALL_DB * np.floor(since_s)


def _snore_dba(sound, since_s, rng):
    breath = (since_s // _SNORE_EVERY_S).astype(int)
    usual_dba = sound.loudest_dba + _SNORE_SPREAD_DB * rng.standard_normal(breath[-1] + 1)
    return np.where(since_s % _SNORE_EVERY_S < _SNORE_S, usual_dba[breath], _SILENT_DBA)


_SHAPES = {"car": _car_dba, "knock": _knock_dba, "snore": _snore_dba}


def _slow(seed, subject, t_s):
    return band_noise(stream(seed, subject), t_s.shape, 1.0, _SLOW_HZ, slope=1)
