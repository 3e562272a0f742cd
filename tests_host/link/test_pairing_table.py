"""Who may pair, and who may not, against the table of docs/pairing.md: a sample of its cases, all
of which `make bench AREA=link` tries.

`pytest tests_host/link/test_pairing_table.py --write-docs` writes the table, of what came of it.
"""

import asyncio
import random
import re

import pytest
from sleepsync.bench.pairing import CASES, outcomes
from sleepsync.paths import ROOT

PAGE = ROOT / "docs/pairing.md"
BLOCK = re.compile(r"(<!-- cases -->\n).*?(<!-- end -->)", re.DOTALL)


TRIED = 12


def tried(config):
    """Some of the cases, the same ones each time; all of them for the page."""
    return CASES if config.getoption("--write-docs") else random.Random(1).sample(CASES, TRIED)


@pytest.fixture(scope="module")
def came(request):
    """{name of a case: what came of it}."""
    return asyncio.run(outcomes(tried(request.config)))


def pytest_generate_tests(metafunc):
    """A test for each case that is tried."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", tried(metafunc.config), ids=lambda case: case.name)


def test_only_those_are_let_in_who_should_be(came, case):
    assert came[case.name] == case.expected


def test_the_page_shows_what_came_of_it(request, came):
    rows = [f"| {case.name} | {came.get(case.name, case.expected)} |" for case in CASES]
    shown = "".join(
        f"{row}\n" for row in ["| what happens | what comes of it |", "|---|---|", *rows]
    )
    if request.config.getoption("--write-docs"):
        PAGE.write_text(BLOCK.sub(lambda found: found[1] + shown + found[2], PAGE.read_text()))
    assert BLOCK.search(PAGE.read_text())[0] == f"<!-- cases -->\n{shown}<!-- end -->"
