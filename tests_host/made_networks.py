"""Small sleep networks with random weights, and the same network written anew in numpy.

The reference sees the whole night at once and knows nothing of rings and delays: it is read
from the layout that `firmware/stages/model.py` tells. Its integers are as wide as they need.
"""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

CLASSES = 4
BIAS_BYTES, BIAS_OFFSET = 3, 1 << 23
MOST_SUM = 1 << 23  # of the sizes of what goes into a dense layer
MOST = 255  # of what is remembered


@dataclass(frozen=True)
class Plan:
    """How large a network is."""

    lanes: int
    inputs: int
    channels: int
    few: int
    taps: int
    dilations: tuple[int, ...]
    is_centred: bool

    def ahead(self, dilation):
        """Steps that a block looks ahead."""
        return (self.taps - 1) // 2 * dilation if self.is_centred else 0


plans = st.builds(
    Plan,
    lanes=st.integers(1, 3),
    inputs=st.sampled_from([2, 4, 6]),
    channels=st.sampled_from([2, 4, 6]),
    few=st.sampled_from([2, 4]),
    taps=st.sampled_from([1, 3, 5]),
    dilations=st.lists(st.integers(1, 5), max_size=3).map(tuple),
    is_centred=st.booleans(),
)


# -- random weights


def network(plan, rng):
    """The lanes of a score, as model.py has them, whose channels fill and overfill a byte."""
    return tuple(_lane(plan, rng) for _ in range(plan.lanes))


def night(plan, steps, rng):
    """Inputs (steps, inputs) of a night, some below 0."""
    return rng.integers(-200, 2000, (steps, plan.inputs))


def _lane(plan, rng):
    blocks = tuple(_block(plan, dilation, rng) for dilation in plan.dilations)
    return (
        _layer(plan.channels, plan.inputs, 10, rng),
        blocks,
        _layer(CLASSES, plan.channels, int(rng.integers(0, 21)), rng),
    )


def _block(plan, dilation, rng):
    taps = rng.integers(0, 256, (plan.taps, plan.few)).astype(np.uint8).tobytes()
    reduce = _layer(plan.few, plan.channels, 7, rng)
    return reduce, dilation, plan.ahead(dilation), taps, _layer(plan.channels, plan.few, 13, rng)


def _layer(outputs, inputs, shift, rng):
    biases = rng.integers(-20 << shift, 150 << shift, outputs) + BIAS_OFFSET
    weights = rng.integers(0, 256, (outputs, inputs)).astype(np.uint8)
    rows = [
        int(np.clip(b, 0, (1 << 24) - 1)).to_bytes(BIAS_BYTES, "little") + row.tobytes()
        for b, row in zip(biases, weights, strict=True)
    ]
    return outputs, shift, b"".join(rows)


def weights(lanes):
    """All weights of a score's lanes, bytes."""
    for into, blocks, out in lanes:
        yield from (into[2], out[2])
        for reduce, _, _, taps, expand in blocks:
            yield from (reduce[2], taps, expand[2])


# -- the network, written anew


def answers(lanes, x):
    """The committee's answers (steps, CLASSES) to a whole night's inputs (steps, inputs)."""
    return sum(_answers_of_lane(lane, np.asarray(x, np.int64)) for lane in lanes)


def _answers_of_lane(lane, x):
    into, blocks, out = lane
    channels = _relu(dense(into, x))
    for reduce, dilation, ahead, taps, expand in blocks:
        few = np.minimum(_relu(dense(reduce, channels)), MOST)
        sums = _convolved(few, taps, dilation, ahead)
        kept = np.minimum(channels, MOST) if ahead else channels
        channels = kept + _relu(dense(expand, sums))
    return dense(out, channels)


def dense(layer, x):
    """A layer's answers (steps, outputs) to x (steps, inputs)."""
    outputs, shift, packed = layer
    rows = np.frombuffer(bytes(packed), np.uint8).astype(np.int64).reshape(outputs, -1)
    bias = rows[:, 0] + (rows[:, 1] << 8) + (rows[:, 2] << 16) - BIAS_OFFSET
    assert abs(x).sum(axis=1).max() < MOST_SUM
    return (bias + x @ (rows[:, BIAS_BYTES:] - 128).T) >> shift


def _convolved(few, packed, dilation, ahead):
    """Each of the few by its own taps, the oldest first; the night's ends go on for ever."""
    taps = np.frombuffer(bytes(packed), np.uint8).astype(np.int64).reshape(-1, few.shape[1]) - 128
    reach = (len(taps) - 1) * dilation
    wide = np.pad(few, ((reach - ahead, ahead), (0, 0)), mode="edge")
    starts = range(0, reach + 1, dilation)
    return sum(tap * wide[at : at + len(few)] for tap, at in zip(taps, starts, strict=True))


def _relu(x):
    return np.maximum(x, 0)
