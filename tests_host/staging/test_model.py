"""The model in the repository is one that `sleepsync train` has written, and fits the puck."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import made_networks
import pytest
from sleepsync.people import people
from sleepsync.train import source
from sleepsync.train.command import DEFAULT_SET
from sleepsync.train.fingerprint import fingerprint
from sleepsync.train.shape import CLASSES, INPUTS, SHAPES

CONSTANT_BYTES = 24 * 1024
RAM_BYTES = 8 * 1024
TEXT = Path(source.PATH).read_text()
TOLD = re.compile(
    r"written by `(?P<command>sleepsync train.*)`, never by hand\.\n\n"
    r"Learned from "
    r"(?P<people>(?P<persons>\d+) people, (?P<nights>\d+) nights, of (?P<sets>.+?))\.\n"
    r"(?P<bytes>[\d,]+) bytes of weights; trainer (?P<trainer>[0-9a-f]{12})\."
)

LONGEST_NIGHT_EPOCHS = 16 * 120


@pytest.fixture(scope="module")
def scores():
    """{name: (leaning, lanes)} as the file's text has them."""
    _, *assigned = ast.parse(TEXT).body
    return {a.targets[0].id: ast.literal_eval(a.value) for a in assigned}


@pytest.fixture(scope="module")
def told():
    """What the file says of itself."""
    return TOLD.search(ast.get_docstring(ast.parse(TEXT)))


def test_it_holds_a_model_of_each_score(scores):
    assert list(scores) == [name.upper() for name in SHAPES]


@pytest.mark.parametrize("score", SHAPES)
def test_a_model_has_the_shape_that_training_gives_it(scores, score):
    shape, (leaning, lanes) = SHAPES[score], scores[score.upper()]
    assert len(leaning) == CLASSES and min(leaning) == 0
    assert len(lanes) == shape.lanes
    for into, blocks, out in lanes:
        assert size(into) == (shape.channels, len(INPUTS))
        assert size(out) == (CLASSES, shape.channels)
        assert [block[1] for block in blocks] == [
            d * shape.steps_in_minute for d in shape.dilations
        ]
        for dilation, (reduce, _, ahead, taps, expand) in zip(shape.dilations, blocks, strict=True):
            assert size(reduce) == size(expand)[::-1] == (shape.few, shape.channels)
            assert len(taps) == shape.few * shape.taps
            assert ahead == shape.ahead(dilation) * shape.steps_in_minute


def size(layer):
    """(outputs, inputs)."""
    outputs, _, weights = layer
    assert len(weights) % outputs == 0
    return outputs, len(weights) // outputs - made_networks.BIAS_BYTES


def test_the_live_model_looks_at_nothing_ahead(scores):
    assert {block[2] for _, blocks, _ in scores["LIVE"][1] for block in blocks} == {0}


def test_its_text_is_what_training_writes_of_its_numbers(scores, told):
    """Nobody has touched it: not a line, and no count in its docstring, is otherwise."""
    models = [
        SimpleNamespace(
            shape=shape,
            in_firmware=scores[name.upper()],
            constant_bytes=sum(map(len, made_networks.weights(scores[name.upper()][1]))),
        )
        for name, shape in SHAPES.items()
    ]
    assert source.source(models, told["command"], told["people"]) == TEXT


def test_the_people_it_names_are_those_of_its_command(data, told):
    words = told["command"].split()[2:]
    sets = [word for word in words if not word.startswith("--") and not word.isdigit()]
    assert told["sets"].split(", ") == (sets or [DEFAULT_SET])
    everybody = [person for name in sets or [DEFAULT_SET] for person in people(name, data)]
    assert int(told["persons"]) == len(everybody)
    assert int(told["nights"]) == sum(len(person.nights) for person in everybody)


def test_it_is_of_the_present_trainer(told):
    """Else: `sleepsync train`, and `sleepsync evaluate --write-card` for the page's figures."""
    assert told["trainer"] == fingerprint()


def test_it_keeps_to_its_budgets(worker, scores):
    """Constants of both scores together; what each works with by itself."""
    constants = worker.call("stage:constant_bytes")
    weights = [made_networks.weights(lanes) for _, lanes in scores.values()]
    assert constants == sum(len(part) for parts in weights for part in parts) <= CONSTANT_BYTES
    for score in SHAPES:
        ram = worker.call("stage:ram_bytes", score == "live", LONGEST_NIGHT_EPOCHS)
        assert remembered(score, scores[score.upper()][1]) < ram <= RAM_BYTES, score


def remembered(score, lanes):
    """Bytes that a score cannot do without: of all lanes, or in the morning of one and the odds."""
    rings = [ring_bytes(blocks) for _, blocks, _ in lanes]
    return sum(rings) if score == "live" else max(rings) + LONGEST_NIGHT_EPOCHS // 2 * 3


def ring_bytes(blocks):
    """Of a lane's blocks: what its taps look at, and what is held back until they can."""
    return sum((len(b[3]) // b[0][0] - 1) * b[1] * b[0][0] + b[2] * b[4][0] for b in blocks)
