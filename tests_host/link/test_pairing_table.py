"""Who may pair, and who may not, against the table of docs/pairing.md.

`pytest tests_host/link/test_pairing_table.py --write-docs` writes the table, of what came of it.
"""

import asyncio
import re

import pytest
from sleepsync.bench.pairing import CASES, outcomes
from sleepsync.paths import ROOT

PAGE = ROOT / "docs/pairing.md"
BLOCK = re.compile(r"(<!-- cases -->\n).*?(<!-- end -->)", re.DOTALL)


@pytest.fixture(scope="module")
def came():
    """{name of a case: what came of it}."""
    return asyncio.run(outcomes(CASES))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_only_those_are_let_in_who_should_be(came, case):
    assert came[case.name] == case.expected


def test_the_page_shows_what_came_of_it(request, came):
    rows = ["| what happens | what comes of it |", "|---|---|"]
    rows += [f"| {case.name} | {came[case.name]} |" for case in CASES]
    shown = "".join(f"{row}\n" for row in rows)
    if request.config.getoption("--write-docs"):
        PAGE.write_text(BLOCK.sub(lambda found: found[1] + shown + found[2], PAGE.read_text()))
    assert BLOCK.search(PAGE.read_text())[0] == f"<!-- cases -->\n{shown}<!-- end -->"
