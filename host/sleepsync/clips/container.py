"""The WAV that lies on the puck, which any player opens: IMA ADPCM, mono, 16 kHz.

Beside what WAV asks for there is a chunk `slps` with the CRC-32 of the data, its lower 30 bits:
by it the puck tells which clip sounds. firmware/bedside/clip.py reads exactly this header.
"""

import struct
from binascii import crc32

from .adpcm import PAGE_BYTES, PAGE_SAMPLES
from .errors import ClipError
from .prepared import RATE_HZ

HEAD_BYTES = 72
_HEAD = struct.Struct("<4sI4s 4sIHHIIHHHH 4sII 4sII 4sI")
_IMA_ADPCM, _BITS = 0x11, 4
_SUM_MASK = 0x3FFFFFFF


def wrapped(data: bytes, samples: int) -> bytes:
    """The file of these pages, of which `samples` are meant to be heard."""
    rest = HEAD_BYTES - 8 + len(data)
    second = RATE_HZ * PAGE_BYTES // PAGE_SAMPLES
    form = _IMA_ADPCM, 1, RATE_HZ, second, PAGE_BYTES, _BITS, 2, PAGE_SAMPLES
    chunks = b"fact", 4, samples, b"slps", 4, sum_of(data), b"data", len(data)
    return _HEAD.pack(b"RIFF", rest, b"WAVE", b"fmt ", 20, *form, *chunks) + data


def unwrapped(file: bytes, name: str = "clip") -> bytes:
    """The pages of such a file. ClipError if it is none, torn, or not as it was made."""
    told = struct.unpack_from("<I", file, 60)[0] if len(file) > HEAD_BYTES else 0
    data = file[HEAD_BYTES:]
    if not data or file[:HEAD_BYTES] != wrapped(data, samples_of(file))[:HEAD_BYTES]:
        is_torn = file[52:56] == b"slps" and told != sum_of(data)
        seen = "torn or damaged" if is_torn else "not made by sleepsync clip"
        raise ClipError(f"{name}: {seen}; make it anew with sleepsync clip")
    return data


def file_bytes(samples: int) -> int:
    """Of a clip of so many samples."""
    return HEAD_BYTES + -(-samples // PAGE_SAMPLES) * PAGE_BYTES


def samples_of(file: bytes) -> int:
    """How many are meant to be heard, as the header says."""
    (samples,) = struct.unpack_from("<I", file, 48)
    return int(samples)


def sum_of(data: bytes) -> int:
    """By which a clip is known."""
    return crc32(data) & _SUM_MASK
