"""A whole simulated puck on the desk: seen, pressed, typed at, started anew, its power cut."""

import asyncio

import pytest
from in_the_air import in_the_air
from sleepsync.radio import DeskPuck
from sleepsync.radio.desk_puck import address_of

pytestmark = pytest.mark.link

_SPEED = 10


async def awake(puck):
    """Wait until its night runs."""
    start = len(puck.lines)
    await puck.until("found:", start=start)
    await asyncio.sleep(1)


async def says(puck, line, expected):
    """What it answers to a line, when the answer has come."""
    start = len(puck.lines)
    await puck.type(line)
    return await puck.until(expected, start=start + 1)  # its own echo is the first


@in_the_air
async def test_a_hand_lights_the_lamp_and_a_double_press_ends_it(air, short):
    async with DeskPuck(short, air, _SPEED) as puck:
        await awake(puck)
        assert not any(puck.ring)
        await puck.hand.make("long")
        async with asyncio.timeout(20):
            while not any(puck.ring):
                await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        red, green, blue = (max(puck.ring[part::3]) for part in range(3))
        assert red > green >= blue  # as they are, and not in the wire's order
        await puck.hand.make("double")
        async with asyncio.timeout(20):
            while any(puck.ring):
                await asyncio.sleep(0.05)


@in_the_air
async def test_what_it_says_is_heard_and_a_reset_starts_it_anew(air, short):
    async with DeskPuck(short, air, _SPEED) as puck:
        await awake(puck)
        assert "power on" in await says(puck, "import puck; puck.status()", "started")
        before = address_of(short)
        await puck.type("import machine; machine.reset()")
        await awake(puck)
        assert puck.starts == 2
        assert "reset" in await says(puck, "import puck; puck.status()", "started")
        assert address_of(short) == before


@in_the_air
async def test_a_cut_keeps_the_flash_as_it_was(air, short):
    """What had been written is there; what was open and not closed is not."""
    async with DeskPuck(short, air, _SPEED) as puck:
        await awake(puck)
        await says(
            puck, "f = open('/kept', 'w'); f.write('here'); f.close(); print('wrote')", "wrote"
        )
        await says(puck, "g = open('/lost', 'w'); g.write('gone'); print('wrote')", "wrote")
        await puck.cut()
        assert not (short / "puck" / "rtc.bin").exists()
        start = len(puck.lines)
        await puck.power_on()
        await puck.until("found:", start=start)
        await asyncio.sleep(1)
        assert await says(puck, "print('it is', open('/kept').read())", "it is") == "it is here"
        lost = "import os; print('there', 'lost' in os.listdir('/') and os.stat('/lost')[6])"
        assert (await says(puck, lost, "there ")).endswith(("False", " 0"))
