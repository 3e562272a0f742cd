"""The labelled people from whom the sleep classifier learns, and by whom it is judged.

Each set is read by a module of its own, and every set comes out in the same words. It
must never fetch, never fill in what nobody measured or scored, and never leave a person
out in silence: one damaged file stops the whole set, and says what to do about it.
"""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from sleepsync.data import VARIABLE, DataMissing, data_dir
from sleepsync.people import bidsleep, sleep_accel, sleep_accel_features, slpdb
from sleepsync.people.person import Night, Person

__all__ = ["Night", "Person", "people", "sets"]

_SETS: dict[str, ModuleType] = {
    "bidsleep": bidsleep,
    "sleep_accel": sleep_accel,
    "sleep_accel_features": sleep_accel_features,
    "slpdb": slpdb,
}


def people(
    set: str, folder: Path | None = None, say: Callable[[str], None] | None = None
) -> list[Person]:
    """Everybody of one set, by name, from its folder (named as the set) in `folder`.

    `folder` is the data folder, `data_dir()` if not given. `say` hears a line for each
    person, and for each night without a usable stage. Raises ValueError for a set it does
    not know, DataMissing where the set does not lie there, DataDamaged for the first
    file that is not what it should be.
    """
    if set not in _SETS:
        raise ValueError(f"{set}: not a labelled set; there are {', '.join(_SETS)}")
    within = (data_dir() if folder is None else folder) / set
    found = list(_SETS[set].read(within, say or _unheard)) if within.is_dir() else []
    if not found:
        raise DataMissing(
            f"{set}: nobody in {within}; docs/data.md says how to fetch the set, and "
            f"${VARIABLE} names the folder it lies in"
        )
    return sorted(found, key=lambda person: person.name)


def sets(folder: Path | None = None) -> list[str]:
    """The labelled sets of which somebody lies in `folder` (`data_dir()` if not given)."""
    within = data_dir() if folder is None else folder
    return [name for name, module in _SETS.items() if any(within.glob(f"{name}/{module.SIGN}"))]


def _unheard(line: str) -> None:
    """Where nobody listens."""
