"""The DRV2605L: its driver against its registers and its enable pin."""

import pytest
from sleepsync.vm import VmError

START = """
import time
import drv2605l
from chips.drv2605l import DRV2605L as Chip
from clock import clock
from machine import I2C, Pin
from registers import PartError
from table import Net, table

enable = table.net(21)
chip = Chip(enable)
table.connect(0, Chip.ADDRESS, chip)
bus = I2C(0, scl=Pin(9), sda=Pin(8))
driver = drv2605l.DRV2605L(bus, Pin(21, Pin.OUT, value=0))
def reg(number):
    return chip._regs[number]
def now():
    return chip.drive(clock.us)
def error(call, *args):
    try:
        call(*args)
    except PartError as error:
        return str(error)
def silence():
    del table.chips[0][0x5A]
time.sleep_ms(5)
"""
RUN = START + "driver.start()\n"
SILENT = "haptic driver: no answer at 0x5a; check its wires to the bedside bus, and its enable line"


def test_start_chooses_the_linear_actuator_and_leaves_it_off(run_in):
    library, feedback, control3, mode, level, felt, played = run_in(
        START
        + """
chip._regs[0x1D] = 0xAB  # as someone else may have left it
driver.start()
result = [reg(3), reg(0x1A), reg(0x1D), reg(1), enable.level, chip.levels, chip.played]
"""
    )
    assert library == 6
    assert feedback == 0x36 | 0x80
    assert control3 & 0x2B == 0x20  # closed loop for an LRA, no PWM, signed levels
    assert mode == 0x40
    assert (level, felt, played) == (0, [], [])


def test_making_the_driver_drops_the_enable_pin(run_in):
    assert (
        run_in(START + "enable.drive(1)\ndrv2605l.DRV2605L(bus, Pin(21))\nresult = enable.level")
        == 0
    )


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        ("chip._regs[0] = 0x60", "haptic driver: another chip answers: id 3, not 7; "),
        ("silence()", SILENT),
        ("chip._enable = Net(0)", "haptic driver: it does not take its settings; "),
    ],
    ids=["another", "silent", "enable wire broken"],
)
def test_a_start_that_fails_says_why_and_ends_off(run_in, trouble, says):
    message, level = run_in(START + trouble + "\nresult = [error(driver.start), enable.level]")
    assert message.startswith(says)
    assert level == 0


@pytest.mark.parametrize("effect", [1, 47, 123])
def test_an_effect_is_felt_once_and_ends_by_itself(run_in, effect):
    called_us, played, during, after, level = run_in(
        RUN
        + """
called_us = clock.us
driver.play(effect)
time.sleep_ms(100)
during = now()
time.sleep(20)
result = [called_us, chip.played, during, now(), enable.level]
""",
        effect=effect,
    )
    assert [number for _, number in played] == [effect]
    assert 0 < played[0][0] - called_us < 2000
    assert (during, after) == (127, 0)
    assert level == 1


def test_an_effect_replaces_the_one_before(run_in):
    played, levels = run_in(
        RUN
        + """
driver.play(118)
time.sleep_ms(500)
second_us = clock.us
driver.play(1)
time.sleep(20)
result = [chip.played, [[us - second_us, level] for us, level in chip.levels]]
"""
    )
    assert [number for _, number in played] == [118, 1]
    on, cut, again, end = levels
    assert [on[1], cut[1], again[1], end[1]] == [127, 0, 127, 0]
    assert 0 < cut[0] < again[0] < 2000
    assert end[0] == again[0] + 300_000


def test_what_was_left_in_the_sequence_is_not_played(run_in):
    assert run_in(
        RUN + "chip._regs[5] = 10\nchip._regs[6] = 11\ndriver.play(7)\ntime.sleep(5)\n"
        "result = [number for _, number in chip.played]"
    ) == [7]


def test_a_level_is_felt_at_once_and_until_the_next(run_in):
    felt = run_in(
        RUN
        + """
felt = []
for value in (1, 60, 127, 0, 5):
    before_us = clock.us
    driver.level(value)
    felt.append([now(), clock.us - before_us < 2000])
    time.sleep(3)
    felt[-1].append(now())
result = felt
"""
    )
    assert felt == [[value, True, value] for value in (1, 60, 127, 0, 5)]


def test_a_ramp_costs_one_register_a_step(run_in):
    """29 bits at 400 kHz, and EN stays as it is."""
    assert (
        run_in(
            RUN + "driver.level(1)\nbegun_us = clock.us\nfor i in range(2, 102):\n"
            "    driver.level(i)\nresult = clock.us - begun_us"
        )
        == 100 * 73
    )


def test_levels_and_effects_take_turns(run_in):
    seen = run_in(
        RUN
        + """
driver.level(50)
driver.play(3)
seen = [now()]
time.sleep(1)
seen.append(now())
driver.level(9)
seen.append(now())
result = seen + [[number for _, number in chip.played]]
"""
    )
    assert seen == [127, 0, 9, [3]]


@pytest.mark.parametrize("felt", ["driver.level(100)", "driver.play(118)"])
def test_off_is_off_at_that_instant_though_the_bus_is_dead(run_in, felt):
    before, after, level, took_us = run_in(
        RUN
        + felt
        + """
time.sleep_ms(50)
silence()
before, begun_us = now(), clock.us
driver.off()
result = [before, now(), enable.level, clock.us - begun_us]
"""
    )
    assert before > 0
    assert (after, level, took_us) == (0, 0, 0)


@pytest.mark.parametrize("held", ["driver.level(100)", "driver.play(118)"])
@pytest.mark.parametrize("then", ["driver.level(0)", "driver.play(1)", "driver.start()"])
def test_what_was_felt_before_off_does_not_come_back(run_in, held, then):
    """The registers outlive EN: what they held is felt for the moment until the first write."""
    levels, played, value = run_in(
        RUN
        + held
        + "\ntime.sleep_ms(50)\ndriver.off()\ntime.sleep(5)\nback_us = clock.us\n"
        + then
        + "\ntime.sleep(2)\n"
        "result = [[[us - back_us, level] for us, level in chip.levels if us >= back_us],"
        " [number for us, number in chip.played if us > back_us], now()]"
    )
    assert value == 0
    if levels:
        assert levels[0][0] == 0  # as EN rose
        assert levels[1][1] == 0
        assert levels[1][0] < 500
    assert len(levels) == (4 if "play(1)" in then else 2)
    assert played == ([1] if "play" in then else [])


@pytest.mark.parametrize("call", ["play", "level", "stop"])
def test_a_dead_bus_ends_in_off(run_in, call):
    message, level, felt = run_in(
        RUN
        + """
driver.level(100)
silence()
args = () if call == "stop" else (3,)
message = error(getattr(driver, call), *args)
result = [message, enable.level, now()]
""",
        call=call,
    )
    assert message == SILENT
    assert (level, felt) == (0, 0)


@pytest.mark.parametrize("held", ["driver.level(100)", "driver.play(118)"])
def test_stop_rests_without_dropping_the_pin(run_in, held):
    stopped, mode, later, again = run_in(
        RUN
        + held
        + """
time.sleep_ms(50)
driver.stop()
stopped, mode = [now(), enable.level], reg(1)
time.sleep(1)
later = now()
driver.level(4)
result = [stopped, mode, later, now()]
"""
    )
    assert stopped == [0, 1]
    assert mode == 0x40  # standby
    assert (later, again) == (0, 4)


def test_stopping_what_is_off_asks_nothing_of_the_bus(run_in):
    assert (
        run_in(RUN + "silence()\ndriver.stop()\ndriver.off()\ndriver.stop()\nresult = enable.level")
        == 0
    )


@pytest.mark.parametrize("call", ["play(0)", "play(124)", "level(-1)", "level(128)"])
def test_what_the_chip_does_not_have_is_refused_and_not_felt(run_in, call):
    with pytest.raises(VmError, match="ValueError: no such"):
        run_in(RUN + f"driver.{call}")
    assert run_in(
        RUN + f"try:\n    driver.{call}\nexcept ValueError:\n    pass\n"
        "result = [enable.level, chip.levels]"
    ) == [0, []]


# The model's own habits, on which the tests above rest.


def test_the_chip_does_not_answer_for_250_us_after_enable(run_in):
    early, ready = run_in(
        START
        + """
def asked():
    try:
        bus.readfrom_mem_into(0x5A, 0, byte)
        return byte[0]
    except OSError as error:
        return -error.errno
byte = bytearray(1)
enable.drive(1)
early = asked()
time.sleep_us(200)
result = [early, asked()]
"""
    )
    assert (early, ready) == (-19, 0xE0)


def test_while_disabled_it_acknowledges_takes_nothing_and_keeps_its_registers(run_in):
    assert run_in(
        START
        + """
byte = bytearray(1)
def asked():
    bus.readfrom_mem_into(0x5A, 3, byte)
    return byte[0]
def tell(value):
    bus.writeto_mem(0x5A, 3, bytes((value,)))
enable.drive(1)
time.sleep_ms(1)
tell(5)
enable.drive(0)
tell(2)
seen = [asked()]
enable.drive(1)
time.sleep_ms(1)
result = seen + [asked()]
"""
    ) == [0xFF, 5]


def test_a_sequence_has_waits_and_clears_go_when_it_ends(run_in):
    """Effect 1, 100 ms of rest, effect 15 of 750 ms; in standby nothing is played."""
    played, levels, going, at_rest = run_in(
        START
        + """
enable.drive(1)
time.sleep_ms(1)
chip.write(4, bytes((1, 0x80 | 10, 15, 0)))
chip.write(0x0C, b"\\1")
at_rest = [list(chip.played), now()]
chip.write(0x0C, b"\\0")
chip.write(1, b"\\0")
begun_us = clock.us
chip.write(0x0C, b"\\1")
going = []
byte = bytearray(1)
for ms in (1140, 20):
    time.sleep_ms(ms)
    chip.read(0x0C, byte)
    going.append(byte[0])
result = [[[us - begun_us, n] for us, n in chip.played],
          [[us - begun_us, n] for us, n in chip.levels], going, at_rest]
"""
    )
    assert played == [[0, 1], [400_000, 15]]
    assert levels == [[0, 127], [300_000, 0], [400_000, 127], [1_150_000, 0]]
    assert going == [1, 0]
    assert at_rest == [[], 0]


def test_a_reset_puts_the_registers_back(run_in):
    assert run_in(
        START + "enable.drive(1)\ntime.sleep_ms(1)\nchip.write(3, b'\\6')\n"
        "chip.write(2, b'\\x50')\n"
        "chip.write(1, b'\\5')\nfelt = now()\nchip.write(1, b'\\x80')\n"
        "result = [felt, now(), reg(1), reg(2), reg(3)]"
    ) == [0x50, 0, 0x40, 0, 1]


@pytest.mark.parametrize(
    ("control3", "value", "felt"), [(0xA0, 0x81, -127), (0xA8, 0xFF, 127), (0xA8, 0x81, 64)]
)
def test_levels_are_signed_or_not(run_in, control3, value, felt):
    assert (
        run_in(
            START + "enable.drive(1)\ntime.sleep_ms(1)\nchip.write(0x1D, bytes((control3,)))\n"
            "chip.write(1, bytes((5, value)))\nresult = now()",
            control3=control3,
            value=value,
        )
        == felt
    )


def test_what_a_sequence_had_still_to_come_is_cut_off_with_it(run_in):
    assert run_in(
        START + "enable.drive(1)\ntime.sleep_ms(1)\nchip.write(4, bytes((1, 15, 0)))\n"
        "chip.write(1, b'\\0')\nchip.write(0x0C, b'\\1')\ntime.sleep_ms(100)\nenable.drive(0)\n"
        "time.sleep(1)\nresult = [[number for _, number in chip.played], now()]"
    ) == [[1], 0]
