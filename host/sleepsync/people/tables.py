"""Tables of numbers as the sets publish them: text, one row a line.

It must never pass over a line: what is not a row of numbers is named with its line.
"""

import math
import warnings
from pathlib import Path

import numpy as np

from sleepsync.data import DataDamaged, DataMissing


def rows(path: Path, columns: str, delimiter: str, heading: bool = False) -> np.ndarray:
    """The table's rows, floats, in order of their first column (a time), each time once.

    `columns`: their names, joined by the delimiter, as the `heading` has them if there is
    one. Of rows with one time the first counts. Raises DataMissing without the file,
    DataDamaged naming the line that is not such a row.
    """
    names = columns.split(delimiter)
    try:
        with path.open(encoding="utf-8") as text, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of no rows: that is told below
            first = text.readline().strip() if heading else columns
            found = np.loadtxt(text, delimiter=delimiter, ndmin=2, comments=None)
    except FileNotFoundError as error:
        raise DataMissing(f"{path}: no such file; fetch this person's files again") from error
    except ValueError:  # a line that cannot be read, or bytes that are no text
        found, first = np.empty((0, 0)), columns
    if first != columns or found.shape[1:] != (len(names),) or not np.isfinite(found).all():
        raise DataDamaged(_complaint(path, columns, delimiter, heading))
    return found[np.unique(found[:, 0], return_index=True)[1]]


def _complaint(path: Path, columns: str, delimiter: str, heading: bool) -> str:
    with path.open(encoding="utf-8", errors="replace") as text:
        for number, line in enumerate(text, start=1):
            is_heading = heading and number == 1
            if line.strip() != columns if is_heading else not _is_row(line, columns, delimiter):
                what = "the heading" if is_heading else "a row of"
                seen = line.strip()[:60]
                return f"{path}, line {number}: {seen!r} is not {what} {columns!r}; fetch it again"
    return f"{path}: no row of {columns!r}; fetch it again"


def _is_row(line: str, columns: str, delimiter: str) -> bool:
    """Whether so many finite numbers; an empty line is none, and does no harm."""
    cells = line.strip().split(delimiter)
    if cells == [""]:
        return True
    try:
        finite = all(math.isfinite(float(cell)) for cell in cells)
    except ValueError:
        return False
    return finite and len(cells) == len(columns.split(delimiter))
