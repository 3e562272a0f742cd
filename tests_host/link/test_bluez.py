"""The same commands through bleak's own BlueZ backend, which knows nothing of ours."""

import os
import re
from contextlib import asynccontextmanager

import pytest
from fake_bluez import fake_bluez
from private_bus import VARIABLE, is_here, private_bus
from sitting import Desk
from sleepsync.bench.linked import ask
from sleepsync.link import finding
from sleepsync.link.errors import Trouble
from sleepsync.radio import central

pytestmark = pytest.mark.link


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A puck in reach of this system's Bluetooth, and paired over it. `bluez`: that one."""
    if not is_here():
        pytest.skip("dbus-daemon is not installed: apt-get install dbus")
    before, linger = os.environ.get(VARIABLE), finding._LINGER_S
    finding._LINGER_S = 0.01
    with private_bus() as os.environ[VARIABLE]:

        @asynccontextmanager
        async def bluez(air):
            its = await central(air, 7)
            async with fake_bluez(its, os.environ[VARIABLE]) as found.bluez:
                yield

        found = Desk(tmp_path_factory.mktemp("desk"), finding.SYSTEM, bluez)
        with found:
            found.let_in()
            found.unpaired = found.fails("status")
            found.paired = found.pair()
            yield found
    finding._LINGER_S = linger
    os.environ.pop(VARIABLE)
    if before:
        os.environ[VARIABLE] = before


def test_our_agent_is_asked_for_the_passkey_and_no_other_way_leads_in(there):
    assert there.unpaired.status == Trouble.NOT_PAIRED and "sleepsync pair" in str(there.unpaired)
    assert "Paired with SleepSync" in there.paired
    assert ("AgentManager1", "RequestDefaultAgent") in there.bluez.calls
    assert there.bluez._default is None  # it does not stay


def test_a_night_is_pulled_over_dbus(there, tmp_path):
    assert "1 night lies" in there.pull("--to", str(tmp_path))
    assert (tmp_path / "00001.night").stat().st_size > 0


def test_settings_go_both_ways(there):
    assert "early: 20" in there.say("set", "early", "20")
    assert re.search(r"^early +20", there.say("set"), re.MULTILINE)


def test_a_puck_that_has_forgotten_is_told_and_pairs_anew(there):
    there.do(ask(there.puck, "puck.forget(1)", "forgotten"))
    there.let_in()
    assert there.fails("status").status in (Trouble.GONE, Trouble.NOT_PAIRED)
    told = there.pair()
    assert "has forgotten this desktop" in told and "Paired with SleepSync" in told
    assert "parts missing" in there.say("status")


def test_forget_forgets_in_the_system_too(there):
    assert "have forgotten each other" in there.say("forget", "1")
    assert ("Adapter1", "RemoveDevice") in there.bluez.calls
    assert there.fails("status", wait="0.5").status == Trouble.NOT_FOUND
