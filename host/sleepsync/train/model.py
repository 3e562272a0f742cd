"""A trained score: its network in floats and in the firmware's integers, and its leaning."""

from collections.abc import Iterable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from sleepsync.evaluate.decision import worth
from sleepsync.evaluate.outcome import CLASSES
from sleepsync.train.examples import Example, network_inputs
from sleepsync.train.fitting import Sequence, fit, scaled
from sleepsync.train.fixed import FixedLane, fixed
from sleepsync.train.lane import Lane, logits
from sleepsync.train.leaning import answers_by, chosen_power, in_firmware, shares
from sleepsync.train.shape import CLASSES as CLASS_COUNT
from sleepsync.train.shape import Shape
from sleepsync.vm import Worker

_WHOLE = 255  # of a records.Score's probabilities
_MOST_OF_STEP = 0.5  # of a step's epochs must be of one stage, to choose the power by it


@dataclass(frozen=True)
class Model:
    """What `train` makes of people. `shares`: how common each class was among them.

    `fitted_kappa`: in four classes, on the very nights it was fitted to, so too high.
    """

    shape: Shape
    lanes: list[Lane]
    fixed_lanes: tuple[FixedLane, ...]
    shares: np.ndarray
    power: float
    fitted_kappa: float

    @property
    def in_firmware(self) -> tuple:
        """As `firmware/stages/model.py` has a score: (leaning, lanes)."""
        return in_firmware(self.shares, self.power), self.fixed_lanes

    @property
    def constant_bytes(self) -> int:
        """Bytes of its weights."""
        return sum(len(part) for lane in self.fixed_lanes for part in _weights(lane))


def train(shape: Shape, sequences: list[Sequence], seed: int) -> Model:
    """A model of all these sequences."""
    lanes = fit(shape, sequences, seed)
    probabilities, stages = _said_of_fitted(shape, lanes, sequences)
    power = chosen_power(probabilities, stages)
    said = answers_by(probabilities, shares(stages), power)[4]
    return Model(
        shape=shape,
        lanes=lanes,
        fixed_lanes=fixed(lanes, shape, sequences),
        shares=shares(stages),
        power=power,
        fitted_kappa=worth(stages, said),
    )


def float_probabilities(lanes: list[Lane], shape: Shape, inputs: np.ndarray) -> np.ndarray:
    """(minutes, 4) of whole-number inputs (minutes, INPUTS): by the mean of the lanes' logits."""
    x = jnp.array(scaled(shape, inputs))[:, None]
    answers = jnp.mean(jnp.stack([_logits(lane, x, shape) for lane in lanes]), axis=0)
    return np.asarray(jax.nn.softmax(answers[:, 0], axis=0)).T


def float_epochs(model: Model, example: Example, vm: Worker) -> np.ndarray:
    """Probabilities (n, 4) of each epoch of a night, by the lanes in floats."""
    shape = model.shape
    inputs = network_inputs(example, shape, vm)
    found = np.zeros((len(inputs), CLASS_COUNT))
    for late in range(shape.steps_in_minute):
        cut = slice(late, None, shape.steps_in_minute)
        found[cut] = float_probabilities(model.lanes, shape, inputs[cut])
    return np.repeat(found, shape.epochs, axis=0)[: len(example.stages)]


def fixed_probabilities(
    model: Model, example: Example, vm: Worker
) -> tuple[np.ndarray, np.ndarray]:
    """(stages int8 (n,), probabilities (n, 4)) of each epoch, by the firmware in the VM."""
    given = (example.activity, example.deviation, not model.shape.is_centred)
    said = vm.call("stage:said", *given, list(model.in_firmware))
    rows = np.frombuffer(said, np.uint8).reshape(-1, 1 + len(CLASSES[4]))
    return rows[:, 0].astype(np.int8), rows[:, 1:] / _WHOLE


_logits = jax.jit(logits, static_argnums=2)


def _said_of_fitted(shape, lanes, sequences):
    """Probabilities and stages of the fitted steps that are of one stage."""
    rows, stages = [], []
    for inputs, y in sequences:
        clear = y.max(axis=1) > _MOST_OF_STEP
        rows.append(float_probabilities(lanes, shape, inputs)[clear])
        stages.append(np.array(CLASSES[4], np.int8)[y[clear].argmax(axis=1)])
    return np.concatenate(rows), np.concatenate(stages)


def _weights(lane: FixedLane) -> Iterable[bytes]:
    into, blocks, out = lane
    yield into[2]
    for reduce, _, _, taps, expand in blocks:
        yield from (reduce[2], taps, expand[2])
    yield out[2]
