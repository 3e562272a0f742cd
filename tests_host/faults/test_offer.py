"""By the button alone: held at power-on, three slow presses, and three more; and nothing less."""

import shutil

import numpy as np
import pytest
from sleepsync.bench import parted
from sleepsync.bench.parted import MARKERS, everything
from sleepsync.emitted.files import read_emitted
from sleepsync.parting import found
from sleepsync.simulate import run_puck
from sleepsync.world import generate, write_world

HELD = "0:4000"  # at power-on
OFFERED = "offer: three slow presses again, after ten seconds and within a minute"
NOBODY_S = "offer: switch on with the button held first: this safe mode is nobody's wish"
GONE = "parting: nothing personal is left; this is a plain lamp from now on"


def thrice(at_s):
    """Three slow presses; they are told 4.4 s later."""
    return [f"{at_s}:700", f"{at_s + 1.2}:1500", f"{at_s + 3.5}:900"]


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """The folder of a puck full of markers, whose off switch and alarm can be read. Nobody writes
    here.
    """
    folder = tmp_path_factory.mktemp("full")
    write_world(generate(3, hours=0.05), folder)
    parted.plant(folder, {"consents": b"", "alarm": b""})
    return folder


@pytest.fixture
def puck(full, tmp_path):
    """Such a puck of a test's own."""
    shutil.copytree(full, tmp_path / "puck")
    return tmp_path / "puck"


def run(folder, *presses, **options):
    """(what was printed, whether everything was erased)."""
    said = []
    run_puck(folder, say=said.append, press=[HELD, *presses], **({"restarts": 2} | options))
    return [line[: len(OFFERED)] for line in said], GONE in said  # its text goes on


def test_a_hand_alone_makes_a_puck_forget_and_then_lights_the_lamp(puck):
    said, is_gone = run(puck, *thrice(20), *thrice(40), "70:100")
    assert is_gone
    assert said.count(OFFERED) == 1
    assert set(found(MARKERS, everything(puck)).values()) == {0}
    emitted = read_emitted(puck / "emitted")
    lit_us = emitted.light_us[emitted.grb.any(axis=(1, 2))]
    assert np.any((lit_us > 24e6) & (lit_us < 26e6))  # the offer
    assert not np.any((lit_us > 46e6) & (lit_us < 70e6))  # dark while it erases
    assert np.any((lit_us > 70e6) & (lit_us < 80e6))  # the plain lamp


@pytest.mark.parametrize(
    ("presses", "offers"),
    [
        (thrice(20), 1),  # nothing follows
        ([*thrice(20), *thrice(29)], 1),  # too soon
        ([press for at_s in (20, 24.7, 29.4, 34.1) for press in thrice(at_s)], 2),  # no pause
        ([*thrice(20), "30:100", *thrice(40)], 2),  # a short press between: a new offer
        ([*thrice(20), "30:2500", *thrice(40)], 2),  # a long one
        ([*thrice(20), "30:7000", *thrice(50)], 2),  # a hold
        ([*thrice(20), *thrice(85)], 2),  # too late
    ],
)
def test_anything_else_leaves_all_as_it_was(puck, presses, offers):
    said, is_gone = run(puck, *presses, until_us=110_000_000, restarts=0)
    assert not is_gone
    assert said.count(OFFERED) == offers
    assert min(found(MARKERS, everything(puck))[name] for name in ("clip", "zone", "night")) > 0


def test_no_offer_while_an_alarm_is_due(puck):
    lines = ["8:import puck", "9:puck.nap(30)"]
    said, is_gone = run(puck, *thrice(20), *thrice(40), type=lines, restarts=0)
    assert not is_gone and OFFERED not in said
    assert any(line.startswith("offer: an alarm is due") for line in said)


def test_no_offer_while_everything_is_off(puck):
    said, is_gone = run(puck, "12:100", "12.3:100", *thrice(20), *thrice(40), restarts=0)
    assert not is_gone and OFFERED not in said
    assert any(line.startswith("offer: everything is off; hold") for line in said)


def test_no_offer_in_a_safe_mode_that_nobody_wished(puck):
    parted.spoil(puck)
    said = []
    run_puck(puck, say=said.append, press=[*thrice(20), *thrice(40)])
    assert "3 bad starts" in said[0]
    told = [line for line in said if line.startswith("offer: ")]
    assert len(told) == 2 and set(told) == {NOBODY_S}


def test_no_offer_in_a_night(puck):
    """There the same presses let a phone in."""
    said = []
    run_puck(puck, say=said.append, press=[*thrice(20), *thrice(40)])
    assert not [line for line in said if line.startswith("offer: ")]
    assert found(MARKERS, everything(puck))["clip"] > 0
