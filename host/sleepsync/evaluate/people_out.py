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

from sleepsync.evaluate.outcome import CLASSES, Outcome, PersonOutcome
from sleepsync.paths import records
from sleepsync.people import Person
from sleepsync.train.examples import Example, examples, sequences
from sleepsync.train.fitting import Sequence
from sleepsync.train.leaning import answers_by
from sleepsync.train.model import Model, fixed_probabilities, float_epochs, train
from sleepsync.train.shape import SEED, Shape
from sleepsync.vm import Worker

KINDS = ("float", "fixed")
_ONE_THREAD = "--xla_cpu_multi_thread_eigen=false"  # each process has a core to itself

Said = dict[str, PersonOutcome]  # by kind


@dataclass(frozen=True)
class _Task:
    """One person out."""

    person: str
    shape: Shape
    nights: list[Example]
    others: list[Sequence]


def people_out(
    set_: str,
    people: list[Person],
    shape: Shape,
    say: Callable[[str], None] = lambda line: None,
    jobs: int = 2,
) -> list[Outcome]:
    """Outcomes of a score, one of each of `KINDS`; `say` hears each person's name when done.

    ValueError if there are fewer than two people.
    """
    if len(people) < 2:
        raise ValueError(f"{set_}: to leave one person out takes two or more, not {len(people)}")
    os.environ.setdefault("XLA_FLAGS", _ONE_THREAD)
    context = multiprocessing.get_context("spawn")
    said: list[Said] = []
    with ProcessPoolExecutor(jobs, context) as pool:
        for person, found in zip(people, pool.map(_judge, _tasks(people, shape)), strict=True):
            said.append(found)
            say(f"{shape.score}: {person.name}")
    return [
        Outcome(set_, shape.score, kind, tuple(found[kind] for found in said)) for kind in KINDS
    ]


def _tasks(people: list[Person], shape: Shape) -> list[_Task]:
    with Worker() as vm:
        nights = [examples(person, shape, vm) for person in people]
        cut = [[s for night in row for s in sequences(night, shape, vm)] for row in nights]
    everybody = enumerate(people)
    return [_Task(person.name, shape, nights[i], [*_all_but(cut, i)]) for i, person in everybody]


def _all_but(rows, left_out):
    for i, row in enumerate(rows):
        if i != left_out:
            yield from row


def _judge(task: _Task) -> Said:
    model = train(task.shape, task.others, SEED)
    with Worker() as vm:
        heard = [_heard(model, night, vm) for night in task.nights]
    true = np.concatenate([night.stages for night in task.nights])
    return {kind: _outcome(task.person, model, true, [h[kind] for h in heard]) for kind in KINDS}


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
