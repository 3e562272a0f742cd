"""A peripheral that speaks the link as a puck does, to be harmed in ways that no puck can be asked
for: answers damaged, cut off, silent, late.

It stands beside the tests against the firmware, not in their place: it knows no night.
"""

import asyncio
import json
import struct
from contextlib import asynccontextmanager
from zlib import crc32

from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.device import Device
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.host import Host
from bumble.keys import MemoryKeyStore
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import AsyncPipeSink
from sleepsync.link import gatt
from sleepsync.link.frames import Code, Joiner, Message, Status, fragments, packed, unpacked

PASSKEY = 314159
LONGEST = 1024

P = Characteristic.Properties
OPEN = Attribute.Permissions.READABLE | Attribute.Permissions.WRITEABLE


def device_at(link, name, address):
    controller = Controller(name, link=link, public_address=address)
    device = Device(name, Address(address), host=Host(controller, AsyncPipeSink(controller)))
    device.keystore = MemoryKeyStore()
    return device


class Shows(PairingDelegate):
    async def generate_passkey(self):
        return PASSKEY


class StandIn:
    """`files`: {name: bytes}. `harm(fragments)` may change what is sent, or hang up; `answers`:
    {code: function of a body, giving (status, body)}."""

    shows = PairingDelegate.DISPLAY_OUTPUT_ONLY

    def __init__(self, link):
        self.files = {"nights/0001.night": bytes(range(256)) * 160}
        self.parts = {}
        self.harm = None
        self.asked = []
        self.answers = {
            Code.LIST: self._list,
            Code.READ: self._read,
            Code.SUM: self._sum,
            Code.WRITE: self._write,
            Code.DONE: self._done,
        }
        self._joiner = Joiner(LONGEST)
        self._session = 0
        self.device = device_at(link, gatt.NAME, "F0:F1:F2:F3:F4:F5")
        self.device.pairing_config_factory = lambda _: PairingConfig(
            identity_address_type=PairingConfig.AddressType.RANDOM,
            mitm=False,  # that is the desktop's to want
            delegate=Shows(self.shows),
        )

    async def start(self):
        link = CharacteristicValue(read=self._link)
        request = CharacteristicValue(write=self._take)
        self.response = Characteristic(gatt.RESPONSE, P.NOTIFY, OPEN, b"")
        self.live = Characteristic(gatt.LIVE, P.NOTIFY, OPEN, b"")
        self.heart = Characteristic(gatt.HEART_RATE, P.NOTIFY, OPEN, b"")
        ours = [
            Characteristic(gatt.LINK, P.READ, OPEN, link),
            Characteristic(gatt.REQUEST, P.WRITE | P.WRITE_WITHOUT_RESPONSE, OPEN, request),
            *(self.response, self.live),
        ]
        self.device.add_services(
            [Service(gatt.SERVICE, ours), Service(gatt.HEART_RATE_SERVICE, [self.heart])]
        )
        kinds = AdvertisingData.Type
        said = [
            (kinds.FLAGS, b"\x06"),
            (kinds.COMPLETE_LOCAL_NAME, gatt.NAME.encode()),
            (kinds.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, b"\x0d\x18"),
        ]
        self.device.advertising_data = bytes(AdvertisingData(said))
        await self.device.power_on()
        await self.device.start_advertising(
            auto_restart=True, advertising_interval_min=20, advertising_interval_max=20
        )

    async def tell(self, characteristic, value):
        await self.device.notify_subscribers(characteristic, value)

    async def hang_up(self):
        for connection in list(self.device.connections.values()):
            await connection.disconnect()

    def _link(self, connection):
        self._secure(connection)
        self._session += 1
        return struct.pack("<BIHB", 1, self._session, LONGEST, 0)

    def _take(self, connection, value):
        self._secure(connection)
        whole = self._joiner.take(bytes(value))
        if whole:
            self._answering = asyncio.ensure_future(self._answer(connection, unpacked(whole)))

    def _secure(self, connection):
        if not connection.is_encrypted:
            raise ATT_Error(ErrorCode.INSUFFICIENT_AUTHENTICATION)

    async def _answer(self, connection, message):
        self.asked.append(message)
        answer = self.answers.get(message.code, lambda _: (Status.UNKNOWN_REQUEST, b"no such"))
        status, body = answer(message.body)
        pieces = fragments(
            packed(Message(message.id, status, body)), min(connection.att_mtu - 3, 512)
        )
        for piece in self.harm(list(pieces)) if self.harm else pieces:
            await self.device.notify_subscriber(connection, self.response, piece)
            await asyncio.sleep(0)

    def _list(self, body):
        kind = json.loads(body)["kind"]
        rows = [[name, len(data)] for name, data in self.files.items() if name.startswith(kind)]
        return Status.OK, json.dumps(rows).encode()

    def _read(self, body):
        offset, length = struct.unpack_from("<II", body)
        data = self.files[body[8:].decode()]
        return Status.OK, data[offset : offset + length]

    def _sum(self, body):
        (length,) = struct.unpack_from("<I", body)
        return Status.OK, struct.pack("<I", crc32(self.files[body[4:].decode()][:length]))

    def _write(self, body):
        offset, name_bytes = struct.unpack_from("<IB", body)
        name, data = body[5 : 5 + name_bytes].decode(), body[5 + name_bytes :]
        have = b"" if offset == 0 else self.parts.get(name, b"")
        if offset != len(have):
            return Status.WRONG_OFFSET, struct.pack("<I", len(have))
        self.parts[name] = have + data
        return Status.OK, struct.pack("<I", len(self.parts[name]))

    def _done(self, body):
        said = json.loads(body)
        data = self.parts.pop(said["name"], b"")
        if (len(data), crc32(data)) != (said["bytes"], said["sum"]):
            return Status.WRONG_SUM, b"it is not what was sent"
        self.files[said["name"]] = data
        return Status.OK, b"{}"


@asynccontextmanager
async def standing_in():
    """(the stand-in, a central on the same air)."""
    link = LocalLink()
    standin = StandIn(link)
    central = device_at(link, "desktop", "E0:E1:E2:E3:E4:E5")
    await standin.start()
    await central.power_on()
    yield standin, central
    await standin.hang_up()
