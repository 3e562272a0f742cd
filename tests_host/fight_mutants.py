"""The governor with one of its guards taken out, and the scenario that must expose it.

Each mutant is a line or two of the sources, changed; its scenario breaks no promise as the sources
are. Where two guards stand behind one another, both are taken out, for one of them is enough.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

import fight_words as words
from fight_moves import BY_NIGHT, WALL_S, allowed
from sleepsync.breaches.code import put
from sleepsync.build.compiler import compiled
from sleepsync.build.kernels import for_unix
from sleepsync.paths import ROOT, records

_GATE = "firmware/governor/gate.py"
_GOVERNOR = "firmware/governor/governor.py"
_LANES = "firmware/governor/lanes.py"
_LIGHT = "firmware/governor/light.py"
_KERNELS = "firmware/governor/light_kernels.py"
_TOUCH = "firmware/governor/touch.py"
_LIMITS = "firmware/governor/limits.py"
_STANDING = "firmware/keep/standing.py"
_SUN = "firmware/scenes/alarm.json"


@dataclass(frozen=True)
class Mutant:
    """`changes`: (source, what stands there, what it becomes), one after the other."""

    name: str
    changes: tuple
    moves: tuple


def firmware_with(changes: tuple, folder: Path) -> Path:
    """A copy of the firmware in `folder`, changed; AssertionError if a line is not there."""
    shutil.copytree(ROOT / "build/unix/firmware", folder / "firmware")
    texts: dict[str, str] = {}
    for source, old, new in changes:
        text = texts.get(source, (ROOT / source).read_text())
        assert text.count(old) == 1, (
            f"{source} has changed: {old!r} is there {text.count(old)} times"
        )
        texts[source] = text.replace(old, new)
    for source in [source for source in texts if source.endswith("_kernels.py")]:
        mpy = compiled(for_unix(texts.pop(source), source), source, "x64")
        (folder / source).with_suffix(".mpy").write_bytes(mpy)
    put(folder, texts)
    return folder


# -- scenarios

_ALARM_NOW = (("alarm", 1000), ("wait", 1100), ("ask", words.WAKING, words.DUE, 11))
_LAMP = (("feel", words.LONG),)
_CLOCK = (("clock", WALL_S),)


def _asleep(use, scope=7, ends_s=0):
    """A use is allowed and asked for, in the stage that it is for."""
    stage, *ask = BY_NIGHT[use]
    alarm = (("alarm", 120_000),) if use in (words.SUNRISE, words.EARLY) else ()
    return (*alarm, *allowed(use, scope, ends_s), ("stage", stage), ("ask", *ask))


def _typed(name):
    return (("type", words.NUMBER_OF[name]),)


def _again(moves, times):
    return tuple(moves) * times


def _wait(ms):
    return (("wait", ms),)


_EVENING = _asleep(words.WIND_DOWN)
_LONG_EVENING = (*_CLOCK, *_asleep(words.WIND_DOWN, 7, 3600), *_wait(3_000))
_LIT_EVENING = (*_LAMP, *_wait(2_000), *_typed("evening"))
_BEDTIME = (("ask", words.EVENING, words.BEDTIME, words.NUMBER_OF["evening"]),)
_ASKED_WHEN_DUE = (*_again(_wait(15_000), 9), ("ask", words.WAKING, words.DUE, 11))
_CUE = _asleep(words.CUE)
_CUE_ASK = (("ask", *BY_NIGHT[words.CUE][1:]),)
_RELIEF_ASK = (("ask", *BY_NIGHT[words.RELIEF][1:]),)
_SHORT, _DOUBLE, _HOLD = (("feel", gesture) for gesture in (words.SHORT, words.DOUBLE, words.HOLD))
_THRICE = ("feel", words.THRICE)
_PASSKEY = (("ask", words.LINK, words.OPENED, words.NUMBER_OF["digit 7"]),)
_LONG_LIT = _again(_wait(15_000), 3)

# name, source, what stands there, what it becomes, moves; or name, ((source, old, new), ...), moves
_ROWS = (
    # ceilings and rules of the lanes
    (
        *("a ceiling of light", _LANES, "(renderer, act.light_mlx,", "(renderer, 300000,"),
        (*_LAMP, *_wait(9_000)),
    ),
    (
        *("a ceiling of sound", _LANES, "renderer, act.sound_cdb,", "renderer, 9000,"),
        (*_typed("chime"), *_wait(2_500)),
    ),
    (
        *("a ceiling of touch", _LANES, "act.touch, ticks", "127, ticks"),
        (*_typed("nudge"), *_wait(1_000)),
    ),
    (
        *("the amber rule", _LANES, "use.is_amber, ticks", "False, ticks"),
        (*_EVENING, *_wait(4_000), *_LAMP, *_wait(500)),
    ),
    (
        *("the flicker budget", _LIGHT, "s[_BUDGET] = budget = credit >> 6"),
        *("s[_BUDGET] = budget = 1 << 18", (*_ALARM_NOW, *_wait(3_000))),
    ),
    (
        "slew, with the flicker budget",
        (
            (_LIGHT, "s[_BUDGET] = budget = credit >> 6", "s[_BUDGET] = budget = 1 << 18"),
            (_KERNELS, "_SLEW = const(10)", "_SLEW = const(200)"),
        ),
        (*_ALARM_NOW, *_wait(1_000)),
    ),
    (
        "the cap of the current, with a brighter scene",
        (
            (_SUN, '{"colour": "warm white", "level": 0.784}', '{"colour": "#ffffff"}'),
            (_KERNELS, "_MOST_COUNTS = const(9894)", "_MOST_COUNTS = const(20000)"),
            (_LIGHT, "_MOST_COUNTS = const(9894)", "_MOST_COUNTS = const(20000)"),
        ),
        (*_ALARM_NOW, *_LONG_LIT),
    ),
    (
        *("dark after a cut", _LIGHT, "_DARK_TICKS = const(25)", "_DARK_TICKS = const(0)"),
        (*_LAMP, *_wait(3_000), _SHORT, *_LAMP, *_wait(300)),
    ),
    (
        *("the cut of what is too loud for the next act", _GOVERNOR),
        "if self.lanes.begin(lane, act, holder.scene, self.gate):",
        "if self.lanes.begin(lane, act, holder.scene, self.gate) is None:",
        (*_typed("check"), *_wait(2_000), *_typed("chime"), *_wait(2_000)),
    ),
    (
        *("rest after a burst", _TOUCH, "_COST = const(9)", "_COST = const(0)"),
        _again((*_typed("nudge"), *_wait(2_100)), 14),
    ),
    (
        *("what the haptic driver is told", _GOVERNOR, "self._haptic.level(lane.level)"),
        *("self._haptic.level(127)", (*_typed("nudge"), *_wait(1_000))),
    ),
    (
        *("a speaker of any loudness", _LIMITS),
        "return min(max(heard_cdb + HEARD_SPARE_CDB, QUIETEST_CDB), LOUDEST_CDB)",
        "return heard_cdb",
        (("calibrate", 100), *_typed("chime"), *_wait(2_500)),
    ),
    (
        *("the loudest speaker, unheard", _LIMITS),
        "return QUIETEST_CDB if use == scenes.ALARM else LOUDEST_CDB",
        "return QUIETEST_CDB",
        (*_typed("chime"), *_wait(2_500)),
    ),
    # consents
    (
        "the consent",
        (
            (_GATE, "if use.asks else 0\n", "if False else 0\n"),
            (_GATE, "if use.asks and consent.until_s:", "if False:"),
        ),
        (("stage", 6), *_CUE_ASK),
    ),
    (
        *("a consent's scope", _GATE, "consent.scope & limits.SCOPE_OF[stage] else", "True else"),
        _asleep(words.CUE, scope=words.AWAKE),
    ),
    (
        *("a consent's end", _GATE, "return not 0 < self.wall_s(t_ms) < consent.until_s"),
        "return False",
        (*_CLOCK, *_asleep(words.CUE, 7, 20), ("clock", WALL_S + 90), *_CUE_ASK),
    ),
    (
        *("the end of an act by its consent", _GATE, "min(length_s, consent.until_s - self"),
        "max(length_s, consent.until_s - self",
        (*_CLOCK, *_asleep(words.WIND_DOWN, 7, 60), *_wait(1_000)),
    ),
    (
        *("an end by the clock", _GATE, "if self._has_ended(consent, t_ms):\n                self"),
        "if False:\n                self",
        (*_LONG_EVENING, ("clock", WALL_S + 90_000), *_wait(500)),
    ),
    (
        *("consents that are for ever", _GATE, "<= wall_s + limits.MOST_CONSENT_DAYS * _DAY_S"),
        *("", (*_CLOCK, *_asleep(words.CUE, 7, 200 * 86_400))),
    ),
    (
        *("the hand that gives consent", _GATE, "            self._wanted = fields\n"),
        "            self._consents[use] = fields\n",
        (("stage", 6), ("consent", words.CUE, 7, 0, 1), *_CUE_ASK),
    ),
    (
        *("a minute for that hand", _LIMITS, "ASKED_MS = const(60000)", "ASKED_MS = const(600000)"),
        (("consent", words.CUE, 7, 0, 1), *_wait(70_000), _HOLD, ("stage", 6), *_CUE_ASK),
    ),
    (
        *("who says that a consent was kept", _GATE, "== records.KEPT and self._is_prologue"),
        *("== records.KEPT", (("stage", 6), ("consent", words.CUE, 7, 0, 3), *_CUE_ASK)),
    ),
    (
        *("what is taken back", _GATE, "            self._consents[use] = None\n"),
        *("            pass\n", (*_CUE, ("consent", words.CUE, 7, 0, 0), *_CUE_ASK)),
    ),
    (
        *("the cut of what is taken back", _GATE),
        "            self._end_all(limits.WITHDRAWN, fields.t_ms, use)\n",
        "            pass\n",
        (*_EVENING, *_wait(4_000), ("consent", words.WIND_DOWN, 7, 0, 0), *_wait(2_000)),
    ),
    (
        *("dark before it is written that it is taken back", _GOVERNOR),
        "self._drop_all(lambda holder: holder.scene.use == use)",
        "pass",
        (*_EVENING, *_wait(4_000), ("brim",), ("consent", words.WIND_DOWN, 7, 0, 0)),
    ),
    (
        *("what was taken back before a start", _STANDING, "for c in has if c not in consents]"),
        "for c in []]",
        (*_CUE, ("fill",), ("consent", words.CUE, 7, 0, 0), ("reset",), ("stage", 6), *_CUE_ASK),
    ),
    (
        *("what was allowed before a power cut", _STANDING, "for c in stand if c not in has]"),
        "for c in []]",
        (*_CUE, ("flush",), *allowed(words.RELIEF, 7, 0), ("cut",), *_RELIEF_ASK),
    ),
    (
        *("a sleeper's stage, in mid-act", _GATE),
        "if not consent.scope & limits.SCOPE_OF[score.stage]:",
        "if False:",
        (*_asleep(words.EARLY, scope=words.SLEEPING), *_wait(3_000), ("stage", 2), *_wait(9_000)),
    ),
    (
        *("an evening that goes on asleep", _GATE, "if score.stage in _ASLEEP else ():"),
        *("if False else ():", (*_EVENING, *_wait(3_000), ("stage", 4), *_wait(9_000))),
    ),
    # reasons
    (
        *("who may ask", _GATE, "if not (self._is_borne(request, use) and self._holds(request)):"),
        *("if not self._holds(request):", (_DOUBLE, ("type", 2), _HOLD, ("ask", 3, 2, 2))),
    ),
    (
        *("why", _GATE, "if not (self._is_borne(request, use) and self._holds(request)):"),
        *("if not self._is_borne(request, use):", (("ask", 1, 1, 1),)),
    ),
    (
        "the stage",
        (
            (_GOVERNOR, "_byte(scene), gate.stage", "_byte(scene), 6"),
            (_GATE, "if request.stage != self.stage:", "if False:"),
        ),
        _asleep(words.MASK),
    ),
    (
        *("what is only for the awake", _GATE),
        "if scene.use in limits.FOR_THE_AWAKE and self.stage in _ASLEEP:",
        "if False:",
        (("stage", 4), *_typed("check")),
    ),
    (
        *("that a hand asks once", _GATE, "self._pressed_ms = self._typed_ms = _LONG_AGO_MS  # a"),
        *("pass  # a", (*_LAMP, ("ask", 1, 1, 2))),
    ),
    (
        *("just now", _LIMITS, "HAND_MS = const(10000)", "HAND_MS = const(1000000)"),
        (_DOUBLE, *_typed("chime"), _HOLD, *_wait(12_000), ("ask", 1, 2, 2)),
    ),
    (
        *("what somebody typed", _GATE, "return is_now and self._typed == request.scene"),
        *("return is_now", (_DOUBLE, *_typed("nudge"), _HOLD, ("ask", 1, 2, 2))),
    ),
    (
        *("the hand that opens pairing", _GATE),
        "return 0 <= t_ms - self._paired_ms <= limits.PAIRING_MS",
        *("return True", _PASSKEY),
    ),
    (
        *("for how long it does", _LIMITS, "PAIRING_MS = const(150000)"),
        "PAIRING_MS = const(1500000)",
        (_THRICE, *_again(_wait(15_200), 10), *_PASSKEY),
    ),
    (
        *("that any other gesture ends it", _GATE, "if is_opened else _LONG_AGO_MS"),
        *("if is_opened else self._paired_ms", (_THRICE, _SHORT, *_PASSKEY)),
    ),
    (
        *("that off ends it", _GATE, "is_opened = gesture == gestures.THRICE and not self.is_off"),
        "is_opened = gesture in (5, 4, 2)",
        (_THRICE, _DOUBLE, _HOLD, *_PASSKEY),
    ),
    (
        *("that an alarm comes before it", _LIMITS, "HANDS, 5, False),  # PAIRING"),
        *("HANDS, 9, False),  # PAIRING", (_THRICE, *_PASSKEY, *_ALARM_NOW)),
    ),
    # doses and ranks
    (
        *("the dose", _GATE, "[fields.lane] += fields.dose", "[fields.lane] += 0"),
        _again((*_typed("check"), *_wait(5_600)), 20),
    ),
    (
        *("the dose of what was replaced", _GATE, "for row in (self._leaving, self.holders):"),
        *("for row in (self.holders,):", _again((*_typed("check"), *_wait(3_000)), 36)),
    ),
    (
        *("the dose of what a reset cut off", _GATE, "[lane] * lasted_s", "[lane] * 0"),
        _again((*_typed("check"), *_wait(4_500), ("reset",)), 22),
    ),
    (
        *("rank", _GATE, "if its and its.rank > use.rank and", "if its and 99 < use.rank and"),
        (*_ALARM_NOW, *_wait(500), *_typed("lamp")),
    ),
    (
        *("that a hand may ask for more than its lamp", _GATE, "and not (by_hand and its.group"),
        *("and not (False and its.group", (*allowed(words.WIND_DOWN, 7, 0), *_LIT_EVENING)),
    ),
    (
        *("that nobody else may", _GATE, "and not (by_hand and its.group"),
        *("and not (True and its.group", (*allowed(words.WIND_DOWN, 7, 0), *_LAMP, *_BEDTIME)),
    ),
    (
        *("that a waking is over when somebody is up", _GATE, "or self._has_called):"),
        *("or False):", (*_asleep(words.EARLY), *_wait(3_000), *_LAMP, *_ASKED_WHEN_DUE)),
    ),
    # the breaker
    (
        *("the breaker", _GATE, "if self.is_off and scene.use != scenes.ALARM:", "if False:"),
        (_DOUBLE, *_typed("lamp"), *_wait(3_000)),
    ),
    (
        *("that it spares an alarm to come", _GATE),
        "if self.is_off and scene.use != scenes.ALARM:",
        "if self.is_off:",
        (_DOUBLE, *_ALARM_NOW),
    ),
    (
        *("that it spares an alarm that rings", _GATE),
        "if use or holder.scene.use != scenes.ALARM:",
        "if True:",
        (*_ALARM_NOW, *_wait(1_000), _DOUBLE),
    ),
    (
        *("a breaker that outlives a power cut", _STANDING, "_VERSION, gate.is_off,"),
        *("_VERSION, 0,", (_DOUBLE, ("cut",), *_LAMP, *_wait(3_000))),
    ),
    (
        *("a breaker that is told to a new start", _STANDING, "if is_off != gate.is_off:"),
        *("if False:", (_DOUBLE, ("cut",), *_LAMP, *_wait(3_000))),
    ),
    (
        *("dark before it is written that all is off", _GOVERNOR),
        "self._drop_all(lambda holder: holder.scene.use != spares)",
        "pass",
        (*_LAMP, *_wait(3_000), ("brim",), _DOUBLE),
    ),
    (
        *("the ring's line", _GOVERNOR, "            self._ring.off()\n", "            pass\n"),
        (*_LAMP, *_wait(3_000), _SHORT, *_wait(500)),
    ),
    (
        *("the amplifier's line", _GOVERNOR),
        "            self._amplifier.off()\n            self._drain = 0\n",
        "            pass\n",
        (*_typed("check"), *_wait(2_000), _SHORT, *_wait(500)),
    ),
    (
        *("the haptic driver's line", _GOVERNOR, "            self._haptic.off()\n"),
        *("            pass\n", (*_typed("nudge"), *_wait(150), _SHORT, *_wait(500))),
    ),
    # records
    (
        *(
            "the record of a request",
            _GOVERNOR,
            "        self._append(kind, fields)\n        answers",
        ),
        "        kind is records.REQUEST or self._append(kind, fields)\n        answers",
        _LAMP,
    ),
    (
        *("the record of an act", _GOVERNOR, "for answer in answers:\n            self._append"),
        *("for answer in ():\n            self._append", (*_LAMP, *_wait(2_000))),
    ),
    (
        *("the record of an end", _GOVERNOR, "self.note(records.EMITTED, self.lanes"),
        *("self.gate.take(records.EMITTED, self.lanes", (*_LAMP, *_wait(2_000), _SHORT)),
    ),
    (
        *("that nothing acts without its record", _GOVERNOR, "if self.unwritten > unwritten and"),
        *("if False and", (("fill",), *_LAMP, *_wait(3_000))),
    ),
    (
        *("that an alarm does", _GOVERNOR, "and scenes.SCENES[scene].use != scenes.ALARM:", ":"),
        (("alarm", 1000), *_wait(1_100), ("fill",), ("ask", 4, 9, 11), *_wait(1_000)),
    ),
    # the alarm
    (
        *("the end of a snooze", _GATE, "t_ms + limits.SNOOZE_MS", "t_ms + 10 * limits.SNOOZE_MS"),
        (*_ALARM_NOW, *_wait(500), _SHORT, *_wait(541_000), ("ask", 4, 9, 11)),
    ),
    (
        *("a snooze", _GATE, "return self._is_due(t_ms) and t_ms >= self._quiet_ms"),
        "return self._is_due(t_ms)",
        (*_ALARM_NOW, *_wait(500), _SHORT, *_wait(1_000), ("ask", 4, 9, 11)),
    ),
    (
        *("the end of an alarm", _GATE, "self._set_alarm(t_ms, 0)", "pass"),
        (*_ALARM_NOW, *_wait(500), *_LAMP, ("ask", 4, 9, 11)),
    ),
    (
        *("that an alarm is due", _GATE, "return 0 < self.alarm_ms <= t_ms <"),
        *("return 0 < t_ms <", (("alarm", 600_000), *_wait(100), ("ask", 4, 9, 11))),
    ),
    (
        *("the window before an alarm", _GATE, "is_soon = 0 < self.alarm_ms - t_ms <= limits"),
        "is_soon = 0 <= limits",
        (*allowed(words.SUNRISE, 7, 0), ("stage", records.LIGHT), ("ask", 4, 8, 9)),
    ),
    (
        *("REM for what relieves", _GATE, "return stage == records.REM", "return True"),
        (*allowed(words.RELIEF, 7, 0), ("stage", records.DEEP), ("ask", 3, 6, 8)),
    ),
)


def _made(name, *rest):
    *changes, moves = rest
    rows = changes[0] if len(changes) == 1 else (tuple(changes),)
    return Mutant(name, tuple(rows), moves)


MUTANTS = [_made(*row) for row in _ROWS]
