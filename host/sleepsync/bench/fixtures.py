"""Whole nights of the library's people, held against a least and a most for every figure.

The bands stand in tests_host/world/sleepers.toml. Nothing here may move a band: `main`
prints new ones, for a person to read and to judge before they are kept.
"""

import sys
import tempfile
import tomllib
from pathlib import Path

import numpy as np

from sleepsync.night import STAGE_OF, Night
from sleepsync.paths import ROOT, records
from sleepsync.reading import read_night
from sleepsync.simulate import run_night
from sleepsync.world import from_library
from sleepsync.world.library import NAMES

Bands = dict[str, tuple[float, float]]

BANDS = ROOT / "tests_host/world/sleepers.toml"
LENGTHS_H = {"short": 2.5, "whole": 8.0}
SEEDS = {"short": range(1, 7), "whole": range(1, 4)}  # over which the bands were taken
SEED = 1  # whose night is tested
_NEAR_BPM = 2.0
_SPARE_SHARE = 0.25  # a band is wider than its seeds by this share of their spread
_SPARE = {"_s": 60.0, "_pct": 1.0, "_dbpm": 10.0, "_mlx": 5.0, "_ddb": 10.0, "_cdeg": 20.0}
_CEILINGS = {"_pct": 100.0}

_NOT_SCORED = (records.UNKNOWN, records.NOT_WORN)

# figure: (field of an epoch, the flag that says it is not known, how the night is told)
_ROOM = {
    "light_mlx": ("light_mlx", "NO_LIGHT", np.median),
    "temperature_cdeg": ("temperature_cdeg", "NO_CLIMATE", np.median),
    "humidity_pct": ("humidity_pct", "NO_CLIMATE", np.median),
    "level_ddb": ("level_ddb", "NO_SOUND", np.median),
    "loudest_ddb": ("loudest_ddb", "NO_SOUND", np.max),
}

_MEASURED = ("rate_dbpm", *_ROOM)


def bands(name: str, length: str, path: Path = BANDS) -> Bands:
    """The bands of one of the library's people for a `length` of `LENGTHS_H`.

    Raises KeyError if the file has none.
    """
    with path.open("rb") as file:
        found = tomllib.load(file)[name][length]
    return {figure: (low, high) for figure, (low, high) in found.items()}


def run(name: str, length: str, folder: Path, seed: int = SEED) -> Night:
    """The night of one of the library's people, of a `length` of `LENGTHS_H`, on a new puck."""
    run_night(from_library(name, seed, LENGTHS_H[length]), folder)
    return read_night(folder)


def figures(night: Night) -> dict[str, float]:
    """Every figure of a night that has a band; one that is not known is left out.

    Those of the summary (-1 is a value: see stages/morning.py). Shares of the epochs in %:
    `rate_known_pct`, `off_body_pct`, `moving_pct`. `faults_told`: how often a part was called
    missing, though all are well. Held against the truth: of the rates
    known, within 2 /min: `rate_near_pct`; of the epochs scored as wake or sleep, rightly:
    `agree_pct`; of those that were truly wake, found: `wake_found_pct`. Medians of the
    epochs' `rate_dbpm` and of the room's values, and the loudest of its moments.
    """
    rates = {e.index: e.rate_dbpm for e in night.epochs if e.rate_dbpm}
    found: dict[str, float] = dict(night.summary)
    found["rate_known_pct"] = 100 * len(rates) / len(night.epochs)
    found["off_body_pct"] = _flagged_pct(night, records.OFF_BODY)
    found["moving_pct"] = _flagged_pct(night, records.MOVING)
    found["faults_told"] = sum(event.kind == records.PART_MISSING for event in night.events)
    if rates:
        found["rate_dbpm"] = float(np.median(list(rates.values())))
        found["rate_near_pct"] = _near_pct(night, rates)
    return found | _agreement(night) | _room(night)


def out_of_band(night: Night, allowed: Bands) -> list[str]:
    """A sentence for each figure outside its band, unknown, or without one; none if all is well."""
    found = figures(night)
    lost = [
        f"{name}: not known; {low:g} to {high:g} wanted"
        for name, (low, high) in allowed.items()
        if name not in found
    ]
    bare = [
        f"{name}: {value:g} has no band" for name, value in found.items() if name not in allowed
    ]
    outside = [
        f"{name}: {found[name]:g}; {low:g} to {high:g} wanted"
        for name, (low, high) in allowed.items()
        if name in found and not low <= found[name] <= high
    ]
    return sorted(lost + bare + outside)


def spanning(nights: list[dict[str, float]]) -> Bands:
    """Bands that hold the figures of several seeds' nights, and a little more.

    Each gets a quarter of their spread on either side, at least what `_SPARE` says, but
    nothing impossible. A time, count or share that is the same in all gets no room at all;
    a level, rate or warmth does: that it was the same is chance.
    A figure that not all of them know has no place in a band: KeyError.
    """
    return {name: _band(name, [night[name] for night in nights]) for name in nights[0]}


def _band(name, values):
    low, high = min(values), max(values)
    if low == high and name not in _MEASURED:
        return low, high
    ending = "_" + name.rpartition("_")[2]
    spare = max(_SPARE_SHARE * (high - low), _SPARE.get(ending, 1.0))
    least, most = min(low, 0.0), _CEILINGS.get(ending, np.inf)
    return float(np.floor(max(low - spare, least))), float(np.ceil(min(high + spare, most)))


def _flagged_pct(night, flag):
    return 100 * sum(bool(epoch.flags & flag) for epoch in night.epochs) / len(night.epochs)


def _near_pct(night, rates):
    if night.truth is None:
        return 0.0
    off_bpm = np.array([rate / 10 - night.truth.rate_bpm[at] for at, rate in rates.items()])
    known = np.isfinite(off_bpm)
    return 100 * float(np.mean(np.abs(off_bpm[known]) <= _NEAR_BPM)) if known.any() else 0.0


def _agreement(night):
    """Shares of the epochs that both the truth and the score call sleep or wake."""
    if night.truth is None:
        return {}
    true = [STAGE_OF.get(stage, records.UNKNOWN) for stage in night.truth.stages]
    pairs = [(true[s.index], s.stage) for s in night.scores if s.index < len(true)]
    awake = [
        (truly == records.WAKE, said == records.WAKE)
        for truly, said in pairs
        if truly not in _NOT_SCORED and said not in _NOT_SCORED
    ]
    found = {"agree_pct": [truly == said for truly, said in awake]}
    found["wake_found_pct"] = [said for truly, said in awake if truly]
    return {figure: 100 * sum(right) / len(right) for figure, right in found.items() if right}


def _room(night):
    found = {}
    for figure, (field, flag, told) in _ROOM.items():
        unknown = getattr(records, flag)
        values = [getattr(epoch, field) for epoch in night.epochs if not epoch.flags & unknown]
        if values:
            found[figure] = float(told(values))
    return found


def main() -> None:
    """Print bands taken anew: `python -m sleepsync.bench.fixtures LENGTH [NAME ...]`."""
    length, *names = sys.argv[1:]
    for name in names or NAMES:
        nights = []
        for seed in SEEDS[length]:
            with tempfile.TemporaryDirectory() as folder:
                nights.append(figures(run(name, length, Path(folder), seed)))
        print(f"\n[{name}.{length}]")
        for figure, (low, high) in spanning(nights).items():
            print(f"{figure} = [{low:g}, {high:g}]", flush=True)


if __name__ == "__main__":
    main()
