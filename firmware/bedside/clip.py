"""A recorded voice: a WAV of IMA ADPCM as `sleepsync clip` writes it. A pure renderer.

It must never open a file, and never fail while it sounds: what cannot be read is silent, and
`wrong` says why.
"""

from array import array

from micropython import const

from firmware.bedside import adpcm_kernels

_BLOCK = const(1536)  # samples
_HEAD_BYTES = const(72)
_PAGE_BYTES = const(256)  # a block of the file: its first sample, its step, then two to a byte
_FIRST = const(8)  # nibble behind these
_BEHIND = const(512)  # all nibbles
_MOST_STEP = const(88)
# The header but for its sizes, samples and sum: mono, 16 kHz, 505 samples in a page.
_HEADER = (
    b"WAVEfmt \x14\0\0\0\x11\0\x01\0\x80>\0\0\xae\x1f\0\0\0\x01\x04\0\x02\0\xf9\x01"
    b"fact\x04\0\0\0slps\x04\0\0\0data"
)
# The step sizes (IMA 1992, see adpcm_kernels.py), 16 bits each, little-endian: 7 to 32767.
_STEPS = (
    b"\x07\x00\x08\x00\x09\x00\x0a\x00\x0b\x00\x0c\x00\x0d\x00\x0e\x00\x10\x00\x11\x00\x13\x00"
    b"\x15\x00\x17\x00\x19\x00\x1c\x00\x1f\x00\x22\x00\x25\x00\x29\x00\x2d\x00\x32\x00\x37\x00"
    b"\x3c\x00\x42\x00\x49\x00\x50\x00\x58\x00\x61\x00\x6b\x00\x76\x00\x82\x00\x8f\x00\x9d\x00"
    b"\xad\x00\xbe\x00\xd1\x00\xe6\x00\xfd\x00\x17\x01\x33\x01\x51\x01\x73\x01\x98\x01\xc1\x01"
    b"\xee\x01\x20\x02\x56\x02\x92\x02\xd4\x02\x1c\x03\x6c\x03\xc3\x03\x24\x04\x8e\x04\x02\x05"
    b"\x83\x05\x10\x06\xab\x06\x56\x07\x12\x08\xe0\x08\xc3\x09\xbd\x0a\xd0\x0b\xff\x0c\x4c\x0e"
    b"\xba\x0f\x4c\x11\x07\x13\xee\x14\x06\x17\x54\x19\xdc\x1b\xa5\x1e\xb6\x21\x15\x25\xca\x28"
    b"\xdf\x2c\x5b\x31\x4b\x36\xb9\x3b\xb2\x41\x44\x48\x7e\x4f\x71\x57\x2f\x60\xce\x69\x62\x74"
    b"\xff\x7f"
)


class Clip:
    """`file`: what has `readinto` and `seek`. `sum`: the CRC-32 of what sounds, its lower 30 bits,
    as the header has it. `wrong`: why it is silent, "" if it is not.
    """

    lift_cdb = 1100  # of what `sleepsync clip` makes, 1 dB at least stays below a tone

    def __init__(self, file):
        self.sum = 0
        self.wrong = ""
        self._file = file
        self._page, self._silence = bytearray(_PAGE_BYTES), bytes(_PAGE_BYTES)
        self._steps = array("H", _STEPS)
        self._state = array("i", (0, 0))
        self._pages = 0
        try:
            self._look()
        except OSError:
            self.wrong = "cannot be read"

    def block(self, index: int, out: array) -> None:
        """Write block `index` (from 0 on) into `out` (1536 16-bit samples), asked for in order."""
        state = self._state
        if not index:
            self._nibble, self._left = _BEHIND, self._pages
            state[0] = 0
        at = 0
        while at < _BLOCK:
            nibble = self._nibble
            if nibble < _BEHIND:
                self._nibble = end = min(_BEHIND, nibble + _BLOCK - at)
                adpcm_kernels.decode(nibble, end, self._data, self._steps, state, out, at)
                at += end - nibble
            elif self._turn() or state[0]:
                out[at] = state[0]
                at += 1

    def _look(self):
        head, file = bytearray(_HEAD_BYTES), self._file
        file.seek(0)
        file.readinto(head)
        if head[8:48] + head[52:60] + head[64:68] != _HEADER:
            self.wrong = "is no clip"
            return
        size = _number(head, 68)
        if size % _PAGE_BYTES or file.seek(0, 2) != _HEAD_BYTES + size:
            self.wrong = "is torn"
            return
        self._pages = size // _PAGE_BYTES
        self.sum = _number(head, 60)

    def _turn(self):
        """To the next page, whose first sample is then in the state; False behind the last one."""
        page, state = self._page, self._state
        if not self._left:
            self._rest(state)
            return False
        try:
            if self._left == self._pages:
                self._file.seek(_HEAD_BYTES)
            is_whole = self._file.readinto(page) == _PAGE_BYTES and page[2] <= _MOST_STEP
        except OSError:
            is_whole = False
        if not is_whole:
            self._left = 0
            self.wrong = "is damaged"
            return False
        self._left -= 1
        self._data, self._nibble = page, _FIRST
        state[0] = ((page[0] | page[1] << 8) ^ 0x8000) - 0x8000
        state[1] = page[2]
        return True

    def _rest(self, state):
        """A sample nearer to 0, or a page that stays there: its differences are 0."""
        level = state[0]
        state[0] = level * 31 >> 5 if level > 0 else -(-level * 31 >> 5)
        if not level:
            self._data, self._nibble, state[1] = self._silence, 0, 0


def _number(head, at):
    return head[at] | head[at + 1] << 8 | head[at + 2] << 16 | (head[at + 3] & 0x3F) << 24
