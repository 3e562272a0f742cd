"""Reads a night's journal with the firmware's own code, for the desktop.

Scores it again, too: whoever doubts a score can compare; and scores the whole night, as
the puck does in the morning. It must never mend what it reads.
"""

from firmware import records
from firmware.keep import journal
from firmware.stages.live import RULES, LiveScore
from firmware.stages.morning import MorningScore, summarise


def read(path: str) -> dict:
    """All records of a journal in order, its damage, the same night scored again, its figures.

    `rows`: (type, fields) of each record, and of each score in a run; `broken_seals`: how many
    links of the chain do not hold; `rescored`: what the rules numbered `rules` make of these
    epochs; `morning`: the scores of the whole night. The summaries are of the live score as it
    was written, and of the morning's.
    """
    with open(path, "rb") as file:
        parsed = list(journal.parse((file.read(),)))
    rows = [(kind.type, row) for kind, record in parsed if kind for row in kind.rows(record)]
    epochs = [fields for kind, fields in rows if kind == records.EPOCH.type]
    morning = whole_night(epochs)
    return {
        "rows": rows,
        "damaged_bytes": sum([len(record) for kind, record in parsed if not kind]),
        "broken_seals": journal.broken_seals(parsed),
        "rules": RULES,
        "rescored": rescore(epochs),
        "morning": morning,
        "live_summary": summarise(
            stages([fields for kind, fields in rows if kind == records.SCORE.type])
        ),
        "summary": summarise(stages(morning)),
    }


def whole_night(epochs) -> list:
    """The morning's scores of these epochs."""
    score = MorningScore()
    for epoch in epochs:
        score.add(epoch)
    return list(score.scores())


def rescore(epochs) -> list:
    """The live scores that the firmware gives to these epochs, the end of the night included."""
    live = LiveScore()
    scores = []
    for epoch in epochs:
        scores += live.step(epoch)
    return scores + live.finish()


def stages(scores) -> bytes:
    """The stage of each epoch from the night's start; epochs without score are unknown."""
    row = bytearray(scores[-1].index + 1 if scores else 0)
    for score in scores:
        row[score.index] = score.stage
    return bytes(row)
