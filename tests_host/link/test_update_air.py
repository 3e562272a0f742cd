"""`sleepsync update --over ble`: a bonded desktop, a puck that restarts, a link that breaks."""

import asyncio
import struct

import pytest
from sitting import Desk
from sleepsync.bench import update_cases, updates
from sleepsync.link import finding
from sleepsync.link.errors import LinkError, Trouble
from sleepsync.link.frames import Code, Status
from sleepsync.update import UpdateError, over_air

pytestmark = pytest.mark.link
CASES = {case.name: case for case in update_cases.CASES}


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A puck with which this desktop is paired."""
    finding._LINGER_S, linger = 0.01, finding._LINGER_S
    with Desk(tmp_path_factory.mktemp("desk")) as found:
        found.let_in()
        found.pair()
        yield found
    finding._LINGER_S = linger


def update(there, folder):
    return there.say("update", "--over", "ble", "--slot", str(folder))


def test_another_board_s_is_refused_before_anything_is_written(there, tmp_path):
    slot = updates.new_slot(CASES["it is made for another board"], tmp_path)
    with pytest.raises(LinkError, match="puck: the update is made for esp32_wrover"):
        update(there, slot)


def piece(name, offset=0, data=b"x"):
    return struct.pack("<IB", offset, len(name)) + name.encode() + data


BAD = [
    (Code.WRITE_SLOT, b"", Status.BAD_BODY, "too short"),
    (Code.WRITE_SLOT, piece("boot.py"), Status.BAD_VALUE, "manifest.json and application.archive"),
    (Code.WRITE_SLOT, piece("../a/manifest.json"), Status.BAD_VALUE, "manifest.json and"),
    (Code.WRITE_SLOT, piece("\xff"), Status.BAD_VALUE, ""),  # cut in mid-letter
    (Code.WRITE_SLOT, piece("application.archive"), Status.BAD_VALUE, "its manifest comes first"),
    (Code.WRITE_SLOT, piece("manifest.json", 5), Status.WRONG_OFFSET, ""),
    (Code.OFFER, b"[]", Status.BAD_BODY, "no JSON object"),
    (Code.OFFER, b"{}", Status.BAD_BODY, "docs/link.md"),
    (Code.OFFER, b'{"sum": 7}', Status.BAD_VALUE, "the manifest came damaged; update again"),
]


async def refusals(air):
    found = []
    async with finding.connected(air) as puck:
        for code, body, *_ in BAD:
            with pytest.raises(LinkError) as caught:
                await puck.ask(code, body)
            found.append((caught.value.status, str(caught.value)))
        await puck.ask_json(Code.TRY)
        state = await puck.ask_json(Code.SLOTS)
        while state["trying"] == "verifying":
            await asyncio.sleep(0.1)
            state = await puck.ask_json(Code.SLOTS)
    return found, state


def test_what_is_no_update_is_refused_and_changes_nothing(there):
    found, state = asyncio.run(refusals(str(there.air)))
    for (code, body, status, text), (was, said) in zip(BAD, found, strict=True):
        assert was == status and text in said, (code, body, was, said)
    assert "cannot be read; update again" in state["trying"]
    assert (state["slot"], state["stage"], state["manifest"], state["bytes"]) == ("a", "", "", 0)
    assert there.puck.starts == 1


def test_a_version_comes_over_the_air_through_a_link_that_breaks(there, tmp_path, monkeypatch):
    slot = updates.new_slot(CASES["a good version"], tmp_path)
    sent, send = [], over_air._send

    async def break_once(puck, name, data, offset, progress):
        def look(what, done, whole):
            is_first = not any(done == -1 for _, done in sent)
            if what == "application.archive" and done > 60_000 and is_first:
                sent.append((what, -1))
                raise LinkError("puck: the connection was lost", Trouble.GONE)
            sent.append((what, done))

        await send(puck, name, data, offset, look)

    monkeypatch.setattr(over_air, "_send", break_once)
    told = update(there, slot)
    assert "runs 0.1.0 from slot a" in told and "kept: 0.2.0 runs from slot b" in told
    broke = sent.index(("application.archive", -1))
    (what, offset), (_, reached) = sent[broke + 1], sent[broke - 1]
    assert what == "application.archive" and offset >= reached > 50_000


def test_a_version_that_came_and_was_taken_back_is_told(there, tmp_path):
    slot = updates.new_slot(CASES["a module that is loaded later cannot be"], tmp_path)
    with pytest.raises(UpdateError, match=r"taken back: 0\.2\.0; .*services cannot be imported"):
        update(there, slot)
