"""The words about nights that are kept: an epoch, the night once more, its morning.

Loaded when somebody asks. Each is a generator of lines to print and of pauses, in which others have
a turn. `app` is firmware/app.py.
"""

from micropython import const
from puck_night import Rescored, of_epoch, of_replay, of_summary

_SLICE_RECORDS = const(16)  # some 30 ms of the chip's time, of the 640 that a FIFO holds


def epoch(app, index: int):  # noqa: ANN201 (MicroPython has no typing)
    """An epoch of the last night by its index, or, below 0, from its end."""
    night, records = app.last_night(), app.records
    found = (yield from _last(night, records.EPOCH, -index)) if index < 0 else None
    if index >= 0:
        found = yield from _first(night, records.EPOCH, index)
    if not found:
        yield "no such epoch"
        return
    begun = yield from _first(night, records.NIGHT)
    score = yield from _first(night, records.SCORE, found.index)
    yield from of_epoch(found, score, begun.start_s if begun else 0, records)


def _first(night, layout, index=None):
    """The first record of a layout, with that index if it is given; None if there is none."""
    for kind, record in _sliced(night):
        if record is None:
            yield 0
        elif kind is layout:
            for fields in kind.rows(record):
                if index is None or fields.index == index:
                    return fields
    return None


def _last(night, layout, n):
    """The n-th last record of a layout, or None."""
    kept = []
    for kind, record in _sliced(night):
        if record is None:
            yield 0
        elif kind is layout:
            kept.append(record)
            del kept[:-n]
    return layout.unpack(kept[0]) if len(kept) == n else None


def _sliced(night):
    """(layout, record) of a journal, and now and then (None, None), when others may have a turn."""
    if not night:
        return
    for i, found in enumerate(night.replay()):
        yield found
        if i % _SLICE_RECORDS == 0:
            yield None, None


def replay(app):  # noqa: ANN201 (the same)
    """The last night, scored again and compared."""
    night = app.last_night()
    if not night:
        yield "no night is kept"
        return
    again, seals, damaged = Rescored(app.records, app.LiveScore()), app.journal.Seals(), 0
    for kind, record in _sliced(night):
        if record is None:
            yield 0
            continue
        damaged += 0 if kind else len(record)
        seals.look(kind, record)
        again.look(kind, record)
    again.close()
    yield from of_replay(night.night, again, seals, damaged)


def morning(app):  # noqa: ANN201 (the same)
    """The last night, scored as a whole."""
    night = app.last_night()
    if not night:
        yield "no night is kept"
        return
    score, summarise = app.morning()
    for kind, record in _sliced(night):
        if kind is app.records.EPOCH:
            score.add(kind.unpack(record))
    stages = bytes([said.stage for said in score.scores()])
    yield from of_summary(night.night, summarise(stages))
