"""Journals of made evenings, nights and mornings: records, packed as a puck packs them."""

from datetime import datetime, timedelta

import numpy as np
from sleepsync.night import PUCK_EPOCH, Night
from sleepsync.paths import records
from sleepsync.reading import read_journal
from sleepsync.replay.explained import Explained, from_answer
from sleepsync.vm import Worker

EVENING, NIGHT, WAKING = 2, 3, 4  # rules
PRESSED, TYPED, BEDTIME, SETTLING, ASLEEP, DISTRESS, LIGHT_SLEEP, DAWN, DUE = range(1, 10)
LAMP, WIND_DOWN, RELIEF, SUNRISE, EARLY, ALARM = 1, 5, 8, 9, 10, 11  # scenes
OVER, OFF, NOT_ALLOWED = 0, 1, 2  # why
STOPPED, SNOOZED, REPLACED, FELL_ASLEEP = 11, 12, 13, 14
SHORT, DOUBLE, LONG, HOLD = range(1, 5)
START = datetime(2026, 1, 15, 22, 30)
EPOCHS = 1040  # 22:30 to 07:10
_CEILINGS = {
    LAMP: (1000, 0, 0),
    WIND_DOWN: (10_000, 5000, 0),
    RELIEF: (0, 0, 80),
    SUNRISE: (300_000, 0, 0),
    EARLY: (300_000, 5500, 100),
    ALARM: (300_000, 7500, 127),
}
_ROWS = """
from explain_rows import Rows
from firmware import records
from firmware.keep import journal
table = Rows()
with open(path, "rb") as file:
    data = file.read()
for kind, record in journal.parse((data,)):
    for fields in kind.rows(record) if kind else ():
        if kind is records.REQUEST:
            table.request(fields)
        elif kind in (records.ACT, records.REFUSAL):
            table.answer(kind, fields)
        elif kind is records.EMITTED:
            table.end(fields)
result = table.rows
"""
_MINUTES = {LAMP: 10, WIND_DOWN: 20, RELIEF: 1, SUNRISE: 30, EARLY: 5, ALARM: 30}


class Journal:
    """Records in the order of their times; those of one time in the order in which they came."""

    def __init__(self, start: datetime | None = START):
        self._start = start
        start_s = round((start - PUCK_EPOCH).total_seconds()) if start else 0
        self._rows = [(-1, records.NIGHT.pack(records.VERSION, 1, start_s, 1))]
        self._count = 0
        self.told = {}  # `states` and `whys`, as the VM would answer
        self.event(0, records.START, 0)

    def ms(self, at) -> int:
        """Milliseconds of the night of a wall time like `06:41`, or of seconds."""
        if not isinstance(at, str):
            return round(at * 1000)
        hour, minute = map(int, at.split(":"))
        there = self._start.replace(hour=hour, minute=minute)
        there += timedelta(days=there < self._start)
        return round((there - self._start).total_seconds() * 1000)

    def event(self, at, kind: int, value: int, part: int = records.PUCK):
        """An event; `at` as in `ms`."""
        t_ms = self.ms(at)
        self._rows.append((t_ms, records.EVENT.pack(t_ms, kind, part, value)))
        return self

    def press(self, at, gesture: int):
        """A gesture of a hand."""
        return self.event(at, records.GESTURE, gesture, records.BUTTON)

    def alarm(self, at, due):
        """An alarm is set at `at` for `due`; None: it is over."""
        return self.event(at, records.ALARM_SET, self.ms(due) if due else 0)

    def act(self, at, rule, reason, scene, until, why=OVER, stage=records.WAKE):
        """A request that is granted, and ends in all its lanes; `until` None: it tells no end."""
        t_ms, most = self._asked(at, rule, reason, scene, stage), _CEILINGS[scene]
        act = records.ACT.pack(t_ms, self._count, _MINUTES[scene] * 60, *most)
        self._rows.append((t_ms, act))
        for lane in [lane for lane, ceiling in enumerate(most) if ceiling and until]:
            end_ms = self.ms(until)
            steps = (end_ms - t_ms) // (40, 96, 40)[lane]
            figures = (end_ms, self._count, lane, why, steps, 0, most[lane] * 2 // 3, 0, 0)
            self._rows.append((end_ms, records.EMITTED.pack(*figures)))
        return self

    def refusal(self, at, rule, reason, scene, why, stage=records.WAKE):
        """A request that is refused."""
        t_ms = self._asked(at, rule, reason, scene, stage)
        self._rows.append((t_ms, records.REFUSAL.pack(t_ms, self._count, why)))
        return self

    def epochs(self, stages, **columns):
        """An epoch for each of `stages`, with its live score; `columns` of epochs, by name."""
        for i, stage in enumerate(stages):
            room = {"light_mlx": 20, "temperature_cdeg": 1800, "humidity_pct": 45,
                    "level_ddb": 320, "loudest_ddb": 350}  # fmt: skip
            body = {"quality": 90, "rate_dbpm": 560, "beats": 28, "perfusion_pm": 20,
                    "rmssd_dms": 350, "breaths_dpm": 140, "breath_regularity": 60,
                    "oxygen_ratio_pct": 60, "flags": 0, "counts": 0}  # fmt: skip
            given = {name: int(values[i]) for name, values in columns.items()}
            epoch = records.EPOCH.tuple(index=i, **{**body, **room, **given})
            score = records.SCORE.tuple(i, stage, *_probabilities(stage))
            t_ms = (i + 1) * records.EPOCH_S * 1000
            self._rows.append((t_ms, records.EPOCH.pack(*epoch)))
            self._rows.append((t_ms, records.SCORE.pack(score)))
        return self

    def bytes(self) -> bytes:
        """The journal, without seals."""
        return b"".join(row for _, row in sorted(self._rows, key=lambda row: row[0]))

    def night(self, folder, **changes) -> Night:
        """The night as a report gets it, read back in the VM from a file in `folder`."""
        path = folder / "00001.night"
        path.write_bytes(self.bytes())
        found, explained = read_journal(path), self.explained(path)
        night = {"summary": {}, "sources": {"room": "made up"}, "notes": []}
        night["states"] = explained.states
        return Night(
            name="made",
            start=self._start,
            epochs=found.of(records.EPOCH),
            scores=found.of(records.SCORE),
            events=found.of(records.EVENT),
            reference=None,
            truth=None,
            requests=explained.requests,
            **{**night, **changes},
        )

    def explained(self, path) -> Explained:
        """The records' requests in the firmware's words, unjudged, with made states and whys."""
        with Worker() as worker:
            rows = worker.call("snippet:run", _ROWS, {"path": str(path)})
        answer = {"findings": [], "notes": [], "acts": rows, "uses": []}
        return from_answer({**answer, **self.told})

    def _asked(self, at, rule, reason, scene, stage) -> int:
        self._count += 1
        t_ms = self.ms(at)
        request = records.REQUEST.pack(t_ms, self._count, rule, reason, scene, stage)
        self._rows.append((t_ms, request))
        return t_ms


def _probabilities(stage: int) -> tuple[int, int, int, int]:
    rows = {records.WAKE: (225, 20, 0, 10), records.LIGHT: (30, 180, 20, 25),
            records.DEEP: (5, 60, 190, 0), records.REM: (20, 40, 0, 195)}  # fmt: skip
    return rows.get(stage, (0, 0, 0, 0))


def stages(seed: int = 1, awakenings: tuple[int, ...] = ()) -> np.ndarray:
    """A night's stages: wake, then cycles of sleep, with two waking minutes at each awakening."""
    del seed
    cycle = np.repeat([records.LIGHT, records.DEEP, records.LIGHT, records.REM], [50, 50, 45, 40])
    row = np.tile(cycle, 6)[:EPOCHS]
    row[:60] = records.WAKE
    row[960:1012] = records.LIGHT
    row[1012:] = records.WAKE  # up from 06:56 on
    for at in awakenings:
        row[at : at + 4] = records.WAKE
    return row


def whole() -> Journal:
    """An evening, a night and a morning in which everything happens that a report tells of."""
    journal = Journal()
    journal.event("22:31", records.SETTING, 30, 3).alarm("22:32", "07:00")
    journal.event("22:34", records.PROGRAMME, 1)
    journal.act("22:34", EVENING, BEDTIME, WIND_DOWN, "22:54", REPLACED)
    journal.act("22:54", EVENING, SETTLING, WIND_DOWN, "23:02", FELL_ASLEEP)
    journal.refusal("00:40", 1, TYPED, WIND_DOWN, 4, records.DEEP)
    journal.press("02:10", LONG).act("02:10", 1, PRESSED, LAMP, "02:14", STOPPED)
    journal.press("02:14", SHORT)
    for at, until in (("03:20", "03:21"), ("04:45", "04:46")):
        journal.act(at, NIGHT, DISTRESS, RELIEF, until, OVER, records.REM)
    journal.act("06:30", WAKING, DAWN, SUNRISE, "06:41", REPLACED, records.LIGHT)
    journal.act("06:41", WAKING, LIGHT_SLEEP, EARLY, "06:42", STOPPED, records.LIGHT)
    journal.press("06:42", SHORT)
    journal.act("06:51", WAKING, LIGHT_SLEEP, EARLY, "06:52", STOPPED, records.LIGHT)
    journal.press("06:52", SHORT)
    journal.act("06:58", WAKING, DUE, ALARM, "06:59", STOPPED)
    journal.press("06:59", LONG).alarm("06:59", None)
    return journal.event("07:10", records.STOP, 0)


STATES = [
    (0, "unknown"),
    (60_000, "awake in bed"),
    (900_000, "settling"),
    (1_900_000, "asleep"),
    (13_200_000, "out of bed"),
    (13_440_000, "settling"),
    (14_000_000, "asleep"),
    (29_460_000, "waking"),
    (30_540_000, "out of bed"),
]
