"""A puck that is connected: ask it, listen to it.

The puck forgets at the end of each connection who had subscribed, so that is done anew in each.
It must never take one request's answer for another's.
"""

import asyncio
import json
import struct
from collections.abc import Callable
from itertools import count
from typing import Any, Self

from bleak import BleakClient
from bleak.backends.device import BLEDevice

from sleepsync.paths import records

from . import gatt
from .errors import GONE, NOT_PAIRED, LinkError, Trouble, told
from .frames import (
    FRAME_BYTES,
    Code,
    FrameError,
    Joiner,
    Message,
    Status,
    fragments,
    packed,
    unpacked,
)

_CONNECT_S = 20.0
_HELLOS, _HELLO_S = 20, 0.1
_PATIENCE_S = 10.0  # without a word from the puck
_MOST_BYTES = 1 << 22  # of an answer: all clips together are smaller
_LAST_ID = 0xFFFF
_MOST_VALUE_BYTES = 512  # of any attribute, however large the MTU (Core Specification 5.4, F 3.2.9)

# What a puck of another version may leave unsaid.
_REMEDIES = {
    Status.OUT_OF_ORDER: "a part of the request was lost on the way; try again",
    Status.BAD_SUM: "the request was damaged on the way; try again",
    Status.BAD_VERSION: "it speaks another version; bring it and this desktop to the same",
    Status.UNKNOWN_REQUEST: "it cannot do that yet; flash a newer application",
    Status.BUSY: "it is still at work; try again in a moment",
    Status.NO_ROOM: "it has no room left; delete clips, or pull nights and delete them",
}


class Puck:
    """`device`: as a scan found it; `how`: what `BleakClient` needs beside it. To be used in
    `async with`, or opened step by step. All of it raises LinkError, and nothing else.
    """

    link: gatt.Link

    def __init__(self, device: BLEDevice, **how: Any) -> None:
        self.address = device.address
        self._client = BleakClient(device, self._gone, timeout=_CONNECT_S, **how)
        self._lock = asyncio.Lock()
        self._joiner = Joiner(_MOST_BYTES)
        self._heard: asyncio.Queue[Message | LinkError | None] = asyncio.Queue()
        self._ids = count(1)
        self.gone = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.connect()
        try:
            await self.open()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # -- the connection

    async def connect(self) -> None:
        """Be connected, which is open to anybody; `open` or `pair` must follow."""
        with told():
            await self._client.connect()

    async def pair(self) -> None:
        """Become known to the puck; its passkey is asked for by the adapter."""
        try:
            with told():
                await self._client.pair()
        except NotImplementedError:  # some systems ask by themselves, at the first reading
            await self._read(gatt.LINK)

    async def unpair(self) -> None:
        """Forget the puck on this desktop."""
        try:
            with told():
                await self._client.unpair()
        except NotImplementedError as error:
            text = "this desktop: its system forgets no device by command; use its settings"
            raise LinkError(text, Trouble.PAIRING) from error

    async def open(self) -> None:
        """Hear what the puck is, and subscribe to its answers."""
        if self._client.services.get_service(gatt.SERVICE) is None:
            raise LinkError(
                f"{self.address}: is no SleepSync puck; name another", Trouble.NOT_FOUND
            )
        self.link = await self._hello()
        if self.link.version != 1:
            raise LinkError(_speaks_otherwise(self.link.version), Status.BAD_VERSION)
        await self.listen(gatt.RESPONSE, self._take)

    async def close(self) -> None:
        """End the connection, if there is one."""
        with told():
            await self._client.disconnect()

    def _gone(self, _: BleakClient) -> None:
        self.gone.set()
        self._heard.put_nowait(LinkError(GONE, Trouble.GONE))

    # -- what is asked

    async def ask(self, code: Code, body: bytes = b"") -> bytes:
        """The body of the answer."""
        async with self._lock:
            id_ = 1 + (next(self._ids) - 1) % _LAST_ID
            await self._send(Message(id_, code, body))
            answer = await self._answer(id_)
        if answer.code != Status.OK:
            raise LinkError(_refusal(answer), answer.code, answer.body)
        return answer.body

    async def ask_json(self, code: Code, value: Any = None) -> Any:
        """The same with bodies that are JSON; no value is no body."""
        body = b"" if value is None else json.dumps(value, ensure_ascii=False).encode()
        answer = await self.ask(code, body)
        try:
            return json.loads(answer) if answer else {}
        except ValueError as error:
            raise LinkError(_speaks_otherwise(self.link.version), Status.BAD_BODY) from error

    def room(self, head_bytes: int) -> int:
        """Bytes that a request holds beside a head of so many in its body."""
        return self.link.longest_request - FRAME_BYTES - head_bytes

    # -- what is told unasked

    async def listen(self, uuid: str, callback: Callable[[bytes], None]) -> None:
        """Be told each new value of a characteristic, in this connection."""
        with told():
            await self._client.start_notify(uuid, lambda _, value: callback(bytes(value)))

    async def listen_to_records(self, callback: Callable[[Any], None]) -> None:
        """Be told each record that the night gets, as a named tuple of `firmware.records`."""

        def take(value: bytes) -> None:
            layout = records.whole(value, 0)
            for row in layout.rows(value) if layout else ():
                callback(row)

        await self.listen(gatt.LIVE, take)

    # -- below

    async def _hello(self) -> gatt.Link:
        """Its first word, which it may say a moment after its radio let us in."""
        for _ in range(_HELLOS):
            value = await self._read(gatt.LINK)
            if value:
                break
            await asyncio.sleep(_HELLO_S)
        try:
            return gatt.Link.of(value)
        except struct.error as error:
            raise LinkError(_speaks_otherwise(0), Status.BAD_VERSION) from error

    async def _read(self, uuid: str) -> bytes:
        with told():
            return bytes(await self._client.read_gatt_char(uuid))

    async def _send(self, message: Message) -> None:
        while not self._heard.empty():  # what came late belongs to nobody
            self._heard.get_nowait()
        if self.gone.is_set():
            raise LinkError(GONE, Trouble.GONE)
        characteristic = self._client.services.get_characteristic(gatt.REQUEST)
        if characteristic is None:
            raise LinkError(NOT_PAIRED, Trouble.NOT_PAIRED)
        most_bytes = min(characteristic.max_write_without_response_size, _MOST_VALUE_BYTES)
        with told():
            for fragment in fragments(packed(message), most_bytes):
                await self._client.write_gatt_char(characteristic, fragment, response=True)

    async def _answer(self, id_: int) -> Message:
        """The answer to request `id_`, or to one whose id the puck could not read."""
        while True:
            try:
                said = await asyncio.wait_for(self._heard.get(), _PATIENCE_S)
            except TimeoutError as error:
                text = f"puck: no answer within {_PATIENCE_S:.0f} s; is it near? Try again"
                raise LinkError(text, Trouble.SILENT) from error
            if isinstance(said, LinkError):
                raise said
            if said and said.id in (id_, 0):
                return said

    def _take(self, fragment: bytes) -> None:
        try:
            whole = self._joiner.take(fragment)
            self._heard.put_nowait(None if whole is None else unpacked(whole))
        except FrameError as error:
            text = f"puck: its answer was damaged on the way ({error}); try again"
            self._heard.put_nowait(LinkError(text, Trouble.DAMAGED))


def _refusal(answer: Message) -> str:
    status = Status(answer.code) if answer.code in list(Status) else None
    said = "" if status == Status.WRONG_OFFSET else answer.body.decode(errors="replace")
    if said:
        return f"puck: {said}"
    name = status.name.lower().replace("_", " ") if status else f"status {answer.code}"
    remedy = _REMEDIES.get(status, "try again") if status else "try again"
    return f"puck: {name}; {remedy}"


def _speaks_otherwise(version: int) -> str:
    return (
        f"puck: it speaks version {version} of the link, this desktop 1; bring both to the same "
        "release"
    )
