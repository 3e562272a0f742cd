"""A night over the air: whole, cut off and taken up again, as fast as the stack allows."""

import asyncio
import random
from zlib import crc32

from sleepsync.bench.link_pull import (
    KIB,
    night,
    plant,
    read,
    share,
    sum_of,
)
from sleepsync.bench.linked import desk, owner
from sleepsync.radio import connect

CUTS = 20
LEAST_SHARE = 0.6


def test_a_night_comes_whole_and_as_fast_as_most_of_the_stack_allows(tmp_path):
    async def run():
        async with desk(tmp_path, speed=20) as puck:
            _, _, peer = await owner(puck)
            await plant(puck)
            came, total = await read(peer, 0), await sum_of(peer)
            return came, total, await share(peer)

    came, total, reached = asyncio.run(run())
    assert came == night()
    assert total == crc32(came)
    assert reached >= LEAST_SHARE, f"{reached:.2f} of what the stack reaches alone"


def test_a_night_that_is_cut_off_anywhere_is_taken_up_there(tmp_path):
    cuts = sorted(random.Random(4).sample(range(1, KIB * 1024), CUTS))

    async def run():
        came = b""
        async with desk(tmp_path) as puck:
            phone, connection, peer = await owner(puck)
            await plant(puck)
            for cut in cuts:
                came += await read(peer, len(came), cut - len(came))
                await connection.disconnect()
                connection, peer = await connect(phone)
                await connection.encrypt()
            return came + await read(peer, len(came))

    assert asyncio.run(run()) == night()
