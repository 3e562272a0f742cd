"""From labelled people to what the network is fitted to and judged by.

Features and inputs come from the firmware's own code in the VM. Here nothing is computed but
their numbers' form.
"""

from array import array
from dataclasses import dataclass

import numpy as np

from sleepsync.paths import records
from sleepsync.people import Night, Person
from sleepsync.train.fitting import Sequence
from sleepsync.train.shape import CLASSES, EPOCHS_IN_MINUTE, INPUTS, Shape
from sleepsync.vm import Worker

_UNHEARD = -1  # of features.py
_MOST_ACTIVITY_Q8, _MOST_DEVIATION_Q8 = 1 << 24, 32767
_MOST_RATE_DBPM, _MOST_COUNTS = 2000, 1 << 16
_CLASS_OF = {records.WAKE: 0, records.LIGHT: 1, records.DEEP: 2, records.REM: 3}


@dataclass(frozen=True)
class Example:
    """One night as the stager sees it: features of each epoch, whole numbers, and the stages.

    `activity`: Q8, `deviation`: one unit all night; UNHEARD (-1) where unknown. `stages`:
    int8 as of records; UNKNOWN where nobody scored.
    """

    activity: array
    deviation: array
    stages: np.ndarray


def examples(person: Person, shape: Shape, vm: Worker) -> list[Example]:
    """A person's nights, with the features of this score."""
    return [_example(night, shape, vm) for night in person.nights]


def sequences(example: Example, shape: Shape, vm: Worker) -> list[Sequence]:
    """What one night gives to be fitted to: its minutes, cut in both ways."""
    if shape.epochs == EPOCHS_IN_MINUTE:
        return [_cut(_later(example, late), shape, vm) for late in range(EPOCHS_IN_MINUTE)]
    inputs, stages = _cut(example, shape, vm)
    cuts = [slice(late, None, EPOCHS_IN_MINUTE) for late in range(EPOCHS_IN_MINUTE)]
    return [(inputs[cut], stages[cut]) for cut in cuts if len(inputs[cut])]


def network_inputs(example: Example, shape: Shape, vm: Worker) -> np.ndarray:
    """(steps, INPUTS), whole numbers: what the network is given of a night."""
    given = (example.activity, example.deviation, not shape.is_centred)
    return np.array(vm.call("stage:network_inputs", *given)).reshape(-1, len(INPUTS))


def _example(night: Night, shape: Shape, vm: Worker) -> Example:
    if night.counts is None and night.rate_bpm is None:
        activity = _whole(night.activity, 256, _MOST_ACTIVITY_Q8, _UNHEARD, len(night.stages))
        deviation = _whole(night.deviation, 256, _MOST_DEVIATION_Q8, _UNHEARD, len(night.stages))
    else:
        counts = _whole(night.counts, 1, _MOST_COUNTS, _UNHEARD, len(night.stages))
        rates = _whole(night.rate_bpm, 10, _MOST_RATE_DBPM, 0, len(night.stages))
        activity, deviation = vm.call("stage:features", counts, rates, not shape.is_centred)
    return Example(activity, deviation, night.stages)


def _whole(values, unit, most, unknown, length):
    """As the firmware has them: array of whole numbers of 1 / unit, `unknown` for NaN."""
    if values is None:
        values = np.full(length, np.nan)
    known = np.nan_to_num(np.clip(np.rint(values * unit), 0, most), nan=unknown)
    return array("i", known.astype(int).tolist())


def _later(example: Example, epochs: int) -> Example:
    """The same night, `epochs` later: before it, it was as at its start."""
    return Example(
        array("i", [example.activity[0]] * epochs) + array("i", example.activity),
        array("i", [example.deviation[0]] * epochs) + array("i", example.deviation),
        np.pad(example.stages, (epochs, 0), constant_values=records.UNKNOWN),
    )


def _cut(example: Example, shape: Shape, vm: Worker) -> Sequence:
    """A night's inputs, and its stages as shares of the network's steps."""
    inputs = network_inputs(example, shape, vm)
    shares = np.zeros((len(inputs) * shape.epochs, CLASSES), np.float32)
    for stage, column in _CLASS_OF.items():
        shares[np.flatnonzero(example.stages == stage), column] = 1 / shape.epochs
    return inputs, shares.reshape(len(inputs), shape.epochs, CLASSES).sum(axis=1)
