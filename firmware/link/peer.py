"""Who is connected: a stranger until the stack says that an owner's bond encrypts the link."""

from firmware.link import frames

_SHORTEST_MTU = 23
_ATT_BYTES = 3  # before what a notification carries
_MOST_BYTES = 512  # of a value, by the specification: phones drop what is longer


class Peer:
    """`address`: 7 bytes, as the stack's secrets have it. `secured_ms`: when the passkey's key came
    to encrypt the link, 0 not yet.
    """

    def __init__(self, conn: int, address: bytes, now_ms: int):
        self.conn, self.address, self.since_ms = conn, address, now_ms
        self.mtu = _SHORTEST_MTU
        self.secured_ms = 0
        self.is_owner = False
        self.joiner: frames.Joiner = None  # type: ignore[assignment]  # of an owner
        self.held_ms = 0  # since when a request waits for a good moment, 0 none does
        self._ident = 0  # of the request that is answered
        self._sending = self._fragment = self._next = None

    def own(self) -> None:
        """It is an owner, from whom requests are taken."""
        self.is_owner = True
        self.joiner = frames.Joiner()

    def is_busy(self) -> bool:
        """Whether a response is on its way."""
        return self._sending is not None

    def answer(self, ident: int, status: int, pieces) -> None:
        """Send this, behind what is on its way; of what must wait only the first is kept."""
        room = min(self.mtu - _ATT_BYTES, _MOST_BYTES)
        response = frames.fragments(ident, status, pieces, room)
        if self._sending is None:
            self._sending, self._ident = response, ident
        elif self._next is None:
            self._next = response

    def restart(self, status: int, pieces) -> None:
        """Send this instead of what is on its way, whose rest cannot be had."""
        self._sending = self._fragment = None
        self.answer(self._ident, status, pieces)

    def send(self, radio, handle: int) -> bool:
        """Give the next fragment to the radio, the same again if that had no room; whether one was
        taken. OSError if the peer has left, or the rest cannot be had.
        """
        if self._fragment is None:
            self._fragment = next(self._sending, None)  # type: ignore[call-overload]
        if self._fragment is None:
            self._sending, self._next = self._next, None
            return False
        if not radio.send(self.conn, handle, self._fragment):
            return False
        self._fragment = None
        return True
