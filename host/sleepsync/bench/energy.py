"""What each mode of a puck draws, by short runs of the simulated one, and how long a cell lasts.

`python -m sleepsync.bench.energy` prints the tables of hw/power.md's last section.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sleepsync.bench.figure import Figure
from sleepsync.emitted import Emissions, measure
from sleepsync.hardware import load_plan
from sleepsync.hardware.energy import Duty, Range, at_5v_ma, hours
from sleepsync.simulate import run_night
from sleepsync.world import generate

_SEED = 1
_US_PER_S = 1e6
_FULL_DRIVE = 127


@dataclass(frozen=True)
class Mode:
    """A stretch of a short night, from `from_s` on. `lines`, `presses`: typed and pressed, to begin
    it. `missing`: parts that are not there.
    """

    name: str
    words: str
    lines: tuple[str, ...] = ()
    presses: tuple[str, ...] = ()
    missing: str = ""
    radio: str = ""
    from_s: float = 60.0
    hours: float = 0.15


_NO_POD = "pulse,motion"
_EVENING = (
    "20:import puck",
    "25:puck.allow('wind-down', 7)",
    "50:puck.evening('wind-down')",
)
_MUSIC = (*_EVENING[:2], "50:puck.evening('music')")
_CONSENT = ("32:6500",)
_LAMP = ("40:import puck", "50:puck.ask('lamp')")
_NAP = ("20:import puck", "30:puck.nap(1)")
MODES = (
    Mode("sensing", "a night: pod, room, dark and silent"),
    Mode("advertising", "the same, the radio calling once a second", radio="advert"),
    Mode("connected", "the same, a phone connected", radio="events"),
    Mode("without_pod", "a night without pod and radio", missing=_NO_POD),
    Mode("evening", "the evening's light and sound, with the pod", _EVENING, _CONSENT),
    Mode("organic_evening", "the same without pod and radio", _EVENING, _CONSENT, _NO_POD),
    Mode("music", "music, without pod and radio", _MUSIC, _CONSENT, _NO_POD),
    Mode("lamp", "the lamp, without pod and radio", _LAMP, (), _NO_POD),
    Mode("alarm", "an alarm that nobody ends", _NAP, from_s=100.0),
)


def figures() -> Iterator[Figure]:
    """The hours of each mode: usual, and the least."""
    for mode in MODES:
        told = hours(duty(mode), load_plan())
        yield Figure(f"faults.hours_on_3000mah.{mode.name}", told.usual, "h")
        yield Figure(f"faults.hours_on_3000mah_at_least.{mode.name}", told.low, "h")


def duty(mode: Mode) -> Duty:
    """What a mode charges, from a run of the whole firmware in the VM."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        options: dict = {"type": list(mode.lines), "press": list(mode.presses)}
        if mode.missing:
            options["missing"] = mode.missing
        figures = run_night(generate(_SEED, mode.hours), folder, **options)
        world = json.loads((folder / "world.json").read_text())
        emitted = measure(folder / "emitted", world["chips"]["speaker"]["pillow_cdb"])
    until_us = mode.hours * 3600 * _US_PER_S
    found = _means(emitted, mode.from_s * _US_PER_S, until_us)
    busy = sum(figures["charged_us"].values()) / figures["lasted_us"]
    return replace(found, busy=busy, has_pod=not mode.missing, radio=mode.radio)


def _means(emitted: Emissions, from_us: float, until_us: float) -> Duty:
    light, sound, touch = emitted.light, emitted.sound, emitted.touch
    span_us = until_us - from_us
    inside = (sound.heard.us >= from_us) & (sound.heard.us < until_us)
    return Duty(
        busy=0.0,
        ring_ma=staircase_mean(light.us, light.ring_ma, from_us, until_us),
        amplifier_ma=float(sound.amplifier_ma[inside].sum()) * 1000 / span_us,
        haptic=staircase_mean(touch.us, touch.drive / _FULL_DRIVE, from_us, until_us),
    )


def staircase_mean(us: np.ndarray, values: np.ndarray, from_us: float, until_us: float) -> float:
    """The mean of values that hold from each of `us` on, 0 before the first."""
    inside = us[(us > from_us) & (us < until_us)]
    edges = np.concatenate(([from_us], inside, [until_us]))
    held = np.concatenate(([0.0], values))[np.searchsorted(us, edges[:-1], side="right")]
    return float(np.sum(held * np.diff(edges)) / (until_us - from_us))


def table(found: dict[str, Duty]) -> str:
    """The modes' rows for hw/power.md."""
    head = ("mode", "CPU busy", "ring", "amplifier", "from 5 V", "hours")
    rows = [row(mode, found[mode.name]) for mode in MODES]
    return "\n".join([f"| {' | '.join(head)} |", "| --- " * len(head) + "|", *rows])


def row(mode: Mode, of: Duty) -> str:
    """One of them."""
    plan = load_plan()
    return (
        f"| {mode.words} | {100 * of.busy:.1f} % | {of.ring_ma:.0f} mA | {of.amplifier_ma:.0f} mA "
        f"| {_told(at_5v_ma(of, plan))} mA | {_told(hours(of, plan))} |"
    )


def _told(of: Range) -> str:
    """`60 (40 to 95)`, `1.9 (1.1 to 3.1)`."""
    places = 1 if of.usual < 10 else 0
    usual, low, high = (f"{value:.{places}f}" for value in (of.usual, of.low, of.high))
    return f"{usual} ({low} to {high})"


def main() -> None:
    """Measure all modes, and print their rows."""
    print(table({mode.name: duty(mode) for mode in MODES}))


if __name__ == "__main__":
    main()
