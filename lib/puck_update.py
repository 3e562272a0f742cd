"""The word about updates: what runs, whether another may begin, what came of the last.

Loaded when somebody asks. `sleepsync update` reads it, too. It must never change anything.
"""

from puck_lines import line


def lines(start, puck):  # noqa: ANN201 (MicroPython has no typing)
    """`start`: boot.py's; `puck`: what runs, or None. Lines to print."""
    slots = __import__("firmware.update.slots", None, None, ("",))
    try:
        told = slots.Slots(start, puck).state()
    except ValueError as error:
        yield "not now: %s" % error
        return
    yield line("runs", "SleepSync %s, slot %s" % (told["version"], told["slot"]))
    yield line("last update", told["told"] or ("on trial" if told["trial"] else "none"))
    why = "an update is on trial" if told["trial"] else told["not_now"]
    yield "not now: %s" % why if why else "an update may begin"
