"""Spans of a night's ledger in hours since its start: when everything was off, what was allowed.

It must never end a span that no record ends, but with the night.
"""

from sleepsync.paths import records
from sleepsync.reading import Journal
from sleepsync.report import acts
from sleepsync.report.acts import MS_PER_H, Spans


def end_h(found: Journal) -> float:
    """The end of the last thing that is told, at least a minute after the start."""
    epochs = [(epoch.index + 1) * records.EPOCH_S * 1000 for epoch in found.of(records.EPOCH)]
    times = [row.t_ms for row in found.rows if hasattr(row, "t_ms")]
    return max([60_000, *epochs, *times]) / MS_PER_H


def off_spans(found: Journal) -> Spans:
    """When the breaker was open."""
    return acts.off_spans(found.of(records.EVENT), end_h(found))


def consents(found: Journal) -> list[tuple[int, Spans]]:
    """(use, when it was allowed) of each use that was, by number."""
    changes: dict[int, list[tuple[int, bool]]] = {}
    for consent in found.of(records.CONSENT):
        if consent.state != records.WANTED:
            of_use = changes.setdefault(consent.use, [])
            of_use.append((consent.t_ms, consent.state != records.WITHDRAWN))
            of_use.extend((at_ms, False) for at_ms in _end_ms(found, consent))
    last_h = end_h(found)
    spans = {use: acts.spans(sorted(each), last_h) for use, each in sorted(changes.items())}
    return [(use, of_use) for use, of_use in spans.items() if of_use]


def _end_ms(found: Journal, consent) -> list[int]:
    """When a consent ends within the night, as far as the night knew its time at its start."""
    nights = found.of(records.NIGHT)
    if not (nights and nights[0].start_s and consent.until_s):
        return []
    return [max(0, consent.until_s - nights[0].start_s) * 1000]
