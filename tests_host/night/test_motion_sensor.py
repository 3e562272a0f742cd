"""The LIS3DH: its driver against its registers."""

import pytest
from simulated import POD_ON_THE_TABLE

START = (
    POD_ON_THE_TABLE
    + """
import math, time
board = wiring.Board()
sensor = board.motion_sensor
def read(reg, n=1):
    buf = bytearray(n)
    motion_chip.read(reg, buf)
    return list(buf)
def shake(hz, amplitude):
    for i in range(1024):
        gravity.buffer[i * 3] = int(amplitude * math.sin(2 * math.pi * hz * i / 100))
"""
)
RUN = START + "board.start_motion()\n"


def test_gravity_is_1000_mg_in_steps_of_4(run_in):
    x, y, z = run_in(
        RUN + "time.sleep_ms(400)\nn = sensor.drain()\n"
        "result = [list(sensor.x[:n]), list(sensor.y[:n]), list(sensor.z[:n])]"
    )
    assert len(z) == 20
    assert all(value % 4 == 0 and abs(value - 1000) <= 8 for value in z)
    assert all(abs(value) <= 8 for value in x + y)


def test_negative_axes_have_their_sign(run_in):
    z = run_in(
        START + "gravity.buffer = array('h', [0, 0, -8192] * 1024)\nboard.start_motion()\n"
        "time.sleep_ms(100)\nn = sensor.drain()\nresult = list(sensor.z[:n])"
    )
    assert all(abs(value + 1000) <= 8 for value in z)


def test_the_scale_ends_at_2_g(run_in):
    z = run_in(
        START + "gravity.buffer = array('h', [0, 0, 30000] * 1024)\nboard.start_motion()\n"
        "time.sleep_ms(100)\nn = sensor.drain()\nresult = list(sensor.z[:n])"
    )
    assert set(z) == {2044}


def test_the_watermark_raises_int1_and_a_drain_lowers_it(run_in):
    assert run_in(
        RUN
        + """
started = clock.us
while not motion_line.level and clock.us - started < 2000000:
    time.sleep_ms(1)
source = read(0x2F)[0]
result = [source, sensor.drain(), motion_line.level, sensor.overrun]
"""
    ) == [0x80 | 24, 24, 0, False]


def test_a_stream_keeps_the_newest_and_tells_of_the_overrun(run_in):
    """Two seconds without a drain: 32 samples, the last of them from the end."""
    result = run_in(
        RUN
        + """
for i in range(1024):
    gravity.buffer[i * 3] = i * 8
time.sleep_ms(2345)
seen = [sensor.drain(), sensor.overrun]
frame = gravity.position_q16(motion_chip._time_us(motion_chip._taken - 1)) >> 16
result = [seen, sensor.x[31], frame * 8 * 1000 // 8192, [sensor.drain(), sensor.overrun]]
"""
    )
    seen, newest_mg, true_mg, after = result
    assert seen == [32, True]
    assert newest_mg == pytest.approx(true_mg, abs=16)
    assert after == [0, False]


@pytest.mark.parametrize(("control4", "least", "most"), [(0x80, 0.85, 1.05), (0x88, 0.15, 0.5)])
def test_high_resolution_would_cut_the_band_of_the_counts(run_in, control4, least, most):
    """10 Hz passes in normal mode; in high resolution, with a ninth of 50 Hz, it does not."""
    swing = run_in(
        START
        + """
shake(10, 4096)
board.start_motion()
motion_chip.write(0x23, bytes((control4,)))
seen = []
for i in range(10):
    time.sleep_ms(170)
    n = sensor.drain()
    seen += list(sensor.x[:n])
result = max(seen[20:]) - min(seen[20:])
""",
        control4=control4,
    )
    assert least < swing / 1000 < most


def test_errors_name_the_part_and_the_remedy(run_in):
    missing, other = run_in(
        START
        + """
def error():
    try:
        board.start_motion()
    except OSError as error:
        return str(error)
motion_chip._regs[0x0F] = 0x44
other = error()
del table.chips[pins.POD_BUS][0x18]
result = [error(), other]
"""
    )
    assert missing == "motion sensor: no answer at 0x18; check the pod's lead and its plug"
    assert "another chip answers: id 0x44, not 0x33" in other
