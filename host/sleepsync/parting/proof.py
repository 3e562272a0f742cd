"""Whether anything of a person is left in an image of a whole flash.

By what was there before: names and words that somebody gives, and every piece of the partitions
that held what is personal. It must never print any of it.
"""

from sleepsync.flash import flash_map
from sleepsync.flash.flash_map import SECTOR_BYTES

Markers = dict[str, bytes]  # by what they are

_PIECE = 32  # an entry of NVS, and the least that littlefs programs
_LEAST_KINDS = 6  # of bytes: what has fewer says nothing, and may stand anywhere
_PAGE_HEAD_BYTES = 64  # of NVS: a page's number and what of it is used
_NAME = slice(8, 24)  # of the key in an entry of NVS
_NOT_PERSONAL = (b"boots", b"bad", b"slot", b"trial")  # what starts write anew
_SPACES = 0  # namespace of an entry that names a namespace


def found(markers: Markers, image: bytes) -> dict[str, int]:
    """How often each marker stands in `image`, as it is or as text of hexadecimal digits."""
    return {
        name: image.count(marker) + image.count(marker.hex().encode())
        for name, marker in markers.items()
    }


def fragments(image: bytes) -> set[bytes]:
    """The pieces of 32 bytes of a whole flash's personal partitions that stand nowhere else."""
    nights, kept = (flash_map().partitions[label] for label in ("data", "nvs"))
    pieces, rest = _pieces(image[nights.offset :][: nights.bytes]), bytearray(image)
    for page in range(kept.offset, kept.offset + kept.bytes, SECTOR_BYTES):
        entries = _pieces(image[page + _PAGE_HEAD_BYTES : page + SECTOR_BYTES])
        pieces |= {entry for entry in entries if _is_personal(entry)}
    for part in (nights, kept):
        rest[part.offset : part.offset + part.bytes] = bytes(part.bytes)
    return pieces - _pieces(bytes(rest))


def left(pieces: set[bytes], image: bytes) -> int:
    """How many of these pieces stand anywhere in `image`, at any multiple of their length."""
    return len(pieces & _pieces(image))


def _pieces(image):
    cut = {image[at : at + _PIECE] for at in range(0, len(image), _PIECE)}
    return {piece for piece in cut if len(set(piece)) >= _LEAST_KINDS}


def _is_personal(entry):
    name = entry[_NAME].split(b"\0")[0]
    return name not in _NOT_PERSONAL and entry[0] != _SPACES
