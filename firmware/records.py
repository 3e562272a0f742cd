"""The words that rooms share: every record of a night as a fixed integer layout.

The journal is a row of these, and the desktop reads them with this same file,
so no format is written twice. It imports no room, and must never hold a float.

A record is `type u8, length u8, payload, crc u16`, little-endian; the checksum
is the low half of CRC-32 (IEEE 802.3) over all that stands before it.
"""

import struct
from binascii import crc32
from collections import namedtuple

VERSION = 5
EPOCH_S = 30

HEAD_BYTES = 2
CRC_BYTES = 2
RUN = 9  # of scores in a record, at most

# Stages as scored. ASLEEP is sleep whose depth is not known.
UNKNOWN, NOT_WORN, WAKE, ASLEEP, LIGHT, DEEP, REM = range(7)
STAGES = ("unknown", "not worn", "wake", "asleep", "light", "deep", "rem")

# Epoch.flags
NO_PULSE_SENSOR = 1  # the pulse sensor gave nothing in this epoch
NO_MOTION_SENSOR = 2  # the motion sensor gave nothing in this epoch
OFF_BODY = 4  # nothing in front of the pulse sensor for most of the epoch
LOST_SAMPLES = 8  # a FIFO overflowed or the bus failed: the epoch has a gap
MOVING = 16  # motion strong enough to shake the pulse
CLIPPED = 32  # the light swung further than the pulse filters take
NO_LIGHT = 64  # the light sensor gave nothing in this epoch
NO_CLIMATE = 128  # nor did the climate sensor
NO_SOUND = 256  # nor did the microphone
WEAK = 512  # on a still body, and yet too few heartbeats to be believed
SHAKEN = 1024  # the puck itself shook the pod: pulse and motion of that time were left out
OWN_SOUND = 2048  # the puck itself sounded: levels of that time were left out

# Event.kind
EVENTS = (
    "none",
    "start",  # value: 0 a new night, 1 goes on after a reset, 2 after a power cut
    "stop",  # value: 0 asked to
    "gap",  # part, value: samples lost
    "part_missing",  # part
    "part_back",  # part
    "button",  # value: how long it was held, in ms
    "gesture",  # value: which, of GESTURES
    "breaker",  # value: see below
    "clock set",  # value: local wall time, seconds since 2000-01-01
    "alarm set",  # value: when it is due, ms after the night's start; 0 there is none
    "calibrated",  # value: the speaker's level (see governor/limits.py)
    "asked",  # value: the scene that somebody asked for, typing
    "alarm missed",  # value: local wall time at which it should have rung; 0 nobody knows
    "setting",  # part: its number in firmware/keep/settings.py, value: what it is from now on
    "programme",  # value: which somebody asked for, see firmware/rituals/programmes.py; 0 stop
    "clip",  # value: which sounds in the act before it instead of its scene's sound: its sum
    "link",  # value: see below
    "dropped",  # value: the night that made room for this one
)
START, STOP, GAP, PART_MISSING, PART_BACK, PRESSED = range(1, 7)
GESTURE, BREAKER, CLOCK_SET, ALARM_SET, CALIBRATED, ASKED = range(7, 13)
ALARM_MISSED, SETTING, PROGRAMME, CLIP, LINK, DROPPED = range(13, 19)

# What firmware/bedside/gestures.py tells apart, by its numbers.
GESTURES = ("none", "short", "double", "long", "hold", "thrice")

# Event.value of BREAKER: it closed; it opened, so that everything is off; it has been open
# since before this night, or this start.
CLOSED, OPENED, STILL_OPEN = range(3)

# Event.value of LINK: a hand has let phones in for a while; one is paired, or one that tried is
# not; a bond is forgotten.
LINK_OPENED, LINK_PAIRED, LINK_REFUSED, LINK_FORGOTTEN = range(1, 5)

# What is seen, what is heard, what is felt.
LANES = ("light", "sound", "touch")
LIGHT_LANE, SOUND_LANE, TOUCH_LANE = range(3)

# Consent.state
CONSENTS = ("withdrawn", "asked", "granted", "kept")
WITHDRAWN, WANTED, GRANTED, KEPT = range(4)

PARTS = (
    "puck",
    "pulse sensor",
    "motion sensor",
    "journal",
    "light sensor",
    "climate sensor",
    "microphone",
    "clock chip",
    "haptic driver",
    "button",
)
PUCK, PULSE, MOTION, JOURNAL, LIGHT_SENSOR, CLIMATE, MICROPHONE, CLOCK, HAPTIC, BUTTON = range(10)


def checksum(buf) -> int:
    """The low half of CRC-32 (IEEE 802.3)."""
    return crc32(buf) & 0xFFFF


class Layout:
    """One kind of record: its type byte, its `struct` format, its fields' names."""

    def __init__(self, type_: int, name: str, fields: str):
        pairs = [field.split(":") for field in fields.split()]
        self.type = type_
        self.format = "<" + "".join([code for _, code in pairs])
        self.length = struct.calcsize(self.format)
        self.bytes = HEAD_BYTES + self.length + CRC_BYTES
        self.names = tuple([field for field, _ in pairs])
        self.tuple = namedtuple(name, self.names)  # type: ignore[misc]

    def of(self, *values):  # noqa: ANN201 (a named tuple, told by no type)
        """These values by their names."""
        return self.tuple(*values)

    def fits(self, length: int) -> bool:
        """Whether a payload of this kind may be so long."""
        return length == self.length

    def pack(self, *values) -> bytes:
        """The whole record, framed. Values outside their field's range are an error."""
        return self._framed(struct.pack(self.format, *values))

    def unpack(self, record):  # noqa: ANN201 (a named tuple, told by no type)
        """The fields of a whole record, as a named tuple; of a `Run`, those of its first."""
        return self.tuple(*struct.unpack_from(self.format, record, HEAD_BYTES))

    def rows(self, record) -> list:
        """All that a whole record says, as named tuples."""
        return [self.unpack(record)]

    def _framed(self, payload):
        body = bytes((self.type, len(payload))) + payload
        return body + struct.pack("<H", checksum(body))


class Run(Layout):
    """What is said of up to `RUN` consecutive epochs, in one record.

    `index` (its first field) of the first of them, then the other fields of each.
    """

    def __init__(self, type_: int, name: str, fields: str):
        super().__init__(type_, name, fields)
        self._each = "<" + self.format[2:]
        self.each_bytes = struct.calcsize(self._each)
        self.head_bytes = self.bytes - self.each_bytes

    def fits(self, length: int) -> bool:
        """See `Layout`."""
        lengths = range(self.length, self.length + RUN * self.each_bytes, self.each_bytes)
        return length in lengths

    def pack(self, *rows) -> bytes:
        """The whole record of 1 to `RUN` named tuples, of consecutive epochs."""
        others = [struct.pack(self._each, *row[1:]) for row in rows]
        return self._framed(struct.pack("<H", rows[0][0]) + b"".join(others))

    def rows(self, record) -> list:
        """See `Layout`: one of each epoch."""
        (index,) = struct.unpack_from("<H", record, HEAD_BYTES)
        first, end = self.head_bytes - CRC_BYTES, len(record) - CRC_BYTES
        return [
            self.tuple(index + i, *struct.unpack_from(self._each, record, at))
            for i, at in enumerate(range(first, end, self.each_bytes))
        ]


# A night's first record. `start_s`: wall time in seconds since 2000-01-01, local
# to the puck, 0 if unknown. `rules` names the code that scores (see stages/live.py).
NIGHT = Layout(1, "Night", "version:B night:H start_s:I rules:H")

# 30 s of a sleeper. `index` counts epochs from the night's start, so a missing
# one leaves a hole. `rate_dbpm`: mean heart rate in 0.1 /min, 0 unknown.
# `quality`: share of the time heard in it that believed heartbeats cover, weighted by how
# alike they are, 0-100; of a moving sleeper two thirds of that.
# `perfusion_pm`: pulse swing over steady light, per mille, at most 255.
# `counts`: activity counts, the mean of the two 15 s sums (see senses/motion.py).
# `rmssd_dms`: of normal heartbeats, in 0.1 ms. `breaths_dpm`: breathing rate over 32 s in
# 0.1 /min; `breath_regularity`: share of their power near the highest peak, per cent.
# `oxygen_ratio_pct`: red's pulse over infrared's, an uncalibrated trend. All 0 unknown.
# Then the room, 0 where its flag says that nothing is known: `light_mlx`: mean light in
# 0.001 lx. `temperature_cdeg`: 0.01 degrees C. `humidity_pct`: relative. `level_ddb`: LAeq
# in 0.1 dB; `loudest_ddb`: that of the loudest slice (see senses/room.py).
EPOCH = Layout(
    2,
    "Epoch",
    "index:H flags:H quality:B rate_dbpm:H beats:B perfusion_pm:B counts:H "
    "rmssd_dms:H breaths_dpm:B breath_regularity:B oxygen_ratio_pct:B "
    "light_mlx:I temperature_cdeg:h humidity_pct:B level_ddb:H loudest_ddb:H",
)

# What the live rules say of epoch `index` and those that follow, some minutes after they
# ended. `p_*` in 1/255; light, deep and REM are all 0 where only sleep is known.
SCORE = Run(3, "Score", "index:H stage:B p_wake:B p_light:B p_deep:B p_rem:B")

# Something that happened, `t_ms` after the night's start.
EVENT = Layout(4, "Event", "t_ms:I kind:B part:B value:i")

# Something that lights, sounds or is felt is asked for: which of firmware/scenes, by whom and
# why (governor/limits.py), in which stage. `number` counts a night's requests from 1.
REQUEST = Layout(6, "Request", "t_ms:I number:H rule:B reason:B scene:B stage:B")

# It is granted: for how long at most, and how much of each lane; 0 is a lane it may not use.
# `light_mlx` at the eye, `sound_cdb` A-weighted at the pillow, `touch` of 127.
ACT = Layout(7, "Act", "t_ms:I number:H length_s:H light_mlx:I sound_cdb:H touch:B")

# It is not: `why` in governor/limits.py.
REFUSAL = Layout(8, "Refusal", "t_ms:I number:H why:B")

# What a lane really did of act `number`: so many steps of what was asked for, then of fading;
# the most and the sum of it (units in governor/limits.py), and the low half of CRC-32 over all of
# it. `why` it ended: as above.
EMITTED = Layout(9, "Emitted", "t_ms:I number:H lane:B why:B steps:I fading:I peak:I dose:I crc:H")

# The sleeper's consent to one use (bedside/scenes.py), in the stages of `scope`, until a local
# wall time; 0 is until this night ends. `night`: in which it was granted.
CONSENT = Layout(10, "Consent", "t_ms:I use:B scope:B state:B until_s:I night:H")

# Closes a batch: the first bytes of SHA-256 over the seal before it and every
# byte since. What is changed, cut or moved breaks this link of the chain.
SEAL = Layout(5, "Seal", "digest:12s")

LAYOUTS = (None, NIGHT, EPOCH, SCORE, EVENT, SEAL, REQUEST, ACT, REFUSAL, EMITTED, CONSENT)
LONGEST = max(EPOCH.bytes, SCORE.head_bytes + RUN * SCORE.each_bytes)


def whole(buf, at: int) -> "Layout | None":
    """The layout of the record that starts at byte `at` and is whole, or None."""
    if at + HEAD_BYTES > len(buf) or buf[at] >= len(LAYOUTS):
        return None
    layout = LAYOUTS[buf[at]]
    end = at + HEAD_BYTES + buf[at + 1]
    if layout is None or not layout.fits(buf[at + 1]) or end + CRC_BYTES > len(buf):
        return None
    good = checksum(buf[at:end]) == struct.unpack_from("<H", buf, end)[0]
    return layout if good else None


def length(buf, at: int) -> int:
    """The bytes of the whole record that starts at byte `at`."""
    return HEAD_BYTES + buf[at + 1] + CRC_BYTES
