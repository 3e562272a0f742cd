"""Pulse waves of known beats, at any rate, and the files that they come in."""

import csv

import numpy as np
from sleepsync.world.pulse import TRANSIT_S, Pulse

SWING, STEADY = 4.0, 100.0  # in no unit that a sensor has


def beats_s(bpm, seconds, seed=1):
    """Beats that come at `bpm`, by 1 % early or late each, from 0.5 s on."""
    count = int(seconds * bpm / 60) + 2
    apart_s = 60 / bpm * (1 + 0.01 * np.random.default_rng(seed).standard_normal(count))
    found = 0.5 + np.cumsum(apart_s) - TRANSIT_S
    return found[found < seconds]


def rise_at(at_s, bpm=66, seed=1):
    """The wave of a pulse oximeter at `at_s`: a beat is a rise."""
    length_s = (at_s[-1] if len(at_s) else 0) + 2
    return STEADY + SWING * Pulse(beats_s(bpm, length_s, seed)).absorbed(np.asarray(at_s))


def rise(rate_hz, seconds, bpm=66, seed=1):
    """(n,) at `rate_hz` from 0 s on."""
    return rise_at(np.arange(int(seconds * rate_hz)) / rate_hz, bpm, seed)


def write_csv(path, heading, *columns, delimiter=",", decimal=".", bom=False):
    """A CSV of columns of numbers or cells; NaN is an empty cell. No heading if it is None."""
    with path.open("w", newline="", encoding="utf-8-sig" if bom else "utf-8") as text:
        writer = csv.writer(text, delimiter=delimiter)
        if heading is not None:
            writer.writerow(heading)
        for row in zip(*columns, strict=True):
            writer.writerow([cell(value).replace(".", decimal) for value in row])
    return path


def cell(value):
    """As a person's program would write it."""
    if isinstance(value, str):
        return value
    return "" if np.isnan(value) else f"{value:.6g}"
