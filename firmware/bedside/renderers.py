"""What an act begins with: the renderer of a lane, made from what its scene says.

Each kind has a number, for ever. The plain ones are always there, for the alarm and for safe mode;
a rich one is imported when such an act begins. It must never know more than the `Facts`.
"""

import sys
from collections import namedtuple

from firmware.bedside import scenes
from firmware.bedside.buzz import Buzz
from firmware.bedside.colour import Colour
from firmware.bedside.tone import Tone

# `seed`: 1 to 2^30-1, of the night and the act, so that nothing repeats within a night and a replay
# makes the same. `rate_bpm`: the sleeper's heart rate in the last epoch, 0 unknown. `wall_s`: local
# time when the act began, seconds since 2000-01-01, 0 unknown. `length_s`: of the act.
Facts = namedtuple("Facts", "seed rate_bpm wall_s length_s")

# (module in this folder, class) of the rich kinds, by number from 1 on; each is made of
# (*numbers of the scene, facts).
_LIGHTS: tuple = (("path", "Path"), ("iris", "Iris"), ("embers", "Embers"), ("stars", "Stars"))
_TOUCHES: tuple = (("pattern", "Pattern"), ("ladder", "Ladder"), ("heartbeat", "Heartbeat"))

_HERE = "firmware.bedside."
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
    before = set(sys.modules)
    try:
        return (light, sound, touch)[lane](scenes.lane_of(scene, lane), facts)
    except (ImportError, MemoryError, OSError) as error:
        return Broken(error)
    finally:
        _forget(before)


def clip(file):  # noqa: ANN201 (a Clip)
    """What sounds of an opened clip. Raises as an import does."""
    before = set(sys.modules)
    try:
        return _rich(("clip", "Clip"), (), file)
    finally:
        _forget(before)


def light(spec: tuple, facts: Facts):  # noqa: ANN201 (whatever has `frame`)
    """What fills frames: `spec` is (kind, *numbers). ImportError if that kind cannot be loaded."""
    return _plain_or_rich(Colour, _LIGHTS, spec, facts)


def sound(spec: tuple, facts: Facts):  # noqa: ANN201 (whatever has `block`)
    """What fills blocks: `spec` is a lift (0.01 dB) and layers, each (voice, gain_q15, from_s,
    in_s, to_s, out_s, *numbers). A plain tone is alone; all else is mixed.
    """
    _, first, *_ = spec
    if first[0] == 0:
        return Tone(*first[_LAYER_HEAD:])
    return _rich(("sound", "Sound"), (spec,), facts)


def touch(spec: tuple, facts: Facts):  # noqa: ANN201 (whatever has `level`)
    """What gives levels: as `light`."""
    return _plain_or_rich(Buzz, _TOUCHES, spec, facts)


def _plain_or_rich(plain, rich, spec, facts):
    kind, *numbers = spec
    return _rich(rich[kind - 1], numbers, facts) if kind else plain(*numbers)


def _rich(place, numbers, facts):
    module, name = place
    found = __import__(_HERE + module, None, None, ("",))
    return getattr(found, name)(*numbers, facts)


def _forget(before):
    """What was imported since then: its code stays in memory only as long as a renderer holds it."""
    for name in list(sys.modules):
        if name not in before and name.startswith(_HERE):
            del sys.modules[name]
            delattr(sys.modules[_HERE[:-1]], name[len(_HERE) :])
