"""Colours as people name them, made into what the ring's lights are given.

A light dims by the share of time that it is lit, so its counts are linear in light.
"""

import re
from typing import Any

from .kinds import number
from .palette import proportions

NAMES = ("dark", "red", "amber", "candle", "warm white")  # of palette.py
_HEX = {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "description": 'counts like "#0c0400"'}
SCHEMA = {
    "type": "object",
    "properties": {
        "colour": {"anyOf": [{"enum": list(NAMES)}, _HEX]},
        "level": number(0, 1),
    },
    "required": ["colour"],
    "additionalProperties": False,
}


def counts(colour: dict[str, Any]) -> tuple[int, int, int]:
    """Green, red, blue, 0-255, of {"colour": a name, or red, green and blue counts as "#rrggbb";
    "level": 0-1 of that}.
    """
    shares = proportions(name) if (name := colour["colour"]) in NAMES else _written(name)
    green, red, blue = (round(255 * colour.get("level", 1) * float(share)) for share in shares)
    return green, red, blue


def _written(text):
    red, green, blue = (int(part, 16) / 255 for part in re.findall("[0-9a-fA-F]{2}", text))
    return green, red, blue
