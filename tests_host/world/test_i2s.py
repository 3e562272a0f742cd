"""I2S as the ESP32 port has it: blocking or not, a queue of DMA buffers, and what overflows it."""

import pytest
from hearing import TABLE

RATE_HZ = 16000


def test_a_short_stall_loses_nothing_and_a_long_one_is_counted(run_in):
    """Seven DMA buffers of 16 ms, one being filled: 96 ms are held."""
    result = run_in(
        TABLE
        + """
chip = I2SMicrophone(None, 3)
i2s = wired(chip)
got = []
words = array("i", [0] * BLOCK)
i2s.irq(lambda _: got.append(clock.us))
result = []
for stall_us in (40000, 80000, 90000, 200000):
    time.sleep_ms(200)
    i2s.readinto(words)
    time.sleep_ms(200)
    i2s.readinto(array("i", [0] * 6 * BLOCK))
    time.sleep_ms(20)
    torn = chip.torn
    clock.charge("flash", stall_us)
    time.sleep_ms(400)
    result.append([len(got), chip.torn - torn])
"""
    )
    assert [count for count, _ in result] == [2, 4, 6, 8]
    assert [lost for _, lost in result][:3] == [0, 0, 0]
    assert result[3][1] == pytest.approx((0.2 - 0.096) * RATE_HZ, abs=256)


def test_a_ring_shorter_than_a_stall_loses_samples(run_in):
    torn = run_in(
        TABLE
        + """
chip = I2SMicrophone(None, 3)
i2s = wired(chip, 40 * 16 * 8)
i2s.irq(lambda _: None)
i2s.readinto(array("i", [0] * 6 * BLOCK))
time.sleep_ms(20)
clock.charge("flash", 80000)
time.sleep_ms(500)
result = chip.torn
"""
    )
    assert torn >= 0.04 * RATE_HZ


def test_reads_go_on_where_the_last_one_ended(run_in):
    """Without a pause between reads, no frame is lost or heard twice."""
    spans = run_in(
        TABLE
        + """
chip = I2SMicrophone(None, 3)
spans = []
chip.fill = lambda start_us, first, words: spans.append([first, len(words)])
i2s = wired(chip)
words = array("i", [0] * 500)
def again(_):
    if len(spans) < 20:
        i2s.readinto(words)
i2s.irq(again)
again(None)
for i in range(100):
    time.sleep_ms(10)
result = spans
"""
    )
    assert len(spans) == 20
    assert [first for first, _ in spans] == [500 * i for i in range(20)]


def test_blocking_reads_take_their_time(run_in):
    us = run_in(
        TABLE
        + """
i2s = wired(I2SMicrophone(None, 3))
before = clock.us
i2s.readinto(array("i", [0] * 16000))
result = clock.us - before
"""
    )
    assert us == pytest.approx(1_000_000, abs=20_000)


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        ("print", "a second I2S handler: the ESP32 would leak a task"),
        ("None", "no I2S handler: the ESP32 would end its task in mid-transfer"),
    ],
)
@pytest.mark.parametrize("way", ["RX", "TX"])
def test_a_handler_is_for_ever(run_in, way, handler, said):
    """What leaks or hangs on the ESP32 fails here, and the first handler stays."""
    error, heard = run_in(
        TABLE
        + f"""
pins = dict(sck=Pin(1), ws=Pin(2), sd=Pin(3))
bits = 32 if "{way}" == "RX" else 16
i2s = I2S(1, mode=I2S.{way}, bits=bits, format=I2S.MONO, rate=RATE_HZ, ibuf=16384, **pins)
heard = []
i2s.irq(heard.append)
try:
    i2s.irq({handler})
except RuntimeError as error:
    said = str(error)
buf = array("i" if bits == 32 else "h", [0] * BLOCK)
(i2s.readinto if bits == 32 else i2s.write)(buf)
time.sleep_ms(60)
result = [said, len(heard)]
"""
    )
    assert (error, heard) == (said, 1)


def test_the_port_s_task_is_no_callback(run_in):
    """However full the VM's queue is, a transfer ends; only the news of it is lost."""
    assert run_in(
        TABLE
        + """
i2s = wired(I2SMicrophone(None, 3))
heard, words = [], array("i", [0] * 8 * BLOCK)
i2s.irq(heard.append)
i2s.readinto(words)
clock.charge("bus", 500000)
for i in range(9):
    clock.schedule(len, ())
clock.interrupts()
result = [words[-1] != 0, heard, clock.dropped]
"""
    ) == [True, [], 2]


def test_what_is_not_simulated_fails_loudly(run_in):
    assert run_in(
        TABLE
        + """
def error(**changes):
    given = dict(mode=I2S.RX, bits=32, format=I2S.MONO, rate=16000, ibuf=14336)
    given.update(changes)
    try:
        I2S(0, sck=Pin(1), ws=Pin(2), sd=Pin(3), **given)
    except (ValueError, OSError) as error:
        return type(error).__name__
i2s = wired(I2SMicrophone(None, 3))
i2s.irq(lambda _: None)
def third():
    try:
        for i in range(3):
            i2s.readinto(array("i", [0] * 9000))
    except RuntimeError as error:
        return "RuntimeError"
def wrong_way():
    try:
        i2s.write(bytes(10))
    except OSError:
        return "OSError"
result = [error(bits=16), error(format=I2S.STEREO), error(ibuf=4000), error(), third(), wrong_way()]
"""
    ) == ["ValueError", "ValueError", "OSError", None, "RuntimeError", "OSError"]
