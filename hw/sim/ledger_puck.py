"""A puck of governor, button, score and journal alone, whose night somebody scripts.

Everything that decides is the firmware's; parts and senses are stand-ins, and time is what the
script says. It must never write a record but through the firmware.
"""

from button import Button
from loudness import Loudness

from firmware import records
from firmware.bedside.press import Presses
from firmware.governor.governor import Governor
from firmware.governor.lane import TICK_MS
from firmware.keep import journal
from firmware.keep.standing import Standing
from firmware.stages.live import RULES, LiveScore

_EPOCH_MS = records.EPOCH_S * 1000
_POLL_MS = 5
_BOOT_MS = 1500


class _Pin:
    """The button's: low while it is pressed."""

    def __init__(self):
        self.is_down = False

    def value(self):
        """As the pin reads."""
        return not self.is_down


class _Rtc:
    """Memory that survives a reset."""

    def __init__(self):
        self.held = b""

    def memory(self, data=None):
        """As MicroPython's."""
        if data is None:
            return self.held
        self.held = bytes(data)


class _Store:
    """Memory that survives a power cut."""

    def __init__(self):
        self.held = b""

    def load(self):
        """What was saved last."""
        return self.held

    def save(self, data):
        """Keep it."""
        self.held = bytes(data)


class _Part:
    """Ring, amplifier and haptic driver in one: takes everything, and tells nothing."""

    def __init__(self):
        self.fails = False
        self._ms = 0

    @property
    def waiting(self):
        """Blocks that are not heard yet: one is gone after 96 ms."""
        return self._ms // 96

    def tick(self):
        """40 ms have passed."""
        self._ms = max(0, self._ms - TICK_MS)

    def on(self):
        """At once."""
        return True

    def off(self):
        """Likewise."""
        self._ms = 0

    def write(self, data):
        """A frame or a block."""
        self._ms += 96

    def level(self, level):
        """A level, unless it fails."""
        if self.fails:
            raise OSError("haptic driver: no answer; check its wires")


class LedgerPuck:
    """Its nights lie in `folder`. `wall_s` at the start; `epoch(index)` gives (heart rate in
    0.1 /min, activity counts).
    """

    def __init__(self, folder, wall_s, epoch):
        self._folder, self._epoch_of = folder, epoch
        self._rtc, self._store = _Rtc(), _Store()
        self._real_ms = wall_s * 1000
        self._is_lost = False  # the time
        self.parts = _Part(), _Part(), _Part()
        self.boot()

    # -- starts and ends

    def boot(self) -> None:
        """Power comes, or a reset is over: as firmware/app.py opens a night."""
        self._real_ms += _BOOT_MS
        self._began_ms = self._real_ms
        self._pin = _Pin()
        self.governor = Governor(
            self.parts, self.now_ms, self._append, Loudness(), self._own, Standing(self._store)
        )
        self.presses = Presses(Button(self._pin), self.governor.tell, self.governor.feel)
        self._live = LiveScore()
        self._own_lanes = [False] * len(records.LANES)
        self._lost = False
        self.journal, goes_on = journal.open_night(self._folder, self._rtc)
        if goes_on:
            self._go_on()
        else:
            self._begin()
        self._poll_for(_POLL_MS)

    def reset(self, away_ms: int = 0) -> None:
        """A reset, and so long until the puck runs again."""
        self._real_ms += away_ms
        self.boot()

    def cut(self, away_ms: int, loses_time: bool) -> None:
        """The power fails for so long."""
        self._rtc.held = b""
        self._is_lost = loses_time
        self.reset(away_ms)

    def set_clock(self) -> None:
        """Somebody sets the clock right."""
        self._is_lost = False
        self.governor.mind_clock(self.wall_s())

    def stop(self) -> None:
        """The night ends."""
        self.governor.off()
        for score in self._live.finish():
            self.journal.score(score)
        self.journal.end_run()
        self.governor.tell(records.STOP, records.PUCK, 0)
        self.journal.flush()

    def _begin(self):
        self._zero_ms, self._index = self._real_ms, 0
        self.governor.begin(self.journal.begin(self.wall_s(), RULES))
        self.governor.started(0)

    def _go_on(self):
        start_s, last, unwritten = self.journal.live_again(self._live, self.governor.gate)
        for score in unwritten:
            self.journal.score(score)
        elapsed_s = self.wall_s() - start_s if start_s and self.wall_s() else 0
        self._zero_ms = self._real_ms - max(elapsed_s * 1000, (last + 1) * _EPOCH_MS)
        self._index = self.now_ms() // _EPOCH_MS
        self._lost = True
        self.governor.started(1 if elapsed_s else 2)
        self.governor.mind_clock(self.wall_s())

    # -- time

    def now_ms(self) -> int:
        """Of the night."""
        return self._real_ms - self._zero_ms

    def wall_s(self) -> int:
        """Wall time, 0 unknown."""
        return 0 if self._is_lost else self._real_ms // 1000

    def wait(self, ms: int) -> None:
        """So long nothing happens but what runs by itself."""
        end_ms = self._real_ms + ms
        while self._real_ms < end_ms:
            self._pass(end_ms)

    def until_epoch(self, index: int, before_ms: int = 0) -> None:
        """Wait for the end of an epoch, less `before_ms`."""
        self.wait((index + 1) * _EPOCH_MS - before_ms - self.now_ms())

    def press(self, held_ms: int, again_ms: int = 0) -> None:
        """Press the button; once more for 80 ms, `again_ms` after that."""
        self._hold(held_ms)
        if again_ms:
            self._poll_for(again_ms)
            self._hold(80)
        self._poll_for(600)

    def _hold(self, held_ms):
        self._pin.is_down = True
        self._poll_for(held_ms)
        self._pin.is_down = False

    def _poll_for(self, ms):
        end_ms = self._real_ms + ms
        while self._real_ms < end_ms:
            self._pass(min(end_ms, self._real_ms + _POLL_MS))
            self.presses.poll((self._real_ms - self._began_ms) & 0x3FFFFFFF)

    def _pass(self, end_ms):
        """Time passes until the next step of a lane or end of an epoch, or `end_ms`."""
        at_ms = min(end_ms, self._zero_ms + (self._index + 1) * _EPOCH_MS)
        step_ms = self._real_ms // TICK_MS * TICK_MS + TICK_MS
        is_step = any(self.governor.lanes.acts) and step_ms <= at_ms
        self._real_ms = step_ms if is_step else at_ms
        if is_step:
            self.parts[records.SOUND_LANE].tick()
            self.governor.step()
        if self.now_ms() >= (self._index + 1) * _EPOCH_MS:
            self._close_epoch()

    # -- records

    def _append(self, kind, fields):
        self.journal.append(kind.pack(*fields))

    def _own(self, lane, ms):
        self._own_lanes[lane] = True

    def lose_samples(self, count: int) -> None:
        """A gap."""
        self._lost = True
        self.governor.tell(records.GAP, records.PULSE, count)

    def _close_epoch(self):
        rate_dbpm, counts = self._epoch_of(self._index)
        flags = records.LOST_SAMPLES if self._lost else 0
        flags |= records.OWN_SOUND if self._own_lanes[records.SOUND_LANE] else 0
        flags |= records.SHAKEN if self._own_lanes[records.TOUCH_LANE] else 0
        self._own_lanes, self._lost = [False] * len(records.LANES), False
        sleeper = 90, rate_dbpm, 30, 20, counts, 400, 140, 60, 90
        epoch = records.EPOCH.of(self._index, flags, *sleeper, 5, 2000, 45, 310, 340)
        self.journal.append(records.EPOCH.pack(*epoch))
        self.governor.gate.take(records.EPOCH, epoch)
        for score in self._live.step(epoch):
            self.journal.score(score)
            self.governor.hear(score)
        self._index += 1
        if self.journal.due():
            self.journal.flush()
