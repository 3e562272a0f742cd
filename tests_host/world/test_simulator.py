"""The simulated board itself: pins, clocks and worlds do what the tests lean on."""

import struct

import pytest

PINS = """
import time
from clock import clock
from machine import I2C, Pin, RTC
from table import table
net = table.net(33)
net.drive(1)
pin = Pin(33, Pin.IN, Pin.PULL_UP)
seen = []
def move():
    for level in (0, 1, 1, 0, 0, 1):
        net.drive(level)
        clock.interrupts()
"""


@pytest.mark.parametrize(
    ("trigger", "levels"),
    [
        ("Pin.IRQ_FALLING", [0, 0]),
        ("Pin.IRQ_RISING", [1, 1]),
        ("Pin.IRQ_FALLING | Pin.IRQ_RISING", [0, 1, 0, 1]),
    ],
)
def test_only_the_edges_that_were_asked_for_interrupt(run_in, trigger, levels):
    source = f"pin.irq(lambda p: seen.append(p.value()), {trigger})\nmove()\nresult = seen"
    assert run_in(PINS + source) == levels


def test_no_handler_is_no_interrupt(run_in):
    source = "pin.irq(seen.append)\npin.irq(None)\nmove()\nresult = [seen, len(clock.scheduled)]"
    assert run_in(PINS + source) == [[], 0]


def test_a_wire_held_low_reads_low_and_rises_when_it_is_let_go(run_in):
    assert run_in(
        PINS
        + """
net.listener = seen.append
net.hold_low(True)
levels = [pin.value()]
net.drive(0); net.drive(1)
levels.append(pin.value())
net.hold_low(False)
result = [levels + [pin.value()], seen]
"""
    ) == [[0, 0, 1], [0, 1]]


def test_the_clock_is_set_from_the_second_on_and_goes_on(run_in):
    assert run_in(
        PINS
        + """
time.sleep(5000)
RTC().datetime((2026, 2, 28, 5, 23, 59, 58, 0))
told = [time.gmtime()[:6]]
time.sleep(3)
result = told + [time.gmtime()[:6]]
"""
    ) == [[2026, 2, 28, 23, 59, 58], [2026, 3, 1, 0, 0, 1]]


def test_a_plain_transfer_is_charged_with_its_address(run_in):
    """Nine bits a byte, start and stop, at 400 kHz: three bytes and one of address are 38."""
    assert run_in(
        PINS
        + """
class Chip:
    def receive(self, buf): pass
    command = receive
table.connect(1, 0x20, Chip())
bus = I2C(1, scl=Pin(5), sda=Pin(4))
for transfer in (bus.readfrom_into, bus.writeto):
    before = clock.us
    transfer(0x20, bytearray(3))
    seen.append(clock.us - before)
result = seen
"""
    ) == [95, 95]


def test_events_of_one_moment_come_in_the_order_they_were_planned(run_in):
    assert run_in(
        PINS
        + """
for name in ("a", "b", "c"):
    clock.at(1000, lambda name=name: seen.append([name, clock.us]))
clock.at(500, lambda: seen.append(["first", clock.us]))
time.sleep_ms(2)
result = seen
"""
    ) == [["first", 500], ["a", 1000], ["b", 1000], ["c", 1000]]


def test_a_cancelled_event_does_not_come_and_others_do(run_in):
    assert run_in(
        PINS
        + """
gone, stays = (lambda: seen.append("gone")), (lambda: seen.append("stays"))
for us in (100, 300):
    clock.at(us, gone)
    clock.at(us + 100, stays)
clock.cancel(gone)
time.sleep_ms(1)
result = seen
"""
    ) == ["stays", "stays"]


def test_work_inside_an_event_is_not_lost(run_in):
    """A wait of 1 ms, in which something happens that costs 5 ms: it ends after those."""
    assert (
        run_in(
            PINS
            + "clock.at(500, lambda: clock.charge('bus', 5000))\ntime.sleep_ms(1)\n"
            + "result = clock.us"
        )
        == 5500
    )


def test_what_kernels_have_spent_passes_before_what_comes_after(run_in):
    """2,400 instructions are 10 us at 240 MHz."""
    assert run_in(
        PINS
        + """
import meter
meter.instructions[0] = 2400
clock.at(15, lambda: seen.append(clock.charged_us["kernel"]))
clock.charge("bus", 7)
result = [clock.us, seen]
"""
    ) == [17, [10]]


def test_interrupts_come_at_the_end_of_a_sleep_at_the_latest(run_in):
    assert run_in(
        PINS
        + """
pin.irq(lambda p: seen.append(clock.us))
clock.at(clock.us + 300, lambda: net.drive(0))
time.sleep_ms(1)
result = seen
"""
    ) == [1000]


def test_of_nine_interrupts_the_last_is_lost(run_in):
    """The VM's queue is 8 deep; the simulation's own, such as Ctrl-C, has no place in it."""
    assert run_in(
        PINS
        + """
pin.irq(lambda p: seen.append(p.value()), Pin.IRQ_FALLING)
for i in range(9):
    clock.schedule_own(seen.append, "own")
    net.drive(0)
    net.drive(1)
before = clock.dropped
clock.interrupts()
first, lost = list(seen), clock.dropped
seen.clear()
move()
after = clock.dropped
clock.power_up()
result = [first, before, lost, len(seen), after, clock.dropped]
"""
    ) == [["own", 1] * 8 + ["own"], 1, 1, 2, 1, 0]


def test_a_handler_frees_its_place_before_it_runs(run_in):
    """As in the VM: a full queue, and each handler asks for itself once more."""
    assert run_in(
        PINS
        + """
def again(i):
    seen.append(i)
    if i < 8:
        clock.schedule(again, i + 8)
for i in range(8):
    clock.schedule(again, i)
clock.interrupts()
result = [seen, clock.dropped]
"""
    ) == [list(range(16)), 0]


WORLD = """
from world import Room, Stream
stream = Stream(path, 4, 10, start_us)
def at(us):
    frame = stream.position_q16(us)
    first = frame >> 16
    stream.cover(first, first + 1)
    i = (first - stream.first) * 4
    values = [int.from_bytes(stream.buffer[i + 4 * k : i + 4 * k + 4], "little") for k in (0, 1)]
    return [frame & 0xFFFF] + values
"""
FRAMES = 5000


@pytest.fixture
def stream(tmp_path):
    path = tmp_path / "stream.bin"
    path.write_bytes(struct.pack(f"<{FRAMES}I", *range(FRAMES)))
    return str(path)


def test_a_stream_is_read_where_its_time_lies(run_in, stream):
    """To and fro, across the edges of its window; ten frames a second."""
    seconds = [0, 1, 102, 102.2, 102.3, 102.4, 204.7, 50, 0.05, 400, 399.9, 102.35]
    given = {"path": stream, "start_us": 0, "times": [int(s * 1_000_000) for s in seconds]}
    seen = run_in(WORLD + "result = [at(us) for us in times]", **given)
    for us, (part_q16, here, after) in zip(given["times"], seen, strict=True):
        assert here + part_q16 / 65536 == pytest.approx(us / 100_000, abs=1e-4)
        assert after == here + 1


def test_each_frame_of_a_stream_has_its_neighbour(run_in, stream):
    given = {"path": stream, "start_us": 0}
    seen = run_in(WORLD + "result = [at(i * 100000)[1:] for i in range(4990)]", **given)
    assert seen == [[i, i + 1] for i in range(4990)]


@pytest.mark.parametrize(
    ("start_s", "us", "here"), [(100, 0, 1000), (100, 5_000_000, 1050), (-5, 0, 0), (0, -1, 0)]
)
def test_a_stream_begins_when_the_puck_does_and_stands_before_it(run_in, stream, start_s, us, here):
    given = {"path": stream, "start_us": start_s * 1_000_000, "us": us}
    assert run_in(WORLD + "result = at(us)", **given) == [0, here, here + 1]


def test_past_its_end_a_stream_stands_still(run_in, stream):
    given = {"path": stream, "start_us": 0}
    seen = run_in(WORLD + "result = [at(us) for us in (499800000, 499900000, 9000000000)]", **given)
    assert seen == [[0, FRAMES - 2, FRAMES - 1]] * 3


def test_a_room_tells_each_of_its_values(run_in, tmp_path):
    rows = [(10 + i, -2000 - i, 45_000 + i, 2700 + i) for i in range(100)]
    path = tmp_path / "room.bin"
    path.write_bytes(b"".join(struct.pack("<iiii", *row) for row in rows))
    seen = run_in(
        "from world import Room\nroom = Room(path, 20000000)\n"
        "result = [[room.light_mlx(us)] + list(room.climate(us)) + [room.level_cdb(us)]"
        " for us in (0, 999999, 1000000, 30000000)]",
        path=str(path),
    )
    assert seen == [list(rows[i]) for i in (20, 20, 21, 50)]


def test_an_interrupt_that_came_while_kernels_ran_is_not_slept_through(run_in):
    """A millisecond of kernels is charged when the puck goes to sleep; half-way comes the edge."""
    assert run_in(
        """
import meter
from clock import clock
handled = []
clock.at(clock.us + 500, lambda: clock.schedule(lambda _: handled.append(clock.us), None))
began = clock.us
meter.instructions[0] = 240 * 1000
clock.doze(100000)
result = [handled[0] - began, clock.us - began]
"""
    ) == [1000, 1000]
