"""What is known of the sleeper, from epochs, scores and what a hand does.

A pure step: records in, a state out. What nobody knows stays unknown. The live score is five
minutes late, so whatever shows that somebody is awake counts at once, and a score of the time
before it says nothing any more. A nap is a night like any other. It must never ask for anything.
"""

from array import array

from micropython import const

from firmware import records
from firmware.rituals import asking

UNKNOWN, AWAKE, SETTLING, ASLEEP, OUT_OF_BED, WAKING = range(6)
STATES = ("unknown", "awake in bed", "settling", "asleep", "out of bed", "waking")

# The rules (docs/night-watch.md shows them).
OUT_EPOCHS = const(2)  # off body for a minute: a pod that is put right is not a sleeper who left
SETTLE_EPOCHS = const(10)  # five still minutes: nobody who reads or talks lies so long without one
STILL_COUNTS = const(10)  # from here on an epoch moves: as the pulse has it (senses/pod.py)
AWAKE_COUNTS = const(60)  # more than turning over leaves behind in two epochs that follow
AWAKE_EPOCHS = const(2)  # turning over takes one epoch, sitting up and walking more
LOST_MS = const(120000)  # two minutes without an epoch: nothing is known any more
WAKING_MOST_MS = const(10800000)  # 3 h: sunrise and the longest ringing, with an hour to spare
BREATH_EPOCHS = const(4)  # two minutes: as long as a rung of the pacer lasts at least
BREATH_LEAST = const(2)  # one estimate is off by 1 to 2 breaths a minute; two agree by chance less
REGULAR_PCT = const(40)  # even breaths have that share of their power near the peak (senses)

_EPOCH_MS = records.EPOCH_S * 1000
_LEAST_BPM = const(30)
_BINS = const(120)  # 30 to 149 a minute
_KEPT = const(16)  # rates that wait for their score, which is ten epochs late
_NO_SENSORS = records.NO_PULSE_SENSOR | records.NO_MOTION_SENSOR


class Sleeper:
    """`state`; `stage`: as the latest score has it; `now_ms`: when the latest record came.

    `epochs`: the last four `records.EPOCH`s without a hole between them; `stillness_min`;
    `breaths_dpm`: 0 unknown; `slept_epochs`: scored asleep so far; `baseline_epochs`: of those,
    the ones with a heart rate. Of the room, None if unknown: `light_mlx` (the puck's own light
    apart), `temperature_cdeg`, `humidity_pct`, `level_ddb`.
    """

    def __init__(self):
        self.state = UNKNOWN
        self.stage = records.UNKNOWN
        self.since_ms = self.now_ms = 0
        self.epochs = []
        self.breaths_dpm = self.slept_epochs = self.baseline_epochs = 0
        self.light_mlx = self.temperature_cdeg = self.humidity_pct = self.level_ddb = None
        self._bins = array("H", [0] * _BINS)
        self._rates_dbpm = array("H", [0] * _KEPT)
        self._still = self._off = self._stirring = 0  # epochs in a row
        self._news = 0  # the first epoch whose score may say that they sleep
        self._is_asleep = False
        self._waking = 0  # the number of the latest request of the waking
        self._waking_ms = -1  # since when it acts, or -1
        self._light = 0  # the number of the act that holds the ring
        self._was_lit = False  # in the epoch that runs

    def take(self, kind, fields) -> None:
        """The next record of the night."""
        if kind is records.EPOCH:
            self._epoch(fields)
        elif kind is records.EVENT:
            self._event(fields)
        elif kind in (records.REQUEST, records.ACT, records.EMITTED):
            self._act(kind, fields)
        else:
            return
        self._settle()

    def hear(self, score) -> None:
        """The latest live score."""
        self.stage = score.stage
        is_asleep = score.stage in asking.STAGES_ASLEEP
        if is_asleep:
            self.slept_epochs += 1
            self._learn(score.index)
        if score.stage in (records.WAKE, records.NOT_WORN):
            self._is_asleep = False
        elif is_asleep and score.index >= self._news:
            self._is_asleep = True
        self._settle()

    @property
    def stillness_min(self) -> int:
        """Whole minutes for which no epoch has moved."""
        return self._still // 2

    @property
    def is_scored_asleep(self) -> bool:
        """What the gate goes by, whatever a hand has told since."""
        return self.stage in asking.STAGES_ASLEEP

    def baseline_bpm(self) -> int:
        """The median of their own heart rate asleep tonight; 0 without one. See
        `baseline_epochs`.
        """
        left = (self.baseline_epochs + 1) // 2
        for i in range(_BINS):
            left -= self._bins[i]
            if left <= 0:
                return _LEAST_BPM + i if self.baseline_epochs else 0
        return 0

    # -- epochs

    def _epoch(self, epoch):
        if self.epochs and epoch.index != self.epochs[-1].index + 1:
            self.epochs, self._still, self._off, self._stirring = [], 0, 0, 0
            for i in range(_KEPT):
                self._rates_dbpm[i] = 0
        self.now_ms = (epoch.index + 1) * _EPOCH_MS
        self.epochs = self.epochs[1 - BREATH_EPOCHS :] + [epoch]
        self._rates_dbpm[epoch.index % _KEPT] = epoch.rate_dbpm
        self._move(epoch)
        self._breathe()
        self._room(epoch)

    def _move(self, epoch):
        is_off = epoch.flags & records.OFF_BODY and not epoch.flags & records.NO_PULSE_SENSOR
        has_moved = epoch.flags & records.NO_MOTION_SENSOR or epoch.counts >= STILL_COUNTS
        is_stirring = epoch.counts >= AWAKE_COUNTS and not epoch.flags & records.NO_MOTION_SENSOR
        self._off = self._off + 1 if is_off else 0
        self._still = 0 if has_moved or is_off else self._still + 1
        self._stirring = self._stirring + 1 if is_stirring else 0
        if self._stirring >= AWAKE_EPOCHS or self._off >= OUT_EPOCHS:
            self._is_awake(epoch.index + 1)

    def _breathe(self):
        even = [
            epoch.breaths_dpm
            for epoch in self.epochs
            if epoch.breaths_dpm and epoch.breath_regularity >= REGULAR_PCT
        ]
        self.breaths_dpm = sorted(even)[len(even) // 2] if len(even) >= BREATH_LEAST else 0

    def _room(self, epoch):
        """A room is at most as light as it is with the puck's own light in it."""
        flags, light_mlx = epoch.flags, epoch.light_mlx
        was_lit, self._was_lit = self._was_lit, self._light > 0
        if flags & records.NO_LIGHT:
            self.light_mlx = None
        elif not was_lit or (self.light_mlx is not None and light_mlx < self.light_mlx):
            self.light_mlx = light_mlx
        is_felt = not flags & records.NO_CLIMATE
        self.temperature_cdeg = epoch.temperature_cdeg if is_felt else None
        self.humidity_pct = epoch.humidity_pct if is_felt else None
        if not flags & records.NO_SOUND:
            self.level_ddb = epoch.level_ddb
        elif not flags & records.OWN_SOUND:
            self.level_ddb = None

    def _learn(self, index):
        """Add the heart rate of an epoch that is scored asleep to the baseline."""
        is_kept = self.epochs and 0 <= self.epochs[-1].index - index < _KEPT
        rate_dbpm = self._rates_dbpm[index % _KEPT] if is_kept else 0
        at = (rate_dbpm + 5) // 10 - _LEAST_BPM
        if rate_dbpm and self.baseline_epochs < 0xFFFF:
            self._bins[min(max(0, at), _BINS - 1)] += 1
            self.baseline_epochs += 1

    # -- what hands and acts tell

    def _event(self, event):
        self.now_ms = event.t_ms
        if event.kind == records.GESTURE:
            self._is_awake(event.t_ms // _EPOCH_MS + 1)
        elif event.kind == records.ALARM_SET:
            self._waking_ms = -1
        elif event.kind == records.START and event.value:
            self._light = 0

    def _act(self, kind, fields):
        self.now_ms = fields.t_ms
        if kind is records.REQUEST:
            self._waking = fields.number if fields.rule == asking.WAKING else 0
        elif kind is records.ACT:
            if fields.number == self._waking and self._waking_ms < 0:
                self._waking_ms = fields.t_ms
            if fields.light_mlx:
                self._light, self._was_lit = fields.number, True
        elif fields.lane == records.LIGHT_LANE and fields.number == self._light:
            self._light = 0

    def _is_awake(self, news):
        self._is_asleep = False
        self._still = 0
        self._news = news

    def _settle(self):
        if self._waking_ms >= 0 and self.now_ms - self._waking_ms > WAKING_MOST_MS:
            self._waking_ms = -1
        state = self._rule()
        if state != self.state:
            self.state, self.since_ms = state, self.now_ms

    def _rule(self):
        if self._waking_ms >= 0:
            return WAKING
        latest = self.epochs[-1] if self.epochs else None
        if not latest or latest.flags & _NO_SENSORS == _NO_SENSORS:
            return UNKNOWN
        if self.now_ms - (latest.index + 1) * _EPOCH_MS > LOST_MS:
            return UNKNOWN
        is_away = self.state in (UNKNOWN, OUT_OF_BED)  # so far: nobody has come by an empty epoch
        if self._off >= OUT_EPOCHS or (self._off and is_away):
            return OUT_OF_BED
        if self._is_asleep:
            return ASLEEP
        return SETTLING if self._still >= SETTLE_EPOCHS else AWAKE
