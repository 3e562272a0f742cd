"""The estimate of energy: its sums, its bounds, and the table of hw/power.md."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sleepsync.bench import energy as bench
from sleepsync.boards import HW, REFERENCE, load
from sleepsync.hardware import Budget, load_plan
from sleepsync.hardware.energy import ITEMS, Duty, Range, at_3v3_ma, at_5v_ma, hours, is_within

PLAN = load_plan()
DARK = Duty(busy=0.02)
BLOCK = re.compile(r"(<!-- energy -->\n).*?(<!-- end -->)", re.DOTALL)
MEASURED_AGAIN = ("without_pod", "lamp")  # the rest with --write-docs, and by the bench

shares = st.floats(0, 1)
duties = st.builds(
    Duty,
    busy=shares,
    ring_ma=st.floats(0, 800),
    amplifier_ma=st.floats(0, 180),
    haptic=shares,
    has_pod=st.booleans(),
    radio=st.sampled_from(["", "advert", "events"]),
)


def in_order(of: Range) -> bool:
    return 0 < of.low <= of.usual <= of.high


def test_every_item_has_bounds_and_a_source():
    assert all(item.ma.low <= item.ma.usual <= item.ma.high for item in ITEMS.values())
    assert all(item.source for item in ITEMS.values())


@given(duties)
def test_bounds_are_in_order(duty):
    assert in_order(at_3v3_ma(duty, PLAN)) and in_order(at_5v_ma(duty, PLAN))
    assert in_order(hours(duty, PLAN))


@given(duties)
def test_whatever_acts_costs(duty):
    rest = Duty(busy=0, has_pod=False)
    assert hours(duty, PLAN).usual <= hours(rest, PLAN).usual
    brighter = replace(duty, ring_ma=duty.ring_ma + 10)
    assert at_5v_ma(brighter, PLAN).usual == pytest.approx(at_5v_ma(duty, PLAN).usual + 10)


def test_the_sum_by_hand():
    """57 mA from 5 V are 88 mA of a cell at 3.7 V behind 88 %; 85 % of 3,000 mAh last 29 h."""
    usual = 40 + 12 + 0.02 * 25 * 1.5 + 1.5 + 0.99 + 0.1  # idle, board, busy, pulse, LEDs, motion
    usual += 1.4 + 0.1 + 0.1 + 0.2 + 0.1  # microphone, climate, light, clock, haptic driver
    assert at_5v_ma(DARK, PLAN).usual == pytest.approx(usual)
    assert hours(DARK, PLAN).usual == pytest.approx(3000 * 0.85 * 3.7 * 0.88 / (5 * usual))


def test_twice_the_cell_lasts_twice_as_long():
    assert hours(DARK, PLAN, 6000).usual == pytest.approx(2 * hours(DARK, PLAN).usual)


def test_it_agrees_with_the_budget():
    """What the budget takes for typical lies between the least and the most of a dark night."""
    board = load(REFERENCE)
    told = at_5v_ma(DARK, PLAN)
    assert told.low < Budget(board, PLAN).at_5v("typical_ma", capped=True) < told.high
    everything = Duty(1, 800, 180, 1, True, "events")
    assert is_within(board, everything, PLAN)


def test_a_staircase_is_weighed_by_how_long_it_holds():
    us, values = np.array([10.0, 20.0, 80.0]), np.array([5.0, 0.0, 10.0])
    assert bench.staircase_mean(us, values, 0, 100) == pytest.approx((5 * 10 + 10 * 20) / 100)
    assert bench.staircase_mean(us, values, 15, 25) == pytest.approx(2.5)
    assert bench.staircase_mean(us, values, 0, 5) == 0
    assert bench.staircase_mean(us[:0], values[:0], 0, 5) == 0


@pytest.mark.parametrize("name", MEASURED_AGAIN)
def test_the_table_is_what_was_charged(request, name):
    """Within a tenth, for a change of the code changes what it charges a little."""
    page = HW / "power.md"
    modes = {mode.name: mode for mode in bench.MODES}
    if request.config.getoption("--write-docs") and name == MEASURED_AGAIN[0]:
        text = bench.table({mode.name: bench.duty(mode) for mode in bench.MODES})
        page.write_text(BLOCK.sub(lambda found: f"{found[1]}{text}\n{found[2]}", page.read_text()))
    told = next(row for row in page.read_text().splitlines() if f"| {modes[name].words} |" in row)
    measured = bench.row(modes[name], bench.duty(modes[name]))
    for one, other in zip(numbers(told), numbers(measured), strict=True):
        assert one == pytest.approx(other, rel=0.1, abs=1)


def numbers(row):
    return [float(number) for number in re.findall(r"\d+(?:\.\d+)?", row)]


def test_every_mode_has_its_row():
    rows = BLOCK.search((HW / "power.md").read_text())[0]
    assert [mode.words for mode in bench.MODES if f"| {mode.words} |" not in rows] == []
    ends = [re.search(r"\| (\S+) \((\S+) to (\S+)\) \|$", row) for row in rows.splitlines()[3:-1]]
    assert all(float(low) < float(usual) < float(high) for usual, low, high in
               (end.groups() for end in ends))  # fmt: skip
