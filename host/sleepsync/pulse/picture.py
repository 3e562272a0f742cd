"""The picture of a heard wave: the wave with its beats, and what is known of every second.

It must never draw what is not known: a line breaks there, and the ground is grey.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sleepsync.evaluate import canvas
from sleepsync.pulse.hearing import RATE_HZ, Heard
from sleepsync.pulse.waveform import Waveform
from sleepsync.report.palette import LIGHT
from sleepsync.report.panels import fit
from sleepsync.report.words import duration

SUFFIXES = (".png", ".svg")
CLOSE_S = 10

_ROWS = [[name] * 2 for name in ("whole", "rate", "rmssd", "breaths", "quality")]
_ROWS.insert(1, ["best", "worst"])
_HEIGHTS = [0.8, 1.3, 1.3, 0.9, 0.9, 0.8]
_WIDTH_IN, _HEIGHT_IN = 10, 11
_COLUMNS = 1000  # of the overview: more cannot be told apart
_DRAWN = (0.5, 99.5)  # per cent of the wave that lies within its panel
_NAME_SHARE = 0.03  # of the axis: half a name in it
_AIR = 0.15  # above and below
_LEAST_SPANS = {"rate": 20, "rmssd": 20, "breaths": 6}  # what is calmer is drawn calm
_SPARE = 2
_UNITS = ((3 * 3600, "hours", 3600), (180, "minutes", 60), (0, "seconds", 1))


@dataclass(frozen=True)
class Figures:
    """For a title: medians of what is known, and how much of the time that is.

    NaN where nothing is. `known` is the share of the seconds that have a rate, 0 to 1.
    """

    rate_bpm: float
    rmssd_ms: float
    breaths_per_min: float
    known: float


def figures(heard: Heard) -> Figures:
    """Medians over the seconds."""
    known = np.isfinite(heard.rate_bpm).mean() if len(heard.rate_bpm) else 0.0
    return Figures(
        _median(heard.rate_bpm),
        _median(heard.rmssd_ms),
        _median(heard.breaths_per_min),
        float(known),
    )


def unknown(values: np.ndarray) -> list[tuple[int, int]]:
    """(first, after the last) of each run of NaN in `values` (n,)."""
    missing = np.concatenate([[False], np.isnan(values), [False]]).astype(int)
    return [(int(a), int(b)) for a, b in np.flatnonzero(np.diff(missing)).reshape(-1, 2)]


def close_ups(light: np.ndarray, quality: np.ndarray) -> tuple[int, int]:
    """(start of the best, of the worst) 10 s, in s, by `quality` at their end.

    Of those without a gap, if there are any, and not at the start, where nothing is known yet.
    """
    seconds = len(quality)
    starts = np.arange(max(1, seconds - CLOSE_S + 1))
    ends = np.minimum(starts + CLOSE_S, seconds) - 1
    gaps = np.cumsum(np.concatenate([[0], np.isnan(light[: seconds * RATE_HZ])]))
    is_whole = gaps[(ends + 1) * RATE_HZ] == gaps[starts * RATE_HZ]
    is_late = starts >= CLOSE_S
    for good in (is_whole & is_late, is_whole):
        if good.any():
            starts, ends = starts[good], ends[good]
            break
    said = np.nan_to_num(quality[ends])
    return int(starts[np.argmax(said)]), int(starts[np.argmin(said)])


def envelope(wave: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(time in s, lowest, highest) of each of 1000 equal parts of `wave` (n,), or of fewer.

    NaN where all of a part is.
    """
    edges = np.linspace(0, len(wave), min(_COLUMNS, len(wave)) + 1).astype(int)
    low = np.fmin.reduceat(wave, edges[:-1])
    high = np.fmax.reduceat(wave, edges[:-1])
    return (edges[:-1] + edges[1:]) / 2 / RATE_HZ, low, high


def draw(waveform: Waveform, heard: Heard, kind: str) -> bytes:
    """The picture as a PNG or SVG file (`kind`, one of `SUFFIXES`)."""
    figure, _ = compose(waveform, heard)
    return canvas.svg(figure) if kind == ".svg" else canvas.png(figure)


def compose(waveform: Waveform, heard: Heard) -> tuple[Figure, dict[str, Axes]]:
    """(figure, its panels): whole, best, worst, rate, rmssd, breaths, quality."""
    with canvas.mosaic(LIGHT, _ROWS, _HEIGHTS, _WIDTH_IN, _HEIGHT_IN) as (figure, panels):
        unit, unit_s = _unit(len(heard.quality))
        wave = -waveform.light  # a beat rises
        _draw_whole(panels["whole"], wave, unit_s)
        starts = close_ups(waveform.light, heard.quality)
        for name, start in zip(("best", "worst"), starts, strict=True):
            _draw_close(panels[name], wave, heard, name, start)
            _point_out(panels["whole"], name, start / unit_s, (start + CLOSE_S) / unit_s)
        _draw_rows(panels, heard, unit_s)
        canvas.name(panels["quality"], LIGHT, "Quality, per cent", unit)
        title = figure.suptitle(_title(waveform, heard), x=0.01, ha="left", color=LIGHT.ink)
        title.set_parse_math(False)
    return figure, panels


def _median(values):
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _unit(seconds):
    return next((name, size) for least, name, size in _UNITS if seconds >= least)


def _title(waveform, heard):
    found = figures(heard)
    seconds = len(heard.quality)
    told = [
        _told(found.rate_bpm, "heart rate {:.0f} /min"),
        _told(found.rmssd_ms, "RMSSD {:.0f} ms"),
        _told(found.breaths_per_min, "{:.0f} breaths/min"),
    ]
    medians = ", ".join(filter(None, told)) or "nothing"
    length = duration(seconds) if seconds >= 3600 else f"{seconds // 60}:{seconds % 60:02} min"
    known = f"rate known in {found.known:.0%} of {length}"
    return f"{waveform.name}\nMedian: {medians}; {known}; grey: not known"


def _told(value, words):
    return words.format(value) if np.isfinite(value) else ""


def _draw_whole(axes, wave, unit_s):
    at_s, low, high = envelope(wave)
    axes.fill_between(at_s / unit_s, low, high, color=LIGHT.asleep, linewidth=0.8)
    axes.set_xlim(0, len(wave) / RATE_HZ / unit_s)
    _limit(axes, wave)
    _shade(axes, unknown(wave), unit_s * RATE_HZ)
    canvas.name(axes, LIGHT, "The whole wave, upside down so that a beat rises")


def _point_out(axes, name, start, end):
    """Where in the whole wave a close-up lies: the best is named above, the worst below."""
    axes.axvspan(start, end, color=LIGHT.lamp, alpha=0.4)
    margin = _NAME_SHARE * axes.get_xlim()[1]
    at = min(max((start + end) / 2, margin), axes.get_xlim()[1] - margin)
    height, side = (0.95, "top") if name == "best" else (0.05, "bottom")
    box = {"facecolor": LIGHT.paper, "edgecolor": LIGHT.lamp, "pad": 2}
    down = axes.get_xaxis_transform()
    axes.text(at, height, name, transform=down, ha="center", va=side, color=LIGHT.ink, bbox=box)


def _draw_close(axes, wave, heard, name, start):
    part = wave[start * RATE_HZ : (start + CLOSE_S) * RATE_HZ]
    at_s = start + np.arange(len(part)) / RATE_HZ
    axes.plot(at_s, part, color=LIGHT.asleep, linewidth=1.2)
    axes.set_xlim(start, start + CLOSE_S)
    _limit(axes, part)
    for is_believed in (False, True):
        chosen = np.isfinite(heard.intervals_s) == is_believed
        beats_s = heard.beats_s[chosen]
        height = np.interp(beats_s, np.arange(len(wave)) / RATE_HZ, wave)
        face = LIGHT.heart if is_believed else LIGHT.paper
        axes.plot(beats_s, height, "o", color=LIGHT.heart, markerfacecolor=face, markersize=5)
    _shade(axes, [(a / RATE_HZ + start, b / RATE_HZ + start) for a, b in unknown(part)], 1)
    last = heard.quality[min(start + CLOSE_S, len(heard.quality)) - 1]
    said = f", quality {last:.0f} %" if np.isfinite(last) else ""
    key = "seconds; filled: an interval that is believed ends here"
    canvas.name(axes, LIGHT, f"Ten seconds at the {name}{said}", key)


def _draw_rows(panels, heard, unit_s):
    rows = (
        ("rate", heard.rate_bpm, LIGHT.heart, "Heart rate, beats per minute"),
        ("rmssd", heard.rmssd_ms, LIGHT.noise, "Variability: RMSSD, ms"),
        ("breaths", heard.breaths_per_min, LIGHT.climate, "Breaths per minute"),
        ("quality", heard.quality, LIGHT.motion, "Quality, per cent"),
    )
    for name, values, colour, title in rows:
        axes = panels[name]
        axes.stairs(
            values, np.arange(len(values) + 1) / unit_s, baseline=None, color=colour, linewidth=1.4
        )
        axes.set_xlim(0, len(values) / unit_s)
        if not np.isfinite(values).any():
            axes.set_yticks([])
            title += ": not known"
        elif name in _LEAST_SPANS:
            fit(axes, values, _LEAST_SPANS[name], _SPARE)
        _shade(axes, unknown(values), unit_s)
        canvas.name(axes, LIGHT, title)
    panels["quality"].set_ylim(-5, 105)


def _limit(axes: Axes, wave: np.ndarray) -> None:
    """To what the wave usually is: one spike must not press it flat."""
    axes.set_yticks([])
    if not np.isfinite(wave).any():
        return
    low, high = np.nanpercentile(wave, _DRAWN)
    air = max(_AIR * (high - low), 1)
    axes.set_ylim(low - air, high + air)


def _shade(axes: Axes, spans: Sequence[tuple[float, float]], per_unit: float) -> None:
    """Grey ground at (start, end), in parts of which there are `per_unit` to the axis's unit."""
    where = [(start / per_unit, (end - start) / per_unit) for start, end in spans]
    down = axes.get_xaxis_transform()  # from 0 to 1 over the panel's height
    axes.broken_barh(where, (0, 1), color=LIGHT.hair, transform=down, linewidth=0, zorder=0)
