"""A night of scripted records for the rituals, in the VM: `BED`, then lines that use `bed`.

It leads the rituals as the puck does, and answers as a gate with every consent would, unless told
otherwise. `log` has a row for each want: (t_ms, rule, reason, scene, why, state of the sleeper).
`wrong` has what no ritual may do: it wanted something before its own wait was over.
"""

BED = """
from firmware import records
from firmware.bedside.scenes import SCENES
from firmware.rituals import asking, evening, night, pacer, programmes, sleeper
from firmware.rituals.rituals import Rituals

DEFAULTS = {"flags": 0, "quality": 95, "rate_dbpm": 600, "beats": 30, "perfusion_pm": 10,
    "counts": 0, "rmssd_dms": 400, "breaths_dpm": 0, "breath_regularity": 60,
    "oxygen_ratio_pct": 50, "light_mlx": 1000, "temperature_cdeg": 1900, "humidity_pct": 45,
    "level_ddb": 320, "loudest_ddb": 330}
LATE = 10

class Bed:
    def __init__(self, start_s=0, settings=(), every_ms=0):
        self.r, self.t, self.i, self.number = Rituals(), 0, 0, 0
        self.stages, self.log, self.wrong, self.written = [], [], [], []
        self.refusals = []  # whys of the requests to come; 0 is granted
        self.every_ms = every_ms  # look so often, too
        self.held = {}  # lane: (number, its end)
        self.scores_late = LATE
        self.take(records.NIGHT, records.NIGHT.of(5, 1, start_s, 3))
        for number, value in settings:
            self.event(records.SETTING, value, number)

    def take(self, kind, fields):
        self.written.append((kind, fields))
        self.r.take(kind, fields)

    def event(self, kind, value=0, part=0):
        self.take(records.EVENT, records.EVENT.of(self.t, kind, part, value))
        self.look()

    def hear(self, index, stage):
        score = records.SCORE.of(index, stage, 0, 0, 0, 0)
        self.written.append((None, score))
        self.r.hear(score)

    def epochs(self, n, stage=records.WAKE, **values):
        for _ in range(n):
            self.until((self.i + 1) * 30000)
            row = dict(DEFAULTS, **values)
            fields = [row[name] for name in records.EPOCH.names[1:]]
            self.take(records.EPOCH, records.EPOCH.of(self.i, *fields))
            self.stages.append(stage)
            scored = self.i - self.scores_late
            if 0 <= scored < len(self.stages):
                self.hear(scored, self.stages[scored])
                if self.stages[scored] in asking.STAGES_ASLEEP:
                    self.end_uses(14)
            self.i += 1
            self.look()

    def minutes(self, n, stage=records.WAKE, **values):
        self.epochs(2 * n, stage, **values)

    def until(self, t_ms):
        while self.t < t_ms:
            self.look()
            wait_ms = self.r.wait_ms(self.t)
            if not 0 <= wait_ms <= 8000:
                self.wrong.append(["waits", self.t, wait_ms])
            to = min([t_ms, self.t + max(1, wait_ms)] + [end for _, end in self.held.values()])
            if self.every_ms:
                to = min(to, self.t + self.every_ms)
            self.quiet(to)
            self.t = max(to, self.t)
            self.ends()

    def quiet(self, to):
        for t in (self.t + 1, (self.t + to) // 2, to - 1):
            if self.t < t < to and self.r.want(t):
                self.wrong.append(["early", self.t, t])

    def ends(self):
        for lane in list(self.held):
            if self.held[lane][1] <= self.t:
                self.end(lane, 0)

    def end(self, lane, why):
        number, _ = self.held.pop(lane)
        self.take(records.EMITTED, records.EMITTED.of(self.t, number, lane, why, 1, 0, 1, 1, 0))

    def end_uses(self, why):
        for lane in list(self.held):
            self.end(lane, why)

    def look(self):
        for _ in range(4):
            wanted = self.r.want(self.t)
            if not wanted:
                return
            self.log.append([self.t] + list(wanted) + [list(self.r.why), self.r.sleeper.state])
            self.ask(*wanted)
        self.wrong.append(["wants on", self.t])

    def ask(self, rule, reason, scene, why=None):
        self.number += 1
        request = records.REQUEST.of(self.t, self.number, rule, reason, scene, self.r.sleeper.stage)
        self.take(records.REQUEST, request)
        why = self.refusals.pop(0) if self.refusals else 0
        if why:
            self.take(records.REFUSAL, records.REFUSAL.of(self.t, self.number, why))
            return
        row = SCENES[scene]
        most = [5 if lane else 0 for lane in (row.light, row.sound, row.touch)]
        act = records.ACT.of(self.t, self.number, row.length_s, *most)
        self.take(records.ACT, act)
        for lane in range(3):
            if most[lane]:
                if lane in self.held:
                    self.end(lane, 13)
                self.held[lane] = self.number, self.t + row.length_s * 1000

    def long_press(self):
        lit = records.LIGHT_LANE in self.held
        self.event(records.GESTURE, asking.LONG)
        if not lit:
            self.ask(asking.HAND, asking.PRESSED, asking.LAMP)
        self.look()

    def short_press(self):
        self.take(records.EVENT, records.EVENT.of(self.t, records.GESTURE, 0, asking.SHORT))
        self.end_uses(11)
        self.look()

    def programme(self, number):
        self.event(records.PROGRAMME, number)

bed = Bed(**given)
it, evening_, night_ = bed.r.sleeper, bed.r.evening, bed.r.night
"""
END = "\nresult = [result, bed.log, bed.wrong]\n"

EVENING, NIGHT, WAKING = 2, 3, 4  # rules
PRESSED, BEDTIME, DISTRESS = 1, 3, 6  # reasons


def slept(worker, lines, **given):
    """(`result` that the lines leave, the log) of a night; nothing was wrong in it."""
    source = BED + "\nresult = None\n" + lines + END
    result, log, wrong = worker.call("snippet:run", source, {"given": given})
    assert wrong == []
    return result, log
