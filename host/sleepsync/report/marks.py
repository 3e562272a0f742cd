"""Where the words of the events stand, so that none lies on another."""

from dataclasses import dataclass

from sleepsync.night import Night
from sleepsync.report import series, words

MOST_ROWS = 6  # a night with more than this at one place keeps the mark and drops the words

_CHARACTER_EM = 0.58  # DejaVu Sans, lower case, with room to spare
_PAD_PT = 12  # between the words of two events


@dataclass(frozen=True)
class Mark:
    """An event in the picture, `at_h` hours after the start, its words in `row` (0 the highest).

    `is_left`: the words stand left of the event. `text` is empty where there was no room.
    """

    at_h: float
    row: int
    is_left: bool
    text: str


def place_marks(night: Night, width_pt: float, text_pt: float) -> list[Mark]:
    """The night's events as marks, from last to first, on an axis `width_pt` wide.

    Words stand right of their event, or left of it at the axis's end; where they
    would meet a later event's, they go one row deeper. Like events that would
    crowd are one: `pulse sensor gap ×3`.
    """
    pt_per_h = width_pt * series.EPOCHS_PER_H / max(1, series.span_epochs(night))
    marks: list[Mark] = []
    taken: list[tuple[float, int]] = []  # where words begin, in points, and their row
    for at_h, text in reversed(_merged(night, text_pt * _CHARACTER_EM / pt_per_h)):
        at_pt, length_pt = at_h * pt_per_h, len(text) * _CHARACTER_EM * text_pt + _PAD_PT
        is_left = at_pt + length_pt > width_pt
        end_pt = at_pt if is_left else at_pt + length_pt
        row = 1 + max((row for begin_pt, row in taken if begin_pt < end_pt), default=-1)
        if row >= MOST_ROWS:
            marks.append(Mark(at_h, 0, is_left, ""))
            continue
        taken.append((end_pt - length_pt, row))
        marks.append(Mark(at_h, row, is_left, text))
    return marks


def _merged(night: Night, character_h: float) -> list[tuple[float, str]]:
    """(hour, words) in order of time, runs of the same words within their own length as one."""
    merged: list[tuple[float, str, int]] = []
    for record in sorted(night.events, key=lambda e: e.t_ms):
        at_h, text = record.t_ms / 3_600_000, words.event(record)
        if merged and merged[-1][1] == text and at_h - merged[-1][0] < len(text) * character_h:
            merged[-1] = (merged[-1][0], text, merged[-1][2] + 1)
        else:
            merged.append((at_h, text, 1))
    return [(at_h, f"{text} ×{n}" if n > 1 else text) for at_h, text, n in merged]
