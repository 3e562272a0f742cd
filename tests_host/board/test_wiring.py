"""The plan of the wires makes sense, whatever is drawn of it: what holds off, feeds, cuts what."""

import tomllib

import pytest
from sleepsync.boards import HW, load
from sleepsync.boards.roles import ROLES

BOARDS = ["esp32s3_devkitc", "esp32_wrover"]
TABLE = tomllib.loads((HW / "parts.toml").read_text())
RAILS = set(TABLE["rails"])


def test_every_wire_leads_somewhere():
    """A role has its end at the board; any other wire needs two."""
    at = [net for row in TABLE["parts"].values() for net in row["pins"].values()]
    at += [net for row in TABLE["passives"] for net in row["ends"]]
    assert [net for net in {*at, *ROLES} if at.count(net) < (1 if net in ROLES else 2)] == []


def test_every_wire_has_one_colour():
    coloured = [net for group in TABLE["groups"].values() for net in group["nets"]]
    used = {net for row in TABLE["parts"].values() for net in row["pins"].values()}
    used |= {net for row in TABLE["passives"] for net in row["ends"]} | set(ROLES)
    assert len(coloured) == len(set(coloured))
    assert set(coloured) == used - RAILS


def resistors(net, rail):
    return [
        row["value"]
        for row in TABLE["passives"]
        if row["name"][0] == "R" and row["ends"] == [net, rail]
    ]


@pytest.mark.parametrize("role", [role for role, wants in ROLES.items() if wants.off])
def test_what_must_be_off_is_pulled_down(role):
    assert resistors(role, "GND") == ["10 kΩ"]


@pytest.mark.parametrize("name", BOARDS)
def test_a_pull_up_that_a_board_counts_on_is_there(name):
    for role in load(name).external_pull_ups:
        assert resistors(role, "3V3") == ["10 kΩ"]


def test_no_interrupt_floats_while_the_plug_is_out():
    assert resistors("pulse_interrupt", "3V3") and resistors("motion_interrupt", "GND")


def test_the_amplifier_is_strapped_to_its_least_gain():
    """100 kΩ to the supply: 3 dB (datasheet, table 8)."""
    assert resistors("GAIN", "5V") == ["100 kΩ"]
    assert TABLE["parts"]["amplifier"]["pins"]["GAIN"] == "GAIN"


def test_the_ring_and_its_data_line_have_one_supply():
    ring, buffer = TABLE["parts"]["ring"]["pins"], TABLE["parts"]["buffer"]["pins"]
    assert ring["5V"] == buffer["14 VCC"] == "RING_5V"
    fed = [name for name, row in TABLE["parts"].items() if "RING_5V" in row["pins"].values()]
    assert fed == ["ring", "buffer", "switch"]


def test_the_slide_switch_cuts_all_senses_that_watch_a_sleeper():
    """Supply by one pole; the microphone's data by the other, as nothing else joins them."""
    parts = TABLE["parts"]
    slide = parts["slide"]["pins"]
    assert (slide["2 common"], slide["1 on"]) == ("3V3", "3V3S")
    assert (slide["5 common"], slide["4 on"]) == ("microphone_sd", "MIC_SD")
    holders = {name for name, row in parts.items() if {"3V3S", "3V3P"} & set(row["pins"].values())}
    assert holders == {"pulse", "motion", "plug", "microphone", "slide"}
    for name in ("pulse", "motion", "microphone"):
        assert not {"3V3", "5V"} & set(parts[name]["pins"].values())
    assert [name for name, row in parts.items() if "MIC_SD" in row["pins"].values()] == [
        "microphone",
        "slide",
    ]
    assert resistors("microphone_sd", "GND")
    (fuse,) = [row for row in TABLE["passives"] if "3V3P" in row["ends"] and "3V3S" in row["ends"]]
    assert fuse["name"] == "F1"


def test_no_two_chips_of_a_bus_have_one_address():
    for bus in TABLE["buses"]:
        found = [
            address
            for row in TABLE["parts"].values()
            if f"{bus}_sda" in row["pins"].values()
            for address in row.get("i2c", [])
        ]
        assert found and len(found) == len(set(found))


def test_the_addresses_are_those_of_the_drivers(run_in):
    modules = {
        "pulse": "max30102",
        "motion": "lis3dh",
        "climate": "sht4x",
        "light": "veml7700",
        "clock": "ds3231",
        "haptic": "drv2605l",
    }
    for part, module in modules.items():
        assert TABLE["parts"][part]["i2c"] == [
            run_in(f"import {module}\nresult = {module}.ADDRESS")
        ]


def test_the_passives_are_numbered_in_order():
    for letter in "RCF":
        numbers = [int(r["name"][1:]) for r in TABLE["passives"] if r["name"][0] == letter]
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
