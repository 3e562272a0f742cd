"""Rich light and touch through the real lanes in the VM: what is emitted, beside what is wanted."""

from array import array
from dataclasses import dataclass
from tempfile import NamedTemporaryFile

import numpy as np
from acting import LIGHT, TOUCH
from sleepsync.emitted.breach import Breach
from sleepsync.emitted.eye import levels_lx
from sleepsync.emitted.felt import felt
from sleepsync.emitted.files import Emitted
from sleepsync.emitted.judged import light_breaches, touch_breaches
from sleepsync.emitted.lanes import Allowed, Lane
from sleepsync.emitted.limits import FIELD
from sleepsync.emitted.shown import shown

TICK_US = 40_000
PLACES = {
    "path": "Path",
    "iris": "Iris",
    "embers": "Embers",
    "stars": "Stars",
    "pattern": "Pattern",
    "ladder": "Ladder",
    "heartbeat": "Heartbeat",
}
FACTS = (12_345, 62, 847_000_000, 600)  # seed, rate_bpm, wall_s: in November 2026, length_s
MADE = """
from collections import namedtuple
Facts = namedtuple("Facts", "seed rate_bpm wall_s length_s")
made = getattr(__import__("firmware.bedside." + module, None, None, ("",)), name)
def renderer():
    return made(*numbers, Facts(*facts))
"""
WANTED_LIGHT = """
wanted, frame, it = bytearray(72 * len(ticks)), bytearray(72), renderer()
for i, tick in enumerate(ticks):
    it.frame(tick, frame)
    wanted[72 * i : 72 * i + 72] = frame
"""
WANTED_TOUCH = "it = renderer()\nwanted = [it.level(tick) for tick in ticks]\n"
RUN_LIGHT = """
lane.begin(renderer(), ceiling, amber, len(ticks), 10000000)
emitted, at = bytearray(72 * (len(ticks) + 3000)), 0
while lane.tick():
    emitted[at : at + 72] = lane.frame
    at += 72
with open(file, "wb") as told:  # as an answer, half an hour of frames would take minutes
    told.write(wanted)
    told.write(emitted[:at])
"""
RUN_TOUCH = """
lane.begin(renderer(), ceiling, len(ticks), 10000000)
result = [wanted, felt(lane, len(ticks))]
"""


def _given(module, numbers, ticks, facts=FACTS, **more):
    place = {"module": module, "name": PLACES[module], "numbers": numbers, "facts": facts}
    return {**place, "ticks": list(ticks), **more}


def frames(worker, module, numbers, ticks, facts=FACTS):
    """(ticks, 24, 3) counts that a renderer wants at `ticks`."""
    source = MADE + WANTED_LIGHT + "result = bytes(wanted)"
    return _counts(worker.call("snippet:run", source, _given(module, numbers, ticks, facts)))


def levels(worker, module, numbers, ticks, facts=FACTS):
    """(ticks,) levels that a renderer wants."""
    source = MADE + WANTED_TOUCH + "result = wanted"
    return np.array(worker.call("snippet:run", source, _given(module, numbers, ticks, facts)))


@dataclass(frozen=True)
class Shown:
    """Of an act of n ticks: frames (n, 24, 3) that were `wanted` and `emitted`, its closing ones
    left out; and what the judges say of all.
    """

    wanted: np.ndarray
    emitted: np.ndarray
    breaches: list[Breach]

    @property
    def lag_counts(self) -> np.ndarray:
        """(n,) the most that any light lags behind, in each tick."""
        return np.abs(self.wanted - self.emitted).max((1, 2))

    @property
    def lag_lx(self) -> np.ndarray:
        """(n,) of the ring."""
        return np.abs(levels_lx(self.wanted)[0] - levels_lx(self.emitted)[0])

    @property
    def emitted_lx(self) -> np.ndarray:
        """(n,) at the eye."""
        return levels_lx(self.emitted)[0]


def show(worker, module, numbers, ticks, ceiling_mlx=10_000, amber=False, facts=FACTS):
    """An act of light from dark on, until it is dark again."""
    given = _given(module, numbers, range(ticks), facts, ceiling=ceiling_mlx, amber=amber)
    with NamedTemporaryFile() as file:
        given["file"] = file.name
        worker.call("snippet:run", LIGHT + MADE + WANTED_LIGHT + RUN_LIGHT, given)
        told = _counts(file.read())
    wanted, emitted = told[:ticks], told[ticks:]
    until_us = len(emitted) * TICK_US
    allowed = [Allowed(Lane.LIGHT, 0, until_us, ceiling_mlx, amber)]
    light = shown(_light(emitted), until_us, FIELD)
    return Shown(wanted, emitted[:ticks], list(light_breaches(light, allowed, FIELD)))


def feel(worker, module, numbers, ticks, ceiling=127, facts=FACTS):
    """(levels wanted (n,), levels felt (n,), what the judges say)."""
    given = _given(module, numbers, range(ticks), facts, ceiling=ceiling)
    source = TOUCH + MADE + WANTED_TOUCH + RUN_TOUCH
    wanted, emitted = map(np.array, worker.call("snippet:run", source, given))
    until_us = ticks * TICK_US
    touch = felt(_touch(emitted), until_us)
    allowed = [Allowed(Lane.TOUCH, 0, until_us, ceiling)]
    return wanted, emitted, list(touch_breaches(touch, allowed, FIELD))


def _counts(data):
    return np.frombuffer(data, np.uint8).reshape(-1, 24, 3).astype(int)


_NONE = np.empty(0, np.int64)


def _light(counts):
    us = np.arange(len(counts)) * TICK_US
    return Emitted(us, counts.astype(np.uint8), _NONE, _NONE, _NONE, _NONE, _NONE)


def _touch(drive):
    us = np.arange(len(drive)) * TICK_US
    return Emitted(_NONE, np.empty((0, 24, 3), np.uint8), _NONE, _NONE, _NONE, us, drive)


def paint(worker, colour, firsts, lasts, place):
    """(24, 3) counts as the kernel makes them."""
    _, (out, *_) = worker.call_in_place(
        "firmware.bedside.ring_kernels:paint",
        array("B", bytes(72)),
        array("H", colour),
        array("H", firsts),
        array("H", lasts),
        place,
    )
    return np.array(list(out)).reshape(24, 3)
