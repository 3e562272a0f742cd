"""What the checks of the self-test have in common (see selftest.py), and those of the pod: rate
and noise of its two sensors' samples.
"""

from math import sqrt
from time import ticks_diff, ticks_ms

from micropython import const

AGAIN = "switch the puck off and on"

_NOMINAL_DHZ = const(500)  # both sensors give 50 samples a second
_RATE_OFF_DHZ = const(50)  # their oscillators are off by some per cents, not by ten
_NOISY_COUNTS = const(100)  # the firmware, too, takes no light that is rougher
_FULL_SCALE = const(262143)
_NOISY_MG = const(60)  # twice what the firmware takes for the part's own; a hand makes more
_G_MG = const(1000)
_G_OFF_MG = const(150)  # the datasheet allows 40 mg an axis, and 10 bits round by 4
_POD = "unplug the pod and plug it in again"
_STILL = "hold the pod still, and test again"


class Rate:
    """How fast a count goes, by the puck's ticks, between the looks that found it changed."""

    def __init__(self, count: int):
        self._count = count
        self._is_under_way = False
        self.went = self.took_ms = 0

    def look(self, count: int) -> bool:
        """Take the count at this moment; whether it has changed."""
        if count == self._count:
            return False
        self._count = count
        if not self._is_under_way:
            self._is_under_way = True
            self._first, self._first_ms = count, ticks_ms()
        self.went = count - self._first
        self.took_ms = ticks_diff(ticks_ms(), self._first_ms)
        return True


class Check:
    """One part under test. `begin`, then `look` ten times a second, then `judge`, or `error`.

    `runs`: the firmware runs, and what is not its driver's last word is not taken from it.
    """

    def __init__(self, part: str, driver, bus: str = "", start=None):
        self.part = part
        self.driver = driver
        self.bus = bus
        self.identity = "-"
        self.error = ""
        self._start = start

    def begin(self, runs: bool) -> None:
        """Start the part if nobody else does, and ask who it is. OSError if it is not well."""
        if self._start and not runs:
            self._start()
        self.identify()

    def identify(self) -> None:
        """Ask the chip, which answers at any time."""
        self.identity = self.driver.identity()

    def look(self, runs: bool) -> None:
        """See what it has measured. OSError if it is not well."""

    def judge(self) -> tuple:
        """(what was seen, the remedy if that is weak, or "")."""
        return "it answers", ""

    def stop(self) -> None:
        """Let it sleep again."""


class Sampling(Check):
    """A sensor of the pod: its samples' rate by the puck's ticks, their noise, and whether they
    ever change; if they do not, `WAKE` is the remedy.
    """

    WAKE = ""

    def begin(self, runs: bool) -> None:
        """See `Check`."""
        super().begin(runs)
        self._rate = Rate(self.driver.samples)
        self._squares = self._n = 0
        self._changes = 0  # from one sample to the next
        self._sum = self._blocks = 0

    def look(self, runs: bool) -> None:
        """See `Check`."""
        if not runs:
            self.driver.drain()
        if self._rate.look(self.driver.samples):
            self.weigh(self.driver.newest)

    def weigh(self, n: int) -> None:
        """Take the newest `n` samples."""

    def meaning(self, level: int, noise: int) -> tuple:
        """(what was seen, the remedy or "")."""
        return "", ""

    def stop(self) -> None:
        """See `Check`."""
        self.driver.stop()

    def judge(self) -> tuple:
        """See `Check`."""
        if not self._n:
            return "no samples come", _POD
        level = self._sum // self._blocks
        if not self._changes and 0 < level < _FULL_SCALE:
            return "what it measures never changes", self.WAKE
        rate_dhz = self._rate_dhz()
        seen, remedy = self.meaning(level, int(sqrt(self._squares / self._n)))
        if abs(rate_dhz - _NOMINAL_DHZ) > _RATE_OFF_DHZ:
            remedy = "replace the pod"
        return "%s, %d.%d Hz" % (seen, rate_dhz // 10, rate_dhz % 10), remedy

    def take(self, samples, n: int) -> None:
        """Weigh `samples[:n]` by their third differences, which a pulse hardly reaches; white
        noise they make 20 times stronger in power (1 + 9 + 9 + 1).
        """
        for i in range(1, n):
            self._changes += samples[i] != samples[i - 1]
        for i in range(3, n):
            third = samples[i] - samples[i - 3] - 3 * (samples[i - 1] - samples[i - 2])
            self._squares += third * third / 20
            self._n += 1

    def level(self, mean: int) -> None:
        """Take the mean of a block."""
        self._sum += mean
        self._blocks += 1

    def _rate_dhz(self):
        rate = self._rate
        return rate.went * 10000 // rate.took_ms if rate.took_ms else 0


class PulseCheck(Sampling):
    """Infrared light, in counts."""

    WAKE = _POD

    def weigh(self, n: int) -> None:
        """See `Sampling`."""
        light = self.driver.infrared
        self.take(light, n)
        self.level(sum(light[:n]) // n)

    def meaning(self, light: int, noise: int) -> tuple:
        """See `Sampling`."""
        seen = "light %d, noise %d counts" % (light, noise)
        return seen, _STILL if noise > _NOISY_COUNTS else ""


class MotionCheck(Sampling):
    """Three axes, in mg. Their noise may hide below a step of 4 mg for a while."""

    WAKE = "move the pod a little, and test again"

    def weigh(self, n: int) -> None:
        """See `Sampling`."""
        driver = self.driver
        for axis in (driver.x, driver.y, driver.z):
            self.take(axis, n)
        x, y, z = [sum(axis[:n]) // n for axis in (driver.x, driver.y, driver.z)]
        self.level(int(sqrt(x * x + y * y + z * z)))

    def meaning(self, g_mg: int, noise_mg: int) -> tuple:
        """See `Sampling`."""
        is_off = noise_mg > _NOISY_MG or abs(g_mg - _G_MG) > _G_OFF_MG
        seen = "gravity %d mg, noise %d mg" % (g_mg, noise_mg)
        return seen, _STILL if is_off else ""
