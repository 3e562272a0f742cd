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
    svg = re.sub(r"\s*\n\s*", " ", svg)
    return re.sub(r'\bd="([MLz\d\s.-]+)"', _steps, svg)


def _steps(path: re.Match) -> str:
    """A path of straight lines told by its steps, in tenths: a third of the bytes.

    Each point is rounded where it lies, so that rounding does not add up.
    """
    told, x, y = [], 0, 0
    for verb, x_pt, y_pt in re.findall(r"z|([ML]) (\S+) (\S+)", path[1]):
        if not verb:  # z: back to the part's start, whence only M goes on
            told.append("z")
            continue
        to_x, to_y = round(float(x_pt) * 10), round(float(y_pt) * 10)
        told.append(_start(to_x, to_y) if verb == "M" else _step(to_x - x, to_y - y))
        x, y = to_x, to_y
    return f'd="{"".join(told)}"'


def _start(x: int, y: int) -> str:
    return f"M{x / 10:g} {y / 10:g}"


def _step(dx: int, dy: int) -> str:
    if dx and dy:
        return f"l{dx / 10:g} {dy / 10:g}"
    return f"h{dx / 10:g}" if dx else f"v{dy / 10:g}" if dy else ""


def _themed(svg: str, palette: Palette) -> str:
    for role, colour in asdict(palette).items():
        svg = svg.replace(colour, f"var(--{role})")
    return svg
