"""Watches the puck's off switch from outside, for a bench: the three lines, and who holds it up.

`dark.bin`: a row for each moment at which all of the ring's supply, the amplifier's SD_MODE and
the haptic driver's EN have become low. `held.bin`: a row for each flash operation and each
collection, in which the VM stands still. Both lie in the night's folder, count the puck's
microseconds, and begin anew with each start of the puck. It must never change what it sees.
"""

from struct import pack

from clock import clock
from table import table

from hw import pins

DARK_ROW = "<Q"
HELD_ROW = "<QQ"  # begin, end
_HOLDING = ("flash", "collect")


def watch(folder: str) -> None:
    """From now on. The chips must be on their wires already."""
    _watch_lines(open(folder + "/dark.bin", "wb"))
    _watch_holds(open(folder + "/held.bin", "wb"))


def _watch_lines(file):
    gpios = pins.RING_SUPPLY, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE
    nets = [table.net(gpio) for gpio in gpios]

    def edge(_):
        if not any([net.level for net in nets]):
            file.write(pack(DARK_ROW, clock.us))

    for net in nets:
        net.listener = _both(edge, net.listener)


def _both(first, then):
    def listener(level):
        first(level)
        then(level)

    return listener


def _watch_holds(file):
    charge = clock.charge

    def charged(kind, us):
        begin_us = clock.now_us()
        try:
            charge(kind, us)
        finally:
            if kind in _HOLDING:
                file.write(pack(HELD_ROW, begin_us, clock.us))

    clock.charge = charged
