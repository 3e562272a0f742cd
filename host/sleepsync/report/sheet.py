"""The sheet that a drawing has room on, and the panels that are laid out on it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sheet:
    """Room for a drawing, in points.

    Titles and the names of rows start at `edge`, the axis of time at `left`;
    `right`, `head` and `foot` are kept free.
    """

    width: float
    edge: float = 0
    left: float = 56
    right: float = 6
    head: float = 0
    foot: float = 0

    @property
    def plot_width(self) -> float:
        """The width of the axis of time."""
        return self.width - self.left - self.right


@dataclass(frozen=True)
class Panel:
    """One panel: `paint(axes, night, palette)` fills it, `key` stands beside its title."""

    title: str
    key: str
    height_pt: float
    paint: Callable
