"""NeuroKit2 and HeartPy on the same waves that the puck hears, as their own pages use them.

They hear a record whole, or a window at its middle, where the puck hears only what has been.
An error of theirs is no answer; it must never end the run.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from itertools import pairwise

import numpy as np

from sleepsync.pulse.told import (
    BREATH_WINDOW_S,
    RATE_WINDOW_S,
    Told,
    intervals_of,
    silent,
    variation,
)

# What made HeartPy the best on these very records, which flatters it: rates of none, 0.5-8 Hz and
# 0.7-2.5 to 3.5 Hz, beats of 0.5-8, 0.7-2.5 and 0.7-3.5 Hz.
_HEARTPY_RATE_HZ, _HEARTPY_BEATS_HZ = (0.7, 2.5), (0.7, 3.5)
_HEARTPY_ORDER = 3
_FEWEST_BEATS = 3  # two intervals


def neurokit2(wave: np.ndarray, fs_hz: float) -> Told:
    """`ppg_process` of the whole record; breathing by `ecg_rsp` of its rate.

    A window's rate and quality are the means of `PPG_Rate` and `PPG_Quality` in it.
    """
    return _said(_neurokit2, "neurokit2", wave, fs_hz)


def heartpy(wave: np.ndarray, fs_hz: float) -> Told:
    """`process` of each window, band-passed beforehand; beats by `process` of the whole record.

    Beats that it rejects are none. Its quality is how little the intervals that it keeps differ.
    """
    return _said(_heartpy, "heartpy", wave, fs_hz)


PEERS: dict[str, Callable[[np.ndarray, float], Told]] = {
    "neurokit2": neurokit2,
    "heartpy": heartpy,
}


def _said(peer, package, wave, fs_hz):
    seconds = int(len(wave) / fs_hz)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        module = import_module(package)  # here, since both take seconds to load
        return _try(peer, module, wave, fs_hz, seconds) or silent(seconds)


def _try(use, *given):
    """What comes of it, or None if the peer gives up."""
    try:
        return use(*given)
    except Exception:  # nobody says what they raise over a signal that they cannot use
        return None


def _neurokit2(neurokit2, wave, fs_hz, seconds):
    rows, info = neurokit2.ppg_process(wave, sampling_rate=int(fs_hz))
    rate, quality = rows["PPG_Rate"].to_numpy(), rows["PPG_Quality"].to_numpy()
    beats_s = np.asarray(info["PPG_Peaks"]) / fs_hz
    breaths = _try(_neurokit2_breaths, neurokit2, rate, fs_hz, seconds)
    return Told(
        _means(rate, fs_hz, seconds, RATE_WINDOW_S),
        _means(quality, fs_hz, seconds, RATE_WINDOW_S),
        beats_s,
        intervals_of(beats_s),
        *variation(beats_s, intervals_of(beats_s), seconds),
        silent(seconds).breaths_per_min if breaths is None else breaths,
    )


def _neurokit2_breaths(neurokit2, rate, fs_hz, seconds):
    """It offers breathing from a rate for the ECG; the pulse's rate swings alike."""
    breathing = neurokit2.ecg_rsp(rate, sampling_rate=int(fs_hz))
    breaths = neurokit2.rsp_rate(breathing, sampling_rate=int(fs_hz), method="trough")
    return _means(np.asarray(breaths), fs_hz, seconds, BREATH_WINDOW_S)


def _means(values, fs_hz, seconds, window_s):
    """Mean of each whole window; not known where any of it is not."""
    edges = (np.arange(seconds // window_s + 1) * window_s * fs_hz).astype(int)
    return np.array([values[a:b].mean() for a, b in pairwise(edges)])


def _heartpy(heartpy, wave, fs_hz, seconds):
    passed = _passed(heartpy, wave, fs_hz, _HEARTPY_RATE_HZ)
    for_beats = _passed(heartpy, wave, fs_hz, _HEARTPY_BEATS_HZ)
    rates = list(_heartpy_windows(heartpy, passed, fs_hz, seconds, RATE_WINDOW_S))
    breaths = _heartpy_windows(heartpy, passed, fs_hz, seconds, BREATH_WINDOW_S)
    beats_s, intervals_s = (
        _try(_heartpy_beats, heartpy, for_beats, fs_hz, True)  # fails with a beat at the very start
        or _try(_heartpy_beats, heartpy, for_beats, fs_hz, False)
        or (np.empty(0), np.empty(0))
    )
    return Told(
        np.array([60000 / found["ibi"] if found else np.nan for found in rates]),
        np.array([-found["sdnn"] / found["ibi"] if found else np.nan for found in rates]),
        beats_s,
        intervals_s,
        *variation(beats_s, intervals_s, seconds),
        np.array([60 * found["breathingrate"] if found else np.nan for found in breaths]),
    )


def _passed(heartpy, wave, fs_hz, band_hz):
    return heartpy.filter_signal(wave, band_hz, fs_hz, order=_HEARTPY_ORDER, filtertype="bandpass")


def _heartpy_windows(heartpy, wave, fs_hz, seconds, window_s):
    """Its measures of each whole window, None where it gives up."""
    for k in range(seconds // window_s):
        part = wave[int(k * window_s * fs_hz) : int((k + 1) * window_s * fs_hz)]
        yield _try(_heartpy_measures, heartpy, part, fs_hz)


def _heartpy_measures(heartpy, part, fs_hz):
    working, measures = heartpy.process(heartpy.scale_data(part), fs_hz)
    kept = np.sum(working["binary_peaklist"])
    return measures if kept >= _FEWEST_BEATS and np.isfinite(measures["ibi"]) else None


def _heartpy_beats(heartpy, wave, fs_hz, between_samples):
    """Beats, and intervals; an interval ends at a beat unless it or the last is rejected."""
    working, _ = heartpy.process(heartpy.scale_data(wave), fs_hz, high_precision=between_samples)
    beats_s = np.asarray(working["peaklist"]) / fs_hz
    kept = np.asarray(working["binary_peaklist"]).astype(bool)
    whole = kept & np.concatenate(([False], kept[:-1]))
    return beats_s[kept], np.where(whole, intervals_of(beats_s), np.nan)[kept]
