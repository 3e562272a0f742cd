"""How fast a night comes over the air, whole and in pieces, beside what Bumble reaches alone.

No figure here is a radio's: nothing models its intervals, its range or its losses. What is
compared is the work of puck and stack with the work of the stack alone, in one run.
"""

import asyncio
import struct
import time
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from bumble.core import UUID
from bumble.device import Device, Peer
from bumble.gatt import Characteristic, Service
from bumble.host import Host
from bumble.transport.common import AsyncPipeSink

from sleepsync.bench.linked import REQUEST, RESPONSE, ask, desk, owner, request
from sleepsync.radio import Air, DeskPuck, connect
from sleepsync.radio.air import static_address

KIB = 40
NAME = "nights/00000.night"
_READ, _SUM = 10, 11
_PAGE = 1024
_HEAD_BYTES, _SUM_BYTES = 4, 4
_PATIENCE_S = 60.0
_SPEED = 20  # where the puck never waits for its own time
_SERVICE, _VALUE = UUID("534c4545-5053-594e-4300-0000000000f0"), UUID.from_16_bits(0xFFF1)
_FRAGMENT_BYTES = 512  # as the puck's
_PULLS = 6
_BUMBLE_BYTES = KIB * _PAGE


def night() -> bytes:
    """What `plant` has put into the puck's flash."""
    pages = [bytes((k * 31 + i * 17 + (i >> 3)) & 255 for i in range(_PAGE)) for k in range(KIB)]
    return b"".join(pages)


async def plant(puck: DeskPuck) -> None:
    """Give the puck a file of 40 KiB among its nights."""
    await puck.type("f = open('/data/00000.night', 'wb')")
    page = f"bytes([(k * 31 + i * 17 + (i >> 3)) & 255 for i in range({_PAGE})])"
    await puck.type(f"all([f.write({page}) for k in range({KIB})])")
    await ask(puck, "f.close() or print('planted')", "planted")


async def read(peer: Peer, offset: int, enough: int = 0) -> bytes:
    """What comes of the night from `offset` on; no more than `enough` is waited for, if given.

    ValueError if it came damaged, out of order or in fragments that phones drop.
    """
    (asked,) = peer.get_characteristics_by_uuid(REQUEST)
    (answered,) = peer.get_characteristics_by_uuid(RESPONSE)
    came, counts, over = bytearray(), [], asyncio.Event()
    longest = 0

    def hear(fragment: bytes) -> None:
        nonlocal longest
        longest = max(longest, len(fragment))
        counts.append(fragment[0] & 0x3F)
        came.extend(fragment[1:])
        if fragment[0] & 0x40 or (enough and len(came) >= enough):
            over.set()

    await answered.subscribe(hear)
    message = struct.pack("<BHBII", 1, 7, _READ, offset, KIB * _PAGE) + NAME.encode()
    message += struct.pack("<I", crc32(message))
    await asked.write_value(b"\xc0" + message, with_response=True)
    await asyncio.wait_for(over.wait(), _PATIENCE_S)
    if counts != [k & 0x3F for k in range(len(counts))]:
        raise ValueError("fragments are out of order")
    if longest > _FRAGMENT_BYTES:
        raise ValueError(f"a fragment of {longest} bytes, which phones drop")
    if enough:
        return bytes(came[_HEAD_BYTES : _HEAD_BYTES + enough])
    body, total = came[:-_SUM_BYTES], struct.unpack("<I", came[-_SUM_BYTES:])[0]
    if crc32(body) != total:
        raise ValueError("the message is damaged")
    return bytes(body[_HEAD_BYTES:])


async def sum_of(peer: Peer) -> int:
    """The night's checksum, as the puck tells it."""
    _, body = await request(peer, _SUM, struct.pack("<I", KIB * _PAGE) + NAME.encode())
    return struct.unpack("<I", body)[0]


async def pulled(folder: Path, enough: float = 1.0) -> tuple[bytes, int, float]:
    """(the night as it came, its checksum as the puck tells it, `share`)."""
    async with desk(folder, speed=_SPEED) as puck:
        _, _, peer = await owner(puck)
        await plant(puck)
        return await read(peer, 0), await sum_of(peer), await share(peer, enough)


async def resumed(folder: Path, cuts: list[int]) -> bytes:
    """The night, of which the connection ended at each of the bytes `cuts`."""
    came = b""
    async with desk(folder) as puck:
        phone, connection, peer = await owner(puck)
        await plant(puck)
        for cut in cuts:
            came += await read(peer, len(came), cut - len(came))
            await connection.disconnect()
            connection, peer = await connect(phone)
            await connection.encrypt()
        return came + await read(peer, len(came))


async def share(peer: Peer, enough: float, rounds: int = 6) -> float:
    """What the puck reaches of what Bumble does alone: of the best of some pulls and of as many
    transfers of the same bytes by one of Bumble's devices to another, in turns; the best of some
    rounds, or the first that is `enough`.

    Whatever else the machine does makes either slower, and never faster.
    """
    async with Air() as air:
        giver, value, taker = await _alone(air)
        best = 0.0
        for _ in range(rounds):
            best = max(best, await _round(peer, giver, value, taker))
            if best >= enough:
                break
        return best


async def _round(peer, giver, value, taker):
    ours, theirs = [], []
    for _ in range(_PULLS):
        ours.append(await _rate(lambda: read(peer, 0)))
        theirs.append(await _rate(lambda: _notified(giver, value, taker)))
    return max(ours) / max(theirs)


async def _alone(air):
    """Two of Bumble's devices, connected: (who gives, what, the other as it sees the first)."""
    giver, taker = _device(air, 1), _device(air, 2)
    value = Characteristic(_VALUE, Characteristic.Properties.NOTIFY, 0, b"")
    giver.add_service(Service(_SERVICE, [value]))
    for device in (giver, taker):
        await device.power_on()
    await giver.start_advertising(auto_restart=False)
    peer = Peer(await taker.connect(giver.random_address))
    await peer.request_mtu(517)
    await peer.discover_services()
    await peer.discover_characteristics()
    return giver, value, peer


async def _notified(giver, value, peer):
    (theirs,) = peer.get_characteristics_by_uuid(_VALUE)
    came, over = bytearray(), asyncio.Event()

    def hear(fragment: bytes) -> None:
        came.extend(fragment)
        if len(came) >= _BUMBLE_BYTES:
            over.set()

    await theirs.subscribe(hear)
    while len(came) < _BUMBLE_BYTES and not over.is_set():
        for _ in range(-(-_BUMBLE_BYTES // _FRAGMENT_BYTES)):
            await giver.notify_subscribers(value, bytes(_FRAGMENT_BYTES))
        await asyncio.wait_for(over.wait(), _PATIENCE_S)
    await theirs.unsubscribe(hear)
    return bytes(came)


def _device(air, number):
    controller = air.controller(f"alone {number}")
    return Device(
        name=controller.name,
        address=static_address(number),
        host=Host(controller, AsyncPipeSink(controller)),
    )


async def _rate(transfer: Callable) -> float:
    began = time.perf_counter()
    came = await transfer()
    return len(came) / (time.perf_counter() - began)
