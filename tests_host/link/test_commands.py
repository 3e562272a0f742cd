"""What a person types, against the firmware in the VM: each command, and what goes wrong."""

import asyncio
import os
import sys
import threading
from concurrent.futures import Future
from contextlib import contextmanager, redirect_stdout
from io import StringIO

import pytest
from linked import SPEED, desk, let_in, read_ring
from sleepsync.cli import app
from sleepsync.link import finding
from sleepsync.link.errors import LinkError, Trouble
from typer.main import get_command

pytestmark = pytest.mark.link
WAIT = "8"


class Desk:
    """A puck on its desk, in a thread of its own, and a terminal before it."""

    def __init__(self, folder):
        self.folder, self.air = folder, folder / "air"
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._live()])
        self._here = Future()

    async def _live(self):
        async with desk(self.folder) as puck:
            self.air.write_text(puck.air.transport)
            self._here.set_result(puck)
            await self._end.wait()

    def __enter__(self):
        self._thread.start()
        self.puck = self._here.result(60)
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def do(self, work):
        """A coroutine at the puck's desk."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def soon(self, work):
        """The same, while something else goes on."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def fails(self, *words, wait=WAIT):
        """The error of `sleepsync` with these words."""
        with pytest.raises((LinkError, ValueError)) as caught:
            self.say(*words, wait=wait)
        return caught.value

    def say(self, *words, wait=WAIT):
        """What `sleepsync` with these words tells."""
        told = StringIO()
        words = [*words, "--adapter", str(self.air), "--wait", wait]
        with redirect_stdout(told):
            get_command(app)(list(words), standalone_mode=False)
        return told.getvalue()

    def pair(self, off_by=0):
        """`sleepsync pair`, by somebody who counts what the ring shows."""
        with typing_into_stdin() as type_:

            async def count():
                number = (await read_ring(self.puck) + off_by) % 1_000_000
                type_(f"{number:06d}\n")

            self.soon(count())
            return self.say("pair")


@contextmanager
def typing_into_stdin():
    source, sink = os.pipe()
    before = sys.stdin
    with os.fdopen(source) as sys.stdin:
        try:
            yield lambda text: os.write(sink, text.encode())
        finally:
            sys.stdin = before
            os.close(sink)


@pytest.fixture(scope="module")
def there(tmp_path_factory):
    """A puck with which this desktop is paired."""
    finding._LINGER_S, linger = 0.01, finding._LINGER_S
    with Desk(tmp_path_factory.mktemp("desk")) as found:
        found.unheard = found.fails("status", wait="0.5")
        found.do(let_in(found.puck))
        found.unpaired = found.fails("status")
        with pytest.raises(LinkError) as caught:
            found.pair(off_by=1)
        found.refused = caught.value
        found.do(asyncio.sleep(3 / SPEED))  # after a failure the puck waits for two seconds
        found.paired = found.pair()
        yield found
    finding._LINGER_S = linger


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
    assert "esp32s3_devkitc" in told and "parts missing" in told
