"""A journal taken apart, to be changed and put together again as if nothing had been.

It makes checksums and seals anew, so that what was changed is betrayed by what it says alone. It
must never be used but to plant what is to be found.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sleepsync.paths import records

Fields = Any  # a named tuple of firmware/records.py
_SEAL_BYTES = 12


@dataclass(frozen=True)
class Row:
    """A record: its layout, and its named tuples, of which only a run of scores has several."""

    layout: Any
    fields: tuple[Fields, ...]

    @property
    def one(self) -> Fields:
        """Its (first) named tuple."""
        return self.fields[0]

    def but(self, **changes: int) -> "Row":
        """The same with other values in the (first) named tuple."""
        return Row(self.layout, (self.one._replace(**changes), *self.fields[1:]))

    @property
    def is_seal(self) -> bool:
        """Whether it closes a batch."""
        return self.layout is records.SEAL


def row(layout: Any, *values: int) -> Row:
    """A record of these values."""
    return Row(layout, (layout.of(*values),))


def opened(data: bytes) -> list[Row]:
    """The records of a journal that is whole."""
    rows, at = [], 0
    while at < len(data):
        layout = records.whole(data, at)
        end = at + records.length(data, at)
        rows.append(Row(layout, tuple(layout.rows(data[at:end]))))
        at = end
    return rows


def closed(rows: list[Row]) -> bytes:
    """The bytes of these records, each seal made anew."""
    data, batch, seal = b"", b"", bytes(_SEAL_BYTES)
    for each in rows:
        if each.is_seal:
            seal = hashlib.sha256(seal + batch).digest()[:_SEAL_BYTES]
            data += batch + records.SEAL.pack(seal)
            batch = b""
        else:
            batch += packed(each)
    return data + batch


def packed(each: Row) -> bytes:
    """A record's bytes."""
    if each.layout is records.SCORE:
        return each.layout.pack(*each.fields)
    return each.layout.pack(*each.one)


def places(rows: list[Row], is_wanted: Callable[[Row], bool]) -> list[int]:
    """Where the records stand that are wanted."""
    return [i for i, each in enumerate(rows) if is_wanted(each)]
