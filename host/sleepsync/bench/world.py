"""The area `world`: real people's features, generated people's bands, every part's faults."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from sleepsync.bench import fixtures, loudness, recovered
from sleepsync.bench.fault_matrix import PARTS, FaultMatrix, Part
from sleepsync.bench.figure import Figure
from sleepsync.data import data_dir
from sleepsync.reading import read_night
from sleepsync.simulate import run_night
from sleepsync.world import LIBRARY, from_slpdb

SEED = 1
_PROCESSES = 2


def figures() -> Iterator[Figure]:
    """Every figure of the world, its people and its parts; about a quarter of an hour."""
    yield from loudness.figures()
    yield from recovered.stillness()
    yield from recovered.figures()
    yield from _recorded()
    yield from _library()
    yield from _faults()


def _recorded() -> Iterator[Figure]:
    """Every slpdb record, as far as it ends with a whole journal."""
    paths = sorted((data_dir() / "slpdb").glob("*_stages.csv"))
    with ProcessPoolExecutor(_PROCESSES) as pool:
        whole = sum(pool.map(_runs, paths))
    yield Figure("world.slpdb_nights", whole, f"of_{len(paths)}", f">={len(paths)}")


def _runs(stages: Path) -> bool:
    """Whether every epoch of a record's night is in the journal, and it scores alike again."""
    record = stages.with_name(stages.name.removesuffix("_stages.csv"))
    sleeper = from_slpdb(record, SEED)
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as name:
        run_night(sleeper, Path(name))
        night = read_night(Path(name))
    return len(night.epochs) == len(sleeper.stages) and len(night.notes) == 1


def _library() -> Iterator[Figure]:
    """Figures out of band, over the whole nights of everybody in the library."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        strays = list(pool.map(_strays, LIBRARY))
    for name, count in zip(LIBRARY, strays, strict=True):
        yield Figure(f"world.out_of_band.{name}", count, "figures", "=0")


def _strays(name: str) -> int:
    with tempfile.TemporaryDirectory(prefix="sleepsync-") as folder:
        night = fixtures.run(name, "whole", Path(folder))
    return len(fixtures.out_of_band(night, fixtures.bands(name, "whole")))


def _faults() -> Iterator[Figure]:
    with ProcessPoolExecutor(_PROCESSES) as pool:
        cells = [cell for row in pool.map(_row, PARTS) for cell in row if cell.was_run]
    kept = sum(not cell.problems for cell in cells)
    yield Figure("world.fault_cells_kept", kept, f"of_{len(cells)}", f">={len(cells)}")


def _row(part: Part) -> list:
    with FaultMatrix() as matrix:
        return [cell for _, cell in matrix.row(part)]
