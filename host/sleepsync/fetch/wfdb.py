"""Reads what WFDB records say beside their signals: annotations (MIT format) and the rate.

Both formats are those of the WFDB Applications Guide, annot(5) and header(5). It must
never guess: a file that is not whole or has an unknown code is damaged.
"""

from dataclasses import dataclass

from sleepsync.data import DataDamaged

NOTE = 22  # a comment on the signal, with its text
# Codes of beats, in the order of annot(5)'s table: N L R a V F J A S E j / Q B ? e n f r.
BEATS = frozenset((*range(1, 14), 25, 30, 34, 35, 38, 41))

_LAST_CODE = 49  # ACMAX in wfdb/ecgcodes.h
_SKIP, _NUM, _SUB, _CHN, _AUX = 59, 60, 61, 62, 63
_DEFAULT_HZ = 250.0  # where a header names no rate


@dataclass
class Annotation:
    """What was marked at a sample (counted from the record's start): its code and text."""

    sample: int
    code: int
    text: str = ""


def read_annotations(data: bytes) -> list[Annotation]:
    """The annotations of a file, as they stand. Raises DataDamaged if it is not whole."""
    found: list[Annotation] = []
    sample = at = 0
    while word := int.from_bytes(_take(data, at, 2), "little"):
        code, interval = word >> 10, word & 0x3FF
        at += 2
        if code == _SKIP:
            sample += _pdp11(_take(data, at, 4))
            at += 4
        elif code == _AUX and found:
            found[-1].text = _take(data, at, interval).decode("latin-1").strip(" \t\r\n\0")
            at += interval + interval % 2
        elif code <= _LAST_CODE:
            sample += interval
            found.append(Annotation(sample, code))
        elif code not in (_NUM, _SUB, _CHN):
            raise DataDamaged(f"byte {at - 2}: code {code} is not one of WFDB's")
    return found


def rate_hz(header: str) -> float:
    """Samples a second, from the text of a `.hea` file. Raises DataDamaged without one."""
    lines = [line.split() for line in header.splitlines() if line.strip() and line[0] != "#"]
    try:
        fields = lines[0]
        rate = float(fields[2].split("/")[0].split("(")[0]) if len(fields) > 2 else _DEFAULT_HZ
    except (IndexError, ValueError) as error:
        raise DataDamaged("no record line with a sampling rate") from error
    if not 0 < rate < 1e6:
        raise DataDamaged(f"a sampling rate of {rate} Hz")
    return rate


def _take(data: bytes, at: int, count: int) -> bytes:
    taken = data[at : at + count]
    if len(taken) < count:
        raise DataDamaged(f"ends at byte {len(data)}, within an annotation")
    return taken


def _pdp11(data: bytes) -> int:
    """A signed 32-bit number of a PDP-11: high half first, each half little-endian."""
    return int.from_bytes(data[2:4] + data[:2], "little", signed=True)
