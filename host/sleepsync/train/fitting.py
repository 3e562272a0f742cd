"""Fits the lanes of a committee to sequences of inputs and stages.

By seed and nothing else: no clock, no threads of its own. It never sees a person's name.
"""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from sleepsync.train.lane import Lane, logits, new_lane
from sleepsync.train.shape import (
    CLASSES,
    EPOCHS_IN_MINUTE,
    INPUTS,
    OFFSET,
    SCALE,
    Recipe,
    Shape,
)

# One night or nap: inputs, whole numbers (steps, INPUTS) as the VM gives them, and what each
# step was, shares of the classes (steps, CLASSES), all 0 where nobody scored it.
Sequence = tuple[np.ndarray, np.ndarray]

_OF_TIME = ("time", "early")  # a night's noise is of the body, not of the clock


def fit(shape: Shape, sequences: list[Sequence], seed: int) -> list[Lane]:
    """The lanes of a committee, floats, which differ by their random numbers only."""
    x, y = padded([(scaled(shape, inputs), stages) for inputs, stages in sequences])
    keys = jax.random.split(jax.random.key(seed), shape.lanes)
    fitted = [_fit_lane(shape, jnp.array(x), jnp.array(y), key) for key in keys]
    return [{name: np.asarray(value) for name, value in lane.items()} for lane in fitted]


def scaled(shape: Shape, inputs: np.ndarray) -> np.ndarray:
    """Inputs as floats of about unit size, (used, steps), of whole numbers (steps, INPUTS)."""
    used = [INPUTS.index(name) for name in shape.used]
    return (inputs[:, used] * np.array(SCALE)[used] + np.array(OFFSET)[used]).T.astype(np.float32)


def padded(sequences: list[Sequence]) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of one length, (inputs, nights, steps) and (CLASSES, nights, steps).

    A short one stays as it was at its end, without a stage. Lengths are rounded up, so that
    few programs must be compiled.
    """
    steps = -(-max(len(y) for _, y in sequences) // 100) * 100
    x = np.zeros((sequences[0][0].shape[0], len(sequences), steps), np.float32)
    stages = np.zeros((CLASSES, len(sequences), steps), np.float32)
    for i, (inputs, y) in enumerate(sequences):
        x[:, i] = np.pad(inputs, ((0, 0), (0, steps - len(y))), mode="edge")
        stages[:, i, : len(y)] = y.T
    return x, stages


@partial(jax.jit, static_argnums=0)
def _fit_lane(shape: Shape, x, y, key):
    recipe = shape.recipe
    optimiser = _optimiser(recipe)
    key, of_start = jax.random.split(key)
    lane = new_lane(of_start, shape)
    nights = min(recipe.nights * EPOCHS_IN_MINUTE, x.shape[1])

    def step(state, key):
        lane, memory = state
        of_choice, of_loss = jax.random.split(key)
        chosen = jax.random.choice(of_choice, x.shape[1], (nights,), replace=False)
        slope = jax.grad(_loss)(lane, x[:, chosen], y[:, chosen], shape, of_loss)
        change, memory = optimiser.update(slope, memory, lane)
        return (optax.apply_updates(lane, change), memory), None

    start = (lane, optimiser.init(lane))
    (lane, _), _ = jax.lax.scan(step, start, jax.random.split(key, recipe.steps))
    return lane


def _optimiser(recipe: Recipe) -> Any:
    rate = optax.cosine_onecycle_schedule(recipe.steps, recipe.rate, final_div_factor=1e4)
    return optax.adamw(rate, weight_decay=recipe.decay)


def _loss(lane, x, y, shape, key):
    """Cross entropy over the steps that somebody scored, of nights that were shaken a little."""
    recipe = shape.recipe
    of_night, of_step, of_drop = jax.random.split(key, 3)
    body = jnp.array([name not in _OF_TIME for name in shape.used])[:, None, None]
    x += jax.random.normal(of_night, (*x.shape[:2], 1)) * recipe.noise * body
    x += jax.random.normal(of_step, x.shape) * recipe.flicker
    said = jax.nn.log_softmax(logits(lane, x, shape, of_drop, recipe.dropout), axis=0)
    scored = y.sum(axis=0)
    wanted = y * (1 - recipe.smoothing) + scored * recipe.smoothing / CLASSES
    return -(wanted * said).sum() / scored.sum()
