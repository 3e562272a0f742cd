"""A small peripheral in the real VM, and centrals around it, for the tests of the radio."""

import asyncio
import inspect
import json
from contextlib import asynccontextmanager
from functools import wraps
from pathlib import Path

from bumble.core import UUID, ProtocolError
from sleepsync import vm
from sleepsync.radio import Air, central, connect

PROGRAM = Path(__file__).with_name("radio_vm.py")
ADDRESS = "7C:DF:A1:00:00:01"
PASSKEY = 123456
_PATIENCE_S = 20
_WHOLE_TEST_S = 90

# Events of MicroPython
CONNECT, DISCONNECT, WRITTEN, MTU, UPDATED = 1, 2, 3, 21, 27
ENCRYPTION, GET, SET, ACTION = 28, "get", "set", 31

# Errors of ATT
NOT_PERMITTED_READ, NOT_PERMITTED_WRITE = 0x02, 0x03
AUTHENTICATE, ENCRYPT = 0x05, 0x0F


def in_the_air(test):
    """Run a coroutine of a test, whose first argument is an air of its own."""

    @wraps(test)
    def run(**given):
        async def live():
            async with Air() as air:
                await test(air, **given)

        asyncio.run(asyncio.wait_for(live(), _WHOLE_TEST_S))

    del run.__wrapped__  # or pytest would look for a fixture `air`
    signature = inspect.signature(test)
    run.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])
    return run


class Peripheral:
    """The program in the VM. `events`: what it told, [event, ...] each."""

    def __init__(self, process):
        self._process = process
        self.events = []
        self.said = []  # what is no event
        self._news = asyncio.Event()

    async def listen(self):
        async for line in self._process.stdout:
            text = line.decode().rstrip()
            if text.startswith("["):
                self.events.append(json.loads(text))
            else:
                self.said.append(text)
            self._news.set()
        self.events.append(["ended"])
        self._news.set()

    def of(self, kind):
        """Those events, without their number."""
        return [event[1:] for event in self.events if event[0] == kind]

    async def until(self, kind, count=1):
        """The last of so many events of a kind, as soon as they have come."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                while len(self.of(kind)) < count and self.events[-1:] != [["ended"]]:
                    self._news.clear()
                    await self._news.wait()
                return self.of(kind)[count - 1]
        except (TimeoutError, IndexError):
            raise AssertionError(f"no {kind!r}: {self.events} {self.said}") from None

    async def does(self, line):
        """What comes of a line of Python in the VM; [errno] of an OSError."""
        count = len(self.of("done")) + len(self.of("refused"))
        self._process.stdin.write(line.encode() + b"\n")
        while len(self.of("done")) + len(self.of("refused")) == count:
            self._news.clear()
            async with asyncio.timeout(_PATIENCE_S):
                await self._news.wait()
        last = next(event for event in reversed(self.events) if event[0] in ("done", "refused"))
        return last[1] if last[0] == "done" else [last[1]]


@asynccontextmanager
async def peripheral(air, folder, speed=1):
    """The program in the air, its bonds in `folder`; its power is cut at the end of the block."""
    port = await air.moor(ADDRESS)
    argv, env = vm.command(str(PROGRAM), str(port), str(folder / "bonds.json"), str(speed))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *argv, env=env, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    vm_side = Peripheral(process)
    listening = asyncio.create_task(vm_side.listen())
    try:
        await vm_side.until("ready")
        yield vm_side
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await listening


def characteristic(peer, number):
    """One of the peripheral's, by the number in its UUID."""
    uuid = UUID(f"6e4000{number:02x}-b5a3-f393-e0a9-e50e24dcca9e")
    return peer.get_characteristics_by_uuid(uuid)[0]


async def read(peer, number):
    """(value, 0), or (None, the error of ATT)."""
    try:
        return await asyncio.wait_for(characteristic(peer, number).read_value(), 10), 0
    except ProtocolError as error:
        return None, error.error_code


async def write(peer, number, value, with_response=True):
    """0, or the error of ATT."""
    try:
        writing = characteristic(peer, number).write_value(value, with_response)
        await asyncio.wait_for(writing, 10)
        return 0
    except ProtocolError as error:
        return error.error_code


async def met(air, number=1, **options):
    """(connection, peer) of a new central."""
    return await connect(await central(air, number, PASSKEY, **options))
