"""What a ritual's measured reasons mean, for people.

Nothing of the night loads it: the REPL's words do, and a replay on the desktop.
"""

from firmware import records
from firmware.rituals.programmes import EMBERS, FIRST_PACE_SCENE, PACES

_SCENES = (EMBERS, "embers"), (5, "evening"), (20, "story"), (21, "music"), (23, "rest")
BEGUN_BY = ("nobody", "the button", "a word", "the schedule")


def said(why: tuple) -> str:
    """The `why` of an evening, a night or a waking in words. Its first number is that of
    evening.py, pacer.py, night.py or waking.py.
    """
    code, values = why[0], why[1:]
    if 0 < code < 12:
        return (_of_room if code < 6 else _of_breath)(code, *values)
    if code == 15:
        rate_dbpm, usual_bpm, epochs, counts = values
        return "heart rate %s /min where %d is usual (%d epochs asleep), motion %d" % (
            _tenths(rate_dbpm),
            usual_bpm,
            epochs,
            counts,
        )
    return _of_waking(code, values[0]) if 20 <= code < 24 else "no reason"


def _of_room(code, scene, measured=0):
    if code == 5:
        return "%s goes on" % _scene(scene)
    if code == 3:
        return "%s: how light the room is, is unknown" % _scene(scene)
    if code == 4:
        return "%s: the room is loud (%s dBA)" % (_scene(scene), _tenths(measured))
    is_lit = "lit" if code == 1 else "dark"
    return "%s: the room is %s (%s lx)" % (_scene(scene), is_lit, _tenths(measured // 100))


def _of_breath(code, scene, breaths_dpm, before):
    rate = _tenths(breaths_dpm)
    if code == 6:
        return "%s: the nearest that is not slower than %s /min" % (_scene(scene), rate)
    if code == 7:
        return "%s: how they breathe is unknown" % _scene(scene)
    if code == 8:
        return "one rung slower: breathing %s /min follows %d" % (rate, before)
    if code == 9:
        return "one rung slower: breathing was unknown for two minutes"
    if code == 10:
        return "one rung faster: breathing %s /min is far above %d" % (rate, before)
    if breaths_dpm <= before * 10:
        return "%s goes on: it is the slowest" % _scene(scene)
    return "%s goes on: breathing %s /min does not follow" % (_scene(scene), rate)


def _of_waking(code, value):
    if code == 20:
        return "the alarm's time has come"
    if code == 21:
        return "louder: %d s have passed" % (value // 1000)
    if code == 22:
        return "light sleep: the score says " + records.STAGES[value]
    return "dawn: the alarm is near"


def _scene(number):
    for its, name in _SCENES:
        if its == number:
            return name
    return "breathe %d" % PACES[number - FIRST_PACE_SCENE]


def _tenths(value):
    return "%d.%d" % (value // 10, value % 10)
