"""A night of the soak as it is planned: who sleeps, what happens to the puck, what it must do.

Times are seconds of the night's world. It must never hold what a puck did.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sleepsync.bench.given_off import LIGHT, SOUND, TOUCH
from sleepsync.bench.soak_faults import Fault
from sleepsync.simulate import BOOT_US
from sleepsync.world import Sleeper, from_library, generate

BOOT_S = BOOT_US / 1e6


@dataclass(frozen=True)
class Leg:
    """The puck runs until `until_s`; then it is away for `away_s`, as after a reset, or without
    power (`cut`), and without the time if `lost`.
    """

    until_s: float
    away_s: float = BOOT_S
    cut: bool = False
    lost: bool = False

    @property
    def back_s(self) -> float:
        """When it is back."""
        return self.until_s + self.away_s


@dataclass(frozen=True)
class Due:
    """A ring that must begin within `spare_s` of `at_s`, and go on until a hand ends it at `to_s`.
    Each of `lanes` is at work then. `is_first`: no snooze before it.
    """

    at_s: float
    spare_s: float
    to_s: float
    lanes: tuple = (LIGHT, SOUND, TOUCH)
    is_first: bool = True


@dataclass(frozen=True)
class Plan:
    """Night `number`: who sleeps from `start` on for `hours`, and what happens meanwhile.

    `lines`, `presses`: (second, what). `unplugged`: without power before. `legs`: all but the
    last. `dues` in order.
    """

    number: int
    who: str
    hours: float
    start: datetime
    unplugged: bool
    lines: tuple = ()
    presses: tuple = ()
    faults: tuple[Fault, ...] = ()
    legs: tuple[Leg, ...] = ()
    dues: tuple[Due, ...] = ()
    kinds: tuple[str, ...] = ()

    @property
    def length_s(self) -> float:
        """Of the world."""
        return self.hours * 3600

    def sleeper(self) -> Sleeper:
        """Who sleeps, at the night's date."""
        seed = 1000 + self.number
        if self.who == "generated":
            sleeper = generate(seed, self.hours)
        else:
            sleeper = from_library(self.who, seed, self.hours)
        return replace(sleeper, start=self.start)

    def __str__(self) -> str:
        words = f"night {self.number}: {self.who}, {self.hours} h from {self.start:%Y-%m-%d %H:%M}"
        return ", ".join([words, *self.kinds])
