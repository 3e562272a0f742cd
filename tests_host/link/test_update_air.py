"""`sleepsync update --over ble`: a bonded desktop, a puck that restarts, a link that breaks."""

import pytest
from sitting import Desk
from sleepsync.bench import updates
from sleepsync.link import finding
from sleepsync.link.errors import LinkError, Trouble
from sleepsync.update import UpdateError, over_air

pytestmark = pytest.mark.link
CASES = {case.name: case for case in updates.cases()}


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
