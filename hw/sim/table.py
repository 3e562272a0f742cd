"""The table on which the simulated puck lies: which chip hangs on which wires.

`machine` looks here for what a bus or a pin is connected to. It knows chips and
wires only, never the firmware.
"""


class Net:
    """One wire: its level, and the pin that listens to its edges."""

    def __init__(self, level: int = 0):
        self.level = level
        self.listener = None

    def drive(self, level: int) -> None:
        """Set the level; an edge reaches the listener."""
        if level != self.level:
            self.level = level
            if self.listener:
                self.listener(level)


class Table:
    """All wires by GPIO number, all chips by bus and address, and what outlives a reset."""

    def __init__(self):
        self.nets = {}
        self.chips = {}  # {bus number: {address: chip}}
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
