"""Boards as data: which part hangs on which pin, and what that makes of the firmware."""

from .files import BOARDS, FOLDER, REFERENCE
from .pins import pins_module

__all__ = ["BOARDS", "FOLDER", "REFERENCE", "pins_module"]
