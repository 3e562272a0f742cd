"""The world around the puck: who sleeps, and what reaches the sensors.

A `Sleeper` says what happens in a night; `write_world` turns it into light and
acceleration. It knows physiology and motion, and must never know a chip's
registers, noise or converter: those belong to the simulated chips.
"""

from pathlib import Path

from sleepsync.world.generated import generate
from sleepsync.world.library import NAMES as LIBRARY
from sleepsync.world.library import from_library
from sleepsync.world.room import Lamp, Room, Sound
from sleepsync.world.sleep_accel import from_sleep_accel
from sleepsync.world.sleeper import UNSCORED, Movement, Sleeper, Tremor, Turn
from sleepsync.world.slpdb import from_slpdb
from sleepsync.world.write import write_world

__all__ = [
    "LIBRARY",
    "UNSCORED",
    "Lamp",
    "Movement",
    "Room",
    "Sleeper",
    "Sound",
    "Tremor",
    "Turn",
    "from_library",
    "from_sleep_accel",
    "from_slpdb",
    "generate",
    "open_sleeper",
    "write_world",
]


def open_sleeper(night: str | None, seed: int) -> Sleeper:
    """Whoever `night` names, for 8 h unless recorded; None: a generated sleeper.

    `night`: a name in `LIBRARY`, a `sleep_accel_features/ID.csv`, or an slpdb record without
    endings, like `../shared/data/slpdb/slp03`. DataMissing, DataDamaged as the readers do.
    """
    if night is None:
        return generate(seed)
    if night in LIBRARY:
        return from_library(night, seed)
    path = Path(night).expanduser()
    return from_sleep_accel(path, seed) if path.suffix == ".csv" else from_slpdb(path, seed)
