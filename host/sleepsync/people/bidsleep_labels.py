"""A night's `labels.mat` of BIDSleep: when it began, and the stage of each 30 s.

It must never guess: variables other than those it knows are shown, not tried.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from sleepsync.data import DataDamaged, DataMissing
from sleepsync.paths import records

_EASTERN = "America/New_York"
_STAGES = (
    records.WAKE,
    records.LIGHT,
    records.LIGHT,
    records.DEEP,
    records.REM,
    records.UNKNOWN,
)
_LONGEST = 24 * 120
# What scipy's reader was seen to raise of files cut, altered, or of another kind.
_UNREADABLE = (
    ArithmeticError,
    LookupError,
    MatReadError,
    MemoryError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    zlib.error,
)
_EXPECTED = (
    "recStart, a text like 2021-03-05 23:10:00; expert_label and dreem_label, N x 1 or 1 x N, "
    "a value from 0 to 5 for each 30 s"
)


@dataclass(frozen=True)
class Labels:
    """`start`: wall-clock time of the US east coast. `stages`: int8, the firmware's codes."""

    start: datetime
    stages: np.ndarray


def read_labels(path: Path, say: Callable[[str], None]) -> Labels:
    """The expert's stages of a night; all UNKNOWN, and said, if they cannot be placed.

    That is so where the expert scored another number of epochs than the headband did:
    which ones were left out is not written down. Raises DataMissing without the file,
    DataDamaged with the variables that were found and those that were expected.
    """
    found = _variables(path)
    try:
        start = datetime.fromisoformat(str(np.asarray(found["recStart"]).item()).strip())
        expert, dreem = _codes(found["expert_label"]), _codes(found["dreem_label"])
    except (KeyError, ValueError, TypeError) as error:
        raise DataDamaged(
            f"{path}: found {_shown(found)}; expected {_EXPECTED} ({error}); fetch it again"
        ) from error
    if len(expert) != len(dreem):
        say(
            f"{path}: the expert scored {len(expert)} epochs and the headband {len(dreem)}: "
            "no stage of this night is used"
        )
        return Labels(start, np.full(len(dreem), records.UNKNOWN, np.int8))
    return Labels(start, np.array(_STAGES, np.int8)[expert])


def start_s(start: datetime, near_s: float) -> float:
    """`start` in Unix seconds; in the autumn's hour that comes twice, that nearer `near_s`."""
    try:
        zone = ZoneInfo(_EASTERN)
    except ZoneInfoNotFoundError as error:
        raise DataMissing(
            f"no time zone {_EASTERN} on this computer, in which BIDSleep's nights begin; "
            "`pip install tzdata` brings it"
        ) from error
    either = (start.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return min((at.timestamp() for at in either), key=lambda at_s: abs(at_s - near_s))


def _variables(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise DataMissing(f"{path}: no such file; fetch this night's files again")
    try:
        found = loadmat(path)
    except _UNREADABLE as error:
        raise DataDamaged(
            f"{path}: not a MATLAB file up to version 7 ({error}); fetch it again"
        ) from error
    return {name: value for name, value in found.items() if not name.startswith("__")}


def _codes(values: np.ndarray) -> np.ndarray:
    codes = np.asarray(values).astype(float).ravel()
    if not 0 < len(codes) <= _LONGEST or max(np.shape(values)) != len(codes):
        raise ValueError(f"labels of shape {np.shape(values)}")
    if not np.isin(codes, range(len(_STAGES))).all():
        raise ValueError(f"labels {sorted(set(codes) - set(range(len(_STAGES))))}")
    return codes.astype(int)


def _shown(found: dict[str, Any]) -> str:
    shapes = (f"{name} {np.shape(value)}" for name, value in sorted(found.items()))
    return ", ".join(shapes) or "no variable"
