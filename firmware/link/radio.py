"""The stack: what `bluetooth` gives, as the link needs it.

Its interrupts only put down what came, and answer what the stack asks for secrets, from memory.
It must never print an address or a secret, and never be on without the link's wish.
"""

import bluetooth
from micropython import const

from firmware.link.inbox import Inbox

CAME, LEFT, WRITTEN = const(1), const(2), const(3)  # _IRQ_CENTRAL_CONNECT and so on
MTU, SECURED, PASSKEY = const(21), const(28), const(31)
_GET_SECRET, _SET_SECRET = const(29), const(30)
_SHOW = const(3)  # of _IRQ_PASSKEY_ACTION: we show one

ENCRYPTED, AUTHENTICATED, BONDED = const(1), const(2), const(4)  # the number of SECURED

_NAME = "SleepSync"
_MTU = const(517)
_SHOWS_ONLY = const(0)  # no keyboard: the peer types what is shown
# Kinds of addresses: the chip's own, and those that only who has a bond can tell.
_PUBLIC, _RESOLVABLE = const(0), const(2)
_FULL = const(12)  # ENOMEM: the stack's buffers are
_CONFIG = {
    "gap_name": _NAME,
    "mtu": _MTU,
    "bond": True,
    "mitm": True,
    "le_secure": True,
    "io": _SHOWS_ONLY,
}


class Radio:
    """`bonds`: keep.bonds.Bonds. `wake()` is called when something was put into `inbox`.
    `handles`: as services.py has them, while it is on, else (). `is_private`: its addresses change,
    and only owners can tell them. `came`: how many peers ever did, as of now.
    """

    def __init__(self, bonds, wake, is_private: bool):
        self.is_private = is_private
        self.came = 0
        self.inbox = Inbox()
        self.handles = ()
        self._ble = bluetooth.BLE()
        self._bonds, self._wake = bonds, wake
        self._advert = None

    def start(self, register) -> None:
        """Switch it on, with what `register(ble)` gives it to serve. OSError if that fails: then it
        is off.
        """
        self._ble.irq(self._hear)
        try:
            self._ble.active(True)
            self._ble.config(addr_mode=_RESOLVABLE if self.is_private else _PUBLIC)
            for name, value in _CONFIG.items():
                self._ble.config(**{name: value})
            self._bonds.keep_key()
            self.handles = register(self._ble)
        except (OSError, ValueError) as error:
            self.stop()
            raise OSError(
                "radio: does not start (%r); cut the puck's power and plug it in again" % error
            ) from None

    def stop(self) -> None:
        """Whoever is connected is so no more."""
        self.handles, self._advert = (), None
        try:
            self._ble.active(False)
        except OSError:  # it never was on
            pass

    def advertise(self, advert) -> None:
        """(adv, resp, interval in ms, connectable) from now on, or None: nothing."""
        if advert == self._advert:
            return
        self._advert = advert
        if advert:
            adv, resp, interval_ms, connectable = advert
            self._ble.gap_advertise(
                interval_ms * 1000, adv, resp_data=resp, connectable=connectable
            )
        else:
            self._ble.gap_advertise(None)

    def forget_advert(self) -> None:
        """The stack has stopped it, since somebody came."""
        self._advert = None

    def disconnect(self, conn: int) -> None:
        """The peer is to leave; LEFT follows, unless it has left."""
        try:
            self._ble.gap_disconnect(conn)
        except OSError:  # it has
            pass

    def show(self, conn: int, passkey: int) -> bool:
        """Give the stack the passkey that is shown; False if the peer has left."""
        try:
            self._ble.gap_passkey(conn, _SHOW, passkey)
            return True
        except OSError:
            return False

    def send(self, conn: int, handle: int, data) -> bool:
        """Notify one peer; False if the stack has no room now. OSError if the peer has left."""
        try:
            self._ble.gatts_notify(conn, handle, data)
            return True
        except OSError as error:
            if error.args[0] == _FULL:
                return False
            raise

    def publish(self, handle: int, data) -> None:
        """Notify whoever has subscribed."""
        try:
            self._ble.gatts_write(handle, data, True)
        except OSError:  # no room: the next one is as good
            pass

    def keep(self, handle: int, data) -> None:
        """What a read gives from now on."""
        self._ble.gatts_write(handle, data)

    def _hear(self, event, data):
        if event == WRITTEN:
            conn, handle = data
            self.inbox.put(event, conn, handle, self._ble.gatts_read(handle), True)
        elif event == _GET_SECRET:
            kind, index, key = data
            return self._bonds.secret(kind, index, key and bytes(key))
        elif event == _SET_SECRET:
            kind, key, value = data
            self._wake()
            return self._bonds.set_secret(kind, key and bytes(key), value)
        elif event in (CAME, LEFT):
            conn, kind, address = data
            self.came += event == CAME
            self.inbox.put(event, conn, kind, address)
        elif event == MTU:
            self.inbox.put(event, data[0], data[1])
        elif event == SECURED:
            conn, encrypted, authenticated, bonded, _ = data
            self.inbox.put(event, conn, encrypted | authenticated << 1 | bonded << 2)
        elif event == PASSKEY:
            self.inbox.put(event, data[0], data[1])
        else:
            return None
        self._wake()
        return None
