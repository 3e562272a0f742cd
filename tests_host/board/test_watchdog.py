"""The watchdog: it bites unless it is fed, and a timer feeds it while somebody is at the REPL."""

import pytest

WATCHED = """
from watchdog import Watchdog
def nap(seconds):
    for _ in range(seconds):
        time.sleep(1)
def bites_after_s(limit_s):
    began_us = clock.us
    try:
        nap(limit_s)
    except SystemExit as bite:
        return [bite.args[0], (clock.us - began_us) // 1000000]
    return None
"""


@pytest.mark.parametrize(
    ("lines", "bites"),
    [
        ("Watchdog(0)", None),
        ("Watchdog(0).leave()", None),
        ("Watchdog(0).start()", [3, 40]),
        ("dog = Watchdog(0); dog.start(); nap(30); dog.feed()", [3, 40]),
        ("dog = Watchdog(0); dog.start(); dog.leave()", [3, 3640]),
        ("dog = Watchdog(0); dog.start(); nap(35); dog.leave()", [3, 3640]),
        ("dog = Watchdog(0); dog.start(); dog.leave(); nap(60); dog.start()", [3, 40]),
    ],
)
def test_the_watchdog_bites_unless_it_is_fed(at_the_table, lines, bites):
    ask = WATCHED + lines + "\nresult = bites_after_s(5000)"
    assert at_the_table(ask) == bites


def test_after_a_soft_reset_a_timer_feeds_it(at_the_table):
    """It does not count as a start, and there may be no main.py after it."""
    bad, bites = at_the_table(
        WATCHED
        + """
table.reset_cause = 5
del sys.modules["boot"]
import boot
result = [boot.start.bad, bites_after_s(5000)]
""".replace("del sys", "import sys\ndel sys"),
    )
    assert bad == 1  # of the first import of boot.py, which was a power-on
    assert bites == [3, 3640]
