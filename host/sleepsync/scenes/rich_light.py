"""The rich kinds of light: what an artist writes, and what firmware/bedside makes of it.

What the lane could not follow is refused here, with what would do.
"""

import numpy as np

from . import colours, following, shades, shapes
from .kinds import Kind, number

_TICKS_PER_MIN = 1500
_TICKS_PER_S = 25
_PICTURES_PER_S = _TICKS_PER_S / following.PICTURE_TICKS
_Q10 = 1024
_ONE_SHADE: dict[str, dict] = {
    "keys": shades.KEYS,
    "from_dark": {"type": "boolean"},
    **shades.SHADE,
}


def _path(entry, around):
    """Colours one after the other, on the whole ring."""
    return (_followed(entry, around, shapes.even),)


def _iris(entry, around):
    """A breath."""
    beat = round(_TICKS_PER_MIN / entry["breaths_per_min"])
    shape = beat, entry.get("petals", 3), round(entry.get("swell", 0) * _Q10)
    return _followed(entry, around, shapes.iris, *shape), *shape


def _embers(entry, around):
    """A glow in which each light lives by itself."""
    shape = _pictures(entry.get("pace_s", 3)), round(entry.get("depth", 0.6) * _Q10)
    return _followed(entry, around, shapes.embers, *shape), *shape


def _stars(entry, around):
    """The moon of the date, and stars."""
    count, faint = entry.get("stars", 4), round(entry.get("faint", 0.3) * _Q10)
    shape = count, faint, _pictures(entry.get("pace_s", 12))
    return _followed(entry, around, shapes.stars, *shape), *shape


def _count(entry, around):
    """So many lamps, to be counted. The lane must neither dim them nor be late with them."""
    each, lamps, lit_s = (
        colours.counts(entry["each"]),
        shapes.counted(entry["lamps"]),
        entry["lit_s"],
    )
    _check_counted(int(lamps.sum()), each, lit_s, around.most)
    bits = sum(1 << int(light) for light in np.flatnonzero(lamps))
    return bits, each, round(lit_s * _TICKS_PER_S)


def _check_counted(lamps, each, lit_s, most):
    mlx = lamps * int((shades.LANE_MLX @ each).max())
    comes_s = following.rise_s(mlx / 1000)
    if most.is_amber and (each[2] or 2 * each[0] > each[1]):
        raise ValueError("each is no colour for a sleeper: red, ember or amber")
    if mlx > most.light_mlx:
        raise ValueError(f"{mlx} mlx are too bright, {most.light_mlx} at most: let each be darker")
    if not mlx or comes_s > lit_s:
        raise ValueError(
            f"they come up within {comes_s:.1f} s, and are lit for {lit_s:g} s: "
            "let lit_s be longer, or each darker, but not dark"
        )


def _followed(entry, around, shares, *shape):
    """The rows of the puck's keys, if the lane can follow them in that shape."""
    rows = shades.rows(shades.keys(entry, around))
    pictures = int(around.length_s * _PICTURES_PER_S) + 2
    colours = shades.colours(rows, following.PICTURE_TICKS * np.arange(pictures))
    counts = colours[:, np.newaxis] * shares(pictures, *shape)[:, :, np.newaxis]
    if counts.max() > shades.FULL_COUNTS:
        raise ValueError(
            f"a light would have to be {counts.max() / shades.FULL_COUNTS:.1f} times as bright as "
            "it can be: give the ring less light, or more petals"
        )
    following.check(counts)
    return rows


def _pictures(time_s):
    return round(time_s * _PICTURES_PER_S)


def _kind(kind_number, compiled, **keys) -> Kind:
    return Kind(kind_number, {**_ONE_SHADE, **keys}, (), compiled)


RICH: dict[str, Kind] = {
    "path": _kind(1, _path),
    "iris": Kind(
        2,
        {
            **_ONE_SHADE,
            "breaths_per_min": number(4, 15),
            "petals": {"enum": [1, 2, 3, 4, 6]},
            "swell": number(0, 0.5),
        },
        ("breaths_per_min",),
        _iris,
    ),
    "embers": _kind(3, _embers, pace_s=number(0.64, 19), depth=number(0, 0.9)),
    "stars": _kind(
        4,
        _stars,
        stars={**number(1, 8), "type": "integer"},
        faint=number(0, 1),
        pace_s=number(2, 60),
    ),
    "count": Kind(
        5,
        {
            "lamps": {"anyOf": [{**number(1, 9), "type": "integer"}, {"const": "all"}]},
            "each": colours.SCHEMA,
            "lit_s": number(0.2, 60),
        },
        ("lamps", "each", "lit_s"),
        _count,
    ),
}
