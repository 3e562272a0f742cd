"""Safe mode: what it leaves alone, what it still does, and how little it loads."""

from sleepsync.bench.board import SAFE_MODE_BYTES, safe_mode_bytes, safe_mode_modules


def test_safe_mode_holds_everything_off_and_takes_the_time(at_the_table):
    known, levels, asked = at_the_table(
        """
import machine
from firmware import safe
off = (pins.RING_SUPPLY, pins.RING_DATA, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE)
for gpio in off:
    table.net(gpio).drive(1)
asked = set()
address = machine.I2C._address
def heard(bus, addr, size):
    asked.add(addr)
    return address(bus, addr, size)
machine.I2C._address = heard
mode = safe.SafeMode(boot.start)
levels = [table.net(gpio).level for gpio in off]
clock.at(clock.us + 60000000, lambda: clock.schedule_own(get_up, None))
try:
    asyncio.run(mode.run())
except KeyboardInterrupt:
    pass
result = [mode.clock.wall_s() > 800000000, levels, sorted(asked)]
""",
        lost_time=True,
    )
    assert known is True
    assert levels == [0, 0, 0, 0]
    assert asked == [0x68]


def test_the_words_answer_where_no_application_has_run(at_the_table):
    lines = """
import sys, puck
boot.start.record("planted")
puck.errors()
result = "firmware.app" in sys.modules
puck.status()
"""
    assert at_the_table(lines) is False


def test_safe_mode_is_small():
    assert 5000 < safe_mode_bytes() <= SAFE_MODE_BYTES


def test_safe_mode_loads_nothing_but_what_is_counted(at_the_table):
    loaded = at_the_table(
        """
import sys
before = set(sys.modules)
for name in list(sys.modules):
    if "/lib/" in getattr(sys.modules[name], "__file__", "") or name[:3] == "hw.":
        before.discard(name)
        del sys.modules[name]
        if name[:3] == "hw.":
            delattr(sys.modules["hw"], name[3:])
from firmware import safe
result = [name for name in sys.modules if name not in before]
""",
    )
    folders = {"firmware.bedside", "firmware.governor", "firmware.keep", "firmware.rituals"}
    loaded = set(loaded) - folders
    ours = {name for name in loaded if name.split(".")[0] not in ("asyncio", "firmware", "hw")}
    ours |= {name for name in loaded if "." in name and name.split(".")[0] in ("firmware", "hw")}
    assert ours == safe_mode_modules()


def test_a_long_word_at_its_console_leaves_it_time(at_the_table):
    """Else the watchdog would bite in the middle of a replay."""
    lines = """
import puck
from firmware import safe
found = []
def look(_):
    told = puck.replay()
    found.append(hasattr(told, "send"))
    told.close()
clock.at(clock.us + 2000000, lambda: clock.schedule_own(look, None))
clock.at(clock.us + 5000000, lambda: clock.schedule_own(get_up, None))
safe.run(boot.start)
result = [found, safe.running is None, hasattr(puck.replay(), "send")]
"""
    assert at_the_table(lines) == [[True], True, False]
