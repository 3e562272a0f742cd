"""How a puck pairs: what NimBLE and MicroPython do where Bumble's pairing asks.

The passkey is the firmware's. A new pairing by a peer that is bonded deletes the old bond first,
as MicroPython does (BLE_GAP_EVENT_REPEAT_PAIRING).
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from bumble.device import Connection, Device
from bumble.hci import Address
from bumble.keys import PairingKeys
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.smp import PairingMethod, Session

INPUT, DISPLAY, NUMERIC_COMPARISON = 2, 3, 4  # MicroPython's passkey actions
TIMEOUT_S = 30  # of the security manager, in the puck's time

AskPasskey = Callable[[Connection, int, int], Awaitable[int]]
Begin = Callable[[Connection], Awaitable[None]]
Pairs = Callable[[Connection, bool, bool], None]


class PuckSession(Session):
    """A pairing in which what legacy pairing hands out is drawn, as NimBLE does."""

    def distribute_keys(self) -> None:
        """Draw EDIV and RAND if there are any to hand out."""
        if not self.sc:
            self.ltk_ediv = secrets.randbelow(1 << 16)
            self.ltk_rand = secrets.token_bytes(8)
        super().distribute_keys()

    async def on_pairing(self) -> None:
        """Tell that the link is as good as it gets before its keys are kept: NimBLE's order."""
        if not self.completed:
            know_identity(self.connection, self.peer_bd_addr)
            is_authenticated = self.pairing_method != PairingMethod.JUST_WORKS
            delegate = self.pairing_config.delegate
            assert isinstance(delegate, Delegate)
            delegate.pairs(self.connection, is_authenticated, self.bonding)
            assert isinstance(self.manager.device, PuckDevice)
            self.manager.device.keeps_bond = self.bonding
        await super().on_pairing()


class PuckDevice(Device):
    """A device that can pair anew in one connection, whatever the peer's identity is.

    `keeps_bond`: both sides of the pairing that ends want a bond.
    """

    keeps_bond = True

    async def update_keys(self, address: str, keys: PairingKeys) -> None:
        """Without a bond nothing is kept."""
        if self.keeps_bond:
            await super().update_keys(address, keys)

    def on_pairing(self, connection, identity_address, keys, sc) -> None:  # type: ignore[no-untyped-def]
        """Keep the address that the connection was made with: the next pairing is over it."""
        used = connection.peer_resolvable_address or connection.peer_address
        super().on_pairing(connection, identity_address, keys, sc)
        connection.peer_resolvable_address = used


def know_identity(connection: Connection, identity: Address | None) -> None:
    """From when its keys have come, a peer is called by its identity."""
    if identity and identity != connection.peer_address:
        used = connection.peer_resolvable_address or connection.peer_address
        connection.peer_resolvable_address = used
        connection.peer_address = identity


class Delegate(PairingDelegate):
    """Asks the firmware in the name of one connection."""

    def __init__(
        self,
        io: int,
        connection: Connection,
        begin: Begin,
        ask_passkey: AskPasskey,
        pairs: Pairs,
    ) -> None:
        super().__init__(
            io_capability=PairingDelegate.IoCapability(io),
            local_initiator_key_distribution=_ALL_KEYS,
            local_responder_key_distribution=_ALL_KEYS,
        )
        self._connection, self._begin, self._ask_passkey = connection, begin, ask_passkey
        self.pairs = pairs  # (connection, authenticated, bonded) of a pairing that ends well

    async def accept(self) -> bool:
        """Every pairing may begin."""
        await self._begin(self._connection)
        return True

    async def generate_passkey(self) -> int:
        """What the firmware will show."""
        return await self._ask_passkey(self._connection, DISPLAY, 0)

    async def get_number(self) -> int:
        """What was typed at the puck."""
        return await self._ask_passkey(self._connection, INPUT, 0)

    async def compare_numbers(self, number: int, digits: int) -> bool:
        """Whether somebody said that both show the same."""
        return bool(await self._ask_passkey(self._connection, NUMERIC_COMPARISON, number))


_ALL_KEYS = (
    PairingDelegate.KeyDistribution.DISTRIBUTE_ENCRYPTION_KEY
    | PairingDelegate.KeyDistribution.DISTRIBUTE_IDENTITY_KEY
    | PairingDelegate.KeyDistribution.DISTRIBUTE_SIGNING_KEY
)


def config(settings: dict, delegate: Delegate) -> PairingConfig:
    """Bumble's settings for a pairing, from what the firmware has configured."""
    return PairingConfig(
        sc=settings["le_secure"],
        mitm=settings["mitm"],
        bonding=settings["bond"],
        delegate=delegate,
        identity_address_type=PairingConfig.AddressType.PUBLIC,
    )


class Passkeys:
    """Who waits for which answer of the firmware, by connection."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[int, asyncio.Future[int]]] = {}

    def expect(self, number: int, action: int) -> "asyncio.Future[int]":
        """The answer that connection `number` waits for from now on."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting[number] = action, future
        return future

    def inject(self, number: int, action: int, passkey: int) -> bool:
        """The firmware's answer; False if nobody waits for it."""
        expected, future = self._waiting.get(number, (None, None))
        if future is None or future.done() or expected != action:
            return False
        del self._waiting[number]
        future.set_result(passkey)
        return True

    def forget(self, number: int) -> None:
        """The connection's pairing is over."""
        _, future = self._waiting.pop(number, (None, None))
        if future:
            future.cancel()
