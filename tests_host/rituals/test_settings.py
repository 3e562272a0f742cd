"""Settings: validated on read, one broken entry costs one setting, and none costs a start."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import ROOT
from sleepsync.simulate import run_puck

PAGE = ROOT / "docs/settings.md"
BLOCK = re.compile(r"(<!-- settings -->\n).*?(<!-- end -->)", re.DOTALL)
STORE = """
from firmware.keep.settings import ROWS, Settings
from firmware.zone import Zone

class Store:
    def __init__(self, held):
        self.held = held
        self.fails = False
    def load(self, key):
        return self.held.get(key, b"")
    def save(self, key, data):
        if self.fails:
            raise OSError(28)
        self.held[key] = bytes(data)

def values(held):
    return [[row.name, value] for row, value in Settings(Store(held), {"zone": Zone}).rows()]
"""
DEFAULTS = {"evening": 1, "bedtime": -1, "early": 30, "zone": "UTC0"} | {
    f"alarm{i}": 0 for i in range(1, 9)
}


@pytest.fixture(scope="module")
def run(worker):
    return lambda source, **given_: worker.call("snippet:run", STORE + source, given_)


def test_nothing_saved_is_the_defaults(run):
    assert dict(run("result = values({})")) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("evening", 4),
        ("bedtime", 1439),
        ("early", 0),
        ("alarm8", 0x7FFFF & ~0x7FF | 1439),
        ("zone", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ],
)
def test_what_is_set_is_found_again(run, name, value):
    again = "store = Store({})\nresult = [Settings(store).set(name, value), values(store.held)]"
    number, found = run(again, name=name, value=value)
    assert number > 0
    assert dict(found) == DEFAULTS | {name: value}


@pytest.mark.parametrize(
    ("name", "value", "what"),
    [
        ("evening", 5, "0 to 4"),
        ("early", -1, "0 to 45"),
        ("early", "soon", "0 to 45"),
        ("bedtime", 1440, "-1 to 1439"),
        ("alarm1", 1440, "alarm1"),
        ("zone", 7, "text of at most 63 bytes"),
        ("zone", "x" * 64, "text of at most 63 bytes"),
        ("zone", "Europe/Berlin", "hours WEST of Greenwich"),
        ("snooze", 1, "there are: evening, bedtime, early, zone"),
    ],
)
def test_what_will_not_do_is_refused_with_what_will(run, name, value, what):
    said, found = run(
        """
store = Store({})
try:
    Settings(store, {"zone": Zone}).set(name, value)
    said = ""
except ValueError as error:
    said = str(error)
result = [said, values(store.held)]
""",
        name=name,
        value=value,
    )
    assert what in said
    assert dict(found) == DEFAULTS


def test_what_cannot_be_kept_leaves_all_as_it_was(run):
    source = """
store = Store({})
those = Settings(store)
those.set("early", 10)
store.fails = True
try:
    those.set("early", 20)
    result = "no error"
except OSError:
    result = [those.get("early"), dict(values(store.held))["early"]]
"""
    assert run(source) == [10, 10]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(sorted(DEFAULTS)),
    st.one_of(st.binary(max_size=90), st.integers(0, 8 * 7 - 1)),
)
def test_an_entry_that_is_broken_costs_that_setting_alone(run, name, damage):
    """By random bytes, or by one bit wrong in an entry that was whole."""
    found, was = run(
        """
store = Store({})
those = Settings(store)
for other, value in (("evening", 3), ("early", 12), ("zone", "EST5"), ("alarm2", 0x7F800 | 420)):
    those.set(other, value)
if name not in store.held:
    those.set(name, those.get(name))
was = dict(values(store.held))
if isinstance(damage, int):
    entry = bytearray(store.held[name])
    at = damage % (8 * len(entry))
    entry[at // 8] ^= 1 << at % 8
    store.held[name] = bytes(entry)
else:
    store.held[name] = damage
result = [values(store.held), [[key, was[key]] for key in was]]
""",
        name=name,
        damage=damage,
    )
    found, was = dict(found), dict(was)
    assert found.pop(name) == DEFAULTS[name]
    was.pop(name)
    assert found == was


def test_numbers_are_for_ever_and_nights_are_told_the_first(run):
    rows = run("result = [[row.number, row.name, row.default] for row in ROWS]")
    assert [(number, name) for number, name, _ in rows] == [
        *enumerate(("evening", "bedtime", "early", "zone"), 1),
        *((10 + i, f"alarm{i}") for i in range(1, 9)),
    ]
    asked = run("from firmware.rituals import asking\nresult = list(asking.SETTINGS)")
    assert asked[1:] == [default for _, _, default in rows[:3]]
    source = "from firmware import alarms, app\nresult = [alarms.FIRST_SETTING, list(alarms.NAMES)]"
    first, names = run(source)
    assert (first, names) == (11, [name for _, name, _ in rows[4:]])


def test_a_puck_keeps_them_over_a_power_cut_and_starts_with_a_broken_one(short):
    """In the puck's own NVS, of which one entry is overwritten between two starts."""
    lines = ["5:import puck", "10:puck.set('early', 7)", "12:puck.set('zone', 'EST5')"]
    spoil = (
        "14:exec(\"from esp32 import NVS\\nn=NVS('settings')\\nn.set_blob('zone', b'EST')"
        '\\nn.commit()")'
    )
    run_puck(short, type=[*lines, spoil], reset_us=60_000_000)
    said: list[str] = []
    after = ["100:import puck", "110:puck.settings()"]
    run_puck(short, say=said.append, type=after, start_us=90_000_000, lost_time=1, cause=1)
    shown = {line.split()[0]: line.split()[1] for line in said if "  " in line and line[0] != "p"}
    assert shown["early"] == "7"
    assert shown["zone"] == "UTC0"
    assert any(line.startswith("settings: zone cannot be read") for line in said)
    assert any("night 1, epoch" in line for line in said)


def test_the_page_shows_them(run, request):
    rows = run("result = [list(row) for row in ROWS]")
    lines = ["| number | name | what it may be | until it is set | meaning |", "|" + " --- |" * 5]
    for number, name, kind, default, least, most, unit, meaning in rows:
        if kind == 1 and name != "alarm1":
            continue
        allowed = f"{unit}, at most {most} bytes" if kind == 2 else f"{least} to {most} {unit}"
        if kind == 1:
            number, name, allowed = "11 to 18", "alarm1 to alarm8", "as puck.alarm() packs it"
        lines.append(f"| {number} | {name} | {allowed} | {default} | {meaning} |")
    shown = "".join(f"{line}\n" for line in lines)
    if request.config.getoption("--write-docs"):
        PAGE.write_text(BLOCK.sub(lambda found: found[1] + shown + found[2], PAGE.read_text()))
    assert BLOCK.search(PAGE.read_text())[0] == f"<!-- settings -->\n{shown}<!-- end -->"
