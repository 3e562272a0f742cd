"""What the build, the firmware and the page make of a board."""

import re
import tomllib

import pytest
from sleepsync import boards
from sleepsync.boards import BOARDS, HW, REFERENCE, BoardError, load, refusals
from sleepsync.boards.roles import ROLES
from sleepsync.build import BuildError, build
from sleepsync.paths import ROOT
from sleepsync.vm import Worker

ACCEPTED = [REFERENCE, "esp32_wrover"]


# -- the build


def test_the_c6_is_refused_with_all_its_reasons_and_nothing_is_written(tmp_path):
    with pytest.raises(BuildError) as refused:
        build("esp32c6_devkitc", tmp_path)
    said = str(refused.value).splitlines()
    assert said[0] == "ESP32-C6-DevKitC-1 cannot be a puck:"
    assert said[1:] == [f"  {one}" for one in refusals(load("esp32c6_devkitc"))]
    for reason in ("PSRAM", "pod_bus on I2C 1: ESP32-C6: it has 1,", "amplifier_i2s on I2S 1"):
        assert reason in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_no_simulated_puck_on_a_refused_board(tmp_path):
    with pytest.raises(BuildError, match="cannot be a puck"):
        build("unix", tmp_path, board="esp32c6_devkitc")
    with pytest.raises(BuildError, match="no board toaster; choose one of esp32_wrover"):
        build("unix", tmp_path, board="toaster")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_is_a_build_error(tmp_path, monkeypatch):
    def unreadable(*_):
        raise BoardError("gpio has no button")

    monkeypatch.setattr(boards, "load", unreadable)
    with pytest.raises(BuildError, match="gpio has no button"):
        build("unix", tmp_path)


def test_each_board_has_a_tree_of_its_own(tmp_path):
    trees = [build("unix", tmp_path, board=key) for key in ACCEPTED]
    assert [tree.name for tree in trees] == ["unix", "unix-esp32_wrover"]
    pins = [(tree / "hw/pins.py").read_text() for tree in trees]
    assert "POD_SCL = const(5)" in pins[0] and "EXTERNAL_PULL_UPS = ()" in pins[0]
    assert "POD_SCL = const(33)" in pins[1] and "EXTERNAL_PULL_UPS = (36, 39)" in pins[1]
    assert build("esp32_wrover", tmp_path).name == "esp32_wrover"


# -- the firmware does with the pins what the roles say

WATCH = """
import machine
made, sent = {}, {}
class Watched(machine.Pin):
    def __init__(self, id, mode=-1, pull=-1, value=None):
        self.id = id
        made.setdefault(id, []).append([mode, pull, value])
        super().__init__(id, mode, pull, value)
class WatchedSound(machine.I2S):
    def __init__(self, id, **given):
        sent[id] = [given["mode"], given["sck"].id, given["ws"].id, given["sd"].id]
        super().__init__(id, **given)
machine.Pin = Watched
machine.I2S = WatchedSound
from hw import board, pins
from table import table
puck = board.Board()
for sda, chip in ((pins.POD_SDA, puck.motion_sensor), (pins.BEDSIDE_SDA, puck.clock_chip)):
    table.net(sda).hold_low(True)
    try:
        chip.start()
    except OSError:
        pass
modes = [machine.Pin.OUT, machine.Pin.OPEN_DRAIN, machine.Pin.PULL_UP]
result = [made, sent, modes, machine.I2S.TX]
"""


@pytest.mark.parametrize("key", ACCEPTED)
def test_the_roles_are_what_the_firmware_does(key):
    with Worker(board=key) as vm:
        made, sounds, (out, open_drain, pull_up), tx = vm.call("snippet:run", WATCH, {})
    board = load(key)
    clocked = {gpio for _, sck, ws, _ in sounds.values() for gpio in (sck, ws)}
    clocked |= {sd for mode, _, _, sd in sounds.values() if mode == tx}
    assert set(made) == {str(gpio) for gpio in board.gpio.values()}
    for role, gpio in board.gpio.items():
        uses, wants = made[str(gpio)], ROLES[role]
        drives = any(mode in (out, open_drain) for mode, _, _ in uses) or gpio in clocked
        assert (role, drives) == (role, wants.drives)
        is_pulled = any(pull == pull_up for _, pull, _ in uses)
        assert (role, is_pulled) == (role, wants.pull_up and role not in board.external_pull_ups)
        if wants.off:
            assert uses[0] == [out, -1, 0]
    assert [board.controllers["microphone_i2s"], board.controllers["amplifier_i2s"]] == sorted(
        map(int, sounds), key=lambda number: sounds[str(number)][0] == tx
    )


# -- the page


def test_the_page_quotes_the_c6_s_reasons(request):
    page = ROOT / "docs/boards.md"
    reasons = "\n".join(["```", *map(str, refusals(load("esp32c6_devkitc"))), "```"])
    block = re.compile(r"(<!-- refused -->\n).*?(<!-- end -->)", re.DOTALL)
    if request.config.getoption("--write-docs"):
        page.write_text(block.sub(rf"\g<1>{reasons}\n\g<2>", page.read_text()))
    assert f"<!-- refused -->\n{reasons}\n<!-- end -->" in page.read_text()


def test_the_page_names_every_board_and_key():
    page = (ROOT / "docs/boards.md").read_text()
    for key in BOARDS:
        table = tomllib.loads((HW / f"boards/{key}.toml").read_text())
        chip = tomllib.loads((HW / f"soc/{table['soc']}.toml").read_text())
        assert f"`hw/boards/{key}.toml`" in page
        for name in [*table, *chip]:
            assert f"{name}`" in page or f"[{name}" in page
