"""Somebody before a puck on the desk: types `sleepsync` commands, presses, counts, answers."""

import asyncio
import os
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager, nullcontext, redirect_stdout
from io import StringIO

import pytest
from sleepsync.bench.linked import SPEED, desk, let_in, read_ring
from sleepsync.cli import app
from sleepsync.link.errors import LinkError
from typer.main import get_command

WAIT = "8"
LOOKS = 60


class Desk:
    """A puck on its desk, in a thread of its own, and a terminal before it. `beside(air)`: what
    else there is, by default nothing; `adapter`: by which the commands reach it.
    """

    def __init__(self, folder, adapter=None, beside=lambda air: nullcontext()):
        self.folder, self.air = folder, folder / "air"
        self.adapter = adapter or str(self.air)
        self._beside = beside
        self._loop = asyncio.new_event_loop()
        self._end = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._live()])
        self._here = Future()

    async def _live(self):
        async with desk(self.folder) as puck, self._beside(puck.air):
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
        words = [*words, "--adapter", self.adapter, "--wait", wait]
        with redirect_stdout(told):
            get_command(app)(list(words), standalone_mode=False)
        return told.getvalue()

    def pull(self, *words):
        """What `sleepsync pull` tells, as soon as the puck has written something."""
        for _ in range(LOOKS):
            try:
                return self.say("pull", *words)
            except LinkError as error:
                if "no night yet" not in str(error):
                    raise
            time.sleep(0.3)
        raise TimeoutError("the puck has written no night")

    def let_in(self):
        """Three slow presses, the last of them over; and as long as the puck waits after a failure,
        which is ten seconds of its own."""
        self.do(let_in(self.puck))
        self.do(asyncio.sleep(12 / SPEED))

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
