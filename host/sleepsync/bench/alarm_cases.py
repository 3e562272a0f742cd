"""What may befall an alarm, case by case: how the night goes, and how it must ring.

The rows of the table in docs/alarm.md. It must never hold what a puck did: only what it must do.
"""

from dataclasses import dataclass, field

from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH

ALL = (LIGHT, SOUND, TOUCH)

# How a ring must come: at its time, in light sleep before it, late as the puck was away, or at once
# as nobody knows the time.
DUE, EARLY, LATE, LOST = "on time", "early", "late", "time lost"
UNTOLD = "on time, and the last minutes of the journal are lost with the power"

_DAY = 1440  # minutes
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
    alarm: tuple = ("23:06",)
    start: str | int = "23:00"
    early: int | None = None
    lines: tuple = ()
    presses: tuple = ()
    legs: tuple = ()
    options: dict = field(default_factory=dict)
    ends: float = 8
    date: str = "2026-01-15"


def _stopped(at: float) -> tuple:
    return ((at, STOP),)


def _absent(*parts: str) -> dict:
    return {"fault": [f"{part}:absent" for part in parts]}


# The shared night (alarm_table.py): its live scores, as the puck knows them at minutes of the
# night. They are the score's own, and a test holds the cases to them.
DEEP, REM, LIGHT_SLEEP, AWAKE = (150.5, 171), (182, 204.5), (207, 235), (86.5, 88.5)

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
    Case("no light sleep in it: REM", (Ring(200),), ("02:20",), start=170, early=17, ends=202),
    Case(
        "awake early",
        (Ring(87, EARLY, 89, before=87.5),),
        ("00:32",),
        start=80,
        early=5,
        presses=_stopped(89),
        ends=94,
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
    Case("set before midnight, for after it", (Ring(6),), ("00:02",), start="23:56"),
    Case(
        "snoozed three times, then stopped",
        (Ring(6, to=6.5), Ring(15.5, to=16), Ring(25, to=25.5), Ring(34.5, to=35)),
        presses=((6.5, REST), (16, REST), (25.5, REST), (35, STOP)),
        ends=46,
    ),
    Case("stopped", (Ring(6, to=7),), presses=_stopped(7), ends=18),
    Case("not for this weekday", (), ("23:06", "mon tue wed fri sat sun")),
    Case("for this weekday", (Ring(6),), ("23:06", "thu")),
    Case(
        "two, the second while the first is snoozed",
        (Ring(6, to=6.5), Ring(10, to=11)),
        lines=((0.8, "puck.alarm('23:10')"),),
        presses=((6.5, REST), (11, STOP)),
        ends=22,
    ),
    Case(
        "two, each stopped",
        (Ring(6, to=7), Ring(10, to=11)),
        lines=((0.8, "puck.alarm('23:10')"),),
        presses=((7, STOP), (11, STOP)),
        ends=22,
    ),
    Case(
        "set for later while it rings",
        (Ring(6, to=7), Ring(9)),
        lines=((7, "puck.alarm('23:09','once',1)"),),
        ends=11,
    ),
    Case("a nap of five minutes", (Ring(6),), (), lines=((1, "puck.nap(5)"),)),
    Case("taken back", (), lines=((3, "puck.no_alarm(1)"),)),
    Case("the breaker pressed before it", (Ring(6),), presses=((3, REST), (3.006, REST))),
    Case("the breaker pressed while it rings", (Ring(6),), presses=((7, REST), (7.006, REST))),
)

_CLOCK = (
    Case(
        "daylight saving begins",
        (Ring(10),),
        ("03:05",),
        "00:55",
        lines=((0.4, BERLIN),),
        date="2026-03-29",
        ends=12,
    ),
    Case(
        "for an hour that is left out",
        (Ring(35),),
        ("02:30",),
        "00:55",
        lines=((0.4, BERLIN),),
        date="2026-03-29",
        ends=37,
    ),
    Case(
        "daylight saving ends",
        (Ring(70),),
        ("03:05",),
        "00:55",
        lines=((0.4, BERLIN),),
        date="2026-10-25",
        ends=72,
    ),
    Case(
        "in an hour that comes twice",
        (Ring(5, to=6),),
        ("02:45",),
        "00:40",
        lines=((0.4, BERLIN),),
        presses=_stopped(6),
        date="2026-10-25",
        ends=70,
    ),
    Case(
        "the clock set forth and back within the last hour",
        (Ring(12),),
        ("23:12",),
        lines=(
            (4, "puck.set_time('2026-01-15 23:11:00')"),
            (8, "puck.set_time('2026-01-15 22:30:00')"),
        ),
        ends=14,
    ),
    Case(
        "the clock set back after it was stopped",
        (Ring(6, to=7),),
        ("23:06", "daily"),
        lines=((8, "puck.set_time('2026-01-15 23:02:00')"),),
        presses=_stopped(7),
        ends=19,
    ),
    Case(
        "the clock set right two hours before",
        (Ring(12),),
        ("01:20",),
        lines=((2, "puck.set_time('2026-01-16 01:10:00')"),),
        ends=14,
    ),
    Case(
        "the clock set beyond it",
        (Ring(3, LATE),),
        ("01:20",),
        lines=((3, "puck.set_time('2026-01-16 02:00:00')"),),
        ends=5,
    ),
)

_AWAY = (
    Case("a reset just before", (Ring(6),), legs=(Leg(5.5),)),
    Case("a reset while it rings: it goes on", (Ring(6),), legs=(Leg(7),), ends=9),
    Case("power lost and back before it", (Ring(6),), legs=(Leg(2, 2, True),)),
    Case("power lost before it, back after it", (Ring(9, LATE),), legs=(Leg(2, 7, True),), ends=11),
    Case(
        "power lost while it rings",
        (Ring(6, UNTOLD, 7), Ring(9, LATE)),
        legs=(Leg(7, 2, True),),
        ends=11,
    ),
    Case(
        "power lost after it was stopped",
        (Ring(6, UNTOLD, 7),),
        presses=_stopped(7),
        legs=(Leg(7.3, 2, True),),
        ends=20,
    ),
    Case("power back a day later", (), legs=(Leg(2, _DAY, True),), ends=_DAY + 5),
    Case(
        "the time lost with the power",
        (Ring(4, LOST),),
        legs=(Leg(2, 2, True),),
        options={"missing": "clock"},
        ends=6,
    ),
    Case(
        "the time lost, and no alarm set",
        (),
        (),
        legs=(Leg(2, 2, True),),
        options={"missing": "clock"},
        ends=6,
    ),
    Case(
        "a nap, the time unknown from the start",
        (Ring(6),),
        (),
        lines=((1, "puck.nap(5)"),),
        options={"missing": "clock", "lost_time": 1},
    ),
    Case(
        "safe mode",
        (Ring(6, to=7),),
        legs=(Leg(3, 1, True),),
        presses=((3.9, 30000), (7, STOP)),
        ends=18,
    ),
)

_FILL = (
    "exec(\"import asyncio\\nasync def fill():\\n f=open('/data/x','wb')\\n while 1:\\n"
    '  f.write(bytes(4096))\\n  await asyncio.sleep_ms(50)")'
)
_PARTS = ("pulse", "motion", "light", "climate", "microphone", "clock")
_BROKEN = (
    *(Case(f"without the {part}", (Ring(6),), options=_absent(part)) for part in _PARTS),
    Case(
        "the pod torn off",
        (Ring(6),),
        options={"fault": ["pulse:absent:180", "motion:absent:180"]},
    ),
    Case("all sensors dead", (Ring(6),), options=_absent(*_PARTS)),
    Case("without the light ring", (Ring(6, lanes=(SOUND, TOUCH)),), options=_absent("ring")),
    Case("without the speaker", (Ring(6, lanes=(LIGHT, TOUCH)),), options=_absent("amplifier")),
    Case("without the haptic driver", (Ring(6, lanes=(LIGHT, SOUND)),), options=_absent("haptic")),
    Case(
        "speaker and haptic driver dead",
        (Ring(6, lanes=(LIGHT,)),),
        options=_absent("amplifier", "haptic"),
    ),
    Case(
        "the bedside bus shorted",
        (Ring(6, lanes=(LIGHT, SOUND)),),
        options={"fault": "light:stuck_for_ever:180"},
    ),
    Case(
        "flash full",
        (Ring(16),),
        ("23:16",),
        lines=((1, _FILL), (1.1, "fill()")),
        ends=18,
    ),
    Case("the journal being written", (Ring(6),), lines=((6, "app.running.journal.flush()"),)),
)

CASES = (*_WINDOW, *_EPISODE, *_CLOCK, *_AWAY, *_BROKEN)
