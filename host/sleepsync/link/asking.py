"""A person types a line while the link goes on.

It must never keep the program from ending when nobody types.
"""

import asyncio
import os
import sys
import threading
from contextlib import suppress

_CHUNK_BYTES = 256


async def line(prompt: str) -> str | None:
    """What is typed, without the end of the line; None at the end of what can be typed."""
    print(prompt, end="", flush=True)
    loop = asyncio.get_running_loop()
    typed = loop.create_future()

    def read():
        text = _read(sys.stdin.fileno())
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: typed.done() or typed.set_result(text))

    # Not in an executor, which would be waited for; not through sys.stdin, whose lock would be held
    # by a thread that never ends.
    threading.Thread(target=read, daemon=True).start()
    return await typed


async def passkey(prompt: str) -> int | None:
    """Six digits, asked for until they are; None if nobody types any more."""
    while (text := await line(prompt)) is not None:
        digits = text.replace(" ", "")
        if len(digits) == 6 and digits.isdecimal():
            return int(digits)
        prompt = "Six digits, please, as the ring shows them: "
    return None


def _read(descriptor):
    data = b""
    while not data.endswith(b"\n"):
        chunk = os.read(descriptor, _CHUNK_BYTES)
        if not chunk:
            return data.decode(errors="replace") if data else None
        data += chunk
    return data.decode(errors="replace").rstrip("\r\n")
