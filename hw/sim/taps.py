"""Listens inside the running puck, for tests and benches; the firmware does not know.

`beats`: the time of every beat that `senses.pulse` hears, in ms of the world, a line
each, into `beats.txt`. `bus`: every read of the pod's chips, into `bus.bin`, for
heap.py. Both lie in the night's folder. `breaker`: see breaker.py; `doubles`: doubles.py;
`alive`: alive.py; `attack`: attack.py; `trace`: trace.py.
"""

import trace
from struct import pack

import alive
import attack
import breaker
import doubles
import machine
from clock import clock

BUS_ROW = "<IBBB"  # ms, address, register, number of bytes, which follow


def at_power_up(folder: str, names: list) -> None:
    """Attach those of the taps `names` that listen to the hardware alone."""
    for name in names:
        if name in _ON_HARDWARE:
            _ON_HARDWARE[name](folder)


def install(folder: str, names: list) -> None:
    """Attach the others, once the application can be imported. KeyError if there is no such tap."""
    for name in names:
        if name not in _ON_HARDWARE:
            _IN_APPLICATION[name](folder)


def _beats(folder):
    from firmware.senses.pod import Pod

    file = open(folder + "/beats.txt", "w")
    drain = Pod.drain

    def tapped(pod, now_ms):
        began_ms = clock.us // 1000 - now_ms  # the night, in the world's time
        pod.pulse.beats = 0
        n = drain(pod, now_ms)
        base = pod.pulse.clock
        for k in range(pod.pulse.beats):
            file.write("%d\n" % (began_ms + base.time_ms - base.ago_ms(pod.pulse.beat_age_q8[k])))
        return n

    Pod.drain = tapped


def _bus(folder):
    from hw import pins

    file = open(folder + "/bus.bin", "wb")
    read = machine.I2C.readfrom_mem_into

    def tapped(bus, addr, memaddr, buf):
        read(bus, addr, memaddr, buf)
        if bus.id != pins.POD_BUS:
            return
        file.write(pack(BUS_ROW, clock.us // 1000, addr, memaddr, len(buf)))
        file.write(buf)

    machine.I2C.readfrom_mem_into = tapped


_ON_HARDWARE = {"alive": alive.watch, "breaker": breaker.watch, "trace": trace.watch}
_IN_APPLICATION = {
    "attack": attack.install,
    "beats": _beats,
    "bus": _bus,
    "doubles": doubles.install,
}
