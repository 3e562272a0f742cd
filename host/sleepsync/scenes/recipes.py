"""The voices that have a name of their own, made of the voices that the puck has.

recipes.json writes each as a scene could: a row of layers. Rain is what falls far away, what
runs off, what hits the sill, and single drops; an ocean is the swell, the breaking wave a little
later, and its foam, which stays longest; wind is gusts, the tone that a gap gives them, and the
air above the house; a hearth is the draught, two kinds of crackling, and now and then a log that
settles; crickets are one near, one far, and the warm air between; a drone is loops of different
lengths, which never come together again the same way; a heartbeat goes as the sleeper's own.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from .kinds import Entry

RECIPES: dict[str, list[dict]] = json.loads(Path(__file__).with_suffix(".json").read_text())


def written_out(entry: Entry) -> Iterator[Entry]:
    """An entry of a scene's sound in the puck's own voices: itself, or the layers of its recipe,
    which come and go when it does.
    """
    if entry["voice"] not in RECIPES:
        yield entry
        return
    gain = entry.get("gain", 1)
    for part in RECIPES[entry["voice"]]:
        yield {**entry, **part, "gain": gain * part.get("gain", 1)}
