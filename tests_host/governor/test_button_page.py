"""The table of docs/button.md is that of the code.

`pytest tests_host/governor/test_button_page.py --write-docs` writes it anew.
"""

import ast
import re

from sleepsync.paths import ROOT, records

PAGE = ROOT / "docs/button.md"
SOURCE = (ROOT / "firmware/bedside/gestures.py").read_text()
BLOCK = re.compile(r"(<!-- gestures -->\n).*?(<!-- end -->)", re.DOTALL)
HEAD = "number | name | when | meaning"
LIMIT = re.compile(r"^_(\w+)_MS = const\((\d+)\)", re.MULTILINE)


def rows():
    """The cells of each row of the table in the code, with limits as numbers."""
    said = ast.get_docstring(ast.parse(SOURCE))
    table = said[said.index(HEAD) :].split("\n\n")[0]
    for name, ms in LIMIT.findall(SOURCE):
        table = table.replace(f"_{name}_MS", in_words(int(ms)))
    assert "_MS" not in table
    return [line.split(" | ") for line in table.split("\n")]


def in_words(ms):
    return f"{ms} ms" if ms % 1000 else f"{ms // 1000} s"


def shown():
    head, *others = rows()
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *others])


def test_the_page_shows_the_table(request):
    if request.config.getoption("--write-docs"):
        PAGE.write_text(BLOCK.sub(rf"\g<1>{shown()}\g<2>", PAGE.read_text()))
    assert f"<!-- gestures -->\n{shown()}<!-- end -->" in PAGE.read_text()


def test_numbers_and_names_are_those_of_the_journal_and_of_the_code(run_in):
    told = {name: int(number) for number, name, *_ in rows()[1:] if number != "-"}
    assert list(told) == list(records.GESTURES[1:])
    in_the_code = run_in(
        "from firmware.bedside import gestures\n"
        "result = [getattr(gestures, name.upper()) for name in names]",
        names=list(told),
    )
    assert in_the_code == list(told.values()) == [1, 2, 3, 4, 5]


def test_no_gesture_has_two_meanings_and_no_meaning_two_gestures():
    _, *others = rows()
    gestures = [row for row in others if row[0] != "-"]
    for column in range(4):
        assert len({row[column] for row in gestures}) == len(gestures)
    assert len({row[1] for row in others}) == len(others)
