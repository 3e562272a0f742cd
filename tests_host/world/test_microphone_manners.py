"""The microphone's driver, in the VM: it keeps no sample, never waits, and names what is wrong."""

import pytest
from hearing import QUIET, TABLE

# -- privacy


def test_no_sample_outlives_its_block(run_in):
    """Once the handlers that are due have run, the buffer holds zeros; after `stop` at once."""
    assert run_in(
        QUIET
        + """
seen = set()
for i in range(200):
    time.sleep_ms(11)
    mic.listen()
    clock.interrupts()
    seen.update(mic._words)
mic._begin()  # a block is there at once, and its handler has not run
filled = set(mic._words) != {0}
mic.stop()
seen.update(mic._words)
result = [list(seen), filled, mic._state[4] + mic._state[5] > 0]
"""
    ) == [[0], True, True]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_block_that_ends_after_stop_is_wiped_unheard(run_in, restarted):
    """The transfer goes on by itself; what it brings is no part of any slice."""
    assert run_in(
        QUIET
        + """
hear(mic, 1)
while mic._blocks < 2:
    time.sleep_ms(5)
    mic.listen()
mic.stop()
if restarted:
    mic.start()
energy, fill, ended = list(mic._state), chip.fill, []
def noted(start_us, first, words):
    fill(start_us, first, words)
    ended.append(set(words) != {0})
chip.fill = noted
time.sleep_ms(100)
result = [ended, set(mic._words) == {0}, list(mic._state) == energy, mic._blocks]
""",
        restarted=restarted,
    ) == [[True], True, True, -1]


# -- time


def test_a_slice_a_second_of_a_quarter_second(run_in):
    result = run_in(
        QUIET
        + """
hear(mic, 1)
before, began, read = clock.charged_us["kernel"], clock.us, 0
levels = hear(mic, 60, 50)
result = [(clock.us - began) // 60, (clock.charged_us["kernel"] - before) // 60, chip.torn]
"""
    )
    period_us, kernel_us, torn = result
    assert 1_000_000 <= period_us < 1_060_000
    assert 1500 < kernel_us < 2000  # 0.2 % of a second
    assert torn == 0


def test_listening_never_waits(run_in):
    assert run_in(
        QUIET
        + """
result = []
for i in range(40):
    before = clock.us
    mic.listen()
    result.append(clock.us - before)
    time.sleep_ms(100)
result = max(result) < 700  # what the port's task and a kernel take
"""
    )


def test_the_wrap_of_the_ticks_goes_unnoticed(run_in):
    assert (
        run_in(
            QUIET
            + """
clock.us = ((1 << 30) - 2500) * 1000
mic.start()
result = len(hear(mic, 5))
"""
        )
        == 5
    )


def test_stop_and_start(run_in):
    result = run_in(
        QUIET
        + """
hear(mic, 1)
while mic._blocks < 1:
    time.sleep_ms(16)
    mic.listen()
mic.stop()
kernel_us = clock.charged_us["kernel"]
time.sleep(3)
idle = clock.charged_us["kernel"] - kernel_us
mic.start()
result = [idle, hear(mic, 2)]
"""
    )
    assert result[0] == 0
    assert all(abs(level - 3000) < 60 for level in result[1])


# -- faults


@pytest.mark.parametrize(
    ("word", "what"),
    [
        (0, "nothing but zeros"),
        (-1, "the same word for ever"),
        (0x12345600, "the same word for ever"),
    ],
)
def test_a_line_that_stands_still_is_named(run_in, word, what):
    errors, after = run_in(
        QUIET
        + """
hear(mic, 2)
chip.is_dead, chip.stuck_word = True, word
errors = []
while len(errors) < 3:
    time.sleep_ms(100)
    try:
        mic.listen()
    except OSError as error:
        errors.append(str(error))
chip.is_dead = False
result = [errors, hear(mic, 3)[-1]]
""",
        word=word,
    )
    assert set(errors) == {f"microphone: {what}; check its wires"}
    assert abs(after - 3000) < 60


def test_a_line_that_dies_after_a_bang_is_named_at_once(run_in):
    """Each slice begins with filters at rest: no echo of the last one passes for sound."""
    assert (
        run_in(
            QUIET
            + """
hear(mic, 1)
for i in range(1, 4):
    mic._state[i] = 1 << 27
chip.is_dead = True
result = ""
while not result:
    time.sleep_ms(10)
    try:
        if mic.listen():
            result = "a level"
    except OSError as error:
        result = str(error)
"""
        )
        == "microphone: nothing but zeros; check its wires"
    )


def test_nothing_wired_is_nothing_but_zeros(run_in):
    assert (
        run_in(
            TABLE
            + """
mic = Microphone(wired(None))
mic.start()
result = ""
while not result:
    time.sleep_ms(100)
    try:
        mic.listen()
    except OSError as error:
        result = str(error)
"""
        )
        == "microphone: nothing but zeros; check its wires"
    )


def test_the_zeros_of_a_waking_part_are_no_fault(run_in):
    """It says nothing for 256 ms after its clock began: the first slice comes after that."""
    assert run_in(
        TABLE
        + """
chip = I2SMicrophone(None, 3)
words = array("i", [1] * 4864)
wired(chip).readinto(words)
said = list(words)
result = [set(said[:4096]) == {0}, set(said[4096:]) == {0}]
mic = Microphone(wired(chip))
mic.start()
result.append(abs(hear(mic, 1)[0] - 3000) < 60)
"""
    ) == [True, False, True]
