"""The puck put together: the only place where rooms meet.

Builds the board, gives each room what it needs, starts the tasks, stops cleanly.
It composes and decides nothing.
"""

import asyncio
import gc
import time

from micropython import const

from firmware import console, records
from firmware.alarms import Alarms
from firmware.bedside import gestures, scenes
from firmware.bedside.press import Presses, follow
from firmware.clock import ChipWatch, Clock, NightTime, take_time
from firmware.governor import limits
from firmware.governor.governor import Governor
from firmware.keep import journal
from firmware.keep.settings import ORGANIC, Settings, row
from firmware.keep.standing import Standing
from firmware.parts import Sensor
from firmware.rituals.rituals import Rituals
from firmware.senses.pod import Pod
from firmware.senses.room import Room
from firmware.stages.live import RULES, LiveScore
from firmware.tasks import Tasks
from firmware.zone import Zone
from hw import board, storage

_EPOCH_MS = records.EPOCH_S * 1000
_LONGEST_NIGHT_MS = const(16 * 3600000)  # a night that was begun longer ago has ended unseen
# Three FIFOs' worth: an interrupt line that is dead or was missed. Fifteen lie between two looks at
# the clock chip, which tells whole seconds: so looks wander over its second, by the golden ratio.
_SILENCE_MS = const(2025)
_RETRY_MS = const(30000)  # how often missing parts are looked for
_AGAIN_MS = const(50)  # thrice is well within the 0.64 s that a FIFO holds
_ROOM_MS = const(1000)
_LONGEST_GESTURE_MS = const(7000)
_TOLD = ("evening", "bedtime", "early", "organic")  # the settings that a night is told
_CUTS = ("power on", "unknown")  # causes of a start after which nobody knows how long it was away
_LEAST_WAIT_MS = const(100)
_MOST_WANTS = const(4)  # at once: each is answered, so that it is not wanted any more
_CHECKS = {"zone": Zone}  # settings that only what uses them can judge

running = None  # the Puck whose night runs
latest = None  # and the one whose night ran last, if it is over: what it knows can still be asked


class Puck:
    """A night from `open` to `close`, and the tasks between. `start`: as boot.py has it."""

    def __init__(self, start):
        self.start = start
        self.name = board.pins.NAME
        self.board = parts = board.Board()
        self.clock = Clock(time, parts)
        self.settings = Settings(storage.Settings(), _CHECKS)
        self.pod = Pod(
            self._sensor(records.PULSE, parts.pulse_sensor, parts.start_pulse),
            self._sensor(records.MOTION, parts.motion_sensor, parts.start_motion),
            self.tell,
        )
        self.room = Room(
            self._sensor(records.LIGHT_SENSOR, parts.light_sensor),
            self._sensor(records.CLIMATE, parts.climate_sensor),
            self._sensor(records.MICROPHONE, parts.microphone),
        )
        self.rituals = Rituals()
        self.governor = Governor(
            parts.hand_over(),
            self.clock.now_ms,
            self._append,
            parts.loudness,
            self._disturb,
            Standing(storage.Kept("standing")),
            storage.clip,
        )
        self.alarms = Alarms(self.settings, storage.Kept("alarm"), self.clock, self.governor)
        self.presses = Presses(parts.button, self.tell, self._feel)
        self.clock_chip = self._sensor(records.CLOCK, parts.clock_chip, parts.start_clock_chip)
        self.haptic_driver = self._sensor(records.HAPTIC, parts.haptic_health)
        self.link = None  # firmware.link.link.Link, loaded once there is somebody to talk to
        self.live = LiveScore()
        self.score = None  # the latest, a records.Score
        self.tasks = Tasks()
        self.journal = None
        self.chip_watch = ChipWatch()
        self._index = 0  # of the epoch being measured
        self._block = None  # the flags of interrupts: while tasks run
        self._pressed = None
        self._flush = asyncio.Event()
        self._heard_ms = 0

    def sensors(self) -> tuple:
        """Every part that is asked, as a `Sensor`."""
        others = (self.clock_chip, self.haptic_driver)
        return (self.pod.pulse_sensor, self.pod.motion_sensor) + self.room.sensors + others

    def _sensor(self, part, driver, start=None):
        return Sensor(part, driver, start or driver.start, self.tell)

    def open(self) -> None:
        """Begin a night, or go on with the one that was not ended."""
        self.clock.zone = Zone(self.settings.get("zone"))
        take_time(self.clock, self.board)
        self.journal, begun = journal.open_night(storage.DATA, self.board.rtc)
        if begun and not self._resume():
            self._end_night()
            self.journal, begun = journal.open_night(storage.DATA, self.board.rtc)
        if not begun:
            self._begin()
        self._tell_settings()
        self.alarms.open(self.start.cause in _CUTS)
        print("journal: night %d, epoch %d" % (self.journal.night, self._index))
        self._look_for_parts()
        found = [records.PARTS[sensor.part] for sensor in self.sensors() if sensor.present]
        print("found: %s" % ", ".join(found))

    async def run(self) -> None:
        """Run the tasks until cancelled."""
        tasks = self.tasks
        self._block, self._pressed = asyncio.ThreadSafeFlag(), asyncio.ThreadSafeFlag()
        self.board.on_pod_block(lambda pin: self._block.set())
        tasks.start("pod", self._listen, self._block)
        tasks.start("room", self._sense_room)
        self.board.on_press(lambda pin: self._pressed.set())
        tasks.start("button", self._feel_button, self._pressed)
        tasks.start("acts", self.governor.run, self.governor.wake)
        tasks.start("night", self._lead)
        tasks.start("keeper", self._keep, self._flush)
        tasks.start("watch", self._watch)
        tasks.start_unwatched("console", console.serve)
        self._mind_link()
        await tasks.supervise(self.board.watchdog, self.presses.is_held, self.start)

    def close(self) -> None:
        """End the night: score the rest, write everything, let the sensors sleep."""
        self.listen()
        if self.link:
            self.link.stop()
        self.governor.off()
        self.board.ignore_interrupts()
        self.pod.stop()
        self.room.stop()
        self._end_night()
        self.start.good()

    def tell(self, kind: int, part: int, value: int) -> None:
        """Put an event into the journal; what follows from it is the governor's."""
        self.governor.tell(kind, part, value)

    def changed(self, number: int) -> None:
        """Setting `number` of keep/settings.py is another one: it holds from now on."""
        zone = self.settings.get("zone")
        if zone != self.clock.zone.text:
            self.clock.zone = Zone(zone)
            self.governor.mind_clock(self.clock.wall_s())
        self._tell_settings()
        self.alarms.changed(number)
        if number == ORGANIC:
            self._mind_pod()
        self._mind_link()
        self.lead()

    def set_time(self, local_s: int) -> None:
        """Somebody knows what time it is here, in seconds since 2000. As `Clock.set` raises."""
        try:
            self.clock.set(self.clock.zone.utc_s(local_s))
        finally:
            self.governor.mind_clock(self.clock.wall_s())

    def show(self, scene: str) -> bool:
        """Ask for a scene that tells who pairs a phone something; False if it is refused."""
        answer = self.governor.ask(limits.LINK, limits.PAIRING, scenes.named(scene).number)
        return hasattr(answer, "length_s")

    def is_dark(self) -> bool:
        """Whether the ring shows nothing."""
        return not self.governor.lanes.acts[records.LIGHT_LANE]

    def lead(self) -> None:
        """Ask for what is wanted now: of the evening, the night, the waking."""
        self.alarms.mind()
        for _ in range(_MOST_WANTS):
            wanted = self.rituals.want(self.clock.now_ms())
            if not wanted:
                return
            self.governor.ask(*wanted)

    def _feel(self, gesture):
        self.governor.feel(gesture)
        if gesture == gestures.THRICE:
            if self._is_organic() and not self.governor.gate.is_off:  # a phone wants the radio
                self.changed(self.settings.set("organic", 0))
            if self._has_link():
                self.link.open()
        elif gesture in (gestures.SHORT, gestures.DOUBLE) and self.link:
            self.link.close()
        self.lead()

    def _mind_link(self):
        """The radio is on once somebody is to hear it, and off in organic mode."""
        if not self._is_organic() and (
            self.settings.get("bthome")
            or [1 for kept in storage.bonds()[:-1] if len(kept.load()) > 1]
        ):
            self._has_link()
        if self.link:
            self.link.wake.set()

    def _has_link(self):
        """Load the link, if it is not; False if it cannot be."""
        if self.link:
            return True
        try:
            from firmware.keep.bonds import Bonds
            from firmware.link.link import Link
        except (ImportError, MemoryError) as error:
            print("link: cannot be loaded (%r)" % error)
            return False
        self.link = Link(self, Bonds(storage.bonds()), storage.DATA, acting)
        self.tasks.start("link", self.link.run, self.link.wake)
        return True

    def _tell_settings(self):
        """The night is told what it does not know: a setting counts from there on."""
        told = self.rituals.settings
        for name in _TOLD:
            number, value = row(name).number, self.settings.get(name)
            if value != told[number]:
                self.governor.tell(records.SETTING, number, value)

    def _append(self, kind, fields):
        """What many records need is written at a good moment, and not in the midst of a gesture."""
        self.rituals.take(kind, fields)
        self.journal.append(kind.pack(*fields))
        if self.journal.is_filling():
            self._flush.set()
        if self.link:  # the last to hear: what it may lack the memory for costs the night nothing
            self.link.take(kind, fields)

    def _disturb(self, lane, length_ms):
        """What the puck itself does is not to be sensed."""
        sense = self.room if lane == records.SOUND_LANE else self.pod
        sense.disturb(self.clock.now_ms(), length_ms)

    def listen(self) -> None:
        """Drain the pod once, and close the epochs that have ended."""
        now_ms = self.clock.now_ms()
        if self.pod.drain(now_ms):
            self._heard_ms = now_ms
        self.close_epochs(now_ms)

    def close_epochs(self, now_ms: int) -> None:
        """Write down and score every epoch that ended before `now_ms`."""
        while now_ms >= (self._index + 1) * _EPOCH_MS:
            self._close_epoch()

    def _close_epoch(self):
        flags, *sleeper = self.pod.close_epoch()
        room_flags, *room = self.room.close_epoch()
        epoch = records.EPOCH.tuple(self._index, flags | room_flags, *sleeper, *room)
        self._index += 1
        try:
            self.journal.append(records.EPOCH.pack(*epoch))
        finally:  # what cannot be kept is heard nonetheless
            self._hear(epoch)
        if self.journal.due():
            self._flush.set()

    def _hear(self, epoch):
        """Whoever decides hears of an epoch, and of the scores that come of it."""
        self.governor.gate.take(records.EPOCH, epoch)
        self.rituals.take(records.EPOCH, epoch)
        scores = self.live.step(epoch)
        for score in scores:
            self.rituals.hear(score)
        for score in scores:
            self.governor.hear(score)
        self._write_scores(scores)
        if self.link:
            self.link.take(records.EPOCH, epoch)
            for score in scores:
                self.link.hear(score)

    def _write_scores(self, scores):
        for score in scores:
            self.journal.score(score)
            self.score = score

    def _look_for_parts(self):
        """Start what does not run, and ask those that nobody else asks."""
        self.governor.mind_clock(self.clock.wall_s())
        self._mind_pod()
        self.room.start()
        self.clock_chip.start()
        self.chip_watch.ask(self.clock_chip, self.clock, self.board)
        self.haptic_driver.start()
        if self.haptic_driver.ask(self.board.haptic_health.answers):
            self.haptic_driver.hear()

    def _mind_pod(self):
        """It rests in organic mode: then nobody asks its sensors anything."""
        if self._is_organic():
            self.pod.rest()
        else:
            self.pod.start()

    def _is_organic(self):
        return self.settings.get("organic")

    def _begin(self):
        self.live = LiveScore()
        self.clock.resume_at(0)
        begun = self.journal.begin(self.clock.wall_s(), RULES)
        self.rituals = Rituals()
        self.rituals.take(records.NIGHT, begun)
        self.governor.begin(begun)
        self.governor.started(0)

    def _end_night(self):
        self._write_scores(self.live.finish())
        self.journal.end_run()
        self.tell(records.STOP, records.PUCK, 0)
        self.journal.flush()
        print("night %d is written" % self.journal.night)

    async def _listen(self, alive):
        """Drain at each interrupt. After a miss the line stays as it is, so ask again soon."""
        while True:
            alive()
            await self._block.wait()
            self.listen()
            while self.pod.misses():
                await asyncio.sleep_ms(_AGAIN_MS)
                self.listen()

    async def _lead(self, alive):
        while True:
            alive()
            self.lead()
            wait_ms = min(self.rituals.wait_ms(self.clock.now_ms()), self.alarms.wait_ms())
            await asyncio.sleep_ms(max(_LEAST_WAIT_MS, wait_ms))

    async def _sense_room(self, alive):
        while True:
            alive()
            await asyncio.sleep_ms(_ROOM_MS)
            self.room.look()

    def _feel_button(self, alive):
        return follow(self.presses, self.clock.now_ms, self._pressed, alive)

    async def _keep(self, alive):
        """Write batches right after a drain, when the FIFOs have most room to wait."""
        while True:
            alive()
            await self._flush.wait()
            self._flush.clear()
            await self._calm()
            if self.journal.due():
                self.journal.flush()
                while self.journal.dropped:
                    self.tell(records.DROPPED, records.PUCK, self.journal.dropped.pop(0))
                await self._calm()
                gc.collect()

    async def _calm(self):
        """Let a gesture that is under way be done: what is meant is not to wait for the flash. A
        contact that chatters for ever is not waited for.
        """
        await asyncio.sleep_ms(0)
        for _ in range(_LONGEST_GESTURE_MS // _AGAIN_MS):
            if not self.presses.is_busy():
                return
            await asyncio.sleep_ms(_AGAIN_MS)

    async def _watch(self, alive):
        """Go on when no interrupt comes, and look for sensors that are missing."""
        looked_ms = 0
        while True:
            alive()
            await asyncio.sleep_ms(_SILENCE_MS)
            now_ms = self.clock.now_ms()
            if now_ms - self._heard_ms >= _SILENCE_MS:
                self.listen()
            if now_ms - looked_ms >= _RETRY_MS:
                looked_ms = now_ms
                self._look_for_parts()
                if now_ms > _LONGEST_NIGHT_MS:
                    from firmware import daybreak  # which soon starts the puck anew

                    daybreak.mind(self)

    def _resume(self) -> bool:
        """Take up the state that the journal tells of; False if that night is long over."""
        known = NightTime(self.clock.zone)
        _, last, unwritten = self.journal.live_again(
            self.live, self.governor.gate, self.rituals, known
        )
        self._write_scores(unwritten)
        lasted_ms, end_ms = known.lasted_ms(self.clock.utc_s()), (last + 1) * _EPOCH_MS
        is_over = lasted_ms > _LONGEST_NIGHT_MS
        self.clock.resume_at(end_ms if is_over else max(lasted_ms, end_ms))
        self.governor.started(1 if lasted_ms else 2)
        if is_over:
            return False
        self._index = self.clock.now_ms() // _EPOCH_MS
        self.pod.missed()
        return True


def known_settings() -> Settings:
    """Those of the latest night, or else as they are kept."""
    return latest.settings if latest else Settings(storage.Settings(), _CHECKS)


def known_clock(parts=None) -> Clock:
    """That of the latest night, or else one of this place; with `parts` it can be set."""
    if latest:
        return latest.clock
    clock = Clock(time, parts)
    clock.zone = Zone(known_settings().get("zone"))
    return clock


def known_bonds():  # noqa: ANN201 (MicroPython has no typing)
    """Those of the link that runs, or else as they are kept."""
    if latest and latest.link:
        return latest.link.bonds
    from firmware.keep.bonds import Bonds

    return Bonds(storage.bonds())


def last_night():  # noqa: ANN201 (MicroPython has no typing)
    """The journal of the night that runs or ran last, to be read; None if there is none."""
    if latest and latest.journal:
        return latest.journal
    storage.mount()
    return journal.last_night(storage.DATA, storage.tail())


def morning():  # noqa: ANN201 (the same)
    """(a new `MorningScore`, `summarise`): what tells of a whole night, loaded for its moment."""
    from firmware.stages.morning import MorningScore, summarise

    return MorningScore(), summarise


def acting() -> tuple:
    """(scenes, limits, words of the governor), for whoever asks it."""
    from firmware.governor import words

    return scenes, limits, words


def evenings() -> tuple:
    """(programmes, words, advice) of the rituals, for whoever asks for the evening."""
    from firmware.rituals import advice, programmes, words

    return programmes, words, advice


def run(start) -> None:
    """A night, until somebody interrupts it. `start`: as boot.py has it."""
    global running, latest
    puck = running = latest = Puck(start)
    parts = puck.board
    if not start.develop:
        parts.watchdog.start()
    try:
        storage.mount()
        puck.open()
        parts.watchdog.feed()  # a long night took its time to be replayed
        try:
            asyncio.run(puck.run())
        except KeyboardInterrupt:
            puck.close()
    finally:
        asyncio.new_event_loop()  # or these tasks would run on beside those of the next run
        parts.hold_off()  # a soft reset would keep the levels of the pins
        parts.watchdog.leave()
        running = None
