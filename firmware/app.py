"""The puck put together: the only place where rooms meet.

Builds the board, gives each room what it needs, starts the tasks, stops cleanly.
It composes and decides nothing.
"""

import asyncio
import gc
import os
import time

from micropython import const

from firmware import records
from firmware.clock import Clock
from firmware.keep import journal
from firmware.senses.pod import Pod, Sensor
from firmware.stages.live import RULES, LiveScore
from firmware.tasks import Tasks
from hw import board

_EPOCH_MS = records.EPOCH_S * 1000
_LONGEST_NIGHT_S = const(16 * 3600)  # a night that was begun longer ago has ended unseen
_SILENCE_MS = const(2000)  # three FIFOs' worth: an interrupt line that is dead or was missed
_RETRY_MS = const(30000)  # how often a missing sensor is looked for


class Puck:
    """A night from `open` to `close`, and the tasks between."""

    def __init__(self):
        self.board = board.Board()
        self.clock = Clock(time)
        self.pod = Pod(
            Sensor(records.PULSE, self.board.pulse_sensor, self.board.start_pulse, self.tell),
            Sensor(records.MOTION, self.board.motion_sensor, self.board.start_motion, self.tell),
            self.tell,
        )
        self.live = LiveScore()
        self.journal = None
        self._index = 0  # of the epoch being measured
        self._end_ms = _EPOCH_MS
        self._flush = asyncio.Event()
        self._heard_ms = 0

    def open(self) -> None:
        """Begin a night, or go on with the one that was not ended."""
        _make_folder(board.DATA)
        self.journal, begun = journal.open_night(board.DATA, self.board.rtc)
        if begun and not self._resume():
            self._end_night()
            self.journal, begun = journal.open_night(board.DATA, self.board.rtc)
        if not begun:
            self._begin()
        print("journal: night %d, epoch %d" % (self.journal.night, self._index))
        self.pod.start()
        _report("pulse sensor", self.pod.pulse_sensor)
        _report("motion sensor", self.pod.motion_sensor)

    async def run(self) -> None:
        """Run the tasks until cancelled."""
        tasks = Tasks()
        block = asyncio.ThreadSafeFlag()
        self.board.on_pod_block(lambda pin: block.set())
        tasks.start("pod", lambda: self._listen(block))
        tasks.start("keeper", self._keep)
        tasks.start("watch", self._watch)
        await asyncio.Event().wait()

    def close(self) -> None:
        """End the night: score the rest, write everything, let the sensors sleep."""
        self.listen()
        self.board.ignore_pod()
        self.pod.stop()
        self._end_night()

    def tell(self, kind: int, part: int, value: int) -> None:
        """Put an event into the journal."""
        self.journal.append(records.EVENT.pack(self.clock.now_ms(), kind, part, value))

    def listen(self) -> None:
        """Drain the pod once, and close the epochs that have ended."""
        now_ms = self.clock.now_ms()
        if self.pod.drain(now_ms):
            self._heard_ms = now_ms
        self.close_epochs(now_ms)

    def close_epochs(self, now_ms: int) -> None:
        """Write down and score every epoch that ended before `now_ms`."""
        while now_ms >= self._end_ms:
            self._close_epoch()

    def _close_epoch(self):
        epoch = records.EPOCH.tuple(*self.pod.close_epoch(self._index))
        self.journal.append(records.EPOCH.pack(*epoch))
        self._write_scores(self.live.step(epoch))
        self._index += 1
        self._end_ms += _EPOCH_MS
        if self.journal.due():
            self._flush.set()

    def _write_scores(self, scores):
        for score in scores:
            self.journal.append(records.SCORE.pack(*score))

    def _begin(self):
        self.live = LiveScore()
        self.clock.resume_at(0)
        self.journal.append(
            records.NIGHT.pack(records.VERSION, self.journal.night, self.clock.wall_s(), RULES)
        )
        self.tell(records.START, records.PUCK, 0)

    def _end_night(self):
        self._write_scores(self.live.finish())
        self.tell(records.STOP, records.PUCK, 0)
        self.journal.flush()
        print("night %d is written" % self.journal.night)

    async def _listen(self, block):
        while True:
            await block.wait()
            self.listen()

    async def _keep(self):
        """Write batches right after a drain, when the FIFOs have most room to wait."""
        while True:
            await self._flush.wait()
            self._flush.clear()
            self.journal.flush()
            gc.collect()

    async def _watch(self):
        """Go on when no interrupt comes, and look for sensors that are missing."""
        looked_ms = 0
        while True:
            await asyncio.sleep_ms(_SILENCE_MS)
            now_ms = self.clock.now_ms()
            if now_ms - self._heard_ms >= _SILENCE_MS:
                self.listen()
            if now_ms - looked_ms >= _RETRY_MS:
                looked_ms = now_ms
                self.pod.start()

    def _resume(self) -> bool:
        """Take up the state that the journal tells of; False if that night is long over."""
        start_s, last = self._replay()
        wall_s = self.clock.wall_s()
        elapsed_s = wall_s - start_s if start_s and wall_s else 0
        if elapsed_s > _LONGEST_NIGHT_S:
            return False
        self.clock.resume_at(max(elapsed_s * 1000, (last + 1) * _EPOCH_MS))
        self._index = self.clock.now_ms() // _EPOCH_MS
        self._end_ms = (self._index + 1) * _EPOCH_MS
        self.pod.missed()
        self.tell(records.START, records.PUCK, 1 if elapsed_s else 2)
        return True

    def _replay(self):
        """Score the night so far again; (its wall time of start or 0, its last epoch or -1).

        What a restart kept from being written between an epoch and its scores follows now.
        """
        start_s, last = 0, -1
        unwritten = []
        for kind, record in self.journal.replay():
            if kind is records.NIGHT:
                start_s = kind.unpack(record).start_s
            elif kind is records.EPOCH:
                epoch = kind.unpack(record)
                unwritten += self.live.step(epoch)
                last = epoch.index
            elif kind is records.SCORE:
                written = kind.unpack(record).index
                unwritten = [score for score in unwritten if score.index > written]
        self._write_scores(unwritten)
        return start_s, last


def _make_folder(path):
    try:
        os.stat(path)
    except OSError:  # the first night of this puck
        os.mkdir(path)


def _report(name, sensor):
    if sensor.present:
        print("%s: found" % name)


def run() -> None:
    """A night, until somebody interrupts it."""
    puck = Puck()
    puck.open()
    try:
        asyncio.run(puck.run())
    except KeyboardInterrupt:
        puck.close()
