"""The whole puck at rest: what it holds off, what it leaves alone, what ends with the night."""

import pytest
from sleepsync.paths import records
from sleepsync.simulate import run_puck
from whole_puck import START, in_the_vm, read

ACTUATORS = """
trace = {}
def watch(gpio):
    net, levels = table.net(gpio), []
    drive = net.drive
    def driven(level):
        levels.append((clock.us, level))
        drive(level)
    net.drive = driven
    trace[gpio] = levels
for gpio in (pins.RING_SUPPLY, pins.RING_DATA, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE):
    watch(gpio)
began_us = clock.us
bursts = []
on_bits = table.net(pins.RING_DATA).on_bits
table.net(pins.RING_DATA).on_bits = lambda *burst: bursts.append(burst)
"""
LONGEST_LOOK_US = 10_000  # a look at the haptic driver's settings


def test_nothing_shines_sounds_or_moves_all_night(run_in, short):
    """Each pin is driven low before a chip is spoken to; only the haptic driver's is ever
    high, for the moment of a look at it, and it is at rest then.
    """
    trace, began_us, bursts, ring, runs, haptic = in_the_vm(
        run_in,
        short,
        ACTUATORS
        + START
        + """
puck.open()
go_on(200)
puck.close()
trace = [trace[gpio] for gpio in
    (pins.RING_SUPPLY, pins.RING_DATA, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE)]
ring = [len(parts.ring.history), parts.ring.history[0][1] == parts.ring.shown(), parts.ring.faults]
haptic = [parts.haptic.levels, parts.haptic.played]
result = [trace, began_us, bursts, ring, parts.amplifier.runs, haptic]
""",
    )
    for levels in trace:
        assert levels[0] == [began_us, 0]
    supply, data, shutdown, enable = trace
    assert {level for _, level in supply + data + shutdown} == {0}
    assert (bursts, ring, runs, haptic) == ([], [1, True, 0], [], [[], []])
    edges = [edge for i, edge in enumerate(enable) if i == 0 or edge[1] != enable[i - 1][1]]
    assert len(edges) >= 2 * (200 // 30)  # it is asked every 30 s
    assert edges[-1][1] == 0
    highs = [(us, edges[i + 1][0]) for i, (us, level) in enumerate(edges) if level]
    assert max(end - start for start, end in highs) < LONGEST_LOOK_US


@pytest.mark.parametrize(("part", "number"), [("haptic", records.HAPTIC), ("clock", records.CLOCK)])
def test_a_part_that_nobody_uses_is_missed_and_found_again(run_in, short, part, number):
    events, present = in_the_vm(
        run_in,
        short,
        START
        + f"""
parts.harm("{part}", "absent", 10000000, 130000000)
puck.open()
go_on(190)
result = [told({number}), puck.haptic_driver.present and puck.clock_chip.present]
""",
    )
    assert events == [records.PART_MISSING, records.PART_BACK]
    assert present is True


def test_the_room_is_looked_at_every_second(run_in, short):
    """Every second a level; light and climate every fifth."""
    levels, lights, climates = in_the_vm(
        run_in,
        short,
        START
        + """
puck.open()
go_on(27)
result = [puck.room._levels, puck.room._lights, puck.room._climates]
""",
    )
    assert levels in (25, 26)
    assert lights in (4, 5)
    assert climates == 5


@pytest.mark.parametrize("fault", ["haptic:absent", "haptic:nack", "haptic:wrong_id"])
def test_a_haptic_driver_with_a_fault_is_left_off(run_in, short, fault):
    levels, felt, present = in_the_vm(
        run_in,
        short,
        ACTUATORS
        + START
        + f"""
parts.harm({", ".join(repr(word) for word in fault.split(":"))})
puck.open()
go_on(70)
felt = [parts.haptic.levels, parts.haptic.played]
result = [trace[pins.HAPTIC_ENABLE], felt, puck.haptic_driver.present]
""",
    )
    assert levels[-1][1] == 0
    assert felt == [[], []]
    assert present is False or fault == "haptic:nack"


def test_when_the_night_is_over_nothing_runs_on(run_in, short):
    """No interrupt can reach the firmware, the pod sleeps, the microphone is not heard.

    A transfer under way at the end is the last.
    """
    listeners, pod, heard = in_the_vm(
        run_in,
        short,
        START
        + """
puck.open()
go_on(40)
time.sleep_ms(1100)
puck.room.look()
puck.close()
listeners = [table.net(gpio).listener is None for gpio in
    (pins.PULSE_INTERRUPT, pins.MOTION_INTERRUPT, pins.BUTTON)]
pod = [bytearray(1), bytearray(1)]
parts.pulse.read(0x09, pod[0])
parts.motion.read(0x20, pod[1])
fills = []
fill = parts.microphone.fill
def noted(*words):
    fills.append(clock.us)
    fill(*words)
parts.microphone.fill = noted
for _ in range(30):
    time.sleep_ms(100)
result = [listeners, [pod[0][0] & 0x80, pod[1][0] >> 4], len(fills)]
""",
    )
    assert listeners == [True, True, True]
    assert pod == [0x80, 0]
    assert heard <= 1


def test_a_usual_erase_tears_no_slice_of_sound(run_in, short):
    """80 ms of flash at any moment of a slice, of which each takes a quarter of a second."""
    torn, levels = in_the_vm(
        run_in,
        short,
        START
        + """
puck.open()
time.sleep_ms(1000)
for second in range(12):
    puck.room.look()
    time.sleep_ms(25 * second)
    clock.charge("flash", 80000)
    time.sleep_ms(920 - 25 * second)
result = [parts.microphone.torn, puck.room._levels]
""",
    )
    assert torn == 0
    assert levels >= 10


def test_an_idle_button_is_not_polled_and_a_clean_press_is_heard(run_in, short):
    """But for the supervisor, who asks every 10 s. Without bounce there is one edge down: that one
    must wake the puck.
    """
    polls, value = in_the_vm(
        run_in,
        short,
        START
        + """
puck.open()
polls = []
poll = puck.presses.poll
def noted(now_ms):
    polls.append(now_ms)
    return poll(now_ms)
puck.presses.poll = noted
go_on(20)
idle = len(polls)
line = table.net(pins.BUTTON)
clock.at(clock.us + 1000000, lambda: line.drive(0))
clock.at(clock.us + 2000000, lambda: line.drive(1))
go_on(5)
events = [kind.unpack(r) for kind, r in puck.journal.replay() if kind is records.EVENT]
result = [idle, [event.value for event in events if event.kind == records.PRESSED]]
""",
    )
    assert polls == 1 + 20 // 10
    assert value == [pytest.approx(1000, abs=25)]


def test_the_words_of_a_journal_keep_their_numbers():
    """Nights that are written stay readable: who changes one of these raises VERSION."""
    assert records.VERSION == 5
    assert records.EPOCH.format == "<HHBHBBHHBBBIhBHH"
    assert records.SCORE.format == "<HBBBBB"
    assert [
        *(records.NO_PULSE_SENSOR, records.NO_MOTION_SENSOR, records.OFF_BODY),
        *(records.LOST_SAMPLES, records.MOVING, records.CLIPPED),
        *(records.NO_LIGHT, records.NO_CLIMATE, records.NO_SOUND),
        *(records.WEAK, records.SHAKEN, records.OWN_SOUND),
    ] == [1 << bit for bit in range(12)]
    named = {records.EVENTS[getattr(records, name)] for name in ("START", "STOP", "GAP")}
    assert named == {"start", "stop", "gap"}
    missing, back = records.EVENTS[records.PART_MISSING], records.EVENTS[records.PART_BACK]
    assert (missing, back) == ("part_missing", "part_back")
    assert records.EVENTS[records.PRESSED] == "button"
    assert records.EVENTS[records.GESTURE] == "gesture"
    later = "BREAKER CLOCK_SET ALARM_SET CALIBRATED ASKED"
    assert [records.EVENTS[getattr(records, name)] for name in later.split()] == [
        *("breaker", "clock set", "alarm set", "calibrated", "asked"),
    ]
    kinds = "NIGHT EPOCH SCORE EVENT SEAL REQUEST ACT REFUSAL EMITTED CONSENT"
    assert [getattr(records, name).type for name in kinds.split()] == list(range(1, 11))
    assert (records.LANES, records.CONSENTS) == (
        ("light", "sound", "touch"),
        ("withdrawn", "asked", "granted", "kept"),
    )
    assert records.GESTURES == ("none", "short", "double", "long", "hold", "thrice")
    parts = "PUCK PULSE MOTION JOURNAL LIGHT_SENSOR CLIMATE MICROPHONE CLOCK HAPTIC BUTTON"
    assert [records.PARTS[getattr(records, name)] for name in parts.split()] == [
        *("puck", "pulse sensor", "motion sensor", "journal", "light sensor"),
        *("climate sensor", "microphone", "clock chip", "haptic driver", "button"),
    ]


def test_a_puck_that_fails_leaves_everything_off(run_in, short):
    """A soft reset keeps the levels of the pins, so whatever ends the night drops them."""
    assert in_the_vm(
        run_in,
        short,
        """
from firmware import app
lines = [table.net(gpio) for gpio in
    (pins.RING_SUPPLY, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE)]
def crash(puck):
    for line in lines:
        line.drive(1)
    raise RuntimeError("out of memory")
app.Puck.open = crash
try:
    app.run(boot.start)
except RuntimeError:
    pass
result = [line.level for line in lines]
""",
    ) == [0, 0, 0]


def test_many_presses_can_be_asked_for(short):
    """More than one argument of the VM can hold."""
    presses = [f"{second}:80" for second in range(5, 305, 10)]
    run_puck(short, press=presses)
    _, events = read(short)
    assert [event.kind for event in events].count(records.PRESSED) == len(presses)
