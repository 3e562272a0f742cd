"""Samples as they were heard: milliseconds of A-weighted power, and of power into the speaker.

Full scale is 1; a full-scale sine of 1 kHz has the weighted power 1. Silence longer than a second
is cut to one: nothing of what was before is left in the filter, or in a meter on FAST, by then.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sleepsync.emitted.files import RATE_HZ, Emitted
from sleepsync.emitted.weighting import Weighting

MS = RATE_HZ // 1000
BLOCK_MS = 96
_SAMPLE_US = 1e6 / RATE_HZ
_SAME_US = 2000  # a run that begins so near the end of the one before goes on from it
_SILENCE_US = 1_000_000
_AT_ONCE = MS << 14
_FULL = 32768


@dataclass(frozen=True)
class Heard:
    """`us` (n,): when each millisecond began; `weighted` (n,): its A-weighted power; `half`
    (2n,): mean square of each half of it, full scale 1; `blocks` (k,): indices at which a
    block of 96 ms begins, counted from where sound began; `bend` (n,): largest second
    difference of the samples up to there, in full scales: a click has a large one.
    """

    us: np.ndarray
    weighted: np.ndarray
    half: np.ndarray
    blocks: np.ndarray
    bend: np.ndarray

    @property
    def sounds(self) -> np.ndarray:
        """(n,) whether any sample of a millisecond is not 0."""
        return self.half.reshape(-1, 2).max(axis=1) > 0


@dataclass(frozen=True)
class _Layout:
    """Groups of runs that go on from each other, each followed by silence, in milliseconds."""

    first_runs: np.ndarray
    first_ms: np.ndarray
    counts: np.ndarray  # samples of each group
    lasts_ms: np.ndarray


def hear(emitted: Emitted) -> Heard:
    """All of a night's samples; takes about 0.05 s a minute of them, and 24 bytes a millisecond."""
    layout = _lay_out(emitted)
    weighting, before, parts = Weighting(), np.zeros(2), [(np.empty(0, np.float32),) * 3]
    for piece in _pieces(emitted.samples, layout):
        bends = np.abs(np.diff(np.concatenate((before, piece)), 2)).astype(np.float32)
        bends = bends.reshape(-1, MS).max(axis=1)
        parts.append((2 * _powers(weighting(piece), MS), _powers(piece, MS // 2), bends))
        before = piece[-2:]
    weighted, half, bend = (np.concatenate(column) for column in zip(*parts, strict=True))
    us = _times(emitted, layout, np.arange(len(weighted)) * MS)
    return Heard(us, weighted, half, _blocks(layout), bend)


def _lay_out(emitted):
    ends_us = emitted.run_us + emitted.run_counts * _SAMPLE_US
    gaps_us = emitted.run_us[1:] - ends_us[:-1]
    breaks = np.flatnonzero(gaps_us > _SAME_US)
    starts = np.concatenate(([0], breaks + 1))[: len(emitted.run_us)]
    counts = np.add.reduceat(emitted.run_counts, starts) if len(starts) else starts
    silence_us = np.minimum(np.concatenate((gaps_us[breaks], [_SILENCE_US])), _SILENCE_US)
    silence = silence_us[: len(starts)] / _SAMPLE_US
    lasts_ms = np.ceil(counts / MS).astype(int)
    lasts_ms = np.maximum(lasts_ms, np.rint((counts + silence) / MS).astype(int))
    return _Layout(starts, np.cumsum(lasts_ms) - lasts_ms, counts, lasts_ms)


def _pieces(samples, layout) -> Iterator[np.ndarray]:
    """Float samples of whole milliseconds, full scale 1: every group and its silence."""
    sample = 0
    for count, lasts_ms in zip(layout.counts, layout.lasts_ms, strict=True):
        for at in range(0, lasts_ms * MS, _AT_ONCE):
            piece = np.zeros(min(_AT_ONCE, lasts_ms * MS - at))
            found = samples[sample + at : sample + max(at, min(at + len(piece), count))]
            piece[: len(found)] = found
            piece /= _FULL
            yield piece
        sample += count


def _powers(samples, per):
    parts = samples.reshape(-1, per)
    return (np.einsum("ij,ij->i", parts, parts) / per).astype(np.float32)


def _times(emitted, layout, indices):
    """World us of samples on the time line: from their own run's first one on."""
    before = np.cumsum(emitted.run_counts) - emitted.run_counts
    shift = layout.first_ms * MS - before[layout.first_runs]
    group = np.searchsorted(layout.first_runs, np.arange(len(before)), side="right") - 1
    run_at = before + shift[group]
    run = np.searchsorted(run_at, indices, side="right") - 1
    us = emitted.run_us[run] + np.rint((indices - run_at[run]) * _SAMPLE_US).astype(np.int64)
    return np.maximum.accumulate(us)


def _blocks(layout):
    each = [
        np.arange(first, first + -(-count // MS), BLOCK_MS)
        for first, count in zip(layout.first_ms, layout.counts, strict=True)
    ]
    return np.concatenate([np.empty(0, int), *each])
