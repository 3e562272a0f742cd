"""Where the open data about real people lies on this computer.

The data are never part of the project, so everything that wants them asks here.
It must never guess, download or copy: what is missing is said, with the remedy.
"""

import os
from pathlib import Path

VARIABLE = "SLEEPSYNC_DATA"
_BESIDE_REPOSITORY = Path(__file__).parents[3] / "shared" / "data"


class DataMissing(FileNotFoundError):
    """Data about real people are not where they were looked for."""


class DataDamaged(ValueError):
    """A data file is there, but is not what its folder's README says it is."""


class DataUnreachable(RuntimeError):
    """Open data cannot be had from their origin; the message names the address and a remedy."""


def data_target() -> Path:
    """Where open data belong: `$SLEEPSYNC_DATA`, else `../shared/data`; it may not exist yet."""
    return Path(os.environ.get(VARIABLE) or _BESIDE_REPOSITORY).expanduser()


def data_dir() -> Path:
    """The folder of open data: `$SLEEPSYNC_DATA`, else `../shared/data` beside the repository.

    Raises DataMissing if that folder does not exist.
    """
    folder = data_target()
    if not folder.is_dir():
        raise DataMissing(
            f"open data: no folder at {folder}; fetch them with `make data`, "
            f"or name their folder in ${VARIABLE}"
        )
    return folder
