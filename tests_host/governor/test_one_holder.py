"""Ring, amplifier and haptic driver have one holder: read from the sources, and tried in the VM."""

import ast

import pytest
from sleepsync.paths import ROOT
from sleepsync.vm import VmError

BOARD = "hw/actuators.py"
HELD_OFF = "hw/essentials.py"
GOVERNOR = "firmware/governor/"
DRIVERS = {"lib/ws2812.py", "lib/max98357a.py", "lib/drv2605l.py"}
PARTS = {"ws2812", "max98357a", "drv2605l"}
CLASSES = {"WS2812", "MAX98357A", "DRV2605L"}
PRIVATE = {"_ring", "_amplifier", "_haptic_driver", "_haptic"}
PINS = {"RING_SUPPLY", "RING_DATA", "HAPTIC_ENABLE"} | {
    f"AMPLIFIER_{wire}" for wire in ("SHUTDOWN", "SD", "SCK", "WS", "I2S")
}
# What drives an actuator, and what else may be called so: files, slots, registers, the console.
DRIVING = {
    "write": {"file", "slot", "regs", "self.regs", "self._sink"},
    "level": {"self"},
    "play": set(),
    "on": set(),
}
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for where in ("*.py", "firmware/**/*.py", "lib/*.py", "hw/*.py")
    for path in ROOT.glob(where)
}


def strays(path, text):
    """What a source does that only board, drivers and governor may."""
    return [
        f"{path}: {ast.unparse(node)}"
        for node in ast.walk(ast.parse(text))
        if path not in DRIVERS and any(is_one(path, node) for is_one in RULES)
    ]


def imports_a_driver(path, node):
    names = [alias.name for alias in getattr(node, "names", ()) if isinstance(alias, ast.alias)]
    found = PARTS & {*names, getattr(node, "module", None)} | {"bitstream"} & {*names}
    return bool(found) and path != BOARD


def names_a_driver(path, node):
    """By its class, or by a string that could find it."""
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
    text = node.value if isinstance(node, ast.Constant) else None
    return (name in CLASSES and path != BOARD) or (isinstance(text, str) and text in PRIVATE)


def reaches_into_a_holder(path, node):
    return (
        isinstance(node, ast.Attribute)
        and node.attr in PRIVATE
        and ast.unparse(node.value) != "self"
    )


def names_a_pin(path, node):
    return getattr(node, "attr", None) in PINS and path not in (BOARD, HELD_OFF)


def drives(path, node):
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    method, receiver = node.func.attr, ast.unparse(node.func.value)
    harmless = method not in DRIVING or receiver in DRIVING[method]
    return not (harmless or path.startswith(GOVERNOR))


RULES = (imports_a_driver, names_a_driver, reaches_into_a_holder, names_a_pin, drives)


@pytest.mark.parametrize("path", SOURCES)
def test_nobody_else_makes_names_or_drives_them(path):
    assert strays(path, SOURCES[path]) == []


@pytest.mark.parametrize(
    "line",
    [
        "from ws2812 import WS2812",
        "import max98357a",
        "from machine import bitstream",
        "drv2605l.DRV2605L(bus, pin)",
        "puck.board._ring.write(frame)",
        "getattr(board, '_amplifier')",
        "driver.level(127)",
        "parts.haptic.play(1)",
        "supply.on()",
        "Pin(pins.RING_SUPPLY).value(1)",
    ],
)
def test_whoever_tries_is_found(line):
    assert strays("firmware/senses/room.py", line)


def test_what_holds_the_pins_off_never_lifts_one():
    """hw/essentials.py names the pins, makes them low, and gives them no other level."""
    levels = [
        ast.unparse(node.args[0])
        for node in ast.walk(ast.parse(SOURCES[HELD_OFF]))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "value" and node.args
    ]
    assert levels and set(levels) == {"0"}


def test_they_are_handed_over_in_one_place_to_the_governor_alone():
    calls = [
        (path, ast.unparse(node))
        for path, text in SOURCES.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and "hand_over()" in ast.unparse(node)
    ]
    makers = {ast.unparse(ast.parse(call).body[0].value.func) for _, call in calls}
    assert {path for path, _ in calls} == {"firmware/app.py", "firmware/alone.py"}
    assert makers == {"Governor", "parts.hand_over", "self.board.hand_over"}


TWICE = """
from hw.board import Board
board = Board()
held = board.hand_over()
result = len(held)
if again:
    board.hand_over()
"""


def test_they_are_handed_over_once(run_in):
    assert run_in(TWICE, again=False) == 3
    with pytest.raises(VmError, match="have a holder"):
        run_in(TWICE, again=True)
