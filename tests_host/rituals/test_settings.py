"""Settings: checked when read, kept through power cuts, and the table of docs/settings.md.

`pytest tests_host/rituals/test_settings.py --write-docs` writes it anew.
"""

import re
import struct
from binascii import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.paths import ROOT
from whole_puck import in_the_vm

PAGE = ROOT / "docs/settings.md"
BLOCK = re.compile(r"(<!-- settings -->\n).*?(<!-- end -->)", re.DOTALL)
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"

KEPT = """
import builtins
from firmware.keep import settings as kept
from firmware.zone import Zone
class Store:
    def __init__(self, held):
        self.held = held
        self.fails = False
    def load(self, key):
        if self.held.get(key, 0) is None:
            raise OSError(-0x110C)
        return self.held.get(key, b"")
    def save(self, key, data):
        if self.fails:
            raise OSError(-0x1105)
        self.held[key] = bytes(data)
said = []
kept.print = lambda *words: said.append(" ".join([str(word) for word in words]))
store = Store(held)
mine = kept.Settings(store, {"zone": Zone})
def refused(name, value):
    try:
        mine.set(name, value)
    except ValueError as error:
        return str(error)
def values():
    return {each.name: value for each, value in mine.rows()}
"""


def kept(vm, lines, **held):
    """`result` of lines in a VM, with settings over what is held."""
    return vm.call("snippet:run", KEPT + lines, {"held": held})


@pytest.fixture(scope="module")
def rows(worker):
    """The rows of the code."""
    return kept(worker, "result = [list(row) for row in kept.ROWS]")


@pytest.fixture(scope="module")
def defaults(rows):
    return {row[1]: row[3] for row in rows}


def entry(value, version=1):
    """An entry as it lies in NVS."""
    value = value.encode() if isinstance(value, str) else struct.pack("<i", value)
    body = bytes((version,)) + value
    return body + struct.pack("<H", crc32(body) & 0xFFFF)


def test_numbers_and_defaults_are_for_ever(rows):
    """Nights tell of settings by their numbers."""
    assert [row[:2] for row in rows] == [
        [1, "evening"],
        [2, "bedtime"],
        [3, "early"],
        [4, "zone"],
        [5, "radio"],
        [6, "bthome"],
        [7, "organic"],
        *([10 + i, f"alarm{i}"] for i in range(1, 9)),
    ]
    assert [row[3] for row in rows] == [1, -1, 30, "UTC0", 1, 0, 0, *[0] * 8]
    assert [row[4:6] for row in rows[:3]] == [[0, 4], [-1, 1439], [0, 45]]


def test_a_new_puck_has_the_defaults_and_says_nothing(worker, defaults):
    assert kept(worker, "result = [values(), said]") == [defaults, []]


def test_what_is_set_is_kept_in_an_entry_of_its_own(worker, defaults):
    numbers, held, again = kept(
        worker,
        f"numbers = [mine.set('early', 20), mine.set('zone', '{BERLIN}'), mine.set('alarm8', 7)]\n"
        "again = kept.Settings(store, {'zone': Zone})\n"
        "result = [numbers, store.held, {each.name: value for each, value in again.rows()}]",
    )
    assert numbers == [3, 4, 18]
    assert held == {"early": entry(20), "zone": entry(BERLIN), "alarm8": entry(7)}
    assert again == defaults | {"early": 20, "zone": BERLIN, "alarm8": 7}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("early", 46, "early: 46 will not do; it takes 0 to 45 (min)"),
        ("early", -1, "it takes 0 to 45"),
        ("early", "20", "early: '20' will not do"),
        ("early", None, "early: None will not do"),
        ("early", 1 << 70, "it takes 0 to 45"),
        ("bedtime", 1440, "it takes -1 to 1439"),
        ("evening", 5, "it takes 0 to 4"),
        ("zone", 1, "it takes text of at most 63 bytes"),
        ("zone", "x" * 64, "it takes text of at most 63 bytes"),
        ("zone", "Europe/Berlin", "no zone: 'Europe/Berlin'; write one like UTC0"),
        ("alarm1", 1440, "alarm1: 1440 will not do"),
        ("alarm1", 1 << 19, "it takes 0 to 524287"),
        (
            "nap",
            1,
            "no such setting; there are: evening, bedtime, early, zone, radio, bthome, organic",
        ),
    ],
)
def test_what_will_not_do_is_refused_with_what_would(worker, defaults, name, value, says):
    message, now, held = kept(
        worker,
        "result = [refused(name, value), values(), store.held]".replace(
            "name, value", f"{name!r}, {value!r}"
        ),
    )
    assert says in message
    assert (now, held) == (defaults, {})


def test_what_cannot_be_kept_stays_as_it_was(worker):
    lines = """
mine.set("early", 20)
store.fails = True
try:
    mine.set("early", 10)
except OSError:
    result = mine.get("early")
"""
    assert kept(worker, lines) == 20


BROKEN = {
    "empty body": b"\1",
    "wrong version": entry(20, version=2),
    "wrong sum": entry(20)[:-1] + b"\0",
    "cut": entry(20)[:4],
    "out of range": entry(46),
    "too long": entry(20 << 8)[:1] + bytes(40),
    "text": entry("UTC0x"),
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_entry_costs_that_setting_only_and_is_told_once(worker, defaults, why):
    lines = "first = values()\nresult = [first, values(), said]"
    first, again, said = kept(worker, lines, early=BROKEN[why], evening=entry(3))
    assert first == again == defaults | {"evening": 3}
    assert said == ["settings: early cannot be read and is 30; puck.set('early', ...) mends that"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "", "\xff"])
def test_a_zone_that_is_none_is_not_believed_either(worker, defaults, zone):
    now, said = kept(worker, "result = [values(), said]", zone=entry(zone))
    assert now == defaults
    assert len(said) == 1


def test_a_store_that_fails_costs_no_start(worker, defaults):
    now, said = kept(worker, "store.held = {'early': None}\nresult = [values(), said]")
    assert now == defaults
    assert len(said) == 1


NAMES = ("evening", "bedtime", "early", "zone", "alarm1", "alarm8")
FORGED = st.binary(max_size=70).map(lambda b: b + struct.pack("<H", crc32(b) & 0xFFFF))
VERSIONED = (
    st.binary(max_size=70)
    .map(lambda b: b"\1" + b)
    .map(lambda b: b + struct.pack("<H", crc32(b) & 0xFFFF))
)
ANY = st.one_of(st.binary(max_size=80), FORGED, VERSIONED, st.integers(-9, 2000).map(entry))


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), ANY, max_size=4))
def test_whatever_lies_there_a_value_that_is_allowed_is_read(worker, rows, held):
    """And it can be set again."""
    now, again = kept(
        worker,
        "now = values()\nfor name in sorted(store.held):\n    mine.set(name, now[name])\n"
        "mine = kept.Settings(store, {'zone': Zone})\nresult = [now, values()]",
        **held,
    )
    assert again == now
    for _, name, _, default, least, most, _, _ in rows:
        if isinstance(default, int):
            assert least <= now[name] <= most
        if name not in held:
            assert now[name] == default


def test_power_lost_in_a_commit_leaves_the_old_or_the_new(run_in, short):
    """At each of its operations, through many pages; the other settings are untouched."""
    cuts, news = in_the_vm(
        run_in,
        short,
        f"""
import esp32
from chips.norflash import PowerCut
from firmware.keep.settings import Settings
flash = simulated.flash
fresh = lambda: Settings(storage.Settings())
fresh().set("zone", "{BERLIN}")
fresh().set("early", 0)
cuts = news = 0
for i in range(1, 200):
    before, new = fresh().get("early"), i % 46
    flash.cut_at = flash.operations + 1 + i % 9
    try:
        fresh().set("early", new)
    except PowerCut:
        cuts += 1
    flash.cut_at = 0
    esp32.power_up()
    now = fresh()
    if now.get("early") not in (before, new) or now.get("zone") != "{BERLIN}":
        raise ValueError([i, before, new, now.get("early"), now.get("zone")])
    news += now.get("early") == new
result = [cuts, news]
""",
    )
    assert cuts > 150 and news > 60


def test_a_setting_that_nvs_holds_in_another_form_is_told_and_mended(run_in, short):
    said, now, mended = in_the_vm(
        run_in,
        short,
        """
from esp32 import NVS
from firmware.keep import settings as kept
said = []
kept.print = lambda *words: said.append(words[0])
nvs = NVS("settings")
nvs.set_blob("early", bytes(100))
nvs.commit()
now = kept.Settings(storage.Settings()).get("early")
kept.Settings(storage.Settings()).set("early", 5)
result = [said, now, kept.Settings(storage.Settings()).get("early")]
""",
    )
    assert (len(said), now, mended) == (1, 30, 5)


def shown(rows):
    head = ["number", "name", "default", "takes", "unit", "meaning"]
    cells = [head, ["---"] * len(head)]
    for number, name, kind, default, least, most, unit, meaning in rows:
        takes = f"text of at most {most} bytes" if kind == 2 else f"{least} to {most}"
        cells.append([str(number), f"`{name}`", str(default), takes, unit, meaning])
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def test_the_page_shows_the_table(rows, request):
    if request.config.getoption("--write-docs"):
        PAGE.write_text(BLOCK.sub(rf"\g<1>{shown(rows)}\g<2>", PAGE.read_text()))
    assert f"<!-- settings -->\n{shown(rows)}<!-- end -->" in PAGE.read_text()
