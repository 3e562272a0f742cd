"""The self-test: what it says of parts that are well, weak or missing, and what it leaves alone."""

import pytest
from whole_puck import START, in_the_vm, lend

# What the self-test says of a puck without firmware.
ALONE = """
import selftest
import time
parts_of = board.Board()
def rows(faults=None, meanwhile=lambda: None):
    found = []
    for step in selftest.rows(parts_of, faults):
        if isinstance(step, int):
            time.sleep_ms(step)
            meanwhile()
        else:
            found.append(tuple(step))
    return found
"""
PARTS = ["pulse sensor", "motion sensor", "light sensor", "climate sensor", "microphone"]
PARTS += ["clock chip", "haptic driver", "button", "ring", "amplifier", "pod bus", "bedside bus"]
ON_I2C = {
    "pulse": "pulse sensor",
    "motion": "motion sensor",
    "light": "light sensor",
    "climate": "climate sensor",
    "clock": "clock chip",
    "haptic": "haptic driver",
}


@pytest.fixture
def rows(run_in, six_minutes, tmp_path):
    """Rows of the self-test by part, with lines that are run before: `rows(lines, missing)`."""

    def found(lines="", missing=(), ask="result = rows()"):
        source = ALONE + "time.sleep(200)\n" + lines + "\n" + ask
        told = in_the_vm(run_in, lend(six_minutes, tmp_path), source, missing)
        return {part: rest for part, *rest in told}

    return found


def test_a_puck_that_is_well(rows):
    found = rows()
    assert list(found) == PARTS
    verdicts = {part: verdict for part, (_, _, verdict, _) in found.items()}
    assert {part for part in PARTS if verdicts[part] == "unasked"} == {"ring", "amplifier"}
    assert {part for part in PARTS if verdicts[part] == "ok"} == set(PARTS) - {"ring", "amplifier"}
    assert found["pulse sensor"][0] == "id 15, revision 3"
    assert found["motion sensor"][0] == "id 33"
    assert found["light sensor"][0] == "id 81"
    assert found["climate sensor"][0] == "serial 00000003"
    assert found["haptic driver"][0] == "id 7"
    assert all(bool(remedy) == (verdict != "ok") for _, _, verdict, remedy in found.values())


def number(seen, unit):
    """The number before `unit`."""
    return float(seen.split(unit)[0].split()[-1])


def test_what_was_measured_is_true(rows):
    found = rows()
    light, motion = found["pulse sensor"][1], found["motion sensor"][1]
    assert 3 <= number(light, " counts") <= 5  # the part's own noise is 3
    assert 47 <= number(light, " Hz") <= 53
    assert number(motion, " mg") == pytest.approx(1000, abs=60)
    assert number(motion.split(",")[1], " mg") <= 4
    assert 47 <= number(motion, " Hz") <= 53
    assert 28 <= number(found["microphone"][1], " dBA") <= 60
    assert 15 <= number(found["climate sensor"][1], " C") <= 25
    assert 30 <= number(found["climate sensor"][1], " %") <= 60
    seconds, ms = number(found["clock chip"][1], " s in"), number(found["clock chip"][1], " ms")
    assert seconds in (5, 6) and ms == pytest.approx(seconds * 1000, abs=200)


@pytest.mark.parametrize("name", ON_I2C)
def test_a_missing_part_has_a_remedy_and_no_other_suffers(rows, name):
    found = rows(missing=(name,))
    identity, seen, verdict, remedy = found.pop(ON_I2C[name])
    assert (identity, verdict) == ("-", "missing")
    assert seen.startswith("no answer at 0x")
    assert remedy.startswith("check ")
    assert not [row for row in found.values() if row[2] not in ("ok", "unasked")]


@pytest.mark.parametrize(
    ("harm", "part", "verdict", "says"),
    [
        ("parts.pulse._regs[0xFF] = 0x11", "pulse sensor", "missing", "another chip answers"),
        ("parts.motion._regs[0x0F] = 0x32", "motion sensor", "missing", "another chip answers"),
        ('parts.harm("pulse", "frozen")', "pulse sensor", "weak", "never changes"),
        ('parts.harm("motion", "frozen")', "motion sensor", "weak", "never changes"),
        ('parts.harm("pulse", "noise")', "pulse sensor", "weak", "noise"),
        ('parts.harm("motion", "noise")', "motion sensor", "weak", "noise"),
        ('parts.harm("climate", "frozen")', "climate sensor", "weak", " C, "),
        ('parts.harm("clock", "frozen")', "clock chip", "weak", "stands still"),
        ("parts.clock._regs[0x0F] |= 0x80", "clock chip", "weak", "stopped"),
        ('parts.harm("microphone", "absent")', "microphone", "missing", "zeros"),
        ("parts.pulse.rate_ppm = 150000", "pulse sensor", "weak", " Hz"),
        ("parts.motion.rate_ppm = -150000", "motion sensor", "weak", " Hz"),
        ('parts.harm("pulse", "stuck_for_ever")', "motion sensor", "missing", "held low"),
        ('parts.harm("microphone", "frozen")', "microphone", "missing", "same word"),
        ('parts.harm("button", "stuck")', "button", "weak", "held"),
    ],
)
def test_a_part_that_is_not_well_is_named_with_its_remedy(rows, harm, part, verdict, says):
    found = rows(harm)
    _, seen, told, remedy = found[part]
    assert told == verdict
    assert says in seen
    assert remedy


def test_the_buses_tell_what_they_had_to_repeat(rows):
    found = rows("parts_of.buses[0][1].freed = 2\nparts_of.light_sensor.regs.retries = 4")
    assert found["pod bus"][1:3] == ["repeated 0 transfers, freed 2 times", "weak"]
    assert found["bedside bus"][1:3] == ["repeated 4 transfers, freed 0 times", "weak"]


def test_few_repeats_are_no_fault(rows):
    few = rows("parts_of.light_sensor.regs.retries = 3")
    assert few["bedside bus"][1:3] == ["repeated 3 transfers, freed 0 times", "ok"]


def test_what_is_being_felt_is_not_disturbed(rows):
    lines = "*_, haptic = parts_of.hand_over()\nhaptic.start()\nhaptic.level(40)\n"
    ask = "rows()\nresult = rows() + [('EN', table.net(pins.HAPTIC_ENABLE).level)]"
    found = rows(lines, ask=ask)
    assert found["haptic driver"] == ["-", "it is at work", "ok", ""]
    assert found["EN"] == [1]


def test_a_part_that_is_not_there_is_no_fault_of_its_bus(rows):
    found = rows("parts_of.light_sensor.regs.retries = 9", missing=("light",))
    assert found["bedside bus"][1:3] == ["repeated 0 transfers, freed 0 times", "ok"]


def test_it_stops_what_it_started_and_makes_nothing_move_light_or_sound(rows):
    """Also when it is broken off: Ctrl-C comes between two steps."""
    watched = """
loud = []
def watch():
    for gpio in (pins.AMPLIFIER_SHUTDOWN, pins.RING_SUPPLY, pins.HAPTIC_ENABLE):
        if table.net(gpio).level:
            loud.append(gpio)
"""
    ask = """
rows(meanwhile=watch)
steps = selftest.rows(parts_of)
next(steps)
going = parts.pulse._regs[9] & 0x80, parts.motion._regs[0x20]
steps.close()
ended = parts.pulse._regs[9] & 0x80, parts.motion._regs[0x20]
felt = len(parts.haptic.played) + len(parts.haptic.levels)
result = [("all", loud, felt, going, ended)]
"""
    loud, felt, going, ended = rows(watched, ask=ask)["all"]
    assert loud == [] and felt == 0
    assert going == [0, 0x47] and ended == [0x80, 0]


# The same while the firmware runs: who talks to the pod's FIFOs is counted.
RUNNING = (
    START
    + """
import selftest
puck.open()
def forbidden(*_):
    raise OSError("started; that was not asked for")
parts_of = puck.board
parts_of.start_pulse = parts_of.start_motion = forbidden
for driver in (parts_of.light_sensor, parts_of.climate_sensor, parts_of.microphone):
    driver.start = forbidden
parts_of.clock_chip.start = forbidden
async def ask(lines):
    await asyncio.sleep(200)
    for step in selftest.rows(puck.board, FAULTS):
        if isinstance(step, int):
            await asyncio.sleep_ms(step)
        else:
            lines.append(tuple(step))
lines = []
from firmware.tasks import Tasks
start = puck.tasks.start_unwatched
def also(name, function):
    start(name, function)
    if name == "console":
        asyncio.create_task(ask(lines))
puck.tasks.start_unwatched = also
go_on(230)
result = [lines, told(records.PULSE), told(records.MOTION), told(records.CLIMATE)]
"""
)


def test_while_the_firmware_runs_it_takes_no_sample_from_it(run_in, six_minutes, tmp_path):
    source = RUNNING.replace("FAULTS", "{}")
    lines, *events = in_the_vm(run_in, lend(six_minutes, tmp_path), source)
    found = {part: rest for part, *rest in lines}
    assert list(found) == PARTS
    assert not [row for row in found.values() if row[2] not in ("ok", "unasked")]
    assert 47 <= number(found["pulse sensor"][1], " Hz") <= 53
    assert events == [[], [], []]  # no gap, and nothing was missed


def test_what_the_firmware_misses_is_missing(run_in, six_minutes, tmp_path):
    source = RUNNING.replace("FAULTS", '{"climate sensor": "climate sensor: garbled; check it"}')
    lines, *_ = in_the_vm(run_in, lend(six_minutes, tmp_path), source)
    found = {part: rest for part, *rest in lines}
    assert found["climate sensor"] == ["-", "garbled", "missing", "check it"]


def test_a_firmware_that_gives_nothing_is_not_well(run_in, six_minutes, tmp_path):
    """Nobody drains, nobody asks: what was measured last is nothing new."""
    ask = "result = rows({})"
    told = in_the_vm(run_in, lend(six_minutes, tmp_path), ALONE + ask)
    found = {part: rest for part, *rest in told}
    for part, says in (
        ("pulse sensor", "no samples come"),
        ("motion sensor", "no samples come"),
        ("light sensor", "no value comes"),
        ("climate sensor", "no value comes"),
        ("microphone", "no level comes"),
    ):
        assert found[part][1:3] == [says, "weak"]
