"""Forged frames: a night that is cut, ended, spliced, or scored by another model."""

from collections.abc import Callable

from sleepsync.breaches.pages import Row, places
from sleepsync.breaches.strokes import Rows, event, first, put, quiet
from sleepsync.paths import records


def cut_at_a_seal(share: float) -> Callable[[Rows], Rows]:
    """The night is cut off, cleanly, behind a seal."""

    def forged(rows: Rows) -> Rows:
        seals = places(rows, lambda each: each.is_seal)
        return rows[: seals[int((len(seals) - 1) * share)] + 1]

    return forged


def cut_and_ended(rows: Rows) -> Rows:
    """The same, with an end put behind it."""
    seals = places(rows, lambda each: each.is_seal)
    at = seals[len(seals) // 2]
    return [*rows[:at], rows[-2], rows[-1]]


def last_seal_removed(rows: Rows) -> Rows:
    """What stands behind the last seal is not sealed."""
    return rows[:-1]


def everything_behind_the_end(rows: Rows) -> Rows:
    """The night goes on behind its end."""
    return [*rows, rows[-3], rows[-1]]


def night_twice(rows: Rows) -> Rows:
    """The whole night stands there twice."""
    return [*rows, *rows]


def started_again(rows: Rows) -> Rows:
    """A start where the puck did not start, to explain what is missing then."""
    at = first(rows, records.EMITTED, lambda one: one.why == 3)
    start = event(rows[at].one.t_ms, records.START, 1)
    return [*rows[:at], start, *rows[at + 1 :]]


def ended_early(rows: Rows) -> Rows:
    """A stop in the middle of the night."""
    at, t_ms = quiet(rows)
    return put(rows, at, event(t_ms, records.STOP, 0))


def batch_removed(rows: Rows) -> Rows:
    """A batch is gone, with its seal."""
    seals = places(rows, lambda each: each.is_seal)
    return [*rows[: seals[2] + 1], *rows[seals[3] + 1 :]]


def batches_swapped(rows: Rows) -> Rows:
    """Two batches stand in each other's place."""
    a, b, c = places(rows, lambda each: each.is_seal)[2:5]
    return [*rows[: a + 1], *rows[b + 1 : c + 1], *rows[a + 1 : b + 1], *rows[c + 1 :]]


def epochs_of_another_sleeper(rows: Rows) -> Rows:
    """An hour's epochs are another's: as if somebody else had slept there."""
    epochs = places(rows, lambda each: each.layout is records.EPOCH)
    calm = rows[epochs[0]].one
    swapped = {i: rows[i].but(counts=calm.counts, rate_dbpm=calm.rate_dbpm) for i in epochs[60:]}
    return [swapped.get(i, each) for i, each in enumerate(rows)]


def scores_of_another_model(rows: Rows) -> Rows:
    """Every score is a little surer than the rules' own."""
    return [
        Row(each.layout, tuple(one._replace(p_wake=one.p_wake ^ 1) for one in each.fields))
        if each.layout is records.SCORE
        else each
        for each in rows
    ]


def awake_all_night(rows: Rows) -> Rows:
    """Scores and requests alike say that the sleeper lay awake."""
    awake = []
    for each in rows:
        if each.layout is records.SCORE:
            scores = tuple(one._replace(stage=records.WAKE) for one in each.fields)
            each = Row(each.layout, scores)
        elif each.layout is records.REQUEST and each.one.stage:
            each = each.but(stage=records.WAKE)
        awake.append(each)
    return awake


KINDS = {
    "cut at the first seal": cut_at_a_seal(0),
    "cut at a seal in the middle": cut_at_a_seal(0.5),
    "cut before the last seal": cut_at_a_seal(0.99),
    "cut, and ended": cut_and_ended,
    "without the last seal": last_seal_removed,
    "going on behind its end": everything_behind_the_end,
    "twice the same night": night_twice,
    "a start that explains": started_again,
    "a stop in the middle": ended_early,
    "a batch removed": batch_removed,
    "two batches swapped": batches_swapped,
    "epochs of another sleeper": epochs_of_another_sleeper,
    "scores of another model": scores_of_another_model,
    "awake all night": awake_all_night,
}
