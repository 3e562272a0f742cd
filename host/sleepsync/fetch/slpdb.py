"""Heartbeats and sleep stages of the MIT-BIH Polysomnographic Database (slpdb 1.0.0).

Turns a record's annotations into `REC_beats.txt.gz` and `REC_stages.csv`. The people's
marks are taken as they are: nothing is corrected, filled in or left out in silence.
"""

import gzip
import io
from collections.abc import Callable, Iterable
from typing import TypeVar

from sleepsync.data import DataDamaged
from sleepsync.fetch.wfdb import BEATS, NOTE, Annotation, rate_hz, read_annotations
from sleepsync.world.sleeper import STAGES, UNSCORED

Say = Callable[[str], None]
T = TypeVar("T")

_SCORED = frozenset(STAGES) - {UNSCORED}


def convert(record: str, sources: list[bytes], say: Say) -> dict[str, bytes]:
    """{name: contents} of the two files, from the record's `.hea`, `.ecg` and `.st`.

    Beats: seconds to the millisecond, one a line, gzip. Stages: `time_s,stage,events`,
    one row for each scored epoch. Raises DataDamaged naming the file.
    """
    header, ecg, st = sources
    hz = _of(f"{record}.hea", lambda: rate_hz(header.decode("latin-1")))
    beats = _of(f"{record}.ecg", lambda: _beats(read_annotations(ecg), hz))
    stages = _of(f"{record}.st", lambda: _stages(record, read_annotations(st), hz, say))
    name = f"{record}_beats.txt"
    return {f"{name}.gz": _zip(name, beats), f"{record}_stages.csv": stages.encode()}


def _of(name: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except DataDamaged as error:
        raise DataDamaged(f"slpdb {name}: {error}") from error


def _beats(annotations: list[Annotation], hz: float) -> str:
    """One beat a line; two marks on one sample (on two leads) are one beat."""
    samples = [a.sample for a in annotations if a.code in BEATS]
    if not samples or samples != sorted(samples):
        raise DataDamaged("no beats, or beats out of order")
    return "".join(f"{sample / hz:.3f}\n" for sample in dict.fromkeys(samples))


def _stages(record: str, annotations: list[Annotation], hz: float, say: Say) -> str:
    """The table of stages; a note without a stage is left out, and said."""
    notes = [(a.sample / hz, a.text.split()) for a in annotations if _is_note(a)]
    rows = [(at_s, words) for at_s, words in notes if words[0] in _SCORED]
    if not rows or not _ascending(at_s for at_s, _ in rows):
        raise DataDamaged("no sleep stages, or stages out of order")
    for at_s, words in notes:
        if words[0] not in _SCORED:
            say(f"slpdb {record}: the note {' '.join(words)!r} at {at_s:.0f} s is not a stage")
    lines = [f"{at_s:.3f},{words[0]},{' '.join(words[1:])}" for at_s, words in rows]
    return "".join(f"{line}\r\n" for line in ("time_s,stage,events", *lines))  # RFC 4180


def _is_note(annotation: Annotation) -> bool:
    """Whether a person's remark; those that begin with ## are WFDB's own."""
    return annotation.code == NOTE and annotation.text[:2] not in ("", "##")


def _ascending(times_s: Iterable[float]) -> bool:
    times = list(times_s)
    return times == sorted(times)


def _zip(name: str, text: str) -> bytes:
    """gzip that holds no time of day, so that the same beats give the same file."""
    packed = io.BytesIO()
    with gzip.GzipFile(name, "wb", 9, packed, mtime=0) as out:
        out.write(text.encode())
    return packed.getvalue()
