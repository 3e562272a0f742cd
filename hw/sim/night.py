"""Runs boot.py and main.py on the simulated puck until the night, or the puck, ends.

    micropython night.py FOLDER [key=value ...]

Lines that begin with `@` are for the desktop: progress, and how it ended. What the
firmware prints stands between them as it would in a terminal.
"""

import sys

import collector
import scheduler

collector.install()
scheduler.install()

import json
from select import poll

from chips.norflash import PowerCut
from clock import clock
from device import Puck
from machine import ResetRequest

_PROGRESS_STEPS = 200


class Night:
    """What happens to the puck from outside, by the clock."""

    def __init__(self, puck, options):
        self._puck = puck
        self._step_us = puck.left_us // _PROGRESS_STEPS
        self.steps = 0
        clock.at(self._step_us, self._progress)
        clock.at(puck.left_us, self._interrupt)
        if "reset_us" in options:
            clock.at(int(options["reset_us"]), self._reset)
        puck.flash.cut_at = int(options.get("cut_at", 0))

    def _progress(self):
        self.steps += 1
        print("@progress", self.steps / _PROGRESS_STEPS)
        if self.steps < _PROGRESS_STEPS:
            clock.at((self.steps + 1) * self._step_us, self._progress)

    def _interrupt(self):
        """The sleeper gets up and ends the night, as Ctrl-C does at the REPL."""
        clock.schedule_own(_raise_interrupt, None)

    def _reset(self):
        raise ResetRequest


def _plan_accidents(parts, options):
    """The faults and presses that are asked for. ValueError if there is no such thing."""
    for name, kind, *span_s in _rows(options.get("fault", "")):
        parts.harm(name, kind, *[int(second) * 1000000 for second in span_s])
    for at_s, held_ms in _rows(options.get("press", "")):
        parts.press(int(at_s) * 1000000, int(held_ms) * 1000)


def _rows(option):
    """Rows separated by commas, fields by colons."""
    return [row.split(":") for row in option.split(",") if row]


def _raise_interrupt(_):
    raise KeyboardInterrupt


def _run_firmware():
    """How it ended: "stopped", "reset" or "cut"."""
    try:
        for name in ("boot", "main"):
            __import__(name)
    except ResetRequest:
        return "reset"
    except PowerCut:
        return "cut"
    return "stopped"


def _figures(puck, ended):
    return {
        "ended": ended,
        "lasted_us": clock.us,
        "idle_us": clock.idle_us,
        "charged_us": clock.charged_us,
        "wakes": poll.wakes,
        "dropped": clock.dropped,
        "flash_operations": puck.flash.operations,
        "flash_programmed_bytes": puck.flash.programmed_bytes,
        "flash_erases": sum(puck.flash.erases),
    }


def _together(options):
    """{key: value} of key=value; the values of a key that comes again follow after a comma."""
    found = {}
    for option in options:
        key, value = option.split("=", 1)
        found[key] = found[key] + "," + value if key in found else value
    return found


def main(folder: str, *options) -> None:
    """Run the puck in `folder`. Options: start_us, lost_time, missing (device.py), reset_us,
    cut_at (an operation of the flash), taps (taps.py), fault (part:kind[:from_s[:to_s]],
    faults.py), press (at_s:held_ms); the last two several times, or with a comma.
    """
    options = _together(options)
    puck = Puck(
        folder,
        int(options.get("start_us", 0)),
        options.get("lost_time") == "1",
        options.get("missing", "").split(","),
    )
    Night(puck, options)
    try:
        _plan_accidents(puck.parts, options)
    except (TypeError, ValueError) as error:
        print("@refused", error)
        return
    if "taps" in options:
        import taps

        taps.install(folder, options["taps"])
    ended = _run_firmware()
    puck.keep()
    print("@end", json.dumps(_figures(puck, ended)))


main(*sys.argv[1:])
