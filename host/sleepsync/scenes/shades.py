"""Colours over time: the keys of a scene's light, made into those of firmware/bedside/path.py.

A shade is a colour and how bright it is: in lx at the eye, of the whole ring in that colour, or in
per cent of the lightness that the scene's use allows, whose cube is light. Between two shades the
puck goes on evenly in lightness; between two that are told in kelvin it does so in mired, by steps
that look alike (I. G. Priest, J. Opt. Soc. Am. 23, 41, 1933).
"""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from sleepsync.emitted.eye import PHOTOPIC_LX

from . import following, palette
from .kinds import Around, Entry, number, seconds, time_keys

LIGHTS = 24
_TICKS_PER_S = 25
FULL_COUNTS = 254.8  # the puck's largest root
_RING_COUNTS = 9894  # of all lights and colours, of the current that the ring may draw
_ROOT = 1 << 14
_STEP_MIRED = 60.0
_MOST_TICKS = 60_000  # from key to key
# What the governor reckons a count to be at the eye, mlx: photopic, and melanopic EDI.
LANE_MLX = np.array([[12, 7, 4], [11, 1, 36]])

_NAMES = [palette.DARK, *palette.NIGHT, *palette.KELVIN]
_COLOUR = {"anyOf": [{"enum": _NAMES}, {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$"}]}
SHADE = {
    "colour": _COLOUR,
    "kelvin": number(palette.LEAST_K, palette.MOST_K),
    "lx": number(0, 300),
    "percent": number(0, 100),
}
KEYS = {
    "type": "array",
    "minItems": 1,
    "maxItems": 30,
    "items": {
        "type": "object",
        "properties": {**time_keys("at", 7200), **SHADE},
        "additionalProperties": False,
    },
}


@dataclass(frozen=True)
class Key:
    """At `at_s` so many `lx` of a colour: proportions of green, red, blue, and its `kelvin` if it
    is a black body's.
    """

    at_s: float
    proportions: np.ndarray
    lx: float
    kelvin: float | None

    @property
    def counts(self) -> np.ndarray:
        """Green, red, blue of each light, if all are alike."""
        if not self.lx:
            return np.zeros(3)
        return self.proportions * self.lx / (LIGHTS * self.proportions @ PHOTOPIC_LX)


def keys(entry: Entry, around: Around) -> list[Key]:
    """Of "keys", or of one shade alone, from dark on. ValueError says which key is wrong."""
    told = [_key(row, around) for row in entry.get("keys", [entry])]
    for before, after in pairwise(told):
        if after.at_s <= before.at_s:
            raise ValueError(
                f"keys: {after.at_s:g} s comes after {before.at_s:g} s: put them in order"
            )
    begun = _begun(told, around) if entry.get("from_dark", True) else _lit(told)
    return _stepped(_ended(begun, around))


def rows(made: list[Key]) -> tuple[tuple[int, int, int, int], ...]:
    """(tick, roots of green, red, blue) of each, as the puck takes them."""
    return tuple((round(key.at_s * _TICKS_PER_S), *_roots(key.counts)) for key in made)


def colours(made: tuple[tuple[int, int, int, int], ...], ticks: np.ndarray) -> np.ndarray:
    """(n, 3) counts that the puck mixes at `ticks` (n,) from such rows."""
    at, *roots = np.array(made, dtype=float).T
    return np.array([256 * (np.interp(ticks, at, each) / _ROOT) ** 3 for each in roots]).T


def _roots(counts):
    return [int(each) for each in np.round(_ROOT * np.cbrt(counts / 256))]


def _key(row, around):
    if "at_s" in row and "at_min" in row:
        raise ValueError("keys: both at_s and at_min; leave one of them out")
    kelvin = row.get("kelvin", palette.KELVIN.get(row.get("colour")))
    if ("kelvin" in row) == ("colour" in row):
        raise ValueError('a shade is told by "colour" or by "kelvin": give one of them')
    mixed = palette.of_kelvin(kelvin) if kelvin else palette.proportions(row["colour"])
    key = Key(seconds(row, "at"), mixed, 0.0, kelvin)
    return replace(key, lx=_lx(row, mixed, around)) if mixed.any() else key


def _lx(row, mixed, around):
    if ("lx" in row) == ("percent" in row):
        raise ValueError(f'how bright is {_name(row)}? Give "lx" or "percent", one of them')
    most = _most_lx(mixed, around)
    wanted = row["lx"] if "lx" in row else most * (row["percent"] / 100) ** 3
    if wanted > most:
        raise ValueError(f"{wanted:g} lx of {_name(row)} are too bright: {most:.2f} lx at most")
    if around.most.is_amber and (mixed[2] or 2 * mixed[0] > mixed[1]):
        raise ValueError(f"{_name(row)} is no colour for a sleeper: red, ember or amber")
    return wanted


def _name(row):
    return row.get("colour") or f"{row['kelvin']:g} K"


def _most_lx(mixed, around):
    """That the use allows of that colour, and that the ring can give."""
    a_count = mixed / (LIGHTS * mixed @ PHOTOPIC_LX)  # of each light, of one lx
    allowed = around.most.light_mlx / (LIGHTS * (LANE_MLX @ a_count)).max()
    return min(allowed, FULL_COUNTS / a_count.max(), _RING_COUNTS / (LIGHTS * a_count.sum()))


def _begun(told, around):
    """From dark on: the first shade is there after the scene's transition."""
    first = told[0]
    if not first.lx and not first.at_s:
        return told
    if not first.at_s:
        first = replace(first, at_s=around.in_s or following.least_rise_s(first.lx))
        if len(told) > 1 and told[1].at_s <= first.at_s:
            raise ValueError(
                f"{first.lx:g} lx come up from dark within {first.at_s:.0f} s: let the second of "
                "keys be later, the first darker, or the transition shorter"
            )
    return [replace(first, at_s=0.0, lx=0.0), first, *told[1:]]


def _lit(told):
    """As bright as it is from the first moment: it takes over from a scene that is like it."""
    if told[0].at_s:
        raise ValueError("keys: with from_dark false the first is at 0 s; let it be there")
    return told


def _ended(told, around):
    """With a transition, it is dark at the scene's end."""
    last, end_s = told[-1], float(around.length_s)
    if not around.out_s or not last.lx:
        return told
    held_s = end_s - around.out_s
    if held_s < last.at_s:
        raise ValueError(f"the light is at its last key at {last.at_s:g} s: too late to go out")
    held = [replace(last, at_s=held_s)] if held_s > last.at_s else []
    return [*told, *held, replace(last, at_s=end_s, lx=0.0)]


def _stepped(told):
    """With keys in between where a straight line would be another way, or too long a one."""
    made = told[:1]
    for before, after in pairwise(told):
        parts = _parts(before, after)
        made += [_between(before, after, part / parts) for part in range(1, parts)]
        made.append(after)
    return made


def _parts(before, after):
    long = (after.at_s - before.at_s) * _TICKS_PER_S / _MOST_TICKS
    far = abs(_mired(before) - _mired(after)) if _is_white(before, after) else 0.0
    return int(np.ceil(max(1.0, long, far / _STEP_MIRED)))


def _is_white(*ends):
    return all(key.kelvin and key.lx for key in ends)


def _mired(key):
    return 1e6 / key.kelvin


def _between(before, after, share):
    at_s = before.at_s + (after.at_s - before.at_s) * share
    if _is_white(before, after):
        kelvin = 1e6 / (_mired(before) + (_mired(after) - _mired(before)) * share)
        root = np.cbrt(before.lx) + (np.cbrt(after.lx) - np.cbrt(before.lx)) * share
        return Key(at_s, palette.of_kelvin(kelvin), float(root**3), kelvin)
    roots = np.cbrt(before.counts) + (np.cbrt(after.counts) - np.cbrt(before.counts)) * share
    counts = roots**3
    return Key(at_s, counts, float(LIGHTS * counts @ PHOTOPIC_LX), None)
