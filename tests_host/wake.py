"""A scenario of evening, night and waking, from the desktop. The moves run in wake_vm.py."""

from fight import Arena


class Bedroom(Arena):
    """A VM in which such scenarios run; `fight` gives their story."""

    _programs = ("fight_vm", "wake_vm")
