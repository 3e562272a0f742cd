"""Alarms through everything that may befall them, against the table of docs/alarm.md: a sample.
The bench tries all of them.

`pytest tests_host/rituals/test_alarm_table.py --write-docs` writes the table, of what came of it.
"""

import random
import re

import pytest
from sleepsync.bench.alarm_cases import AWAKE, CASES, DEEP, LIGHT_SLEEP, REM
from sleepsync.bench.alarm_table import AlarmTable, rows
from sleepsync.paths import ROOT, records

PAGE = ROOT / "docs/alarm.md"
BLOCK = re.compile(r"(<!-- cases -->\n).*?(<!-- end -->)", re.DOTALL)
TRIED = 14
# An epoch is scored when that which ends 5 min after it is known.
LATE_EPOCHS = 11


@pytest.fixture(scope="module")
def table():
    with AlarmTable() as found:
        yield found


@pytest.fixture(scope="module")
def outcomes():
    """(case, what came of it), filled by the tests of the cases."""
    return []


@pytest.fixture(scope="module")
def scores(table):
    """The live scores of the shared night."""
    return table.scores()


def pytest_generate_tests(metafunc):
    """Some of the cases, the same ones each time; all of them for the page."""
    if "case" in metafunc.fixturenames:
        is_whole = metafunc.config.getoption("--write-docs")
        cases = CASES if is_whole else random.Random(1).sample(CASES, TRIED)
        metafunc.parametrize("case", cases, ids=lambda case: case.name)


def test_it_rings_as_it_must(table, outcomes, case):
    outcome = table.outcome(case)
    outcomes.append((case, outcome))
    assert outcome.problems == ()


def test_the_page_shows_what_came_of_it(request, outcomes):
    assert len(outcomes) >= TRIED, "run the whole file"
    head, line, *tried = rows(outcomes)
    if request.config.getoption("--write-docs"):
        shown = "".join(f"{row}\n" for row in (head, line, *tried))
        PAGE.write_text(BLOCK.sub(lambda found: found[1] + shown + found[2], PAGE.read_text()))
    _, *written, _ = BLOCK.search(PAGE.read_text())[0].splitlines()
    assert written[:2] == [head, line]
    assert len(written) == len(CASES) + 2
    assert set(tried) <= set(written)


@pytest.mark.parametrize(
    ("span", "stages"),
    [
        (DEEP, {records.DEEP}),
        (REM, {records.REM}),
        (LIGHT_SLEEP, {records.LIGHT}),
        (AWAKE, {records.WAKE}),
    ],
    ids=["deep", "REM", "light", "awake"],
)
def test_the_shared_night_is_scored_as_its_cases_take_it(scores, span, stages):
    """By what the puck knows at minutes `span`."""
    first, last = (round(minute * 2) - LATE_EPOCHS for minute in span)
    assert {score.stage for score in scores if first <= score.index <= last} == stages


def test_cases_have_names_of_their_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 40
