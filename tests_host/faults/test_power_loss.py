"""Power lost in whatever the puck does with its flash: a seeded sample of what `make bench` counts
whole, and the page that shows it.
"""

import random

import pytest
from page_blocks import is_shown, table
from sleepsync.bench import power_loss
from sleepsync.bench.power_loss import DEEDS, Rig
from sleepsync.build import build
from sleepsync.flash import started_flash_image

SAMPLE = 10
TWICE = 3  # of them are cut again, while the next start mends what the first cut has left
SEED = 11
WORDS = {
    "append": "half of a night, batch by batch",
    "rotation": "a night ends, the next begins, the oldest of 31 makes room",
    "full": "batches on a flash that is full: old nights make room",
    "settings": "every setting, three times over",
    "standing": "consents, off switch and the armed alarm, 39 times",
    "bonds": "four phones are paired, one is forgotten, one pairs anew",
    "boots": "32 starts are counted, crashes are kept",
    "update": "an update, to its commit",
    "update_taken_back": "an update that is not well is taken back",
    "erase": "everything personal is erased",
}


@pytest.fixture(scope="module")
def sampled():
    """{deed: `Outcome` of a few of its operations, each torn in two ways}."""
    draw, outcomes = random.Random(SEED), {}
    for deed in DEEDS:
        with Rig(deed) as rig:
            every = range(1, rig.operations + 1)
            some = draw.sample(every, min(SAMPLE, rig.operations))
            outcomes[deed] = rig.cut(some, draw.sample(power_loss.SEEDS, 2))
            outcomes[deed].failed += rig.cut_twice(some[:TWICE]).failed
    return outcomes


@pytest.mark.parametrize("deed", DEEDS)
def test_the_puck_starts_and_keeps_what_was_committed(sampled, deed):
    assert sampled[deed].failed == []
    assert len(sampled[deed].points) >= SAMPLE


def test_what_was_tried_is_on_the_page(sampled, request):
    rows = [
        (WORDS[deed], min(SAMPLE, outcome.operations), len(outcome.failed))
        for deed, outcome in sampled.items()
    ]
    head = ("what the puck does", "operations cut, each in two ways", "not survived")
    assert is_shown(request, "reliability", "power cuts", table(head, rows))


def test_an_operation_that_is_torn_alike_is_one_point():
    with Rig("bonds") as rig:
        once, again = rig.cut([3], (2,)), rig.cut([3, 3], (2, 2))
    assert len(once.points) == len(again.points) == 1


HALF = """
from deeds.deed import Deed, demand

class Half(Deed):
    def act(self):
        with open("/data/x", "wb") as file:
            file.write(b"half")
        with open("/data/x", "ab") as file:
            file.write(b" done")

    def check(self):
        demand(open("/data/x").read() == "half done", "it is half done")
"""


def test_a_deed_that_is_not_safe_is_found_out(run_in, tmp_path):
    """What is written in two steps without minding the cut between them."""
    where = str(tmp_path / "image"), str(build("unix"))
    (tmp_path / "image").write_bytes(started_flash_image())
    lines = f"""
from cuts import Cuts
cuts = Cuts(*{where!r}, Half())
result = [cuts.cut(n, 2)[1] for n in range(1, cuts.operations() + 1)]
"""
    wrong = run_in(HALF + lines)
    assert "lost: it is half done" in wrong
