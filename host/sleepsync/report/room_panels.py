"""What fills the panels of the room: noise, light, temperature and humidity.

It must never draw unknown time as a dark, still or cold room: that time is hatched.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from sleepsync.night import Night
from sleepsync.report import panels, series
from sleepsync.report.palette import Palette

# What an INMP441 or ICS-43434 hears in an anechoic room is its own noise, about this loud.
MICROPHONE_FLOOR_DBA = 30
# A room as loud as that noise adds 3 dB to it (10 lg 2). Below this the microphone hears more
# of itself than of the room, so that a room of 20 dBA cannot be told from one of 30.
MICROPHONE_TELLS_DBA = MICROPHONE_FLOOR_DBA + 3

_LOW_DBA, _HIGH_DBA = 20, 60  # shown in any case
_TICK_DBA = 20
_SPARE_DB = 2
_DEAF_WORDS_PT = 9.5
_DEAF_WORDS_SHARE = 0.2  # of the panel's height, kept free of the reference
_DEAF_WORDS = "quieter than it can hear"
# The foot of the axis. A VEML7700 counts in steps of 0.0042 lx at best (Vishay 84286, rev.
# 1.7), so that what is darker than two of them is dark.
DARK_LX = 0.01
_BRIGHT_LX = 1000  # its head, or the next whole decade
_TICKS_LX = {DARK_LX: "0.01", 1: "1", 100: "100", 10_000: "10k"}
_LEAST_SPAN_C = 4
_SPARE_C = 0.5
_LEAST_SPAN_PCT = 20
_SPARE_PCT = 2
_LINE_PT = 1.1
_REFERENCE_PT = 0.8


@dataclass(frozen=True)
class Sense:
    """One panel of the room: what it shows, and the truth's name for the same.

    `measured` gives the values of a night, (span,), NaN where unknown; `key` is
    what a reader needs to be told besides.
    """

    title: str
    key: str
    height_pt: float
    measured: Callable[[Night], np.ndarray]
    reference: str
    paint: Callable[[Axes, Night, Palette], None]


def paint_noise(axes: Axes, night: Night, palette: Palette) -> None:
    """LAeq of each epoch, the loudest heard pale above, the microphone's floor shaded."""
    level, peak = series.level_dba(night), series.loudest_dba(night)
    truth = series.reference(night, "level_dba")
    high = max(_HIGH_DBA, float(np.nanmax([level, peak, truth])) + _SPARE_DB)
    lowest = float(np.nanmin([level, truth]))
    low = min(_LOW_DBA, (lowest - _DEAF_WORDS_SHARE * high) / (1 - _DEAF_WORDS_SHARE))
    axes.set_ylim(low, high)
    axes.set_yticks(np.arange(MICROPHONE_FLOOR_DBA, high, _TICK_DBA))
    panels.rule(axes, palette)
    _shade_deaf(axes, low, palette)
    edges, _ = panels.held(level)
    axes.stairs(peak, edges, baseline=level, fill=True, color=palette.peak, linewidth=0, zorder=2)
    _lines(axes, level, truth, palette.noise, palette)
    _hatch_gaps(axes, night, level, palette)


def paint_light(axes: Axes, night: Night, palette: Palette) -> None:
    """Mean light of each epoch on a scale of decades, over a ground that breaks where unknown."""
    lux, truth = series.light_lx(night), series.reference(night, "light_lx")
    brightest = max(_BRIGHT_LX, float(np.nanmax([lux, truth])))
    axes.set_yscale("log")
    axes.set_ylim(DARK_LX, 10 ** np.ceil(np.log10(brightest)))
    axes.minorticks_off()
    ticks = {at: words for at, words in _TICKS_LX.items() if at <= brightest}
    axes.set_yticks(list(ticks), list(ticks.values()))
    panels.rule(axes, palette)
    shown = np.maximum(lux, DARK_LX)
    edges, _ = panels.held(shown)
    axes.stairs(shown, edges, baseline=DARK_LX, fill=True, color=palette.lamp, linewidth=0.4)
    _lines(axes, shown * 0 + DARK_LX, np.maximum(truth, DARK_LX), palette.lamp, palette)
    _hatch_gaps(axes, night, lux, palette)


def paint_warmth(axes: Axes, night: Night, palette: Palette) -> None:
    """Temperature of each epoch."""
    truth = series.reference(night, "temperature_c")
    _climate(axes, night, palette, (series.temperature_c(night), truth), (_LEAST_SPAN_C, _SPARE_C))


def paint_humidity(axes: Axes, night: Night, palette: Palette) -> None:
    """Relative humidity of each epoch."""
    truth = series.reference(night, "humidity_pct")
    both = series.humidity_pct(night), truth
    _climate(axes, night, palette, both, (_LEAST_SPAN_PCT, _SPARE_PCT))


def _climate(
    axes: Axes,
    night: Night,
    palette: Palette,
    both: tuple[np.ndarray, np.ndarray],
    room: tuple[float, float],
) -> None:
    """A line and its reference; `room` is the least span, and what is spared at either side."""
    panels.fit(axes, np.concatenate(both), *room)
    axes.yaxis.set_major_locator(MaxNLocator(2, integer=True, steps=[1, 2, 5, 10]))
    panels.rule(axes, palette)
    _lines(axes, *both, palette.climate, palette)
    _hatch_gaps(axes, night, both[0], palette)


def _lines(axes: Axes, live: np.ndarray, truth: np.ndarray, colour: str, palette: Palette) -> None:
    """Both held over each epoch, so that one known epoch between two gaps is seen."""
    for values, role, width, order in (
        (truth, palette.quiet, _REFERENCE_PT, 2.5),
        (live, colour, _LINE_PT, 3),
    ):
        edges, steps = panels.held(values)
        axes.step(edges, steps, where="post", color=role, linewidth=width, zorder=order)


def _hatch_gaps(axes: Axes, night: Night, values: np.ndarray, palette: Palette) -> None:
    panels.hatch(axes, panels.spans(series.gaps(night, values), True), palette)


def _shade_deaf(axes: Axes, low: float, palette: Palette) -> None:
    """Shade what the microphone cannot hear, and say so there."""
    axes.axhspan(low, MICROPHONE_FLOOR_DBA, facecolor=palette.deaf, edgecolor="none", zorder=0)
    axes.annotate(
        _DEAF_WORDS,
        (0.5, low),
        xycoords=("axes fraction", "data"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        size=_DEAF_WORDS_PT,
        color=palette.quiet,
        bbox={"facecolor": palette.deaf, "edgecolor": "none", "pad": 1},
    )


SENSES = (
    Sense("Room noise, dBA", "pale: loudest heard", 88, series.level_dba, "level_dba", paint_noise),
    Sense("Room light, lux", "", 60, series.light_lx, "light_lx", paint_light),
    Sense("Room temperature, °C", "", 44, series.temperature_c, "temperature_c", paint_warmth),
    Sense("Room humidity, %", "", 44, series.humidity_pct, "humidity_pct", paint_humidity),
)
