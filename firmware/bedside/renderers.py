"""What an act begins with: the renderer of a lane, made from what its scene says.

Each kind has a number, for ever. The plain ones, 0, are always there, for the alarm and for safe
mode; the rich ones are imported when such an act begins. They must never know more than the
`Facts`.
"""

from collections import namedtuple

from firmware.bedside import scenes
from firmware.bedside.buzz import Buzz
from firmware.bedside.colour import Colour
from firmware.bedside.tone import Tone

# `seed`: 1 to 2^30-1, of the night and the act, so that nothing repeats within a night and a replay
# makes the same. `rate_bpm`: the sleeper's heart rate in the last epoch, 0 unknown. `wall_s`: local
# time when the act began, seconds since 2000-01-01, 0 unknown. `length_s`: of the act.
Facts = namedtuple("Facts", "seed rate_bpm wall_s length_s")

_LAYER_HEAD = 6  # voice, gain_q15, from_s, in_s, to_s, out_s


class Broken:
    """What stands for a renderer that cannot be made: the act fails, as with a part that does."""

    lift_cdb = 0

    def __init__(self, error: Exception):
        self._error = error

    def frame(self, *_) -> None:
        """OSError, always."""
        raise OSError("scene: %r" % self._error)

    block = level = frame


def made(lane: int, scene: int, facts: Facts):  # noqa: ANN201 (whatever has `frame`, and so on)
    """The renderer of what scene number `scene` gives a lane (of records.LANES) to do."""
    try:
        return (light, sound, touch)[lane](scenes.lane_of(scene, lane), facts)
    except (ImportError, MemoryError, OSError) as error:
        return Broken(error)


def light(spec: tuple, facts: Facts):  # noqa: ANN201 (whatever has `frame`)
    """What fills frames: `spec` is (kind, *numbers). ImportError if that kind cannot be loaded."""
    return _rich().light(spec, facts) if spec[0] else Colour(*spec[1:])


def sound(spec: tuple, facts: Facts):  # noqa: ANN201 (whatever has `block`)
    """What fills blocks: `spec` is a lift (0.01 dB) and layers, each (voice, gain_q15, from_s,
    in_s, to_s, out_s, *numbers). A plain tone is alone; all else is mixed.
    """
    _, first, *_ = spec
    return _rich().sound(spec, facts) if first[0] else Tone(*first[_LAYER_HEAD:])


def touch(spec: tuple, facts: Facts):  # noqa: ANN201 (whatever has `level`)
    """What gives levels: as `light`."""
    return _rich().touch(spec, facts) if spec[0] else Buzz(*spec[1:])


def _rich():
    from firmware.bedside import rich

    return rich
