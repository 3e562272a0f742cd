"""The table on which the simulated puck lies: which chip hangs on which wires.

`machine` looks here for what a bus or a pin is connected to. It knows chips and
wires only, never the firmware.
"""


class Net:
    """One wire: its level, and the one pin or chip that listens to its edges."""

    def __init__(self, level: int = 0):
        self.level = level
        self.listener = None
        self.on_bits = None  # takes what `machine.bitstream` sends
        self._driven = level
        self._held_low: list = []

    def drive(self, level: int) -> None:
        """Set the level; an edge reaches the listener."""
        self._driven = level
        self._settle()

    def hold_low(self, is_held: bool, by: object = None) -> None:
        """Somebody else holds an open-drain wire low, or lets go: it is low while one does."""
        self._held_low = [one for one in self._held_low if one is not by]
        if is_held:
            self._held_low.append(by)
        self._settle()

    def _settle(self):
        level = 0 if self._held_low else self._driven
        if level != self.level:
            self.level = level
            if self.listener:
                self.listener(level)


class Table:
    """All wires by GPIO number, all chips by bus and address, and what outlives a reset."""

    def __init__(self):
        self.nets = {}
        self.chips = {}  # {bus number: {address: chip}}
        self.i2s = {}  # {I2S number: microphone or amplifier}
        self.flash = None  # the whole chip (chips/norflash.py)
        self.rtc_memory = b""
        self.reset_cause = 1  # machine.PWRON_RESET

    def net(self, gpio: int) -> Net:
        """The wire at a GPIO."""
        if gpio not in self.nets:
            self.nets[gpio] = Net()
        return self.nets[gpio]

    def connect(self, bus: int, address: int, chip) -> None:
        """Put `chip` on an I2C bus."""
        self.chips.setdefault(bus, {})[address] = chip


table = Table()
