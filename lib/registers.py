"""A chip's registers over I2C: bounded retries, and errors that name the part.

Works without the rest of the puck. It must never retry for ever.
"""

_ATTEMPTS = 3  # a glitch on a long lead passes; a chip that is silent thrice is gone


class PartError(OSError):
    """A part does not do what it should: the message says what was seen and what to do."""


class Registers:
    """Registers of the chip at `address` of `i2c` (anything with MicroPython's I2C methods).

    `part` and `remedy` are words for people, used in errors.
    """

    def __init__(self, i2c, address: int, part: str, remedy: str):
        self._i2c = i2c
        self._address = address
        self._part = part
        self._remedy = remedy
        self._byte = bytearray(1)
        self.retries = 0  # transfers that had to be repeated, for the self-test

    def read_into(self, reg: int, buf) -> None:
        """Fill `buf` from register `reg` on, in one burst. PartError if the chip is silent."""
        for _ in range(_ATTEMPTS):
            try:
                self._i2c.readfrom_mem_into(self._address, reg, buf)
                return
            except OSError:
                self.retries += 1
        raise self.error("no answer at 0x%02x" % self._address)

    def read(self, reg: int) -> int:
        """One register. PartError if the chip is silent."""
        self.read_into(reg, self._byte)
        return self._byte[0]

    def write(self, reg: int, value: int) -> None:
        """Set one register. PartError if the chip is silent."""
        self._byte[0] = value
        for _ in range(_ATTEMPTS):
            try:
                self._i2c.writeto_mem(self._address, reg, self._byte)
                return
            except OSError:
                self.retries += 1
        raise self.error("no answer at 0x%02x" % self._address)

    def expect(self, reg: int, value: int) -> None:
        """Make sure of the chip's identity. PartError if another chip answers."""
        seen = self.read(reg)
        if seen != value:
            raise self.error("another chip answers: id 0x%02x, not 0x%02x" % (seen, value))

    def error(self, seen: str) -> PartError:
        """An error that names the part, what was seen, and the remedy."""
        return PartError("%s: %s; %s" % (self._part, seen, self._remedy))
