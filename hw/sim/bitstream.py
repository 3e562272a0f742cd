"""`machine.bitstream` on the simulated puck: one burst on a wire, charged by its bits.

It must never let an interrupt run: the ESP32 holds them back while it bangs the bits.
"""

from clock import clock

_HIGH_LOW = 0  # the only encoding there is


def bitstream(pin, encoding: int, timing: tuple, buf) -> None:
    """Send `buf`, MSB first. timing: ns high and low of a 0, then of a 1.

    ValueError for another encoding. Who listens on the wire is its `on_bits`.
    """
    if encoding != _HIGH_LOW:
        raise ValueError("no such encoding")
    ones = sum(bin(byte).count("1") for byte in buf)
    zeros = 8 * len(buf) - ones
    duration_ns = zeros * (timing[0] + timing[1]) + ones * (timing[2] + timing[3])
    listener = pin.net.on_bits
    start_us = clock.now_us()
    clock.charge("ring", -(-duration_ns // 1000))
    if listener:
        listener(start_us, clock.us, timing, bytes(buf))
