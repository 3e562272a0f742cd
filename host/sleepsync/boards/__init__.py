"""Boards as data: which part hangs on which pin, and what that makes of the firmware."""

from .checks import BoardRefusal, refusals
from .files import BOARDS, HW, REFERENCE, Board, BoardError, HeaderPin, load
from .pins import pins_module

__all__ = [
    "BOARDS",
    "HW",
    "REFERENCE",
    "Board",
    "BoardError",
    "BoardRefusal",
    "HeaderPin",
    "load",
    "pins_module",
    "refusals",
]
