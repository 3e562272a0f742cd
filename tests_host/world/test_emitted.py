"""The logs of what was seen, heard and felt: nothing that was not, and all that was."""

import numpy as np
import pytest
from sleepsync.simulate import run_night, run_puck
from sleepsync.vm import Worker
from sleepsync.world import generate
from whole_puck import TABLE, in_the_vm

LIGHT = np.dtype([("us", "<u8"), ("grb", "u1", 72)])
SOUND = np.dtype([("us", "<u8"), ("n", "<u4")])
TOUCH = np.dtype([("us", "<u8"), ("level", "i1")])
LATCH_US = 280
SECOND = 1_000_000


def rows(folder, name, row):
    return np.fromfile(folder / "emitted" / name, row)


def lights(folder):
    """[(us, the first light's green)]."""
    return [(int(row["us"]), int(row["grb"][0])) for row in rows(folder, "light.bin", LIGHT)]


# -- the ring

RING = """
import machine
from clock import clock
from machine import Pin
from table import table
from chips.ws2812 import WS2812 as Lights

DATA, SUPPLY = 48, 47
lights = Lights(table.net(DATA), table.net(SUPPLY), 2)
told = []
lights.emit = lambda us, grb: told.append((us, list(grb)))
def supply(level):
    table.net(SUPPLY).drive(level)
    return clock.us
def burst(level):
    machine.bitstream(Pin(DATA), 0, (400, 850, 800, 450), bytes((level, 1, 2)) * 2)
    return clock.us
def pass_us(us):
    clock.wait(us)
def shown(level):
    return [level, 1, 2] * 2
supply(1)
"""


def test_a_frame_is_told_once_it_has_been_shown(run_in):
    sent_us, early, told, again = run_in(
        RING
        + """
sent_us = burst(9)
pass_us(279)
lights.tell()
early = list(told)
pass_us(1)
lights.tell()
again = list(told)
pass_us(50000)
lights.tell()
result = [sent_us, early, again, told]
"""
    )
    assert early == []
    assert told == again == [[sent_us + LATCH_US, [9, 1, 2] * 2]]


def test_a_frame_that_another_overtakes_was_never_shown(run_in):
    """The line was not low for long enough: the second burst goes to lights further on."""
    told, sent_us = run_in(
        RING
        + """
burst(9)
pass_us(100)
burst(20)
pass_us(1000)
sent_us = burst(30)
pass_us(1000)
burst(30)
pass_us(1000)
lights.tell()
result = [told, sent_us]
"""
    )
    assert [grb[0] for _, grb in told] == [9, 30]
    assert told[1][0] == sent_us + LATCH_US


@pytest.mark.parametrize(("waited_us", "seen"), [(279, []), (281, [9]), (5000, [9])])
def test_without_supply_it_is_dark_at_that_moment(run_in, waited_us, seen):
    """A frame that had not been taken over by then is lost with it."""
    told, off_us = run_in(
        RING
        + "burst(9)\npass_us(waited_us)\noff_us = supply(0)\nat_once = list(told)\n"
        + "pass_us(1000)\nlights.tell()\nresult = [told if told == at_once else 0, off_us]",
        waited_us=waited_us,
    )
    dark = [[off_us, [0] * 6]] if seen else []
    assert [grb[0] for us, grb in told if us != off_us] == seen
    assert [row for row in told if row[0] == off_us] == dark


# -- the haptic driver

HAPTIC = """
from clock import clock
from table import table
from chips.drv2605l import DRV2605L as Chip

enable = table.net(21)
chip = Chip(enable)
told = []
chip.emit = lambda us, level: told.append((us - begun_us, level))
enable.drive(1)
clock.wait(1000)
def play(*slots):
    chip.write(4, bytes(slots + (0,)))
    chip.write(1, b"\\0")
    chip.write(0x0C, b"\\1")
def real_time(level):
    chip.write(2, bytes((level,)))
    chip.write(1, b"\\5")
begun_us = clock.us
"""


def felt(run_in, lines):
    return run_in(HAPTIC + lines + "\nresult = told")


def test_an_effect_is_told_when_it_has_ended_and_not_before(run_in):
    early, told = run_in(
        HAPTIC
        + "play(15)\nclock.wait(700000)\nchip.tell()\nearly = list(told)\n"
        + "clock.wait(100000)\nchip.tell()\nresult = [early, told]"
    )
    assert early == [[0, 127]]
    assert told == [[0, 127], [750_000, 0]]


@pytest.mark.parametrize("cut", ["enable.drive(0)", "chip.write(0x0C, b'\\0')", "chip.power_up()"])
def test_an_effect_that_is_cut_short_ends_there(run_in, cut):
    """And what its sequence had still to come was never felt."""
    told = felt(
        run_in,
        f"play(15, 0x80 | 10, 15)\nclock.wait(200000)\n{cut}\nclock.wait(5000000)\nchip.tell()",
    )
    assert told == [[0, 127], [200_000, 0]]


def test_effects_in_a_row_have_no_rest_between_them(run_in):
    told = felt(run_in, "play(1, 1, 0x80 | 10, 1)\nclock.wait(5000000)\nchip.tell()")
    assert told == [[0, 127], [600_000, 0], [700_000, 127], [1_000_000, 0]]


def test_each_level_is_told_and_one_that_lasted_no_time_is_not(run_in):
    told = felt(
        run_in,
        """
for level in (10, 20, 20, 0x90):
    real_time(level)
    clock.wait(1000)
real_time(99)
enable.drive(0)
clock.wait(1000)
chip.tell()
""",
    )
    assert told == [[0, 10], [1000, 20], [3000, -112], [4000, 0]]


def test_a_night_of_levels_takes_no_memory(run_in):
    kept, told, last = run_in(
        HAPTIC
        + """
count = [0]
def counted(us, level):
    count[0] += 1
chip.emit = counted
for i in range(9000):
    real_time(1 + i % 2)
    clock.wait(10)
chip.tell()
result = [len(chip.levels), count[0], chip.drive(clock.us)]
"""
    )
    assert (kept, told, last) == (4096, 9000, 2)


# -- all three in the files, through their drivers

DRIVEN = """
us = {}
def now(name):
    us[name] = clock.us
ring, amplifier, haptic = board.Board().hand_over()
ring.on()
ring.write(b"\\x05" * 72)
now("lit")
haptic.start()
haptic.level(60)
now("felt")
amplifier.on()
amplifier.write(array("h", range(1, 8001)))
time.sleep_ms(300)
amplifier.off()
now("silent")
haptic.off()
now("still")
ring.off()
now("dark")
time.sleep_ms(1000)
while not amplifier.on():
    time.sleep_ms(10)
amplifier.write(array("h", [7] * 500))
time.sleep_ms(500)
amplifier.off()
"""


def test_what_the_drivers_do_lies_in_the_files(run_in, short):
    us, runs = in_the_vm(
        run_in,
        short,
        "from array import array\n"
        + DRIVEN
        + "parts.settle()\nresult = [us, [list(run) for run in parts.amplifier.runs]]",
    )
    assert lights(short) == [(us["lit"] + LATCH_US, 5), (us["dark"], 0)]
    touched = [tuple(map(int, row)) for row in rows(short, "touch.bin", TOUCH)]
    assert touched == [(us["felt"], 60), (us["still"], 0)]
    stretches = [[int(row["us"]), int(row["n"])] for row in rows(short, "sound.bin", SOUND)]
    assert stretches == runs and len(runs) == 2
    samples = np.fromfile(short / "emitted" / "sound.raw", "<i2")
    n = stretches[0][1]
    assert stretches[0][0] + n * 62.5 == pytest.approx(us["silent"], abs=63)
    assert (samples[:n] == np.arange(1, n + 1)).all()
    assert (samples[n:] == 7).all() and len(samples) == n + 500


def test_a_puck_without_power_is_dark_silent_and_still(run_in, short):
    """Whatever its firmware was about: the pull-downs do it, in that moment, and that is all."""
    end_us = in_the_vm(
        run_in,
        short,
        """
from array import array
def bark():
    raise RuntimeError("power is gone, and something goes on")
ring, amplifier, haptic = board.Board().hand_over()
ring.on()
ring.write(b"\\x05" * 72)
haptic.start()
haptic.play(118)
amplifier.on()
amplifier.write(array("h", [7] * 5000))
clock.charge("bus", 200000)  # meanwhile the last of it has gone into the queue, unserved
end_us = clock.us
clock.at(end_us + 1, bark)
simulated.lose_power()
simulated.keep()
result = end_us
""",
    )
    assert lights(short)[-1] == (end_us, 0)
    assert rows(short, "touch.bin", TOUCH).tolist()[-1] == (end_us, 0)
    ((us, n),) = rows(short, "sound.bin", SOUND).tolist()
    assert us + n * 62.5 == pytest.approx(end_us, abs=63)


def test_many_short_sounds_take_no_memory(run_in, tmp_path):
    """The newest 4,096 can still be had; all are in the file."""
    kept, told, samples, recent = run_in(
        """
from array import array
from table import Net
from chips.max98357a import MAX98357A
chip = MAX98357A(Net(1), spool)
told = set()
chip.emit = lambda us, n: told.add((us, n))
for i in range(5000):
    chip.play(1000000 + 10000 * i, bytes(array("h", [i] * 2)))
recent = [[us, n, list(array("h", chip.read(byte, n)))] for us, byte, n in chip.since(50980000)]
result = [len(chip.runs), len(told), chip.samples(), recent]
""",
        spool=str(tmp_path / "spool"),
    )
    assert (kept, told) == (4096, 5000)
    assert list(samples) == [i for i in range(5000 - 4096, 5000) for _ in range(2)]
    assert recent == [[50_990_000, 2, [4999, 4999]], [50_980_000, 2, [4998, 4998]]]
    assert (tmp_path / "spool").stat().st_size == 5000 * 4


# -- over restarts, in the world's time

GIVEN = [
    "10:from machine import Pin, bitstream; from hw import pins; import array",
    "11:go = lambda gpio, level=1: Pin(gpio).value(level)",
    "12:bits = lambda v: bitstream(Pin(pins.RING_DATA), 0, (400,850,800,450), bytes((v,)) * 72)",
]


def lit_at(second, level):
    """Lines that light the ring, typed at the console."""
    begin = [f"{second - 5 + i}:{line.partition(':')[2]}" for i, line in enumerate(GIVEN)]
    return [*begin, f"{second}:go(pins.RING_SUPPLY); bits({level})"]


def test_logs_go_on_over_a_reset_which_is_dark(short):
    """The pins let go in that moment; the second run's rows come behind, in the same time."""
    typed = [*lit_at(20, 5), *lit_at(60, 6), "63:go(pins.RING_SUPPLY, 0)"]
    run_puck(short, reset_us=40 * SECOND, type=typed)
    run_puck(short, start_us=45 * SECOND, reset_us=30 * SECOND, type=typed)
    seen = lights(short)
    assert [level for _, level in seen] == [5, 0, 6, 0]
    times_s = [us / SECOND for us, _ in seen]
    assert times_s == pytest.approx([20, 40, 60, 63], abs=0.05)
    assert seen[1][0] == 40 * SECOND


def test_sound_ends_with_a_reset(short):
    """What is still in the queue then is not heard."""
    wires = "sck=Pin(1), ws=Pin(2), sd=Pin(3)"
    given = "mode=I2S.TX, bits=16, format=I2S.MONO, rate=16000, ibuf=6400"
    typed = [
        "10:from machine import Pin, I2S; from hw import pins; from array import array",
        f"11:out = I2S(pins.AMPLIFIER_I2S, {wires}, {given}); out.irq(lambda _: 0)",
        "12:Pin(pins.AMPLIFIER_SHUTDOWN).value(1)",
        "13:ten_s = array('h', [9] * 160000); _ = out.write(ten_s)",
    ]
    run_puck(short, reset_us=20 * SECOND, type=typed)
    ((us, n),) = rows(short, "sound.bin", SOUND).tolist()
    assert us / SECOND == pytest.approx(13, abs=0.05)
    assert us + n * 62.5 == pytest.approx(20 * SECOND, abs=63)


def heard(folder, start_us, value):
    """([us of the world, samples] of each stretch, all samples) of a run that plays."""
    begin = TABLE.replace("Simulated(folder, 0,", f"Simulated(folder, {start_us},")
    end = "simulated.keep()\nresult = [parts.amplifier.runs, parts.amplifier.samples()]"
    source = f"from array import array\n{begin}{DRIVEN}{end}".replace("[7]", f"[{value}]")
    given = {"folder": str(folder), "missing": [], "lost_time": False}
    with Worker() as vm:
        runs, samples = vm.call("snippet:run", source, given)
    return [(us + start_us, n) for us, n in runs], samples


def test_sound_goes_on_in_the_same_file(short):
    """The model's own `runs` and `samples` are those of its run."""
    first, before = heard(short, 0, 7)
    second, after = heard(short, 100 * SECOND, 8)
    assert second[0][0] > 100 * SECOND
    assert [tuple(map(int, row)) for row in rows(short, "sound.bin", SOUND)] == first + second
    samples = np.fromfile(short / "emitted" / "sound.raw", "<i2")
    assert samples.tolist() == list(before) + list(after)


def test_a_new_night_begins_them_anew(tmp_path):
    sleeper = generate(1, hours=0.03)
    run_night(sleeper, tmp_path, type=lit_at(20, 5))
    assert [level for _, level in lights(tmp_path)] == [5, 0]
    (tmp_path / "emitted" / "mine").touch()
    run_night(sleeper, tmp_path)
    assert lights(tmp_path) == []
    assert not (tmp_path / "emitted" / "mine").exists()


def test_a_puck_that_starts_with_its_world_begins_them_anew(short):
    run_puck(short, reset_us=40 * SECOND, type=lit_at(20, 5))
    run_puck(short, reset_us=40 * SECOND)
    assert lights(short) == []
