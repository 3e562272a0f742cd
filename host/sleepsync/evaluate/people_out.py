"""Leaves one person out at a time: who is scored by a model that learned from all others.

The float network and the firmware's, in the VM, are heard on the same epochs. It must never
let a person's own night reach what scores it: fitting, ranges, leaning and all.
"""

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

from sleepsync.evaluate.outcome import CLASSES, KINDS, Outcome, PersonOutcome
from sleepsync.paths import records
from sleepsync.people import Person
from sleepsync.train.examples import Example, examples, sequences
from sleepsync.train.fitting import Sequence
from sleepsync.train.leaning import answers_by
from sleepsync.train.model import Model, fixed_probabilities, float_epochs, train
from sleepsync.train.shape import SEED, Shape
from sleepsync.vm import Worker

_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"  # each process has a core to itself

Said = dict[str, PersonOutcome]  # by kind


@dataclass(frozen=True)
class _Task:
    """People left out together, {name: nights}, and what the others gave to learn from."""

    left_out: dict[str, list[Example]]
    shape: Shape
    others: list[Sequence]


def people_out(
    set_: str,
    people: list[Person],
    shape: Shape,
    say: Callable[[str], None] = lambda line: None,
    jobs: int = 2,
    at_once: int = 1,
    learn_from: int | None = None,
) -> list[Outcome]:
    """Outcomes of a score, one of each of `KINDS`; `say` hears who is done.

    `at_once`: so many people are left out together: quicker, and there is less to learn from.
    `learn_from`: no more than so many of the others, chosen by seed.
    ValueError if there are fewer than two people.
    """
    if len(people) < 2:
        raise ValueError(f"{set_}: to leave one person out takes two or more, not {len(people)}")
    os.environ.setdefault("XLA_FLAGS", _ONE_THREAD)
    context = multiprocessing.get_context("spawn")
    tasks = _tasks(people, shape, at_once, learn_from)
    said: list[Said] = []
    with ProcessPoolExecutor(jobs, context) as pool:
        for task, found in zip(tasks, pool.map(_judge, tasks), strict=True):
            said += found
            say(f"{shape.score}: {', '.join(task.left_out)}")
    return [
        Outcome(set_, shape.score, kind, tuple(found[kind] for found in said)) for kind in KINDS
    ]


def _tasks(
    people: list[Person], shape: Shape, at_once: int = 1, learn_from: int | None = None
) -> list[_Task]:
    with Worker() as vm:
        nights = {person.name: examples(person, shape, vm) for person in people}
        cut = {
            name: [s for night in row for s in sequences(night, shape, vm)]
            for name, row in nights.items()
        }
    names = list(nights)
    groups = [names[i : i + at_once] for i in range(0, len(names), at_once)]
    chance = np.random.default_rng(SEED)
    return [
        _Task(
            {name: nights[name] for name in group}, shape, _learnt(cut, group, learn_from, chance)
        )
        for group in groups
    ]


def _learnt(cut, left_out, most, chance) -> list[Sequence]:
    """What the others gave, or some of them, in the order of everybody."""
    others = [name for name in cut if name not in left_out]
    if most is not None and most < len(others):
        chosen = set(chance.choice(others, most, replace=False))
        others = [name for name in others if name in chosen]
    return [sequence for name in others for sequence in cut[name]]


def _judge(task: _Task) -> list[Said]:
    model = train(task.shape, task.others, SEED)
    with Worker() as vm:
        return [_said(name, nights, model, vm) for name, nights in task.left_out.items()]


def _said(name: str, nights: list[Example], model: Model, vm: Worker) -> Said:
    heard = [_heard(model, night, vm) for night in nights]
    true = np.concatenate([night.stages for night in nights])
    return {kind: _outcome(name, model, true, [h[kind] for h in heard]) for kind in KINDS}


def _heard(model: Model, night: Example, vm: Worker) -> dict[str, tuple]:
    """By kind: (stage of each epoch or None, probabilities)."""
    return {
        "float": (None, float_epochs(model, night, vm)),
        "fixed": fixed_probabilities(model, night, vm),
    }


def _outcome(person, model, true, nights):
    scored = true != records.UNKNOWN
    probabilities = np.concatenate([rows for _, rows in nights])[scored]
    said = answers_by(probabilities, model.shares, model.power)
    if nights[0][0] is not None:  # the puck has said the four itself
        said[max(CLASSES)] = np.concatenate([stages for stages, _ in nights])[scored]
    return PersonOutcome(person, true[scored], said, probabilities)
