"""A bus whose data line is held: nine clocks free it, or it says so; nothing is tried for ever."""

import pytest

START = """
from clock import clock
from table import table
from hw import board as wiring
from i2c_bus import Bus
from registers import BusHeld, PartError, Registers

class Chip:
    def __init__(self):
        self.reads = 0
    def read(self, reg, buf):
        self.reads += 1
        buf[0] = 0x5A

chip = Chip()
table.connect(0, 0x44, chip)
scl, sda = table.net(9), table.net(8)
bus = Bus(0, 9, 8, 400000)
edges = []
def hold(clocks):
    left = [clocks]
    sda.hold_low(True)
    def on_clock(level):
        edges.append(level)
        if level and left[0]:
            left[0] -= 1
            if not left[0]:
                sda.hold_low(False)
    scl.listener = on_clock
regs = Registers(bus, 0x44, "part", "mend it")
def failure(action):
    try:
        action()
    except OSError as error:
        return [type(error).__name__, error.errno if error.errno else str(error)]
buf = bytearray(1)
def read():
    bus.readfrom_mem_into(0x44, 0, buf)
"""


@pytest.mark.parametrize("clocks", [1, 8, 9])
def test_a_byte_that_is_owed_is_clocked_out(run_in, clocks):
    """Registers try again, so whoever asked does not even notice."""
    value, freed, level, ms = run_in(
        START + "hold(clocks)\nresult = [regs.read(0), bus.freed, sda.level, clock.us // 1000]",
        clocks=clocks,
    )
    assert (value, freed, level) == (0x5A, 1, 1)
    assert 50 <= ms <= 51


def test_more_clocks_than_a_stop_holds_take_two_rounds(run_in):
    """The stop's own clock is the tenth."""
    assert run_in(START + "hold(11)\nresult = [failure(read), failure(read), bus.freed]") == [
        ["BusHeld", "SDA on GPIO 8 is held low"],
        ["OSError", 116],
        1,
    ]


def test_a_short_is_named_once_tried(run_in):
    """One timeout and nine clocks with a stop: no second attempt at a bus that stays low."""
    failed, rises, ms, reads = run_in(
        START
        + "hold(0)\nfailed = failure(lambda: regs.read(0))\n"
        + "result = [failed, sum(edges), clock.us // 1000, chip.reads]"
    )
    said = "part: its bus is held low, and nine clocks did not free it; mend it"
    assert failed == ["PartError", said]
    assert rises == 10
    assert ms == 50
    assert reads == 0


def test_silence_needs_no_clocks(run_in):
    """Nobody at the address: the bus is well, and its wires are left alone."""
    failed, seen = run_in(
        START
        + "scl.listener = edges.append\n"
        + "result = [failure(lambda: bus.readfrom_mem_into(0x10, 0, buf)), edges]"
    )
    assert failed == ["OSError", 19]
    assert seen == []


@pytest.mark.parametrize(
    "transfer",
    [
        "bus.readfrom_mem_into(0x44, 0, buf)",
        "bus.writeto_mem(0x44, 0, buf)",
        "bus.readfrom_into(0x44, buf)",
        "bus.writeto(0x44, buf)",
    ],
)
def test_every_transfer_frees_the_bus(run_in, transfer):
    failed, freed = run_in(START + f"hold(9)\nresult = [failure(lambda: {transfer}), bus.freed]")
    assert (failed, freed) == (["OSError", 116], 1)


def test_a_stop_ends_the_clocks(run_in):
    """SDA rises while SCL is high: whoever was spoken to is idle."""
    assert run_in(
        START
        + """
hold(0)
lines = []
scl.listener = lambda level: lines.append(["scl", level])
drive = sda.drive
def driven(level):
    lines.append(["sda", level])
    drive(level)
sda.drive = driven
failure(read)
sda.drive = drive
at = lines.index(["sda", 0])
result = lines[at - 1 : at + 3]
"""
    ) == [["scl", 0], ["sda", 0], ["scl", 1], ["sda", 1]]
