"""Spans of a night's ledger in hours since its start: when everything was off, what was allowed.

It must never end a span that no record ends, but with the night.
"""

from sleepsync.paths import records
from sleepsync.reading import Journal

Spans = list[tuple[float, float]]
_MS_PER_H = 3_600_000


def end_h(found: Journal) -> float:
    """The end of the last thing that is told, at least a minute after the start."""
    epochs = [(epoch.index + 1) * records.EPOCH_S * 1000 for epoch in found.of(records.EPOCH)]
    times = [row.t_ms for row in found.rows if hasattr(row, "t_ms")]
    return max([60_000, *epochs, *times]) / _MS_PER_H


def off_spans(found: Journal) -> Spans:
    """When the breaker was open."""
    events = [event for event in found.of(records.EVENT) if event.kind == records.BREAKER]
    return _spans([(event.t_ms, event.value != records.CLOSED) for event in events], end_h(found))


def consents(found: Journal) -> list[tuple[int, Spans]]:
    """(use, when it was allowed) of each use that was, by number."""
    changes: dict[int, list[tuple[int, bool]]] = {}
    for consent in found.of(records.CONSENT):
        if consent.state != records.WANTED:
            of_use = changes.setdefault(consent.use, [])
            of_use.append((consent.t_ms, consent.state != records.WITHDRAWN))
            of_use.extend((at_ms, False) for at_ms in _end_ms(found, consent))
    last_h = end_h(found)
    spans = {use: _spans(sorted(each), last_h) for use, each in sorted(changes.items())}
    return [(use, of_use) for use, of_use in spans.items() if of_use]


def _end_ms(found: Journal, consent) -> list[int]:
    """When a consent ends within the night, as far as the night knew its time at its start."""
    nights = found.of(records.NIGHT)
    if not (nights and nights[0].start_s and consent.until_s):
        return []
    return [max(0, consent.until_s - nights[0].start_s) * 1000]


def _spans(changes: list[tuple[int, bool]], last_h: float) -> Spans:
    """From each change to true to the next change to false."""
    spans: Spans = []
    begun: float | None = None
    for t_ms, is_on in changes:
        at_h = min(t_ms / _MS_PER_H, last_h)
        if is_on and begun is None:
            begun = at_h
        elif not is_on and begun is not None:
            spans.append((begun, at_h))
            begun = None
    return [*spans, (begun, last_h)] if begun is not None else spans
