"""A finger on a simulated button, bounce and all."""

from clock import clock

_BOUNCE_US = 6000  # a round figure, on the long side for a tactile switch
_MOST_EDGES = 10  # of one bounce


def press(net, at_us: int, held_us: int, seed: int = 1) -> None:
    """Press the button on `net` (pulled up, low while pressed) at `at_us` for `held_us`.

    Contacts chatter for up to 6 ms at either end, as `seed` says.
    """
    seed = _bounce(net, at_us, 0, seed | 1)
    _bounce(net, at_us + held_us, 1, seed)


def _bounce(net, at_us, level, seed):
    for _ in range(seed % (_MOST_EDGES // 2 + 1), 0, -1):
        for bouncing in (level, 1 - level):
            seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
            clock.at(at_us, lambda bouncing=bouncing: net.drive(bouncing))
            at_us += 1 + (seed >> 8) % (_BOUNCE_US // _MOST_EDGES)
    clock.at(at_us, lambda: net.drive(level))
    return seed
