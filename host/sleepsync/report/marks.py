"""How the events are marked: a tick for each, a bar along an outage, words below.

Ticks and bars have a strip of their own, so that no words can hide them. It must never
leave an event without a tick.
"""

from dataclasses import dataclass

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import captions, incidents, series
from sleepsync.report.captions import Caption
from sleepsync.report.incidents import Incident

_MS_PER_H = 3_600_000
_LEAST_BAR_PT = 3  # a shorter one is hardly seen beside its tick


@dataclass(frozen=True)
class Mark:
    """An event in the picture, from `at_h` to `end_h` hours after the start.

    An outage that is long enough to be seen has a bar in `lane`, 0 the highest; `lane` is
    None for the others. `caption` is None where nothing is told here.
    """

    at_h: float
    end_h: float
    lane: int | None
    caption: Caption | None


def place_marks(night: Night, width_pt: float, text_pt: float) -> list[Mark]:
    """The night's events as marks, in the order in which they began, on an axis `width_pt` wide.

    One mark stands for all that would be drawn as one line, to the point. Raises ValueError
    for an event that this version does not know.
    """
    told = incidents.of_night(night)
    pt_per_ms = width_pt / max(1, series.span_epochs(night) * records.EPOCH_S * 1000)
    said = captions.place(told, width_pt, pt_per_ms, text_pt)
    lanes = _lanes(told, pt_per_ms)
    marks: dict[tuple, Mark] = {}
    for one in told:
        begin_h, end_h = one.begin_ms / _MS_PER_H, one.end_ms / _MS_PER_H
        mark = Mark(begin_h, end_h, lanes.get(one), said.get(one))
        marks.setdefault((round(one.begin_ms * pt_per_ms), mark.lane, mark.caption), mark)
    return list(marks.values())


def _lanes(told: list[Incident], pt_per_ms: float) -> dict[Incident, int]:
    """The lane of each bar: one lane for each part, since outages of two may overlap."""
    barred = [one for one in told if one.span_ms * pt_per_ms >= _LEAST_BAR_PT]
    parts = list(dict.fromkeys(one.record.part for one in barred))
    return {one: parts.index(one.record.part) for one in barred}
