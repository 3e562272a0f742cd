"""The amplifier's driver and the ESP32's I2S: off while it sends, one handler, lost callbacks."""

import pytest
from speaking import ON, TABLE


@pytest.fixture
def played(run_in, tmp_path):
    """Lines in a VM with an amplifier: their `result`."""
    return lambda source, **given: run_in(source, spool=str(tmp_path / "spool"), **given)


def test_off_is_silence_at_once_and_nothing_old_is_heard_later(played):
    """Half a second is waiting when it is switched off, and on again as soon as it can be."""
    heard, level, refused_ms = played(
        ON
        + """
amplifier.write(ramp(8000))
rest(100)
amplifier.off()
level = table.net(SHUTDOWN).level
waiting = amplifier.waiting
refused_ms = wake(amplifier)
amplifier.write(array("h", [-7] * 500))
rest(500)
result = [list(chip.samples()), [level, waiting], refused_ms]
"""
    )
    old = [value for value in heard if value > 0]
    assert level == [0, 1]  # and the buffer is still being read
    assert 1500 <= len(old) <= 1700
    assert old == list(range(1, len(old) + 1))
    assert heard[len(old) :] == [-7] * 500
    assert 400 <= refused_ms <= 450  # what was left of it, and the queue's margin


@pytest.mark.parametrize("queue_ms", [160, 200])
def test_what_is_in_the_queue_at_off_is_not_heard_either(played, queue_ms):
    """The buffer is free already, but the longest queue is full of it."""
    heard, waiting = played(
        TABLE
        + """
amplifier = MAX98357A(wired(queue_ms * 32), Pin(SHUTDOWN))
wake(amplifier)
amplifier.write(ramp(2400))
rest(5)
amplifier.off()
waiting = amplifier.waiting
rest(30)
wake(amplifier)
amplifier.write(array("h", [-7] * 500))
rest(500)
result = [[value for value in chip.samples() if value > 100], waiting]
""",
        queue_ms=queue_ms,
    )
    assert (heard, waiting) == ([], 0)


def test_two_buffers_cut_short_are_waited_for(played):
    """Each is read to its end, as ever; `on` refuses in no time, and does so until then."""
    result = played(
        ON
        + """
one, other = ramp(8000), ramp(8000, 9000)
amplifier.write(one)
amplifier.write(other)
rest(50)
amplifier.off()
counts, before = [], clock.us
said = [amplifier.on(), amplifier.write(one), clock.us - before, table.net(SHUTDOWN).level]
for i in range(8):
    counts.append(amplifier.waiting)
    rest(125)
result = [said, counts, amplifier.on(), table.net(SHUTDOWN).level, len(chip.samples())]
"""
    )
    said, counts, on, level, heard = result
    assert said == [False, False, 0, 0]
    assert counts[0] == 2
    assert counts[-1] == 0
    assert sorted(counts, reverse=True) == counts
    assert (on, level) == (True, 1)
    assert heard < 1000


def test_what_is_on_stays_on_at_no_cost(played):
    """Even with a buffer under way, which would be a reason to refuse."""
    assert played(
        ON
        + """
amplifier.write(ramp(1600))
before = clock.us
result = [amplifier.on(), clock.us - before, table.net(SHUTDOWN).level]
"""
    ) == [True, 0, 1]


def test_on_when_nothing_was_said_takes_8_ms(played):
    assert played(
        ON
        + """
taken = []
for pause_ms in (0, 20, 300):
    amplifier.off()
    rest(pause_ms)
    taken.append(wake(amplifier))
result = taken + [amplifier.on()]
"""
    ) == [0, 0, 0, True]


def test_off_is_the_pin_s_alone_and_the_port_gets_one_handler(played):
    """On the ESP32 another handler would cost a task, and None would hang what comes later."""
    seen = played(
        TABLE
        + """
seen = []
class Quiet:
    def irq(self, handler):
        seen.append([table.net(SHUTDOWN).level, handler is None])
amplifier = MAX98357A(Quiet(), Pin(SHUTDOWN))
amplifier.off()
for i in range(3):
    amplifier.on()
    amplifier.off()
    seen.append(table.net(SHUTDOWN).level)
result = seen
"""
    )
    assert seen == [[0, False], 0, 0, 0]


def test_a_port_without_memory_is_named_asked_once_and_nothing_is_on(played):
    """With no task behind it, a transfer would crash the ESP32: none is begun."""
    heard, asked, level = played(
        TABLE
        + """
asked, heard = [], []
class Poor:
    def irq(self, handler):
        asked.append("irq")
        raise RuntimeError("failed to create I2S task")
    def write(self, buf):
        asked.append("write")
amplifier = MAX98357A(Poor(), Pin(SHUTDOWN))
for i in range(2):
    try:
        amplifier.on()
    except OSError as error:
        heard.append([type(error).__name__, str(error)])
    asked.append(amplifier.write(ramp(10)))
result = [heard, asked, table.net(SHUTDOWN).level]
"""
    )
    text = "amplifier: failed to create I2S task; switch the puck off and on"
    assert heard == [["PartError", text]] * 2
    assert (asked, level) == (["irq", False, False], 0)


LOSING = (
    ON
    + """
def lose(ms):
    # the VM is busy while a buffer ends, and then its queue is full
    clock.charge("bus", ms * 1000)
    for i in range(8):
        clock.schedule(len, ())
    clock.interrupts()
"""
)


@pytest.mark.parametrize("buffers", [1, 2])
def test_a_lost_callback_does_not_silence_it_for_ever(played, buffers):
    """`waiting` falls a second after the last buffer must have been sent, not earlier."""
    result = played(
        LOSING
        + """
first = clock.us
for i in range(buffers):
    amplifier.write(ramp(4000))
    lose(300)
counts = [amplifier.waiting, clock.dropped]
while amplifier.waiting and clock.us < first + 5000000:
    rest(1)
took_ms = (clock.us - first) // 1000
amplifier.off()
result = [counts, took_ms, wake(amplifier), amplifier.write(ramp(100)), amplifier.waiting]
""",
        buffers=buffers,
    )
    counts, took_ms, refused_ms, taken, waiting = result
    assert counts == [buffers, buffers]
    assert 1000 + 250 * buffers <= took_ms <= 1010 + 250 * buffers
    assert (refused_ms, taken, waiting) == (0, True, 1)


def test_sound_goes_on_without_a_gap_after_a_lost_callback(played):
    heard, underruns = played(
        LOSING
        + """
written = 0
while written < 24000:
    if amplifier.write(ramp(800, written + 1)):
        written += 800
    rest(2)
    if written == 4000 and not clock.dropped:
        lose(60)
rest(1500)
result = [list(chip.samples()), [chip.underruns, clock.dropped > 0, amplifier.waiting]]
"""
    )
    assert underruns == [0, True, 0]
    assert heard == list(range(1, 24001))


def test_an_end_that_is_heard_too_late_takes_nothing_from_the_next_buffer(played):
    """Given up a second after its time, it ends after all: never do fewer than none wait."""
    assert played(
        LOSING
        + """
stream = i2s._stream
serve, stream.serve = stream.serve, lambda: None
amplifier.write(ramp(1600))
rest(1090)
counts = [amplifier.waiting]
rest(20)
counts.append(amplifier.waiting)
amplifier.write(ramp(1600))
counts.append(amplifier.waiting)
stream.serve = serve
serve()
rest(300)
counts.append(amplifier.waiting)
amplifier.write(ramp(1600))
result = counts + [amplifier.waiting]
"""
    ) == [1, 0, 1, 0, 1]


def test_a_callback_lost_before_the_ticks_wrapped_is_forgotten(played):
    """Half a turn of the ticks later, what was due long ago looks like the future."""
    assert played(
        LOSING
        + """
amplifier.write(ramp(4000))
lose(300)
amplifier.off()
clock.us += ((1 << 29) + 100000) * 1000
result = [amplifier.waiting, amplifier.on()]
"""
    ) == [0, True]
