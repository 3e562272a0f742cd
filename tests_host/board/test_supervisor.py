"""Who feeds the watchdog, who does not, and what is remembered of it."""

import pytest
from changed_puck import change, write_partition
from sleepsync.flash import flash_map
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.simulate import journals, put_new_puck, run_puck
from whole_puck import in_the_vm

NAP = """
def nap(seconds):
    for _ in range(seconds):
        time.sleep(1)
def bite_of(action):
    try:
        action()
    except SystemExit as bite:
        return bite.args[0]
    return None
def interrupted(run):
    clock.at(clock.us + 5000000, lambda: clock.schedule_own(get_up, None))
    run(boot.start)
    nap(100)
"""


@pytest.fixture
def ask(at_the_table):
    """`result` of lines in the VM, with a new puck on the table."""
    return lambda lines: at_the_table(NAP + lines)


@pytest.mark.parametrize("module", ["app", "safe"])
def test_after_an_interrupt_a_timer_feeds_the_watchdog(ask, module):
    lines = f"from firmware import {module}\nresult = bite_of(lambda: interrupted({module}.run))"
    assert ask(lines) is None


@pytest.mark.parametrize(("develop", "bites"), [(False, 3), (True, None)])
def test_a_task_that_blocks_safe_mode_starts_the_puck_anew(ask, develop, bites):
    lines = f"""
from firmware import safe
boot.start.develop = {develop}
async def block(mode, alive):
    nap(1000)
safe.SafeMode._keep_time = block
clock.at(clock.us + 900000000, lambda: clock.schedule_own(get_up, None))
result = bite_of(lambda: safe.run(boot.start))
"""
    assert ask(lines) == bites


@pytest.mark.parametrize(("develop", "bites"), [(False, 3), (True, None)])
def test_the_development_switch_leaves_it_off_after_a_soft_reset_too(ask, develop, bites):
    lines = f"""
import sys
boot.start.switch(develop={develop})
table.reset_cause = 5
del sys.modules["boot"]
import boot
result = bite_of(lambda: nap(4000))
"""
    assert ask(lines) == bites


def test_in_development_a_held_button_starts_nothing_anew(run_in, bed):
    put_new_puck(bed)
    in_the_vm(run_in, bed, "boot.start.switch(True)\nsimulated.keep()\nresult = 0")
    assert run_puck(bed, press="60:90000")["restarts"] == 0


def test_the_newest_eight_crashes_are_kept(ask):
    lines = (
        'for i in range(11):\n    boot.start.record("crash %d" % i)\nresult = boot.start.crashes()'
    )
    assert [line.split(": ")[1] for line in ask(lines)] == [f"crash {i}" for i in range(10, 2, -1)]


def test_a_bite_that_nobody_announced_is_recorded(ask):
    lines = """
import sys
table.reset_cause = 3
del sys.modules["boot"]
import boot
result = boot.start.crashes()
"""
    (crash,) = ask(lines)
    assert crash.endswith("watchdog: a task hung, or the button was held")


def test_safe_mode_that_is_cut_short_tries_the_application_again(bed):
    """Its count has begun anew at once, not when it had gone well."""
    for _ in range(3):
        run_puck(bed, reset_us=5_000_000)
    said = []
    for _ in range(2):
        run_puck(bed, reset_us=5_000_000, say=said.append)
    first, second = (line for line in said if line.startswith("boot "))
    assert first.endswith("safe mode: 3 bad starts")
    assert "safe mode" not in second


def test_to_be_asked_is_no_reason_to_write(bed):
    """The supervisor wakes the keeper every ten seconds; but for the first, which fills up a
    block, and the last, a batch is nine epochs all the same.
    """
    run_puck(bed)
    found = read_journal(journals(bed)[-1])
    assert len(found.of(records.SEAL)) <= 2 + len(found.of(records.EPOCH)) // 9


HELD = """
from button import Button
from firmware.bedside.press import Presses
from machine import Pin
net = table.net(pins.BUTTON)
def look(seconds):
    for _ in range(seconds * 50):
        presses.poll(time.ticks_ms())
        time.sleep_ms(20)
    return presses.is_held()
def begin(level):
    global presses
    net.drive(level)
    presses = Presses(Button(Pin(pins.BUTTON)), lambda *event: None, lambda number: None)
"""


def test_a_button_is_held_by_somebody_until_it_is_out_of_order(ask):
    lines = """
begin(1)
seen = [look(1)]
net.drive(0)
seen += [look(1), look(50), look(15)]
net.drive(1)
result = seen + [look(1)]
"""
    assert ask(HELD + lines) == [False, True, True, False, False]


def test_a_button_that_is_down_from_the_start_is_held_once_it_has_been_up(ask):
    lines = """
begin(0)
seen = [look(5)]
net.drive(1)
seen.append(look(1))
net.drive(0)
result = seen + [look(1)]
"""
    assert ask(HELD + lines) == [False, False, True]


def test_a_second_block_that_is_not_blank_keeps_the_nights_from_being_made_anew(bed):
    put_new_puck(bed)
    data = flash_map().partitions["data"]
    torn = b"\xff" * 4096 + bytes(4096)
    write_partition(bed, "data", torn)
    run_puck(bed, restarts=5)
    assert (bed / "puck" / "flash.bin").read_bytes()[data.offset :][: len(torn)] == torn


def test_with_micropython_s_own_partitions_nights_lie_beside_the_application(bed):
    put_new_puck(bed)
    with (bed / "puck" / "flash.bin").open("r+b") as flash:
        table = flash_map().partitions
        flash.seek(0x8000 + 32 * list(table).index("data"))
        flash.write(b"\xff" * 32)
    said = []
    assert run_puck(bed, say=said.append)["ended"] == "stopped"
    assert "night 1 is written" in said


def test_a_task_that_always_dies_starts_again_after_a_second_and_starves_nobody(bed):
    change(bed, {"firmware/app.py": ("self.room.look()\n", "raise ValueError\n")})
    said = []
    assert run_puck(bed, say=said.append)["restarts"] == 0
    assert 170 <= said.count("task room died and starts again:") <= 180  # 360 s, its own pause too


@pytest.mark.parametrize("made", ["WDT(1)", "WDT(0, 0)", "Timer(4)", "Timer(-1)"])
def test_a_watchdog_or_timer_that_the_chip_has_not_is_refused(ask, made):
    lines = f"""
from machine import WDT, Timer
try:
    {made}
    result = "made"
except ValueError:
    result = "refused"
"""
    assert ask(lines) == "refused"
