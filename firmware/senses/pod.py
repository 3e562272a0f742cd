"""The soft pod: drains its two sensors, hears the pulse and the motion, closes epochs.

A sensor that fails is named, its absence marked, and tried again; the other goes on.
It must never wait, and never let one sensor's fault cost the other's samples.
"""

from array import array

from micropython import const

from firmware import records
from firmware.senses.breath import Breath
from firmware.senses.led import Leds
from firmware.senses.motion import Motion
from firmware.senses.pulse import Oxygen, Pulse
from firmware.senses.rhythm import BEATS, KNOWN_PERCENT, LONGEST_Q8
from firmware.senses.sampling import SampleClock
from firmware.senses.watch import Watch

_PERIOD_MS = const(20)
_PERIOD_US = const(20000)  # 50 Hz nominal for both; what it truly is, is measured
# Looks in a row, two a block, that give the same sample: 3 s of light, whose noise is three
# counts, and 40 s of acceleration, whose noise may hide below a step of 4 mg for a while.
_FROZEN_LIGHT_LOOKS = const(20)
_FROZEN_MOTION_LOOKS = const(240)
_NOISY_COUNTS = const(100)  # ten times what the sensor's own noise makes of a block
_NOISY_MG = const(30)
_TOLD_BEATS = const(16)  # at once: four a second are more than any heart's
_SILENT_MS = const(3000)  # a running sensor fills eight blocks in that time
_NEVER_MS = const(-1000)  # before any block
_WHOLE_US = const(27000000)  # of 30 s; blocks of a third of a second fall to either side
_FULL_SCALE = const(262143)  # too much light, or none, stands still without a fault
_ABSENT = records.NO_PULSE_SENSOR | records.OFF_BODY | records.LOST_SAMPLES
_DISTURBED = records.MOVING | records.CLIPPED | records.SHAKEN


class Pod:
    """Pulse and motion of a sleeper. `pulse_sensor` and `motion_sensor` are `Sensor`s."""

    def __init__(self, pulse_sensor, motion_sensor, tell):
        self.pulse_sensor = pulse_sensor
        self.motion_sensor = motion_sensor
        self.pulse = Pulse(SampleClock(_PERIOD_US))
        self.breath = Breath(self.pulse.clock)
        self.oxygen = Oxygen()
        self.motion = Motion(SampleClock(_PERIOD_US))
        self.leds = Leds(pulse_sensor.driver)
        self._tell = tell
        self._lost = self._shaken = False
        self._still_ms = _NEVER_MS  # until then the puck itself shakes the pod
        self._gaps_told = 0  # a bit for each part
        self._told_at = 0  # the first beat in the rhythm's ring that `vitals` has not told
        self._told_ms = array("i", [0] * _TOLD_BEATS)
        self._drain_pulse = pulse_sensor.driver.drain  # bound once: binding allocates
        self._drain_motion = motion_sensor.driver.drain
        self._shine = self.leds.shine
        self._light_watch = Watch(pulse_sensor, _FROZEN_LIGHT_LOOKS, _NOISY_COUNTS)
        self._motion_watch = Watch(motion_sensor, _FROZEN_MOTION_LOOKS, _NOISY_MG)

    def start(self) -> None:
        """Start the sensors that are not running."""
        if not self.pulse_sensor.present:
            self.leds.begin()
        self.pulse_sensor.start()
        if not self.motion_sensor.present:
            self.motion.gap()
        self.motion_sensor.start()

    def stop(self) -> None:
        """Let both sensors sleep."""
        self.pulse_sensor.stop()
        self.motion_sensor.stop()

    def rest(self) -> None:
        """Let both sensors sleep, and ask them nothing until `start`: somebody wants it so."""
        self.stop()
        self.pulse_sensor.present = self.motion_sensor.present = False

    def drain(self, now_ms: int) -> int:
        """Fetch and hear what both FIFOs hold; the number of samples."""
        n = self._ask(self.pulse_sensor, self._drain_pulse, now_ms)
        if n and self._light_lives(n):
            self._hear_pulse(n, now_ms)
        if n and self.leds.due:
            self.pulse_sensor.ask(self._shine)
        m = self._ask(self.motion_sensor, self._drain_motion, now_ms)
        if m and self._motion_lives(m):
            self._hear_motion(m, now_ms)
        return n + m

    def misses(self) -> bool:
        """True if a sensor did not answer the last drain, but may answer the next."""
        pulse, motion = self.pulse_sensor, self.motion_sensor
        return (pulse.present and pulse.misses > 0) or (motion.present and motion.misses > 0)

    def missed(self) -> None:
        """The present epoch is not whole: say so in its flags."""
        self._lost = True

    def close_epoch(self) -> tuple:
        """(flags, and the sleeper's part of `records.EPOCH`) since the last call."""
        pulse, motion, rhythm = self.pulse, self.motion, self.pulse.rhythm
        rhythm.look(min(LONGEST_Q8, pulse.samples << 8))
        if not (rhythm.quality or pulse.off_samples):
            self.leds.doubt()
        quality = rhythm.quality * 2 // 3 if motion.moving() else rhythm.quality
        is_known = rhythm.rate_dbpm and quality >= KNOWN_PERCENT
        flags = self._flags(is_known)
        rate_dbpm = rhythm.rate_dbpm if is_known else 0
        coarse = (flags, quality, rate_dbpm, pulse.epoch_beats, pulse.perfusion_pm())
        values = coarse + (motion.counts(),) + (self._finer() if is_known else (0, 0, 0, 0))
        for sense in (pulse, motion, self.oxygen):
            sense.begin_epoch()
        self._lost = self._shaken = False
        self._gaps_told = 0
        return values

    def vitals(self) -> tuple:
        """(heart rate of the last 12 s in /min, 0 unknown; whether somebody is there; intervals in
        ms of the latest beats that nobody has asked for before).
        """
        pulse, told = self.pulse, self._told_ms
        rhythm = pulse.rhythm
        rhythm.look_now()
        new = min(rhythm.at - self._told_at & BEATS - 1, len(told))
        count = rhythm.intervals_since(rhythm.at - new & BEATS - 1, told)
        self._told_at = rhythm.at
        is_there = self.pulse_sensor.present and not pulse.off_body
        return (rhythm.rate_dbpm + 5) // 10, is_there, told[:count]

    def disturb(self, now_ms: int, length_ms: int) -> None:
        """The puck itself shakes the pod, or will at once: what is felt meanwhile is left out."""
        self._still_ms = max(self._still_ms, now_ms + length_ms)

    def _finer(self):
        """What is told of a pulse that is known."""
        rhythm, breath = self.pulse.rhythm, self.breath
        breath.look(rhythm)
        return rhythm.rmssd_dms, breath.rate_dpm, breath.regularity, self.oxygen.ratio_pct()

    def _ask(self, sensor, drain, now_ms):
        """Drain a sensor. One that answers without samples has lost power, and its settings."""
        n = sensor.ask(drain)
        if n or not sensor.present:
            sensor.heard_ms = now_ms
        elif now_ms - sensor.heard_ms > _SILENT_MS:
            sensor.fail(sensor.driver.error("it answers, but gives no samples"))
        return n

    def _light_lives(self, n):
        """Off the body there is no pulse to be lost in noise, and lamps flicker; but what was
        noisy must be heard to be clean, before a finger can be looked for.
        """
        light, watch = self.pulse_sensor.driver.infrared, self._light_watch
        newest = light[n - 1]
        if not 0 < newest < _FULL_SCALE:
            watch.stillness.excuse()
        is_judged = self.leds.lit or watch.noise.noisy
        return watch.believes(light[0], newest, light, n if is_judged else 0)

    def _motion_lives(self, m):
        driver = self.motion_sensor.driver
        return self._motion_watch.believes(_sum(driver, 0), _sum(driver, m - 1), driver.x, m)

    def _hear_pulse(self, n, now_ms):
        sensor, pulse = self.pulse_sensor.driver, self.pulse
        pulse.clock.block(n, now_ms)
        is_steady = self._light_pulse(sensor, n)
        if self._is_shaken(n, now_ms):
            is_steady = False
            pulse.gap(n)
        clamped = pulse.clamped
        pulse.block(sensor.infrared, n)
        if is_steady and pulse.clamped == clamped:
            self.oxygen.block(sensor.red, sensor.infrared, n)
        if sensor.lost:  # a full FIFO keeps what it has: the hole comes after the block
            self._gap(pulse, records.PULSE, sensor.lost)

    def _light_pulse(self, sensor, n):
        """See to the LEDs by the block, and tell the pulse; True if a finger has its light."""
        leds = self.leds
        is_steady = not leds.stale
        if leds.stale:
            self.pulse.relit()
        leds.block(sensor.red, sensor.infrared, n)
        self.pulse.off_body = not leds.lit
        return is_steady and leds.lit and not leds.due

    def _hear_motion(self, n, now_ms):
        sensor = self.motion_sensor.driver
        if sensor.overrun:
            self._gap(self.motion, records.MOTION, 0)
        self.motion.clock.block(n, now_ms)
        if self._is_shaken(n, now_ms):
            self.motion.skip(n)
        else:
            self.motion.block(sensor.x, sensor.y, sensor.z, n)

    def _is_shaken(self, n, now_ms):
        """Whether a block of `n` samples has any that the puck itself shook."""
        shaken = now_ms - n * _PERIOD_MS < self._still_ms
        self._shaken |= shaken
        return shaken

    def _gap(self, sense, part, lost):
        """Told once an epoch and part; of the others the epoch's flag tells."""
        sense.clock.gap()
        sense.gap()
        self.missed()
        if not self._gaps_told & 1 << part:
            self._gaps_told |= 1 << part
            self._tell(records.GAP, part, lost)

    def _flags(self, is_known):
        pulse, motion = self.pulse, self.motion
        flags = 0
        if pulse.samples == 0:
            flags |= records.NO_PULSE_SENSOR
        elif pulse.off_samples * 2 > pulse.samples:
            flags |= records.OFF_BODY
        if motion.samples == 0:
            flags |= records.NO_MOTION_SENSOR
        elif motion.moving():
            flags |= records.MOVING
        if self._lost or _has_gap(pulse) or _has_gap(motion):
            flags |= records.LOST_SAMPLES
        if pulse.clamped:
            flags |= records.CLIPPED
        if self._shaken:
            flags |= records.SHAKEN
        if not is_known and not flags & (_ABSENT | _DISTURBED):
            flags |= records.WEAK
        return flags


def _has_gap(sense):
    """Whether a sensor was heard for a part of the epoch only."""
    return 0 < sense.samples * sense.clock.period_us < _WHOLE_US


def _sum(driver, i):
    """A number that changes whenever an axis of sample `i` does, but for rare accidents."""
    return driver.x[i] + 5 * driver.y[i] + 23 * driver.z[i]
