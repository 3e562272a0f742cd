"""A puck and this desktop become known to each other.

The puck shows six digits and a person types them here: that is what keeps strangers out. It must
never pair without them, and never take a bond for good before the puck has answered over it.
"""

from collections.abc import Callable

from bleak.backends.device import BLEDevice

from .backend import AskPasskey
from .client import Puck
from .errors import LinkError, Trouble
from .finding import Adapter, find, is_paired

Say = Callable[[str], None]

_FAILED = (
    "pairing: the puck refused ({why}). It shows other digits at each try, and only within two "
    "minutes of three slow presses: press again, wait until its ring pulses, and run `sleepsync "
    "pair` once more"
)
# By what Bumble, and BlueZ, say of it.
_WHY = {
    "CONFIRM_VALUE_FAILED": "the digits were others",
    "PASSKEY_ENTRY_FAILED": "nobody typed the digits",
    "AuthenticationCanceled": "nobody typed the digits",
    "AuthenticationFailed": "the digits were others, or came too late",
    "connection ended": "it hung up: too late, or not let in",
}
_NO_DIGITS = (
    "pairing: it asked for no digits, as every puck does, so it is none, or somebody stands in "
    "between; it is forgotten. Go near to your puck and try again"
)
_FORGOTTEN = "It has forgotten this desktop, so this desktop forgets it, too, and pairs anew."


async def pair(
    radio: Adapter, which: str | None, wait_s: float, ask: AskPasskey, say: Say
) -> BLEDevice:
    """The puck with which this desktop is paired now. LinkError."""
    device = await find(radio, which, wait_s)
    if is_paired(device):
        if await _is_known(radio, device):
            say("This desktop and the puck know each other already.")
            return device
        say(_FORGOTTEN)
        await forget_here(radio, device)
        device = await find(radio, which, wait_s)
    puck = Puck(device, **radio.connect)
    try:
        await _pair_by_digits(radio, puck, ask)
        await puck.open()
    finally:
        await puck.close()
    return device


async def forget_here(radio: Adapter, device: BLEDevice) -> None:
    """This desktop's half of the bond is no more."""
    await Puck(device, **radio.connect).unpair()


async def _is_known(radio, device):
    """Whether the bond still holds on the puck."""
    try:
        async with Puck(device, **radio.connect):
            return True
    except LinkError as error:
        if error.status not in (Trouble.NOT_PAIRED, Trouble.GONE):
            raise
        return False  # Linux ends a connection whose key the other side has lost


async def _pair_by_digits(radio, puck, ask):
    """A pairing for which nobody had to type holds against nobody: it is undone."""
    asked = []

    async def noted():
        asked.append(True)
        return await ask()

    async with radio.asking(noted):
        await puck.connect()
        await _pair(puck)
    if radio.asks and not asked:
        await puck.unpair()
        raise LinkError(_NO_DIGITS, Trouble.PAIRING)


async def _pair(puck):
    try:
        await puck.pair()
    except LinkError as error:
        if error.status == Trouble.NO_RADIO:
            raise
        raise LinkError(_FAILED.format(why=_why(error)), Trouble.PAIRING) from error


def _why(error):
    """What a person makes of how it failed, else the stack's own words."""
    said = str(error.__cause__ or error)
    return next((words for sign, words in _WHY.items() if sign in said), said)
