"""Recorded pulse waves of real people, each with what was measured beside it.

In every signal a beat is a rise. It must never look at a reference to choose or to mend a signal.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy import interpolate, signal

from sleepsync.data import DataDamaged, data_dir
from sleepsync.pulse.hearing import RATE_HZ as PUCK_HZ
from sleepsync.pulse.light import to_counts

SETS = ("bidmc", "welltory", "uw_hypoxia")

_FULL_WHITE = 254.5  # of 255: the camera can say no more
_MOST_SATURATED = 0.05  # of the samples
_PULSE_HZ = (0.7, 3.0)
_LEAST_PULSE = 0.1  # grey levels, root of the mean square within that band
_AGREE_BPM = 2.5  # from their median, and so 5 from each other
_AGREEING = 2  # oximeters, at least


@dataclass(frozen=True)
class Recording:
    """One record. `signal` (n,): any unit, a beat is a rise; sample k is at `times_s[k]`, which
    begins at 0. `fs_hz`: samples a second, the mean where they are uneven.

    References, empty where there is none: `rate_bpm` (seconds,): heart rate at 1 Hz, row k at
    second k, NaN where unknown; `rr_s`: a chest strap's intervals in order, from a moment that
    is not known; `breaths_s`: for each annotator the times of breaths; `oximeter_bpm`: like
    `rate_bpm`, of an oximeter on the same finger, where that is not the reference itself.
    """

    name: str
    set: str
    signal: np.ndarray
    times_s: np.ndarray
    fs_hz: float
    rate_bpm: np.ndarray
    rr_s: np.ndarray
    breaths_s: tuple[np.ndarray, ...] = ()
    oximeter_bpm: np.ndarray = field(default_factory=lambda: np.empty(0))

    @property
    def seconds(self) -> int:
        """Whole seconds of signal: all that is heard of it."""
        return int(self.times_s[-1] + 1e-6)

    def at(self, rate: str) -> tuple[np.ndarray, float]:
        """(signal, Hz) of its whole seconds at one of the rates "own", "25", "50".

        "own" is a whole number of Hz: uneven samples are interpolated to the nearest.
        """
        if rate == "own":
            wave, fs_hz = self._even()
        else:
            wave, fs_hz = self._at_puck_rate(), float(rate)
            wave = _resampled(wave, PUCK_HZ, fs_hz)
        return wave[: round(self.seconds * fs_hz)], fs_hz

    def counts(self, rate: str) -> np.ndarray:
        """What the puck's sensor would have given at 50 Hz: counts, a beat is a dip.

        `rate`: "own", brought to 50 Hz directly; "25", brought down to 25 Hz first.
        """
        wave, fs_hz = self.at("50" if rate == "own" else rate)
        counts = to_counts(_resampled(wave, fs_hz, PUCK_HZ), "rise")
        return np.round(counts).astype(int)

    def _even(self):
        if np.ptp(np.diff(self.times_s)) < 1e-6:
            return self.signal, self.fs_hz
        return self._interpolated(round(self.fs_hz)), float(round(self.fs_hz))

    def _at_puck_rate(self):
        """At 50 Hz; uneven samples go there in one step."""
        own, fs_hz = self._even()
        if own is self.signal:
            return _resampled(own, fs_hz, PUCK_HZ)
        return self._interpolated(PUCK_HZ)

    def _interpolated(self, fs_hz):
        """By monotone cubics between the samples' own times: no overshoot where frames are lost."""
        wanted = np.arange(int(self.times_s[-1] * fs_hz) + 1) / fs_hz
        return interpolate.PchipInterpolator(self.times_s, self.signal)(wanted)


def recordings(set_: str, folder: Path | None = None) -> Iterator[Recording]:
    """Every record of one of `SETS`, by name. DataMissing without the data folder or the set."""
    for path in paths(set_, folder):
        yield read(set_, path)


def paths(set_: str, folder: Path | None = None) -> list[Path]:
    """The files of one of `SETS`. DataDamaged if there is none."""
    found = sorted((folder or data_dir()).joinpath(set_).glob(_FILES[set_]))
    if not found:
        raise DataDamaged(f"{set_}: no {_FILES[set_]} in {(folder or data_dir()) / set_}")
    return found


def read(set_: str, path: Path) -> Recording:
    """One record of a set. DataDamaged if the file does not hold what its set's README says."""
    try:
        return _READ[set_](path)
    except (KeyError, TypeError, ValueError, OSError) as error:
        raise DataDamaged(f"{path}: {error}; not what the README of the data says") from error


def _bidmc(path: Path) -> Recording:
    with np.load(path) as file:
        fs_hz = float(file["fs_hz"])
        wave = file["pleth_u16"] / 50000
        return Recording(
            path.stem,
            "bidmc",
            wave,
            np.arange(len(wave)) / fs_hz,
            fs_hz,
            file["hr_bpm"].astype(float),
            np.empty(0),
            (file["breaths_a"] / fs_hz, file["breaths_b"] / fs_hz),
            file["pulse_bpm"].astype(float),
        )


def _welltory(path: Path) -> Recording:
    times_ms, *light = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    strap = path.with_name(path.name.replace("_PPG.csv", "_RR.txt"))
    times_s, first = np.unique((times_ms - times_ms[0]) / 1000, return_index=True)
    fs_hz = (len(times_s) - 1) / float(times_s[-1])
    return Recording(
        path.name.removesuffix("_PPG.csv"),
        "welltory",
        -camera_channel(np.array(light)[:, first], fs_hz),
        times_s,
        fs_hz,
        np.empty(0),
        np.loadtxt(strap, ndmin=1) / 1000,
    )


def _uw_hypoxia(path: Path) -> Recording:
    with np.load(path) as file:
        fs_hz = float(file["fs_hz"])
        light = file["rgb"].T.astype(float)
        columns = [k for k, name in enumerate(file["reference_columns"]) if "pulse" in name]
        rates = agreed_bpm(file["reference"][:, columns].astype(float))
    times_s = np.arange(light.shape[1]) / fs_hz
    wave = -camera_channel(light, fs_hz)
    return Recording(path.stem, "uw_hypoxia", wave, times_s, fs_hz, rates, np.empty(0))


_FILES = {"bidmc": "*.npz", "welltory": "*_PPG.csv", "uw_hypoxia": "*.npz"}
_READ: dict[str, Callable[[Path], Recording]] = {
    "bidmc": _bidmc,
    "welltory": _welltory,
    "uw_hypoxia": _uw_hypoxia,
}


def camera_channel(light: np.ndarray, fs_hz: float) -> np.ndarray:
    """Red of (red, green, ...) by a phone's camera; green if red is saturated or flat.

    Saturated: 5 % of the samples or more at full white. Flat: less than a tenth of a grey level
    between 0.7 and 3 Hz.
    """
    red, green = light[:2]
    saturated = np.mean(red >= _FULL_WHITE) >= _MOST_SATURATED
    band = signal.butter(2, _PULSE_HZ, "bandpass", fs=fs_hz, output="sos")
    flat = np.std(signal.sosfiltfilt(band, red - red.mean())) < _LEAST_PULSE
    return green if saturated or flat else red


def agreed_bpm(rates_bpm: np.ndarray) -> np.ndarray:
    """(seconds,) of (seconds, oximeters): the mean of those within 2.5 /min of their median.

    NaN where fewer than two agree.
    """
    known = np.where(rates_bpm > 0, rates_bpm, np.nan)
    agreed = np.full(len(known), np.nan)
    for k, row in enumerate(known):
        near = row[np.abs(row - np.nanmedian(row)) <= _AGREE_BPM] if np.isfinite(row).any() else row
        if np.isfinite(near).sum() >= _AGREEING:
            agreed[k] = near.mean()
    return agreed


def _resampled(wave, from_hz, to_hz):
    """By a polyphase filter that lets nothing alias."""
    if from_hz == to_hz:
        return wave
    ratio = Fraction(to_hz / from_hz).limit_denominator(1000)
    return signal.resample_poly(wave, ratio.numerator, ratio.denominator, padtype="edge")
