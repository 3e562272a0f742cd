"""Reads a night's journal with the firmware's own code, for the desktop.

Scores it again, too: whoever doubts a score can compare. It must never mend what
it reads.
"""

from firmware import records
from firmware.keep import journal
from firmware.stages.live import RULES, LiveScore
from firmware.stages.summary import summarise


def read(path: str) -> dict:
    """All records of a journal, its damage, the same night scored again, its figures.

    `damage`: stretches of bytes that are no record; `broken_links`: offsets of seals
    that do not follow; `rescored`: what these rules make of these epochs.
    """
    with open(path, "rb") as file:
        content = file.read()
    rows = {layout.type: [] for layout in records.LAYOUTS if layout}
    damage = []
    for kind, at in journal.parse(content):
        if kind:
            rows[kind.type].append(kind.unpack(content, at))
        else:
            damage.append(at)
    epochs, scores = rows[records.EPOCH.type], rows[records.SCORE.type]
    return {
        "nights": rows[records.NIGHT.type],
        "epochs": epochs,
        "scores": scores,
        "events": rows[records.EVENT.type],
        "damage": damage,
        "broken_links": journal.broken_links(content),
        "rules": RULES,
        "rescored": rescore(epochs),
        "summary": summarise(stages(scores)),
    }


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
