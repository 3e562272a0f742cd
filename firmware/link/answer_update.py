"""Answers that bring a new version into the slot that does not run, and have it tried.

Loaded when somebody asks, with firmware/update, which both forget. It must never do more than that
allows: what refuses an update refuses it here.
"""

import asyncio
import sys
from struct import pack

from micropython import const

from firmware.link import status
from firmware.link.answering import asked, numbers, told
from firmware.link.status import Refused

_REST_MS = const(20)  # between two slices of what is read back: samples do not wait
_HEARD_MS = const(1000)  # in which the answer is sent
_UPDATE = "firmware.update"
_VERIFYING = "verifying"


def slots(puck, link, peer, body) -> tuple:
    """17 SLOTS: none -> {"slot" (that runs), "version", "board", "mpy", "boot", "to" (that would be
    written), "manifest" (SHA-256 of the one that has come, or ""), "stage" (of it: "", "offered",
    "accepted", "whole"), "bytes" (of its archive), "not_now" (why, or ""), "told" (the latest
    outcome), "trial" (whether one is on), "trying" ("", "verifying", or why not)}.
    """
    state = _slots(puck).state()
    state["trying"] = getattr(link, "trying", "")
    _forget()
    return told(state)


def write(puck, link, peer, body) -> tuple:
    """18 WRITE_SLOT: offset u32, length of the name u8, "manifest.json" or "application.archive",
    data -> the next offset, u32.
    """
    offset, name_bytes, rest = numbers("<IB", body)
    name, data = str(rest[:name_bytes], "utf-8"), rest[name_bytes:]
    if name not in ("manifest.json", "application.archive"):
        raise Refused(status.BAD_VALUE, "a slot has manifest.json and application.archive")
    slot = _slots(puck)
    wrong = sys.modules[_UPDATE + ".slots"].WrongOffset
    try:
        return (pack("<I", slot.write(name, offset, data)),)
    except wrong as error:
        raise Refused(status.WRONG_OFFSET, pack("<I", error.args[0])) from None
    finally:
        _forget()


def accept(puck, link, peer, body) -> tuple:
    """19 OFFER: {"sum"}, the SHA-256 of the manifest that has come -> {}, if it will do."""
    digest = asked(body)["sum"]
    try:
        _slots(puck).accept(digest)
    finally:
        _forget()
    return told({})


def attempt(puck, link, peer, body) -> tuple:
    """20 TRY: none -> {}; all is read back, and then the puck starts anew, with it on trial."""
    if getattr(link, "trying", "") == _VERIFYING:
        raise Refused(status.BUSY, "it is being verified; ask SLOTS")
    link.trying = _VERIFYING
    asyncio.create_task(_attempt(link, _slots(puck)))  # noqa: RUF006 (asyncio holds it)
    _forget()
    return told({})


async def _attempt(link, its):
    try:
        await asyncio.sleep_ms(_HEARD_MS)
        for _ in its.verify():
            await asyncio.sleep_ms(_REST_MS)
        its.attempt()
    except Exception as error:  # whoever asked is told, whatever it is
        link.trying = str(error) or repr(error)
    finally:
        _forget()


def _slots(puck):
    return __import__(_UPDATE + ".slots", None, None, ("",)).Slots(puck.start, puck)


def _forget():
    """Code is most of what a heap holds."""
    for name in list(sys.modules):
        if name.startswith(_UPDATE) or name == "trial":
            del sys.modules[name]
    if hasattr(sys.modules["firmware"], "update"):
        delattr(sys.modules["firmware"], "update")
