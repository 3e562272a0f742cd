"""The tables of docs/evening.md and docs/night-watch.md are those of the code.

`pytest tests_host/rituals/test_rituals_pages.py --write-docs` writes them anew.
"""

import re

import pytest
from page_blocks import is_shown, table
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


@pytest.mark.parametrize(
    ("page", "name"), [(p, name) for p, names in BLOCKS.items() for name in names]
)
def test_rules_are_those_of_the_code(request, page, name):
    assert is_shown(request, page, name, rules(re.findall(r"\w+\.py", name)))


def test_programmes_are_those_of_the_code(request, worker):
    assert is_shown(request, "evening", "programmes", programmes(worker))


@pytest.mark.parametrize("file", ["evening", "pacer", "night", "sleeper", "advice"])
def test_every_rule_says_why(file):
    text = (ROOT / f"firmware/rituals/{file}.py").read_text()
    named = re.findall(r"^([A-Z][A-Z_]+) = const\(", text, re.MULTILINE)
    told = [name for name, *_ in RULE.findall(text)]
    assert [name for name in named if name not in told] == []
