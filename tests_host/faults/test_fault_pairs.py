"""Two faults at a time: the alarm rings, the journal replays, the report names what was missing.

A sample of the pairs that `make bench AREA=faults` has sixty of. `pytest
tests_host/faults/test_fault_pairs.py --write-docs` writes what came of them.
"""

import random

import pytest
from page_blocks import is_shown, table
from sleepsync.bench.fault_pairs import PAIRS, pair, problems, unnamed
from sleepsync.bench.soak_faults import Fault
from sleepsync.simulate import run_puck

pytestmark = pytest.mark.faults
TRIED = sorted(random.Random(11).sample(range(PAIRS), 2))


@pytest.fixture(scope="module")
def came():
    return {number: problems(pair(number)) for number in TRIED}


def test_it_rings_replays_and_names_what_was_missing(came):
    assert came == dict.fromkeys(TRIED, ())


def test_the_page_shows_what_came_of_it(request, came):
    rows = [(pair(n), "; ".join(came[n]) or "rings, replays, is named") for n in TRIED]
    text = table(("faults", "what came of them"), rows)
    assert is_shown(request, "reliability", "pairs", text)


def test_the_pairs_are_of_all_parts_and_times():
    pairs = [pair(number) for number in range(PAIRS)]
    assert len({frozenset(its.faults) for its in pairs}) == PAIRS
    assert len({fault.part for its in pairs for fault in its.faults}) == 9
    assert len({its.span for its in pairs}) == 3


def test_a_part_that_nobody_misses_is_seen(short):
    """The judge must not take a sensor that works for one that was missed."""
    run_puck(short, fault="pulse:absent:0:600")
    pulse, motion = Fault("pulse", "absent", 0, 600), Fault("motion", "absent", 0, 600)
    assert list(unnamed([pulse, motion], short)) == ["the motion sensor is not missed"]
