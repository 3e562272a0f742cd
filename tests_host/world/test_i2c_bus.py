"""A bus whose data line is held: nine clocks free it, or it says so; nothing is tried for ever."""

from itertools import pairwise

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
    def receive(self, buf):
        self.reads += 1
    write = command = lambda self, *data: None

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
    """Before the hardware finds out by its own, long timeout: whoever asked does not notice."""
    value, freed, level, us = run_in(
        START + "hold(clocks)\nresult = [regs.read(0), bus.freed, sda.level, clock.us]",
        clocks=clocks,
    )
    assert (value, freed, level) == (0x5A, 1, 1)
    assert us < 400


def test_more_clocks_than_a_stop_holds_take_two_rounds(run_in):
    """The stop's own clock is the tenth."""
    assert run_in(START + "hold(11)\nresult = [failure(read), failure(read), bus.freed]") == [
        ["BusHeld", "SDA on GPIO 8 is held low"],
        None,
        1,
    ]


def test_a_short_is_named_once_tried(run_in):
    """Nine clocks with a stop, and no second attempt at a bus that stays low."""
    failed, rises, us, reads = run_in(
        START
        + "hold(0)\nfailed = failure(lambda: regs.read(0))\n"
        + "result = [failed, sum(edges), clock.us, chip.reads]"
    )
    said = "part: its bus is held low, and nine clocks did not free it; mend it"
    assert failed == ["PartError", said]
    assert rises == 10
    assert us < 200
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
    assert (failed, freed) == (None, 1)


def test_a_line_that_goes_low_in_mid_transfer_is_freed_by_the_next_attempt(run_in):
    """The hardware times out; the registers try again."""
    value, freed, retries = run_in(
        START
        + """
read_once = chip.read
def torn(reg, buf):
    chip.read = read_once
    hold(9)
    raise OSError(116)
chip.read = torn
result = [regs.read(0), bus.freed, regs.retries]
"""
    )
    assert (value, freed, retries) == (0x5A, 1, 1)


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


def test_the_clocks_are_slow_enough_for_every_chip(run_in):
    """100 kHz at most: each half lasts 5 us, the stop's, too."""
    us = run_in(
        START
        + """
hold(9)
us = []
on_clock = scl.listener
def timed(level):
    us.append(clock.us)
    on_clock(level)
scl.listener = timed
failure(read)
result = us
"""
    )
    assert len(us) >= 19
    assert min(b - a for a, b in pairwise(us)) >= 5


def test_after_the_clocks_the_wires_are_the_controller_s_again(run_in):
    """Nine clocks make plain pins of both: unless the I2C is made anew, it stays cut off."""
    made = run_in(
        START
        + """
import i2c_bus
made = []
def noted(id, scl, sda, freq, real=i2c_bus.I2C):
    made.append([id, scl.net is table.net(9), sda.net is table.net(8), freq])
    return real(id, scl=scl, sda=sda, freq=freq)
i2c_bus.I2C = noted
bus = Bus(0, 9, 8, 400000)
read()
failure(lambda: bus.readfrom_mem_into(0x10, 0, buf))
quiet = len(made)
hold(9)
failure(read)
hold(0)
failure(read)
result = [quiet, made]
"""
    )
    assert made == [1, [[0, True, True, 400_000]] * 3]


def test_a_transfer_is_charged_at_the_bus_s_own_speed(run_in):
    """Four bytes of nine bits, start and stop: 38 bits at 400 kHz."""
    assert run_in(START + "before = clock.us\nread()\nresult = clock.us - before") == 95


NO_BUS = """
from registers import PartError, Registers
class Bus:
    def __init__(self, misses=0, answer=0):
        self.left = misses
        self.answer = answer
        self.asked = []
    def take(self, name, *words):
        self.asked.append([name] + [list(w) if isinstance(w, bytearray) else w for w in words])
        self.left -= 1
        if self.left >= 0:
            raise OSError(19)
    def readfrom_mem_into(self, address, reg, buf):
        self.take("read", address, reg, len(buf))
        for i in range(len(buf)):
            buf[i] = self.answer
    def writeto_mem(self, address, reg, buf):
        self.take("write", address, reg, bytearray(buf))
    def readfrom_into(self, address, buf):
        self.take("receive", address, len(buf))
    def writeto(self, address, buf):
        self.take("command", address, bytearray(buf))
def failure(action):
    try:
        action()
    except PartError as error:
        return str(error)
"""
CALLS = [
    ("regs.read(7)", ["read", 0x44, 7, 1]),
    ("regs.read_into(0, bytearray(3))", ["read", 0x44, 0, 3]),
    ("regs.write(7, 0x81)", ["write", 0x44, 7, [0x81]]),
    ("regs.write_from(0, bytearray((1, 2)))", ["write", 0x44, 0, [1, 2]]),
    ("regs.receive_into(bytearray(6))", ["receive", 0x44, 6]),
    ("regs.command(bytearray((0xFD,)))", ["command", 0x44, [0xFD]]),
]


@pytest.mark.parametrize("misses", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(("call", "asked"), CALLS)
def test_each_transfer_is_tried_three_times_and_no_more(run_in, call, asked, misses):
    seen, retries, failed = run_in(
        NO_BUS
        + f"""
bus = Bus(misses)
regs = Registers(bus, 0x44, "part", "mend it")
failed = failure(lambda: {call})
result = [bus.asked, regs.retries, failed]
""",
        misses=misses,
    )
    assert seen == [asked] * min(misses + 1, 3)
    assert retries == min(misses, 3)
    assert failed == (None if misses < 3 else "part: no answer at 0x44; mend it")


@pytest.mark.parametrize("seen", [0x00, 0x14, 0x15, 0x16, 0x35, 0xFF])
def test_only_its_own_identity_will_do(run_in, seen):
    failed = run_in(
        NO_BUS
        + """
regs = Registers(Bus(0, seen), 0x44, "part", "mend it")
result = failure(lambda: regs.expect(0xFF, 0x15))
""",
        seen=seen,
    )
    right = f"part: another chip answers: id 0x{seen:02x}, not 0x15; mend it"
    assert failed == (None if seen == 0x15 else right)


def test_an_error_can_have_a_remedy_of_its_own(run_in):
    assert run_in(
        NO_BUS
        + 'regs = Registers(Bus(), 0x44, "part", "mend it")\n'
        + 'result = [str(regs.error("odd")), str(regs.error("odd", "turn it"))]'
    ) == ["part: odd; mend it", "part: odd; turn it"]
