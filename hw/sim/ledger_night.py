"""Three short nights in which everything happens that the ledger knows, one thing after the other.

What is planted into their journals must be found (host/sleepsync/bench/breaches.py). It must
never ask the governor for what a puck could not ask.
"""

from ledger_puck import LedgerPuck

from firmware import records
from firmware.bedside import scenes
from firmware.governor import limits

_WALL_S = 820000000  # a day in December 2025
_DAY_S = 86400
_FIRST_SLEEP, _SECOND_SLEEP = 28, 59  # epochs whose end tells that somebody has fallen asleep
_LAMP, _CHIME, _NUDGE, _CHECK, _EVENING, _MASK, _CUE, _RELIEF, _SUNRISE, _EARLY, _ALARM = range(
    1, 12
)
_PAIRING, _SEVEN = [scenes.named(name).number for name in ("pairing", "digit 7")]
_ANY = limits.AWAKE | limits.SLEEPING | limits.UNSURE


def _sleeper(index):
    """(heart rate, counts): awake, asleep, awake for a while, deep, and in the end REM."""
    if index < 4 or 40 <= index < 46:
        return 700, 250
    if index < 60:
        return 600, 0
    return 600 + 120 * (index // 10 % 2) + index * 7 % 11 - 5, 0


def make(folder: str) -> int:
    """Write nights 1 to 3 into `folder`; how many requests the second made."""
    puck = LedgerPuck(folder, _WALL_S, _sleeper)
    _first(puck)
    puck.boot()
    second = puck.governor
    _second(puck)
    puck.boot()
    puck.wait(40000)
    puck.stop()
    return second.gate.number


def _allow(puck, use, scope=_ANY, for_s=0):
    until_s = puck.wall_s() + for_s if for_s else 0
    puck.governor.consent(use, scope, until_s, records.WANTED)
    puck.wait(1000)
    puck.press(6500)


def _first(puck):
    """The speaker is heard, two uses are allowed for days, everything is switched off."""
    puck.wait(2000)
    puck.governor.ask_typed(_CHECK)
    puck.wait(7000)
    puck.governor.tell(records.CALIBRATED, records.PUCK, 8700)
    _allow(puck, scenes.SUNRISE, for_s=7 * _DAY_S)
    _allow(puck, scenes.MASK, limits.AWAKE, for_s=7 * _DAY_S)
    puck.until_epoch(1)
    puck.press(100, 200)
    puck.until_epoch(2, -5000)
    puck.stop()


def _second(puck):
    _evening(puck)
    _hands(puck)
    _pair(puck)
    _asleep(puck)
    _accidents(puck)
    _dream(puck)
    _morning(puck)


def _evening(puck):
    """A part comes and goes; off, on; what is refused, and why."""
    ask = puck.governor.ask
    puck.governor.tell(records.PART_MISSING, records.LIGHT_SENSOR, 0)
    puck.wait(3000)
    puck.governor.tell(records.PART_BACK, records.LIGHT_SENSOR, 0)
    puck.lose_samples(34)
    puck.wait(4000)
    puck.press(2500)  # everything is off
    puck.press(1000)  # half-hearted
    puck.press(6500)
    ask(limits.EVENING, limits.BEDTIME, _EVENING)  # it is not allowed
    ask(limits.EVENING, limits.BEDTIME, 99)
    ask(limits.NIGHT, limits.ASLEEP, _CUE)
    puck.wait(1000)
    _allow(puck, scenes.WIND_DOWN)


def _hands(puck):
    """Lamp, chime and nudge; one takes the place of another; a press ends what acts."""
    ask, typed = puck.governor.ask, puck.governor.ask_typed
    puck.press(2500)
    puck.wait(3000)
    ask(limits.EVENING, limits.BEDTIME, _EVENING)  # the lamp matters more
    puck.press(100)
    typed(_CHIME)
    puck.wait(4000)
    for _ in range(3):  # the third has to rest
        typed(_NUDGE)
        puck.wait(2500)
    puck.press(6500)  # nothing is to be allowed
    ask(limits.EVENING, limits.BEDTIME, _EVENING)
    puck.wait(2500)
    puck.press(2500)
    puck.wait(500)
    typed(_CHIME)
    puck.wait(1000)
    puck.press(100)
    puck.press(100)  # nothing acts


def _pair(puck):
    """Slow presses that mean nothing, and three that open pairing; a short press ends it."""
    puck.wait(60000)
    for _ in range(3):
        puck.press(700)
        puck.wait(2000)
    for _ in range(3):
        puck.press(700)
    for scene, wait_ms in ((_PAIRING, 3000), (_SEVEN, 2600), (_SEVEN, 1000)):
        puck.governor.ask(limits.LINK, limits.PAIRING, scene)
        puck.wait(wait_ms)
    puck.press(100)
    puck.governor.ask(limits.LINK, limits.PAIRING, _SEVEN)


def _asleep(puck):
    """Twice somebody falls asleep: out of an evening, and out of what may not act in sleep."""
    ask = puck.governor.ask
    puck.until_epoch(_FIRST_SLEEP, 4000)
    ask(limits.EVENING, limits.SETTLING, _EVENING)
    puck.until_epoch(_FIRST_SLEEP, -20000)
    ask(limits.NIGHT, limits.ASLEEP, _MASK)  # not in this stage
    _early(puck)
    _allow(puck, scenes.CUE, limits.SLEEPING)
    ask(limits.EVENING, limits.ASLEEP, _CUE)  # it is not the evening's
    ask(limits.NIGHT, limits.ASLEEP, _CUE)
    puck.wait(13000)
    ask(limits.NIGHT, limits.ASLEEP, _CUE)
    puck.wait(1000)
    puck.press(100, 200)
    puck.press(6500)
    ask(limits.NIGHT, limits.ASLEEP, _CUE)
    puck.wait(1500)
    puck.governor.consent(scenes.CUE, _ANY, 0, records.WITHDRAWN)
    puck.until_epoch(_SECOND_SLEEP, 3000)
    ask(limits.EVENING, limits.SETTLING, _MASK)
    puck.until_epoch(_SECOND_SLEEP, -6000)


def _early(puck):
    """Somebody who wakes before the alarm, and rests."""
    _allow(puck, scenes.EARLY)
    puck.governor.tell(records.ALARM_SET, records.PUCK, puck.now_ms() + 60000)
    puck.governor.ask(limits.WAKING, limits.LIGHT_SLEEP, _EARLY)
    puck.wait(2500)
    puck.press(100)
    puck.governor.tell(records.ALARM_SET, records.PUCK, 0)


def _use_up(puck):
    """What wakes early is cut off by resets until its touch is nearly used up for the night."""
    per_s = limits.doses_per_s(limits.USES[scenes.EARLY])[records.TOUCH_LANE]
    puck.governor.tell(records.ALARM_SET, records.PUCK, puck.now_ms() + 2400000)
    for _ in range(2):
        puck.governor.ask(limits.WAKING, limits.LIGHT_SLEEP, _EARLY)
        left_s = puck.governor.gate.left(records.TOUCH_LANE, scenes.EARLY) // per_s
        puck.wait(500)
        puck.reset(min(left_s - 4, 310) * 1000)
    for _ in range(2):
        puck.governor.ask(limits.WAKING, limits.LIGHT_SLEEP, _EARLY)
        puck.wait(6000)  # an epoch later nobody knows how the sleeper sleeps
    puck.press(100)
    puck.governor.tell(records.ALARM_SET, records.PUCK, 0)


def _accidents(puck):
    """A reset while a hand's lamp acts, more of them, and a power cut."""
    puck.press(2500)
    puck.wait(1000)
    puck.governor.ask_typed(_NUDGE)
    puck.wait(500)
    puck.reset(20000)
    puck.wait(31000)
    _use_up(puck)
    _allow(puck, scenes.RELIEF, for_s=60)
    puck.until_epoch(puck.now_ms() // 30000 + 22, -500)
    puck.press(2500)
    puck.wait(2000)
    puck.cut(20000, True)
    puck.wait(3000)
    puck.governor.ask(limits.NIGHT, limits.ASLEEP, _MASK)  # the time is unknown
    puck.wait(1000)
    puck.set_clock()
    puck.governor.ask(limits.NIGHT, limits.DISTRESS, _RELIEF)


def _dream(puck):
    """Relief, once over, once of a part that fails."""
    ask = puck.governor.ask
    while puck.governor.gate.stage != records.REM:
        puck.wait(30000)
    ask(limits.NIGHT, limits.DISTRESS, _RELIEF)  # the consent is over
    _allow(puck, scenes.RELIEF, for_s=3600)
    ask(limits.NIGHT, limits.DISTRESS, _RELIEF)
    puck.wait(12000)
    ask(limits.NIGHT, limits.DISTRESS, _RELIEF)
    puck.wait(3000)
    puck.parts[records.TOUCH_LANE].fails = True
    puck.wait(3000)
    puck.parts[records.TOUCH_LANE].fails = False


def _morning(puck):
    """Sunrise; an alarm that snoozes, rings again and is ended; a lamp until the night's end."""
    ask, tell = puck.governor.ask, puck.governor.tell
    tell(records.ALARM_SET, records.PUCK, puck.now_ms() + 20000)
    ask(limits.WAKING, limits.LIGHT_SLEEP, _EARLY)
    puck.wait(2000)
    ask(limits.WAKING, limits.DAWN, _SUNRISE)
    puck.wait(18500)
    ask(limits.WAKING, limits.DUE, _ALARM)
    puck.wait(4000)
    ask(limits.WAKING, limits.DAWN, _SUNRISE)
    puck.press(100)
    ask(limits.WAKING, limits.DUE, _ALARM)
    puck.wait(limits.SNOOZE_MS)
    ask(limits.WAKING, limits.DUE, _ALARM)
    puck.wait(1500)
    puck.press(2500)
    puck.press(2500)
    puck.wait(2000)
    puck.stop()
