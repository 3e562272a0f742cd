"""The microphone's driver and the ESP32's I2S: one handler for life, callbacks that get lost."""

import pytest
from hearing import QUIET

LOSING = (
    QUIET
    + """
wiped = []

def until(blocks):
    while mic._blocks != blocks:
        time.sleep_ms(1)
        mic.listen()

def lose():
    # the VM is busy while a block ends, and then its queue is full
    clock.charge("bus", 60000)
    for i in range(8):
        clock.schedule(len, ())
    mic.listen()
    clock.interrupts()

def errors(seconds):
    heard = []
    for i in range(seconds * 20):
        time.sleep_ms(50)
        try:
            mic.listen()
        except OSError as error:
            heard.append(str(error))
            wiped.append(set(mic._words) == {0})
    return heard
"""
)
SILENCE = "microphone: no samples come; switch the puck off and on"


@pytest.mark.parametrize("block", [-1, 2, 3, 4])  # the first two are there at once
def test_a_block_whose_callback_is_lost_is_wiped_and_named(run_in, block):
    """The port's queue is full once: within two seconds no sample is left, and it goes on."""
    filled, heard, wiped, levels, dropped = run_in(
        LOSING
        + """
hear(mic, 1)
until(block)
while block < 0 and time.ticks_diff(mic._due_ms, time.ticks_ms()) > 0:
    time.sleep_ms(1)
lose()
filled = set(mic._words) != {0}
heard = errors(2)
levels = hear(mic, 3)
result = [filled, heard, wiped, levels, clock.dropped]
""",
        block=block,
    )
    assert (filled, heard, wiped, dropped) == (True, [SILENCE], [True], 1)
    assert all(abs(level - 3000) < 60 for level in levels)


def test_any_number_of_lost_callbacks_is_recovered_from_one_by_one(run_in):
    """Never are more than two transfers under way: the simulated port refuses a third."""
    heard, levels = run_in(
        LOSING
        + """
heard = []
for i in (2, 3, 4, 2):
    hear(mic, 1)
    until(i)
    lose()
    heard += errors(2)
result = [heard, hear(mic, 2)]
"""
    )
    assert heard == [SILENCE] * 4
    assert all(abs(level - 3000) < 60 for level in levels)


def test_transfers_that_never_end_are_named_and_not_heaped_up(run_in):
    """The port holds two; from then on the puck must be switched off and on, and it says so."""
    heard, after_starts, waiting = run_in(
        LOSING
        + """
hear(mic, 2)
stream = mic._i2s._stream
stream.serve = lambda: None
heard = errors(6)
after = []
for i in range(3):
    mic.start()
    after += errors(1)
result = [heard, after, len(stream._waiting)]
"""
    )
    assert set(heard) == set(after_starts) == {SILENCE}
    assert len(heard) >= 3
    assert waiting == 2


@pytest.mark.parametrize("seconds", [3, 6])
def test_samples_that_come_again_are_heard_again(run_in, seconds):
    """Both transfers that hung end at last, in the second slice or after it, and it goes on."""
    heard, levels = run_in(
        LOSING
        + """
hear(mic, 2)
stream = mic._i2s._stream
serve, stream.serve = stream.serve, lambda: None
heard = errors(seconds)
waiting = len(stream._waiting)
stream.serve = serve
serve()
result = [heard, hear(mic, 3)] if waiting == 2 else waiting
""",
        seconds=seconds,
    )
    assert set(heard) == {SILENCE}
    assert all(abs(level - 3000) < 60 for level in levels)


def test_a_callback_too_many_costs_a_slice_and_no_wrong_level(run_in):
    assert run_in(
        LOSING
        + """
hear(mic, 1)
began = clock.us
for ms in range(3500):
    time.sleep_ms(1)
    if mic._blocks < 0:
        mic.listen()
    elif mic._blocks == 5:
        mic._on_block(i2s)
levels = hear(mic, 2)
result = [all(abs(level - 3000) < 60 for level in levels), (clock.us - began) // 1000000, chip.torn]
"""
    ) == [True, 5, 0]


def test_the_port_gets_one_handler_in_a_lifetime(run_in):
    """However often a dead microphone is tried again: each handler would cost a task."""
    handlers, heard = run_in(
        LOSING
        + """
class Counting:
    def __init__(self, i2s):
        self.readinto = i2s.readinto
        self._irq = i2s.irq
        self.handlers = []
    def irq(self, handler):
        self.handlers.append(handler is None)
        self._irq(handler)
counting = Counting(wired(chip))
mic = Microphone(counting)
before = len(counting.handlers)
for i in range(3):
    mic.start()
    mic.stop()
    mic.start()
    hear(mic, 1)
    chip.is_dead = True
    heard = errors(3)
    chip.is_dead = False
result = [[before, counting.handlers], heard]
"""
    )
    assert handlers == [0, [False]]
    assert set(heard) == {"microphone: nothing but zeros; check its wires"}


def test_a_port_without_memory_is_named_and_asked_once(run_in):
    """With no task behind it, a transfer would crash the ESP32: none is begun."""
    asked, heard = run_in(
        LOSING
        + """
asked = []
class Poor:
    def irq(self, handler):
        asked.append("irq")
        raise RuntimeError("failed to create I2S task")
    def readinto(self, words):
        asked.append("readinto")
mic = Microphone(Poor())
heard = []
for action in (mic.start, mic.listen, mic.start, mic.listen):
    time.sleep(1)
    try:
        action()
    except OSError as error:
        heard.append([type(error).__name__, str(error)])
result = [asked, heard]
"""
    )
    assert asked == ["irq"]
    text = "microphone: failed to create I2S task; switch the puck off and on"
    assert heard == [["PartError", text]] * 4
