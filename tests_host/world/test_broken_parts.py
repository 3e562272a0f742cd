"""Faults on request: each does the wrong that it says, while it lasts, and nothing else."""

import pytest
from simulated import POD_ON_THE_TABLE

FAULTS = (
    POD_ON_THE_TABLE
    + """
import faults
import time
from machine import I2C, Pin
class Chip:
    ADDRESS = 0x10
    count = ups = 0
    def read(self, reg, buf):
        self.count += 1
        for i in range(len(buf)):
            buf[i] = self.count
    def write(self, reg, data):
        pass
    def power_up(self):
        self.ups += 1
chip = Chip()
bus = I2C(0, scl=Pin(9), sda=Pin(8))
wires = (table.net(9), table.net(8))
def harm(kind, from_us=0, to_us=0):
    return faults.CHIP_KINDS[kind](0, chip, wires, (from_us, to_us), 7)
def read(reg=4, n=2):
    buf = bytearray(n)
    try:
        bus.readfrom_mem_into(0x10, reg, buf)
    except OSError as error:
        return error.errno
    return list(buf)
def at(us, *reg):
    time.sleep_us(us - clock.us)
    return read(*reg)
"""
)


def test_a_fault_lasts_from_its_first_to_its_last_second(run_in):
    assert run_in(
        FAULTS
        + """
harm("absent", 1000000, 2000000)
result = [at(us) for us in (900000, 1100000, 1900000, 2100000)] + [chip.ups]
"""
    ) == [[1, 1], 19, 19, [2, 2], 1]


def test_a_chip_that_is_frozen_says_its_next_sample_for_ever(run_in):
    """What it measures only: other registers are read as they are."""
    assert run_in(
        FAULTS
        + """
harm("frozen", 1000000, 2000000)
result = [at(us) for us in (900000, 1100000, 1200000)] + [at(1300000, 0), at(1400000), at(2100000)]
"""
    ) == [[1, 1], [2, 2], [2, 2], [4, 4], [2, 2], [6, 6]]


def test_one_transfer_in_three_is_not_acknowledged(run_in):
    seen = run_in(FAULTS + "harm('nack')\nresult = [read() == 19 for _ in range(600)]")
    assert 160 <= sum(seen) <= 240


def test_noise_is_in_the_lower_half_of_what_is_measured(run_in):
    measured, other = run_in(
        FAULTS
        + """
harm("noise")
chip.read = lambda reg, buf: None
result = [[read()[0] for _ in range(400)], [read(0) for _ in range(20)]]
"""
    )
    assert set(measured) == set(range(16))
    assert other == [[0, 0]] * 20


def test_another_chip_has_another_identity_and_the_same_samples(run_in):
    assert run_in(FAULTS + "harm('wrong_id')\nresult = [read(7), read(4)]") == [
        [1 ^ 0x20, 1],
        [2, 2],
    ]


def test_a_chip_that_holds_the_bus_counts_rises_only(run_in):
    """Eight leave it low, the ninth frees it; a short is let go by time alone."""
    assert run_in(
        FAULTS
        + """
scl, sda = wires
def clocks(n):
    for _ in range(n):
        scl.drive(0); scl.drive(1)
    return sda.level
harm("stuck")
result = [read(), clocks(8), clocks(1), read()]
harm("stuck_for_ever", clock.us + 1000, clock.us + 2000)
time.sleep_us(1100)
result += [clocks(20)]
time.sleep_us(2000)
result += [sda.level]
"""
    ) == [116, 0, 1, [1, 1], 0, 1]


def test_a_finger_or_a_book_lies_on_the_button_for_its_time(run_in):
    assert run_in(
        FAULTS
        + """
net = table.net(2)
net.drive(1)
faults.hold(net, (1000000, 2000000))
seen = []
for us in (900000, 1100000, 1900000, 2100000):
    time.sleep_us(us - clock.us)
    seen.append(net.level)
result = seen
"""
    ) == [1, 0, 0, 1]


@pytest.mark.parametrize(
    ("kind", "during"), [("absent", [0]), ("frozen", [0x12345600]), ("noise", None)]
)
def test_a_microphone_with_a_fault_says_so_in_its_words_while_it_lasts(run_in, kind, during):
    """Before and after, it gives what it hears."""
    before, wrong, after = run_in(
        """
import time
import faults
from array import array
from chips.i2s_microphone import I2SMicrophone
from clock import clock
microphone = I2SMicrophone(None, 3)
faults.MicrophoneFault(microphone, kind, (2000000, 3000000), 7)
def words():
    words = array("i", [0] * 64)
    microphone.fill(0, 100000, words)  # long awake
    return list(set(words))
result = []
for second in range(3):
    time.sleep_ms(1000 if second else 1500)
    result.append(words())
""",
        kind=kind,
    )
    assert len(before) > 10
    assert len(after) > 10
    assert wrong == during or (during is None and len(wrong) == 64 and max(wrong) > 1 << 29)
    assert max(map(abs, before + after)) < 1 << 24


def test_faults_of_one_chip_add_up(run_in):
    """Two outages, and one of another kind; the part itself gets its power back each time."""
    assert run_in(
        FAULTS
        + """
first = harm("absent", 1000000, 2000000)
chip, part = first, chip
second = harm("absent", 3000000, 4000000)
chip = second
third = harm("frozen", 3500000)
answers = [at(us) for us in (900000, 1500000, 2500000, 3200000, 4500000, 5000000)]
result = answers + [part.ups]
"""
    ) == [[1, 1], 19, [2, 2], 19, [3, 3], [3, 3], 2]
