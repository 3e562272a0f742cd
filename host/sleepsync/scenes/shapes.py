"""How rich light lies around the ring, in floats: what firmware/bedside draws in whole numbers.

For whoever asks whether the lane can follow it: tests hold it beside what the puck draws. Each
gives the shares (n, 24) of n pictures, 8 ticks apart; an even share is 1.
"""

import numpy as np

from .following import PICTURE_TICKS

LIGHTS = 24
_RIM, _SHUT = 2.25, 0.25  # lights: see firmware/bedside/iris.py
_FULL_MOON = 14  # see firmware/bedside/stars.py
_GROUP = 3  # lamps that anybody counts at a glance


def even(pictures: int) -> np.ndarray:
    """All lights alike."""
    return np.ones((pictures, LIGHTS))


def iris(pictures: int, beat: int, petals: int, swell_q10: int) -> np.ndarray:
    """A breath of `beat` ticks, which opens from so many middles."""
    fill = _breath(PICTURE_TICKS * np.arange(pictures), beat)[:, np.newaxis]
    apart = LIGHTS // petals
    place = np.arange(LIGHTS) % apart
    away = np.minimum(place, apart - place)
    rim = min(_RIM, apart / 5)
    open_to = rim + _SHUT + (apart / 2 - _SHUT) * fill
    return _shared(np.clip(open_to - away, 0, rim)) * (1 - swell_q10 / 1024 * (1 - fill))


def embers(pictures: int, slot: int, depth_q10: int) -> np.ndarray:
    """Noise of `slot` pictures' pace; another one than the puck's, but no livelier."""
    light = np.arange(LIGHTS)
    at = np.arange(pictures)[:, np.newaxis] + light * 7 % LIGHTS * slot // LIGHTS
    knot, share = at // slot, _eased(at % slot / slot)
    drawn = np.random.default_rng(1).random((pictures // slot + 3, LIGHTS))
    noise = drawn[knot, light] * (1 - share) + drawn[knot + 1, light] * share
    return _shared(1 - depth_q10 / 1024 * noise)


def stars(pictures: int, count: int, faint_q10: int, slot: int) -> np.ndarray:
    """A full moon at the top, and all stars below it, side by side."""
    shares = np.zeros((pictures, LIGHTS))
    shares[:, : _FULL_MOON // 2 + 1] = shares[:, -_FULL_MOON // 2 :] = 1
    for star in range(count):
        age = (np.arange(pictures) + star * slot // count) / slot
        shares[:, _FULL_MOON // 2 + 1 + star % 8] += (
            (0.5 - 0.5 * np.cos(2 * np.pi * age)) * faint_q10 / 1024
        )
    return np.minimum(shares, 1)


def counted(lamps: int | str) -> np.ndarray:
    """Which of the ring's lights (24,) are lit to show a number: threes, with a dark light between;
    "all" of them for nought.

    A count lies within the first twelve, so that a ring of 12 shows all of it.
    """
    if lamps == "all":
        return np.ones(LIGHTS, bool)
    lamp = np.arange(lamps)
    return np.isin(np.arange(LIGHTS), lamp + lamp // _GROUP)


def _shared(shares):
    return shares * LIGHTS / shares.sum(1, keepdims=True)


def _breath(tick, beat):
    at, over = tick % beat, beat * 2 // 5
    return _eased(np.where(at < over, at / over, (beat - at) / (beat - over)))


def _eased(share):
    return share * share * (3 - 2 * share)
