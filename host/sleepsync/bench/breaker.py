"""How long the off switch takes: the whole puck at work, switched off by double presses.

A time begins when the gesture can be no other, the second press having been down, free of bounce,
for the time in which the firmware lets it settle; it ends when the ring's supply, the amplifier's
SD_MODE and the haptic driver's EN are low, all three. While the flash is at work nothing can run,
on the chip as here: a press that falls into it counts from its end.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sleepsync.simulate import run_puck
from sleepsync.world import generate, write_world

PRESSES = 10_000
LIMIT_MS = 20.0
SETTLE_US = 20_000  # lib/button.py
_POLL_US = 6_000  # by then somebody has looked at the button, if nothing held him
_LOOK_US = 12_000  # and so long after it could be sure somebody looks again, whatever else he does
_A_NIGHT = 400  # presses
_HOURS_A_PRESS = 2.5 / 3600
_COLLECTION_US = 20_000  # hw/sim/collector.py
_DOUBLE = np.dtype([("first_us", "<u8"), ("fell_us", "<u8"), ("is_off", "u1")])
_LINES = np.dtype([("us", "<u8"), ("levels", "u1")])
_HELD = np.dtype([("from_us", "<u8"), ("to_us", "<u8")])


@dataclass(frozen=True)
class Press:
    """`ms`: until all was dark, infinite if the flash hid so much of it that the gesture was none;
    `acting`: lines that were high; `in_flash`: it fell into an operation of the flash; `collected`:
    a collection came between.
    """

    ms: float
    acting: int
    in_flash: bool
    collected: bool


class NotRecognised(Exception):
    """A double press did not open the breaker, and no flash was at work: the message says when."""


def breaker_times(count: int, seed: int) -> list[float]:
    """How many ms each of `count` double presses took, in nights by `seed` and up.

    NotRecognised if one of them did nothing.
    """
    return [press.ms for press in presses(count, seed) if press.ms < np.inf][:count]


def presses(count: int, seed: int) -> list[Press]:
    """At least `count` double presses of a puck at which something acts, likewise."""
    found: list[Press] = []
    left = count
    while left > 0:
        found += _night(min(_A_NIGHT, left + 20), seed)
        left = count - sum(press.ms < np.inf for press in found)
        seed += 1
    return found


def _night(count, seed) -> Iterator[Press]:
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        run_doubles(Path(name), count, seed)
        yield from measured(Path(name))


def run_doubles(folder: Path, count: int, seed: int) -> None:
    """A short night in `folder`, of the puck there or a new one, with `count` double presses."""
    write_world(generate(seed, count * _HOURS_A_PRESS + 0.02), folder)
    (folder / "doubles.json").write_text(json.dumps({"count": count, "seed": seed}))
    run_puck(folder, taps="breaker,doubles")


def measured(folder: Path) -> Iterator[Press]:
    """The presses of a night that was run with the taps `breaker` and `doubles`."""
    lines = np.fromfile(folder / "lines.bin", _LINES)
    flash, collections = _held(folder / "held.bin")
    for first_us, fell_us, is_off in np.fromfile(folder / "doubles.bin", _DOUBLE).tolist():
        at = int(np.searchsorted(lines["us"], fell_us, "right")) - 1
        acting = int(lines["levels"][at]).bit_count() if at >= 0 else 0
        if not is_off:
            if not _overlap(flash, first_us, fell_us + SETTLE_US + _LOOK_US):
                raise NotRecognised(f"{folder}: the double press at {first_us / 1e6:.3f} s")
            yield Press(np.inf, acting, True, False)
        elif acting:
            dark_us = int(lines["us"][at + int(np.argmin(lines["levels"][at:] != 0))])
            us, in_flash = _begins(fell_us, [span for span in flash if span[0] < dark_us])
            collected = _overlap(collections, us, dark_us)
            yield Press(max(0, dark_us - us) / 1000, acting, in_flash, collected)


def _overlap(spans, from_us, to_us):
    return any(a < to_us and from_us < b for a, b in spans)


def _held(path):
    """(spans of the flash at work, joined where nothing runs between; of collections)."""
    rows = [(int(a), int(b)) for a, b in np.fromfile(path, _HELD)]
    collections = [(a, b) for a, b in rows if b - a == _COLLECTION_US]
    flash: list[tuple[int, int]] = []
    for a, b in rows:
        if b - a == _COLLECTION_US:
            continue
        if flash and a <= flash[-1][1]:
            flash[-1] = flash[-1][0], b
        else:
            flash.append((a, b))
    return flash, collections


def _begins(fell_us, flash):
    """(from when a press counts whose last bounce was at `fell_us`, whether the flash held it)."""
    for a, b in flash:
        if a <= fell_us + _POLL_US and fell_us < b:  # nobody could see it before
            return b + SETTLE_US, True
        if fell_us < a <= fell_us + SETTLE_US + _LOOK_US and fell_us + SETTLE_US < b:
            return b, True
    return fell_us + SETTLE_US, False
