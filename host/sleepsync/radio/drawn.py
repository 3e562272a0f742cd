"""A puck drawn in a terminal: its ring as coloured lamps in a circle, and what else it does.

It must never make a lamp look lit that is not.
"""

from dataclasses import dataclass, field
from math import cos, pi, sin

from rich.columns import Columns
from rich.console import Group
from rich.panel import Panel
from rich.text import Text

from sleepsync.radio.hand import LIGHTS

KEYS = {
    "1": ("short", "a short press: not now, or snooze"),
    "2": ("double", "two: off"),
    "3": ("long", "2.4 s: go on, the lamp"),
    "4": ("hold", "6.5 s: on again, or consent"),
    "5": ("thrice", "three slow ones: pair"),
}
_RADIUS_ROWS = 6
_CELLS_A_ROW = 2.2  # a terminal's cell is about twice as high as wide
_LAMP, _DARK = "●", "·"
_EYE = 1 / 3  # a lamp at a hundredth of its light still looks a fifth as bright
_LINES = 12
_MOST_TOUCH = 127


@dataclass
class Seen:
    """What is to be shown of a puck."""

    where: str
    ring: bytes = bytes(3 * LIGHTS)
    touch: int = 0
    sounds: bool = False
    lines: list[str] = field(default_factory=list)
    typed: str | None = None  # a line for the console that is not finished


def drawn(seen: Seen) -> Group:
    """The whole screen."""
    lines = Text("\n".join(seen.lines[-_LINES:]), no_wrap=True, overflow="ellipsis")
    prompt = Text("" if seen.typed is None else f": {seen.typed}_", style="bold")
    return Group(
        Columns([ring(seen.ring), _beside(seen)], padding=(0, 3)),
        Panel(lines, title="console", title_align="left", height=_LINES + 2, style="dim"),
        prompt,
    )


def ring(colours: bytes) -> Text:
    """The lamps in a circle, the first at the top, clockwise."""
    rows = 2 * _RADIUS_ROWS + 1
    width = int(2 * _RADIUS_ROWS * _CELLS_A_ROW) + 1
    cells: list[list[tuple[str, str]]] = [[(" ", "")] * width for _ in range(rows)]
    for i, (column, row) in enumerate(places()):
        cells[row][column] = _lamp(colours[3 * i : 3 * i + 3])
    text = Text()
    for line in cells:
        for sign, style in line:
            text.append(sign, style)
        text.append("\n")
    return text


def places() -> list[tuple[int, int]]:
    """(column, row) of each lamp."""
    angles = [2 * pi * i / LIGHTS for i in range(LIGHTS)]
    across = _RADIUS_ROWS * _CELLS_A_ROW
    return [
        (int(across) + round(across * sin(angle)), _RADIUS_ROWS - round(_RADIUS_ROWS * cos(angle)))
        for angle in angles
    ]


def _lamp(colour: bytes) -> tuple[str, str]:
    if not any(colour):
        return _DARK, "bright_black"
    parts = [round(255 * (part / 255) ** _EYE) for part in colour]
    return _LAMP, f"rgb({parts[0]},{parts[1]},{parts[2]})"


def _beside(seen: Seen) -> Text:
    shakes = "still" if not seen.touch else "▮" * (1 + abs(seen.touch) * 9 // _MOST_TOUCH)
    told = [
        f"touch  {shakes}",
        f"sound  {'♪' if seen.sounds else 'silent'}",
        f"air    {seen.where}",
        "",
        *(f"{key}  {what}" for key, (_, what) in KEYS.items()),
        ":  a line for its console, then Enter",
        "q  end",
    ]
    return Text("\n".join(told))
