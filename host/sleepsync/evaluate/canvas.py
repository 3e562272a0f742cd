"""The paper that the model card's pictures are drawn on: style, panels, bytes.

The same picture gives the same bytes: fixed salt of its ids, no date. It must never
know what a picture shows.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sleepsync.report import picture
from sleepsync.report.palette import Palette

_TEXT_PT = 10
_AIR_IN = 0.08  # around each panel
_DPI = 144  # of a PNG: two pixels to the point
_SVG_METADATA = {"Date": None, "Creator": None}
_PNG_METADATA = {"Software": None}

_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": _TEXT_PT,
    "axes.titlesize": _TEXT_PT + 1,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "legend.frameon": False,
    "axes.unicode_minus": True,
}


@contextmanager
def panels(
    palette: Palette, rows: int, columns: int, width_in: float, height_in: float
) -> Iterator[tuple[Figure, list[Axes]]]:
    """(figure, its empty panels, row by row); inside the block everything has the card's style."""
    with _paper(palette, width_in, height_in) as figure:
        axes = figure.subplots(rows, columns, squeeze=False)
        cells = list(chain.from_iterable(axes))
        for cell in cells:
            _clear(cell, palette)
        yield figure, cells


@contextmanager
def mosaic(
    palette: Palette, rows: list[list[str]], heights: list[float], width_in: float, height_in: float
) -> Iterator[tuple[Figure, dict[str, Axes]]]:
    """(figure, {name: its empty panel}): `rows` of names, wide where one stands twice, in rows
    of these `heights` beside each other; inside the block everything has the card's style.
    """
    with _paper(palette, width_in, height_in) as figure:
        cells: dict[str, Axes] = figure.subplot_mosaic(rows, height_ratios=heights)
        for cell in cells.values():
            _clear(cell, palette)
        yield figure, cells


def svg(figure: Figure) -> bytes:
    """A figure as a whole SVG file."""
    return _bytes(figure, format="svg", metadata=_SVG_METADATA)


def png(figure: Figure) -> bytes:
    """A figure as a PNG file, 144 pixels to the inch."""
    return _bytes(figure, format="png", dpi=_DPI, metadata=_PNG_METADATA)


def name(axes: Axes, palette: Palette, title: str, x: str = "", y: str = "") -> None:
    """Title a panel and its axes."""
    axes.set_title(title, color=palette.ink)
    axes.set_xlabel(x, color=palette.quiet)
    axes.set_ylabel(y, color=palette.quiet)


def legend(axes: Axes, palette: Palette, **options) -> None:
    """Name what has a label."""
    axes.legend(labelcolor=palette.ink, **options)


@contextmanager
def _paper(palette, width_in, height_in):
    with rc_context(_STYLE):
        figure = Figure((width_in, height_in), layout="constrained")
        figure.set_facecolor(palette.paper)
        yield figure
        _lay_out(figure)


def _clear(axes, palette):
    axes.set_facecolor(palette.paper)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(palette.hatch)
    axes.tick_params(colors=palette.hatch, labelcolor=palette.quiet)
    axes.grid(color=palette.hair, linewidth=0.8)


def _lay_out(figure):
    """Once and for all: a layout made anew at each saving comes out by a hair elsewhere."""
    figure.get_layout_engine().set(w_pad=_AIR_IN, h_pad=_AIR_IN)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")


def _bytes(figure, **options):
    buffer = io.BytesIO()
    with rc_context(_STYLE):
        picture.save(figure, buffer, **options)
    return buffer.getvalue()
