"""A scene on a sheet: the ring at moments, its light over time, its sound, its touch.

It must never draw what was not emitted: all of it was sent to an actuator.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from sleepsync.preview import glow
from sleepsync.preview.rendered import RATE_HZ, TICK_S, Rendered, speaker_cdb
from sleepsync.preview.words import clock, length
from sleepsync.report.palette import LIGHT
from sleepsync.report.picture import STYLE

_WIDTH_IN = 9.2
_MOMENTS = 7
_RING_PX = 200
_EARLY = 0.03  # of a scene: before that there is little to see
_HEIGHTS_IN = {"rings": 1.12, "light": 1.0, "sound": 1.7, "spectrum": 1.5, "touch": 0.62}
_GAP_IN, _TOP_IN, _FOOT_IN, _LEFT_IN, _RIGHT_IN = 0.52, 0.98, 0.5, 0.72, 0.3
_COLUMNS = 900
_LOWEST_HZ, _HIGHEST_HZ = 40, 8000
_WINDOW, _LOOKS = 2048, 3
_LONG_WINDOW, _MOST_WINDOWS = 8192, 300
_FLOOR_DB = -70  # under the loudest of a spectrogram
_NAMES = {
    "light": "Light at the eye, lx",
    "sound": "Sound, Hz over time",
    "spectrum": "Spectrum, dB in thirds of an octave, A-weighted at the pillow",
    "touch": "Touch, of 127",
}


def draw(rendered: Rendered, dpi: int = 110) -> Figure:
    """The sheet, as high as what the scene has."""
    rows = _rows(rendered)
    height = _TOP_IN + sum(_HEIGHTS_IN[row] + _GAP_IN for row in rows) + _FOOT_IN - _GAP_IN
    with rc_context(STYLE | {"font.size": 8.5}):
        figure = Figure((_WIDTH_IN, height), dpi=dpi, facecolor=LIGHT.paper)
        _head(figure, rendered, height)
        top = _TOP_IN
        for row in rows:
            _row(figure, rendered, row, top, height)
            top += _HEIGHTS_IN[row] + _GAP_IN
    return figure


def write(rendered: Rendered, path: Path, dpi: int = 110, colours: int = 0) -> None:
    """The sheet as PNG, in so many colours; 0 is all."""
    figure = draw(rendered, dpi)
    with rc_context(STYLE):
        figure.savefig(path, facecolor=figure.get_facecolor(), dpi=dpi)
    if colours:
        whole = Image.open(path).convert("RGB")
        whole.quantize(colours, Image.Quantize.MEDIANCUT).save(path, optimize=True)


def _rows(rendered):
    rows = ["rings", "light"] if rendered.scene.light else []
    rows += ["sound", "spectrum"] if rendered.scene.sound else []
    return rows + (["touch"] if rendered.scene.touch else [])


def _head(figure, rendered, height):
    scene = rendered.scene
    left = _LEFT_IN / _WIDTH_IN
    words = f"{scene.number}, {length(scene.length_s)}"
    figure.text(left, 1 - 0.4 / height, scene.name, size=17, weight="bold", color=LIGHT.ink)
    figure.text(
        1 - _RIGHT_IN / _WIDTH_IN, 1 - 0.4 / height, words, color=LIGHT.quiet, ha="right", size=10
    )
    figure.text(left, 1 - 0.64 / height, scene.about, color=LIGHT.quiet, size=10)


def _row(figure, rendered, row, top, height):
    if row == "rings":
        return _rings(figure, rendered, top, height)
    width = _WIDTH_IN - _LEFT_IN - _RIGHT_IN
    bottom = height - top - _HEIGHTS_IN[row]
    axes = figure.add_axes(
        (
            _LEFT_IN / _WIDTH_IN,
            bottom / height,
            width / _WIDTH_IN,
            _HEIGHTS_IN[row] / height,
        )
    )
    _bare(axes)
    axes.set_title(_NAMES[row], loc="left", size=9, weight="bold", color=LIGHT.ink, pad=5)
    {"light": _light, "sound": _sound, "spectrum": _spectrum, "touch": _touch}[row](axes, rendered)
    if row != "spectrum":
        _times(axes, rendered)


def _rings(figure, rendered, top, height):
    """The ring from its beginning to its end, all as bright beside each other as they are."""
    side, free = _HEIGHTS_IN["rings"], _WIDTH_IN - _LEFT_IN - _RIGHT_IN
    apart = (free - side) / (_MOMENTS - 1)
    exposure = glow.exposure_of(rendered.grb)
    last = min(rendered.ticks - 1, round(rendered.scene.length_s / TICK_S) - 1)
    for i, tick in enumerate(np.linspace(_EARLY * last, last, _MOMENTS).astype(int)):
        at = (_LEFT_IN + i * apart) / _WIDTH_IN, (height - top - side) / height
        axes = figure.add_axes((*at, side / _WIDTH_IN, side / height))
        axes.imshow(glow.picture(rendered.grb[tick], exposure, _RING_PX), interpolation="none")
        axes.set_axis_off()
        axes.text(
            0.5, 0.5, clock(tick * TICK_S), color="#8b8d95", ha="center", va="center",
            size=7.5, transform=axes.transAxes,
        )  # fmt: skip


def _light(axes: Axes, rendered: Rendered):
    time, low, high = _envelope(rendered.level_lx, TICK_S)
    axes.fill_between(time, low, high, color=LIGHT.lamp, linewidth=0.9, alpha=0.95)
    axes.plot(time, high, color=LIGHT.lamp, linewidth=0.9)
    axes.set_ylim(0, max(0.05, rendered.level_lx.max() * 1.12))


def _touch(axes: Axes, rendered: Rendered):
    time, _, high = _envelope(rendered.touch.astype(float), TICK_S)
    axes.vlines(time, 0, high, color=LIGHT.motion, linewidth=0.8)
    axes.set_ylim(0, 127)
    axes.set_yticks([0, 64, 127])


def _sound(axes: Axes, rendered: Rendered):
    times, frequencies, power = spectrogram(rendered.samples)
    bands = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, 140)
    rows = np.array([np.interp(bands, frequencies, row) for row in 10 * np.log10(power + 1e-18)]).T
    top = np.percentile(rows, 99.9)
    axes.pcolormesh(
        times, bands, rows, cmap=_ink_map(), vmin=top + _FLOOR_DB, vmax=top, rasterized=True
    )
    axes.set_yscale("log")
    axes.set_ylim(_LOWEST_HZ, _HIGHEST_HZ)
    _octaves(axes.yaxis)


def spectrogram(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(times in s (n,), frequencies in Hz (m,), power (n, m)) of at most _COLUMNS stretches, of
    each by _LOOKS windows in it.
    """
    columns = max(1, min(_COLUMNS, len(samples) // (_WINDOW // 4)))
    starts, power = _powers(samples, _WINDOW, columns * _LOOKS)
    times = (starts[::_LOOKS] + _WINDOW / 2) / RATE_HZ
    power = power.reshape(columns, _LOOKS, -1).mean(1)
    return times, np.fft.rfftfreq(_WINDOW, 1 / RATE_HZ), power


def _powers(samples, size, count):
    """(starts, mean square of each frequency (count, size // 2 + 1)) of Hann windows all over."""
    if len(samples) < size:
        samples = np.pad(samples, (0, size - len(samples)))
    starts = np.linspace(0, len(samples) - size, count).astype(int)
    windows = np.lib.stride_tricks.sliding_window_view(samples, size)[starts] / 32768
    hann = np.hanning(size)
    return starts, np.abs(np.fft.rfft(windows * hann)) ** 2 * 2 / hann.sum() ** 2 / 1.5


def _spectrum(axes: Axes, rendered: Rendered):
    centres, levels = thirds_dba(rendered)
    axes.bar(centres, levels + 40, centres * 0.2, bottom=-40, color=LIGHT.noise, linewidth=0)
    axes.set_xscale("log")
    axes.set_xlim(_LOWEST_HZ * 0.88, _HIGHEST_HZ)
    axes.set_ylim(-10, max(20, levels.max() + 6))
    _octaves(axes.xaxis)


def thirds_dba(rendered: Rendered) -> tuple[np.ndarray, np.ndarray]:
    """(centres in Hz, A-weighted levels at the pillow) of thirds of an octave, over all of it."""
    power = _powers(rendered.samples, _LONG_WINDOW, _MOST_WINDOWS)[1].mean(0)
    frequencies = np.fft.rfftfreq(_LONG_WINDOW, 1 / RATE_HZ)
    power *= 2 * _a_power(frequencies)  # a full-scale sine of 1 kHz has 1
    centres = 1000 * 2 ** (np.arange(-14, 9) / 3)
    edges = np.searchsorted(frequencies, centres[0] * 2 ** (np.arange(-0.5, len(centres)) / 3))
    sums = np.array([power[a : max(b, a + 1)].sum() for a, b in pairwise(edges)])
    speaker = speaker_cdb(rendered.scene) / 100
    return centres, speaker + 10 * np.log10(sums + 1e-12)


def _a_power(hz):
    """A-weighting as a share of power, by IEC 61672-1's poles."""
    f2 = np.maximum(hz, 1e-3) ** 2
    gain = 12194**2 * f2**2 / (
        (f2 + 20.6**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2)) * (f2 + 12194**2)
    )  # fmt: skip
    return (gain * 10**0.1) ** 2


def _envelope(values, step_s):
    """(times, least, most) of at most _COLUMNS stretches."""
    size = -(-len(values) // _COLUMNS)
    padded = np.pad(values, (0, -len(values) % size), mode="edge").reshape(-1, size)
    return np.arange(len(padded)) * size * step_s, padded.min(1), padded.max(1)


def _bare(axes):
    axes.set_facecolor(LIGHT.paper)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(LIGHT.hair)
    axes.tick_params(colors=LIGHT.quiet, length=0, pad=4)
    axes.grid(axis="y", color=LIGHT.hair, linewidth=0.7)
    axes.set_axisbelow(True)


def _octaves(axis):
    hz = [50, 100, 200, 500, 1000, 2000, 4000]
    axis.set_ticks(hz, [f"{each:g}" if each < 1000 else f"{each / 1000:g}k" for each in hz])
    axis.set_ticks([], minor=True)


def _times(axes, rendered):
    length = rendered.ticks * TICK_S
    step = next(each for each in (1, 2, 5, 10, 30, 60, 120, 300, 600, 1200) if length / each <= 8)
    at = np.arange(0, length + 1e-9, step)
    axes.set_xticks(at, [clock(each) for each in at])
    axes.set_xlim(0, length)


def _ink_map():
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(
        "ink", [LIGHT.paper, "#e4dcec", LIGHT.peak, LIGHT.noise, "#2a1c45"]
    )
