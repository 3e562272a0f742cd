"""BlueZ's way to ask for a passkey: an agent on the system's D-Bus, for as long as a pairing takes.

It must never answer for a person, and never stay registered.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from dbus_fast import BusType, DBusError, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.service import ServiceInterface, method

from .errors import NO_RADIO, LinkError, Trouble

AskPasskey = Callable[[], Awaitable[int | None]]

_PATH = "/org/sleepsync/agent"
_CAPABILITY = "KeyboardOnly"  # the puck shows, we type: nothing else holds against a stranger
_REJECTED = "org.bluez.Error.Rejected"
_CANCELED = "org.bluez.Error.Canceled"


class Agent(ServiceInterface):
    """org.bluez.Agent1, as far as a puck needs it; all else is refused."""

    def __init__(self, ask: AskPasskey) -> None:
        super().__init__("org.bluez.Agent1")
        self._ask = ask

    @method()
    async def RequestPasskey(self, device: "o") -> "u":  # type: ignore[name-defined] # noqa: F821
        """Six digits, as a number."""
        passkey = await self._ask()
        if passkey is None:
            raise DBusError(_CANCELED, "nobody typed it")
        return passkey

    @method()
    def RequestConfirmation(self, device: "o", passkey: "u"):  # type: ignore[no-untyped-def, name-defined] # noqa: ANN201, F821
        """A number on both screens: a puck has none."""
        raise DBusError(_REJECTED, "a puck shows a passkey")

    @method()
    def RequestAuthorization(self, device: "o"):  # type: ignore[no-untyped-def, name-defined] # noqa: ANN201, F821
        """To pair with nothing compared holds against nobody."""
        raise DBusError(_REJECTED, "a puck shows a passkey")

    @method()
    def Cancel(self):  # type: ignore[no-untyped-def] # noqa: ANN201
        """The puck, or BlueZ, has given up."""

    @method()
    def Release(self):  # type: ignore[no-untyped-def] # noqa: ANN201
        """BlueZ needs it no more."""


@asynccontextmanager
async def agent(ask: AskPasskey) -> AsyncIterator[None]:
    """While this holds, BlueZ asks `ask` for passkeys. LinkError if there is no BlueZ."""
    bus = MessageBus(bus_type=BusType.SYSTEM)
    try:
        await bus.connect()
        bus.export(_PATH, Agent(ask))
        await _manager(bus, "RegisterAgent", "os", _PATH, _CAPABILITY)
        await _manager(bus, "RequestDefaultAgent", "o", _PATH)
        yield
    except OSError as error:
        raise LinkError(NO_RADIO.format(seen=f"D-Bus: {error}"), Trouble.NO_RADIO) from error
    finally:
        bus.disconnect()  # which unregisters it, too


async def _manager(bus, member, signature, *body):
    reply = await bus.call(
        Message(
            destination="org.bluez",
            path="/org/bluez",
            interface="org.bluez.AgentManager1",
            member=member,
            signature=signature,
            body=list(body),
        )
    )
    if reply.message_type == MessageType.ERROR:
        seen = f"BlueZ: {reply.error_name} {reply.body}"
        raise LinkError(NO_RADIO.format(seen=seen), Trouble.NO_RADIO)
