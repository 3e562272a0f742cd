"""One lane of the network in floats, as JAX sees it. `firmware/stages/network.py` is its like.

Arrays are (channels, nights, steps).
"""

from typing import Any

import jax
import jax.numpy as jnp

from sleepsync.train.shape import CLASSES, Shape

Lane = dict[str, Any]  # names as in `new_lane`, arrays (outputs, inputs) or (outputs,)


def new_lane(key: jax.Array, shape: Shape) -> Lane:
    """Weights to start from, uniform within 1 / sqrt(inputs)."""
    sizes = {"into": (shape.channels, len(shape.used)), "out": (CLASSES, shape.channels)}
    for i in range(len(shape.dilations)):
        sizes[f"reduce{i}"] = (shape.few, shape.channels)
        sizes[f"taps{i}"] = (shape.few, shape.taps)
        sizes[f"expand{i}"] = (shape.channels, shape.few)
    lane: Lane = {}
    for name, (outputs, inputs) in sizes.items():
        key, of_weights, of_bias = jax.random.split(key, 3)
        lane[name] = _uniform(of_weights, (outputs, inputs), inputs)
        if not name.startswith("taps"):
            lane[f"{name}_bias"] = _uniform(of_bias, (outputs,), inputs)
    return lane


def logits(
    lane: Lane, x: jax.Array, shape: Shape, key: jax.Array | None = None, dropout: float = 0.0
) -> jax.Array:
    """Of inputs (inputs, nights, steps) the answers (CLASSES, nights, steps), natural logarithms.

    With `key`, channels are dropped for a night at a time.
    """
    h = jax.nn.relu(dense(lane, "into", x))
    for i, dilation in enumerate(shape.dilations):
        key, kept = _drop(key, h, dropout)
        few = jax.nn.relu(dense(lane, f"reduce{i}", kept))
        h += jax.nn.relu(
            dense(lane, f"expand{i}", convolved(lane[f"taps{i}"], few, shape, dilation))
        )
    key, h = _drop(key, h, dropout)
    return dense(lane, "out", h)


def convolved(taps: jax.Array, few: jax.Array, shape: Shape, dilation: int) -> jax.Array:
    """Each channel's own convolution; beyond its ends a night stays as it is there."""
    steps = few.shape[2]
    ahead = shape.ahead(dilation)
    before = (shape.taps - 1) * dilation - ahead
    wide = jnp.pad(few, ((0, 0), (0, 0), (before, ahead)), mode="edge")
    reach = range(shape.taps)
    parts = [
        wide[:, :, k * dilation : k * dilation + steps] * taps[:, k, None, None] for k in reach
    ]
    return sum(parts[1:], parts[0])


def _uniform(key, size, inputs):
    return jax.random.uniform(key, size, minval=-1, maxval=1) / jnp.sqrt(inputs)


def dense(lane: Lane, name: str, x: jax.Array) -> jax.Array:
    """A dense layer over the channels."""
    return jnp.tensordot(lane[name], x, 1) + lane[f"{name}_bias"][:, None, None]


def _drop(key, h, share):
    if key is None:
        return None, h
    key, of_mask = jax.random.split(key)
    kept = jax.random.bernoulli(of_mask, 1 - share, (*h.shape[:2], 1))
    return key, jnp.where(kept, h / (1 - share), 0)
