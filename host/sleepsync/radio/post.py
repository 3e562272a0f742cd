"""What a puck notifies: in its order, and its buffers come back when it has been sent."""

import asyncio
import struct
from contextlib import suppress

from bumble.att import ATT_Handle_Value_Notification
from bumble.device import Connection, Device

from sleepsync.radio.frames import ToPuck
from sleepsync.radio.line import Line
from sleepsync.radio.peers import Peers

_HEAD = struct.Struct("<HHB")  # connection, handle, blocks
_MOST_UNSENT = 8  # packets on their way, before the next notification waits
_ATT_BYTES = 3
_NOTIFICATIONS = 1  # in a subscription


class Post:
    """The notifications of `device` to its `peers`."""

    def __init__(self, device: Device, peers: Peers, line: Line) -> None:
        self._device, self._peers, self._line = device, peers, line
        self._waiting: asyncio.Queue[bytes] = asyncio.Queue()

    def put(self, body: bytes) -> None:
        """Send a NOTIFY's value when it is its turn."""
        self._waiting.put_nowait(body)

    async def carry(self) -> None:
        """Send for ever."""
        while True:
            body = await self._waiting.get()
            number, handle, blocks = _HEAD.unpack_from(body)
            connection = self._peers.connections.get(number)
            if connection:
                self._notify(connection, handle, body[_HEAD.size :])
                await self._settle(connection)
            self._line.send(ToPuck.SENT, bytes([blocks]))

    def update(self, handle: int, value: bytes) -> None:
        """Send to whoever has subscribed."""
        for connection in self._peers.subscribed(handle, _NOTIFICATIONS):
            self._notify(connection, handle, value)

    def _notify(self, connection: Connection, handle: int, value: bytes) -> None:
        pdu = ATT_Handle_Value_Notification(handle, value[: connection.att_mtu - _ATT_BYTES])
        self._device.gatt_server.send_gatt_pdu(connection, bytes(pdu))

    async def _settle(self, connection: Connection) -> None:
        """Wait while much is on its way."""
        queue = self._device.host.le_acl_packet_queue
        if queue and queue.pending > _MOST_UNSENT:
            with suppress(ValueError):  # the connection is gone meanwhile
                await queue.drain(connection.handle)
