"""A drawing as SVG inside a page: the page's font, the page's colours, nothing from outside."""

import io
import re
from dataclasses import asdict

from matplotlib.figure import Figure

from sleepsync.report import picture
from sleepsync.report.palette import Palette

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def inline_svg(figure: Figure, palette: Palette, prefix: str) -> str:
    """A figure drawn in `palette` as an `<svg>` element that follows the page's theme.

    Colours become the page's variables (`var(--ink)`), so one drawing serves light
    and dark; ids begin with `prefix`, so two drawings can share a page.
    """
    buffer = io.StringIO()
    picture.save(figure, buffer, format="svg", metadata=_NO_METADATA)
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    return _themed(_slim(_own_ids(svg, prefix)), palette)


def _own_ids(svg: str, prefix: str) -> str:
    return re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}-", svg)


def _slim(svg: str) -> str:
    """Drop what a page does not need: name spaces, fonts, fixed size, a pixel's hundredths."""
    svg = re.sub(r' (xmlns(:xlink)?|version)="[^"]*"', "", svg)
    svg = re.sub(r'<svg width="[^"]*" height="[^"]*"', '<svg aria-hidden="true"', svg)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r" ?font-family: [^;\"]*;?", "", svg)
    svg = re.sub(r"(\.\d\d)\d+", r"\1", svg)
    return re.sub(r"\s*\n\s*", " ", svg)


def _themed(svg: str, palette: Palette) -> str:
    for role, colour in asdict(palette).items():
        svg = svg.replace(colour, f"var(--{role})")
    return svg
