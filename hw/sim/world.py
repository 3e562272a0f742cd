"""What reaches the sensors: recorded or generated signals, read as time passes.

A stream is a file of interleaved integers at a fixed rate. The chips sample it
at their own, slightly wrong rate. Nothing here knows a register.
"""

from struct import unpack_from

_ROOM_FRAME = "<iiii"  # light in 0.001 lx, warmth in 0.001 C, humidity in 0.001 %, sound in 0.01 dB
_ROOM_BYTES = 16


class Stream:
    """A window that slides over one file of the world.

    `frame_bytes`: one frame; `rate_hz`: frames a second; `start_us`: the world's
    time at the puck's power-up. Past either end the nearest frame stands.
    """

    FRAMES = 1024

    def __init__(self, path: str, frame_bytes: int, rate_hz: int, start_us: int = 0):
        self._file = open(path, "rb")
        self._frame_bytes = frame_bytes
        self._start_us = start_us
        self.rate_hz = rate_hz
        self.buffer = bytearray(self.FRAMES * frame_bytes)
        self.first = -1
        self.count = self._file.seek(0, 2) // frame_bytes

    def position_q16(self, us: int) -> int:
        """Where the puck's time `us` lies in the file, in frames, Q16."""
        last_q16 = (self.count - 2) << 16
        at = ((us + self._start_us) * self.rate_hz << 16) // 1000000
        return min(max(at, 0), last_q16)

    def cover(self, first: int, last: int) -> None:
        """See to it that `buffer` holds frames `first` to `last`; it starts at `self.first`."""
        if self.first < 0 or first < self.first or last >= self.first + self.FRAMES:
            self.first = first
            self._file.seek(first * self._frame_bytes)
            self._file.readinto(self.buffer)


class Room:
    """The bedroom of `room.bin`, a frame a second; `us` is the puck's time."""

    def __init__(self, path: str, start_us: int = 0):
        self._stream = Stream(path, _ROOM_BYTES, 1, start_us)

    def light_mlx(self, us: int) -> int:
        """Light in 0.001 lx."""
        return self._frame(us)[0]

    def climate(self, us: int) -> tuple:
        """(temperature in 0.001 C, relative humidity in 0.001 %)."""
        return self._frame(us)[1:3]

    def level_cdb(self, us: int) -> int:
        """The A-weighted level of the sound in 0.01 dB."""
        return self._frame(us)[3]

    def _frame(self, us):
        stream = self._stream
        at = stream.position_q16(us) >> 16
        stream.cover(at, at + 1)
        return unpack_from(_ROOM_FRAME, stream.buffer, (at - stream.first) * _ROOM_BYTES)
