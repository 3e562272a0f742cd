"""A flash that is really full under a whole puck: the night is written, the oldest one goes, the
alarm rings; and a night that nobody ends.
"""

import pytest
from sleepsync.paths import records
from whole_puck import START, in_the_vm

FULL = """
import os
from table import table
storage.mount()
from firmware import records
from firmware.keep import journal
from firmware.app import Puck
from firmware.alarms import NAMES, packed
from firmware.governor import limits

class Rtc:
    def memory(self, data=None):
        return b""

def old_night():
    night = journal.open_night("/data", Rtc())[0]
    night.begin(1, 1)
    for i in range(epochs):
        room = 60, 70, 40, 0, 45, 312, 377
        night.append(records.EPOCH.pack(i, 0, 90, 600, 30, 9, 0, 350, 140, *room))
        if night.due():
            night.flush()
    night.append(records.EVENT.pack(0, records.STOP, 0, 0))
    night.flush()

def fill_up():
    os.mkdir("/data/clips")
    with open("/data/clips/voice.wav", "wb") as file:
        for _ in range(os.statvfs("/data")[3] - 12):
            file.write(bytes(4096))
    try:
        for number in range(99):
            with open("/data/rest%d" % number, "wb") as file:
                file.write(bytes(1000))
    except OSError as error:
        assert error.args[0] == 28, error

def there():
    return sorted(journal.nights("/data"))
"""


def test_a_full_flash_costs_the_oldest_night_and_no_alarm(run_in, short):
    """Ten minutes: batches are written, the alarm is set, armed and rings, the clip stays."""
    lines = """
for _ in range(3):
    old_night()
fill_up()
clip = os.stat("/data/clips/voice.wav")[6]
puck = Puck(boot.start)
local_s = puck.clock.wall_s()
due = (local_s // 60 + 5) % 1440
puck.settings.set(NAMES[0], packed(due, 127))
puck.open()
go_on(420)
puck.close()
rows = [(kind, kind.unpack(record)) for kind, record in puck.journal.replay() if kind
        and kind is not records.SCORE]
events = [row.kind for kind, row in rows if kind is records.EVENT]
alarms = [row for kind, row in rows if kind is records.REQUEST and row.rule == limits.WAKING]
epochs = [row.index for kind, row in rows if kind is records.EPOCH]
dropped = [row.value for kind, row in rows if kind is records.EVENT
           and row.kind == records.DROPPED]
result = [there(), epochs, dropped, len(alarms) > 0,
          os.stat("/data/clips/voice.wav")[6] == clip, puck.governor.unwritten]
"""
    found = in_the_vm(run_in, short, "epochs = 400\n" + FULL + lines)
    assert found == [[2, 3, 4], list(range(14)), [1], True, True, 0]


def test_no_night_goes_for_a_flash_that_is_failing(run_in, short):
    """littlefs finds no room there, either; but there is."""
    lines = """
for _ in range(3):
    old_night()
night = journal.open_night("/data", Rtc())[0]
night.append(records.EVENT.pack(0, records.STOP, 0, 0))
def refuse():
    raise OSError(28)
night._write = refuse
try:
    night.flush()
except OSError as error:
    result = [error.args[0], there()]
"""
    assert in_the_vm(run_in, short, "epochs = 9\n" + FULL + lines) == [28, [1, 2, 3]]


def test_as_many_nights_are_kept_as_the_flash_has_room_for(run_in, short):
    lines = """
for _ in range(40):
    old_night()
result = there()
"""
    assert in_the_vm(run_in, short, "epochs = 2\n" + FULL + lines) == list(range(10, 41))


LONG = (
    START
    + """
from machine import ResetRequest
def at_the_end_of_a_day(hours):
    puck.clock.resume_at(hours * 3600000)
    puck._index = hours * 120
def wear(stage):
    puck._write_scores = lambda scores: None
    puck.score = records.SCORE.tuple(1, stage, 0, 0, 0, 0)
def lasts(seconds):
    try:
        go_on(seconds)
    except ResetRequest:
        return False
    return True
"""
)


@pytest.mark.parametrize(
    ("hours", "before", "goes_on"),
    [
        (15, "", True),
        (17, "", False),
        (17, "puck.alarms.nap(1800)", True),
        (17, "puck.alarms.nap(7200)", False),
        (17, "wear(records.WAKE)", True),
        (17, "wear(records.NOT_WORN)", False),
        (17, "puck.governor.ask_typed(1)", True),
    ],
)
def test_a_night_that_nobody_ends_is_ended_when_nobody_minds(run_in, short, hours, before, goes_on):
    """After sixteen hours; not while the pod is worn, anything acts, or an alarm is near."""
    lines = f"""
puck.open()
at_the_end_of_a_day({hours})
{before}
result = [lasts(50), puck.journal.night]
kinds = [kind.unpack(r).kind for kind, r in puck.journal.replay() if kind is records.EVENT]
result += [kinds[-1] == records.STOP]
"""
    kept, night, is_stopped = in_the_vm(run_in, short, LONG + lines)
    assert (kept, night, is_stopped) == (goes_on, 1, not goes_on)


def test_every_kind_of_event_has_words():
    from sleepsync.report import words

    for kind in range(1, len(records.EVENTS)):
        assert words.event(records.EVENT.of(0, kind, 0, 1))
