"""The world around the puck: who sleeps, and what reaches the sensors.

A `Sleeper` says what happens in a night; `write_world` turns it into light and
acceleration. It knows physiology and motion, and must never know a chip's
registers, noise or converter: those belong to the simulated chips.
"""

from pathlib import Path

from sleepsync.world.generated import generate
from sleepsync.world.sleeper import UNSCORED, Movement, Sleeper, Turn
from sleepsync.world.slpdb import from_slpdb
from sleepsync.world.write import write_world

__all__ = [
    "UNSCORED",
    "Movement",
    "Sleeper",
    "Turn",
    "from_slpdb",
    "generate",
    "open_sleeper",
    "write_world",
]


def open_sleeper(night: str | None, seed: int) -> Sleeper:
    """The recorded sleeper at the path `night`, or for None a generated one of 8 h.

    `night`: an slpdb record without endings, e.g. `../shared/data/slpdb/slp03`. Raises
    DataMissing and DataDamaged as `from_slpdb` does.
    """
    return generate(seed) if night is None else from_slpdb(Path(night).expanduser(), seed)
