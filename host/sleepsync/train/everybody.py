"""Both models of all people: what the puck is given."""

from collections.abc import Callable

from sleepsync.people import Person
from sleepsync.train.examples import examples, sequences
from sleepsync.train.model import Model, train
from sleepsync.train.shape import SHAPES
from sleepsync.vm import Worker


def train_all(people: list[Person], seed: int, say: Callable[[str], None]) -> list[Model]:
    """A model of each score; `say` hears what was done, once a person and once a score."""
    models = []
    for shape in SHAPES.values():
        cut = []
        with Worker() as vm:
            for person in people:
                for night in examples(person, shape, vm):
                    cut += sequences(night, shape, vm)
                say(f"{shape.score}: {person.name}")
        models.append(train(shape, cut, seed))
        say(f"{shape.score}: fitted")
    return models
