"""The virtual air: simulated pucks, centrals of this process, and hosts of other processes.

    async with Air() as air:
        async with DeskPuck(folder, air) as puck: ...

It listens on this machine only. It must never be a way to a real adapter.
"""

import asyncio
import logging
from contextlib import suppress
from itertools import count

from bumble.hci import Address
from bumble.transport.common import PacketParser

from sleepsync.radio.link import Air as Link
from sleepsync.radio.link import VirtualController
from sleepsync.radio.stack import Stack

HERE = "127.0.0.1"
_CHUNK_BYTES = 65536
_LAST_BYTE = "F0:F1:F2:F3:{:02X}:{:02X}"  # public addresses of the controllers that it lends

# Bumble tells of every peer's mistake; what matters reaches the firmware, or an exception.
logging.getLogger("bumble").setLevel(logging.CRITICAL)


class Air:
    """`port`: where hosts of other processes find a controller of their own, by HCI over TCP."""

    def __init__(self, port: int = 0) -> None:
        self.link = Link()
        self.port = port
        self._numbers = count(1)
        self._servers: list[asyncio.Server] = []
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Air":
        self.port = await self._listen(self._lend, self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        for server in self._servers:
            server.close()
        for task in list(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def transport(self) -> str:
        """What Bumble's `open_transport` takes to come in from another process."""
        return f"tcp-client:{HERE}:{self.port}"

    def controller(self, name: str) -> VirtualController:
        """A controller for a host of this process."""
        number = next(self._numbers)
        return VirtualController(name, self.link, _LAST_BYTE.format(number >> 8, number & 0xFF))

    async def moor(self, address: str) -> int:
        """A port for the VM of a puck whose public address is `address`."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await Stack(self.link, address, reader, writer).run()

        return await self._listen(serve, 0)

    async def _lend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A controller for as long as its host is there."""
        controller = self.controller("lent")
        controller.set_packet_sink(_Sink(writer))
        parser = PacketParser(controller)
        try:
            while some := await reader.read(_CHUNK_BYTES):
                parser.feed_data(some)
        finally:
            controller.set_packet_sink(None)
            controller.vanish()

    async def _listen(self, serve, port: int) -> int:  # type: ignore[no-untyped-def]
        async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            self._serving.add(task)
            try:
                with suppress(ConnectionError, asyncio.CancelledError):
                    await serve(reader, writer)
            finally:
                self._serving.discard(task)
                writer.close()

        server = await asyncio.start_server(serve_one, HERE, port)
        self._servers.append(server)
        return server.sockets[0].getsockname()[1]


class _Sink:
    """Where a lent controller's packets go."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    def on_packet(self, packet: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(packet)


def static_address(number: int) -> Address:
    """A random static address of a central, another for each number."""
    return Address(f"E0:E1:E2:E3:{number >> 8:02X}:{number & 0xFF:02X}")
