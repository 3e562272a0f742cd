"""Journals whose bytes were damaged, or whose records were changed under their old seals."""

from collections.abc import Iterator

from sleepsync.breaches.pages import Row, closed, packed, places
from sleepsync.paths import records

Rows = list[Row]


def broken(data: bytes, other: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each breach that breaks the chain; `other`: another night's journal."""
    rows_end = len(data)
    yield "a bit of a record", _flipped(data, rows_end // 2)
    yield "a bit of the first record", _flipped(data, 4)
    yield "a bit of the last seal", _flipped(data, rows_end - 6)
    yield "a byte too many", data[: rows_end // 3] + b"\0" + data[rows_end // 3 :]
    yield "a byte too few", data[: rows_end // 3] + data[rows_end // 3 + 1 :]
    yield "zeroes in the middle", data[:3000] + bytes(64) + data[3064:]
    yield "zeroes at the end", data + bytes(512)
    yield "cut within a record", data[: rows_end * 2 // 3 + 1]
    yield "cut within the last seal", data[:-5]
    yield "nothing at all", b""
    yield "another night in its place", other
    yield "another night behind it", data + other
    yield "another night before it", other + data


def _flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def unsealed(rows: Rows) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each breach whose records are whole, and whose old seals were left."""
    data = closed(rows)
    at = places(rows, lambda each: each.layout is records.ACT)[3]
    offset = len(b"".join(packed(each) if not each.is_seal else bytes(16) for each in rows[:at]))
    size = records.ACT.bytes
    yield "an act cut out", data[:offset] + data[offset + size :]
    yield "an act put in twice", data[: offset + size] + data[offset:]
    louder = packed(rows[at].but(sound_cdb=7500))
    yield "an act made louder", data[:offset] + louder + data[offset + size :]
    epoch = places(rows, lambda each: each.layout is records.EPOCH)[50]
    start = len(b"".join(packed(each) if not each.is_seal else bytes(16) for each in rows[:epoch]))
    calmer = packed(rows[epoch].but(beats=1))
    yield "an epoch of other beats", data[:start] + calmer + data[start + len(calmer) :]
    seals = places(rows, lambda each: each.is_seal)
    yield "a seal removed", _without(data, rows, seals[3])
    yield "a seal of zeroes", _sealed_with(data, rows, seals[3], bytes(12))


def _offset(rows: Rows, at: int) -> int:
    return sum(records.SEAL.bytes if r.is_seal else len(packed(r)) for r in rows[:at])


def _without(data: bytes, rows: Rows, at: int) -> bytes:
    start = _offset(rows, at)
    return data[:start] + data[start + records.SEAL.bytes :]


def _sealed_with(data: bytes, rows: Rows, at: int, digest: bytes) -> bytes:
    start = _offset(rows, at)
    return data[:start] + records.SEAL.pack(digest) + data[start + records.SEAL.bytes :]
