"""The pages of hw/: their tables are the files', their sums add up, their bounds hold.

`pytest tests_host/board --write-docs` writes the tables anew.
"""

import re
import tomllib

import pytest
from sleepsync.boards import HW, load
from sleepsync.hardware import (
    RISE_NS,
    SINK_MA,
    Budget,
    Bus,
    bill,
    buses_table,
    currents_table,
    load_plan,
    plug_table,
    sums_table,
)
from sleepsync.paths import ROOT
from sleepsync.simulate import run_puck
from sleepsync.world import generate, write_world

PLAN = load_plan()
BUDGETS = [Budget(load(key), PLAN) for key in ("esp32s3_devkitc", "esp32_wrover")]
PARTS = tomllib.loads((HW / "parts.toml").read_text())["parts"]


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What the puck prints of parts when the slide switch is off."""
    folder = tmp_path_factory.mktemp("off")
    write_world(generate(1, 0.02), folder)
    lines = []
    run_puck(folder, say=lines.append, missing="pulse,motion", fault="microphone:absent")
    return "\n".join(["```", *[line for line in lines if "; check" in line], "```"])


def hold(request, page, name, text):
    """The block of that name on a page is `text`; with --write-docs it becomes it."""
    path = HW / page
    block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    if request.config.getoption("--write-docs"):
        path.write_text(block.sub(rf"\g<1>{text}\n\g<2>", path.read_text()))
    assert block.search(path.read_text())
    assert f"<!-- {name} -->\n{text}\n<!-- end -->" in path.read_text()


@pytest.mark.parametrize(
    ("page", "name", "text"),
    [
        ("parts.md", "bill", bill(PLAN)),
        ("pod.md", "plug", plug_table(PLAN)),
        ("power.md", "currents", currents_table(PLAN)),
        ("power.md", "sums", sums_table(BUDGETS)),
        ("power.md", "buses", buses_table(PLAN)),
    ],
    ids=lambda value: value.split()[0],
)
def test_a_table_is_that_of_the_files(request, page, name, text):
    hold(request, page, name, text)


def test_what_the_puck_says_without_its_senses(request, said):
    for part in ("pulse sensor", "motion sensor", "microphone"):
        assert part in said
    hold(request, "power.md", "said", said)


# -- sums, by hand


def at(rails, kind):
    """The currents of the parts on these rails, added without the code under test."""
    return sum(row.get(kind, 0) for row in PARTS.values() if set(row["pins"].values()) & set(rails))


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: budget.board.key)
def test_the_sums_add_up(budget):
    own = budget.board.regulator
    logic = ("3V3", "3V3S", "3V3P")
    assert budget.at_3v3("peak_ma") == own.board_peak_ma + at(logic, "peak_ma")
    assert budget.at_3v3("typical_ma") == own.board_typical_ma + at(logic, "typical_ma")
    strong = PARTS["ring"]["peak_ma"] + PARTS["amplifier"]["peak_ma"]
    weak = at(("5V", "RING_5V"), "peak_ma") - strong
    assert budget.at_5v("peak_ma", capped=False) == budget.at_3v3("peak_ma") + strong + weak
    capped = budget.at_3v3("peak_ma") + PLAN.cap[1] + weak
    assert budget.at_5v("peak_ma", capped=True) == capped
    assert budget.least_v() == pytest.approx(4.75 - 0.1 * capped / 1000)
    quiet = budget.at_3v3("typical_ma") + at(("5V", "RING_5V"), "typical_ma")
    assert budget.at_5v("typical_ma", capped=True) == quiet


@pytest.mark.parametrize("budget", BUDGETS, ids=lambda budget: budget.board.key)
def test_the_supply_bears_it(budget):
    own, supply = budget.board.regulator, PLAN.supply
    assert budget.at_5v("peak_ma", capped=True) <= supply.most_ma
    assert budget.at_5v("peak_ma", capped=False) > supply.most_ma  # why there is a cap
    assert budget.at_3v3("peak_ma") <= own.most_ma
    assert budget.least_v() >= own.least_in_v


def test_pull_ups_in_parallel():
    assert Bus(PLAN, "pod").ohm() == pytest.approx(1 / (1 / 10e3 + 1 / 10e3 + 1 / 2200))
    assert Bus(PLAN, "bedside").ohm() == pytest.approx(1 / (3 / 10e3 + 1 / 4700))
    assert Bus(PLAN, "pod").sink_ma() == pytest.approx(3300 / Bus(PLAN, "pod").ohm())
    assert Bus(PLAN, "pod").rise_ns() == pytest.approx(0.8473 * Bus(PLAN, "pod").ohm() * 0.2)


@pytest.mark.parametrize("name", PLAN.buses)
def test_a_bus_can_be_pulled_low_and_rises_in_time(name):
    bus = Bus(PLAN, name)
    assert bus.sink_ma() <= SINK_MA == 3.0
    assert bus.rise_ns() <= RISE_NS == 300


def test_both_lines_of_a_bus_have_the_same_pull_ups():
    for name in PLAN.buses:
        values = [
            sorted(p.value for p in PLAN.passives if f"{name}_{wire}" in p.ends)
            for wire in ("scl", "sda")
        ]
        assert values[0] == values[1]


def test_the_amplifier_s_divider_says_off():
    """R6 against the breakout's 1 MΩ to 5 V, below the 0.16 V of the datasheet."""
    assert 5 * 10e3 / (1e6 + 10e3) < 0.16


# -- the pages


PAGES = sorted(HW.glob("*.md"))


def test_every_page_is_in_the_index():
    index = (HW / "README.md").read_text()
    for page in [*HW.glob("*.md"), *HW.glob("wiring/*")]:
        assert page.name == "README.md" or f"({page.relative_to(HW)})" in index


@pytest.mark.parametrize("page", [*PAGES, *HW.glob("wiring/*.md")], ids=lambda page: page.name)
def test_links_of_hardware_pages_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        path, _, mark = target.partition("#")
        assert (page.parent / path).exists()
        if mark:
            heads = re.findall(r"^#+ (.+)$", (page.parent / path).read_text(), re.MULTILINE)
            assert mark in [head.lower().replace(" ", "-") for head in heads]


def test_passives_that_pages_name_exist():
    names = {passive.name for passive in PLAN.passives}
    for page in PAGES:
        for first, last in re.findall(r"\b([RCF]\d+)(?: to ([RCF]\d+))?\b", page.read_text()):
            assert {first, last or first} <= names


def test_every_resistor_is_in_a_step_of_the_assembly():
    text = (HW / "assembly.md").read_text()
    for first, last in re.findall(r"R(\d+) to R(\d+)", text):
        text += " ".join(f"R{number}" for number in range(int(first), int(last) + 1))
    for passive in PLAN.passives:
        assert re.search(rf"\b{passive.name}\b", text)


def test_the_led_current_that_pages_tell_is_the_firmware_s():
    board = (ROOT / "hw/board.py").read_text()
    assert "LED_MA = const(6)" in board
    assert "`LED_MA = 6`" in (HW / "pod.md").read_text()
