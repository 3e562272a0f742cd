"""The JSON Schemas of a scene: its frame here, and of each kind of light, sound and touch its own.

They say what a file may hold; what no schema can say is for rules.py.
"""

from collections.abc import Mapping
from typing import Any

from . import light, sound, touch
from .kinds import Kind, number, time_keys
from .recipes import RECIPES
from .scene import USES
from .voices import VOICES

Schema = dict[str, Any]
LONGEST_S = 7200
LAST_NUMBER = 254  # a byte of the journal names a scene, and 255 is none
MOST_LAYERS = 12

# By what an entry names its kind, and which there are.
LANES: dict[str, tuple[str, Mapping[str, Kind]]] = {
    "light": ("kind", light.KINDS),
    "sound": ("voice", {**VOICES, **dict.fromkeys(RECIPES, VOICES["white"])}),  # without keys
    "touch": ("kind", touch.KINDS),
}
_ABOUT = "one sentence of 10 to 160 characters, with its full stop"
_CLIP = "a clip's name: small letters, digits, _ and -"
_HEADS: dict[str, Schema] = {"sound": sound.HEAD}

FRAME: Schema = {
    "type": "object",
    "properties": {
        "number": {"type": "integer", "minimum": 1, "maximum": LAST_NUMBER},
        "about": {"type": "string", "pattern": r"^\S.{8,158}\.$", "description": _ABOUT},
        "use": {"enum": list(USES)},
        **time_keys("length", LONGEST_S, 1),
        "transition": {
            "type": "object",
            "properties": {"in_s": number(0, 600), "out_s": number(0, 600)},
            "additionalProperties": False,
        },
        "light": {"type": "object"},
        "sound": {
            "type": "array",
            "items": {"type": "object"},
            "minItems": 1,
            "maxItems": MOST_LAYERS,
        },
        "lift_db": number(0, 24),
        "clip": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,23}$", "description": _CLIP},
        "touch": {"type": "object"},
    },
    "required": ["number", "about", "use"],
    "additionalProperties": False,
}


def of_entry(lane: str, entry: Mapping[str, Any]) -> Schema:
    """The schema that an entry of a lane must obey: that of its kind, if it names one."""
    word, kinds = LANES[lane]
    name = entry.get(word)
    if not isinstance(name, str) or name not in kinds:
        return {"properties": {word: {"enum": list(kinds)}}, "required": [word]}
    kind = kinds[name]
    return {
        "properties": {word: {"const": name}, **_HEADS.get(lane, {}), **kind.keys},
        "required": [word, *kind.needed],
        "additionalProperties": False,
    }
