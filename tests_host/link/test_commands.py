"""What a person types, against the firmware in the VM: each command, and what goes wrong."""

import asyncio
import json
import os
import random
import re

import pytest
from sitting import Desk
from sleepsync.cli import app
from sleepsync.clips.container import wrapped
from sleepsync.link import finding, transfer
from sleepsync.link.errors import LinkError, Trouble
from sleepsync.link.frames import Code, Status
from typer.main import get_command

pytestmark = pytest.mark.link


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A puck with which this desktop is paired."""
    finding._LINGER_S, linger = 0.01, finding._LINGER_S
    with Desk(tmp_path_factory.mktemp("desk")) as found:
        found.unheard = found.fails("status", wait="0.5")
        found.let_in()
        found.unpaired = found.fails("status")
        with pytest.raises(LinkError) as caught:
            found.pair(off_by=1)
        found.refused = caught.value
        found.let_in()
        found.paired = found.pair()
        yield found
    finding._LINGER_S = linger
    kept = (found.folder / "puck" / "00001.night").read_bytes()  # out of the flash, at the end
    assert found.pulled and kept.startswith(found.pulled)


def test_what_stands_in_the_way_is_told_with_the_remedy(there):
    assert there.unheard.status == Trouble.NOT_FOUND
    assert "three times, slowly" in str(there.unheard)
    assert there.refused.status == Trouble.PAIRING and "press again" in str(there.refused)
    assert there.unpaired.status == Trouble.NOT_PAIRED
    assert "sleepsync pair" in str(there.unpaired)


def test_pair_says_what_was_gained(there):
    assert "Paired with SleepSync" in there.paired and "sleepsync status" in there.paired
    assert "six digits" in there.paired
    assert "know each other already" in there.say("pair")


def test_status_tells_how_the_puck_is(there):
    told = there.say("status")
    assert re.search(r"^board +ESP32-S3-DevKitC-1", told, re.MULTILINE)
    assert re.search(r"^parts missing +none", told, re.MULTILINE)
    assert re.search(r"^pairing +closed", told, re.MULTILINE)


def test_live_tells_epochs_as_they_end(there):
    told = there.say("live", "--for", "4")  # forty of its seconds
    assert re.search(r"^\d\d:\d\d:\d\d  epoch \d+; heart ", told, re.MULTILINE)


def test_pull_brings_the_night_as_the_puck_has_it(there, tmp_path):
    told = there.pull("00001", "--to", str(tmp_path))
    target = tmp_path / "00001.night"
    assert "1 night lies" in told and f"sleepsync replay {os.path.relpath(target)}" in told
    there.pulled = target.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["00001.night"]
    with pytest.raises(LinkError, match=r"no night 9; there are: nights/00001\.night"):
        there.say("pull", "9")


def test_scenes_are_listed_and_asked_for_and_the_governor_answers(there):
    assert re.search(r"^1 +lamp", there.say("scenes"), re.MULTILINE)
    assert re.search(r"lamp: granted for \d+ s at most", there.say("scenes", "lamp"))
    refused = there.fails("scenes", "story")
    assert refused.status == Status.NOT_ALLOWED and "not allowed" in str(refused)
    assert "no scene nope; there are: lamp" in str(there.fails("scenes", "nope"))


def test_settings_are_said_as_people_say_them(there):
    assert "alarm1: 07:00 weekdays" in there.say("set", "alarm1", "7:00 weekdays")
    assert "alarm2: 06:30 once" in there.say("set", "alarm2", str(390 | 1 << 18))
    assert re.search(r"^alarm1 +07:00 weekdays", there.say("set"), re.MULTILINE)
    for row in ("alarm1", "alarm2"):
        assert f"{row}: off" in there.say("set", row, "off")
    assert "bedtime: 22:30" in there.say("set", "bedtime", "22:30")
    assert "bedtime: never" in there.say("set", "bedtime", "never")
    refused = there.fails("set", "early", "200")
    assert refused.status == Status.BAD_VALUE and "0 to 45" in str(refused)
    assert "there are: evening" in str(there.fails("set", "nosuch", "1"))


def test_time_is_told_and_given(there, monkeypatch):
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    assert "behind this desktop" in there.say("time")
    told = there.say("time", "--set")
    assert told.count("CET-1CEST,M3.5.0,M10.5.0/3") == 2
    assert "as here" in told or "0:00:0" in told  # its time is ten times as fast


async def read_back(there, target):
    """The clip that is on the puck."""
    async with finding.connected(str(there.air)) as puck:
        ((name, size),) = await puck.ask_json(Code.LIST, {"kind": "clips"})
        await transfer.pull(puck, name, size, target, lambda *_: None)
    return target.read_bytes()


def test_clips_are_put_listed_and_deleted(there, tmp_path):
    file = tmp_path / "story-clip.wav"
    file.write_bytes(wrapped(random.Random(1).randbytes(256 * 40), 505 * 40))
    assert "story: is on the puck" in there.say("clips", "put", str(file))
    assert asyncio.run(read_back(there, tmp_path / "back.wav")) == file.read_bytes()
    assert re.search(rf"^story +{file.stat().st_size:,}", there.say("clips"), re.MULTILINE)
    assert "story: is no more" in there.say("clips", "delete", "story")
    assert there.fails("clips", "delete", "story").status == Status.NOT_FOUND
    file.write_bytes(b"RIFF and no clip")
    assert "sleepsync clip makes one" in str(there.fails("clips", "put", str(file)))
    assert "list, put FILE or delete NAME" in str(there.fails("clips", "put"))


def test_organic_mode_hangs_up_and_three_slow_presses_end_it(there):
    assert "organic: 1" in there.say("set", "organic", "1")
    assert there.fails("status", wait="0.5").status == Trouble.NOT_FOUND
    there.let_in()
    assert re.search(r"^parts missing +none", there.say("status"), re.MULTILINE)


def test_a_desktop_that_has_forgotten_pairs_anew(there):
    assert "This desktop has forgotten" in there.say("forget", "--here")
    assert there.fails("status").status == Trouble.NOT_PAIRED
    assert "not paired with that puck" in str(there.fails("forget", "--here"))
    there.let_in()
    assert "Paired with SleepSync" in there.pair()
    assert there.say("forget").count("this desktop") == 1


def test_forget_ends_it_on_both_sides(there):
    assert re.search(r"^1 +\d{4}-\d\d-\d\d .*this desktop", there.say("forget"), re.MULTILINE)
    assert "no such bond" in str(there.fails("forget", "3"))
    assert "have forgotten each other" in there.say("forget", "1")
    assert json.loads((there.folder / "bonds.json").read_text()) == {"desktop": {}}
    assert there.fails("status", wait="0.5").status == Trouble.NOT_FOUND


@pytest.mark.parametrize(
    ("choice", "words"),
    [("hci99x/none", "is no file of an air"), (None, "start `sleepsync puck`")],
)
def test_an_adapter_that_is_not_there_is_told(choice, words, tmp_path):
    air = tmp_path / "air"
    air.write_text("tcp-client:127.0.0.1:1")
    with pytest.raises(LinkError, match=re.escape(words)) as caught:
        get_command(app)(["status", "--adapter", choice or str(air)], standalone_mode=False)
    assert caught.value.status == Trouble.NO_RADIO


def test_without_a_bus_or_an_adapter_the_system_s_radio_is_told_missing(monkeypatch):
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere")
    with pytest.raises(LinkError, match="plug an adapter in") as caught:
        get_command(app)(["pair", "--adapter", "system"], standalone_mode=False)
    assert caught.value.status == Trouble.NO_RADIO
