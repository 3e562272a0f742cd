"""The soft pod: drains its two sensors, hears the pulse and the motion, closes epochs.

A sensor that fails is named, its absence marked, and tried again; the other goes on.
It must never wait, and never let one sensor's fault cost the other's samples.
"""

from micropython import const

from firmware import records
from firmware.senses.motion import Motion
from firmware.senses.pulse import Pulse
from firmware.senses.sampling import SampleClock

_PERIOD_US = const(20000)  # 50 Hz nominal for both; what it truly is, is measured


class Sensor:
    """A driver with what is known of its health. `tell(kind, part, value)` hears of changes."""

    def __init__(self, part: int, driver, start, tell):
        self.driver = driver
        self._part = part
        self._start = start
        self._tell = tell
        self.present = False
        self._told = False

    def start(self) -> None:
        """Start the chip, or say once that it is missing."""
        try:
            self._start()
        except OSError as error:
            self.fail(error)
            return
        if self._told:
            self._tell(records.PART_BACK, self._part, 0)
        self.present = True
        self._told = False

    def drain(self) -> int:
        """Samples fetched; 0 from a sensor that is or has just become missing."""
        if self.present:
            try:
                return self.driver.drain()
            except OSError as error:
                self.fail(error)
        return 0

    def stop(self) -> None:
        """Let the chip sleep, if it is there."""
        if self.present:
            try:
                self.driver.stop()
            except OSError as error:
                self.fail(error)

    def fail(self, error: OSError) -> None:
        """Mark the part missing; the first time, say why."""
        self.present = False
        if not self._told:
            self._told = True
            print(error)
            self._tell(records.PART_MISSING, self._part, 0)


class Pod:
    """Pulse and motion of a sleeper. `pulse_sensor` and `motion_sensor` are `Sensor`s."""

    def __init__(self, pulse_sensor, motion_sensor, tell):
        self.pulse_sensor = pulse_sensor
        self.motion_sensor = motion_sensor
        self.pulse = Pulse(SampleClock(_PERIOD_US))
        self.motion = Motion(SampleClock(_PERIOD_US))
        self._tell = tell
        self._lost = False

    def start(self) -> None:
        """Start the sensors that are not running."""
        for sensor in (self.pulse_sensor, self.motion_sensor):
            if not sensor.present:
                sensor.start()

    def stop(self) -> None:
        """Let both sensors sleep."""
        self.pulse_sensor.stop()
        self.motion_sensor.stop()

    def drain(self, now_ms: int) -> int:
        """Fetch and hear what both FIFOs hold; the number of samples."""
        n = self.pulse_sensor.drain()
        if n:
            self._hear_pulse(n, now_ms)
        m = self.motion_sensor.drain()
        if m:
            self._hear_motion(m, now_ms)
        return n + m

    def missed(self) -> None:
        """The present epoch is not whole: say so in its flags."""
        self._lost = True

    def close_epoch(self, index: int) -> tuple:
        """The values of `records.EPOCH` for what was heard since the last call."""
        pulse, motion = self.pulse, self.motion
        values = (
            index,
            self._flags(),
            pulse.quality(),
            pulse.rate_dbpm(),
            pulse.epoch_beats,
            pulse.perfusion_pm(),
            motion.counts(),
        )
        pulse.begin_epoch()
        motion.begin_epoch()
        self._lost = False
        return values

    def _hear_pulse(self, n, now_ms):
        sensor = self.pulse_sensor.driver
        if sensor.lost:
            self._gap(records.PULSE, sensor.lost)
            self.pulse.clock.gap()
            self.pulse.gap()
        self.pulse.clock.block(n, now_ms)
        self.pulse.block(sensor.infrared, n)

    def _hear_motion(self, n, now_ms):
        sensor = self.motion_sensor.driver
        if sensor.overrun:
            self._gap(records.MOTION, 0)
            self.motion.clock.gap()
        self.motion.clock.block(n, now_ms)
        self.motion.block(sensor.x, sensor.y, sensor.z, n)

    def _gap(self, part, lost):
        self.missed()
        self._tell(records.GAP, part, lost)

    def _flags(self):
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
        if self._lost:
            flags |= records.LOST_SAMPLES
        if pulse.clamped:
            flags |= records.CLIPPED
        return flags
