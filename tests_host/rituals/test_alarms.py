"""Which alarm is next, by rows and zone; and that a ritual's numbers are the governor's."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
NEXT = """
from firmware import alarms
from firmware.zone import Zone
zone = Zone(text)
result = [alarms.next_s(alarms.packed(minute, days), after, zone, rang) for after, rang in asks]
"""
HALF_DAY_S = 43_200


@pytest.fixture(scope="module")
def next_s(worker):
    def ask(minute, days, asks, text="UTC0"):
        given_ = {"text": text, "minute": minute, "days": days, "asks": asks}
        return worker.call("snippet:run", NEXT, given_)

    return ask


def expected(minute, days, after_s, rang_s, ahead_s):
    """By Python's calendar, in a zone without daylight saving."""
    day = (EPOCH + timedelta(seconds=after_s + ahead_s)).replace(hour=0, minute=0, second=0)
    for later in range(-1, 9):
        local = day + timedelta(days=later, minutes=minute)
        due_s = int((local - EPOCH).total_seconds()) - ahead_s
        is_day = not days or days >> local.weekday() & 1
        is_again = rang_s and abs(due_s - rang_s) < HALF_DAY_S
        if is_day and due_s > after_s and not is_again:
            return due_s
    return 0


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 1439),
    st.integers(0, 127),
    st.lists(
        st.tuples(st.integers(820_000_000, 3_000_000_000), st.integers(-90_000, 90_000)),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from([("UTC0", 0), ("IST-5:30", 19_800), ("<-09>9", -32_400)]),
)
def test_the_next_time_of_a_row_is_the_calendar_s(next_s, minute, days, asks, zone):
    text, ahead_s = zone
    asks = [(after_s, after_s + off_s if off_s else 0) for after_s, off_s in asks]
    found = next_s(minute, days, asks, text)
    assert found == [expected(minute, days, *ask, ahead_s) for ask in asks]


def test_a_row_that_is_off_or_no_time_is_never_due(worker):
    source = """
from firmware import alarms
from firmware.zone import Zone
zone = Zone("UTC0")
rows = (0, 420, alarms.packed(1440, 0), alarms.packed(2047, 127))
result = [alarms.next_s(row, 850000000, zone, 0) for row in rows]
result += [list(alarms.unpacked(alarms.packed(420, 31)))]
"""
    assert worker.call("snippet:run", source, {}) == [0, 0, 0, 0, [True, 420, 31]]


def test_a_ritual_s_numbers_are_the_governor_s(worker):
    """They stand twice since no ritual may look into the room that judges it."""
    source = """
from firmware.bedside import gestures, scenes
from firmware.governor import limits
from firmware.rituals import asking, waking
names = ("HAND EVENING NIGHT WAKING PRESSED TYPED BEDTIME SETTLING ASLEEP DISTRESS LIGHT_SLEEP "
         "DAWN DUE OVER OFF NOT_ALLOWED BUSY STOPPED SNOOZED REPLACED FELL_ASLEEP").split()
result = [[name, getattr(asking, name), getattr(limits, name)] for name in names]
for name in "LAMP RELIEF SUNRISE EARLY ALARM CALL".split():
    result.append([name, getattr(asking, name), scenes.named(name.lower()).number])
result.append(["EVENING_SCENE", asking.EVENING_SCENE, scenes.named("evening").number])
for name in ("SHORT", "LONG"):
    result.append([name, getattr(asking, name), getattr(gestures, name)])
for name in ("SNOOZE_MS", "RING_MS"):
    result.append([name, getattr(waking, name), getattr(limits, name)])
"""
    assert [row for row in worker.call("snippet:run", source, {}) if row[1] != row[2]] == []
