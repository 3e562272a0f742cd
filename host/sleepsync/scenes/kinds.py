"""What each kind of light or touch, and each voice, says of itself to whoever compiles a scene."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .packing import Item
from .uses import Most

Entry = Mapping[str, Any]  # as JSON has it
_MINUTE_S = 60


@dataclass(frozen=True)
class Around:
    """What of its scene a lane may know: its length, how long it comes in and goes out, in s.

    `files`: the text of each file in files.FOLDERS, by its path. `most`: what its use allows.
    `lift_cdb`: how much louder than a tone its sound may be made, 0.01 dB.
    """

    length_s: int
    in_s: float = 0
    out_s: float = 0
    files: Mapping[str, str] = field(default_factory=dict)
    most: Most = field(default_factory=Most)
    lift_cdb: int = 0


@dataclass(frozen=True)
class Kind:
    """`number`: the puck's, for ever. `keys`: a JSON Schema of each of its own keys, of which
    `needed` must be there. `compiled(entry, around)`: what its renderer is made of; ValueError,
    told without a place, for what no schema can say. `is_plain`: always in the puck's memory.
    """

    number: int
    keys: dict[str, dict]
    needed: tuple[str, ...]
    compiled: Callable[[Entry, Around], tuple[Item, ...]]
    is_plain: bool = False


def number(low: float, high: float) -> dict:
    """The JSON Schema of a number from `low` to `high`."""
    return {"type": "number", "minimum": low, "maximum": high}


def seconds(entry: Entry, key: str) -> float:
    """`key`_s or `key`_min of an entry, in seconds; 0 if it has neither."""
    return entry.get(f"{key}_s", entry.get(f"{key}_min", 0) * _MINUTE_S)


def time_keys(key: str, most_s: float, least_s: float = 0) -> dict[str, dict]:
    """The schemas of `key`_s and `key`_min."""
    in_min = number(least_s / _MINUTE_S, most_s / _MINUTE_S)
    return {f"{key}_s": number(least_s, most_s), f"{key}_min": in_min}
