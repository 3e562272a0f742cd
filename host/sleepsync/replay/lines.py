"""The ledger in people's words: a line for each thing that was asked, given, refused or done.

It must never leave out a request, nor say more than the records do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sleepsync.night import PUCK_EPOCH
from sleepsync.paths import records
from sleepsync.reading import Journal
from sleepsync.replay.explained import End, Explained, Request
from sleepsync.report import words

_STEP_S = (0.04, 0.096, 0.04)  # of each lane: see firmware/governor
_TOLD = (
    records.START,
    records.STOP,
    records.GESTURE,
    records.BREAKER,
    records.CLOCK_SET,
    records.ALARM_SET,
    records.CALIBRATED,
    records.ALARM_MISSED,
    records.SETTING,
    records.PROGRAMME,
    records.CLIP,
    records.LINK,
    records.DROPPED,
)
_STARTS = ("the night begins", "goes on after a reset", "goes on after a power cut")
_BREAKER = ("everything is on again", "everything is off", "everything is still off")
_CONSENTS = ("not allowed any more", "asked for: hold the button", "allowed", "still allowed")
_STAGES = ((1, "awake"), (2, "asleep"), (4, "stage unknown"))


@dataclass(frozen=True)
class Line:
    """`t_ms` of the night; `number` of a request, 0 of anything else; the rest in words."""

    t_ms: int
    number: int
    who: str
    what: str
    answer: str
    emitted: str = ""


def lines(found: Journal, explained: Explained) -> list[Line]:
    """The whole night, in its order."""
    told = [*_events(found), *_consents(found, explained), *_requests(explained)]
    return sorted(told, key=lambda line: line.t_ms)


def _requests(explained: Explained) -> Iterator[Line]:
    for request in explained.requests:
        measured = f" ({request.because})" if request.because else ""
        who = f"{request.who}, {request.why}{measured}"
        answer = f"no: {request.refused}" if request.refused else _granted(request)
        cut = ["cut off by a start"] if request.cut_ms >= 0 else []
        emitted = "; ".join([*map(_emitted, request.ends), *cut])
        yield Line(request.t_ms, request.number, who, request.what, answer, emitted)


def _granted(request: Request) -> str:
    if not request.ceilings:
        return "no answer"
    most = [level(lane, value) for lane, value in enumerate(request.ceilings) if value]
    return f"yes: at most {', '.join(most)} for {_span(request.length_s)}"


def _emitted(end: End) -> str:
    length_s = (end.steps + end.fading) * _STEP_S[end.lane]
    return f"{records.LANES[end.lane]} {level(end.lane, end.peak)}, {length_s:.1f} s ({end.why})"


def level(lane: int, value: int) -> str:
    """A peak or ceiling with its unit."""
    if lane == records.LIGHT_LANE:
        return f"{value / 1000:.3g} lx"
    if lane == records.SOUND_LANE:
        return f"{value / 100:.1f} dBA"
    return f"{value}/127"


def _span(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds >= 120 else f"{seconds} s"


def _events(found: Journal) -> Iterator[Line]:
    for event in found.of(records.EVENT):
        if event.kind in _TOLD:
            who, what = _told(event)
            yield Line(event.t_ms, 0, who, what, "")


def _told(event) -> tuple[str, str]:
    value = event.value
    return {
        records.START: lambda: ("the puck", _word(_STARTS, value)),
        records.STOP: lambda: ("the puck", "the night ends"),
        records.GESTURE: lambda: ("a hand", f"presses: {_word(records.GESTURES, value)}"),
        records.BREAKER: lambda: ("the gate", _word(_BREAKER, value)),
        records.CLOCK_SET: lambda: ("the clock", "is set"),
        records.ALARM_SET: lambda: ("the alarm", "is set" if value else "is over"),
        records.CALIBRATED: lambda: ("the speaker", f"gives {value / 100:.1f} dBA at most"),
        records.ALARM_MISSED: lambda: ("the alarm", _missed(value)),
        records.SETTING: lambda: ("a setting", f"{words.setting(event.part)} is {value}"),
        records.PROGRAMME: lambda: ("a hand", _programme(value)),
        records.CLIP: lambda: ("the puck", f"plays clip {value}"),
        records.LINK: lambda: ("the link", _word(words.LINKS, value)),
        records.DROPPED: lambda: ("the flash", f"was full: night {value} made room"),
    }[event.kind]()


def _programme(number: int) -> str:
    return f"asks for {words.programme(number)}" if number else "ends the programme"


def _missed(due_s: int) -> str:
    if not due_s:
        return "was missed, nobody knows when it was due"
    return f"was missed, it was due at {PUCK_EPOCH + timedelta(seconds=due_s):%H:%M}"


def _consents(found: Journal, explained: Explained) -> Iterator[Line]:
    for consent in found.of(records.CONSENT):
        use = _word(explained.uses, consent.use)
        stages = [name for bit, name in _STAGES if consent.scope & bit]
        when = f" ({', '.join(stages)})" if consent.state != records.WITHDRAWN else ""
        yield Line(consent.t_ms, 0, "consent", use, _word(_CONSENTS, consent.state) + when)


def _word(words, number: int) -> str:
    return words[number] if 0 <= number < len(words) else f"unknown ({number})"
