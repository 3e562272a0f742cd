"""MicroPython's `gc` on the simulated puck: a collection stops the puck for a while.

`install()` must run before anything imports gc. Only collections that are asked for
are charged: the desktop's heap is so large that it asks for none by itself.
"""

import gc as _gc
import sys

from clock import clock

COLLECT_US = 20000  # tens of milliseconds where the heap lies in PSRAM


class _Module:
    pass


def collect() -> None:
    """Collect, and charge what it costs the chip."""
    _gc.collect()
    clock.charge("collect", COLLECT_US)


def alive() -> int:
    """Bytes that are alive: collected without a charge, for whoever looks from outside."""
    _gc.collect()
    return _gc.mem_alloc()


def install() -> None:
    """Become `gc`."""
    module = _Module()
    for name in dir(_gc):
        setattr(module, name, getattr(_gc, name))
    module.collect = collect
    sys.modules["gc"] = module
