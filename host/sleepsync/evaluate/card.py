"""The pictures of a model card, from plain results: matplotlib figures in the report's palette.

They must never compute a result: every number drawn was given. `canvas.svg` and
`canvas.png` make files of them. Colour never carries a meaning alone: a score has its
marker, a class its place or its name.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sleepsync.evaluate import canvas
from sleepsync.evaluate.agreement import Agreement
from sleepsync.evaluate.calibration import Calibration, Curve
from sleepsync.evaluate.night_figures import Limits
from sleepsync.evaluate.outcome import written
from sleepsync.report.palette import LIGHT, Palette

_PANEL_IN = 3.6
_ROW_IN = 0.19  # a person's row of dots, a bar's row
_AIR_IN = 1.1  # above and below the rows: title, axis, key
_BIGGEST_DOT_PT2 = 90  # the area of a dot that holds every epoch
_MARKERS = {"morning": "o", "live": "D"}
_CLASS_MARKERS = {"wake": "^", "light": "s", "deep": "v", "rem": "D"}


def reliability(scores: Mapping[str, Calibration], palette: Palette = LIGHT) -> Figure:
    """{score: calibration}: share seen true against probability said, a panel for each score.

    The heavy line is the likeliest class of each epoch; dots are as large as their epochs.
    """
    with canvas.panels(palette, 1, len(scores), 4.6 * len(scores), 4.4) as (figure, cells):
        for axes, (score, found) in zip(cells, scores.items(), strict=True):
            axes.plot([0, 1], [0, 1], color=palette.hatch, linewidth=1, label="as said")
            for name, curve in found.classes.items():
                _curve(axes, curve, written(name), getattr(palette, name), _CLASS_MARKERS[name])
            _curve(axes, found.top, "likeliest", palette.ink, "o", linewidth=2)
            _unit_square(axes)
            title = f"{score}: calibration error {found.error:.3f}"
            canvas.name(axes, palette, title, "probability said", "share that was true")
            canvas.legend(axes, palette, loc="upper left")
    return figure


def confusion(agreements: Mapping[str, Agreement], palette: Palette = LIGHT) -> Figure:
    """{title: agreement}: each row a true class, its shares in per cent and its epochs."""
    size = len(agreements)
    with canvas.panels(palette, 1, size, _PANEL_IN * size, _PANEL_IN) as (figure, cells):
        for axes, (title, found) in zip(cells, agreements.items(), strict=True):
            _matrix(axes, found, palette)
            canvas.name(axes, palette, title, "said", "true")
    return figure


def kappa_by_person(
    scores: Mapping[str, Mapping[int, Agreement]], palette: Palette = LIGHT
) -> Figure:
    """{score: {classes: agreement}}: a row of dots for each person, best of the first score
    above; lines at the means. A person without a kappa has an empty place.
    """
    first = next(iter(scores.values()))
    height_in = _AIR_IN + _ROW_IN * max(len(found.kappas) for found in first.values())
    with canvas.panels(palette, 1, len(first), _PANEL_IN * len(first), height_in) as (figure, all_):
        for axes, classes in zip(all_, first, strict=True):
            found = {score: by_classes[classes] for score, by_classes in scores.items()}
            _dots(axes, found, palette)
            canvas.name(axes, palette, f"{classes} classes", "kappa")
        canvas.legend(all_[0], palette, loc="lower right", fontsize="small")
    return figure


def bland_altman(limits: Mapping[str, Limits], palette: Palette = LIGHT) -> Figure:
    """{name: limits}: for each measure the nights' differences against their means."""
    rows = -(-len(limits) // 3)
    columns = min(len(limits), 3)
    width_in, height_in = _PANEL_IN * columns, 2.9 * rows
    with canvas.panels(palette, rows, columns, width_in, height_in) as (figure, cells):
        for axes, limit in zip(cells, limits.values(), strict=False):
            _differences(axes, limit, palette)
        for axes in cells[len(limits) :]:
            axes.set_visible(False)
    return figure


def learning_curve(
    scores: Mapping[str, Mapping[int, Sequence[float]]], palette: Palette = LIGHT
) -> Figure:
    """{score: {people trained on: kappas, one for each draw}}: dots, and a line of their means."""
    with canvas.panels(palette, 1, 1, 6, 3.6) as (figure, (axes,)):
        for score, points in scores.items():
            colour, marker = _look(score, palette)
            dots = [(people, kappa) for people in points for kappa in points[people]]
            means = [(people, np.mean(points[people])) for people in sorted(points)]
            axes.plot(*zip(*dots, strict=True), marker, color=colour, alpha=0.35, markersize=4)
            axes.plot(*zip(*means, strict=True), color=colour, marker=marker, label=score)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        canvas.name(axes, palette, "Learning curve", "people trained on", "kappa")
        canvas.legend(axes, palette, loc="lower right")
    return figure


def ablation(scores: Mapping[str, Mapping[str, float]], palette: Palette = LIGHT) -> Figure:
    """{score: {what was left out: kappa}}, the whole first: bars, and a line at the whole."""
    rows = max(len(bars) for bars in scores.values())
    height_in = _AIR_IN + 2 * _ROW_IN * rows
    with canvas.panels(palette, 1, len(scores), 4.6 * len(scores), height_in) as (figure, cells):
        for axes, (score, bars) in zip(cells, scores.items(), strict=True):
            _bars(axes, bars, _look(score, palette)[0], palette)
            canvas.name(axes, palette, score, "kappa")
    return figure


def _look(score: str, palette: Palette) -> tuple[str, str]:
    """(colour, marker) of a score."""
    colours = {"morning": palette.heart, "live": palette.climate}
    return colours.get(score, palette.motion), _MARKERS.get(score, "s")


def _curve(axes: Axes, curve: Curve, label: str, colour: str, marker: str, linewidth=1.0) -> None:
    axes.plot(curve.said, curve.seen, color=colour, linewidth=linewidth, zorder=2)
    area_pt2 = 6 + _BIGGEST_DOT_PT2 * curve.epochs / curve.epochs.sum()
    axes.scatter(
        curve.said, curve.seen, area_pt2, color=colour, marker=marker, label=label, zorder=3
    )


def _unit_square(axes):
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")


def _matrix(axes: Axes, found: Agreement, palette: Palette) -> None:
    totals = found.confusion.sum(axis=1, keepdims=True)
    shares = found.confusion / np.maximum(totals, 1)
    shades = LinearSegmentedColormap.from_list("shares", [palette.paper, palette.light])
    axes.imshow(shares, cmap=shades, vmin=0, vmax=1)
    for (row, column), share in np.ndenumerate(shares):
        words = f"{share:.0%}\n{found.confusion[row, column]:,}"
        colour = _readable(shades(share), palette)
        axes.text(column, row, words, ha="center", va="center", color=colour, fontsize="small")
    names = [written(name) for name in found.names]
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False)


def _readable(ground, palette: Palette) -> str:
    """Paper or ink, whichever stands out more on a ground (contrast of WCAG 2.2)."""
    return max(palette.ink, palette.paper, key=lambda colour: _contrast(colour, ground))


def _contrast(one, other) -> float:
    darker, lighter = sorted([_luminance(one), _luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour) -> float:
    """Relative luminance of sRGB, 0 to 1 (WCAG 2.2)."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def _dots(axes: Axes, found: Mapping[str, Agreement], palette: Palette) -> None:
    first = next(iter(found.values())).kappas
    people = sorted(first, key=lambda person: np.nan_to_num(first[person], nan=-np.inf))
    for score, agreement in found.items():
        colour, marker = _look(score, palette)
        kappas = [agreement.kappas[person] for person in people]
        axes.plot(kappas, range(len(people)), marker, color=colour, markersize=5, label=score)
        axes.axvline(agreement.mean, color=colour, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(people)), people, fontsize="x-small")
    lowest = min([0, *(kappa for one in found.values() for kappa in one.known.values())])
    axes.set_xlim(lowest - 0.05, 1.02)


def _differences(axes: Axes, limit: Limits, palette: Palette) -> None:
    axes.plot(limit.means, limit.differences, "o", color=palette.asleep, markersize=5, alpha=0.7)
    axes.axhline(0, color=palette.hatch, linewidth=1)
    axes.axhline(limit.bias, color=palette.ink, linewidth=1.5)
    for edge in (limit.low, limit.high):
        axes.axhline(edge, color=palette.ink, linewidth=1, linestyle="--")
    unit = limit.measure.unit
    x = f"mean of both, {unit}\n{_limits_in_words(limit)}"
    canvas.name(axes, palette, limit.measure.title, x, f"said minus PSG, {unit}")


def _limits_in_words(limit: Limits) -> str:
    bias = f"bias {limit.bias:+.1f}, " if limit.nights else ""
    edges = f"{limit.low:+.1f} to {limit.high:+.1f} {limit.measure.unit}, "
    return bias + (edges if limit.nights > 1 else "") + f"n = {limit.nights}"


def _bars(axes: Axes, bars: Mapping[str, float], colour: str, palette: Palette) -> None:
    whole, *_ = bars.values()
    drawn = axes.barh(range(len(bars)), list(bars.values()), height=0.62, color=colour)
    drawn[0].set_color(palette.ink)
    axes.bar_label(drawn, [f"{kappa:.3f}" for kappa in bars.values()], padding=4, color=palette.ink)
    axes.axvline(whole, color=palette.ink, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(bars)), list(bars))
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.15)
