"""Every record heard once, by the puck in the VM and by its peers: two records at a time."""

import atexit
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

import numpy as np

from sleepsync.pulse.hearing import Heard, hear, shown_unworn
from sleepsync.pulse.peers import PEERS
from sleepsync.pulse.recordings import Recording, paths, read
from sleepsync.pulse.told import Told, of_heard
from sleepsync.vm import Worker

PUCK = "puck"
RATES = {PUCK: ("own", "25"), **{peer: ("own", "25", "50") for peer in PEERS}}
_PROCESSES = 2

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Listened:
    """A record, and what each hearer told of it: {(hearer, rate): what}, as in `RATES`."""

    record: Recording
    told: dict[tuple[str, str], Told]


def listened(set_: str, folder: Path | None = None) -> list[Listened]:
    """Every record of a set."""
    return list(by_twos(_listen, [(set_, path) for path in paths(set_, folder)]))


def listen(record: Recording, vm: Worker | None = None) -> Listened:
    """One record, at each rate by each hearer."""
    told = {(PUCK, rate): of_heard(hear(record.counts(rate), vm)) for rate in RATES[PUCK]}
    for peer, said in PEERS.items():
        told |= {(peer, rate): said(*record.at(rate)) for rate in RATES[peer]}
    return Listened(record, told)


def by_twos(made: Callable[[_Given], _Made], given: Iterable[_Given]) -> Iterator[_Made]:
    """What is made of each, in order, two at a time."""
    with ProcessPoolExecutor(_PROCESSES) as pool:
        yield from pool.map(made, given)


def hear_here(light: np.ndarray) -> Heard:
    """`hear` by the one VM that this process keeps."""
    return hear(light, _vm_of(os.getpid()))


def shown_unworn_here(ambient: np.ndarray) -> np.ndarray:
    """`shown_unworn` by the same VM."""
    return shown_unworn(ambient, _vm_of(os.getpid()))


@cache
def _vm_of(process: int) -> Worker:
    """A process that was forked must not talk to its parent's."""
    vm = Worker()
    atexit.register(vm.close)
    return vm


def _listen(of: tuple[str, Path]) -> Listened:
    return listen(read(*of), _vm_of(os.getpid()))
