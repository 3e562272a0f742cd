"""The tables of docs/governor.md are those of the code.

`pytest tests_host/governor/test_governor_page.py --write-docs` writes them anew.
"""

import re

import pytest
from sleepsync.paths import ROOT, records

PAGE = ROOT / "docs/governor.md"
# When each reason holds, by what the gate knows.
MEANINGS = (
    "never",
    "the button was held for 2 s, in the last 10 s",
    "somebody typed for this scene, in the last 10 s",
    "nobody is known to be asleep",
    "the sleeper lies awake",
    "the sleeper sleeps, however deep",
    "the sleeper is in REM",
    "in the last 45 min before the alarm, awake or in light sleep",
    "in the last 45 min before the alarm",
    "the alarm's time has come, at most 2 h ago, and nobody has ended it or snoozes",
    "three slow presses opened it, in the last 150 s, while not everything was off, and no other "
    "gesture or start has come since",
)
GROUPS = ("by a hand", "in the evening", "asleep", "in the morning", "alarm")


@pytest.fixture(scope="module")
def tables(worker):
    """All that firmware/governor/limits.py says, with its words."""
    return worker.call(
        "snippet:run",
        """
from firmware.governor import limits, words
result = {
    "uses": [list(use) for use in limits.USES],
    "doses": [list(dose) for dose in limits.DOSES],
    "names": [words.USES, words.RULES, words.REASONS],
}
""",
        {},
    )


def named(bits, names):
    return ", ".join(name for i, name in enumerate(names) if bits >> i & 1)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def uses(told):
    names, rules, reasons = told["names"]
    rows = []
    for name, use in list(zip(names, told["uses"], strict=True))[1:]:
        by, why, light, sound, touch, is_amber, group, rank, asks = use
        colour = (", red or amber" if is_amber else "") if light else ""
        rows.append(
            (
                name,
                named(by, rules),
                named(why, reasons),
                f"{light / 1000:g} lx{colour}" if light else "none",
                f"{sound / 100:g} dBA" if sound else "none",
                touch or "none",
                "must be given" if asks else "-",
                GROUPS[group],
                rank,
            )
        )
    head = ("use", "asked by", "for reasons", "light", "sound", "touch", "consent", "dose", "rank")
    return table(head, rows)


def doses(told):
    rows = [
        (
            name,
            f"{light:,} lx s" if light else "no end",
            f"{sound:,} s at 30 dBA" if sound else "no end",
            f"{touch // 1000} s at full level" if touch else "no end",
        )
        for name, (light, sound, touch) in zip(GROUPS, told["doses"], strict=True)
    ]
    return table(("group", *records.LANES), rows)


def reasons(told):
    _, _, names = told["names"]
    return table(("reason", "holds when"), list(zip(names, MEANINGS, strict=True))[1:])


@pytest.mark.parametrize("make", [uses, doses, reasons], ids=lambda make: make.__name__)
def test_a_table_is_that_of_the_code(request, tables, make):
    block = re.compile(rf"(<!-- {make.__name__} -->\n).*?(<!-- end -->)", re.DOTALL)
    shown = make(tables)
    if request.config.getoption("--write-docs"):
        PAGE.write_text(block.sub(lambda found: found[1] + shown + found[2], PAGE.read_text()))
    assert block.search(PAGE.read_text())[0] == f"<!-- {make.__name__} -->\n{shown}<!-- end -->"
