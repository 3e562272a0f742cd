"""Whether the governor's lane of light can follow what a scene wants, or would have to bend it.

The lane (firmware/governor/light.py) lets the level at the eye change only so fast, and walks
around the ring light by light, so that on its way, too, no more than that may be owed. What is
asked here is a share of it less, for counts are whole and the model is not. It must never say how
a limit is held: the governor holds it whatever is said here.
"""

import numpy as np

from sleepsync.emitted.eye import PHOTOPIC_LX

PICTURE_TICKS = 8  # firmware/bedside/path.py draws as often, and goes straight between
_TICKS_PER_S = 25
_BASE_MLX, _SHARE = 352 / 64, 426 / 1024 / 64  # a tick: 0.14 lx a second, and 16 % of the level
_COUNT_MLX = 12  # of green, up to which what is not used is kept
_MARGIN = 0.75
_SPARE = 1.3  # a scene that breathes as it comes up changes by that, too
_SLEW_COUNTS = 9  # a tick, where the lane moves 10


def check(counts: np.ndarray) -> None:
    """Of pictures (n, 24, 3), in counts, each 8 ticks after the last.

    ValueError tells where they change too fast, and what would do.
    """
    mlx = 1000 * (counts @ PHOTOPIC_LX)
    level = mlx.sum(1)[:-1]
    most = _MARGIN * (_BASE_MLX + _SHARE * level)
    _check_level(np.abs(np.diff(mlx.sum(1))) / PICTURE_TICKS, most)
    owed = np.diff(mlx, axis=0).cumsum(1) / PICTURE_TICKS
    walked = np.maximum(owed.max(1), 0) - np.minimum(owed.min(1), 0)
    _check_places(walked / np.maximum(most, _MARGIN * _COUNT_MLX))
    _check_places(np.abs(np.diff(counts, axis=0)).max((1, 2)) / PICTURE_TICKS / _SLEW_COUNTS)


def least_rise_s(lx: float) -> float:
    """In which so much light can come up from dark, even in lightness; whole seconds."""
    share = np.linspace(0, 1, 201)
    most_lx = _MARGIN * _TICKS_PER_S * (_BASE_MLX / 1000 + _SHARE * lx * share**3)
    return float(np.ceil(_SPARE * (3 * lx * share**2 / most_lx).max()))


def rise_s(lx: float) -> float:
    """In which the lane brings so much light up from dark, wherever it lies, if it must."""
    return float(np.log1p(_SHARE * 1000 * lx / _BASE_MLX) / _SHARE / _TICKS_PER_S)


def _check_level(rate_mlx, most_mlx):
    at = int(np.argmax(rate_mlx / most_mlx))
    rate, most = (_TICKS_PER_S / 1000 * each[at] for each in (rate_mlx, most_mlx))
    if rate > most:
        raise ValueError(
            f"at {_second(at)} s the light changes by {rate:.2f} lx a second, and may by "
            f"{most:.2f} there: give it {rate / most:.1f} times as long, or less light"
        )


def _check_places(burden):
    at = int(np.argmax(burden))
    if burden[at] > 1:
        raise ValueError(
            f"at {_second(at)} s the light moves around the ring {burden[at]:.1f} times as fast as "
            "can be followed: give it less light, a slower pace, a shallower depth, or more petals"
        )


def _second(at):
    return round(at * PICTURE_TICKS / _TICKS_PER_S, 1)
