"""A VEML7700 as its registers show it (Vishay 84286, Rev 1.7).

Words of 16 bits, gains and integration times, whole integrations one after another
while it is not shut down, and counts that end at 65,535.
"""

from clock import clock

_ALS_CONF = 0
_ALS = 4
_WHITE = 5
_ID = 7
_IDENTITY = 0xC481
_SHUT_DOWN = 1
_WAKE_US = 2500

_GAIN_EIGHTHS = (8, 16, 1, 2)  # ALS_GAIN, bits 12 and 11
_INTEGRATION_MS = {12: 25, 8: 50, 0: 100, 1: 200, 2: 400, 3: 800}  # ALS_IT, bits 9 to 6
_FULL = 65535
# At gain 2 (16 eighths) and 800 ms a count is 4.2 mlx: 53,760 mlx, eighths and ms in one.
_ONE_COUNT = 53760
_LOOKS = 4  # at the light in an integration: the mean is exact if it changes evenly


class VEML7700:
    """The chip at 0x10 in a room: `light(us)` gives milli-lux at the puck's time `us`.

    `rate_ppm`: how far its oscillator is off.
    """

    ADDRESS = 0x10

    def __init__(self, light, rate_ppm: int = 0):
        self._light = light
        self.rate_ppm = rate_ppm
        self.power_up()

    def power_up(self) -> None:
        """Registers as they are when power comes: nothing is measured."""
        self._regs = [_SHUT_DOWN, 0, 0, 0, 0, 0, 0, _IDENTITY]
        self._start_us = 0  # of the integrations
        self._seen = 0  # how many of them have been worked out

    def read(self, reg: int, buf) -> None:
        """A word, low byte first."""
        self._catch_up()
        word = self._regs[reg] if reg < len(self._regs) else 0
        for i in range(len(buf)):
            buf[i] = word >> 8 * (i & 1) & 0xFF

    def write(self, reg: int, data) -> None:
        """A word, low byte first. A new configuration ends the shut-down, or waits for the
        end of the integration under way: the note bids to shut down first.
        """
        self._catch_up()
        if reg >= _ALS or len(data) < 2:
            return
        if reg == _ALS_CONF:
            self._start_us = self._next_us()
            self._seen = 0
        self._regs[reg] = data[0] | data[1] << 8

    def _next_us(self):
        if self._regs[_ALS_CONF] & _SHUT_DOWN:
            return clock.us + _WAKE_US
        return self._start_us + (self._seen + 1) * self._period_us()

    def _catch_up(self):
        """The last integration that has ended is what the data registers show."""
        if self._regs[_ALS_CONF] & _SHUT_DOWN:
            return
        period_us = self._period_us()
        ended = (clock.us - self._start_us) // period_us
        if ended > self._seen:
            self._seen = ended
            counts = self._counts(self._start_us + (ended - 1) * period_us, period_us)
            self._regs[_ALS] = self._regs[_WHITE] = counts

    def _period_us(self):
        return self._integration_ms() * 1000000000 // (1000000 + self.rate_ppm)

    def _integration_ms(self):
        return _INTEGRATION_MS.get(self._regs[_ALS_CONF] >> 6 & 15, 100)

    def _counts(self, begin_us, period_us):
        light = self._light
        looks = (begin_us + (2 * i + 1) * period_us // (2 * _LOOKS) for i in range(_LOOKS))
        mlx = sum(light(us) for us in looks) // _LOOKS
        eighths = _GAIN_EIGHTHS[self._regs[_ALS_CONF] >> 11 & 3]
        return min(mlx * eighths * self._integration_ms() // _ONE_COUNT, _FULL)
