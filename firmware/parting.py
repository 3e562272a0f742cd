"""Back to parts: a puck whose sleeper leaves it forgets everything, and says so.

Runs in the application's place from the moment that the flag is set (hw/erasing.py): it erases, a
power cut only makes it go on at the next start, then it reads everything back, and the puck is a
plain lamp. It must never begin by itself, and never say that something is gone unread.
"""

from micropython import const

from hw import erasing
from hw.essentials import Essentials

_TOLD_BLOCKS = const(64)


def begin() -> None:
    """Set the flag and start anew: there is no way back from here. OSError if it cannot be set."""
    erasing.mark(erasing.ERASING)
    erasing.restart()


def begin_again() -> None:
    """A plain lamp becomes a puck again. ValueError while it is still being erased."""
    if erasing.flag() != erasing.PLAIN:
        raise ValueError("this is no plain lamp; puck.dismantle() makes one of a puck")
    erasing.unmark()
    erasing.restart()


def run(start) -> None:
    """Erase what is left to be erased, or be the plain lamp. `start`: of boot.py."""
    if erasing.flag() == erasing.PLAIN:
        from firmware import plain

        plain.run(start)
        return
    watchdog = Essentials().watchdog  # everything is held off
    if not start.develop:
        watchdog.start()
    try:
        _erase(watchdog.feed)
        if _is_proven():
            erasing.mark(erasing.PLAIN)
            erasing.restart()
    finally:
        watchdog.leave()


def _erase(feed):
    print("parting: everything personal is being erased; a power cut only interrupts it")
    for label, number, count in erasing.erase():
        feed()
        if number % _TOLD_BLOCKS == 0:
            print("parting: erasing %s, block %d of %d" % (label, number, count))
    if not erasing.is_apart():
        print("parting: nights lie beside the application here; what they held is written over")
        erasing.fill(feed)


def _is_proven():
    """Read everything, and say what was found."""
    is_gone = erasing.is_memory_empty()
    print("parting: memory that outlives a reset: %s" % ("empty" if is_gone else "NOT EMPTY"))
    for label, count, blank, noughts in erasing.scan():
        worn = ", %d worn out and overwritten" % noughts if noughts else ""
        print("parting: %s: %d of %d blocks of 4 KiB are blank%s" % (label, blank, count, worn))
        is_gone = is_gone and blank + noughts == count
    if not is_gone:
        print("parting: NOT everything is gone; the next start tries again. If it stays so, the")
        print("parting: flash is broken: break the chip before you give it away")
    elif erasing.is_apart():
        print("parting: nothing personal is left; this is a plain lamp from now on")
    else:
        print("parting: deleted and written over, which cannot be proven on this partition table;")
        print("parting: `sleepsync flash --erase` erases the whole flash")
    return is_gone
