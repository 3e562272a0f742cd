"""First thing on power-up: why the puck started, which application slot runs, and in what mode.

It must never raise, whatever else is broken, for MicroPython would then run nothing at all: so
it knows nothing of the application but the button's pin. What it finds is `start`, which main.py
uses: both run in one namespace. It is no part of a slot, and does not change with an update.
"""

import io
import os
import sys
import time

import machine
import vfs
from esp32 import NVS

_SLOTS = ("a", "b")
_MOUNTED = "/application"  # where the files of a slot's archive appear
_MOST_BAD_STARTS = 3
_SPACE = "puck"  # of NVS
_MOST_CRASHES = 8  # that are kept, as much as fits a page of NVS (1,984 bytes)
_CRASH_BYTES = 240
_CAUSES = {
    machine.PWRON_RESET: "power on",
    machine.HARD_RESET: "reset",
    machine.WDT_RESET: "watchdog",
    machine.SOFT_RESET: "soft reset",
}


class Start:
    """This start of the puck.

    `cause`: why it started, in words. `slot`: what runs, "a", "b" or "frozen". `boots`: starts
    so far. `bad`: starts in a row, this one included, that have not gone well. `safe`: why it
    is in safe mode, or "". `develop`: the development switch, which leaves the watchdog off.
    `trial`: the slot that an update has brought and that is to prove itself, or "". `told`: what
    came of the trial before this start, or "".
    """

    def __init__(self):
        self.cause = _CAUSES.get(machine.reset_cause(), "unknown")
        self.develop = bool(_number("develop"))
        self.boots = _number("boots") + 1
        self.bad = _number("bad")
        self.safe = self.trial = self.told = ""
        on_trial = _number("trial")
        self.slot = _choose_slot(_trial("choose", self) if on_trial else _kept_slot())
        if self.trial not in ("", self.slot):
            _trial("settle", self, "it is broken")

    def count(self) -> None:
        """Take this start for a bad one, until `good`. A soft reset is somebody at the REPL."""
        if self.cause != "soft reset":
            self.bad += 1
        _set(boots=self.boots, bad=self.bad)
        if self.cause == "watchdog":
            self.record("watchdog: a task hung, or the button was held")

    def decide(self) -> None:
        """Whether this is to be safe mode. From there the next start tries the application."""
        if self.bad > _MOST_BAD_STARTS:
            self.safe = "%d bad starts" % _MOST_BAD_STARTS
            _set(bad=0)
        elif self.cause == "power on" and _despite(self.slot, _button_is_held):
            self.safe = "the button is held"

    def good(self) -> None:
        """All is well: the next start begins to count anew."""
        if self.bad:
            self.bad = 0
            _set(bad=0)
        if self.trial and not self.safe:
            _trial("prove", self)

    def failed(self, error) -> None:
        """Keep a record of what ended the firmware, and start anew. In development, and where not
        even safe mode runs, stay at the REPL.
        """
        try:
            self.record(_places(error))
        finally:  # even where memory is too short for a record
            if not (self.develop or self.safe):
                machine.reset()

    def record(self, what) -> None:
        """Keep a line about a crash: when it was since power-up, in which slot, and `what`."""
        when_s = time.ticks_ms() // 1000
        line = "boot %d, slot %s, after %d s: %s" % (self.boots, self.slot, when_s, what)
        lines = [line[:_CRASH_BYTES]] + self.crashes()
        _set(crashes="\n".join(lines[:_MOST_CRASHES]))

    def crashes(self) -> list:
        """The lines that were kept, the newest first."""
        blob = bytearray(_MOST_CRASHES * (_CRASH_BYTES + 1))
        try:
            length = NVS(_SPACE).get_blob("crashes", blob)
        except OSError:  # there has been none
            return []
        return bytes(blob[:length]).decode().split("\n")

    def switch(self, develop) -> None:
        """Turn the development switch; it counts from the next start on."""
        _set(develop=int(develop))


def _number(key, unset=0):
    try:
        return NVS(_SPACE).get_i32(key)
    except OSError:  # never set, or NVS is broken: it counts from here
        return unset


def _kept_slot():
    """As NVS has it, or where that was erased a file that trial.py has left."""
    return _number("slot", _is_there("/b/kept"))


def _set(**values):
    try:
        nvs = NVS(_SPACE)
        for key in values:
            put = nvs.set_blob if isinstance(values[key], str) else nvs.set_i32
            put(key, values[key])
        nvs.commit()
    except OSError as error:
        print("nvs: cannot be written (%s); starts are not counted, flash the puck anew" % error)


def _trial(action, *arguments):
    """What trial.py, which is forgotten again, says of an update on trial."""
    found = getattr(__import__("trial"), action)(*arguments)
    sys.modules.pop("trial", None)
    return found


def _choose_slot(first):
    """The slot of that number, if a whole application is there, or else the other."""
    first %= len(_SLOTS)
    for name in _SLOTS[first:] + _SLOTS[:first]:
        if _is_there("/%s/manifest.json" % name):
            folder = _despite(name, _application, "/" + name)
            if folder:
                sys.path[:] = [folder, folder + "/lib"] + sys.path
                return name
    return "frozen"


def _application(slot):
    """The folder to import a slot's application from: its archive, mounted, or the slot itself if
    the files lie loose in it.
    """
    path = slot + "/application.archive"
    if not _is_there(path) and _is_there(slot + "/firmware"):
        return slot
    from archive import Archive

    vfs.mount(Archive(path), _MOUNTED, readonly=True)
    return _MOUNTED


def _is_there(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _despite(slot, action, *arguments):
    """`action(*arguments)`, which uses what lies in a slot; None if that is broken, which must not
    keep us from the other slot, nor from safe mode.
    """
    try:
        return action(*arguments)
    except Exception as error:
        print("boot: slot %s is broken (%s); flash the puck anew" % (slot, error))


def _button_is_held():
    from hw import pins

    pull = None if pins.BUTTON in pins.EXTERNAL_PULL_UPS else machine.Pin.PULL_UP
    return not machine.Pin(pins.BUTTON, machine.Pin.IN, pull).value()


def _mind_watchdog():
    """A soft reset ends the timer that feeds the watchdog, and there may be no main.py after it."""
    from watchdog import Watchdog

    from hw import pins

    watchdog = Watchdog(pins.WATCHDOG_TIMER)
    watchdog.start()
    watchdog.leave()


def _places(error):
    """The error's kind and the lines of code that led to it, without its words: they may be
    about a person.
    """
    text = io.StringIO()
    sys.print_exception(error, text)
    print(text.getvalue())
    lines = [line for line in text.getvalue().split("\n") if line.startswith("  File ")]
    places = [line.split('"')[1] + ":" + line.split(" line ")[1].split(",")[0] for line in lines]
    return type(error).__name__ + " at " + " < ".join(reversed(places))


def _words(start):
    words = "boot %d: %s; slot %s" % (start.boots, start.cause, start.slot)
    if start.safe:
        words += "; safe mode: " + start.safe
    if start.trial or start.told:
        words += "; update " + (start.told or "on trial")
    return words + "; watchdog off" if start.develop else words


start = Start()
start.count()
start.decide()
print(_words(start))
if start.cause == "soft reset" and not start.develop:
    _despite(start.slot, _mind_watchdog)
