"""Every transfer on the pod's bus, and every switch of the radio: for tests of what is left alone.

A line each into `trace.txt` of the night's folder, in ms of the puck's start: `r` or `w`, the
address, the register, and what was written in hexadecimal digits; or `radio` and whether it is on.
A puck that starts again goes on behind a line `start`. Transfers that nobody answers count, too.
"""

from binascii import hexlify

import bluetooth
import machine
from clock import clock

from hw import pins

_FILE = "/trace.txt"


def watch(folder: str) -> None:
    """From now on."""
    path = folder + _FILE
    _note(path, "start")
    for name in ("readfrom_mem_into", "readfrom_into"):
        _tap(path, name, "r", lambda data: "")
    for name in ("writeto_mem", "writeto"):
        _tap(path, name, "w", lambda data: hexlify(bytes(data)).decode())
    _tap_radio(path)


def _tap(path, name, way, shown):
    transfer = getattr(machine.I2C, name)

    def tapped(bus, addr, *rest):
        if bus.id == pins.POD_BUS:
            register = "%02x" % rest[0] if len(rest) > 1 else "-"
            _note(path, "%s %02x %s %s" % (way, addr, register, shown(rest[-1])))
        transfer(bus, addr, *rest)

    setattr(machine.I2C, name, tapped)


def _tap_radio(path):
    active = bluetooth.BLE.active

    def tapped(ble, on=None):
        if on is not None:
            _note(path, "radio %s" % ("on" if on else "off"))
        return active(ble, on)

    bluetooth.BLE.active = tapped


def _note(path, what):
    with open(path, "a") as file:
        file.write("%d %s\n" % (clock.us // 1000, what))
