"""What may befall an alarm, case by case: how the night goes, and how it must ring.

The rows of the table in docs/alarm.md. It must never hold what a puck did: only what it must do.
"""

from dataclasses import dataclass, field

LIGHT, SOUND, TOUCH = "light", "sound", "touch"
ALL = (LIGHT, SOUND, TOUCH)

# How a ring must come: at its time, in light sleep before it, late as the puck was away, or at once
# as nobody knows the time.
DUE, EARLY, LATE, LOST = "on time", "early", "late", "time lost"
UNTOLD = "on time, and the last minutes of the journal are lost with the power"

STOP, REST, HOLD = 2500, 120, 6500  # ms that the button is held
BERLIN = "puck.set('zone', 'CET-1CEST,M3.5.0,M10.5.0/3')"


@dataclass(frozen=True)
class Leg:
    """The puck runs until minute `until` of the world; then it is away for `away` minutes, as after
    a reset, or without power (`cut`). `options`: of this leg, see hw/sim/night.py.
    """

    until: float
    away: float = 0.025
    cut: bool = False
    options: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Ring:
    """It begins at minute `at`, or until `before`, and goes on to minute `to` (None: to the end);
    `lanes` give something off.
    """

    at: float
    how: str = DUE
    to: float | None = None
    lanes: tuple = ALL
    before: float | None = None


@dataclass(frozen=True)
class Case:
    """A row. The world begins at local time `start`, or it is the shared night from that minute on.

    `alarm`: set at the beginning, as puck.alarm has it; `early`: the setting. `lines`, `presses`:
    (minute, what). `legs` before the last, which has `options` and ends at minute `ends`.
    """

    name: str
    rings: tuple
    alarm: tuple = ("23:15",)
    start: str | int = "23:00"
    early: int | None = None
    lines: tuple = ()
    presses: tuple = ()
    legs: tuple = ()
    options: dict = field(default_factory=dict)
    ends: float = 20
    date: str = "2026-01-15"


def _stopped(at: float) -> tuple:
    return ((at, STOP),)


def _absent(*parts: str) -> dict:
    return {"fault": [f"{part}:absent" for part in parts]}


# The shared night (alarm_table.py): its live scores, as the puck knows them at minutes of the
# night. They are the score's own, and a test holds the cases to them.
DEEP, REM, LIGHT_SLEEP, AWAKE = (150, 171), (177, 205), (207, 235), (236.5, 238)

_WINDOW = (
    Case(
        "light sleep in the window",
        (Ring(205, EARLY, 210, before=209),),
        ("02:45",),
        start=200,
        early=30,
        presses=_stopped(210),
        ends=227,
    ),
    Case("no light sleep in it: REM", (Ring(200),), ("02:20",), start=170, early=20, ends=202),
    Case(
        "awake early",
        (Ring(237, EARLY, 240, before=238),),
        ("03:22",),
        start=232,
        early=25,
        presses=_stopped(240),
        ends=264,
    ),
    Case("deep at the deadline", (Ring(165),), ("01:45",), start=145, early=10, ends=167),
    Case(
        "unknown from before the window on",
        (Ring(172),),
        ("01:52",),
        start=145,
        early=10,
        options=_absent("pulse", "motion"),
        ends=174,
    ),
    Case(
        "early, and let rest by a press: the set time rings",
        (Ring(214, EARLY, 215, before=214.5), Ring(218)),
        ("02:38",),
        start=200,
        early=4,
        presses=((215, REST),),
        ends=220,
    ),
    Case(
        "light sleep, and early is not allowed",
        (Ring(218),),
        ("02:38",),
        start=200,
        early=30,
        lines=((200.8, "puck.forbid('early')"),),
        ends=220,
    ),
    Case(
        "light sleep, and everything is switched off",
        (Ring(218),),
        ("02:38",),
        start=200,
        early=30,
        presses=((204, REST), (204.006, REST)),
        ends=220,
    ),
)

_EPISODE = (
    Case("set for the next day's first minutes", (Ring(15),), ("00:05",), start="23:50"),
    Case(
        "snoozed three times, then stopped",
        (Ring(5, to=5.5), Ring(14.5, to=15), Ring(24, to=24.5), Ring(33.5, to=34)),
        ("23:05",),
        presses=((5.5, REST), (15, REST), (24.5, REST), (34, STOP)),
        ends=45,
    ),
    Case("stopped", (Ring(15, to=16),), presses=_stopped(16), ends=30),
    Case("not for this weekday", (), ("23:15", "mon tue wed fri sat sun"), ends=18),
    Case("for this weekday", (Ring(15),), ("23:15", "thu")),
    Case(
        "two alarms, the second while the first is snoozed",
        (Ring(5, to=5.5), Ring(9, to=10)),
        ("23:05",),
        lines=((0.8, "puck.alarm('23:09')"),),
        presses=((5.5, REST), (10, STOP)),
        ends=20,
    ),
    Case(
        "two alarms, each stopped",
        (Ring(5, to=6), Ring(9, to=10)),
        ("23:05", "daily"),
        lines=((0.8, "puck.alarm('23:09')"),),
        presses=((6, STOP), (10, STOP)),
        ends=20,
    ),
    Case("a nap of ten minutes", (Ring(11),), (), lines=((1, "puck.nap(10)"),), ends=13),
    Case("taken back", (), lines=((5, "puck.no_alarm(1)"),), ends=18),
    Case(
        "the breaker pressed before it",
        (Ring(15),),
        presses=((5, REST), (5.006, REST)),
    ),
    Case(
        "the breaker pressed while it rings",
        (Ring(15),),
        presses=((16, REST), (16.006, REST)),
    ),
)

_CLOCK = (
    Case(
        "daylight saving begins",
        (Ring(40),),
        ("03:10",),
        "00:30",
        lines=((0.4, BERLIN),),
        date="2026-03-29",
        ends=42,
    ),
    Case(
        "for an hour that is left out",
        (Ring(60),),
        ("02:30",),
        "00:30",
        lines=((0.4, BERLIN),),
        date="2026-03-29",
        ends=62,
    ),
    Case(
        "daylight saving ends",
        (Ring(100),),
        ("03:10",),
        "00:30",
        lines=((0.4, BERLIN),),
        date="2026-10-25",
        ends=102,
    ),
    Case(
        "in an hour that comes twice",
        (Ring(15, to=16),),
        ("02:45",),
        "00:30",
        lines=((0.4, BERLIN),),
        presses=_stopped(16),
        date="2026-10-25",
        ends=80,
    ),
    Case(
        "the clock set forth and back within the last hour",
        (Ring(30),),
        ("23:30",),
        lines=(
            (10, "puck.set_time('2026-01-15 23:28:00')"),
            (20, "puck.set_time('2026-01-15 22:50:00')"),
        ),
        ends=32,
    ),
    Case(
        "the clock set back after it was stopped",
        (Ring(5, to=6),),
        ("23:05", "daily"),
        lines=((7, "puck.set_time('2026-01-15 23:00:00')"),),
        presses=_stopped(6),
        ends=20,
    ),
    Case(
        "the clock set right two hours before",
        (Ring(20),),
        ("01:20",),
        lines=((5, "puck.set_time('2026-01-16 01:05:00')"),),
        ends=22,
    ),
    Case(
        "the clock set beyond it",
        (Ring(5, LATE),),
        ("01:20",),
        lines=((5, "puck.set_time('2026-01-16 02:00:00')"),),
        ends=8,
    ),
)

_AWAY = (
    Case("a reset in the window", (Ring(15),), legs=(Leg(13),)),
    Case("a reset while it rings: it goes on", (Ring(15),), legs=(Leg(16),)),
    Case("power lost and back before it", (Ring(15),), legs=(Leg(8, 4, True),)),
    Case(
        "power lost before it, back after it", (Ring(19, LATE),), legs=(Leg(8, 11, True),), ends=22
    ),
    Case(
        "power lost while it rings",
        (Ring(15, UNTOLD, 16), Ring(18, LATE)),
        legs=(Leg(16, 2, True),),
        ends=22,
    ),
    Case(
        "power lost after it was stopped",
        (Ring(15, UNTOLD, 16),),
        presses=_stopped(16),
        legs=(Leg(16.3, 2, True),),
        ends=22,
    ),
    Case(
        "power back a day later",
        (),
        start="23:00",
        legs=(Leg(8, 24 * 60, True),),
        ends=24 * 60 + 14,
    ),
    Case(
        "the time lost with the power",
        (Ring(12, LOST),),
        legs=(Leg(8, 4, True),),
        options={"missing": "clock"},
        ends=15,
    ),
    Case(
        "the time lost, and no alarm set",
        (),
        (),
        legs=(Leg(8, 4, True),),
        options={"missing": "clock"},
        ends=15,
    ),
    Case(
        "a nap, the time unknown from the start",
        (Ring(11),),
        (),
        lines=((1, "puck.nap(10)"),),
        options={"missing": "clock", "lost_time": 1},
        ends=13,
    ),
    Case(
        "safe mode",
        (Ring(15, to=16),),
        legs=(Leg(8, 1, True, {}),),
        presses=((8.9, 30000), (16, STOP)),
        ends=20,
    ),
)

_FILL = (
    "exec(\"import asyncio\\nasync def fill():\\n f=open('/data/x','wb')\\n while 1:\\n"
    '  f.write(bytes(4096))\\n  await asyncio.sleep_ms(50)")'
)
_PARTS = ("pulse", "motion", "light", "climate", "microphone", "clock")
_BROKEN = (
    *(Case(f"without the {part}", (Ring(15),), options=_absent(part)) for part in _PARTS),
    Case(
        "the pod torn off",
        (Ring(15),),
        options={"fault": ["pulse:absent:480", "motion:absent:480"]},
    ),
    Case("all sensors dead", (Ring(15),), options=_absent(*_PARTS)),
    Case("without the light ring", (Ring(15, lanes=(SOUND, TOUCH)),), options=_absent("ring")),
    Case("without the speaker", (Ring(15, lanes=(LIGHT, TOUCH)),), options=_absent("amplifier")),
    Case("without the haptic driver", (Ring(15, lanes=(LIGHT, SOUND)),), options=_absent("haptic")),
    Case(
        "speaker and haptic driver dead",
        (Ring(15, lanes=(LIGHT,)),),
        options=_absent("amplifier", "haptic"),
    ),
    Case(
        "the bedside bus shorted",
        (Ring(15, lanes=(LIGHT, SOUND)),),
        options={"fault": "light:stuck_for_ever:480"},
    ),
    Case("flash full", (Ring(20),), ("23:20",), lines=((1, _FILL), (1.1, "fill()")), ends=22),
    Case("the journal being written", (Ring(15),), lines=((14.99, "app.running.journal.flush()"),)),
)

CASES = (*_WINDOW, *_EPISODE, *_CLOCK, *_AWAY, *_BROKEN)
