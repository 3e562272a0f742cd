"""The door: lets phones in for a while after a gesture, shows the passkey, keeps what it confirms.

It must never leave an attempt half done: whatever ends one but a passkey typed right is a refusal,
and nothing of it is kept.
"""

import os

from micropython import const

from firmware import records
from firmware.link.pairing import Pairing

_OFF = const(0)  # of the setting "radio"

_SHOW = const(3)  # of the stack's passkey actions: we are to show one
_KEYS_MS = const(1000)  # in which both secrets come, once the link is encrypted
_WAITING = "pairing"  # the scene


class Door:
    """`puck` as link.py has it; `bonds`: keep.bonds.Bonds; `refused`: what `refused` gave last."""

    def __init__(self, puck, bonds, refused: tuple):
        self._puck, self._bonds = puck, bonds
        self._pairing = Pairing(*refused)

    def refused(self) -> tuple:
        """What the next door is to remember: see `Pairing`."""
        return self._pairing.failures, self._pairing.not_before_ms

    def open(self, now_ms: int) -> None:
        """A hand wants a phone to be paired: for two minutes it can."""
        if self._puck.settings.get("radio") == _OFF:
            print("link: the radio is set off; puck.set('radio', 1) lets phones in")
        elif not self._bonds.has_room():
            print("link: there are %d bonds; puck.forget() makes room" % len(self._bonds.rows()))
        else:
            self._pairing.open(now_ms)
            self.tell(records.LINK_OPENED)
            if self._pairing.conn is None:
                self._puck.show(_WAITING)

    def close(self) -> None:
        """Nobody is let in any more, but who is trying."""
        self._pairing.close()

    def is_open(self, now_ms: int) -> bool:
        """Whether a phone may try."""
        return self._pairing.is_open(now_ms)

    def is_busy(self) -> bool:
        """Whether one does."""
        return self._pairing.conn is not None

    def tries(self, peer) -> bool:
        """Whether it is that one."""
        return self._pairing.conn == peer.conn

    def begin(self, now_ms: int, peer, action: int, radio) -> bool:
        """The stack asks for a passkey: whether that peer may try."""
        if action != _SHOW or not self._bonds.has_room():
            return False
        passkey = self._pairing.begin(peer.conn, now_ms, os.urandom)
        return passkey >= 0 and radio.show(peer.conn, passkey)

    def mind(self, now_ms: int, peer) -> "bool | None":
        """Show the passkey, or keep what it has confirmed. Whether who tries is to be let in; None
        while nobody knows.
        """
        if self._pairing.is_late(now_ms):
            return False
        if not peer.secured_ms:
            sign = self._pairing.sign(self._puck.is_dark(), now_ms)
            is_shown = not sign or self._puck.show(sign)
            return None if is_shown else False  # a hand said no, or something matters more
        if not self._bonds.is_whole() and now_ms - peer.secured_ms < _KEYS_MS:
            return None
        return self._confirm(peer)

    def end(self, now_ms: int, is_paired: bool) -> None:
        """Nobody tries any more."""
        self._bonds.reject()
        self._pairing.end(is_paired, now_ms)
        self.tell(records.LINK_PAIRED if is_paired else records.LINK_REFUSED)
        if self.is_open(now_ms):
            self._puck.show(_WAITING)

    def leave(self) -> None:
        """Whoever tried is gone with the radio."""
        self._bonds.reject()
        self._pairing.conn = None

    def tell(self, value: int) -> None:
        """Put a LINK event (records.EVENTS) into the journal."""
        self._puck.governor.tell(records.LINK, records.PUCK, value)

    def _confirm(self, peer):
        try:
            address = self._bonds.confirm(self._puck.clock.wall_s())
        except OSError as error:
            print("link: the bond cannot be kept (%s); flash the puck anew" % error)
            return False
        peer.address = address or peer.address
        return bool(address)
