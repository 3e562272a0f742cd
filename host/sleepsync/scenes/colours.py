"""Colours as people name them, made into what the ring's lights are given.

A light dims by the share of time that it is lit, so its counts are linear in light.
"""

import re
from typing import Any

from .kinds import number

NAMES = {
    "dark": "#000000",
    "red": "#ff0000",
    "amber": "#ff6600",
    "candle": "#ff8f28",
    "warm white": "#ffa660",
}
_HEX = {"type": "string", "pattern": "^#[0-9a-fA-F]{6}$", "description": 'like "#ff9329"'}
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
    """Green, red, blue, 0-255, of {"colour": a name or "#rrggbb", "level": 0-1 of that}."""
    text = NAMES.get(colour["colour"], colour["colour"])
    red, green, blue = (int(part, 16) for part in re.findall("[0-9a-fA-F]{2}", text))
    level = colour.get("level", 1)
    return round(green * level), round(red * level), round(blue * level)
