"""The step that decides who may try: the window, the delays, how passkeys are drawn and shown."""

from itertools import pairwise

import pytest

STEP = """
from firmware.link.pairing import ATTEMPT_MS, WINDOW_MS, Pairing, drawn

given = []

def random(n):
    return given.pop(0)[:n]

def of(number):
    return bytes((number >> 16, number >> 8 & 255, number & 255))

pairing = Pairing()
"""
FIRST_MS = 10_000


@pytest.fixture
def step(run_in):
    return lambda source: run_in(STEP + source)


@pytest.mark.parametrize("number", [0, 1, 314159, 999_999])
def test_every_passkey_can_be_drawn(step, number):
    assert step(f"given.append(of({number})); result = drawn(random)") == number


@pytest.mark.parametrize("number", [1_000_000, 1_000_001, (1 << 20) - 1])
def test_what_is_past_the_end_is_drawn_again(step, number):
    assert step(f"given.extend((of({number}), of(7))); result = drawn(random), given") == [7, []]


def test_nobody_may_try_before_a_hand_or_after_its_time(step):
    found = step(
        "given.extend([of(5)] * 9)\n"
        "before = pairing.begin(1, 0, random)\n"
        "pairing.open(1000)\n"
        "late = pairing.begin(1, 1000 + WINDOW_MS, random)\n"
        "result = before, late, pairing.begin(1, 999 + WINDOW_MS, random)"
    )
    assert found == [-1, -1, 5]


def test_one_tries_at_a_time(step):
    found = step(
        "given.extend([of(5)] * 9); pairing.open(0); pairing.begin(1, 0, random)\n"
        "result = pairing.begin(2, 1, random)"
    )
    assert found == -1


def test_each_failure_doubles_the_wait_up_to_an_end(step):
    """The wait is the first moment at which a next attempt may begin."""
    waits = step(
        "given.extend([of(5)] * 99)\n"
        "def begins(ms):\n"
        "    pairing.open(ms)\n"
        "    return pairing.begin(1, ms, random) >= 0\n"
        "now, result = 0, []\n"
        "begins(0)\n"
        "for _ in range(8):\n"
        "    pairing.end(False, now)\n"
        "    least = 0\n"
        "    while not begins(now + least):\n"
        "        least += 1000\n"
        "    now += least\n"
        "    result.append(least)\n"
    )
    assert waits == [FIRST_MS << min(i, 5) for i in range(8)]


def test_a_success_forgets_the_failures_and_shuts_the_window(step):
    found = step(
        "given.extend([of(5)] * 9); pairing.open(0); pairing.begin(1, 0, random)\n"
        "pairing.end(False, 0); pairing.begin(1, 10000, random); pairing.end(True, 10000)\n"
        "shut = pairing.is_open(10001)\n"
        "pairing.open(10001); pairing.begin(1, 10001, random); pairing.end(False, 10001)\n"
        "result = shut, pairing.begin(1, 20001, random)"
    )
    assert found == [False, 5]


def test_an_attempt_is_over_after_a_minute(step):
    found = step(
        "given.append(of(5)); pairing.open(0); pairing.begin(1, 100, random)\n"
        "result = [pairing.is_late(100 + ms) for ms in (ATTEMPT_MS - 1, ATTEMPT_MS)], ATTEMPT_MS"
    )
    assert found == [[False, True], 60_000]


def test_the_digits_are_shown_in_order_after_a_pause_each_in_the_dark(step):
    """The ring is dark from 100 ms on after each sign; the next comes when it was so for 200."""
    shown = step(
        "given.append(of(205109)); pairing.open(0); pairing.begin(1, 0, random)\n"
        "result, since = [], None\n"
        "for ms in range(0, 20000, 50):\n"
        "    sign = pairing.sign(since is not None and ms - since > 100, ms)\n"
        "    if sign:\n"
        "        result.append([ms, sign]); since = ms\n"
    )
    words = [sign for _, sign in shown[:8]]
    assert words == ["passkey", *(f"digit {d}" for d in "205109"), "passkey"]
    gaps = [after - before for (before, _), (after, _) in pairwise(shown)]
    assert min(gaps) >= 300
