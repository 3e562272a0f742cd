"""Flicker of the level at the eye: its components between 2 and 65 Hz in any second.

Over a 1 s Hann window no component's amplitude may exceed 2 % of the window's weighted mean and
0.02 lx. The light is a staircase, so its transform is had exactly, from the moments of its steps:
no sampling, so nothing aliases, and only what changes costs anything. Windows slide by 40 ms, and
frequencies by 0.25 Hz, between which a component is read up to 1 % low.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

STEP_US, WINDOW_US = 40_000, 1_000_000
SHARE, FLOOR_LX = 0.02, 0.02
_PER_WINDOW = WINDOW_US // STEP_US
_PERIOD_US = 4_000_000  # every frequency of the grid comes round in it
_LOW_HZ, _HIGH_HZ, _GRID_HZ = 2, 65, 0.25
_HZ = np.arange(_LOW_HZ - 1, _HIGH_HZ + 1 + _GRID_HZ, _GRID_HZ)  # and 1 Hz to either side
_ONE_HZ = round(1 / _GRID_HZ)
_JUDGED = slice(_ONE_HZ, -_ONE_HZ)
_AT_ONCE = 1000  # windows


@dataclass(frozen=True)
class Flicker:
    """Of each window in which the light changes (n,): its start, the strongest component as a
    multiple of what is allowed, and where that lies. `left_out`: windows that held a cut.
    """

    from_us: np.ndarray
    ratio: np.ndarray
    hz: np.ndarray
    left_out: int


def flicker(us: np.ndarray, level_lx: np.ndarray, cuts_us: np.ndarray) -> Flicker:
    """Of a level (n,) in lx that holds from each of `us` on, dark before the first."""
    starts = np.concatenate([np.empty(0, np.int64), *_windows(us)])
    ratio, hz = np.empty(len(starts)), np.empty(len(starts))
    for at in range(0, len(starts), _AT_ONCE):
        part = slice(at, at + _AT_ONCE)
        ratio[part], hz[part] = _strongest(starts[part], us, level_lx)
    kept = ~_holds_any(starts, cuts_us)
    return Flicker(starts[kept], ratio[kept], hz[kept], int((~kept).sum()))


def _windows(us) -> Iterator[np.ndarray]:
    """Starts of the windows that hold a change, on the grid of 40 ms."""
    if len(us):
        first, last = (us - WINDOW_US) // STEP_US + 1, -(-us // STEP_US) - 1
        free = np.flatnonzero(first[1:] > last[:-1] + 1)
        begins = first[np.concatenate(([0], free + 1))]
        ends = last[np.concatenate((free, [len(us) - 1]))]
        for begin, end in zip(begins, ends, strict=True):
            yield np.arange(begin, end + 1) * STEP_US


def _holds_any(starts, moments_us):
    first = np.searchsorted(moments_us, starts, side="right")
    return first < np.searchsorted(moments_us, starts + WINDOW_US, side="left")


def _strongest(starts, us, level_lx):
    """(ratio, Hz) of each window: |component| = 4 |X|, for a Hann window's own mean is 1/2."""
    mean_lx, transform, phase = _hann(starts, us, level_lx)
    around_mean = transform - mean_lx[:, np.newaxis] * phase * _HANN
    amplitude_lx = 4 * np.abs(around_mean)
    at = amplitude_lx.argmax(axis=1)
    strongest = amplitude_lx[np.arange(len(at)), at]
    return strongest / (SHARE * mean_lx + FLOOR_LX), _HZ[_JUDGED][at]


def _hann(starts, us, level_lx):
    """(weighted mean (k,), transform (k, f), phase of each start (k, f)) of Hann windows."""
    edges_us = np.unique(starts[:, np.newaxis] + (0, WINDOW_US))
    total, area, turns = _running(edges_us, us, level_lx)
    begin, end = np.searchsorted(edges_us, starts), np.searchsorted(edges_us, starts + WINDOW_US)
    plain, flat = total[end] - total[begin], area[end] - area[begin]
    turn = np.exp(2j * np.pi * (starts % WINDOW_US) / WINDOW_US)
    sides = turn[:, np.newaxis] * plain[:, 2 * _ONE_HZ :]
    sides += np.conj(turn)[:, np.newaxis] * plain[:, : -2 * _ONE_HZ]
    mean_lx = flat - (turn * plain[:, 0]).real
    return mean_lx, plain[:, _JUDGED] / 2 - sides / 4, turns[begin][:, _JUDGED]


def _running(edges_us, us, level_lx):
    """Integral of the staircase, turned back by each frequency, from the first edge to each."""
    inside = us[np.searchsorted(us, edges_us[0]) : np.searchsorted(us, edges_us[-1])]
    points = np.union1d(edges_us, inside)
    turns = np.exp(-2j * np.pi * (points % _PERIOD_US / 1e6)[:, np.newaxis] * _HZ)
    held = np.concatenate(([0.0], level_lx))[np.searchsorted(us, points[:-1], side="right")]
    pieces = held[:, np.newaxis] * np.diff(turns, axis=0) / (-2j * np.pi * _HZ)
    total = np.concatenate((np.zeros((1, len(_HZ))), np.cumsum(pieces, axis=0)))
    area = np.concatenate(([0.0], np.cumsum(held * np.diff(points) / 1e6)))
    at = np.searchsorted(points, edges_us)
    return total[at], area[at], turns[at]


def _hann_transform(hz):
    """Of the window itself, from 0 to 1 s; `hz` is none of -1, 0, 1."""
    return np.exp(-1j * np.pi * hz) * np.sinc(hz) / (1 - hz**2) / 2


_HANN = _hann_transform(_HZ[_JUDGED])
