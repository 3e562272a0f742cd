"""docs/link.md against the firmware: statuses and requests by number.

`pytest tests_host/link/test_link_page.py --write-docs` writes both tables.
"""

import re

from sleepsync.paths import ROOT

PAGE = ROOT / "docs/link.md"
STATUS = ROOT / "firmware/link/status.py"
ANSWERS = ROOT / "firmware/link"
PARTS = ("state", "files", "update")


def block(name):
    return re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)


def statuses():
    """Rows of the constants of status.py, each with what its comment says."""
    rows = re.findall(r"^([A-Z_]+) = const\((\d+)\)  # (.+)$", STATUS.read_text(), re.M)
    assert [int(number) for _, number, _ in rows] == list(range(len(rows)))
    return ["| number | name | it means |", "|---|---|---|"] + [
        f"| {number} | {name} | {meaning} |" for name, number, meaning in rows
    ]


def requests():
    """Rows of the functions that answer, from their docstrings."""
    text = "".join((ANSWERS / f"answer_{part}.py").read_text() for part in PARTS)
    found = re.findall(r'"""(\d+) ([A-Z_]+): (.+?) -> (.+?)"""', text, re.DOTALL)
    rows = {int(number): (name, asked, told) for number, name, asked, told in found}
    assert sorted(rows) == list(range(1, 21))
    lines = ["| number | name | body | answer |", "|---|---|---|---|"]
    for number, (name, asked, told) in sorted(rows.items()):
        lines.append(f"| {number} | {name} | {flat(asked)} | {flat(told)} |")
    return lines


def flat(text):
    return re.sub(r"\s+", " ", text).strip().rstrip(".").replace("|", "\\|")


def test_the_page_tells_what_the_firmware_does(request):
    tables = {"status": statuses(), "requests": requests()}
    page = PAGE.read_text()
    for name, rows in tables.items():
        shown = "".join(f"{row}\n" for row in rows)
        page = block(name).sub(lambda found, shown=shown: found[1] + shown + found[2], page)
    if request.config.getoption("--write-docs"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page


def test_every_number_has_its_function():
    table = (ANSWERS / "answers.py").read_text()
    names = re.findall(r'\(_(?:STATE|FILES|UPDATE), "(\w+)"\)', table)
    docs = "".join((ANSWERS / f"answer_{part}.py").read_text() for part in PARTS)
    for number, name in enumerate(names, 1):
        assert re.search(rf'def {name}\(.*?\n    """{number} ', docs), name
