"""The columns of a file of recorded signals: CSV or NPZ, whatever else is in it.

It must never fill a cell: what is empty is NaN, and what is no number is kept as a complaint.
"""

import csv
import re
import zipfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

_EMPTY = ("", "na", "n/a", "nan", "null", "none")
_DELIMITERS = ("\t", ";", ",")  # the first that the first line has; else white space
_RATE = "fs_hz"


class WaveformDamaged(Exception):
    """The file holds no waveform that can be heard: the message says where, and the remedy."""


@dataclass(frozen=True)
class Column:
    """`values` (n,), NaN where a cell is empty. `junk` tells the first cell that is no finite
    number and where it stands; empty if there is none.
    """

    name: str
    values: np.ndarray
    junk: str

    @property
    def words(self) -> tuple[str, ...]:
        """The name in small letters, word by word: `Time [ms]` is ("time", "ms")."""
        return tuple(re.findall(r"[a-z0-9]+", self.name.lower()))

    @property
    def has_numbers(self) -> bool:
        """Whether there is any number in it."""
        return bool(np.isfinite(self.values).any())


@dataclass(frozen=True)
class Table:
    """What a file holds. `rate_hz`: as it says itself, or None. `lines` (n,): where each row
    of a CSV stands, None of an NPZ.
    """

    path: Path
    columns: list[Column]
    rate_hz: float | None = None
    lines: np.ndarray | None = None

    def where(self, row: int) -> str:
        """`line 7`, or `sample 6` of an NPZ."""
        return f"sample {row}" if self.lines is None else f"line {self.lines[row]}"


def read_table(path: Path) -> Table:
    """All columns of a CSV or NPZ. WaveformDamaged says what is wrong, and the remedy."""
    if not path.is_file():
        raise WaveformDamaged(f"{path}: no such file; wanted a CSV or an NPZ")
    try:
        if path.suffix.lower() == ".npz" or zipfile.is_zipfile(path):
            return _read_npz(path)
        return _read_csv(path)
    except PermissionError as error:
        raise WaveformDamaged(f"{path}: may not be read; change its mode (chmod)") from error


# -- NPZ


def _read_npz(path):
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive}
    except PermissionError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise WaveformDamaged(f"{path}: not an NPZ ({error}); write it with numpy.savez") from error
    numbers = {name: values for name, values in arrays.items() if values.dtype.kind in "iuf"}
    columns = [column for name, values in numbers.items() for column in _columns(name, values)]
    return Table(path, columns, _told_rate(path, arrays))


def _columns(name, values) -> Iterator[Column]:
    """An array of one dimension, or each signal of one that holds several of a length."""
    if values.ndim == 1:
        yield Column(name, values.astype(float), _not_finite(values))
    elif values.ndim == 2:
        signals = values.T if values.shape[0] >= values.shape[1] else values
        for index, signal in enumerate(signals):
            yield Column(f"{name}:{index}", signal.astype(float), _not_finite(signal))


def _not_finite(values):
    found = np.flatnonzero(np.isinf(values))
    return f"sample {found[0]}: {values[found[0]]}" if len(found) else ""


def _told_rate(path, arrays):
    if _RATE not in arrays:
        return None
    told = arrays[_RATE]
    if told.size != 1 or told.dtype.kind not in "iuf":
        raise WaveformDamaged(f"{path}: {_RATE} is no single number; wanted the rate in Hz")
    return float(told.ravel()[0])


# -- CSV


def _read_csv(path):
    with path.open(newline="", encoding="utf-8-sig") as text:
        try:
            return _table(path, _rows(text))
        except (UnicodeDecodeError, csv.Error) as error:
            wanted = "wanted a CSV in UTF-8, or an NPZ"
            raise WaveformDamaged(f"{path}: not a CSV ({error}); {wanted}") from error


def _rows(text: IO[str]) -> Iterator[tuple[int, list[str], str]]:
    """(line, cells, mark that divides cells) of what is no remark; blank lines are no cells."""
    first = next((line for line in text if line.strip() and not _is_remark(line)), "")
    delimiter = next((mark for mark in _DELIMITERS if mark in first), " ")
    text.seek(0)
    if delimiter == " ":
        split = ((n, line.split()) for n, line in enumerate(text, 1))
    else:
        reader = csv.reader(text, delimiter=delimiter, skipinitialspace=True)
        split = ((reader.line_num, cells) for cells in reader)
    for line, cells in split:
        if not (cells and _is_remark(cells[0])):
            yield line, [] if len(cells) == 1 and not cells[0].strip() else cells, delimiter


def _is_remark(text):
    return text.lstrip("\ufeff ").startswith("#")


def _table(path, rows):
    first = next((row for row in rows if row[1]), None)
    if first is None:
        raise WaveformDamaged(f"{path}: empty; wanted a row for each sample")
    line, cells, delimiter = first
    width = len(cells)
    is_head = any(_number(cell, delimiter) is None for cell in cells)
    names = [cell.strip() for cell in cells] if is_head else [str(n) for n in range(width)]
    reading = _Reading(path, width, delimiter)
    if not is_head:
        reading.take(line, cells)
    for line, cells, _ in rows:
        reading.take(line, cells)
    return reading.table([name or str(n) for n, name in enumerate(names)])


class _Reading:
    """Takes rows of cells; then has columns of numbers."""

    def __init__(self, path, width, delimiter):
        self._path, self._width, self._delimiter = path, width, delimiter
        self._values = [array("d") for _ in range(width)]
        self._lines = array("l")
        self._junk = [""] * width
        self._blank = array("l")  # lines that count if a row follows

    def take(self, line, cells):
        """A row of the file. In a file of one column a blank line is an empty cell."""
        if not cells:
            self._blank.append(line)
            return
        if self._width == 1:
            for blank in self._blank:
                self._add(blank, [""])
        self._blank = array("l")
        self._add(line, cells)

    def _add(self, line, cells):
        if len(cells) != self._width and not (len(cells) == self._width + 1 and not cells[-1]):
            seen = f"line {line}: {len(cells)} cells"
            wanted = f"wanted {self._width}, as in the first row"
            raise WaveformDamaged(f"{self._path}: {seen}; {wanted}")
        self._lines.append(line)
        for n in range(self._width):
            value = _number(cells[n], self._delimiter)
            if value is None and not self._junk[n]:
                self._junk[n] = f"line {line}: '{cells[n].strip()[:30]}'"
            self._values[n].append(np.nan if value is None else value)

    def table(self, names):
        """The table, under these names."""
        if not self._lines:
            raise WaveformDamaged(f"{self._path}: a heading and no row; wanted one for each sample")
        columns = [
            Column(name, np.array(values), junk)
            for name, values, junk in zip(names, self._values, self._junk, strict=True)
        ]
        return Table(self._path, columns, lines=np.array(self._lines))


def _number(cell, delimiter):
    """The cell's number, NaN if it is empty, None if it is neither or not finite."""
    try:
        value = float(cell if delimiter == "," else cell.replace(",", "."))
    except ValueError:
        return np.nan if cell.strip().lower() in _EMPTY else None
    return None if value in (np.inf, -np.inf) else value
