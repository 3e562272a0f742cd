"""The rich kinds by their numbers, which are for ever: imported when an act begins that needs one.

The plain ones stand in renderers.py, so that the alarm and safe mode never need this file. What a
renderer needs is imported with it and leaves with it: of all of them, few are ever in memory.
"""

import sys

_HERE = "firmware.bedside."

# (module in this folder, class) by number from 1 on; each is made of (*numbers of the scene,
# facts).
_LIGHTS = (
    ("path", "Path"),
    ("iris", "Iris"),
    ("embers", "Embers"),
    ("stars", "Stars"),
    ("count", "Count"),
)
_TOUCHES = (("pattern", "Pattern"), ("ladder", "Ladder"), ("heartbeat", "Heartbeat"))


def light(spec: tuple, facts):  # noqa: ANN201 (whatever has `frame`)
    """What fills frames: `spec` is (kind, *numbers). ImportError if that cannot be loaded."""
    kind, *numbers = spec
    return _made(_LIGHTS[kind - 1], numbers, facts)


def sound(spec: tuple, facts):  # noqa: ANN201 (whatever has `block`)
    """What fills blocks: `spec` is a lift and layers."""
    return _made(("sound", "Sound"), (spec,), facts)


def clip(file):  # noqa: ANN201 (whatever has `block`)
    """What fills blocks with an opened clip."""
    return _made(("clip", "Clip"), (), file)


def touch(spec: tuple, facts):  # noqa: ANN201 (whatever has `level`)
    """What gives levels: as `light`."""
    kind, *numbers = spec
    return _made(_TOUCHES[kind - 1], numbers, facts)


def _made(place, numbers, facts):
    module, name = place
    before = set(sys.modules)
    try:
        found = __import__(_HERE + module, None, None, ("",))
        return getattr(found, name)(*numbers, facts)
    finally:
        _forget(before)


def _forget(before):
    """What was imported since then: its code stays only as long as a renderer holds it."""
    for name in list(sys.modules):
        if name not in before and name.startswith(_HERE):
            del sys.modules[name]
            delattr(sys.modules[_HERE[:-1]], name[len(_HERE) :])
