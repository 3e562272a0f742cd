"""Finger pulse and breathing of the BIDMC PPG and Respiration Dataset (bidmc 1.0.0).

Turns a record's tables into `bidmc_NN.npz`. It must never fill a gap: what is missing
is nan where the format has one, and an error where it has not.
"""

import io
from collections.abc import Callable

import numpy as np

from sleepsync.data import DataDamaged

_RATE_HZ = 125  # the set's README
_PLETH_PER_UNIT = 50_000  # of a signal within 0..1, into 16 bits
_RESP_PER_UNIT = 10_000
_NUMERICS = {"hr_bpm": "HR", "pulse_bpm": "PULSE", "resp_rate": "RESP", "spo2_pct": "SpO2"}


def convert(record: str, sources: list[bytes], say: Callable[[str], None]) -> dict[str, bytes]:
    """{`bidmc_NN.npz`: contents} from the tables of signals, numerics and breaths of `NN`.

    Raises DataDamaged.
    """
    try:
        waves, values, marks = (_table(text) for text in sources)
        arrays = {
            "fs_hz": np.array(_RATE_HZ),
            "pleth_u16": _whole(waves["PLETH"], _PLETH_PER_UNIT, np.uint16),
            "resp_i16": _whole(waves["RESP"], _RESP_PER_UNIT, np.int16),
            **{name: values[column].astype(np.float32) for name, column in _NUMERICS.items()},
            "breaths_a": _marks(marks, "ann1"),
            "breaths_b": _marks(marks, "ann2"),
        }
    except (KeyError, ValueError) as error:
        raise DataDamaged(f"bidmc {record}: not the tables it should have ({error})") from error
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type] # numpy's own stub
    return {f"bidmc_{record}.npz": packed.getvalue()}


def _table(text: bytes) -> dict[str, np.ndarray]:
    """{column: values, nan where empty} of a table with a heading."""
    head, *rows = text.decode("latin-1").splitlines()
    names = [name.strip() for name in head.split(",")]
    cells = [[float(cell.strip() or "nan") for cell in row.split(",")] for row in rows if row]
    columns = np.array(cells, dtype=float).reshape(len(cells), len(names)).T
    return dict(zip(names, columns, strict=True))


def _whole(values: np.ndarray, per_unit: int, kind: type) -> np.ndarray:
    scaled = np.rint(values * per_unit)
    limits = np.iinfo(kind)
    if not np.all((scaled >= limits.min) & (scaled <= limits.max)):  # false for nan, too
        raise ValueError("a sample is missing or out of range")
    return scaled.astype(kind)


def _marks(table: dict[str, np.ndarray], annotator: str) -> np.ndarray:
    """Sample numbers of one person's breaths; the two people found different numbers."""
    (column,) = (name for name in table if annotator in name)
    return table[column][np.isfinite(table[column])].astype(np.int32)
