"""Through which radio, and which puck.

The radio is the air of a simulated puck if one runs here, else the system's own. It must never
take one of several pucks by chance.
"""

import asyncio
import logging
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bumble.device import Device

from sleepsync.radio.command import AIR as AIR_NAME
from sleepsync.radio.command import FOLDER

from . import backend, gatt
from .backend import AskPasskey
from .client import Puck
from .errors import NOT_PAIRED, LinkError, Trouble, told

AIR = FOLDER / AIR_NAME  # where `sleepsync puck` says how its air is reached
SYSTEM = "system"

_LINGER_S = 0.7  # for another puck, when the first is not known here
_NONE = (
    "puck: none was heard within {wait_s:.0f} s; is it on, and within some metres? Press its "
    "button three times, slowly: it may be silent because nobody is paired with it, somebody "
    "sleeps, or three others are connected"
)
_FORGOTTEN = "If it stays so, the puck may have forgotten this desktop: run `sleepsync pair`"
_SEVERAL = "puck: there are {count}; say which with --puck: {all}"
_NO_AIR = (
    "{path}: nobody is in this air ({error}); start `sleepsync puck`, or say `--adapter system` "
    "for the radio of this desktop"
)


# bleak tells of what it tried; what matters comes as an exception.
logging.getLogger("bleak").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class Adapter:
    """A radio. `scan`, `connect`: what `BleakScanner` and `BleakClient` need to use it; `central`:
    the one of the air, if it is that.
    """

    name: str
    scan: dict[str, Any] = field(default_factory=dict)
    connect: dict[str, Any] = field(default_factory=dict)
    central: Device | None = None

    @property
    def asks(self) -> bool:
        """Whether we are asked for passkeys, and not the person by the system itself."""
        return self.central is not None or sys.platform == "linux"

    def asking(self, ask: AskPasskey) -> AbstractAsyncContextManager[Any]:
        """While this holds, `ask` is asked for passkeys, where not the system itself does so."""
        if self.central:
            return _asked_by_air(self.central, ask)
        if sys.platform == "linux":
            from .agent import agent  # needs D-Bus, which only Linux has

            return agent(ask)
        return nullcontext()


@asynccontextmanager
async def adapter(choice: str | None = None) -> AsyncIterator[Adapter]:
    """`choice`: an adapter of BlueZ like hci1, `system` for whichever the system takes, the file
    that names an air; None: the air of `sleepsync puck` if it runs, else the system's. LinkError.
    """
    if choice is None and AIR.exists():
        choice = str(AIR)
    if choice is None or choice == SYSTEM:
        yield Adapter(SYSTEM)
    elif Path(choice).exists():
        async with _air(Path(choice)) as found:
            yield found
    elif re.fullmatch(r"hci\d+", choice):
        yield Adapter(choice, {"bluez": {"adapter": choice}}, {"bluez": {"adapter": choice}})
    else:
        text = f"--adapter {choice}: is no file of an air, and no name like hci0; or say `system`"
        raise LinkError(text, Trouble.NO_RADIO)


async def find(radio: Adapter, which: str | None = None, wait_s: float = 10.0) -> BLEDevice:
    """The puck that is heard; of several the one that is paired with this desktop, or `which`, a
    part of its name or address. LinkError with what to do.
    """
    with told():
        found = await _heard(radio, which, wait_s)
    if len(found) == 1:
        return found.popitem()[1]
    if not found:
        raise LinkError(_NONE.format(wait_s=wait_s), Trouble.NOT_FOUND)
    names = ", ".join(f"{device.name} {address}" for address, device in found.items())
    raise LinkError(_SEVERAL.format(count=len(found), all=names), Trouble.NOT_FOUND)


@asynccontextmanager
async def connected(
    choice: str | None = None, which: str | None = None, wait_s: float = 10.0
) -> AsyncIterator[Puck]:
    """The puck, found, connected and listened to. LinkError."""
    async with AsyncExitStack() as stack:
        radio = await stack.enter_async_context(adapter(choice))
        device = await find(radio, which, wait_s)
        try:
            puck = await stack.enter_async_context(Puck(device, **radio.connect))
        except LinkError as error:
            raise _at_the_door(device, error) from error
        yield puck


def _at_the_door(device, error):
    """The error of a connection that does not open: a puck may hang up on whom it does not know."""
    if error.status != Trouble.GONE:
        return error
    if is_paired(device):
        return LinkError(f"{error}. {_FORGOTTEN}", Trouble.GONE)
    return LinkError(NOT_PAIRED, Trouble.NOT_PAIRED)


def is_paired(device: BLEDevice) -> bool:
    """Whether this desktop has a bond with it, as far as its system tells."""
    details = device.details if isinstance(device.details, dict) else {}
    return bool(details.get("props", {}).get("Paired"))


async def _heard(radio, which, wait_s):
    """{address: device} of the pucks that are meant; one that is known here ends the search."""
    heard, found = asyncio.Queue(), {}

    def take(device, said):
        heard.put_nowait((device, said))

    end_s = time.monotonic() + wait_s
    async with BleakScanner(take, **radio.scan):
        while (left_s := end_s - time.monotonic()) > 0:
            with suppress(TimeoutError):
                device, said = await asyncio.wait_for(heard.get(), left_s)
                if not _is_puck(said) or not _is_meant(device, which):
                    continue
                if which or is_paired(device):
                    return {device.address: device}
                end_s = end_s if found else min(end_s, time.monotonic() + _LINGER_S)
                found[device.address] = device
    return found


def _is_puck(said):
    return gatt.SERVICE in said.service_uuids or said.local_name == gatt.NAME


def _is_meant(device, which):
    which = (which or "").lower()
    return which in device.address.lower() or which in (device.name or "").lower()


@asynccontextmanager
async def _air(path):
    """The virtual air that `path` names."""
    async with AsyncExitStack() as stack:
        bonds = path.with_name("bonds.json")
        try:
            central = backend.central(path.read_text().strip(), bonds)
            device = await stack.enter_async_context(central)
        except OSError as error:
            raise LinkError(_NO_AIR.format(path=path, error=error), Trouble.NO_RADIO) from error
        scanner, client = backend.classes(device)
        yield Adapter(str(path), {"backend": scanner}, {"backend": client}, device)


@asynccontextmanager
async def _asked_by_air(central, ask):
    backend.pairs_by(central, ask)
    try:
        yield
    finally:
        backend.pairs_by(central, backend.nobody)
