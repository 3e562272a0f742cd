"""The self-test: each part's identity, noise, verdict and remedy.

Where no firmware runs it starts the parts and stops them again. While the firmware runs it
takes no sample from it: it reads who a part is, and what its driver measured last. It must
never light, sound or shake anything: only the governor may, so such parts are not asked.
"""

from collections import namedtuple
from time import ticks_add, ticks_diff, ticks_ms

import selftest_parts as parts
from micropython import const
from registers import FEW_RETRIES

# `identity`, `seen` and `remedy` are words for people; `verdict` is one of VERDICTS.
Row = namedtuple("Row", ("part", "identity", "seen", "verdict", "remedy"))
VERDICTS = ("ok", "weak", "missing", "unasked")

LOOK_MS = const(100)  # a FIFO holds six times as much
SPAN_MS = const(6500)  # the firmware asks light and climate every 5 s


def rows(board, faults=None):  # noqa: ANN201 (MicroPython has no typing)
    """Test the parts of `board` (hw/board.py). Yields a number of ms that are to pass before the
    next step, again and again, and then a `Row` for each part and bus.

    `faults`: while the firmware runs, {part: why it misses it, or ""}; else None.
    """
    checks = parts.checks(board)
    try:
        for check in checks:
            _try(check, check.begin, faults)
        end_ms = ticks_add(ticks_ms(), SPAN_MS)
        while ticks_diff(end_ms, ticks_ms()) > 0:
            yield LOOK_MS
            for check in checks:
                _try(check, check.look, faults)
        for check in checks:
            yield _row(check, faults)
        yield from _others(board, checks)
    finally:
        if faults is None:
            _stop(checks)


def lines(row: Row):  # noqa: ANN201 (the same)
    """A row for people, its remedy on a line of its own."""
    yield "%-15s %-8s %-18s %s" % (row.part, row.verdict, row.identity, row.seen)
    if row.remedy:
        yield "%-15s -> %s" % ("", row.remedy)


def _try(check, step, faults):
    """A step of a part that has not failed yet."""
    if not check.error:
        try:
            step(faults is not None)
        except OSError as error:
            check.error = str(error)


def _stop(checks):
    for check in checks:
        try:
            check.stop()
        except OSError as error:
            check.error = str(error)


def _row(check, faults):
    error = check.error or (faults or {}).get(check.part, "")
    if error:
        return Row(check.part, "-", *_told(check.part, error))
    seen, remedy = check.judge()
    return Row(check.part, check.identity, seen, "weak" if remedy else "ok", remedy)


def _told(part, error):
    """(seen, verdict, remedy) of an error in the words of `Registers.error`."""
    seen, _, remedy = error.rpartition("; ")
    prefix = part + ": "
    if seen.startswith(prefix):
        seen = seen[len(prefix) :]
    return seen, "missing", remedy


def _others(board, checks):
    """What cannot be asked, and what the buses remember."""
    yield Row("ring", "-", "cannot be asked", "unasked", "look whether it lights when it should")
    yield Row("amplifier", "-", "cannot be asked", "unasked", "listen when it should sound")
    missing = [check.part for check in checks if check.error]
    for name, bus in board.buses:
        retries = [
            check.driver.regs.retries
            for check in checks
            if check.bus == name and check.part not in missing
        ]
        seen = "repeated %d transfers, freed %d times" % (sum(retries), bus.freed)
        weak = bus.freed or sum(retries) > FEW_RETRIES
        remedy = "look for a loose plug, and for long or bare wires" if weak else ""
        yield Row(name, "-", seen, "weak" if weak else "ok", remedy)
