"""Days around both changes of the clock, and one in which the ticks wrap: a sample of the year that
`make bench` lives whole.
"""

from datetime import UTC, datetime, timedelta

import pytest
from page_blocks import is_shown, table
from sleepsync.bench import year

DAYS = {
    "the clock is put forward": (datetime(2026, 3, 27, 11, tzinfo=UTC), 3),
    "the clock is put back": (datetime(2026, 10, 23, 10, tzinfo=UTC), 3),
    "a year ends, and the ticks wrap": (datetime(2026, 12, 30, 11, tzinfo=UTC), 2, 12),
}


@pytest.fixture(scope="module")
def lived():
    """{what happens: `year.Year` of those days}."""
    return {name: year.live(*days) for name, days in DAYS.items()}


@pytest.mark.parametrize("name", DAYS)
def test_every_alarm_rings_once_when_the_clock_on_the_wall_says_so(lived, name):
    days = lived[name]
    assert len(days.rung) == len(days.due) == days.right
    assert days.broken == 0


def test_the_ticks_have_wrapped(lived):
    assert lived["a year ends, and the ticks wrap"].wraps == 1


def test_a_sunday_has_an_hour_less_and_one_an_hour_more(lived):
    """2:30, which is not there, is 3:30; of the one that is there twice it is the first."""
    forward, back = ([year.local(rung) for rung in lived[name].rung] for name in list(DAYS)[:2])
    summer = timedelta(hours=2)
    assert [(at.minute, at.utcoffset()) for at in forward if at.hour == 3] == [(30, summer)]
    assert [(at.minute, at.utcoffset()) for at in back if at.hour == 2] == [(30, summer)]


def test_the_days_are_on_the_page(lived, request):
    rows = [(name, one.days, len(one.due), one.right, one.nights) for name, one in lived.items()]
    head = ("what happens", "days", "alarms due", "rang when due", "nights kept")
    assert is_shown(request, "reliability", "days", table(head, rows))
