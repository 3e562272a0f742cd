"""The tables of docs/evening.md and docs/night-watch.md are those of the code.

`pytest tests_host/rituals/test_rituals_pages.py --write-docs` writes them anew.
"""

import re

import pytest
from sleepsync.paths import ROOT

RULE = re.compile(r"^([A-Z][A-Z_]+) = const\((\d+)\)  # (.+)$", re.MULTILINE)
PROGRAMMES = """
from firmware.bedside.scenes import names
from firmware.rituals import programmes
of = names()
result = [
    [p.name, [[of[s.lit], of[s.dark], s.length_s, s.paced] for s in p.steps]]
    for p in programmes.PROGRAMMES
]
"""
BLOCKS = {
    "evening": ("rules of evening.py and pacer.py", "rules of advice.py"),
    "night-watch": ("rules of sleeper.py", "rules of night.py"),
}


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def rules(files):
    """Each constant that has a why, in the order of the files."""
    rows = []
    for file in files:
        found = RULE.findall((ROOT / "firmware/rituals" / file).read_text())
        rows += [(f"`{name} = {value}`", why) for name, value, why in found]
    return table(("rule", "why"), rows)


def programmes(worker):
    rows = []
    for number, (name, steps) in enumerate(worker.call("snippet:run", PROGRAMMES, {})):
        said = []
        for lit, dark, length_s, is_paced in steps:
            scene = lit if lit == dark else f"{lit}, in the dark {dark}"
            said.append(f"{'breathing paced' if is_paced else scene}: {length_s // 60} min")
        if number:
            rows.append((number, name, "; ".join(said)))
    return table(("number", "programme", "steps"), rows)


def holds(request, page, name, shown):
    """Whether a block of the page shows that; with --write-docs it does afterwards."""
    path = ROOT / "docs" / f"{page}.md"
    block = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    if request.config.getoption("--write-docs"):
        path.write_text(block.sub(lambda found: found[1] + shown + found[2], path.read_text()))
    return block.search(path.read_text())[0] == f"<!-- {name} -->\n{shown}<!-- end -->"


@pytest.mark.parametrize(
    ("page", "name"), [(p, name) for p, names in BLOCKS.items() for name in names]
)
def test_rules_are_those_of_the_code(request, page, name):
    assert holds(request, page, name, rules(re.findall(r"\w+\.py", name)))


def test_programmes_are_those_of_the_code(request, worker):
    assert holds(request, "evening", "programmes", programmes(worker))


@pytest.mark.parametrize("file", ["evening", "pacer", "night", "sleeper", "advice"])
def test_every_rule_says_why(file):
    text = (ROOT / f"firmware/rituals/{file}.py").read_text()
    named = re.findall(r"^([A-Z][A-Z_]+) = const\(", text, re.MULTILINE)
    told = [name for name, *_ in RULE.findall(text)]
    assert [name for name in named if name not in told] == []
