"""What the standard services show, as bytes in the Bluetooth SIG's formats.

It must never guess: what the puck does not know is sent as the format's own "not known".

Formats are those of the SIG's GATT Specification Supplement (its YAML, 2026, as PyPI's
`bluetooth-sig` 0.6.0 carries it). Sleep is in the Physical Activity Monitor Service 1.0 instead, of
which only secondhand texts were at hand: docs/standards.md tells what they leave open.
"""

import struct
import time

from micropython import const

from firmware import records

# Why a time was set, in Current Time.
MANUAL = const(1)
EXTERNAL = const(2)
ZONE = const(4)
DAYLIGHT_SAVING = const(8)

_CONTACT = const(6)  # detected, and the sensor can tell; without the lower bit: not detected
_NO_CONTACT = const(4)
_INTERVALS = const(16)
_WIDE = const(1)  # the rate has 16 bits

_NO_TEMPERATURE = const(-0x8000)
_NO_HUMIDITY = const(0xFFFF)
_NO_ILLUMINANCE = const(0xFFFFFF)
_NO_NOISE = const(0xFF)
_LOUDEST_DB = const(0xFE)  # "254 or greater"

_FIRST_YEAR, _LAST_YEAR = const(2000), const(2099)  # what the puck's clock chip has digits for

_WHOLE = const(0xC0)  # header: the first segment, and the last
_STAGE, _HEART = const(8), const(16)
_WORN = const(0x8000)
# Wake 1, sleep 2, REM 4, non-REM 8, light 16, deep 32, not known 1 << 23: all that hold, by stage.
_STAGES = (1 << 23, 1 << 23, 1, 2, 2 | 8 | 16, 2 | 8 | 32, 2 | 4)
# Total sleep, wake and bed time, awakenings, efficiency, worn duration.
_SUMMARY = const(0x08002F)


def heart_rate(rate_bpm: int, is_worn: bool, intervals_ms, longest: int) -> bytes:
    """Heart Rate Measurement (2A37) of at most `longest` bytes (the MTU less 3, 20 or more).

    `rate_bpm` 0 is not known: then no contact is said to be, and no interval. Of `intervals_ms`,
    the oldest first, the newest that fit are kept, in 1/1024 s of 16 bits.
    """
    if not (is_worn and rate_bpm):
        return bytes((_NO_CONTACT, 0))
    is_wide = rate_bpm > 255
    room = (longest - 2 - is_wide) // 2
    told = [(ms * 128 + 62) // 125 for ms in intervals_ms if 0 < ms < 64000][-room:]
    flags = _CONTACT | (_INTERVALS if told else 0) | (_WIDE if is_wide else 0)
    return struct.pack(
        "<BH%dH" % len(told) if is_wide else "<BB%dH" % len(told), flags, rate_bpm, *told
    )


def room(epoch) -> tuple:
    """Temperature (2A6E, 0.01 degrees C), Humidity (2A6F, 0.01 %), Illuminance (2AFB, 0.01 lx) and
    Noise (2BE4, dB) of a `records.EPOCH` row, or of None: nothing is known.
    """
    flags = epoch.flags if epoch else -1
    temperature, humidity = _NO_TEMPERATURE, _NO_HUMIDITY
    light, noise = _NO_ILLUMINANCE, _NO_NOISE
    if not flags & records.NO_CLIMATE:
        temperature, humidity = epoch.temperature_cdeg, epoch.humidity_pct * 100
    if not flags & records.NO_LIGHT:
        light = min((epoch.light_mlx + 5) // 10, _NO_ILLUMINANCE - 1)
    if not flags & records.NO_SOUND:
        noise = min((epoch.level_ddb + 5) // 10, _LOUDEST_DB)
    return struct.pack("<h", temperature), struct.pack("<H", humidity), _u24(light), bytes((noise,))


def current_time(wall_s: int, reason: int) -> bytes:
    """Current Time (2A2B): local wall time in seconds since 2000-01-01, 0 not known; `reason`: why
    it was set last, 0 or the sum of MANUAL and so on.
    """
    if not wall_s:
        return bytes(9) + bytes((reason,))
    year, month, day, hour, minute, second, weekday, _ = time.gmtime(wall_s)
    fields = month, day, hour, minute, second, weekday + 1, 0, reason
    return struct.pack("<H8B", year, *fields)


def wall_s(value) -> int:
    """Local wall time in seconds since 2000-01-01 of a Current Time that somebody wrote.

    The day of the week, 1/256 seconds and the reason are left aside. ValueError with the remedy
    for what no clock shows, and for a year but 2000 to 2099.
    """
    if len(value) != 10:
        raise ValueError("a Current Time has 10 bytes, not %d" % len(value))
    fields = struct.unpack_from("<H5B", value)
    if _FIRST_YEAR <= fields[0] <= _LAST_YEAR:
        s = time.mktime(fields + (0, 0))
        if time.gmtime(s)[:6] == fields:
            return s
    raise ValueError(
        "no clock shows %04d-%02d-%02d %02d:%02d:%02d; write a date of 2000 to 2099" % fields
    )


def features() -> bytes:
    """Physical Activity Monitor Features (2B3B): device worn, worn duration, the sums of
    `Sleep.summary`, sleep stage and sleeping heart rate.
    """
    return b"\x04\x00\x00\x02\x00\x5e\x60\x00"


class Sleep:
    """A night as the live score has it: Sleep Activity Instantaneous and Summary Data.

    Sums follow `stages/morning.summarise`.
    """

    def __init__(self):
        self.begin(0)

    def begin(self, night: int) -> None:
        """A night begins: all sums are 0, and its number is the session's."""
        self._night = night & 0xFFFF
        self._index = -1
        self._stage = records.UNKNOWN
        self._asleep = self._awake = self._known = self._all = self._awakenings = 0

    def hear(self, score) -> None:
        """The next `records.SCORE` row; one that was heard already is left out."""
        if score.index <= self._index:
            return
        stage, was = score.stage, self._stage
        self._index, self._stage = score.index, stage
        self._all += 1
        self._known += stage >= records.WAKE
        self._asleep += stage >= records.ASLEEP
        if stage == records.WAKE:
            self._awake += 1
            self._awakenings += self._asleep > 0 and was != records.WAKE

    def instantaneous(self, rate_bpm: int) -> bytes:
        """2B41: the stage of the last epoch scored, and the heart rate now, 0 not known."""
        flags = _STAGE | (_WORN if self._stage >= records.WAKE else 0) | (_HEART if rate_bpm else 0)
        head = struct.pack("<BH", _WHOLE, flags) + self._session()
        stage = _u24(_STAGES[self._stage])
        return head + stage + (bytes((min(rate_bpm, 255),)) if rate_bpm else b"")

    def summary(self) -> bytes:
        """2B42: seconds asleep, awake and in bed, awakenings, per cent asleep, seconds worn."""
        efficiency = self._asleep * 100 // max(1, self._all)
        return b"".join(
            (
                bytes((_WHOLE,)) + _u24(_SUMMARY) + self._session(),
                _epochs(self._asleep) + _epochs(self._awake) + _epochs(self._all),
                struct.pack("<HB", self._awakenings, efficiency) + _epochs(self._known),
            )
        )

    def _session(self):
        """Session, sub-session, seconds since the session began, and a number that counts."""
        number = self._index + 1
        return struct.pack("<HHII", self._night, 0, number * records.EPOCH_S, number)


def _epochs(n):
    return _u24(n * records.EPOCH_S)


def _u24(value):
    return struct.pack("<I", value)[:3]
