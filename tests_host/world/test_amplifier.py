"""The MAX98357A: what the speaker says, and when it says nothing."""

import wave

import numpy as np
import pytest
from speaking import ON, TABLE

RATE_HZ = 16000


@pytest.fixture
def played(run_in, tmp_path):
    """Lines in a VM with an amplifier: their `result`."""
    return lambda source, **given: run_in(source, spool=str(tmp_path / "spool"), **given)


def test_what_was_written_is_heard_in_order_and_once(played):
    heard, lengths, underruns = played(
        ON
        + """
written = 0
while written < 10000:
    if amplifier.write(ramp(1000, written + 1)):
        written += 1000
    time.sleep_ms(5)
rest(300)
result = [list(chip.samples()), [n for _, n in chip.runs], chip.underruns]
"""
    )
    assert heard == list(range(1, 10001))
    assert (lengths, underruns) == ([10000], 0)


def test_a_write_returns_at_once_and_a_third_is_not_taken(played):
    taken, waiting, after, waited_us = played(
        ON
        + """
before = clock.us
taken = [amplifier.write(ramp(8000)) for i in range(4)]
waited_us = clock.us - before
waiting = amplifier.waiting
rest(1200)
result = [taken, waiting, amplifier.waiting, waited_us]
"""
    )
    assert taken == [True, True, False, False]
    assert (waiting, after) == (2, 0)
    assert waited_us < 200


def test_it_is_silent_from_power_up_until_it_is_switched_on(played):
    result = played(
        TABLE
        + """
i2s = wired()
before = table.net(SHUTDOWN).level
amplifier = MAX98357A(i2s, Pin(SHUTDOWN))
made = table.net(SHUTDOWN).level
refused = amplifier.write(ramp(1000))
i2s.write(ramp(1000))
rest(200)
result = [before, made, refused, len(chip.samples())]
"""
    )
    assert result == [0, 0, False, 0]


def test_sound_before_the_part_has_woken_is_lost(played):
    """7.5 ms from SD_MODE to sound: the driver waits for it; who does not, loses 120 samples."""
    lost, waited_us = played(
        TABLE
        + """
i2s = wired()
amplifier = MAX98357A(i2s, Pin(SHUTDOWN))
before = clock.us
amplifier.on()
waited_us = clock.us - before
amplifier.off()
rest(300)
table.net(SHUTDOWN).drive(1)
i2s.write(ramp(1000))
rest(200)
result = [chip.samples()[0] - 1, waited_us]
"""
    )
    assert lost == pytest.approx(120, abs=2)
    assert 7500 <= waited_us < 10_000


@pytest.mark.parametrize(("queue_ms", "underruns"), [(40, 1), (160, 0)])
def test_a_queue_must_outlast_a_flash_operation(played, queue_ms, underruns):
    """80 ms in which nobody refills: 160 ms hold out, 40 ms do not."""
    result = played(
        TABLE
        + """
amplifier = MAX98357A(wired(queue_ms * 32), Pin(SHUTDOWN))
amplifier.on()
written, stalls = 0, 0
while written < 16000:
    if amplifier.write(ramp(1600, written + 1)):
        written += 1600
    time.sleep_ms(5)
    if written == 8000 and not stalls:
        stalls = 1
        clock.charge("flash", 80000)
rest(600)
heard = list(chip.samples())
result = [chip.underruns, chip.silent_us, heard]
""",
        queue_ms=queue_ms,
    )
    assert result[0] == underruns
    assert result[2] == list(range(1, 16001))
    if underruns:
        assert result[1] == pytest.approx(80_000 - 32_000, abs=5000)


def test_a_buffer_changed_too_early_is_heard(played):
    """It is read as it goes out: what `waiting` is for."""
    heard = played(
        ON
        + """
buf = array("h", [5] * 8000)
amplifier.write(buf)
rest(50)
for i in range(8000):
    buf[i] = 9
rest(800)
result = list(chip.samples())
"""
    )
    assert set(heard) == {5, 9}


def test_a_pause_is_no_underrun(played):
    result = played(
        ON
        + """
amplifier.write(ramp(1600))
rest(2000)
amplifier.write(ramp(1600))
rest(300)
runs = [n for _, n in chip.runs]
result = [chip.underruns, runs]
"""
    )
    assert result == [0, [1600, 1600]]


def test_a_wav_file_holds_what_was_heard_in_its_time(played, tmp_path):
    path = tmp_path / "heard.wav"
    runs = played(
        ON
        + """
amplifier.write(array("h", [100] * 1600))
rest(500)
amplifier.write(array("h", [-100] * 1600))
rest(500)
chip.save_wav(path)
chip.save_wav(path + ".part", chip.runs[0][0] + 50000, chip.runs[0][0] + 300000)
result = chip.runs
""",
        path=str(path),
    )
    sound = samples(path)
    for (us, n), value in zip(runs, (100, -100), strict=True):
        at = us * RATE_HZ // 1_000_000
        assert abs(int(np.argmax(sound == value)) - at) <= 1
        assert (sound == value).sum() == n == 1600
    assert (sound != 0).sum() == 3200
    part = samples(f"{path}.part")
    assert len(part) == 4000
    assert (part[:800] == 100).all() and (part[801:] == 0).all()


def samples(path):
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE_HZ)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2")


def test_the_ticks_may_wrap(played):
    assert played(
        TABLE
        + """
clock.us = ((1 << 30) - 100) * 1000
amplifier = MAX98357A(wired(), Pin(SHUTDOWN))
amplifier.on()
amplifier.write(ramp(800))
rest(20)
amplifier.off()
result = 170 <= wake(amplifier) <= 200
"""
    )
