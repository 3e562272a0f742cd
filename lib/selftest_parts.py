"""The self-test of each part: what is asked, and what the answers mean (see selftest.py)."""

from micropython import const
from selftest_checks import AGAIN, Check, MotionCheck, PulseCheck, Rate

_CLOCK_OFF_MS = const(300)  # two looks, and what a busy puck adds


class LightCheck(Check):
    """The light, in 0.001 lx."""

    def look(self, runs: bool) -> None:
        """See `Check`."""
        if not runs:
            self.driver.read()

    def judge(self) -> tuple:
        """See `Check`."""
        mlx = self.driver.mlx
        if mlx < 0:
            return "no value comes", AGAIN
        return "%d.%03d lx" % (mlx // 1000, mlx % 1000), ""


class ClimateCheck(Check):
    """Temperature and humidity. Its serial number would break off the firmware's measurement, so
    that is only asked at its start.
    """

    def identify(self) -> None:
        """See `Check`."""
        self.identity = "serial %08x" % self.driver.serial
        self._is_due = False
        self._word = -1, -1
        self._values = 0  # that differed

    def look(self, runs: bool) -> None:
        """See `Check`. Measuring takes 10 ms, so each is read by the next look."""
        driver = self.driver
        if not runs:
            if self._is_due:
                driver.read()
            else:
                driver.measure()
            self._is_due = not self._is_due
        word = driver.raw_temperature, driver.raw_humidity
        if any(word) and word != self._word:
            self._word = word
            self._values += 1

    def judge(self) -> tuple:
        """See `Check`."""
        if not self._values:
            return "no value comes", AGAIN
        driver = self.driver
        cdeg, pct = driver.temperature_cdeg, driver.humidity_cpct // 100
        sign = "-" if cdeg < 0 else ""
        seen = "%s%d.%02d C, %d %%" % (sign, abs(cdeg) // 100, abs(cdeg) % 100, pct)
        return seen, "" if self._values > 1 else AGAIN


class MicrophoneCheck(Check):
    """Levels of sound; a line that is dead or stuck is an error of its driver."""

    def identify(self) -> None:
        """It has none."""
        self._before_cdb = self.driver.level_cdb
        self._is_new = False

    def look(self, runs: bool) -> None:
        """See `Check`."""
        if not runs:
            self._is_new |= self.driver.listen()
        self._is_new |= self.driver.level_cdb != self._before_cdb

    def stop(self) -> None:
        """See `Check`."""
        self.driver.stop()

    def judge(self) -> tuple:
        """See `Check`."""
        if not self._is_new:
            return "no level comes", AGAIN
        ddb = self.driver.level_cdb // 10
        return "%d.%d dBA" % (ddb // 10, ddb % 10), ""


class ClockCheck(Check):
    """Its seconds against the puck's ticks."""

    def identify(self) -> None:
        """It has none; that it can be read is all."""
        self._rate = Rate(self.driver.read_s())

    def look(self, runs: bool) -> None:
        """See `Check`."""
        self._rate.look(self.driver.read_s())

    def judge(self) -> tuple:
        """See `Check`."""
        if self.driver.stopped:
            return "its oscillator has stopped", "put a fresh coin cell in and set the time"
        went_s, took_ms = self._rate.went, self._rate.took_ms
        if not took_ms:
            return "it stands still", "replace it"
        seen = "%d s in %d ms" % (went_s, took_ms)
        return seen, "replace it" if abs(went_s * 1000 - took_ms) > _CLOCK_OFF_MS else ""


class HapticCheck(Check):
    """Identity and settings, in standby: nothing is felt."""

    def identify(self) -> None:
        """Ask only while nothing is meant to be felt."""
        if self.driver.is_resting():
            self.driver.start()
            self.identity = "id 7"

    def judge(self) -> tuple:
        """See `Check`."""
        return "it takes its settings" if self.identity != "-" else "it is at work", ""


class ButtonCheck(Check):
    """Up or held."""

    def identify(self) -> None:
        """It has none."""
        self._was_up = False

    def look(self, runs: bool) -> None:
        """See `Check`."""
        self._was_up |= not self.driver.is_down()

    def judge(self) -> tuple:
        """See `Check`."""
        return ("up", "") if self._was_up else ("held", "look whether something lies on it")


def checks(board) -> list:
    """A check for each part of `board` that can be asked."""
    pod, bedside = [name for name, _ in board.buses]
    light, climate = board.light_sensor, board.climate_sensor
    microphone, clock = board.microphone, board.clock_chip
    return [
        PulseCheck("pulse sensor", board.pulse_sensor, pod, board.start_pulse),
        MotionCheck("motion sensor", board.motion_sensor, pod, board.start_motion),
        LightCheck("light sensor", light, bedside, light.start),
        ClimateCheck("climate sensor", climate, bedside, climate.start),
        MicrophoneCheck("microphone", microphone, "", microphone.start),
        ClockCheck("clock chip", clock, bedside, clock.start),
        HapticCheck("haptic driver", board.haptic_health, bedside),
        ButtonCheck("button", board.button),
    ]
