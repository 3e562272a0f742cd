"""Evening, night and waking with one of their guards taken out, and the night that must expose it.

Each mutant is a line or two of the sources, changed; its night breaks no promise as they are.
"""

import fight_words as words
from fight_moves import WALL_S, allowed
from fight_mutants import Mutant
from sleepsync.paths import records
from wake_moves import DAILY, MIN_MS, ONCE

_ALARMS = "firmware/alarms.py"
_WAKING = "firmware/rituals/waking.py"
_EVENING = "firmware/rituals/evening.py"
_NIGHT = "firmware/rituals/night.py"
_APP = "firmware/app.py"

_CLOCK = (("clock", WALL_S),)
_SHORT, _DOUBLE, _LONG = (("feel", gesture) for gesture in (words.SHORT, words.DOUBLE, words.LONG))
_HOUR_S = 3600


def _wait(minutes):
    return (("wait", round(minutes * MIN_MS)),)


def _alarm(in_min, days=ONCE, row=0):
    return (("alarm", row, in_min, days),)


_RINGS = (*_CLOCK, *_alarm(2), *_wait(3))
_DAILY_RANG = (*_CLOCK, *_alarm(2, DAILY), *_wait(3), _LONG)
_RELIEF = tuple(allowed(words.RELIEF, 7, 0))
_DREAM = (
    *(("heart", 550), ("stage", records.DEEP), *_wait(32)),
    *(("heart", 800), ("stage", records.REM)),
)
_EARLY = (*_CLOCK, *allowed(words.EARLY, 7, 0), *_alarm(100))
_BEDTIME = (*_CLOCK, *allowed(words.WIND_DOWN, 7, 0), ("bedtime", 2), ("stage", records.WAKE))

_ROWS = (
    # firmware/alarms.py
    (
        *("weekdays", _ALARMS, "if days and not days >> (day + _WEEKDAY_OF_2000) % 7 & 1:"),
        *("if False:", (*_CLOCK, *_alarm(2, DAILY & ~8), *_wait(4))),
    ),
    (
        *("that a time is once", _ALARMS, "if due_s > after_s and not is_again:"),
        *("if due_s > after_s:", (*_DAILY_RANG, ("shift", -_HOUR_S), *_wait(62))),
    ),
    (
        *("the end of a row without weekdays", _ALARMS, "if its & _ON and not unpacked(its)[2]:"),
        *("if False:", (*_RINGS, _LONG, *_wait(24 * 60))),
    ),
    (
        *("what is late after a power cut", _ALARMS, "elif late_s > 0 and not is_ringing:"),
        *("elif False:", (*_CLOCK, *_alarm(2), ("cut", 600, True), *_wait(1))),
    ),
    (
        *("half a day", _ALARMS, "if late_s >= _HALF_DAY_S:", "if False:"),
        (*_CLOCK, *_alarm(2), ("cut", 13 * _HOUR_S, True), *_wait(1)),
    ),
    (
        *("what came due since", _ALARMS, "            self._make_up(self._clock.utc_s())\n"),
        *("", (*_CLOCK, *_alarm(60, DAILY), ("cut", 26 * _HOUR_S, True), *_wait(1))),
    ),
    (
        *("the time lost", _ALARMS, "elif was_cut or not gate.alarm_ms:", "elif False:"),
        (*_CLOCK, *_alarm(20), ("cut", 60, False), *_wait(1)),
    ),
    (
        *("what is kept", _ALARMS, "            self._store.save(now)\n", "            pass\n"),
        (*_CLOCK, *_alarm(20), ("cut", 60, False), *_wait(1)),
    ),
    (
        *("that no clock moves what is near", _ALARMS, "_NEAR_MS = const(3600000)"),
        *("_NEAR_MS = const(1000)", (*_CLOCK, *_alarm(30), ("shift", 1200), *_wait(31))),
    ),
    (
        *("what the clock was set beyond", _ALARMS, "elif 0 < self.due_s <= utc_s:", "elif False:"),
        (*_CLOCK, *_alarm(120), ("shift", 3 * _HOUR_S), *_wait(1)),
    ),
    (
        *(
            "an alarm while another is snoozed",
            _ALARMS,
            "        if 0 < due_s <= utc_s:\n            self._is",
        ),
        "        if False:\n            self._is",
        (*_CLOCK, *_alarm(2), *_alarm(6, row=1), *_wait(3), _SHORT, *_wait(5)),
    ),
    (
        *("what has begun and is taken back", _ALARMS, "if 0 < was_ms < now_ms + _NEAR_MS and"),
        *(
            "if False and",
            (*_CLOCK, *_alarm(2), *_alarm(37, row=1), *_wait(3), ("clear", 0), *_wait(1)),
        ),
    ),
    (
        *(
            "that whoever sets a row is obeyed",
            _ALARMS,
            "            self._obey(row)\n        else:  #",
        ),
        *("            pass\n        else:  #", (*_CLOCK, *_alarm(30), ("clear", 0), *_wait(31))),
    ),
    (
        *("that a nap counts without a clock", _ALARMS, "if length_s and not utc_s:", "if False:"),
        (("nap", 5), *_wait(6)),
    ),
    # firmware/rituals/waking.py
    (
        *("the deadline", _WAKING, "at_ms = max(self.alarm_ms, self._rests_ms)"),
        *("at_ms = max(self.alarm_ms, self._rests_ms) + 60000", _RINGS),
    ),
    (
        *("the end of a snooze", _WAKING, "SNOOZE_MS = const(540000)", "SNOOZE_MS = const(640000)"),
        (*_RINGS, _SHORT, *_wait(12)),
    ),
    (
        *("that a ring goes on", _WAKING, "self._rests_ms = own.ended_ms + rests_ms"),
        *(
            "self._rests_ms = own.ended_ms + 540000",
            (*_CLOCK, *_alarm(2), *_wait(3), ("reset",), *_wait(2)),
        ),
    ),
    (
        *(
            "the window of the setting",
            _WAKING,
            "self._settings[asking.EARLY_SETTING] * _MINUTE_MS",
        ),
        *("45 * _MINUTE_MS", (*_EARLY, ("setting", "early", 5), ("stage", 4), *_wait(97))),
    ),
    (
        *(
            "the window of the dawn",
            _WAKING,
            "SUNRISE_MS = const(1800000)",
            "SUNRISE_MS = const(2640000)",
        ),
        (*_CLOCK, *allowed(words.SUNRISE, 7, 0), *_alarm(100), ("stage", 5), *_wait(65)),
    ),
    # the rest of the night, and who leads it
    (
        *("one evening a night", _EVENING, "            self._is_spent = True\n", ""),
        (*_BEDTIME, *_wait(50)),
    ),
    (
        *(
            "five minutes between touches",
            _NIGHT,
            "AGAIN_MS = const(300000)",
            "AGAIN_MS = const(20000)",
        ),
        (*_CLOCK, *_RELIEF, *_DREAM, *_wait(8)),
    ),
    (
        *("enough touches", _NIGHT, "MOST_A_NIGHT = const(5)", "MOST_A_NIGHT = const(50)"),
        (*_CLOCK, *_RELIEF, *_DREAM, *_wait(50)),
    ),
    (
        *(
            "who looks at the alarms",
            _APP,
            "        self.alarms.mind()\n        for _",
            "        for _",
        ),
        (*_DAILY_RANG, *_wait(25 * 60)),
    ),
)


def _made(name, source, old, new, moves):
    return Mutant(name, ((source, old, new),), moves)


MUTANTS = [_made(*row) for row in _ROWS]
