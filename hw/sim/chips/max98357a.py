"""A MAX98357A as its wires show it: I2S in, SD_MODE, and what the speaker then says.

What was audible is kept in a file, never in memory; it knows no firmware.
"""

from array import array
from struct import pack

from clock import clock

RATE_HZ = 16000
_TURN_ON_US = 7500  # from SD_MODE high, clocks running, to full output
_UNDERRUN_US = 1000000  # a longer silence is a pause
_COPY_BYTES = 4096
_MOST_RUNS = 4096
_ZEROS = bytes(_COPY_BYTES)


class MAX98357A:
    """The amplifier whose SD_MODE is `net`; audible samples are appended to the file `spool`.

    `emit(us, samples)`: called when a stretch of sound that began at `us` has become so long.
    `underruns`: gaps of at most a second in what I2S brought while the part was on, of
    `silent_us` together, up to the last look at `runs`.
    """

    def __init__(self, net, spool: str):
        self._net = net
        self._file = open(spool, "a+b")
        self._first_byte = self._end_byte = self._file.seek(0, 2)  # of what `runs` tells
        self._on_us = 0 if net.level else None
        self._end_us = None  # where the last sound ended that I2S brought
        self.source = None  # the I2S that feeds it
        self._runs = []
        self.emit = _nothing
        self.underruns = 0
        self.silent_us = 0
        net.listener = self._on_edge

    def play(self, us: int, data) -> None:
        """Samples that I2S brings, the first at `us`."""
        first_us = us
        if self._on_us is None:
            self._end_us = None
            return
        late_us = self._on_us + _TURN_ON_US - us
        skipped = max(0, -(-late_us * RATE_HZ // 1000000))
        data = data[2 * skipped :]
        first_us += skipped * 1000000 // RATE_HZ
        self._note_gap(us)
        self._end_us = first_us + len(data) // 2 * 1000000 // RATE_HZ
        if data:
            self._keep(first_us, data)

    @property
    def runs(self) -> list:
        """[first us, samples] of each unbroken stretch of sound, in the file's order: the newest
        4,096.
        """
        self.tell()
        return self._runs

    def tell(self) -> None:
        """Hear what I2S has brought until now."""
        if self.source:
            self.source.serve()

    def samples(self) -> array:
        """All audible samples of `runs`, one stretch after the other."""
        n = sum([n for _, n in self.runs])
        return array("h", self.read(self._first_byte, n))

    def since(self, us: int):
        """(first us, byte of the spool, samples) of each stretch that was heard after `us`."""
        if self._on_us is None and not self._is_after(us):
            return  # and so nothing is to be had by serving
        byte = 0
        for run_us, n in reversed(self.runs):
            byte -= 2 * n
            if _end_us(run_us, n) <= us:
                break
            yield run_us, self._end_byte + byte, n

    def read(self, byte: int, n: int) -> bytes:
        """`n` samples of the spool from `byte` on."""
        self._file.seek(byte)
        return self._file.read(2 * n)

    def save_wav(self, path: str, first_us: int = 0, last_us: int | None = None) -> None:
        """What could be heard from `first_us` to `last_us` (default: now), pauses and all."""
        runs = self.runs
        last_us = clock.us if last_us is None else last_us
        count = (last_us - first_us) * RATE_HZ // 1000000
        with open(path, "wb") as wav:
            wav.write(_header(count * 2))
            at, byte = 0, self._first_byte
            for us, n in runs:
                start = (us - first_us) * RATE_HZ // 1000000
                skip = max(0, at - start)
                keep = min(n, count - start) - skip
                if keep > 0:
                    _pad(wav, start + skip - at)
                    self._copy(wav, byte + 2 * skip, 2 * keep)
                    at = start + skip + keep
                byte += 2 * n
            _pad(wav, count - at)

    def _on_edge(self, level):
        """SD_MODE changes: what was sent until now belongs to the time before."""
        on_us = clock.us if level else None
        if self.source:
            self.source.serve()
        self._on_us = on_us

    def _note_gap(self, us):
        if self._end_us is not None and 1 < us - self._end_us <= _UNDERRUN_US:
            self.underruns += 1
            self.silent_us += us - self._end_us

    def _is_after(self, us):
        return self._runs and _end_us(*self._runs[-1]) > us

    def _keep(self, us, data):
        self._end_byte += self._file.write(data)
        if not self._runs or abs(_end_us(*self._runs[-1]) - us) > 1000000 // RATE_HZ:
            self._begin_run(us)
        run = self._runs[-1]
        run[1] += len(data) // 2
        self.emit(*run)

    def _begin_run(self, us):
        self._runs.append([us, 0])
        if len(self._runs) > _MOST_RUNS:
            self._first_byte += 2 * self._runs.pop(0)[1]

    def _copy(self, wav, byte, size):
        self._file.seek(byte)
        while size > 0:
            chunk = self._file.read(min(size, _COPY_BYTES))
            wav.write(chunk)
            size -= len(chunk)


def _nothing(us, samples):
    pass


def _end_us(us, n):
    return us + n * 1000000 // RATE_HZ


def _pad(wav, samples):
    size = samples * 2
    while size > 0:
        size -= wav.write(_ZEROS[: min(size, _COPY_BYTES)])


def _header(size):
    """RIFF header of mono 16-bit samples."""
    form = pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE_HZ, RATE_HZ * 2, 2, 16)
    return b"RIFF" + pack("<I", 36 + size) + b"WAVE" + form + pack("<4sI", b"data", size)
