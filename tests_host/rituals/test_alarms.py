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


TORN = """
from firmware import alarms, records
from firmware.governor.gate import Gate
from firmware.keep.settings import Settings
from firmware.zone import Zone

class Store:
    def __init__(self, held):
        self.held = held
    def load(self, *key):
        return self.held if not key else b""
    def save(self, *data):
        self.held = data[-1]

class Clock:
    zone, ms = Zone("UTC0"), 1000
    def now_ms(self):
        return self.ms
    def utc_s(self):
        return 850000000 + self.ms // 1000

class Governor:
    def __init__(self):
        self.gate, self.told = Gate(), []
    def tell(self, kind, part, value):
        self.told.append([kind, value])
        self.gate.take(records.EVENT, records.EVENT.of(clock.ms, kind, part, value))

clock, governor, those = Clock(), Governor(), Settings(Store(b""))
once = alarms.packed(minute, 0)
if is_set:
    those.set("alarm1", once)
armed = alarms.Alarms(those, Store(held), clock, governor)
armed.open(False)
opened = list(governor.told)
clock.ms = 60000
governor.tell(records.ALARM_SET, records.PUCK, 0)  # a hand ends what rings
armed.mind()
result = [opened, those.get("alarm1") == once, governor.gate.alarm_ms > clock.ms]
"""


@pytest.mark.parametrize("held", [b"\x01", b"\xff" * 46, b"\x02" + bytes(52)])
def test_what_is_armed_and_cannot_be_read_rings_now_and_spends_no_row(worker, held):
    """Which row it was nobody knows: one that rings once still rings at its time."""
    given_ = {"held": held, "minute": 700, "is_set": True}
    told, is_still_on, is_armed = worker.call("snippet:run", TORN, given_)
    assert told == [[13, 0], [10, 1000]]  # missed, nobody knows when; due now
    assert is_still_on and is_armed


def test_where_no_alarm_is_set_nothing_rings(worker):
    given_ = {"held": b"\x01", "minute": 700, "is_set": False}
    told, *_ = worker.call("snippet:run", TORN, given_)
    assert told == []
