"""The tap `breaker`: when all is off, and when the VM could not have switched it off."""

import numpy as np
import pytest
from sleepsync.simulate import run_puck
from whole_puck import in_the_vm

SECOND = 1_000_000
COLLECT_US = 20_000  # hw/sim/collector.py
WATCHED = """
import breaker
import machine
breaker.watch(folder)
lines = [table.net(gpio) for gpio in
    (pins.RING_SUPPLY, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE)]
began_us = clock.us
"""


def dark(folder):
    return np.fromfile(folder / "dark.bin", "<u8").tolist()


def held(folder):
    return np.fromfile(folder / "held.bin", "<u8").reshape(-1, 2)


@pytest.mark.parametrize("last", [0, 1, 2])
def test_it_is_dark_when_the_last_of_three_lines_has_fallen(run_in, short, last):
    began_us = in_the_vm(
        run_in,
        short,
        WATCHED
        + f"""
order = [line for line in lines if line is not lines[{last}]] + [lines[{last}]]
for line in order:
    clock.wait(100)
    line.drive(1)
for line in order:
    clock.wait(1000)
    line.drive(0)
    line.drive(0)
clock.wait(5000)
order[0].drive(1)
clock.wait(5000)
order[0].drive(0)
result = began_us
""",
    )
    assert dark(short) == [began_us + 300 + 3000, began_us + 300 + 3000 + 10_000]


def test_the_chips_go_on_listening(run_in, short):
    assert in_the_vm(
        run_in,
        short,
        WATCHED
        + """
ring, amplifier, haptic = board.Board().hand_over()
ring.on()
ring.write(b"\\x05" * 72)
time.sleep_ms(1)
lit = parts.ring.shown()[0][0]
ring.off()
result = [lit, parts.ring.shown()[0][0]]
""",
    ) == [5, 0]


def test_every_flash_operation_and_collection_of_a_night_has_its_row(short):
    figures = run_puck(short, taps="breaker")
    spans = held(short)
    charged_us = figures["charged_us"]
    collections = charged_us["collect"] // COLLECT_US
    assert len(spans) == figures["flash_operations"] + collections
    lasted_us = (spans[:, 1] - spans[:, 0]).astype(int)
    assert lasted_us.sum() == charged_us["flash"] + charged_us["collect"]
    assert (np.diff(spans[:, 0].astype(int)) > 0).all()
    assert spans[-1, 1] <= figures["lasted_us"]


def test_a_night_with_the_tap_is_the_night_without(short):
    """It sees the haptic driver's enable fall after each look, and changes nothing."""
    figures = run_puck(short, taps="breaker", reset_us=200 * SECOND)
    assert len(dark(short)) >= 200 // 30
    for name in ("dark.bin", "held.bin"):
        (short / name).unlink()
    for kept in (short / "puck").iterdir():
        kept.unlink()
    assert run_puck(short, reset_us=200 * SECOND) == figures
    assert not (short / "dark.bin").exists()


def test_an_operation_that_a_reset_ends_has_its_row(run_in, short):
    began_us = in_the_vm(
        run_in,
        short,
        WATCHED
        + """
clock.at(began_us + 30000, machine.reset)
try:
    clock.charge("flash", 80000)
except SystemExit:
    result = began_us
""",
    )
    assert held(short).tolist() == [[began_us, began_us + 30_000]]


def test_an_operation_in_which_power_is_lost_has_its_row(short):
    figures = run_puck(short, taps="breaker", cut_at=3)
    spans = held(short)
    assert figures["ended"] == "cut"
    assert len(spans) - figures["charged_us"]["collect"] // COLLECT_US == 3
    assert spans[-1, 1] == figures["lasted_us"]
