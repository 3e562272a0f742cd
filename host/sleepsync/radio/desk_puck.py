"""A simulated puck on the desk, in the virtual air: a real VM that boots from its own flash.

    async with Air() as air, DeskPuck(folder, air, speed=10) as puck:
        await puck.press(1000)
        await puck.type("puck.status()")

When the VM ends by a reset it starts anew, as a board does. It must never touch what the puck
has in its flash.
"""

import asyncio
import os
import secrets
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from sleepsync import vm
from sleepsync.radio.air import Air
from sleepsync.radio.hand import Hand
from sleepsync.simulate import put_new_puck

_READY = b"\0"  # what hw/sim/desk.py says before the puck starts
_POWER_ON, _SOFT_RESET = 1, 5  # of machine.reset_cause()
_ENTER = b"\r"
_PATIENCE_S = 20.0
_LINES = 1000
_CHUNK_BYTES = 65536


class DeskPuck:
    """The puck in the world of `folder`, in the air `air`, `speed` times as fast as our time.

    `hand`: its button, ring, touch (hand.py); `lines`: what its console has said, the newest
    1,000; `said(line)`: called for each; `starts`: how often it has started.
    """

    def __init__(self, folder: Path, air: Air, speed: int = 1) -> None:
        self.folder, self.air, self.speed = folder, air, speed
        self.hand = Hand()
        self.lines: list[str] = []
        self.said: Callable[[str], None] = lambda line: None
        self.starts = 0
        self._news = asyncio.Event()
        self._rest = b""
        self._vm: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "DeskPuck":
        put_new_puck(self.folder)
        ports = await self.air.moor(address_of(self.folder)), await self.hand.listen()
        self._ports = [str(port) for port in ports]
        await self.power_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut_down()
        self.hand.close()

    @property
    def ring(self) -> bytes:
        """Red, green, blue of each light, now."""
        return self.hand.ring

    async def press(self, held_ms: int, in_ms: int = 0) -> None:
        """Hold the button for so many of the puck's ms, in so many; it returns at once."""
        await self.hand.press(held_ms, in_ms)

    async def type(self, line: str) -> None:
        """Type a line, and Enter, at the puck's console."""
        self._line.write(line.encode() + _ENTER)
        await self._line.drain()

    async def until(self, text: str, patience_s: float = _PATIENCE_S, start: int = 0) -> str:
        """The first line from number `start` on with `text` in it, as soon as there is one.

        TimeoutError, with what was said, if none comes.
        """
        try:
            async with asyncio.timeout(patience_s):
                while True:
                    for line in self.lines[start:]:
                        if text in line:
                            return line
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            said = "\n".join(self.lines[-20:])
            raise TimeoutError(f"the puck has not said {text!r}; it last said:\n{said}") from None

    async def power_on(self) -> None:
        """Start it, after `cut` or at first. VmError if the VM fails at once."""
        await self._start(_POWER_ON)
        self._life = asyncio.create_task(self._live())

    async def cut(self) -> None:
        """Cut its power: its flash is as it was at that moment, its RTC memory is lost."""
        if self._life:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(self.hand.cut(), _PATIENCE_S)
        await self._kill()

    async def shut_down(self) -> None:
        """End its night as Ctrl-C does, and let it keep what outlives a restart."""
        if self._life and not self._life.done():
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        if self._vm and self._vm.returncode is None:
            with suppress(ProcessLookupError):
                self._vm.send_signal(signal.SIGINT)
            self._ours.shutdown(socket.SHUT_WR)
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_S):
                    await self._hear_all()
                    await self._vm.wait()
        await self._kill()

    async def _live(self) -> None:
        """Hear the console; when the VM ends, start the puck anew."""
        while True:
            await self._hear_all()
            assert self._vm
            code = await self._vm.wait()
            self._line.close()
            if code < 0:
                self._say(f"the simulated puck's VM died of signal {-code}")
                return
            await self._start(_SOFT_RESET if code == 0 else code)

    async def _start(self, cause: int) -> None:
        words = [str(self.folder), str(self.speed), str(cause), "0", *self._ports]
        argv, env = vm.command(vm.program("desk"), *words)
        self._ours, theirs = socket.socketpair()
        self._vm = await asyncio.create_subprocess_exec(
            *argv,
            env=env,
            stdin=theirs.fileno(),
            stdout=theirs.fileno(),
            stderr=theirs.fileno(),
            start_new_session=True,
        )
        theirs.close()
        self._reader, self._line = await asyncio.open_connection(sock=self._ours)
        self.starts += 1
        said = b""
        while (byte := await self._reader.read(1)) != _READY:
            if not byte:
                raise vm.VmError(f"the simulated puck does not start: {said.decode()}")
            said += byte

    async def _hear_all(self) -> None:
        """Everything that the console says until it ends."""
        with suppress(ConnectionError):
            while some := await self._reader.read(_CHUNK_BYTES):
                *lines, self._rest = (self._rest + some).split(b"\n")
                for line in lines:
                    self._say(line.decode(errors="replace").rstrip("\r"))

    def _say(self, line: str) -> None:
        self.lines.append(line)
        del self.lines[:-_LINES]
        self._news.set()
        self.said(line)

    async def _kill(self) -> None:
        if self._vm:
            if self._vm.returncode is None:
                with suppress(ProcessLookupError):
                    self._vm.kill()
            await self._vm.wait()
            self._line.close()


def address_of(folder: Path) -> str:
    """The public address of the puck in `folder`: its chip's own, drawn when it was made."""
    kept = folder / "puck" / "address"
    if not kept.exists():
        drawn = bytes([0x7C, 0xDF, 0xA1]) + secrets.token_bytes(3)  # Espressif's own numbers
        kept.write_text(drawn.hex(":").upper() + os.linesep)
    return kept.read_text().strip()
