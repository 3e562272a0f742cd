"""Breaches in the puck's own code: what a journal of a puck that does not keep its rules gives away.

Each is a line of the firmware that says something else, in a copy of what the desktop's VM runs.
The night of `hw/sim/ledger_night.py` is run by it. It must never touch the tree that explains.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sleepsync import vm
from sleepsync.build import build

_PROGRAM = "import sys, scheduler; scheduler.install(); import ledger_night; ledger_night.make(sys.argv[1])"
_GATE = "firmware/governor/gate.py"
_GOVERNOR = "firmware/governor/governor.py"
_LANES = "firmware/governor/lanes.py"
_LIGHT = "firmware/governor/light.py"
_LIMITS = "firmware/governor/limits.py"
_SOUND = "firmware/governor/sound.py"
_TOUCH = "firmware/governor/touch.py"
_SCENES = "firmware/bedside/scenes.py"
_GESTURES = "firmware/bedside/gestures.py"
_PRESS = "firmware/bedside/press.py"
_STANDING = "firmware/keep/standing.py"
_JOURNAL = "firmware/keep/journal.py"


@dataclass(frozen=True)
class Change:
    """In `source` stands `old` once, and becomes `new`."""

    name: str
    source: str
    old: str
    new: str


CHANGES = (
    Change(
        "the lamp may be ten times as bright",
        _LIMITS,
        "_BY_HAND, 1000, 3500",
        "_BY_HAND, 10000, 3500",
    ),
    Change("the alarm may be louder", _LIMITS, "300000, 7500, 127", "300000, 9500, 127"),
    Change("the touch of a hand may be stronger", _LIMITS, "1000, 3500, 64", "1000, 3500, 127"),
    Change("the lamp may be white", _LIMITS, "3500, 64, True, HANDS", "3500, 64, False, HANDS"),
    Change(
        "wind-down needs no consent",
        _LIMITS,
        "64, False, EVENINGS, 2, True",
        "64, False, EVENINGS, 2, False",
    ),
    Change("a night may have more touch", _LIMITS, "(10800, 8000, 60000)", "(10800, 8000, 90000)"),
    Change(
        "a loud speaker is taken for a quiet one",
        _LIMITS,
        "return min(max(heard_cdb + HEARD_SPARE_CDB, QUIETEST_CDB), LOUDEST_CDB)",
        "return QUIETEST_CDB",
    ),
    Change(
        "an alarm sounds before its time",
        _LIMITS,
        "SNOOZE_MS = const(540000)",
        "SNOOZE_MS = const(1000)",
    ),
    Change(
        "the wind-down takes the lamp's place", _LIMITS, "EVENINGS, 2, True", "EVENINGS, 9, True"
    ),
    Change(
        "off is not asked for", _GATE, "if self.is_off and scene.use != scenes.ALARM:", "if False:"
    ),
    Change(
        "every reason holds",
        _GATE,
        "if not (self._is_borne(request, use) and self._holds(request)):",
        "if False:",
    ),
    Change(
        "who asks does not matter",
        _GATE,
        "return use.rules >> min(request.rule, 31) & 1 and",
        "return",
    ),
    Change(
        "consent is not asked for",
        _GATE,
        "            return limits.NOT_ALLOWED",
        "            self._consents[use] = records.CONSENT.of(t_ms, use, 7, 3, 0, self.night)\n            return 0",
    ),
    Change(
        "a consent holds in every stage",
        _GATE,
        "return 0 if consent.scope & limits.SCOPE_OF[stage] else limits.OUT_OF_SCOPE",
        "return 0",
    ),
    Change(
        "a consent never ends",
        _GATE,
        "            return limits.WITHDRAWN\n        return 0",
        "            return 0\n        return 0",
    ),
    Change(
        "a consent needs no time",
        _GATE,
        "            return limits.NO_TIME",
        "            return 0",
    ),
    Change(
        "a consent that is taken back ends nothing",
        _GATE,
        "self._end_all(limits.WITHDRAWN, fields.t_ms, use)",
        "pass",
    ),
    Change("a used dose is given again", _GATE, "return limits.DOSE_USED", "pass"),
    Change("a dose is not counted", _GATE, "][fields.lane] += fields.dose", "][fields.lane] += 0"),
    Change(
        "a start forgets what acted",
        _GATE,
        "+= most * (abs(t_ms - holder.since_ms) // 1000)",
        "+= 0",
    ),
    Change("what matters more gives way", _GATE, "return limits.BUSY", "pass"),
    Change(
        "a press ends nothing",
        _GATE,
        "if gesture == gestures.SHORT:\n            self._end_all(limits.STOPPED, t_ms)",
        "if gesture == gestures.SHORT:\n            pass",
    ),
    Change(
        "two presses switch nothing off",
        _GATE,
        "            return self._switch_off(t_ms)",
        "            return []",
    ),
    Change("off leaves on what acts", _GATE, "self._end_all(limits.OFF, t_ms)", "pass"),
    Change(
        "a hold grants what nobody asked for",
        _GATE,
        "if not wanted or",
        "wanted = wanted or records.CONSENT.of(t_ms, 5, 7, 1, 0, self.night)\n        if",
    ),
    Change(
        "whoever sleeps still has an evening",
        _GATE,
        "self._end_all(limits.FELL_ASLEEP, 0, use)",
        "pass",
    ),
    Change(
        "an act is granted for longer",
        _GATE,
        "request.number, length_s, *ceilings",
        "request.number, length_s * 2, *ceilings",
    ),
    Change(
        "an alarm rings whenever it is asked",
        _GATE,
        "return self._is_due(t_ms) and t_ms >= self._quiet_ms",
        "return True",
    ),
    Change(
        "a refusal is not written",
        _GOVERNOR,
        "        for answer in answers:\n            self._append(*answer)",
        "        for answer in answers:\n            if answer[0] is not records.REFUSAL:\n                self._append(*answer)",
    ),
    Change(
        "an act is not written",
        _GOVERNOR,
        "        for answer in answers:\n            self._append(*answer)",
        "        for answer in answers:\n            if answer[0] is not records.ACT:\n                self._append(*answer)",
    ),
    Change(
        "the off switch is not written",
        _GOVERNOR,
        "        for answer in answers:\n            self._append(*answer)",
        "        for answer in answers:\n            if answer[0] is not records.EVENT:\n                self._append(*answer)",
    ),
    Change(
        "a request is not written",
        _GOVERNOR,
        "        self._append(kind, fields)\n        answers",
        "        if kind is not records.REQUEST:\n            self._append(kind, fields)\n        answers",
    ),
    Change(
        "an end is not written",
        _GOVERNOR,
        "        self._append(kind, fields)\n        answers",
        "        if kind is not records.EMITTED:\n            self._append(kind, fields)\n        answers",
    ),
    Change(
        "a gesture is not written",
        _GOVERNOR,
        "        self._append(kind, fields)\n        answers",
        "        if kind is not records.EVENT or fields.kind != records.GESTURE:\n            self._append(kind, fields)\n        answers",
    ),
    Change(
        "a typed wish is not written",
        _GOVERNOR,
        "self.tell(records.ASKED, records.PUCK, scene)",
        "self.gate.take(records.EVENT, records.EVENT.of(self._now_ms(), records.ASKED, 0, scene))",
    ),
    Change(
        "numbers are used twice", _GOVERNOR, "gate.number % _MOST_NUMBER + 1", "gate.number % 5 + 1"
    ),
    Change(
        "another scene than the lamp answers",
        _GOVERNOR,
        'scenes.named("lamp").number',
        'scenes.named("alarm").number',
    ),
    Change(
        "what should fade is cut",
        _GOVERNOR,
        "self.lanes.all[lane].close()",
        "self.lanes.all[lane].cut()",
    ),
    Change(
        "every lane is stepped twice",
        _GOVERNOR,
        "                    act()\n",
        "                    act()\n                    if self.lanes.acts[lane]:\n                        act()\n",
    ),
    Change(
        "a lane is given another ceiling",
        _LANES,
        "act.light_mlx, use.is_amber",
        "act.light_mlx * 2, use.is_amber",
    ),
    Change(
        "sound is given another ceiling",
        _LANES,
        "act.sound_cdb, self._speaker_cdb",
        "act.sound_cdb + 600, self._speaker_cdb",
    ),
    Change("touch is given another ceiling", _LANES, "act.touch, ticks, left", "127, ticks, left"),
    Change(
        "an act may use any dose",
        _LANES,
        "left = self._left[lane] = gate.left(lane, scene.use)",
        "left = self._left[lane] = 1 << 29",
    ),
    Change(
        "peaks are told lower",
        _LANES,
        "peak = max(0, it.peak + self._speaker_cdb) if lane == _SOUND else it.peak",
        "peak = max(0, it.peak + self._speaker_cdb) // 2 if lane == _SOUND else it.peak // 2",
    ),
    Change(
        "light may flicker", _LIGHT, "FLICKER_SHARE = const(426)", "FLICKER_SHARE = const(4260)"
    ),
    Change(
        "no ceiling for light",
        _LIGHT,
        "min(_share(self._state[_CEILING], level), _share(_MOST_COUNTS, sums[2]))",
        "_share(_MOST_COUNTS, sums[2])",
    ),
    Change("no dark after a cut", _LIGHT, "DARK_TICKS = const(25)", "DARK_TICKS = const(0)"),
    Change(
        "doses of light are halved",
        _LIGHT,
        "self.frame, level, level, _MLX_TICKS",
        "self.frame, level, level // 2, _MLX_TICKS",
    ),
    Change("sound comes at once", _SOUND, "GAIN_STEP = const(3146)", "GAIN_STEP = const(32767)"),
    Change(
        "sound is held to its ceiling too late",
        _SOUND,
        "min(_FULL, power((self._limit - _MARGIN_CDB) // 2, 15))",
        "_FULL",
    ),
    Change(
        "sound is weighed after a pause anew",
        _SOUND,
        "self._level = self._loudness.weigh(out)",
        "self._level = self._loudness.again(out)",
    ),
    Change("touch never rests", _TOUCH, "_COST = const(9)", "_COST = const(0)"),
    Change(
        "no ceiling for touch",
        _TOUCH,
        "self._renderer.level(self.ticks)), self._ceiling)",
        "self._renderer.level(self.ticks)), _FULL)",
    ),
    Change("doses of touch are not told", _TOUCH, "level * TICK_MS, _FULL)", "0, _FULL)"),
    Change(
        "the lamp is of another colour", _SCENES, "_AMBER = (60, 150, 0)", "_AMBER = (60, 160, 0)"
    ),
    Change(
        "the cue is of another pitch", _SCENES, "((523, 659), 10, 42, 0)", "((523, 660), 10, 42, 0)"
    ),
    Change("relief beats otherwise", _SCENES, "(60, 10, 40, 0)", "(60, 20, 40, 0)"),
    Change("the cue is longer", _SCENES, '("cue", CUE, 10,', '("cue", CUE, 12,'),
    Change(
        "tones are louder",
        "firmware/bedside/tone.py",
        "return max(_SOFTEST_Q15, share * share >> 15)",
        "return _FULL",
    ),
    Change(
        "colours do not go over",
        "firmware/bedside/colour.py",
        "if tick >= self._rise_ticks:",
        "if True:",
    ),
    Change(
        "touch comes at once",
        "firmware/bedside/buzz.py",
        "if tick >= self._rise_ticks:",
        "if True:",
    ),
    Change(
        "a shorter press is a long one",
        _GESTURES,
        "_LONG_MS = const(2000)",
        "_LONG_MS = const(900)",
    ),
    Change(
        "a shorter press is a hold", _GESTURES, "_HOLD_MS = const(6000)", "_HOLD_MS = const(2400)"
    ),
    Change(
        "a press is not told",
        _PRESS,
        "            self._tell(records.PRESSED, records.BUTTON, held_ms)",
        "            pass",
    ),
    Change(
        "presses are told longer",
        _PRESS,
        "records.PRESSED, records.BUTTON, held_ms)",
        "records.PRESSED, records.BUTTON, held_ms + 3000)",
    ),
    Change("off does not outlive the night", _STANDING, "if is_off != gate.is_off:", "if False:"),
    Change(
        "consents are kept for other uses",
        _STANDING,
        "use, scope, until_s, night = consent",
        "use, scope, until_s, night = consent[0] % 8 + 1, consent[1], consent[2], consent[3]",
    ),
    Change(
        "consents are kept for longer",
        _STANDING,
        "records.CONSENT.of(t_ms, use, scope, state, until_s, night)",
        "records.CONSENT.of(t_ms, use, scope, state, until_s + 86400, night)",
    ),
    Change(
        "the speaker is kept otherwise",
        _STANDING,
        "records.CALIBRATED, heard_cdb)",
        "records.CALIBRATED, heard_cdb - 500)",
    ),
    Change(
        "seals do not chain",
        _JOURNAL,
        "digest = sha256(self._seal)",
        "digest = sha256(_FIRST_SEAL)",
    ),
    Change("batches are not sealed", _JOURNAL, "            file.write(record)\n", ""),
    Change(
        "scores are not written",
        _JOURNAL,
        "        self._scores.append(score)\n        if",
        "        if",
    ),
    Change(
        "stages are told otherwise",
        "firmware/stages/live.py",
        "return records.SCORE.tuple(self._scored - 1, *said)",
        "return records.SCORE.tuple(self._scored - 1, said[0], said[1] ^ 1, *said[2:])",
    ),
    Change(
        "the score waits for less",
        "firmware/stages/live.py",
        "LATE_EPOCHS = const(10)",
        "LATE_EPOCHS = const(9)",
    ),
    Change(
        "the score has another number",
        "firmware/stages/live.py",
        "RULES = const(3)",
        "RULES = const(4)",
    ),
)


def run(change: Change | None, folder: Path) -> list[Path]:
    """The journals of the nights that a puck with that change keeps in `folder`, which is new.

    ValueError if the line is not there once; VmError if that puck does not run.
    """
    tree, nights = folder / "tree", folder / "nights"
    shutil.copytree(build("unix"), tree)
    nights.mkdir(parents=True)
    if change:
        _put(tree, change)
    argv, env = vm.command("-c", _PROGRAM, str(nights))
    env["MICROPYPATH"] = ":".join([*map(str, (tree / "hw" / "sim", tree, tree / "lib")), ".frozen"])
    # Not from here, for -c would take the repository's own sources before that tree's.
    ended = subprocess.run(argv, env=env, cwd=nights, capture_output=True, text=True)
    if ended.returncode:
        raise vm.VmError(f"{change}: {ended.stderr[-500:]}{ended.stdout[-500:]}")
    return sorted(nights.glob("*.night"))


def _put(tree: Path, change: Change) -> None:
    path = tree / change.source
    text = path.read_text()
    if text.count(change.old) != 1:
        raise ValueError(f"{change.source} has changed: {change.old!r} stands there not once")
    os.chmod(path, 0o644)
    path.write_text(text.replace(change.old, change.new))
