"""The words about leaving: what will be erased, that it is erased, and how a puck comes back.

Loaded when somebody asks. Each is a generator of lines to print. `parting` is firmware/parting.py.
It must never erase anything before the word for it was typed.
"""

ERASE = "erase"
_LISTENED_MS = 200  # until what was printed has left the serial port
_WHAT = (
    "Everything personal on this puck would be erased, for good:",
    "  nights, clips, settings, alarms, consents, paired phones, records of crashes.",
    "Take your nights first: `sleepsync dismantle` at a desktop copies them, and does the rest.",
    "Then the puck is a plain lamp and music box. To do it, type puck.dismantle('erase').",
)
_BEGUN = (
    "It begins now and takes some two minutes. A power cut only interrupts it.",
    "Then make each phone forget, too: Bluetooth settings, SleepSync, Forget This Device.",
)


def dismantle(parting, word: str):  # noqa: ANN201 (MicroPython has no typing)
    """Say what would be erased; with the word for it, begin."""
    if word != ERASE:
        yield from _WHAT
        return
    yield from _BEGUN
    yield _LISTENED_MS
    parting.begin()


def begin_again(parting):  # noqa: ANN201 (the same)
    """From the next start on it is a puck."""
    try:
        parting.begin_again()
    except ValueError as error:
        yield str(error)
