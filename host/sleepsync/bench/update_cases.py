"""The updates that are tried, good and bad: what is done to a version, and what must come of it."""

from dataclasses import dataclass, field
from typing import Any

NEW = "0.2.0"
_POWER_ON, _SOFT_RESET = 1, 5  # of machine.reset_cause()
# As it is typed at the console: what lies in the other slot is verified and tried.
_TRY = (
    "from firmware.update import slots; s = slots.of_prompt(); "
    "[None for _ in s.verify()]; s.attempt()"
)
_BLINDLY = "import trial; trial.begin('b')"

_APP_BEGINS = "_EPOCH_MS = records.EPOCH_S * 1000\n"
_ROOM = "            self.room.look()\n"


@dataclass(frozen=True)
class Case:
    """`changes`: {source: (what stands there, what it becomes)} of the new version; `told`: lines
    of its manifest; `types`: what somebody types before, and `tries` at `begin_s`; `starts`:
    options of one run after the other (hw/sim/night.py). `comes`: what the puck says in the end,
    where ... is anything.
    """

    name: str
    comes: str
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    types: tuple[str, ...] = ()
    starts: tuple[dict[str, Any], ...] = ({},)
    begin_s: int = 20
    tries: str = _TRY
    harm: int = 0  # that byte of the archive is another one
    old: dict[str, tuple[str, str]] = field(default_factory=dict)  # changes of the old version


KEPT = "kept"
_CUT = {"reset_us": 25_000_000}
_AGAIN = {"cause": _POWER_ON, "lost_time": 1}
CASES = [
    Case("a good version", KEPT),
    Case(
        "it crashes when it is imported",
        "taken back: ValueError at firmware/app.py",
        {"firmware/app.py": (_APP_BEGINS, _APP_BEGINS + "raise ValueError\n")},
    ),
    Case(
        "it crashes when the night begins",
        "taken back: ValueError at firmware/app.py",
        {"firmware/app.py": ("puck.open()\n", "raise ValueError\n")},
    ),
    Case(
        "it hangs when it is imported",
        "taken back: it hung",
        {"firmware/app.py": (_APP_BEGINS, _APP_BEGINS + "while True: time.sleep_ms(100)\n")},
    ),
    Case(
        "a task hangs",
        "taken back: no life in task room",
        {"firmware/app.py": (_ROOM, "            await asyncio.Event().wait()\n")},
    ),
    Case(
        "a task blocks all others",
        "taken back: it hung",
        {"firmware/app.py": (_ROOM, _ROOM + "            while True: time.sleep_ms(100)\n")},
    ),
    Case(
        "a task dies, and starts again",
        "taken back: a task died",
        {"firmware/app.py": (_ROOM, _ROOM + "            raise ValueError\n")},
    ),
    Case(
        "it starts anew by itself",
        "taken back: it started anew, and left no word why",
        {"firmware/app.py": (_ROOM, _ROOM + "            import machine; machine.reset()\n")},
    ),
    Case(
        "a module that is loaded later cannot be",
        "taken back: firmware.link.services cannot be imported",
        {"firmware/link/services.py": ("from micropython import", "from nowhere import")},
    ),
    Case(
        "its self-test fails",
        "taken back: its self-test failed",
        {"firmware/update/proof.py": ("    had, was_broken = _before()\n", "    1 // 0\n")},
    ),
    Case(
        "its self-test is missing",
        "taken back: its self-test cannot be had",
        {"firmware/update/proof.py": ("import asyncio\n", "import nowhere\n")},
    ),
    Case(
        "it finds a part no more",
        "taken back: missing since the update: light sensor; if puck.errors() names it now too, "
        "the part has failed",
        {
            "lib/veml7700.py": (
                "def start(self)",
                "def start(self): raise OSError(5)\n    def begin(self)",
            )
        },
    ),
    Case(
        "it cannot read a setting",
        "taken back: zone cannot be read any more",
        {"firmware/keep/settings.py": ("_VERSION = const(1)", "_VERSION = const(7)")},
        types=("5:puck.set('zone', 'CET-1CEST,M3.5.0,M10.5.0/3')",),
    ),
    Case("power is lost on trial", KEPT, starts=(_CUT, _AGAIN)),
    Case("power is lost on trial, twice", KEPT, starts=(_CUT, _AGAIN | _CUT, _AGAIN)),
    Case(
        "power is lost on trial, again and again",
        "taken back: power was lost 3 times on trial",
        starts=(_CUT, _AGAIN | _CUT, _AGAIN | _CUT, _AGAIN),
    ),
    Case(
        "power is lost on trial, and an alarm is armed",
        "taken back: power was lost on trial, and an alarm is armed, which needs what is proven",
        types=("5:puck.nap(600)",),
        starts=(_CUT, _AGAIN),
    ),
    Case(
        "the old version reaches nothing but safe mode",
        KEPT,
        old={"firmware/app.py": ("puck.open()\n", "raise ValueError\n")},
    ),
    Case("somebody types Ctrl-D on trial", KEPT, starts=(_CUT, {"cause": _SOFT_RESET})),
    Case(
        "power is lost on trial, and the button is held when it comes back",
        KEPT,
        starts=(_CUT, _AGAIN | {"press": "0:90000"}, _AGAIN),
    ),
    Case(
        "its archive rots before it is tried",
        "taken back: it is broken",
        tries=_BLINDLY,
        harm=100_000,
    ),
    # -- what is refused beforehand
    Case(
        "its archive is damaged",
        "refused: what came is damaged (its archive has another sum); update again",
        harm=100_000,
    ),
    Case(
        "a file in it is not the manifest's",
        "refused: what came is damaged (firmware/alarms.mpy is another file); update again",
        told={"files": {}},
    ),
    Case(
        "it is made for another board",
        "refused: the update is made for esp32_wrover, ... build it for that board",
        told={"board": "esp32_wrover"},
    ),
    Case(
        "it needs another MicroPython",
        "refused: the update needs another MicroPython; flash the puck anew",
        told={"mpy": 7},
    ),
    Case(
        "it needs a newer boot.py",
        "refused: the update needs what starts the puck in version 2, ...; flash the puck anew",
        told={"boot": 2},
    ),
    Case(
        "it needs an older boot.py",
        "refused: the update needs what starts the puck in version 0, ...; take a newer update",
        told={"boot": 0},
    ),
    Case(
        "it cannot read the settings that are there",
        "refused: settings on the puck are of layout 1, and the update reads 2 to 3; take a newer "
        "one",
        told={"kept": {"settings": [2, 3, 3]}},
        types=("5:puck.set('early', 20)",),
    ),
    Case(
        "it writes settings that the old version could not read",
        "refused: the update writes settings in layout 2, ...; install a version between them "
        "first",
        told={"kept": {"settings": [1, 2, 2]}},
    ),
    Case(
        "its manifest is none",
        "refused: the update's manifest is none; build it anew",
        told={"kept": None},
    ),
    Case(
        "an alarm is due within the hour",
        "refused: an alarm is due at ...; update once it is over",
        types=("5:puck.nap(50)",),
    ),
    Case(
        "an alarm rings",
        "refused: an alarm rings, or rests; update once it is ended",
        types=("5:puck.nap(1)",),
        begin_s=90,
    ),
    Case(
        "somebody sleeps",
        "refused: somebody sleeps; update in the morning",
        types=(
            "5:from firmware import app, records",
            "6:app.running.score = records.SCORE.of(1, records.LIGHT, 0, 0, 0, 0)",
        ),
    ),
]
