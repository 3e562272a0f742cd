"""A chip over I2C: bounded retries, and errors that name the part.

Works without the rest of the puck. It must never retry for ever.
"""

from micropython import const

_ATTEMPTS = const(3)  # a glitch on a long lead passes; a chip that is silent thrice is gone
FEW_RETRIES = const(3)  # since power-up: a loose plug makes more, a spark one or two
_NONE = const(-1)  # for a register: the transfer has none


class PartError(OSError):
    """A part does not do what it should: the message says what was seen and what to do."""


class BusHeld(OSError):
    """Somebody holds a bus's data line low, and the bus could not free it (see i2c_bus.py)."""


class Registers:
    """Registers or commands of the chip at `address` of `i2c` (with MicroPython's I2C methods).

    `part` and `remedy` are words for people, used in errors. Every method raises PartError
    if the chip is silent three times, or at once if its bus is held.
    """

    def __init__(self, i2c, address: int, part: str, remedy: str):
        self._address = address
        self._part = part
        self._remedy = remedy
        self._byte = bytearray(1)
        self.retries = 0  # transfers that had to be repeated, for the self-test
        self._read = i2c.readfrom_mem_into  # bound once: binding allocates
        self._write = i2c.writeto_mem
        self._receive = i2c.readfrom_into
        self._command = i2c.writeto

    def read_into(self, reg: int, buf) -> None:
        """Fill `buf` from register `reg` on, in one burst."""
        self._transfer(self._read, reg, buf)

    def read(self, reg: int) -> int:
        """One register."""
        self.read_into(reg, self._byte)
        return self._byte[0]

    def write_from(self, reg: int, buf) -> None:
        """Write `buf` from register `reg` on, in one burst."""
        self._transfer(self._write, reg, buf)

    def write(self, reg: int, value: int) -> None:
        """Set one register."""
        self._byte[0] = value
        self.write_from(reg, self._byte)

    def receive_into(self, buf) -> None:
        """Fill `buf` with the answer of a chip that has commands for registers."""
        self._transfer(self._receive, _NONE, buf)

    def command(self, buf) -> None:
        """Send `buf` to a chip that has commands for registers."""
        self._transfer(self._command, _NONE, buf)

    def expect(self, reg: int, value: int) -> None:
        """Make sure of the chip's identity. PartError if another chip answers."""
        seen = self.read(reg)
        if seen != value:
            raise self.error("another chip answers: id 0x%02x, not 0x%02x" % (seen, value))

    def error(self, seen: str, remedy: str = "") -> PartError:
        """An error that names the part, what was seen, and the remedy (or the usual one)."""
        return PartError(self.told(seen, remedy))

    def told(self, seen: str, remedy: str = "") -> str:
        """The same words, for what is no error yet."""
        return "%s: %s; %s" % (self._part, seen, remedy or self._remedy)

    def _transfer(self, transfer, reg, buf):
        for _ in range(_ATTEMPTS):
            try:
                if reg == _NONE:
                    transfer(self._address, buf)
                else:
                    transfer(self._address, reg, buf)
                return
            except BusHeld:
                raise self.error("its bus is held low, and nine clocks did not free it") from None
            except OSError:
                self.retries += 1
        raise self.error("no answer at 0x%02x" % self._address)
