"""What the library's people see, hear and feel of the puck in a night in which everything that it
has is asked for: measured by `sleepsync.emitted`, which knows none of the firmware's code.
"""

import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sleepsync.emitted import Allowed, Emissions, Lane, measure
from sleepsync.paths import records
from sleepsync.reading import Journal, read_journal
from sleepsync.simulate import journals, run_night
from sleepsync.vm import Worker
from sleepsync.world import from_library

HOURS = 1.5
# What the last block that a lane was given still sounds, and how far the night's clock may lie
# from the world's: nothing may be emitted later than this after its end.
_AFTER_US = 700_000
_AROUND_US = 200_000

# The numbers of rules, reasons and scenes: docs/governor.md, firmware/bedside/scenes.py.
_ASK = "governor.ask({}, {}, {})"
_EVENING, _NIGHT, _WAKING = 2, 3, 4
_ALARM_S = 4800
_EACH_S = 17  # a button that is down at each look of the watchdog's would start the puck anew
_CAPABILITIES = ("wind-down", "mask", "cue", "relief", "sunrise", "early")
LINES = [
    "20:import puck",
    "21:from firmware import app",
    "22:governor = app.running.governor",
    *(f"{30 + _EACH_S * i}:puck.allow('{use}')" for i, use in enumerate(_CAPABILITIES)),
    "130:puck.calibrate()",
    "150:puck.ask('chime')",
    "155:puck.ask('nudge')",
    "160:puck.ask('evening')",
    f"1700:{_ASK.format(_EVENING, 4, 6)}",  # settling: a mask, if they lie awake
    f"1702:{_ASK.format(_NIGHT, 5, 6)}",  # or if they sleep
    f"2000:{_ASK.format(_NIGHT, 5, 7)}",  # a cue
    f"2100:{_ASK.format(_NIGHT, 6, 8)}",  # relief, if they are in REM
    f"2400:governor.tell({records.ALARM_SET}, 0, {_ALARM_S * 1000})",
    f"2900:{_ASK.format(_WAKING, 8, 9)}",  # dawn
    f"4500:{_ASK.format(_WAKING, 7, 10)}",  # early, if they sleep lightly
    f"{_ALARM_S + 2}:{_ASK.format(_WAKING, 9, 11)}",
    "5165:puck.ask('lamp')",  # while everything is off
]
PRESSES = [
    *(f"{32 + _EACH_S * i}:6500" for i in range(len(_CAPABILITIES))),  # each consent by hand
    "1500:2500",  # the lamp
    "1600:100",  # and off
    f"{_ALARM_S + 120}:100",  # snooze
    f"{_ALARM_S + 180}:2500",  # the alarm is over
    "5150:80",
    "5150.3:80",  # off
    "5180:6500",  # on
    "5200:2500",  # the lamp
]


@dataclass(frozen=True)
class Emitted:
    """The worst of one night. `flicker` of what is allowed, `counts_in_1s`, `light`, `sound` (by
    power) and `touch` of their ceilings, `burst_s`, `duty` (0-1), `ma` of ring and amplifier
    together; `breaches`: moments that no act allows, in words; `acts`: lanes that acted.
    """

    flicker: float
    counts_in_1s: float
    light: float
    sound: float
    touch: float
    burst_s: float
    duty: float
    ma: float
    breaches: list[str]
    acts: int


def nights(names: tuple[str, ...], hours: float = HOURS) -> Iterator[Emitted]:
    """The worst of a night of each of the library's `names`."""
    for name in names:
        with tempfile.TemporaryDirectory(prefix="sleepsync-") as folder:
            run_night(from_library(name, 1, hours), Path(folder), type=LINES, press=PRESSES)
            yield judged(Path(folder))


def judged(folder: Path) -> Emitted:
    """The worst of the night in `folder`, against the acts that its journal tells of."""
    world = json.loads((folder / "world.json").read_text())
    found = measure(folder / "emitted", world["chips"]["speaker"]["pillow_cdb"])
    allowed = list(_allowed(read_journal(journals(folder)[-1])))
    most = found.figures
    return Emitted(
        flicker=most["light_flicker"],
        counts_in_1s=most["light_counts_in_1s"],
        light=_share(found, allowed, Lane.LIGHT, lambda ceiling, share: ceiling * share),
        sound=_share(found, allowed, Lane.SOUND, _softer),
        touch=_share(found, allowed, Lane.TOUCH, lambda ceiling, share: ceiling * share),
        burst_s=most["touch_burst_s"],
        duty=most["touch_duty"],
        ma=most["together_ma"],
        breaches=[str(breach) for breach in found.breaches(allowed)],
        acts=len(allowed),
    )


def _softer(ceiling_cdb, share):
    """The ceiling that a share of its power makes: 0.01 dB."""
    return ceiling_cdb + 20 * (share - 1) * 100


def _allowed(journal: Journal) -> Iterator[Allowed]:
    """What each lane was allowed from its act to its end."""
    acts = {act.number: act for act in journal.of(records.ACT)}
    ambers = _ambers(journal)
    for end in journal.of(records.EMITTED):
        act = acts[end.number]
        yield Allowed(
            Lane(end.lane),
            act.t_ms * 1000 - _AROUND_US,
            end.t_ms * 1000 + _AFTER_US,
            (act.light_mlx, act.sound_cdb, act.touch)[end.lane],
            act.number in ambers,
        )


def _ambers(journal):
    """The numbers of the requests whose light must be red or amber."""
    source = """
from firmware.bedside.scenes import SCENES
from firmware.governor.limits import USES
result = [USES[scene.use].is_amber for scene in SCENES]
"""
    with Worker() as worker:
        by_scene = worker.call("snippet:run", source, {})
    return {asked.number for asked in journal.of(records.REQUEST) if by_scene[asked.scene]}


def _share(
    found: Emissions, allowed: list[Allowed], lane: Lane, lowered: Callable[[float, float], float]
) -> float:
    """The least share of every ceiling under which the lane would still have stayed: 0 to 1 and
    more, to a hundredth. Of sound by 20 dB to the whole.
    """
    least, most = 0, 200
    while least < most:
        middle = (least + most) // 2
        tried = [
            Allowed(one.lane, one.from_us, one.to_us, lowered(one.ceiling, middle / 100), one.amber)
            for one in allowed
            if one.lane == lane
        ]
        above = [
            breach
            for breach in found.breaches(tried)
            if breach.lane == lane and breach.rule.startswith("above")
        ]
        least, most = (middle + 1, most) if above else (least, middle)
    return least / 100
