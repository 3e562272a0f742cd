"""Bytes of an EDF+C file (Kemp and Olivan 2003, Clin Neurophysiol 114: 1755; edfplus.info).

Written here, because the libraries refuse what a night needs: edfio 0.4 holds the lengths of
signals against each other as floats, and with records of 30 s not every night passes; EDFlib cuts
annotations at 40 characters. It must never know what a signal means.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NO_DATE = datetime(1985, 1, 1)  # of a recording whose date is not known, as the standard has it
_HEADER_BYTES = 256  # and as many for each signal
_ENDS_TIME, _ENDS_TEXT, _LASTS, _ENDS = "\x14", "\x14", "\x15", "\x00"


@dataclass(frozen=True)
class Trace:
    """A signal: `digital` (records,) int16, one sample in each record. `least`, `most`: what it can
    tell, as (physical, digital), the physical in the header's words.
    """

    label: str
    unit: str
    transducer: str
    digital: np.ndarray
    least: tuple[str, int]
    most: tuple[str, int]


@dataclass(frozen=True)
class Annotation:
    """At `t_ms` of the recording, `span_ms` long (0: a moment)."""

    t_ms: int
    span_ms: int
    text: str


def written(
    start: datetime | None,
    equipment: str,
    record_s: int,
    traces: list[Trace],
    annotations: Iterable[Annotation],
) -> bytes:
    """The file. `start`: local, None unknown; `record_s`: the length of a data record. ValueError
    for a word that finds no room in its field of the header.
    """
    records = len(traces[0].digital)
    told = _annotation_rows(annotations, records, record_s)
    samples = np.column_stack([trace.digital for trace in traces]).astype("<i2")
    rows = [samples[i].tobytes() + told[i] for i in range(records)]
    head = _recording_head(start, equipment, records, record_s, len(traces) + 1)
    return head + _signal_heads(traces, len(told[0]) // 2) + b"".join(rows)


def _recording_head(start, equipment, records, record_s, signals) -> bytes:
    at = start or _NO_DATE
    day = f"{at.day:02d}-{_MONTHS[at.month - 1]}-{at.year}" if start else "X"
    fields = (
        ("0", 8),
        ("X X X X", 80),  # nobody: code, sex, birthdate, name
        (f"Startdate {day} X X {equipment}", 80),
        (f"{at:%d.%m.%y}", 8),
        (f"{at:%H.%M.%S}", 8),
        (str(_HEADER_BYTES * (1 + signals)), 8),
        ("EDF+C", 44),
        (str(records), 8),
        (str(record_s), 8),
        (str(signals), 4),
    )
    return b"".join(_field(*each) for each in fields)


def _signal_heads(traces: list[Trace], annotation_samples: int) -> bytes:
    """Each field of all signals, then the next: annotations are the last signal."""
    rows = [
        (t.label, t.transducer, t.unit, t.least[0], t.most[0], t.least[1], t.most[1], "", 1, "")
        for t in traces
    ]
    bounds = ("-1", "1", -32768, 32767)  # of no meaning, and demanded
    rows.append(("EDF Annotations", "", "", *bounds, "", annotation_samples, ""))
    widths = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
    columns = zip(*rows, strict=True)
    return b"".join(
        _field(str(cell), width)
        for column, width in zip(columns, widths, strict=True)
        for cell in column
    )


def _field(text: str, width: int) -> bytes:
    if len(text) > width or not text.isascii():
        raise ValueError(f"EDF+: {text!r} finds no room in {width} characters of US-ASCII")
    return text.ljust(width).encode("ascii")


def _annotation_rows(annotations: Iterable[Annotation], records: int, record_s: int) -> list[bytes]:
    """Of each record: when it begins, then what begins in it; all of one even length."""
    rows = [f"+{i * record_s}{_ENDS_TIME}{_ENDS_TEXT}{_ENDS}" for i in range(records)]
    for one in sorted(annotations, key=lambda each: each.t_ms):
        at = min(max(0, one.t_ms // (1000 * record_s)), records - 1)
        lasts = f"{_LASTS}{_seconds(one.span_ms)}" if one.span_ms else ""
        begins = f"+{_seconds(max(0, one.t_ms))}{lasts}{_ENDS_TIME}"
        rows[at] += f"{begins}{_plain(one.text)}{_ENDS_TEXT}{_ENDS}"
    data = [row.encode() for row in rows]
    longest = max(map(len, data))
    return [row.ljust(longest + longest % 2, b"\0") for row in data]


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")


def _plain(text: str) -> str:
    """Without the characters that the lists are made of."""
    return "".join(c if c >= " " else " " for c in text)
