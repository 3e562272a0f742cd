"""What happened in a night, in words and in order: events, acts, and what was refused.

It must never leave out an event or a request.
"""

from dataclasses import dataclass

from sleepsync.export.taken import Taken
from sleepsync.paths import records
from sleepsync.report import deeds, incidents, words


@dataclass(frozen=True)
class Happened:
    """From `t_ms` of the night, `span_ms` long (0 a moment). `kind`: event, act, refusal, request
    (one that the journal does not answer), note.
    """

    t_ms: int
    span_ms: int
    kind: str
    what: str
    who: str = ""
    why: str = ""


def of_night(taken: Taken) -> list[Happened]:
    """Everything, by time; notes on the night as a whole come first."""
    notes = [Happened(0, 0, "note", note) for note in taken.night.notes]
    told = [*_events(taken), *_acts(taken), *_others(taken)]
    return [*notes, *sorted(told, key=lambda each: each.t_ms)]


def _events(taken: Taken) -> list[Happened]:
    return [
        Happened(one.begin_ms, one.span_ms, "event", _plain(words.incident(one)))
        for one in incidents.of_night(taken.night)
    ]


def _acts(taken: Taken) -> list[Happened]:
    """A deed stands for each request that was granted, in order."""
    asked = sorted(taken.night.requests, key=lambda request: request.t_ms)
    granted = [request for request in asked if request.ceilings]
    return [
        Happened(
            deed.begin_ms,
            max(0, deed.end_ms - deed.begin_ms),
            "act",
            f"{deed.what} ({_lanes(request.ceilings)})",
            deed.who,
            request.because or request.why,
        )
        for deed, request in zip(deeds.of_night(taken.night), granted, strict=True)
    ]


def _others(taken: Taken) -> list[Happened]:
    """Requests of which no act came."""
    return [
        Happened(
            one.t_ms,
            0,
            "refusal" if one.refused else "request",
            one.what,
            one.who,
            one.refused or "no answer",
        )
        for one in taken.night.requests
        if not one.ceilings
    ]


def _lanes(ceilings: list[int]) -> str:
    """What an act may use: `light, sound`."""
    return ", ".join(name for name, most in zip(records.LANES, ceilings, strict=False) if most)


def _plain(text: str) -> str:
    return text.replace(words.NBSP, " ")
