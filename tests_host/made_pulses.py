"""Records and answers of the pulse that are known to the last digit."""

from dataclasses import replace

import numpy as np
from sleepsync.pulse.listening import RATES, Listened
from sleepsync.pulse.recordings import Recording
from sleepsync.pulse.told import Told, intervals_of, silent, variation

FS_HZ = 50.0


def wave(beats_s, seconds, fs_hz=FS_HZ):
    """A pulse that rises at each beat and falls slowly."""
    times_s = np.arange(int(seconds * fs_hz)) / fs_hz
    since = times_s[:, None] - np.asarray(beats_s)[None, :]
    return (
        np.exp(-(((since - 0.15) / 0.08) ** 2)) + 0.4 * np.exp(-(((since - 0.4) / 0.1) ** 2))
    ).sum(1)


def record(name="ann", seconds=96, bpm=72.0, *, breaths_s=(), rr_s=(), set_="bidmc"):
    """A record with a steady rate, or with the beats of a strap that begins with it."""
    beats_s = np.cumsum(rr_s) if len(rr_s) else np.arange(0.2, seconds, 60 / bpm)
    signal = wave(beats_s, seconds + 1)
    rates = np.empty(0) if len(rr_s) else np.full(seconds + 1, bpm)
    times_s = np.arange(len(signal)) / FS_HZ
    return Recording(
        name,
        set_,
        signal,
        times_s,
        FS_HZ,
        rates,
        np.asarray(rr_s),
        tuple(map(np.asarray, breaths_s)),
    )


def told(seconds, bpm=np.nan, *, quality=100.0, breaths=np.nan, beats_s=()):
    """One who always says the same, of beats that are exactly these."""
    nothing, beats_s = silent(seconds), np.asarray(beats_s, dtype=float)
    rmssd_ms, sdnn_ms = variation(beats_s, intervals_of(beats_s), seconds)
    return Told(
        np.full_like(nothing.rate_bpm, bpm),
        np.full_like(nothing.quality, quality),
        beats_s,
        intervals_of(beats_s),
        rmssd_ms,
        sdnn_ms,
        np.full_like(nothing.breaths_per_min, breaths),
    )


def listened(of, said):
    """Everybody hears the same of a record."""
    return Listened(of, {(hearer, rate): said for hearer in RATES for rate in RATES[hearer]})


def half_silent(said):
    """The same without every second answer."""
    rate_bpm = said.rate_bpm.copy()
    rate_bpm[::2] = np.nan
    return replace(said, rate_bpm=rate_bpm)
