"""Lets the simulated puck start from its flash, until the night, or the puck, ends.

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

import startup
import taps
from chips.norflash import PowerCut
from clock import clock
from device import Puck
from machine import ResetRequest
from table import table
from typist import Typist, seat

_PROGRESS_STEPS = 200


class Night:
    """What happens to the puck from outside, by the clock."""

    def __init__(self, puck, options):
        self._puck = puck
        left_us = puck.left_us
        if "until_us" in options:
            left_us = min(left_us, int(options["until_us"]) - int(options.get("start_us", 0)))
        self._step_us = left_us // _PROGRESS_STEPS
        self.steps = 0
        clock.at(self._step_us, self._progress)
        clock.at(left_us, self._interrupt)
        if "reset_us" in options:
            clock.at(int(options["reset_us"]), _reset)
        puck.flash.cut_at = int(options.get("cut_at", 0))

    def _progress(self):
        self.steps += 1
        print("@progress", self.steps / _PROGRESS_STEPS)
        if self.steps < _PROGRESS_STEPS:
            clock.at((self.steps + 1) * self._step_us, self._progress)

    def _interrupt(self):
        """The sleeper gets up and ends the night, as Ctrl-C does at the REPL."""
        clock.schedule_own(_raise_interrupt, None)


class AskedReset(ResetRequest):
    """The reset that the options ask for, and nobody on the puck."""


def _reset():
    raise AskedReset


def _plan_accidents(parts, options, start_us):
    """The faults and presses that are asked for, as far as they are to come. ValueError if there
    is no such thing.
    """
    for name, kind, *span_s in _rows(options.get("fault", "")):
        span_us = [max(0, int(second) * 1000000 - start_us) for second in span_s]
        is_over = len(span_s) == 2 and int(span_s[1]) and not span_us[1]
        if not is_over:
            parts.harm(name, kind, *span_us)
    for at_s, held_ms in _rows(options.get("press", "")):
        at_us = round(float(at_s) * 1000) * 1000 - start_us
        held_us = int(held_ms) * 1000 + min(0, at_us)
        if held_us > 0:
            parts.press(max(0, at_us), held_us)


def _plan_typing(lines, start_us):
    """Somebody types what is to come of `lines`, at_s:line each. ValueError if one is not that."""
    to_come = []
    for line in lines:
        at_s, colon, text = line.partition(":")
        if not colon:
            raise ValueError("what is typed is at_s:line")
        us = int(at_s) * 1000000 - start_us
        if us >= 0:
            to_come.append((us, text))
    if to_come:
        seat(Typist(to_come))


def _rows(option):
    """Rows separated by commas, fields by colons."""
    return [row.split(":") for row in option.split(",") if row]


def _raise_interrupt(_):
    raise KeyboardInterrupt


def _run_firmware(folder, tapped):
    """(how it ended: "stopped", "reset" as asked, "restart" by the puck itself, "cut" or
    "corrupt"; the cause of the next start, as `machine.reset_cause` has it).
    """
    try:
        error = startup.start_up(folder, globals(), tap=lambda: taps.install(folder, tapped))
    except startup.Corrupt as error:
        print(error)
        return "corrupt", 0
    except AskedReset:
        return "reset", 0
    except ResetRequest as request:
        return "restart", request.args[0]
    except PowerCut:
        return "cut", 0
    if error:
        raise error
    return "stopped", 0


def _figures(puck, ended, cause):
    return {
        "ended": ended,
        "cause": cause,
        "lasted_us": clock.us,
        "idle_us": clock.idle_us,
        "charged_us": clock.charged_us,
        "wakes": poll.wakes,
        "dropped": clock.dropped,
        "underruns": puck.parts.amplifier.underruns,
        "flash_operations": puck.flash.operations,
        "flash_programmed_bytes": puck.flash.programmed_bytes,
        "flash_erases": sum(puck.flash.erases),
    }


def _together(options):
    """{key: value} of key=value; the values of a key that comes again follow after a comma. What
    is typed may hold commas, and is a list.
    """
    found = {"type": []}
    for option in options:
        key, value = option.split("=", 1)
        if key == "type":
            found[key].append(value)
            continue
        found[key] = found[key] + "," + value if key in found else value
    return found


def main(folder: str, *options) -> None:
    """Run the puck in `folder`. Options: start_us, lost_time, missing (device.py), cause (of
    machine.reset_cause), until_us (of the world), reset_us, cut_at (an operation of the flash),
    taps (taps.py), fault (part:kind[:from_s[:to_s]], faults.py), press (at_s:held_ms), type
    (at_s:line); the last three several times, all but lines also with a comma, and in seconds of
    the world.
    """
    options = _together(options)
    start_us = int(options.get("start_us", 0))
    table.reset_cause = int(options.get("cause", table.reset_cause))
    puck = Puck(
        folder,
        start_us,
        options.get("lost_time") == "1",
        options.get("missing", "").split(","),
    )
    Night(puck, options)
    try:
        _plan_accidents(puck.parts, options, start_us)
        _plan_typing(options["type"], start_us)
    except (TypeError, ValueError) as error:
        print("@refused", error)
        return
    tapped = [name for name in options.get("taps", "").split(",") if name]
    taps.at_power_up(folder, tapped)
    ended, cause = _run_firmware(folder, tapped)
    figures = _figures(puck, ended, cause)
    if ended != "stopped":
        puck.lose_power()
    puck.keep()
    print("@end", json.dumps(figures))


main(*sys.argv[1:])
