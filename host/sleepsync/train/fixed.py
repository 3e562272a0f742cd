"""From a lane in floats to the integers of `firmware/stages/model.py`, by the range it uses.

ReLU lets every channel be scaled by itself, so each is made to fill a byte over the nights
it was fitted to. Weights are int8 with a shift for each layer.
"""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from sleepsync.train.fitting import Sequence, padded, scaled
from sleepsync.train.lane import Lane, convolved, dense
from sleepsync.train.shape import CLASSES, INPUTS, OFFSET, SCALE, Shape

# As Network wants them: (outputs, shift, bytes); (reduce, dilation, ahead, taps, expand).
Dense = tuple[int, int, bytes]
Block = tuple[Dense, int, int, bytes, Dense]
FixedLane = tuple[Dense, tuple[Block, ...], Dense]

_FULL = 250.0  # of a byte: what the fitted nights fill, so that others have some room
_PERCENTILE, _QUIETEST = 99.9, 0.03
_MOST_WEIGHT, _MOST_SHIFT = 127, 20
_BIAS_OFFSET, _BIAS_BYTES = 1 << 23, 3
_ANSWER_UNIT = 256 / np.log(2)  # answers are 256 log2


@dataclass(frozen=True)
class _Ranges:
    """The most that each channel of a lane reaches."""

    channels: np.ndarray
    few: list[np.ndarray]


def fixed(lanes: list[Lane], shape: Shape, sequences: list[Sequence]) -> tuple[FixedLane, ...]:
    """A committee in integers; `sequences`: those it was fitted to.

    Its answers are the sum over the lanes, so each lane's are divided by their number.
    """
    x, _ = padded([(scaled(shape, inputs), y) for inputs, y in sequences])
    return tuple(_fixed_lane(lane, shape, jnp.array(x)) for lane in lanes)


def _fixed_lane(lane, shape, x):
    ranges = _ranges(lane, shape, x)
    wide = _FULL / ranges.channels
    blocks = []
    for i, dilation in enumerate(shape.dilations):
        few = _FULL / ranges.few[i]
        taps = _MOST_WEIGHT / np.maximum(abs(lane[f"taps{i}"]).max(axis=1), 1e-6)
        whole_taps = np.rint(lane[f"taps{i}"] * taps[:, None]).astype(int)
        reduce = _dense(lane[f"reduce{i}"], lane[f"reduce{i}_bias"], few, wide)
        expand = _dense(lane[f"expand{i}"], lane[f"expand{i}_bias"], wide, few * taps)
        packed = (whole_taps.T + 128).astype(np.uint8).tobytes()
        steps = shape.steps_in_minute
        blocks.append((reduce, dilation * steps, shape.ahead(dilation) * steps, packed, expand))
    answers = np.full(CLASSES, _ANSWER_UNIT / shape.lanes)
    out = _dense(lane["out"], lane["out_bias"], answers, wide)
    return _into(lane, shape, wide), tuple(blocks), out


def _into(lane, shape, wide) -> Dense:
    """The first layer takes the firmware's whole numbers, and has a weight for each of them."""
    used = [INPUTS.index(name) for name in shape.used]
    weights = np.zeros((shape.channels, len(INPUTS)))
    weights[:, used] = lane["into"]
    bias = lane["into_bias"] + weights @ np.array(OFFSET)
    return _dense(weights * np.array(SCALE), bias, wide, np.ones(len(INPUTS)))


def _dense(weights, bias, outputs, inputs) -> Dense:
    """A layer whose outputs and inputs are scaled so; bias and half a unit in one number."""
    scaled_weights = weights * outputs[:, None] / inputs
    shift = _shift(abs(scaled_weights).max(), abs(bias * outputs).max() + 0.5)
    whole = np.rint(scaled_weights * 2**shift).astype(int)
    whole_bias = np.rint(bias * outputs * 2**shift + 2**shift / 2).astype(int) + _BIAS_OFFSET
    rows = [
        int(b).to_bytes(_BIAS_BYTES, "little") + (row + 128).astype(np.uint8).tobytes()
        for b, row in zip(whole_bias, whole, strict=True)
    ]
    return len(rows), shift, b"".join(rows)


def _shift(most, most_bias):
    """The most by which a layer can be shifted: weights stay int8, biases 24 bits."""
    room = min((_MOST_WEIGHT + 0.49) / most, (_BIAS_OFFSET - 1) / most_bias)
    return int(np.clip(np.floor(np.log2(room)), 0, _MOST_SHIFT))


def _ranges(lane: Lane, shape: Shape, x: jax.Array) -> _Ranges:
    h = jax.nn.relu(dense(lane, "into", x))
    most, few_most = _most(h), []
    for i, dilation in enumerate(shape.dilations):
        few = jax.nn.relu(dense(lane, f"reduce{i}", h))
        few_most.append(_most(few))
        taken = convolved(lane[f"taps{i}"], few, shape, dilation)
        h += jax.nn.relu(dense(lane, f"expand{i}", taken))
        most = np.maximum(most, _most(h))
    return _Ranges(most, few_most)


def _most(h):
    """Of each channel nearly the most, since a rare one may saturate.

    A channel that hardly moves is not blown up, or it would take the others' precision.
    """
    most = np.percentile(np.asarray(h).reshape(len(h), -1), _PERCENTILE, axis=1)
    return np.maximum(most, most.max() * _QUIETEST)
