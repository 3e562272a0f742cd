"""How the trend of oxygen follows oximeters, as `pulse.oxygen_...`: in people whose oxygen is
lowered to 70 %.

A phone has no infrared: its green light stands in for it. So this shows that the ratio goes the
right way, not how far it goes with this sensor.
"""

from array import array
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from sleepsync.bench.figure import Figure
from sleepsync.paths import records
from sleepsync.pulse.hearing import RATE_HZ as PUCK_HZ
from sleepsync.pulse.light import MOST_COUNTS
from sleepsync.pulse.recordings import paths
from sleepsync.vm import Worker

_SET = "uw_hypoxia"
_COUNTS = 1000  # a grey level of 255, within the sensor's 18 bits


def figures(folder: Path | None = None) -> Iterator[Figure]:
    """Of each person, how the epochs' ratio and their saturation go together: 1 is a straight
    line, on which the ratio falls as oxygen rises.
    """
    with Worker() as vm:
        for path in paths(_SET, folder):
            ratio, spo2 = _epochs(path, vm)
            known = np.isfinite(spo2) & (ratio > 0)
            r = -np.corrcoef(ratio[known], spo2[known])[0, 1]
            yield Figure(f"pulse.oxygen_corr.{_SET}.{path.stem}", float(r), "r")


def _epochs(path, vm):
    """(ratio in per cent, oxygen saturation in per cent) of each whole epoch."""
    with np.load(path) as file:
        red, green, _ = (_counts(light, int(file["fs_hz"])) for light in file["rgb"].T)
        oximeters = [name.startswith("spo2") for name in file["reference_columns"]]
        spo2 = file["reference"][:, oximeters]
    ratio = np.array(vm.call("waveform:ratios_pct", red, green))
    epochs = min(len(ratio), len(spo2) // records.EPOCH_S)
    parts = spo2[: epochs * records.EPOCH_S].reshape(epochs, -1)
    known = np.isfinite(parts).any(axis=1)
    means = [
        np.nanmean(part) if is_known else np.nan
        for part, is_known in zip(parts, known, strict=True)
    ]
    return ratio[:epochs], np.array(means)


def _counts(light, fs_hz):
    share = Fraction(PUCK_HZ, fs_hz)
    counts = resample_poly(light * _COUNTS, share.numerator, share.denominator, padtype="line")
    return array("i", np.clip(counts, 0, MOST_COUNTS).astype(int).tolist())
