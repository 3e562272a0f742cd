"""The line from a stack to its puck's VM: what is told, and what is asked and answered.

It must never leave a question open when the VM is gone.
"""

import asyncio
import struct
from collections.abc import Callable
from itertools import count

from sleepsync.radio import frames
from sleepsync.radio.frames import ToPuck

_MOST_QUESTIONS = 0xFFFF

Answer = tuple[int, bytes]  # status (0: well), data


class Line:
    """To the VM behind `writer`."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._questions: dict[int, asyncio.Future[Answer]] = {}
        self._numbers = count()

    def tell(self, event: int, numbers: list[int], *buffers: bytes) -> None:
        """An event of MicroPython's."""
        self.send(ToPuck.EVENT, frames.event(event, 0, numbers, list(buffers)))

    async def ask_event(self, event: int, numbers: list[int], *buffers: bytes | None) -> Answer:
        """The same, and what its handler gives back."""
        return await self.ask(
            ToPuck.EVENT, lambda question: frames.event(event, question, numbers, list(buffers))
        )

    async def ask(self, kind: ToPuck, body: Callable[[int], bytes]) -> Answer:
        """The answer to a frame, whose body has the question's number in it."""
        question = next(self._numbers) % _MOST_QUESTIONS + 1
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._questions[question] = future
        self.send(kind, body(question))
        return await future

    def answered(self, body: bytes) -> None:
        """The VM's ANSWER has come."""
        question, status = struct.unpack_from("<HB", body)
        future = self._questions.pop(question, None)
        if future and not future.done():
            future.set_result((status, body[3:]))

    def done(self, error: int, data: bytes = b"") -> None:
        """What the VM waits for is done, or has failed with an error number."""
        self.send(ToPuck.DONE, struct.pack("<h", error) + data)

    def send(self, kind: ToPuck, body: bytes) -> None:
        """A frame; nothing if the VM is gone."""
        if not self._writer.is_closing():
            self._writer.write(frames.packed(kind, body))

    def end(self) -> None:
        """Nobody answers any more."""
        for future in self._questions.values():
            future.cancel()
        self._questions.clear()
