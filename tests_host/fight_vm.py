"""Runs in the MicroPython VM: the whole governor between real drivers and a real journal, and the
moves of a scenario against it.

The puck is the application's own, put together as ever, without what senses: a stage comes in an
epoch, as a number that `Stages` takes for the score. Time is virtual, a restart is a new puck on
the same flash. What came out of the actuators is kept beside the moves, in the simulator's time.
"""

import asyncio
import os
import time
from struct import pack

import esp32
import vfs
from chips.drv2605l import DRV2605L
from chips.max98357a import MAX98357A
from chips.norflash import NorFlash, PowerCut
from chips.ws2812 import WS2812
from clock import clock
from table import table

from firmware import app, records
from firmware.governor.gate import Gate
from firmware.keep.journal import Journal
from hw import pins, storage

_SECTORS = 52
# type, subtype, first sector, sectors, label
_PARTITIONS = ((1, 2, 9, 3, "nvs"), (1, 0x83, 12, 40, "data"))
_TABLE_SECTOR = 8
_ACTUATORS = (pins.RING_SUPPLY, pins.RING_DATA, pins.AMPLIFIER_SHUTDOWN, pins.HAPTIC_ENABLE)
_SLICE_MS = 60000  # the ring remembers 163 s of changes
_ACTING_MS = 15000  # what a move waits for while something acts: else a scenario takes minutes
_RECORD_BYTES = records.EVENT.bytes
_OUTAGE_US = 5000000
_NO_TIME_S = -(1 << 30)
_DARK = bytes(72)
_COPY_BYTES = 65536
_BALLAST = storage.DATA + "/ballast"


class Restart(Exception):
    """The puck starts anew; its argument: whether power was lost."""


class Stages:
    """In place of the live score: an epoch's `counts` are its stage, told at once."""

    def step(self, epoch):
        return [records.SCORE.of(epoch.index, epoch.counts, 255, 0, 0, 0)]

    def finish(self):
        return []


class Pod:
    """In place of the pod's epoch: the stage that a move has chosen."""

    def __init__(self):
        self.stage = 0

    def close_epoch(self):
        return 0, 0, 0, 0, 0, self.stage, 0, 0, 0, 0

    def missed(self):
        pass

    def disturb(self, now_ms, length_ms):
        pass


class Room:
    """In place of the room's."""

    def close_epoch(self):
        return 0, 0, 0, 0, 0, 0

    def disturb(self, now_ms, length_ms):
        pass


class Start:
    """As boot.py has it."""

    cause = "reset"
    develop = True

    def good(self):
        pass

    def record(self, what):
        pass


class Actuators:
    """The three chips of one life, and their logs, which go on from life to life."""

    def __init__(self, folder):
        self._folder = folder
        self._light = open(folder + "/light.bin", "wb")
        self._touch = open(folder + "/touch.bin", "wb")
        self._sound = open(folder + "/sound.raw", "wb")
        self._runs = open(folder + "/sound.bin", "wb")
        self._shown = _DARK
        self._felt = 0

    def plug(self):
        self.ring = WS2812(table.net(pins.RING_DATA), table.net(pins.RING_SUPPLY), 24)
        self.ring.history = [(clock.us, self.ring.shown())]
        net = table.net(pins.AMPLIFIER_SHUTDOWN)
        self.amplifier = MAX98357A(net, self._folder + "/played.raw")
        table.i2s[pins.AMPLIFIER_I2S] = self.amplifier
        self.haptic = DRV2605L(table.net(pins.HAPTIC_ENABLE))

    def unplug(self):
        """Power or the pins' drivers are gone: the pull-downs hold all off."""
        for gpio in _ACTUATORS:
            table.net(gpio).drive(0)
        self.drain()
        for us, n in self.amplifier.runs:
            self._runs.write(pack("<QI", us, n))
        spool = self.amplifier._file
        spool.seek(self.amplifier._first_byte)
        chunk = spool.read(_COPY_BYTES)
        while chunk:
            self._sound.write(chunk)
            chunk = spool.read(_COPY_BYTES)
        spool.close()
        os.remove(self._folder + "/played.raw")

    def drain(self):
        """What was shown and felt so far goes into the logs."""
        history = self.ring.history
        while len(history) > 1 and history[1][0] <= clock.us:
            history.pop(0)
            self._see(*history[0])
        self._see(*history[0])
        levels = self.haptic.levels
        for us, level in levels:
            if level != self._felt:
                self._touch.write(pack("<Qb", us, level))
                self._felt = level
        del levels[:-1]

    def close(self):
        for file in (self._light, self._touch, self._sound, self._runs):
            file.close()

    def _see(self, us, lights):
        grb = bytes([value for red, green, blue in lights for value in (green, red, blue)])
        if grb != self._shown:
            self._light.write(pack("<Q72s", us, grb))
            self._shown = grb


class Fight:
    """One scenario: `moves` are [name, argument, ...] each, run in `folder`; `log` tells of it.

    Rows of the log: ["start", us, cause, rows of the journal as it was found], cause 0 a new
    puck, 1 a reset, 2 a power cut; ["record", us, hex], in the journal from then on; ["lost", us,
    hex], refused by it; ["begin", us, number of a move, ms of the night, wall time]; ["end", us,
    number, how]; ["gate", us, live, replayed, records lost so far], the gates as `told` has them;
    ["end of life", us, tasks that died]; ["stall", us, until], while nothing could run.
    """

    def __init__(self, folder, moves, seed):
        self.moves = moves
        self.log = []
        self._at = 0
        self._actuators = Actuators(folder)
        self._pod = Pod()
        self._haptic_answers = True
        self._cause = 0
        self._is_moving = False
        clock.power_up()
        clock.pace = None
        time.wall_start_s = _NO_TIME_S
        table.rtc_memory = b""
        table.flash = _new_flash(seed)

    def run(self):
        watch[0] = self.log
        while self._at <= len(self.moves):
            self._live()
        watch[0] = None
        self._actuators.close()
        return self.log

    # -- one life

    def _live(self):
        self._plug()
        is_cut = False
        try:
            asyncio.run(self._life())
        except Restart as restart:
            is_cut = restart.args[0]
        except PowerCut:
            is_cut = True
            self._end_move("cut")
        finally:
            asyncio.new_event_loop()
        self.log.append(["end of life", clock.us, self.puck.tasks.faults])
        self._unplug(is_cut)

    def _plug(self):
        clock._events, clock.scheduled, clock._soft = [], [], 0
        table.nets.clear()
        table.chips.clear()
        table.i2s.clear()
        self._actuators.plug()
        self._connect()
        table.net(pins.BUTTON).drive(1)

    def _unplug(self, is_cut):
        self._actuators.unplug()
        if storage.DATA[1:] in os.listdir("/"):
            vfs.umount(storage.DATA)
        table.flash.cut_at = 0
        esp32.power_up()
        self._cause = 2 if is_cut else 1
        if is_cut:
            torn.extend(opened)
        opened.clear()
        if is_cut:
            table.rtc_memory = b""
            time.wall_start_s = _NO_TIME_S
            clock.wait(_OUTAGE_US)

    def _connect(self):
        chips = table.chips.setdefault(pins.BEDSIDE_BUS, {})
        if self._haptic_answers:
            chips[DRV2605L.ADDRESS] = self._actuators.haptic
        else:
            chips.pop(DRV2605L.ADDRESS, None)

    async def _life(self):
        self._start()
        tasks = self.puck.tasks
        tasks.start("acts", self.puck.governor.run, self.puck.governor.wake)
        await self._act_out()

    async def _act_out(self):
        """The moves that are left, of this life."""
        while self._at < len(self.moves):
            name, *arguments = self.moves[self._at]
            self._begin_move()
            try:
                await getattr(self, "_move_" + name)(*arguments)
            except Restart:
                self._end_move("done")
                raise
            except Exception as error:
                self._end_move(type(error).__name__)
            else:
                self._end_move("done")
        self._at += 1
        table.flash.cut_at = 0  # the end of the scenario is no move
        self.puck.governor.off()
        self._compare()

    def _start(self):
        storage.mount()
        puck = self.puck = app.Puck(Start())
        puck.live, puck.pod, puck.room = Stages(), self._pod, Room()
        puck._look_for_parts, puck.sensors = self._look, lambda: ()
        puck.alarms.open = lambda was_cut: None  # a move alone sets one
        self.log.append(["start", clock.us, self._cause, _all_records()])
        puck.open()

    def _look(self):
        self.puck.governor.mind_clock(self.puck.clock.wall_s())
        self.puck.haptic_driver.start()

    def _begin_move(self):
        times = self.puck.clock.now_ms(), self.puck.clock.wall_s()
        self.log.append(["begin", clock.us, self._at] + list(times))
        self._is_moving = True

    def _end_move(self, how):
        """A cut may come between two moves, or before the first."""
        if self._is_moving or self._at == len(self.moves):
            self.log.append(["end", clock.us, self._at, how])
            self._at += 1
        self._is_moving = False
        self._actuators.drain()

    def _compare(self):
        puck = self.puck
        again = Gate()
        puck.journal.live_again(Stages(), again)
        unwritten = puck.governor.unwritten
        live = told(puck.governor.gate)
        self.log.append(["gate", clock.us, live, told(again), unwritten])

    # -- the moves

    async def _move_ask(self, rule, reason, scene):
        self.puck.governor.ask(rule, reason, scene)

    async def _move_type(self, scene):
        self.puck.governor.ask_typed(scene)

    async def _move_feel(self, gesture):
        self.puck.governor.feel(gesture)

    async def _move_consent(self, use, scope, ends_in_s, state):
        wall_s = self.puck.clock.wall_s()
        until_s = wall_s + ends_in_s if ends_in_s else 0
        self.puck.governor.consent(use, scope, max(0, until_s), state)

    async def _move_stage(self, stage):
        """The night's time jumps to the end of the epoch, and all clocks with it."""
        puck = self.puck
        now_ms = puck.clock.now_ms()
        ends_ms = max(now_ms, (puck._index + 1) * 1000 * records.EPOCH_S)
        if time.wall_start_s > 0:
            time.wall_start_s += (ends_ms - now_ms) // 1000
        puck.clock.resume_at(ends_ms)
        self._pod.stage = stage
        puck.close_epochs(ends_ms)

    async def _move_clock(self, wall_s):
        time.wall_start_s = wall_s - clock.now_us() // 1000000 if wall_s else _NO_TIME_S
        self.puck.governor.mind_clock(self.puck.clock.wall_s())

    async def _move_alarm(self, in_ms):
        due_ms = self.puck.clock.now_ms() + in_ms if in_ms else 0
        self.puck.governor.tell(records.ALARM_SET, records.PUCK, due_ms)

    async def _move_calibrate(self, value):
        self.puck.governor.tell(records.CALIBRATED, records.PUCK, value)

    async def _move_wait(self, ms):
        """Let `ms` pass, or less if something goes on acting."""
        acted_ms = 0
        while ms > 0 and acted_ms < _ACTING_MS:
            is_at_rest = self.puck.governor._is_at_rest()
            slice_ms = min(ms, _SLICE_MS if is_at_rest else 1000)
            await asyncio.sleep_ms(slice_ms)
            self.puck.close_epochs(self.puck.clock.now_ms())
            self._actuators.drain()
            ms -= slice_ms
            acted_ms += 0 if is_at_rest else slice_ms

    async def _move_stall(self, ms):
        """The VM stands still: a collection, a flash operation of somebody else's."""
        clock.charge("flash", ms * 1000)

    async def _move_haptic(self, answers):
        self._haptic_answers = bool(answers)
        self._connect()

    async def _move_amplifier(self):
        """Its port has no memory for its task: it can never be switched on in this life."""
        self.puck.governor._amplifier._callback._fault = "no memory"

    async def _move_fill(self):
        """The flash is full, and so is what waits for it. It takes no time."""
        flash, cut_at = table.flash, table.flash.cut_at
        flash.cut_at, flash._finish = 0, lambda *done: None
        try:
            with open(_BALLAST, "wb") as file:
                for _ in range(200):
                    file.write(_DARK * 50)
                    file.flush()
        except OSError:
            pass
        self._fill_tail()
        del flash._finish
        flash.cut_at = cut_at

    def _fill_tail(self):
        governor = self.puck.governor
        unwritten = governor.unwritten
        for _ in range(300):
            if governor.unwritten > unwritten:
                break
            governor.tell(records.GAP, records.PULSE, 1)

    async def _move_brim(self):
        """The next record that is written must write all that waits, first."""
        governor, journal = self.puck.governor, self.puck.journal
        while journal._end + _RECORD_BYTES <= len(journal._image):
            governor.tell(records.GAP, records.PULSE, 1)

    async def _move_space(self):
        """There is room again."""
        if _BALLAST[len(storage.DATA) + 1 :] in os.listdir(storage.DATA):
            os.remove(_BALLAST)

    async def _move_flush(self):
        self.puck.journal.flush()

    async def _move_reset(self):
        self._compare()
        raise Restart(False)

    async def _move_cut(self):
        self._compare()
        raise Restart(True)

    async def _move_cut_later(self, operations):
        """Power is lost in the flash operation that comes so many after this."""
        table.flash.cut_at = table.flash.operations + operations


def told(gate):
    """What a gate holds, in numbers."""
    consents = [[c.use, c.scope, c.until_s, c.night] for c in gate.kept()]
    return {
        "off": int(gate.is_off),
        "alarm_ms": gate.alarm_ms,
        "quiet_ms": gate._quiet_ms,
        "has_called": int(gate._has_called),
        "heard_cdb": gate.heard_cdb,
        "stage": gate.stage,
        "night": gate.night,
        "number": gate.number,
        "zero_s": gate._zero_s,
        "hand": [gate._pressed_ms, gate._typed_ms, gate._typed, gate._paired_ms],
        "doses": gate._doses,
        "consents": consents,
        "wanted": list(gate._wanted) if gate._wanted else [],
        "holders": [holder.number if holder else 0 for holder in gate.holders],
    }


def run(folder, moves, seed):
    """The log of a scenario: see `Fight`."""
    return Fight(folder, moves, seed).run()


def _new_flash(seed):
    flash = NorFlash(_SECTORS, seed)
    sector = bytearray(b"\xff" * 4096)
    for i, (kind, subtype, first, sectors, label) in enumerate(_PARTITIONS):
        row = pack("<HBBII16sI", 0x50AA, kind, subtype, first * 4096, sectors * 4096, label, 0)
        sector[32 * i : 32 * i + 32] = row
    flash._sectors[_TABLE_SECTOR] = sector
    return flash


def _all_records():
    """What flash and tail hold of the newest night, each whole record as hex."""
    found, _ = app.journal.open_night(storage.DATA, storage.tail())
    return [record.hex() for kind, record in found.replay() if kind]


# -- what is written, the moment that it is in the journal

watch = [None]
opened = []
torn = []  # what a cut left open: the collector would close it, and write to the next flash
_append = Journal.append
_charge = clock.charge
_GAP = b"\x04\x0a", records.GAP


def _tell(*row):
    if watch[0] is not None:
        watch[0].append(list(row))


def _watched(journal, record):
    is_filler = record[:2] == _GAP[0] and record[6] == _GAP[1]
    try:
        _append(journal, record)
    except OSError:
        _tell("lost", clock.us, bytes(record).hex())
        raise
    if not is_filler:
        _tell("record", clock.us, bytes(record).hex())


def _charged(kind, us):
    began_us = clock.us
    _charge(kind, us)
    log = watch[0]
    if kind not in ("flash", "collect") or log is None:
        return
    if log and log[-1][0] == "stall" and log[-1][2] >= began_us:
        log[-1][2] = clock.us
    else:
        _tell("stall", began_us, clock.us)


def _open(path, mode):
    opened.append(open(path, mode))
    return opened[-1]


app.journal.open = _open
Journal.append = _watched
clock.charge = _charged
app.LiveScore = Stages
