"""A night as two tables (RFC 4180): an epoch a row, and what happened.

Cells of what is not known are empty. It must never leave out an epoch, known or not.
"""

import csv
import io
from collections.abc import Iterable

from sleepsync.export import happened, signals
from sleepsync.export.taken import Taken
from sleepsync.night import Score
from sleepsync.paths import records

_COLUMNS = [signal for signal in signals.EPOCH if signal.name]
_SCORE = ("stage", "p_wake", "p_light", "p_deep", "p_rem", "p_asleep")
_SCORES = ("morning", "live")
EPOCHS, EVENTS = "-epochs.csv", "-events.csv"


def made(taken: Taken) -> dict[str, bytes]:
    """{"-epochs.csv": ..., "-events.csv": ...}."""
    return {EPOCHS: _written(_epochs(taken)), EVENTS: _written(_events(taken))}


def _epochs(taken: Taken) -> Iterable[list]:
    night = taken.night
    scores = [f"{name}_{score}" for score in _SCORES for name in _SCORE]
    yield ["epoch", "t_s", "time", *(one.name for one in _COLUMNS), "flags_in_words", *scores]
    epochs = {epoch.index: epoch for epoch in night.epochs}
    told = [{score.index: score for score in row} for row in (night.morning, night.scores)]
    for index in range(taken.epochs):
        t_s = index * records.EPOCH_S
        measured = _measured(epochs.get(index))
        scored = [cell for row in told for cell in _scored(row.get(index))]
        yield [index, t_s, taken.when(t_s), *measured, *scored]


def _measured(epoch) -> list[str]:
    if epoch is None:
        return [""] * len(_COLUMNS) + ["no epoch"]
    cells = [one.written(one.value(epoch)) for one in _COLUMNS]
    return [*cells, signals.flag_words(epoch.flags)]


def _scored(score: Score | None) -> list[str]:
    if score is None:
        return [""] * len(_SCORE)
    stage = records.STAGES[score.stage]
    if score.stage in (records.UNKNOWN, records.NOT_WORN):
        return [stage, *[""] * (len(_SCORE) - 1)]
    return [stage, *(f"{one / 255:.4f}" for one in signals.probabilities(score))]


def _events(taken: Taken) -> Iterable[list]:
    yield ["t_s", "time", "lasts_s", "kind", "what", "who", "why"]
    for one in happened.of_night(taken):
        t_s, span_s = one.t_ms / 1000, one.span_ms / 1000
        when = "" if one.kind == "note" else taken.when(t_s)
        yield [f"{t_s:.3f}", when, f"{span_s:.3f}", one.kind, one.what, one.who, one.why]


def _written(rows: Iterable[list]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()
