"""A recorded pulse wave as the puck's sensor would have seen it: counts at 50 Hz.

Time is the file's own, from its first row on. It must never invent a sample: what is missing
for more than 0.1 s is NaN in what comes out.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.signal import resample_poly

from sleepsync.pulse.hearing import RATE_HZ
from sleepsync.pulse.light import MOST_COUNTS, POLARITIES, beat_is, stretches, to_counts
from sleepsync.pulse.table import Column, Table, WaveformDamaged, read_table

LEAST_HZ, MOST_HZ = 10, 1000
LEAST_S, MOST_H = 10, 12  # the longest fits into the VM's heap
BRIDGED_S = 0.1

_NAMES = ("pleth", "ppg", "infrared", "ir", "red")  # the one to hear, from the likeliest on
_STAMP_S = {("time", "s"): 1.0, ("time", "ms"): 0.001}
_SLOWEST_S, _SHORTEST_MS = 1 / LEAST_HZ, 1000 / MOST_HZ  # between samples, in each unit
_CONTRADICTION = 0.05
_MOST_DENOMINATOR = 100_000  # in 12 h less than a sample is lost by it
_LEAST_KNOWN_S = LEAST_S - 0.2  # a file of 10 s at 10 Hz, and a sample lost
_EPSILON_S = 1e-6


@dataclass(frozen=True)
class Waveform:
    """`light` (n,): counts from 0 to 262,143 at 50 Hz in which a beat is a dip, NaN where the
    file has none. `name`: file and column. `rate_hz`: what it was sampled at. `polarity`: what
    a beat was in the file, rise or dip. `notes`: what somebody should know, a sentence each.
    """

    name: str
    light: np.ndarray
    rate_hz: float
    polarity: str
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Timing:
    """`at_s` (n,): when each row was sampled, ascending from 0; `period_s` is usual."""

    at_s: np.ndarray
    period_s: float
    is_even: bool


def read_waveform(
    path: Path,
    column: str | None = None,
    rate_hz: float | None = None,
    polarity: str = "auto",
    is_counts: bool = False,
) -> Waveform:
    """The waveform in `column` of a CSV or NPZ, by name or number; the likeliest if None.

    `rate_hz`: 10 to 1000; needed unless the file tells it. `polarity`: what a beat is in the
    file, one of `POLARITIES`. `is_counts`: the values are the sensor's counts, taken as they
    are. WaveformDamaged says where the file is wrong, and the remedy.
    """
    if polarity not in POLARITIES:
        raise WaveformDamaged(f"--polarity {polarity}: there are {', '.join(POLARITIES)}")
    table = read_table(path)
    stamps = _stamps(table)
    chosen = _chosen(table, stamps, column)
    timing, notes = _timing(table, chosen, stamps, rate_hz)
    _check_end(path, timing)
    wave = _at_50_hz(chosen.values, timing)
    _check_length(path, wave)
    name = f"{path.name}, {chosen.name}" if len(table.columns) > 1 else path.name
    notes += _gap_notes(wave)
    if is_counts:
        return Waveform(name, _as_counts(path, wave), 1 / timing.period_s, "dip", notes)
    found = beat_is(wave) if polarity == "auto" else polarity
    if not found:
        found = "rise"
        notes.append("shape does not tell whether a beat is a rise: taken as one (--polarity)")
    return Waveform(name, to_counts(wave, found), 1 / timing.period_s, found, notes)


# -- which column


def _chosen(table: Table, stamps: Column | None, wanted: str | None) -> Column:
    column = _likeliest(table, stamps) if wanted is None else _named(table, wanted)
    if column.junk:
        raise WaveformDamaged(f"{table.path}: {column.junk} in {column.name}; wanted numbers")
    if not column.has_numbers:
        raise WaveformDamaged(f"{table.path}: no sample in {column.name}; wanted a wave")
    return column


def _named(table, wanted):
    """By the name as it stands, by the name in small letters, or by its number from 0 on."""
    exact = [column for column in table.columns if column.name == wanted]
    alike = [column for column in table.columns if column.name.lower() == wanted.lower()]
    if exact or len(alike) == 1:
        return (exact or alike)[0]
    if wanted.isdecimal() and int(wanted) < len(table.columns):
        return table.columns[int(wanted)]
    raise WaveformDamaged(f"{table.path}: no column {wanted}; there are {_listed(table)}")


def _likeliest(table, stamps):
    """The only one, or by name. One with junk may be it: that is told, and not passed over."""
    others = [column for column in table.columns if column is not stamps]
    numeric = [column for column in others if column.has_numbers] or others
    if len(numeric) == 1:
        return numeric[0]
    for name in _NAMES:
        named = [column for column in numeric if name in column.words]
        if len(named) == 1:
            return named[0]
    raise WaveformDamaged(
        f"{table.path}: which column is the wave? Give --column; there are {_listed(table)}"
    )


def _listed(table):
    """The columns by number and name: `0 time, 1 R`."""
    listed = (f"{n} {column.name}" for n, column in enumerate(table.columns))
    return ", ".join(listed) or "none with numbers"


# -- when each sample was taken


def _stamps(table: Table) -> Column | None:
    """The first column that is named as times are."""
    for column in table.columns:
        if column.words == ("time",) or column.words in _STAMP_S:
            return column
    return None


def _timing(table, chosen, stamps, rate_hz):
    """(timing, notes). A rate that is given counts more than what the file says."""
    told_hz = table.rate_hz
    if rate_hz is None and told_hz is None:
        if stamps is None or len(stamps.values) != len(chosen.values):
            asked = "give --rate HZ, or a column time_s or time_ms"
            raise WaveformDamaged(f"{table.path}: sampled at what rate? {asked}")
        return _by_stamps(table, stamps), []
    taken_hz = _within(table.path, told_hz if rate_hz is None else rate_hz)
    at_s = np.arange(len(chosen.values)) / taken_hz
    if told_hz is None and stamps is not None:
        told_hz = _stamped_hz(stamps)
    return _Timing(at_s, 1 / taken_hz, is_even=True), _contradiction(told_hz, taken_hz)


def _within(path, rate_hz):
    if not LEAST_HZ <= rate_hz <= MOST_HZ:
        wanted = f"wanted {LEAST_HZ} to {MOST_HZ} Hz"
        raise WaveformDamaged(f"{path}: {rate_hz:g} samples a second; {wanted}")
    return rate_hz


def _contradiction(told_hz, taken_hz):
    if told_hz is None or abs(taken_hz / told_hz - 1) <= _CONTRADICTION:
        return []
    return [f"the file says {told_hz:g} Hz; --rate {taken_hz:g} was taken, and times are by it"]


def _stamped_hz(stamps):
    """What the stamps would say, or None if they say nothing."""
    step = np.nanmedian(np.diff(stamps.values)) if len(stamps.values) > 1 else np.nan
    unit_s = _unit_s(stamps, step)
    return 1 / (step * unit_s) if step > 0 and unit_s else None


def _unit_s(stamps, step):
    """Of a column `time` the unit follows from the step: no file has both 10 and 1000 Hz."""
    if stamps.words in _STAMP_S:
        return _STAMP_S[stamps.words]
    if step <= _SLOWEST_S:
        return 1.0
    return 0.001 if step >= _SHORTEST_MS else None


def _by_stamps(table, stamps):
    path = table.path
    if stamps.junk:
        raise WaveformDamaged(f"{path}: {stamps.junk} in {stamps.name}; wanted times")
    empty = np.flatnonzero(np.isnan(stamps.values))
    if len(empty):
        wanted = "wanted one in each row, or --rate HZ"
        raise WaveformDamaged(f"{path}: {table.where(empty[0])}: no {stamps.name}; {wanted}")
    if len(stamps.values) < 2:
        raise WaveformDamaged(f"{path}: a single sample; wanted {LEAST_S} s or more")
    steps = np.diff(stamps.values)
    back = np.flatnonzero(steps <= 0)
    if len(back):
        seen = f"{table.where(back[0] + 1)}: {stamps.name} does not rise"
        raise WaveformDamaged(f"{path}: {seen}; sort by it, or give --rate HZ")
    return _stamped(path, stamps, float(np.median(steps)))


def _stamped(path, stamps, step):
    unit_s = _unit_s(stamps, step)
    if unit_s is None:
        asked = "name it time_s or time_ms"
        raise WaveformDamaged(f"{path}: {stamps.name} steps by {step:g}, s or ms? {asked}")
    _within(path, 1 / (step * unit_s))
    return _Timing((stamps.values - stamps.values[0]) * unit_s, step * unit_s, is_even=False)


# -- to 50 Hz


def _at_50_hz(values: np.ndarray, timing: _Timing) -> np.ndarray:
    """The wave at each 1/50 s from the first row on, NaN where it was not sampled."""
    count = int((timing.at_s[-1] + timing.period_s) * RATE_HZ + _EPSILON_S)
    known = np.isfinite(values)
    if known.sum() < 2:
        return np.full(count, np.nan)
    at_s, samples = timing.at_s[known], values[known]
    resampled = _even if timing.is_even else _uneven
    wave = resampled(at_s, samples, timing, count)
    return _without_gaps(np.clip(wave, samples.min(), samples.max()), at_s, timing.period_s)


def _even(at_s, samples, timing, count):
    """By a polyphase filter, over holes that are bridged for it by straight lines."""
    bridged = np.interp(timing.at_s, at_s, samples)
    ratio = RATE_HZ * Fraction(timing.period_s).limit_denominator(_MOST_DENOMINATOR)
    return _resampled(bridged, ratio, count)


def _uneven(at_s, samples, timing, count):
    """By monotone cubics over true time; what is faster than 50 Hz first to a multiple of it."""
    times = ceil(1 / timing.period_s / RATE_HZ - _EPSILON_S)
    grid_s = np.clip(np.arange(count * times) / (RATE_HZ * times), at_s[0], at_s[-1])
    return _resampled(PchipInterpolator(at_s, samples)(grid_s), Fraction(1, times), count)


def _resampled(samples, ratio, count):
    if ratio == 1:
        return samples[:count]
    wave = resample_poly(samples, ratio.numerator, ratio.denominator, padtype="line")
    return np.pad(wave[:count], (0, max(0, count - len(wave))), mode="edge")


def _without_gaps(wave, at_s, period_s):
    """NaN between two samples that lie further apart than may be bridged, and at the ends."""
    grid_s = np.arange(len(wave)) / RATE_HZ
    before = np.searchsorted(at_s, grid_s + _EPSILON_S, side="right") - 1
    after = np.minimum(before + 1, len(at_s) - 1)
    is_hole = at_s[after] - at_s[before] - period_s > BRIDGED_S + _EPSILON_S
    is_on_sample = grid_s - at_s[before] <= _EPSILON_S
    is_outside = (before < 0) | (grid_s > at_s[-1] + period_s)
    return np.where(is_hole & ~is_on_sample | is_outside, np.nan, wave)


# -- what comes of it


def _check_end(path, timing):
    """Before anything is made of a file whose clock has jumped by a year."""
    hours = timing.at_s[-1] / 3600
    if hours > MOST_H:
        raise WaveformDamaged(f"{path}: {hours:.1f} h; wanted at most {MOST_H} h: cut the file")


def _check_length(path, wave):
    known_s = np.isfinite(wave).sum() / RATE_HZ
    if known_s < _LEAST_KNOWN_S:
        raise WaveformDamaged(f"{path}: {known_s:.1f} s of wave; wanted {LEAST_S} s or more")


def _gap_notes(wave):
    """Of what is longer than may be bridged; the first sample of a file may well be missing."""
    missing_s = np.isnan(wave).sum() / RATE_HZ
    gaps = len(stretches(np.where(np.isnan(wave), 0, np.nan)))
    return [f"{missing_s:.1f} s are missing, gaps: {gaps}"] if missing_s > BRIDGED_S else []


def _as_counts(path, wave):
    low, high = np.nanmin(wave), np.nanmax(wave)
    if low < 0 or high > MOST_COUNTS:
        wanted = f"wanted 0 to {MOST_COUNTS}; without --counts any unit is scaled"
        raise WaveformDamaged(f"{path}: from {low:g} to {high:g} with --counts; {wanted}")
    return wave
