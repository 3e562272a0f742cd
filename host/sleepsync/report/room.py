"""The room's figures in words: how dark, how warm, how loud.

Least, most, median and mean of what the picture shows, over the epochs that are
known, and the only figures that the report works out itself. None of them says
anything of sleep, and none may: those come from the firmware's own code.
"""

import numpy as np

from sleepsync.night import Night
from sleepsync.paths import records
from sleepsync.report import series
from sleepsync.report.figures import Row
from sleepsync.report.room_panels import DARK_LX, MICROPHONE_TELLS_DBA
from sleepsync.report.words import NBSP, at


def of_room(night: Night) -> list[Row]:
    """The room's figures that are known."""
    return [*_light(night), *_climate(night), *_noise(night)]


def spoken(night: Night) -> str:
    """The same as one sentence, for those who hear it; empty if nothing is known."""
    parts = [f"{row.label}: {row.value} {row.when}".rstrip() for row in of_room(night)]
    return f"{'; '.join(parts)}." if parts else ""


def mean_level_dba(levels_dba: np.ndarray) -> float:
    """The mean energy of levels in dB, as a level: LAeq of the whole (IEC 61672-1, 3.9).

    NaN is left out; one value must be known.
    """
    return float(10 * np.log10(np.nanmean(10 ** (levels_dba / 10))))


def _light(night: Night) -> list[Row]:
    light = series.light_lx(night)
    if not series.any_number(light):
        return []
    brightest = int(np.nanargmax(light))
    return [
        Row("Room light, median", lux(float(np.nanmedian(light)))),
        Row("Brightest", lux(light[brightest]), when=_when(night, brightest)),
    ]


def _climate(night: Night) -> list[Row]:
    warm, damp = series.temperature_c(night), series.humidity_pct(night)
    rows = []
    if series.any_number(warm):
        rows.append(Row("Room temperature", _range(warm, 1, "°C")))
    if series.any_number(damp):
        rows.append(Row("Humidity", _range(damp, 0, "%")))
    return rows


def _noise(night: Night) -> list[Row]:
    """The loudest is the loudest that was heard: the puck listens to 192 ms of each second."""
    level, peak = series.level_dba(night), series.loudest_dba(night)
    if not series.any_number(level):
        return []
    loudest = int(np.nanargmax(peak))
    return [
        Row("Noise, energy mean", dba(mean_level_dba(level))),
        Row("Loudest heard", dba(peak[loudest]), when=_when(night, loudest)),
    ]


def _when(night: Night, index: int) -> str:
    return at(night, index * records.EPOCH_S)


def lux(level_lx: float) -> str:
    """Whole lux from 10 up, below that as many digits as the sensor tells apart."""
    if level_lx < DARK_LX:
        return f"under{NBSP}{DARK_LX}{NBSP}lx"
    places = 0 if level_lx >= 10 else 1 if level_lx >= 1 else 2
    return f"{level_lx:.{places}f}{NBSP}lx"


def _range(values: np.ndarray, places: int, unit: str) -> str:
    low, high = (f"{v:.{places}f}" for v in (np.nanmin(values), np.nanmax(values)))
    words = low if low == high else f"{low}–{high}"
    return f"{words.replace('-', '−')}{NBSP}{unit}"


def dba(level_dba: float) -> str:
    """Whole decibels; what is mostly the microphone's own noise is said to be no louder."""
    if level_dba < MICROPHONE_TELLS_DBA:
        return f"{MICROPHONE_TELLS_DBA}{NBSP}dBA or{NBSP}less"
    return f"{level_dba:.0f}{NBSP}dBA"
