"""The three lanes, and spans of world time in which they may emit, or did."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np


class Lane(IntEnum):
    """An output of the puck; the numbers are the journal's."""

    LIGHT = 0
    SOUND = 1
    TOUCH = 2


@dataclass(frozen=True)
class Allowed:
    """From `from_us` until before `to_us` of world time a lane may emit up to `ceiling`.

    The ceiling is in the journal's units: mlx at the eye, photopic and melanopic; 0.01 dBA at
    the pillow; drive 0..127. `amber`: each light red or amber.
    """

    lane: Lane
    from_us: int
    to_us: int
    ceiling: float
    amber: bool = False


def runs(marked: np.ndarray) -> np.ndarray:
    """(k, 2) first index, and index after the last, of each run of True in `marked` (n,)."""
    edges = np.diff(np.concatenate(([0], np.asarray(marked, dtype=np.int8), [0])))
    return np.column_stack((np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)))


def spans_of(us: np.ndarray, on: np.ndarray, until_us: int) -> np.ndarray:
    """(k, 2) us in which a staircase, `on` (n,) from each of `us` on, is on.

    What is still on at its end is so until `until_us`.
    """
    ends_us = np.append(us, max(until_us, us[-1] + 1 if len(us) else 0))
    return ends_us[runs(on)]


def joined(spans: np.ndarray, gap_us: int) -> np.ndarray:
    """`spans` (n, 2) in ascending order, those at most `gap_us` apart made one: (k, 2)."""
    if not len(spans):
        return spans
    apart = np.flatnonzero(spans[1:, 0] - spans[:-1, 1] > gap_us)
    firsts, lasts = np.concatenate(([0], apart + 1)), np.concatenate((apart, [len(spans) - 1]))
    return np.column_stack((spans[firsts, 0], spans[lasts, 1]))


def told_at(world_us: int) -> str:
    """World time as hours, minutes, seconds: "1:02:03.400"."""
    seconds, rest_us = divmod(int(world_us), 1_000_000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest_us // 1000:03}"
