"""Reads what the Bluetooth SIG's standard services send, from the SIG's texts alone.

Nothing of the firmware is imported or copied here: a mistake in a format shows as two readings
that differ. Formats: GATT Specification Supplement; Assigned Numbers; for the Physical Activity
Monitor Service see docs/standards.md. Everything is little-endian; None is "not known".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


class Reader:
    """Takes fields off the front of a value."""

    def __init__(self, value):
        self.left = bytes(value)

    def u(self, size):
        """An unsigned integer of `size` bytes."""
        assert len(self.left) >= size, "the value ends within a field"
        taken, self.left = self.left[:size], self.left[size:]
        return int.from_bytes(taken, "little")

    def end(self):
        assert self.left == b"", f"{len(self.left)} bytes follow the last field"


@dataclass
class HeartRate:
    rate_bpm: int
    contact: bool | None  # None: the sensor cannot tell
    energy_j: int | None
    intervals_s: list[float]


def heart_rate(value):
    """2A37: flags, a rate of 8 or 16 bits, energy, RR intervals in 1/1024 s, the oldest first."""
    reader = Reader(value)
    flags = reader.u(1)
    assert flags >> 5 == 0, "reserved bits are set"
    rate = reader.u(2 if flags & 1 else 1)
    contact = bool(flags & 2) if flags & 4 else None
    energy = reader.u(2) if flags & 8 else None
    intervals = []
    if flags & 16:
        assert reader.left, "intervals are promised, and none is there"
        while reader.left:
            intervals.append(reader.u(2) / 1024)
    reader.end()
    return HeartRate(rate, contact, energy, intervals)


def temperature_c(value):
    """2A6E: sint16, 0.01 degrees C."""
    assert len(value) == 2
    raw = int.from_bytes(value, "little", signed=True)
    assert raw == -0x8000 or raw >= -27315, "prohibited"
    return None if raw == -0x8000 else raw / 100


def humidity_pct(value):
    """2A6F: uint16, 0.01 %."""
    raw = _whole(value, 2)
    assert raw == 0xFFFF or raw <= 10000, "prohibited"
    return None if raw == 0xFFFF else raw / 100


def illuminance_lx(value):
    """2AFB: uint24, 0.01 lx."""
    raw = _whole(value, 3)
    return None if raw == 0xFFFFFF else raw / 100


def noise_db(value):
    """2BE4: uint8, dB; 254 is that or more."""
    raw = _whole(value, 1)
    return None if raw == 0xFF else raw


def _whole(value, size):
    reader = Reader(value)
    raw = reader.u(size)
    reader.end()
    return raw


REASONS = ("manual", "external reference", "time zone", "daylight saving")


def current_time(value):
    """2A2B: (datetime or None, the reasons for which it was set)."""
    reader = Reader(value)
    year, month, day = reader.u(2), reader.u(1), reader.u(1)
    hour, minute, second, weekday = (reader.u(1) for _ in range(4))
    fraction, reasons = reader.u(1), reader.u(1)
    reader.end()
    assert reasons >> 4 == 0, "reserved bits are set"
    said = {name for i, name in enumerate(REASONS) if reasons & 1 << i}
    if not year:
        assert (month, day, weekday) == (0, 0, 0)
        return None, said
    micros = fraction * 1_000_000 // 256
    when = datetime(year, month, day, hour, minute, second, micros)
    assert weekday in (0, when.isoweekday()), "that day of the week does not belong to that date"
    return when, said


def written_time(when, weekday=None):
    """The bytes that a client writes to 2A2B to set the clock."""
    date = when.year.to_bytes(2, "little") + bytes((when.month, when.day))
    day = when.isoweekday() if weekday is None else weekday
    fraction = when.microsecond * 256 // 1_000_000
    return date + bytes((when.hour, when.minute, when.second, day, fraction, 1))


# Bits of Sleep Stage; all that hold may be set.
STAGES = ("wake", "sleep", "rem", "non-rem", "light", "deep", "n1", "n2", "n3", "n4")
_UNKNOWN = 1 << 23
FEATURES = {
    2: "device worn",
    25: "worn duration",
    41: "total sleep time",
    42: "total wake time",
    43: "total bed time",
    44: "number of awakenings",
    45: "sleep latency",
    46: "sleep efficiency",
    53: "sleep stage",
    54: "sleeping heart rate",
}


def activity_features(value):
    """2B3B: the names of the features whose bits are set."""
    raw = _whole(value, 8)
    return {FEATURES[bit] for bit in range(64) if raw >> bit & 1}


@dataclass
class Session:
    session: int
    sub_session: int
    since_start: timedelta
    sequence: int


def _session(reader):
    return Session(reader.u(2), reader.u(2), timedelta(seconds=reader.u(4)), reader.u(4))


def _header(reader):
    assert reader.u(1) == 0xC0, "not the first segment and the last"


@dataclass
class SleepNow:
    session: Session
    worn: bool
    stage: set[str] | None  # None: not sent, or not known
    rate_bpm: int | None


def sleep_now(value):
    """2B41: header, flags of 16 bits, session, and the fields that the flags promise."""
    reader = Reader(value)
    _header(reader)
    flags = reader.u(2)
    assert flags & ~0x801F == 0, "reserved bits are set"
    session = _session(reader)
    for bit in range(3):  # visible, ultraviolet and infrared light
        if flags & 1 << bit:
            reader.u(3)
    stage = reader.u(3) if flags & 8 else _UNKNOWN
    rate = reader.u(1) if flags & 16 else None
    reader.end()
    named = {name for i, name in enumerate(STAGES) if stage >> i & 1}
    return SleepNow(session, bool(flags & 0x8000), None if stage & _UNKNOWN else named, rate)


# (name, bytes) of the fields of Sleep Activity Summary Data, by the bits of its flags.
SUMMARY = (
    *(("asleep_s", 3), ("awake_s", 3), ("bed_s", 3), ("awakenings", 2), ("latency", 2)),
    *(("efficiency_pct", 1), ("snooze", 2), ("turns", 2), ("after_alarm", 3)),
    *(
        (f"{which}_{light}", 3)
        for light in ("visible", "uv", "ir")
        for which in ("min", "max", "mean")
    ),
    *(("rate_bpm", 1), ("worn_s", 3)),
)


def sleep_sums(value):
    """2B42: (session, {name: value} of the fields that are there)."""
    reader = Reader(value)
    _header(reader)
    flags = reader.u(3)
    assert flags >> len(SUMMARY) == 0, "reserved bits are set"
    session = _session(reader)
    fields = {name: reader.u(size) for i, (name, size) in enumerate(SUMMARY) if flags & 1 << i}
    reader.end()
    return session, fields
