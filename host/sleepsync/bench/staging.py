"""The area `staging`: how well sleep is staged, leaving one person out, and what it costs."""

import time
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from sleepsync.bench import kernels
from sleepsync.bench.figure import Figure
from sleepsync.bench.outcomes import figures_of
from sleepsync.evaluate.agreement import agreement
from sleepsync.evaluate.outcome import CLASSES, KINDS, Outcome
from sleepsync.vm import Worker

KAPPA_GOALS = {
    "live": {2: 0.56, 3: 0.44, 4: 0.40},
    "morning": {2: 0.55, 3: 0.50, 4: 0.45},
}
MODEL_BYTES, MODEL_RAM_BYTES = 24 * 1024, 8 * 1024
_ECE, _FIXED_LOSS, _EPOCHS_PER_S = 0.08, 0.01, 1000
_SPEED_EPOCHS = 4000
_LONGEST_NIGHT_EPOCHS = 16 * 120

# Of the people whom all goals are set by; other sets have none.
GOALS = {
    f"staging.kappa{k}.{score}.fixed": f">={goal}"
    for score, goals in KAPPA_GOALS.items()
    for k, goal in goals.items()
} | {f"staging.ece.{score}.fixed": f"<={_ECE}" for score in KAPPA_GOALS}


def figures() -> Iterator[Figure]:
    """Every figure of staging; about a quarter of an hour, nearly all of it fitting."""
    from sleepsync.evaluate.run import evaluate  # JAX takes seconds to load

    yield from _cost()
    yield from kernels.figures()
    floats: dict[tuple, Outcome] = {}
    heard: list[Outcome] = []
    for judged in evaluate():
        outcome = judged.outcome
        heard.append(outcome)
        yield from figures_of(outcome, GOALS, judged.limits)
        if outcome.kind == "float":
            floats[outcome.set, outcome.score] = outcome
        if outcome.kind == "fixed":
            yield from _losses(floats[outcome.set, outcome.score], outcome)
    yield from above_peers(heard)


def above_peers(heard: Iterable[Outcome]) -> Iterator[Figure]:
    """How far each fixed score is above the best peer of the same people."""
    every = list(heard)
    for fixed in (outcome for outcome in every if outcome.kind == "fixed"):
        rivals = [o for o in every if o.set == fixed.set and o.kind not in KINDS]
        for k in sorted(CLASSES, reverse=True) if rivals else ():
            best = max(agreement(rival, k).kappa for rival in rivals)
            above = agreement(fixed, k).kappa - best
            yield Figure(f"staging.above_peers{k}.{fixed.score}", above, "kappa", ">=0")


def _losses(as_float: Outcome, fixed: Outcome) -> Iterator[Figure]:
    """What fixed point costs."""
    tail = fixed.score if fixed.set == "sleep_accel_features" else f"{fixed.score}.{fixed.set}"
    for k in sorted(CLASSES, reverse=True):
        loss = agreement(as_float, k).kappa - agreement(fixed, k).kappa
        yield Figure(f"staging.fixed_loss{k}.{tail}", loss, "kappa", f"<={_FIXED_LOSS}")


def _cost() -> Iterator[Figure]:
    with Worker() as vm:
        yield Figure(
            "staging.model_bytes", vm.call("stage:constant_bytes"), "B", f"<={MODEL_BYTES}"
        )
        for score in KAPPA_GOALS:
            ram = vm.call("stage:ram_bytes", score == "live", _LONGEST_NIGHT_EPOCHS)
            yield Figure(f"staging.model_ram_bytes.{score}", ram, "B", f"<={MODEL_RAM_BYTES}")
        for score in KAPPA_GOALS:
            speed = epochs_per_s(vm, score)
            yield Figure(f"staging.epochs_per_s.{score}", speed, "1/s", f">={_EPOCHS_PER_S}")


def epochs_per_s(vm: Worker, score: str) -> float:
    """Epochs staged in a second by the VM on this machine, features given."""
    random = np.random.default_rng(1)
    activity = array("i", random.integers(0, 5000, _SPEED_EPOCHS).tolist())
    deviation = array("i", random.integers(0, 500, _SPEED_EPOCHS).tolist())
    begin_s = time.perf_counter()
    vm.call("stage:said", activity, deviation, score == "live")
    return _SPEED_EPOCHS / (time.perf_counter() - begin_s)
