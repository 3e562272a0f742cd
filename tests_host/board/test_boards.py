"""Boards: what their files say, what is refused, and that a puck runs on each that is not."""

import dataclasses
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sleepsync.boards import BOARDS, HW, REFERENCE, BoardError, load, refusals
from sleepsync.boards.files import gpios
from sleepsync.boards.roles import ALONE, CONTROLLERS, ROLES

ACCEPTED = [REFERENCE, "esp32_wrover"]
OFF = [role for role, wants in ROLES.items() if wants.off]
# By hand from the user guides, to hold the files against.
FREE_S3 = [1, 2, 4, 5, 6, 7, *range(8, 18), 21, 35, 36, 37, 47]
FREE_WROVER = [4, 13, 14, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33]
LISTENERS_WROVER = [34, 35, 36, 39]
roles = st.sampled_from(sorted(ROLES))
accepted = st.sampled_from([load(key) for key in ACCEPTED])


def with_pin(board, role, gpio):
    return dataclasses.replace(board, gpio=board.gpio | {role: gpio})


def against(board, role):
    """(owner, why) of each refusal of the pin that has `role`."""
    what = f"{role} on GPIO {board.gpio[role]}"
    return [(one.owner, one.why) for one in refusals(board) if one.what == what]


# -- what the files say


def test_every_board_is_known():
    assert set(BOARDS) == {*ACCEPTED, "esp32c6_devkitc"}


@pytest.mark.parametrize("key", ACCEPTED)
def test_an_accepted_board_has_nothing_against_it(key):
    assert [str(one) for one in refusals(load(key))] == []


@pytest.mark.parametrize("key", BOARDS)
def test_a_header_brings_out_each_gpio_once(key):
    board = load(key)
    brought = [pin.gpio for pin in board.headers if pin.gpio is not None]
    assert len(brought) == len(set(brought))
    assert set(brought) <= board.soc.gpios


@pytest.mark.parametrize(("key", "pins"), [(REFERENCE, 22), ("esp32_wrover", 19)])
def test_both_headers_are_whole(key, pins):
    places = {"left": [], "right": []}
    for pin in load(key).headers:
        places[pin.side].append(pin.place)
    assert places == {"left": list(range(1, pins + 1)), "right": list(range(1, pins + 1))}


def free(board, role):
    """The GPIOs on which `role` could be, if no other pin were there."""
    brought = [pin.gpio for pin in board.headers if pin.gpio is not None]
    reasons = {gpio: against(with_pin(board, role, gpio), role) for gpio in brought}
    return {gpio for gpio in brought if all("two things" in why for _, why in reasons[gpio])}


def test_the_free_pins_are_those_of_the_user_guides():
    reference, wrover = load(REFERENCE), load("esp32_wrover")
    assert free(reference, "ring_data") == {*FREE_S3, 18}
    assert free(reference, "haptic_enable") == set(FREE_S3)
    assert free(wrover, "ring_data") == set(FREE_WROVER)
    assert free(wrover, "haptic_enable") == set(FREE_WROVER) - {14}
    assert free(wrover, "motion_interrupt") == {*FREE_WROVER, *LISTENERS_WROVER}


def test_the_other_module_s_psram_takes_its_pins():
    octal = load_text(REFERENCE, "WROOM-1-N8R2", "WROOM-1-N8R8")
    assert refusals(octal) == []
    assert free(octal, "haptic_enable") == set(FREE_S3) - {35, 36, 37}
    assert against(with_pin(octal, "button", 36), "button")[0][0] == "octal PSRAM"


def load_text(key, old, new):
    """The board of that file, with other words in it."""
    with tempfile.TemporaryDirectory() as folder:
        hw = shutil.copytree(HW, Path(folder) / "hw", ignore=shutil.ignore_patterns("sim"))
        path = hw / "boards" / f"{key}.toml"
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        return load(key, hw)


# -- what cannot be read as a board


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("button = 2", "buton = 2", "gpio has buton, which nothing uses"),
        ("button = 2 # to ground", "", "gpio has no button; write"),
        ("ring_data = 9", 'ring_data = "21"', "ring_data is '21', and no number"),
        ("ring_data = 9", "ring_data = -1", "ring_data is -1, and no number"),
        ("ring_data = 9", "ring_data = true", "ring_data is True, and no number"),
        ("pod_bus = 1", "", "controllers has no pod_bus"),
        ("[headers]", "[header]", "headers is missing"),
        ("WROOM-1-N8R2", "WROOM-9", "ESP32-S3-WROOM-9 is missing"),
        ('soc = "esp32s3"', 'soc = "esp8266"', "esp8266.toml"),
        ('soc = "esp32s3"', 'external_pull_ups = ["bell"]\nsoc = "esp32s3"', "bell, which nothing"),
        ("most_ma = 800", "most_mA = 800", "most_mA"),
        ('gpios = "38, 48"', 'gpios = "38, x"', "invalid literal"),
        ("[gpio]", "[gpio", "at line"),
    ],
)
def test_a_file_that_says_too_little_or_too_much(old, new, says):
    with pytest.raises(BoardError, match=r"esp32s3_devkitc.toml: ") as refused:
        load_text(REFERENCE, old, new)
    assert says in str(refused.value)


def test_gpios_in_words():
    assert gpios("0-3, 7") == {0, 1, 2, 3, 7}


# -- what is refused: any clash that is planted names its owner


@settings(deadline=None)
@given(board=accepted, role=roles, data=st.data())
def test_a_pin_that_has_an_owner(board, role, data):
    claim = data.draw(st.sampled_from([*board.soc.reserved, *board.soc.strapping]))
    gpio = data.draw(st.sampled_from(sorted(claim.gpios)))
    found = against(with_pin(board, role, gpio), role)
    assert (claim.owner, claim.what) in found


@settings(deadline=None)
@given(board=accepted, two=st.lists(roles, min_size=2, max_size=2, unique=True))
def test_a_pin_used_twice(board, two):
    first, second = sorted(two, key=list(ROLES).index)
    clash = dataclasses.replace(board, gpio=board.gpio | {second: board.gpio[first]})
    assert (first, "one pin cannot be two things") in against(clash, second)


@settings(deadline=None)
@given(role=roles, gpio=st.sampled_from(LISTENERS_WROVER))
def test_a_pin_that_can_only_listen(role, gpio):
    board = dataclasses.replace(load("esp32_wrover"), external_pull_ups=())
    reasons = [why for _, why in against(with_pin(board, role, gpio), role)]
    assert ("it can only be an input" in reasons) == ROLES[role].drives
    assert ("it has no pull-up of its own" in reasons) == ROLES[role].pull_up


@pytest.mark.parametrize(("key", "gpio"), [(REFERENCE, 18), ("esp32_wrover", 14)])
@pytest.mark.parametrize("role", ROLES)
def test_what_must_be_off_is_on_no_pin_that_rises_by_itself(key, gpio, role):
    owners = [owner for owner, _ in against(with_pin(load(key), role, gpio), role)]
    assert ("the chip's start" in owners) == (role in OFF)


def test_what_must_be_off_is_all_that_is_seen_heard_or_felt():
    assert OFF == ["haptic_enable", "ring_supply", "amplifier_shutdown"]


@settings(deadline=None)
@given(board=accepted, role=roles, gpio=st.integers(0, 99))
def test_a_pin_that_is_not_there(board, role, gpio):
    owners = [owner for owner, _ in against(with_pin(board, role, gpio), role)]
    on_header = gpio in {pin.gpio for pin in board.headers}
    assert (board.soc.name in owners or board.name in owners) or on_header


@settings(deadline=None)
@given(board=accepted, role=st.sampled_from(sorted(CONTROLLERS)), number=st.integers(0, 9))
def test_a_controller_shared_or_missing(board, role, number):
    changed = dataclasses.replace(board, controllers=board.controllers | {role: number})
    kind = CONTROLLERS[role]
    found = [one for one in refusals(changed) if kind.upper() in one.what]
    rivals = {name for name, its_kind in CONTROLLERS.items() if its_kind == kind}
    if number >= board.soc.controllers[kind]:
        assert [one.owner for one in found] == [board.soc.name]
    elif number != board.controllers[role] and len(rivals) > 1:
        (one,) = found
        assert {one.owner, one.what.split()[0]} == rivals
        assert one.why == ALONE[kind]
    else:
        assert found == []


def test_a_timer_taken_or_missing(monkeypatch):
    """One role has a timer today, so a second is put in."""
    monkeypatch.setitem(CONTROLLERS, "second_timer", "timer")
    board = load_text(REFERENCE, "[controllers]", "[controllers]\nsecond_timer = 0")
    (one,) = refusals(board)
    assert {one.owner, one.what.split()[0]} == {"watchdog_timer", "second_timer"}
    assert "stop the first" in one.why
    few = dataclasses.replace(board, controllers=board.controllers | {"second_timer": 4})
    (one,) = refusals(few)
    assert one.owner == "ESP32-S3"
    assert one.why.startswith("it has 4, numbered from 0, and a puck wants 2: ")


def test_no_pulses_for_the_ring():
    board = load(REFERENCE)
    soc = dataclasses.replace(board.soc, controllers=board.soc.controllers | {"rmt": 0})
    (one,) = refusals(dataclasses.replace(board, soc=soc))
    assert (one.what, one.owner) == ("ring_data", "ESP32-S3")
    assert "bitstream" in one.why


@pytest.mark.parametrize(("kind", "mib"), [("flash_mib", 4), ("psram_mib", 0)])
def test_too_little_memory(kind, mib):
    board = load(REFERENCE)
    soc = dataclasses.replace(board.soc, **{kind: mib})
    (one,) = refusals(dataclasses.replace(board, soc=soc))
    assert (one.what, one.owner) == ("module", board.module)
    assert f"has {mib} MB" in one.why


@settings(deadline=None)
@given(st.permutations(FREE_S3))
def test_any_choice_of_free_pins_will_do(shuffled):
    board = load(REFERENCE)
    gpio = dict(zip(ROLES, shuffled, strict=False))
    assert refusals(dataclasses.replace(board, gpio=gpio)) == []
