"""The evening, the night and the morning in sentences, each of them from the records alone.

It must never tell a cause that no record holds, nor a ring that was not granted.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from sleepsync.night import PUCK_EPOCH, Night
from sleepsync.paths import records
from sleepsync.report import clock, deeds, waking, words
from sleepsync.report.waking import Alarm
from sleepsync.report.words import NBSP

_MINUTE_MS = 60_000
_OVER = "it is over"  # as the governor's words have it: a scene came to its end
_TIMES = ("not", "once", "twice")


def of_night(night: Night) -> list[tuple[str, list[str]]]:
    """(`Evening`, `Night` or `Morning`, its sentences), of those that have any."""
    parts = (
        ("Evening", [*_programmes(night), *_spells(night, "wind-down", "Wind-down")]),
        ("Night", [*_nightly(night), *_by_hand(night), *_refused(night)]),
        ("Morning", [*_missed(night), *_wakings(night), *filter(None, [clock.shift(night)])]),
    )
    return [(name, told) for name, told in parts if told]


def text(night: Night) -> str:
    """The same as one text, for those who hear it."""
    return " ".join(f"{name}: {' '.join(told)}" for name, told in of_night(night))


def _programmes(night: Night) -> Iterator[str]:
    for event in sorted(night.events, key=lambda each: each.t_ms):
        if event.kind == records.PROGRAMME:
            name = words.programme(event.value)
            what = f"{_capital(name)} was asked for" if event.value else "It was ended"
            yield f"{what} {clock.at(night, event.t_ms)}."


def _spells(night: Night, use: str, name: str) -> Iterator[str]:
    """Acts of a use that follow each other, as one sentence."""
    for spell in deeds.spells(night, use):
        first, last = spell[0], spell[-1]
        span = f"{_moment(night, first.begin_ms)} to {_moment(night, last.end_ms)}"
        ended = f"; then {last.ended}" if last.ended not in ("", _OVER) else ""
        yield f"{name} from {span}: {deeds.names(spell)}{ended}."


def _nightly(night: Night) -> Iterator[str]:
    """What the night did by itself: how often and when."""
    kinds: dict[str, list[str]] = {}
    for deed in deeds.of_night(night):
        if deed.who == "the night":
            kinds.setdefault(deed.what, []).append(_moment(night, deed.begin_ms))
    for what, moments in kinds.items():
        yield f"{_capital(what)} {_times(len(moments))}: {_listed(moments)}."


def _by_hand(night: Night) -> Iterator[str]:
    told = [deed for deed in deeds.of_night(night) if deed.use == "answer"]
    if told:
        each = [f"{deed.what} {clock.at(night, deed.begin_ms)}" for deed in told]
        yield f"By hand: {_listed(each)}."


def _refused(night: Night) -> Iterator[str]:
    """How often and why something was refused; the alarm tells its own."""
    whys = Counter(
        (request.what, request.refused)
        for request in night.requests
        if request.refused and request.who != "the waking"
    )
    for (what, why), count in whys.items():
        yield f"{_capital(what)} was refused {_times(count)}: {why}."


def _missed(night: Night) -> Iterator[str]:
    for event in waking.missed(night):
        if event.value:
            due = PUCK_EPOCH + timedelta(seconds=event.value)
            yield f"The alarm was due {due:%H:%M}; the puck was without power."
        else:
            yield "An alarm was missed: the time was lost, so nobody knows when it was due."


def _wakings(night: Night) -> Iterator[str]:
    alarms = waking.alarms(night)
    for alarm in alarms:
        if alarm.rings or alarm.refused or alarm is alarms[-1]:
            yield from _waking(night, alarm)


def _waking(night: Night, alarm: Alarm) -> Iterator[str]:
    dawn = next((ring for ring in alarm.rings if ring.use == "sunrise"), None)
    if dawn:
        yield f"Sunrise from {_moment(night, dawn.begin_ms)}."
    if alarm.rang_ms < 0:
        yield _silent(night, alarm)
        return
    yield _rang(night, alarm)
    yield from _forgone(alarm)
    yield f"{_capital('; '.join([*_snoozed(alarm), _ended(night, alarm)]))}."


def _forgone(alarm: Alarm) -> Iterator[str]:
    """What was refused of what may come before the alarm, unless it came after all."""
    came = [ring.use for ring in alarm.rings]
    for use in ("sunrise", "early"):
        whys = [why for refused, why in alarm.refused if refused == use and use not in came]
        if whys:
            yield f"{_capital(use)} was refused: {whys[-1]}."


def _rang(night: Night, alarm: Alarm) -> str:
    first, due = alarm.first, _moment(night, alarm.due_ms)
    assert first
    rang = f"Rang {clock.at(night, first.begin_ms)}"
    minutes = (alarm.due_ms - first.begin_ms) / _MINUTE_MS
    if first.use == "early":
        stage = "already awake" if first.stage == "wake" else first.why
        return f"{rang}, {_minutes(minutes)} before {due}: {stage} (consented)."
    return f"{rang}, as set." if abs(minutes) < 1 else f"{rang}, {_minutes(-minutes)} after {due}."


def _silent(night: Night, alarm: Alarm) -> str:
    """Why an alarm that was set did not ring."""
    set_for = f"Set for {_moment(night, alarm.due_ms)}"
    if alarm.is_over and alarm.end_ms < alarm.due_ms:
        return f"{set_for}; taken back {clock.at(night, alarm.end_ms)}, before it rang."
    rang = [why for use, why in alarm.refused if use == "alarm"]
    if rang:
        return f"{set_for}, and did not ring: {', '.join(rang)}."
    if alarm.end_ms <= alarm.due_ms:
        return f"{set_for}; the record ends before."
    return f"{set_for}, and nothing tells that it rang."


def _snoozed(alarm: Alarm) -> list[str]:
    count = len(alarm.snoozes_ms)
    return [f"snoozed {_times(count)}"] if count else []


def _ended(night: Night, alarm: Alarm) -> str:
    if alarm.is_over:
        by = " by a long press" if alarm.by_hand else ""
        return f"stopped {clock.at(night, alarm.end_ms)}{by}"
    if alarm.off_ms >= 0:
        return f"everything was switched off {clock.at(night, alarm.off_ms)}"
    return "nobody stopped it"


def _moment(night: Night, t_ms: int) -> str:
    return clock.moment(night, t_ms)


def _minutes(minutes: float) -> str:
    count = max(1, round(minutes))
    return f"{count}{NBSP}minute{'s' * (count != 1)}"


def _times(count: int) -> str:
    return _TIMES[count] if count < len(_TIMES) else f"{count} times"


def _listed(each: list[str]) -> str:
    return each[0] if len(each) == 1 else f"{', '.join(each[:-1])} and {each[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
